"""The work of a simulation: realisations as tasks, and the Dataset that they fill."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from functools import cached_property
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias, final

import numpy as np
import numpy.typing as npt

from sfc_sim._core.pieces import going_on
from sfc_sim._core.progress import Report, part_of
from sfc_sim._core.schema import label
from sfc_sim._core.typing import FloatArray
from sfc_sim._core.work import Task, each, in_order, sends
from sfc_sim.cosmology.background import Background, PowerLaw
from sfc_sim.simulation.borders import (
    Meetings,
    cast_rays,
    probe_places,
    probed_meetings,
    probed_volumes,
)
from sfc_sim.simulation.firsts import Race
from sfc_sim.simulation.spacetime import Births, Fronts, lifetimes_of, numbers, realise
from sfc_sim.simulation.timetable import Timetable

if TYPE_CHECKING:
    import xarray as xr

__all__ = ["COMPUTED", "World", "as_dataset", "clock_time", "run"]

Columns: TypeAlias = dict[str, npt.NDArray[Any]]
Volumes: TypeAlias = tuple[FloatArray, FloatArray]

# What can be asked for, and the work that gives it.
COMPUTED = {
    "first_sight": "sight",
    "first_sight_by_front": "sight",
    "visible_at_birth": "count",
    "largest_angle": "sky",
    "sky_fraction": "sky",
    "controlled_at_birth": "fill",
    "final_volume": "domains",
    "neighbours": "borders",
}

CLOCKED = ("first_arrival", "first_contact", "first_sight", "first_sight_by_front", "meeting_time")

MEETING = "meeting_"
"""What the names of columns by meeting begin with."""

CHUNK = 20_000  # civilizations per task: tens of milliseconds


@final
@dataclass(frozen=True)
class World:
    """What every realisation shares: births, fronts, box, and what is asked of it.

    `visible` is the chance that the volume of one that expands is visible; None if all are.
    """

    timetable: Timetable | None
    fronts: Fronts
    background: Background
    box: float
    seed: int
    work: frozenset[str]
    convention: str
    probes: int
    rays: int
    visible: float | None = None

    @property
    def equal(self) -> bool:
        """Whether all fronts have one speed."""
        return self.fronts.slowest == self.fronts.fastest

    @cached_property
    def end(self) -> float:
        """Conformal time at the end of expansion, Gly."""
        return float(self.background.future_conformal_time)

    def realise(self, realisation: int) -> Race:
        """Return the fronts of one realisation."""
        if self.timetable is None:
            born = Births(np.empty((0, 3)), *np.empty((3, 0)))
        else:
            born = realise(self.timetable, self.fronts, self.box, self.seed, realisation)
        race = Race(born, self.box)
        _ = race.tree  # planted here, once: several tasks will ask it
        return race

    def seen(self, race: Race, realisation: int) -> Race:
        """Return the fronts of a realisation that are visible."""
        if self.visible is None:
            return race
        return Race(race.born, self.box, counted=self.shown(race.born, realisation))

    def shown(self, born: Births, realisation: int) -> npt.NDArray[np.bool_]:
        """Return which civilizations are visible, shape (civilization,)."""
        share = 1.0 if self.visible is None else self.visible
        return numbers("is visible", self.seed, realisation, 0, born.birth.size) < share

    def follow(self, race: Race, seen: Race, index: np.ndarray) -> Columns:
        """Return the events of some civilizations of a realisation, in conformal time."""
        born = race.born
        place, birth = born.place[index], born.birth[index]
        arrival = race.first_at(place, leave_out=index).when
        # Of equal fronts the one that arrives first is met first, half-way.
        half_way = 0.5 * (born.start[index] + arrival)
        contact = half_way if self.equal else race.contacts(index)[1]
        found = {"first_arrival": arrival, "first_contact": contact}
        if "sight" in self.work:
            light = seen.first_at(place, leave_out=index, light=True).when
            found["first_sight"] = np.maximum(birth, light)
            met = seen.contacts(index, light=True)[1]
            found["first_sight_by_front"] = np.maximum(born.start[index], met)
        if "count" in self.work:
            found["visible_at_birth"] = seen.visible(place, birth)
        if "sky" in self.work:
            sky = seen.skies(place, birth, convention=self.convention)
            found["largest_angle"], found["sky_fraction"] = sky
        return found

    def divide(self, race: Race, realisation: int) -> Columns:
        """Return the division of a realisation: by civilization, and by meeting, ``meeting_``."""
        held: Columns = {}
        if "fill" in self.work:
            places = probe_places(self.probes, self.box, self.seed, realisation)
            dates = np.sort(race.first_at(places).when)
            held["controlled_at_birth"] = np.searchsorted(dates, race.born.birth) / self.probes
        if not {"domains", "borders"} & self.work:
            return held
        volumes, pairs = (self.by_rays if self.equal else self.by_probes)(race, realisation)
        if "domains" in self.work:
            held["final_volume"], held["final_volume_standard_error"] = volumes
        if "borders" in self.work:
            both = np.append(pairs.first, pairs.second)
            held["neighbours"] = np.bincount(both, minlength=race.born.birth.size)
            held |= {f"{MEETING}{name}": array for name, array in pairs._asdict().items()}
        return held

    def by_rays(self, race: Race, realisation: int) -> tuple[Volumes, Meetings]:
        """Return volumes and meetings where all fronts have one speed."""
        rays = cast_rays(race, self.rays, self.end, self.seed, realisation)
        return rays.volumes(), rays.meetings(race, self.end)

    def by_probes(self, race: Race, realisation: int) -> tuple[Volumes, Meetings]:
        """Return volumes and meetings where speeds differ."""
        places = probe_places(self.probes, self.box, self.seed, realisation)
        reached = race.first_at(places, two=True)
        volumes = probed_volumes(reached, self.end, self.box, race.born.birth.size)
        return volumes, probed_meetings(race, places, reached, self.end)


class Realised(NamedTuple):
    """All of one realisation: births, events by civilization, and its division."""

    realisation: int
    born: Births
    events: Columns
    divided: Columns


def realised(world: World, realisation: int) -> Realised:
    """Return a realisation, made in one piece."""
    race = world.realise(realisation)
    seen = world.seen(race, realisation)
    events = joined([world.follow(race, seen, index) for index in blocks(race)])
    return Realised(realisation, race.born, events, world.divide(race, realisation))


def blocks(race: Race) -> list[npt.NDArray[np.int64]]:
    """Return the civilizations of a realisation in blocks."""
    many = race.born.birth.size
    return [np.arange(at, min(at + CHUNK, many)) for at in range(0, max(many, 1), CHUNK)]


def in_wholes(world: World, realisations: range, report: Report, told: str) -> list[Realised]:
    """Return realisations, each made in one piece by a worker."""

    def do(left: Sequence[int]) -> Iterator[tuple[int, Columns]]:
        tasks = [(k,) for k in left]
        for k, columns in each(flat, world, tasks, "realisation {}".format):
            yield left[k], columns

    found = {}
    for done, (k, columns) in enumerate(going_on(f"all of {told}", realisations, do), start=1):
        found[k] = columns
        report(done, len(realisations))
    return [unflat(k, found[k]) for k in realisations]


def flat(world: World, realisation: int) -> Columns:
    """Return a realisation as arrays, by what they are part of and their name."""
    made = realised(world, realisation)
    born = {each.name: getattr(made.born, each.name) for each in fields(Births)}
    parts = {"born": born, "events": made.events, "divided": made.divided}
    return {f"{part} {name}": values for part in parts for name, values in parts[part].items()}


def unflat(realisation: int, columns: Mapping[str, npt.NDArray[Any]]) -> Realised:
    """Return the realisation of arrays that `flat` gave."""
    parts: dict[str, Columns] = {"born": {}, "events": {}, "divided": {}}
    for both, values in columns.items():
        part, name = both.split()
        parts[part][name] = values
    born = Births(**parts["born"])
    return Realised(realisation, born, parts["events"], parts["divided"])


def in_blocks(world: World, realisations: range, report: Report, told: str) -> list[Realised]:
    """Return realisations, of which large ones are cut into blocks, for threads to share."""
    begun = part_of(report, 0, 2 * len(realisations))
    races = in_order(World.realise, world, [(k,) for k in realisations], begun, alone=1)
    pairs = list(zip(races, realisations, strict=True))
    tasks = {
        (k, j): (race, seen, index)
        for race, seen, k in [(race, world.seen(race, k), k) for race, k in pairs]
        for j, index in enumerate(blocks(race))
    }
    shared = {"fill", "domains", "borders"} & world.work
    total = len(pairs) * (1 + bool(shared)) + len(tasks)
    events_told = part_of(report, len(pairs), total)
    parts = iter(gone_on(f"events of {told}", World.follow, world, tasks, events_told))
    events = [joined([next(parts) for _ in blocks(race)]) for race in races]
    divided: list[Columns] = [{}] * len(pairs)
    if shared:
        whole = {(k, 0): (race, k) for race, k in pairs}
        rest = part_of(report, len(pairs) + len(tasks), total)
        divided = gone_on(f"division of {told}", World.divide, world, whole, rest)
    return [
        Realised(k, race.born, columns, both)
        for (race, k), columns, both in zip(pairs, events, divided, strict=True)
    ]


def gone_on(
    what: str,
    work: Callable[..., Columns],
    world: World,
    tasks: Mapping[tuple[int, int], Task],
    report: Report,
) -> list[Columns]:
    """Return what each task gives, in order; what the pieces of this run have is not done again."""

    def do(names: Sequence[tuple[int, int]]) -> Iterator[tuple[tuple[int, int], Columns]]:
        # The first one alone compiles the kernels once, not in every thread.
        yield names[0], work(world, *tasks[names[0]])
        for k, columns in each(work, world, [tasks[name] for name in names[1:]]):
            yield names[1 + k], columns

    found = {}
    for name, columns in going_on(what, list(tasks), do):
        found[name] = dict(columns)
        report(len(found), len(tasks))
    return [found[name] for name in tasks]


def run(world: World, realisations: range, report: Report, told: str) -> tuple[Columns, Columns]:
    """Return the columns of all realisations: by civilization, and by meeting.

    `told` is all that they hang on, in words, for what is kept of a run.
    """
    made = (in_wholes if sends() else in_blocks)(world, realisations, report, told)
    columns = joined([born_columns(world, one.born, one.realisation) for one in made])
    both = joined([one.divided for one in made])
    touching = {name: both.pop(name) for name in list(both) if name.startswith(MEETING)}
    columns |= joined([one.events for one in made]) | both
    if touching:
        # Indices within a realisation become indices in the Dataset.
        offsets = np.cumsum([0, *(one.born.birth.size for one in made)])
        many = [one.divided["meeting_time"].size for one in made]
        for name in ("meeting_first", "meeting_second"):
            touching[name] += np.repeat(offsets[:-1], many)
    return columns, touching


def joined(parts: Sequence[Columns]) -> Columns:
    """Return arrays end to end, by name."""
    if not parts:
        return {}
    return {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}


def born_columns(world: World, born: Births, realisation: int) -> Columns:
    """Return the columns that are known at birth."""
    many = born.birth.size
    ends = np.full(many, np.inf)
    birth_time = clock_time(world.background, born.birth)
    if world.fronts.quiet_ratio > 0.0 and world.fronts.lifetime is not None:
        lasting = lifetimes_of(world.fronts, world.seed, realisation, many)
        ends = np.where(born.speed == 0.0, birth_time + lasting, np.inf)
    told = {} if world.visible is None else {"visible": world.shown(born, realisation)}
    return {
        **told,
        "realisation": np.full(many, realisation),
        "position": born.place,
        "birth_time": birth_time,
        "birth_conformal_time": born.birth,
        "speed": born.speed,
        "start_time": born.start,
        "end_time": ends,
    }


def clock_time(background: Background, conformal: FloatArray) -> FloatArray:
    """Return dates (Gyr) of conformal times (Gly); inf at and beyond the end of time."""
    if isinstance(background, PowerLaw):
        # Scale-free: also dates that no table of an actual universe holds.
        m, age = background.exponent, background.today
        return np.asarray(age * (conformal * (1.0 - m) / age) ** (1.0 / (1.0 - m)))
    times = np.full(conformal.shape, np.inf)
    last = min(background.conformal_time(1e6), background.future_conformal_time - 1e-12)
    within = conformal < last
    times[within] = background.time_at_conformal(conformal[within])
    return times


def as_dataset(world: World, columns: Columns, touching: Columns) -> xr.Dataset:
    """Return the labelled Dataset, in clock times."""
    import xarray as xr

    expanding = np.isfinite(columns["start_time"])
    start = np.where(expanding, columns["birth_time"], np.inf)
    if world.fronts.delay > 0.0:
        start = clock_time(world.background, columns["start_time"])
    columns["start_time"] = start
    every = columns | touching
    for name in CLOCKED:
        if name in every:
            every[name] = clock_time(world.background, every[name])
    # Sight at birth is at birth, not a rounding before it.
    if "first_sight" in every:
        every["first_sight"] = np.maximum(every["first_sight"], every["birth_time"])
    realisation = every.pop("realisation")

    def dims(name: str) -> tuple[str, ...]:
        along = ("meeting",) if name in touching else ("civilization",)
        return (*along, "axis") if name == "position" else along

    dataset = xr.Dataset(
        {name: (dims(name), values) for name, values in every.items()},
        coords={"realisation": ("civilization", realisation), "axis": ["x", "y", "z"]},
    )
    return label(dataset)
