"""Exact realisations of civilizations in space and time, as a labelled Dataset.

Everything is drawn: births where no front has come yet, fronts that spread, first contacts, what
each sees at its birth and holds in the end. See `sfc_sim.simulation.spacetime` for the model.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from concurrent.futures import Executor
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from sfc_sim._core.arguments import validated
from sfc_sim._core.errors import InputError, affordable, shown, unknown, whole_number
from sfc_sim._core.progress import Progress, reporting
from sfc_sim._core.random import seed_of
from sfc_sim._core.schema import label, require, software
from sfc_sim._core.typing import FloatArray, RandomLike
from sfc_sim._core.work import working
from sfc_sim.cosmology.background import Background
from sfc_sim.distributions import Distribution
from sfc_sim.scenario.origin import origin_of
from sfc_sim.simulation.firsts import Race
from sfc_sim.simulation.settings import (
    BYTES_PER_CIVILIZATION,
    at_least_zero,
    check_number,
    checked_names,
    choose_box,
    lifetime_of,
    shown_of,
    speed_of,
)
from sfc_sim.simulation.sky import CONVENTIONS
from sfc_sim.simulation.sources import Source, cause_of
from sfc_sim.simulation.spacetime import Births, Fronts
from sfc_sim.simulation.tasks import COMPUTED, World, as_dataset, clock_time, run

if TYPE_CHECKING:
    import xarray as xr

__all__ = ["holders", "simulate"]


@validated()
def simulate(
    source: Source,
    *,
    draw: int | None = None,
    speed: float | str | Distribution | None = None,
    civilizations: float | None = None,
    box: float | str | None = None,
    realisations: int = 1,
    first: int = 0,
    compute: Sequence[str] | Literal["all"] = (),
    quiet_ratio: float = 0.0,
    lifetime: float | str | Distribution | None = None,
    delay: float | str = 0.0,
    visible_fraction: float | None = None,
    background: Background | str | None = None,
    convention: str = "exact",
    probes: int = 100_000,
    rays: int = 64,
    rng: RandomLike = None,
    threads: int | None = None,
    executor: Executor | None = None,
    progress: Progress | None = None,
) -> xr.Dataset:
    """Simulate civilizations in a periodic box: who is born where and when, and meets whom.

    Parameters
    ----------
    source : Appearance, Scenario, str or xarray.Dataset
        How civilizations arise: an appearance model, such as
        `sfc_sim.appearance.PowerLawAppearance` (without an abundance: one that makes the median
        birth that sees nobody ours, in universes whose scale is a power of time) or
        `sfc_sim.appearance.TableAppearance`; a scenario with dates, its name or file; or draws of
        `sfc_sim.sample`.
    draw : int, optional
        Which draw of the scenario (under the seed of `rng`) or of the draws; by default a
        scenario's medians.
    speed : float, str or Distribution, optional
        Comoving speed of the fronts, c = 1, in (0, 1], or "150000 km/s"; a distribution gives
        each civilization its own. By default that of the scenario.
    civilizations : float, optional
        How many expanding ones to expect in a realisation; sets the box. By default 1000, in at
        most 1000 observable-universe-size volumes.
    box : float or str, optional
        Side of the box instead, comoving Gly.
    realisations : int, default 1
        How many independent boxes.
    first : int, default 0
        Index of the first: ``simulate(..., first=7)`` makes realisation 7 again.
    compute : sequence of str or "all", optional
        What to compute besides births, arrivals and contacts: any of ``first_sight``,
        ``first_sight_by_front``, ``visible_at_birth``, ``largest_angle``, ``sky_fraction``,
        ``controlled_at_birth``, ``final_volume``, ``neighbours``.
    quiet_ratio : float, default 0
        Civilizations born that never expand, per expanding one.
    lifetime : float, str or Distribution, optional
        How long quiet ones last, Gyr; by default for ever.
    delay : float or str, default 0
        From birth to expansion, Gyr.
    visible_fraction : float, optional
        Share of expanding civilizations whose volumes are visible; by default that of the
        scenario, and 1 of other sources. What is seen is of these.
    background : Background or str, optional
        The universe of an appearance model; by default of matter alone, a ~ t^(2/3).
    convention : {"exact", "published"}, default "exact"
        Of angles on the sky; see `sfc_sim.simulation.sky.angular_diameter`.
    probes : int, default 100000
        Places in each realisation at which ``controlled_at_birth`` is measured; where speeds
        differ, domains and borders too.
    rays : int, default 64
        Directions from each birthplace in which domains and borders of equal fronts are measured.
        Neighbours behind small faces are missed: 64 rays find some 83 %, 256 some 93 %, of those
        that 2000 find.
    rng : None, int, SeedSequence or Generator, optional
        Seed; the one used is in the attributes. Realisation k depends on (seed, k) alone.
    threads : int, optional
        By default all processors; the result does not depend on it.
    executor : concurrent.futures.Executor, optional
        Makes realisations instead of threads; see `sfc_sim.sample`.
    progress : bool or callable, optional
        See `sfc_sim.sample`; called with (tasks done, tasks in all).

    Returns
    -------
    xarray.Dataset
        Dim ``civilization`` with coordinate ``realisation``; dim ``axis``. Always ``position``
        (Gly), ``birth_time`` (Gyr), ``birth_conformal_time`` (Gly), ``speed`` (0: never
        expands), ``start_time`` and ``end_time`` (Gyr), ``first_arrival`` and ``first_contact``
        (Gyr); inf is never. Where a share is visible, which are: ``visible``. With ``neighbours``
        also dim ``meeting``.

    Raises
    ------
    InputError
        If something is not what it must be: a speed, a static scenario, a draw out of range, a
        box that fronts go round, more civilizations than memory holds.

    Notes
    -----
    The box is periodic: distances are to the nearest image; what is seen counts every image in
    the light cone. Fronts must not meet their own image, so a box has a least size. A front
    spreads in a straight line through what others hold, and takes what it is first to reach.
    Source of the model: Hanson et al. (2021, ApJ 922, 182), Olson (2015, arXiv:1411.4359).

    Examples
    --------
    >>> import sfc_sim as sfc
    >>> universe = simulate(sfc.appearance.PowerLawAppearance(n=6), speed=0.5, civilizations=400,
    ...                     realisations=2, compute=["visible_at_birth"], rng=1)
    >>> bool((universe.first_contact > universe.start_time).all())
    True
    >>> float(universe.birth_time.median().round(1)), float(universe.visible_at_birth.mean()) > 3
    (18.2, True)
    """
    seed = seed_of(rng)
    if convention not in CONVENTIONS:
        raise unknown("convention", convention, CONVENTIONS)
    work = frozenset(COMPUTED[name] for name in checked_names(compute))
    count, start = whole_number(realisations, "realisations", 1), whole_number(first, "first", 0)
    affordable(count, BYTES_PER_CIVILIZATION, "realisations")
    cause = cause_of(source, draw, seed, background)
    fronts = Fronts(
        speed_of(cause.speed if speed is None else speed),
        at_least_zero(quiet_ratio, "", "quiet_ratio"),
        lifetime_of(lifetime, quiet_ratio),
        at_least_zero(delay, "Gyr", "delay"),
    )
    cause = cause.dated(fronts)
    timetable = cause.births()
    side = choose_box(timetable, fronts, cause.background, civilizations, box)
    check_number(timetable, fronts, side, count)
    places, directions = whole_number(probes, "probes", 1), whole_number(rays, "rays", 2)
    affordable(places, 100, "probes")
    affordable(directions, BYTES_PER_CIVILIZATION, "rays")
    world = World(
        timetable, fronts, cause.background, side, seed, work, convention, places, directions,
        shown_of(cause, visible_fraction),
    )  # fmt: skip
    words = cause.attrs | {
        "box": repr(side),
        "speed": repr(fronts.speed),
        "quiet_ratio": repr(fronts.quiet_ratio),
        "lifetime": repr(fronts.lifetime),
        "delay": repr(fronts.delay),
        "probes": str(places),
        "rays": str(directions),
        "convention": convention,
        "seed": str(seed),
    }
    hangs_on = f"{words} {sorted(work)} {world.visible}"
    told = f"realisations ({hashlib.sha256(hangs_on.encode()).hexdigest()[:16]}), seed {seed}"
    with working(threads, executor), reporting(progress, "simulating") as report:
        made = run(world, range(start, start + count), report, told)
    return as_dataset(world, *made).assign_attrs(
        words, realisations=str(count), first=str(start), **software()
    )


@validated(positions="Gly")
def holders(universe: xr.Dataset, positions: FloatArray, *, realisation: int = 0) -> xr.Dataset:
    """Return the first civilization at given places of a simulated box, and the date.

    Parameters
    ----------
    universe : xarray.Dataset
        From `simulate`.
    positions : ndarray, shape (place, 3)
        Comoving Gly; the box repeats.
    realisation : int, default 0
        Which realisation.

    Returns
    -------
    xarray.Dataset
        Dim ``place``: ``holder``, the index of a civilization in `universe` (-1: nobody ever),
        and ``held_from`` (Gyr; inf: never).

    Raises
    ------
    InputError
        If the Dataset is not of that kind, or has no such realisation.

    Examples
    --------
    Everyone holds the place of their birth, from the start.

    >>> import sfc_sim as sfc
    >>> hanson = sfc.appearance.PowerLawAppearance(n=6)
    >>> universe = simulate(hanson, speed=1.0, civilizations=400, rng=1)
    >>> there = holders(universe, universe.position.values)
    >>> bool((there.holder == np.arange(universe.sizes["civilization"])).all())
    True
    """
    import xarray as xr

    require(universe, ["position", "birth_conformal_time", "speed"], "simulate")
    box = box_of(universe)
    origin = origin_of(universe)
    first, many = origin.whole("first"), origin.whole("realisations")
    if not first <= realisation < first + many:
        raise InputError(
            f"realisation is {shown(realisation)}; this Dataset has {first} to {first + many - 1}"
        )
    index = np.flatnonzero(universe["realisation"].values == realisation)
    background = origin.background
    race = Race(births_in(universe, background, index), box)
    reached = race.first_at(places_of(positions) % box)
    when = clock_time(background, reached.when)
    # The last entry stands for nobody, whose index is -1.
    holder = np.append(index, -1)[np.where(np.isfinite(when), reached.who, -1)]
    return label(xr.Dataset({"holder": ("place", holder), "held_from": ("place", when)}))


def box_of(universe: xr.Dataset) -> float:
    """Return the side of the box in Gly, an error if there is none."""
    origin = origin_of(universe)
    if not origin.has("box"):
        raise InputError("this Dataset has no box; pass the Dataset of sfc_sim.simulate")
    return origin.number("box")


def places_of(positions: Any) -> FloatArray:
    """Return places, one or an array of any shape (..., 3), as an array of shape (place, 3)."""
    try:
        places = np.asarray(positions, dtype=float)
    except (TypeError, ValueError):
        places = np.empty(0)
    if places.shape[-1:] != (3,) or not np.isfinite(places).all():
        came = f"of shape {places.shape}" if places.size > 3 else repr(positions)
        raise InputError(f"positions are {came}; they must be finite, of shape (place, 3)")
    return places.reshape(-1, 3)


def births_in(universe: xr.Dataset, background: Background, index: np.ndarray) -> Births:
    """Return the births of one realisation of a Dataset."""
    birth = universe["birth_conformal_time"].values[index]
    speed = universe["speed"].values[index]
    start = np.where(speed > 0.0, birth, np.inf)
    if origin_of(universe).number("delay") > 0.0:
        starts = universe["start_time"].values[index]
        begun = (speed > 0.0) & np.isfinite(starts)  # a start may be beyond the end of time
        start = np.full(birth.shape, np.inf)
        start[begun] = background.conformal_time(starts[begun])
    return Births(universe["position"].values[index], birth, start, speed)
