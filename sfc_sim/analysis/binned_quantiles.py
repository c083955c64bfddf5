"""Where quantiles lie: bins of values, of which only those with a quantile are looked into."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
import numpy.typing as npt

from sfc_sim._core.quantiles import quantile_interval
from sfc_sim._core.strata import Strata, variance_in_strata
from sfc_sim._core.typing import FloatArray

__all__ = ["MOST_BINS", "candidates", "edges_of", "finer", "interval"]

MOST_BINS: Final = 2**13
"""Bins of about equally many draws each, to begin with."""

PIECES: Final = 16
"""Into so many is a bin divided that holds too many draws."""

SLACK: Final = 1e-9
"""Weight by which a quantile may lie off its place by the rounding of sums."""


def edges_of(values: FloatArray) -> FloatArray:
    """Return edges of bins at values; one that comes repeatedly has a bin of its own.

    Examples
    --------
    >>> edges_of(np.array([3.0, 1.0, 3.0])).round(9)
    array([1., 3., 3.])
    """
    different, many = np.unique(values, return_counts=True)
    return np.unique(np.concatenate([different, np.nextafter(different[many > 1], np.inf)]))


def single(edges: FloatArray) -> npt.NDArray[np.bool_]:
    """Tell which bins have room for one value alone: that of their lower edge.

    Examples
    --------
    >>> single(edges_of(np.array([1.0, 1.0, 2.0])))
    array([False,  True, False, False])
    """
    return np.concatenate([[False], np.nextafter(edges[:-1], np.inf) == edges[1:], [False]])


def candidates(
    bins: FloatArray,
    edges: FloatArray,
    quantiles: Sequence[float] | FloatArray,
    sizes: FloatArray,
) -> npt.NDArray[np.bool_]:
    """Tell which bins may hold a quantile, or the end of one standard error of it.

    Parameters
    ----------
    bins : ndarray, shape (3, stratum, bin)
        Of each bin the weight, the sum of squares of weights, and the number of draws.
    edges : ndarray, shape (bin - 1,)
        Between the bins.
    quantiles : sequence of float
        Which.
    sizes : ndarray, shape (stratum,)
        How many draws each stratum has; infinite where there are none.

    Examples
    --------
    >>> bins = np.array([[[1.0, 2.0, 1.0]], [[0.0, 0.0, 0.0]], [[1.0, 2.0, 1.0]]])
    >>> candidates(bins, np.array([1.0, 2.0]), [0.5], np.full(1, np.inf))
    array([False,  True, False])
    """
    full = np.flatnonzero(bins[0].any(axis=0))
    cumulative = np.cumsum(bins[0].sum(axis=0)[full])
    total = cumulative[-1]
    # Of each stratum, up to each bin: its weight and its squares of weights.
    weight, squares = (
        np.pad(np.cumsum(each[:, full], axis=1), ((0, 0), (1, 0))) for each in bins[:2]
    )
    weight, squares = weight / total, squares / total**2
    found = np.zeros(bins.shape[2], dtype=bool)

    def mark(low: float, high: float) -> tuple[int, int]:
        """Mark the bins between two levels; return the first and the one after the last."""
        ends = np.clip([low - SLACK, high + SLACK], 0.0, 1.0) * total
        first, last = np.minimum(np.searchsorted(cumulative, ends), full.size - 1)
        found[full[first : last + 1]] = True
        return int(first), int(last) + 1

    for level in np.asarray(quantiles, dtype=float):
        ends = list(mark(level, level))
        moved = weight[:, ends] - level * weight[:, -1:]
        nearest, farthest = np.clip(0.0, *moved.T), np.abs(moved).max(axis=1)
        around = squares[:, ends] * (1.0 - 2.0 * level) + squares[:, -1:] * level**2
        least = np.sqrt(variance_in_strata(sizes, farthest, around.min(axis=1)))
        most = np.sqrt(variance_in_strata(sizes, nearest, around.max(axis=1)))
        mark(level - most, level - least)
        mark(level + least, level + most)
    return found & ~single(edges)


def finer(edges: FloatArray, crowded: npt.NDArray[np.bool_]) -> FloatArray:
    """Return edges that divide some of the bins into equal steps of doubles.

    Examples
    --------
    >>> finer(np.array([1.0, 2.0]), np.array([False, True, False])).size
    17
    """
    outer = np.concatenate([[-np.inf], edges, [np.inf]])
    new = [edges]
    for k in np.flatnonzero(crowded):
        low, high = rank_of(outer[k]), rank_of(outer[k + 1])
        ranks = [low + (high - low) * step // PIECES for step in range(PIECES + 1)]
        new.append(np.array([value_at(rank) for rank in ranks]))
    return np.unique(np.concatenate(new))


def rank_of(value: float) -> int:
    """Return the place of a double among all doubles, in rising order; 0 for 0.

    Examples
    --------
    >>> rank_of(0.0), rank_of(5e-324), rank_of(-5e-324)
    (0, 1, -2)
    """
    bits = int(np.float64(value).view(np.int64))
    return bits if bits >= 0 else bits ^ (2**63 - 1)


def value_at(rank: int) -> float:
    """Return the double of a place; see `rank_of`.

    Examples
    --------
    >>> value_at(rank_of(-0.1)), value_at(rank_of(np.inf))
    (-0.1, inf)
    """
    bits = rank if rank >= 0 else rank ^ (2**63 - 1)
    return float(np.int64(bits).view(np.float64))


def interval(
    bins: FloatArray,
    edges: FloatArray,
    chosen: npt.NDArray[np.bool_],
    values: FloatArray,
    weight: FloatArray,
    stratum: FloatArray | None,
    quantiles: Sequence[float] | FloatArray,
    sizes: FloatArray,
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Return quantiles and the ends of one standard error, as `quantile_interval` does.

    Parameters
    ----------
    bins, edges : ndarray
        As `candidates` takes them.
    chosen : ndarray of bool, shape (bin,)
        The bins that were looked into: at least those of `candidates`.
    values, weight : ndarray, shape (any,)
        All draws in these bins that have weight.
    stratum : ndarray, shape (any,), optional
        That of each; None where there are none.
    quantiles : sequence of float
        Which.
    sizes : ndarray, shape (stratum,)
        As `candidates` takes them.

    Examples
    --------
    >>> bins = np.array([[[1.0, 2.0, 1.0]]] * 3)
    >>> looked, draws = np.array([False, True, False]), (np.array([1.2, 1.1]), np.ones(2), None)
    >>> interval(bins, np.array([1.0, 2.0]), looked, *draws, [0.5], np.full(1, np.inf))[0]
    array([1.1])
    """
    total = bins[0].sum()
    # A bin in which no quantile lies counts at its lower edge.
    lower = np.concatenate([[-np.inf], edges])[~chosen]
    strata = None
    if stratum is not None:
        place = np.repeat(np.arange(sizes.size), lower.size)
        strata = Strata(np.concatenate([place, stratum.astype(np.int64)]), sizes)
    return quantile_interval(
        np.concatenate([np.tile(lower, sizes.size), values]),
        np.concatenate([bins[0][:, ~chosen].ravel(), weight]) / total,
        list(quantiles),
        np.concatenate([bins[1][:, ~chosen].ravel(), weight**2]) / total**2,
        strata,
    )
