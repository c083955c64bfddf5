"""What a draw is: its place in the random numbers, and the parameters that they stand for."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Literal, TypeAlias, final

import numpy as np

from sfc_sim._random import key_of, slot_of
from sfc_sim._typing import FloatArray
from sfc_sim.appearance import DrawnAppearance
from sfc_sim.appearance.drake_rate import DrakeRate
from sfc_sim.appearance.hard_steps import HardSteps
from sfc_sim.appearance.ranked import RankedPowerLaw
from sfc_sim.appearance.windows import Windows
from sfc_sim.cosmology import Background
from sfc_sim.redraw import PairPriors
from sfc_sim.scenario import Scenario

__all__ = ["Arrays", "Design", "Numbers", "Plan", "draw_parameters", "is_dated", "uniforms"]

Design = Literal["random", "sobol"]
Arrays: TypeAlias = dict[str, FloatArray]
Numbers: TypeAlias = Mapping[tuple[str, int], FloatArray]

# The options that a model with dates is made with.
CHOICES = {
    "hard-steps": ("completion", "step_times", "delay_form", "like_us"),
    "windows": ("planet_history", "future_planets", "early_universe"),
    "power-law": ("last_birth",),
}


@final
@dataclass(frozen=True)
class Plan:
    """All that a task needs to make its draws: picklable, without state."""

    scenario: Scenario
    seed: int
    design: Design = "random"

    @cached_property
    def background(self) -> Background:
        """The universe."""
        return Background.named(self.scenario.cosmology)

    @cached_property
    def affectable_volume(self) -> float:
        """Comoving volume that light sent today can ever reach, Gly^3."""
        return float(self.background.affectable_volume(self.background.age))

    @cached_property
    def appearance(self) -> DrawnAppearance:
        """The appearance model with its named choices; an error if it has no dates."""
        name = self.scenario.appearance
        chosen = {key: self.scenario.options[key] for key in CHOICES.get(name, ())}
        makers: dict[str, Callable[[], DrawnAppearance]] = {
            "hard-steps": lambda: HardSteps(**chosen),
            "windows": lambda: Windows(**chosen),
            "drake": lambda: DrakeRate(self.scenario),
            "power-law": lambda: RankedPowerLaw(self.background, **chosen),
        }
        return makers[name]()

    @property
    def dated(self) -> bool:
        """Whether the scenario says when civilizations appear."""
        return is_dated(self.scenario)

    @cached_property
    def repeats(self) -> dict[str, int]:
        """How many components each parameter has that is drawn more than once."""
        if not self.dated:
            return {}
        return {
            name: int(self.scenario[unit].distribution.support[1])
            for name, unit in self.appearance.repeated.items()
        }

    @cached_property
    def redrawn(self) -> tuple[str, ...]:
        """The parameters that self-indication draws again: the amount and who expands."""
        amount = self.appearance.amount if self.dated else ""
        fronts = self.scenario.expansion == "fronts"
        return (amount, "expanding_fraction") if amount and fronts else ()

    @cached_property
    def dimensions(self) -> list[tuple[str, int]]:
        """Every number that a draw takes, in the order of the Sobol' sequence."""
        names = [(name, 0) for name in self.scenario.parameters if name not in self.repeats]
        names += [(f"redrawn {name}", 0) for name in self.redrawn]
        return names + [(name, k) for name, many in self.repeats.items() for k in range(many)]

    @cached_property
    def pair_priors(self) -> PairPriors:
        """The priors of the amount and of the expanding fraction, for redrawing."""
        model, fractions = self.appearance, self.scenario["expanding_fraction"].distribution
        if isinstance(model, DrakeRate):
            return PairPriors(model.amounts, fractions)
        return PairPriors(self.scenario[model.amount].distribution, fractions)


def is_dated(scenario: Scenario) -> bool:
    """Tell whether a scenario says when civilizations appear: a product of factors may, or not."""
    if scenario.appearance == "drake":
        return scenario.expansion == "fronts"
    return scenario.appearance in ("hard-steps", "windows", "power-law")


def uniforms(plan: Plan, first: int, count: int) -> dict[tuple[str, int], FloatArray]:
    """Return the uniform numbers of draws `first` on, by (name, component)."""
    if plan.design == "sobol":
        from scipy.stats import qmc

        engine = qmc.Sobol(len(plan.dimensions), scramble=True, rng=plan.seed)
        # Asked for one point, then the rest: the sequence warns where a first batch is no power
        # of two, but pieces of it are what a chunk is.
        batches = (1, count - 1) if first == 0 else (count,)
        if first:
            engine.fast_forward(first)
        # A Sobol' point may be 0; half a step of its 2^-30 grid keeps every quantile finite.
        points = np.concatenate([engine.random(size) for size in batches if size]) + 2.0**-31
        return {place: points[:, k].copy() for k, place in enumerate(plan.dimensions)}
    from sfc_sim.kernels import philox

    key = key_of(plan.seed)
    numbers = {}
    for name, component in plan.dimensions:
        u = np.empty(count)
        philox.uniforms(*key, slot_of(name), component, first, u)
        numbers[name, component] = u
    return numbers


def draw_parameters(plan: Plan, numbers: Numbers) -> Arrays:
    """Return the parameters of the draws that the uniform numbers stand for."""
    found: Arrays = {}
    for name, parameter in plan.scenario.parameters.items():
        many = plan.repeats.get(name)
        if many is None:
            found[name] = parameter.distribution.ppf(numbers[name, 0])
        else:
            columns = [parameter.distribution.ppf(numbers[name, k]) for k in range(many)]
            found[f"{name}s"] = np.column_stack(columns)
    return found
