"""How many draws carry a number, whether they are too few, and what error few of them leave.

An effective sample size is of the weights. A mean may rest on far fewer draws: the chance of a
rare event on those alone in which it happens.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np
import numpy.typing as npt

from sfc_sim._core.errors import InputError, shown
from sfc_sim._core.few import FEWEST, HEAVY, SMALL_SAMPLE
from sfc_sim._core.strata import Strata
from sfc_sim._core.typing import FloatArray
from sfc_sim._core.weighted import mean_and_error, ratio_of_sums

if TYPE_CHECKING:
    import xarray as xr

__all__ = [
    "Carried",
    "carried",
    "carriers",
    "carriers_of",
    "effective_number",
    "effective_sample_size",
    "error_if_few",
    "kish",
    "least_error",
    "length_of_tail",
    "mean_of",
    "mean_share",
    "pareto_shape",
    "pieces",
    "shape_of_tail",
    "share_of",
    "too_few",
    "too_few_of",
    "unless_few",
    "unsteady",
]

# Weights that differ by less than this part of them are one, which rounding has set apart.
SAME: Final = 1e-9


def effective_sample_size(log_weight: FloatArray) -> float:
    """Return (sum W)^2 / sum W^2 (Kish 1965).

    Examples
    --------
    >>> round(effective_sample_size(np.log(np.array([1.0, 1.0, 2.0]))), 4)
    2.6667
    """
    return effective_number(np.exp(log_weight - log_weight.max()))


def effective_number(weight: FloatArray) -> float:
    """Return the same of weights that are no logs and not all 0.

    Examples
    --------
    >>> effective_number(np.array([2.0, 2.0, 0.0]))
    2.0
    """
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
    return shape_of_tail(np.sort(log_weight), log_weight.min(), log_weight.size)


def length_of_tail(size: int) -> int:
    """Return how many of the greatest of so many weights are the tail that k-hat is fitted to.

    Examples
    --------
    >>> length_of_tail(100), length_of_tail(10_000)
    (20, 300)
    """
    return max(5, int(min(np.ceil(0.2 * size), np.ceil(3.0 * np.sqrt(size)))))


def shape_of_tail(greatest: FloatArray, least: float, size: int) -> float:
    """Return k-hat of `size` weights; see `pareto_shape`.

    Parameters
    ----------
    greatest : ndarray, shape (any,)
        The greatest log weights in rising order: all, or one more than the tail is long.
    least : float
        The least log weight.
    size : int
        How many draws there are.

    Examples
    --------
    >>> logs = -0.5 * np.log((np.arange(4000)[::-1] + 0.5) / 4000)
    >>> shape_of_tail(logs[-191:], logs[0], 4000) == pareto_shape(logs)
    True
    """
    weight, lowest = np.exp(greatest - greatest[-1]), np.exp(least - greatest[-1])
    if weight[-1] - lowest <= SAME * weight[-1]:
        return -1.0
    weight = weight[weight > 0.0]
    if weight.size < 5:
        return np.inf
    many = max(5, min(length_of_tail(size), weight.size - 1))
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


def too_few_of(
    ess: npt.ArrayLike, draws: npt.ArrayLike, k_hat: npt.ArrayLike = -1.0
) -> npt.NDArray[np.bool_]:
    """Tell where to warn: as `too_few`, but of a small run below half of its draws.

    Examples
    --------
    >>> too_few_of([40.0, 60.0], draws=100), too_few_of(99.0, draws=1000)
    (array([ True, False]), array(True))
    """
    enough = np.minimum(SMALL_SAMPLE, 0.5 * np.asarray(draws))
    return np.asarray((np.asarray(ess) < enough) | (np.asarray(k_hat) > HEAVY))


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


def error_if_few(error: npt.ArrayLike, ess: npt.ArrayLike) -> FloatArray:
    """Return errors of shares; 1, which stops nothing, where so few draws carry them as `FEWEST`.

    Examples
    --------
    >>> error_if_few([0.01, 0.001], [512.0, 1.3])
    array([0.01, 1.  ])
    """
    return np.where(np.asarray(ess) < FEWEST, 1.0, error)


class Carried(NamedTuple):
    """A mean, its standard error, and the effective number of draws that carry it."""

    mean: float
    error: float
    draws: float


def carriers(parts: FloatArray) -> float:
    """Return the effective number of draws that a sum of such parts rests on.

    Each adds 0 or more. As many draws of one weight do the same; 0 if none adds anything.

    Examples
    --------
    >>> carriers(np.array([1.0, 1.0, 0.0])), carriers(np.zeros(3))
    (2.0, 0.0)
    """
    return kish(float(parts.sum()), float(parts @ parts))


def kish(total: float, squares: float) -> float:
    """Return the effective number of draws of so great a sum, and sum of squares (Kish 1965).

    Examples
    --------
    >>> kish(2.0, 2.0), kish(0.0, 0.0)
    (2.0, 0.0)
    """
    return total**2 / squares if squares > 0.0 else 0.0


def least_error(error: float, carried: float, draws: float) -> float:
    """Return the error of a share, which is not that of few draws where few draws carry it.

    Parameters
    ----------
    error : float
        The standard error as the draws have it.
    carried : float
        Effective draws that carry the share, or what is missing to 1, whichever are fewer.
    draws : float
        Effective draws of what it is a share of: what happens in none of them may be one in so
        many.

    Examples
    --------
    >>> least_error(1e-9, carried=1.0, draws=50.0), least_error(0.01, carried=40.0, draws=50.0)
    (0.02, 0.01)
    """
    return error if carried >= FEWEST or draws <= 0.0 else max(error, 1.0 / draws)


def carriers_of(log_copies: FloatArray, part: FloatArray, whole: FloatArray) -> tuple[float, float]:
    """Return the effective draws that carry a share, and those of the whole.

    Those of the part, or of what is missing to the whole, whichever are fewer.

    Examples
    --------
    >>> carriers_of(np.zeros(4), np.array([0.0, 0.0, 0.0, 1.0]), np.ones(4))
    (1.0, 4.0)
    """
    copies = np.exp(log_copies - log_copies.max())
    sizes = [carriers(copies * size) for size in pieces(part, whole)]
    return min(sizes), sizes[0]


def pieces(part: FloatArray, whole: FloatArray) -> list[FloatArray]:
    """Return the sizes of the whole, of the part, and of what is missing to the whole.

    Examples
    --------
    >>> pieces(np.array([0.25, 1.0 - 1e-16]), np.ones(2))
    [array([1., 1.]), array([0.25, 1.  ]), array([0.75, 0.  ])]
    """
    # A difference of what is the same to rounding carries nothing.
    kept = (np.where(np.abs(x) > 1e-15 * whole, x, 0.0) for x in (whole, part, whole - part))
    return [np.abs(size) for size in kept]


def share_of(
    log_copies: FloatArray, part: FloatArray, whole: FloatArray, strata: Strata | None = None
) -> tuple[float, float]:
    """Return sum(n part) / sum(n whole) over copies n, and an error that is not that of few draws.

    Examples
    --------
    >>> share_of(np.zeros(4), np.array([0.0, 0.0, 0.0, 1.0]), np.ones(4))
    (0.25, 0.25)
    """
    share, error = ratio_of_sums(log_copies, part, whole, strata)
    return share, least_error(error, *carriers_of(log_copies, part, whole))


def mean_of(share: FloatArray, weight: FloatArray, strata: Strata | None = None) -> Carried:
    """Return the mean of a share under weights that sum to one.

    Parameters
    ----------
    share : ndarray, shape (draw,)
        A number from 0 to 1 in every draw; of an event, 1 where it happens.
    weight : ndarray, shape (draw,)
        Of the draws.
    strata : Strata, optional
        Of the draws of a mixture, those that its scenarios are.

    Returns
    -------
    Carried
        What is missing to 1 counts as much as the share: the fewer draws of the two are told. An
        event that happens in no draw, or in all, has the error of one effective draw.

    Examples
    --------
    >>> found = mean_of(np.repeat([1.0, 0.0], [1, 99]), np.full(100, 0.01))
    >>> round(found.mean, 6), round(found.error, 4), round(found.draws)
    (0.01, 0.0099, 1)
    """
    found = mean_and_error(share, weight, strata)
    return carried(*found, [carriers(weight * part) for part in (share, 1.0 - share)])


def mean_share(
    share: FloatArray, weight: FloatArray, strata: Strata | None = None
) -> tuple[float, float]:
    """Return the mean of a share, and an error that is not that of few draws; see `mean_of`.

    Examples
    --------
    >>> mean_share(np.array([0.0, 0.0, 0.0, 0.1]), np.full(4, 0.25))
    (0.025, 0.25)
    """
    found = mean_of(share, weight, strata)
    return found.mean, least_error(found.error, found.draws, effective_number(weight))


def carried(mean: float, error: float, sizes: Sequence[float]) -> Carried:
    """Return the mean of a share, given the effective draws of it and of what is missing to 1.

    Examples
    --------
    >>> carried(1.0, 0.0, [50.0, 0.0])
    Carried(mean=1.0, error=0.02, draws=50.0)
    """
    sides = [size for size in sizes if size > 0.0]
    # Where no draw has the one, the mean may still miss 0 or 1 by the rounding of a sum.
    certain = mean in (0.0, 1.0) or len(sides) < len(sizes)
    return Carried(mean, 1.0 / sides[0] if certain else error, min(sides))
