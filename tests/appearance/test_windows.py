"""Environmental windows: one is the plain delay, all are the last of several."""

from __future__ import annotations

import numpy as np
import pytest

import sfc_sim as sfc
from sfc_sim._core.errors import InputError
from sfc_sim.appearance.windows import Windows
from sfc_sim.planets.delays import Delayed, DelayLaw
from sfc_sim.planets.formation import PlanetHistory
from tests import naive_dated as naive

DATES = np.array([[5.0, 9.0, 13.787, 20.0]])


def world(windows=1.0, opening=4.55, spread=1.0, try_once=1.0, longest=1e4):
    values = {
        "windows": windows, "window_opening": opening, "window_spread": spread,
        "try_once": try_once, "longest_habitability": longest,
    }  # fmt: skip
    return {name: np.array([value]) for name, value in values.items()}


def rate(parameters, model=None):
    model = model or Windows()
    log_rate, log_later = model.log_rate(parameters, DATES)
    assert log_later.tolist() == [-np.inf]
    return np.exp(log_rate + model.log_amount(parameters)[:, None])[0]


def test_one_window_is_the_delay_of_a_drake_rate():
    plain = Delayed(PlanetHistory("hanson2021"), DelayLaw(4.55, 1.0), 1e4).rate(DATES)[0]
    planets = 5e18 * np.sqrt(1e4) / PlanetHistory("hanson2021").total()
    np.testing.assert_allclose(rate(world()), plain * planets, rtol=1e-12)


@pytest.mark.parametrize("windows", [2, 5])
def test_the_last_of_several_against_quadrature(windows):
    """1e-6 of the peak; history and planets are of the source, spelled out here."""
    past = PlanetHistory("hanson2021")
    exact = [naive.rate(past.rate, t, 4.0, 1.5, windows, 12.0) for t in DATES[0]]
    planets = 5e18 * np.sqrt(12.0) / past.total()
    found = rate(world(windows, 4.0, 1.5, longest=12.0))
    np.testing.assert_allclose(found / planets, exact, atol=1e-6 * max(exact))


def test_planets_that_ever_form_are_the_square_root_of_their_longest_life():
    """With a delay that all survive, births ever are 5e18 sqrt(L); the rest drops out, 1e-2."""
    dates = np.linspace(0.0, 390.0, 20_001)[None]
    parameters = world(opening=0.3, spread=0.05, longest=2e4)
    log_rate, _ = Windows().log_rate(parameters, dates)
    ever = np.trapezoid(np.exp(log_rate[0]), dates[0])
    assert ever == pytest.approx(5e18 * np.sqrt(2e4), rel=1e-2)


def test_trying_once_is_the_amount():
    np.testing.assert_allclose(rate(world(try_once=1e-9)), 1e-9 * rate(world()), rtol=1e-12)
    assert Windows().amount == "try_once"


def test_more_windows_open_later():
    early, late = rate(world(1)), rate(world(6))
    assert early[0] > late[0]
    assert late[-1] > early[-1] * 0.9


def test_observers_like_us_are_on_planets_as_old_as_earth():
    parameters, past = world(2, 5.0, 1.0, longest=10.0), PlanetHistory("hanson2021")
    law = naive.delay(5.0, 1.0)
    age = 4.5
    expected = 2 * law.cdf(age) * law.pdf(age) * (1 - np.sqrt(age / 10)) * past.rate(13.787 - age)
    planets = 5e18 * np.sqrt(10.0) / past.total()
    found = np.exp(Windows().log_observers(parameters, 13.787)).item()
    assert found == pytest.approx(expected * planets, rel=1e-9)


def test_nobody_like_us_where_planets_die_young():
    assert Windows().log_observers(world(longest=4.0), 13.787).item() == -np.inf


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"windows": 2.5}, "windows.*whole|windows.*integer"),
        ({"windows": 0}, "windows"),
        ({"window_spread": 0.0}, "window_spread"),
        ({"planet_history": "madau14"}, "did you mean 'madau2014'"),
        ({"early_universe": "stepp"}, "did you mean 'step'"),
    ],
)
def test_errors(changes, message):
    with pytest.raises(InputError, match=message):
        sfc.load_scenario("mills2025").replace(**changes)


def test_a_future_that_a_history_does_not_know_is_refused():
    scenario = sfc.load_scenario("mills2025").replace(future_planets="halo-gas")
    with pytest.raises(InputError, match="hanson2021 is one formula for all time"):
        sfc.sample(scenario, 10, rng=1)
