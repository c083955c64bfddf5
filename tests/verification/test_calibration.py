"""Stated errors must cover the truth as often as they say: repeats with seeds of their own."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pytest

import sfc_sim as sfc

pytestmark = [
    pytest.mark.verification,
    pytest.mark.filterwarnings("ignore::sfc_sim.EffectiveSampleSizeWarning"),
]

REPEATS, DRAWS = 200, 4000
THEORIES = ("prior", "sia", "ssa-civilizations", "ssa-all", "adt-total")
MEANS = ("probability_alone", "recovered_share", "extinction_discount", "held_of_alone")


class Repeats(NamedTuple):
    means: np.ndarray  # (repeat, theory, mean, 2): value and standard error
    counts: np.ndarray  # (repeat, theory, 3): log10 of the median count, low, middle, high
    shapes: np.ndarray  # (repeat, theory): k-hat


@pytest.fixture(scope="module")
def repeats() -> Repeats:
    """One proposal, 200 sets of draws of it, each of 4,000."""
    proposal = sfc.aim("cook2022-balanced", theories=THEORIES, rng=1, pilot=10_000)
    means, counts, shapes = [], [], []
    for seed in range(REPEATS):
        report = sfc.assess(
            "cook2022-balanced", DRAWS, rng=500 + seed, theories=THEORIES, aim=proposal
        ).report
        pairs = [(report[name], report[f"{name}_standard_error"]) for name in MEANS]
        means.append(np.array([[a.values, b.values] for a, b in pairs]).transpose(2, 0, 1))
        ends = ("civilizations_actual_low", "civilizations_actual", "civilizations_actual_high")
        middle = [report[name].sel(quantile=0.5).values for name in ends]
        counts.append(np.log10(np.array(middle)).T)
        shapes.append(report.k_hat.values)
    return Repeats(np.array(means), np.array(counts), np.array(shapes))


def test_intervals_of_means_cover(repeats):
    """68 +- 5 % and 95 +- 3 % where k-hat is below 0.5, over theories and means together.

    The truth is the mean of all repeats, of 200 times the draws. Negative controls: errors of
    half, and of twice the size.
    """
    fine = np.median(repeats.shapes, axis=0) < 0.5
    assert fine.sum() >= 4
    values, errors = np.moveaxis(repeats.means[:, fine], -1, 0)
    off = np.abs(values - values.mean(axis=0)) / errors
    assert np.mean(off < 1) == pytest.approx(0.68, abs=0.05)
    assert np.mean(off < 2) == pytest.approx(0.95, abs=0.03)
    assert abs(np.mean(2 * off < 1) - 0.68) > 0.05
    assert abs(np.mean(off / 2 < 1) - 0.68) > 0.05


def test_intervals_of_median_counts_cover(repeats):
    """The same, of the interval by Woodruff (1952)."""
    fine = np.median(repeats.shapes, axis=0) < 0.5
    low, middle, high = repeats.counts[:, fine].transpose(2, 0, 1)
    truth = np.median(middle, axis=0)
    assert np.mean((low <= truth) & (truth <= high)) == pytest.approx(0.68, abs=0.05)
    third = (high - low) / 6
    assert np.mean(np.abs(middle - truth) < third) < 0.63  # negative control
