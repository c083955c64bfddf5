"""Errors of a mixture: how many draws each scenario has is given, not drawn."""

from __future__ import annotations

import warnings
from dataclasses import replace

import numpy as np
import pytest

import sfc_sim as sfc
from sfc_sim._core.quantiles import quantile_interval, weighted_quantiles
from sfc_sim._core.strata import Strata, error_of
from sfc_sim.analysis import value_of_information
from sfc_sim.analysis.assessment import Settings, draw_for
from sfc_sim.analysis.cells import Stop, Within, points
from sfc_sim.analysis.paired import paired_change
from sfc_sim.decision import relevance, saturation
from sfc_sim.decision.drivers import drivers
from sfc_sim.inference import summarize
from sfc_sim.inference.theories import theories_of
from sfc_sim.scenario.assumed import assumed_of

PAIR = {"mills2025": 0.5, "cook2022-balanced": 0.5}
PRIOR = theories_of(["prior"])
NAME = "probability_alone"
MIDDLE = (0.25, 0.5, 0.75)


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


def test_a_quantile_moves_as_the_shares_below_it_in_each_stratum():
    rng = np.random.default_rng(7)
    place = np.repeat([0, 1], [300, 100])
    sample, weight = rng.normal(3.0 * place), np.repeat([1.0, 2.0], [300, 100]) / 500.0
    strata = Strata.of(place)
    middle, low, high = quantile_interval(sample, weight, [0.3], strata=strata)
    shares = [0.6, 0.4]  # of the weight, given
    below = [sample[place == k] <= middle for k in (0, 1)]
    variance = [np.var(each, ddof=1) / each.size for each in below]
    error = np.sqrt(np.dot(np.square(shares), variance))
    ends = weighted_quantiles(sample, weight, [0.3 - error, 0.3 + error])
    assert [low.item(), high.item()] == ends.tolist()
    wider = quantile_interval(sample, weight, [0.3])
    assert wider[1] < low
    assert wider[2] > high


def test_some_draws_of_strata_know_how_many_all_are():
    influence, place = np.array([0.5, 0.25, -0.75, 0.0, 0.0]), np.array([0, 0, 0, 0, 1])
    some = influence != 0.0
    whole = error_of(influence, Strata.of(place))
    assert error_of(influence[some], Strata.of(place).at(some)) == pytest.approx(whole, rel=1e-14)
    assert error_of(influence[some], Strata.of(place[some])) > whole


def in_parts(study):
    cells = [Within("expansion_speed", 0.0, 0.5), Within("expansion_speed", 0.5, 1.1)]
    return points(study, cells, Stop(None, None), lambda *_: None)[0, :, 1]


def of_drivers(study):
    return [each.error for each in drivers(study.draws, study.weights)["prior"]]


def of_change(study):
    other = sfc.assess(
        PAIR, 4000, evidence="none", rng=7, aim=False, theories=["prior"], similarity=0.5
    )
    return paired_change(other, study).extinction_discount_change_standard_error.values


@pytest.mark.parametrize(
    "errors",
    [
        lambda study: np.log(summarize(study, quantiles=MIDDLE).civilizations_actual_high.values),
        lambda study: saturation(study).recovered_mean_standard_error.values,
        lambda study: np.log(saturation(study, quantiles=MIDDLE).rivals_low.values),
        lambda study: relevance(study).recovered_share_standard_error.values,
        lambda study: value_of_information(study).value_of_information_standard_error.values,
        in_parts,
        of_drivers,
        of_change,
    ],
)
def test_every_error_knows_the_strata(errors):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", sfc.EffectiveSampleSizeWarning)
        study = sfc.assess(PAIR, 4000, evidence="none", rng=7, aim=False, theories=["prior"])
        plain = study.draws.copy()
        del plain["scenario"].attrs["strata"]
        of_one = np.asarray(errors(replace(study, draws=plain)))
        own = np.asarray(errors(study))
    known = np.isfinite(own)
    assert known.any()
    assert (np.abs(own - of_one) > 1e-6 * np.abs(of_one))[known].any()
    assert own[known] == pytest.approx(of_one[known], rel=0.5)


@pytest.mark.verification
def test_ends_of_quantiles_are_the_spread_of_repeats():
    """200 repeats, as below; the median is the number that the two scenarios share."""
    rows = []
    for seed in range(200):
        draws, weights = drawn(PAIR, 600, 1000 + seed)
        plain = draws.copy()
        del plain["scenario"].attrs["strata"]
        found = [summarize(each, weights, quantiles=[0.5]) for each in (draws, plain)]
        ends = [
            np.log10(each.civilizations_actual_high / each.civilizations_actual_low).item() / 2.0
            for each in found
        ]
        rows.append((np.log10(found[0].civilizations_actual.item()), *ends))
    values, own, of_one = np.array(rows).T
    spread = values.std(ddof=1)
    assert np.sqrt(np.mean(own**2)) == pytest.approx(spread, rel=0.15)
    assert np.sqrt(np.mean(of_one**2)) > 1.3 * spread


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
