"""How a proposal is found: pilot draws, weighed by every theory, to which mixtures are fitted.

Adaptive mixture importance sampling: fits by weighted expectation-maximisation (Cappé et al. 2008)
to all pilot draws so far, which the balance heuristic of Veach and Guibas (1995) lays together
(Cornuet et al. 2012). The pilot draws are thrown away, so that the draws that are made with the
proposal know nothing of how it was found.
"""

from __future__ import annotations

import json
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import count
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import numpy as np

from sfc_sim._door import validated
from sfc_sim._errors import InputError, number
from sfc_sim._random import seed_of
from sfc_sim._typing import FloatArray, RandomLike
from sfc_sim._weighted import effective_sample_size, shares_of
from sfc_sim.anthropics import OURS, THEORIES, check_names, log_targets, with_timeline
from sfc_sim.batches import CHUNK, as_dataset, threads_of, whole
from sfc_sim.catalogue import ScenarioLike, scenario_of
from sfc_sim.chain import check_pair, follow
from sfc_sim.draws import Plan
from sfc_sim.observations import EvidenceLike, evidence_from, evidence_text, read_evidence
from sfc_sim.proposal import (
    FREEDOM,
    NO_CUT,
    Axes,
    Placed,
    Proposal,
    Tilts,
    log_parts,
    log_prior_over,
)
from sfc_sim.scenario import Scenario

if TYPE_CHECKING:
    import xarray as xr

__all__ = ["aim", "pilot_of", "proposal_in"]

STAGES: Final = 5
LEAST_PILOT: Final = 4000

# A pilot for a precision goes on while it has less than this share of the draws that are then
# needed, and less than so many.
PILOT_SHARE: Final = 0.1
MOST_PILOT: Final = 30_000

PRIOR_SHARE: Final = 0.1
MOST_PARTS: Final = 12
STEPS: Final = 10
ENOUGH: Final = 300.0
WELL: Final = 0.5
"""Share of prior draws that is effective under all theories, above which none are aimed."""

# The same under one theory, above which the prior's own part of the proposal does for it.
SPARED: Final = 0.2

# Effective draws, in units of what a covariance has for numbers a row, at which a part is
# believed to have a covariance of its own as much as that of all parts together.
TRUST: Final = 10.0

# Tilts of the amount that are tried: powers of it, and how much more than the evidence allows.
SLOPES: Final = (0.0, 0.5, 1.0)
CUTS: Final = (-3.0, -2.0, -1.0, 0.0, 1.0, 2.0, NO_CUT)


# Decimals that fitted numbers are rounded to: processors round exp apart by 1e-16, which a pilot's
# cancellations make 1e-10 at most, and all must have the same proposal. No fit is as good as these.
DECIMALS: Final = 4
SMALLEST_SHARE: Final = 1e-5

# Proposals that were found last, by hash: a few hundred kB each.
KEPT = 16
_known: OrderedDict[str, Proposal] = OrderedDict()


class Fit(NamedTuple):
    """A mixture that was fitted to the weights of a theory; arrays have a row per part."""

    shares: FloatArray
    centres: FloatArray
    roots: FloatArray
    chances: list[FloatArray]
    tilt: tuple[float, float]


@dataclass
class Pilot:
    """The pilot draws so far, where they are, and what theories make of them."""

    plan: Plan
    placed: list[Placed] = field(default_factory=list)
    targets: list[FloatArray] = field(default_factory=list)
    volumes: list[FloatArray] = field(default_factory=list)
    used: list[Proposal] = field(default_factory=list)
    laws: dict[tuple[tuple[float, float], ...], Tilts] = field(default_factory=dict)

    def tilts(self, proposal: Proposal) -> FloatArray | None:
        """Return the log densities of a proposal's tilts at all draws."""
        if not self.plan.axes.amount or not proposal.tilts:
            return None
        if proposal.tilts not in self.laws:  # their tables are kept: laws come again in stages
            self.laws[proposal.tilts] = replace(self.plan, proposal=proposal).tilts
        tilts = self.laws[proposal.tilts]
        return log_tilts(tilts, self.gather("lit"), self.gather("u"))

    @cached_property
    def tried(self) -> Tilts:
        """The tilts that are tried."""
        laws = np.array([(slope, cut) for slope in SLOPES for cut in CUTS])
        return Tilts(*self.plan.amount_grid, laws, step=0.5)  # to choose one, not to draw by

    def gather(self, what: str) -> FloatArray:
        """Return one array over all draws."""
        amount = self.plan.axes.amount
        read: dict[str, Any] = {
            "z": lambda each: each.z,
            "lit": lambda each: each.log_lit,
            "u": lambda each: each.numbers[amount, 0],
        }
        return np.concatenate([read[what](each) for each in self.placed])

    def codes(self) -> list[np.ndarray]:
        """Return the codes of the discrete parameters of all draws."""
        many = range(len(self.plan.axes.discrete))
        return [np.concatenate([each.codes[k] for each in self.placed]) for k in many]

    def log_mixed(self) -> FloatArray:
        """Return the log density, over the prior's, of what all draws together are from."""
        z, codes = self.gather("z"), self.codes()
        found = [-log_prior_over(each, z, codes, self.tilts(each)) for each in self.used]
        shares = np.array([part.shape[1] for part in self.targets]) / self.many
        logs = np.array(found) + np.log(shares)[:, None]
        return np.asarray(np.logaddexp.reduce(logs, axis=0))

    def log_of_last(self) -> FloatArray:
        """Return the log density, over the prior's, of the last draws, by what they are from."""
        many, proposal = self.targets[-1].shape[1], self.used[-1]
        tilts = self.tilts(proposal)
        codes = [code[-many:] for code in self.codes()]
        z = self.gather("z")[-many:]
        return -log_prior_over(proposal, z, codes, None if tilts is None else tilts[-many:])

    @property
    def many(self) -> int:
        """How many draws there are."""
        return sum(part.shape[1] for part in self.targets)


def pilot_draws(
    pilot: Pilot, proposal: Proposal, stage: int, many: int, asked: Asked, threads: int | None
) -> None:
    """Add a stage of pilot draws."""
    seed = seed_of(np.random.SeedSequence(pilot.plan.seed, spawn_key=(1, stage)))
    plan = replace(pilot.plan, seed=seed, proposal=proposal)
    tasks = [(at, min(CHUNK // 2, many - at)) for at in range(0, many, CHUNK // 2)]
    alone = 1 if stage == 0 else 0  # it compiles once, not in every thread
    chunks = [follow(plan, *task) for task in tasks[:alone]]
    with ThreadPoolExecutor(threads_of(threads)) as pool:
        chunks += pool.map(lambda task: follow(plan, *task), tasks[alone:])
    columns = {name: np.concatenate([found[name] for found, _ in chunks]) for name in chunks[0][0]}
    draws = as_dataset(plan, columns, 0)
    front, observations = with_timeline(draws, *read_evidence(asked.evidence))
    pilot.placed += [placed for _, placed in chunks if placed is not None]
    pilot.targets.append(log_targets(draws, front, observations, asked.theories))
    pilot.volumes.append(volumes_of(draws, front))
    pilot.used.append(proposal)


def volumes_of(draws: xr.Dataset, front: str) -> FloatArray:
    """Return what humanity would grab and what of it is marginal, shape (2, draw); or nothing."""
    suffix = "" if front == "nothing-visible" else "_not_engulfed"
    names = [f"volume_{name}{suffix}" for name in ("grabbed", "marginal")]
    if names[0] not in draws:
        return np.ones((2, draws.sizes["draw"]))
    return np.array([draws[name].values for name in names])


class Asked(NamedTuple):
    """What a proposal is for."""

    theories: tuple[str, ...]
    evidence: EvidenceLike
    precision: float | None = None


def adapt(scenario: Scenario, asked: Asked, seed: int, many: int, threads: int | None) -> Proposal:
    """Return the proposal for theories."""
    plan = Plan(scenario, seed)
    axes = plan.axes
    prior = Proposal(
        scenario.hash, asked.theories, evidence_text(asked.evidence),
        read_evidence(asked.evidence)[0], str(seed), many,
        "" if asked.precision is None else repr(asked.precision), axes, (1.0,),
    )  # fmt: skip
    if not (axes.continuous or axes.discrete or axes.amount):
        return prior
    proposal = begun(prior)
    pilot = Pilot(plan)
    for stage in count():
        size = many // STAGES if stage < STAGES else pilot.many // 2
        pilot_draws(pilot, proposal, stage, size, asked, threads)
        targets = np.concatenate(pilot.targets, axis=1)
        log_mixed = pilot.log_mixed()
        spared = [spared_by_prior(row, log_mixed) for row in targets]
        if stage == 0 and min(spared) > WELL:
            return prior
        volumes = np.concatenate(pilot.volumes, axis=1)
        chosen = unlike(targets_of(targets, volumes, asked) - log_mixed, log_mixed)
        fits = fitted_to(chosen, pilot, np.random.SeedSequence(seed, spawn_key=(2, stage)), threads)
        if not fits:  # the prior does for all; or no world is left, of which weights will tell
            return prior if min(spared) > SPARED else proposal
        proposal = joined(proposal, fits)
        if stage + 1 < STAGES:
            needs = [1.0 / np.sqrt(effective_sample_size(log_weight)) for log_weight in chosen]
            proposal = shared(proposal, fits, np.array(needs))
            continue
        costs = costs_of(volumes, targets - log_mixed, asked)
        proposal, least = tuned(proposal, fits, pilot, costs, log_mixed)
        draws = max(least, needed(pilot, asked))
        if asked.precision is None or pilot.many >= min(PILOT_SHARE * draws, MOST_PILOT):
            return proposal
    raise AssertionError("stages have no end")


def needed(pilot: Pilot, asked: Asked) -> float:
    """Return the draws that the proposal of the last stage would take, by its own draws alone.

    They know nothing of how it was found, those it was fitted to find it better than it is.
    """
    log_weights = pilot.targets[-1] - pilot.log_of_last()
    return float(costs_of(pilot.volumes[-1], log_weights, asked).sum(axis=1).max())


def targets_of(targets: FloatArray, volumes: FloatArray, asked: Asked) -> FloatArray:
    """Return what proposals may be fitted to: the theories, and where others take what is ours.

    A share of what is grabbed is as precise as both of its sums are, and what others would take
    may lie in worlds that the theory gives little weight.
    """
    if asked.precision is None:
        return targets
    staked = np.array([THEORIES[name].stakes for name in asked.theories])[:, None]
    with np.errstate(divide="ignore"):
        log_lost = np.log(np.maximum(volumes[0] - volumes[1], 0.0))
        counted = np.where(staked, np.log(volumes[0]), 0.0)
    return np.concatenate([targets, targets + log_lost - counted])


def unlike(log_weights: FloatArray, log_mixed: FloatArray) -> list[FloatArray]:
    """Return the weights for which neither the prior nor others of them would do.

    One after another, that which has the smallest share of effective draws among draws of the
    prior and of those before.

    Examples
    --------
    >>> rows = np.log([np.ones(10), np.repeat([1e-9, 1.0], [9, 1]), np.repeat([1e-9, 2.0], [9, 1])])
    >>> len(unlike(rows, np.zeros(10)))
    1
    """
    rows = [row for row in log_weights if np.isfinite(row.max())]
    own = [shares_of(row) for row in rows]
    drawn, found = shares_of(-log_mixed), []
    while rows:
        served = [1.0 / float(np.sum(part**2 / np.maximum(drawn, 1e-300))) for part in own]
        worst = int(np.argmin(np.round(served, 6)))
        if served[worst] > SPARED:
            break
        found.append(rows[worst])
        drawn = drawn + own[worst]
    return found


def spared_by_prior(target: FloatArray, log_mixed: FloatArray) -> float:
    """Return the share of prior draws that are effective under a theory, from draws of a mixture.

    Examples
    --------
    >>> spared_by_prior(np.log([1.0, 1.0, 1.0, 1e-9]), np.zeros(4))
    0.75
    """
    if not np.isfinite(target.max()):
        return 0.0
    weight, prior = np.exp(target - target.max()), np.exp(-log_mixed)
    return round(float((weight @ prior) ** 2 / (weight**2 @ prior) / prior.sum()), 6)


def begun(proposal: Proposal) -> Proposal:
    """Return the proposal of the first stage: the prior, with the amount tilted by the evidence."""
    axes = proposal.axes
    if not axes.amount:
        return proposal
    cut = NO_CUT if proposal.front == "none" else 0.0
    many, d = 2, len(axes.continuous)
    prior = [np.diff(np.array(steps), prepend=0.0) for _, steps in axes.discrete]
    return replace(
        proposal,
        shares=(0.2, 0.3, 0.5),
        centres=deep(np.zeros((many, d)).tolist()),
        roots=deep(np.repeat(np.eye(d)[None], many, axis=0).tolist()),
        chances=deep([[chance.tolist()] * many for chance in prior]),
        tilts=((0.0, cut), (1.0, cut)),
        tilt_of=(0, 1),
    )


def tempered(log_weight: FloatArray, goal: float) -> FloatArray:
    """Return the log weights to the greatest power that leaves enough effective draws."""
    logs = np.where(np.isfinite(log_weight), log_weight - log_weight.max(), -1e300)
    if effective_sample_size(logs) >= goal:
        return logs
    low, high = -40.0, 0.0
    for _ in range(12):
        middle = 0.5 * (low + high)
        enough = effective_sample_size(2.0**middle * logs) >= goal
        low, high = (middle, high) if enough else (low, middle)
    return np.asarray(2.0**low * logs)


def fitted_to(
    log_weights: list[FloatArray], pilot: Pilot, seed: np.random.SeedSequence, threads: int | None
) -> list[Fit]:
    """Return a mixture for each of the weights."""
    streams = [np.random.default_rng(each) for each in seed.spawn(len(log_weights))]
    with ThreadPoolExecutor(threads_of(threads)) as pool:
        return list(pool.map(lambda *own: fitted(pilot, *own), log_weights, streams))


def fitted(pilot: Pilot, log_weight: FloatArray, rng: np.random.Generator) -> Fit:
    """Return a mixture that lies where the weights are."""
    codes = pilot.codes()
    logs = tempered(levelled(log_weight, codes), min(ENOUGH, 0.1 * log_weight.size))
    weight = shares_of(logs)
    order = np.argsort(-weight, kind="stable")
    kept = np.sort(order[: 1 + int(np.searchsorted(np.cumsum(weight[order]), 0.999))])
    weight = weight[kept] / weight[kept].sum()
    z = pilot.gather("z")[kept]
    codes = [code[kept] for code in codes]
    tilt = (0.0, NO_CUT)
    if pilot.plan.axes.amount:
        tilt = best_tilt(pilot, kept, weight)
    return Fit(*mixture_of(z, codes, weight, pilot.plan.axes, rng), tilt)


def levelled(log_weight: FloatArray, codes: list[np.ndarray]) -> FloatArray:
    """Return log weights under which rare values of discrete parameters are less rare.

    A value of a hundredth of the weight is one of few draws, which the greatest weights of the
    report would come from.

    Examples
    --------
    >>> logs = levelled(np.log([9.0, 1.0]), [np.array([0, 1])])
    >>> round(float(np.exp(logs[0] - logs[1])), 9)
    3.0
    """
    weight, logs = shares_of(log_weight), log_weight
    for code in codes:
        mass = np.maximum(np.bincount(code, weight), 1e-12)
        logs = logs - 0.5 * np.log(mass)[code]
    return logs


def best_tilt(pilot: Pilot, kept: np.ndarray, weight: FloatArray) -> tuple[float, float]:
    """Return the tilt of the amount under which the draws are likeliest."""
    some = np.flatnonzero(weight > 1e-2 * weight.max())
    out = log_tilts(pilot.tried, pilot.gather("lit")[kept][some], pilot.gather("u")[kept][some])
    slope, cut = pilot.tried.laws[int(np.argmax((weight[some, None] * out).sum(axis=0).round(6)))]
    return float(slope), float(cut)


def log_tilts(tilts: Tilts, log_lit: FloatArray, u: FloatArray) -> FloatArray:
    """Return the log densities of tilts at quantiles of the amount."""
    return tilts.at(log_lit, u.copy(), np.full(u.size, -1))


def mixture_of(
    z: FloatArray, codes: list[np.ndarray], weight: FloatArray, axes: Axes, rng: np.random.Generator
) -> tuple[FloatArray, FloatArray, FloatArray, list[FloatArray]]:
    """Return shares, centres, roots and chances of the mixture, by weighted EM."""
    from sfc_sim.kernels.mixture import em_step

    n, d = z.shape
    sizes = [len(steps) for _, steps in axes.discrete]
    prior = [np.diff(np.array(steps), prepend=0.0) for _, steps in axes.discrete]
    offsets = np.concatenate([[0], np.cumsum(sizes)]).astype(int)
    columns = np.empty((n, len(sizes)), dtype=np.int64)
    for k, code in enumerate(codes):
        columns[:, k] = code + offsets[k]
    effective = 1.0 / float(weight @ weight)
    many = int(np.clip(effective / (2.0 * (d + 1)), 1, MOST_PARTS))
    picks = rng.choice(n, many, p=weight)
    mean = (weight[:, None] * z).sum(axis=0)
    pooled = np.cov(z.T, aweights=weight, bias=True).reshape(d, d) + 1e-4 * np.eye(d)
    centres = z[picks].copy()
    scales = np.repeat(pooled[None] * many ** (-2.0 / max(d, 1)), many, axis=0)
    shares = np.full(many, 1.0 / many)
    tables = np.empty((many, offsets[-1]))
    for k, chance in enumerate(prior):
        at = slice(offsets[k], offsets[k + 1])
        marginal = np.bincount(codes[k], weight, chance.size)
        tables[:, at] = 0.3 * np.eye(chance.size)[codes[k][picks]] + 0.6 * marginal + 0.1 * chance
    roots = np.linalg.cholesky(scales)
    for _ in range(STEPS):
        zero, first = np.zeros((many, 3)), np.zeros((many, d))
        second, counts = np.zeros((many, d, d)), np.zeros_like(tables)
        whitening = np.tril(np.linalg.inv(roots))
        log_share = np.log(shares) - np.log(np.diagonal(roots, axis1=1, axis2=2)).sum(axis=1)
        em_step(
            z, weight, columns, log_share, np.log(tables), centres, whitening, FREEDOM,
            zero, first, second, counts,
        )  # fmt: skip
        total = np.maximum(zero[:, 0], 1e-300)
        carried = zero[:, 0] ** 2 / np.maximum(zero[:, 1], 1e-300)
        stretched = np.maximum(zero[:, 2], 1e-300)
        centres = np.where(zero[:, :1] > 0.0, first / stretched[:, None], mean)
        second = np.tril(second) + np.transpose(np.tril(second, -1), (0, 2, 1))
        around = second - stretched[:, None, None] * centres[:, :, None] * centres[:, None, :]
        own = around / total[:, None, None]
        within = (total[:, None, None] * own).sum(axis=0)
        trust = (carried / (carried + TRUST * (d + 2.0)))[:, None, None]
        scales = trust * own + (1.0 - trust) * within + 1e-4 * np.eye(d)
        roots = np.linalg.cholesky(scales)
        shares = np.maximum(total, 1e-6) / np.maximum(total, 1e-6).sum()
        for k, chance in enumerate(prior):
            at = slice(offsets[k], offsets[k + 1])
            seen = counts[:, at] / total[:, None] * carried[:, None]
            tables[:, at] = (seen + 2.0 * chance) / (seen.sum(axis=1, keepdims=True) + 2.0)
    return (
        shares,
        centres,
        roots,
        [tables[:, offsets[k] : offsets[k + 1]] for k in range(len(sizes))],
    )


def joined(proposal: Proposal, fits: list[Fit]) -> Proposal:
    """Return the proposal with the parts of all fits, rounded: every machine has the same."""
    tilts = sorted({fit.tilt for fit in fits})
    chances = []
    for k in range(len(proposal.axes.discrete)):
        rows = np.round(np.concatenate([fit.chances[k] for fit in fits]), DECIMALS)
        rows = np.maximum(rows, 10.0**-DECIMALS)
        chances.append((rows / rows.sum(axis=1, keepdims=True)).tolist())
    return replace(
        proposal,
        shares=(1.0, *(0.0 for fit in fits for _ in fit.shares)),
        centres=deep(np.round(np.concatenate([fit.centres for fit in fits]), DECIMALS).tolist()),
        roots=deep(np.round(np.concatenate([fit.roots for fit in fits]), DECIMALS).tolist()),
        chances=deep(chances),
        tilts=tuple(tilts),
        tilt_of=tuple(tilts.index(fit.tilt) for fit in fits for _ in fit.shares),
    )


def deep(value: Any) -> Any:
    """Return lists as tuples, throughout."""
    return tuple(deep(item) for item in value) if isinstance(value, list) else value


def shared(proposal: Proposal, fits: list[Fit], needs: FloatArray) -> Proposal:
    """Return the proposal with shares for its fits, beside that of the prior."""
    return with_shares(proposal, fits, (1.0 - PRIOR_SHARE) * needs / needs.sum())


def with_shares(proposal: Proposal, fits: list[Fit], own: FloatArray) -> Proposal:
    """Return the proposal with a share of each fit; the prior has what is over."""
    parts = [part * fit.shares for part, fit in zip(own, fits, strict=True)]
    units = np.floor(np.concatenate(parts) / SMALLEST_SHARE).astype(int).tolist()
    whole = round(1.0 / SMALLEST_SHARE)
    return replace(proposal, shares=tuple(n / whole for n in (whole - sum(units), *units)))


def costs_of(volumes: FloatArray, log_weights: FloatArray, asked: Asked) -> FloatArray:
    """Return what each draw adds to the draws that are needed, shape (condition, draw).

    Some hundred effective draws under each theory; and a standard error of the recovered share
    within the precision, if one is asked for.
    """
    rows = []
    for theory, log_weight in zip(asked.theories, log_weights, strict=True):
        if not np.isfinite(log_weight.max()):
            continue
        weight = shares_of(log_weight)
        rows.append(ENOUGH * weight**2)
        if asked.precision is not None:
            stakes = volumes[0] if THEORIES[theory].stakes else np.ones(weight.size)
            grabbed, marginal = volumes / stakes
            norm = float((weight * grabbed).sum())
            lost = grabbed - marginal
            share = float((weight * lost).sum()) / norm
            rows.append((weight * (lost - share * grabbed) / norm / asked.precision) ** 2)
    return np.asarray(np.array(rows) * log_weights.shape[1])


def tuned(
    proposal: Proposal, fits: list[Fit], pilot: Pilot, squares: FloatArray, log_mixed: FloatArray
) -> tuple[Proposal, float]:
    """Return the proposal with the shares by which the fewest draws meet all conditions; how many.

    With the densities p_t of theories and q of the proposal, draws are effective by the share
    1 / sum p_t^2 / q, which the pilot draws estimate for any shares; errors likewise.
    """
    parts = log_parts(proposal, pilot.gather("z"), pilot.codes(), pilot.tilts(proposal))
    ends = np.cumsum([1, *(fit.shares.size for fit in fits)])
    # A fit's parts keep their shares among themselves: the draws that they were fitted to would
    # have it that each needs none but its nearest.
    logs = [np.zeros(log_mixed.size)]
    for k, fit in enumerate(fits):
        own = parts[:, ends[k] : ends[k + 1]] + np.log(fit.shares)
        logs.append(np.logaddexp.reduce(own, axis=1))
    density = np.exp(np.array(logs) - log_mixed)
    shares = np.full(len(fits) + 1, (1.0 - PRIOR_SHARE) / len(fits))
    shares[0] = PRIOR_SHARE
    best, least = shares, np.inf
    for _ in range(100):
        mixed = (shares[:, None] * density).sum(axis=0)
        cost = (squares / mixed).sum(axis=1)
        if cost.max() < least:
            best, least = shares, float(cost.max())
        hardest = (cost / cost.max()) ** 8
        gain = (hardest[:, None] * squares / mixed**2).sum(axis=0)
        shares = shares * np.sqrt((gain * density).sum(axis=1))
        shares = shares / shares.sum()
        if shares[0] < PRIOR_SHARE:
            shares[1:] *= (1.0 - PRIOR_SHARE) / shares[1:].sum()
            shares[0] = PRIOR_SHARE
    return with_shares(proposal, fits, best[1:]), least


def pilot_of(draws: int) -> int:
    """Return how many pilot draws go before so many draws: a tenth of them, but not too few.

    Examples
    --------
    >>> pilot_of(2000), pilot_of(200_000)
    (4000, 20000)
    """
    return max(LEAST_PILOT, draws // 10)


@validated()
def aim(
    scenario: ScenarioLike,
    *,
    theories: Sequence[str] = OURS,
    evidence: EvidenceLike = "nothing-visible",
    rng: RandomLike = None,
    pilot: int = LEAST_PILOT,
    precision: float | None = None,
    threads: int | None = None,
) -> Proposal:
    """Find where theories put their weight, to draw worlds there.

    Parameters
    ----------
    scenario : Scenario or str
        A scenario, its name or the path of its file.
    theories : sequence of str, default all
        Names out of `THEORIES`. The fewer, the more of the draws each has.
    evidence : str, Observation or a sequence of these, default "nothing-visible"
        See `sfc_sim.weigh`.
    rng : None, int, SeedSequence or Generator, optional
        Seed of the pilot draws.
    pilot : int, default 4000
        How many pilot draws; they are thrown away. With a precision, the fewest: more are made
        while they are less than a tenth of the draws that the precision then takes.
    precision : float, optional
        Standard error of the recovered share that is wanted under every theory: shares of the
        proposal are then such that the fewest draws reach it. By default they are such that the
        theory with the fewest effective draws has as many as can be.
    threads : int, optional
        Number of threads; default all processors. The proposal does not depend on it.

    Returns
    -------
    Proposal
        For `sfc_sim.sample(..., aim=proposal)`. A theory to which no pilot draw matters has no
        part in it: its weights say so, by few effective draws.

    Raises
    ------
    InputError
        If a theory or the evidence is unknown, or `pilot` is not a whole number of 100 or more.

    Notes
    -----
    Adaptive mixture importance sampling (Cappé et al. 2008; Cornuet et al. 2012). In each of five
    stages draws are made with the proposal so far, all are weighed by the balance heuristic (Veach
    and Guibas 1995), and for every theory a mixture of Student-t laws is fitted to its weights,
    tempered where few draws carry them. At least a tenth of the draws is from the prior, so that
    none weighs more than ten times what it would among prior draws (Owen and Zhou 2000).

    The amount, in which births are linear, is drawn last: given all else, its weight is known to
    be near w exp(-w V), with V what a unit of it covers.

    Examples
    --------
    >>> proposal = aim("sandberg2018-toy", theories=["sia"], evidence="none", rng=7)
    >>> proposal.theories, round(proposal.shares[0], 3)
    (('sia',), 0.1)
    """
    check_names(evidence, theories)
    chosen = scenario_of(scenario)
    check_pair(chosen)
    many = whole(pilot, "pilot", least=100)
    goal = None if precision is None else number(precision, "precision", 1e-6)
    asked = Asked(tuple(theories), evidence, goal)
    found = adapt(chosen, asked, seed_of(rng), many, threads)
    _known[found.hash] = found
    while len(_known) > KEPT:
        _known.popitem(last=False)
    return found


def proposal_in(attrs: Mapping[str, Any]) -> Proposal | None:
    """Return the proposal that draws were made with, by their attributes; none of prior draws.

    Raises
    ------
    InputError
        If it is not in memory, and cannot be found again.

    Examples
    --------
    >>> import sfc_sim as sfc
    >>> proposal = aim("sandberg2018-toy", theories=["sia"], evidence="none", rng=7)
    >>> draws = sfc.sample("sandberg2018-toy", 10, rng=1, aim=proposal)
    >>> proposal_in(draws.attrs) == proposal
    True
    """
    name = attrs.get("proposal")
    if not name:
        return None
    if name not in _known:
        found = aim(
            Scenario.from_toml(attrs["scenario_toml"]),
            theories=json.loads(attrs["aim"]),
            evidence=evidence_from(attrs["aim_evidence"]),
            rng=int(attrs["aim_seed"]),
            pilot=int(attrs["aim_pilot"]),
            precision=float(attrs["aim_precision"]) if attrs["aim_precision"] else None,
        )
        if found.hash != name:
            raise InputError(
                "the proposal of these draws cannot be found again here: a theory, or a library,"
                " is another now; draw anew"
            )
    return _known[name]
