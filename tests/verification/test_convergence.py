"""Monte Carlo error must fall as the square root of the number of draws."""

from __future__ import annotations

import numpy as np
import pytest

import sfc_sim as sfc

pytestmark = [
    pytest.mark.verification,
    pytest.mark.filterwarnings("ignore::sfc_sim.EffectiveSampleSizeWarning"),
]

SIZES = (500, 2000, 8000, 32_000)


def spreads(design: str) -> np.ndarray:
    """Standard deviation over 24 seeds of P(alone | ssa-civilizations), by number of draws."""
    found = []
    for size in SIZES:
        answers = []
        for seed in range(24):
            draws = sfc.sample("cook2022-balanced", size, rng=1000 + seed, design=design)
            weights = sfc.weigh(draws, theories=["ssa-civilizations"])
            answers.append(sfc.summarize(draws, weights).probability_alone.item())
        found.append(np.std(answers, ddof=1))
    return np.array(found)


def test_error_falls_as_the_square_root_of_draws():
    """Fitted slope of -1/2 to 4 standard errors: a spread of 24 seeds is good to 15 %."""
    slope = np.polyfit(np.log(SIZES), np.log(spreads("random")), 1)[0]
    error = 0.15 / np.sqrt(np.sum((np.log(SIZES) - np.mean(np.log(SIZES))) ** 2))
    assert abs(slope + 0.5) < 4 * error
    assert abs(slope + 1.0) > 4 * error  # negative control: not the rate of a smooth rule


def test_stated_error_is_the_spread_over_seeds():
    """Mean stated standard error against the spread of 24 seeds, to 4 x 15 %."""
    size, answers, errors = 4000, [], []
    for seed in range(24):
        draws = sfc.sample("cook2022-balanced", size, rng=2000 + seed)
        table = sfc.summarize(draws, sfc.weigh(draws, theories=["ssa-civilizations"]))
        answers.append(table.probability_alone.item())
        errors.append(table.probability_alone_standard_error.item())
    assert np.mean(errors) == pytest.approx(np.std(answers, ddof=1), rel=0.6)
