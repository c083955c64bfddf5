"""Parameters that go together: what files and Python say, what is refused, and what draws do."""

from __future__ import annotations

import pickle

import numpy as np
import pytest
from scipy import stats

import sfc_sim as sfc
from sfc_sim._core.errors import InputError
from sfc_sim.analysis import conditional, sensitivity, tornado
from sfc_sim.sampling.plan import Plan, draw_parameters, uniforms
from sfc_sim.scenario import Correlation, goes_with
from sfc_sim.scenario.reading import load_scenario, save_scenario
from sfc_sim.scenario.scenario import Scenario

BALANCED = load_scenario("cook2022-balanced")
PAIR = ("delay", "expansion_speed")
LINKED = BALANCED.replace(correlations={PAIR: 0.6})
FILE = """
base = "cook2022-balanced"
name = "mine"

[[correlations]]
parameters = ["delay", "expansion_speed"]
rho = 0.6
source = "a guess"
status = "assumed"
"""


def drawn(scenario: Scenario, draws: int = 20_000) -> dict[str, np.ndarray]:
    """Return the parameters of prior draws, without what follows from them."""
    plan = Plan(scenario, 7)
    return draw_parameters(plan, plan.copula.linked(uniforms(plan, 0, draws)))


def off(draws, one: str, other: str, rho: float) -> float:
    """Return how far a rank correlation is from 6/pi arcsin(rho/2), in standard errors.

    The error is at most 1/sqrt(draws), which it is where nothing goes together.
    """
    found = float(stats.spearmanr(draws[one], draws[other])[0])
    return abs(found - 6 / np.pi * np.arcsin(rho / 2)) * np.sqrt(len(draws[one]))


@pytest.mark.parametrize("rho", [-0.9, -0.3, 0.6, 0.95])
def test_rank_correlation_is_that_of_the_copula(rho: float) -> None:
    draws = drawn(BALANCED.replace(correlations={PAIR: rho}))
    assert off(draws, *PAIR, rho) < 4
    assert off(drawn(BALANCED), *PAIR, rho) > 4  # without the copula


def test_laws_of_the_parameters_stay() -> None:
    draws = drawn(LINKED)
    for name in PAIR:
        assert stats.kstest(draws[name], LINKED[name].distribution.cdf).pvalue > 1e-3
    wrong = LINKED["delay"].distribution.scaled(1.05)
    assert stats.kstest(draws["delay"], wrong.cdf).pvalue < 1e-3  # the check can fail


def test_a_correlated_normal_pair_is_the_bivariate_normal_law() -> None:
    toy = load_scenario("sandberg2018-certain-life").replace(
        lifetime=sfc.LogNormal10(5, 1.0), star_formation_rate=sfc.LogNormal10(0, 2.0)
    )
    draws = drawn(toy.replace(correlations={("lifetime", "star_formation_rate"): 0.8}))
    total = np.log10(draws["lifetime"]) + np.log10(draws["star_formation_rate"])
    variance = 1.0 + 4.0 + 2 * 0.8 * 2.0
    error = variance * np.sqrt(2 / total.size)
    assert abs(total.var() - variance) < 4 * error
    assert abs(total.var() - 5.0) > 4 * error  # that of independent ones


@pytest.mark.parametrize("correlations", [{}, {PAIR: 0.0}])
def test_without_correlation_every_bit_stays(correlations) -> None:
    assert sfc.sample(BALANCED.replace(correlations=correlations), 200, rng=7).equals(
        sfc.sample(BALANCED, 200, rng=7)
    )


def test_what_does_not_go_with_others_keeps_its_random_numbers() -> None:
    old, new = sfc.sample(BALANCED, 200, rng=7), sfc.sample(LINKED, 200, rng=7)
    moved = {name for name in BALANCED.parameters if not old[name].equals(new[name])}
    assert moved == {"expansion_speed"}


def test_a_draw_can_be_made_again_alone_and_in_any_batch() -> None:
    draws = sfc.sample(LINKED, 600, rng=7)
    again = sfc.sample(LINKED, 3, rng=7, first=510)
    assert again.expansion_speed.equals(draws.expansion_speed.isel(draw=slice(510, 513)))


def test_step_times_each_go_with_the_other_parameter() -> None:
    draws = drawn(BALANCED.replace(correlations={("step_time", "delay"): 0.7}))
    steps = {str(k): draws["step_times"][:, k] for k in (0, 5, 19)} | {"delay": draws["delay"]}
    for k in ("0", "5", "19"):
        assert off(steps, k, "delay", 0.7) < 4
    assert off(steps, "0", "19", 0.49) < 4  # so they go with each other, through the delay


def test_three_parameters_have_the_matrix_that_was_asked_for() -> None:
    wanted = {("delay", "expansion_speed"): 0.5, ("delay", "expanding_fraction"): -0.4,
              ("expansion_speed", "expanding_fraction"): 0.3}  # fmt: skip
    draws = drawn(BALANCED.replace(correlations=wanted))
    assert all(off(draws, *pair, rho) < 4 for pair, rho in wanted.items())


FACTORS = load_scenario("finnveden2019")


@pytest.mark.parametrize(
    "pair",
    [
        ("intelligence_fraction", "technology_fraction"),
        ("abiogenesis", "expansion_speed"),  # the amount, no longer drawn last; and a discrete one
    ],
)
def test_aimed_draws_agree_with_draws_of_the_prior(quick, pair) -> None:
    linked = FACTORS.replace(correlations={pair: 0.8})
    aimed = sfc.sample(linked, 8000, rng=8, aim=["adt-total"])
    weight = np.exp(aimed["log_prior_over_proposal"].values)
    error = weight.std() / np.sqrt(weight.size)
    assert abs(weight.mean() - 1.0) < 4 * error
    high = [aimed[name].values > linked[name].distribution.median() for name in pair]
    prior = drawn(linked, 100_000)
    both = [prior[name] > linked[name].distribution.median() for name in pair]
    for chosen, exact in [(high[0], both[0]), (high[1], both[1]), (high[0] & high[1],
                          both[0] & both[1])]:  # fmt: skip
        scored = weight * (chosen - exact.mean())
        allowed = 4 * np.hypot(scored.std() / np.sqrt(scored.size), 0.5 / np.sqrt(exact.size))
        assert abs(scored.mean()) < allowed
    # unweighted, the share is another: the test sees the ratio
    assert abs(np.mean(high[0] & high[1]) - np.mean(both[0] & both[1])) > 4 * 0.5 / np.sqrt(8000)


def test_it_travels(tmp_path) -> None:
    mine = Scenario.from_toml(FILE)
    assert mine.correlations == (Correlation(PAIR, 0.6, "a guess", "assumed"),)
    assert Scenario.from_toml(mine.to_toml()) == mine
    assert pickle.loads(pickle.dumps(mine)) == mine
    assert load_scenario(save_scenario(mine, tmp_path / "mine.toml")) == mine
    assert mine.hash != BALANCED.hash
    assert BALANCED.replace(correlations={}).hash == BALANCED.hash


def test_a_variant_takes_the_pairs_of_its_base(tmp_path) -> None:
    (tmp_path / "mine.toml").write_text(FILE)
    path = tmp_path / "other.toml"
    path.write_text(
        'base = "mine.toml"\nname = "other"\n[[correlations]]\n'
        'parameters = ["expansion_speed", "delay"]\nrho = -0.2\n'
    )
    (found,) = load_scenario(path).correlations
    assert (found.rho, found.source) == (-0.2, "a guess")


def test_a_parameter_that_is_fixed_goes_with_nothing() -> None:
    fixed = LINKED.replace(delay="1 Gyr")
    assert not goes_with(fixed, "expansion_speed")
    assert sfc.sample(fixed, 100, rng=7).equals(
        sfc.sample(BALANCED.replace(delay="1 Gyr"), 100, rng=7)
    )


@pytest.mark.parametrize(
    ("correlations", "words"),
    [
        ({("delay", "speed"): 0.5}, "unknown parameter of a correlation 'speed'"),
        ({("delay", "delay"): 0.5}, "with itself"),
        ({PAIR: 1.0}, "must lie between -1 and 1"),
        ({PAIR: 1.5}, "rho is 1.5"),
        ({PAIR: "much"}, "rho is 'much'"),
        ([Correlation(PAIR, 0.5), Correlation(PAIR[::-1], 0.1)], "given twice"),
        ({"delay": 0.5}, "must be two names"),
        (0.5, "must be a tuple of Correlation"),
        (
            {PAIR: 0.9, ("hard_steps", "delay"): 0.9, ("hard_steps", "expansion_speed"): -0.9},
            "not positive definite; allowed with these: from 0.62 to 1",
        ),
    ],
)
def test_refused(correlations, words: str) -> None:
    with pytest.raises(InputError) as caught:
        BALANCED.replace(correlations=correlations)
    assert words in str(caught.value)
    assert len(str(caught.value).splitlines()) <= 2


def test_a_matrix_that_no_normal_law_has_names_the_pair() -> None:
    bad = {PAIR: 0.9, ("hard_steps", "delay"): 0.9, ("hard_steps", "expansion_speed"): -0.9}
    with pytest.raises(InputError, match="'hard_steps' and 'expansion_speed'"):
        BALANCED.replace(correlations=bad)


def test_analyses_say_what_they_do_with_it(quick) -> None:
    study = sfc.assess(LINKED, 1500, rng=7, theories=["prior"])
    with pytest.raises(InputError, match="independent parameters"):
        sensitivity(study, points=64)
    with pytest.raises(InputError, match="goes with expansion_speed"):
        conditional(study, "delay", values=[1.0])
    assert "delay" in tornado(study, "prior")["input"].values
    product = load_scenario("sandberg2018").replace(
        correlations={("lifetime", "communication_fraction"): 0.5}
    )
    with pytest.raises(InputError, match="independent parameters"):
        sfc.drake.drake_distribution(product)
