"""How much of space expanding civilizations cover, and what humanity would hold among them.

Fronts of one comoving speed spread from births that are Poisson in space-time. A birth in a
covered place changes nothing, so the fraction not covered is exactly exp(-V) with V the volume
covered with overlaps counted (Kolmogorov, Johnson, Mehl, Avrami; Olson 2015; Cook 2022). V is
linear in the number of births and in the cube of the speed: one table serves all of them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, final

import numpy as np

from sfc_sim._core.errors import InputError
from sfc_sim._core.quadrature import gauss_legendre
from sfc_sim._core.renamed import renamed_members
from sfc_sim._core.typing import FloatArray
from sfc_sim.cosmology.background import Background
from sfc_sim.kernels.clock import Clock, read_clock
from sfc_sim.kernels.coverage import Births, CellRule, actual_births, moment_tables
from sfc_sim.kernels.volumes import claims

if TYPE_CHECKING:
    from sfc_sim.appearance.base import Dated

__all__ = ["Coverage", "Grid", "make_grid", "tabulate"]

# After this date (Gyr) fronts no longer move: the event horizon is 4e-9 Gly away in Planck18.
END_OF_EXPANSION = 400.0

_SPHERE = np.log(4.0 * np.pi / 3.0)


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


@final
@renamed_members(claims="volumes")
@dataclass(frozen=True)
class Coverage:
    """Tables of coverage for a batch of draws, per unit of births; see `tabulate`.

    Parameters
    ----------
    grid : Grid
        The cells.
    tables : Births
        Births and their moments; arrays over (draw, ...).
    log_later : ndarray, shape (draw,)
        Log number born after the grid, per unit amount.
    """

    grid: Grid
    tables: Births
    log_later: FloatArray

    @property
    def _log_volume(self) -> float:
        return float(np.log(self.grid.background.observable_volume_now))

    def log_strength(self, log_expanding: FloatArray) -> FloatArray:
        """Return the log births per Gly^3 that one unit of the tables stands for."""
        return np.asarray(log_expanding + self.tables.log_scale - self._log_volume)

    def log_covered(self, log_expanding: FloatArray, speed: FloatArray, edge: int) -> FloatArray:
        """Return ln V at an edge of the grid, fronts moving at `speed` (1 for light).

        `log_expanding` is the log of (amount x fraction that expands), shape (draw,).
        """
        with np.errstate(divide="ignore"):
            moment = np.log(self.tables.moments[:, edge, 3])
        strength = self.log_strength(log_expanding)
        return np.asarray(strength + _SPHERE + 3.0 * np.log(speed) + moment)

    def log_potential(self, *, by_now: bool = False) -> FloatArray:
        """Return the log number born without preclusion, per unit amount, shape (draw,).

        Ever, or only by today.
        """
        with np.errstate(divide="ignore"):
            last = self.grid.now if by_now else -1
            on_grid = self.tables.log_scale + np.log(self.tables.moments[:, last, 0])
        if by_now:
            return np.asarray(on_grid)
        return np.asarray(np.logaddexp(on_grid, self.log_later))

    def log_actual(
        self, log_expanding: FloatArray, speed: FloatArray, *, by_now: bool = False
    ) -> FloatArray:
        """Return the log number born outside every front, per unit amount, shape (draw,).

        Ever, or only by today.
        """
        log_covering = self.log_strength(log_expanding) + _SPHERE + 3.0 * np.log(speed)
        on_grid = np.empty(log_covering.size)
        cells = self.grid.now if by_now else self.grid.edges.shape[1] - 1
        actual_births(self.tables, log_covering, cell_rule(), cells, on_grid)
        if by_now:
            return on_grid
        final = np.exp(self.log_covered(log_expanding, speed, -1))
        return np.logaddexp(on_grid, self.log_later - final)

    def volumes(
        self, log_expanding: FloatArray, speed: FloatArray, *, unseen: bool | FloatArray
    ) -> tuple[FloatArray, FloatArray, FloatArray]:
        """Return the volume that humanity grabs, the log of its marginal part, and 1 - U / A.

        Volumes A and U in Gly^3. The share that is not marginal keeps its digits near 0.

        Humanity starts today at `speed`; whoever comes first keeps. `unseen` conditions on
        nothing in our past light cone, else on no front having reached us; births known not to
        have happened are left out exactly, as ball minus lens. Where a share of all fronts would be
        visible, `unseen` is that share, shape (draw,).
        """
        share = np.ascontiguousarray(np.broadcast_to(np.asarray(unseen, float), speed.shape))
        grabbed, log_marginal, recovered = (np.empty(log_expanding.shape) for _ in range(3))
        claims(
            self.tables, share, speed, speed * _reach_of_light(self.grid.background),
            self.log_strength(log_expanding), cell_rule(), gauss_legendre(8), gauss_legendre(16),
            grabbed, log_marginal, recovered,
        )  # fmt: skip
        plain = -np.expm1(log_marginal - np.log(grabbed))
        return grabbed, log_marginal, np.where(np.isnan(recovered), plain, recovered)


@lru_cache
def _reach_of_light(background: Background) -> float:
    return float(background.event_horizon(background.age))


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
def _future(background: Background, end: float, refine: int) -> tuple[FloatArray, ...]:
    """Return edges, and dates and ln a at the nodes of the cells after today."""
    now = background.age
    edges = background.conformal_time(np.append(now, _future_times(now, end, refine)))
    nodes = edges[:-1, None] + np.diff(edges)[:, None] * cell_rule().nodes[:5]
    times = background.time_at_conformal(np.append(nodes.ravel(), edges[-1]))
    return edges, times, background.log_scale_factor(times)


def make_grid(
    background: Background, onset: FloatArray, *, end: float = END_OF_EXPANSION, refine: int = 1
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

    Returns
    -------
    Grid

    Raises
    ------
    InputError
        If an onset does not lie before today.

    Examples
    --------
    >>> import numpy as np
    >>> grid = make_grid(Background.named("Planck18"), np.array([1.0]))
    >>> grid.times[0, [0, 5 * grid.now]].round(4)
    array([ 1.    , 13.7869])
    """
    onset = np.asarray(onset, dtype=float)
    if not np.all((onset >= 0.0) & (onset < background.age)):
        worst = onset[~((onset >= 0.0) & (onset < background.age))][0]
        raise InputError(
            f"appearance begins at {worst:g} Gyr; it must begin between 0 and today, "
            f"{background.age:.3f} Gyr"
        )
    begin = np.zeros_like(onset)
    begin[onset > 0.0] = background.conformal_time(np.maximum(onset[onset > 0.0], 1e-3))
    future_edges, future_times, future_scale = _future(background, end, refine)
    shape = _past_edges(refine)
    today = future_edges[0]
    past = begin[:, None] + (today - begin)[:, None] * shape
    past[:, -1] = today
    nodes = past[:, :-1, None] + np.diff(past)[:, :, None] * cell_rule().nodes[:5]
    times, log_scale = np.empty(nodes.size), np.empty(nodes.size)
    read_clock(nodes.ravel(), _clock(background), times, log_scale)
    draws, split = onset.size, 5 * (shape.size - 1)

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
        shape.size - 1,
    )


def tabulate(grid: Grid, log_rate: FloatArray, log_later: FloatArray) -> Coverage:
    """Return the tables of coverage of a rate of appearance on a grid.

    Parameters
    ----------
    grid : Grid
        From `make_grid`.
    log_rate : ndarray, shape (draw, 5 cell + 1)
        Log rate per Gyr and observable-universe-size volume at ``grid.times``, per unit amount.
    log_later : ndarray, shape (draw,)
        Log number that appear after the grid.

    Returns
    -------
    Coverage

    Notes
    -----
    Moments of the births, int (eta - eta')^k for k = 0..3, step from edge to edge by the
    binomial rule: all terms are positive, nothing cancels.

    Examples
    --------
    Births that grow as t^6 in a matter universe: the mean fraction of space taken at a birth.

    >>> import numpy as np
    >>> from sfc_sim.appearance import PowerLawAppearance
    >>> eds = Background.power_law(2 / 3)
    >>> grid = make_grid(eds, np.zeros(1))
    >>> coverage = tabulate(grid, *PowerLawAppearance(n=6).log_rate({}, grid.times))
    >>> bool(np.exp(coverage.log_potential())[0] > 1e8)
    True
    """
    draws, cells = grid.edges.shape[0], grid.edges.shape[1] - 1
    sizes = (
        (),
        (cells, 7),
        (cells, 4),
        (cells + 1, 4),
        (cells, 4),
        (cells + 1 - grid.now, 4),
        (grid.now + 1, 5),
    )
    filled = [np.empty((draws, *size)) for size in sizes]
    moment_tables(grid.edges, log_rate, grid.log_scale_factor, grid.now, cell_rule(), *filled)
    log_scale, shape, inside, moments, third, later, past = filled
    tables = Births(grid.edges, shape, log_scale, inside, moments, third, later, past, grid.now)
    return Coverage(grid, tables, log_later)


def tables_of(
    model: Dated, parameters: Mapping[str, FloatArray], background: Background
) -> Coverage:
    """Return the tables of coverage of a batch: a single one where draws differ in amount alone.

    Examples
    --------
    >>> import numpy as np
    >>> from sfc_sim.appearance import TableAppearance
    >>> model = TableAppearance([1.0, 10.0, 20.0], [0.0, 1.0, 0.0])
    >>> coverage = tables_of(model, {"amount": np.ones(3)}, Background.named("Planck18"))
    >>> coverage.log_potential().shape
    (1,)
    """
    if all(np.ptp(parameters[name]) == 0.0 for name in model.shaping):
        parameters = {name: values[:1] for name, values in parameters.items()}
    many = max((parameters[name].size for name in model.shaping), default=1)
    # What begins after today begins on the grid too: its rate is nothing until it does.
    onset = np.minimum(model.onset(parameters), 0.9 * background.age)
    grid = make_grid(background, np.broadcast_to(onset, many))
    log_rate, log_later = model.log_rate(parameters, grid.times)
    if (np.shape(log_rate), np.shape(log_later)) != (grid.times.shape, (many,)):
        raise InputError(
            f"log_rate of '{model}' returns arrays of shape {np.shape(log_rate)} and"
            f" {np.shape(log_later)}; dates of shape {grid.times.shape} need that, and ({many},)"
        )
    return tabulate(grid, log_rate, log_later)
