"""A log-normal that is cut, as where a bound of the model must hold."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from math import inf, isfinite, log, log10, pi, sqrt
from typing import Final, final

import numpy as np
from scipy import special

from sfc_sim._core.errors import InputError
from sfc_sim._core.typing import FloatArray
from sfc_sim.distributions.arrays import LN10, floats, ln_ratio
from sfc_sim.distributions.base import Distribution
from sfc_sim.distributions.normal import LogNormal, LogNormal10

__all__ = ["TruncatedLogNormal", "log_normal_within"]

_NODES, _HALVES = np.polynomial.legendre.leggauss(16)
_RULE: Final = (0.5 * (_NODES + 1.0), 0.5 * _HALVES)
# Bounds so few standard deviations apart are close: differences of the normal law cancel.
_NARROW: Final = 0.01


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
        self._require(1e-300 < self.sigma < 1e300, "sigma must lie between 1e-300 and 1e300")
        self._require(0 <= self.lower < self.upper, "needs 0 <= lower < upper")
        self._require(self._inside > 1e-12, "next to nothing of it lies within the bounds")

    @property
    def _whole(self) -> LogNormal:
        return LogNormal(self.mu, self.sigma)

    @cached_property
    def _ends(self) -> tuple[float, float]:
        """The bounds in standard deviations from `mu`."""
        logs = (log(x) if x > 0.0 else -inf for x in (self.lower, self.upper))
        low, high = ((ln - self.mu) / self.sigma for ln in logs)
        return low, high

    @cached_property
    def _span(self) -> float:
        """The distance of the bounds in standard deviations."""
        if self.lower == 0.0:
            return inf
        return float(ln_ratio(np.asarray(self.upper), self.lower)) / self.sigma

    @cached_property
    def _inside(self) -> float:
        """The probability within the bounds, before the cut."""
        return float(_gauss(self._ends[0], np.asarray(self._span), self._ends[1]))

    def _scaled(self, factor: float) -> Distribution:
        return TruncatedLogNormal(
            self.mu + log(factor), self.sigma, self.lower * factor, self.upper * factor
        )

    def _support(self) -> tuple[float, float]:
        return self.lower, self.upper

    def _mean(self) -> float:
        low, high = self._ends
        if self._span < 1.0 and self._span * self.sigma < 1.0:  # the difference below cancels
            steps, weights = _RULE
            z = self._span * steps
            density = weights * np.exp(-z * (low + 0.5 * z))
            growth = np.expm1(self.sigma * z)
            return self.lower + self.lower * float(density @ growth / density.sum())
        # from the side on which the difference has its digits
        if low < self.sigma:
            most = self._ln_beyond(self.upper, high, 1)
            least = self._ln_beyond(self.lower, low, 1) if self.lower > 0.0 else -inf
        else:
            most, least = (
                self._ln_beyond(self.lower, low, -1),
                self._ln_beyond(self.upper, high, -1),
            )
        ln_part = most + float(np.log1p(-np.exp(least - most)))
        return float(np.exp(ln_part - log(self._inside)))

    def _ln_beyond(self, bound: float, z: float, side: int) -> float:
        """Return ln E[x; x below the bound], or above it for side -1, before the cut."""
        gap = side * (self.sigma - z) / sqrt(2.0)
        if gap < 0.0:
            whole = self.mu + self.sigma * self.sigma / 2.0
            return whole + float(special.log_ndtr(side * (z - self.sigma)))
        # the exponents of mean and tail cancel but for this
        return log(bound) - z * z / 2.0 + float(np.log(special.erfcx(gap) / 2.0))

    def _ppf_z(self, u: FloatArray) -> FloatArray:
        """Return the quantile in standard deviations from `mu`."""
        low, high = self._ends
        if low <= 0.0:
            below = special.ndtr(low)
            return floats(special.ndtri(below + u * (special.ndtr(high) - below)))
        above = special.ndtr(-low)  # the upper tail has its digits on the other side
        return floats(-special.ndtri(above - u * (above - special.ndtr(-high))))

    def _ppf(self, u: FloatArray) -> FloatArray:
        if self._span < _NARROW:
            return floats(self.lower * np.exp(self.sigma * self._steps(u)))
        return floats(np.exp(self.mu + self.sigma * self._ppf_z(u)))

    def _log10_ppf(self, u: FloatArray) -> FloatArray:
        if self._span < _NARROW:
            return floats(log10(self.lower) + self.sigma * self._steps(u) / LN10)
        return floats((self.mu + self.sigma * self._ppf_z(u)) / LN10)

    def _steps(self, u: FloatArray) -> FloatArray:
        """Return the quantile in standard deviations above the lower bound, which are few."""
        low = self._ends[0]
        z = u * self._span
        for _ in range(4):  # Newton's; the density is nearly level, so each squares the error
            slope = np.exp(-0.5 * (low + z) ** 2) / sqrt(2.0 * pi)
            z = z - (_gauss(low, z) - u * self._inside) / slope
        return floats(z)

    def _cdf(self, x: FloatArray) -> FloatArray:
        if self.lower == 0.0:
            return self._whole._cdf_everywhere(x) / self._inside
        rise = ln_ratio(x, self.lower) / self.sigma
        return _gauss(self._ends[0], rise) / self._inside

    def _log10_cdf(self, exponent: FloatArray) -> FloatArray:
        if self.lower > 0.0:
            return super()._log10_cdf(exponent)
        return np.minimum(self._whole._log10_cdf(exponent) / self._inside, 1.0)

    def _logpdf(self, x: FloatArray) -> FloatArray:
        return self._whole._logpdf(x) - log(self._inside)


def log_normal_within(whole: Distribution, lower: float, upper: float) -> TruncatedLogNormal | None:
    """Return a log-normal cut to bounds; None of another kind, or if there is nothing within.

    Examples
    --------
    >>> log_normal_within(LogNormal(-1, 0.5), 0, 1)
    TruncatedLogNormal(mu=-1, sigma=0.5, lower=0, upper=1)
    """
    if not isinstance(whole, LogNormal | LogNormal10):
        return None
    base = whole._log_base
    try:
        return TruncatedLogNormal(
            base * whole.mu, base * whole.sigma, max(lower, 0.0), min(upper, 1e300)
        )
    except InputError:
        return None


def _gauss(low: float, width: FloatArray, high: float | None = None) -> FloatArray:
    """Return the probability that a standard normal number lies in [low, low + width]."""
    steps, weights = _RULE
    short = np.minimum(width, 1.0)
    z = low + np.multiply.outer(short, steps) if isfinite(low) else np.zeros(1)
    near = short * (np.exp(-0.5 * z * z) @ weights if isfinite(low) else 0.0) / sqrt(2.0 * pi)
    end = low + width if high is None else high
    far = (
        special.ndtr(-low) - special.ndtr(-end)
        if low > 0.0
        else (special.ndtr(end) - special.ndtr(low))
    )
    return np.where(width < 1.0, near, far)
