"""Durations of habitability and our rank, against tables, direct quadrature and limits."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.integrate import dblquad, quad
from scipy.stats import gamma

from sfc_sim._core.errors import InputError
from sfc_sim.planets.formation import PlanetHistory, today
from sfc_sim.planets.habitability import (
    EARLY_UNIVERSE,
    earliness,
    earliness_longest,
    early_habitability,
    habitable_share_now,
    share_habitable_longer,
)

NOW = 13.787
FORMED = gamma(4.0, scale=4.0)  # the law of formation dates of Hanson et al. (2021)


def test_share_habitable_longer():
    ages = np.array([0.0, 1.0, 4.0, 16.0, 50.0])
    found = share_habitable_longer(ages, 16.0)
    np.testing.assert_allclose(found, [1.0, 0.75, 0.5, 0.0, 0.0], rtol=1e-15)
    assert share_habitable_longer(4.0, 16.0, exponent=1.0) == 0.75
    assert isinstance(share_habitable_longer(4.0, 16.0), float)
    np.testing.assert_allclose(share_habitable_longer(1.0, np.array([1.0, 4.0])), [0.0, 0.5])


def test_share_habitable_now_as_tabled():
    """Computed beforehand to ten digits."""
    longest = np.array([5.0, 10.0, 20.0, 100.0, 1000.0, 20_000.0])
    exact = (0.09199725957, 0.1717420756, 0.2533107173, 0.3630518478, 0.4237588147, 0.4455564207)
    np.testing.assert_allclose(habitable_share_now(longest), exact, rtol=5e-10)


def test_share_habitable_now_if_all_last_for_ever_is_what_has_formed():
    """The share lost goes as longest^-1/2: below 1e-6 at 1e14 Gyr."""
    assert habitable_share_now(1e14) == pytest.approx(FORMED.cdf(NOW), abs=1e-6)


# Steps -> rank at a longest habitability of 5, 10, 50, 100, 1000 and 20,000 Gyr.
RANKS = {
    1: (0.36886168, 0.29151299, 0.092289332, 0.050174607, 0.005682712, 2.9607895e-4),
    2: (0.32005552, 0.20247933, 0.017445483, 4.9162496e-3, 5.8322284e-5, 1.5402806e-7),
    3: (0.29049318, 0.15192048, 3.4013009e-3, 4.9019391e-4, 5.975458e-7, 7.9511481e-11),
    6: (0.24695135, 0.085053726, 3.0403459e-5, 5.6897609e-7, 7.2401998e-13, 1.2182663e-20),
    10: (0.22361324, 0.05487638, 7.5180007e-8, 9.0197599e-11, 1.1789694e-20, 1.2484642e-33),
}


@pytest.mark.parametrize("steps", RANKS)
def test_ranks_as_tabled(steps):
    """Computed beforehand to seven digits or more."""
    found = earliness(steps, np.array([5.0, 10.0, 50.0, 100.0, 1000.0, 20_000.0]))
    np.testing.assert_allclose(found, RANKS[steps], rtol=6e-8)


@pytest.mark.parametrize(
    ("steps", "longest"),
    [(1, 557.845), (2, 68.0592), (3, 33.4995), (4, 23.6938), (6, 17.0630), (10, 13.5317)],
)
def test_longest_at_one_in_a_hundred(steps, longest):
    """Computed beforehand to six digits."""
    assert earliness_longest(steps) == pytest.approx(longest, rel=5e-6)
    assert earliness(steps, earliness_longest(steps)) == pytest.approx(0.01, rel=1e-12)


def naive_rank(steps, longest, history, exponent):
    """Rates of completion over births and ages, by adaptive quadrature in two dimensions."""

    def done(age, born):
        return history.rate(born) * age ** (steps - 1) * (1.0 - (age / longest) ** exponent)

    before = dblquad(done, 0.0, NOW, 0.0, lambda b: min(longest, NOW - b), epsrel=1e-7)[0]
    each = quad(lambda s: s ** (steps - 1) * (1.0 - (s / longest) ** exponent), 0.0, longest)[0]
    return before / (each * history.total())


@pytest.mark.parametrize(
    ("steps", "longest", "exponent", "name"),
    [
        (3.0, 30.0, 0.5, "hanson2021"),
        (2.5, 25.0, 0.12, "hanson2021"),
        (2.0, 20.0, 1.5, "hanson2021"),
    ],
)
def test_rank_against_two_dimensional_quadrature(steps, longest, exponent, name):
    """Adaptive quadrature to 1e-7; its kinks leave 1e-6."""
    history = PlanetHistory(name)
    found = earliness(steps, longest, history=history, exponent=exponent)
    expected = naive_rank(steps, longest, history, exponent)
    assert found == pytest.approx(expected, rel=1e-6)
    # The control: half a step more is another rank.
    assert earliness(steps + 0.5, longest, exponent=exponent) != pytest.approx(expected, rel=1e-2)


def test_rank_with_a_tabled_history_and_a_later_date():
    """Fine sums over births; the corner today is a node of both. The sum is good to 1e-6."""
    history, steps, longest, now = PlanetHistory("madau2014", "e-fold"), 3.0, 40.0, 30.0
    total = 0.0
    for low, high in ((0.0, today()), (today() + 1e-9, now)):
        born = np.linspace(low, high, 40_001)
        part = (now - born) / longest
        done = part**steps * (2 * steps + 1 - 2 * steps * np.sqrt(part))
        total += np.trapezoid(done * history.rate(born), born)
    found = earliness(steps, longest, now, history=history)
    assert found == pytest.approx(total / history.total(), rel=1e-6)


def test_rank_in_its_limits():
    """Planets that die at once leave what has formed; in the end all have come."""
    assert earliness(3.0, 1e-6) == pytest.approx(FORMED.cdf(NOW), rel=1e-6)
    assert earliness(3.0, 20.0, 1e4) == pytest.approx(1.0, abs=1e-12)
    assert earliness(3.0, 20.0, 1e-3) < 1e-15
    # No steps to speak of: as soon as planets form.
    assert earliness(0.01, 20.0, history=PlanetHistory(future="none")) > 0.97


def test_rank_falls_with_steps_and_with_the_longest():
    longest = np.geomspace(3.0, 2e4, 30)
    ranks = np.array([earliness(n, longest) for n in (1.0, 2.0, 5.0, 12.0)])
    assert (np.diff(ranks, axis=0) < 0.0).all()
    assert (np.diff(ranks, axis=1) < 0.0).all()


def test_rank_takes_arrays_of_steps_and_longest_together():
    found = earliness(np.array([[1.0], [6.0]]), np.array([5.0, 10.0, 100.0]))
    assert found.shape == (2, 3)
    # NumPy's powers of arrays and of numbers may differ in the last digit.
    assert found[1, 2] == pytest.approx(earliness(6.0, 100.0), rel=1e-14)
    assert isinstance(earliness(6.0, "10 Gyr"), float)


def test_hanson_makes_us_earlier_than_the_stars_do():
    """Of planets that follow star formation nine tenths exist, of Hanson's less than half."""
    assert earliness(6.0, 20.0, history=PlanetHistory("madau2014")) > 5 * earliness(6.0, 20.0)


def test_early_universe():
    dates = np.array([0.0, 1.072, 2.143754, 3.2063, 4.268844, 8.5906, 8.5907, today(), 100.0])
    np.testing.assert_array_equal(early_habitability(dates), 1.0)
    step = early_habitability(dates, "step")
    np.testing.assert_array_equal(step, [0, 0, 0, 0, 0, 0, 1, 1, 1])
    benign = early_habitability(dates, "benign")
    # The dates of redshift 3 and 1.5 to six decimals, and halfway to each, to four.
    np.testing.assert_allclose(benign[[0, 2, 4, 7, 8]], [0.0, 0.1, 0.5, 1.0, 1.0], atol=1e-6)
    np.testing.assert_allclose(benign[[1, 3]], [0.05, 0.3], atol=1e-4)
    assert early_habitability(6.0, "step", onset=5.0) == 1.0
    assert early_habitability(6.0, "step", onset="7 Gyr") == 0.0


def test_early_universe_has_statuses():
    for says, status in EARLY_UNIVERSE.values():
        assert says
        assert status in ("verified", "secondary", "assumed")


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: earliness(0.0, 10.0), "steps is 0; it must be 0.01 or more and finite"),
        (lambda: earliness(3.0, -1.0), "longest is -1; it must be positive and finite"),
        (lambda: earliness(3.0, np.inf), "longest is inf; it must be positive and finite"),
        (lambda: earliness(3.0, 10.0, 0.0), "now is 0; it must be positive and finite"),
        (lambda: earliness(3.0, 10.0, exponent=0.0), "exponent is 0; it must be positive"),
        (lambda: habitable_share_now(0.0), "longest is 0; it must be positive and finite"),
        (lambda: share_habitable_longer(-1.0, 5.0), "duration is -1 Gyr; it must not be negative"),
        (
            lambda: earliness_longest(3.0, 0.9),
            "rank is 0.9; with 3 hard steps it must be from 6.47e-34 to 0.452",
        ),
        (
            lambda: early_habitability(1.0, "sudden"),
            "unknown early universe 'sudden'; did you mean 'step'? (allowed: none, step, benign)",
        ),
        (
            lambda: early_habitability(1.0, "benign", onset=5.0),
            "onset is 5.0, but 'benign' has no onset",
        ),
    ],
)
def test_numbers_that_are_not(call, message):
    with pytest.raises(InputError) as error:
        call()
    assert message in str(error.value)
    assert "\n" not in str(error.value)
