"""Simulated worlds in which a share of fronts is visible, against the closed forms."""

from __future__ import annotations

import numpy as np
import pytest

import sfc_sim as sfc
from sfc_sim._core.errors import InputError
from tests.given import unmet, unseen
from tests.simulation.test_surroundings import NAME, NOW, SEED, deviation

BASE = sfc.load_scenario(NAME)
CROWDED = 828  # visible from here with overlaps 3.6 times
HANSON = sfc.appearance.PowerLawAppearance(n=6)


@pytest.fixture(scope="module")
def mixed():
    draw = sfc.sample(BASE.replace(visible_fraction=0.3), 1, rng=SEED, first=CROWDED)
    return draw, sfc.simulate_here(draw, realisations=60, rng=4)


def test_means_are_the_closed_forms_of_two_cones(mixed):
    draw, here = mixed
    assert deviation(here.volume_grabbed, unseen(draw).volume_grabbed.item()) < 3
    # Negative controls: either cone alone.
    every = sfc.sample(NAME, 1, rng=SEED, first=CROWDED)
    assert deviation(here.volume_grabbed, unseen(every).volume_grabbed.item()) > 5
    assert deviation(here.volume_grabbed, unmet(every).volume_grabbed.item()) > 3


def test_who_is_where_they_may_be(mixed):
    draw, here = mixed
    speed, visible = draw.expansion_speed.item(), here.visible.values
    away = np.linalg.norm(here.position.values, axis=1)
    since = NOW - here.birth_conformal_time.values
    assert np.all(away[visible] > since[visible])
    assert np.all(away > speed * since)
    assert np.any(away[~visible] < since[~visible])  # light of these would be here
    assert np.all(here.first_sight.values >= 13.7)
    for k in range(5):
        place, birth = (
            here[n].values[here.world == k] for n in ("position", "birth_conformal_time")
        )
        assert np.all(np.diff(birth) >= 0.0)
        apart = np.linalg.norm(place[:, None] - place, axis=2)
        assert np.all(apart >= speed * (birth[:, None] - birth) - 1e-9)  # no one is born in a front


def test_a_share_of_one_is_the_simulation_of_old():
    some = {"draw": 8, "realisations": 2, "rng": 1}
    one, other = (sfc.simulate_here(s, **some) for s in (BASE, BASE.replace(visible_fraction=1.0)))
    np.testing.assert_array_equal(one.position, other.position)
    assert one.volume_grabbed.equals(other.volume_grabbed)
    assert "visible" not in one


def test_none_visible_is_not_engulfed():
    draw = sfc.sample(BASE.replace(visible_fraction=0.0), 1, rng=SEED, first=CROWDED)
    here = sfc.simulate_here(draw, realisations=30, rng=4)
    assert deviation(here.volume_grabbed, unmet(draw).volume_grabbed.item()) < 3
    assert not here.visible.any()
    assert np.isinf(here.first_sight).all()


@pytest.fixture(scope="module")
def boxes():
    asked = {"speed": 0.5, "civilizations": 400, "realisations": 4, "rng": 1}
    asked["compute"] = ["visible_at_birth", "first_sight", "sky_fraction"]
    return [sfc.simulate(HANSON, **asked, visible_fraction=share) for share in (1.0, 0.25, 0.0)]


def test_a_share_of_what_is_seen_is_seen(boxes):
    every, some, none = boxes
    np.testing.assert_array_equal(every.position, some.position)
    counts = [each.visible_at_birth.groupby("realisation").mean().values for each in boxes]
    assert deviation(counts[1] / counts[0], 0.25) < 4  # k = 4, of four boxes
    assert deviation(counts[1] / counts[0], 0.5) > 4  # the control
    assert np.all(some.visible_at_birth <= every.visible_at_birth)
    assert np.all(some.first_sight >= every.first_sight)
    assert np.all(some.sky_fraction <= every.sky_fraction)
    assert some.first_arrival.equals(every.first_arrival)
    assert not none.visible_at_birth.any()
    assert np.isinf(none.first_sight).all()
    plain = sfc.simulate(HANSON, speed=0.5, civilizations=400, realisations=4, rng=1)
    assert "visible" not in plain
    np.testing.assert_array_equal(plain.position, every.position)


@pytest.mark.verification
@pytest.mark.parametrize("visible", [0.5, 0.1])
def test_the_chance_to_see_nobody(visible):
    """(s^3 / (psi + (1 - psi) s^3))^q in a matter universe, with q = 6 / 7 for n = 6.

    Fronts that others precluded are 2 % of those in sight, for the closed form alone.
    """
    speed, q = 0.5, 6 / 7
    universe = sfc.simulate(
        HANSON, speed=speed, civilizations=3000, realisations=16, compute=["visible_at_birth"],
        rng=1, visible_fraction=visible,
    )  # fmt: skip
    alone = (universe.visible_at_birth == 0).groupby("realisation").mean().values
    right = (speed**3 / (visible + (1 - visible) * speed**3)) ** q
    assert deviation(alone, right) < 3
    assert deviation(alone, speed ** (3 * q)) > 10  # the control: all are visible


def test_a_share_that_is_none_is_refused():
    with pytest.raises(InputError, match="visible_fraction"):
        sfc.simulate(HANSON, speed=0.5, visible_fraction=1.5)


def test_the_course_of_a_mixed_world():
    """First sight is of the visible alone; contact comes from both, and lies between the two."""
    draw = {share: sfc.sample(BASE.replace(visible_fraction=share), 1, rng=SEED, first=CROWDED)
            for share in (1.0, 0.3, 0.0)}  # fmt: skip
    every, some, none = (sfc.history(each) for each in draw.values())
    plain = sfc.history(sfc.sample(NAME, 1, rng=SEED, first=CROWDED))
    for name in plain.data_vars:
        np.testing.assert_array_equal(every[name], plain[name])
    # who is seen is thinned as they are: the log of the chance of none is linear in the share
    logs = [np.log(each.nothing_sighted.values) for each in (every, some)]
    np.testing.assert_allclose(logs[1], 0.3 * logs[0], rtol=1e-12, atol=1e-300)
    assert np.all(none.nothing_sighted == 1.0)
    logs = [np.log(np.maximum(each.no_contact.values, 1e-300)) for each in (every, some, none)]
    known = logs[2] > -600
    mixture = 0.3 * logs[0] + 0.7 * logs[2]
    np.testing.assert_allclose(logs[1][known], mixture[known], rtol=1e-9, atol=1e-12)
    free = sfc.history(draw[1.0], evidence="not-engulfed")
    np.testing.assert_array_equal(none.no_contact, free.no_contact)
    np.testing.assert_allclose(none.unseen, none.unsaturated, rtol=1e-9)
