"""Distributions on separate points."""

from __future__ import annotations

from abc import abstractmethod
from dataclasses import dataclass
from functools import cached_property
from math import inf
from typing import final

import numpy as np

from sfc_sim._core.typing import FloatArray
from sfc_sim.distributions.base import Distribution, check_weights

__all__ = ["Discrete", "Fixed", "Tabulated", "TruncatedGeometric", "UniformInteger"]

# Each point is a row of a table in memory.
MOST_POINTS = 10**7
TOO_MANY = f"needs hi - lo below {MOST_POINTS:,}; take Uniform for more"


class Tabulated(Distribution):
    """A distribution on finitely many points, given by a table of values and weights."""

    discrete = True

    @abstractmethod
    def _points(self) -> tuple[FloatArray, FloatArray]:
        """Return increasing values and their weights (> 0, any normalisation)."""

    @cached_property
    def table(self) -> tuple[FloatArray, FloatArray, FloatArray]:
        """Values (increasing), weights, and cumulative probabilities (ending at exactly 1)."""
        values, weights = self._points()
        cumulative = np.cumsum(weights)
        return values, weights, cumulative / cumulative[-1]

    @property
    def integral(self) -> bool:
        """Whether every possible value is an integer."""
        return bool(np.all(self.table[0] % 1 == 0))

    def _support(self) -> tuple[float, float]:
        values = self.table[0]
        return float(values[0]), float(values[-1])

    def _mean(self) -> float:
        values, weights, _ = self.table
        return float(values @ weights / weights.sum())

    def _ppf(self, u: FloatArray) -> FloatArray:
        values, _, cumulative = self.table
        return values[np.searchsorted(cumulative, u, side="left")]

    def _cdf(self, x: FloatArray) -> FloatArray:
        values, _, cumulative = self.table
        return cumulative[np.searchsorted(values, x, side="right") - 1]

    def _logpdf(self, x: FloatArray) -> FloatArray:
        values, weights, _ = self.table
        at = np.searchsorted(values, x)
        return np.where(values[at] == x, np.log(weights[at] / weights.sum()), -inf)


@final
@dataclass(frozen=True, repr=False)
class Fixed(Tabulated):
    """A number taken as known.

    Examples
    --------
    >>> Fixed(4.5).ppf([0.1, 0.9])
    array([4.5, 4.5])
    """

    kind = "fixed"
    _linear = ("value",)
    value: float

    def _points(self) -> tuple[FloatArray, FloatArray]:
        return np.array([self.value]), np.ones(1)


@final
@dataclass(frozen=True, repr=False)
class UniformInteger(Tabulated):
    """Any integer from `lo` to `hi`, both included, with equal probability.

    Examples
    --------
    >>> UniformInteger(1, 30).mean()
    15.5
    """

    kind = "uniform-integer"
    lo: int
    hi: int

    def _check(self) -> None:
        self._require(self.lo <= self.hi, "lo must not exceed hi")
        self._require(self.hi - self.lo < MOST_POINTS, TOO_MANY)

    def _points(self) -> tuple[FloatArray, FloatArray]:
        values = np.arange(self.lo, self.hi + 1, dtype=float)
        return values, np.ones_like(values)


@final
@dataclass(frozen=True, repr=False)
class TruncatedGeometric(Tabulated):
    """Trials up to the first success, at probability `p` each; redrawn above `hi`.

    P(k) is proportional to (1 - p)^(k - lo) for k = lo..hi (default 1..20).

    Examples
    --------
    >>> TruncatedGeometric(0.35).median()
    2.0
    """

    kind = "truncated-geometric"
    p: float
    lo: int = 1
    hi: int = 20

    def _check(self) -> None:
        self._require(0 < self.p < 1, "p must lie in (0, 1)")
        self._require(self.lo <= self.hi, "lo must not exceed hi")
        self._require(self.hi - self.lo < MOST_POINTS, TOO_MANY)

    def _points(self) -> tuple[FloatArray, FloatArray]:
        steps = np.arange(self.hi - self.lo + 1, dtype=float)
        return self.lo + steps, np.exp(steps * np.log1p(-self.p))


@final
@dataclass(frozen=True, repr=False)
class Discrete(Tabulated):
    """The given increasing `values` with the given `weights`, which sum to 1.

    Examples
    --------
    >>> Discrete([1, 2], [0.25, 0.75]).mean()
    1.75
    """

    kind = "discrete"
    _linear = ("values",)
    values: tuple[float, ...]
    weights: tuple[float, ...]

    def _check(self) -> None:
        self._require(len(self.values) == len(self.weights) > 0, "needs one weight for each value")
        self._require(bool(np.all(np.diff(self.values) > 0)), "values must increase")
        check_weights(self, self.weights)

    def _points(self) -> tuple[FloatArray, FloatArray]:
        return np.array(self.values), np.array(self.weights)
