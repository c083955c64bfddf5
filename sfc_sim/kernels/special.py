"""Elementary functions without branches or library calls, so that loops over them vectorise.

Only additions, products, divisions and roots: the same bits on every processor.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from sfc_sim.kernels._jit import kernel

__all__ = ["log10_saturations", "logarithm", "normal_quantiles"]

FloatArray = npt.NDArray[np.float64]

_LN2 = 0.6931471805599453
_LN10 = 2.302585092994046
# Cody-Waite halves of ln 2: k times the first is exact for |k| < 2**20.
_LN2_HIGH = 0.6931471803691238
_LN2_LOW = 1.9082149292705877e-10
_ROUND = 1.5 * 2.0**52
_FRACTION_BITS = np.int64(52)
_FRACTION = np.int64(0x000FFFFFFFFFFFFF)
_BIAS = np.int64(1023)
_SQRT_HALF = np.int64(0x3FE6A09E667F3BCD)
_ONE_TO_SQRT_HALF = np.int64(0x3FF0000000000000 - 0x3FE6A09E667F3BCD)

# Wichura (1988), Applied Statistics 37, 477: algorithm AS 241, routine PPND16. Highest power
# first; numerator and denominator for |u - 1/2| <= 0.425, then for the tails down to exp(-25).
_CENTRE_TOP = (
    2.5090809287301226727e3, 3.3430575583588128105e4, 6.7265770927008700853e4,
    4.5921953931549871457e4, 1.3731693765509461125e4, 1.9715909503065514427e3,
    1.3314166789178437745e2, 3.3871328727963666080e0,
)  # fmt: skip
_CENTRE_BOTTOM = (
    5.2264952788528545610e3, 2.8729085735721942674e4, 3.9307895800092710610e4,
    2.1213794301586595867e4, 5.3941960214247511077e3, 6.8718700749205790830e2,
    4.2313330701600911252e1, 1.0,
)  # fmt: skip
_TAIL_TOP = (
    7.74545014278341407640e-4, 2.27238449892691845833e-2, 2.41780725177450611770e-1,
    1.27045825245236838258e0, 3.64784832476320460504e0, 5.76949722146069140550e0,
    4.63033784615654529590e0, 1.42343711074968357734e0,
)  # fmt: skip
_TAIL_BOTTOM = (
    1.05075007164441684324e-9, 5.47593808499534494600e-4, 1.51986665636164571966e-2,
    1.48103976427480074590e-1, 6.89767334985100004550e-1, 1.67638483018380384940e0,
    2.05319162663775882187e0, 1.0,
)  # fmt: skip
# 2/21 … 2/3: the series of 2 artanh(s)/s - 2 in s². |s| < 0.172 leaves 1e-17 after ten terms.
_ARTANH = tuple(2.0 / n for n in range(21, 1, -2))
# 1/14! … 1/2!, 1: the series of exp(r) - 1. |r| < 0.347 leaves 1e-18 after fourteen terms.
_EXPONENTIAL = tuple(1.0 / float(np.prod(np.arange(1.0, n + 1))) for n in range(14, 0, -1))


@kernel
def _polynomial(x: float, coefficients: tuple[float, ...]) -> float:
    """Return the polynomial with these coefficients, highest power first, by Horner's rule."""
    value = coefficients[0]
    for k in range(1, len(coefficients)):
        value = value * x + coefficients[k]
    return value


@kernel
def logarithm(x: float) -> float:
    """Return ln x of a positive normal number, to 4e-16 relative.

    x = 2**k m with m in [√½, √2), ln m = 2 artanh((m - 1)/(m + 1)).

    Examples
    --------
    >>> logarithm(1.0)
    0.0
    >>> round(logarithm(10.0), 12)
    2.302585092994
    """
    bits = np.float64(x).view(np.int64) + _ONE_TO_SQRT_HALF
    exponent = np.float64((bits >> _FRACTION_BITS) - _BIAS)
    mantissa = np.int64((bits & _FRACTION) + _SQRT_HALF).view(np.float64)
    s = (mantissa - 1.0) / (mantissa + 1.0)
    square = s * s
    return exponent * _LN2 + (2.0 * s + s * square * _polynomial(square, _ARTANH))


@kernel
def _exponential(x: float) -> tuple[float, float]:
    """Return 2**k and exp(r) - 1 with exp(x) = 2**k exp(r) and |r| <= ln(2)/2; -700 < x <= 0."""
    # Adding 1.5 * 2**52 rounds to the nearest integer.
    k = (x * (1.0 / _LN2) + _ROUND) - _ROUND
    r = (x - k * _LN2_HIGH) - k * _LN2_LOW
    power = np.int64((np.int64(k) + _BIAS) << _FRACTION_BITS).view(np.float64)
    return power, r * _polynomial(r, _EXPONENTIAL)


@kernel
def normal_quantiles(u: FloatArray) -> None:
    """Replace u in [2**-33, 1 - 2**-33] by its standard normal quantile, to 1e-14.

    That range is all that 32-bit uniforms reach, so AS 241's far tail (u < exp(-25)) is left out.
    The tails, 15 % of even draws, are first packed into a dense array.

    Examples
    --------
    >>> u = np.array([0.5, 0.975])
    >>> normal_quantiles(u)
    >>> u.round(12)
    array([0.        , 1.95996398])
    """
    where, tail = np.empty(u.size, np.uint64), np.empty(u.size)
    count = 0
    for i in range(u.size):
        where[count] = i
        count += abs(u[i] - 0.5) > 0.425
    for k in range(count):
        tail[k] = u[where[k]]
    for i in range(u.size):
        q = u[i] - 0.5
        r = 0.180625 - q * q
        u[i] = q * (_polynomial(r, _CENTRE_TOP) / _polynomial(r, _CENTRE_BOTTOM))
    for k in range(count):
        r = np.sqrt(-logarithm(min(tail[k], 1.0 - tail[k]))) - 1.6
        value = _polynomial(r, _TAIL_TOP) / _polynomial(r, _TAIL_BOTTOM)
        tail[k] = np.copysign(value, tail[k] - 0.5)
    for k in range(count):
        u[where[k]] = tail[k]


@kernel
def log10_saturations(log10_x: FloatArray) -> None:
    """Replace log10(x) by log10(1 - exp(-x)).

    For log10(x) < -8 it stays, right to 2e-9; for log10(x) > 1.6 it becomes 0, right to 1e-17.
    The rest, few when x spans many decades, is first packed into a dense array.

    Examples
    --------
    >>> log10_x = np.array([-300.0, 0.0, 300.0])
    >>> log10_saturations(log10_x)
    >>> log10_x.tolist()
    [-300.0, -0.199200084627..., 0.0]
    """
    where, middle = np.empty(log10_x.size, np.uint64), np.empty(log10_x.size)
    count = 0
    for i in range(log10_x.size):
        where[count] = i
        count += abs(log10_x[i] + 3.2) <= 4.8
    for k in range(count):
        middle[k] = log10_x[where[k]]
    for i in range(log10_x.size):
        log10_x[i] = log10_x[i] if log10_x[i] < 0.0 else 0.0
    for k in range(count):
        power, rest = _exponential((middle[k] - 1.6) * _LN10)
        x = (power + power * rest) * 39.810717055349734  # 10**1.6
        power, rest = _exponential(-x)
        middle[k] = logarithm((1.0 - power) - power * rest) * (1.0 / _LN10)
    for k in range(count):
        log10_x[where[k]] = middle[k]
