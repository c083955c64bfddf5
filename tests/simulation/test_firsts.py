"""Arrivals, contacts, light and skies: against each civilization checked against each."""

from __future__ import annotations

import numpy as np
import pytest

from sfc_sim.simulation.firsts import Race
from sfc_sim.simulation.spacetime import Births, settle
from tests import naive_spacetime as naive
from tests.simulation.test_spacetime import CASES, candidates


def settled(case: str, seed: int = 0, box: float = 1.0) -> tuple[Race, Births]:
    """Return the race, in its own units, and the born in a unit box."""
    given = candidates(case, seed)
    _, unit = settle(**given)
    scaled = {name: values if name == "speeds" else values * box for name, values in given.items()}
    return Race(settle(**scaled, box=box)[1], box), unit


def everyone(race: Race) -> np.ndarray:
    return np.arange(race.born.birth.size)


def same(who, when, expected_who, expected_when, box: float = 1.0) -> None:
    """Check indices exactly and times to rounding."""
    assert who.tolist() == list(expected_who)
    # Additions of numbers near 1, in units of the box: 1e-12.
    assert when / box == pytest.approx(np.asarray(expected_when), abs=1e-12)


@pytest.mark.parametrize("case", CASES)
@pytest.mark.parametrize("box", [1.0, 37.0])
def test_first_arrivals(case, box):
    race, born = settled(case, box=box)
    found = race.first_at(race.born.place, leave_out=everyone(race))
    when, who = naive.arrivals(born.place, born.start, born.speed)
    same(found.who, found.when, who, when, box)


@pytest.mark.parametrize("case", CASES)
@pytest.mark.parametrize("box", [1.0, 37.0])
def test_first_contacts(case, box):
    race, born = settled(case, box=box)
    who, when = race.contacts(everyone(race))
    expected, by = naive.contacts(born.place, born.start, born.speed)
    same(who, when, by, expected, box)


@pytest.mark.parametrize("case", CASES)
@pytest.mark.parametrize("box", [1.0, 37.0])
def test_first_sights(case, box):
    race, born = settled(case, box=box)
    light = race.first_at(race.born.place, leave_out=everyone(race), light=True).when
    _, met = race.contacts(everyone(race), light=True)
    home, front = naive.sights(born.place, born.birth, born.start, born.speed)
    assert np.maximum(light, race.born.birth) / box == pytest.approx(home, abs=1e-12)
    assert np.maximum(met, race.born.start) / box == pytest.approx(front, abs=1e-12)


@pytest.mark.parametrize("case", CASES)
@pytest.mark.parametrize("box", [1.0, 37.0])
def test_visible_at_birth_images_and_all(case, box):
    race, born = settled(case, box=box)
    counts = race.visible(race.born.place, race.born.birth)
    assert counts.tolist() == naive.visible(born.place, born.birth, born.start).tolist()
    if "images" in case:
        # More images than civilizations: the periodic world is seen many times over.
        assert counts.max() > np.sum(born.speed > 0)


@pytest.mark.parametrize("case", CASES)
@pytest.mark.parametrize("box", [1.0, 37.0])
def test_first_two_at_any_place(case, box):
    race, born = settled(case, box=box)
    points = np.random.default_rng(5).random((400, 3))
    found = race.first_at(points * box, two=True)
    who, when = naive.owners(points, born.place, born.start, born.speed)
    same(found.who, found.when, who[:, 0], when[:, 0], box)
    same(found.second_who, found.second_when, who[:, 1], when[:, 1], box)
    once = race.first_at(points * box)
    assert np.array_equal(once.who, found.who)
    assert np.array_equal(once.when, found.when)


def test_mixed_speeds_have_contacts_that_arrivals_do_not_tell():
    """The check of contacts is not one of arrivals again: first to arrive is not first to meet."""
    race, _ = settled("mixed")
    arrival = race.first_at(race.born.place, leave_out=everyone(race))
    who, _ = race.contacts(everyone(race))
    assert np.any(who != arrival.who)


@pytest.mark.parametrize("many", [0, 1, 2])
def test_nobody_one_and_two(many):
    given = {name: values[:many] for name, values in candidates("equal").items()}
    race = Race(settle(**given)[1], 1.0)
    one = everyone(race)
    points = np.array([[0.2, 0.3, 0.4]])
    found = race.first_at(points, two=True)
    who, when = naive.owners(points, race.born.place, race.born.start, race.born.speed)
    same(found.who, found.when, who[:, 0], when[:, 0])
    same(found.second_who, found.second_when, who[:, 1], when[:, 1])
    arrival = race.first_at(race.born.place, leave_out=one)
    met_who, met = race.contacts(one)
    assert race.visible(points, np.array([0.5])).shape == (1,)
    if many < 2:
        assert np.all(arrival.who == -1)
        assert np.all(np.isinf(arrival.when))
        assert np.all(met_who == -1)
        assert np.all(np.isinf(met))
    if many == 2:
        assert arrival.who.tolist() == met_who.tolist() == [1, 0]


def test_a_box_that_does_not_repeat():
    """Plain distances, and no images in the light cone."""
    race, born = settled("mixed")
    alone = Race(race.born, 1.0, periodic=False)
    points = np.random.default_rng(1).random((200, 3))
    gap = np.linalg.norm(points[:, None] - born.place, axis=2)
    times = born.start + gap / born.speed
    found = alone.first_at(points)
    same(found.who, found.when, times.argmin(1), times.min(1))
    late = np.full(200, 1.5)
    assert alone.visible(points, late).tolist() == (gap < 1.5 - born.start).sum(1).tolist()
    assert np.any(race.visible(points, late) > alone.visible(points, late))


def test_ties_and_places_at_the_edges():
    """At a birthplace, on the edges and midway, where two arrive at once."""
    born = Births(
        np.array([[0.0, 0.0, 0.0], [0.5, 0.0, 0.0]]), np.zeros(2), np.zeros(2), np.full(2, 0.5)
    )
    race = Race(born, 1.0)
    points = np.array(
        [[0, 0, 0], [np.nextafter(1, 0), 0, 0], [0.25, 0, 0], [0.75, 0, 0], [0.5, 0.5, 0.5]]
    )
    found = race.first_at(points, two=True)
    assert found.when == pytest.approx([0.0, 0.0, 0.5, 0.5, np.sqrt(0.5) / 0.5], abs=1e-14)
    assert found.who[[0, 1, 4]].tolist() == [0, 0, 1]
    assert found.second_when[2:4] == pytest.approx([0.5, 0.5], abs=1e-14)
    assert {*found.who[2:3], *found.second_who[2:3]} == {0, 1}


def test_order_of_what_is_asked_does_not_matter():
    race, _ = settled("mixed, quiet and late to start")
    order = np.random.default_rng(3).permutation(everyone(race))
    straight, shuffled = race.contacts(everyone(race)), race.contacts(order)
    assert np.array_equal(straight[0][order], shuffled[0])
    assert np.array_equal(straight[1][order], shuffled[1])
    some = order[:7]
    counts = race.visible(race.born.place, race.born.birth)
    assert np.array_equal(race.visible(race.born.place[some], race.born.birth[some]), counts[some])


# Skies


def angle_of(far: np.ndarray, light_travel: np.ndarray, speed: np.ndarray) -> np.ndarray:
    """Angular diameter by brute force: over emission times, the widest angle seen.

    A sphere of radius r whose light of this moment comes from distance l = T - t is hit by lines
    of sight at the angle given by the law of cosines in the triangle of `far`, r and l.
    """
    share = np.linspace(0, 1, 10_001)[1:-1, None]
    emitted = share * light_travel
    radius, path = speed * emitted, light_travel - emitted
    cosine = (far**2 + path**2 - radius**2) / (2 * far * path)
    return 2 * np.arccos(np.clip(cosine.min(0), -1, 1))


@pytest.mark.parametrize("case", ["equal, slow: images in the light cone", "mixed", "few"])
def test_largest_angles_and_covered_skies(case):
    race, born = settled(case)
    largest, covered = race.skies(race.born.place, race.born.birth)
    seen = naive.sightings(born.place, born.birth, born.start)
    last = np.flatnonzero([len(who) > 0 for who, _ in seen])[-4:]
    for i in last:
        who, far = seen[i]
        angles = angle_of(far, born.birth[i] - born.start[who], born.speed[who])
        # A parabola between 1e4 emission times: below 1e-6 of the angle.
        assert largest[i] == pytest.approx(angles.max(), rel=1e-6)
        caps = (1 - np.cos(angles / 2)) / 2
        # 2048 directions: the share of the sky of the largest is covered, and not more than all.
        assert covered[i] >= caps.max() - 0.01
        assert covered[i] <= caps.sum() + 0.01
    nobody = [len(who) == 0 for who, _ in seen]
    assert np.all(largest[nobody] == 0)
    assert np.all(covered[nobody] == 0)


def test_covered_sky_of_many_is_that_of_random_directions():
    """Caps around true directions, images included, on random lines of sight."""
    race, born = settled("equal, slow: images in the light cone")
    _, skies = race.skies(race.born.place, race.born.birth)
    i = int(np.argmin(np.abs(skies - 0.5)))
    reach = range(-3, 4)
    shifts = np.array(np.meshgrid(reach, reach, reach)).reshape(3, -1).T
    ways = (born.place[:, None] + shifts - born.place[i]).reshape(-1, 3)
    travel = np.repeat(born.birth[i] - born.start, len(shifts))
    speed = np.repeat(born.speed, len(shifts))
    far = np.linalg.norm(ways, axis=1)
    seen = (travel > 0) & (far < travel)
    ways, travel, far, speed = ways[seen], travel[seen], far[seen], speed[seen]
    half = np.concatenate([
        angle_of(far[a : a + 50], travel[a : a + 50], speed[a : a + 50]) / 2
        for a in range(0, far.size, 50)
    ])  # fmt: skip
    lines = np.random.default_rng(1).normal(size=(4000, 3))
    lines /= np.linalg.norm(lines, axis=1)[:, None]
    within = lines @ (ways / far[:, None]).T > np.cos(half)
    share = within.any(1).mean()
    assert 0.05 < share < 0.95
    # 4 errors of random lines; the lattice errs by less than as many random ones.
    error = np.sqrt(share * (1 - share) * (1 / 4000 + 1 / 2048))
    assert skies[i] == pytest.approx(share, abs=4 * error)


def test_published_angles_are_smaller():
    race, _ = settled("few")
    exact, _ = race.skies(race.born.place, race.born.birth)
    published, _ = race.skies(race.born.place, race.born.birth, convention="published")
    assert np.all(published[exact > 0] < exact[exact > 0])
    assert np.any(exact > 0)
