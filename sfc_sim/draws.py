"""What a draw is: its place in the random numbers, and the parameters that they stand for."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Literal, TypeAlias, final

import numpy as np

from sfc_sim._design import sobol_points, uniform_numbers
from sfc_sim._typing import FloatArray
from sfc_sim.appearance import DrawnAppearance
from sfc_sim.appearance.drake_rate import DrakeRate
from sfc_sim.appearance.hard_steps import HardSteps
from sfc_sim.appearance.ranked import RankedPowerLaw
from sfc_sim.appearance.windows import Windows
from sfc_sim.axes import Axes, axes_of
from sfc_sim.cosmology import Background
from sfc_sim.proposal import PART, SCALE, Proposal
from sfc_sim.scenario import Scenario
from sfc_sim.scores import LEAST, MOST
from sfc_sim.tilts import Tilts

__all__ = ["Arrays", "Design", "Numbers", "Plan", "draw_parameters", "is_dated", "uniforms"]

Design = Literal["random", "sobol"]
Arrays: TypeAlias = dict[str, FloatArray]
Numbers: TypeAlias = Mapping[tuple[str, int], FloatArray]

LARGEST = np.finfo(float).max

# The widest cell of the grid of an amount, in e-folds, where it takes no more than so many of one.
BEND, MOST_CELLS = 1.0, 16

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
    proposal: Proposal | None = None

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
    def dimensions(self) -> list[tuple[str, int]]:
        """Every number that a draw takes, in the order of the Sobol' sequence."""
        names = [(name, 0) for name in self.scenario.parameters if name not in self.repeats]
        return names + [(name, k) for name, many in self.repeats.items() for k in range(many)]

    @cached_property
    def axes(self) -> Axes:
        """What varies, as a proposal has it."""
        repeated = self.appearance.repeated if self.dated else {}
        return axes_of(self.scenario, repeated, self.repeats, self.amount)

    @property
    def amount(self) -> str:
        """The parameter in which births are linear, where fronts follow them; else none."""
        fronts = self.dated and self.scenario.expansion == "fronts"
        return self.appearance.amount if fronts else ""

    @cached_property
    def tilts(self) -> Tilts:
        """The laws of the amount that the proposal has."""
        laws = np.array(self.proposal.tilts if self.proposal else (), dtype=float)
        return Tilts(*self.amount_grid, laws.reshape(-1, 2))

    @cached_property
    def amount_grid(self) -> tuple[FloatArray, FloatArray]:
        """Quantile edges of the amount, close to each other towards 0 and 1, and its log there."""
        model = self.appearance
        law = (
            model.amounts
            if isinstance(model, DrakeRate)
            else self.scenario[self.amount].distribution
        )
        ends, middle = np.geomspace(1e-12, 0.05, 31), np.linspace(0.05, 0.95, 37)[1:-1]
        edges = np.concatenate([[0.0], ends, middle, 1.0 - ends[::-1], [1.0]])
        with np.errstate(divide="ignore", invalid="ignore"):
            widths = np.abs(np.diff(np.log(law.ppf(np.clip(edges, LEAST, MOST)))))
            # Tilts bend within an e-fold, and are linear between edges.
            finite = np.where(np.isfinite(widths), widths, 1.0)
            cells = np.clip(np.ceil(finite / BEND), 1, MOST_CELLS)
            places = np.concatenate([[0.0], np.cumsum(cells)])
            edges = np.interp(np.arange(places[-1] + 1.0), places, edges)
            return edges, np.log(law.ppf(np.clip(edges, LEAST, MOST)))


def is_dated(scenario: Scenario) -> bool:
    """Tell whether a scenario says when civilizations appear: a product of factors may, or not."""
    if scenario.appearance == "drake":
        return scenario.expansion == "fronts"
    return scenario.appearance in ("hard-steps", "windows", "power-law")


def uniforms(plan: Plan, first: int, count: int) -> dict[tuple[str, int], FloatArray]:
    """Return the uniform numbers of draws `first` on, by (name, component)."""
    if plan.design == "sobol":
        points = sobol_points(len(plan.dimensions), count, plan.seed, first)
        return {place: points[:, k].copy() for k, place in enumerate(plan.dimensions)}
    return {
        (name, component): uniform_numbers(plan.seed, name, first, count, component)
        for name, component in (*plan.dimensions, *((PART, SCALE) if plan.proposal else ()))
    }


def draw_parameters(plan: Plan, numbers: Numbers) -> Arrays:
    """Return the parameters of the draws that the uniform numbers stand for."""
    return dict(drawn(plan, name, numbers) for name in plan.scenario.parameters)


def drawn(plan: Plan, name: str, numbers: Numbers) -> tuple[str, FloatArray]:
    """Return one parameter of the draws; where it is drawn repeatedly, by a name in the plural."""
    law, many = plan.scenario[name].distribution, plan.repeats.get(name)
    if many is None:
        # Aimed draws reach quantiles of 1e-16, where a wide law is beyond all doubles.
        return name, np.clip(law.ppf(numbers[name, 0]), -LARGEST, LARGEST)
    return f"{name}s", law.ppf(np.column_stack([numbers[name, k] for k in range(many)]))
