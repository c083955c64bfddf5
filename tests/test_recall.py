"""Reports say which draws they are of; analyses recall these and no others."""

from __future__ import annotations

import numpy as np
import pytest
import xarray as xr

import sfc_sim as sfc
from sfc_sim import recall
from sfc_sim.value import own_numbers

pytestmark = pytest.mark.filterwarnings("ignore::sfc_sim.anthropics.EffectiveSampleSizeWarning")


@pytest.fixture
def forgotten():
    """Nothing in memory: what is recalled is made again."""
    recall._kept.clear()


def shares(draws):
    weights = sfc.weigh(draws, theories=["prior"])
    return sfc.saturation(draws, weights)


def test_a_later_stretch_is_recalled(forgotten):
    draws = sfc.sample("cook2022-balanced", 300, rng=7, first=500)
    again = recall.draws_of(shares(draws))
    assert np.array_equal(again["draw"], draws["draw"])
    assert np.array_equal(again["volume_grabbed"], draws["volume_grabbed"])


def test_stretches_in_a_row_are_one(forgotten):
    parts = [sfc.sample("cook2022-balanced", 100, rng=7, first=first) for first in (200, 300)]
    joined = xr.concat(parts, "draw", combine_attrs="override", data_vars="minimal")
    again = recall.draws_of(shares(joined))
    assert np.array_equal(again["volume_grabbed"], joined["volume_grabbed"])


def test_a_part_is_not_taken_for_the_whole(forgotten):
    draws = sfc.sample("cook2022-balanced", 300, rng=7)
    again = recall.draws_of(shares(draws.isel(draw=slice(100, 200))))
    assert np.array_equal(again["draw"], np.arange(100, 200))


def test_stretches_with_a_gap_are_refused(forgotten):
    parts = [sfc.sample("cook2022-balanced", 100, rng=7, first=first) for first in (0, 300)]
    joined = xr.concat(parts, "draw", combine_attrs="override", data_vars="minimal")
    with pytest.raises(sfc.InputError, match="several stretches"):
        recall.draws_of(shares(joined))


def test_a_run_anew_does_not_start_elsewhere(forgotten):
    draws = sfc.sample("cook2022-balanced", 100, rng=7, first=500)
    with pytest.raises(sfc.InputError, match="begins at 0"):
        recall.asked_of(shares(draws))


def test_numbers_of_joined_stretches_are_those_of_their_draws():
    whole = own_numbers(sfc.sample("sandberg2018", 400, rng=7), "similarity")
    parts = [sfc.sample("sandberg2018", 100, rng=7, first=first) for first in (300, 0)]
    joined = xr.concat(parts, "draw", combine_attrs="override", data_vars="minimal")
    assert np.array_equal(own_numbers(joined, "similarity"), [*whole[300:], *whole[:100]])
