"""Sizes that no memory holds are refused before any is taken; units are never lost."""

from __future__ import annotations

import tracemalloc

import astropy.units as u
import numpy as np
import pytest

import sfc_sim as sfc
from sfc_sim.appearance import host_stars
from sfc_sim.expansion.sky import golden_spiral
from tests.fuzzing import NAME, made

HUGE = 10**12


@pytest.mark.parametrize(
    "call",
    [
        lambda: sfc.sample(NAME, 10**14),
        lambda: sfc.simulate_here(NAME, realisations=HUGE),
        lambda: sfc.simulate(sfc.PowerLawAppearance(6), speed=0.5, probes=HUGE),
        lambda: sfc.simulate(sfc.PowerLawAppearance(6), speed=0.5, rays=HUGE),
        lambda: sfc.simulate(sfc.PowerLawAppearance(6), speed=0.5, realisations=HUGE),
        lambda: sfc.contest(made("draws"), made("weights"), sampled=HUGE),
        lambda: sfc.priorities(0.5, samples=HUGE),
        lambda: sfc.earth_posterior("snyder-beattie2021", HUGE),
        lambda: sfc.sensitivity(made("report"), points=2**40),
        lambda: golden_spiral(HUGE),
        lambda: sfc.UniformInteger(1, 1_200_000_000),
        lambda: sfc.TruncatedGeometric(0.5, 1, 1_200_000_000),
    ],
)
def test_sizes_are_refused_before_memory_is_taken(call):
    made("weights"), made("report")
    tracemalloc.start()
    try:
        with pytest.raises(sfc.InputError, match=r"GB are free|from 2 to|hi - lo below"):
            call()
        assert tracemalloc.get_traced_memory()[1] < 50e6
    finally:
        tracemalloc.stop()


def test_arrays_nested_too_deeply_are_one_line():
    with pytest.raises(sfc.InputError, match="nested too deeply") as caught:
        sfc.Scenario.from_toml("a = " + "[" * 5000 + "]" * 5000)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("found", "right"),
    [
        (lambda: sfc.extinction_multiplier(0.5, 50 * u.percent), 0.75),
        (lambda: sfc.takeover_ratio(50 * u.percent), 2.0),
        (lambda: sfc.angular_diameter(163.0 * u.Mpc, 1.0, 0.5), sfc.angular_diameter(
            (163.0 * u.Mpc).to_value(u.lyr) / 1e9, 1.0, 0.5)),
        (lambda: sfc.PowerLawAppearance(6, date=13787 * u.Myr).date, 13.787),
        (lambda: sfc.PowerLawUniverse(6, 149896.229 * u.km / u.s).speed, 0.5),
        (lambda: sfc.Fixed(50 * u.percent).value, 0.5),
        (lambda: host_stars.share_of_hosts(0.1 * u.Msun, 1.0), host_stars.share_of_hosts(0.1, 1.0)),
        (lambda: sfc.loss_by_waiting(14_000 * u.Myr, sfc.Background.named("Planck18")),
         sfc.loss_by_waiting(14.0, sfc.Background.named("Planck18"))),
    ],
)  # fmt: skip
def test_quantities_are_converted(found, right):
    np.testing.assert_allclose(found(), right, rtol=1e-9)


@pytest.mark.parametrize(
    "call",
    [
        lambda: sfc.extinction_multiplier(0.5, 3 * u.Gyr),
        lambda: sfc.assess(NAME, 10, tolerance=3 * u.Gyr),
        lambda: sfc.marginal_saturation(3 * u.Mpc),
        lambda: sfc.Uniform(0, 3 * u.Gyr),
        lambda: sfc.delay_cost(made("draws"), made("weights"), delay=3 * u.kg),
    ],
)
def test_quantities_of_another_kind_are_refused(call):
    with pytest.raises(sfc.InputError, match="not convertible"):
        call()


def test_control_characters_are_replaced():
    text = sfc.load_scenario(NAME).replace(name="mine").to_toml()
    shown = str(sfc.Scenario.from_toml(text.replace("mine", "\\u001b[2Jmine\\nforged  1")))
    assert "\x1b" not in shown
    assert shown.startswith("\ufffd[2Jmine forged")
