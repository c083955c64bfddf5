"""Statistics of weighted samples, one definition each, and the rule of what is no number.

Log weights need no norm. Linear weights are 0 or more; statistics divide by their sum.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

import numpy as np
import numpy.typing as npt

from sfc_sim._errors import InputError, shown
from sfc_sim._few import FEWEST, HEAVY, SMALL_SAMPLE
from sfc_sim._typing import FloatArray

if TYPE_CHECKING:
    import xarray as xr

__all__ = [
    "effective_sample_size",
    "pareto_shape",
    "quantile_interval",
    "ratio_of_sums",
    "shares_of",
    "too_few",
    "unless_few",
    "unsteady",
    "weighted_mean",
    "weighted_quantiles",
    "with_ends",
]


# Weights that differ by less than this part of them are one, which rounding has set apart.
SAME: Final = 1e-9


def shares_of(log_weight: FloatArray) -> FloatArray:
    """Return the weights, summing to one but for the rounding of one sum.

    Examples
    --------
    >>> shares_of(np.log(np.array([2.0, 6.0]))).round(12)
    array([0.25, 0.75])
    """
    weight = np.exp(log_weight - log_weight.max())
    return np.asarray(weight / weight.sum())


def effective_sample_size(log_weight: FloatArray) -> float:
    """Return (sum W)^2 / sum W^2 (Kish 1965).

    Examples
    --------
    >>> round(effective_sample_size(np.log(np.array([1.0, 1.0, 2.0]))), 4)
    2.6667
    """
    weight = np.exp(log_weight - log_weight.max())
    return float(weight.sum() ** 2 / (weight**2).sum())


def pareto_shape(log_weight: FloatArray) -> float:
    """Return k-hat, the shape of a generalised Pareto law of the greatest weights.

    Moments of weights exist up to order 1/k: below 0.5 means have an error, above 0.7 errors do
    not hold for any number of draws that can be had (Vehtari et al. 2024).

    Parameters
    ----------
    log_weight : ndarray, shape (draw,)
        Log weights, not normalised.

    Returns
    -------
    float
        From -1, of weights that have an upper end; fitted to the least of 3 sqrt(n) and n/5
        weights as Zhang and Stephens (2009) do, drawn a little towards 0.5 where they are few.
        Infinite where fewer than five draws have weight, but for draws that all weigh the same.

    Raises
    ------
    InputError
        If it is not an array of numbers, at least one of them finite.

    Examples
    --------
    >>> u = (np.arange(4000) + 0.5) / 4000
    >>> round(pareto_shape(-0.5 * np.log(u)), 1)       # weights u^-1/2
    0.5
    >>> pareto_shape(np.zeros(10))
    -1.0
    """
    log_weight = _logs(log_weight)
    weight = np.exp(np.sort(log_weight) - log_weight.max())
    if weight[-1] - weight[0] <= SAME * weight[-1]:
        return -1.0
    weight = weight[weight > 0.0]
    many = int(min(np.ceil(0.2 * log_weight.size), np.ceil(3.0 * np.sqrt(log_weight.size))))
    if weight.size < 5:
        return np.inf
    many = max(5, min(many, weight.size - 1))
    least = weight[-many - 1] if weight.size > many else 0.0
    above = weight[-many:] - least
    above = above[above > SAME * least]
    if above.size < 5:
        return -1.0 if above.size == 0 else np.inf
    size = above.size
    count = 30 + int(np.sqrt(size))
    rank = np.arange(1, count + 1)
    quarter = above[int(size / 4.0 + 0.5) - 1]
    theta = (1.0 - np.sqrt(count / (rank - 0.5))) / (3.0 * quarter) + 1.0 / above[-1]
    inside = np.log1p(-theta[:, None] * above)
    shape = inside.mean(axis=1)
    with np.errstate(divide="ignore", invalid="ignore"):
        profile = size * (np.log(-theta / shape) - shape - 1.0)
    profile[~np.isfinite(profile)] = -np.inf
    share = np.exp(profile - profile.max())
    best = float(theta @ (share / share.sum()))
    found = float(np.log1p(-best * above).mean())
    return float(max((size * found + 5.0) / (size + 10.0), -1.0))


def _logs(log_weight: object) -> FloatArray:
    """Return log weights as an array, or say what they must be."""
    try:
        found = np.asarray(log_weight, dtype=float)
    except (TypeError, ValueError, OverflowError):
        found = np.empty(0)
    if found.ndim != 1 or not found.size or not np.isfinite(found.max()):
        raise InputError(
            f"log_weight is {shown(log_weight)}; it must be an array of one number a draw, of which"
            " the greatest is finite"
        )
    return found


def too_few(ess: npt.ArrayLike, k_hat: npt.ArrayLike = -1.0) -> npt.NDArray[np.bool_]:
    """Tell where so few draws, or so heavy a tail, carry a number that its error does not hold.

    Examples
    --------
    >>> too_few([99.0, 5000.0, 5000.0], [0.1, 0.9, 0.1])
    array([ True,  True, False])
    """
    return np.asarray((np.asarray(ess) < SMALL_SAMPLE) | (np.asarray(k_hat) > HEAVY))


def unsteady(table: xr.Dataset) -> npt.NDArray[np.bool_]:
    """Tell where the error bars of a table do not hold, by its effective draws and their tail.

    Examples
    --------
    >>> import xarray as xr
    >>> unsteady(xr.Dataset({"ess": 5000.0, "k_hat": 0.9})), unsteady(xr.Dataset({"ess": 99.0}))
    (array(True), array(True))
    """
    shape = table["k_hat"].values if "k_hat" in table else -1.0
    return too_few(table["ess"].values, shape) if "ess" in table else np.zeros((), dtype=bool)


def unless_few(values: npt.ArrayLike, ess: npt.ArrayLike) -> FloatArray:
    """Return the values; NaN, which is no number, where they rest on fewer than `FEWEST` draws.

    Examples
    --------
    >>> unless_few([0.2, 0.999], [512.0, 1.3])
    array([0.2, nan])
    """
    return np.where(np.asarray(ess) >= FEWEST, values, np.nan)


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
    return _read(*_sorted(sample, weight), np.asarray(quantiles))


def _sorted(sample: FloatArray, weight: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return the values that have weight, in their order, and the weight of each."""
    has = weight > 0.0
    order = np.argsort(sample[has], kind="stable")
    return sample[has][order], weight[has][order]


def _read(values: FloatArray, weight: FloatArray, levels: FloatArray) -> FloatArray:
    """Return the least of sorted values with at least that much weight up to them."""
    cumulative = np.cumsum(weight)
    places = np.searchsorted(cumulative, levels * cumulative[-1])
    return np.asarray(values[np.minimum(places, values.size - 1)])


def quantile_interval(
    sample: FloatArray, weight: FloatArray, quantiles: Sequence[float]
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Return weighted quantiles, and one standard error below and above each (Woodruff 1952).

    The standard error of the weight at or below the quantile, read back as quantiles; it ends at
    the least and greatest of the sample. Weights must sum to one.

    Examples
    --------
    >>> print(*quantile_interval(np.arange(400.0), np.full(400, 1 / 400), [0.5]))
    [199.] [189.] [209.]

    The ends are 200 +- 400 x sqrt(1/4 / 400).
    """
    levels = np.asarray(quantiles, dtype=float)
    values, own = _sorted(sample, weight)
    middle = _read(values, own, levels)
    # Squares of weights up to each quantile, those equal to it too, and of all.
    squares = np.concatenate([[0.0], np.cumsum(own**2)])
    below = squares[np.searchsorted(values, middle, side="right")]
    error = np.sqrt(below * (1.0 - levels) ** 2 + (squares[-1] - below) * levels**2)
    low, high = (
        _read(values, own, np.clip(levels + side * error, 0.0, 1.0)) for side in (-1.0, 1.0)
    )
    return middle, low, high


def with_ends(
    name: str, sample: FloatArray, weight: FloatArray, quantiles: Sequence[float] | FloatArray
) -> dict[str, FloatArray]:
    """Return weighted quantiles by name, and where one standard error below and above them lie.

    Examples
    --------
    >>> list(with_ends("rivals", np.arange(3.0), np.full(3, 1 / 3), [0.5]))
    ['rivals', 'rivals_low', 'rivals_high']
    """
    middle, low, high = quantile_interval(sample, weight, list(quantiles))
    return {name: middle, f"{name}_low": low, f"{name}_high": high}


def weighted_mean(
    sample: npt.NDArray[np.float64] | npt.NDArray[np.bool_], weight: FloatArray
) -> tuple[float, float]:
    """Return a weighted mean and its standard error.

    The error is that of self-normalised importance sampling, to first order. A mean lies between
    the least and the greatest value: a probability never exceeds 1, whatever a sum is rounded to.

    Examples
    --------
    >>> weighted_mean(np.ones(3), np.full(3, 0.1))
    (1.0, 0.0)
    """
    share = weight / weight.sum()
    mean = float(np.clip(share @ sample, sample.min(), sample.max()))
    return mean, float(np.sqrt(np.sum(share**2 * (sample - mean) ** 2)))


def ratio_of_sums(
    log_weight: np.ndarray, upper: np.ndarray, lower: np.ndarray
) -> tuple[float, float]:
    """Return sum(w upper) / sum(w lower) and its standard error, to first order.

    Examples
    --------
    >>> ratio_of_sums(np.zeros(2), np.array([1.0, 2.0]), np.array([2.0, 4.0]))
    (0.5, 0.0)
    """
    weight = np.exp(log_weight - log_weight.max())
    norm = float(weight @ lower)
    if norm == 0.0:
        raise InputError("every world is worth nothing: there is no share of nothing")
    ratio = float(weight @ upper) / norm
    error = float(np.sqrt(np.sum((weight * (upper - ratio * lower)) ** 2))) / norm
    return ratio, error
