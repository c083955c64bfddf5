"""Births that follow planets after a delay the slow way: quadrature, and planets one by one."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise

import numpy as np
from scipy import stats

History = Callable[[np.ndarray], np.ndarray]


def delay(mean: float, spread: float):
    """Normal age, cut at zero."""
    return stats.truncnorm(-mean / spread, np.inf, loc=mean, scale=spread)


def rate(
    history: History,
    time: float,
    mean: float,
    spread: float,
    windows: float = 1.0,
    longest: float = np.inf,
    corner: float = np.inf,
) -> float:
    """Planets that form at `time` - s, x density of the age s, x share habitable for longer.

    `corner` is a date at which the history bends.
    """
    law = delay(mean, spread)

    def born(ages: np.ndarray) -> np.ndarray:
        density = windows * law.cdf(ages) ** (windows - 1) * law.pdf(ages)
        return density * history(time - ages) * (1.0 - np.sqrt(np.minimum(1.0, ages / longest)))

    end = min(time, longest, mean + 12 * spread)
    if end <= 0:
        return 0.0
    breaks = [mean - 8 * spread, mean - 3 * spread, mean, mean + 3 * spread, time - corner]
    edges = [0.0, *sorted(x for x in breaks if 0 < x < end), end]
    return sum(panels(born, low, high) for low, high in pairwise(edges))


def panels(function: History, low: float, high: float, count: int = 400) -> float:
    """Integrate with three Gauss points in each of many panels."""
    nodes, weights = np.polynomial.legendre.leggauss(3)
    width = (high - low) / count
    middles = low + width * (np.arange(count) + 0.5)
    values = function((middles[:, None] + 0.5 * width * nodes).ravel()).reshape(count, 3)
    return float(0.5 * width * (values @ weights).sum())


def births(
    rng: np.random.Generator,
    formed: np.ndarray,
    shares: np.ndarray,
    count: int,
    mean: float,
    spread: float,
    windows: int = 1,
    longest: float = np.inf,
) -> np.ndarray:
    """Draw planets from a cumulative history, let every window open, keep the habitable ones."""
    dates = np.interp(rng.random(count), shares, formed)
    ages = np.zeros(count)
    for _ in range(windows):
        opened = rng.normal(mean, spread, count)
        while (opened <= 0).any():
            again = opened <= 0
            opened[again] = rng.normal(mean, spread, again.sum())
        ages = np.maximum(ages, opened)
    lasting = longest * rng.random(count) ** 2 if np.isfinite(longest) else np.full(count, np.inf)
    return (dates + ages)[ages < lasting]
