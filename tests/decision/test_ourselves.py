"""The chance that we expand, against laws worked out by hand, and survival counted once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import pytest

import sfc_sim as sfc
from sfc_sim._core.errors import InputError
from sfc_sim.decision import deciding, priorities, prospects
from sfc_sim.distributions import Fixed, LogUniform, Uniform
from sfc_sim.inference import Observation
from tests.given import unseen

K = 4.0  # standard errors


@dataclass(frozen=True)
class OneStage(Observation):
    """Some at our stage, none beyond; `flat` makes uniform what is drawn log-uniformly."""

    flat: tuple[str, ...] = ()
    name: ClassVar[str] = "one-stage"

    @property
    def meaning(self) -> str:
        return "some at our stage, none beyond"

    def log_likelihood(self, draws):
        at_stage, beyond = (
            np.exp(draws[f"log_{kind}_actual"].values) for kind in ("intelligent", "civilizations")
        )
        # Of N p sites that get to our stage, a part q goes beyond: exp(-N p q) - exp(-N p).
        chance = np.exp(-beyond) * -np.expm1(-(at_stage - beyond))
        with np.errstate(divide="ignore"):
            return np.log(chance) + sum(np.log(draws[name].values) for name in self.flat)


@dataclass(frozen=True)
class NoneBeyond(Observation):
    """None beyond our stage."""

    name: ClassVar[str] = "none-beyond"
    meaning: ClassVar[str] = "none beyond our stage"

    def log_likelihood(self, draws):
        return -np.exp(draws["log_civilizations_actual"].values)


def drawn(probability, fraction, sites, draws=60_000):
    """Draws of N sites that get to our stage with chance p, of which a part q expands."""
    scenario = sfc.load_scenario("frank2016").replace(
        habitable_zone_planets=sites, biotechnical_probability=probability, galaxies=1.0,
        expanding_fraction=fraction,
    )  # fmt: skip
    return sfc.sample(scenario, draws, rng=7)


def found(draws, evidence, theory="prior"):
    table = prospects(draws, sfc.weigh(draws, evidence, theories=[theory]))
    return table.expansion_chance.item(), table.expansion_chance_standard_error.item()


def test_one_at_our_stage_and_an_unknown_chance_to_get_there():
    """P(q) becomes P(q) ln(1/q), by Frullani's integral: uniform q has mean 1/4."""
    draws = drawn(LogUniform(1e-12, 1.0), Uniform(0.0, 1.0), 1e6)
    mean, error = found(draws, ["none", OneStage()])
    assert abs(mean - 0.25) < K * error < 0.02
    # Nothing learned, nothing changed; and what is learned tells.
    prior, spread = found(draws, "none")
    assert abs(prior - 0.5) < K * spread
    assert abs(prior - 0.25) > K * spread


def test_one_at_our_stage_and_a_uniform_chance_to_get_there():
    """P(q) becomes P(q) (1/q - 1) above 1/N: q uniform from 1e-22 has mean 0.0101 for N = 1e22.

    Exactly .5 / (Ein(N) - Ein(1) - 1) = .01011; from 0 it would be .5 / (Ein(N) - 1) = .00995.
    """
    many = LogUniform(1e-22, 1.0)
    draws = drawn(many, many, 1e22)
    flat = ("biotechnical_probability", "expanding_fraction")
    mean, error = found(draws, ["none", OneStage(flat)])
    assert abs(mean - 0.0101) < K * error < 0.004
    assert abs(0.25 - mean) > K * error


def test_self_indication_divides_the_prior_by_the_fraction():
    """P(q) becomes P(q) / q (Olson & Ord 2021): q uniform from 1e-6 has mean 1 / ln 1e6."""
    draws = drawn(LogUniform(1e-14, 1.0), LogUniform(1e-6, 1.0), 1e7)
    flat = [NoneBeyond(), Flat()]
    mean, error = found(draws, ["none", *flat], "sia")
    assert abs(mean - 0.0724) < K * error < 0.02
    # Without the evidence self-indication says nothing of the fraction.
    unseen, spread = found(draws, ["none", Flat()], "sia")
    assert abs(unseen - 0.5) < K * spread
    assert abs(unseen - 0.0724) > K * spread


@dataclass(frozen=True)
class Flat(Observation):
    """What makes a log-uniform fraction uniform."""

    name: ClassVar[str] = "flat"
    meaning: ClassVar[str] = "a uniform fraction"

    def log_likelihood(self, draws):
        return np.log(draws["expanding_fraction"].values)


@pytest.fixture(scope="module")
def study():
    return sfc.assess("cook2022-balanced", 4000, rng=7, theories=["prior", "sia", "adt-total"])


def test_survival_counts_once(study):
    """Survival and alignment are worth the sums over worlds of what the one choice changes."""
    table = priorities(
        study, p_survive="posterior", p_aligned=1.0, interventions=["extinction", "alignment"]
    )
    draws, weights = study.draws, study.weights.sel(theory="sia")
    like_us = np.exp(weights.log_weight.values)  # N g: all who decide, whether they expand or not
    fraction, grabbed = draws.expanding_fraction.values, unseen(draws).volume_grabbed.values
    alignment = (like_us * fraction) @ grabbed / (like_us @ grabbed)
    survival = (like_us @ unseen(draws).volume_marginal.values) / (like_us @ grabbed)
    for theory in ("sia", "adt-total"):
        row = table.sel(theory=theory)
        assert row.priority.values == pytest.approx([survival, alignment], rel=2e-3)
    # Counted twice, by the copies of adt-total too, it is another number.
    twice = (like_us * fraction**2) @ grabbed / ((like_us * fraction) @ grabbed)
    assert abs(twice - alignment) > 0.1


def test_prior_is_that_of_the_scenario_and_the_report_has_it(study):
    prior = study.scenario["expanding_fraction"].distribution
    chance = prospects(study)
    assert chance.expansion_chance_prior.item() == prior.mean()
    assert chance.expansion_chance_prior_quantile.values == pytest.approx(
        prior.ppf([0.05, 0.5, 0.95])
    )
    for name in chance.data_vars:
        np.testing.assert_array_equal(study.report[name], chance[name])
    low, middle, high = (chance[f"expansion_chance_quantile{end}"] for end in ("_low", "", "_high"))
    assert bool(((low <= middle) & (middle <= high)).all())
    # Self-indication lowers it (Cook 2022: from .52 to .25); all like us decide under both.
    own = chance.expansion_chance
    assert own.sel(theory="sia") < 0.7 * own.sel(theory="prior")
    assert own.sel(theory="sia") == pytest.approx(own.sel(theory="adt-total").item(), rel=1e-9)


def test_weights_that_count_all_are_left_as_they_are(study):
    same = deciding(study)
    xr_same = same.sel(theory=["prior", "sia"])
    for name in ("log_weight", "ess", "k_hat"):
        expected = study.weights[name].sel(theory=["prior", "sia"])
        np.testing.assert_allclose(xr_same[name], expected, rtol=1e-12)


def test_one_fraction_for_all_is_its_own_posterior(study):
    sure = sfc.sample("frank2016", 100, rng=1)
    chance = prospects(sure, sfc.weigh(sure, "none", theories=["sia"]))
    assert chance.expansion_chance.item() == chance.expansion_chance_at_stake.item() == 1.0
    assert isinstance(sfc.load_scenario("frank2016")["expanding_fraction"].distribution, Fixed)


@pytest.mark.parametrize("wrong", ["prior", "posterior"])
def test_what_is_no_chance_of_survival_is_refused(wrong):
    with pytest.raises(InputError, match="p_survive"):
        priorities(0.7, p_survive=wrong)


def test_a_model_without_a_fraction_says_so():
    draws, others = sfc.sample("ord2021", 10, rng=1), sfc.sample("frank2016", 10, rng=1)
    with pytest.raises(InputError, match="names no parameter"):
        deciding(draws, sfc.weigh(others, "none", theories=["sia"]))
