"""The plain simulation is itself held against closed forms and cases worked by hand."""

from __future__ import annotations

from functools import cache
from math import inf, pi, sqrt

import numpy as np
import pytest
from scipy.integrate import quad
from scipy.special import gamma

from tests import naive_spacetime as naive

BOXES = 20
# Beyond it a place is free with probability exp(-10.7), and the closed form stops there too.
UNTIL = 0.95


def along_x(*x: float) -> np.ndarray:
    return np.array([(value, 0.5, 0.5) for value in x])


def standard_errors(sample: np.ndarray, expected: float) -> float:
    return float(abs(sample.mean() - expected) / sample.std(ddof=1) * sqrt(len(sample)))


def messy_candidates(seed: int) -> dict[str, np.ndarray]:
    """Unequal speeds, delays of which some never end, some quiet."""
    rng = np.random.default_rng(seed)
    position, birth = naive.candidates(300, 6, rng)
    number = len(birth)
    return {
        "position": position,
        "birth": birth,
        "speed": rng.choice([0.2, 0.5, 0.9], number),
        "delay_of": rng.choice([0.0, 0.03, 0.2, inf], number, p=[0.3, 0.3, 0.3, 0.1]),
        "quiet": rng.random(number) < 0.2,
    }


# Candidates


def test_candidates_are_sorted_poisson_and_follow_the_power_law() -> None:
    rng = np.random.default_rng(1)
    draws = [naive.candidates(100, 6, rng, until=1.1) for _ in range(400)]
    count = np.array([len(birth) for _, birth in draws])
    assert standard_errors(count, 100 * 1.1**6) < 3
    assert count.var() / count.mean() == pytest.approx(1, abs=3 * sqrt(2 / 400))
    before = np.array([np.sum(birth < 0.9) for _, birth in draws])
    assert standard_errors(before, 100 * 0.9**6) < 3
    assert standard_errors(before, 100 * 0.9**5) > 3  # a wrong power is noticed
    for position, birth in draws:
        assert position.shape == (len(birth), 3)
        assert np.all(np.diff(birth) >= 0)
    places = np.concatenate([position for position, _ in draws])
    # variance of a uniform number is 1/12
    error = np.abs(places.mean(0) - 0.5) / sqrt(1 / 12 / len(places))
    assert np.all(error < 4)


# Survivors against the closed form


@cache
def counts(speed: float) -> np.ndarray:
    rng = np.random.default_rng(2)
    found = []
    for _ in range(BOXES):
        position, birth = naive.candidates(1e4, 18, rng, UNTIL)
        found.append(len(naive.survivors(position, birth, speed)[0]))
    return np.array(found)


def test_survivors_number_what_nucleation_and_growth_says() -> None:
    assert standard_errors(counts(1.0), naive.kjma_survivors(1e4, 18, until=UNTIL)) < 3


@pytest.mark.parametrize("wrong", [{"power": 12}, {"power": 20}, {"speed": 0.9}])
def test_a_wrong_power_or_speed_gives_another_number(wrong: dict[str, float]) -> None:
    law = {"n": 1e4, "power": 18, "until": UNTIL} | wrong
    assert standard_errors(counts(1.0), naive.kjma_survivors(**law)) > 3


def test_a_wrong_exponent_of_the_scale_gives_another_number() -> None:
    n, power = 1e4, 18
    k = 4 * pi / 3 * n * 6 / ((power + 1) * (power + 2) * (power + 3))
    q = power / (power + 3)
    assert naive.kjma_survivors(n, power) == pytest.approx(n * q * gamma(q) * k**-q, rel=1e-14)
    assert standard_errors(counts(1.0), n * q * gamma(q) * k ** -(1.05 * q)) > 3


def test_closed_form_is_births_in_free_space_by_quadrature() -> None:
    n, power, speed = 500.0, 6, 0.7

    def covered(t: float) -> float:
        shell = quad(lambda u: n * power * u ** (power - 1) * (speed * (t - u)) ** 3, 0, t)[0]
        return 4 * pi / 3 * shell

    births = quad(lambda t: n * power * t ** (power - 1) * np.exp(-covered(t)), 0, 1.1)[0]
    assert naive.kjma_survivors(n, power, speed, 1.1) == pytest.approx(births, rel=1e-8)


def test_share_that_sees_nobody_is_a_power_of_the_speed() -> None:
    # volume covered at births ~ Gamma(q), seen volume is speed^-3 times it: speed^(3 q) see none
    power, speed, q = 18, 0.75, 18 / 21
    rng = np.random.default_rng(3)
    unseen, everybody = [], []
    for _ in range(10):
        position, birth = naive.candidates(300, power, rng, until=1.15)
        index, start = naive.survivors(position, birth, speed)
        seen = naive.visible(position[index], birth[index], start)
        unseen.append(np.sum(seen == 0))
        everybody.append(len(index))
    # the two totals of a box vary together: test their residual
    unseen, everybody = np.array(unseen), np.array(everybody)
    assert standard_errors(unseen - speed ** (3 * q) * everybody, 0) < 3
    assert standard_errors(unseen - speed**3 * everybody, 0) > 3


# Simultaneous births


def test_simultaneous_births_all_survive_and_meet_half_way() -> None:
    rng = np.random.default_rng(4)
    position, speed = rng.random((200, 3)), 0.5
    index, start = naive.survivors(position, np.full(200, 0.3), speed)
    assert index.tolist() == list(range(200))
    assert np.all(start == 0.3)
    apart = np.array([naive.torus_distance(place, position) for place in position])
    np.fill_diagonal(apart, inf)
    arrival, by = naive.arrivals(position, start, speed)
    contact, other = naive.contacts(position, start, speed)
    # 1e-13: rounding of a few operations
    np.testing.assert_allclose(arrival, 0.3 + apart.min(1) / speed, rtol=1e-13)
    np.testing.assert_allclose(contact, 0.3 + apart.min(1) / (2 * speed), rtol=1e-13)
    assert by.tolist() == other.tolist() == apart.argmin(1).tolist()
    assert not naive.visible(position, np.full(200, 0.3), start).any()


def test_simultaneous_births_leave_free_what_no_ball_holds() -> None:
    # 100 uniform points: a place is free at t with probability (1 - ball)^100
    rng = np.random.default_rng(5)
    free, wrong = [], []
    for _ in range(200):
        _, when = naive.owners(rng.random((20, 3)), rng.random((100, 3)), np.zeros(100), 0.5)
        free.append(np.mean(when[:, 0] > 0.25))
        wrong.append(np.mean(when[:, 1] > 0.25))
    expected = (1 - 4 * pi / 3 * (0.5 * 0.25) ** 3) ** 100
    assert standard_errors(np.array(free), expected) < 3
    assert standard_errors(np.array(wrong), expected) > 3  # the second to come is later


def test_owners_split_a_box_of_two_at_the_middle() -> None:
    # 0.1 and 0.4 start together: middle 0.25, and 0.75 across the edge
    x = along_x(0.0, 0.24, 0.26, 0.74, 0.76)
    who, when = naive.owners(x, along_x(0.1, 0.4), [0.2, 0.2], 0.5)
    assert who.tolist() == [[0, 1], [0, 1], [1, 0], [1, 0], [0, 1]]
    np.testing.assert_allclose(when[0], [0.2 + 0.2, 0.2 + 0.8], rtol=1e-13)


# Two by hand


def test_two_by_hand_across_the_edge() -> None:
    # 0.1 apart across the edge; speeds 0.5 and 0.25; starts 0 and 0.04
    position, birth, speed = along_x(0.95, 0.05), np.array([0, 0.04]), np.array([0.5, 0.25])
    index, start = naive.survivors(position, birth, speed)
    assert index.tolist() == [0, 1]
    assert start.tolist() == [0, 0.04]
    arrival, by = naive.arrivals(position, start, speed)
    np.testing.assert_allclose(arrival, [0.04 + 0.4, 0.2], rtol=1e-13)
    assert by.tolist() == [1, 0]
    contact, other = naive.contacts(position, start, speed)
    # 0.5 t + 0.25 (t - 0.04) = 0.1
    np.testing.assert_allclose(contact, [0.11 / 0.75] * 2, rtol=1e-13)
    assert other.tolist() == [1, 0]
    at_home, at_front = naive.sights(position, birth, start, speed)
    np.testing.assert_allclose(at_home, [0.14, 0.1], rtol=1e-13)
    # 0.5 t + (t - 0.04) = 0.1 and 0.25 (t - 0.04) + t = 0.1
    np.testing.assert_allclose(at_front, [0.14 / 1.5, 0.11 / 1.25], rtol=1e-13)
    who, when = naive.owners(along_x(0.98, 0.05, 0.5), position, start, speed)
    assert who.tolist() == [[0, 1], [1, 0], [0, 1]]
    np.testing.assert_allclose(
        when, [[0.06, 0.04 + 0.07 / 0.25], [0.04, 0.2], [0.9, 0.04 + 0.45 / 0.25]], rtol=1e-13
    )


def test_light_that_came_before_birth_is_seen_at_birth() -> None:
    # 0.1 apart, 0.15 later, slow: light is there since 0.1, the front comes at 0.4
    position, birth = along_x(0.2, 0.3), np.array([0.0, 0.15])
    index, start = naive.survivors(position, birth, 0.25)
    assert index.tolist() == [0, 1]
    at_home, at_front = naive.sights(position, birth, start, 0.25)
    np.testing.assert_allclose(at_home, [0.25, 0.15], rtol=1e-13)
    np.testing.assert_allclose(at_front, [(0.1 + 0.15) / 1.25, 0.15], rtol=1e-13)
    assert naive.visible(position, birth, start).tolist() == [0, 1]


def test_one_alone_meets_nobody_and_owns_all() -> None:
    position, birth = along_x(0.2), np.array([0.1])
    index, start = naive.survivors(position, birth, 0.5)
    assert index.tolist() == [0]
    for time, by in (naive.arrivals(position, start, 0.5), naive.contacts(position, start, 0.5)):
        assert time.tolist() == [inf]
        assert by.tolist() == [-1]
    assert [x.tolist() for x in naive.sights(position, birth, start, 0.5)] == [[inf], [inf]]
    assert naive.owners(along_x(0.9), position, start, 0.5)[0].tolist() == [[0, -1]]


def test_every_image_within_the_light_cone_is_seen() -> None:
    # same birthplace row, 1.6 later: images at 0.1, 0.9, 1.1 along x, and the steps aside
    position, birth, start = along_x(0.2, 0.3), np.array([0.0, 1.6]), np.array([0.0, inf])
    by_hand = sorted(
        d
        for x in (-2.1, -1.1, -0.1, 0.9, 1.9)
        for y in (-1, 0, 1)
        for z in (-1, 0, 1)
        if (d := sqrt(x**2 + y**2 + z**2)) < 1.6
    )
    nobody, some = naive.sightings(position, birth, start)
    assert len(nobody[0]) == 0
    np.testing.assert_allclose(np.sort(some[1]), by_hand, rtol=1e-13)
    assert set(some[0].tolist()) == {0}
    assert naive.visible(position, birth, start).tolist() == [0, len(by_hand)]


# Speeds, delays, the quiet


def test_a_fast_one_behind_a_slow_one_overtakes() -> None:
    # slow from 0.2 at 0; fast from 0.1 at 0.1, when the slow front is still at 0.175
    position, birth = along_x(0.2, 0.1, 0.3), np.array([0, 0.1, 0.35])
    speed = np.array([0.25, 1.0, 1.0])
    # only the fast front has got to 0.3 by 0.35
    assert naive.survivors(position, birth, speed)[0].tolist() == [0, 1]
    assert naive.survivors(position, birth, 0.25)[0].tolist() == [0, 1, 2]
    pair = position[:2], np.array([0, 0.1]), speed[:2]
    arrival, by = naive.arrivals(*pair)
    np.testing.assert_allclose(arrival, [0.2, 0.4], rtol=1e-13)
    assert by.tolist() == [1, 0]
    # they meet at 0.16 at 0.16; beyond the slow one's place the fast front leads from 0.2 + 1/15
    np.testing.assert_allclose(naive.contacts(*pair)[0], [0.16, 0.16], rtol=1e-13)
    who, when = naive.owners(along_x(0.15, 0.17, 0.26, 0.27, 0.3), *pair)
    assert who[:, 0].tolist() == [1, 0, 0, 1, 1]
    np.testing.assert_allclose(when[-1], [0.3, 0.4], rtol=1e-13)


def test_a_delayed_one_is_swallowed_and_takes_nothing() -> None:
    # the first would start at 0.3, the second reaches it at 0.25; the third is born at 0.26 where
    # only the first could have been, the fourth where the second is
    position, birth = along_x(0.1, 0.15, 0.02, 0.14), np.array([0, 0.2, 0.26, 0.4])
    delay = np.array([0.3, 0, 0, 0])
    index, start = naive.survivors(position, birth, 1.0, delay)
    assert index.tolist() == [0, 1, 2]
    assert start.tolist() == [inf, 0.2, 0.26]
    arrival, by = naive.arrivals(position[:3], start, 1.0)
    np.testing.assert_allclose(arrival[0], 0.25, rtol=1e-13)
    assert by[0] == 1
    contact, other = naive.contacts(position[:3], start, 1.0)
    assert contact[0] == inf
    assert other.tolist() == [-1, 2, 1]
    at_home, at_front = naive.sights(position[:3], birth[:3], start, 1.0)
    np.testing.assert_allclose(at_home[0], 0.25, rtol=1e-13)
    assert at_front[0] == inf
    assert 0 not in naive.owners(position[:3], position[:3], start, 1.0)[0]


def test_a_delayed_one_covers_nothing_before_its_start() -> None:
    position, birth = along_x(0.1, 0.25), np.array([0, 0.2])
    assert naive.survivors(position, birth, 1.0)[0].tolist() == [0]
    index, start = naive.survivors(position, birth, 1.0, [0.1, 0])
    assert index.tolist() == [0, 1]
    assert start.tolist() == [0.1, 0.2]
    # the same told by dates
    again, dates = naive.survivors(position, birth, 1.0, start=np.array([0.1, 0.2]))
    assert again.tolist() == [0, 1]
    assert dates.tolist() == [0.1, 0.2]


def test_births_after_another_decide_whether_it_starts() -> None:
    # the last born swallows the second, which would have swallowed the first
    position, birth = along_x(0.1, 0.3, 0.35), np.array([0, 0.1, 0.3])
    delay = np.array([0.49, 0.27, 0])
    _, start = naive.survivors(position[:2], birth[:2], 1.0, [0.5, 0.1])
    assert start.tolist() == [inf, 0.2]
    _, start = naive.survivors(position, birth, 1.0, delay)
    assert start.tolist() == [0.49, inf, 0.3]


def test_a_quiet_one_is_born_and_takes_nothing() -> None:
    position, birth = along_x(0.1, 0.15, 0.16), np.array([0, 0.2, 0.3])
    index, start = naive.survivors(position, birth, 1.0, quiet=[True, False, False])
    assert index.tolist() == [0, 1]
    assert start.tolist() == [inf, 0.2]


@pytest.mark.parametrize("seed", range(5))
def test_survivors_are_the_one_consistent_history(seed: int) -> None:
    # no loop over events: given who started when, is each birth and start what it has to be?
    c = messy_candidates(seed)
    index, start = naive.survivors(**c)
    fronts = c["position"][index], start, c["speed"][index]
    # when each front passes each candidate's birthplace
    reached = np.array([naive.passing(place, *fronts) for place in c["position"]])
    reached[index, np.arange(len(index))] = inf  # the own front
    first = reached.min(1)
    np.testing.assert_array_equal(np.flatnonzero(first >= c["birth"]), index)
    due = (c["birth"] + c["delay_of"])[index]
    starts = (first[index] >= due) & ~c["quiet"][index]
    np.testing.assert_array_equal(start, np.where(starts, due, inf))
    # each fate occurs: dropped, expanding, quiet, swallowed
    swallowed = ~c["quiet"][index] & np.isfinite(due) & ~starts
    assert len(index) < len(c["birth"])
    assert starts.any()
    assert c["quiet"][index].any()
    assert swallowed.any()


@pytest.mark.parametrize("seed", range(3))
def test_meetings_of_a_messy_box_agree_with_each_other(seed: int) -> None:
    c = messy_candidates(seed)
    index, start = naive.survivors(**c)
    position, birth, speed = (c[name][index] for name in ("position", "birth", "speed"))
    arrival, by = naive.arrivals(position, start, speed)
    contact, _ = naive.contacts(position, start, speed)
    at_home, at_front = naive.sights(position, birth, start, speed)
    expands = start < inf
    who, when = naive.owners(position, position, start, speed)
    # at its own birthplace an expanding one is first and the first arrival second
    assert who[expands, 0].tolist() == np.flatnonzero(expands).tolist()
    np.testing.assert_array_equal(who[expands, 1], by[expands])
    np.testing.assert_array_equal(when[expands, 1], arrival[expands])
    np.testing.assert_array_equal(who[~expands, 0], by[~expands])
    # 1e-12: rounding
    assert np.all(arrival >= birth - 1e-12)
    assert np.all((contact >= start - 1e-12) & (contact <= np.maximum(arrival, start)))
    assert np.all((at_home >= birth) & (at_home <= arrival + 1e-12))
    assert np.all(at_front[expands] <= contact[expands] + 1e-12)
    assert np.all(contact[~expands] == inf)
    # who is seen at birth has its light there by then
    np.testing.assert_array_equal(naive.visible(position, birth, start) > 0, at_home == birth)


def test_fronts_of_one_speed_meet_midway_between_start_and_arrival() -> None:
    rng = np.random.default_rng(6)
    position, birth = naive.candidates(300, 6, rng)
    index, start = naive.survivors(position, birth, 0.6)
    arrival, by = naive.arrivals(position[index], start, 0.6)
    contact, other = naive.contacts(position[index], start, 0.6)
    np.testing.assert_allclose(contact, (start + arrival) / 2, rtol=1e-13)
    np.testing.assert_array_equal(by, other)


def test_candidates_out_of_order_are_refused() -> None:
    with pytest.raises(ValueError, match="sorted"):
        naive.survivors(along_x(0.1, 0.2), [0.2, 0.1], 1.0)
    with pytest.raises(ValueError, match="before birth"):
        naive.survivors(along_x(0.1), [0.2], 1.0, [-0.1])
