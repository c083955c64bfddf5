"""Numbers that the literature publishes on Earth's history, computed again from a scenario.

Each takes the scenario and returns a number; `sfc_sim.literature.measures` gives them their names
in the claims of scenario files.
"""

from __future__ import annotations

import math

import numpy as np

from sfc_sim._core.arguments import validated
from sfc_sim._core.errors import InputError, unknown
from sfc_sim._core.quadrature import gauss_legendre
from sfc_sim._core.typing import FloatArray
from sfc_sim.appearance.timeline import Timeline
from sfc_sim.earth.history import bayes_factor_fast_life as bayes_factor
from sfc_sim.earth.history import (
    expected_step_times,
    log_likelihood,
    rates_of,
    steps_from_slack,
    steps_of,
)
from sfc_sim.earth.single_step import rate_posterior
from sfc_sim.scenario.catalogue import scenario_of
from sfc_sim.scenario.correlation import independent
from sfc_sim.scenario.scenario import Scenario

__all__ = [
    "bayes_factor_fast_life",
    "evidence_for_never",
    "expected_slack",
    "hard_steps_from_slack",
    "lineweaver_bound",
    "rare_common_odds",
    "spiegel_cdf",
]


@validated()
def spiegel_cdf(scenario: Scenario | str, at: float) -> float:
    """Return the posterior probability that the rate of the only step is below 10**at per Gyr.

    Examples
    --------
    >>> from sfc_sim.scenario import load_scenario
    >>> round(spiegel_cdf(load_scenario("spiegel2012-optimistic-log"), at=0.0), 4)
    0.0912
    """
    return float(rate_posterior(scenario, [10.0**at])["cdf"].item())


@validated()
def bayes_factor_fast_life(
    scenario: Scenario | str, emergence: float, window: float | None = None
) -> float:
    """Return the Bayes factor of fast over slow life, given life by `emergence` (Gyr).

    Within the window of the scenario, or another (Gyr).

    Examples
    --------
    >>> from sfc_sim.scenario import load_scenario
    >>> round(bayes_factor_fast_life(load_scenario("kipping2020"), emergence=0.304), 3)
    8.724
    """
    scenario = scenario_of(scenario)
    return bayes_factor(scenario.options["window"] if window is None else window, emergence)


@validated(slack="Gyr")
def hard_steps_from_slack(scenario: Scenario | str, slack: float) -> float:
    """Return the number of hard steps whose mean slack is `slack` (Gyr) in the window.

    Examples
    --------
    >>> from sfc_sim.scenario import load_scenario
    >>> hard_steps_from_slack(load_scenario("carter2008"), slack=1.0)
    4.5
    """
    scenario = scenario_of(scenario)
    return steps_from_slack(scenario.options["window"], slack)


@validated()
def expected_slack(scenario: Scenario | str) -> float:
    """Return the mean time left, Gyr, when the last of the scenario's steps, all hard, is passed.

    Examples
    --------
    >>> from sfc_sim.scenario import load_scenario
    >>> round(expected_slack(load_scenario("carter2008")), 3)
    0.917
    """
    scenario = scenario_of(scenario)
    window = float(scenario.options["window"])
    return window - float(expected_step_times(len(steps_of(scenario)), window)[-1])


@validated()
def rare_common_odds(scenario: Scenario | str, step: str) -> float:
    """Return the posterior odds that most windows would not see a step, against that most would.

    The chance to pass it within the window, were it the only step, lies below or above one half.

    Examples
    --------
    >>> from sfc_sim.scenario import load_scenario
    >>> round(rare_common_odds(load_scenario("kipping2020"), step="intelligence"), 2)
    2.38
    """
    scenario = scenario_of(scenario)
    half = _marginal(scenario, step, np.array([0.0, 0.5])), _marginal(scenario, step, _UPPER)
    return half[0] / half[1]


@validated()
def evidence_for_never(scenario: Scenario | str, step: str) -> float:
    """Return the Bayes factor of a rate of nil of one step over the prior of its rate.

    The ratio of posterior to prior density at a chance of nil (Savage & Dickey), or the mean
    likelihood there over the mean likelihood.

    Examples
    --------
    >>> from sfc_sim.scenario import load_scenario
    >>> round(evidence_for_never(load_scenario("kipping2020"), step="intelligence"), 2)
    1.55
    """
    scenario = scenario_of(scenario)
    everywhere = _marginal(scenario, step, np.array([0.0, 0.5])) + _marginal(scenario, step, _UPPER)
    # At a prior probability of 1e-6 the chance is 2e-12: as good as nil.
    at_nil = np.array([0.5e-6, 1.5e-6])
    return _marginal(scenario, step, at_nil) / 1e-6 / everywhere


_UPPER = np.array([0.5, 1.0])


def _place(scenario: Scenario, step: str) -> int:
    names = list(steps_of(scenario))
    if step not in names:
        raise unknown("step", step, names)
    return names.index(step)


def _marginal(scenario: Scenario, step: str, ends: FloatArray) -> float:
    """Return the likelihood integrated over the prior, one step within ends of probability."""
    place, steps = _place(scenario, step), steps_of(scenario)
    independent(scenario, steps, "an integral over the prior of two steps", "leave it out")
    if len(steps) != 2:
        raise InputError(f"scenario '{scenario.name}' has {len(steps)} steps; needs 2")
    # 24 panels of 8 nodes hold the integral of the objective prior to 1e-6.
    nodes, weights = gauss_legendre(8)
    edges = np.linspace(0.0, 1.0, 25)
    u = (edges[:-1, None] + np.diff(edges)[:, None] * nodes).ravel()
    weight = np.tile(weights, 24) / 24.0
    own = ends[0] + (ends[1] - ends[0]) * u
    grid = np.meshgrid(own, u, indexing="ij")
    by_place = grid if place == 0 else grid[::-1]
    drawn = {
        name: parameter.distribution.ppf(v)
        for (name, parameter), v in zip(steps.items(), by_place, strict=True)
    }
    likelihood = np.exp(log_likelihood(scenario, rates_of(scenario, drawn)))
    return float((ends[1] - ends[0]) * (weight @ likelihood @ weight))


@validated()
def lineweaver_bound(
    scenario: Scenario | str, latest: float, chance: str = "window", probability: float = 0.05
) -> float:
    """Return the lower bound of the chance of life within the window, given its early start.

    Parameters
    ----------
    scenario : Scenario or str
        Gives the window (Gyr), within which life is known to have started.
    latest : float
        Life had started by then, Gyr.
    chance : {"window", "emergence"}
        Of which the prior is uniform: the chance of life within the window, or by `latest`.
    probability : float, default 0.05
        Posterior probability below the bound.

    Examples
    --------
    >>> from sfc_sim.scenario import load_scenario
    >>> scenario = load_scenario("lineweaver2002")
    >>> [round(lineweaver_bound(scenario, t, c), 3) for c in ("window", "emergence")
    ...     for t in (0.6, 0.2)]
    [0.058, 0.071, 0.101, 0.474]
    """
    scenario = scenario_of(scenario)
    window = float(scenario.options["window"])
    over = {"window": window, "emergence": latest}
    if chance not in over:
        raise unknown("chance", chance, over)
    from scipy.optimize import brentq

    timeline, (nodes, weights) = Timeline((0.0,), (latest,), window), gauss_legendre(64)

    def mass(top: float) -> float:
        rates = -np.log1p(-top * nodes) / over[chance]
        return float(top * (weights @ np.exp(timeline.log_likelihood(rates[:, None]))))

    total = mass(1.0)
    found = brentq(lambda q: mass(q) / total - probability, 1e-9, 1.0 - 1e-9)
    return -math.expm1(math.log1p(-found) * window / over[chance])
