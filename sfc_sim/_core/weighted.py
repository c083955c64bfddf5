"""Statistics of weighted samples, one definition each: means, ratios, quantiles, ranks, bins.

Log weights need no norm. Linear weights are 0 or more; statistics divide by their sum. How many
draws carry a number is in `sfc_sim._core.effective`.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from sfc_sim._core.errors import InputError, shown
from sfc_sim._core.strata import Strata, error_of, variance_in_strata
from sfc_sim._core.typing import FloatArray

__all__ = [
    "at_stake",
    "bin_edges",
    "correlation",
    "influence_on_ratio",
    "marks_of_bins",
    "mean_and_error",
    "named",
    "order_of",
    "product_of_ratios",
    "quantile_interval",
    "ranks",
    "ratio_of_sums",
    "shares_of",
    "weighted_mean",
    "weighted_quantiles",
    "weighted_ranks",
    "with_ends",
]


def shares_of(log_weight: FloatArray) -> FloatArray:
    """Return the weights, summing to one but for the rounding of one sum.

    Examples
    --------
    >>> shares_of(np.log(np.array([2.0, 6.0]))).round(12)
    array([0.25, 0.75])
    """
    weight = np.exp(log_weight - log_weight.max())
    return np.asarray(weight / weight.sum())


def weighted_mean(
    sample: npt.NDArray[np.float64] | npt.NDArray[np.bool_],
    weight: FloatArray,
    strata: Strata | None = None,
) -> tuple[float, float]:
    """Return a weighted mean and its standard error; with strata, see `error_of`.

    The error is that of self-normalised importance sampling, to first order. A mean lies between
    the least and the greatest value: a probability never exceeds 1, whatever a sum is rounded to.

    Examples
    --------
    >>> weighted_mean(np.ones(3), np.full(3, 0.1))
    (1.0, 0.0)
    """
    return mean_and_error(sample, weight / weight.sum(), strata)


def mean_and_error(
    sample: npt.NDArray[np.float64] | npt.NDArray[np.bool_],
    share: FloatArray,
    strata: Strata | None = None,
) -> tuple[float, float]:
    """Return a weighted mean and its error, for weights that already sum to one."""
    mean = float(np.clip(share @ sample, sample.min(), sample.max()))
    return mean, error_of(share * (sample - mean), strata)


def ratio_of_sums(
    log_weight: np.ndarray,
    upper: np.ndarray,
    lower: np.ndarray,
    strata: Strata | None = None,
) -> tuple[float, float]:
    """Return sum(w upper) / sum(w lower) and its standard error, to first order.

    With strata, see `error_of`.

    Examples
    --------
    >>> ratio_of_sums(np.zeros(2), np.array([1.0, 2.0]), np.array([2.0, 4.0]))
    (0.5, 0.0)
    """
    weight = np.exp(log_weight - log_weight.max())
    norm = at_stake(float(weight @ lower))
    ratio = float(weight @ upper) / norm
    return ratio, error_of(weight * (upper - ratio * lower), strata) / norm


def at_stake(norm: float) -> float:
    """Return what a ratio is divided by, or say that it is nothing.

    Examples
    --------
    >>> at_stake(2.0)
    2.0
    """
    if norm == 0.0:
        raise InputError("recovered share is undefined: no draw has any volume at stake")
    return norm


def influence_on_ratio(weight: FloatArray, upper: FloatArray, lower: FloatArray) -> FloatArray:
    """Return the first-order influence of each draw on sum(w upper) / sum(w lower).

    Its standard error is `error_of` this; of two ratios over the same draws, that of their
    difference is `error_of` the difference of both.

    Examples
    --------
    >>> influence_on_ratio(np.array([0.5, 0.5]), np.array([1.0, 0.0]), np.ones(2))
    array([ 0.25, -0.25])
    """
    norm = float(weight @ lower)
    ratio = float(weight @ upper) / norm
    return np.asarray(weight * (upper - ratio * lower) / norm)


def product_of_ratios(
    weight: FloatArray, upper: Sequence[FloatArray], lower: Sequence[FloatArray]
) -> tuple[float, float]:
    """Return a product of weighted sums over another, and its standard error to first order.

    Examples
    --------
    >>> product_of_ratios(np.ones(2), [np.array([1.0, 3.0])], [np.array([2.0, 6.0])])
    (0.5, 0.0)
    """
    value, change = 1.0, np.zeros_like(weight)
    for parts, sign in ((upper, 1), (lower, -1)):
        for part in parts:
            whole = float(weight @ part)
            value *= whole**sign
            change += sign * part / whole
    return value, value * error_of(weight * change)


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


def order_of(values: FloatArray) -> np.ndarray:
    """Return the place of each value among the different ones, from 0."""
    return np.unique(values, return_inverse=True)[1]


def weighted_ranks(place: np.ndarray, weight: FloatArray) -> FloatArray:
    """Return the weight below each place, ties sharing the middle of theirs.

    Examples
    --------
    >>> weighted_ranks(np.array([1, 0, 0]), np.array([0.5, 0.25, 0.25]))
    array([0.75, 0.25, 0.25])
    """
    mass = np.bincount(place, weight)
    middle = np.cumsum(mass) - 0.5 * mass
    return np.asarray(middle[place])


def correlation(
    x: FloatArray,
    y: FloatArray,
    weight: FloatArray,
    strata: Strata | None = None,
    places: Sequence[np.ndarray | None] = (None, None),
) -> tuple[float, float]:
    """Return the weighted correlation of two arrays and its standard error, to first order.

    Both are 0 where one of the arrays is constant. With strata, see `error_of`. Of `weighted_ranks`
    give the `places`: each draw then moves the ranks of all above it.

    Examples
    --------
    >>> correlation(np.array([0.0, 1.0, 2.0]), np.array([0.0, 2.0, 4.0]), np.full(3, 1 / 3))[0]
    1.0
    """
    dx, dy = x - weight @ x, y - weight @ y
    spread = float((weight @ dx**2) * (weight @ dy**2)) ** 0.5
    if not spread > 0.0:
        return 0.0, 0.0
    r = float(weight @ (dx * dy)) / spread
    influence = dx * dy / spread
    for own, other, place in ((dx, dy, places[0]), (dy, dx, places[1])):
        square = float(weight @ own**2)
        influence -= 0.5 * r * own**2 / square
        if place is not None:
            slope = np.bincount(place, weight * (other / spread - r * own / square))
            influence += (0.5 * slope - np.cumsum(slope))[place]
    return r, error_of(weight * influence, strata)


def ranks(values: FloatArray, axis: int = -1) -> npt.NDArray[np.int64]:
    """Return the place of each value from the greatest on, from 0; ties in their order.

    Examples
    --------
    >>> ranks(np.array([0.2, 0.5, 0.2]))
    array([1, 0, 2])
    """
    order = np.argsort(-values, axis=axis, kind="stable")
    return np.asarray(np.argsort(order, axis=axis))


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
