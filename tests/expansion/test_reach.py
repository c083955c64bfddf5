"""How far probes get: tables worked out with many digits, other quadrature, limits, errors."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import integrate

import sfc_sim as sfc
from sfc_sim._core.errors import InputError
from sfc_sim.constants import MEGAPARSECS_PER_GLY
from sfc_sim.cosmology.background import Background
from sfc_sim.expansion.coasting import _by_quadrature
from sfc_sim.expansion.launches import reach_table
from sfc_sim.expansion.probes import Reach
from sfc_sim.expansion.reach import (
    GALAXY_DENSITIES,
    delay_loss,
    horizons,
    reach_radius,
    reach_volume,
    reachable_galaxies,
    round_trip_radius,
)

PLANCK = Background.named("Planck18")
MPC = MEGAPARSECS_PER_GLY.value
SPEEDS = [0.1, 0.5, 0.8, 0.9, 0.99, 0.999, 1.0]

# Multi-precision quadrature of the Friedmann equation, Planck18, launch today: Mpc.
HOPPING = [508.368617, 2541.84309, 4066.94894, 4575.31755, 5032.84931, 5078.60249, 5083.68617]
COASTING = [247.491103, 1325.93348, 2488.19336, 3132.84739, 4381.97671, 4850.63263, 5083.68617]
# The same, coasting, launched later: date in Gyr, then Mpc at 0.1, 0.5, 0.8, 0.9, 0.99 c.
LATER = {
    15: [231.437065, 1239.39339, 2323.26804, 2922.69362, 4079.62269],
    20: [174.749209, 934.836970, 1747.73507, 2194.12980, 3047.61580],
    30: [98.7503751, 527.946140, 985.491271, 1235.70930, 1711.51899],
    40: [55.6402303, 297.434900, 555.054257, 695.835834, 963.287965],
    50: [31.3340952, 167.498773, 312.560301, 391.821939, 542.374975],
}


@pytest.mark.parametrize(("probe", "table"), [("hopping", HOPPING), ("coasting", COASTING)])
def test_reach_today(probe, table: list[float]) -> None:
    # half a unit of the ninth digit, and 1e-9 of our table of the background
    np.testing.assert_allclose(reach_radius(PLANCK, SPEEDS, probe=probe) * MPC, table, rtol=4e-9)


def test_reach_of_later_launches() -> None:
    dates = np.array([[date] for date in LATER], dtype=float)
    found = reach_radius(PLANCK, SPEEDS[:5], probe="coasting", launch=dates) * MPC
    np.testing.assert_allclose(found, list(LATER.values()), rtol=4e-9)


@pytest.mark.parametrize(("speed", "launch"), [(0.03, 0.4), (0.5, 3.0), (0.99999, 13.8), (0.7, 90)])
def test_coasting_against_quadrature_in_time(speed: float, launch: float) -> None:
    start = PLANCK.scale_factor(launch)
    kick = speed / np.sqrt(1.0 - speed**2)

    def light(time: float) -> float:
        u = kick * start / PLANCK.scale_factor(time)
        return u / np.hypot(1.0, u) / PLANCK.scale_factor(time)

    # 700 Gyr: forty e-folds of the scale factor past today
    edges = [launch, launch * 2, launch * 4, launch + 50, launch + 150, launch + 700]
    pieces = [
        integrate.quad(light, a, b, epsabs=0, epsrel=1e-11, limit=400)[0]
        for a, b in zip(sorted(edges), sorted(edges)[1:], strict=False)
    ]
    ours = reach_radius(PLANCK, speed, probe="coasting", launch=launch)
    assert ours == pytest.approx(sum(pieces), rel=1e-8)  # the accuracy that is promised


def test_coasting_in_a_power_law_universe() -> None:
    universe = Background.power_law(2 / 3)
    found = reach_radius(universe, [0.5, 0.8, 0.99, 1.0], probe="coasting")
    # multi-precision quadrature; light is not stopped
    np.testing.assert_allclose(found[:3], [23.17690968, 49.09954969, 161.8749690], rtol=5e-10)
    assert found[3] == np.inf
    assert reach_radius(universe, 0.1) == np.inf
    assert reach_radius(Background.power_law(0.5), 0.1, probe="coasting") == np.inf
    assert reach_radius(Background.power_law(0.51), 0.1, probe="coasting") < np.inf


def test_power_law_and_general_integral_agree() -> None:
    universe, speeds = Background.power_law(0.97), np.array([0.2, 0.9])
    # a ~ t^0.97 converges fast enough for the span of the general rule: exp(-0.97 * 36)
    exact = reach_radius(universe, speeds, probe="coasting")
    np.testing.assert_allclose(_by_quadrature(universe, speeds, np.zeros(2)), exact, rtol=1e-8)


def test_late_launch_is_de_sitter() -> None:
    speed = np.array([0.1, 0.5, 0.8, 0.9, 0.99])
    gamma = 1.0 / np.sqrt(1.0 - speed**2)
    share = reach_radius(PLANCK, speed, probe="coasting", launch=1e3) / PLANCK.event_horizon(1e3)
    np.testing.assert_allclose(share, (gamma - 1.0) / (gamma * speed), rtol=1e-9)
    # printed in the reference table
    printed = [0.0501256289, 0.267949192, 0.5, 0.626789006, 0.867608727]
    np.testing.assert_allclose(share, printed, rtol=2e-9)


def test_limits_of_speed() -> None:
    assert reach_radius(PLANCK, 0.0, probe="coasting") == 0.0
    near = reach_radius(PLANCK, 1.0 - 1e-12, probe="coasting")
    assert near == pytest.approx(PLANCK.event_horizon(PLANCK.age), rel=1e-5)
    slow = reach_radius(PLANCK, [1e-6, 2e-6], probe="coasting")
    assert slow[1] / slow[0] == pytest.approx(2.0, rel=1e-9)  # linear, to a relative speed squared
    both = [
        reach_radius(PLANCK, np.linspace(0.01, 0.99, 50), probe=p) for p in ("hopping", "coasting")
    ]
    assert np.all(both[1] < both[0])
    assert np.all(np.diff(both[1]) > 0)


def test_shapes_and_units() -> None:
    assert np.ndim(reach_radius(PLANCK, 0.5)) == 0
    assert reach_radius(PLANCK, np.full((2, 1), 0.5), launch=np.array([14.0, 15, 16])).shape == (
        2,
        3,
    )
    assert reach_radius(PLANCK, "149896.229 km/s") == pytest.approx(reach_radius(PLANCK, 0.5))


def test_volumes_and_galaxies() -> None:
    speeds = [0.5, 0.8, 0.99]
    volume = reach_volume(PLANCK, speeds, probe="coasting")
    np.testing.assert_allclose(volume, [338.7907, 2238.817, 12228.59], rtol=3e-7)
    np.testing.assert_allclose(volume / volume[0], [1, 6.61, 36.1], rtol=1e-3)  # three digits
    # Armstrong & Sandberg (2013), recalled: they differ from one density by 1.4 %
    galaxies = reachable_galaxies(PLANCK, speeds, probe="coasting")
    np.testing.assert_allclose(galaxies, [1.16e8, 7.62e8, 4.13e9], rtol=0.02)
    # three printed digits
    light = [reachable_galaxies(PLANCK, 1.0, galaxy_density=name) for name in GALAXY_DENSITIES]
    np.testing.assert_allclose(light, [6.55e9, 1.79e10, 2.00e10, 3.82e10, 4.85e8], rtol=3e-3)
    assert reachable_galaxies(PLANCK, 1.0, galaxy_density=0.0119) == light[0]


def test_horizons() -> None:
    found = horizons(PLANCK)
    np.testing.assert_allclose(
        list(found.values()), [46.20059569, 16.58076667, 62.78136236, 79.36212903], rtol=1e-9
    )
    # Ord (2021) rounds another set of parameters
    np.testing.assert_allclose(list(found.values()), [46.4, 16.5, 62.9, 79.4], rtol=6e-3)
    early = horizons(PLANCK, 5.0)
    assert early["observable"] + early["affectable"] == pytest.approx(
        found["eventually-observable"]
    )


def test_round_trip() -> None:
    whole = reach_radius(PLANCK, 1.0)
    assert round_trip_radius(PLANCK, 1.0) == pytest.approx(whole / 2)
    # out at v, back at c, to the last moment: r / v + r is the event horizon
    r = round_trip_radius(PLANCK, 0.3, launch=20.0)
    assert r / 0.3 + r == pytest.approx(PLANCK.event_horizon(20.0), rel=1e-12)


def test_delay() -> None:
    # a century; light loses 3 / chi a Gyr of its volume, and hopping probes the same share
    for speed in (0.3, 1.0):
        assert delay_loss(PLANCK, speed, 1e-7) == pytest.approx(1.80932526e-8, rel=1e-6)
    assert delay_loss(PLANCK, 0.3, 1e-7) == pytest.approx(
        3e-7 / PLANCK.event_horizon(PLANCK.age), rel=1e-6
    )
    assert delay_loss(PLANCK, 0.5, 0.0) == 0.0


@pytest.mark.parametrize("speed", [0.5, 0.8, 0.99])
def test_delay_of_coasting_probes_is_the_derivative(speed: float) -> None:
    # dR/dt at launch by hand: the way of the first moment, less what all later speed gains by
    # a larger scale factor at launch
    kick = speed / np.sqrt(1.0 - speed**2)

    def gain(x: float) -> float:
        u = kick * np.exp(-x)
        time = PLANCK.time(float(np.exp(x)))
        return u / (1.0 + u**2) ** 1.5 * np.exp(-x) / PLANCK.hubble_rate(time)

    gained = integrate.quad(gain, 0.0, 40.0, epsabs=0.0, epsrel=1e-11, limit=200)[0]
    slope = speed - PLANCK.hubble_rate(PLANCK.age) * gained
    radius = reach_radius(PLANCK, speed, probe="coasting")
    lost = delay_loss(PLANCK, speed, 1e-7, probe="coasting")
    # rounding of a share of 1e-8 in double precision
    assert lost == pytest.approx(3e-7 * slope / radius, rel=1e-6)


def test_outcomes_of_draws() -> None:
    model = Reach(probe="coasting", galaxy_density="ord2021", launch_delay=2.0)
    found = model.outcomes(PLANCK, np.array([0.5, 0.9]))
    launch = PLANCK.age + 2.0
    ours = {
        "reach_radius": reach_radius(PLANCK, [0.5, 0.9], probe="coasting", launch=launch),
        "reach_volume": reach_volume(PLANCK, [0.5, 0.9], probe="coasting", launch=launch),
        "reachable_galaxies": reachable_galaxies(
            PLANCK, [0.5, 0.9], probe="coasting", launch=launch, galaxy_density="ord2021"
        ),
    }
    assert found.keys() == ours.keys()
    for name, values in ours.items():
        np.testing.assert_allclose(found[name], values, rtol=1e-14)


def test_table() -> None:
    table = reach_table(PLANCK, [0.5, 0.8], [14.0, 20.0])
    assert table.reach_radius.dims == ("probe", "launch_time", "launch_speed")
    one = table.reach_radius.sel(probe="coasting", launch_time=20.0, launch_speed=0.8)
    assert one * MPC == pytest.approx(1747.73507, rel=4e-9)
    assert table.reach_volume.attrs["units"] == "Glyr3"


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        (lambda: reach_radius(PLANCK, 1.5), "speed is 1.5; it must be from 0 to 1 c"),
        (lambda: reach_radius(PLANCK, -0.1), "speed is -0.1"),
        (lambda: reach_radius(PLANCK, 0.5, launch=0.0), "launch is 0.0"),
        (lambda: reach_radius(PLANCK, 0.5, probe="hoping"), "did you mean 'hopping'"),
        (lambda: reachable_galaxies(PLANCK, 0.5, galaxy_density="ord"), "did you mean 'ord2021'"),
        (lambda: reachable_galaxies(PLANCK, 0.5, galaxy_density=0.0), "positive and finite"),
        (lambda: delay_loss(PLANCK, 0.5, -1.0), "delay is -1.0"),
    ],
)
def test_errors_say_what_is_allowed(wrong, words: str) -> None:
    with pytest.raises(InputError) as caught:
        wrong()
    assert words in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_universe_is_taken_by_name_and_a_wrong_one_refused():
    planck = sfc.Background.named("Planck18")
    assert sfc.expansion.horizons("Planck18") == sfc.expansion.horizons(planck)
    assert sfc.expansion.reach_radius("Planck18", 0.5) == sfc.expansion.reach_radius(planck, 0.5)
    with pytest.raises(InputError, match=r"'Plank18'; did you mean 'Planck18'"):
        sfc.expansion.reach_table("Plank18")
    with pytest.raises(InputError, match="it must be a Background or its name"):
        sfc.expansion.horizons(3)
