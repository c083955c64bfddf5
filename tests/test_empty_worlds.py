"""Worlds in which nobody can exist are worlds: none of an observer's weight, alone in the prior."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

import sfc_sim as sfc
from sfc_sim.constants import EARTH_AGE
from sfc_sim.distributions import Fixed, LogUniform, Uniform
from tests.empty_worlds import laws, problem

BALANCED = sfc.load_scenario("cook2022-balanced")
MILLS = sfc.load_scenario("mills2025")
OBSERVING = ["sia", "ssa-civilizations", "ssa-all", "adt-total", "adt-average"]
pytestmark = pytest.mark.filterwarnings("ignore::sfc_sim.EffectiveSampleSizeWarning")

SHORT = BALANCED.replace(longest_habitability=LogUniform(1.0, 100.0))
LATE = MILLS.replace(window_opening=Uniform(1.0, 100.0))


@pytest.mark.parametrize("scenario", [SHORT, LATE], ids=["too short a life", "too late a window"])
def test_they_have_no_weight_where_observers_count(scenario):
    draws = sfc.sample(scenario, 2000, rng=3)
    weights = sfc.weigh(draws, "none")
    empty = draws["log_observers_like_us"].values == -np.inf
    assert 0.1 < empty.mean() < 0.99
    for theory in OBSERVING:
        assert (weights["log_weight"].sel(theory=theory).values[empty] == -np.inf).all(), theory
    prior = np.exp(weights["log_weight"].sel(theory="prior").values)
    np.testing.assert_allclose(prior, 1 / 2000, rtol=1e-12)


def test_a_life_shorter_than_that_of_earth_bears_nobody_like_us():
    """A closed form: the share of a log-uniform prior below the age of Earth, 4 standard errors."""
    draws = sfc.sample(SHORT, 4000, rng=3)
    dead = draws["longest_habitability"].values <= EARTH_AGE.value
    late = BALANCED["delay"].distribution.support[1] <= EARTH_AGE.value
    assert late  # the delay alone leaves time
    assert ((draws["log_observers_like_us"].values == -np.inf) == dead).all()
    share = np.log(EARTH_AGE.value) / np.log(100.0)
    assert abs(dead.mean() - share) < 4 * np.sqrt(share * (1 - share) / 4000)


def test_the_report_of_them_is_finite():
    for scenario in (SHORT, LATE):
        report = sfc.assess(scenario, 2000, rng=3).report
        for name in ("probability_alone", "recovered_share", "share_of_reach", "ess"):
            assert np.isfinite(report[name].values).all(), name


def test_where_all_windows_open_late_everybody_is_alone_by_now():
    draws = sfc.sample(MILLS.replace(window_opening=Uniform(40.0, 100.0)), 300, rng=3)
    assert (draws["civilizations_now"].values == 0.0).all()
    assert (draws["log_observers_like_us"].values == -np.inf).all()
    assert (draws["unseen_now"].values == 1.0).all()
    with pytest.raises(ArithmeticError, match="'sia' gives every draw weight zero"):
        sfc.weigh(draws, "none", theories=["sia"])
    assert sfc.weigh(draws, "none", theories=["prior"])["ess"].item() == pytest.approx(300)


SAMPLE = ("cook2022-balanced", "mills2025", "hanson2021-n6-half", "finnveden2019")


@pytest.mark.usefixtures("quick")
@pytest.mark.parametrize("name", SAMPLE)
def test_every_parameter_at_the_ends_of_its_bounds(name):
    """One of the ten laws for each parameter; all of them in the verification tier."""
    scenario = sfc.load_scenario(name)
    for k, key in enumerate(scenario.parameters):
        law = list(laws(scenario, key))[k % 10]
        assert not (wrong := problem(scenario, key, law)), f"{key} = {law!r}: {wrong}"


DYNAMIC = [row.name for row in sfc.list_scenarios() if row.model.endswith("x fronts")]


@pytest.mark.verification
@pytest.mark.parametrize("name", DYNAMIC)
def test_every_parameter_of_every_scenario_with_ten_laws(name):
    scenario = sfc.load_scenario(name)
    found = [
        f"{key} = {law!r}: {wrong}"
        for key in scenario.parameters
        for law in laws(scenario, key)
        if (wrong := problem(scenario, key, law))
    ]
    assert not found


def test_the_check_of_reports_can_fail(monkeypatch):
    """Its negative control: a report with a hole is told."""
    made = sfc.assess(BALANCED, 200, rng=3, theories=["prior"])
    hole = replace(made, report=made.report.assign(recovered_share=np.nan * made.report.ess))
    monkeypatch.setattr(sfc, "assess", lambda *_, **__: hole, raising=False)
    assert problem(BALANCED, "delay", Fixed(1.0)) == "recovered_share"
