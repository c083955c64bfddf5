"""Births where no front has come yet: against every candidate checked against every front."""

from __future__ import annotations

from math import gamma

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sfc_sim._core.errors import InputError
from sfc_sim.cosmology.background import Background
from sfc_sim.distributions import Fixed, LogUniform, Uniform
from sfc_sim.simulation.firsts import Race
from sfc_sim.simulation.spacetime import Fronts, box_side, least_box, lifetimes_of, realise, settle
from sfc_sim.simulation.timetable import Timetable, power_law_births
from tests import naive_spacetime as naive

MATTER = Background.power_law(2 / 3)

# Candidates in a unit box by time 1, power of time; speeds to choose from; delay, latest time.
CASES = {
    "equal": (800, 6, [1.0], 0.0, 1.0),
    "equal, many": (4000, 18, [1.0], 0.0, 1.0),
    "equal, slow: images in the light cone": (60, 3, [0.15], 0.0, 2.5),
    "very slow: far images": (3, 2, [0.05], 0.0, 4.0),
    "mixed": (900, 4, [0.1, 0.4, 0.9], 0.0, 1.1),
    "quiet": (700, 6, [0.0, 0.0, 0.7], 0.0, 1.1),
    "mixed, quiet and late to start": (900, 5, [0.0, 0.3, 1.0], 0.12, 1.1),
    "late to start": (600, 4, [0.6], 0.3, 1.1),
    "few": (12, 2, [0.5], 0.0, 1.0),
    "all quiet": (50, 2, [0.0], 0.0, 1.0),
}  # fmt: skip


def candidates(case: str, seed: int = 0) -> dict[str, np.ndarray]:
    number, power, speeds, delay, until = CASES[case]
    rng = np.random.default_rng([seed, len(case)])
    places, births = naive.candidates(number, power, rng, until)
    return {
        "places": places,
        "births": births,
        "speeds": rng.choice(speeds, births.size),
        "starts": births + delay,
    }


def same_as_naive(given: dict[str, np.ndarray], box: float = 1.0) -> np.ndarray:
    """Check that the same are born, and start at the same times; return who."""
    scaled = {name: values if name == "speeds" else values * box for name, values in given.items()}
    index, born = settle(**scaled, box=box)
    expected, began = naive.survivors(
        given["places"], given["births"], given["speeds"],
        quiet=given["speeds"] == 0.0, start=given["starts"],
    )  # fmt: skip
    assert index.tolist() == expected.tolist()
    assert born.place == pytest.approx(scaled["places"][index], rel=1e-14)
    assert born.birth == pytest.approx(scaled["births"][index], rel=1e-14)
    assert born.start == pytest.approx(began * box, rel=1e-14)
    assert np.array_equal(born.speed > 0.0, np.isfinite(began))
    assert np.array_equal(born.speed, np.where(np.isfinite(began), given["speeds"][index], 0.0))
    return index


@pytest.mark.parametrize("case", CASES)
@pytest.mark.parametrize("seed", range(3))
def test_the_same_are_born_as_when_all_are_checked_against_all(case, seed):
    index = same_as_naive(candidates(case, seed))
    assert index.size > 0


def test_some_are_precluded_and_some_reached_before_they_start():
    """The cases above do hold what they are meant to."""
    assert settle(**candidates("equal"))[0].size < 500
    given = candidates("mixed, quiet and late to start")
    index, born = settle(**given)
    stopped = (given["speeds"][index] > 0) & (born.speed == 0)
    assert stopped.sum() > 5
    assert np.all(born.start[stopped] == np.inf)


def test_units_cancel():
    same_as_naive(candidates("mixed, quiet and late to start"), box=97.3)


@pytest.mark.parametrize("many", [0, 1, 2])
def test_nobody_one_and_two(many):
    given = {name: values[:many] for name, values in candidates("equal").items()}
    assert same_as_naive(given).size == many


def test_places_at_the_edges_of_the_box():
    """Next to 0, next to 1 and at 0: neighbours across the edge."""
    edge = np.array([0.0, np.nextafter(1.0, 0.0), 1e-9, 1 - 1e-9, 0.5])
    places = np.array(np.meshgrid(edge, edge, edge)).reshape(3, -1).T
    rng = np.random.default_rng(4)
    births = np.sort(rng.uniform(0, 0.3, places.shape[0]))
    places = rng.permutation(places)
    given = {"places": places, "births": births, "speeds": np.full(births.size, 0.5),
             "starts": births}  # fmt: skip
    index = same_as_naive(given)
    assert 1 < index.size < 20


@pytest.mark.parametrize("box", [3.0, 10.0, 97.3])
def test_the_last_number_below_the_side_is_in_the_box(box):
    edge = np.nextafter(box, 0.0)
    places = np.full((1, 3), edge)
    assert settle(places, np.zeros(1), speeds=1.0, box=box)[0].size == 1


def test_settle_names_what_is_wrong():
    places = np.full((2, 3), 0.5)
    with pytest.raises(InputError, match="must not fall"):
        settle(places, np.array([1.0, 0.0]), speeds=1.0)
    with pytest.raises(InputError, match="start come before its birth"):
        settle(places, np.array([1.0, 2.0]), speeds=1.0, starts=np.array([0.5, 2.0]))
    with pytest.raises(InputError, match=r"outside the box of side 1 Gly"):
        settle(places + 0.5, np.array([0.0, 1.0]), speeds=1.0)
    with pytest.raises(InputError, match="outside the box"):
        settle(places * np.nan, np.array([0.0, 1.0]), speeds=1.0)


@pytest.mark.parametrize("case", ["equal", "mixed, quiet and late to start"])
def test_symmetries_of_the_torus_change_nothing(case):
    given = candidates(case)
    index = settle(**given)[0]
    shift = np.array([0.3, 0.71, 0.123])
    moves = {
        "shifted": (given["places"] + shift) % 1.0,
        "mirrored": (1.0 - given["places"]) % 1.0,
        "turned": given["places"][:, [1, 2, 0]],
    }
    for moved in moves.values():
        assert np.array_equal(settle(**(given | {"places": moved}))[0], index)
    assert not np.array_equal(settle(**(given | {"places": given["places"] ** 2}))[0], index)


def test_names_of_simultaneous_candidates_do_not_matter():
    given = candidates("mixed")
    births = np.ceil(given["births"] * 12) / 12
    given |= {"births": births, "starts": births}
    order = np.lexsort((np.random.default_rng(1).random(births.size), births))
    assert not np.array_equal(order, np.arange(births.size))
    index = settle(**given)[0]
    other = settle(**{name: values[order] for name, values in given.items()})[0]
    assert 0 < index.size < births.size
    assert np.array_equal(np.sort(order[other]), index)


# Who is dropped with equal speeds changes nothing, so coverage follows from all candidates.


def reached(given: dict[str, np.ndarray], points: np.ndarray) -> np.ndarray:
    """Return when each point is reached, by those that are born."""
    _, born = settle(**given)
    return Race(born, 1.0).first_at(points).when


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 10**6), st.floats(0.05, 0.9), st.floats(1.01, 1.1))
def test_coverage_is_that_of_all_candidates_and_faster_fronts_never_fill_less(seed, speed, more):
    rng = np.random.default_rng(seed)
    places, births = naive.candidates(150, 4, rng, 1.0)
    if births.size == 0:
        return
    points = rng.random((100, 3))
    by_speed = []
    for s in (speed, speed * more):
        one = {"places": places, "births": births, "starts": births,
               "speeds": np.full(births.size, s)}  # fmt: skip
        all_of_them = naive.torus_distance(points[:, None], places) / s + births
        found = reached(one, points)
        assert found == pytest.approx(all_of_them.min(1), rel=1e-12)
        by_speed.append(found)
    assert np.all(by_speed[1] < by_speed[0])


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 10**6), st.floats(0.05, 1.0), st.floats(0.3, 0.9))
def test_a_later_onset_never_fills_more(seed, speed, onset):
    rng = np.random.default_rng(seed)
    places, births = naive.candidates(150, 3, rng, 1.0)
    points = rng.random((100, 3))
    late = births >= onset
    if not late.any():
        return
    found = [
        reached(
            {"places": places[keep], "births": births[keep], "starts": births[keep],
             "speeds": np.full(keep.sum(), speed)}, points,
        )
        for keep in (np.ones_like(late), late)
    ]  # fmt: skip
    assert np.all(found[1] >= found[0])


# Drawn births


def table_of(n: float, candidates: float, box: float = 1.0) -> Timetable:
    """Return births of which `candidates` are born in a box by the time light takes across it."""
    p = 3 * n
    today = MATTER.conformal_time(13.787)
    per_volume = candidates / box**3 * (today / box) ** p
    return power_law_births(n, per_volume * MATTER.observable_volume_now, MATTER)


def standard_errors(sample: np.ndarray, expected: float) -> float:
    return float(abs(sample.mean() - expected) / sample.std(ddof=1) * np.sqrt(sample.size))


def survivors(table: Timetable, fronts: Fronts, box: float, many: int, seed: int) -> np.ndarray:
    return np.array([realise(table, fronts, box, seed, k).birth.size for k in range(many)])


def test_as_many_are_born_as_kolmogorov_says():
    """951.104 of a million, whatever the unit of length; 3 standard errors."""
    found = survivors(table_of(6, 1e6, box=20.0), Fronts(Fixed(1.0)), 20.0, 60, seed=1)
    assert standard_errors(found, 951.104) < 3
    assert standard_errors(found, naive.kjma_survivors(1e6, 18)) < 3
    # Negative control: the law of fronts a tenth slower.
    assert standard_errors(found, naive.kjma_survivors(1e6, 18, 0.9)) > 3
    assert found.std(ddof=1) / found.mean() == pytest.approx(0.09, abs=0.03)  # box to box


def test_as_many_are_born_as_in_the_naive_simulation():
    """Mixed speeds, for which there is no formula: born by time 1 in 50 boxes, 3.5 errors."""
    table, boxes = table_of(2, 300), 50
    fronts = Fronts(Uniform(0.2, 1.0), quiet_ratio=0.5)
    ours = np.array([np.sum(realise(table, fronts, 1.0, 5, k).birth < 1) for k in range(boxes)])
    rng = np.random.default_rng(11)
    theirs, slowed = [], []
    for _ in range(boxes):
        places, births = naive.candidates(450, 6, rng)
        speed = rng.uniform(0.2, 1.0, births.size)
        quiet = rng.random(births.size) < 1 / 3
        theirs.append(naive.survivors(places, births, speed, quiet=quiet)[0].size)
        slowed.append(naive.survivors(places, births, 0.7 * speed, quiet=quiet)[0].size)
    error = np.hypot(ours.std(ddof=1), np.std(theirs, ddof=1)) / np.sqrt(boxes)
    assert abs(ours.mean() - np.mean(theirs)) < 3.5 * error
    assert abs(ours.mean() - np.mean(slowed)) > 3.5 * error  # slower fronts are noticed


def test_delayed_fronts_let_more_be_born():
    """Against the naive simulation, with a delay that is even in clock time."""
    box, delay = 40.0, 1.5
    table = power_law_births(6.0, 1e4, MATTER)
    fronts = Fronts(Fixed(0.8), delay=delay)
    born = [realise(table, fronts, box, 3, k) for k in range(25)]
    ours = np.array([one.birth.size for one in born])
    stopped = np.array([np.sum(one.speed == 0) for one in born])
    late = [one.start[one.speed > 0] for one in born]
    began = [one.birth[one.speed > 0] for one in born]
    clock = [
        MATTER.time_at_conformal(b) - MATTER.time_at_conformal(a)
        for a, b in zip(began, late, strict=True)
    ]
    # Between nodes the wait follows the log of the age.
    assert np.concatenate(clock) == pytest.approx(delay, rel=1e-4)
    theirs, theirs_stopped, rng = [], [], np.random.default_rng(2)
    until = table.full_at(0.8) * 1.02  # delays go on a little after equal fronts are done
    per_box = float(table.births_by(np.array([until]))[0]) * box**3
    for _ in range(25):
        number = rng.poisson(per_box)
        births = until * np.sort(rng.random(number)) ** (1 / 18)
        starts = MATTER.conformal_time(MATTER.time_at_conformal(births) + delay)
        places = rng.random((number, 3))
        index, start = settle_plain(places, births / box, starts / box, 0.8)
        theirs.append(index.size)
        theirs_stopped.append(np.sum(np.isinf(start)))
    for one, other in ((ours, theirs), (stopped, theirs_stopped)):
        error = np.hypot(one.std(ddof=1), np.std(other, ddof=1)) / 5
        assert abs(one.mean() - np.mean(other)) < 3.5 * error
    at_once = survivors(table, Fronts(Fixed(0.8)), box, 25, seed=3)
    assert ours.mean() > at_once.mean() * 1.05


def settle_plain(places, births, starts, speed):
    """Return survivors of given candidates and their starts; `settle` is checked above."""
    index, born = settle(places, births, speeds=speed, starts=starts)
    return index, born.start


def test_a_realisation_is_a_function_of_seed_and_number():
    table, fronts = table_of(6, 1e4), Fronts(LogUniform(0.3, 1.0), quiet_ratio=0.3)
    one = realise(table, fronts, 1.0, seed=7, realisation=3)
    again = realise(table, fronts, 1.0, seed=7, realisation=3)
    for name in ("place", "birth", "start", "speed"):
        assert np.array_equal(getattr(one, name), getattr(again, name))
    for seed, k in ((8, 3), (7, 4)):
        other = realise(table, fronts, 1.0, seed, k)
        assert not np.any(np.isin(other.birth, one.birth))


def test_a_scaled_box_holds_the_same():
    """Scaled lengths and as many candidates: only the rounding differs."""
    one = realise(table_of(6, 1e5), Fronts(Fixed(0.6)), 1.0, seed=2, realisation=0)
    other = realise(table_of(6, 1e5, 64.0), Fronts(Fixed(0.6)), 64.0, seed=2, realisation=0)
    assert other.place == pytest.approx(64 * one.place, rel=1e-9)
    assert other.birth == pytest.approx(64 * one.birth, rel=1e-9)


def test_drawn_births_are_all_free_and_in_order():
    """Each at a place where no front was, in [0, box): the naive check of drawn survivors."""
    table = table_of(3, 3000, 11.0)
    fronts = Fronts(Uniform(0.2, 0.9), quiet_ratio=0.5)
    born = realise(table, fronts, 11.0, seed=3, realisation=1)
    assert np.all((born.place >= 0) & (born.place < 11.0))
    assert np.all(np.diff(born.birth) > 0)
    quiet = born.speed == 0
    index, _ = naive.survivors(born.place / 11, born.birth / 11, born.speed, quiet=quiet)
    assert index.size == born.birth.size > 200


def test_births_fill_the_box_evenly():
    """Means of places along each axis within 4 standard errors of a uniform law's."""
    table = table_of(6, 1e6)
    places = np.concatenate(
        [realise(table, Fronts(Fixed(1.0)), 1.0, 6, k).place for k in range(20)]
    )
    assert np.all(np.abs(places.mean(0) - 0.5) < 4 * np.sqrt(1 / 12 / len(places)))
    inner = np.mean(np.all(np.abs(places - 0.5) < 0.25, axis=1))
    assert abs(inner - 1 / 8) < 4 * np.sqrt(1 / 8 * 7 / 8 / len(places))


@pytest.mark.parametrize("ratio", [0.5, 3.0])
def test_quiet_to_loud_of_those_born_is_as_asked(ratio):
    born = [
        realise(table_of(6, 1e5), Fronts(Fixed(0.8), quiet_ratio=ratio), 1.0, 9, k).speed
        for k in range(10)
    ]
    speed = np.concatenate(born)
    share, loud = 1 / (1 + ratio), np.mean(speed > 0)
    assert abs(loud - share) < 4 * np.sqrt(share * (1 - share) / speed.size)
    assert abs(loud - share**1.2) > 4 * np.sqrt(share * (1 - share) / speed.size)


def test_quiet_ones_do_not_change_how_many_expand():
    table = table_of(6, 1e5)
    found = np.array([
        np.sum(realise(table, Fronts(Fixed(1.0), quiet_ratio=2.0), 1.0, 4, k).speed > 0)
        for k in range(40)
    ])  # fmt: skip
    assert standard_errors(found, naive.kjma_survivors(1e5, 18)) < 3


def test_lifetimes_follow_their_law():
    fronts = Fronts(Fixed(1.0), quiet_ratio=1.0, lifetime=Uniform(2.0, 4.0))
    lives = lifetimes_of(fronts, seed=1, realisation=0, many=20_000)
    assert lives.min() >= 2.0
    assert lives.max() <= 4.0
    assert abs(lives.mean() - 3.0) < 4 * np.sqrt(4 / 12 / lives.size)
    assert np.all(np.isinf(lifetimes_of(Fronts(Fixed(1.0)), 1, 0, 5)))


def test_early_speeds_are_those_asked_for():
    """The first births of a box come before any preclusion: their speeds follow the law."""
    table, fronts = table_of(6, 300), Fronts(Uniform(0.4, 0.8))
    first = np.array([realise(table, fronts, 1.0, 12, k).speed[0] for k in range(120)])
    assert abs(first.mean() - 0.6) < 4 * np.sqrt(0.4**2 / 12 / first.size)
    assert first.min() >= 0.4
    assert first.max() <= 0.8


# Sizes of boxes


@pytest.mark.parametrize(("n", "speed"), [(3, 1.0), (6, 0.5)])
def test_the_side_holds_as_many_as_asked(n, speed):
    table, fronts = power_law_births(n, 1e4, MATTER), Fronts(Fixed(speed))
    side = box_side(table, fronts, 400)
    p, q = 3.0 * n, n / (n + 1)
    density = 1e4 / MATTER.observable_volume_now / MATTER.conformal_time(13.787) ** p
    cover = 8 * np.pi * density * speed**3 * gamma(p + 1) / gamma(p + 4)
    # Trapezoids, as in the tests of the table.
    assert side**3 * density * q * gamma(q) * cover**-q == pytest.approx(400, rel=2e-4)


def test_the_equivalent_speed_has_the_mean_cube():
    fronts = Fronts(Uniform(0.2, 1.0))
    mean_cube = (1.0 - 0.2**4) / 4 / 0.8
    assert fronts.equivalent == pytest.approx(mean_cube ** (1 / 3), rel=1e-5)
    assert (fronts.slowest, fronts.fastest) == (0.2, 1.0)
    assert Fronts(Fixed(0.3)).equivalent == pytest.approx(0.3, rel=1e-12)


@pytest.mark.parametrize("speed", [1.0, 0.5, 0.1])
def test_in_the_least_box_hardly_any_front_goes_round(speed):
    """First births before 5 % of boxes have one, last ones after 5 %: at most 1 box in 5 or so."""
    table, fronts = power_law_births(6.0, 1e4, MATTER), Fronts(Fixed(speed))
    side = least_box(table, fronts)
    spans = []
    for k in range(60):
        birth = realise(table, fronts, side, 1, k).birth
        spans.append(2 * speed * (birth[-1] - birth[0]) / side)
    # 10 % expected at most; 4 binomial standard errors more.
    assert np.mean(np.array(spans) > 1) < 0.1 + 4 * np.sqrt(0.1 * 0.9 / 60)
    assert np.median(spans) > 0.5  # not far too large either
