"""Quiet expanders: a mixture of two cones, and places inside where life goes on unaware."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import pytest
from scipy import integrate, special

import sfc_sim as sfc
from sfc_sim._core.errors import InputError
from sfc_sim.appearance import PowerLawAppearance
from sfc_sim.expansion.quiet import log_unaware
from sfc_sim.inference import FrontEvidence
from sfc_sim.scenario.premise import Premise
from tests.given import unmet, unseen
from tests.kernels.test_volumes import COARSE, FINE, PLANCK, expected

pytestmark = pytest.mark.filterwarnings("ignore::sfc_sim.EffectiveSampleSizeWarning")

COOK = sfc.load_scenario("cook2022-balanced")
# One world, with fronts about as dense as they may be.
ONE = sfc.Scenario(
    appearance=PowerLawAppearance(n=6, abundance=4000.0), expansion="fronts",
    parameters={"expansion_speed": 0.7, "expanding_fraction": 0.5},
)  # fmt: skip


def quiet(visible, engulfed=0.0, base=COOK):
    return base.replace(visible_fraction=visible, engulfed_observers=engulfed)


def test_a_scenario_that_does_not_name_them_is_as_it_was():
    assert "visible_fraction" not in COOK.parameters
    assert "visible_fraction" not in COOK.to_toml()
    named = quiet(1.0)
    assert named.hash != COOK.hash
    assert sfc.Scenario.from_toml(named.to_toml()) == named


def test_all_visible_and_none_inside_is_the_model_of_old():
    before, now = (sfc.sample(each, 300, rng=1) for each in (COOK, quiet(1.0)))
    for name in before.data_vars:
        np.testing.assert_array_equal(before[name], now[name])
    assert np.isneginf(now.log_unaware_now).all()
    weights = [sfc.weigh(each).log_weight.values for each in (before, now)]
    np.testing.assert_array_equal(*weights)


def test_none_visible_and_none_inside_is_not_engulfed():
    """psi = 0: what is visible is what has come, to 1e-12."""
    draws = sfc.sample(quiet(0.0), 300, rng=1)
    np.testing.assert_allclose(draws.log_seen_now, draws.log_covered_now, atol=1e-12)
    for name in ("volume_grabbed", "volume_marginal"):
        np.testing.assert_allclose(unseen(draws)[name], unmet(draws)[name], rtol=1e-12)
    seen, free = (sfc.weigh(draws, known) for known in ("nothing-visible", "not-engulfed"))
    np.testing.assert_allclose(seen.log_weight, free.log_weight, rtol=1e-10, atol=1e-12)
    shares = [sfc.saturation(draws, each).recovered_share for each in (seen, free)]
    np.testing.assert_allclose(*shares, rtol=1e-10)
    # the control: with half of them visible it is something else
    half = sfc.sample(quiet(0.5), 300, rng=1)
    assert abs(half.log_seen_now - half.log_covered_now).max() > 0.1


@pytest.mark.parametrize("visible", [0.01, 0.4])
def test_depths_are_those_of_two_cones(visible):
    """Volumes against plain sums over a grid sixteen times as fine, of either kind of births."""
    speed, crowd = 0.6, 3.0
    horizon = float(PLANCK.event_horizon(PLANCK.age))
    far, last = speed * horizon, FINE.grid.edges[0][-1] - FINE.grid.edges[0][FINE.grid.now]

    def depth(reach, r, later):
        kinds = [expected(reach, speed, r, later, unseen) for unseen in (True, False)]
        return visible * kinds[0] + (1.0 - visible) * kinds[1]

    nodes, weights = np.polynomial.legendre.leggauss(24)
    r = far * (nodes + 1) / 2
    shell = 4 * np.pi * r**2 * far * weights / 2
    strength = crowd / depth(far, far, last)
    amount = np.array([np.log(strength) - float(FINE.log_strength(np.zeros(1))[0])])
    share = np.array([visible])
    grabbed, log_marginal, _ = COARSE.volumes(amount, np.array([speed]), unseen=share)
    right = float(shell @ np.exp([-strength * depth(x, x, x / speed) for x in r]))
    least = float(shell @ np.exp([-strength * depth(far, x, last) for x in r]))
    assert grabbed[0] == pytest.approx(right, rel=5e-5)
    assert np.exp(log_marginal[0]) == pytest.approx(least, rel=5e-6)
    other, _, _ = COARSE.volumes(amount, np.array([speed]), unseen=share + 0.5)  # the control
    assert abs(other[0] / right - 1) > 1e-3


def test_inside_and_outside_in_one_world():
    """In one world P(inside) is the ratio of two closed forms, whatever the theory."""
    visible, engulfed = 0.2, 0.3
    base = sfc.sample(ONE, 2, rng=1)
    lit, come = (np.exp(base[f"log_{name}_now"].values[0]) for name in ("seen", "covered"))
    outside = np.exp(-(visible * lit + (1 - visible) * come))
    inside = engulfed * np.exp(-visible * lit) * -np.expm1(-(1 - visible) * come)
    draws = sfc.sample(quiet(visible, engulfed, ONE), 2, rng=1)
    theories = ["prior", "sia", "adt-total"]
    weights = sfc.weigh(draws, theories=theories)
    table = sfc.summarize(draws, weights)
    right = inside / (inside + outside)
    assert 1e-3 < right < 0.99
    np.testing.assert_allclose(table.probability_inside, [right, right, 0.0], rtol=1e-12)
    alone = unseen(draws).volume_grabbed / draws.volume_alone
    reach = float(alone[0]) * np.array([1 - right, 1 - right, 1.0])
    np.testing.assert_allclose(table.share_of_reach, reach, rtol=1e-12)
    share = sfc.saturation(draws, weights)
    np.testing.assert_allclose(share.recovered_share, draws.recovered_fraction[0], rtol=1e-10)


def test_more_live_where_some_live_inside():
    """All that come to be: chi of the births that visible fronts spare, the rest of all fronts'."""
    visible, engulfed = 0.25, 0.4
    draws = sfc.sample(quiet(visible, engulfed, ONE), 1, rng=1)
    outside = sfc.sample(ONE, 1, rng=1)
    # Fronts fewer by psi spare what fronts slower by its cube root do.
    slower = ONE.replace(expansion_speed=0.7 * visible ** (1 / 3))
    spared = sfc.sample(slower, 1, rng=1)
    right = (1 - engulfed) * outside.intelligent_actual + engulfed * spared.intelligent_actual
    np.testing.assert_allclose(draws.intelligent_actual, right, rtol=1e-12)
    np.testing.assert_allclose(draws.civilizations_actual, outside.civilizations_actual, rtol=1e-14)


def test_decisions_do_not_know_of_those_inside():
    """Nothing is at stake inside: weights of decisions are the same, to the bit; others are not."""
    without, within = (sfc.sample(quiet(0.3, chi), 500, rng=2) for chi in (0.0, 0.2))
    theories = ["sia", "adt-total"]
    one, two = (sfc.weigh(each, theories=theories) for each in (without, within))
    for theory, same in (("sia", False), ("adt-total", True)):
        rows = [each.log_weight.sel(theory=theory).values for each in (one, two)]
        assert np.array_equal(*rows) is same
    shares = [sfc.saturation(d, w) for d, w in ((without, one), (within, two))]
    # what others would recover is counted by copies that are outside: self-indication agrees, too
    np.testing.assert_allclose(shares[0].recovered_share, shares[1].recovered_share, rtol=1e-12)


@pytest.mark.parametrize("visible", [1.0, 0.1, 0.0])
def test_self_indication_on_speed(visible):
    """Level in the log of abundance: P(v) -> P(v) / (psi + (1 - psi) v^3) (Olson & Ord 2021).

    With all visible a search that finds nothing restores the prior on v; with none it is P(v)/v^3.
    """
    base = sfc.load_scenario("olson-ord2021")
    scenario = base if visible == 1.0 else base.replace(visible_fraction=visible)
    draws = sfc.sample(scenario, 2000, rng=5, aim=("sia",))
    weights = sfc.weigh(draws, theories=["sia"])
    weight = np.exp(weights.log_weight.values[0])
    speed = draws.expansion_speed.values

    def factor(v):
        return 1.0 / (visible + (1.0 - visible) * v**3)

    norm = integrate.quad(factor, 0.1, 1.0)[0]
    right = integrate.quad(lambda v: v * factor(v), 0.1, 1.0)[0] / norm
    mean = float(weight @ speed)
    error = float(np.sqrt(weight**2 @ (speed - mean) ** 2))
    assert error < 0.03
    assert abs(mean - right) < 4.0 * error
    wrong = {1.0: 0.0, 0.1: 1.0, 0.0: 1.0}[visible]  # the control: another share

    def law(v):
        return 1.0 / (wrong + (1.0 - wrong) * v**3)

    other = integrate.quad(lambda v: v * law(v), 0.1, 1.0)[0] / integrate.quad(law, 0.1, 1.0)[0]
    assert abs(mean - other) > 6.0 * error


def dense(most, visible, engulfed):
    """Mean log10 of births and its error, and P(inside), under self-indication.

    The prior is level in their log, up to `most`.
    """
    scenario = sfc.load_scenario("olson-ord2021").replace(
        appearance_probability=sfc.LogUniform(1e-26, most), expanding_fraction=1.0,
        expansion_speed=0.8, visible_fraction=visible, engulfed_observers=engulfed,
    )  # fmt: skip
    draws = sfc.sample(scenario, 4000, rng=3)
    weights = sfc.weigh(draws, theories=["sia"])
    weight = np.exp(weights.log_weight.values[0])
    logs = np.log10(draws.appearance_probability.values)
    mean = float(weight @ logs)
    inside = sfc.summarize(draws, weights).get("probability_inside", np.zeros(1))
    return mean, float(np.sqrt(weight**2 @ (logs - mean) ** 2)), float(inside[0])


def test_no_bound_on_density_but_the_priors():
    """Observers inside unseen fronts: self-indication goes to the end of the prior, and inside.

    A prior level in the log, weighed by abundance, has its mean 1 / ln 10 below the end.
    """
    bound, bound_error, _ = dense(1e-10, 0.0, 0.0)
    for most in (1e-10, 1e-6):
        mean, error, inside = dense(most, 0.0, 1e-3)
        assert abs(mean - (np.log10(most) - 1 / np.log(10))) < 4.0 * error < 0.3
        assert inside > 0.999
        # the control: with nobody inside the bound is that of the fronts, whatever the prior
        mean, error, inside = dense(most, 0.0, 0.0)
        assert abs(mean - bound) < 4.0 * np.hypot(error, bound_error) < 0.4
        assert inside == 0.0


def test_fronts_that_are_visible_bound_density_again():
    """Inside, exp(-psi V_c) takes the place of exp(-V_v): the bound is higher by v^3 / psi."""
    scale = np.log10(0.8**3)
    bound, first, _ = dense(1e-6, 0.0, 0.0)
    for visible in (1e-3, 1e-5):
        mean, second, inside = dense(1e-6, visible, 1.0)
        assert inside > 0.99
        assert abs(mean - bound - scale + np.log10(visible)) < 4.0 * np.hypot(first, second) < 0.4


def test_the_chance_inside_keeps_its_digits():
    one = np.ones(1)
    # far too little: chi (1 - psi) V_v
    found = log_unaware(-800.0 * one, 0.5 * one, 0.25 * one, 0.1 * one)
    assert found[0] == pytest.approx(np.log(0.1 * 0.75 * 0.125) - 800.0, rel=1e-14)
    # far too much, and none visible: chi
    found = log_unaware(800.0 * one, 0.5 * one, 0.0 * one, 0.1 * one)
    assert found[0] == pytest.approx(np.log(0.1), rel=1e-14)
    assert np.isneginf(log_unaware(1.0 * one, one, one, one))[0]
    assert np.isneginf(log_unaware(800.0 * one, one, 0.5 * one, one))[0]


def test_an_abundance_that_our_date_pins():
    """Our rank fixes the fronts that would be seen or here: the fewer show, the more there are."""
    base = sfc.load_scenario("hanson2021-n6-half")
    before, now = (
        sfc.sample(each, 20, rng=1) for each in (base, base.replace(visible_fraction=0.3))
    )
    np.testing.assert_allclose(now.log_seen_now, before.log_seen_now, rtol=1e-12)
    more = -np.log(0.3 + 0.7 * 0.5**3)
    gain = now.log_intelligent_potential - before.log_intelligent_potential
    np.testing.assert_allclose(gain, more, rtol=1e-10)
    with pytest.raises(InputError, match="engulfed_observers is not defined where our own date"):
        sfc.sample(base.replace(engulfed_observers=0.1), 2, rng=1)


@dataclass(frozen=True)
class Unseen(FrontEvidence):
    """As "nothing-visible" is, and nobody lives inside."""

    name: ClassVar[str] = "unseen"
    meaning: ClassVar[str] = "nothing to see"


@dataclass(frozen=True)
class Everywhere(FrontEvidence):
    """Its own chance of a place inside."""

    name: ClassVar[str] = "everywhere"
    meaning: ClassVar[str] = "nothing to see"

    def log_inside(self, draws):
        return np.full(draws.sizes["draw"], np.log(0.25))


def test_evidence_of_ones_own():
    draws = sfc.sample(quiet(0.3, 0.2), 300, rng=2)
    own = sfc.weigh(draws, Unseen(), theories=["prior"])
    assert "log_outside" not in own
    np.testing.assert_allclose(
        np.exp(own.log_weight[0]), special.softmax(-np.exp(draws.log_seen_now)), rtol=1e-10
    )
    found = sfc.weigh(draws, Everywhere(), theories=["prior"])
    none = np.exp(-np.exp(draws.log_seen_now.values))
    np.testing.assert_allclose(np.exp(found.log_outside), none / (none + 0.25), rtol=1e-10)


def test_they_may_have_a_law_and_be_a_premise():
    scenario = quiet(sfc.LogUniform(1e-3, 1.0), sfc.Uniform(0.0, 0.1))
    draws = sfc.sample(scenario, 200, rng=1)
    assert 1e-3 < draws.visible_fraction.min() < draws.visible_fraction.max() < 1.0
    premise = Premise("hidden", "they hide", {"most": {"visible_fraction": 0.01}})
    table = sfc.analysis.premises(
        sfc.assess(COOK.replace(premises=[premise]), 500, theories=["prior"], rng=1),
        only=["hidden"], draws=500,
    )  # fmt: skip
    assert "most" in str(table["alternative"].values)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda: quiet(1.5), r"visible_fraction: Fixed\(value=1.5\) is 1.5; allowed \[0, 1\]"),
        (lambda: quiet(1.0, -0.1), r"engulfed_observers: .* allowed \[0, 1\]"),
        (lambda: quiet(sfc.Uniform(0.5, 1.5)), "reaches from 0.5 to 1.5"),
        (lambda: quiet(0.5, base=sfc.load_scenario("sandberg2018")), "models that have it: fronts"),
        (lambda: COOK.replace(visible_frac=0.5), "did you mean 'visible_fraction'"),
    ],
)
def test_what_is_refused(change, words):
    with pytest.raises(InputError, match=words):
        change()


def test_a_product_of_factors_does_not_take_them_for_one():
    static = sfc.load_scenario("sandberg2018")
    text = static.to_toml() + (
        '\n[parameters.visible_fraction]\nsource = "x"\nstatus = "assumed"\nmeaning = "x"\n'
        'unit = ""\ndistribution = 0.5\n'
    )
    with pytest.raises(InputError, match="visible_fraction is no parameter of 'displacement'"):
        sfc.Scenario.from_toml(text)
    swapped = sfc.load_scenario("finnveden2019").replace(visible_fraction=0.5)
    assert "visible_fraction" not in swapped.replace(expansion="displacement").parameters
