"""How large domains look, against the light that arrives."""

from __future__ import annotations

import numpy as np
import pytest

from sfc_sim._core.errors import InputError
from sfc_sim.simulation.sky import CONVENTIONS, angular_diameter, border_length, golden_spiral

SPEEDS = np.array([0.1, 0.25, 0.5, 0.75, 0.9, 0.95])
# From contact to just in sight, in every case.
PLACES = np.concatenate([[0.0, 1e-6, 1e-3], np.linspace(0.01, 0.99, 50), [0.999]])
FRONTS, PART = (grid.ravel() for grid in np.meshgrid(SPEEDS, PLACES))
RATIOS = FRONTS + (1 - FRONTS) * PART


def depth(path, angle, ratios, fronts):
    """How deep inside the domain the light was, `path` before it arrives from `angle`."""
    off_centre = np.hypot(path * np.cos(angle) - ratios, path * np.sin(angle))
    return fronts * (1 - path) - off_centre


def sees_it(angle, ratios, fronts):
    """Whether a ray from `angle` off the centre was inside the domain at any emission time.

    The depth along a straight ray is concave, so that thirds close in on its greatest value.
    """
    low, high = np.zeros_like(ratios), np.ones_like(ratios)
    for _ in range(120):
        left, right = (2 * low + high) / 3, (low + 2 * high) / 3
        rising = depth(left, angle, ratios, fronts) < depth(right, angle, ratios, fronts)
        low, high = np.where(rising, left, low), np.where(rising, high, right)
    return depth(low, angle, ratios, fronts) >= 0


def brute_force(ratios, fronts):
    """Twice the widest angle from which light of the domain arrives, by bisection of the angle.

    Birth is at 0 and the observer at time 1 in the origin; the birthplace is at `ratios`.
    """
    low, high = np.zeros_like(ratios), np.full_like(ratios, np.pi)
    for _ in range(40):
        middle = (low + high) / 2
        seen = sees_it(middle, ratios, fronts)
        low, high = np.where(seen, middle, low), np.where(seen, high, middle)
    return low + high


# Slightly off contact: there the depth is greatest at the observer, a corner that rounding blurs.
OUTSIDE = PART > 0


def test_brute_force_over_emission_times():
    found = angular_diameter(RATIOS, 1.0, FRONTS)[OUTSIDE]
    expected = brute_force(RATIOS[OUTSIDE], FRONTS[OUTSIDE])
    np.testing.assert_allclose(found, expected, rtol=0, atol=1e-4)
    # The bisection itself is good to the rounding of the depth over the angle.
    np.testing.assert_allclose(found, expected, rtol=1e-6, atol=0)


def test_brute_force_rejects_the_published_formula():
    """Negative control: the same comparison fails, most at contact and for fast fronts."""
    published = angular_diameter(RATIOS, 1.0, FRONTS, convention="published")[OUTSIDE]
    expected = brute_force(RATIOS[OUTSIDE], FRONTS[OUTSIDE])
    assert np.all(published < expected)
    for speed in SPEEDS:
        of_speed = FRONTS[OUTSIDE] == speed
        assert np.max(expected[of_speed] - published[of_speed]) > 0.1


def test_inside_every_ray_sees_it():
    fronts = SPEEDS
    assert np.all(sees_it(np.pi, 0.99 * fronts, fronts))
    np.testing.assert_array_equal(angular_diameter(0.99 * fronts, 1.0, fronts), 2 * np.pi)


def test_contact():
    # Half the last digit of the speed, amplified by the slope of arccos at .95.
    exact = 2 * np.arccos(SPEEDS)
    np.testing.assert_allclose(angular_diameter(SPEEDS, 1.0, SPEEDS), exact, rtol=1e-14)
    published = angular_diameter(SPEEDS, 1.0, SPEEDS, convention="published")
    formula = 2 * np.arctan((1 - SPEEDS**2) / (2 * SPEEDS))
    np.testing.assert_allclose(published, formula, rtol=1e-14)
    assert angular_diameter(0.75, 1.0, 0.75) > 2 * published[SPEEDS == 0.75]


def test_first_sight():
    """Exact over published tends to 1/√(1 - b²) far off: .5 % at .1."""
    nearly = 1 - 1e-7
    exact, published = (angular_diameter(nearly, 1.0, SPEEDS, convention=c) for c in CONVENTIONS)
    # The next term is of order 1 - X over 1 - b² = .1.
    np.testing.assert_allclose(published / exact, np.sqrt(1 - SPEEDS**2), rtol=1e-5)
    assert 1 - published[0] / exact[0] == pytest.approx(0.005, abs=1e-4)


@pytest.mark.parametrize("convention", CONVENTIONS)
def test_nearer_and_later_look_larger(convention):
    ratios = np.linspace(1e-3, 1.2, 1001)
    for speed in SPEEDS:
        angles = angular_diameter(ratios, 1.0, speed, convention=convention)
        assert np.all(np.diff(angles) <= 0)
        visible = (ratios > speed) & (ratios < 1)
        assert np.all(np.diff(angles[visible]) < 0)
        assert angles[0] == 2 * np.pi
        assert angles[-1] == 0


def test_only_ratios_matter_and_arguments_broadcast():
    distance, travel = np.array([[3.0], [5.0]]), np.array([4.0, 6.0, 8.0])
    angles = angular_diameter(distance, travel, 0.5)
    assert angles.shape == (2, 3)
    # A power of two leaves every digit.
    np.testing.assert_array_equal(angular_diameter(8 * distance, 8 * travel, 0.5), angles)
    for (i, j), angle in np.ndenumerate(angles):
        assert angular_diameter(distance[i, 0], travel[j], 0.5) == angle
    assert angular_diameter([], 1.0, 0.5).shape == (0,)


def test_nothing_is_seen_yet():
    np.testing.assert_array_equal(angular_diameter([0.0, 1.0, 2.0], [0.0, -1.0, 1.9], 0.5), 0.0)
    np.testing.assert_array_equal(angular_diameter([1.0, 2.0], 1.0, 1.0), 0.0)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((-1.0, 1.0, 0.5), "distance is or holds -1.0"),
        ((np.nan, 1.0, 0.5), "distance is nan"),
        (("far", 1.0, 0.5), "distance: 'far' is no number"),
        ((1.0, np.inf, 0.5), "light_travel is or holds inf"),
        ((1.0, 1.0, [0.5, 0.0]), "speed is or holds 0.0; it must be above 0 and at most 1"),
        ((1.0, 1.0, 1.01), "speed is or holds 1.01"),
        (([1.0, 2.0], [1.0, 2.0, 3.0], 0.5), "do not broadcast"),
    ],
)
def test_errors(arguments, message):
    with pytest.raises(InputError, match=message) as caught:
        angular_diameter(*arguments)
    assert "\n" not in str(caught.value)


def test_unknown_convention():
    with pytest.raises(InputError, match="unknown convention 'exat'; did you mean 'exact'"):
        angular_diameter(1.0, 1.0, 0.5, convention="exat")


def test_border_length():
    angle = np.linspace(0, 2 * np.pi, 101)
    as_coded = 2 * np.sqrt(2) * np.pi * np.sqrt(1 - np.cos(angle / 2))
    # The difference 1 - cos loses up to 2e-16 of 5e-4 at the smallest angle.
    np.testing.assert_allclose(border_length(angle), as_coded, rtol=1e-12)
    # A small circle has length pi times its diameter, to its square over 96.
    assert border_length(1e-4) == pytest.approx(np.pi * 1e-4, rel=1e-9)
    for wrong in (-0.1, 6.3, np.nan):
        with pytest.raises(InputError, match="angle"):
            border_length(wrong)


@pytest.mark.parametrize("points", [1, 2, 17, 2048])
def test_golden_spiral_is_even(points):
    lattice = golden_spiral(points)
    assert lattice.shape == (points, 3)
    np.testing.assert_allclose(np.linalg.norm(lattice, axis=1), 1, rtol=1e-15)
    assert golden_spiral(points) is lattice
    with pytest.raises(ValueError, match="read-only"):
        lattice[0, 0] = 1.0


def test_golden_spiral_keeps_its_points_apart():
    """No gap between neighbours is far below the side of a cell, √(4 pi / points)."""
    lattice = golden_spiral()
    cosines = lattice @ lattice.T - 3 * np.eye(len(lattice))
    nearest = np.arccos(cosines.max(axis=1))
    side = np.sqrt(4 * np.pi / len(lattice))
    # A square lattice has 1; the closest pair on this spiral, at the poles, about 3/4.
    assert nearest.min() > 0.7 * side
    assert nearest.max() < 1.2 * side


@pytest.mark.parametrize("points", [0, -3, 2.5, "many", None])
def test_golden_spiral_errors(points):
    with pytest.raises(InputError, match="points is"):
        golden_spiral(points)
