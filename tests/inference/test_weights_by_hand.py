"""Every weight and statistic of beliefs again, from the variables of the draws in plain numpy.

Each test names the wrong variable that it would notice: the negative control is that one.
"""

from __future__ import annotations

import numpy as np
import pytest

import sfc_sim as sfc
from sfc_sim.inference.theories import ReferenceClassWarning
from tests.given import unmet, unseen

pytestmark = pytest.mark.filterwarnings("ignore::sfc_sim.EffectiveSampleSizeWarning")
EVIDENCE = ("none", "not-engulfed", "nothing-visible")


@pytest.fixture(scope="module")
def draws():
    return sfc.sample("cook2022-balanced", 4000, rng=11)


def spared(draws, evidence):
    """Chance of the evidence: exp(-V), of the volume that must be empty."""
    covered = {"none": None, "not-engulfed": "covered_now", "nothing-visible": "seen_now"}[evidence]
    if covered is None:
        return np.ones(draws.sizes["draw"])
    with np.errstate(over="ignore"):
        return np.exp(-np.exp(draws[f"log_{covered}"].values))


def weight_of(draws, theory, evidence):
    weights = sfc.weigh(draws, evidence, theories=[theory])
    return np.exp(weights.log_weight.values[0])


def shares(parts):
    return parts / parts.sum()


def given(draws, evidence):
    return (unseen if evidence == "nothing-visible" else unmet)(draws)


def grabbed(draws, evidence):
    return given(draws, evidence).volume_grabbed.values


def far(one, other):
    return np.abs(one - other).sum() > 1e-3


@pytest.mark.parametrize("evidence", EVIDENCE)
def test_self_sampling_is_among_those_that_come_to_be(draws, evidence):
    """Over the actual number of civilizations; the potential one is the wrong one."""
    like_us = draws.observers_like_us.values * spared(draws, evidence)
    found = weight_of(draws, "ssa-civilizations", evidence)
    expected = shares(like_us / draws.intelligent_actual.values)
    assert found == pytest.approx(expected, rel=1e-9, abs=1e-15)
    assert far(found, shares(like_us / draws.intelligent_potential.values))


@pytest.mark.parametrize("evidence", EVIDENCE)
def test_observers_of_all_space_fill_what_is_taken(draws, evidence):
    """Over 1 - exp(-V); V, overlaps counted, is the wrong one."""
    like_us = draws.observers_like_us.values * spared(draws, evidence)
    with np.errstate(over="ignore"):
        covered = np.exp(draws.log_covered_final.values)
    found = weight_of(draws, "ssa-all", evidence)
    expected = shares(like_us / -np.expm1(-covered))
    assert found == pytest.approx(expected, rel=1e-9, abs=1e-15)
    if evidence != "nothing-visible":  # given that, the worlds that weigh are all but empty
        assert far(found, shares(like_us / covered))


@pytest.mark.parametrize("evidence", EVIDENCE)
def test_decision_weights_hold_the_volumes_of_their_evidence(draws, evidence):
    """Without a front in sight A is greater; of "none" it is that of no front here."""
    copies = draws.expanding_fraction.values * draws.observers_like_us.values
    copies = copies * spared(draws, evidence)
    found = weight_of(draws, "adt-total", evidence)
    expected = shares(copies * grabbed(draws, evidence))
    assert found == pytest.approx(expected, rel=1e-9, abs=1e-15)
    other = "none" if evidence == "nothing-visible" else "nothing-visible"
    assert far(found, shares(copies * grabbed(draws, other)))


@pytest.mark.parametrize("evidence", EVIDENCE)
def test_worlds_hold_the_volumes_of_their_evidence(draws, evidence):
    weights = sfc.weigh(draws, evidence, theories=["prior"])
    world = sfc.sampling.worlds(draws, weights, "prior")
    other = "none" if evidence == "nothing-visible" else "nothing-visible"
    for name in ("volume_grabbed", "volume_marginal"):
        np.testing.assert_array_equal(world[name], given(draws, evidence)[name].values)
        assert np.any(world[name] != given(draws, other)[name].values)


def test_a_scenario_that_holds_the_sky_is_not_weighed_by_it_again():
    """Births pinned by our date are given an empty sky: evidence changes no weight."""
    draws = sfc.sample("hanson2021-n6-half", 500, rng=1)
    assert draws.attrs["given"] == "nothing-visible"
    assert (draws.log_seen_now > -1).any()  # negative control: there is something to weigh by
    for evidence in EVIDENCE:
        found = weight_of(draws, "prior", evidence)
        assert found == pytest.approx(np.full(500, 1 / 500), rel=1e-12)


def test_the_timeline_of_earth_is_left_out_by_none_alone():
    draws = sfc.sample("snyder-beattie2021", 500, rng=1)
    assert weight_of(draws, "prior", "none") == pytest.approx(np.full(500, 1 / 500), rel=1e-12)
    likelihood = shares(np.exp(draws.log_earth_likelihood.values))
    assert weight_of(draws, "prior", "earth-history") == pytest.approx(likelihood, rel=1e-9)
    assert far(likelihood, np.full(500, 1 / 500))


@pytest.mark.parametrize("theory", ["prior", "ssa-civilizations", "adt-total"])
def test_summaries_by_hand(draws, theory):
    """Means and errors of both readings; exp(-1.01 N) and errors about 0 are the wrong ones."""
    weights = sfc.weigh(draws, theories=[theory])
    table = sfc.summarize(draws, weights).squeeze("theory")
    weight = np.exp(weights.log_weight.values[0])
    number = draws.intelligent_actual.values
    readings = {
        "probability_alone": (number < 1).astype(float),
        "probability_alone_poisson": np.exp(-number),
        "share_of_reach": (unseen(draws).volume_grabbed / draws.volume_alone).values,
    }
    for name, reading in readings.items():
        mean = weight @ reading
        error = np.sqrt(np.sum((weight * (reading - mean)) ** 2))
        assert table[name].item() == pytest.approx(mean, rel=1e-10)
        assert table[f"{name}_standard_error"].item() == pytest.approx(error, rel=1e-7)
    assert abs(table.probability_alone_poisson.item() - weight @ np.exp(-1.01 * number)) > 1e-7


@pytest.mark.parametrize("theory", ["prior", "ssa-civilizations", "adt-total", "adt-average"])
def test_weights_sum_to_one_to_rounding(draws, theory):
    assert abs(weight_of(draws, theory, "nothing-visible").sum() - 1.0) < 1e-12


def test_few_expanders_leave_observers_out_of_the_reference_class():
    """`ssa-all` counts those in fronts alone: where few expand, these are not nearly all."""
    scenario = sfc.load_scenario("cook2022-balanced").replace(expanding_fraction=1e-3)
    draws = sfc.sample(scenario, 200, rng=1)
    with pytest.warns(ReferenceClassWarning, match=r"expanding_fraction is 0\.001"):
        sfc.weigh(draws, theories=["ssa-all"])
    import warnings

    with warnings.catch_warnings():
        warnings.simplefilter("error", ReferenceClassWarning)
        sfc.weigh(draws, theories=["prior"])
        sfc.weigh(sfc.sample("cook2022-balanced", 200, rng=1), theories=["ssa-all"])
