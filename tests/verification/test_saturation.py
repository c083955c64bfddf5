"""Recovered share under Cook's priors, over the dates at which planets became habitable."""

from __future__ import annotations

import warnings

import numpy as np
import pytest

import sfc_sim as sfc

pytestmark = pytest.mark.verification

# Onset and width (Gyr), and what an implementation of another hand gave under adt-total, from
# 100,000 draws on a coarse grid: good to 0.03.
ELSEWHERE = {(3.0, 1.0): 0.65, (5.0, 1.0): 0.66, (7.0, 1.0): 0.68, (9.0, 0.7): 0.73,
             (10.0, 0.5): 0.77}  # fmt: skip


@pytest.fixture(scope="module")
def tables():
    scenario = sfc.load_scenario("cook2022-balanced")
    found = {}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", sfc.EffectiveSampleSizeWarning)
        for onset, width in ELSEWHERE:
            dated = scenario.replace(habitability_onset=onset, habitability_width=width)
            draws = sfc.sample(dated, 60_000, rng=2025)
            found[onset, width] = sfc.saturation(draws, sfc.weigh(draws))
    return found


def test_recovered_share_of_decisions_for_total_utility(tables):
    """Within 4 standard errors of 0.60 to 0.80, and of the numbers from elsewhere."""
    for case, table in tables.items():
        row = table.sel(theory="adt-total")
        share, error = row.recovered_share.item(), row.recovered_share_standard_error.item()
        assert 0.60 - 4 * error < share < 0.80 + 4 * error
        assert abs(share - ELSEWHERE[case]) < 0.03 + 4 * error
        assert error < 0.012


def test_later_habitability_saturates_more(tables):
    """The same random numbers: the order is not noise. The ends are told apart by 4 errors."""
    rows = [table.sel(theory="adt-total") for table in tables.values()]
    shares = [row.recovered_share.item() for row in rows]
    assert np.all(np.diff(shares) > 0.0)
    errors = [row.recovered_share_standard_error.item() for row in rows]
    assert shares[-1] - shares[0] > 4 * np.hypot(errors[0], errors[-1])
    # Negative control: the first onset does not pass for the last.
    assert abs(shares[0] - ELSEWHERE[10.0, 0.5]) > 0.03 + 4 * errors[0]


def test_without_anthropics_next_to_nothing_is_recovered(tables):
    for table in tables.values():
        row = table.sel(theory="prior")
        error = row.recovered_share_standard_error.item()
        assert abs(row.recovered_share.item() - 0.02) < 0.005 + 4 * error
        assert row.recovered_mean.item() > row.recovered_share.item() + 10 * error
