"""Successors on Earth in what the answer hangs on: premises, tornado, value of information."""

from __future__ import annotations

import warnings
from functools import partial

import numpy as np
import pytest
import xarray as xr

import sfc_sim as sfc
from sfc_sim.analysis import conditional, discount_after, premises, tornado, value_of_information
from sfc_sim.decision import Cause, Causes, relevance
from sfc_sim.decision.aftermath import aftermath
from sfc_sim.inference import LifeSearched
from sfc_sim.plotting import conditional as drawn

NOBODY = Causes({"a": Cause(0.25), "b": Cause(0.75, value=3.0, delay=1.0)})
MINE = Causes({
    "machine": Cause(0.5, sfc.Uniform(0, 1), value=-0.4),
    "war": Cause(0.5, successor=0.2),
})  # fmt: skip


@pytest.fixture(scope="module")
def study():
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", sfc.EffectiveSampleSizeWarning)
        return sfc.assess(
            "cook2022-balanced", 1500, rng=7, aim=False, theories=["prior"], threads=1
        )


def counted(discount):
    """R + (1 - rho) D of MINE, by hand."""
    return 0.5 * 0.5 * -0.4 + 0.5 * 0.2 + (1.0 - 0.25 - 0.1) * discount


def test_without_successors_nothing_moves(study):
    for ask in (tornado, value_of_information):
        xr.testing.assert_equal(ask(study), ask(study, causes=NOBODY))
    only = ["value of others", "statistic"]
    now, then = (premises(study, only=only, causes=each) for each in (None, NOBODY))
    rows = now.sizes["row"]
    np.testing.assert_array_equal(then.extinction_discount[:rows], now.extinction_discount)
    np.testing.assert_array_equal(then.extinction_discount[rows:], now.extinction_discount[0])


def test_every_row_of_a_tornado_counts_them(study):
    now, then = tornado(study), tornado(study, causes=MINE)
    known = now.input.values.tolist()
    discounts = then.extinction_discount.sel(input=known)
    np.testing.assert_allclose(discounts, counted(now.extinction_discount), rtol=1e-12)
    assert float(then.attrs["base"]) == pytest.approx(counted(float(now.attrs["base"])))
    assert then.attrs["causes"] == "own"
    # The chance of a machine that spreads: .05 below its tenth percentile, .95 above its ninetieth.
    base = float(now.attrs["base"])
    row = then.sel(input="machine successor").extinction_discount.values
    by_hand = [0.5 * (r * -0.4 + (1 - r) * base) + 0.5 * (0.2 + 0.8 * base) for r in (0.05, 0.95)]
    assert row == pytest.approx(by_hand, rel=1e-9)


@pytest.mark.parametrize("how", [{"bins": 3}, {"values": [1.0, 4.0]}])
def test_a_curve_counts_them(study, how):
    by = "expansion_speed" if "bins" in how else "delay"
    now, then = (conditional(study, by, causes=each, **how) for each in (None, MINE))
    np.testing.assert_allclose(
        then.extinction_discount, counted(now.extinction_discount), rtol=1e-12
    )
    error = "extinction_discount_standard_error"
    np.testing.assert_allclose(then[error], 0.65 * now[error], rtol=1e-12)
    assert then.attrs["causes"] == "own"
    none = conditional(study, by, causes=NOBODY, **how)
    np.testing.assert_array_equal(none.extinction_discount, now.extinction_discount)


def test_a_curve_by_what_is_uncertain_of_causes(study):
    base = study.report.extinction_discount.item()
    found = conditional(study, "machine successor", bins=4, causes=MINE)
    chances = np.array([0.125, 0.375, 0.625, 0.875])
    assert found.value.values == pytest.approx(chances)
    by_hand = 0.5 * (chances * -0.4 + (1 - chances) * base) + 0.5 * (0.2 + 0.8 * base)
    assert found.extinction_discount.values[0] == pytest.approx(by_hand, rel=1e-9)
    # Its mean over the law is the discount itself.
    assert found.extinction_discount.values.mean() == pytest.approx(counted(base), rel=1e-9)
    assert drawn(found).get_xlabel() == "machine successor"
    with pytest.raises(sfc.InputError, match="'machine successor' is of the causes: leave out"):
        conditional(study, "machine successor", values=[0.1], causes=MINE)
    with pytest.raises(sfc.InputError, match="unknown input 'machine successor'"):
        conditional(study, "machine successor")


def test_findings_count_them(study):
    found = LifeSearched(planets=1, found=1, false_positive=0.1)
    life = sfc.assess("finnveden2019", 1500, rng=7, aim=False, theories=["prior"], threads=1)
    now, then = (discount_after(life, found, causes=each) for each in (None, MINE))
    np.testing.assert_allclose(then.extinction_discount, counted(now.extinction_discount))
    for name in ("extinction_discount_change", "extinction_discount_change_standard_error"):
        np.testing.assert_allclose(then[name], 0.65 * now[name])
    # The errors of a posterior of Earth's dates stay, and go along with what changes.
    earth = discount_after(life, found, causes="ord2020")
    left = aftermath("ord2020", sfc.Background.named("Planck18"))
    change = earth["extinction_discount_change"]
    np.testing.assert_allclose(
        change, earth.extinction_discount - earth.extinction_discount[0], atol=1e-12
    )
    unsure = float((left.share * left.error).sum()) * now["extinction_discount_change"]
    scaled = (1.0 - left.anyone.mean()) * now["extinction_discount_change_standard_error"]
    np.testing.assert_allclose(
        earth["extinction_discount_change_standard_error"], np.hypot(scaled, unsure)
    )


def test_stakes_of_survival_count_them(study):
    ways = ["extinction", "correlated", "copies-total"]
    now, then = (relevance(study, implementations=ways, causes=each) for each in (None, MINE))
    lost = 1.0 - now.extinction_multiplier
    multipliers = 1.0 - counted(lost).sel(implementation=ways[:2])
    np.testing.assert_allclose(then.extinction_multiplier[:2], multipliers, rtol=1e-9)
    np.testing.assert_array_equal(then.changed[2], now.changed[2])
    none = relevance(study, implementations=ways, causes=NOBODY)
    np.testing.assert_array_equal(none.changed, now.changed)


def test_premises_count_them_and_ask_what_else_may_come(study):
    now, then = (premises(study, only=["value of others"], causes=each) for each in (None, MINE))
    rows = now.sizes["row"]
    found = then.extinction_discount.values
    np.testing.assert_allclose(found[:rows], counted(now.extinction_discount), rtol=1e-12)
    assert then.alternative.values[rows:].tolist() == ["nobody on Earth after us", "machine", "war"]
    base = now.extinction_discount.values[0]
    assert found[rows:] == pytest.approx(
        [base, 0.5 * -0.4 + 0.5 * base, 0.2 + 0.8 * base], rel=1e-12
    )
    assert "causes of extinction" in sfc.report.text(then)


def test_what_is_uncertain_of_causes_is_worth_knowing(study):
    """A machine worth -9 or 9 by a toss decides between survival and alignment; nothing else."""
    coin = Causes({"machine": Cause(1.0, 1.0, value=sfc.Discrete([-9.0, 9.0], [0.5, 0.5]))})
    found = value_of_information(study, causes=coin)
    worth = found.value_of_information.to_series()
    # Survival is worth u (1 - q): 10 u or -8 u; alignment the same always: u on average.
    assert worth["machine value"] > 3.0
    others = worth.drop(["machine value", "everything"]).dropna()
    errors = found.value_of_information_standard_error.to_series()
    assert (others <= 4 * errors[others.index] + 0.2).all()


def test_a_study_that_counts_causes_already_is_refused(study):
    from dataclasses import replace

    again = replace(study, report=study.report.assign_attrs(causes="ord2020"))
    asks = [tornado, premises, value_of_information, sfc.decision.priorities]
    asks += [partial(conditional, by="delay"), partial(discount_after, outcomes="silence")]
    for ask in asks:
        with pytest.raises(sfc.InputError, match="counts the causes 'ord2020' already"):
            ask(again, causes=MINE)
