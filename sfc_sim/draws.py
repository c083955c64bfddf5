"""What a draw is: its place in the random numbers, and the parameters that they stand for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Literal, TypeAlias, final

import numpy as np

from sfc_sim._random import key_of, slot_of
from sfc_sim._typing import FloatArray
from sfc_sim.appearance.hard_steps import HardSteps
from sfc_sim.cosmology import Background
from sfc_sim.redraw import PairPriors
from sfc_sim.scenario import Scenario

__all__ = ["Arrays", "Design", "Numbers", "Plan", "draw_parameters", "uniforms"]

Design = Literal["random", "sobol"]
Arrays: TypeAlias = dict[str, FloatArray]
Numbers: TypeAlias = Mapping[tuple[str, int], FloatArray]

HARD_STEPS_OPTIONS = ("completion", "step_times", "delay_form")
REDRAWN = ("try_once", "expanding_fraction")


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
    def appearance(self) -> HardSteps:
        """The dynamic appearance model with its named choices."""
        return HardSteps(**{name: self.scenario.options[name] for name in HARD_STEPS_OPTIONS})

    @cached_property
    def repeats(self) -> dict[str, int]:
        """How many components each parameter has that is drawn more than once."""
        if self.scenario.appearance != "hard-steps":
            return {}
        return {
            name: int(self.scenario[unit].distribution.support[1])
            for name, unit in self.appearance.repeated.items()
        }

    @cached_property
    def dimensions(self) -> list[tuple[str, int]]:
        """Every number that a draw takes, in the order of the Sobol' sequence."""
        names = [(name, 0) for name in self.scenario.parameters if name not in self.repeats]
        names += [(f"redrawn {name}", 0) for name in REDRAWN]
        return names + [(name, k) for name, many in self.repeats.items() for k in range(many)]

    @cached_property
    def pair_priors(self) -> PairPriors:
        """The priors of the try-once probability and the expanding fraction, for redrawing."""
        return PairPriors(*(self.scenario[name].distribution for name in REDRAWN))


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
