"""Sobol' indices of a function or of a table, and the share of a variance that bins explain."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import Executor
from numbers import Integral
from typing import Final, TypeAlias

import numpy as np

from sfc_sim._core.arguments import validated
from sfc_sim._core.design import off_zero, sobol_grid
from sfc_sim._core.errors import InputError, affordable, shown, whole_number
from sfc_sim._core.progress import Progress, reporting
from sfc_sim._core.quantiles import bin_edges
from sfc_sim._core.typing import FloatArray
from sfc_sim._core.work import in_order, working

__all__ = ["explained_share", "factorial_indices", "indices"]

Points: TypeAlias = FloatArray
RESAMPLES: Final = 200
# What varies by less than this part of its size is constant but for rounding.
ROUNDING: Final = 1e-14


@validated()
def indices(
    evaluate: Callable[[Points], FloatArray],
    groups: Sequence[Sequence[int]],
    points: int,
    *,
    confidence: float = 0.95,
    seed: int = 0,
    executor: Executor | None = None,
    progress: Progress | None = None,
) -> dict[str, FloatArray]:
    """Return Sobol' indices of a function of uniform numbers, some of which go together.

    Parameters
    ----------
    evaluate : callable
        From uniform numbers of shape (column, point) to outputs of shape (output, point), or to one
        of shape (point,).
    groups : sequence of sequences of int
        The columns that each input has.
    points : int
        A power of two.
    confidence : float, default 0.95
        Of the intervals.
    seed : int, default 0
        Of design and bootstrap.
    executor : concurrent.futures.Executor, optional
        Evaluates the function, each run of the design a task, instead of threads; results do not
        depend on it.
    progress : bool or callable, optional
        See `sfc_sim.sample`; called with (runs of the design done, runs of the design in all).

    Returns
    -------
    dict of str to ndarray, shape (output, input)
        ``first_order``, ``total`` and for each ``_low``, ``_high``; from 0 to 1 where so few points
        vary that a resample may have none of them.

    Raises
    ------
    InputError
        If points is not a power of two, confidence not in (0, 1), or an output is not finite.

    Examples
    --------
    >>> found = indices(lambda u: u[:1] + 2.0 * u[1:2], [[0], [1]], 256)
    >>> found["first_order"].round(1)
    array([[0.2, 0.8]])
    """
    whole_number(points, "points", 2, 2**30)
    if points & (points - 1):
        raise InputError(f"points is {points}; it must be a power of two")
    if (
        not isinstance(groups, list | tuple)
        or not groups
        or not all(isinstance(group, Sequence) for group in groups)
        or not all(isinstance(place, Integral) for group in groups for place in group)
    ):
        raise InputError(f"groups is {shown(groups)}; it must be a list of lists of column numbers")
    affordable(points, 200 * sum(map(len, groups)), "points")
    if not 0.0 < confidence < 1.0:
        raise InputError(f"confidence is {shown(confidence)}; it must be between 0 and 1")
    columns = sum(map(len, groups))
    grid = sobol_grid(2 * columns, points, seed).T
    # A step of the grid narrower, as all that was published was: without it bits would differ.
    design = off_zero(np.ascontiguousarray(grid) * (1.0 - 2.0**-30))
    one, two = design[:columns], design[columns:]
    mixed = []
    for group in groups:
        both = one.copy()
        both[list(group)] = two[list(group)]
        mixed.append(both)
    designs = [one, two, *mixed]
    with working(executor=executor), reporting(progress, "varying inputs") as told:
        base, other, *swapped = in_order(
            _evaluated, evaluate, [(design,) for design in designs], told,
            lambda _: "a run of the design",
        )  # fmt: skip
    values = np.array([np.atleast_2d(each) for each in (base, other, *swapped)], dtype=float)
    _check_outputs(values, designs)
    resamples = np.random.default_rng(seed).integers(0, points, (RESAMPLES, points))
    parts = [_indices_of(values[:, k], resamples, confidence) for k in range(values.shape[1])]
    return {name: np.array([part[name] for part in parts]) for name in _NAMES}


def _evaluated(evaluate: Callable[[Points], FloatArray], design: Points) -> FloatArray:
    return evaluate(design)


def _check_outputs(values: FloatArray, designs: Sequence[Points]) -> None:
    """Refuse outputs that are not finite, naming the first point that has one."""
    wrong = np.argwhere(~np.isfinite(values))
    if wrong.size:
        which, output, point = wrong[0]
        at = np.array2string(designs[which][:, point], precision=6, threshold=8)
        raise InputError(
            f"output {output} is {values[which, output, point]} at the point {at}; it must be a "
            "finite number everywhere"
        )


def _indices_of(
    values: FloatArray, resamples: np.ndarray, confidence: float
) -> dict[str, FloatArray]:
    """Return the indices of one output, at both designs and with each input swapped in turn.

    Estimators of Saltelli et al. (2010); intervals by resampling the points.
    """
    zeros = np.zeros(values.shape[0] - 2)
    # Scale and offset do not matter: they are taken off first, so that no square overflows.
    size = float(np.abs(values).max())
    centred = values / size if size > 0.0 else values
    centred = centred - centred[:2].mean()
    spread = float(np.abs(centred).max())
    if spread <= ROUNDING:
        return dict.fromkeys(_NAMES, zeros)
    base, other, swapped = centred[0], centred[1], centred[2:] / spread
    base, other = base / spread, other / spread
    moved = swapped - base
    moments = np.array([base, other, base**2, other**2, *(other * moved), *(moved**2)])
    means = np.array([moments[:, places].mean(axis=1) for places in resamples])
    told = np.nan_to_num(_estimates(moments.mean(axis=1)))
    found = dict(zip(("first_order", "total"), told, strict=True))
    # One that changes nothing has indices of 0, of which there is no interval to be had.
    live = np.any(moved != 0.0, axis=1)
    tails = 0.5 * (1.0 - confidence), 0.5 * (1.0 + confidence)
    for name, drawn in zip(tuple(found), _estimates(means.T), strict=True):
        # A resample without variance has no indices: then they may be anywhere from 0 to 1.
        for end, place, otherwise in zip(("low", "high"), tails, (0.0, 1.0), strict=True):
            filled = np.where(np.isfinite(drawn), drawn, otherwise)
            found[f"{name}_{end}"] = np.where(live, np.quantile(filled, place, axis=1), 0.0)
    return found


def _estimates(means: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return first-order and total indices from the means of the moments; NaN without variance."""
    many = (means.shape[0] - 4) // 2
    variance = 0.5 * (means[2] + means[3]) - (0.5 * (means[0] + means[1])) ** 2
    variance = np.where(variance > 0.0, variance, np.nan)
    return means[4 : 4 + many] / variance, 0.5 * means[4 + many :] / variance


_NAMES = ("first_order", "first_order_low", "first_order_high", "total", "total_low", "total_high")


@validated()
def explained_share(
    values: FloatArray, outcome: FloatArray, weight: FloatArray, bins: int = 20
) -> tuple[float, float]:
    """Return the share of a weighted variance that an input explains, and that of noise.

    Parameters
    ----------
    values, outcome, weight : ndarray, shape (draw,)
        Input, outcome, and weight of each world.
    bins : int, default 20
        Of equal weight.

    Returns
    -------
    share, noise : float
        Variance of the mean outcome between bins over all variance, less what chance gives; and
        that part.

    Notes
    -----
    Where nothing depends on the input, bins of k effective draws in all still differ: chance gives
    the sum over bins of their variance of the mean, over the variance. That of a bin is known from
    its own draws, with a factor 1 / (1 - 1 / (effective draws)); of one draw it is that of all.

    Examples
    --------
    >>> x = np.linspace(0, 1, 1000)
    >>> round(explained_share(x, x, np.ones(1000))[0], 2)
    1.0
    """
    if not values.ndim == 1 <= values.size or not values.shape == outcome.shape == weight.shape:
        raise InputError("values, outcome and weight must be three rows of one length")
    if not (np.isfinite(weight).all() and (weight >= 0.0).all() and weight.sum() > 0.0):
        raise InputError("weight must be 0 or more, and above 0 somewhere")
    share = weight / weight.sum()
    edges = bin_edges(values, bins, share)
    places = np.clip(np.searchsorted(edges, values, side="right") - 1, 0, edges.size - 2)
    mass = np.bincount(places, share, minlength=edges.size - 1)
    full = mass > 0.0
    means = np.bincount(places, share * outcome, minlength=mass.size)[full] / mass[full]
    mean = float(share @ outcome)
    variance = float(share @ (outcome - mean) ** 2)
    if variance <= (ROUNDING * float(np.abs(outcome).max())) ** 2:
        return 0.0, 0.0
    # Worlds of no weight may lie below the first bin that has any; they add nothing to it.
    index = np.maximum(np.cumsum(full) - 1, 0)
    rest = outcome - means[index[places]]
    between = float(mass[full] @ (means - mean) ** 2)
    part = share / mass[full][index[places]]
    errors, sizes = (
        np.bincount(index[places], each**2, minlength=means.size) for each in (part * rest, part)
    )
    # What draws are off their own mean is less than off the true one, and nothing of one draw.
    alone = 1.0 - sizes <= ROUNDING
    errors = np.where(alone, variance, errors / np.where(alone, 1.0, 1.0 - sizes))
    noise = float(mass[full] @ errors) / variance
    return max(0.0, between / variance - noise), noise


def factorial_indices(
    table: FloatArray, weights: Sequence[FloatArray]
) -> tuple[FloatArray, FloatArray]:
    """Return first-order and total Sobol' indices of choices, from a table of all combinations.

    Parameters
    ----------
    table : ndarray
        The outcome, an axis per choice.
    weights : sequence of ndarray
        Of the alternatives of each choice; each sums to 1.

    Returns
    -------
    first, total : ndarray, shape (choice,)
        Exact; zeros where nothing varies.

    Examples
    --------
    >>> half = np.array([0.5, 0.5])
    >>> first, total = factorial_indices(np.array([[0.0, 1.0], [2.0, 3.0]]), [half, half])
    >>> first
    array([0.8, 0.2])
    """
    table = np.asarray(table, dtype=float)
    joint = np.ones(table.shape)
    for axis, weight in enumerate(weights):
        joint *= np.reshape(weight, [-1 if k == axis else 1 for k in range(table.ndim)])
    mean = float((joint * table).sum())
    variance = float((joint * (table - mean) ** 2).sum())
    if variance <= (ROUNDING * float(np.abs(table).max())) ** 2:
        return np.zeros(table.ndim), np.zeros(table.ndim)
    first, total = [], []
    for axis, weight in enumerate(weights):
        others = tuple(k for k in range(table.ndim) if k != axis)
        alone = (joint * table).sum(axis=others) / weight
        first.append(float(weight @ (alone - mean) ** 2) / variance)
        rest = np.average(table, axis=axis, weights=weight)
        around = joint.sum(axis=axis)
        total.append(max(0.0, 1.0 - float((around * (rest - mean) ** 2).sum()) / variance))
    return np.array(first), np.array(total)
