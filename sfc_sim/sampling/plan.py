"""What a draw is: its place in the random numbers, and the parameters that they stand for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Literal, TypeAlias, cast, final

import numpy as np

from sfc_sim._core.design import sobol_points, uniform_numbers
from sfc_sim._core.typing import FloatArray
from sfc_sim.appearance.base import Appearance, Dated
from sfc_sim.cosmology.background import Background
from sfc_sim.sampling.axes import Axes, axes_of
from sfc_sim.sampling.copula import Copula, copula_of
from sfc_sim.sampling.placing import PART, SCALE
from sfc_sim.sampling.proposal import Proposal
from sfc_sim.sampling.scores import LEAST, MOST
from sfc_sim.sampling.tilts import Tilts
from sfc_sim.scenario.scenario import Scenario

__all__ = ["Arrays", "Design", "Numbers", "Plan", "draw_parameters", "uniforms"]

Design = Literal["random", "sobol"]
Arrays: TypeAlias = dict[str, FloatArray]
Numbers: TypeAlias = Mapping[tuple[str, int], FloatArray]

LARGEST = np.finfo(float).max

# The widest cell of the grid of an amount, in e-folds, where it takes no more than so many of one.
BEND, MOST_CELLS = 1.0, 16


@final
@dataclass(frozen=True)
class Plan:
    """All that a task needs to make its draws: picklable, without state."""

    scenario: Scenario
    seed: int
    design: Design = "random"
    proposal: Proposal | None = None

    def __reduce__(self) -> tuple[Any, ...]:  # a worker process finds the rest again
        return Plan, (self.scenario, self.seed, self.design, self.proposal)

    @property
    def text(self) -> str:
        """All that a draw hangs on besides its index, in a line."""
        aimed = self.proposal.hash if self.proposal else "none"
        return (
            f"draws of {self.scenario.name} ({self.scenario.hash}), seed {self.seed},"
            f" {self.design}, proposal {aimed}"
        )

    @cached_property
    def background(self) -> Background:
        """The universe."""
        return Background.named(self.scenario.cosmology)

    @cached_property
    def affectable_volume(self) -> float:
        """Comoving volume that light sent today can ever reach, Gly^3."""
        return float(self.background.affectable_volume(self.background.age))

    @cached_property
    def appearance(self) -> Appearance:
        """The appearance model, with the factors of the scenario and in its universe."""
        return self.scenario.appearance.bound(self.scenario.factors, self.background)

    @property
    def dated(self) -> Dated:
        """The same, of one that gives dates."""
        return cast("Dated", self.appearance)

    @cached_property
    def repeats(self) -> dict[str, int]:
        """How many components each parameter has that is drawn more than once."""
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
        repeated = self.appearance.repeated
        return axes_of(self.scenario, repeated, self.repeats, self.amount)

    @property
    def amount(self) -> str:
        """The parameter in which births are linear, where it is drawn last; else none.

        One that goes with others is not: its law hangs on theirs.
        """
        last = self.scenario.expansion.amount_last and self.dated.amount not in self.copula.names
        return self.dated.amount if last else ""

    @cached_property
    def copula(self) -> Copula:
        """Which parameters go together."""
        return copula_of(self.scenario, self.repeats)

    @cached_property
    def tilts(self) -> Tilts:
        """The laws of the amount that the proposal has."""
        return Tilts.of_laws(*self.amount_grid, self.proposal.tilts if self.proposal else ())

    @cached_property
    def amount_grid(self) -> tuple[FloatArray, FloatArray]:
        """Quantile edges of the amount, close to each other towards 0 and 1, and its log there."""
        law = self.dated.law_of_amount(self.scenario.parameters)
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
