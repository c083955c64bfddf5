"""How a proposal is found: pilot draws, weighed by every theory, to which mixtures are fitted.

Adaptive mixture importance sampling: fits by weighted expectation-maximisation (Cappé et al. 2008)
to all pilot draws so far, which the balance heuristic of Veach and Guibas (1995) lays together
(Cornuet et al. 2012). The pilot draws are thrown away, so that the draws that are made with the
proposal know nothing of how it was found.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import replace
from typing import Any, Final

import numpy as np

from sfc_sim._core.arguments import validated
from sfc_sim._core.effective import effective_sample_size, pareto_shape
from sfc_sim._core.errors import InputError, affordable, number, whole_number
from sfc_sim._core.pieces import going_on, in_force
from sfc_sim._core.random import seed_of
from sfc_sim._core.typing import FloatArray, RandomLike
from sfc_sim._core.weighted import shares_of
from sfc_sim._core.work import working
from sfc_sim.inference.evidence import EvidenceLike, evidence_from, evidence_text, read_evidence
from sfc_sim.inference.suited import suited
from sfc_sim.inference.theories import THEORIES, TheoryLike
from sfc_sim.sampling.fits import Fit, fitted_to
from sfc_sim.sampling.memory import recalled, remembered
from sfc_sim.sampling.parts import shared, tuned
from sfc_sim.sampling.pilot import Asked, Pilot, costs_of, needed, pilot_draws
from sfc_sim.sampling.pipeline import follow
from sfc_sim.sampling.plan import Plan
from sfc_sim.sampling.proposal import Proposal
from sfc_sim.sampling.tilts import NO_CUT
from sfc_sim.scenario.assumed import single
from sfc_sim.scenario.catalogue import ScenarioLike, scenario_of
from sfc_sim.scenario.families import check_pair
from sfc_sim.scenario.origin import Origin
from sfc_sim.scenario.scenario import Scenario

__all__ = ["aim", "pilot_of", "proposal_in"]

STAGES: Final = 5

# Draws that tell whether what is visible is another cut of the amount than all that is evident.
PROBED: Final = 64

# What a draw is known by, and its density in every part that it may be from.
BYTES_PER_PILOT: Final = 4000
LEAST_PILOT: Final = 4000

MOST_PILOT: Final = 30_000

# A pilot for a precision goes on while it has less than this share of the draws that are then
# needed, over the number of fits that its draws are put through, and less than so many.
PILOT_SHARE: Final = 0.1
MOST_FOR_PRECISION: Final = 9000

# Shape of the tail of weights beyond which they have no mean (k-hat).
MEANLESS: Final = 1.0

WELL: Final = 0.5
"""Share of prior draws that is effective under all theories, above which none are aimed."""

# The same under one theory, above which the prior's own part of the proposal does for it.
SPARED: Final = 0.2


# Decimals that fitted numbers are rounded to: processors round exp apart by 1e-16, which a pilot's
# cancellations make 1e-10 at most, and all must have the same proposal. No fit is as good as these.
DECIMALS: Final = 4


def adapt(scenario: Scenario, asked: Asked, seed: int, many: int) -> Proposal:
    """Return the proposal for theories."""
    plan = Plan(scenario, seed)
    axes = plan.axes
    prior = Proposal(
        scenario.hash, tuple(each.name for each in asked.theories),
        evidence_text(asked.evidence.listed),
        asked.evidence.front.cone if asked.evidence.front.known else "", str(seed), many,
        "" if asked.precision is None else repr(asked.precision), axes, (1.0,),
    )  # fmt: skip
    if not (axes.continuous or axes.discrete or axes.amount):
        return prior
    proposal = begun(prior)
    if axes.amount and two_lit(replace(plan, proposal=proposal)):
        proposal = with_visible(proposal)
    pilot = Pilot(plan)
    stage = 0
    while True:
        size = many // STAGES if stage < STAGES else pilot.many // 2
        pilot_draws(pilot, proposal, stage, size, asked)
        targets = np.concatenate(pilot.targets, axis=1)
        log_mixed = pilot.log_mixed()
        spared = [spared_by_prior(row, log_mixed) for row in targets]
        if stage == 0 and min(spared) > WELL:
            return prior
        volumes = np.concatenate(pilot.volumes, axis=1)
        chosen = unlike(targets_of(targets, volumes, asked) - log_mixed, log_mixed)
        fits = fitted_to(chosen, pilot, np.random.SeedSequence(seed, spawn_key=(2, stage)))
        if not fits:  # the prior does for all; or no world is left, of which weights will tell
            return prior if min(spared) > SPARED else proposal
        proposal = joined(proposal, fits)
        if stage + 1 < STAGES:
            needs = [1.0 / np.sqrt(effective_sample_size(log_weight)) for log_weight in chosen]
            proposal = shared(proposal, fits, np.array(needs))
        else:
            costs = costs_of(volumes, targets - log_mixed, asked)
            proposal, least = tuned(proposal, fits, pilot, costs, log_mixed)
            draws = max(least, needed(pilot, asked))
            enough = pilot.many >= min(PILOT_SHARE / len(fits) * draws, MOST_FOR_PRECISION)
            if asked.precision is None or (enough and has_mean(pilot)):
                return proposal
        stage += 1


def targets_of(targets: FloatArray, volumes: FloatArray, asked: Asked) -> FloatArray:
    """Return the targets of proposals: theories, and the volumes that we and others would take.

    A share of what is grabbed is as precise as both of its sums are, and these may lie in worlds
    that the theory gives little weight.
    """
    if asked.precision is None:
        return targets
    staked = np.array([each.stakes for each in asked.theories])[:, None]
    with np.errstate(divide="ignore"):
        log_grabbed = np.log(volumes[0])
        log_lost = np.log(np.maximum(volumes[0] - volumes[1], 0.0))
    counted = targets - np.where(staked, log_grabbed, 0.0)
    own = ~staked[:, 0]  # of the others it is the target itself
    return np.concatenate([targets, counted + log_lost, counted[own] + log_grabbed])


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
    cut = 0.0 if proposal.cone else NO_CUT
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


def two_lit(plan: Plan) -> bool:
    """Tell whether life may go on in fronts that are evident, but not visible."""
    placed = follow(plan, 0, PROBED)[1]
    lit = None if placed is None else placed.log_lit
    return lit is not None and lit.ndim == 2 and bool((lit[:, 0] != lit[:, 1]).any())


def with_visible(proposal: Proposal) -> Proposal:
    """Return the proposal of the first stage with a part that only what is visible cuts."""
    return replace(
        proposal,
        shares=(0.2, 0.2, 0.3, 0.3),
        centres=(*proposal.centres, proposal.centres[0]),
        roots=(*proposal.roots, proposal.roots[0]),
        chances=tuple((*rows, rows[0]) for rows in proposal.chances),
        tilts=(*proposal.tilts, (1.0, 0.0, 1)),
        tilt_of=(*proposal.tilt_of, 2),
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


def has_mean(pilot: Pilot) -> bool:
    """Tell whether weights of the last stage have a mean, or there are too many draws to go on.

    Of weights without one the pilot has not seen what it is to forecast draws by.
    """
    if pilot.many >= MOST_FOR_PRECISION:
        return True
    log_weights = pilot.targets[-1] - pilot.log_of_last()
    return all(pareto_shape(row) <= MEANLESS for row in log_weights if np.isfinite(row.max()))


def pilot_of(draws: int) -> int:
    """Return the number of pilot draws for a number of draws: a tenth, within limits.

    Examples
    --------
    >>> pilot_of(2000), pilot_of(200_000), pilot_of(10**6)
    (4000, 20000, 30000)
    """
    return max(LEAST_PILOT, min(draws // 10, MOST_PILOT))


@validated()
def aim(
    scenario: ScenarioLike,
    *,
    theories: Sequence[TheoryLike] | None = None,
    evidence: EvidenceLike = "nothing-visible",
    rng: RandomLike = None,
    pilot: int = LEAST_PILOT,
    precision: float | None = None,
    threads: int | None = None,
    executor: Executor | None = None,
) -> Proposal:
    """Find where theories put their weight, to draw worlds there.

    Parameters
    ----------
    scenario : Scenario or str
        A scenario, its name or the path of its file.
    theories : sequence of str or Theory, default all of ours that may weigh the scenario
        See `sfc_sim.weigh`. The fewer, the more of the draws each has.
    evidence : str, Observation or a sequence of these, default "nothing-visible"
        See `sfc_sim.weigh`.
    rng : None, int, SeedSequence or Generator, optional
        Seed of the pilot draws.
    pilot : int, default 4000
        How many pilot draws; they are thrown away. With a precision, the fewest: more are made
        while they are few beside the draws that the precision then takes, up to 9000.
    precision : float, optional
        Standard error of the recovered share that is wanted under every theory: shares of the
        proposal are then such that the fewest draws reach it. By default they are such that the
        theory with the fewest effective draws has as many as can be.
    threads : int, optional
        Number of threads; default all processors. The proposal does not depend on it.
    executor : concurrent.futures.Executor, optional
        Makes the pilot draws instead of threads; see `sfc_sim.sample`.

    Returns
    -------
    Proposal
        For ``sfc_sim.sample(..., aim=proposal)``. A theory to which no pilot draw matters has no
        part in it: its weights say so, by few effective draws.

    Raises
    ------
    InputError
        If a theory or the evidence is unknown, or `pilot` is not a whole number of 100 or more, or
        more than memory holds.

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
    known = read_evidence(evidence)
    chosen = scenario_of(scenario)
    check_pair(chosen)
    names = suited(theories, chosen)
    many = affordable(whole_number(pilot, "pilot", 100), BYTES_PER_PILOT, "pilot")
    goal = None if precision is None else number(precision, "precision", 1e-6)
    asked = Asked(names, known, goal)
    with working(threads, executor):
        return remembered(adapted(chosen, asked, seed_of(rng), many))


def adapted(scenario: Scenario, asked: Asked, seed: int, many: int) -> Proposal:
    """Return the proposal for theories: the one in the pieces of this run, or a new one."""
    seen = evidence_text(asked.evidence.listed)
    ours = all(THEORIES.get(each.name) == each for each in asked.theories)
    # No text says what an object of the user's own is.
    if in_force() is None or not ours or '"own":' in seen:
        return adapt(scenario, asked, seed, many)

    def find(jobs: Sequence[str]) -> Iterator[tuple[str, dict[str, Any]]]:
        for job in jobs:
            text = adapt(scenario, asked, seed, many).to_json()
            yield job, {"proposal": np.frombuffer(text.encode(), np.uint8)}

    names = ", ".join(each.name for each in asked.theories)
    what = f"proposal for {scenario.name} ({scenario.hash}), seed {seed}"
    job = f"{names}; {seen}; {many} pilot draws; precision {asked.precision!r}"
    ((_, found),) = going_on(what, [job], find)
    return Proposal.from_json(found["proposal"].tobytes().decode())


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
    origin = Origin(attrs)
    if (asked := origin.aim) is None:
        return None
    known = recalled(asked.proposal)
    if known is None:
        if own := [each for each in asked.theories if each not in THEORIES]:
            raise InputError(
                f"these draws were aimed at {', '.join(own)}, a theory of your own that is not"
                " known here: keep their study or proposal, or load it with"
                " sfc_sim.sampling.load_proposal"
            )
        found = aim(
            single(origin.scenario, "a proposal"),
            theories=asked.theories,
            evidence=evidence_from(asked.evidence),
            rng=asked.seed,
            pilot=asked.pilot,
            precision=asked.precision,
        )
        if found.hash != asked.proposal:
            raise InputError(
                "the proposal of these draws cannot be made again: a theory or a library has"
                " changed since; sample again"
            )
        return found
    return known
