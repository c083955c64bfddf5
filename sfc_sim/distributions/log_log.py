"""A probability of which not even the order of magnitude of the logarithm is known."""

from __future__ import annotations

from dataclasses import dataclass
from math import e, inf, log, log1p
from typing import final

import numpy as np
from scipy import special

from sfc_sim._core.typing import FloatArray
from sfc_sim.distributions.arrays import LN10, floats
from sfc_sim.distributions.base import Distribution

__all__ = ["LogLog"]


@final
@dataclass(frozen=True, repr=False)
class LogLog(Distribution):
    """A probability P between ``10**lowest_exponent`` and 1, with ln(1 - ln P) uniform.

    The log-log prior of Lacki 2016 (arXiv:1609.05931): ever smaller P are ever less likely, but
    only as the logarithm of their number of digits. P itself may underflow to 0;
    `Distribution.log10_ppf` holds everywhere.

    Examples
    --------
    >>> life = LogLog(-1e9)
    >>> float(life.ppf(0.01)), f"{life.log10_ppf(0.01):.3g}"
    (0.0, '-8.06e+08')
    >>> round(1 - float(life.cdf(1e-22)), 3)
    0.183
    """

    kind = "log-log"
    lowest_exponent: float

    def _check(self) -> None:
        self._require(self.lowest_exponent < 0, "lowest_exponent must be negative")
        self._require(-self.lowest_exponent * LN10 < inf, "lowest_exponent must be above -7e307")

    def _support(self) -> tuple[float, float]:
        return 10.0**self.lowest_exponent, 1.0

    @property
    def _width(self) -> float:
        """The largest ln(1 - ln P)."""
        return log1p(-self.lowest_exponent * LN10)

    def _mean(self) -> float:
        # the integral of exp(1 - e^w) over w = ln(1 - ln P), by exponential integrals
        if self._width < 1e-3:  # the difference cancels: the mean of exp(1 - e^w) in powers of w
            return 1.0 - self._width / 2.0 + self._width**3 / 24.0
        tail = special.exp1(1.0 - self.lowest_exponent * LN10)
        return e * float(special.exp1(1.0) - tail) / self._width

    def _ppf(self, u: FloatArray) -> FloatArray:
        return floats(10.0 ** self._log10_ppf(u))

    def _log10_ppf(self, u: FloatArray) -> FloatArray:
        # From the nearer end, so that both ends are met; the lower one cancels where it is near 1.
        near_lowest = 1.0 + (self.lowest_exponent * LN10 - 1.0) * np.exp(-u * self._width)
        near_one = -np.expm1(
            (1.0 - u if self._width < 1.0 else 1.0 - np.maximum(u, 0.5)) * self._width
        )
        return np.where((u < 0.5) & (self._width >= 1.0), near_lowest, near_one) / LN10

    def _log10_support(self) -> tuple[float, float]:
        return self.lowest_exponent, 0.0

    def _cdf(self, x: FloatArray) -> FloatArray:
        return self._log10_cdf(floats(np.log10(x)))

    def _log10_cdf(self, exponent: FloatArray) -> FloatArray:
        # at and beyond an end, the probability of that end
        inside = np.minimum(np.maximum(exponent, self.lowest_exponent), 0.0)
        above = (inside - self.lowest_exponent) * (LN10 / (1.0 - inside * LN10))
        return floats(np.log1p(above) / self._width)

    def _logpdf(self, x: FloatArray) -> FloatArray:
        ln_x = np.log(np.where(x > 0.0, x, 1.0))
        # 0 is in the support only as the rounded lower end, which P never reaches
        return np.where(x > 0.0, -ln_x - np.log1p(-ln_x) - log(self._width), -inf)
