"""The vectorised elementary functions against SciPy and mpmath."""

from __future__ import annotations

import mpmath
import numpy as np
from scipy.special import ndtri

from sfc_sim.kernels.special import log10_saturations, logarithm, normal_quantiles


def test_logarithm():
    x = np.concatenate([10.0 ** np.linspace(-307, 308, 2001), 1 + np.linspace(-0.3, 0.42, 2001)])
    got = np.array([logarithm(value) for value in x])
    # 4e-16: two roundings of a double, in the series and in the sum.
    np.testing.assert_allclose(got, np.log(x), rtol=4e-16, atol=0)


def test_normal_quantiles():
    u = np.concatenate(
        [
            [2.0**-33, 1 - 2.0**-33, 0.075, 0.925, np.nextafter(0.925, 1), 0.5],
            np.linspace(1e-6, 1 - 1e-6, 100_001),
            10.0 ** np.linspace(-9.9, -1, 10_001),
        ]
    )
    got = u.copy()
    normal_quantiles(got)
    # AS 241 promises 1e-16 in exact arithmetic; rounding of its two polynomials leaves 1e-14.
    np.testing.assert_allclose(got, ndtri(u), rtol=1e-14, atol=1e-16)


def test_log10_saturations():
    log10_x = np.concatenate([np.linspace(-8, 3, 1101), [-np.inf, -400.0, -8.0001, 1.6, 1.60001]])
    got = log10_x.copy()
    log10_saturations(got)
    with mpmath.workdps(40):
        ten = mpmath.mpf(10)
        exact = [float(mpmath.log10(-mpmath.expm1(-(ten ** mpmath.mpf(v))))) for v in log10_x]
    inside = log10_x >= -8
    # Near -8 the logarithm of a number of 16 digits: 2e-15 of it.
    np.testing.assert_allclose(got[inside], np.array(exact)[inside], rtol=0, atol=1e-14)
    np.testing.assert_array_equal(got[~inside], log10_x[~inside])
    # What is left out below -8 is x/(2 ln 10), at most 2.2e-9.
    finite = ~inside & np.isfinite(log10_x)
    np.testing.assert_allclose(got[finite], np.array(exact)[finite], rtol=0, atol=2.2e-9)
