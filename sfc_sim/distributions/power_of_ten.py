"""The power of ten of an exponential number."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from math import inf, isinf, log, log10
from typing import final

import numpy as np
from scipy import special

from sfc_sim._core.typing import FloatArray
from sfc_sim.distributions.arrays import LN10, floats, ln_ratio
from sfc_sim.distributions.base import Distribution

__all__ = ["PowerOfTen"]


@final
@dataclass(frozen=True, repr=False)
class PowerOfTen(Distribution):
    """``shift + 10**(sign * e)`` with e exponential of mean `exponent`: a power law with a name.

    With sign +1 it starts at shift + 1 and has a long upper tail; with sign -1 it lies in
    (shift, shift + 1] with a long tail towards `shift`. Optional bounds `lower` and `upper`
    truncate it: probability outside is spread over the rest, as if redrawn. The prior family of
    Cook 2022, whose ``10^Exp(x)`` is read with x the mean.

    Examples
    --------
    >>> lifetime = PowerOfTen(0.7, sign=1, shift=5, upper=20000)
    >>> lifetime.support
    (6.0, 20000.0)
    >>> round(PowerOfTen(0.43, sign=-1).median(), 3)
    0.503
    """

    kind = "power-of-ten"
    exponent: float
    sign: int = 1
    shift: float = 0.0
    lower: float | None = None
    upper: float | None = None

    def _check(self) -> None:
        self._require(1e-300 < self.exponent < 1e300, "exponent must lie between 1e-300 and 1e300")
        self._require(self.sign in (-1, 1), "sign must be 1 or -1")
        lo, hi = self.support
        self._require(lo < hi and self._reach[0] < self._reach[1], "lower and upper leave no room")

    def _support(self) -> tuple[float, float]:
        lo, hi = (self.shift + 1, inf) if self.sign > 0 else (self.shift, self.shift + 1)
        return (
            lo if self.lower is None else max(lo, self.lower),
            hi if self.upper is None else min(hi, self.upper),
        )

    @cached_property
    def _reach(self) -> tuple[float, float]:
        """Smallest and largest 10**(sign * e) that the bounds allow."""
        # shift + 1 may round to shift: an end that no bound sets is known without it
        lo, hi = (1.0, inf) if self.sign > 0 else (0.0, 1.0)
        return (
            lo if self.lower is None else max(lo, self.lower - self.shift),
            hi if self.upper is None else min(hi, self.upper - self.shift),
        )

    @cached_property
    def _exponents(self) -> tuple[float, float]:
        """Smallest and largest e that the bounds allow."""
        ends = [_log10_or_infinite(x) * self.sign for x in self._reach]
        return min(ends), max(ends)

    @property
    def _span(self) -> float:
        """The range of e."""
        lo, hi = self._reach
        return inf if lo == 0 or isinf(hi) else float(ln_ratio(floats(hi), lo)) / LN10

    @property
    def _width(self) -> float:
        """The range of e in units of its mean."""
        return self._span / self.exponent

    @property
    def _mass(self) -> float:
        """The probability that an exponential stays within `_width`."""
        return -float(np.expm1(-self._width))

    def _mean(self) -> float:
        # the integral of 10^(sign e) over the truncated exponential density of e
        low, high = self._exponents
        growth = self.sign * LN10
        if isinf(high):
            left = 1 - growth * self.exponent
            ratio = 1 / left if left > 0 else inf
        else:
            rise = growth * self._span
            ratio = float(special.exprel(rise - self._width) / special.exprel(-self._width))
        return self.shift + float(10.0 ** (self.sign * low) * ratio)

    def _drawn_exponent(self, u: FloatArray) -> FloatArray:
        """Return sign * e at the probability `u` of the value."""
        if self.sign > 0:
            return floats(self._exponents[0] - self.exponent * np.log1p(-u * self._mass))
        # small u is the far tail: keep its digits; near u = 1 never pass the upper end
        tail = np.log(np.exp(-self._width) + u * self._mass)
        far = (u < 0.5) & (self._mass > 0.5)
        ln_survival = np.where(far, tail, np.log1p((u - 1) * self._mass))
        return floats(self.exponent * ln_survival - self._exponents[0])

    def _ppf(self, u: FloatArray) -> FloatArray:
        if self.shift < 0 and self.support[0] == 0:  # the sum cancels next to zero
            return floats(self._reach[0] * np.expm1(LN10 * self._rise(u)))
        return floats(self.shift + 10.0 ** self._drawn_exponent(u))

    def _rise(self, u: FloatArray) -> FloatArray:
        """Return the excess of sign * e over its smallest value at the probability `u`."""
        if self.sign > 0:
            return floats(-self.exponent * np.log1p(-u * self._mass))
        return floats(self.exponent * np.log1p(u * np.expm1(self._width)))

    def _log10_ppf(self, u: FloatArray) -> FloatArray:
        e = self._drawn_exponent(u)
        if self.shift == 0:
            return e
        if self.shift < 0:
            return floats(np.log10(self._ppf(u)))
        return floats(np.logaddexp(log(self.shift), e * LN10) / LN10)

    def _cdf(self, x: FloatArray) -> FloatArray:
        if self._reach[0] > 0:  # next to the lower end a difference of logarithms cancels
            rise = np.log1p((x - self.support[0]) / self._reach[0]) / LN10
            return self._cdf_of_rise(rise)
        return self._cdf_of_exponent(floats(np.log10(x - self.shift)))

    def _cdf_of_rise(self, rise: FloatArray) -> FloatArray:
        scaled = np.minimum(rise / self.exponent, self._width)
        if self.sign > 0:
            return floats(-np.expm1(-scaled) / self._mass)
        # expm1(scaled) / expm1(width), of which either may exceed a double
        ratio = np.exp(scaled - self._width) * -np.expm1(-scaled)
        return floats(ratio / -np.expm1(-self._width))

    def _log10_cdf(self, exponent: FloatArray) -> FloatArray:
        if self.shift != 0:
            return super()._log10_cdf(exponent)
        return self._cdf_of_exponent(exponent)

    def _cdf_of_exponent(self, signed: FloatArray) -> FloatArray:
        excess = (self.sign * signed - self._exponents[0]) / self.exponent
        inside = np.minimum(np.maximum(excess, 0.0), self._width)
        if self.sign > 0:
            return floats(-np.expm1(-inside) / self._mass)
        return floats((np.exp(-inside) - np.exp(-self._width)) / self._mass)

    def _logpdf(self, x: FloatArray) -> FloatArray:
        power = -self.sign / (self.exponent * LN10) - 1
        ln_norm = log(self.exponent * LN10 * self._mass) - self._exponents[0] / self.exponent
        return floats(special.xlogy(power, x - self.shift) - ln_norm)


def _log10_or_infinite(x: float) -> float:
    return x if isinf(x) else -inf if x == 0 else log10(x)
