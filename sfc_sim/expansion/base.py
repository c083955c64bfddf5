"""What an expansion model is: what civilizations take, once it is known how they arise."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Final, Protocol

from sfc_sim._core.typing import FloatArray
from sfc_sim.distributions.declarations import Contested, Declared, Interval, Model

if TYPE_CHECKING:
    from sfc_sim.appearance.base import Appearance, Dated
    from sfc_sim.cosmology.background import Background

__all__ = ["EXPANDING_FRACTION", "EXPANSION_SPEED", "FOLLOWED", "Batch", "Expansion"]

EXPANDING_FRACTION = Declared(
    "expanding_fraction", "f_{GC}", "", "fraction of civilizations that expand", Interval("(0, 1]"),
    contested=Contested(
        "expanders", "part of civilizations that expand", {"1": 1.0}, by="Cook 2022"
    ),
    told_by="technosignatures",
)  # fmt: skip
EXPANSION_SPEED = Declared(
    "expansion_speed", "v", "c", "comoving speed of the front", Interval("(0, 1]"),
    contested=Contested(
        "speed", "speed of fronts", {"0.5 c": 0.5, "0.99 c": 0.99}, by="Hanson et al. 2021"
    ),
    told_by="technosignatures and engineering",
)  # fmt: skip


FOLLOWED: Final = (
    "log_observers_like_us", "log_intelligent_actual", "log_civilizations_actual",
    "log_covered_now", "log_seen_now", "log_covered_final",
    "volume_alone", "volume_grabbed", "volume_marginal",
)  # fmt: skip
"""Variables of draws that a model which gives volumes returns at least, besides parameters."""


class Batch(Protocol):
    """Draws that are followed together, as a model sees them."""

    @property
    def background(self) -> Background:
        """The universe."""
        ...

    @property
    def affectable_volume(self) -> float:
        """Comoving volume that light sent today can ever reach, Gly^3."""
        ...

    @property
    def appearance(self) -> Appearance:
        """The appearance model, as it is in the scenario."""
        ...

    @property
    def dated(self) -> Dated:
        """The same, of one that gives dates."""
        ...

    @property
    def names(self) -> tuple[str, ...]:
        """The parameters of the scenario."""
        ...

    @property
    def parameters(self) -> Mapping[str, FloatArray]:
        """What the models read, by name, shape (draw,)."""
        ...

    @property
    def drawn(self) -> Mapping[str, FloatArray]:
        """Parameters of the scenario, by name, shape (draw,)."""
        ...

    @property
    def outcomes(self) -> Mapping[str, FloatArray]:
        """What the appearance model finds besides a number, by name, shape (draw,)."""
        ...

    def log10(self, name: str) -> FloatArray:
        """Return log10 of a parameter, also where it underflows."""
        ...

    def with_amount(self, log_lit: Callable[[bool], FloatArray]) -> Mapping[str, FloatArray]:
        """Return the parameters, the amount drawn last, given what a unit of it covers now."""
        ...


@dataclass(frozen=True)
class Expansion(Model, ABC):
    """What civilizations take: the class that expansion models derive from."""

    expanders: ClassVar[str] = ""
    """The parameter that is the fraction of civilizations that expand; "" if it has none."""

    amount_last: ClassVar[bool] = False
    """Whether it asks for the amount of appearance after all else (`Batch.with_amount`)."""

    @abstractmethod
    def follow(self, batch: Batch) -> dict[str, FloatArray]:
        """Return every variable of the draws, by name, shape (draw,).

        These are the parameters (`Batch.names`, of `Batch.parameters`), what the appearance model
        finds (`Batch.outcomes`), and, of a model that gives volumes, all of `FOLLOWED`:
        `sfc_sim.expansion.Static` shows how. Logs may be minus infinity. What humanity would take,
        and what nobody else would, may have shape (evidence, draw), given that nothing is visible
        and that no front is here; else it is the same given either.
        """
