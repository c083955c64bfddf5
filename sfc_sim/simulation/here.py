"""Our surroundings, realised: what we would hold, who holds the rest, what others would recover."""

from __future__ import annotations

from concurrent.futures import Executor
from dataclasses import dataclass
from typing import TYPE_CHECKING, cast, final

import numpy as np

from sfc_sim._core.arguments import validated
from sfc_sim._core.errors import affordable, whole_number
from sfc_sim._core.progress import Progress, reporting
from sfc_sim._core.random import seed_of
from sfc_sim._core.schema import label, software
from sfc_sim._core.typing import FloatArray, RandomLike
from sfc_sim._core.work import in_order, working
from sfc_sim.inference.evidence import EvidenceLike, front_of
from sfc_sim.scenario.scenario import Scenario
from sfc_sim.simulation.around import Neighbourhood
from sfc_sim.simulation.kinds import Kinds, kinds_around
from sfc_sim.simulation.sources import scenario_cause
from sfc_sim.simulation.tasks import Columns, clock_time, joined

if TYPE_CHECKING:
    import xarray as xr

__all__ = ["simulate_here"]


@validated()
def simulate_here(
    scenario_or_draw: Scenario | str | xr.Dataset,
    *,
    draw: int | None = None,
    evidence: EvidenceLike = "nothing-visible",
    own_expansion: bool = True,
    realisations: int = 100,
    first: int = 0,
    rng: RandomLike = None,
    threads: int | None = None,
    executor: Executor | None = None,
    progress: Progress | None = None,
) -> xr.Dataset:
    """Simulate the civilizations around us, given what we see: all that can come where we can.

    Parameters
    ----------
    scenario_or_draw : Scenario, str or xarray.Dataset
        A dynamic scenario, its name or file; or draws of `sfc_sim.sample`.
    draw : int, optional
        Which draw of the scenario (under the seed of `rng`) or of the draws; by default a
        scenario's medians.
    evidence : str or FrontEvidence, default "nothing-visible"
        Of one of your own, its cone alone is used.
        What is known today; "none" is read as not engulfed, without which there is no us.
    own_expansion : bool, default True
        Whether we expand, from today at the speed of the others. The volumes of a realisation
        compare both worlds and do not depend on it; the civilizations listed do.
    realisations : int, default 100
        How many independent surroundings.
    first : int, default 0
        Index of the first.
    rng : None, int, SeedSequence or Generator, optional
        Seed; the one used is in the attributes. Realisation k depends on (seed, k) alone.
    threads : int, optional
        By default all processors; the result does not depend on it.
    executor : concurrent.futures.Executor, optional
        Makes realisations instead of threads; see `sfc_sim.sample`.
    progress : bool or callable, optional
        See `sfc_sim.sample`; called with (realisations done, realisations in all).

    Returns
    -------
    xarray.Dataset
        Dim ``realisation``: ``volume_grabbed``, ``volume_marginal`` (Gly^3),
        ``recovered_fraction``, each with ``_standard_error``; ``first_arrival`` and
        ``first_sight`` at our place, ``first_contact`` with our front (Gyr; inf: never);
        ``civilizations``, how many there are. No dim: ``volume_alone``. Dim ``civilization``,
        one after the other with the index ``world`` of their realisation: ``position`` (Gly,
        from us), ``birth_time`` (Gyr), ``birth_conformal_time`` (Gly), and how much of the ball
        that we could fill they hold (Gly^3): ``volume_held``, ``volume_held_without_us``,
        ``volume_recovered`` (of what we would hold); where some fronts are not visible, which are:
        ``visible``, and ``first_sight`` is of these. Who is born only where we are not is listed
        if `own_expansion` is off; then the recovered volumes add up.

    Raises
    ------
    InputError
        If the scenario is static, the evidence unknown, or a draw out of range.

    Notes
    -----
    Births in our past light cone (nothing visible) or past cone of fronts (not engulfed) are
    never drawn. With equal speeds whoever our expansion precludes would have been overtaken by
    us in any case, so both worlds come from the same births. Where a share of fronts is not
    visible, births of that kind are left out of the past cone of fronts alone: we are in no front,
    whatever chance those inside have to live on (``engulfed_observers``).

    The means of the grabbed and of the marginal volume over realisations are the closed forms that
    `sfc_sim.sample` gives for the same draw; its recovered fraction belongs to the ratio of those
    means, not to the mean ratio.

    Examples
    --------
    >>> here = simulate_here("cook2022-balanced", draw=8, realisations=3, rng=3)
    >>> sorted(here.sizes)
    ['axis', 'civilization', 'realisation']
    >>> bool((here.volume_marginal <= here.volume_grabbed).all())
    True
    """
    front = front_of(evidence)
    seed = seed_of(rng)
    count, start = whole_number(realisations, "realisations", 1), whole_number(first, "first", 0)
    affordable(count, 1000, "realisations")
    cause = scenario_cause(scenario_or_draw, draw, seed)
    speed = cast("float", cause.speed)  # every scenario has one
    kinds = kinds_around(cause, front, speed)
    here = Here(kinds, own_expansion, seed)
    tasks = [(k,) for k in range(start, start + count)]
    with working(threads, executor), reporting(progress, "simulating surroundings") as report:
        parts = in_order(Here.realise, here, tasks, report, "realisation {}".format, alone=1)
    around = here.around
    dataset = as_dataset(around, [worlds for worlds, _ in parts], [who for _, who in parts], start)
    return dataset.assign_attrs(
        cause.attrs,
        evidence=front.name,
        own_expansion=str(own_expansion),
        speed=repr(speed),
        reach=repr(around.reach),
        realisations=str(count),
        first=str(start),
        seed=str(seed),
        **software(),
    )


@final
@dataclass(frozen=True)
class Here:
    """What every realisation of our surroundings shares."""

    kinds: Kinds
    own_expansion: bool
    seed: int

    @property
    def around(self) -> Neighbourhood:
        """The cube around us."""
        return self.kinds.widest

    def realise(self, realisation: int) -> tuple[Columns, Columns]:
        """Return one realisation: its volumes and dates, and its civilizations."""
        around = self.around
        born, visible = self.kinds.realise(self.seed, realisation)
        race = around.race(born)
        probes = around.probes(self.seed, realisation)
        reached = around.reached(race, probes.place)
        ours = around.now + probes.distance / around.speed < reached.when
        theirs = reached.when < around.end
        volumes = {
            "volume_grabbed": probes.volume(ours),
            "volume_marginal": probes.volume(ours & ~theirs),
            "recovered_fraction": probes.share(ours & theirs, ours),
        }
        found = {name: np.array([volume.value]) for name, volume in volumes.items()}
        found |= {f"{name}_standard_error": np.array([v.error]) for name, v in volumes.items()}
        far = np.linalg.norm(born.place - 0.5 * around.side, axis=1)
        kept = np.ones(born.birth.size, dtype=bool)
        if self.own_expansion:
            kept = far >= around.speed * (born.birth - around.now)
        arrival = (born.birth + far / around.speed)[kept].min(initial=np.inf)
        sight = (born.birth + far)[kept & visible].min(initial=np.inf)
        contact = 0.5 * (around.now + arrival) if self.own_expansion else np.inf
        found["first_arrival"] = np.array([arrival])
        found["first_sight"] = np.array([max(sight, around.now)])
        found["first_contact"] = np.array([contact])
        found["civilizations"] = np.array([kept.sum()])

        def held(where: np.ndarray) -> FloatArray:
            """Return the volume of each civilization within a mask of the probes."""
            chosen = where & theirs
            weight = probes.weight[chosen]
            each = np.bincount(reached.who[chosen], weight, minlength=born.birth.size)
            return np.asarray(each[kept])

        everywhere = np.ones(ours.size, dtype=bool)
        who = {
            "world": np.full(int(kept.sum()), realisation),
            "position": (born.place - 0.5 * around.side)[kept],
            "birth_conformal_time": born.birth[kept],
            "volume_held": held(~ours if self.own_expansion else everywhere),
            "volume_held_without_us": held(everywhere),
            "volume_recovered": held(ours),
        }
        if not all(self.kinds.visible):
            who["visible"] = visible[kept]
        return found, who


def as_dataset(
    around: Neighbourhood, worlds: list[Columns], civilizations: list[Columns], first: int
) -> xr.Dataset:
    """Return the labelled Dataset, in clock times."""
    import xarray as xr

    background = around.background
    by_world, by_one = joined(worlds), joined(civilizations)
    for name in ("first_arrival", "first_contact", "first_sight"):
        by_world[name] = clock_time(background, by_world[name])
    by_one["birth_time"] = clock_time(background, by_one["birth_conformal_time"])
    dims = {"position": ("civilization", "axis")}
    volume = 4.0 * np.pi / 3.0 * around.reach**3
    dataset = xr.Dataset(
        {name: ("realisation", values) for name, values in by_world.items()}
        | {name: (dims.get(name, ("civilization",)), values) for name, values in by_one.items()}
        | {"volume_alone": ((), volume)},
        coords={
            "realisation": np.arange(first, first + len(worlds)),
            "axis": ["x", "y", "z"],
        },
    )
    return label(dataset)
