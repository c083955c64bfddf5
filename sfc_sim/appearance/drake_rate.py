"""A Drake product with dates: planets form, and after a delay some bear a civilization.

A static estimate says how many there are; with a history of planet formation and the delay of
evolution it says when they appear, and can meet expanding fronts like any other model.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import final

import numpy as np

from sfc_sim._errors import InputError
from sfc_sim._typing import FloatArray
from sfc_sim.appearance._convolution import log10_saturated
from sfc_sim.appearance.delayed import Delayed, DelayLaw
from sfc_sim.appearance.drake import factors_of
from sfc_sim.appearance.planet_formation import PlanetHistory
from sfc_sim.constants import AGE_OF_UNIVERSE, EARTH_AGE
from sfc_sim.distributions import Distribution
from sfc_sim.scenario import Scenario
from sfc_sim.units import to_value

__all__ = ["DrakeRate", "Saturated"]

_LN10 = np.log(10.0)


@final
@dataclass(frozen=True)
class Saturated:
    """The law of 1 - exp(-x), the probability of at least one of x expected events.

    Examples
    --------
    >>> from sfc_sim.distributions import LogUniform
    >>> Saturated(LogUniform(1e-3, 1e3)).ppf([0.0, 0.5]).round(4)
    array([0.001 , 0.6321])
    """

    events: Distribution

    @property
    def support(self) -> tuple[float, float]:
        """Smallest and largest value."""
        low, high = self.ppf([0.0, 1.0])
        return float(low), float(high)

    def ppf(self, u: FloatArray | list[float]) -> FloatArray:
        """Return the value below which the probability is `u`; 0 where it underflows."""
        return np.asarray(10.0 ** log10_saturated(self.events.log10_ppf(u)))


@final
@dataclass(frozen=True)
class DrakeRate:
    """The rate of appearance that a Drake scenario stands for.

    Parameters
    ----------
    scenario : Scenario
        One whose appearance is "drake". Its options say what the product counts: ``counts`` =
        "now" (civilizations per galaxy now: divided by the factors in ``staying``, the times that
        they stay, it is the present rate), "ever" (per galaxy, that ever lived by now) or
        "planet" (per planet, of which ``planets_per_universe`` formed by now); and when:
        ``planet_history``, ``future_planets``, ``evolution_delay``, ``delay_spread``,
        ``longest_habitability``, ``early_universe``.

    Raises
    ------
    InputError
        If the product counts those alive now and no factor says how long they stay.

    Notes
    -----
    The rate is linear in every factor; `amount` names the one with the widest prior.

    Examples
    --------
    >>> from sfc_sim.scenario import load_scenario
    >>> model = DrakeRate(load_scenario("sandberg2018").replace(expansion="fronts"))
    >>> model.amount
    'abiogenesis'
    """

    scenario: Scenario
    repeated: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        staying = self.scenario.options["staying"]
        if self.scenario.options["counts"] == "now" and not staying:
            raise InputError(
                f"scenario '{self.scenario.name}' counts civilizations alive now, and no factor "
                "says how long they stay: name it in the option staying, or set the option counts"
                " to 'ever' or 'planet'"
            )
        if not self.factors:
            raise InputError(
                f"scenario '{self.scenario.name}' has no factor besides those in staying: nothing"
                " says how often civilizations appear"
            )

    @property
    def factors(self) -> dict[str, tuple[Distribution, bool]]:
        """Factors of the rate: name, distribution, whether it saturates."""
        staying = self.scenario.options["staying"]
        return {k: v for k, v in factors_of(self.scenario).items() if k not in staying}

    @cached_property
    def amount(self) -> str:
        """The factor whose prior is widest, in decades from its 1st to its 99th percentile."""

        def decades(name: str) -> float:
            distribution, saturating = self.factors[name]
            ends = distribution.log10_ppf([0.01, 0.99])
            low, high = log10_saturated(ends) if saturating else ends
            # A factor that is surely 0 has no width.
            return 0.0 if high == low else float(high - low)

        return max(self.factors, key=decades)

    @property
    def amounts(self) -> Distribution | Saturated:
        """The prior of that factor, saturated where it is."""
        distribution, saturating = self.factors[self.amount]
        return Saturated(distribution) if saturating else distribution

    @cached_property
    def delayed(self) -> Delayed:
        """Planets and the delay."""
        options = self.scenario.options
        return Delayed(
            PlanetHistory(options["planet_history"], options["future_planets"]),
            DelayLaw(options["evolution_delay"], options["delay_spread"]),
            options["longest_habitability"],
            options["early_universe"],
        )

    def combine(self, parameters: Mapping[str, FloatArray]) -> dict[str, FloatArray]:
        """Return the parameters as they are."""
        return dict(parameters)

    @property
    def shaping(self) -> tuple[str, ...]:
        """No parameter: history and delay are options, the same in every draw."""
        return ()

    def onset(self, parameters: Mapping[str, FloatArray]) -> FloatArray:
        """Return the first date at which anything can appear, Gyr, shape (draw,)."""
        return np.full(_draws(parameters), self.delayed.onset)

    def log_amount(self, parameters: Mapping[str, FloatArray]) -> FloatArray:
        """Return the log of the product, in births per delayed planet of today, shape (draw,)."""
        return self._log_factor(parameters, self.amount) + self.log_others(parameters)

    def log_others(self, parameters: Mapping[str, FloatArray]) -> FloatArray:
        """Return the log of all that multiplies the widest factor, shape (draw,)."""
        others = [name for name in self.factors if name != self.amount]
        total = sum((self._log_factor(parameters, name) for name in others), np.zeros(1))
        return np.broadcast_to(total + self._log_scale, (_draws(parameters),))

    def log_rate(
        self, parameters: Mapping[str, FloatArray], times: FloatArray
    ) -> tuple[FloatArray, FloatArray]:
        """Return the log rate per Gyr and volume at `times` (draw, node), and that of later ones.

        Per unit amount. What appears after the last date is left out: stars form for less than
        400 Gyr.
        """
        with np.errstate(divide="ignore"):
            log_rate = np.log(self.delayed.rate(times))
        return log_rate, np.full(times.shape[0], -np.inf)

    def log_observers(self, parameters: Mapping[str, FloatArray], now: float) -> FloatArray:
        """Return the log density of civilizations that appear now on planets as old as Earth."""
        with np.errstate(divide="ignore"):
            alike = np.log(self.delayed.observers(now, EARTH_AGE.value))
        return np.full(_draws(parameters), alike)

    def _log_factor(self, parameters: Mapping[str, FloatArray], name: str) -> FloatArray:
        saturating = self.factors[name][1]
        with np.errstate(divide="ignore"):
            log10 = np.log10(parameters[name])
        return np.asarray(_LN10 * (log10_saturated(log10) if saturating else log10))

    @cached_property
    def _log_scale(self) -> float:
        """What turns the product into births per Gyr and volume, over the delayed rate."""
        options = self.scenario.options
        if options["counts"] == "planet":
            return float(np.log(options["planets_per_universe"]))
        if options["counts"] == "ever":
            # From the onset on, where an early universe that allows nothing ends in a step.
            times = np.linspace(float(self.delayed.onset), AGE_OF_UNIVERSE.value, 4001)
            by_now = np.trapezoid(self.delayed.rate(times[None])[0], times)
            return self._log_per_volume(float(by_now))
        rate_now = self.delayed.rate(np.array([[AGE_OF_UNIVERSE.value]])).item()
        return self._log_per_volume(rate_now) + float(np.log(self._per_gyr()))

    def _log_per_volume(self, planets: float) -> float:
        """Return the log of the galaxies over what their planets have at hand."""
        if planets <= 0.0:
            raise InputError(
                f"scenario '{self.scenario.name}': no planet is old enough for a civilization by"
                " now; take a shorter evolution_delay or a greater longest_habitability"
            )
        return float(np.log(self.scenario.options["galaxies"] / planets))

    def _per_gyr(self) -> float:
        """Return the unit of the one factor that is a rate, per Gyr."""
        units = {name: unit for name in self.factors if (unit := self.scenario[name].unit)}
        if len(units) != 1:
            raise InputError(
                f"scenario '{self.scenario.name}': besides those in staying, one factor must be a"
                f" rate and the others pure numbers; with a unit are: {', '.join(units) or 'none'}"
            )
        (name,) = units
        return float(to_value(f"1 {units[name]}", "1 / Gyr", name))


def _draws(parameters: Mapping[str, FloatArray]) -> int:
    return next(iter(parameters.values())).size
