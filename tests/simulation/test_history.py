"""The course of one world: limits, orders, closed forms of first sight and contact."""

from __future__ import annotations

import numpy as np
import pytest

import sfc_sim as sfc
from sfc_sim._core.errors import InputError


@pytest.fixture(scope="module")
def draws():
    return sfc.sample("cook2022-balanced", 400, rng=3)


@pytest.fixture(scope="module")
def crowded(draws):
    """A draw in which others are about to arrive, but none is visible yet."""
    return draws.isel(draw=int(np.argmin(np.abs(draws.log_seen_now.values - np.log(0.3)))))


@pytest.fixture(scope="module")
def course(crowded):
    return sfc.history(crowded)


def test_history_agrees_with_the_draw(crowded, course):
    today = sfc.Background.named("Planck18").age
    at = course.sel(time=today, method="nearest")
    assert at.unsaturated.item() == pytest.approx(crowded.unsaturated_now.item(), rel=1e-5)
    assert at.unseen.item() == pytest.approx(crowded.unseen_now.item(), rel=1e-4)
    last = course.isel(time=-1)
    assert last.unsaturated.item() == pytest.approx(crowded.unsaturated_final.item(), abs=1e-6)


def test_numbers_add_up_to_the_draw(crowded, course):
    """Trapezoid of the actual rate over dates, on the history's own nodes."""
    number = np.trapezoid(course.actual_appearance_rate, course.time)
    # Planets that outlive the grid add births after its end.
    assert number == pytest.approx(crowded.intelligent_actual.item(), rel=5e-3)


def test_curves_fall_and_stay_probabilities(course):
    for name in ("unsaturated", "unseen", "nothing_sighted", "no_contact"):
        values = course[name].values
        assert ((values >= 0) & (values <= 1)).all()
        assert (np.diff(values) <= 1e-9).all(), name
    assert (course.unseen <= course.unsaturated + 1e-12).all()


def test_at_light_speed_contact_given_nothing_visible_is_the_diamond_form():
    """v = c: P(no arrival by eta') = exp(-[V(eta') - V(eta) - D]), with X_c and X_v alike."""
    scenario = sfc.load_scenario("cook2022-bullish").replace(expansion_speed=1.0)
    draws = sfc.sample(scenario, 200, rng=3)
    one = draws.isel(draw=int(np.argmin(np.abs(draws.log_seen_now.values - np.log(0.3)))))
    seen, free = (sfc.history(one, evidence=e) for e in ("nothing-visible", "not-engulfed"))
    assert seen.no_contact.values == pytest.approx(free.no_contact.values, abs=1e-9)
    assert seen.nothing_sighted.values == pytest.approx(free.nothing_sighted.values, abs=1e-9)
    # A front of light is seen as it arrives, and met half-way: one curve is the other, delayed.
    today = sfc.Background.named("Planck18").conformal_time(13.786885302)
    eta = seen.conformal_time.values
    met = eta[(eta > today) & (2 * eta - today < eta[-1])]
    contact = np.interp(met, eta, seen.no_contact)
    assert contact == pytest.approx(np.interp(2 * met - today, eta, seen.nothing_sighted), abs=2e-3)


def test_first_sight_without_light_cone_evidence_starts_below_one(crowded):
    """Knowing only that we are not engulfed, something may be visible already."""
    course = sfc.history(crowded, evidence="not-engulfed")
    after = course.where(course.time > 13.8, drop=True).isel(time=0)
    expected = crowded.unseen_now.item() / crowded.unsaturated_now.item()
    assert after.nothing_sighted.item() == pytest.approx(expected, rel=0.02)


def test_scenario_gives_its_median_world():
    course = sfc.history("cook2022-balanced")
    assert "expanding_fraction = 0.531" in course.attrs["parameters"]


def test_exact_steps_are_made_again_from_the_seed():
    scenario = sfc.load_scenario("cook2022-balanced").replace(completion="hypoexponential")
    draws = sfc.sample(scenario, 30, rng=3)
    one = draws.isel(draw=4)
    course = sfc.history(one)
    assert course.unsaturated.values[-1] == pytest.approx(one.unsaturated_final.item(), abs=1e-6)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda d: sfc.history(d), "400 draws given; choose one"),
        (lambda d: sfc.history("sandberg2018"), "has no dates of appearance"),
        (lambda d: sfc.history(d.isel(draw=0), evidence="seen"), "unknown evidence 'seen'"),
    ],
)
def test_bad_calls_say_why(draws, call, message):
    with pytest.raises(InputError, match=message):
        call(draws)
