"""Laws that self-indication must obey for whoever comes among unknown numbers of others.

If the number of civilizations is unknown over many decades and no front has come here, the
volume covered follows an exponential law, from which all of these follow in closed form.
"""

from __future__ import annotations

import warnings
from functools import cache

import numpy as np
import pytest
from scipy import stats

import sfc_sim as sfc
from sfc_sim.expansion.coverage import tables_of
from sfc_sim.inference.theories import EffectiveSampleSizeWarning
from sfc_sim.sampling.plan import Plan
from sfc_sim.testing.first_come import colonised_share, empty_share
from tests.given import unmet

DRAWS, SEED = 20_000, 12


@cache
def drawn(name, speed=None):
    scenario = sfc.load_scenario(name)
    chosen = scenario if speed is None else scenario.replace(expansion_speed=speed)
    return sfc.sample(chosen, DRAWS, rng=SEED, aim=["sia"], evidence="not-engulfed")


def weights_of(draws, theory="sia", evidence="not-engulfed"):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", EffectiveSampleSizeWarning)
        table = sfc.weigh(draws, evidence, theories=[theory])
    return np.exp(table["log_weight"].values[0]), table


def mean(values, weight):
    """Weighted mean and its standard error."""
    found = float(weight @ values)
    return found, float(np.sqrt((weight**2 * (values - found) ** 2).sum()))


def test_reach_and_recovery_are_those_of_the_closed_form():
    """Finnveden (2019), within 3 standard errors at every speed, which drops out of both.

    His prior is not quite flat: 50 decades wide and 17 off its middle it rises as f^0.003, which
    takes 0.9 % off the share, less than one of these standard errors.
    """
    plan = Plan(sfc.load_scenario("finnveden2019"), 0)
    one = {name: np.full(1, 0.5) for name in plan.scenario.parameters}
    coverage = tables_of(plan.appearance, one, plan.background)
    colonised, empty = colonised_share(coverage).item(), empty_share(coverage).item()
    for speed in (0.5, 0.8, 0.99):
        draws = drawn("finnveden2019", speed)
        weight, table = weights_of(draws)
        world = sfc.sampling.worlds(draws, table, "sia")
        share, error = mean(world["volume_grabbed"] / world["volume_alone"], weight)
        assert abs(share - (1 - colonised)) < 3 * error, speed
        kept, kept_error = mean(world["volume_marginal"] / world["volume_alone"], weight)
        assert abs(kept - empty * (1 - colonised)) < 3 * kept_error, speed
        # Negative control: what the prior has.
        prior = unmet(draws).volume_grabbed.values / draws.volume_alone.values
        assert abs(mean(prior, weights_of(draws, "prior")[0])[0] - share) > 20 * error


def test_the_same_draws_hold_the_same_share_at_any_speed():
    """Within 3 standard errors of their difference, which are 3 %; speeds differ twofold."""
    means, parts = [], []
    for speed in (0.5, 0.8, 0.99):
        draws = drawn("finnveden2019", speed)
        weight, table = weights_of(draws)
        world = sfc.sampling.worlds(draws, table, "sia")
        share = world["volume_grabbed"] / world["volume_alone"]
        means.append(weight @ share)
        parts.append(weight * (share - means[-1]))
    for k in (1, 2):
        error = np.sqrt(((parts[k] - parts[0]) ** 2).sum())
        assert abs(means[k] - means[0]) < 3 * error
        assert error < 0.03 * means[0]


@pytest.mark.parametrize("speed", [0.5, 0.9])
@pytest.mark.parametrize("count", [0, 1, 3])
def test_number_in_sight(speed, count):
    """Olson (2020): P(n) = (v/c)^3 [1 - (v/c)^3]^n, within 3.5 standard errors (6 checks)."""
    draws = drawn("olson2020", speed)
    weight, _ = weights_of(draws)
    seen = np.exp(draws.log_seen_now.values)
    chance = stats.poisson.pmf(count, seen * (1 - speed**3))
    found, error = mean(chance, weight)
    expected = speed**3 * (1 - speed**3) ** count
    assert abs(found - expected) < 3.5 * error
    assert error < 0.01


@pytest.mark.parametrize("speed", [0.5, 0.9])
def test_without_self_indication_nobody_is_in_sight(speed):
    """Negative control: the prior is of empty worlds."""
    draws = drawn("olson2020", speed)
    weight, _ = weights_of(draws, "prior")
    seen = np.exp(draws.log_seen_now.values)
    found, error = mean(np.exp(-seen * (1 - speed**3)), weight)
    assert abs(found - speed**3) > 10 * error


def weighted_distance(values, weight, cdf):
    """Kolmogorov's distance, times the root of the effective number of draws."""
    order = np.argsort(values)
    below = np.cumsum(weight[order])
    distance = np.abs(np.stack([below, below - weight[order]]) - cdf(values[order])).max()
    return distance * np.sqrt(1.0 / (weight**2).sum())


# Kolmogorov's distance exceeds 1.95 / sqrt(n) with a chance of 1e-3; a level prior is far beyond.
LIMIT = 1.95


def level(low):
    return lambda x: (x - low) / (1 - low)


def test_expanding_fraction_becomes_its_prior_over_itself():
    """Olson & Ord (2021): P(q) -> P(q) / q, a level prior from 0.01 becomes log-uniform."""
    draws = drawn("olson-ord2021")
    weight, _ = weights_of(draws)
    fraction = draws.expanding_fraction.values
    assert weighted_distance(fraction, weight, lambda q: 1 + np.log(q) / np.log(100)) < LIMIT
    assert weighted_distance(fraction, weight, level(0.01)) > 5 * LIMIT  # negative control


def test_speed_becomes_its_prior_over_its_cube():
    """P(v) -> P(v) / v^3: from a level prior above 0.1, (1 - (0.1/v)^2) / 0.99."""
    draws = drawn("olson-ord2021")
    weight, _ = weights_of(draws)
    speed = draws.expansion_speed.values
    assert weighted_distance(speed, weight, lambda v: (1 - (0.1 / v) ** 2) / 0.99) < LIMIT
    assert weighted_distance(speed, weight, level(0.1)) > 5 * LIMIT  # negative control


def test_without_evidence_speed_keeps_its_prior():
    draws = drawn("olson-ord2021")
    weight, _ = weights_of(draws, evidence="none")
    assert weighted_distance(draws.expansion_speed.values, weight, level(0.1)) < LIMIT


def test_covered_volume_is_exponential():
    """V = v^3 x what is seen, given no front here: the law that all above comes from."""
    draws = drawn("olson-ord2021")
    weight, _ = weights_of(draws)
    seen = np.exp(draws.log_seen_now.values)
    covered = seen * draws.expansion_speed.values**3
    assert weighted_distance(covered, weight, stats.expon.cdf) < LIMIT
    assert weighted_distance(1.2 * covered, weight, stats.expon.cdf) > 2 * LIMIT


def test_recovered_share_of_the_table_is_the_ratio_of_the_sums():
    draws = drawn("finnveden2019", 0.5)
    weight, table = weights_of(draws)
    world = sfc.sampling.worlds(draws, table, "sia")
    kept = (weight @ world["volume_marginal"]) / (weight @ world["volume_grabbed"])
    found = sfc.saturation(draws, table).recovered_share.item()
    assert found == pytest.approx(1 - kept, rel=1e-9)
