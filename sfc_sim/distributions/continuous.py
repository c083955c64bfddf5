"""Uniform, log-uniform, inverse-uniform, exponential and beta distributions."""

from __future__ import annotations

from dataclasses import dataclass
from math import inf, isfinite, log, log1p, log10
from typing import final

import numpy as np
from scipy import special

from sfc_sim._core.typing import FloatArray
from sfc_sim.distributions.arrays import (
    LN10,
    floats,
    half_if_wide,
    interpolate,
    ln_ratio,
    smallest_reaching,
)
from sfc_sim.distributions.base import Distribution

__all__ = ["Beta", "Exponential", "InverseUniform", "LogUniform", "Uniform"]

LN2 = log(2.0)
_SHAPES = 1e-6, 1e8  # beyond, the incomplete beta function of scipy is not to be trusted
_SMALL_BETA = 1e-30  # the leading term of I_z errs by a fraction of about b z: far below rounding


@final
@dataclass(frozen=True, repr=False)
class Uniform(Distribution):
    """Equal density between `lo` and `hi`.

    Examples
    --------
    >>> Uniform(0, 0.2).mean()
    0.1
    """

    kind = "uniform"
    _linear = ("lo", "hi")
    lo: float
    hi: float

    def _check(self) -> None:
        self._require(self.lo < self.hi, "lo must be below hi")

    def _support(self) -> tuple[float, float]:
        return self.lo, self.hi

    def _mean(self) -> float:
        mean = (self.lo + self.hi) / 2
        return mean if isfinite(mean) else self.lo / 2 + self.hi / 2

    def _ppf(self, u: FloatArray) -> FloatArray:
        return interpolate(self.lo, self.hi, u)

    def _log10_ppf(self, u: FloatArray) -> FloatArray:
        # u hi may underflow
        return super()._log10_ppf(u) if self.lo > 0 else floats(np.log10(u) + log10(self.hi))

    def _cdf(self, x: FloatArray) -> FloatArray:
        half = half_if_wide(self.lo, self.hi)
        return (x * half - self.lo * half) / (self.hi * half - self.lo * half)

    def _logpdf(self, x: FloatArray) -> FloatArray:
        half = half_if_wide(self.lo, self.hi)
        return np.full(x.shape, log(half) - log(self.hi * half - self.lo * half))


@final
@dataclass(frozen=True, repr=False)
class LogUniform(Distribution):
    """Equal probability per decade between `lo` and `hi`, both positive.

    Examples
    --------
    >>> round(LogUniform(0.1, 4.5).median(), 2)
    0.67
    """

    kind = "log-uniform"
    _linear = ("lo", "hi")
    lo: float
    hi: float

    def _check(self) -> None:
        self._require(0 < self.lo < self.hi, "needs 0 < lo < hi")

    def _support(self) -> tuple[float, float]:
        return self.lo, self.hi

    @property
    def _width(self) -> float:
        """ln(hi / lo)."""
        return float(ln_ratio(floats(self.hi), self.lo))

    def _mean(self) -> float:
        return (self.hi - self.lo) / self._width

    def _ppf(self, u: FloatArray) -> FloatArray:
        # From the nearer end; of a wide law the factor itself may have no double.
        bits = 0 if self._width < 1400 else 52
        lo, hi = self.lo * 2.0**bits, self.hi * 2.0**-bits
        up = np.exp(np.minimum(u, 0.5) * self._width - bits * LN2)
        down = np.exp((np.maximum(u, 0.5) - 1) * self._width + bits * LN2)
        return np.where(u <= 0.5, lo * up, hi * down)

    def _log10_ppf(self, u: FloatArray) -> FloatArray:
        return interpolate(log10(self.lo), log10(self.hi), u)

    def _cdf(self, x: FloatArray) -> FloatArray:
        return ln_ratio(x, self.lo) / self._width

    def _logpdf(self, x: FloatArray) -> FloatArray:
        return floats(-np.log(x) - log(self._width))


@final
@dataclass(frozen=True, repr=False)
class InverseUniform(Distribution):
    """Equal density of 1/x between 1/hi and 1/lo: a density of x that falls as 1/x².

    Both ends are positive. The prior of a rate whose waiting time is uniform (Spiegel & Turner
    2012, PNAS 109, 395).

    Examples
    --------
    >>> InverseUniform(1, 4).median()
    1.6
    """

    kind = "inverse-uniform"
    _linear = ("lo", "hi")
    lo: float
    hi: float

    def _check(self) -> None:
        self._require(0 < self.lo < self.hi, "needs 0 < lo < hi")
        self._require(self.hi / self.lo < inf, "hi / lo must be below 1e308")

    def _support(self) -> tuple[float, float]:
        return self.lo, self.hi

    @property
    def _share(self) -> float:
        """1 - lo / hi, the largest 1 - lo / x."""
        return (self.hi - self.lo) / self.hi

    def _mean(self) -> float:
        return self.lo * log1p((self.hi - self.lo) / self.lo) / self._share

    def _ppf(self, u: FloatArray) -> FloatArray:
        # from the nearer end, so that both ends are met exactly and never passed
        near_hi = self.hi / (1 + (1 - u) * ((self.hi - self.lo) / self.lo))
        return np.where(u <= 0.5, self.lo / (1 - u * self._share), near_hi)

    def _cdf(self, x: FloatArray) -> FloatArray:
        return (x - self.lo) / x / self._share

    def _logpdf(self, x: FloatArray) -> FloatArray:
        return floats(log(self.lo) - log(self._share) - 2 * np.log(x))


@final
@dataclass(frozen=True, repr=False)
class Exponential(Distribution):
    """Waiting time with mean `scale`.

    Examples
    --------
    >>> Exponential(2).mean()
    2.0
    """

    kind = "exponential"
    _linear = ("scale",)
    scale: float

    def _check(self) -> None:
        self._require(self.scale > 0, "scale must be positive")

    def _support(self) -> tuple[float, float]:
        return 0.0, inf

    def _mean(self) -> float:
        return self.scale

    def _ppf(self, u: FloatArray) -> FloatArray:
        return floats(-self.scale * np.log1p(-u))

    def _log10_ppf(self, u: FloatArray) -> FloatArray:
        return floats(np.log10(-np.log1p(-u)) + log10(self.scale))

    def _cdf(self, x: FloatArray) -> FloatArray:
        return floats(-np.expm1(-x / self.scale))

    def _logpdf(self, x: FloatArray) -> FloatArray:
        return -x / self.scale - log(self.scale)


@final
@dataclass(frozen=True, repr=False)
class Beta(Distribution):
    """Beta(a, b) stretched from [0, 1] to [lo, hi].

    With shapes above about 1e4 quantiles hold only to probabilities of about 1e-250, where
    the incomplete beta function of scipy underflows.

    Examples
    --------
    >>> Beta(2, 2, lo=0, hi=10).median()
    5.0
    """

    kind = "beta"
    _linear = ("lo", "hi")
    a: float
    b: float
    lo: float = 0.0
    hi: float = 1.0

    def _check(self) -> None:
        least, most = _SHAPES
        rule = f"a and b must lie between {least:g} and {most:g}"
        self._require(least <= min(self.a, self.b) and max(self.a, self.b) <= most, rule)
        self._require(self.lo < self.hi, "lo must be below hi")

    def _support(self) -> tuple[float, float]:
        return self.lo, self.hi

    def _mean(self) -> float:
        return float(interpolate(self.lo, self.hi, floats(self.a / (self.a + self.b))))

    def _ln_small(self, u: FloatArray) -> FloatArray:
        """Return ln of the quantile z on [0, 1] where it is small, from I_z = z^a / (a B(a, b))."""
        return floats((np.log(u) + log(self.a) + special.betaln(self.a, self.b)) / self.a)

    def _ppf(self, u: FloatArray) -> FloatArray:
        z = np.exp(self._ln_small(u))
        large = z > _SMALL_BETA
        # scipy's inverse loses digits, then fails, at probabilities below about 1e-250
        far, near = large & (u < 1e-200), large & (u >= 1e-200)
        z[near] = special.betaincinv(self.a, self.b, u[near])
        z[far] = smallest_reaching(self._betainc, u[far], np.zeros(far.sum()), np.ones(far.sum()))
        return interpolate(self.lo, self.hi, z)

    def _log10_ppf(self, u: FloatArray) -> FloatArray:
        if self.lo > 0:
            return super()._log10_ppf(u)
        ln_z = self._ln_small(u)
        return np.where(
            ln_z <= log(_SMALL_BETA), ln_z / LN10 + log10(self.hi), super()._log10_ppf(u)
        )

    def _log10_cdf(self, exponent: FloatArray) -> FloatArray:
        if self.lo != 0:
            return super()._log10_cdf(exponent)
        ln_z = (exponent - log10(self.hi)) * LN10
        return np.where(ln_z <= log(_SMALL_BETA), self._tail(ln_z), super()._log10_cdf(exponent))

    def _tail(self, ln_z: FloatArray) -> FloatArray:
        """Return I_z where b z is small: three terms of the series in z."""
        a, b, z = self.a, self.b, np.exp(ln_z)
        terms = a * (1 - b) * z * (1 / (a + 1) + (2 - b) * z / (2 * (a + 2)))
        return floats(np.exp(a * ln_z - log(a) - special.betaln(a, b)) * (1 + terms))

    def _share(self, x: FloatArray) -> FloatArray:
        """Return the place of x between the ends."""
        half = half_if_wide(self.lo, self.hi)
        return (x * half - self.lo * half) / (self.hi * half - self.lo * half)

    def _cdf(self, x: FloatArray) -> FloatArray:
        return self._betainc(self._share(x))

    def _betainc(self, z: FloatArray) -> FloatArray:
        # scipy's loses digits, then fails, next to zero
        small = z < 1e-6 / max(self.b, 1.0)
        return np.where(small, self._tail(np.log(z)), special.betainc(self.a, self.b, z))

    def _logpdf(self, x: FloatArray) -> FloatArray:
        z = self._share(x)
        half = half_if_wide(self.lo, self.hi)
        ln_width = log(self.hi * half - self.lo * half) - log(half)
        shape = special.xlogy(self.a - 1, z) + special.xlog1py(self.b - 1, -z)
        return floats(shape - special.betaln(self.a, self.b) - ln_width)
