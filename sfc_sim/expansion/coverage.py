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
from typing import TYPE_CHECKING, Final, final

import numpy as np

from sfc_sim._core.errors import InputError
from sfc_sim._core.quadrature import gauss_legendre
from sfc_sim._core.renamed import renamed_members
from sfc_sim._core.typing import FloatArray
from sfc_sim.cosmology.background import Background
from sfc_sim.expansion.grid import Grid, cell_rule, grid_of
from sfc_sim.kernels.coverage import Births, actual_births, moment_tables
from sfc_sim.kernels.volumes import claims

if TYPE_CHECKING:
    from sfc_sim.appearance.base import Dated

__all__ = ["Coverage", "tables_of", "tabulate"]

_SPHERE = np.log(4.0 * np.pi / 3.0)


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
    >>> from sfc_sim.expansion import make_grid
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
    grid = grid_of(model, parameters, background, many=many)
    log_rate, log_later = model.log_rate(parameters, grid.times)
    if (np.shape(log_rate), np.shape(log_later)) != (grid.times.shape, (many,)):
        raise InputError(
            f"log_rate of '{model}' returns arrays of shape {np.shape(log_rate)} and"
            f" {np.shape(log_later)}; dates of shape {grid.times.shape} need that, and ({many},)"
        )
    coverage = tabulate(grid, log_rate, log_later)
    if not model.tested:
        check_cells(model, parameters, coverage)
    return coverage


# Part by which the number born may change on cells of half the width.
OFF: Final = 0.01


def check_cells(model: Dated, parameters: Mapping[str, FloatArray], coverage: Coverage) -> None:
    """Refuse a rate that changes faster than the cells of its grid can tell.

    Examples
    --------
    >>> from sfc_sim.appearance import TableAppearance
    >>> model = TableAppearance([1.0, 10.0, 20.0], [0.0, 1.0, 0.0])
    >>> check_cells(model, {}, tables_of(model, {}, Background.named("Planck18")))
    """

    def born(refine: int) -> FloatArray:
        grid = grid_of(model, parameters, background, many=usual.size, refine=refine)
        return tabulate(grid, *model.log_rate(parameters, grid.times)).log_potential()

    background, usual = coverage.grid.background, coverage.log_potential()
    finer = born(2)
    off = ~(np.abs(np.expm1(finer - usual)) <= OFF) & (finer > -np.inf)
    if off.any():
        k = int(off.argmax())
        told = ", ".join(f"{name} {parameters[name][k]:g}" for name in model.shaping)
        raise InputError(
            f"the rate of '{model}' changes faster than the cells of its dates tell:"
            f" {np.exp(usual[k]):.3g} born per unit amount, {np.exp(finer[k]):.3g} on cells of half"
            f" the width{told and f' ({told})'}; give its class a refine above {model.refine}"
        )
