"""Observers like us of all models with dates are in one unit: births per Gyr of date and of age."""

from dataclasses import replace

import numpy as np
import pytest

import sfc_sim as sfc
from sfc_sim import constants
from sfc_sim.appearance import product
from sfc_sim.appearance.family import HardSteps, TableAppearance, Windows

NOW = 13.787
NODES, WEIGHTS = np.polynomial.legendre.leggauss(200)


def hard_steps(like_us):
    world = {
        "hard_steps": 3.0, "step_time": 50.0, "delay": 1.0, "try_once": 1.0,
        "longest_habitability": 10.0, "early_habitability": 0.3, "habitability_onset": 7.0,
        "habitability_width": 1.0,
    }  # fmt: skip
    return HardSteps(like_us=like_us), world, (1.0, 10.0)


def windows():
    world = {
        "windows": 2.0, "window_opening": 4.5, "window_spread": 1.0, "try_once": 1.0,
        "longest_habitability": 20.0,
    }  # fmt: skip
    return Windows(), world, (0.01, NOW - 0.01)


def factors():
    scenario = sfc.load_scenario("finnveden2019")
    model = scenario.appearance.of(scenario.factors)
    return model, dict.fromkeys(scenario.factors, 0.1), (0.01, NOW - 0.01)


def born_at_every_age(model, world, ends, monkeypatch):
    """The births like ours, were ours of any age, summed over the ages."""
    low, high = ends
    total, ages = 0.0, low + (high - low) * (NODES + 1.0) / 2.0
    for age, weight in zip(ages, WEIGHTS * (high - low) / 2.0, strict=True):
        earth = replace(constants.EARTH_AGE, value=float(age))
        monkeypatch.setattr(constants, "EARTH_AGE", earth)
        monkeypatch.setattr(product, "EARTH_AGE", earth)
        log = model.log_observers(world, NOW)[0] + model.log_unit_of_observers(NOW)
        total += weight * np.exp(log)
    return total


@pytest.mark.parametrize(
    "made",
    [lambda: hard_steps("age-and-date"), lambda: hard_steps("and-lasting"), windows, factors],
    ids=["age-and-date", "and-lasting", "windows", "product"],
)
def test_births_like_ours_at_every_age_are_all_births_now(made, monkeypatch):
    model, numbers, ends = made()
    world = {name: np.array([value]) for name, value in numbers.items()}
    # A grid for the quadrature of hard steps; now is its last date.
    times = np.linspace(ends[0], NOW, 2000)[None]
    now = np.exp(model.log_rate(world, times)[0][0, -1])
    assert born_at_every_age(model, world, ends, monkeypatch) == pytest.approx(now, rel=1e-5)


def test_without_the_unit_hard_steps_are_far_from_it(monkeypatch):
    """The control: what single studies weigh by is relative, and fails by many decades."""
    model, numbers, ends = hard_steps("and-lasting")
    world = {name: np.array([value]) for name, value in numbers.items()}
    monkeypatch.setattr(HardSteps, "log_unit_of_observers", lambda self, now: 0.0)
    now = np.exp(model.log_rate(world, np.linspace(1.0, NOW, 2000)[None])[0][0, -1])
    assert born_at_every_age(model, world, ends, monkeypatch) < 1e-10 * now


def test_a_model_without_ages_counts_all_born_now():
    model = TableAppearance([5.0, 20.0], [1.0, 1.0])
    assert model.log_unit_of_observers(NOW) == 0.0
    assert model.log_observers({}, NOW) == pytest.approx([0.0])
