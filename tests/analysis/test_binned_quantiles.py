"""Bins in which quantiles are looked for, against all values sorted."""

from __future__ import annotations

import numpy as np
import pytest

from sfc_sim._core.quantiles import quantile_interval
from sfc_sim._core.strata import Strata
from sfc_sim.analysis import binned_quantiles

LEVELS = [0.0, 0.05, 0.5, 0.95, 1.0]


NONE = np.full(1, np.inf)  # what says that there are no strata


def binned(values, weight, edges, strata=None):
    place, many = np.searchsorted(edges, values, "right"), edges.size + 1
    what = (weight, weight**2, (weight > 0.0).astype(float))
    if strata is None:
        return place, np.array([[np.bincount(place, x, many)] for x in what])
    own = [strata.place == k for k in range(strata.sizes.size)]
    return place, np.array([[np.bincount(place[k], x[k], many) for k in own] for x in what])


def found(values, weight, edges, strata=None):
    place, bins = binned(values, weight, edges, strata)
    sizes = NONE if strata is None else strata.sizes
    chosen = binned_quantiles.candidates(bins, edges, LEVELS, sizes)
    taken = chosen[place] & (weight > 0.0)
    stratum = None if strata is None else strata.place[taken].astype(float)
    kept = values[taken], weight[taken], stratum
    return binned_quantiles.interval(bins, edges, chosen, *kept, LEVELS, sizes), taken.sum()


def alike(ours, theirs):
    np.testing.assert_array_equal(ours[0], theirs[0])
    # The error of the least value is its weight, which rounding puts on either side of it.
    np.testing.assert_array_equal(np.array(ours)[:, 1:-1], np.array(theirs)[:, 1:-1])


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("ties", [False, True])
@pytest.mark.parametrize("many", [1, 3])
def test_quantiles_are_those_of_all_values_sorted(seed, ties, many):
    rng = np.random.default_rng(seed)
    values = rng.normal(size=20_000) * 10.0 ** rng.integers(-9, 9, 20_000)
    if ties:
        values = np.round(rng.normal(size=20_000), 1)
        values[:3] = -np.inf
    weight = rng.exponential(size=20_000) ** 4 * (rng.random(20_000) > 0.1)
    strata = Strata.of(rng.integers(many, size=20_000)) if many > 1 else None
    if strata:
        values = values + 0.5 * strata.place
    edges = binned_quantiles.edges_of(values[::100])
    ours, sorted_at_last = found(values, weight, edges, strata)
    alike(ours, quantile_interval(values, weight / weight.sum(), LEVELS, strata=strata))
    assert sorted_at_last < 4000


def test_bins_are_divided_down_to_one_value():
    """The slow way to the same end: no value is ever looked at."""
    rng = np.random.default_rng(1)
    values, weight = rng.normal(size=3000), rng.exponential(size=3000)
    edges = np.array([0.0])
    for _ in range(20):
        bins = binned(values, weight, edges)[1]
        chosen = binned_quantiles.candidates(bins, edges, LEVELS, NONE)
        if not chosen.any():
            break
        edges = binned_quantiles.finer(edges, chosen)
    assert not chosen.any()
    ours, sorted_at_last = found(values, weight, edges)
    assert sorted_at_last == 0
    alike(ours, quantile_interval(values, weight / weight.sum(), LEVELS))


def test_a_value_that_comes_often_has_a_bin_of_its_own():
    edges = binned_quantiles.edges_of(np.array([1.0, 1.0, 2.0, -np.inf, -np.inf]))
    assert binned_quantiles.single(edges).tolist() == [False, True, False, True, False, False]


def test_ranks_of_doubles_rise():
    values = [-np.inf, -1e300, -1.0, -5e-324, 0.0, 5e-324, 1.0, np.inf]
    ranks = [binned_quantiles.rank_of(x) for x in values]
    assert ranks == sorted(set(ranks))
    assert [binned_quantiles.value_at(rank) for rank in ranks] == values
