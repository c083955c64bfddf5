"""Births after a delay, against quadrature, planets drawn one by one, and limits."""

from __future__ import annotations

import numpy as np
import pytest

from sfc_sim._core.errors import InputError
from sfc_sim.cosmology.background import Background
from sfc_sim.expansion.coverage import tabulate
from sfc_sim.expansion.grid import make_grid
from sfc_sim.planets.delays import Delayed, DelayLaw
from sfc_sim.planets.formation import PlanetHistory, today
from sfc_sim.planets.habitability import early_habitability, early_onset
from tests import naive_dated as naive

DATES = np.array([[3.0, 6.0, 9.0, 13.787, 18.0, 30.0]])


def against_quadrature(history, future, mean, spread, windows, longest):
    """Largest error of the rate, over its peak."""
    past = PlanetHistory(history, future)
    found = Delayed(past, DelayLaw(mean, spread, windows), longest).rate(DATES)[0]
    exact = [
        naive.rate(past.rate, t, mean, spread, windows, longest, corner=today()) for t in DATES[0]
    ]
    return float(np.abs(found - exact).max() / max(exact))


LAWS = [
    (4.55, 1.0, 1, np.inf),
    (4.55, 0.05, 1, np.inf),
    (6.0, 1.0, 1, np.inf),
    (4.55, 1.0, 1, 6.0),  # a bend of the habitable share inside the law
    (4.55, 1.0, 1, 4.0),
    (4.5, 2.0, 30, 10.0),
    (4.5, 0.2, 1, 4.5),
]


@pytest.mark.parametrize("law", LAWS)
@pytest.mark.parametrize(
    ("history", "future"), [("hanson2021", "formula"), ("lineweaver2001", "e-fold")]
)
def test_against_quadrature(history, future, law):
    """1e-4 of the peak: the bend of the history today costs that, all else 1e-6."""
    assert against_quadrature(history, future, *law) < 1e-4


@pytest.mark.parametrize("longest", [np.inf, 6.0])
def test_the_widest_law_that_scenarios_may_ask_for(longest):
    """1e-3 of the peak: the nodes are 1.8 Gyr apart then, and stars rise within 3."""
    assert against_quadrature("madau2014", "formula", 5.0, 5.0, 1, longest) < 1e-3


def test_planets_that_cease_to_form():
    """1 % of the peak: after today the history ends in a step between two nodes."""
    assert against_quadrature("madau2014", "none", 4.55, 1.0, 1, np.inf) < 1e-2


def test_quadrature_sees_a_wrong_delay():
    """Negative control of the three above: a tenth of a Gyr is worth percents."""
    past = PlanetHistory("hanson2021")
    found = Delayed(past, DelayLaw(4.55, 1.0)).rate(np.array([[9.0]])).item()
    assert found != pytest.approx(naive.rate(past.rate, 9.0, 4.65, 1.0), rel=1e-2)


@pytest.mark.parametrize(("windows", "longest"), [(1, np.inf), (3, np.inf), (1, 8.0), (4, 12.0)])
def test_against_planets_drawn_one_by_one(windows, longest):
    """Births per bin of 1 Gyr, each within 4.5 standard errors; a delay 0.1 Gyr off is not."""
    past, count = PlanetHistory("madau2014", "none"), 400_000
    dates = np.linspace(0.0, today(), 4001)
    rng = np.random.default_rng(8)
    born = naive.births(rng, dates, past.formed(dates), count, 4.5, 1.0, windows, longest)
    edges = np.arange(2.0, 14.0)
    found = np.histogram(born, edges)[0]

    def worst(mean):
        inner = edges[:-1, None] + np.linspace(0.0, 1.0, 41)
        rate = Delayed(past, DelayLaw(mean, 1.0, windows), longest).rate(inner)
        expected = count * np.trapezoid(rate, inner, axis=1)
        return float(np.abs((found - expected) / np.sqrt(expected + 1.0)).max())

    assert worst(4.5) < 4.5
    assert worst(4.6) > 4.5  # negative control


def test_a_sharp_delay_shifts_the_history():
    """The rest is half of the curvature times the variance, 1e-4 here."""
    past = PlanetHistory("hanson2021")
    found = Delayed(past, DelayLaw(4.55, 0.01)).rate(DATES)[0]
    np.testing.assert_allclose(found, past.rate(DATES[0] - 4.55), atol=2e-5)


@pytest.mark.parametrize("windows", [1.0, 2.0, 7.0])
def test_the_law_is_normalised(windows):
    """A cut at 5.5 standard deviations leaves 2e-8 per window on either side."""
    _, weights = DelayLaw(6.0, 1.0, windows).rule()
    assert weights.sum() == pytest.approx(1.0, abs=5e-8 * windows)


def test_one_window_is_a_normal_delay_and_more_are_its_maximum():
    ages = np.linspace(0.1, 9.0, 20)
    law = naive.delay(4.0, 2.0)
    np.testing.assert_allclose(DelayLaw(4.0, 2.0).density(ages), law.pdf(ages), rtol=1e-12)
    many = 3 * law.cdf(ages) ** 2 * law.pdf(ages)
    np.testing.assert_allclose(DelayLaw(4.0, 2.0, 3).density(ages), many, rtol=1e-9)
    assert not DelayLaw(4.0, 2.0).density(np.array([-1.0, 0.0])).any()


def test_every_planet_bears_one_in_the_end():
    """One per planet formed by today, and as many more as form later; 1e-6 with the cut."""
    past = PlanetHistory("hanson2021")
    dates = np.linspace(0.0, 399.0, 40_001)
    total = np.trapezoid(Delayed(past, DelayLaw(6.0, 1.0)).rate(dates[None])[0], dates)
    assert total == pytest.approx(past.total(), rel=1e-6)


def test_no_limit_is_the_limit_of_long_habitability():
    """Of planets habitable for up to L a share sqrt(age / L) drops out, 2e-6 of it at 1e12."""
    past, law = PlanetHistory("madau2014"), DelayLaw(4.55, 1.0)
    endless, long = Delayed(past, law), Delayed(past, law, 1e12)
    np.testing.assert_allclose(long.rate(DATES), endless.rate(DATES), rtol=5e-6)


def test_planets_that_die_before_their_time_bear_nobody():
    made = Delayed(PlanetHistory(), DelayLaw(4.55, 0.1), longest=3.0)
    assert not made.rate(DATES).any()
    assert made.observers(13.787, 4.5) == 0.0


def test_draws_of_a_batch_are_those_of_single_laws():
    """Bit for bit: a draw may be made again alone."""
    past = PlanetHistory("hanson2021")
    means, spreads, longest = np.array([3.0, 5.0]), np.array([0.5, 2.0]), np.array([6.0, 60.0])
    both = Delayed(past, DelayLaw(means, spreads, np.array([1.0, 4.0])), longest)
    times = np.repeat(DATES, 2, axis=0)
    for i, windows in enumerate((1.0, 4.0)):
        alone = Delayed(past, DelayLaw(means[i], spreads[i], windows), longest[i])
        assert both.rate(times)[i].tobytes() == alone.rate(DATES)[0].tobytes()
        assert both.onset[i] == alone.onset


def test_observers_are_the_rate_before_it_is_summed():
    """Over all ages of their planets they are the rate."""
    made = Delayed(PlanetHistory("hanson2021"), DelayLaw(4.55, 1.0), 10.0)
    ages = np.linspace(0.0, 10.0, 2001)
    summed = np.trapezoid([made.observers(13.787, age) for age in ages], ages)
    assert summed == pytest.approx(made.rate(np.array([[13.787]])).item(), rel=1e-5)


def test_an_early_universe_takes_its_share():
    past, law = PlanetHistory("madau2014"), DelayLaw(2.0, 0.5)
    free, benign = Delayed(past, law), Delayed(past, law, early="benign")
    shares = benign.rate(DATES) / free.rate(DATES)
    np.testing.assert_allclose(shares, early_habitability(DATES, "benign"), rtol=1e-12)


@pytest.mark.parametrize("early", ["none", "step", "benign"])
def test_births_by_now_on_the_grid_of_coverage(early):
    """Against the integral over dates, 2e-4: a step of the early universe opens the grid."""
    made = Delayed(PlanetHistory("madau2014"), DelayLaw(4.55, 1.0), early=early)
    planck = Background.named("Planck18")
    grid = make_grid(planck, made.onset[None])
    with np.errstate(divide="ignore"):
        coverage = tabulate(grid, np.log(made.rate(grid.times)), np.full(1, -np.inf))
    by_now = np.exp(coverage.log_actual(np.full(1, -80.0), np.ones(1), by_now=True)).item()
    dates = np.linspace(made.onset, planck.age, 20_001)
    assert by_now == pytest.approx(np.trapezoid(made.rate(dates[None])[0], dates), rel=2e-4)
    assert made.onset == (early_onset("step") if early == "step" else 0.0)


@pytest.mark.parametrize(
    ("law", "message"),
    [
        ((0.0, 1.0), "mean of a delay is 0; it must be positive"),
        ((4.0, -1.0), "spread of a delay is -1; it must be positive"),
        ((4.0, 1.0, np.array([1.0, np.inf])), "windows of a delay is inf; it must be positive"),
        ((4.0, np.array([1.0, np.nan])), "spread of a delay is nan"),
    ],
)
def test_errors(law, message):
    with pytest.raises(InputError, match=message):
        DelayLaw(*law)
