"""A share of which the order of magnitude of the odds is unknown."""

from __future__ import annotations

from dataclasses import dataclass
from math import log, log1p, log10
from typing import final

import numpy as np

from sfc_sim._core.typing import FloatArray
from sfc_sim.distributions.arrays import LN10, floats, interpolate, ln_ratio
from sfc_sim.distributions.base import Distribution
from sfc_sim.distributions.continuous import LogUniform

__all__ = ["LogOddsUniform"]


@final
@dataclass(frozen=True, repr=False)
class LogOddsUniform(Distribution):
    """A share r / (1 + r), with equal probability per decade of the odds r from `lo` to `hi`.

    Its density falls as 1 / (x (1 - x)), the prior of Haldane (1932), cut where the odds end. Most
    of it lies next to 0 or next to 1 (Kipping & Lewis 2025, arXiv:2407.07097).

    Examples
    --------
    >>> filled = LogOddsUniform(1e-10, 1e10)
    >>> round(float(filled.cdf(0.99) - filled.cdf(0.01)), 4)
    0.1996
    >>> round(filled.mean(), 12)
    0.5
    """

    kind = "log-odds-uniform"
    lo: float
    hi: float

    def _check(self) -> None:
        self._require(0 < self.lo < self.hi, "needs 0 < lo < hi")

    @property
    def _odds(self) -> LogUniform:
        """The law of the odds."""
        return LogUniform(self.lo, self.hi)

    @property
    def _width(self) -> float:
        """ln(hi / lo)."""
        return float(ln_ratio(floats(self.hi), self.lo))

    def _support(self) -> tuple[float, float]:
        low, high = _share(floats([self.lo, self.hi]))
        return float(low), float(high)

    def _mean(self) -> float:
        # The integral of r / (1 + r) over ln r is ln(1 + r); the difference without cancellation.
        return log1p((self.hi - self.lo) / (1.0 + self.lo)) / self._width

    def _ppf(self, u: FloatArray) -> FloatArray:
        return _share(self._odds.ppf(u))

    def _log10_ppf(self, u: FloatArray) -> FloatArray:
        log10_odds = interpolate(log10(self.lo), log10(self.hi), u)
        return floats(-np.logaddexp(0.0, -log10_odds * LN10) / LN10)

    def _cdf(self, x: FloatArray) -> FloatArray:
        return ln_ratio(x / (1.0 - x), self.lo) / self._width

    def _logpdf(self, x: FloatArray) -> FloatArray:
        return floats(-np.log(x) - np.log1p(-x) - log(self._width))


def _share(odds: FloatArray) -> FloatArray:
    """Return odds as a share, from the side on which nothing overflows."""
    small = np.minimum(odds, 1.0)
    return np.where(odds < 1.0, small / (1.0 + small), 1.0 / (1.0 + 1.0 / np.maximum(odds, 1.0)))
