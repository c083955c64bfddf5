"""Weights: identities between theories, invariances, and what evidence must do."""

from __future__ import annotations

import warnings

import numpy as np
import pytest
import xarray as xr

import sfc_sim as sfc
from sfc_sim._core.effective import effective_sample_size
from sfc_sim._core.errors import InputError
from sfc_sim._core.quantiles import weighted_quantiles
from sfc_sim._core.weighted import weighted_mean
from sfc_sim.inference.evidence import NoneWithin, NotSettled
from sfc_sim.inference.theories import THEORIES
from tests.given import unmet, unseen


@pytest.fixture(scope="module")
def draws():
    return sfc.sample("cook2022-balanced", 6000, rng=11)


def quiet_weigh(draws, *args, **kwargs):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", sfc.EffectiveSampleSizeWarning)
        return sfc.weigh(draws, *args, **kwargs)


def log_weight(draws, theory, evidence="nothing-visible"):
    return quiet_weigh(draws, evidence, theories=[theory])["log_weight"].values[0]


@pytest.mark.parametrize("evidence", ["none", "not-engulfed", "nothing-visible"])
def test_weights_are_normalised(draws, evidence):
    weights = quiet_weigh(draws, evidence)
    assert list(weights.theory.values) == list(THEORIES)
    assert np.exp(weights.log_weight).sum("draw").values == pytest.approx(1.0)


def test_without_evidence_the_prior_is_flat(draws):
    weights = quiet_weigh(draws, "none", theories=["prior"])
    assert weights.ess.item() == pytest.approx(draws.sizes["draw"])


def test_adt_average_is_total_over_all_that_is_ever_taken(draws):
    gap = log_weight(draws, "adt-average") - log_weight(draws, "adt-total")
    expected = -np.log(-np.expm1(-np.exp(draws.log_covered_final.values)))
    # Logs of weights reach -1e8 in full worlds, where 1e-9 is below their rounding.
    sound = (draws.log_covered_final.values > -30) & (draws.log_seen_now.values < 5)
    shift = (gap - expected)[sound]
    assert shift - shift[0] == pytest.approx(0.0, abs=1e-9)


def test_adt_total_is_copies_times_stakes(draws):
    direct = (
        np.log(draws.expanding_fraction.values)
        + draws.log_observers_like_us.values
        - np.exp(draws.log_seen_now.values)
        + np.log(unseen(draws).volume_grabbed.values)
    )
    found = log_weight(draws, "adt-total")
    finite = np.isfinite(found) & (draws.log_seen_now.values < 5)
    assert (found - direct)[finite] == pytest.approx((found - direct)[finite][0], abs=1e-9)


def test_scale_of_observers_changes_nothing(draws):
    shifted = draws.copy()
    for name in ("log_observers_like_us",):
        shifted[name] = draws[name] + 300.0
    for theory in ("sia", "ssa-civilizations", "ssa-all", "adt-total"):
        assert log_weight(shifted, theory) == pytest.approx(log_weight(draws, theory), abs=1e-9)


def test_evidence_excludes_more_the_more_is_seen(draws):
    """Mass of the prior that survives: none >= not engulfed >= nothing visible."""
    not_engulfed = draws.unsaturated_now.mean().item()
    nothing_visible = draws.unseen_now.mean().item()
    assert 1.0 > not_engulfed > nothing_visible > 0.0


def test_at_light_speed_both_kinds_of_evidence_agree():
    scenario = sfc.load_scenario("cook2022-balanced").replace(expansion_speed=1.0)
    draws = sfc.sample(scenario, 2000, rng=2)
    for theory in ("prior", "sia", "adt-total"):
        one, other = (log_weight(draws, theory, e) for e in ("not-engulfed", "nothing-visible"))
        assert np.exp(one) == pytest.approx(np.exp(other), abs=1e-6)


def test_delay_beyond_earth_leaves_no_weight_but_keeps_the_draw():
    scenario = sfc.load_scenario("cook2022-balanced").replace(delay=sfc.Uniform(3.0, 6.0))
    draws = sfc.sample(scenario, 400, rng=2)
    late = draws.delay.values >= 4.5
    assert late.any()
    for theory in ("sia", "ssa-civilizations", "adt-total"):
        assert np.all(log_weight(draws, theory)[late] == -np.inf)


def test_few_effective_draws_warn(draws):
    with pytest.warns(sfc.EffectiveSampleSizeWarning, match="ssa-all.*k-hat"):
        sfc.weigh(draws, theories=["ssa-all"])


def test_effective_sample_size_of_known_weights():
    assert effective_sample_size(np.zeros(50)) == pytest.approx(50)
    assert effective_sample_size(np.array([0.0, -np.inf])) == pytest.approx(1)


def test_weighted_quantiles_of_equal_weights_are_ordinary():
    values = np.random.default_rng(1).normal(size=1001)
    found = weighted_quantiles(values, np.full(1001, 1 / 1001), [0.05, 0.5, 0.95])
    assert found == pytest.approx(np.quantile(values, [0.05, 0.5, 0.95]), abs=0.01)


def test_a_rare_event_is_carried_by_the_draws_in_which_it_happens(draws):
    weights = quiet_weigh(draws, theories=["prior", "adt-total"])
    table = sfc.summarize(draws, weights)
    row = table.sel(theory="adt-total")
    weight = np.exp(weights.log_weight.sel(theory="adt-total").values)
    here = weight[draws.intelligent_actual.values < 1]
    assert row.probability_alone_ess.item() == pytest.approx(here.sum() ** 2 / (here**2).sum())
    # What is common is carried by the rest: both sides must be known.
    weight = np.exp(weights.log_weight.sel(theory="prior").values)
    rest = weight[draws.intelligent_actual.values >= 1]
    found = table.probability_alone_ess.sel(theory="prior").item()
    assert found == pytest.approx(rest.sum() ** 2 / (rest**2).sum())


def test_no_event_in_all_draws_is_not_certainty(draws):
    few = draws.isel(draw=np.flatnonzero(draws.intelligent_actual.values < 1)[:200])
    table = sfc.summarize(few, quiet_weigh(few, "none", theories=["prior"]))
    assert table.probability_alone.item() == 1.0
    assert table.probability_alone_standard_error.item() == pytest.approx(1 / 200)


def quantile_by_hand(values, weight, at):
    """The least value with at least that much weight at or below it, by a plain loop."""
    total = 0.0
    for value, mass in sorted(zip(values, weight, strict=True)):
        total += mass
        if total >= at:
            return value
    return value


def test_counts_carry_the_interval_of_their_rank(draws):
    """One standard error of the weight below a quantile, each way (Woodruff 1952), by hand."""
    weights = quiet_weigh(draws, theories=["prior", "ssa-all"])
    table = sfc.summarize(draws, weights)
    for theory in ("prior", "ssa-all"):
        weight = np.exp(weights.log_weight.sel(theory=theory).values)
        number = draws.civilizations_actual.values
        for at in (0.05, 0.5, 0.95):
            row = table.sel(theory=theory, quantile=at)
            below = number <= row.civilizations_actual.item()
            error = np.sqrt(np.sum(weight**2 * (below - at) ** 2))
            low, high = at - error, at + error
            for name, rank in (("low", low), ("high", high)):
                expected = quantile_by_hand(number, weight, rank)
                assert row[f"civilizations_actual_{name}"].item() == pytest.approx(expected)
    low, high = np.log10(table.civilizations_actual_low), np.log10(table.civilizations_actual_high)
    width = (high - low).sel(quantile=0.5)
    # Few effective draws say less: the interval is wider, never narrower.
    assert width.sel(theory="ssa-all") > 2 * width.sel(theory="prior") > 0


def test_summary_reads_both_ways_of_being_alone(draws):
    table = sfc.summarize(draws, quiet_weigh(draws))
    gap = table.probability_alone - table.probability_alone_poisson
    assert ((gap >= -1e-12) & (gap < 0.03)).all()
    counts = table.civilizations_actual
    assert (counts.diff("quantile") >= 0).all()


def test_observations_multiply_the_weight(draws):
    """The chance of each, by its closed form, on top of that of the front."""
    number = 10.0**draws.log10_civilizations_now.values
    evidence = ["not-engulfed", NotSettled(1e3, 0.1), "none-within"]
    for theory in ("prior", "ssa-civilizations", "adt-total"):
        plain, both = (log_weight(draws, theory, e) for e in ("not-engulfed", evidence))
        chance = np.log(0.1 + 0.9 * np.exp(-1e3 * number)) - number * NoneWithin().rate
        gap = (both - plain - chance)[plain > -50]  # rounding of greater logs is above 1e-9
        assert gap == pytest.approx(gap[0], abs=1e-9)
        assert np.ptp(chance) > 1.0  # negative control: the chance is not flat


def test_weights_say_what_was_observed(draws):
    weights = quiet_weigh(draws, ["stars-searched", NotSettled()], theories=["prior"])
    assert weights.attrs["evidence"] == "none"
    assert weights.attrs["observations"] == (
        "no signal from 1,000 of 1e11 stars; galaxy not settled in 100 generations, 0.004 unseen"
    )
    assert quiet_weigh(draws, theories=["prior"]).attrs["observations"] == ""
    assert np.isfinite(sfc.saturation(draws, weights).recovered_share).all()
    assert np.isfinite(sfc.summarize(draws, weights).probability_alone).all()


def test_a_static_model_learns_from_an_empty_galaxy():
    """Pr(N < 1) of the headline model, .9906 by quadrature, within 4 standard errors."""
    static = sfc.sample("sandberg2018", 20_000, rng=5)
    weights = sfc.weigh(static, "empty-galaxy", theories=["prior"])
    weight = np.exp(weights.log_weight.values[0])
    below = (static.log10_civilizations_now.values < 0).astype(float)
    mean, error = weighted_mean(below, weight)
    assert abs(mean - 0.9906) < 4 * error
    assert below.mean() < 0.9906 - 4 * error  # negative control: the prior


def test_evidence_that_a_model_does_not_define_is_refused(draws):
    with pytest.raises(InputError, match=r"cook2022-balanced' gives no 'log_earth_likelihood'"):
        sfc.weigh(draws, ["not-engulfed", "earth-history"])


@pytest.mark.parametrize(
    ("kwargs", "message"),
    [
        ({"evidence": "none-witin"}, "did you mean 'none-within'"),
        ({"evidence": ["none", "not-engulfed"]}, "give one of"),
        ({"evidence": "nothing-visable"}, "did you mean 'nothing-visible'"),
        ({"theories": ["siaa"]}, "did you mean 'sia'"),
    ],
)
def test_unknown_names_offer_the_nearest(draws, kwargs, message):
    with pytest.raises(InputError, match=message):
        sfc.weigh(draws, **kwargs)


def test_quantiles_must_be_probabilities(draws):
    with pytest.raises(InputError, match="quantile is 95"):
        sfc.summarize(draws, quiet_weigh(draws), quantiles=[95])


def test_impossible_evidence_is_an_error():
    draws = xr.Dataset(
        {"log_seen_now": ("draw", [800.0]), "log_observers_like_us": ("draw", [0.0])}
    )
    with pytest.raises(ArithmeticError, match="the evidence excludes all worlds"):
        sfc.weigh(draws, theories=["prior"])


@pytest.mark.parametrize(
    "changes",
    [
        {"delay": 0.0, "delay_form": "exponential"},
        {"habitability_width": 0.05, "early_habitability": 0.0},
        {"habitability_onset": 50.0, "habitability_width": 0.05, "early_habitability": 0.0},
        {"step_time": 0.01, "completion": "hypoexponential"},
        {"longest_habitability": 4.6},
        {"expanding_fraction": 1e-300},
    ],
)
def test_corners_of_the_bounds_give_sound_worlds(changes):
    found = sfc.sample(sfc.load_scenario("cook2022-balanced").replace(**changes), 200, rng=1)
    assert (found.volume_marginal <= found.volume_grabbed * (1 + 1e-6)).all()
    assert (found.volume_grabbed <= found.volume_alone * (1 + 1e-6)).all()
    assert (found.log_intelligent_actual <= found.log_intelligent_potential + 1e-6).all()
    weights = quiet_weigh(found)
    assert np.isfinite(weights.ess).all()


def test_worlds_without_anyone_are_valid_and_empty():
    """Planets that stay habitable for less than the delay; and none has observers like us."""
    scenario = sfc.load_scenario("cook2022-balanced").replace(longest_habitability=3.0, delay=4.0)
    found = sfc.sample(scenario, 20, rng=1)
    assert (found.intelligent_potential == 0).all()
    for given in (unseen(found), unmet(found)):
        assert given.volume_grabbed.values == pytest.approx(found.volume_alone.values)
    assert quiet_weigh(found, theories=["prior"]).ess.item() == pytest.approx(20)
    with pytest.raises(ArithmeticError, match="theory 'sia' gives every draw weight zero"):
        sfc.weigh(found, theories=["sia"])


def test_weights_of_other_draws_are_refused(draws):
    others = sfc.sample("cook2022-balanced", 6000, rng=12)
    for use in (sfc.summarize, sfc.saturation):
        with pytest.raises(InputError, match="weights and draws do not match: seed"):
            use(draws, quiet_weigh(others))
    with pytest.raises(InputError, match="the indices of the draws differ"):
        sfc.summarize(draws.isel(draw=slice(0, 500)), quiet_weigh(draws))


@pytest.mark.parametrize("theories", [[], "sia", 3])
def test_theories_come_as_a_list(draws, theories):
    with pytest.raises(InputError, match="must be a list of names"):
        sfc.weigh(draws, theories=theories)


def test_the_wrong_dataset_says_which_is_wanted(draws):
    weights = quiet_weigh(draws)
    for call in (
        lambda: sfc.weigh(weights),
        lambda: sfc.summarize(weights, draws),
        lambda: sfc.saturation(weights, draws),
        lambda: sfc.value_adjustment(weights),
        lambda: sfc.history(weights),
        lambda: sfc.weigh(3),
    ):
        with pytest.raises(InputError, match=r"pass the Dataset of sfc_sim\."):
            call()
