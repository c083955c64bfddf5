"""Domains and their borders: against geometry that is known, and plain Voronoi cells."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest
from scipy.spatial import Delaunay, cKDTree

from sfc_sim.simulation.borders import cast_rays, probe_places, probed_meetings, probed_volumes
from sfc_sim.simulation.firsts import Race
from sfc_sim.simulation.spacetime import Births
from tests import naive_spacetime as naive

PROBES = 100_000


def race_of(places, *, starts=0.0, speeds=0.5, box=1.0) -> Race:
    places = np.asarray(places, dtype=float)
    starts = np.broadcast_to(np.asarray(starts, dtype=float), len(places))
    speeds = np.broadcast_to(np.asarray(speeds, dtype=float), len(places))
    return Race(Births(places, starts.copy(), starts.copy(), speeds.copy()), box)


def probed(race: Race, probes: int = PROBES):
    places = probe_places(probes, race.box, seed=1, realisation=0)
    return places, race.first_at(places, two=True)


def test_probes_are_even_and_a_function_of_seed_and_realisation():
    places = probe_places(20_000, 7.0, seed=3, realisation=2)
    assert places.shape == (20_000, 3)
    assert np.all((places >= 0) & (places < 7))
    assert np.all(np.abs(places.mean(0) - 3.5) < 4 * 7 * np.sqrt(1 / 12 / 20_000))
    assert np.abs(np.corrcoef(places.T) - np.eye(3)).max() < 4 / np.sqrt(20_000)
    assert np.array_equal(places, probe_places(20_000, 7.0, 3, 2))
    assert not np.any(np.isin(places, probe_places(20_000, 7.0, 3, 1)))
    # Fewer probes are the first of more.
    assert np.array_equal(places[:50], probe_places(50, 7.0, 3, 2))


def test_two_alike_share_the_box():
    race = race_of([[2, 5, 5], [6, 5, 5]], box=10.0)
    _, reached = probed(race)
    volume, error = probed_volumes(reached, np.inf, 10.0, 2)
    assert volume.sum() == pytest.approx(1000.0, rel=1e-12)
    assert np.all(np.abs(volume - 500) < 4 * error)
    assert error == pytest.approx(1000 * 0.5 / np.sqrt(PROBES), rel=0.01)


@pytest.mark.parametrize("end", [0.3, 0.6])
def test_a_ball_at_the_end_of_time_and_nobodys_rest(end):
    race = race_of([[0.1, 0.5, 0.9]])
    _, reached = probed(race)
    volume, error = probed_volumes(reached, end, 1.0, 1)
    exact = 4 / 3 * np.pi * (0.5 * end) ** 3
    assert abs(volume[0] - exact) < 4 * error[0]
    assert abs(volume[0] - 1.2 * exact) > 4 * error[0]


def test_a_domain_without_a_probe_has_an_error():
    race = race_of([[0.5, 0.5, 0.5], [0.5, 0.5, 0.52]], starts=[0.0, 0.0399])
    _, reached = probed(race, 100)
    volume, error = probed_volumes(reached, np.inf, 1.0, 3)
    assert volume[2] == 0.0
    assert error[2] == pytest.approx(0.01, rel=1e-2)


def plain_neighbours(points: np.ndarray) -> set[tuple[int, int]]:
    """Pairs of periodic Voronoi cells that touch, by the Delaunay cells of 27 copies."""
    shifts = np.array(list(product((-1, 0, 1), repeat=3)))
    copies = (points + shifts[:, None]).reshape(-1, 3)
    which = np.tile(np.arange(len(points)), len(shifts))
    middle = np.repeat((shifts == 0).all(1), len(points))
    pairs = set()
    for cell in Delaunay(copies).simplices:
        for a, b in product(cell, repeat=2):
            if middle[a] and which[a] < which[b]:
                pairs.add((int(which[a]), int(which[b])))
            if middle[a] and which[a] > which[b]:
                pairs.add((int(which[b]), int(which[a])))
    return pairs


@pytest.fixture(scope="module")
def simultaneous():
    points = np.random.default_rng(2).random((60, 3))
    race = race_of(points)
    places, reached = probed(race, 400_000)
    return race, points, probed_meetings(race, places, reached, np.inf)


def test_equal_births_make_voronoi_neighbours(simultaneous):
    _, points, met = simultaneous
    found = set(zip(met.first.tolist(), met.second.tolist(), strict=True))
    exact = plain_neighbours(points)
    assert len(found) == met.first.size
    assert np.all(met.first < met.second)
    assert found <= exact
    # The probes miss some of the smallest faces.
    assert len(found) > 0.9 * len(exact)


def test_neighbours_meet_halfway_or_later_at_the_rim_of_their_face(simultaneous):
    _, points, met = simultaneous
    distance = naive.torus_distance(points[met.first], points[met.second])
    head_on = distance / 2 / 0.5
    gap = points[met.second] - points[met.first]
    middle = (points[met.first] + 0.5 * (gap - np.round(gap))) % 1.0
    nearest = cKDTree(points, boxsize=1.0).query(middle)[0]
    free = nearest > distance / 2 - 1e-12
    assert met.time[free] == pytest.approx(head_on[free], rel=1e-12)
    assert np.all(met.time[~free] > head_on[~free])
    assert free.any()
    assert not free.all()


def test_unequal_starts_meet_head_on_in_between():
    """Where start + distance / speed is the same from both."""
    starts, speeds = [0.0, 0.3], [0.2, 0.4]
    race = race_of([[0.2, 0.5, 0.5], [0.5, 0.5, 0.5]], starts=starts, speeds=speeds)
    met = probed_meetings(race, *probed(race), np.inf)
    exact, _ = naive.contacts(race.born.place, starts, speeds)
    assert met.first.tolist() == [0]
    assert met.second.tolist() == [1]
    assert met.time == pytest.approx(exact[:1], rel=1e-12)


def test_units_cancel():
    points = np.random.default_rng(4).random((20, 3))
    one, many = race_of(points), race_of(points * 50, box=50.0)
    found = [probed_meetings(race, *probed(race, 20_000), np.inf) for race in (one, many)]
    assert np.array_equal(found[0].first, found[1].first)
    assert found[1].time == pytest.approx(50 * found[0].time, rel=1e-9)


def test_the_first_meetings_are_first_contacts():
    """With equal speeds the earliest meeting of each is its first contact."""
    rng = np.random.default_rng(8)
    places, births = naive.candidates(300, 6, rng)
    index, began = naive.survivors(places, births, 0.8)
    race = race_of(places[index], starts=began, speeds=0.8)
    met = probed_meetings(race, *probed(race), np.inf)
    earliest = np.full(index.size, np.inf)
    np.minimum.at(earliest, met.first, met.time)
    np.minimum.at(earliest, met.second, met.time)
    exact, _ = naive.contacts(places[index], began, 0.8)
    have = np.isfinite(earliest)
    # First contacts are at free places, so they are exact, except where probes find no border
    # at all or miss that one: those are late, never early.
    assert np.all(earliest[have] >= exact[have] * (1 - 1e-12))
    assert np.mean(np.abs(earliest - exact) < 1e-12) > 0.9


def test_none_meet_after_the_end_and_nobody_meets_nobody():
    race = race_of([[0.2, 0.5, 0.5], [0.5, 0.5, 0.5]])
    places, reached = probed(race)
    assert probed_meetings(race, places, reached, 0.3).time == pytest.approx([], abs=0)
    assert probed_meetings(race, places, reached, 0.4).time == pytest.approx([0.3])
    nobody = race_of(np.empty((0, 3)))
    places, reached = probed(nobody, 100)
    assert probed_meetings(nobody, places, reached, np.inf).first.size == 0
    assert probed_volumes(reached, np.inf, 1.0, 0)[0].size == 0
    assert np.all(reached.who == -1)


# Rays, for equal speeds


@pytest.fixture(scope="module")
def rays(simultaneous):
    return cast_rays(simultaneous[0], 3000, np.inf, seed=1, realisation=0)


def test_rays_end_on_the_border(simultaneous, rays):
    """No nearer than half-way to the nearest other, and to the neighbour they name."""
    _, points, _ = simultaneous
    tree = cKDTree(points, boxsize=1.0)
    assert rays.origin.size == 60 * 3000
    assert np.all(rays.neighbour >= 0)
    assert np.all(rays.neighbour != rays.origin)
    gap = naive.torus_distance(points[rays.origin], points[rays.neighbour])
    assert np.all(rays.length >= gap / 2 * (1 - 1e-12))
    nearest = tree.query(points, k=2)[0][:, 1]
    assert np.all(rays.length >= nearest[rays.origin] / 2 * (1 - 1e-12))


def test_volumes_by_rays_are_those_by_probes(simultaneous, rays):
    race, _, _ = simultaneous
    probes = probe_places(400_000, 1.0, seed=2, realisation=0)
    counted, counting = probed_volumes(race.first_at(probes), np.inf, 1.0, 60)
    volume, error = rays.volumes()
    score = (volume - counted) / np.hypot(error, counting)
    assert np.abs(score).max() < 4.5  # of 60
    assert 0.6 < score.std() < 1.4  # the errors are neither too small nor too large
    assert volume.sum() == pytest.approx(1.0, abs=4 * np.sqrt(np.sum(error**2)))


def test_neighbours_by_rays_are_voronoi_neighbours(simultaneous, rays):
    race, points, by_probes = simultaneous
    met = rays.meetings(race, np.inf)
    found = set(zip(met.first.tolist(), met.second.tolist(), strict=True))
    exact = plain_neighbours(points)
    assert found <= exact
    assert len(found) > 0.95 * len(exact)
    times = dict(
        zip(zip(by_probes.first, by_probes.second, strict=True), by_probes.time, strict=True)
    )
    pairs = zip(met.first, met.second, strict=True)
    both = [(t, times[pair]) for pair, t in zip(pairs, met.time, strict=True) if pair in times]
    ours, theirs = np.array(both).T
    # Head-on meetings are exact, the rest a little late: hardly any differ much.
    assert np.mean(np.abs(ours - theirs) < 1e-12) > 0.3
    assert np.quantile(np.abs(ours / theirs - 1), 0.98) < 0.1


def test_rays_with_unequal_starts():
    """Volumes of curved borders, small and large domains alike."""
    rng = np.random.default_rng(8)
    places, births = naive.candidates(1000, 6, rng)
    index, began = naive.survivors(places, births, 0.9)
    race = race_of(places[index], starts=began, speeds=0.9)
    volume, error = cast_rays(race, 400, np.inf, seed=3, realisation=0).volumes()
    probes = probe_places(400_000, 1.0, seed=2, realisation=0)
    counted, counting = probed_volumes(race.first_at(probes), np.inf, 1.0, index.size)
    score = (volume - counted) / np.hypot(error, counting)
    assert np.abs(score).max() < 5  # of some hundred, of which the small are skew
    assert volume.sum() == pytest.approx(1.0, abs=4 * np.sqrt(np.sum(error**2)))


def test_rays_end_with_time():
    race = race_of([[0.1, 0.5, 0.9]])
    rays = cast_rays(race, 50, 0.6, seed=1, realisation=0)
    assert rays.length == pytest.approx(0.3)
    assert np.all(rays.neighbour == -1)
    assert rays.volumes()[0] == pytest.approx(4 / 3 * np.pi * 0.3**3)
    assert rays.meetings(race, 0.6).first.size == 0


@pytest.mark.parametrize("places", [[[2, 5, 5]], [[2, 5, 5], [7, 5, 5]]])
def test_few_domains_fill_the_box(places):
    race = race_of(places, box=10.0)
    volume, error = cast_rays(race, 2000, np.inf, seed=1, realisation=0).volumes()
    assert volume.sum() == pytest.approx(1000.0, abs=5 * np.sqrt(np.sum(error**2)))


def test_quiet_ones_have_no_rays():
    race = race_of([[0.2, 0.5, 0.5], [0.6, 0.5, 0.5]])
    born = Births(race.born.place, race.born.birth, np.array([0.0, np.inf]), np.array([0.5, 0.0]))
    rays = cast_rays(Race(born, 1.0), 10, 0.5, seed=1, realisation=0)
    volume, _ = rays.volumes()
    assert volume == pytest.approx([4 / 3 * np.pi * 0.25**3, 0.0])
