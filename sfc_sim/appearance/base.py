"""What an appearance model is: how civilizations arise, as expansion and sampling ask for it.

A model with dates turns parameters into a rate of appearance per observable-universe-size volume
on a given grid of dates; it is linear in one amount (the try-once probability of Cook 2022). One
without dates gives a number per that volume.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Protocol

import numpy as np

from sfc_sim._core.errors import InputError
from sfc_sim._core.typing import FloatArray
from sfc_sim.distributions.declarations import Model

if TYPE_CHECKING:
    from sfc_sim.cosmology.background import Background
    from sfc_sim.distributions import Distribution
    from sfc_sim.expansion.base import Batch
    from sfc_sim.expansion.grid import Grid
    from sfc_sim.scenario.parameter import Parameter

__all__ = ["Appearance", "Dated", "Law", "Rate"]


class Rate(Protocol):
    """What expansion asks of a rate of appearance; ``parameters`` holds arrays of shape (draw,)."""

    refine: ClassVar[int]

    def breaks(self, grid: Grid) -> Sequence[float]:
        """Return dates at which cells of the grid are to end besides, Gyr."""
        ...

    def onset(self, parameters: Mapping[str, FloatArray]) -> FloatArray:
        """Return the first date at which anything can appear, Gyr, shape (draw,)."""
        ...

    def log_rate(
        self, parameters: Mapping[str, FloatArray], times: FloatArray
    ) -> tuple[FloatArray, FloatArray]:
        """Return the log rate per Gyr at `times` (draw, node), and the log number after them.

        Both per unit amount and observable-universe-size volume; the number has shape (draw,).
        """
        ...

    def log_amount(self, parameters: Mapping[str, FloatArray]) -> FloatArray:
        """Return the log of the factor in which the rate is linear, shape (draw,)."""
        ...

    def log_observers(self, parameters: Mapping[str, FloatArray], now: float) -> FloatArray:
        """Return the log density, at `now` (Gyr), of civilizations like us, per unit amount."""
        ...


class Law(Protocol):
    """What draws an amount: a distribution, or a function of one."""

    def ppf(self, u: FloatArray) -> FloatArray:
        """Return the value below which the probability is `u`."""
        ...


@dataclass(frozen=True)
class Appearance(Model):
    """How civilizations arise: the class that appearance models derive from.

    Attributes
    ----------
    given : str
        Front evidence that the model is conditioned on already.
    """

    given: ClassVar[str] = ""

    @property
    def galaxies(self) -> float:
        """Galaxies per observable universe, for numbers per galaxy."""
        return 1e10

    @property
    def alive_now(self) -> bool:
        """Whether it counts civilizations alive now, not all that ever appear."""
        return False

    @property
    def repeated(self) -> Mapping[str, str]:
        """Parameters drawn anew for each unit of another, by name."""
        return {}

    def bound(self, factors: Mapping[str, Parameter], background: Background) -> Appearance:
        """Return the model as it is in a scenario: with its factors, in a universe."""
        return self

    def check_dates(self, factors: Mapping[str, Parameter]) -> None:
        """Refuse, with the reason, where options and factors give no dates after all."""

    def combine(self, parameters: Mapping[str, FloatArray]) -> dict[str, FloatArray]:
        """Return the parameters that the model reads, of those that were drawn."""
        return dict(parameters)

    def outcomes(self, batch: Batch) -> dict[str, FloatArray]:
        """Return other variables that follow from the parameters, by name, shape (draw,)."""
        return {}

    def log_number(self, batch: Batch) -> FloatArray:
        """Return the log number per observable-universe-size volume, shape (draw,)."""
        raise InputError(
            f"'{self}' gives a number, so its class must define log_number(self, batch)"
        )

    def log_life(self, parameters: Mapping[str, FloatArray]) -> FloatArray:
        """Return the log of the fraction of habitable planets with life now, shape (draw,).

        Raises
        ------
        InputError
            With the reason, if the model cannot tell.
        """
        raise InputError(f"'{self}' does not say on which share of planets there is life")

    def log_stay(self, parameters: Mapping[str, FloatArray]) -> FloatArray:
        """Return the log of the years that a civilization stays detectable, shape (draw,).

        Raises
        ------
        InputError
            With the reason, if the model cannot tell.
        """
        raise InputError(f"'{self}' does not say for how long civilizations stay detectable")


@dataclass(frozen=True)
class Dated(Appearance, ABC):
    """A rate of appearance in time: derive from it for one of your own.

    A model gives at least `onset` and `log_rate`. Where the rate is linear in a parameter, name
    it in `amount`: it is then drawn last, close to where its weight is, and tables are made once
    for all its values.

    Attributes
    ----------
    refine : int
        Cells per standard cell of the grid of dates: more than one for a rate that changes fast.
        Standard cells are some 0.6 Gyr wide in the past, and widen from there to 14 Gyr.
    tested : bool
        Whether tests show that these cells tell its rate; of others every draw is compared with
        what cells of half the width give.

    Examples
    --------
    >>> from dataclasses import dataclass
    >>> from sfc_sim.distributions.declarations import Declared, Interval
    >>> @dataclass(frozen=True)
    ... class Steady(Dated):
    ...     parameters = (Declared("births", "B", "1/Gyr", "births per Gyr", Interval("(0, inf)")),)
    ...     amount = "births"
    ...     def onset(self, parameters):
    ...         return np.zeros(1)
    ...     def log_rate(self, parameters, times):
    ...         return np.where(times < 20.0, 0.0, -np.inf), np.full(len(times), -np.inf)
    ...     def breaks(self, grid):
    ...         return [20.0]
    >>> float(Steady().log_amount({"births": np.array([np.e])})[0])
    1.0
    """

    refine: ClassVar[int] = 1
    tested: ClassVar[bool] = False

    @property
    def gives(self) -> frozenset[str]:
        """Dates, and so the number of all that ever appear."""
        return frozenset({"dates", "number", "civilizations"})

    @property
    def amount(self) -> str:
        """The parameter in which the rate is linear, or none."""
        return ""

    @property
    def shaping(self) -> tuple[str, ...]:
        """The parameters on which the rate per unit amount depends."""
        return tuple(one.name for one in self.parameters if one.name != self.amount)

    @abstractmethod
    def onset(self, parameters: Mapping[str, FloatArray]) -> FloatArray:
        """Return the first date at which anything can appear, Gyr, shape (draw,) or (1,)."""

    @abstractmethod
    def log_rate(
        self, parameters: Mapping[str, FloatArray], times: FloatArray
    ) -> tuple[FloatArray, FloatArray]:
        """Return the log rate per Gyr at `times` (draw, node), and the log number after them.

        Both per unit amount and observable-universe-size volume; the number has shape (draw,).
        """

    def breaks(self, grid: Grid) -> Sequence[float]:
        """Return dates at which the rate of every draw bends or jumps, Gyr: cells end there.

        Asked again with the grid that has them, until nothing new comes.
        """
        return ()

    def log_observers(self, parameters: Mapping[str, FloatArray], now: float) -> FloatArray:
        """Return the log density, at `now` (Gyr), of civilizations like us, per unit amount.

        By default everyone who appears now is like us.
        """
        draws = next((values.size for values in parameters.values()), 1)
        return np.asarray(self.log_rate(parameters, np.full((draws, 1), now))[0][:, 0])

    def log_unit_of_observers(self, now: float) -> float:
        """Return the log of what 1 in `log_observers` is: births per Gyr of date and of age.

        Per volume, at `now` (Gyr), on planets as old as Earth; scenarios are weighed against each
        other in this unit. By default 0: a model that knows no ages counts all born now, as if
        their planets were of our age within a Gyr.
        """
        return 0.0

    def log_amount(self, parameters: Mapping[str, FloatArray]) -> FloatArray:
        """Return the log of the factor in which the rate is linear, shape (draw,) or (1,)."""
        if not self.amount:
            return np.zeros(1)
        with np.errstate(divide="ignore"):
            return np.asarray(np.log(parameters[self.amount]) + self.log_others(parameters))

    def log_others(self, parameters: Mapping[str, FloatArray]) -> FloatArray:
        """Return the log of what multiplies that parameter in the amount."""
        return np.zeros(1)

    def law_of_amount(self, parameters: Mapping[str, Parameter]) -> Distribution | Law:
        """Return the law of that parameter in a scenario."""
        return parameters[self.amount].distribution

    def log_number(self, batch: Batch) -> FloatArray:
        """Return the log number of all that ever appear per volume, without preclusion."""
        from sfc_sim.expansion.coverage import tables_of

        coverage = tables_of(self, batch.parameters, batch.background)
        return np.asarray(self.log_amount(batch.parameters) + coverage.log_potential())
