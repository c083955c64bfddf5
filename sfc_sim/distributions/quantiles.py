"""A law through the percentiles that someone states."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from math import inf, log, sqrt, tau
from typing import Any, final

import numpy as np
from scipy import special

from sfc_sim._core.typing import FloatArray
from sfc_sim.distributions.arrays import LN10, floats
from sfc_sim.distributions.base import Distribution

__all__ = ["Quantiles"]


@final
@dataclass(frozen=True, repr=False)
class Quantiles(Distribution):
    """A law with these `values` where its probability reaches `at`, by default 5, 50 and 95 %.

    Positive values, or else their logarithms not taken, are joined by straight lines over the
    normal scores of `at`: the logarithm is normal on each stretch, and so on beyond the outermost.
    Two values are `between`. `at` may begin with 0 and end with 1, the ends of the law: up to them
    the logarithm (or the value) is uniform.

    Examples
    --------
    >>> Quantiles([1, 3, 20]).cdf([1, 3, 20]).round(12)
    array([0.05, 0.5 , 0.95])
    >>> Quantiles([0.0, 0.01, 0.1, 0.6, 1.0], [0, 0.05, 0.5, 0.95, 1]).support
    (0.0, 1.0)
    """

    kind = "quantiles"
    _linear = ("values",)
    values: tuple[float, ...]
    at: tuple[float, ...] = (0.05, 0.5, 0.95)

    def _check(self) -> None:
        many, rising = len(self.values), (np.diff(self.values), np.diff(self.at))
        self._require(many == len(self.at), f"has {many} values at {len(self.at)} probabilities")
        self._require(all((steps > 0).all() for steps in rising), "values and at must rise")
        self._require(self.at[0] >= 0 and self.at[-1] <= 1, "at must lie between 0 and 1")
        within = [p for p in self.at if 0 < p < 1]
        self._require(len(within) >= 2, "needs values at two probabilities between 0 and 1")

    @property
    def _logs(self) -> bool:
        """Whether the logarithms are joined."""
        return self.values[0] > 0

    @cached_property
    def _knots(self) -> tuple[FloatArray, FloatArray]:
        """Normal scores of the inner probabilities, and the heights there."""
        at, values = np.array(self.at), np.array(self.values)
        inner = (at > 0) & (at < 1)
        heights = np.log(values[inner]) if self._logs else values[inner]
        return floats(special.ndtri(at[inner])), floats(heights)

    @cached_property
    def _lines(self) -> tuple[FloatArray, FloatArray]:
        """Offset and slope of the height over z on each stretch."""
        z, y = self._knots
        slope = np.diff(y) / np.diff(z)
        return y[:-1] - slope * z[:-1], slope

    def _end(self, value: float) -> float:
        """Return the height of an end of the law."""
        return log(value) if self._logs else value

    @property
    def _tails(self) -> tuple[tuple[bool, float, float], ...]:
        """For either end: whether it is given, its height, and the probability beyond the knot."""
        low, high = self.at[0] == 0, self.at[-1] == 1
        first = (low, self._end(self.values[0]), self.at[1] if low else self.at[0])
        last = (high, self._end(self.values[-1]), 1 - (self.at[-2] if high else self.at[-1]))
        return first, last

    def _support(self) -> tuple[float, float]:
        low = self.values[0] if self.at[0] == 0 else 0.0 if self._logs else -inf
        return low, self.values[-1] if self.at[-1] == 1 else inf

    def _height(self, u: FloatArray) -> FloatArray:
        z, y = self._knots
        offset, slope = self._lines
        score = special.ndtri(u)
        k = np.clip(np.searchsorted(z, score) - 1, 0, slope.size - 1)
        found = offset[k] + slope[k] * score
        (low, bottom, first), (high, top, last) = self._tails
        if low:
            found = np.where(u < first, bottom + (y[0] - bottom) * (u / first), found)
        if high:
            found = np.where(1 - u < last, top - (top - y[-1]) * ((1 - u) / last), found)
        return floats(found)

    def _place(self, y: FloatArray) -> tuple[np.ndarray, FloatArray]:
        """Return the stretch of a height, and its normal score there."""
        offset, slope = self._lines
        k = np.clip(np.searchsorted(self._knots[1], y) - 1, 0, slope.size - 1)
        return k, floats((y - offset[k]) / slope[k])

    def _below(self, y: FloatArray) -> FloatArray:
        heights = self._knots[1]
        found = special.ndtr(self._place(y)[1])
        (low, bottom, first), (high, top, last) = self._tails
        if low:
            found = np.where(y < heights[0], first * (y - bottom) / (heights[0] - bottom), found)
        if high:
            part = 1 - last * (top - y) / (top - heights[-1])
            found = np.where(y > heights[-1], part, found)
        return floats(found)

    def _log_density(self, y: FloatArray) -> FloatArray:
        heights = self._knots[1]
        k, z = self._place(y)
        found = -0.5 * z * z - np.log(self._lines[1][k]) - 0.5 * log(tau)
        (low, bottom, first), (high, top, last) = self._tails
        if low:
            found = np.where(y < heights[0], log(first / (heights[0] - bottom)), found)
        if high:
            found = np.where(y > heights[-1], log(last / (top - heights[-1])), found)
        return floats(found)

    def _ppf(self, u: FloatArray) -> FloatArray:
        return floats(np.exp(self._height(u))) if self._logs else self._height(u)

    def _log10_ppf(self, u: FloatArray) -> FloatArray:
        return self._height(u) / LN10 if self._logs else super()._log10_ppf(u)

    def _cdf(self, x: FloatArray) -> FloatArray:
        return self._below(floats(np.log(x))) if self._logs else self._below(x)

    def _log10_cdf(self, exponent: FloatArray) -> FloatArray:
        if not self._logs:
            return super()._log10_cdf(exponent)
        lo, hi = self._log10_support()
        inside = np.clip(self._below(exponent * LN10), 0.0, 1.0)
        return np.where(exponent < lo, 0.0, np.where(exponent >= hi, 1.0, inside))

    def _logpdf(self, x: FloatArray) -> FloatArray:
        if not self._logs:
            return self._log_density(x)
        y = np.log(np.where(x > 0, x, 1.0))
        return np.where(x > 0, self._log_density(y) - y, -inf)

    def _mean(self) -> float:
        z, y = self._knots
        (low, bottom, first), (high, top, last) = self._tails
        edges = [-inf if not low else z[0], *z[1:-1], inf if not high else z[-1]]
        parts = [
            _stretch(self._logs, *line, a, b)
            for line, a, b in zip(zip(*self._lines, strict=True), edges, edges[1:], strict=False)
        ]
        if low:
            parts.append(first * _level(self._logs, bottom, y[0]))
        if high:
            parts.append(last * _level(self._logs, y[-1], top))
        return float(sum(parts))


def _stretch(logs: bool, offset: Any, slope: Any, a: Any, b: Any) -> float:
    """Return the mean over normal scores from a to b, times their probability."""
    if logs:
        size = np.exp(offset + slope * slope / 2)
        return float(size * (special.ndtr(b - slope) - special.ndtr(a - slope)))
    density = (np.exp(-0.5 * a * a) - np.exp(-0.5 * b * b)) / sqrt(tau)
    return float(offset * (special.ndtr(b) - special.ndtr(a)) + slope * density)


def _level(logs: bool, a: Any, b: Any) -> float:
    """Return the mean of a height, or of its exponential, that is uniform from a to b."""
    return float(np.exp(a) * np.expm1(b - a) / (b - a) if logs else (a + b) / 2)
