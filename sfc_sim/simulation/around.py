"""Our surroundings: the civilizations whose fronts can reach what we can, given what we see.

We are in the middle, now. Births in our past light cone (or in the past cone of the fronts) are
known not to have happened, and are never drawn. That is exact: whoever could have covered a place
in the cone would itself have been in it, so the other births do not know of the condition.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple, final

import numpy as np
import numpy.typing as npt

from sfc_sim._core.errors import InputError
from sfc_sim._core.random import key_of, slot_of
from sfc_sim._core.typing import FloatArray
from sfc_sim.cosmology.background import Background
from sfc_sim.distributions import Fixed
from sfc_sim.kernels import spacetime as kernels
from sfc_sim.simulation.borders import directions
from sfc_sim.simulation.firsts import Race, Reached
from sfc_sim.simulation.spacetime import (
    Births,
    Fronts,
    Run,
    closed_cells,
    in_box_units,
    new_tally,
    numbers,
    side_for,
)
from sfc_sim.simulation.timetable import Timetable

__all__ = ["Neighbourhood", "Probes", "Volume"]

MOST_AROUND = 1_000_000
"""Civilizations in one realisation: a minute and a gigabyte."""

STRATA = 2048  # shells around us, two probes in each


class Volume(NamedTuple):
    """A volume and its standard error, Gly^3."""

    value: float
    error: float


def from_middle(along: FloatArray) -> FloatArray:
    """Return the distances of a cube's cells from its middle, from those along an axis."""
    squared = along**2
    return np.asarray(np.sqrt(squared[:, None, None] + squared[:, None] + squared).ravel())


def pair_error(pairs: FloatArray) -> float:
    """Return the standard error of the sum over pairs, each of two independent probes."""
    return float(np.sqrt(((pairs[:, 0] - pairs[:, 1]) ** 2).sum()))


@final
@dataclass(frozen=True)
class Probes:
    """Places around the middle, two in each of many shells of equal thickness.

    Parameters
    ----------
    place : ndarray, shape (probe, 3)
        Gly, from the middle.
    distance : ndarray, shape (probe,)
        From the middle, Gly.
    weight : ndarray, shape (probe,)
        Volume that each stands for, Gly^3.
    """

    place: FloatArray
    distance: FloatArray
    weight: FloatArray

    def volume(self, inside: npt.NDArray[np.bool_]) -> Volume:
        """Return the volume of the probes in the mask `inside`, from pairs with its error too."""
        pairs = np.where(inside, self.weight, 0.0).reshape(-1, 2)
        return Volume(float(pairs.sum()), pair_error(pairs))

    def share(self, part: npt.NDArray[np.bool_], inside: npt.NDArray[np.bool_]) -> Volume:
        """Return the share of a volume that a part of it is, and its standard error.

        Of a volume too small for any probe it is 1: in so crowded a world all is recovered.
        """
        total = float(self.weight[inside].sum())
        if total == 0.0:
            return Volume(1.0, 0.0)
        share = float(self.weight[part].sum()) / total
        return Volume(
            share, pair_error((self.weight * (part - share * inside)).reshape(-1, 2)) / total
        )


@final
@dataclass(frozen=True)
class Neighbourhood:
    """All that can come into the ball that we could fill.

    Parameters
    ----------
    background : Background
        The universe; with an event horizon.
    timetable : Timetable or None
        Births of expanding civilizations without preclusion; None if nobody is ever born.
    speed : float
        Of all fronts, ours included; c = 1.
    cone : float
        Births within cone x (now - birth) of us did not happen: 1 if nothing is visible, the
        speed if no front is here.
    stream : str, optional
        Name of the random numbers of the births.

    Examples
    --------
    >>> from sfc_sim.expansion import make_grid, tabulate
    >>> from sfc_sim.simulation import tabulated_births
    >>> planck = Background.named("Planck18")
    >>> grid = make_grid(planck, np.array([5.0]))
    >>> even = tabulate(grid, np.zeros_like(grid.times), np.full(1, -np.inf))
    >>> around = Neighbourhood(planck, tabulated_births(even, np.log(10.0)), speed=0.8, cone=1.0)
    >>> born = around.realise(seed=1, realisation=0)
    >>> from_us = np.linalg.norm(born.place - 0.5 * around.side, axis=1)
    >>> bool((from_us > around.now - born.birth).all())                     # nothing is visible
    True
    """

    background: Background
    timetable: Timetable | None
    speed: float
    cone: float
    stream: str = "births around us"

    @property
    def now(self) -> float:
        """Conformal time today, Gly."""
        return float(self.background.conformal_time(self.background.age))

    @property
    def end(self) -> float:
        """Conformal time at the end of expansion, Gly."""
        return float(self.background.future_conformal_time)

    @property
    def reach(self) -> float:
        """Radius of the ball that we would fill alone, Gly."""
        return self.speed * float(self.background.event_horizon(self.background.age))

    @property
    def side(self) -> float:
        """Side of a cube around us that holds every birth that matters, Gly."""
        origin = self.now if self.timetable is None else self.timetable.origin
        return 2.0 * (self.reach + self.speed * (self.end - origin))

    def realise(self, seed: int, realisation: int) -> Births:
        """Return the births of one realisation; we are in the middle of the cube."""
        if self.timetable is None:
            return Births(np.empty((0, 3)), *np.empty((3, 0)))
        fronts = Fronts(Fixed(self.speed))
        schedule = in_box_units(self.timetable, fronts, self.side)
        # The arrays that a run changes are its own.
        cells = self.cells._replace(known=self.cells.known.copy(), open=self.cells.open.copy())
        run = Run(cells, np.empty((0, 6)), new_tally(0, self.end / self.side))
        cone = kernels.Cone(self.now / self.side, self.cone)
        key, slot = key_of(seed), slot_of(self.stream)
        while True:
            if run.born.shape[0] > MOST_AROUND:
                raise InputError(
                    f"more than {MOST_AROUND:,} civilizations come near in realisation "
                    f"{realisation}: too many to simulate; sfc_sim.sample has the closed forms"
                )
            run = run.grown(64, fronts, seed, realisation)
            full = kernels.draw_births(
                schedule, run.cells, cone, run.born, run.tally, *key, slot, realisation
            )
            if not full:
                return self.relevant(run.births(self.side))

    def relevant(self, born: Births) -> Births:
        """Return those whose front can come into the ball; the rest are of no consequence."""
        far = np.linalg.norm(born.place - 0.5 * self.side, axis=1)
        near = far - self.reach < self.speed * (self.end - born.birth)
        return Births(born.place[near], born.birth[near], born.start[near], born.speed[near])

    @cached_property
    def cells(self) -> kernels.Cells:
        """Cells of which each opens when the cone has left a part, and closes when too late."""
        if self.timetable is None:
            return closed_cells(1, self.end / self.side, periodic=False)
        expected = self.timetable.actual(self.speed)[-1] * self.side**3
        many = max(side_for(expected), 12)
        cells = closed_cells(many, self.end / self.side, periodic=False)
        middles = np.abs((np.arange(many) + 0.5) / many - 0.5) * self.side
        half = 0.5 * self.side / many
        near, far = from_middle(np.maximum(middles - half, 0.0)), from_middle(middles + half)
        first = self.now - far / self.cone
        last = np.minimum(self.end - (near - self.reach) / self.speed, self.end)
        opens = self.timetable.births_by(first) * self.side**3
        used = np.flatnonzero(last > np.maximum(self.timetable.origin, first))
        order = used[np.argsort(opens[used], kind="stable")]
        cells.known[:, kernels.HELD] = last / self.side
        return cells._replace(queue=order.astype(np.int32), opens=opens[order])

    def race(self, born: Births) -> Race:
        """Return the fronts, to be asked who comes first."""
        return Race(born, self.side, periodic=False)

    def probes(self, seed: int, realisation: int) -> Probes:
        """Return random places in the ball that we would fill, given (seed, realisation)."""
        u, height, turn = (
            numbers(f"probe around us {name}", seed, realisation, 0, 2 * STRATA)
            for name in ("distance", "height", "turn")
        )
        distance = self.reach * (np.repeat(np.arange(STRATA), 2) + u) / STRATA
        weight = 4.0 * np.pi * distance**2 * self.reach / distance.size
        return Probes(distance[:, None] * directions(height, turn), distance, weight)

    def reached(self, race: Race, places: FloatArray) -> Reached:
        """Return the civilization that is first at each place; places are given from the middle."""
        return race.first_at(places + 0.5 * self.side)
