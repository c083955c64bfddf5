"""One batch of draws, as models see it: its parameters, and every variable that follows."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, final

import numpy as np

from sfc_sim._core.errors import InputError
from sfc_sim._core.typing import FloatArray
from sfc_sim._core.volumes import GIVEN, VOLUMES, by_evidence
from sfc_sim.appearance.base import Appearance, Dated
from sfc_sim.expansion.base import FOLLOWED
from sfc_sim.sampling.placing import Placed
from sfc_sim.sampling.plan import Arrays, Numbers, Plan, draw_parameters, drawn, uniforms

if TYPE_CHECKING:
    from sfc_sim.cosmology.background import Background

__all__ = ["Batch", "evaluate", "follow", "followed"]


@final
@dataclass(frozen=True)
class Batch:
    """Draws that are followed together: what they are made with, and their random numbers."""

    plan: Plan
    numbers: Numbers
    placed: Placed | None = None

    @property
    def background(self) -> Background:
        """The universe."""
        return self.plan.background

    @property
    def affectable_volume(self) -> float:
        """Comoving volume that light sent today can ever reach, Gly^3."""
        return self.plan.affectable_volume

    @property
    def appearance(self) -> Appearance:
        """The appearance model, as it is in the scenario."""
        return self.plan.appearance

    @property
    def dated(self) -> Dated:
        """The same, of one that gives dates."""
        return self.plan.dated

    @property
    def names(self) -> tuple[str, ...]:
        """The parameters of the scenario."""
        return tuple(self.plan.scenario.parameters)

    @cached_property
    def drawn(self) -> Arrays:
        """Parameters as they are drawn, by name, shape (draw,); the repeated ones (draw, step)."""
        return draw_parameters(self.plan, self.numbers)

    @cached_property
    def parameters(self) -> Mapping[str, FloatArray]:
        """What the models read, by name, shape (draw,)."""
        return self.appearance.combine(self.drawn)

    @cached_property
    def outcomes(self) -> Mapping[str, FloatArray]:
        """What the appearance model finds besides a number, by name, shape (draw,)."""
        return self.appearance.outcomes(self)

    def log10(self, name: str) -> FloatArray:
        """Return log10 of a parameter, also where it underflows."""
        return self.plan.scenario[name].distribution.log10_ppf(self.numbers[name, 0])

    def with_amount(self, log_lit: Callable[[bool], FloatArray]) -> Mapping[str, FloatArray]:
        """Return the parameters, the amount drawn last, given what a unit of it covers now."""
        name, placed = self.plan.axes.amount, self.placed
        if placed is None or not name:
            return self.parameters
        at_light = self.plan.proposal is None or self.plan.proposal.cone != "fronts"
        placed.draw_amount(log_lit(at_light), self.plan.tilts)
        name, amounts = drawn(self.plan, name, placed.numbers)
        return {**self.parameters, name: amounts}


def evaluate(plan: Plan, first: int, count: int) -> Arrays:
    """Return every variable of draws `first` to ``first + count``, as arrays."""
    return follow(plan, first, count)[0]


def followed(batch: Batch, count: int) -> Arrays:
    """Return what the expansion model finds, by name, shape (draw,); volumes (evidence, draw)."""
    scenario = batch.plan.scenario
    made = scenario.expansion.follow(batch)
    # What counts planets with life, say, has no volumes to give.
    held = {"volumes", "civilizations"} <= scenario.gives
    if held and (absent := [name for name in FOLLOWED if name not in made]):
        raise InputError(
            f"follow of '{scenario.expansion}' returns no {', '.join(absent)}; see"
            " sfc_sim.expansion.Expansion.follow"
        )
    found = by_evidence(made, count)
    for name, values in found.items():
        if np.shape(values) != ((len(GIVEN), count) if name in VOLUMES else (count,)):
            raise InputError(
                f"'{name}' of scenario '{scenario.name}' has shape {np.shape(values)} for"
                f" {count} draws; a model must give one number per draw"
            )
    return found


def follow(plan: Plan, first: int, count: int) -> tuple[Arrays, Placed | None]:
    """Return every variable, and where a proposal has placed the draws."""
    numbers = uniforms(plan, first, count)
    placed = None if plan.proposal is None else plan.proposal.place(numbers, plan.scenario)
    own = plan.copula.linked(placed.numbers if placed else numbers)
    found = followed(Batch(plan, own, placed), count)
    if placed is not None:
        found["log_prior_over_proposal"] = placed.log_ratio()
    for name, values in found.items():
        # A log may be minus infinity, of nothing; all else is finite.
        logged = "log_" in name or "log10_" in name
        wrong = np.isnan(values) if logged else ~np.isfinite(values)
        if wrong.any():
            i = int(np.argwhere(wrong)[:, -1].min())
            world = {key: found[key][i].item() for key in plan.scenario.parameters}
            raise ArithmeticError(f"'{name}' is not a number in draw {first + i}: {world}")
    return found, placed
