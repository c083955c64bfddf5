"""Measures of a line or two: what follows from a prior, a rate or an option of a scenario.

Each takes a scenario, and arguments of a claim, and is exact; `sfc_sim.literature.closed_forms`
gives them their names.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Final, Literal

from sfc_sim._core.errors import choice, number
from sfc_sim.drake.distribution import factors_of
from sfc_sim.planets.hosts import host_lifetime
from sfc_sim.scenario.scenario import Scenario

__all__ = ["SHORT_FORMS"]

# Solar masses between which lifetimes of stars are known.
LIGHTEST, HEAVIEST = 0.08, 3.0


def prior_between(scenario: Scenario, of: str, low: float, high: float) -> float:
    """Return the prior probability that a parameter lies between two numbers.

    Examples
    --------
    >>> from sfc_sim.scenario import load_scenario
    >>> round(prior_between(load_scenario("cook2022-balanced"), "delay", 0.0, 0.67), 2)
    0.5
    """
    below, above = scenario[of].distribution.cdf([low, high])
    return float(above - below)


def prior_density_ratio(scenario: Scenario, of: str, at: float, over: float) -> float:
    """Return the prior density of a parameter at a number over that at another.

    Examples
    --------
    >>> from sfc_sim.scenario import load_scenario
    >>> round(prior_density_ratio(load_scenario("cook2022-balanced"), "delay", at=1.0, over=2.0), 9)
    2.0
    """
    upper, lower = scenario[of].distribution.logpdf([at, over])
    return math.exp(upper - lower)


def product_end(scenario: Scenario, end: Literal["least", "greatest"]) -> float:
    """Return the least or the greatest product of the factors, civilizations per galaxy.

    Examples
    --------
    >>> from sfc_sim.scenario import load_scenario
    >>> round(product_end(load_scenario("drake1961-low"), "greatest"), 9)
    20.0
    """
    place = ("least", "greatest").index(choice(end, "end", ("least", "greatest")))
    ends = [
        -math.expm1(-prior.support[place]) if saturating else prior.support[place]
        for prior, saturating in factors_of(scenario).values()
    ]
    return math.prod(ends)


def median_wait(_: Scenario, per_gyr: float) -> float:
    """Return the time in which something that happens at a rate has happened with chance 1/2, Myr.

    Examples
    --------
    >>> from sfc_sim.scenario import load_scenario
    >>> round(median_wait(load_scenario("drake1961-low"), per_gyr=1000.0), 3)
    0.693
    """
    return 1000.0 * math.log(2.0) / number(per_gyr, "per_gyr", 0.0)


def planets_per_galaxy(scenario: Scenario, over: float = 1.0) -> float:
    """Return the Earth-like planets of a galaxy that a scenario assumes, over a number.

    Examples
    --------
    >>> from sfc_sim.scenario import load_scenario
    >>> round(planets_per_galaxy(load_scenario("kipping2020"), over=1e10), 3)
    1.2
    """
    options = scenario.options
    return float(options["planets_per_universe"] / options["galaxies"]) / over


def lightest_host(_: Scenario, lifetime: float) -> float:
    """Return the mass of the star that shines for so long (Gyr), solar masses.

    Examples
    --------
    >>> from sfc_sim.scenario import load_scenario
    >>> round(lightest_host(load_scenario("cook2022-balanced"), lifetime=10.0), 3)
    1.0
    """
    from scipy.optimize import brentq

    ends = LIGHTEST, HEAVIEST
    longest, shortest = map(host_lifetime, ends)
    wanted = number(lifetime, "lifetime", shortest, longest)
    return float(brentq(lambda mass: host_lifetime(mass) - wanted, *ends))


def trade_share(_: Scenario, falls_at: float, least: float = 1.0) -> float:
    """Return the share of trades that return at least so much, if returns fall as exp(-k x).

    Examples
    --------
    >>> from sfc_sim.scenario import load_scenario
    >>> round(trade_share(load_scenario("cook2022-balanced"), falls_at=1.0), 2)
    0.37
    """
    return math.exp(-number(falls_at, "falls_at", 0.0) * number(least, "least", 0.0))


SHORT_FORMS: Final[Mapping[str, Callable[..., float]]] = MappingProxyType(
    {
        "prior-between": prior_between,
        "prior-density-ratio": prior_density_ratio,
        "product-end": product_end,
        "median-wait": median_wait,
        "planets-per-galaxy": planets_per_galaxy,
        "lightest-host": lightest_host,
        "trade-share": trade_share,
    }
)
"""Measures by name."""
