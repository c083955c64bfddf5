"""Credence: the three rules on cases where they are known."""

from __future__ import annotations

import warnings

import numpy as np
import pytest
import xarray as xr

import sfc_sim as sfc
from sfc_sim import plotting
from sfc_sim.anthropics import THEORIES, Theory
from sfc_sim.credence import check_credences
from sfc_sim.observations import variable_of


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
    found = sfc.aggregate(report([0.1, 0.8], [10.0, 1.0]), HALF).aggregated_discount
    assert found.sel(aggregation="favourite").item() == pytest.approx(0.8)
    exact = (0.25 * 10 * 0.1 + 0.75 * 1 * 0.8) / (0.25 * 10 + 0.75)
    assert found.sel(aggregation="expected-value").item() == pytest.approx(exact)
    spread = np.array([np.std([0.0, 0.9, 1.0]), np.std([0.0, 0.2, 1.0])])
    weight = np.array([0.25, 0.75]) / spread
    exact = weight @ [0.1, 0.8] / weight.sum()
    assert found.sel(aggregation="variance-normalised").item() == pytest.approx(exact)


def test_stakes_matter_to_expected_value_alone():
    few, many = (sfc.aggregate(report([0.1, 0.8], [k, 1.0]), HALF) for k in (1.0, 100.0))
    moved = (few.aggregated_discount - many.aggregated_discount).values
    assert moved[0] == pytest.approx(0.0)
    assert moved[1] > 0.1
    assert moved[2] == pytest.approx(0.0)


@pytest.mark.parametrize("credences", [HALF, {"prior": 0.9, "sia": 0.1}])
def test_equal_theories_give_equal_results(credences):
    found = sfc.aggregate(report([0.4, 0.4], [7.0, 7.0]), credences)
    assert found.aggregated_discount.values == pytest.approx(0.4)
    assert float(found.attrs["spread"]) == pytest.approx(0.0, abs=1e-12)


def test_a_theory_that_is_sure_is_all():
    found = sfc.aggregate(report([0.1, 0.8], [3.0, 1.0]), {"prior": 0.0, "sia": 1.0})
    assert found.aggregated_discount.values == pytest.approx(0.8)


def test_order_does_not_matter():
    one, two = report([0.1, 0.8], [3.0, 1.0]), report([0.3, 0.5], [2.0, 1.0])
    ahead = sfc.aggregate([(0.3, one), (0.7, two)], HALF)
    back = sfc.aggregate([(0.7, two), (0.3, one)], HALF)
    assert ahead.aggregated_discount.values == pytest.approx(back.aggregated_discount.values)


def test_priorities_are_ranked():
    table = sfc.priorities(report([0.1, 0.8], [3.0, 1.0]).assign(
        recovered_share=("theory", [0.1, 0.8])), rng=1)  # fmt: skip
    found = sfc.aggregate(table, HALF)
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
        sfc.aggregate(report([0.1, 0.8], [3.0, 1.0]), credences)


def test_several_favourites_are_each_as_likely_to_be_acted_on():
    """The mean of their multipliers, whatever is at stake under each; order is nothing."""
    found = sfc.aggregate(report([0.1, 0.8], [3.0, 1.0]), {"prior": 0.5, "sia": 0.5})
    favourite = found.aggregated_multiplier.sel(aggregation="favourite").item()
    assert favourite == pytest.approx(0.5 * (0.9 + 0.2))


def test_no_credences_are_asked_for():
    with pytest.raises(sfc.InputError, match="has no credences"):
        sfc.aggregate(report([0.1, 0.8], [3.0, 1.0]))
    with pytest.raises(sfc.InputError, match="must sum to 1"):
        check_credences({})


def test_a_theory_of_the_users_own_is_asked_for_by_name(monkeypatch):
    half = Theory(lambda draws, _: 0.5 * variable_of(draws, "log_observers_like_us"), False, "")
    monkeypatch.setitem(THEORIES, "half-sia", half)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", sfc.EffectiveSampleSizeWarning)
        report = sfc.assess("cook2022-balanced", 2000, theories=["prior", "half-sia"], rng=7)
        assert "half-sia" not in sfc.assess("cook2022-balanced", 2000, rng=7).theory.values
    assert report.recovered_share[0] < report.recovered_share[1]
    labels = [text.get_text() for text in plotting.discounts(report).get_yticklabels()]
    assert "half-sia" in labels
