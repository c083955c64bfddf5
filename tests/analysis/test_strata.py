"""Errors of a mixture: how many draws each scenario has is given, not drawn."""

from __future__ import annotations

import warnings

import numpy as np
import pytest

import sfc_sim as sfc
from sfc_sim.analysis.assessment import Settings, draw_for
from sfc_sim.inference import summarize
from sfc_sim.inference.theories import theories_of
from sfc_sim.scenario.assumed import assumed_of

PAIR = {"mills2025": 0.5, "cook2022-balanced": 0.5}
PRIOR = theories_of(["prior"])
NAME = "probability_alone"


def drawn(pair, draws, seed):
    """Return draws and weights, from the prior and with no evidence."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", sfc.EffectiveSampleSizeWarning)
        settings = Settings("none", PRIOR)
        found, _ = draw_for(assumed_of(pair), settings, None, draws, seed, "random", False, None)
        return found, sfc.weigh(found, "none", theories=PRIOR)


def as_of_one(draws, weights) -> float:
    """Return the error as if which scenario a draw is of were drawn too."""
    weight = np.exp(weights.log_weight.values[0])
    alone = draws.log_intelligent_potential.values < 0.0
    return float(np.sqrt(np.sum((weight * (alone - weight @ alone)) ** 2)))


def test_the_error_is_that_of_the_means_of_the_scenarios():
    draws, weights = drawn(PAIR, 600, 7)
    alone = draws.log_intelligent_potential.values < 0.0
    which = draws.scenario.values
    squares = [0.25 * np.var(alone[which == k], ddof=1) / (which == k).sum() for k in (0.0, 1.0)]
    found = summarize(draws, weights)
    assert found[f"{NAME}_standard_error"].item() == pytest.approx(np.sqrt(sum(squares)), rel=1e-9)
    assert found[f"{NAME}_standard_error"].item() < 0.9 * as_of_one(draws, weights)


def test_scenarios_that_assume_the_same_are_one_stratum():
    twin = sfc.load_scenario("cook2022-balanced").replace(name="twin")
    mixture = assumed_of({"cook2022-balanced": 0.3, "mills2025": 0.3, twin: 0.4})
    assert mixture.strata == [0, 1, 0]
    draws, weights = drawn({"cook2022-balanced": 0.5, twin: 0.5}, 100, 7)
    error = summarize(draws, weights)[f"{NAME}_standard_error"].item()
    assert error == pytest.approx(as_of_one(draws, weights), rel=1e-12)


@pytest.mark.verification
def test_errors_are_the_spread_of_repeats():
    """200 repeats: their spread is known to 5 %, so errors as of one sample are told from it."""
    rows = []
    for seed in range(200):
        draws, weights = drawn(PAIR, 600, 1000 + seed)
        found = summarize(draws, weights)
        errors = found[f"{NAME}_standard_error"].item(), as_of_one(draws, weights)
        rows.append((found[NAME].item(), *errors))
    values, own, of_one = np.array(rows).T
    spread = values.std(ddof=1)
    assert np.sqrt(np.mean(own**2)) == pytest.approx(spread, rel=0.15)
    assert np.sqrt(np.mean(of_one**2)) > 1.15 * spread
