"""What a survey would be worth, and what each thing that it may find does to the discount.

Before a survey we know how likely each of its results is, and what we would do then: the best
action given it. The mean gain over acting now is the expected value of sample information (Raiffa
& Schlaifer 1961), never more than that of perfect information.

References
----------
H. Raiffa & R. Schlaifer (1961), "Applied Statistical Decision Theory".
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Final

import numpy as np

from sfc_sim._core.arguments import validated
from sfc_sim._core.effective import carriers, mean_of, too_few
from sfc_sim._core.errors import InputError, shown
from sfc_sim._core.few import FEWEST
from sfc_sim._core.schema import label, strata_in, weight_of
from sfc_sim._core.typing import FloatArray
from sfc_sim.analysis.assessment import Settings, judged
from sfc_sim.analysis.choice import FOLDS, Choice
from sfc_sim.analysis.information import beliefs, choice_between
from sfc_sim.analysis.paired import paired_change
from sfc_sim.decision.aftermath import aftermath, background_of, refuse_counted
from sfc_sim.decision.causes import CausesLike
from sfc_sim.decision.causes_files import as_causes
from sfc_sim.decision.similarity import SimilarityLike
from sfc_sim.decision.study import Study, quietly
from sfc_sim.inference.evidence import EvidenceLike, Observation, read_evidence
from sfc_sim.inference.observation import row_of
from sfc_sim.inference.weights import weigh

if TYPE_CHECKING:
    import xarray as xr

__all__ = ["discount_after", "value_of_study"]

MOST_UNTOLD: Final = 0.05
"""Share of what is at stake in results of too few draws, above which a value is no number."""


@validated()
def value_of_study(
    study: Study,
    survey: EvidenceLike,
    *,
    actions: Sequence[str] = ("extinction", "alignment"),
    tractability: Mapping[str, float] | None = None,
    theory: str | None = None,
    similarity: SimilarityLike | None = None,
    misaligned: float = 0.0,
    p_survive: float = 0.9,
    p_aligned: float = 0.5,
    causes: CausesLike | None = None,
) -> xr.Dataset:
    """Return what surveys would be worth for a choice between actions, before they are made.

    Parameters
    ----------
    study : Study
        From `sfc_sim.assess`.
    survey : Observation or a sequence of these
        One row each. Of one with ``outcomes``, such as `sfc_sim.inference.LifeSearched`, any of
        these may be found, and it does not matter which is given; any other is found, or it is not.
    actions, tractability, theory, similarity, misaligned, p_survive, p_aligned, causes : optional
        See `sfc_sim.analysis.value_of_information`.

    Returns
    -------
    xarray.Dataset
        Dim ``survey``: ``value_of_study``, as a share of what the best action gains now, and its
        standard error, NaN where too few draws carry the results. Coordinate ``size``: how many are
        looked at. Scalars ``value_of_information``, of perfect knowledge of the expected world, and
        its standard error. Attributes ``ess_of_decision``; ``action``, the best now; and
        ``decided_under``, the theory, empty where there are several by credence.

    Raises
    ------
    InputError
        If the scenario does not give what a survey is about, or the chances of what it may find do
        not sum to one.

    Notes
    -----
    With L_k the chance of result k in a world, w the weight of the world and g_a what action a
    gains there, the value is sum_k max_a E[w L_k g_a] less max_a E[w g_a], over the latter. The
    best of several noisy means is too good; so the action for a result is chosen by four fifths
    of the draws and valued by the rest, each fifth in turn. After a result that fewer than 30
    effective draws carry one acts as now. A value lies between 0 and that of perfect information.

    Examples
    --------
    >>> import sfc_sim as sfc
    >>> study = sfc.assess("cook2022-balanced", 2000, rng=7, theories=["prior"])
    >>> found = value_of_study(study, [sfc.inference.LifeSearched(n) for n in (1, 10)])
    >>> bool((found.value_of_study <= found.value_of_information).all())
    True
    """
    import xarray as xr

    surveys = observations_in(survey, "survey")
    case, _ = choice_between(
        study, actions, tractability, theory, similarity, misaligned, p_survive, p_aligned, causes
    )
    rows = np.array([sampled(case, chances(each, study.draws)) for each in surveys])
    perfect = case.told(case.gains.argmax(axis=0))
    return label(
        xr.Dataset(
            {
                "value_of_study": ("survey", rows[:, 0]),
                "value_of_study_standard_error": ("survey", rows[:, 1]),
                "value_of_information": perfect[0],
                "value_of_information_standard_error": perfect[1],
            },
            coords={
                "survey": [each.meaning for each in surveys],
                "size": ("survey", [each.size for each in surveys]),
            },
            attrs=study.report.attrs
            | {
                "ess_of_decision": f"{case.ess:.1f}",
                "action": actions[case.best],
                "decided_under": under[0]
                if len(under := list(beliefs(study, theory))) == 1
                else "",
            },
        )
    )


@validated()
def discount_after(
    study: Study, outcomes: EvidenceLike, *, causes: CausesLike | None = None
) -> xr.Dataset:
    """Return the discount on reducing extinction risk before and after each of several findings.

    Parameters
    ----------
    study : Study
        From `sfc_sim.assess`.
    outcomes : str, Observation or a sequence of these
        What may be found, each by itself, on top of the evidence of the study.
    causes : Causes, str or path, optional
        What might end humanity, and what comes after it on Earth: `sfc_sim.decision.load_causes`.
        Every discount counts it then.

    Returns
    -------
    xarray.Dataset
        Dims (outcome, theory), the first outcome "nothing more": ``extinction_discount`` and its
        standard error; ``extinction_discount_change`` with its own, as all rows share their
        draws; ``probability_of_outcome``, its chance under the theory beforehand, and its standard
        error, NaN for decision weights; ``ess`` and ``k_hat`` of the weights after it, and
        ``unsteady``, whether these are fewer than 100, or of so heavy a tail (k-hat > 0.7), that
        errors do not hold and may be too small. The attribute ``few_draws`` says in words where.

    Raises
    ------
    InputError
        If the scenario does not give what an outcome is about, or it is of fronts.

    Notes
    -----
    The draws are those of the study, weighed again. After a finding that few of them make likely,
    ``ess`` is small: assess the scenario anew with the finding as evidence, which aims at it.
    What the study never drew its error does not know.

    Examples
    --------
    >>> import sfc_sim as sfc
    >>> study = sfc.assess("cook2022-balanced", 2000, rng=7, theories=["prior"])
    >>> after = discount_after(study, sfc.inference.LifeSearched(planets=1, found=1))
    >>> after.sizes
    Frozen({'outcome': 2, 'theory': 1})
    """
    import xarray as xr

    found = observations_in(outcomes, "outcomes")
    refuse_counted(study.report)
    known = None if causes is None else as_causes(causes)
    with quietly():
        after = [study, *(reweighed(study, [*study.evidence, each]) for each in found)]
    discount = ["extinction_discount", "extinction_discount_standard_error"]
    change = ["extinction_discount_change", "extinction_discount_change_standard_error"]
    rows = [
        xr.merge([each.report[[*discount, "ess"]], paired_change(study, each)[change]]).assign(
            k_hat=("theory", each.weights["k_hat"].values)
        )
        for each in after
    ]
    table = xr.concat(rows, "outcome", coords="minimal", compat="override", join="override")
    before = np.array([[(1.0, 0.0)] * len(study.names), *(_beforehand(study, o) for o in found)])
    for k, end in enumerate(("", "_standard_error")):
        table[f"probability_of_outcome{end}"] = (("outcome", "theory"), before[..., k])
    table["unsteady"] = table["ess"].dims, too_few(table["ess"].values, table["k_hat"].values)
    table["judges_existence"] = ("theory", study.weights["judges_existence"].values)
    table = table.assign_coords(outcome=["nothing more", *(each.meaning for each in found)])
    table.attrs = dict(study.report.attrs) | {"few_draws": "; ".join(few_in(table))}
    if known is not None:
        left = aftermath(known, background_of(study.report))
        for names, count in ((discount, left.expected), (change, left.change)):
            told = count(*(table[name].values for name in names))
            for name, values in zip(names, told, strict=True):
                table[name] = table[name].dims, values
        table.attrs["causes"] = known.name
    return label(table)


def few_in(table: xr.Dataset) -> list[str]:
    """Return the outcomes and theories whose errors do not hold, in words.

    Examples
    --------
    >>> import xarray as xr
    >>> dims = ("outcome", "theory")
    >>> values = {"ess": 40.0, "k_hat": 0.75, "unsteady": True}
    >>> few_in(xr.Dataset(
    ...     {name: (dims, [[value]]) for name, value in values.items()},
    ...     coords={"outcome": ["life"], "theory": ["sia"]},
    ... ))
    ['life, sia: 40 effective draws, k-hat 0.8']
    """
    return [
        f"{one['outcome'].item()}, {one['theory'].item()}: {one['ess'].item():.0f} effective"
        f" draws, k-hat {one['k_hat'].item():.1f}"
        for k in range(table.sizes["outcome"])
        for j in range(table.sizes["theory"])
        if (one := table.isel(outcome=k, theory=j))["unsteady"].item()
    ]


def observations_in(given: EvidenceLike, name: str) -> list[Observation]:
    """Return observations, at least one and none of fronts."""
    front, found = read_evidence(given)
    if front.known or not found:
        raise InputError(
            f"{name} is {shown(given)}; it must be observations, such as"
            " sfc_sim.inference.LifeSearched(planets=40)"
        )
    return list(found)


def chances(survey: Observation, draws: xr.Dataset) -> Iterator[FloatArray]:
    """Yield the chance of each thing that a survey may find, in every draw.

    Raises
    ------
    InputError
        If they are no chances, or do not sum to one.
    """
    total = np.zeros(draws.sizes["draw"])
    for each in survey.outcomes or (survey,):
        what = f"log_likelihood of survey '{survey.name}'"
        chance = np.exp(row_of(each.log_likelihood(draws), draws, what))
        total += chance
        if total.max(initial=0.0) > 1.0 + 1e-9:
            raise InputError(f"{what} gives chances above 1 of what it may find; it is no survey")
        yield chance
    if not survey.outcomes:
        yield 1.0 - total
    elif total.min(initial=1.0) < 1.0 - 1e-9:
        raise InputError(f"outcomes of survey '{survey.name}' have chances that do not sum to 1")


def sampled(case: Choice, found: Iterable[FloatArray]) -> tuple[float, float]:
    """Return the gain of acting on what a survey finds, given the chances of each result.

    Relative to the best action now; with its standard error. See `value_of_study`.
    """
    many = case.gains.shape[1]
    fold = np.arange(many) % (many // case.theories) % FOLDS
    taken, held, untold = np.zeros(many), np.zeros(len(case.gains)), 0.0
    for chance in found:
        every = np.tile(chance, case.theories)
        mass = case.stakes * every
        action = np.full(FOLDS, case.best)
        if carriers(mass) < FEWEST:
            untold += float(mass.sum())
        else:
            sums = np.array([np.bincount(fold, case.weight * every * g, FOLDS) for g in case.gains])
            action = (sums.sum(axis=1, keepdims=True) - sums).argmax(axis=0)
        part = every * case.gains[action[fold], np.arange(many)]
        taken += part
        held += np.bincount(action[fold], case.weight * part, len(case.gains))
    if untold > MOST_UNTOLD * case.stakes.sum() or case.ess < FEWEST:
        return np.nan, np.nan
    return case.gained(taken, held)


def reweighed(study: Study, evidence: list[Observation]) -> Study:
    """Return a study with other evidence on the same draws; its report judges, and no more."""
    weights = weigh(study.draws, evidence, theories=study.theories)
    settings = Settings(
        evidence, study.theories, study.credences, study.similarity, study.retention,
        study.tolerance,
    )  # fmt: skip
    report = judged(study.draws, weights, settings)
    return replace(study, evidence=evidence, weights=weights, report=report)


def _beforehand(study: Study, outcome: Observation) -> list[tuple[float, float]]:
    """Return the chance of an outcome under each theory, and its standard error."""
    rows = []
    chance = np.minimum(np.exp(outcome.log_likelihood(study.draws)), 1.0)
    strata = strata_in(study.draws)
    for theory in study.theories:
        mean, error, _ = mean_of(chance, weight_of(study.weights, theory.name), strata)
        rows.append((np.nan, np.nan) if theory.stakes else (mean, error))
    return rows
