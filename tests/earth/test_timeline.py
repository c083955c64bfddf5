"""The likelihood of dates against closed forms, multi-precision sums and plain simulation."""

from __future__ import annotations

import math

import mpmath as mp
import numpy as np
import pytest
from scipy import special

from sfc_sim._core.errors import InputError
from sfc_sim.appearance.timeline import Timeline, log_success

WINDOW = 5.5


def success(rates, window=1.0):
    return float(np.exp(log_success(rates, window)))


def exact_log_success(rates, window):
    """Sum over distinct rates at 400 digits; equal ones are set apart by 1e-40."""
    with mp.workdps(400):
        apart = [mp.mpf(r) * (1 + (k + 1) * mp.mpf(10) ** -40) for k, r in enumerate(rates)]
        total = mp.mpf(1)
        for i, rate in enumerate(apart):
            others = [other / (other - rate) for j, other in enumerate(apart) if j != i]
            total -= mp.fprod(others) * mp.exp(-rate * mp.mpf(window))
        return float(mp.log(total))


# Sums of 30 digits; relative rounding of some tens of operations.
@pytest.mark.parametrize(
    ("rates", "exact"),
    [
        ((1.0, 2.0, 3.0), 0.252580457827647),
        ((0.01, 0.02, 0.03), 9.85124253568992e-7),
        ((0.01, 0.02, 0.03, 0.04, 0.05), 9.75330231179532e-11),
        ((1.0, 1.0, 1.0), 0.0803013970713942),
    ],
)
def test_known_sums(rates, exact):
    assert success(rates) == pytest.approx(exact, rel=1e-12)


@pytest.mark.parametrize("steps", [1, 2, 4, 8])
def test_any_rates_match_the_multi_precision_sum(steps):
    rng = np.random.default_rng(steps)
    for rates in 10.0 ** rng.uniform(-12.0, 9.0, (25, steps)):
        exact = exact_log_success(rates, WINDOW)
        # Relative 1e-12 of the probability is absolute in its log.
        assert float(log_success(rates, WINDOW)) == pytest.approx(exact, rel=1e-14, abs=1e-12)


def test_close_rates_lose_no_digit():
    rates = 0.3 * (1.0 + np.array([0.0, 1e-15, 1e-9, 1e-6]))
    assert success(rates, WINDOW) == pytest.approx(special.gammainc(4, 0.3 * WINDOW), rel=1e-5)
    equal = success([0.3] * 4, WINDOW)
    assert equal == pytest.approx(special.gammainc(4, 0.3 * WINDOW), rel=1e-13)


@pytest.mark.parametrize("steps", [1, 3, 10, 30])
def test_multiples_of_one_rate_are_the_last_of_many_clocks(steps):
    rates = 0.2 * np.arange(1.0, steps + 1)
    assert success(rates, WINDOW) == pytest.approx((-np.expm1(-0.2 * WINDOW)) ** steps, rel=1e-12)


def test_the_order_of_the_steps_does_not_matter():
    rates = np.array([1e-5, 3.0, 0.4, 1e6])
    # Both orders take the same route of some 40 squarings, each of a few roundings.
    assert success(rates[::-1]) == pytest.approx(success(rates), rel=1e-13)


def test_slow_steps_reach_the_carter_limit_without_underflow():
    exact = 10 * math.log(1e-60 * WINDOW) - math.lgamma(11)
    assert float(log_success([1e-60] * 10, WINDOW)) == pytest.approx(exact, rel=1e-14)


def test_fast_steps_take_no_time():
    assert success([1e12, 0.2, 1e12], WINDOW) == pytest.approx(-np.expm1(-0.2 * WINDOW), rel=1e-11)
    assert float(log_success([1e9], WINDOW)) == 0.0


def test_shapes():
    assert log_success(np.full((3, 2, 4), 0.1), WINDOW).shape == (3, 2)
    assert log_success([0.1, 0.2], WINDOW).shape == ()


HISTORY = Timeline((0.0, 1.0, 1.0, 3.0), (1.5, 3.5, 4.0, 5.0), WINDOW)
RATES = np.array([1.0, 0.5, 3.0, 0.4])


def simulated(history, rates, count, rng):
    """Share of the histories that fit, among those that are complete, and its standard error."""
    fits = complete = 0
    for _ in range(count):
        date, good = 0.0, True
        for k in range(len(rates)):
            date += rng.exponential(1.0 / rates[k])
            good = good and history.earliest[k] <= date <= history.latest[k]
        if date <= history.window:
            complete += 1
            fits += good
    share = fits / complete
    return share, math.sqrt(share * (1.0 - share) / complete)


def test_the_likelihood_is_what_simulated_histories_give():
    share, error = simulated(HISTORY, RATES, 60_000, np.random.default_rng(2))
    found = float(np.exp(HISTORY.log_likelihood(RATES)))
    assert abs(found - share) < 4.0 * error
    # Negative controls: other rates, other dates, no condition.
    wrong_dates = Timeline((0.0, 1.0, 1.0, 3.0), (1.5, 3.5, 4.0, 4.8), WINDOW)
    unconditioned = Timeline(HISTORY.earliest, HISTORY.latest, WINDOW, conditioned=False)
    for history, rates in ((HISTORY, RATES[::-1]), (wrong_dates, RATES), (unconditioned, RATES)):
        assert abs(float(np.exp(history.log_likelihood(rates))) - share) > 4.0 * error


def test_the_condition_divides_by_success():
    free = Timeline(HISTORY.earliest, HISTORY.latest, WINDOW, conditioned=False)
    difference = free.log_likelihood(RATES) - HISTORY.log_likelihood(RATES)
    assert float(difference) == pytest.approx(float(log_success(RATES, WINDOW)), rel=1e-13)


def test_no_dates_say_nothing():
    history = Timeline((0.0,) * 4, (WINDOW,) * 4, WINDOW)
    assert float(history.log_likelihood(RATES)) == pytest.approx(0.0, abs=1e-14)


def test_intervals_of_all_orders_sum_to_one():
    """The first of two steps before or after 2 Gyr, the second likewise: three cases."""
    cases = [
        ((0.0, 0.0), (2.0, 2.0)),
        ((0.0, 2.0), (2.0, WINDOW)),
        ((2.0, 2.0), (WINDOW, WINDOW)),
    ]
    parts = [np.exp(Timeline(*case, WINDOW).log_likelihood([0.7, 30.0])) for case in cases]
    assert float(sum(parts)) == pytest.approx(1.0, rel=1e-13)


def test_hard_steps_are_spread_like_ordered_uniform_numbers():
    """Carter limit: the middle one of three in [a, b] has the law Beta(2, 2) of the window."""
    history = Timeline((0.0, 1.0, 0.0), (WINDOW, 2.0, WINDOW), WINDOW)
    law = special.betainc(2, 2, 2.0 / WINDOW) - special.betainc(2, 2, 1.0 / WINDOW)
    # The next order is (fastest rate) x (window).
    assert float(np.exp(history.log_likelihood([1e-12, 1e-9, 1e-10]))) == pytest.approx(
        law, rel=1e-8
    )


def test_a_known_date_is_the_limit_of_a_narrow_interval():
    narrow = 1e-6
    density = Timeline((0.0, 3.0), (1.0, 3.0), WINDOW).log_likelihood([0.8, 0.5])
    interval = Timeline((0.0, 3.0), (1.0, 3.0 + narrow), WINDOW).log_likelihood([0.8, 0.5])
    assert float(interval - math.log(narrow)) == pytest.approx(float(density), abs=1e-6)


def test_known_dates_have_a_closed_form():
    a, b = 0.8, 0.5
    history = Timeline((1.0, 3.0), (1.0, 3.0), WINDOW, conditioned=False)
    exact = math.log(a * b) - a * 1.0 - b * 2.0
    assert float(history.log_likelihood([a, b])) == pytest.approx(exact, rel=1e-14)


def test_an_impossible_history_is_minus_infinity():
    assert float(Timeline((1.0,), (2.0,), WINDOW).log_likelihood([1e4])) == -np.inf


@pytest.mark.parametrize(
    ("earliest", "latest", "words"),
    [
        ((0.0,), (1.0, 2.0), "earliest has 1 dates and latest 2"),
        ((2.0,), (1.0,), "step 1 lies between 2 and 1 Gyr"),
        ((0.0,), (6.0,), "window, 5.5 Gyr"),
        ((0.0,), (0.0,), "a latest above 0"),
        ((2.0, 0.0), (3.0, 1.0), "step 2 ends by 1 Gyr, before an earlier step begins, at 2"),
        ((2.0, 1.0), (2.0, 2.0), "step 2 ends by 2 Gyr"),
    ],
)
def test_dates_that_do_not_fit_are_refused(earliest, latest, words):
    with pytest.raises(InputError, match=words):
        Timeline(earliest, latest, WINDOW)


@pytest.mark.parametrize(
    ("rates", "window", "words"),
    [
        ([1.0, 0.0], 1.0, "rates must be positive and finite, got 0"),
        ([np.nan], 1.0, "got nan"),
        (1.0, 1.0, "one number per step"),
        ([1.0], 0.0, "window must be positive"),
        ([1e40] * 10, 1.0, "too fast for 10 steps"),
    ],
)
def test_rates_that_are_none_are_refused(rates, window, words):
    with pytest.raises(InputError, match=words):
        log_success(rates, window)


def test_a_timeline_wants_its_number_of_steps():
    with pytest.raises(InputError, match="rates has 3 steps, the timeline 4"):
        HISTORY.log_likelihood([1.0, 1.0, 1.0])
