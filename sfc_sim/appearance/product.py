"""A Drake product with dates: planets form, and after a delay some bear a civilization.

A static estimate says how many there are; with a history of planet formation and the delay of
evolution it says when they appear, and can meet expanding fronts like any other model.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from types import MappingProxyType
from typing import TYPE_CHECKING, ClassVar, Literal, final

import numpy as np

from sfc_sim._core.errors import InputError
from sfc_sim._core.typing import FloatArray
from sfc_sim.appearance.base import Appearance, Dated
from sfc_sim.appearance.saturation import Saturated, log10_saturated
from sfc_sim.appearance.shared import (
    EARLY,
    FUTURE,
    GALAXIES_ALLOWED,
    HISTORY,
    Early,
    Future,
    History,
)
from sfc_sim.constants import AGE_OF_UNIVERSE, EARTH_AGE
from sfc_sim.distributions import Distribution
from sfc_sim.distributions.declarations import Free, Interval, option

if TYPE_CHECKING:
    from sfc_sim.cosmology.background import Background
    from sfc_sim.expansion.base import Batch
    from sfc_sim.planets.delays import Delayed
    from sfc_sim.scenario.parameter import Parameter

__all__ = ["Drake", "DrakeRate"]

_LN10 = np.log(10.0)


@dataclass(frozen=True)
class Drake(Appearance):
    """A product of independent factors, of any names (the Drake equation).

    Parameters
    ----------
    saturating : tuple of str
        Factors x that are mean numbers of events and enter as the probability 1 - exp(-x).
    galaxies : float
        Galaxies per observable universe.
    counts : {"now", "ever", "planet"}
        What the product counts: civilizations per galaxy now (divided by the factors in
        `staying`, the times that they stay, it is the present rate), per galaxy that ever lived
        by now, or per planet, of which `planets_per_universe` formed by now.
    staying : tuple of str
        Factors that are the time for which a civilization stays detectable.
    living : tuple of str
        Factors whose product is the fraction of habitable planets with life.
    planets_per_universe : float
        Earth-like planets formed by now per observable universe.
    planet_history, future_planets, early_universe : str
        When planets form, where fronts follow; see `sfc_sim.planets.formation` and
        `sfc_sim.planets.habitability`.
    evolution_delay, delay_spread : float
        Mean and standard deviation of the age of a planet when its civilization appears, Gyr.
    longest_habitability : float
        Longest time that any planet stays habitable, Gyr.

    Examples
    --------
    >>> Drake(counts="ever").options["counts"]
    'ever'
    """

    name = "drake"
    title = "Product of factors (Drake equation)"
    source = "Drake 1961; Sandberg, Drexler & Ord 2018"
    free: ClassVar[tuple[Free, ...]] = (
        Free(Interval("[0, 1]"), "a fraction", "*_fraction", ""),
        Free(Interval("[0, 1]"), "a probability", "*_probability", ""),
        Free(Interval("[0, inf)"), "a factor of N"),
    )

    saturating: tuple[str, ...] = option(
        (),
        "factors x that are mean numbers of events and enter as the probability 1 - exp(-x)",
        factors=True,
    )
    galaxies: float = option(
        1e10,
        "galaxies per observable universe; 1e10 (Sandberg et al.), 7e10 (Frank & Sullivan 2016),"
        " 2e12 (Conselice et al. 2016)",
        GALAXIES_ALLOWED,
    )
    counts: Literal["now", "ever", "planet"] = option(
        "now",
        "what the product counts: civilizations per galaxy now, per galaxy that ever lived by now,"
        " or per planet",
    )
    staying: tuple[str, ...] = option(
        (),
        "factors that are the time for which a civilization stays detectable: the rest of the"
        " product is a rate",
        factors=True,
    )
    living: tuple[str, ...] = option(
        (),
        "factors whose product is the fraction of habitable planets with life",
        factors=True,
    )
    planets_per_universe: float = option(
        1.2e20,
        "Earth-like planets formed by now per observable universe, where the product counts per"
        " planet; 1e20 per 1e13 Mpc^3 (Behroozi & Peeples 2015)",
        "(0, inf)",
    )
    planet_history: History = option("madau2014", f"{HISTORY}, for dates of appearance")
    future_planets: Future = option("formula", FUTURE)
    evolution_delay: float = option(
        4.55, "mean age of a planet when its civilization appears, Gyr", "(0, 100]"
    )
    delay_spread: float = option(
        1.0, "standard deviation of that age, Gyr; the law is normal, cut at 0", "[0.05, 5]"
    )
    longest_habitability: float = option(
        np.inf,
        "longest time that any planet stays habitable, Gyr, of which shares rise as its square"
        " root; inf: no limit",
        "(0, inf]",
    )
    early_universe: Early = option("none", EARLY)

    @property
    def gives(self) -> frozenset[str]:
        """A number, and with the history of planets dates; perhaps the number alive now."""
        now = {"log10_civilizations_now"} if self.alive_now else set[str]()
        return frozenset({"dates", "number", "civilizations", "product", *now})

    @property
    def alive_now(self) -> bool:
        """Whether the product counts civilizations alive now."""
        return self.counts == "now"

    def bound(self, factors: Mapping[str, Parameter], background: Background) -> DrakeRate:
        """Return the model with its factors."""
        return self.of(factors)

    def check_dates(self, factors: Mapping[str, Parameter]) -> None:
        """Refuse a product that gives no rate.

        Raises
        ------
        InputError
            If it counts those alive now and no factor says how long they stay, or there is none
            besides those that do.
        """
        if self.alive_now and not self.staying:
            raise InputError(
                "it counts civilizations alive now, but no factor is their lifetime: name it in the"
                " option staying, or set the option counts to 'ever' or 'planet'"
            )
        if not self.of(factors).factors:
            raise InputError(
                "it has no factor besides those in staying; it needs one that says how often"
                " civilizations appear"
            )

    def of(self, factors: Mapping[str, Parameter]) -> DrakeRate:
        """Return the product of some factors."""
        return DrakeRate(**self.options, parts=MappingProxyType(dict(factors)))


@final
@dataclass(frozen=True)
class DrakeRate(Drake, Dated):
    """The number, and the rate of appearance, that a product of factors stands for.

    Parameters
    ----------
    parts : mapping of str to Parameter
        The factors; by keyword, after the options of `Drake`.

    Notes
    -----
    The rate is linear in every factor; `amount` names the one with the widest prior.

    Examples
    --------
    >>> from sfc_sim.scenario import load_scenario
    >>> scenario = load_scenario("sandberg2018-expanding")
    >>> model = scenario.appearance.of(scenario.factors)
    >>> model.amount
    'abiogenesis'
    """

    tested = True

    parts: Mapping[str, Parameter] = field(kw_only=True, hash=False)

    @property
    def laws(self) -> dict[str, tuple[Distribution, bool]]:
        """All factors: name, distribution, whether it saturates."""
        return {name: (p.distribution, name in self.saturating) for name, p in self.parts.items()}

    def log10_product(self, log10_factors: Mapping[str, FloatArray]) -> FloatArray:
        """Return log10 of the product, given log10 of the factors before saturation."""
        terms = [
            log10_saturated(log10_factors[name]) if saturating else log10_factors[name]
            for name, (_, saturating) in self.laws.items()
        ]
        return np.asarray(sum(terms[1:], start=terms[0]), dtype=float)

    def log_number(self, batch: Batch) -> FloatArray:
        """Return the log number per observable-universe-size volume, shape (draw,)."""
        many = self.planets_per_universe if self.counts == "planet" else self.galaxies
        logs = {name: batch.log10(name) for name in self.laws}
        return np.asarray((self.log10_product(logs) + np.log10(many)) * _LN10)

    @property
    def factors(self) -> dict[str, tuple[Distribution, bool]]:
        """Factors of the rate: name, distribution, whether it saturates."""
        return {name: law for name, law in self.laws.items() if name not in self.staying}

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

    def law_of_amount(self, parameters: Mapping[str, Parameter]) -> Distribution | Saturated:
        """Return the prior of that factor, saturated where it is."""
        distribution, saturating = self.factors[self.amount]
        return Saturated(distribution) if saturating else distribution

    @cached_property
    def delayed(self) -> Delayed:
        """Planets and the delay."""
        from sfc_sim.planets.delays import Delayed, DelayLaw
        from sfc_sim.planets.formation import PlanetHistory

        return Delayed(
            PlanetHistory(self.planet_history, self.future_planets),
            DelayLaw(self.evolution_delay, self.delay_spread),
            self.longest_habitability,
            self.early_universe,
        )

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

    def log_life(self, parameters: Mapping[str, FloatArray]) -> FloatArray:
        """Return the log of the product of the factors in `living`; see `Appearance`."""
        if not self.living:
            raise InputError("its product names no factors of life: name them in the option living")
        found = self._log_product(parameters, self.living)
        if np.any(found > 0.0):
            raise InputError(
                f"the factors of life ({', '.join(self.living)}) are above 1 together; a fraction"
                " of planets is not: name others in the option living"
            )
        return found

    def log_stay(self, parameters: Mapping[str, FloatArray]) -> FloatArray:
        """Return the log of the product of the factors in `staying`, yr; see `Appearance`."""
        from sfc_sim.units import to_value

        if not (self.staying and self.alive_now):
            raise InputError(
                "its product does not say for how long the civilizations that it counts now stay"
                " detectable: name the factor in the option staying"
            )
        units = " ".join(unit for name in self.staying if (unit := self.parts[name].unit))
        year = to_value(f"1 {units}", "yr", "the product of the factors in staying")
        return self._log_product(parameters, self.staying) + float(np.log(year))

    def _log_product(
        self, parameters: Mapping[str, FloatArray], names: tuple[str, ...]
    ) -> FloatArray:
        return np.asarray(np.sum([self._log_factor(parameters, name) for name in names], axis=0))

    def _log_factor(self, parameters: Mapping[str, FloatArray], name: str) -> FloatArray:
        saturating = self.laws[name][1]
        with np.errstate(divide="ignore"):
            log10 = np.log10(parameters[name])
        return np.asarray(_LN10 * (log10_saturated(log10) if saturating else log10))

    @cached_property
    def _log_scale(self) -> float:
        """Factor from the delayed rate to births per Gyr and volume."""
        if self.counts == "planet":
            return float(np.log(self.planets_per_universe))
        if self.counts == "ever":
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
                "no planet is old enough for a civilization by now; take a shorter evolution_delay"
                " or a greater longest_habitability"
            )
        return float(np.log(self.galaxies / planets))

    def _per_gyr(self) -> float:
        """Return the unit of the one factor that is a rate, per Gyr."""
        from sfc_sim.units import to_value

        units = {name: unit for name in self.factors if (unit := self.parts[name].unit)}
        if len(units) != 1:
            raise InputError(
                "besides those in staying, one factor must be a rate and the others pure numbers;"
                f" these have a unit: {', '.join(units) or 'none'}"
            )
        (name,) = units
        return float(to_value(f"1 {units[name]}", "1 / Gyr", name))


def _draws(parameters: Mapping[str, FloatArray]) -> int:
    return next(iter(parameters.values())).size
