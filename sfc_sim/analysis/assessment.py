"""From priors to verdict in one call: what ``sfc-sim run`` prints."""

from __future__ import annotations

import json
import warnings
from collections.abc import Mapping, Sequence
from concurrent.futures import Executor
from functools import partial
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import numpy as np

from sfc_sim._core.arguments import validated
from sfc_sim._core.effective import error_if_few
from sfc_sim._core.errors import InputError, number
from sfc_sim._core.few import HEAVY, MOST_DRAWS
from sfc_sim._core.progress import Progress, reporting
from sfc_sim._core.random import seed_of
from sfc_sim._core.schema import label
from sfc_sim._core.typing import FloatArray, RandomLike
from sfc_sim._core.variables import WHICH
from sfc_sim._core.weighted import influence_on_ratio, shares_of
from sfc_sim._core.work import working
from sfc_sim._core.world import worlds
from sfc_sim.decision.drivers import hangs_on, varying
from sfc_sim.decision.kept import retention as kept_by_dates
from sfc_sim.decision.multiplier import extinction_multiplier
from sfc_sim.decision.neighbours import nearest_others
from sfc_sim.decision.ourselves import expanders_of, prospects
from sfc_sim.decision.shares import saturation
from sfc_sim.decision.similarity import SimilarityLike, as_similarity
from sfc_sim.decision.study import Study, quietly
from sfc_sim.decision.value import value_adjustment
from sfc_sim.decision.weightings import check_weighting
from sfc_sim.decision.wording import to_text
from sfc_sim.inference.credence import aggregate, check_credences
from sfc_sim.inference.evidence import EvidenceLike, evidence_text, read_evidence
from sfc_sim.inference.galaxy import in_galaxy
from sfc_sim.inference.scenarios import in_mixture
from sfc_sim.inference.suited import suited
from sfc_sim.inference.summary import summarize
from sfc_sim.inference.theories import (
    EffectiveSampleSizeWarning,
    Theories,
    Theory,
    TheoryLike,
    theories_of,
    theory_of,
)
from sfc_sim.inference.weights import weigh
from sfc_sim.sampling.adaptation import pilot_of
from sfc_sim.sampling.driver import sample
from sfc_sim.sampling.mixed import AnyProposal, Proposals, aim_at, draws_of_mixture
from sfc_sim.sampling.plan import Design
from sfc_sim.sampling.proposal import Proposal
from sfc_sim.sampling.stopping import FIRST, draws_until, stop_at
from sfc_sim.scenario.assumed import Assumed, AssumedLike, assumed_of
from sfc_sim.scenario.catalogue import why_not_run
from sfc_sim.scenario.mixture import ScenarioMixture
from sfc_sim.scenario.origin import origin_of
from sfc_sim.scenario.scenario import Scenario

if TYPE_CHECKING:
    import xarray as xr

__all__ = ["assess", "assess_again"]

# Pilot draws of a second proposal, where the weights under the first have too heavy a tail: of
# cook2022-bearish with all expanding they leave a k-hat of .31 to .40, 4000 of .54 to .82.
LONG_PILOT: Final = 15_000


@validated()
def assess(
    scenario: AssumedLike,
    draws: int | None = None,
    *,
    precision: float | None = None,
    aim: bool | AnyProposal = True,
    evidence: EvidenceLike = "nothing-visible",
    theories: Theories | None = None,
    similarity: SimilarityLike = 1.0,
    retention: float | str = 1.0,
    tolerance: float = 0.1,
    rng: RandomLike = None,
    design: Design = "random",
    threads: int | None = None,
    executor: Executor | None = None,
    progress: Progress | None = None,
) -> Study:
    """Go from a scenario's priors to the discount on reducing extinction risk.

    Parameters
    ----------
    scenario : Scenario or str, or mapping of these to float
        A scenario, its name or the path of its file; or the credence in each of several with
        dates, which must sum to 1.
    draws : int, optional
        Parameter vectors; by default as many as the precision takes, up to 400,000.
    precision : float, optional
        Standard error at which to stop: of the recovered share and of the discount, under every
        theory that is asked for and gives one. Default 0.005, or none if `draws` says how many;
        with both, `draws` is the limit.
    aim : bool or Proposal, default True
        Whether worlds are drawn where the theories put their weight (see `sfc_sim.aim`); or the
        proposal to draw with. False draws from the prior, as do Sobol' sequences.
    evidence : str, Observation or a sequence of these, default "nothing-visible"
        See `sfc_sim.weigh`.
    theories : sequence of str or Theory, or mapping of these to float, optional
        See `sfc_sim.weigh`; or the credence in each, which must sum to 1.
    similarity : float, Distribution or Similarity, default 1
        Value per resource of others over ours; see `sfc_sim.decision.similarity`.
    retention : float or str, default 1
        Value kept by what is recovered later, or the name of a weighting of dates to compute it
        from ("starlight", say); see `sfc_sim.decision.WEIGHTINGS`.
    tolerance : float, default 0.1
        Existence neutrality holds if survival is worth no more than this share of what it
        would be worth if nobody else would recover anything.
    rng, design, threads, executor, progress : optional
        See `sfc_sim.sample`.

    Returns
    -------
    Study
        The report, and all that it was made with. Its ``report`` is a Dataset. Dim ``theory``:
        ``probability_alone``, ``share_of_reach``, ``recovered_share``,
        ``extinction_multiplier``, ``extinction_discount``, ``ess`` and more; dims
        (theory, quantile): ``civilizations_actual``; dims (theory, class):
        ``class_probability``; of products of factors without dates ``galaxy_number`` and
        ``probability_alone_in_galaxy``; with credences, dim ``aggregation``: what they come to
        together, by three rules; of a mixture, dims (theory, scenario): ``scenario_credence``,
        see `sfc_sim.inference.credence_in_scenarios`. The attribute ``hangs_on`` says in words
        what drives the answer, ``imprecise`` which theories have not the precision that was asked
        for.

    Raises
    ------
    InputError
        If an argument is not what it must be.

    Examples
    --------
    >>> study = assess("cook2022-balanced", 2000, rng=7, theories=["prior"])
    >>> bool((study.report.extinction_discount < 0.1).all())
    True
    """
    # Fail before the long part.
    known = read_evidence(evidence)
    if theories is not None:
        checked_theories(theories)
    as_similarity(similarity)
    retention = checked_retention(retention)
    if isinstance(aim, Proposal | Proposals) and design != "random":
        raise InputError("a Sobol' sequence samples the prior only: leave out aim, or the design")
    chosen = assumed_of(scenario)
    if isinstance(chosen, Scenario) and (reason := why_not_run(chosen)):
        raise InputError(reason)
    if isinstance(chosen, ScenarioMixture) and design != "random":
        raise InputError("a Sobol' sequence is of one scenario: leave out the design of a mixture")
    if aim not in (True, False) and isinstance(chosen, ScenarioMixture) != isinstance(
        aim, Proposals
    ):
        raise InputError("a proposal is of one scenario: leave out aim, and each is aimed at anew")
    names = suited(theories, chosen)
    settings = Settings(evidence, names, credences_of(theories), similarity, retention, tolerance)
    seed = seed_of(rng)
    goal, limit = stop_at(draws, precision), MOST_DRAWS if draws is None else draws
    proposal = aim if isinstance(aim, Proposal | Proposals) else None
    aimed = partial(
        aim_at, chosen, theories=settings.theories, evidence=evidence, rng=seed,
        precision=goal,
    )  # fmt: skip
    drawn_by = partial(draw_for, chosen, settings, goal, limit, seed, design, progress)
    with working(threads, executor):
        if aims := aim is True and design == "random":
            proposal = aimed(pilot=pilot_of(FIRST if goal is not None else limit))
        drawn, looked = drawn_by(proposal)
        if aims and goal is not None and heavy(looked):
            proposal = aimed(pilot=LONG_PILOT)
            drawn, looked = drawn_by(proposal)
    weights = weigh(drawn, evidence, theories=settings.theories)
    report = reported(drawn, weights, settings, looked)
    if goal is not None:
        report.attrs |= {"precision": str(goal), "most_draws": str(limit)}
        report.attrs["imprecise"] = "; ".join(short_of(report, goal))
    return Study(
        chosen, drawn, weights, report, known.listed, names, similarity,
        retention, tolerance, seed, design, settings.credences, proposal, goal, limit,
    )  # fmt: skip


def assess_again(
    study: Study,
    scenario: AssumedLike,
    draws: int | None = None,
    precision: float | None = None,
    **changes: Any,
) -> Study:
    """Return the study of another scenario, all else as in the study but for changes.

    With neither `draws` nor `precision` it ends as that did.

    Examples
    --------
    >>> study = assess("cook2022-balanced", 2000, rng=7, theories=["prior"])
    >>> again = assess_again(study, study.scenario)
    >>> bool((again.report.recovered_share == study.report.recovered_share).all())
    True
    """
    asked = study.asked | {"theories": study.theories, "progress": False} | changes
    if draws is not None or precision is not None:
        asked |= {"draws": draws, "precision": precision}
    with quietly():
        return assess(scenario, **asked)


class Settings(NamedTuple):
    """The settings of a report, besides draws."""

    evidence: EvidenceLike
    theories: Sequence[TheoryLike]
    credences: Mapping[str, float] | None = None
    similarity: SimilarityLike = 1.0
    retention: float | str = 1.0
    tolerance: float = 0.1

    def look(self, draws: xr.Dataset) -> xr.Dataset:
        """Return the part of the report that the precision is of."""
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", EffectiveSampleSizeWarning)
            return judged(draws, weigh(draws, self.evidence, theories=self.theories), self)


def draw_for(
    scenario: Assumed,
    settings: Settings,
    goal: float | None,
    limit: int,
    seed: int,
    design: Design,
    progress: Progress | None,
    proposal: AnyProposal | None,
) -> tuple[xr.Dataset, xr.Dataset | None]:
    """Return draws for a report, as many as asked for or until it is precise.

    And what the last look found, if it was at all of them.
    """
    if design != "random" and isinstance(scenario, Scenario):
        found = sample(scenario, limit, rng=seed, design=design, progress=progress)
        return found, None
    looks: dict[int, xr.Dataset] = {}

    def errors(draws: xr.Dataset) -> FloatArray:
        looks[draws.sizes["draw"]] = settings.look(draws)
        return errors_of(looks[draws.sizes["draw"]])

    with reporting(progress, "drawing worlds") as report:
        ends: dict[str, Any] = {
            "goal": goal, "limit": limit, "seed": seed, "told": report,
        }  # fmt: skip
        if isinstance(scenario, ScenarioMixture):
            needs = partial(spread_by_scenario, settings, len(scenario.scenarios))
            held = proposal if isinstance(proposal, Proposals) else None
            found = draws_of_mixture(scenario, errors, needs, proposals=held, **ends)
        else:
            own = proposal if isinstance(proposal, Proposal) else None
            found = draws_until(scenario, errors, proposal=own, **ends)
    return found, looks.get(found.sizes["draw"])


def spread_by_scenario(settings: Settings, many: int, draws: xr.Dataset) -> FloatArray:
    """Return what each scenario of a mixture adds to the greatest error, as draws reduce it.

    Draws in proportion to the deviation of what a draw adds make the error least (Neyman 1934).
    """
    report = settings.look(draws)
    theory = str(report["theory"].values[int(np.nanargmax(errors_of(report)))])
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", EffectiveSampleSizeWarning)
        world = worlds(draws, weigh(draws, settings.evidence, theories=settings.theories), theory)
    moved = influence_on_ratio(shares_of(world.log_copies), world.lost, world.grabbed)
    place = world[WHICH].astype(int)
    spread = np.bincount(place, moved**2, many) * np.bincount(place, minlength=many)
    return np.asarray(np.sqrt(spread))


def heavy(looked: xr.Dataset | None) -> bool:
    """Tell whether the weights of a theory have so heavy a tail that its error does not hold.

    The pilot has then missed worlds that the theory weighs, which more draws do not mend.
    """
    return looked is not None and bool((looked["k_hat"] > HEAVY).any())


def errors_of(report: xr.Dataset) -> FloatArray:
    """Return the greater standard error of share and discount by theory; NaN where none is given.

    Where too few draws carry a theory, its error is not known: it is taken for 1.
    """
    share = report["recovered_share_standard_error"].values
    discount = report["extinction_discount_standard_error"].values
    gives = report["judges_existence"].values.astype(bool)
    found = np.where(gives, np.fmax(share, discount), share)
    return error_if_few(found, report["ess"].values)


def short_of(report: xr.Dataset, goal: float) -> list[str]:
    """Return the theories that have not reached a precision, and how far they are."""
    pairs = zip(report["theory"].values.tolist(), errors_of(report).tolist(), strict=True)
    return [f"{theory} ± {error:.2g}" for theory, error in pairs if error > goal]


def checked_theories(theories: Theories) -> tuple[Theory, ...]:
    """Return the theories; raise `InputError` if one is unknown, or credences are not valid."""
    found = theories_of(theories)
    credences_of(theories)
    return found


def credences_of(theories: Theories | None) -> dict[str, float] | None:
    """Return the credence in each theory by its name, checked, if they come with theories.

    Examples
    --------
    >>> credences_of({"sia": 1.0}), credences_of(["sia"])
    ({'sia': 1.0}, None)
    """
    if not isinstance(theories, Mapping):
        return None
    return check_credences({theory_of(each).name: value for each, value in theories.items()})


def checked_retention(retention: float | str) -> float | str:
    """Return a number in [0, 1] or the name of a weighting, or say what it must be."""
    if isinstance(retention, str):
        check_weighting(retention)
        return retention
    extinction_multiplier(0.0, 1.0, retention)
    return number(retention, "retention")


def reported(
    draws: xr.Dataset, weights: xr.Dataset, settings: Settings, value: xr.Dataset | None
) -> xr.Dataset:
    """Return the report; `value` is what `judged` has found in the draws, if it was asked."""
    import xarray as xr

    value = judged(draws, weights, settings) if value is None else value
    parts = (summarize, in_galaxy, in_mixture, ours, nearest_others)
    tables = [value, *(part(draws, weights) for part in parts)]
    merged = xr.merge(tables, combine_attrs="drop", compat="override")
    report = label(merged)
    report.attrs = {
        **weights.attrs,
        **value.attrs,
        "evidence_given": evidence_text(settings.evidence),
        "similarity": to_text(settings.similarity),
        "retention": str(settings.retention),
        "tolerance": str(settings.tolerance),
    }
    if settings.credences is not None:
        report.attrs["credences"] = json.dumps(dict(settings.credences))
        combined = together(report)
        report = report.merge(combined)
        report.attrs["rules_of_aggregation"] = combined.attrs["rules"]
    report.attrs["hangs_on"] = hangs_on(draws, weights, report)
    return report


def ours(draws: xr.Dataset, weights: xr.Dataset) -> xr.Dataset:
    """Return the chance that we expand, by theory; nothing where it is assumed, or has no name."""
    import xarray as xr

    scenario = origin_of(draws).scenario
    uncertain = expanders_of(scenario) in varying(draws, scenario.parameters)
    return prospects(draws, weights) if uncertain else xr.Dataset()


def judged(draws: xr.Dataset, weights: xr.Dataset, settings: Settings) -> xr.Dataset:
    """Return the share that others would take, and its effect on value, by theory."""
    import xarray as xr

    share = saturation(draws, weights)
    asked = settings.retention
    kept = kept_by_dates(draws, weights, asked) if isinstance(asked, str) else asked
    value = value_adjustment(
        share, settings.similarity, retention=kept, tolerance=settings.tolerance, draws=draws,
        weights=weights,
    )  # fmt: skip
    return xr.merge([share, value], compat="override", combine_attrs="override").assign_attrs(
        value.attrs
    )


def together(report: xr.Dataset) -> Any:
    """Return the aggregate over theories, by rule, given credences in them."""
    return aggregate(report)[["aggregated_discount", "aggregated_discount_standard_error"]]
