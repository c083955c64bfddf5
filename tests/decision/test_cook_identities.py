"""Exact identities of Cook (2022): what is simulated, and what decisions count."""

from __future__ import annotations

import numpy as np
import pytest

import sfc_sim as sfc
from sfc_sim._core.weighted import shares_of
from tests.given import unseen


@pytest.fixture(scope="module")
def draws():
    return sfc.sample("cook2022-balanced", 2000, rng=5, aim=["adt-total", "ssa-civilizations"])


def weight(draws, theory):
    return np.exp(sfc.weigh(draws, theories=[theory]).log_weight.sel(theory=theory).values)


def logs(draws):
    """Copies like us, unseen; those that expand; the volume each gets; the fraction ever taken."""
    prior = sfc.weigh(draws, theories=["prior"]).log_weight[0].values
    like_us = prior + draws.log_observers_like_us.values
    expanding = like_us + np.log(draws.expanding_fraction.values)
    taken = np.log(-np.expm1(-np.exp(np.maximum(draws.log_covered_final.values, -30.0))))
    return like_us, expanding, np.log(unseen(draws).volume_grabbed.values), taken


def test_ancestors_simulated_by_resources_make_self_indication_total_utility(draws):
    """f N simulate their own past, each in proportion to what it grabs: f N A."""
    _, expanding, grabbed, _ = logs(draws)
    simulated = sfc.decision.relevance(draws, implementations=["simulated-past"])
    np.testing.assert_allclose(simulated.relevance[0], weight(draws, "adt-total"), rtol=1e-9)
    np.testing.assert_allclose(
        shares_of(expanding + grabbed), weight(draws, "adt-total"), rtol=1e-9
    )
    # A fixed number of ancestors is not the same.
    fixed = sfc.decision.relevance(draws, implementations=["simulated-fixed"])
    assert np.abs(fixed.relevance[0] - weight(draws, "adt-total")).max() > 1e-4


def test_history_simulated_by_resources_makes_all_observers_civilizations(draws):
    """N / N_IC (1 - g) simulations of us, over 1 - g observers: N / N_IC."""
    like_us, _, _, taken = logs(draws)
    at_large = sfc.decision.relevance(draws, implementations=["simulated-at-large"])
    kept = draws.log_covered_final.values > -25.0  # below, 1 - g is V to double precision
    ratio = at_large.relevance[0].values[kept] * np.exp(-taken[kept])
    expected = weight(draws, "ssa-civilizations")[kept]
    wanted = expected / expected.sum()
    np.testing.assert_allclose(ratio / ratio.sum(), wanted, rtol=1e-7, atol=1e-12)
    # Without the simulations all observers count otherwise.
    among_all = shares_of((like_us - taken)[kept])
    assert np.abs(among_all - wanted).max() > 1e-3


def test_trade_that_pays(draws):
    """Returns of density k exp(-k x): exp(-k) of trades are worth it, exp(-2 k) twice so."""
    rng = np.random.default_rng(3)
    for k, once, twice in ((1.0, 0.37, 0.14), (0.1, 0.90, 0.82)):
        returns = rng.exponential(1.0 / k, 40_000)
        for least, published in ((1.0, once), (2.0, twice)):
            share = float((returns > least).mean())
            error = np.sqrt(share * (1.0 - share) / returns.size)
            assert abs(share - np.exp(-k * least)) < 4.0 * error
            assert np.exp(-k * least) == pytest.approx(published, abs=0.005)
    # Read as exp(-k x) / k, without its norm, it is no share.
    assert 10.0 * np.exp(-0.1) / 0.1 > 1.0
