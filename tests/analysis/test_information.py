"""What knowing is worth: unbiased in the number of draws, with errors that cover."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

import sfc_sim as sfc
from sfc_sim.analysis.choice import Choice, cells, gain_of_knowing
from sfc_sim.analysis.information import choice_between

BINS, REPEATS = 8, 60


def found(slope, many, seed):
    """Value, error and the plain best of bin means, of x that moves two actions apart.

    The gains are 1 + slope x and 1 - slope x, x uniform from -1 to 1, with noise. In equal bins
    the means of |x| have the mean 1/2: knowing is worth slope / 2.
    """
    rng = np.random.default_rng(seed)
    x, weight = rng.uniform(-1.0, 1.0, many), rng.lognormal(0.0, 0.5, many)
    weight /= weight.sum()
    noise = rng.normal(size=(2, many))
    gains = 1.0 + np.array([slope * x, -slope * x]) + noise
    gains *= (gains @ weight).max() / (gains @ weight)[:, None]
    case, places = Choice(gains, weight, weight, 1, tied=True), cells(x, weight, BINS)
    plain = gain_of_knowing(gains, weight, places) / float((gains @ weight).max())
    return *case.told(case.chosen(places, BINS)), plain


@pytest.mark.parametrize("slope", [0.0, 0.05, 0.2, 0.5])
@pytest.mark.parametrize("many", [2000, 20_000])
def test_worth_does_not_grow_with_draws(slope, many):
    """The mean of 60 repeats is within one error of one run, and errors are those of repeats.

    Negative control: the best of the bin means grows with noise, by more than an error at 0.
    """
    runs = np.array([found(slope, many, seed) for seed in range(REPEATS)])
    error = runs[:, 1].mean()
    assert abs(runs[:, 0].mean() - 0.5 * slope) < error * (1.0 + 3.0 / np.sqrt(REPEATS))
    if slope == 0.0:
        assert runs[:, 2].mean() > 1.5 * error
    elif slope > 0.1:
        # k = 4 standard errors of a standard deviation of 60.
        assert abs(runs[:, 0].std() / error - 1.0) < 4.0 / np.sqrt(2 * REPEATS)


@pytest.mark.parametrize("slope", [0.0, 0.3])
def test_sizes_agree(slope):
    """Of 60 pairs of 2,000 and 20,000 draws, 4.6 % differ by more than two errors; k = 4.

    Negative control: where nothing matters, the best of the bin means differs by more than one
    error in over 60 % of pairs, 32 % by chance.
    """
    beyond, plain = 0, 0
    for seed in range(REPEATS):
        small, large = found(slope, 2000, seed), found(slope, 20_000, seed + 1000)
        allowed = 2.0 * np.hypot(small[1], large[1])
        beyond += abs(small[0] - large[0]) > allowed
        plain += abs(small[2] - large[2]) > 0.5 * allowed
    assert beyond <= REPEATS * 0.046 + 4.0 * np.sqrt(REPEATS * 0.046 * 0.954)
    assert plain > 0.6 * REPEATS or slope


def test_few_draws_tell_nothing():
    value, error, _ = found(0.5, 200, 1)
    assert np.isnan(value)
    assert np.isnan(error)


def test_bins_are_of_equal_weight():
    rng = np.random.default_rng(2)
    x, weight = rng.normal(size=10_000), rng.exponential(size=10_000)
    mass = np.bincount(cells(x, weight, BINS), weight / weight.sum())
    assert mass == pytest.approx(np.full(BINS, 1 / BINS), abs=2e-3)


def test_efforts_are_levelled_where_no_action_harms_on_average():
    study = sfc.assess("finnveden2019", 500, rng=3, theories=["prior"], aim=False, evidence="none")
    for misaligned, level in ((0.0, True), (1.5, False)):
        asked = None, None, None, misaligned, 0.9, 0.5, None
        case, _ = choice_between(study, ["extinction", "alignment"], *asked)
        means = case.gains @ case.weight
        assert (means.min() > 0.0) == case.tied == level
        assert (np.ptp(means) < 1e-9 * means.max()) == level


@pytest.mark.verification
def test_errors_where_an_action_harms_on_average_are_those_of_repeats():
    """Then efforts are not levelled. Of 60 seeds: within 4 of the log spread's error, 1/sqrt(118).

    Negative control: with the reference of levelled efforts errors are 1.5 times as large, or more.
    """
    similarity = sfc.Normal(1.8, 3.0)
    aim = sfc.aim("finnveden2019", theories=["adt-total"], rng=1)
    asked = {"theories": ["adt-total"], "similarity": similarity, "aim": aim}
    rows = []
    for seed in range(60):
        study = sfc.assess("finnveden2019", 1500, rng=seed, **asked)
        case, _ = choice_between(
            study, ["extinction", "alignment"], None, None, None, 0.0, 0.9, 0.5, None
        )
        best = case.gains.argmax(axis=0)
        harms = (case.gains @ case.weight).min() < 0.0
        rows.append((harms, *case.told(best), replace(case, tied=True).told(best)[1]))
    harms, value, error, levelled = np.array(rows).T
    spread = value.std(ddof=1)
    assert harms.mean() > 0.9
    assert abs(np.log(np.sqrt(np.mean(error**2)) / spread)) < 4.0 / np.sqrt(118.0)
    assert np.sqrt(np.mean(levelled**2)) > 1.5 * spread
