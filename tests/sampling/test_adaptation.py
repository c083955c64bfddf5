"""How long a pilot goes on, what it fits to, and what it leaves to others."""

from __future__ import annotations

import warnings

import numpy as np
import pytest
from scipy.optimize import minimize

import sfc_sim as sfc
from sfc_sim.inference.evidence import read_evidence
from sfc_sim.inference.theories import theories_of
from sfc_sim.sampling import adaptation
from sfc_sim.sampling.adaptation import pilot_of, targets_of, unlike
from sfc_sim.sampling.fits import levelled
from sfc_sim.sampling.parts import PRIOR_SHARE, fewest
from sfc_sim.sampling.pilot import ENOUGH, Asked, costs_of

ALL = ("prior", "sia", "adt-total")


@pytest.fixture
def sizes(monkeypatch):
    """How many draws each stage of a pilot has."""
    seen = []
    drawn = adaptation.pilot_draws

    def counted(pilot, proposal, stage, many, *rest):
        seen.append(many)
        return drawn(pilot, proposal, stage, many, *rest)

    monkeypatch.setattr(adaptation, "pilot_draws", counted)
    return seen


def test_without_a_precision_there_are_as_many_as_asked(sizes):
    sfc.aim("cook2022-balanced", theories=ALL, rng=1, pilot=1000)
    assert sizes == [200] * 5


def test_a_pilot_goes_on_while_it_is_a_small_part_of_what_it_is_for(sizes, monkeypatch):
    monkeypatch.setattr(adaptation, "has_mean", lambda pilot: True)  # the other reason to go on
    sfc.aim("cook2022-balanced", theories=ALL, rng=1, pilot=1000, precision=0.005)
    assert len(sizes) > 5  # 1000 are few for what takes more than 25,000
    assert sizes[5] == 500
    ended = list(sizes)
    sizes.clear()
    monkeypatch.setattr(adaptation, "MOST_FOR_PRECISION", 1000)
    sfc.aim("cook2022-balanced", theories=ALL, rng=1, pilot=1000, precision=0.005)
    assert sizes == [200] * 5
    sizes.clear()
    monkeypatch.setattr(adaptation, "MOST_FOR_PRECISION", 9000)
    sfc.aim("cook2022-balanced", theories=ALL, rng=1, pilot=1000, precision=0.1)
    assert sum(sizes) < sum(ended)  # what takes few draws has a short pilot


@pytest.mark.parametrize("seed", range(5))
def test_the_greatest_cost_is_as_small_as_another_program_makes_it(seed):
    """Within 5 %: a sum of tenth powers stands for the greatest of six. Costs lie decades apart."""
    rng = np.random.default_rng(seed)
    places = rng.normal(size=400)
    density = np.exp(-0.5 * ((places - rng.normal(size=(4, 1)) * 2) / 0.5) ** 2) + 1e-6
    density[0] = 1.0
    wanted = np.exp(-0.5 * ((places - rng.normal(size=(6, 1)) * 2) / 0.4) ** 2)
    squares = wanted**2 * 10.0 ** rng.uniform(-2.0, 0.0, (6, 1))

    def costs(shares):
        return np.log((squares / (shares @ density)).sum(axis=1))

    even = np.full(4, 0.25)
    shares, found = fewest(density, squares)
    assert np.log(found) == pytest.approx(costs(shares).max())
    assert shares[0] >= PRIOR_SHARE - 1e-12
    assert shares.sum() == pytest.approx(1.0)
    least = minimize(
        lambda x: x[4], [*even, costs(even).max()], method="SLSQP",
        bounds=[(PRIOR_SHARE, 1.0), *[(1e-6, 1.0)] * 3, (None, None)], constraints=[
            {"type": "eq", "fun": lambda x: x[:4].sum() - 1.0},
            {"type": "ineq", "fun": lambda x: x[4] - costs(x[:4])},
        ],
    )  # fmt: skip
    assert least.success
    assert np.log(found) < least.fun + 0.05
    assert costs(even).max() > least.fun + 0.05  # negative control


def test_where_the_prior_does_there_is_one_stage(sizes):
    found = sfc.aim("sandberg2018", theories=["prior"], evidence="none", rng=1)
    assert found.shares == (1.0,)
    assert len(sizes) == 1


def test_a_theory_that_another_does_for_has_no_fit_of_its_own():
    rng = np.random.default_rng(1)
    z = rng.standard_normal(4000)
    far, same, near = 3.0 * z, 3.0 * z + 0.01 * rng.standard_normal(4000), 0.5 * z
    chosen = unlike(np.array([far, same, near]), np.zeros(4000))
    assert len(chosen) == 1
    assert chosen[0] is not near
    apart = unlike(np.array([far, -far]), np.zeros(4000))  # negative control
    assert len(apart) == 2


def test_what_weighs_nothing_is_not_fitted_to():
    nothing = np.full((1, 100), -np.inf)
    assert unlike(nothing, np.zeros(100)) == []


def asked_of(*names):
    return Asked(theories_of(names), read_evidence("none"), 0.01)


def test_with_a_precision_there_are_targets_of_what_we_and_what_others_would_take():
    volumes = np.array([[2.0, 4.0], [2.0, 1.0]])  # grabbed, marginal
    rows = np.log([[0.5, 0.5], [0.2, 0.8]])
    asked = asked_of("prior", "adt-total")
    found = np.exp(targets_of(rows, volumes, asked))
    # n (A - U): weights of adt-total count A already.
    np.testing.assert_allclose(found[2], [0.0, 0.5 * 3.0])
    np.testing.assert_allclose(found[3], [0.0, 0.8 * 3.0 / 4.0])
    np.testing.assert_allclose(found[4:], [[0.5 * 2.0, 0.5 * 4.0]])
    assert len(targets_of(rows, volumes, asked._replace(precision=None))) == 2


def test_what_we_would_take_is_to_rest_on_as_many_draws_as_a_theory():
    """A share that is precise, as it is near 0, rested on 40 draws of 30,000."""
    volumes = np.array([[1.0, 1.0, 1.0, 1e3], [1.0, 1.0, 1.0, 1e3]])  # nobody else takes anything
    costs = costs_of(volumes, np.zeros((1, 4)), asked_of("prior")).sum(axis=1)
    np.testing.assert_allclose(costs, [ENOUGH, 4 * ENOUGH, 0.0], rtol=0.01)


def test_a_last_stage_without_a_draw_of_a_theory_tells_of_endless_draws():
    last = adaptation.Pilot(None, targets=[np.array([[0.0, 0.0], [-np.inf, -np.inf]])])
    assert adaptation.needed(last, asked_of("prior", "sia")) == np.inf


def test_levelling_leaves_order_within_a_value():
    logs = np.log([4.0, 2.0, 0.01])
    found = levelled(logs, [np.array([0, 0, 1])])
    assert found[0] - found[1] == pytest.approx(np.log(2.0))
    rarer = np.exp(found[2]) / np.exp(found[:2]).sum()
    assert rarer == pytest.approx((0.01 / 6.0) ** 0.5)
    np.testing.assert_array_equal(levelled(logs, []), logs)


@pytest.mark.parametrize("name", ["cook2022-balanced", "finnveden2019", "mills2025"])
def test_a_pilot_finds_what_prior_draws_miss(name):
    """Effective draws of self-indication, aimed over prior: fivefold, or a tenth of all draws."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", sfc.EffectiveSampleSizeWarning)
        aimed, plain = (
            sfc.weigh(sfc.sample(name, 4000, rng=3, aim=aim), theories=["sia"]).ess.item()
            for aim in (["sia"], False)
        )
    assert aimed > 5.0 * plain or aimed > 400.0


def test_pilots_grow_with_the_draws():
    assert pilot_of(10) == adaptation.LEAST_PILOT
    assert pilot_of(100_000) == 10_000
    assert pilot_of(1_000_000) == adaptation.MOST_PILOT
