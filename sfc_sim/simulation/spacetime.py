"""Exact realisations of civilizations in space and time: who is born where, and when.

Births are Poisson in space-time and happen only where no front has come yet; each front is a
comoving sphere that grows at its own speed, and a place belongs to whoever comes first. With
equal speeds this is the model of Olson (2015) and Hanson et al. (2021, ApJ 922, 182); births are
drawn by thinning over cells (``sfc_sim.kernels.spacetime``), at the cost of the survivors alone.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import final

import numpy as np
import numpy.typing as npt
from scipy.optimize import brentq

from sfc_sim._core.design import uniform_numbers
from sfc_sim._core.errors import InputError
from sfc_sim._core.random import key_of, slot_of
from sfc_sim._core.typing import FloatArray
from sfc_sim.distributions import Distribution
from sfc_sim.kernels import philox
from sfc_sim.kernels import spacetime as kernels
from sfc_sim.simulation.timetable import Timetable

__all__ = [
    "Births",
    "Fronts",
    "box_side",
    "expected_births",
    "least_box",
    "lifetimes_of",
    "realise",
    "settle",
]

CELLS_PER_CIVILIZATION = 3.0
"""2 to 4 are fastest at 10^3 to 10^6 civilizations; 1 and 8 take up to twice as long."""

MOST_AT_ONCE = 50_000
"""Births drawn before Python is back in charge, a second's worth: an interrupt is heard by then."""

MOST_CELLS = 400  # per side: 64 million, 1.5 GB

IntArray = npt.NDArray[np.int64]


@final
@dataclass(frozen=True)
class Fronts:
    """How civilizations expand.

    Parameters
    ----------
    speed : Distribution
        Comoving speed of a front, c = 1: each expanding civilization has its own draw.
    quiet_ratio : float, default 0
        Civilizations born that never expand, per expanding one.
    lifetime : Distribution, optional
        How long a quiet one lasts, Gyr; by default for ever.
    delay : float, default 0
        From birth to the start of the front, Gyr. Who is reached by another front first never
        expands.
    """

    speed: Distribution
    quiet_ratio: float = 0.0
    lifetime: Distribution | None = None
    delay: float = 0.0

    @property
    def slowest(self) -> float:
        """The least speed."""
        return float(self.speed.support[0])

    @property
    def fastest(self) -> float:
        """The greatest speed."""
        return float(self.speed.support[1])

    @property
    def equivalent(self) -> float:
        """The one speed whose cube is the mean cube: early coverage is that of equal fronts."""
        middles = (np.arange(1024) + 0.5) / 1024
        return float(np.mean(self.speed.ppf(middles) ** 3) ** (1.0 / 3.0))


@final
@dataclass(frozen=True)
class Births:
    """The civilizations of one realisation, in order of birth; Gly, conformal times.

    Parameters
    ----------
    place : ndarray, shape (civilization, 3)
        Comoving position.
    birth : ndarray, shape (civilization,)
        Conformal time of birth.
    start : ndarray, shape (civilization,)
        Conformal time at which the front starts; inf if it never does.
    speed : ndarray, shape (civilization,)
        Of the front; 0 if it never starts.
    """

    place: FloatArray
    birth: FloatArray
    start: FloatArray
    speed: FloatArray


def expected_births(timetable: Timetable, fronts: Fronts) -> FloatArray:
    """Return the births of expanding civilizations per Gly^3 up to each node of the table.

    The expectation is that of equal fronts of the equivalent speed.
    """
    return timetable.actual(fronts.equivalent, delay=fronts.delay)


def box_side(timetable: Timetable, fronts: Fronts, civilizations: float) -> float:
    """Return the side (Gly) of a cube in which that many expanding civilizations are expected.

    The expectation is that of equal fronts of the equivalent speed.

    Examples
    --------
    >>> from sfc_sim.cosmology import Background
    >>> from sfc_sim.distributions import Fixed
    >>> from sfc_sim.simulation import power_law_births
    >>> table = power_law_births(6.0, 1e4, Background.power_law(2 / 3))
    >>> round(box_side(table, Fronts(Fixed(1.0)), 1000), 2)
    56.07
    """
    density = expected_births(timetable, fronts)[-1]
    if density == 0.0:
        raise InputError(
            "births are too few for double precision: no civilization would be simulated"
        )
    return float((civilizations / density) ** (1.0 / 3.0))


def least_box(timetable: Timetable, fronts: Fronts) -> float:
    """Return the least side (Gly) of a periodic box: no front may meet its own image.

    Fronts spread from the first birth of the box (earlier with a probability of 5 %) until they
    hold all but a millionth of space, or until time ends.

    Examples
    --------
    >>> from sfc_sim.cosmology import Background
    >>> from sfc_sim.distributions import Fixed
    >>> from sfc_sim.simulation import power_law_births
    >>> table = power_law_births(6.0, 1e4, Background.power_law(2 / 3))
    >>> round(least_box(table, Fronts(Fixed(1.0))), 1)
    39.3
    """
    late = timetable.full_at(fronts.equivalent, delay=fronts.delay, level=np.log(1e6))

    def spare(side: float) -> float:
        first = timetable.date_of(0.05 / side**3)
        return side - 2.0 * fronts.fastest * max(late - first, 0.0)

    sides = np.geomspace(1e6, 1e-6, 400)
    bad = [k for k, side in enumerate(sides) if spare(side) < 0.0]
    if not bad:
        return float(sides[-1])
    if bad[0] == 0:
        raise InputError("no box holds the fronts of this universe: they spread over 1e6 Gly")
    return float(brentq(spare, sides[bad[0]], sides[bad[0] - 1]))


def realise(
    timetable: Timetable, fronts: Fronts, box: float, seed: int, realisation: int
) -> Births:
    """Return one realisation of a periodic box, a function of (seed, realisation).

    Parameters
    ----------
    timetable : Timetable
        Births of expanding civilizations without preclusion.
    fronts : Fronts
        How they expand; quiet ones are born besides.
    box : float
        Side, Gly.
    seed, realisation : int
        Which random numbers.

    Examples
    --------
    >>> from sfc_sim.cosmology import Background
    >>> from sfc_sim.distributions import Fixed
    >>> from sfc_sim.simulation import power_law_births
    >>> table = power_law_births(6.0, 1e4, Background.power_law(2 / 3))
    >>> born = realise(table, Fronts(Fixed(1.0)), 80.0, seed=1, realisation=0)
    >>> born.birth.size, bool((np.diff(born.birth) > 0).all())
    (2756, True)
    """
    expected = expected_births(timetable, fronts)[-1] * box**3
    schedule = in_box_units(timetable, fronts, box)
    end = timetable.full_at(fronts.slowest, delay=fronts.delay) / box
    cells = closed_cells(side_for(expected), end, periodic=True)
    cells.open[:] = np.arange(cells.open.size)
    many = int(expected * (1.0 + fronts.quiet_ratio) * 1.1 + 50)
    run = Run(cells, np.empty((0, 6)), new_tally(cells.open.size, end))
    no_cone = kernels.Cone(0.0, 0.0)
    key, slot = key_of(seed), slot_of("births")
    while True:
        run = run.grown(many, fronts, seed, realisation)
        full = kernels.draw_births(
            schedule, run.cells, no_cone, run.born, run.tally, *key, slot, realisation
        )
        if not full:
            return run.births(box)


def settle(
    places: FloatArray,
    births: FloatArray,
    *,
    speeds: FloatArray | float,
    starts: FloatArray | None = None,
    box: float = 1.0,
) -> tuple[IntArray, Births]:
    """Return a mask of the candidates that are born, in a periodic box that is empty at first.

    Parameters
    ----------
    places : ndarray, shape (candidate, 3)
        Within [0, box), Gly.
    births : ndarray, shape (candidate,)
        Conformal times, not falling.
    speeds : ndarray, shape (candidate,), or float
        Of their fronts; 0 for those that never expand.
    starts : ndarray, shape (candidate,), optional
        When their fronts start, not falling; by default at birth.
    box : float, default 1
        Side, Gly.

    Returns
    -------
    index : ndarray of int, shape (civilization,)
        Of the candidates that are born.
    born : Births
        They themselves.

    Raises
    ------
    InputError
        If dates fall, or a place is outside the box.

    Examples
    --------
    The second is born inside the front of the first; the third is out of its reach.

    >>> places = np.array([[0.1, 0.5, 0.5], [0.2, 0.5, 0.5], [0.6, 0.5, 0.5]])
    >>> settle(places, np.array([0.0, 0.2, 0.3]), speeds=1.0)[0]
    array([0, 2])
    """
    births = np.asarray(births, dtype=float)
    starts = births if starts is None else np.asarray(starts, dtype=float)
    if np.any(np.diff(births) < 0.0) or np.any(np.diff(starts) < 0.0) or np.any(starts < births):
        raise InputError("births and starts must not fall, nor a start come before its birth")
    places = np.asarray(places, dtype=float) / box
    if not np.all((places >= 0.0) & (places < 1.0)):
        raise InputError(f"a place is outside the box of side {box:g} Gly")
    speeds = np.broadcast_to(np.asarray(speeds, dtype=float), births.shape)
    cells = closed_cells(side_for(births.size / 25.0), np.inf, periodic=True)
    run = Run(cells, np.empty((births.size, 6)), new_tally(0, np.inf))
    run.tally.whole[kernels.CURSOR] = 0
    chosen = np.empty(births.size, dtype=np.int64)
    while kernels.settle(
        run.cells, run.born, run.tally, places, births / box, starts / box, speeds.copy(), chosen
    ):
        run = Run(with_room(run.cells), run.born, run.tally)
    found = run.births(box)
    return chosen[: found.birth.size], found


@final
@dataclass(frozen=True)
class Run:
    """Arrays of a run of the kernel; `grown` gives it room to go on."""

    cells: kernels.Cells
    born: FloatArray
    tally: kernels.Tally

    def grown(self, many: int, fronts: Fronts, seed: int, realisation: int) -> Run:
        """Return the run with room for more of whatever was full; `many` civilizations at first."""
        have, used = self.born.shape[0], int(self.tally.whole[kernels.BORN])
        if used < have:
            return Run(with_room(self.cells), self.born, self.tally)
        more = min(max(many, have), MOST_AT_ONCE)
        born = np.concatenate([self.born, np.empty((more, 6))])
        born[have:, kernels.SPEED] = speeds_of(fronts, seed, realisation, have, more)
        return Run(self.cells, born, self.tally)

    def births(self, box: float) -> Births:
        """Return the births, in Gly."""
        many = int(self.tally.whole[kernels.BORN])
        birth, start, speed = self.born[:many, kernels.BIRTH :].T.copy()
        start[speed == 0.0] = np.inf
        return Births(self.born[:many, :3] * box, birth * box, start * box, speed)


def speeds_of(fronts: Fronts, seed: int, realisation: int, first: int, count: int) -> FloatArray:
    """Return the speeds of civilizations by index in a realisation; 0 for the quiet ones."""
    speed = fronts.speed.ppf(numbers("speed", seed, realisation, first, count))
    if fronts.quiet_ratio > 0.0:
        loud = numbers("expands", seed, realisation, first, count) < 1 / (1 + fronts.quiet_ratio)
        speed = np.where(loud, speed, 0.0)
    return np.asarray(speed)


def lifetimes_of(fronts: Fronts, seed: int, realisation: int, many: int) -> FloatArray:
    """Return the lifetime that each civilization would have if it never expanded, Gyr."""
    if fronts.lifetime is None:
        return np.full(many, np.inf)
    return np.asarray(fronts.lifetime.ppf(numbers("lifetime", seed, realisation, 0, many)))


def numbers(name: str, seed: int, realisation: int, first: int, count: int) -> FloatArray:
    """Return uniform numbers of civilizations by name of what they stand for."""
    return uniform_numbers(seed, name, first, count, realisation)


def in_box_units(timetable: Timetable, fronts: Fronts, box: float) -> kernels.Schedule:
    """Return the births of all kinds in a box of side 1, c = 1."""
    log_all = np.log1p(fronts.quiet_ratio) + 3.0 * np.log(box)
    wait = np.zeros(timetable.conformal.size)
    if fronts.delay > 0.0:
        times = timetable.background.time_at_conformal(timetable.conformal)
        wait = timetable.background.conformal_time(times + fronts.delay) - timetable.conformal
    return kernels.Schedule(
        timetable.origin / box,
        timetable.log_age - np.log(box),
        timetable.log_births + log_all,
        wait / box,
    )


def side_for(expected: float) -> int:
    """Return the number of cells of a box along a side."""
    return int(np.clip(round((CELLS_PER_CIVILIZATION * expected) ** (1 / 3)), 4, MOST_CELLS))


def closed_cells(side: int, end: float, *, periodic: bool) -> kernels.Cells:
    """Return cells of which none is open; `end` is when the last birth that matters comes."""
    many = side**3
    return kernels.Cells(
        side=side,
        periodic=periodic,
        known=np.tile([end, -1.0], (many, 1)),
        open=np.empty(many, dtype=np.int32),
        queue=np.empty(0, dtype=np.int32),
        opens=np.empty(0),
        entries=np.empty((2 * many, 2), dtype=np.int32),
    )


def with_room(cells: kernels.Cells) -> kernels.Cells:
    """Return the cells with twice the room for lists."""
    return cells._replace(entries=np.concatenate([cells.entries, np.empty_like(cells.entries)]))


def new_tally(open_cells: int, end: float) -> kernels.Tally:
    """Return the tally of a run that has not begun."""
    whole = np.zeros(9, dtype=np.int64)
    whole[kernels.OPEN], whole[kernels.PLACE], whole[kernels.SURVEY] = open_cells, philox.TILE, 8
    return kernels.Tally(whole, np.array([0.0, np.nan, end]), np.empty(philox.TILE))
