"""From priors to verdict in one call: what `sfc-sim run` prints."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from time import perf_counter
from typing import TYPE_CHECKING, Any

from sfc_sim._door import validated
from sfc_sim._drivers import hangs_on
from sfc_sim._errors import InputError
from sfc_sim._in_galaxy import in_galaxy
from sfc_sim._progress import Progress
from sfc_sim._typing import RandomLike
from sfc_sim.anthropics import (
    OURS,
    THEORIES,
    check_names,
    summarize,
    weigh,
)
from sfc_sim.catalogue import ScenarioLike, scenario_of, why_not_run
from sfc_sim.credence import aggregate, check_credences
from sfc_sim.draws import Design
from sfc_sim.ensemble import sample
from sfc_sim.observations import EvidenceLike
from sfc_sim.recall import evidence_text, remember
from sfc_sim.results import label
from sfc_sim.saturation import saturation
from sfc_sim.similarity import SimilarityLike, as_similarity, to_text
from sfc_sim.timing import check_weighting
from sfc_sim.timing import retention as kept_by_dates
from sfc_sim.value import extinction_multiplier, value_adjustment

if TYPE_CHECKING:
    import xarray as xr

__all__ = ["Theories", "assess", "verdict"]

# Names of theories, or the credence in each.
Theories = Sequence[str] | Mapping[str, float]


@validated()
def assess(
    scenario: ScenarioLike,
    draws: int = 200_000,
    *,
    evidence: EvidenceLike = "nothing-visible",
    theories: Theories = OURS,
    similarity: SimilarityLike = 1.0,
    retention: float | str = 1.0,
    tolerance: float = 0.1,
    rng: RandomLike = None,
    design: Design = "random",
    threads: int | None = None,
    progress: Progress | None = None,
) -> xr.Dataset:
    """Go from a scenario's priors to the discount on reducing extinction risk.

    Parameters
    ----------
    scenario : Scenario or str
        A scenario, its name or the path of its file.
    draws : int, default 200,000
        Parameter vectors; enough for two steady digits under most theories.
    evidence : str, Observation or a sequence of these, default "nothing-visible"
        See `sfc_sim.weigh`.
    theories : sequence of str or mapping of str to float, default all
        See `sfc_sim.weigh`; or the credence in each, which must sum to 1.
    similarity : float, Distribution or Similarity, default 1
        Value per resource of others over ours; see `sfc_sim.similarity`.
    retention : float or str, default 1
        Value kept by what is recovered later, or the name of a weighting of dates to compute it
        from ("starlight", say); see `sfc_sim.timing`.
    tolerance : float, default 0.1
        Existence neutrality holds if survival is worth no more than this share of what it
        would be worth if nobody else would recover anything.
    rng, design, threads, progress
        See `sfc_sim.sample`.

    Returns
    -------
    xarray.Dataset
        Dim ``theory``: ``probability_alone``, ``share_of_reach``, ``recovered_share``,
        ``extinction_multiplier``, ``extinction_discount``, ``ess`` and more; dims
        (theory, quantile): ``civilizations_actual``; dims (theory, class):
        ``class_probability``; of products of factors without dates ``galaxy_number`` and
        ``probability_alone_in_galaxy``; with credences, dim ``aggregation``: what they come to
        together, by three rules. The attribute ``hangs_on`` says in words what the answer
        hangs on, and ``seconds`` how long it took.

    Raises
    ------
    InputError
        If an argument is not what it must be.

    Examples
    --------
    >>> report = assess("cook2022-balanced", 2000, rng=7, theories=["prior"])
    >>> bool((report.extinction_discount < 0.1).all())
    True
    """
    began = perf_counter()
    # Fail before the long part.
    check_names(evidence, checked_theories(theories))
    as_similarity(similarity)
    checked_retention(retention)
    chosen = scenario_of(scenario)
    if reason := why_not_run(chosen):
        raise InputError(reason)
    drawn = sample(chosen, draws, rng=rng, design=design, threads=threads, progress=progress)
    remember(drawn)
    report = verdict(drawn, evidence, theories, similarity, retention, tolerance)
    report.attrs["seconds"] = f"{perf_counter() - began:.1f}"
    return report


def checked_theories(theories: Theories) -> tuple[str, ...]:
    """Return the names of the theories; raise `InputError` if credences are not valid."""
    if isinstance(theories, Mapping):
        check_credences(theories, known=tuple(THEORIES))
        return tuple(theories)
    return tuple(theories)


def checked_retention(retention: float | str) -> None:
    """Raise `InputError` unless it is a number in [0, 1] or the name of a weighting."""
    if isinstance(retention, str):
        check_weighting(retention)
    else:
        extinction_multiplier(0.0, 1.0, retention)


def verdict(
    draws: xr.Dataset,
    evidence: EvidenceLike = "nothing-visible",
    theories: Theories = OURS,
    similarity: SimilarityLike = 1.0,
    retention: float | str = 1.0,
    tolerance: float = 0.1,
) -> xr.Dataset:
    """Return the report on draws that are already made; see `assess`.

    Examples
    --------
    >>> import sfc_sim as sfc
    >>> draws = sfc.sample("cook2022-balanced", 2000, rng=7)
    >>> bool(verdict(draws, "none", ["prior"]).ess.item() == 2000)
    True
    """
    import xarray as xr

    names = checked_theories(theories)
    weights = weigh(draws, evidence, theories=names)
    share = saturation(draws, weights)
    kept = kept_by_dates(draws, weights, retention) if isinstance(retention, str) else retention
    value = value_adjustment(
        share, similarity, retention=kept, tolerance=tolerance, draws=draws, weights=weights
    )
    tables = [summarize(draws, weights), share, value, in_galaxy(draws, weights)]
    report = label(xr.merge(tables, combine_attrs="drop", compat="override"))
    report.attrs = {
        **weights.attrs,
        **value.attrs,
        "evidence_given": evidence_text(evidence),
        "similarity": to_text(similarity),
        "retention": str(retention),
        "tolerance": str(tolerance),
    }
    if isinstance(theories, Mapping):
        report.attrs["credences"] = json.dumps(dict(theories))
        combined = together(report)
        report = report.merge(combined)
        report.attrs["rules_of_aggregation"] = combined.attrs["rules"]
    report.attrs["hangs_on"] = hangs_on(draws, weights, report)
    return report


def together(report: xr.Dataset) -> Any:
    """Return what credences in theories come to, by rule of aggregation."""
    return aggregate(report)[["aggregated_discount", "aggregated_discount_standard_error"]]
