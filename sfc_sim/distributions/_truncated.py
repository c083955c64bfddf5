"""A log-normal that is cut, as where a bound of the model must hold."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from math import log
from typing import final

import numpy as np
from scipy import special

from sfc_sim._typing import FloatArray
from sfc_sim.distributions._base import Distribution
from sfc_sim.distributions._normal import LogNormal

__all__ = ["TruncatedLogNormal"]


@final
@dataclass(frozen=True, repr=False)
class TruncatedLogNormal(Distribution):
    """A log-normal of `mu` and `sigma` (natural logarithms), redrawn until within its bounds.

    Examples
    --------
    >>> TruncatedLogNormal(0.0, 1.0, 0.5, 2.0).median()
    1.0
    """

    kind = "truncated-log-normal"
    _linear = ("lower", "upper")
    mu: float
    sigma: float
    lower: float
    upper: float

    def _check(self) -> None:
        self._require(self.sigma > 0, "sigma must be positive")
        self._require(0 <= self.lower < self.upper, "needs 0 <= lower < upper")
        below, above = self._ends
        self._require(above - below > 1e-12, "next to nothing of it lies within the bounds")

    @property
    def _whole(self) -> LogNormal:
        return LogNormal(self.mu, self.sigma)

    @cached_property
    def _ends(self) -> tuple[float, float]:
        """Probability below each bound, before the cut."""
        return self._share(self.lower, 0.0), self._share(self.upper, 0.0)

    def _share(self, bound: float, tilt: float) -> float:
        """Return the probability below a bound, under a density that is tilted by x^tilt."""
        if bound == 0.0:
            return 0.0
        return float(special.ndtr((log(bound) - self.mu) / self.sigma - tilt * self.sigma))

    def _scaled(self, factor: float) -> Distribution:
        return TruncatedLogNormal(
            self.mu + log(factor), self.sigma, self.lower * factor, self.upper * factor
        )

    def _support(self) -> tuple[float, float]:
        return self.lower, self.upper

    def _mean(self) -> float:
        below, above = self._ends
        tilted = self._share(self.upper, 1.0) - self._share(self.lower, 1.0)
        return self._whole.mean() * tilted / (above - below)

    def _ppf(self, u: FloatArray) -> FloatArray:
        below, above = self._ends
        inside = self._whole._ppf(below + u * (above - below))
        # The quantile of an end may miss it by a rounding.
        return np.minimum(np.maximum(inside, self.lower), self.upper)

    def _cdf(self, x: FloatArray) -> FloatArray:
        below, above = self._ends
        return (self._whole._cdf_everywhere(x) - below) / (above - below)

    def _logpdf(self, x: FloatArray) -> FloatArray:
        below, above = self._ends
        return self._whole._logpdf(x) - log(above - below)
