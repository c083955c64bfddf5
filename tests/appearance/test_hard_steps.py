"""Hard steps against closed forms, and both laws of completion against each other."""

from __future__ import annotations

import math
import warnings

import numpy as np
import pytest
from scipy import stats

import sfc_sim as sfc
from sfc_sim._core.errors import InputError
from sfc_sim.appearance.hard_steps import HardSteps
from sfc_sim.cosmology.background import Background
from sfc_sim.expansion.coverage import tabulate
from sfc_sim.expansion.grid import make_grid
from sfc_sim.kernels.hard_steps import advance, log_completion
from tests.given import unseen

PLANCK = Background.named("Planck18")


def world(**changes):
    values = {
        "hard_steps": 5.0,
        "step_time": 5000.0,
        "delay": 1.0,
        "try_once": 1.0,
        "longest_habitability": 10.0,
        "early_habitability": 1.0,
        "habitability_onset": 7.0,
        "habitability_width": 1.0,
    } | changes
    return {name: np.atleast_1d(np.asarray(value, dtype=float)) for name, value in values.items()}


def potential(model, parameters):
    grid = make_grid(PLANCK, model.onset(parameters))
    return np.exp(tabulate(grid, *model.log_rate(parameters, grid.times)).log_potential())


def completion(rates, age):
    """Density of a chain of exponential stages, through the kernel."""
    count = len(rates)
    out = np.empty(1)
    log_completion(
        np.array([float(count)]), np.ones(1), np.zeros(1), np.array([rates]),
        np.array([count]), age, out,
    )  # fmt: skip
    return math.exp(out[0])


@pytest.mark.parametrize(
    ("delay_form", "delay", "exact"),
    [
        ("shift", 1.0, 201.274103220391),
        ("exponential", 1.0, 231.850474241128),
        ("shift", 0.0, 382.766223562385),
    ],
)
def test_number_without_preclusion(delay_form, delay, exact):
    """Cook's example; multi-precision quadrature. The grid is good to 1e-6 where n is 5."""
    found = potential(HardSteps(delay_form=delay_form), world(delay=delay))
    assert found[0] == pytest.approx(exact, rel=1e-6)


@pytest.mark.parametrize("age", [0.3, 1.0, 4.0])
def test_chain_of_multiple_rates_has_a_closed_form(age):
    """Rates k = 1..n: the last of n equal clocks, CDF (1 - e^-t)^n."""
    for n in (1, 3, 7):
        exact = n * (1.0 - math.exp(-age)) ** (n - 1) * math.exp(-age)
        assert completion([float(k) for k in range(1, n + 1)], age) == pytest.approx(exact, 1e-12)


def test_slow_chain_reaches_the_carter_limit_without_underflow():
    """Rates of 1e-20 per Gyr: density is the product of rates times t^(n-1) / (n-1)!."""
    rates, age = [1e-20] * 10, 4.5
    log_exact = 10 * math.log(1e-20) + 9 * math.log(age) - math.lgamma(10)
    out = np.empty(1)
    log_completion(
        np.array([10.0]), np.ones(1), np.zeros(1), np.array([rates]), np.array([10]), age, out
    )
    assert out[0] == pytest.approx(log_exact, rel=1e-12)


@pytest.mark.parametrize("age", [0.5, 5.0, 80.0])
def test_chain_of_equal_rates_is_the_gamma_law(age):
    exact = stats.gamma(4, scale=2.5).pdf(age)
    assert completion([0.4] * 4, age) == pytest.approx(exact, rel=1e-11)


def test_chain_advances_in_any_number_of_pieces():
    rates = np.array([3.0, 0.01, 0.7, 40.0, 0.0])
    whole, parts = np.array([1.0, 0, 0, 0, 0]), np.array([1.0, 0, 0, 0, 0])
    advance(whole, rates, 4, 7.0)
    for _ in range(70):
        advance(parts, rates, 4, 0.1)
    assert parts[:4] == pytest.approx(whole[:4], rel=1e-10)


def test_exact_law_equals_gamma_law_for_equal_steps():
    steps = np.full((1, 5), 5000.0)
    gamma = potential(HardSteps(), world())
    exact = potential(HardSteps(completion="hypoexponential"), world() | {"step_times": steps})
    assert exact == pytest.approx(gamma, rel=1e-7)


def test_exact_law_differs_where_steps_are_fast():
    """Negative control: away from the Carter limit the geometric mean is not enough."""
    steps = np.array([[0.5, 0.5, 5e4, 5e4, 5e4]])
    mean = float(np.exp(np.log(steps).mean()))
    gamma = potential(HardSteps(), world(step_time=mean))
    exact = potential(
        HardSteps(completion="hypoexponential"), world(step_time=mean) | {"step_times": steps}
    )
    assert exact[0] / gamma[0] < 0.9


def test_step_time_is_the_geometric_mean_of_the_steps_used():
    own = np.array([[1.0, 100.0, 7.0], [8.0, 5.0, 5.0]])
    combined = HardSteps().combine({"hard_steps": np.array([2.0, 1.0]), "step_times": own})
    assert combined["step_time"] == pytest.approx([10.0, 8.0])


def test_no_observers_like_us_where_the_delay_outlasts_earth():
    log_observers = HardSteps().log_observers(world(delay=4.6), PLANCK.age)
    assert log_observers[0] == -np.inf


def test_observers_follow_the_completion_law():
    age = 4.5 - 1.0
    exact = stats.gamma(5, scale=5000.0).logpdf(age)
    assert HardSteps().log_observers(world(), PLANCK.age)[0] == pytest.approx(exact, rel=1e-12)


def test_early_universe_factor_only_lowers():
    full, lowered = (potential(HardSteps(), world(early_habitability=u)) for u in (1.0, 1e-10))
    assert lowered[0] < full[0]


@pytest.mark.parametrize("longest", [20.0, 300.0, 500.0, 20_000.0])
def test_long_lived_planets_need_no_long_grid(longest):
    """All planets of all times: T times the integral of f (1 - sqrt(s / L)), by scipy."""
    from scipy import integrate

    law = stats.gamma(2, scale=3000.0, loc=1.0)
    share, _ = integrate.quad(
        lambda s: law.pdf(s) * (1 - math.sqrt(s / longest)), 1.0, longest, epsrel=1e-11, limit=500
    )
    exact = 5e18 * math.sqrt(longest) * share
    found = potential(
        HardSteps(), world(hard_steps=2, step_time=3000.0, longest_habitability=longest)
    )
    # Births of the last 300 Gyr of the grid are summed in cells of 14 Gyr.
    assert found[0] == pytest.approx(exact, rel=2e-5)


def test_exact_law_needs_its_steps():
    model = HardSteps(completion="hypoexponential")
    with pytest.raises(InputError, match="step_times"):
        model.log_observers(world(), PLANCK.age)


def test_unknown_choices_offer_the_nearest():
    with pytest.raises(InputError, match="unknown completion 'gama'; did you mean 'gamma'"):
        HardSteps(completion="gama")


def test_planets_that_last_as_long_as_ours():
    """Against the plain sums over the same draws, weighted by the planets that last so long.

    Negative control: without it, on the same draws, the share is another.
    """
    base = sfc.load_scenario("cook2022-balanced")
    shares = []
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", sfc.EffectiveSampleSizeWarning)
        for scenario in (base, base.replace(like_us="and-lasting")):
            draws = sfc.sample(scenario, 20_000, rng=7)
            weights = sfc.weigh(draws, theories=["adt-total"])
            shares.append((draws, weights, sfc.saturation(draws, weights)))
    draws, weights, plain = shares[0]
    copies = np.exp(sfc.sampling.worlds(draws, weights, "adt-total")["log_copies"])
    copies = copies * np.maximum(np.sqrt(draws.longest_habitability.values) - 4.5**0.5, 0.0)
    kept = (copies @ unseen(draws).volume_marginal.values) / (
        copies @ unseen(draws).volume_grabbed.values
    )
    found = shares[1][2]
    assert found.recovered_share.item() == pytest.approx(1.0 - kept, rel=1e-6)
    error = found.recovered_share_standard_error.item()
    assert abs(found.recovered_share.item() - 0.713) < 4 * error
    assert abs(found.recovered_share.item() - plain.recovered_share.item()) > 1e-3
