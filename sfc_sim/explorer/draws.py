"""The draws that a page carries: aimed ones of a family of scenarios, worth the same to all."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, final

import numpy as np

from sfc_sim._core.progress import Progress, reporting
from sfc_sim._core.typing import FloatArray
from sfc_sim._core.volumes import GIVEN, VOLUMES, Cone, given
from sfc_sim.distributions import Distribution
from sfc_sim.explorer.columns import Column, as_float, as_steps, as_whole
from sfc_sim.explorer.members import Family, parameter_is_whole
from sfc_sim.explorer.worth import Made, Values, log_worth
from sfc_sim.sampling.adaptation import aim
from sfc_sim.sampling.axes import SPREAD
from sfc_sim.sampling.driver import sample
from sfc_sim.sampling.plan import Plan, uniforms
from sfc_sim.scenario.scenario import Scenario

if TYPE_CHECKING:
    import xarray as xr

__all__ = ["RESULTS", "STOPS", "VISIBLE", "Carried", "carried", "volumes_at"]

RESULTS: Final = (
    "log_observers_like_us", "log_intelligent_actual", "log_civilizations_actual",
    "log_covered_now", "log_seen_now", "log_covered_final",
)  # fmt: skip
"""What follows from the parameters and does not hang on the evidence."""

STOPS: Final = (0.3, 0.1, 0.03, 0.01, 0.001)
"""Shares of fronts that are visible for which volumes are carried, besides all and none."""

# What draws are aimed with, and the share of each: worlds that one excludes may be most of another.
# Without evidence, and under self-indication, most are where all theories together look seldom.
ALONE: Final = ("sia",)
AIMS: Final[tuple[tuple[str, tuple[str, ...] | None, float], ...]] = (
    ("nothing-visible", None, 0.25), ("nothing-visible", ALONE, 0.15),
    ("not-engulfed", None, 0.2), ("not-engulfed", ALONE, 0.1),
    ("none", None, 0.2), ("none", ALONE, 0.1),
)  # fmt: skip
CONES: Final[tuple[Cone, ...]] = ("light", "fronts")
VISIBLE: Final = "visible_fraction"
LEAST: Final = 4
MANY_DECADES: Final = 100.0
LOWEST: Final = 1e-300


@final
@dataclass(frozen=True)
class Carried:
    """Draws of a family, as a page has them.

    Attributes
    ----------
    family : Family
        What they are of.
    columns : mapping of str to Column
        Parameters that vary, what follows, and ``log_worth``.
    steps : mapping of str to str
        Of parameters that may be drawn anew for each unit of another, that other.
    constants : mapping of str to float
        Parameters that are the same in all draws.
    seed : int
        What they were made with.
    """

    family: Family
    columns: Mapping[str, Column]
    steps: Mapping[str, str]
    constants: Mapping[str, float]
    seed: int

    @property
    def parameters(self) -> tuple[str, ...]:
        """The parameters that vary."""
        return tuple(n for n in self.family.asked.parameters if n in self.columns)

    @property
    def size(self) -> int:
        """How many draws there are."""
        return int(self.columns["log_worth"].codes.size)

    @property
    def stops(self) -> tuple[float, ...]:
        """The shares of visible fronts that can be asked for, from all to none."""
        if VISIBLE in self.family.asked.parameters:
            return (1.0,)
        return (1.0, *STOPS, 0.0)


def carried(
    family: Family,
    draws: int,
    *,
    seed: int,
    pilot: int = 4000,
    threads: int | None = None,
    progress: Progress | None = None,
) -> Carried:
    """Draw the worlds of a family.

    Parameters
    ----------
    family : Family
        From `sfc_sim.explorer.members.family_of`.
    draws : int
        How many; at least some for each member.
    seed : int
        Of all of them.
    pilot : int, default 4000
        Pilot draws of each proposal.
    threads, progress : optional
        See `sfc_sim.sample`; progress is called with (draws done, draws in all).
    """
    parts_of_all = np.outer(family.shares, [share for _, _, share in AIMS]).ravel()
    edges = np.round(np.cumsum(parts_of_all) * draws).astype(int)
    counts = np.maximum(np.diff(edges, prepend=0), LEAST)
    kinds = [(member, *aimed[:2]) for member in family.members for aimed in AIMS]
    made, parts, at = [], [], 0
    with reporting(progress, "drawing worlds") as told:
        for (member, evidence, theories), count in zip(kinds, counts.tolist(), strict=True):
            proposal = aim(
                member, theories=theories, evidence=evidence, rng=seed, pilot=pilot,
                threads=threads,
            )  # fmt: skip
            made.append(Made(member, proposal, count))
            parts.append(part_of(made[-1], at, seed, threads))
            at += count
            told(at, int(counts.sum()))
    names = sorted(set().union(*parts))
    blank = [np.full(each.size, np.nan) for each in made]  # scores that a member does not have
    held = {
        name: np.concatenate(
            [part.get(name, none) for part, none in zip(parts, blank, strict=True)]
        )
        for name in names
    }
    return packed_up(family, made, held, seed)


def part_of(made: Made, first: int, seed: int, threads: int | None) -> dict[str, FloatArray]:
    """Return draws of one member and proposal by name, shape (draw,)."""
    member, proposal = made.member, made.proposal
    draws = sample(
        member, made.size, rng=seed, first=first, aim=proposal, threads=threads, progress=False
    )
    found = {n: draws[n].values for n in (*member.parameters, *RESULTS, "volume_alone")}
    if repeated := member.appearance.repeated:
        numbers = uniforms(Plan(member, seed, proposal=proposal), first, made.size)
        z = proposal.place(numbers, member).z
        for k, name in enumerate(proposal.axes.continuous):
            if name.removesuffix(SPREAD) in repeated:
                found[f"z {name}"] = z[:, k]
    for cone in CONES:
        found |= volumes_of(cone, *volumes_at(draws, cone))
    return found if VISIBLE in member.parameters else found | at_stops(member, draws)


def volumes_at(draws: xr.Dataset, cone: Cone) -> tuple[FloatArray, FloatArray]:
    """Return what humanity would take, and what nobody else would, given an empty cone."""
    own = given(draws, GIVEN[cone])
    grabbed, marginal = (own[name].values for name in VOLUMES)
    return grabbed, marginal


def volumes_of(word: str, grabbed: FloatArray, kept: FloatArray) -> dict[str, FloatArray]:
    """Return volumes as they are packed: a log, and a share of it."""
    logs = np.log(np.maximum(grabbed, LOWEST))
    return {f"log_grabbed_{word}": logs, f"kept_{word}": np.clip(kept / np.exp(logs), 0.0, 1.0)}


def at_stops(member: Scenario, draws: xr.Dataset) -> dict[str, FloatArray]:
    """Return what hangs on the share of fronts that are visible, by name, for each share.

    Volumes of humanity; and by how much more come to be, as a log, where the others leave observers
    in what they hold.
    """
    from sfc_sim.expansion.coverage import tables_of

    plan = Plan(member, 0)
    parameters = {name: draws[name].values for name in member.parameters}
    coverage = tables_of(plan.dated, parameters, plan.background)
    speed = parameters["expansion_speed"]
    log_expanding = plan.dated.log_amount(parameters) + np.log(parameters["expanding_fraction"])
    every = coverage.log_actual(log_expanding, speed)
    found = {}
    for stop in (*STOPS, 0.0):
        visible = log_expanding + (np.log(stop) if stop else -np.inf)
        spared = np.maximum(coverage.log_actual(visible, speed) - every, 0.0)
        found[f"log_spared_{stop:g}"] = spared
    for stop in STOPS:  # at 0 they are those given that no front has come
        share = np.full(speed.size, stop)
        grabbed, log_marginal, _ = coverage.volumes(log_expanding, speed, unseen=share)
        found |= volumes_of(f"{stop:g}", grabbed, np.exp(log_marginal))
    return found


def packed_up(
    family: Family, made: Sequence[Made], held: Mapping[str, FloatArray], seed: int
) -> Carried:
    """Return draws as columns, with what each is worth to any prior."""
    constants: dict[str, float] = {}
    columns: dict[str, Column] = {}
    atoms: dict[str, tuple[float, ...] | None] = {}
    for name in family.asked.parameters:
        laws = [each[name].distribution for each in family.members]
        if np.ptp(held[name]) == 0.0:
            constants[name] = float(held[name][0])
            continue
        columns[name] = column_of(held[name], laws)
        atoms[name] = None if columns[name].kind == "u8" else columns[name].atoms
    read = {name: column.values for name, column in columns.items()}
    worth = log_worth(made, Values({**held, **read}, atoms))
    results = {"log_worth": worth, **{name: held[name] for name in (*RESULTS, "volume_alone")}}
    results |= {n: held[n] for n in held if n.startswith(("log_grabbed_", "kept_", "log_spared_"))}
    coarse: dict[str, tuple[float, ...]] = {f"kept_{stop:g}": (0.0, 1.0) for stop in STOPS}
    coarse |= {f"log_spared_{stop:g}": (0.0,) for stop in (*STOPS, 0.0)}
    columns |= {
        name: as_steps(values, coarse[name]) if name in coarse else as_float(values)
        for name, values in results.items()
    }
    steps = {k: v for each in family.members for k, v in each.appearance.repeated.items()}
    return Carried(family, columns, steps, constants, seed)


def column_of(values: FloatArray, laws: Sequence[Distribution]) -> Column:
    """Return a parameter as a column: whole, or in even steps of it or of its log."""
    if parameter_is_whole(laws):
        return as_whole(values)
    even = np.linspace(0.0, 1.0, 257)
    points = {float(x) for law in laws if law.discrete for x in np.unique(law.ppf(even))}
    log = bool(values.min() > 0.0 and values.max() > MANY_DECADES * values.min())
    return as_steps(values, sorted(points), log=log)
