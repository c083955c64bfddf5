"""Credence: the three rules on cases where they are known."""

from __future__ import annotations

import json
import warnings

import numpy as np
import pytest
import xarray as xr

import sfc_sim as sfc
from sfc_sim import plotting
from sfc_sim.inference.credence import check_credences
from sfc_sim.inference.evidence import variable_of
from sfc_sim.inference.theories import Theory


def report(discounts, stakes):
    names = ["prior", "sia", "adt-total"][: len(discounts)]
    discount = np.array(discounts)
    return xr.Dataset(
        {
            "extinction_discount": ("theory", discount),
            "extinction_multiplier": ("theory", 1.0 - discount),
            "volume_at_stake": ("theory", np.array(stakes)),
        },
        coords={"theory": names},
    )


HALF = {"prior": 0.25, "sia": 0.75}


def test_rules_on_two_theories():
    found = sfc.inference.aggregate(report([0.1, 0.8], [10.0, 1.0]), HALF).aggregated_discount
    assert found.sel(aggregation="favourite").item() == pytest.approx(0.8)
    exact = (0.25 * 10 * 0.1 + 0.75 * 1 * 0.8) / (0.25 * 10 + 0.75)
    assert found.sel(aggregation="expected-value").item() == pytest.approx(exact)
    spread = np.array([np.std([0.0, 0.9]), np.std([0.0, 0.2])])
    weight = np.array([0.25, 0.75]) / spread
    exact = weight @ [0.1, 0.8] / weight.sum()
    assert found.sel(aggregation="variance-normalised").item() == pytest.approx(exact)


def test_stakes_matter_to_expected_value_alone():
    few, many = (sfc.inference.aggregate(report([0.1, 0.8], [k, 1.0]), HALF) for k in (1.0, 100.0))
    moved = (few.aggregated_discount - many.aggregated_discount).values
    assert moved[0] == pytest.approx(0.0)
    assert moved[1] > 0.1
    assert moved[2] == pytest.approx(0.0)


@pytest.mark.parametrize("credences", [HALF, {"prior": 0.9, "sia": 0.1}])
def test_equal_theories_give_equal_results(credences):
    found = sfc.inference.aggregate(report([0.4, 0.4], [7.0, 7.0]), credences)
    assert found.aggregated_discount.values == pytest.approx(0.4)
    assert float(found.attrs["spread"]) == pytest.approx(0.0, abs=1e-12)


def test_a_theory_that_is_sure_is_all():
    found = sfc.inference.aggregate(report([0.1, 0.8], [3.0, 1.0]), {"prior": 0.0, "sia": 1.0})
    assert found.aggregated_discount.values == pytest.approx(0.8)


def test_order_does_not_matter():
    one, two = report([0.1, 0.8], [3.0, 1.0]), report([0.3, 0.5], [2.0, 1.0])
    ahead = sfc.inference.aggregate([(0.3, one), (0.7, two)], HALF)
    back = sfc.inference.aggregate([(0.7, two), (0.3, one)], HALF)
    assert ahead.aggregated_discount.values == pytest.approx(back.aggregated_discount.values)


def test_priorities_are_ranked():
    table = sfc.decision.priorities(report([0.1, 0.8], [3.0, 1.0]).assign(
        recovered_share=("theory", [0.1, 0.8])), rng=1)  # fmt: skip
    found = sfc.inference.aggregate(table, HALF)
    assert sorted(found["rank"].sel(aggregation="favourite").values) == list(range(1, 7))
    best = found["rank"].sel(intervention="takeover").values
    assert best.tolist() == [1, 1, 1]


@pytest.mark.parametrize(
    ("credences", "words"),
    [
        ({"prior": 0.5, "sia": 0.4}, "sum to 0.9"),
        ({"prior": -0.5, "sia": 1.5}, "0 or more"),
        ({"prior": 0.5, "sai": 0.5}, "sia"),
    ],
)
def test_errors_say_what_is_allowed(credences, words):
    with pytest.raises(sfc.InputError, match=words):
        sfc.inference.aggregate(report([0.1, 0.8], [3.0, 1.0]), credences)


def test_several_favourites_are_each_as_likely_to_be_acted_on():
    """The mean of their multipliers, whatever is at stake under each; order is nothing."""
    found = sfc.inference.aggregate(report([0.1, 0.8], [3.0, 1.0]), {"prior": 0.5, "sia": 0.5})
    favourite = found.aggregated_multiplier.sel(aggregation="favourite").item()
    assert favourite == pytest.approx(0.5 * (0.9 + 0.2))


def test_no_credences_are_asked_for():
    with pytest.raises(sfc.InputError, match="has no credences"):
        sfc.inference.aggregate(report([0.1, 0.8], [3.0, 1.0]))
    with pytest.raises(sfc.InputError, match="must sum to 1"):
        check_credences({})


class HalfSia(Theory):
    name = "half-sia"
    meaning = ""

    def log_factor(self, draws, front):
        return 0.5 * variable_of(draws, "log_observers_like_us")


def test_a_theory_of_the_users_own_is_one_like_any_other():
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", sfc.EffectiveSampleSizeWarning)
        study = sfc.assess("cook2022-balanced", 2000, theories=["prior", HalfSia()], rng=7)
        report = study.report
        believed = sfc.assess(
            "cook2022-balanced", 2000, theories={"prior": 0.5, HalfSia(): 0.5}, rng=7
        )
    assert believed.credences == {"prior": 0.5, "half-sia": 0.5}
    assert believed.report.aggregated_discount.notnull().all()
    assert report.recovered_share[0] < report.recovered_share[1]
    labels = [text.get_text() for text in plotting.discounts(study).get_yticklabels()]
    assert "half-sia" in labels


# The rules, from the draws.


@pytest.fixture(scope="module")
def half(believed):
    return believed.report


def test_options_are_those_one_can_choose(half):
    """Nothing and survival: .386 with 200,000 draws; with "nobody else" among them it was .303."""
    phi = half.extinction_multiplier.values
    weight = np.array([0.5, 0.2, 0.3])
    exact = 1.0 - (weight @ np.sign(phi)) / (weight @ (1.0 / np.abs(phi)))
    row = half.sel(aggregation="variance-normalised")
    assert row.aggregated_discount.item() == pytest.approx(exact, rel=1e-9)
    error = row.aggregated_discount_standard_error.item()
    assert abs(exact - 0.386) < 3.0 * error
    spread = np.std(np.column_stack([np.zeros(3), phi, np.ones(3)]), axis=1)
    before = 1.0 - (weight @ (phi / spread)) / (weight @ (1.0 / spread))
    assert abs(before - 0.386) > 3.0 * error  # negative control
    assert abs(before - 0.303) < 3.0 * error
    assert "that one can choose" in half.attrs["rules_of_aggregation"]


def test_expected_value_sets_copies_to_one(half):
    """By the volumes of one copy: 50 % in total utility comes to .05."""
    row = half.sel(aggregation="expected-value")
    stakes, weight = half.volume_at_stake.values, np.array([0.5, 0.2, 0.3])
    discount = half.extinction_discount.values
    exact = (weight * stakes) @ discount / (weight @ stakes)
    assert row.aggregated_discount.item() == pytest.approx(exact, rel=1e-9)
    assert row.aggregated_discount.item() == pytest.approx(0.05, abs=0.01)
    assert "copies set to one" in half.attrs["rules_of_aggregation"]


def test_error_of_the_discount_is_that_of_the_delta_method(half):
    """By hand: each theory's errors times the slopes of the rule, summed: at most."""
    weight, errors = np.array([0.5, 0.2, 0.3]), half.extinction_discount_standard_error.values
    phi, stakes = half.extinction_multiplier.values, half.volume_at_stake.values
    found = half.aggregated_discount_standard_error
    assert found.sel(aggregation="favourite").item() == pytest.approx(errors[0])
    linear = weight * stakes / (weight @ stakes)
    expected = found.sel(aggregation="expected-value").item()
    of_stakes = (half.volume_at_stake_standard_error / half.volume_at_stake).values
    slopes = np.abs(linear * (phi - linear @ phi))
    assert (slopes @ of_stakes) > 0.01 * expected
    assert expected == pytest.approx(linear @ errors + slopes @ of_stakes, rel=1e-3)
    slope = weight / phi**2 / (weight @ (1.0 / phi)) ** 2
    normalised = found.sel(aggregation="variance-normalised").item()
    assert normalised == pytest.approx(slope @ errors, rel=1e-2)


@pytest.mark.verification
def test_error_of_the_discount_is_that_of_repeats():
    """Twenty seeds know the spread to 16 %: between half of it (its own 3 errors) and twice."""
    found = []
    for seed in range(20):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", sfc.EffectiveSampleSizeWarning)
            one = sfc.assess(
                "cook2022-balanced", 4000, theories={"adt-total": 0.5, "prior": 0.5}, rng=seed
            ).report
        row = one.sel(aggregation="variance-normalised")
        found.append(
            (float(row.aggregated_discount), float(row.aggregated_discount_standard_error))
        )
    values, errors = np.array(found).T
    measured = errors.mean() / values.std(ddof=1)
    assert 0.5 < measured < 2.0
    assert not 0.5 < 0.3 * measured < 2.0  # negative control


@pytest.mark.filterwarnings("ignore::sfc_sim.EffectiveSampleSizeWarning")
@pytest.mark.verification
def test_error_by_expected_value_is_no_less_than_the_spread_of_repeats():
    """60 seeds: no less than the spread less 3 of its errors, 1 / sqrt(118), and at most 2.5.

    Negative control: with stakes that are known it is less.
    """
    belief, theories = {"prior": 0.05, "sia": 0.95}, ["prior", "sia"]
    aim = sfc.aim("cook2022-balanced", theories=theories, rng=1)
    rows = []
    for seed in range(60):
        made = sfc.assess("cook2022-balanced", 3000, theories=theories, rng=seed, aim=aim).report
        tables = made, made.drop_vars("volume_at_stake_standard_error")
        found = [sfc.inference.aggregate(each, belief) for each in tables]
        found = [each.sel(aggregation="expected-value") for each in found]
        errors = [each.aggregated_discount_standard_error.item() for each in found]
        rows.append((found[0].aggregated_discount.item(), *errors))
    values, told, known = np.array(rows).T
    least = values.std(ddof=1) * np.exp(-3.0 / np.sqrt(118.0))
    assert least < np.sqrt(np.mean(told**2)) < 2.5 * values.std(ddof=1)
    assert np.sqrt(np.mean(known**2)) < values.std(ddof=1)


def test_credence_in_average_utility_is_left_out_and_said():
    belief = {"adt-total": 0.4, "prior": 0.4, "adt-average": 0.2}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", sfc.EffectiveSampleSizeWarning)
        study = sfc.assess("cook2022-balanced", 2000, theories=belief, rng=7, aim=False)
        halves = {"adt-total": 0.5, "prior": 0.5}
        without = sfc.assess("cook2022-balanced", 2000, theories=halves, rng=7, aim=False)
    shares = [each.report.aggregated_discount.values for each in (study, without)]
    assert shares[0] == pytest.approx(shares[1])
    for found in (
        sfc.inference.aggregate(study),
        sfc.inference.aggregate(sfc.decision.priorities(study, rng=1)),
    ):
        assert found.attrs["no_discount"].startswith("adt-average weighs choices")
    with pytest.raises(sfc.InputError, match="put credence in another theory"):
        sfc.inference.aggregate(study, {"adt-average": 1.0})


def test_a_theory_to_which_survival_is_worth_nothing():
    found = sfc.inference.aggregate(report([1.0, 0.2], [3.0, 1.0]), HALF).aggregated_discount
    assert found.sel(aggregation="variance-normalised").item() == pytest.approx(1.0)


def test_errors_of_priorities_are_those_of_their_theories(half):
    """Each theory's own by expected value: linear in both, and at most the sum of the two."""
    table = sfc.decision.priorities(half, rng=1, interventions=["extinction", "takeover"])
    found = sfc.inference.aggregate(table).sel(aggregation="expected-value")
    credences = json.loads(half.attrs["credences"])
    names = table["theory"].values.tolist()
    stakes = np.array([credences[n] * table["volume_at_stake"].sel(theory=n).item() for n in names])
    linear, gains = stakes / stakes.sum(), table["priority"].values
    by_hand = linear @ table["priority_standard_error"].values
    parts = (table["volume_at_stake_standard_error"] / table["volume_at_stake"]).values
    by_hand = by_hand + (linear * parts) @ np.abs(gains - linear @ gains)
    np.testing.assert_allclose(found["priority_standard_error"].values, by_hand, rtol=1e-3)
    assert found["aggregated_discount_standard_error"].item() > 0.0
