"""Statistics of weighted samples, one definition each: means, ratios, ranks, correlations.

Log weights need no norm. Linear weights are 0 or more; statistics divide by their sum. How many
draws carry a number is in `sfc_sim._core.effective`, quantiles are in `sfc_sim._core.quantiles`.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from sfc_sim._core.errors import InputError
from sfc_sim._core.strata import Strata, error_of
from sfc_sim._core.typing import FloatArray

__all__ = [
    "at_stake",
    "correlation",
    "influence_on_ratio",
    "mean_and_error",
    "order_of",
    "product_of_ratios",
    "ranks",
    "ratio_of_sums",
    "shares_of",
    "weighted_mean",
    "weighted_ranks",
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
