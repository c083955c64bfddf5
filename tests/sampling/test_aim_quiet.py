"""Quiet expanders: draws also lie where only what is visible bounds how many there are."""

from __future__ import annotations

import numpy as np
import pytest

import sfc_sim as sfc
from sfc_sim.sampling.pipeline import Batch
from sfc_sim.sampling.plan import Plan
from sfc_sim.sampling.tilts import Tilts

BALANCED = sfc.load_scenario("cook2022-balanced")
QUIET = BALANCED.replace(visible_fraction=0.01, engulfed_observers=0.9)
BEFORE = 16.0
"""Effective draws of 4000 under SIA, of six theories, when what is visible cut no part."""

pytestmark = pytest.mark.filterwarnings(
    "ignore::sfc_sim.inference.theories.EffectiveSampleSizeWarning"
)


def under_sia(scenario, draws=4000, **asked):
    return sfc.assess(scenario, draws, rng=7, **asked).report.sel(theory="sia")


def evident_only(monkeypatch):
    """Let the amount be cut by all that is evident alone."""
    asked = Batch.with_amount

    def first(self, log_lit):
        return asked(self, lambda at_light: np.array(log_lit(at_light).T[0]))

    monkeypatch.setattr(Batch, "with_amount", first)


def test_ten_times_as_many_draws_carry_self_indication():
    assert under_sia(QUIET).ess > 10.0 * BEFORE
    assert under_sia(BALANCED.replace(visible_fraction=0.001, engulfed_observers=0.9)).ess > 100.0


def test_without_that_part_they_do_not(monkeypatch):
    evident_only(monkeypatch)
    assert under_sia(QUIET).ess < 2.0 * BEFORE


def test_the_answer_is_that_of_an_even_grid_of_the_prior():
    """Of two parameters: 2^15 points of a Sobol' sequence, whose errors are far smaller."""
    amount = Plan(QUIET, 1).amount
    settled = {"hard_steps": 2, "step_time": 30.0, "delay": 1.0, "longest_habitability": 20.0}
    settled |= {"early_habitability": 0.1, "expanding_fraction": 0.5}
    few = QUIET.replace(**settled)
    varying = [name for name, p in few.parameters.items() if np.ptp(p.distribution.ppf([0.1, 0.9]))]
    assert varying == [amount, "expansion_speed"]
    aimed = under_sia(few, theories=["sia"])
    grid = under_sia(few, 2**15, theories=["sia"], design="sobol")
    assert aimed.ess > 400.0
    assert 0.01 < float(grid.probability_inside) < 0.99
    for name in ("probability_inside", "recovered_share"):
        errors = [float(each[f"{name}_standard_error"]) for each in (aimed, grid)]
        assert abs(float(aimed[name] - grid[name])) < 3.5 * np.hypot(*errors)


@pytest.mark.verification
def test_the_answer_is_that_of_the_prior():
    prior = sfc.assess(QUIET, 400_000, rng=8, theories=["sia"], aim=False).report.sel(theory="sia")
    aimed = under_sia(QUIET, 20_000, theories=["sia"])
    for name in ("probability_inside", "recovered_share"):
        errors = [float(each[f"{name}_standard_error"]) for each in (aimed, prior)]
        assert abs(float(aimed[name] - prior[name])) < 3.0 * np.hypot(*errors)


@pytest.mark.parametrize("psi_chi", [(1.0, 0.9), (0.5, 0.0)])
def test_where_nobody_is_unaware_no_part_is_added(psi_chi):
    psi, chi = psi_chi
    said = BALANCED.replace(visible_fraction=psi, engulfed_observers=chi)
    unsaid = BALANCED.replace(visible_fraction=psi)
    found = [sfc.aim(each, theories=["sia"], rng=7, pilot=500) for each in (said, unsaid)]
    assert found[0].tilts == found[1].tilts
    assert found[0].centres == found[1].centres


def test_laws_of_two_cuts_are_those_of_each():
    """Densities are those of each law alone, and a draw moves by its own."""
    edges = np.linspace(0.0, 1.0, 40)
    amounts = np.log(np.geomspace(1e-4, 1e4, 40))
    laws = [(1.0, 0.0), (0.5, 1.0), (1.0, 0.0, 1)]
    rng = np.random.default_rng(7)
    lit, which = rng.normal(size=(50, 2)) * 3.0, rng.integers(-1, 3, 50)
    u = rng.uniform(size=50)
    moved = u.copy()
    found = Tilts.of_laws(edges, amounts, laws).at(lit, moved, which)
    for k, law in enumerate(laws):
        own, alone = (
            np.ascontiguousarray(lit[:, int(k == 2)]),
            Tilts.of_laws(edges, amounts, [law[:2]]),
        )
        again = u.copy()
        alone.at(own, again, np.where(which == k, 0, -1))
        np.testing.assert_array_equal(moved[which == k], again[which == k])
        density = alone.at(own, moved.copy(), np.full(50, -1))
        np.testing.assert_allclose(found[:, k], density[:, 0], rtol=1e-12)
    np.testing.assert_array_equal(moved[which < 0], u[which < 0])


def test_a_proposal_is_kept_in_a_file(tmp_path):
    made = sfc.aim(QUIET, theories=["sia"], rng=7, pilot=1000)
    assert any(len(law) == 3 for law in made.tilts)
    assert sfc.sampling.load_proposal(made.save(tmp_path / "proposal.json")) == made
