"""What a proposal draws is what its density says: exact expectations, and a density of its own."""

from __future__ import annotations

from dataclasses import replace
from typing import NamedTuple

import numpy as np
import pytest
from scipy.special import logsumexp, ndtri
from scipy.stats import chi2, multivariate_t, norm

import sfc_sim as sfc
from sfc_sim.sampling.axes import SPREAD
from sfc_sim.sampling.placing import FREEDOM
from sfc_sim.sampling.plan import Plan, uniforms
from sfc_sim.sampling.proposal import Proposal, load_proposal
from sfc_sim.sampling.tilts import NO_CUT, Tilts

# One of every kind of dimension: many steps of one law each, a discrete number of them, an amount;
# a discrete one without steps; factors alone; no amount.
NAMES = ("cook2022-balanced", "finnveden2019", "snyder-beattie2021", "hanson2021-n6-half")
DRAWS = 40_000


class Drawn(NamedTuple):
    """Draws of a proposal without the chain: what a unit amount covers is made up."""

    plan: Plan
    numbers: dict
    part: np.ndarray
    log_lit: np.ndarray
    log_ratio: np.ndarray


def by_hand(name: str) -> Plan:
    """A plan with a proposal that no fit has made, of parts that overlap."""
    plan = Plan(sfc.load_scenario(name), 11)
    axes = plan.axes
    rng, many = np.random.default_rng(5), 3
    d = len(axes.continuous)
    roots = np.tril(rng.normal(scale=0.2, size=(many, d, d)))
    roots[:, np.arange(d), np.arange(d)] = rng.uniform(0.6, 1.1, (many, d))
    chances = [rng.dirichlet(np.full(len(steps), 5.0), many) for _, steps in axes.discrete]
    proposal = Proposal(
        plan.scenario.hash, ("sia",), "none", "none", "1", 100, "", axes, (0.2, 0.3, 0.1, 0.4),
        rng.normal(scale=0.4, size=(many, d)).tolist(), roots.tolist(),
        [each.tolist() for each in chances],
        ((0.5, NO_CUT), (0.0, 0.5)) if axes.amount else (),
        (0, 1, 1) if axes.amount else (),
    )  # fmt: skip
    return replace(plan, proposal=proposal)


def drawn(plan: Plan, many: int = DRAWS) -> Drawn:
    numbers = uniforms(plan, 0, many)
    placed = plan.proposal.place(numbers, plan.scenario)
    log_lit = np.zeros(many)
    if plan.axes.amount:
        log_lit = 3.0 * placed.z[:, 0] - np.interp(0.5, *plan.amount_grid)
        placed.draw_amount(log_lit, plan.tilts)
    return Drawn(plan, placed.numbers, placed.part, log_lit, placed.log_ratio())


def coordinates(draws: Drawn) -> np.ndarray:
    """z of the continuous dimensions, from the numbers that the chain gets."""
    axes = draws.plan.axes
    columns = {
        name: ndtri(draws.numbers[name, 0])
        for name in axes.continuous
        if (name, 0) in draws.numbers
    }
    for name, unit, most in axes.repeats:
        steps = draws.plan.scenario[unit].distribution.ppf(draws.numbers[unit, 0]).astype(int)
        scores = np.array([ndtri(draws.numbers[name, k]) for k in range(most)])
        own = [scores[:n, i] for i, n in enumerate(steps)]
        columns[name] = np.array([each.sum() / np.sqrt(each.size) for each in own])
        squares = np.array([each.var() * each.size for each in own])
        columns[name + SPREAD] = np.where(steps > 1, apart(squares, steps - 1), scores[1])
    return np.array([columns[name] for name in axes.continuous]).T.reshape(-1, len(columns))


def apart(squares: np.ndarray, freedom: np.ndarray) -> np.ndarray:
    """Normal score of sums of squares about a mean, chi^2 numbers under the prior."""
    low, high = chi2.cdf(squares, freedom), chi2.sf(squares, freedom)
    with np.errstate(invalid="ignore"):
        return np.where(low < high, norm.ppf(low), norm.isf(high))


def log_density(draws: Drawn) -> np.ndarray:
    """Of the mixture over the prior, by SciPy and plain sums."""
    plan, z = draws.plan, coordinates(draws)
    proposal, axes = plan.proposal, plan.axes
    found = np.zeros((z.shape[0], len(proposal.shares)))
    for c in range(len(proposal.shares) - 1):
        root = np.array(proposal.roots[c])
        student = multivariate_t(proposal.centres[c], root @ root.T, df=FREEDOM)
        found[:, c + 1] += student.logpdf(z) - norm.logpdf(z).sum(axis=1)
        for k, (name, steps) in enumerate(axes.discrete):
            code = np.searchsorted(steps, draws.numbers[name, 0])
            prior = np.diff(steps, prepend=0.0)
            found[:, c + 1] += np.log(np.array(proposal.chances[k][c]) / prior)[code]
        if axes.amount:
            found[:, c + 1] += log_tilted(draws, *proposal.tilts[proposal.tilt_of[c]])
    return logsumexp(found + np.log(proposal.shares), axis=1)


def log_tilted(draws: Drawn, slope: float, cut: float) -> np.ndarray:
    edges, log_amounts = draws.plan.amount_grid
    u, out = draws.numbers[draws.plan.axes.amount, 0], []
    for i in range(u.size):
        with np.errstate(over="ignore"):
            spared = np.exp(log_amounts + draws.log_lit[i] - cut)
        logs = -spared + (slope * log_amounts if slope else 0.0)
        density = np.exp(logs - logs.max())
        out.append(np.interp(u[i], edges, density) / np.trapezoid(density, edges))
    return np.log(np.maximum(out, 1e-300))


@pytest.mark.parametrize("name", NAMES)
def test_ratio_is_prior_over_the_density_of_what_is_drawn(name):
    draws = drawn(by_hand(name), 400)
    assert set(draws.part) == {0, 1, 2, 3}
    # Double precision does not hold z of u near 1; the table of norms is right to 1e-6 here.
    near = (coordinates(draws) < 5.0).all(axis=1)
    assert near.mean() > 0.9
    assert draws.log_ratio[near] == pytest.approx(-log_density(draws)[near], abs=1e-6)


def worst(draws: Drawn, log_ratio: np.ndarray) -> float:
    """How far, in standard errors, ratio-weighted expectations are from those of the prior at most.

    Of one, of sets and moments of every uniform number and coordinate, and of their products.
    """
    ratio = np.exp(log_ratio)
    tests = [(np.ones(ratio.size), 1.0)]
    tests += [(np.asarray(u < at), at) for u in draws.numbers.values() for at in (0.1, 0.5, 0.9)]
    for name, steps in draws.plan.axes.discrete:
        code = np.searchsorted(steps, draws.numbers[name, 0])
        tests += [(code == k, p) for k, p in enumerate(np.diff(steps, prepend=0.0)) if p > 0.01]
    z = coordinates(draws)
    for j in range(z.shape[1]):
        tests += [(z[:, j], 0.0), (z[:, j] ** 2, 1.0)]
        tests += [(z[:, j] * z[:, k], 0.0) for k in range(j)]
    far = []
    for values, expected in tests:
        terms = ratio * values
        if terms.std() > 0.0:  # of ones alone it is nought
            far.append(abs(terms.mean() - expected) / (terms.std() / np.sqrt(terms.size)))
    return max(far)


@pytest.mark.parametrize("name", NAMES)
def test_expectations_are_those_of_the_prior(name):
    """Within 4.5 standard errors: at most 130 expectations, which chance exceeds in 1 of 1,000.

    Negative controls: the ratio left out, one part left out of the density, and its centres.
    """
    draws = drawn(by_hand(name))
    assert worst(draws, draws.log_ratio) < 4.5
    assert worst(draws, np.zeros(DRAWS)) > 10.0
    for wrong in (
        {"shares": (0.2, 0.3, 0.1, 0.0)},
        {"centres": np.zeros((3, len(draws.plan.axes.continuous))).tolist()},
    ):
        other = replace(draws.plan.proposal, **wrong)
        assert worst(draws, log_ratio_by(draws, other)) > 6.0


def log_ratio_by(draws: Drawn, proposal: Proposal) -> np.ndarray:
    """The ratio by the density of another proposal than the draws are of."""
    plan = replace(draws.plan, proposal=proposal)
    placed = draws.plan.proposal.place(uniforms(draws.plan, 0, DRAWS), plan.scenario)
    if plan.axes.amount:
        placed.draw_amount(draws.log_lit, plan.tilts)
    placed.proposal = proposal
    with np.errstate(divide="ignore"):
        return placed.log_ratio()


@pytest.mark.parametrize("name", NAMES)
def test_marginals_are_those_of_the_prior(name):
    """Every uniform number, by weighted Kolmogorov distances: below 1.95 / sqrt(n of no weights).

    That is the 0.1 % point; weights widen it by the root of their mean square. Of at most 27.
    """
    draws = drawn(by_hand(name))

    def distance(ratio):
        found = []
        for u in draws.numbers.values():
            order = np.argsort(u)
            found.append(np.max(np.abs(np.cumsum(ratio[order]) / ratio.sum() - u[order])))
        return max(found) * np.sqrt(DRAWS)

    ratio = np.exp(draws.log_ratio)
    bound = 1.95 * np.sqrt(np.mean(ratio**2))
    assert distance(ratio) < bound
    assert distance(np.ones(DRAWS)) > bound


def test_the_part_of_the_prior_has_the_bits_of_prior_draws():
    plan = by_hand("cook2022-balanced")
    draws, prior = drawn(plan, 2000), uniforms(replace(plan, proposal=None), 0, 2000)
    of_prior = draws.part == 0
    assert 300 < of_prior.sum() < 500
    for place, u in prior.items():
        assert np.array_equal(u[of_prior], draws.numbers[place][of_prior])
    # Steps of a world beyond its number of them are as they were, but for the second of a world of
    # one, which stands for the spread; the others are not.
    steps = plan.scenario["hard_steps"].distribution.ppf(draws.numbers["hard_steps", 0])
    for k in range(20):
        same = prior["step_time", k] == draws.numbers["step_time", k]
        assert np.array_equal(same, of_prior | (k >= np.maximum(steps, 2)))


@pytest.mark.parametrize("name", ["cook2022-balanced", "cook2022-flat", "olson-ord2021"])
def test_the_table_of_norms_is_as_right_as_it_says(name):
    from sfc_sim.kernels.mixture import tilt
    from sfc_sim.sampling.pilot import CUTS, SLOPES

    plan = Plan(sfc.load_scenario(name), 1)
    laws = np.array([(slope, cut) for slope in SLOPES for cut in CUTS])
    tilts = Tilts(*plan.amount_grid, laws)
    first, step, table = tilts.table
    log_lit = first + step * np.random.default_rng(1).uniform(1.0, table.shape[1] - 3.0, 500)
    found, computed = np.empty((500, len(laws))), np.empty((500, len(laws)))
    none, u = np.empty((len(laws), 0)), np.full(500, 0.3)
    given = tilts.edges, tilts.log_amounts, laws[:, 0].copy(), laws[:, 1].copy()
    tilt(log_lit, np.full(500, -1), *given, first, step, table, u, found)
    tilt(log_lit, np.full(500, -1), *given, first, step, none, u, computed)
    told = (found > -600.0) & (computed > -600.0)
    assert told.mean() > 0.2
    assert np.max(np.abs(found - computed)[told]) < 1e-6


def test_a_saved_proposal_is_the_same(tmp_path):
    proposal = sfc.aim("finnveden2019", theories=["sia"], rng=7, pilot=500)
    again = load_proposal(proposal.save(tmp_path / "proposal.json"))
    assert again == proposal
    assert again.hash == proposal.hash
