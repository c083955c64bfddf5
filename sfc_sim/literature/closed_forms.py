"""Measures that need no draws: each takes a scenario, and arguments of a claim, and is exact.

They read a scenario for what a closed form or a quadrature of the package wants; all physics is in
the modules below. `sfc_sim.literature.measures` adds those that rest on draws.

Examples
--------
>>> from sfc_sim.scenario import load_scenario
>>> round(CLOSED_FORMS["drake-median"](load_scenario("sandberg2018")), 3)
0.32
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Literal

import numpy as np

from sfc_sim._core.errors import InputError, shown, unknown
from sfc_sim.constants import MEGAPARSECS_PER_GLY
from sfc_sim.cosmology.background import Background
from sfc_sim.distributions import Fixed
from sfc_sim.drake import lognormal
from sfc_sim.drake.distribution import drake_distribution
from sfc_sim.earth import measures as earth
from sfc_sim.expansion.galaxies import galaxies_per_civilization, quiet_loud_ratio
from sfc_sim.expansion.power_law_universe import PowerLawUniverse
from sfc_sim.expansion.probes import Reach
from sfc_sim.expansion.reach import horizons
from sfc_sim.literature.short_forms import SHORT_FORMS
from sfc_sim.scenario.scenario import Scenario

__all__ = ["CLOSED_FORMS"]


def fixed(scenario: Scenario, name: str) -> float:
    """Return the value of a parameter that can have no other.

    Examples
    --------
    >>> from sfc_sim.scenario import load_scenario
    >>> fixed(load_scenario("sandberg2018"), "expansion_speed")
    1.0
    """
    distribution = scenario[name].distribution
    if not isinstance(distribution, Fixed):
        raise InputError(f"{name} is {shown(distribution)}; this measure needs a fixed one")
    return float(distribution.value)


def _drake(name: str, words: str) -> Callable[[Scenario], float]:
    """Return the measure that reads a statistic of the product of factors."""

    def measure(scenario: Scenario) -> float:
        return float(drake_distribution(scenario)[name])

    measure.__doc__ = f"Return the {words} of factors, civilizations per galaxy."
    return measure


def drake_probability_below(scenario: Scenario, below: float) -> float:
    """Return the probability that the product of factors is less than a number."""
    return 1.0 - lognormal.probability_above(scenario, below)


def _lognormal(name: str) -> Callable[[Scenario], float]:
    """Return the measure that reads the log-normal law that the product tends to."""

    def measure(scenario: Scenario) -> float:
        return float(getattr(lognormal.lognormal_approximation(scenario), name))

    measure.__doc__ = f"Return the {name} of the log-normal law that the product tends to."
    return measure


def pessimism_line(_: Scenario, planets: float, species: float = 1.0) -> float:
    """Return the probability per planet at which so many species are expected among planets."""
    return lognormal.pessimism_line(planets, species)


def horizon(scenario: Scenario, name: str) -> float:
    """Return one of Ord's (2021) horizons of today, Gly."""
    known = horizons(Background.named(scenario.cosmology))
    if name not in known:
        raise unknown("horizon", name, known)
    return known[name]


def _reached(scenario: Scenario, name: str, speed: float | None = None) -> float:
    """Return an outcome of the probes of a scenario, or of as many of another speed."""
    launched = fixed(scenario, "launch_speed") if speed is None else speed
    background = Background.named(scenario.cosmology)
    model = scenario.expansion
    if not isinstance(model, Reach):
        raise InputError(f"scenario '{scenario.name}' does not model how far probes get")
    return float(model.outcomes(background, np.array([launched]))[name][0])


def reach_radius(scenario: Scenario) -> float:
    """Return the comoving radius that the probes ever reach, Mpc."""
    return _reached(scenario, "reach_radius") * MEGAPARSECS_PER_GLY.value


def reach_volume_ratio(scenario: Scenario, speed: float) -> float:
    """Return the volume that the probes ever reach over that of probes of another speed."""
    return _reached(scenario, "reach_volume") / _reached(scenario, "reach_volume", speed)


def reachable_galaxies(scenario: Scenario) -> float:
    """Return the number of today's galaxies that the probes ever reach."""
    return _reached(scenario, "reachable_galaxies")


def delay_loss(scenario: Scenario, years: float) -> float:
    """Return the share of the affectable volume that is lost by waiting, to first order."""
    background = Background.named(scenario.cosmology)
    # Today a = 1: light sent a year later falls short by one light-year, in comoving length.
    return 3.0 * years * 1e-9 / float(background.event_horizon(background.age))


def universe(scenario: Scenario, n: float | None, speed: float | None) -> PowerLawUniverse:
    """Return the power-law universe of a scenario, or one of another power or speed."""
    return PowerLawUniverse(
        fixed(scenario, "power") if n is None else n,
        fixed(scenario, "expansion_speed") if speed is None else speed,
    )


def filled_at_birth(
    scenario: Scenario,
    seen_nobody: bool = False,
    n: float | None = None,
    speed: float | None = None,
) -> float:
    """Return the mean fraction of space taken when a random civilization is born."""
    return universe(scenario, n, speed).filled_fraction(seen_nobody=seen_nobody)


def nobody_in_sight(
    scenario: Scenario, n: float | None = None, speed: float | None = None
) -> float:
    """Return the probability that a birth sees nobody."""
    return universe(scenario, n, speed).probability_nothing_visible


def visible_at_birth(
    scenario: Scenario, n: float | None = None, speed: float | None = None
) -> float:
    """Return the mean number of civilizations that a birth sees."""
    return universe(scenario, n, speed).mean_visible()


def galaxies_held(
    scenario: Scenario,
    convention: Literal["corrected", "published-simulator", "published-script"] = "corrected",
    n: float | None = None,
    speed: float | None = None,
) -> float:
    """Return the mean number of galaxies that a civilization ends up with."""
    return galaxies_per_civilization(universe(scenario, n, speed), convention=convention)


def quiet_per_loud(
    scenario: Scenario,
    where: Literal["light-cone", "galaxy"],
    lifetime: float | None = None,
    convention: Literal["corrected", "published"] = "corrected",
    n: float | None = None,
    speed: float | None = None,
) -> float:
    """Return the quiet civilizations per expanding one at which one quiet is expected there."""
    law = universe(scenario, n, speed)
    return quiet_loud_ratio(law, where, lifetime=lifetime, convention=convention)


def origin_quantile(
    scenario: Scenario,
    at: float,
    seen_nobody: bool = False,
    our_date: Literal["median", "random"] = "median",
    n: float | None = None,
    speed: float | None = None,
) -> float:
    """Return a quantile of the date of birth, Gyr."""
    law = universe(scenario, n, speed)
    return float(law.birth_time(at, seen_nobody=seen_nobody, our_date=our_date))


def wait_quantile(
    scenario: Scenario,
    at: float,
    rule: Literal["midpoint", "published"] = "midpoint",
    our_date: Literal["median", "random"] = "median",
    n: float | None = None,
    speed: float | None = None,
) -> float:
    """Return a quantile of the time from birth until fronts meet, Gyr."""
    return float(universe(scenario, n, speed).waiting_time(at, rule=rule, our_date=our_date))


CLOSED_FORMS: Mapping[str, Callable[..., float]] = MappingProxyType(
    {
        **SHORT_FORMS,
        "drake-mean": _drake("mean", "mean of the product"),
        "drake-median": _drake("median", "median of the product"),
        "drake-probability-none": _drake("probability_none", "mean of exp(-N) over the product N"),
        "drake-probability-below": drake_probability_below,
        "drake-probability-above": lognormal.probability_above,
        "lognormal-mean": _lognormal("mean"),
        "lognormal-sd": _lognormal("sd"),
        "lognormal-median": _lognormal("median"),
        "lognormal-mode": _lognormal("mode"),
        "distance-rule": lognormal.distance_rule,
        "pessimism-line": pessimism_line,
        "horizon": horizon,
        "reach-radius": reach_radius,
        "reach-volume-ratio": reach_volume_ratio,
        "reachable-galaxies": reachable_galaxies,
        "delay-loss": delay_loss,
        "filled-at-birth": filled_at_birth,
        "nobody-in-sight": nobody_in_sight,
        "visible-at-birth": visible_at_birth,
        "galaxies-per-civilization": galaxies_held,
        "quiet-loud-ratio": quiet_per_loud,
        "origin-quantile": origin_quantile,
        "wait-quantile": wait_quantile,
        "spiegel-cdf": earth.spiegel_cdf,
        "bayes-factor-fast-life": earth.bayes_factor_fast_life,
        "steps-from-slack": earth.hard_steps_from_slack,
        "expected-slack": earth.expected_slack,
        "rare-common-odds": earth.rare_common_odds,
        "evidence-for-never": earth.evidence_for_never,
        "lineweaver-bound": earth.lineweaver_bound,
        **SHORT_FORMS,
    }
)
