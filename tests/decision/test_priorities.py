"""Priorities and budgets: published ratios, derivatives, closed forms."""

from __future__ import annotations

import warnings

import numpy as np
import pytest
import xarray as xr

import sfc_sim as sfc
from sfc_sim.decision.budget import best_split
from sfc_sim.decision.effort import INTERVENTIONS
from sfc_sim.decision.outlooks import even_numbers, law_of_share


def gains(**changes):
    given = {"misaligned": 0.0, "p_survive": 0.9, "p_aligned": 0.5, "held_of_alone": 0.4}
    share = changes.pop("share", 0.7)
    table = sfc.decision.priorities(share, draws=64, rng=1, **(given | changes))
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


@pytest.mark.parametrize(
    ("mean", "error"), [(0.5, 0.1), (0.02, 0.02), (0.006, 0.035), (0.99, 0.02), (0.3, 0.001)]
)
def test_a_monte_carlo_error_keeps_the_mean_of_a_share(mean, error):
    """Folding it back at 0 and 1 would not: the negative control is s = .006 +- .035."""
    u = even_numbers(1, 8192, 1)[0]
    share = law_of_share(mean, error).ppf(u)
    assert share.mean() == pytest.approx(mean, rel=0.01)
    assert share.std() == pytest.approx(error, rel=0.02)
    assert (np.diff(share[np.argsort(u)]) >= 0.0).all()
    folded = np.abs(mean + error * np.sort(np.random.default_rng(1).normal(size=8192)))
    assert (abs(folded.mean() / mean - 1.0) > 0.5) == (mean == 0.006)


@pytest.mark.parametrize("share", [0.0, 1e-12, 1e-5, 1.0 - 1e-5, 1.0])
def test_a_share_at_an_end_stays_there(share):
    table = report_of(share, 0.02)
    found = sfc.decision.priorities(table, rng=1).priority.sel(intervention="extinction").item()
    assert found == pytest.approx(0.5 * (1.0 - share), abs=2e-5)


def report_of(share, error):
    given = {"recovered_share": share, "recovered_share_standard_error": error}
    table = {name: ("theory", [value]) for name, value in given.items()}
    return xr.Dataset(table, coords={"theory": ["prior"]})


def test_nobody_else_makes_survival_worth_all_of_humanity():
    assert gains(share=0.0)["extinction"] == pytest.approx(0.5)
    assert gains(share=1.0)["extinction"] == pytest.approx(0.0, abs=1e-12)


def test_uncertainty_keeps_the_mean_and_shows():
    table = sfc.decision.priorities(0.7, similarity=sfc.Normal(1.0, 1.0), p_aligned=1.0, rng=1)
    row = table.sel(theory="given", intervention="extinction")
    # Sobol' points: 8,192 leave a few 1e-4 of the mean of a normal.
    assert row.priority.item() == pytest.approx(0.3, abs=2e-3)
    # 1 - .7 q < 0 iff q > 1.4286: 33.4 % of a normal of mean and deviation 1.
    assert row.probability_harmful.item() == pytest.approx(0.3341, abs=3e-3)


def test_ranks_are_probabilities_and_hold_when_sure():
    table = sfc.decision.priorities(0.7, rng=1)
    held = table.rank_probability.values[0]
    assert held.sum(axis=0) == pytest.approx(1.0)
    assert held.sum(axis=1) == pytest.approx(1.0)
    assert held.max(axis=1) == pytest.approx(1.0)
    unsure = sfc.decision.priorities(0.7, tractability={"extinction": sfc.LogNormal10(0, 1)}, rng=1)
    assert unsure.rank_probability.max("place").min().item() < 0.9


def test_tractability_scales():
    one = sfc.decision.priorities(0.7, rng=1).priority
    two = sfc.decision.priorities(0.7, tractability={"alignment": 2.0}, rng=1).priority
    ratio = (two / one).sel(theory="given")
    assert ratio.sel(intervention="alignment").item() == pytest.approx(2.0)
    assert ratio.sel(intervention="extinction").item() == pytest.approx(1.0)


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda: sfc.decision.priorities(0.7, tractability={"extintion": 1.0}), "extinction"),
        (lambda: sfc.decision.priorities(0.7, tractability={"extinction": -1.0}), "0 or more"),
        (
            lambda: sfc.decision.priorities(0.7, tractability={"extinction": sfc.Normal(1, 1)}),
            "0 or more",
        ),
        (lambda: sfc.decision.priorities(0.7, interventions=["alignement"]), "alignment"),
        (lambda: sfc.decision.priorities(0.7, interventions=["coordination"]), "held_of_alone"),
        (lambda: sfc.decision.priorities(1.7), "share"),
        (lambda: sfc.decision.priorities(0.7, p_survive=1.2), "p_survive"),
        (lambda: sfc.decision.priorities(0.7, similarity=sfc.PowerOfTen(2.0)), "not finite"),
        (lambda: sfc.decision.split_budget(sfc.decision.priorities(0.7), returns=1.0), "returns"),
        (lambda: sfc.decision.split_budget(sfc.decision.priorities(0.7), 0.0), "budget"),
        (lambda: sfc.decision.split_budget(sfc.decision.priorities(0.7), theory="sia"), "theory"),
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
    assert best_split(gain, returns) == pytest.approx(exact / exact.sum(), rel=1e-12)


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
    table = sfc.decision.priorities(s, **settings, delay=delay, interventions=["speed-up"])
    by_hand = a - kept * q * (a - (1.0 - s) * m)
    assert table.priority.item() == pytest.approx(by_hand, rel=1e-9)
    assert table.priority_standard_error.item() == pytest.approx(0.0, abs=1e-24)
    errors = {
        "grabbed_lost_per_year_standard_error": ("theory", [3e-11]),
        "marginal_lost_per_year_standard_error": ("theory", [5e-11]),
    }
    unsure = sfc.decision.priorities(
        s, **settings, delay=delay.assign(errors), interventions=["speed-up"]
    )
    parts = (1.0 - kept * q) * 3e-11, kept * q * (1.0 - s) * 5e-11
    assert unsure.priority.item() == table.priority.item()
    assert unsure.priority_standard_error.item() == pytest.approx(np.hypot(*parts), rel=1e-6)
    alone = sfc.decision.priorities(s, **settings, interventions=["speed-up"])
    waiting = 1.80932526e-10  # Ord (2021), Planck18: with nobody else, a year
    assert alone.priority.item() == pytest.approx(waiting * (1.0 - kept * q * s), rel=1e-6)


def test_delay_of_other_theories_is_refused():
    delay = xr.Dataset(
        {"grabbed_lost_per_year": ("theory", [0.0]), "marginal_lost_per_year": ("theory", [0.0])},
        coords={"theory": ["sia"]},
    )
    with pytest.raises(sfc.InputError, match="delay"):
        sfc.decision.priorities(0.5, delay=delay)


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
        sfc.decision.split_budget(sfc.decision.priorities(0.7), **settings)


@pytest.mark.parametrize("names", ["extinction", [], 3])
def test_names_come_as_a_list(names):
    with pytest.raises(sfc.InputError, match=r"interventions is .* must be a list of names"):
        sfc.decision.priorities(0.7, interventions=names)


# From the draws of a report.


@pytest.fixture(scope="module")
def assessed(balanced):
    return balanced.draws, balanced.report


@pytest.mark.parametrize(
    ("theory", "gain"), [("prior", 0.0655), ("sia", 15.2), ("adt-total", 14.5)]
)
def test_coordination_is_all_that_others_hold(assessed, theory, gain):
    """Sum n (V - A) / sum n A, and (1 - P_S) s kappa: what others hold, with us and without."""
    draws, report = assessed
    names = ["volume_grabbed", "volume_marginal"]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", sfc.EffectiveSampleSizeWarning)
        world = sfc.sampling.worlds(draws, sfc.weigh(draws, theories=[theory]), theory)
    n = np.exp(world["log_copies"] - world["log_copies"].max())
    grabbed, marginal = (world[name] for name in names)
    elsewhere = n @ (world["volume_alone"] - grabbed) / (n @ grabbed)
    s = n @ (grabbed - marginal) / (n @ grabbed)
    for survive, kappa in ((1.0, 1.0), (0.9, 0.5)):
        table = sfc.decision.priorities(report, p_survive=survive, retention=kappa, rng=1)
        row = table.sel(theory=theory, intervention="coordination")
        exact = elsewhere + (1.0 - survive) * kappa * s
        assert row.priority.item() == pytest.approx(exact, rel=2e-3)
    error = row.priority_standard_error.item()
    assert abs(elsewhere - gain) < 3.0 * error
    # Negative control: from the mean of ratios it is another number.
    wrong = 1.0 / report.share_of_reach.sel(theory=theory).item() - 1.0
    assert theory == "prior" or abs(wrong - elsewhere) > 3.0 * error
    held = report.held_of_alone.sel(theory=theory)
    of_held = report.held_of_alone_standard_error.sel(theory=theory) / held**2
    assert error == pytest.approx(of_held.item(), rel=0.1)


def test_the_same_gains_as_of_information(assessed):
    """Two ways to the same number: over worlds, and from ratios of expectations."""
    from sfc_sim.analysis.information import _gains
    from sfc_sim.decision.aftermath import NOTHING

    draws, report = assessed
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", sfc.EffectiveSampleSizeWarning)
        world = sfc.sampling.worlds(draws, sfc.weigh(draws, theories=["adt-total"]), "adt-total")
    names = list(INTERVENTIONS)
    lost = sfc.decision.loss_by_waiting(
        sfc.Background.named("Planck18").age, sfc.Background.named("Planck18")
    )
    ones = np.ones(draws.sizes["draw"])
    gained = _gains(names, world, 0.8 * ones, 0.7, (0.1, 0.9, 0.6, lost), NOTHING)
    n = np.exp(world["log_copies"] - world["log_copies"].max())
    exact = gained @ n / (n @ world["volume_grabbed"])
    table = sfc.decision.priorities(
        report, similarity=0.8, retention=0.7, misaligned=0.1, p_survive=0.9, p_aligned=0.6, rng=1
    )
    found = table.priority.sel(theory="adt-total", intervention=names).values
    assert found == pytest.approx(exact, rel=3e-3)


def test_what_is_aliens_and_what_is_alignment(assessed):
    """4.46 is 2.0 of alignment, 1 / P_A, times 2.23 of aliens, 1 / (1 - s q)."""
    _, report = assessed
    table = sfc.decision.priorities(report, similarity=0.8, p_aligned=0.5, rng=1).sel(
        theory="adt-total"
    )
    row = table.sel(intervention="takeover")
    assert row.priority_ratio_without_others.item() == pytest.approx(2.0)
    aliens = (row.priority_ratio / row.priority_ratio_without_others).item()
    s = report.recovered_share.sel(theory="adt-total").item()
    assert aliens == pytest.approx(1.0 / (1.0 - 0.8 * s), rel=2e-3)
    assert aliens == pytest.approx(2.23, abs=0.1)
    empty = table.priority_ratio_without_others
    assert empty.sel(intervention="extinction").item() == 1.0
    assert empty.sel(intervention="coordination").item() == 0.0
    alone = sfc.decision.priorities(1e-12, similarity=0.8, p_aligned=0.5, held_of_alone=1.0, rng=1)
    assert alone.priority_ratio.values[0] == pytest.approx(empty.values, abs=1e-9)


def test_a_ratio_has_the_error_of_its_parts(assessed):
    """By hand: 1 / (1 - s q) / P_A by s; nothing else is uncertain."""
    _, report = assessed
    table = sfc.decision.priorities(report, similarity=0.8, p_aligned=0.5, rng=1)
    row = table.sel(theory="adt-total", intervention="takeover")
    share = report.sel(theory="adt-total")
    slope = 2.0 * 0.8 / (1.0 - 0.8 * share.recovered_share) ** 2
    exact = (slope * share.recovered_share_standard_error).item()
    assert row.priority_ratio_standard_error.item() == pytest.approx(exact, rel=0.02)
    low, middle, high = row.priority_ratio_quantile.values
    assert low < middle < high
    assert middle == pytest.approx(row.priority_ratio.item(), rel=0.01)
    assert high - low == pytest.approx(2.0 * 1.645 * exact, rel=0.1)


def saturated(share, error):
    values = {
        "recovered_share": share,
        "recovered_share_standard_error": error,
        "held_of_alone": 0.01,
        "held_of_alone_standard_error": 0.001,
    }
    table = {name: ("theory", [value]) for name, value in values.items()}
    return xr.Dataset(table, coords={"theory": ["sia"]})


@pytest.mark.parametrize(("share", "error"), [(1.0, 0.0), (0.99998, 1e-5), (1.0, 1e-9)])
def test_over_nothing_there_is_no_ratio(share, error):
    table = sfc.decision.priorities(saturated(share, error), rng=1)
    assert np.isfinite(table.priority).all()
    assert np.isnan(table.priority_ratio).all()
    assert np.isnan(table.priority_ratio_standard_error).all()
    # Negative control: with a tenth of the error it can be told from nothing.
    sure = sfc.decision.priorities(saturated(0.99998, 1e-6), rng=1).priority_ratio
    assert np.isfinite(sure).all()


def test_quantiles_of_a_ratio_need_survival_to_be_good():
    unsure = sfc.decision.priorities(0.7, similarity=sfc.Normal(1.0, 1.0), rng=1)
    assert np.isnan(unsure.priority_ratio_quantile).all()
    fine = sfc.decision.priorities(0.7, similarity=sfc.Beta(8, 2), rng=1)
    assert np.isfinite(fine.priority_ratio_quantile).all()


def test_a_saturated_scenario_from_end_to_end():
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", sfc.EffectiveSampleSizeWarning)
        report = sfc.assess("drake1961-high", 500, rng=1)
    table = sfc.decision.priorities(report, rng=1)
    assert not np.isinf(table.priority_ratio).any()
    undefined = np.isnan(table.priority_ratio.sel(intervention="extinction"))
    assert undefined.any()


def test_the_old_name_names_the_new():
    with pytest.raises(sfc.InputError, match="now held_of_alone"):
        sfc.decision.priorities(0.7, share_of_reach=0.4)


@pytest.mark.parametrize(
    ("gain", "returns"),
    [((10.27, 0.51), 0.786), ((3.0, 1.0, 0.2, -1.0, 0.0), 0.999), ((1e300, 1e-300), 0.5)],
)
def test_split_where_a_solver_stops(gain, returns):
    """By logs in arbitrary precision: x_i in proportion to g_i^(1 / (1 - a))."""
    import mpmath

    with mpmath.workdps(50):
        power = 1 / (1 - mpmath.mpf(returns))
        parts = [mpmath.mpf(g) ** power if g > 0.0 else mpmath.mpf(0) for g in gain]
        exact = [float(part / sum(parts)) for part in parts]
    assert best_split(np.array(gain), returns) == pytest.approx(exact, rel=1e-9)
