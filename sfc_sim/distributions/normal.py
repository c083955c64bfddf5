"""Gaussian and log-normal distributions, and either from an interval."""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import inf, log
from typing import ClassVar, final

import numpy as np
from scipy import special

from sfc_sim._core.arguments import validated
from sfc_sim._core.errors import InputError
from sfc_sim._core.typing import FloatArray
from sfc_sim.distributions.arrays import LN10, floats
from sfc_sim.distributions.base import Distribution

__all__ = ["LogNormal", "LogNormal10", "Normal", "between"]


@final
@dataclass(frozen=True, repr=False)
class Normal(Distribution):
    """Gaussian with mean `mu` and standard deviation `sigma`.

    Examples
    --------
    >>> Normal(4.55, 1).median()
    4.55
    """

    kind = "normal"
    _linear = ("mu", "sigma")
    mu: float
    sigma: float

    def _check(self) -> None:
        self._require(self.sigma > 0, "sigma must be positive")

    def _support(self) -> tuple[float, float]:
        return -inf, inf

    def _mean(self) -> float:
        return self.mu

    def _ppf(self, u: FloatArray) -> FloatArray:
        z = special.ndtri(u)
        return floats((self.mu / 2 + self.sigma * (z / 2)) * 2)

    def _cdf(self, x: FloatArray) -> FloatArray:
        far = (x * 0.5 - self.mu * 0.5) / self.sigma * 2.0  # where x - mu has no double
        return floats(
            special.ndtr(np.where(np.isfinite(x - self.mu), (x - self.mu) / self.sigma, far))
        )

    def _logpdf(self, x: FloatArray) -> FloatArray:
        return _log_gauss(x, self.mu, self.sigma)


@dataclass(frozen=True, repr=False)
class _LogNormal(Distribution):
    """A number whose logarithm to the base exp(`_log_base`) is Gaussian."""

    mu: float
    sigma: float
    _log_base: ClassVar[float]

    def _check(self) -> None:
        self._require(self.sigma > 0, "sigma must be positive")

    def _support(self) -> tuple[float, float]:
        return 0.0, inf

    def _mean(self) -> float:
        return float(
            np.exp(self._log_base * (self.mu + self._log_base * (self.sigma * self.sigma) / 2))
        )

    def _scaled(self, factor: float) -> Distribution:
        return replace(self, mu=self.mu + log(factor) / self._log_base)

    def _ppf(self, u: FloatArray) -> FloatArray:
        return floats(np.exp(self._log_base * (self.mu + self.sigma * special.ndtri(u))))

    def _log10_ppf(self, u: FloatArray) -> FloatArray:
        return floats((self.mu + self.sigma * special.ndtri(u)) * (self._log_base / LN10))

    def _cdf(self, x: FloatArray) -> FloatArray:
        return floats(special.ndtr((np.log(x) / self._log_base - self.mu) / self.sigma))

    def _log10_cdf(self, exponent: FloatArray) -> FloatArray:
        return floats(special.ndtr((exponent * (LN10 / self._log_base) - self.mu) / self.sigma))

    def _logpdf(self, x: FloatArray) -> FloatArray:
        ln = np.log(np.where(x > 0, x, 1.0))
        density = _log_gauss(ln / self._log_base, self.mu, self.sigma) - ln - log(self._log_base)
        return np.where(x > 0, density, -inf)


@final
@dataclass(frozen=True, repr=False)
class LogNormal(_LogNormal):
    """A number whose natural logarithm is Gaussian with mean `mu` and deviation `sigma`.

    Examples
    --------
    >>> LogNormal(0, 1).mean()
    1.6487...
    """

    kind = "log-normal"
    _log_base = 1.0
    mu: float
    sigma: float


@final
@dataclass(frozen=True, repr=False)
class LogNormal10(_LogNormal):
    """A number whose decimal logarithm is Gaussian: mean `mu`, deviation `sigma` decades.

    Examples
    --------
    >>> LogNormal10(2, 1).median()
    100.0
    """

    kind = "log-normal-10"
    _log_base = LN10
    mu: float
    sigma: float

    def _ppf(self, u: FloatArray) -> FloatArray:
        return floats(10.0 ** (self.mu + self.sigma * special.ndtri(u)))


@validated()
def between(lo: float, hi: float, mass: float = 0.9) -> LogNormal | Normal:
    """Return the distribution that puts the central probability `mass` between `lo` and `hi`.

    Parameters
    ----------
    lo, hi : float
        Ends of the interval. A positive `lo` gives a `LogNormal`, otherwise a `Normal`.
    mass : float, optional
        Probability inside, default 0.9; the rest is split evenly.

    Raises
    ------
    InputError
        If lo >= hi, or `mass` is not in (0, 1).

    Examples
    --------
    >>> between(-1, 1).cdf(1).round(12)
    np.float64(0.95)
    """
    if not lo < hi:
        raise InputError(f"between: needs finite lo < hi, got lo={lo}, hi={hi}")
    half = float(special.ndtri((1 + mass) / 2)) if 0 < mass < 1 else 0.0
    if half == 0.0:
        raise InputError(f"between: mass must lie in (0, 1), from about 1e-16, got {mass}")
    family, a, b = (LogNormal, log(lo), log(hi)) if lo > 0 else (Normal, lo, hi)
    return family((a + b) / 2, (b - a) / (2 * half))


def _log_gauss(x: FloatArray, mu: float, sigma: float) -> FloatArray:
    return floats(-0.5 * ((x - mu) / sigma) ** 2 - log(sigma) - 0.5 * log(2 * np.pi))
