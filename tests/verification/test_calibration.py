"""Stated errors must cover the truth as often as they say: repeats with seeds of their own."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pytest

import sfc_sim as sfc
from sfc_sim._weighted import weighted_mean, weighted_quantiles

pytestmark = [
    pytest.mark.verification,
    pytest.mark.filterwarnings("ignore::sfc_sim.EffectiveSampleSizeWarning"),
]

SEEDS, DRAWS = 40, 5000
# One standard error covers 68.3 %; the share of 40 repeats is known to sqrt(p (1 - p) / 40).
SAID = 0.683
OFF = np.sqrt(SAID * (1 - SAID) / SEEDS)


class Repeats(NamedTuple):
    alone: np.ndarray  # P(alone) of SIA, its error, and both by the redrawn pairs alone
    sums: np.ndarray  # log of the norm, and P(alone) x norm / exp(log norm)
    counts: np.ndarray  # log10 of the median count of the prior: low, middle, high
    pooled: float  # the median of all repeats together


@pytest.fixture(scope="module")
def repeats() -> Repeats:
    alone, sums, counts, pool, mass = [], [], [], [], []
    for seed in range(SEEDS):
        draws = sfc.sample("cook2022-balanced", DRAWS, rng=500 + seed)
        weights = sfc.weigh(draws, theories=["sia", "prior"])
        table = sfc.summarize(draws, weights)
        sia, prior = (table.sel(theory=name) for name in ("sia", "prior"))
        weight = np.exp(weights.log_weight.sel(theory="sia").values)
        redrawn = sfc.worlds(draws, weights, "sia")["log_intelligent_actual"] < 0
        alone.append(
            [
                sia.probability_alone.item(),
                sia.probability_alone_standard_error.item(),
                *weighted_mean(redrawn.astype(float), weight),
            ]
        )
        norm = draws.redrawn_log_observers_like_us.sel(evidence="nothing-visible").values
        log_norm = np.logaddexp.reduce(norm)
        sums.append([log_norm, alone[-1][0]])
        names = ("civilizations_actual_low", "civilizations_actual", "civilizations_actual_high")
        counts.append([np.log10(prior[name].sel(quantile=0.5).item()) for name in names])
        pool.append(draws.log_civilizations_actual.values / np.log(10.0))
        mass.append(draws.unseen_now.values)
    values, weight = np.concatenate(pool), np.concatenate(mass)
    pooled = weighted_quantiles(values, weight / weight.sum(), [0.5])[0]
    return Repeats(np.array(alone), np.array(sums), np.array(counts), float(pooled))


def truth(repeats: Repeats) -> float:
    """Ratio of the sums over all repeats: 40 times the draws of each."""
    log_norm, ratio = repeats.sums.T
    share = np.exp(log_norm - log_norm.max())
    return float(share @ ratio / share.sum())


def test_the_chance_of_being_alone_under_self_indication_is_covered(repeats):
    """To 3 standard errors of a share of 40 repeats."""
    mean, error, old, old_error = repeats.alone.T
    right = truth(repeats)
    assert abs(np.mean(abs(mean - right) < error) - SAID) < 3 * OFF
    # Negative control: pairs redrawn for many civilizations, which all but miss the event.
    assert np.mean(abs(old - right) < old_error) < SAID - 3 * OFF


def test_the_stated_error_is_the_spread_of_repeats(repeats):
    """To 4 x 11 %, the error of a spread of 40."""
    mean, error, old, _ = repeats.alone.T
    assert np.std(mean, ddof=1) / np.mean(error) == pytest.approx(1.0, abs=4 * 0.11)
    # Negative control: the spread is the smaller by far.
    assert np.std(mean, ddof=1) < 0.5 * np.std(old, ddof=1)


def test_the_interval_of_a_median_count_covers(repeats):
    """To 3 standard errors of a share of 40 repeats; the prior spans a hundred decades."""
    low, _, high = repeats.counts.T
    assert abs(np.mean((low <= repeats.pooled) & (repeats.pooled <= high)) - SAID) < 3 * OFF
    # Negative control: a third of the interval.
    middle, half = 0.5 * (low + high), (high - low) / 6
    assert np.mean(abs(middle - repeats.pooled) < half) < SAID - 3 * OFF
