"""Cells in conformal time, in which rates of appearance are read and births are added up."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, final

import numpy as np

from sfc_sim._core.errors import InputError, numbers, whole_number
from sfc_sim._core.quadrature import gauss_legendre
from sfc_sim._core.typing import FloatArray
from sfc_sim.cosmology.background import Background
from sfc_sim.kernels.clock import Clock, read_clock
from sfc_sim.kernels.coverage import CellRule

if TYPE_CHECKING:
    from sfc_sim.appearance.base import Rate

__all__ = ["Grid", "cell_rule", "grid_of", "make_grid"]

# After this date (Gyr) fronts no longer move: the event horizon is 4e-9 Gly away in Planck18.
END_OF_EXPANSION = 400.0

CLOSE = 2e-7
"""Part of a date within which two are the same."""

MOST_BREAKS = 10_000
"""Of one rate, after which its cells are not divided further."""


@final
@dataclass(frozen=True)
class Grid:
    """Cells in conformal time from the onset of appearance to the end of expansion.

    Parameters
    ----------
    background : Background
        The universe.
    edges : ndarray, shape (draw, cell + 1)
        Conformal times, Gly; ``edges[:, now]`` is today.
    times, log_scale_factor : ndarray, shape (draw, 5 cell + 1)
        Date (Gyr) and ln a at the edges and at the four Gauss nodes of each cell, in order.
    now : int
        The edge that is today.
    """

    background: Background
    edges: FloatArray
    times: FloatArray
    log_scale_factor: FloatArray
    now: int


@lru_cache
def cell_rule() -> CellRule:
    """Return the six sample places of a cell and their weights."""
    inner, weights = gauss_legendre(4)
    nodes = np.concatenate([[0.0], inner, [1.0]])
    return CellRule(nodes, weights, np.linalg.inv(np.vander(nodes, increasing=True)))


@lru_cache
def _past_edges(refine: int) -> FloatArray:
    """Return cell edges from onset (0) to today (1): geometric at first, then even.

    Births rise as a power of the time since onset, and in full universes all happen early.
    """
    edges = [0.0, 2e-4]
    while 0.3 * edges[-1] < 0.042:
        edges.append(1.3 * edges[-1])
    even = int(np.ceil((1.0 - edges[-1]) / 0.042))
    return _split(np.concatenate([edges[:-1], np.linspace(edges[-1], 1.0, even + 1)]), refine)


def _split(edges: FloatArray, refine: int) -> FloatArray:
    places = np.arange(edges.size - 1)[:, None] + np.arange(refine) / refine
    return np.append(np.interp(places.ravel(), np.arange(edges.size), edges), edges[-1])


@lru_cache
def _future_times(now: float, end: float, refine: int) -> FloatArray:
    """Return dates of the cell edges after today: widening, but at most by 14 Gyr.

    Births per conformal time go as 1 / (horizon) late on; a cell must not cross many e-folds.
    """
    times, step = [now], 0.6
    while times[-1] < end:
        times.append(times[-1] + step)
        step = min(1.25 * step, 14.0)
    return _split(np.array(times), refine)[1:]


@lru_cache
def _clock(background: Background) -> Clock:
    """Return the table of ln t and ln a against ln eta, up to today."""
    first = np.log(background.conformal_time(1e-3))
    log_eta = np.linspace(first, np.log(background.conformal_time(background.age)), 4097)
    step = log_eta[1] - log_eta[0]
    times = background.time_at_conformal(np.exp(log_eta))
    times[-1] = background.age
    log_scale = background.log_scale_factor(times)
    time_slope = np.exp(log_eta + log_scale) / times * step
    scale_slope = background.hubble_rate(times) * np.exp(log_eta + log_scale) * step
    return Clock(float(first), float(step), np.log(times), time_slope, log_scale, scale_slope)


@lru_cache
def _future(
    background: Background, end: float, refine: int, breaks: tuple[float, ...]
) -> tuple[FloatArray, ...]:
    """Return edges, and dates and ln a at the nodes of the cells after today."""
    now = background.age
    ends = np.append(_future_times(now, end, refine), around(breaks, now, end))
    edges = background.conformal_time(np.append(now, np.unique(ends)))
    nodes = edges[:-1, None] + np.diff(edges)[:, None] * cell_rule().nodes[:5]
    times = background.time_at_conformal(np.append(nodes.ravel(), edges[-1]))
    return edges, times, background.log_scale_factor(times)


def dates_of(breaks: object) -> list[float]:
    """Return dates of breaks as numbers, or say what they must be.

    Examples
    --------
    >>> dates_of(np.array([5, 20]))
    [5.0, 20.0]
    """
    return [float(date) for date in np.ravel(numbers(breaks, "breaks"))]


def around(breaks: Sequence[float], after: float, before: float) -> FloatArray:
    """Return two dates about each break that lies between two dates: a jump has a cell to itself.

    Examples
    --------
    >>> around([5.0, 20.0], 13.8, 400.0)
    array([19.999998, 20.000002])
    """
    dates = np.unique(np.asarray(breaks, dtype=float))
    inside = dates[(dates > after * (1.0 + CLOSE)) & (dates < before * (1.0 - CLOSE))]
    return np.ravel(inside[:, None] * (1.0 + np.array([-0.5, 0.5]) * CLOSE))


def make_grid(
    background: Background,
    onset: FloatArray,
    *,
    end: float = END_OF_EXPANSION,
    refine: int = 1,
    breaks: Sequence[float] = (),
) -> Grid:
    """Return the conformal-time grid of a batch of draws.

    Parameters
    ----------
    background : Background
        The universe.
    onset : ndarray, shape (draw,)
        First date at which anything appears, Gyr; before today.
    end : float, default 400
        Date of the last edge, Gyr.
    refine : int, default 1
        Cells per standard cell.
    breaks : sequence of float, optional
        Dates after the last onset at which a rate bends or jumps, Gyr: cells end there too.

    Returns
    -------
    Grid

    Raises
    ------
    InputError
        If an onset does not lie before today, `refine` is no whole number, or a break is no date.

    Examples
    --------
    >>> import numpy as np
    >>> grid = make_grid(Background.named("Planck18"), np.array([1.0]))
    >>> grid.times[0, [0, 5 * grid.now]].round(4)
    array([ 1.    , 13.7869])
    """
    refine, dates = whole_number(refine, "refine", 1), dates_of(breaks)
    onset = np.asarray(onset, dtype=float)
    if not np.all((onset >= 0.0) & (onset < background.age)):
        worst = onset[~((onset >= 0.0) & (onset < background.age))][0]
        raise InputError(
            f"appearance begins at {worst:g} Gyr; it must begin between 0 and today, "
            f"{background.age:.3f} Gyr"
        )
    begin = np.zeros_like(onset)
    begin[onset > 0.0] = background.conformal_time(np.maximum(onset[onset > 0.0], 1e-3))
    future_edges, future_times, future_scale = _future(background, end, refine, tuple(dates))
    shape = _past_edges(refine)
    today = future_edges[0]
    past = begin[:, None] + (today - begin)[:, None] * shape
    past[:, -1] = today
    if (bends := around(dates, max(onset.max(), 1e-3), background.age)).size:
        added = np.broadcast_to(background.conformal_time(bends), (onset.size, bends.size))
        past = np.sort(np.concatenate([past, added], axis=1), axis=1)
    nodes = past[:, :-1, None] + np.diff(past)[:, :, None] * cell_rule().nodes[:5]
    times, log_scale = np.empty(nodes.size), np.empty(nodes.size)
    read_clock(nodes.ravel(), _clock(background), times, log_scale)
    draws, split = onset.size, 5 * (past.shape[1] - 1)

    def joined(before: FloatArray, after: FloatArray) -> FloatArray:
        """Return rows that begin with each draw's own past and end with the common future."""
        whole = np.empty((draws, before.shape[1] + after.size))
        whole[:, : before.shape[1]] = before
        whole[:, before.shape[1] :] = after
        return whole

    times, log_scale = times.reshape(draws, split), log_scale.reshape(draws, split)
    times[:, 0] = onset
    return Grid(
        background,
        joined(past, future_edges[1:]),
        joined(times, future_times),
        joined(log_scale, future_scale),
        past.shape[1] - 1,
    )


def grid_of(
    model: Rate,
    parameters: Mapping[str, FloatArray],
    background: Background,
    *,
    many: int = 1,
    refine: int = 1,
) -> Grid:
    """Return the grid on which the rate of a model is read, at least so many rows.

    Its cells are as narrow as the model asks for, divided once more by `refine`.

    Examples
    --------
    A burst within a cell has cells of its own.

    >>> from sfc_sim.appearance import TableAppearance
    >>> model = TableAppearance([13.85, 13.9, 13.95], [0.0, 1.0, 0.0])
    >>> dates = grid_of(model, {}, Background.named("Planck18")).times[0, ::5]
    >>> int(((dates > 13.8) & (dates < 14.0)).sum())
    6
    """
    # What begins after today begins on the grid too: its rate is nothing until it does.
    onset = np.minimum(model.onset(parameters), 0.9 * background.age)
    onset = np.broadcast_to(onset, max(many, np.size(onset)))
    breaks: set[float] = set()
    while True:
        ends = tuple(sorted(breaks))
        own = whole_number(model.refine, f"refine of '{model}'", 1)
        grid = make_grid(background, onset, refine=refine * own, breaks=ends)
        more = set(dates_of(model.breaks(grid))) - breaks
        if not more or len(breaks) > MOST_BREAKS:
            return grid
        breaks |= more
