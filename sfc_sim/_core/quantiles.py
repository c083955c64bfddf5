"""Quantiles of weighted samples with the ends of their errors, and bins of equal weight."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from sfc_sim._core.errors import InputError, shown
from sfc_sim._core.strata import Strata, variance_in_strata
from sfc_sim._core.typing import FloatArray

__all__ = [
    "bin_edges",
    "marks_of_bins",
    "named",
    "quantile_interval",
    "weighted_quantiles",
    "with_ends",
]


def weighted_quantiles(
    sample: FloatArray, weight: FloatArray, quantiles: npt.ArrayLike | Sequence[float]
) -> FloatArray:
    """Return quantiles of a weighted sample: the least value with at least that much weight.

    Values without weight are none of the sample.

    Examples
    --------
    >>> weighted_quantiles(np.array([3.0, 1.0, 2.0]), np.array([0.2, 0.5, 0.3]), [0.4, 0.6])
    array([1., 2.])
    """
    values, own = _sorted(sample, weight)
    return _read(values, own, np.asarray(quantiles))


def _sorted(sample: FloatArray, weight: FloatArray, *others: FloatArray) -> list[FloatArray]:
    """Return the values that have weight, in their order, and the weight of each, and others."""
    has = weight > 0.0
    order = np.argsort(sample[has], kind="stable")
    return [each[has][order] for each in (sample, weight, *others)]


def _read(values: FloatArray, weight: FloatArray, levels: FloatArray) -> FloatArray:
    """Return the least of sorted values with at least that much weight up to them."""
    cumulative = np.cumsum(weight)
    places = np.searchsorted(cumulative, levels * cumulative[-1])
    return np.asarray(values[np.minimum(places, values.size - 1)])


def quantile_interval(
    sample: FloatArray,
    weight: FloatArray,
    quantiles: Sequence[float],
    squares: FloatArray | None = None,
    strata: Strata | None = None,
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Return weighted quantiles, and one standard error below and above each (Woodruff 1952).

    The standard error of the weight at or below the quantile, read back as quantiles; it ends at
    the least and greatest of the sample. Weights must sum to one. A value may stand for many
    draws, of one stratum: then `squares` are the sums of the squares of their weights. With strata,
    see `error_of`.

    Examples
    --------
    >>> print(*quantile_interval(np.arange(400.0), np.full(400, 1 / 400), [0.5]))
    [199.] [189.] [209.]

    The ends are 200 +- 400 x sqrt(1/4 / 400).
    """
    levels = np.asarray(quantiles, dtype=float)
    each = weight**2 if squares is None else squares
    values, own, squared = _sorted(sample, weight, each)
    middle = _read(values, own, levels)
    if strata is None:
        # Squares of weights up to each quantile, those equal to it too, and of all.
        sums = np.concatenate([[0.0], np.cumsum(squared)])
        below = sums[np.searchsorted(values, middle, side="right")]
        variance = below * (1.0 - levels) ** 2 + (sums[-1] - below) * levels**2
    else:
        moved = [(sample <= q) - level for q, level in zip(middle, levels, strict=True)]
        variance = np.array(
            [
                variance_in_strata(
                    strata.sizes, strata.summed(weight * z), strata.summed(each * z**2)
                )
                for z in moved
            ]
        )
    error = np.sqrt(variance)
    low, high = (
        _read(values, own, np.clip(levels + side * error, 0.0, 1.0)) for side in (-1.0, 1.0)
    )
    return middle, low, high


def with_ends(
    name: str,
    sample: FloatArray,
    weight: FloatArray,
    quantiles: Sequence[float] | FloatArray,
    strata: Strata | None = None,
) -> dict[str, FloatArray]:
    """Return weighted quantiles by name, and where one standard error below and above them lie.

    With strata, see `error_of`.

    Examples
    --------
    >>> list(with_ends("rivals", np.arange(3.0), np.full(3, 1 / 3), [0.5]))
    ['rivals', 'rivals_low', 'rivals_high']
    """
    return named(name, quantile_interval(sample, weight, list(quantiles), strata=strata))


def named(name: str, interval: Sequence[FloatArray]) -> dict[str, FloatArray]:
    """Return quantiles, and the ends of one standard error below and above them, by name.

    Examples
    --------
    >>> list(named("rivals", [np.zeros(1)] * 3))
    ['rivals', 'rivals_low', 'rivals_high']
    """
    ends = ("", "_low", "_high")
    return {f"{name}{end}": values for end, values in zip(ends, interval, strict=True)}


def marks_of_bins(values: FloatArray, weight: FloatArray, bins: int) -> FloatArray:
    """Return the values that end bins of equal weight, all but the last; one where several are one.

    Examples
    --------
    >>> marks_of_bins(np.array([3.0, 1.0, 1.0, 2.0]), np.full(4, 0.25), 4)
    array([1., 2.])
    """
    return np.unique(weighted_quantiles(values, weight, np.arange(1, bins) / bins))


def bin_edges(values: FloatArray, bins: int, weight: FloatArray) -> FloatArray:
    """Return edges of bins of equal weight; of one value each where there are few.

    Examples
    --------
    >>> bin_edges(np.array([1.0, 1.0, 2.0, 3.0]), 12, np.full(4, 0.25))
    array([1. , 1.5, 2.5, inf])
    """
    if bins < 2:
        raise InputError(f"bins is {shown(bins)}; it must be 2 or more")
    different = np.unique(values)
    if different.size <= 2 * bins:
        inner = 0.5 * (different[1:] + different[:-1])
    else:
        inner = marks_of_bins(values, weight, bins)
        inner = inner[inner > different[0]]
    return np.concatenate([different[:1], inner, [np.inf]])
