"""Angles against 40 digits, and covered sky against areas of caps in closed form."""

from __future__ import annotations

import math

import mpmath
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sfc_sim.kernels.sky import angular_diameter, covered_sky
from sfc_sim.simulation.sky import golden_spiral

LATTICE = golden_spiral()


def unit(*rows):
    vectors = np.array(rows, dtype=float).reshape(-1, 3)
    return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)


def directions(rng, size):
    return unit(rng.normal(size=(size, 3)))


def cap(radius):
    return (1 - np.cos(radius)) / 2


def overlap(a, b, apart):
    """Share of the sky in both of two caps whose rims cross: Gauss-Bonnet on the lens."""
    ca, cb, cd = math.cos(a), math.cos(b), math.cos(apart)
    sa, sb, sd = math.sin(a), math.sin(b), math.sin(apart)
    at_rims = math.acos((cd - ca * cb) / (sa * sb))
    first, second = math.acos((cb - cd * ca) / (sd * sa)), math.acos((ca - cd * cb) / (sd * sb))
    return (math.pi - at_rims - ca * first - cb * second) / (2 * math.pi)


def lattice_error(half_angles, points=LATTICE.shape[0]):
    """Five standard errors of the share of the sky.

    Only cells of side √(4 pi / points) that a rim cuts can err, each by a uniform error of one
    cell, hence of variance 1/12. A rim cuts at least one cell.
    """
    cut = 2 * np.pi * np.sin(half_angles) * np.sqrt(points / (4 * np.pi))
    return 5 * np.sqrt(np.sum(np.maximum(cut, 1)) / 12) / points


def exact_angle(ratio, speed, published):
    """The textbook forms, in 60 digits."""
    with mpmath.workdps(60):
        x, b = mpmath.mpf(ratio), mpmath.mpf(speed)
        if published:
            a = (1 - mpmath.sqrt(1 - (1 + b * b) * (1 - x * x))) / (1 + b * b)
            return float(2 * mpmath.atan(b * a / (1 - a)))
        return float(2 * mpmath.acos((mpmath.sqrt((1 - b * b) * (x * x - b * b)) + b * b) / x))


@pytest.mark.parametrize("published", [False, True])
@pytest.mark.parametrize("speed", [1e-12, 1e-3, 0.1, 0.5, 0.75, 0.95, 0.999999])
def test_angle_to_the_last_digits(speed, published):
    """From contact to one double below first sight, where the textbook forms cancel."""
    ratios = [
        speed,
        *(speed + (1 - speed) * np.array([1e-9, 1e-3, 0.3, 0.9, 1 - 1e-6])),
        1 - 2.0**-40,
        np.nextafter(1, 0),
    ]
    for ratio in ratios:
        exact = exact_angle(ratio, speed, published)
        # A handful of roundings: four roots, a quotient and an inverse sine or tangent.
        assert angular_diameter(ratio, speed, published) == pytest.approx(exact, rel=2e-15)


def test_the_textbook_form_is_not_good_enough():
    """Negative control of the test above: the arccosine loses half of the digits."""
    x, b = 1 - 2.0**-40, 0.5
    naive = 2 * math.acos((math.sqrt((1 - b * b) * (x * x - b * b)) + b * b) / x)
    assert naive != pytest.approx(exact_angle(x, b, False), rel=1e-6)


@pytest.mark.parametrize("published", [False, True])
def test_angle_at_the_ends(published):
    assert angular_diameter(1.0, 0.5, published) == 0.0
    assert angular_diameter(1.5, 0.5, published) == 0.0
    assert angular_diameter(0.4999, 0.5, published) == 2 * math.pi
    assert angular_diameter(0.0, 0.5, published) == 2 * math.pi
    # At the speed of light the first sight is the arrival.
    assert angular_diameter(1.0, 1.0, published) == 0.0
    assert angular_diameter(np.nextafter(1, 0), 1.0, published) == 2 * math.pi
    # Squares of such speeds underflow; contact with a slow front fills half the sky.
    assert angular_diameter(5e-324, 5e-324, published) == pytest.approx(math.pi, rel=1e-12)


@pytest.mark.parametrize("half_angle", [0.05, 0.3, 1.0, math.pi / 2, 2.5, 3.1])
def test_one_cap(half_angle):
    for direction in directions(np.random.default_rng(1), 40):
        found = covered_sky(unit(direction), np.array([half_angle]), LATTICE)
        assert found == pytest.approx(cap(half_angle), abs=lattice_error(half_angle))


def test_two_disjoint_caps():
    half_angles = np.array([0.7, 1.1])
    for direction in directions(np.random.default_rng(2), 40):
        found = covered_sky(unit(direction, -direction), half_angles, LATTICE)
        assert found == pytest.approx(cap(half_angles).sum(), abs=lattice_error(half_angles))


@pytest.mark.parametrize(("a", "b", "apart"), [(0.8, 0.8, 1.0), (0.4, 1.3, 1.2), (1.9, 1.0, 0.95)])
def test_two_overlapping_caps(a, b, apart):
    half_angles, rng = np.array([a, b]), np.random.default_rng(3)
    exact = cap(a) + cap(b) - overlap(a, b, apart)
    for first, other in zip(directions(rng, 40), directions(rng, 40), strict=True):
        across = unit(other - (other @ first) * first)[0]
        second = math.cos(apart) * first + math.sin(apart) * across
        found = covered_sky(unit(first, second), half_angles, LATTICE)
        assert found == pytest.approx(exact, abs=lattice_error(half_angles))
        # Negative control: without the overlap the sum is well outside the error.
        assert abs(found - (cap(a) + cap(b))) > 2 * lattice_error(half_angles)


def test_overlap_of_two_hemispheres_is_a_lune():
    assert overlap(math.pi / 2, math.pi / 2, 0.7) == pytest.approx((math.pi - 0.7) / (2 * math.pi))


def test_nested_caps_are_the_outer_one():
    rng = np.random.default_rng(4)
    for direction in directions(rng, 40):
        inner = unit(direction + 0.2 * rng.normal(size=3) / 3)[0]
        both = unit(inner, direction), np.array([0.2, 1.5])
        assert covered_sky(*both, LATTICE) == covered_sky(both[0][1:], both[1][1:], LATTICE)


def test_nothing_and_everything():
    sky = LATTICE[:5].copy()
    assert covered_sky(np.empty((0, 3)), np.empty(0), LATTICE) == 0.0
    assert covered_sky(sky, np.zeros(5) + 1e-12, -LATTICE[:5].copy()) == 0.0
    # Also the point right opposite, whose cosine may round to just below -1.
    assert covered_sky(sky[:1], np.array([math.pi]), -LATTICE) == 1.0


def test_error_falls_with_the_number_of_points():
    """By the reason given in lattice_error it falls as points^(-3/4)."""
    rng = np.random.default_rng(5)
    discs = list(zip(directions(rng, 400), rng.uniform(0.2, 2.9, 400), strict=True))

    def spread(points):
        lattice = golden_spiral(points)
        found = [covered_sky(unit(d), np.array([h]), lattice) - cap(h) for d, h in discs]
        return np.sqrt(np.mean(np.square(found)))

    # 400 discs leave 1/√800 = 3.5 % on each spread, 5 % on their ratio; five of those.
    assert spread(512) / spread(8192) == pytest.approx(16**0.75, rel=0.25)


def test_an_uneven_lattice_fails():
    """Negative control: evenly spaced in both angles, points crowd at the poles."""
    polar, around = np.meshgrid(np.linspace(0.02, np.pi - 0.02, 32), np.arange(64) * np.pi / 32)
    across = np.sin(polar)
    sky = np.stack([across * np.cos(around), across * np.sin(around), np.cos(polar)], -1)
    found = covered_sky(unit([0, 0, 1]), np.array([0.7]), sky.reshape(-1, 3))
    assert abs(found - cap(0.7)) > lattice_error(0.7)


@settings(max_examples=50, deadline=None)
@given(st.integers(0, 2**32 - 1), st.integers(1, 8))
def test_rotation_changes_nothing(seed, count):
    rng = np.random.default_rng(seed)
    discs, half_angles = directions(rng, count), rng.uniform(0, np.pi, count)
    rotation = np.linalg.qr(rng.normal(size=(3, 3)))[0]
    before = covered_sky(discs, half_angles, LATTICE)
    # Sky and discs turned together: the same points, unless one lies on a rim to 1e-16.
    together = covered_sky(discs @ rotation, half_angles, LATTICE @ rotation)
    assert together == pytest.approx(before, abs=1.5 / LATTICE.shape[0])
    # Discs alone: within the errors of two answers.
    alone = covered_sky(discs @ rotation, half_angles, LATTICE)
    assert alone == pytest.approx(before, abs=2 * lattice_error(half_angles))


@settings(max_examples=50, deadline=None)
@given(st.integers(0, 2**32 - 1))
def test_order_of_discs_does_not_matter_and_more_cover_more(seed):
    rng = np.random.default_rng(seed)
    discs, half_angles = directions(rng, 6), rng.uniform(0, 1.5, 6)
    whole = covered_sky(discs, half_angles, LATTICE)
    assert whole == covered_sky(discs[::-1].copy(), half_angles[::-1].copy(), LATTICE)
    assert whole >= covered_sky(discs[1:], half_angles[1:], LATTICE)
