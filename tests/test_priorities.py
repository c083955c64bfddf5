"""Priorities and budgets: published ratios, derivatives, closed forms."""

from __future__ import annotations

import numpy as np
import pytest
import xarray as xr

import sfc_sim as sfc
from sfc_sim.budget import best_split
from sfc_sim.priorities import INTERVENTIONS


def gains(**changes):
    given = {"misaligned": 0.0, "p_survive": 0.9, "p_aligned": 0.5, "share_of_reach": 0.4}
    share = changes.pop("share", 0.7)
    table = sfc.priorities(share, samples=64, rng=1, **(given | changes))
    return {name: table.priority.sel(intervention=name).item() for name in INTERVENTIONS}


@pytest.mark.parametrize(("share", "ratio"), [(0.3, 1.43), (0.7, 3.33), (0.75, 4.0), (0.84, 6.25),
                                              (0.9, 10.0), (0.99, 100.0)])  # fmt: skip
def test_takeover_over_extinction(share, ratio):
    """u_M = 0, q = kappa = 1, aligned: 1 / (1 - s)."""
    found = gains(share=share, p_aligned=1.0)
    assert found["takeover"] / found["extinction"] == pytest.approx(ratio, rel=2e-3)


def expected_value(p_survive, p_aligned, misaligned=-0.2, s=0.7, kappa=0.9, others=0.6):
    humanity = p_aligned + (1 - p_aligned) * misaligned
    return p_survive * humanity + (1 - p_survive) * s * kappa * others


def test_gains_are_the_derivatives_of_the_expected_value():
    """Finite differences of EV; others' value is q times humanity's, held fixed."""
    humanity = 0.5 + 0.5 * -0.2
    found = gains(misaligned=-0.2, retention=0.9, similarity=0.6 / humanity)
    h = 1e-6
    by_survival = (expected_value(0.9 + h, 0.5) - expected_value(0.9 - h, 0.5)) / (2 * h)
    by_alignment = (expected_value(0.9, 0.5 + h) - expected_value(0.9, 0.5 - h)) / (2 * h)
    assert found["extinction"] == pytest.approx(by_survival, rel=1e-8)
    assert found["alignment"] == pytest.approx(by_alignment, rel=1e-8)


@pytest.mark.parametrize("misaligned", [-0.5, 0.0, 0.1, 0.6])
def test_fail_safe_is_good_if_others_do_better(misaligned):
    found = gains(misaligned=misaligned)
    humanity = 0.5 + 0.5 * misaligned
    assert (found["fail-safe"] > 0.0) == (misaligned < 0.7 * humanity)
    assert found["make-room"] == pytest.approx(0.5 * found["fail-safe"])


def test_nobody_else_makes_survival_worth_all_of_humanity():
    assert gains(share=0.0)["extinction"] == pytest.approx(0.5)
    assert gains(share=1.0)["extinction"] == pytest.approx(0.0, abs=1e-12)


def test_uncertainty_keeps_the_mean_and_shows():
    table = sfc.priorities(0.7, similarity=sfc.Normal(1.0, 1.0), p_aligned=1.0, rng=1)
    row = table.sel(theory="given", intervention="extinction")
    # Sobol' points: 8,192 leave a few 1e-4 of the mean of a normal.
    assert row.priority.item() == pytest.approx(0.3, abs=2e-3)
    # 1 - .7 q < 0 iff q > 1.4286: 33.4 % of a normal of mean and deviation 1.
    assert row.probability_harmful.item() == pytest.approx(0.3341, abs=3e-3)


def test_ranks_are_probabilities_and_hold_when_sure():
    table = sfc.priorities(0.7, rng=1)
    held = table.rank_probability.values[0]
    assert held.sum(axis=0) == pytest.approx(1.0)
    assert held.sum(axis=1) == pytest.approx(1.0)
    assert held.max(axis=1) == pytest.approx(1.0)
    unsure = sfc.priorities(0.7, tractability={"extinction": sfc.LogNormal10(0, 1)}, rng=1)
    assert unsure.rank_probability.max("place").min().item() < 0.9


def test_tractability_scales():
    one = sfc.priorities(0.7, rng=1).priority
    two = sfc.priorities(0.7, tractability={"alignment": 2.0}, rng=1).priority
    ratio = (two / one).sel(theory="given")
    assert ratio.sel(intervention="alignment").item() == pytest.approx(2.0)
    assert ratio.sel(intervention="extinction").item() == pytest.approx(1.0)


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda: sfc.priorities(0.7, tractability={"extintion": 1.0}), "extinction"),
        (lambda: sfc.priorities(0.7, tractability={"extinction": -1.0}), "0 or more"),
        (lambda: sfc.priorities(0.7, tractability={"extinction": sfc.Normal(1, 1)}), "0 or more"),
        (lambda: sfc.priorities(0.7, interventions=["alignement"]), "alignment"),
        (lambda: sfc.priorities(0.7, interventions=["coordination"]), "share_of_reach"),
        (lambda: sfc.priorities(1.7), "share"),
        (lambda: sfc.priorities(0.7, p_survive=1.2), "p_survive"),
        (lambda: sfc.priorities(0.7, similarity=sfc.PowerOfTen(2.0)), "not finite"),
        (lambda: sfc.split_budget(sfc.priorities(0.7), returns=1.0), "returns"),
        (lambda: sfc.split_budget(sfc.priorities(0.7), 0.0), "budget"),
        (lambda: sfc.split_budget(sfc.priorities(0.7), theory="sia"), "theory"),
    ],
)
def test_errors_say_what_is_allowed(make, words):
    with pytest.raises(sfc.InputError, match=words):
        make()


@pytest.mark.parametrize("returns", [0.1, 0.5, 0.9])
def test_split_is_that_of_the_closed_form(returns):
    """Power returns: x_i in proportion to g_i^(1 / (1 - a))."""
    gain = np.array([3.0, 1.0, 0.2, -1.0, 0.0])
    able = np.maximum(gain, 0.0)
    exact = np.where(able > 0.0, able, 0.0) ** (1.0 / (1.0 - returns))
    # The solver stops at 1e-14 of the sum, flat to the square at the best point: shares to 1e-6.
    assert best_split(gain, returns) == pytest.approx(exact / exact.sum(), abs=2e-6)


def test_split_beats_its_neighbours():
    """Negative control of the closed form: no small move is better."""
    gain, returns = np.array([3.0, 1.0, 0.2]), 0.5
    best = best_split(gain, returns)
    for move in ([1e-3, -1e-3, 0.0], [-1e-3, 0.0, 1e-3], [0.0, 1e-3, -1e-3]):
        assert gain @ (best + move) ** returns < gain @ best**returns


def test_what_only_harms_gets_nothing():
    assert best_split(np.array([-1.0, 0.0]), 0.5).sum() == 0.0


def test_speeding_up_is_worth_what_delay_loses():
    """Derivative of A (u - s kappa u_A) by the date, with A' = -a A and U' = -m U, by hand."""
    a, m, s, kept, q = 3e-10, 7e-10, 0.6, 0.5, 0.8
    delay = xr.Dataset(
        {"grabbed_lost_per_year": ("theory", [a]), "marginal_lost_per_year": ("theory", [m])},
        coords={"theory": ["given"]},
    )
    settings = {"similarity": q, "retention": kept, "p_survive": 1.0, "p_aligned": 1.0}
    table = sfc.priorities(s, **settings, delay=delay, interventions=["speed-up"])
    by_hand = a - kept * q * (a - (1.0 - s) * m)
    assert table.priority.item() == pytest.approx(by_hand, rel=1e-9)
    alone = sfc.priorities(s, **settings, interventions=["speed-up"])
    waiting = 1.80932526e-10  # Ord (2021), Planck18: with nobody else, a year
    assert alone.priority.item() == pytest.approx(waiting * (1.0 - kept * q * s), rel=1e-6)


def test_delay_of_other_theories_is_refused():
    delay = xr.Dataset(
        {"grabbed_lost_per_year": ("theory", [0.0]), "marginal_lost_per_year": ("theory", [0.0])},
        coords={"theory": ["sia"]},
    )
    with pytest.raises(sfc.InputError, match="delay"):
        sfc.priorities(0.5, delay=delay)


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"budget": 0.0}, "budget is 0.0"),
        ({"budget": float("nan")}, "budget is nan"),
        ({"returns": 1.0}, "returns is 1.0"),
        ({"theory": "sai"}, "theory 'sai'"),
    ],
)
def test_a_budget_that_makes_no_sense_is_refused(settings, words):
    with pytest.raises(sfc.InputError, match=words):
        sfc.split_budget(sfc.priorities(0.7), **settings)


@pytest.mark.parametrize("names", ["extinction", [], 3])
def test_names_come_as_a_list(names):
    with pytest.raises(sfc.InputError, match=r"interventions is .* must be a list of names"):
        sfc.priorities(0.7, interventions=names)
