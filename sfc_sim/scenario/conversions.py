"""What turns an estimate's own quantity into the one unit that all are compared in.

An estimate may count civilizations per galaxy, at one time, and be silent on how many of them
take to space. Each step from there to expanding civilizations per observable universe, ever, is a
named choice here, and results carry it.

Examples
--------
>>> print(Conversions(ever="turnover"))
galaxies own, ever turnover, duration 10, emergence 1, alone poisson
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from math import inf
from numbers import Real
from typing import TYPE_CHECKING, final

import numpy as np

from sfc_sim._core.errors import InputError, choice, number, shown, unknown
from sfc_sim._core.typing import FloatArray
from sfc_sim.distributions import Fixed
from sfc_sim.scenario.assumed import AssumedLike, assumed_of
from sfc_sim.scenario.catalogue import scenario_of
from sfc_sim.scenario.scenario import Scenario

if TYPE_CHECKING:
    import xarray as xr

__all__ = ["ALONE", "AS_PUBLISHED", "EVER", "GALAXIES", "Conversions", "is_static"]

GALAXIES = {
    "sandberg2018": 1e10,  # Sandberg, Drexler & Ord 2018: alone is N < 1e-10 per galaxy
    "frank2016": 7e10,  # Frank & Sullivan 2016, table 1
    "ord2021": 4e11,  # Ord 2021: observable galaxies, recalled
    "conselice2016": 2e12,  # Conselice et al. 2016, abstract: above 1e6 solar masses, to z = 8
}
"""Galaxies in the observable universe, by who says so."""

EVER = ("as-now", "turnover")
ALONE = ("poisson", "below-one")


def _positive(name: str, value: object, most: float) -> None:
    if not 0.0 < number(value, name) <= most:
        allowed = "a positive number" if most == inf else f"a number in (0, {most:g}]"
        raise InputError(f"{name} is {shown(value)}; it must be {allowed}")


@final
@dataclass(frozen=True)
class Conversions:
    """What turns an estimate's own quantity into the one unit, where it does not say itself.

    Parameters
    ----------
    galaxies : str, float or None, default None
        Galaxies in the observable universe: a name of `GALAXIES`, or a number; None is the
        scenario's own.
    ever : {"as-now", "turnover"}, default "as-now"
        What the number ever is, of an estimate of the number now: the same, or that times
        duration / lifetime, as many as are born within the duration at the rate of today. The
        lifetime is what the option ``staying`` names, or the factor ``lifetime``; an estimate
        that has neither stays as it is.
    duration : float, default 10
        For how long civilizations are born at that rate, Gyr.
    emergence : float, default 1
        Fraction of civilizations that take to space, in (0, 1], for an estimate without dates
        that names none: one whose expanding fraction is fixed at 1.
    alone : {"poisson", "below-one"}, default "poisson"
        What counts as none: no other in a Poisson number, E[exp(-number)], or a number
        below one.

    Raises
    ------
    InputError
        If a value is not allowed.

    Examples
    --------
    >>> from sfc_sim.scenario import load_scenario
    >>> f"{Conversions(galaxies='conselice2016').galaxies_of(load_scenario('sandberg2018')):g}"
    '2e+12'
    """

    galaxies: str | float | None = None
    ever: str = "as-now"
    duration: float = 10.0
    emergence: float = 1.0
    alone: str = "poisson"

    def __post_init__(self) -> None:
        if isinstance(self.galaxies, str):
            if self.galaxies not in GALAXIES:
                raise unknown("number of galaxies", self.galaxies, GALAXIES)
        elif self.galaxies is not None:
            _positive("galaxies", self.galaxies, inf)
        choice(self.ever, "reading of ever", EVER)
        choice(self.alone, "reading of alone", ALONE)
        _positive("duration", self.duration, inf)
        _positive("emergence", self.emergence, 1.0)

    def galaxies_of(self, scenario: Scenario | str) -> float:
        """Return the number of galaxies: the one chosen, or the scenario's own."""
        scenario = scenario_of(scenario)
        if self.galaxies is None:
            return float(scenario.appearance.galaxies)
        return GALAXIES[self.galaxies] if isinstance(self.galaxies, str) else float(self.galaxies)

    def applied_to(self, scenario: Scenario | str) -> Scenario:
        """Return the scenario as converted before it is sampled: its galaxies and emergence.

        Examples
        --------
        >>> from sfc_sim.scenario import load_scenario
        >>> static = Conversions(emergence=0.1).applied_to(load_scenario("sandberg2018"))
        >>> static["expanding_fraction"].distribution
        Fixed(value=0.1)
        """
        scenario = scenario_of(scenario)
        changes: dict[str, float] = {}
        if "galaxies" in scenario.options:
            galaxies = self.galaxies_of(scenario)
            changes = {"galaxies": galaxies} if galaxies != scenario.appearance.galaxies else {}
        if self.emergence != 1.0 and is_static(scenario) and not names_emergence(scenario):
            changes["expanding_fraction"] = self.emergence
        return scenario.replace(**changes) if changes else scenario

    def __str__(self) -> str:
        """Return every choice in a line, as results carry it."""
        words = {entry.name: getattr(self, entry.name) for entry in fields(self)}
        words["galaxies"] = "own" if self.galaxies is None else self.galaxies
        return ", ".join(
            f"{name} {value:g}" if isinstance(value, Real) else f"{name} {value}"
            for name, value in words.items()
        )


AS_PUBLISHED = Conversions()
"""Every estimate in its own terms."""


def is_static(scenario: AssumedLike) -> bool:
    """Tell whether a scenario has a number of civilizations, and no dates."""
    scenario = assumed_of(scenario)
    return "fronts" not in scenario.gives


def counts_now(scenario: Scenario) -> bool:
    """Tell whether what a scenario without dates counts are civilizations now, not ever."""
    return is_static(scenario) and scenario.appearance.alive_now


def names_emergence(scenario: Scenario) -> bool:
    """Tell whether an estimate says itself which fraction of civilizations expands."""
    return scenario["expanding_fraction"].distribution != Fixed(1.0)


def log_turnover(
    draws: xr.Dataset, scenario: Scenario, conversions: Conversions
) -> FloatArray | float:
    """Return the log of the number ever over the number that an estimate counts.

    Examples
    --------
    >>> import sfc_sim as sfc
    >>> scenario = sfc.load_scenario("sandberg2018").replace(lifetime="1 Myr")
    >>> draws = sfc.sample(scenario, 1, rng=1)
    >>> print(np.exp(log_turnover(draws, scenario, Conversions(ever="turnover"))).round(6))
    [10000.]
    """
    if conversions.ever == "as-now" or not counts_now(scenario):
        return 0.0
    found: FloatArray | float = np.log(conversions.duration)
    names = scenario.options["staying"] or {"lifetime"} & scenario.parameters.keys()
    for name in names:
        if not (draws[name].values > 0.0).all():
            raise InputError(
                f"{name}: scenario '{scenario.name}' has lifetimes of 0, so the number ever"
                " cannot be derived from the number now: use ever='as-now'"
            )
        found = found - np.log(draws[name].values)
    units = [unit for name in names if (unit := scenario[name].unit)]
    if not units:
        return 0.0
    return np.asarray(found - sum(np.log(in_gyr(unit)) for unit in units))


def in_gyr(unit: str) -> float:
    """Return a unit of time in Gyr.

    Examples
    --------
    >>> round(in_gyr("yr"), 15)
    1e-09
    """
    from sfc_sim.units import to_value

    return float(to_value(f"1 {unit}", "Gyr", "lifetime"))
