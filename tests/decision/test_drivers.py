"""What drives the answer is named only beyond noise, and with what it explains."""

from __future__ import annotations

import re

import numpy as np
import pytest
from scipy import stats

import sfc_sim as sfc
from sfc_sim._core.weighted import correlation, order_of, weighted_ranks
from sfc_sim.decision.drivers import SURE, drivers, fixed, hangs_on, varying
from tests.given import unmet, unseen

pytestmark = pytest.mark.filterwarnings(
    "ignore::sfc_sim.inference.theories.EffectiveSampleSizeWarning"
)
THEORIES = ["prior", "sia", "adt-total"]


@pytest.fixture(scope="module")
def drawn():
    draws = sfc.sample("cook2022-balanced", 20_000, rng=7)
    return draws, sfc.weigh(draws, theories=THEORIES)


PARAMETERS = sfc.load_scenario("cook2022-balanced").parameters


def names_in(text: str, theory: str) -> list[str]:
    """Return the parameters that a text names for a theory."""
    line = next(line for line in text.splitlines() if line.startswith(f"  {theory}: "))
    return re.findall(r"(\w+) [+-]\d", line)


def report_of(draws, weights):
    share = sfc.saturation(draws, weights)
    return sfc.value_adjustment(share).assign(ess=weights["ess"])


def test_correlations_without_weights_are_those_of_spearman():
    draws = sfc.sample("cook2022-balanced", 3000, rng=3)
    found = drivers(draws, sfc.weigh(draws, "none", theories=["prior"]))["prior"]
    fraction = 1 - unmet(draws).volume_marginal / unmet(draws).volume_grabbed
    fraction = np.round(fraction, 12)  # what is less is rounding
    for each in found:
        expected = stats.spearmanr(draws[each.name], fraction).statistic
        assert each.correlation == pytest.approx(expected, abs=1e-10)
        assert each.explained == pytest.approx(expected**2, abs=1e-10)
    assert found[0].explained == max(each.explained for each in found)


def test_weighted_correlations_are_those_of_worlds_drawn_by_weight(drawn):
    """Within 4 standard errors of 40,000 worlds drawn again; without weights they are not."""
    draws, weights = drawn
    again = np.random.default_rng(1).choice(
        draws.sizes["draw"], 40_000, p=np.exp(weights.log_weight.sel(theory="adt-total").values)
    )
    fraction = (1 - unseen(draws).volume_marginal / unseen(draws).volume_grabbed).values
    speed = draws.expansion_speed.values
    expected = stats.spearmanr(speed[again], fraction[again]).statistic
    found = {each.name: each for each in drivers(draws, weights)["adt-total"]}
    noise = 4 * 40_000**-0.5
    assert abs(found["expansion_speed"].correlation - expected) < noise
    flat = stats.spearmanr(speed, fraction).statistic
    assert abs(flat - expected) > noise  # negative control


def test_standard_errors_are_the_scatter_of_repeats():
    """30 seeds: the scatter is within 4 of its own relative errors, 1/sqrt(58), of the stated."""
    rows = []
    for seed in range(30):
        draws = sfc.sample("cook2022-balanced", 500, rng=seed)
        found = drivers(draws, sfc.weigh(draws, theories=["prior"]))["prior"]
        rows += [(each.correlation, each.error) for each in found if each.name == "delay"]
    value, error = np.array(rows).T
    ratio = value.std(ddof=1) / np.sqrt((error**2).mean())
    assert abs(np.log(ratio)) < 4 / np.sqrt(58)
    # Negative control: had no draw a weight of its own, it would be 0.
    assert error.min() > 0


def test_an_error_counts_that_each_draw_moves_the_ranks_of_others():
    """Derivatives by each weight, by differences, ranks made anew; with ties.

    Negative control: with ranks that are known the error is less by more than a tenth.
    """
    rng = np.random.default_rng(1)
    x = rng.integers(0, 12, 40).astype(float)
    y, weight = x + rng.normal(size=40), rng.exponential(size=40)
    places = order_of(x), order_of(y)

    def told(weight, places):
        share = weight / weight.sum()
        ranked = (weighted_ranks(place, share) for place in (order_of(x), order_of(y)))
        return correlation(*ranked, share, None, places)

    moved = []
    for k, step in enumerate(1e-5 * weight):
        ends = (weight + side * step * (np.arange(40) == k) for side in (1.0, -1.0))
        up, down = (told(each, places)[0] for each in ends)
        moved.append((up - down) / 2e-5)
    error = float(np.sqrt(np.sum(np.square(moved))))
    assert told(weight, places)[1] == pytest.approx(error, rel=1e-6)
    assert told(weight, (None, None))[1] < 0.9 * error


def test_noise_is_not_named(drawn):
    """Parameters shuffled 8 times: beyond 3 standard errors 2.7 per mille of pairs by chance."""
    draws, weights = drawn
    report = report_of(draws, weights)
    assert names_in(hangs_on(draws, weights, report), "adt-total")[0] == "expansion_speed"
    rng, named = np.random.default_rng(5), 0
    for _ in range(8):
        mixed = draws.copy()
        for name in varying(draws, PARAMETERS):
            mixed[name] = ("draw", rng.permutation(draws[name].values))
        text = hangs_on(mixed, weights, report)
        named += sum(len(names_in(text, theory)) for theory in ("prior", "adt-total"))
    pairs = 8 * len(varying(draws, PARAMETERS)) * 2
    expected = pairs * 2 * stats.norm.sf(SURE)
    assert named <= expected + 3 * np.sqrt(expected)


def test_too_few_effective_draws_name_nothing():
    draws = sfc.sample("cook2022-balanced", 600, rng=7)
    weights = sfc.weigh(draws, theories=["ssa-all"])
    assert weights.ess.item() < 30
    text = hangs_on(draws, weights, report_of(draws, weights))
    assert names_in(text, "ssa-all") == []
    assert "too few" in text


def test_what_is_fixed_is_said_not_to_be_ranked(drawn):
    draws, weights = drawn
    text = hangs_on(draws, weights, report_of(draws, weights))
    last = text.splitlines()[-1]
    assert last.startswith("Not ranked")
    for name in ("habitability_onset", "habitability_width", "evidence", "similarity"):
        assert name in last
    assert "expansion_speed" not in last
    assert "expansion_speed" not in fixed(draws)


def test_a_difference_between_theories_within_its_error_is_none(drawn):
    draws, _ = drawn
    few = draws.isel(draw=slice(0, 400))
    weights = sfc.weigh(few, theories=["prior", "ssa-civilizations"])
    text = hangs_on(few, weights, report_of(few, weights))
    assert "within their errors" in text.splitlines()[0]


def test_what_is_rounding_has_no_rank(monkeypatch):
    """Shares moved in their last digits give the same order; without rounding they do not."""
    draws = sfc.sample("cook2022-balanced", 2000, rng=7)
    weights = sfc.weigh(draws, theories=["prior"])
    moved = draws.copy(deep=True)
    noise = np.random.default_rng(7).uniform(-4e-16, 4e-16, draws.volume_marginal.shape)
    moved["volume_marginal"] = draws.volume_marginal * (1.0 + noise)
    assert drivers(moved, weights) == drivers(draws, weights)
    monkeypatch.setattr(np, "round", lambda values, _: values)
    assert drivers(moved, weights) != drivers(draws, weights)
