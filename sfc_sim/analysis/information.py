"""What it would be worth to know: expected value of perfect information for a choice of action.

Before we know, we take the action that is best on average; with knowledge of an input, the best
for its value. The difference, averaged, is what the knowledge is worth (Raiffa & Schlaifer 1961).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, Final

import numpy as np

from sfc_sim._core.arguments import validated
from sfc_sim._core.errors import InputError, known_names, number, shown, unknown, whole_number
from sfc_sim._core.schema import existence_theories, existence_theory, label, strata_in
from sfc_sim._core.typing import FloatArray
from sfc_sim._core.world import World
from sfc_sim.analysis.choice import Choice, cells
from sfc_sim.decision.aftermath import Aftermath, aftermath, refuse_counted
from sfc_sim.decision.causes import CausesLike
from sfc_sim.decision.causes_files import as_causes
from sfc_sim.decision.effort import INTERVENTIONS, Outlook
from sfc_sim.decision.similarity import SimilarityLike, as_similarity, drawn_from
from sfc_sim.decision.study import Study
from sfc_sim.decision.timing import loss_by_waiting
from sfc_sim.decision.value import own_numbers
from sfc_sim.distributions import Distribution
from sfc_sim.scenario.assumed import Assumed, parts_of
from sfc_sim.scenario.origin import origin_of
from sfc_sim.scenario.parameter import told_by

if TYPE_CHECKING:
    import xarray as xr

__all__ = ["value_of_information"]

# Whose results would tell of what is no parameter: for a funder, what a row stands for.
STUDIES: Final = {
    "log_density": "everything that says how many there are",
    "similarity": "how values evolve",
    "theory": "anthropic reasoning and decision theory",
}


@validated()
def value_of_information(
    study: Study,
    *,
    actions: Sequence[str] = ("extinction", "alignment"),
    tractability: Mapping[str, float] | None = None,
    theory: str | None = None,
    similarity: SimilarityLike | None = None,
    misaligned: float = 0.0,
    p_survive: float = 0.9,
    p_aligned: float = 0.5,
    causes: CausesLike | None = None,
    bins: int = 8,
) -> xr.Dataset:
    """Return the value of perfect information on each input for a choice between actions.

    Parameters
    ----------
    study : Study
        From `sfc_sim.assess`.
    actions : sequence of str, default ("extinction", "alignment")
        Names out of `sfc_sim.decision.effort.INTERVENTIONS`, of which one is taken.
    tractability : mapping of str to float, optional
        Units that the effort at hand moves, 1 where none is given. By default such that all actions
        are equally good on average: the closest decision, for which information is worth the most;
        or 1 each, where one of them harms on average.
    theory : str, optional
        Whose worlds; by default all, by credence, if the report has credences, else adt-total, else
        the first.
    similarity : float, Distribution or Similarity, optional
        By default that of the report.
    misaligned, p_survive, p_aligned : float
        See `sfc_sim.decision.priorities`.
    causes : Causes, str or path, optional
        What might end humanity, and what comes after it on Earth: `sfc_sim.decision.load_causes`.
        What has a distribution there is an input too.
    bins : int, default 8
        Of each input, of equal stakes: to know an input is to know its bin.

    Returns
    -------
    xarray.Dataset
        Dim ``input``: ``value_of_information``, as a share of what the best action gains now,
        and its standard error, NaN where fewer than 30 effective draws carry a bin; coordinate
        ``study``: who could tell, as the scenario and its models say (``told_by``). Row
        "everything" is knowledge of the expected world, of all parameters, not of where others are.
        Attributes ``ess_of_decision`` and ``action``, the best now.

    Raises
    ------
    InputError
        If an action or theory is unknown, or a tractability is negative.

    Notes
    -----
    Every world's gain is that of its own resources, by copies: n A x gain per volume; what is kept
    of those that others recover later (kappa) is that of all worlds of a theory. Inputs are
    put in bins, which do not follow the number of draws. The best of several noisy means is too
    good; so the action for a bin is chosen by four fifths of the draws and valued by the rest,
    each fifth in turn. An input that does not matter is then worth 0 within the error, whatever the
    number of draws; where a wrong action is chosen now and then, a value is too low by less than
    about an error. Values below 0 are told as 0.

    Examples
    --------
    >>> import sfc_sim as sfc
    >>> study = sfc.assess("cook2022-balanced", 2000, rng=7, theories=["prior"])
    >>> known = value_of_information(study)
    >>> bool((known.value_of_information.dropna("input") >= 0).all())
    True
    """
    import xarray as xr

    whole_number(bins, "bins", 2)
    case, columns = choice_between(
        study, actions, tractability, theory, similarity, misaligned, p_survive, p_aligned, causes
    )
    rows = {"everything": case.told(case.gains.argmax(axis=0))}
    for key, values in columns.items():
        if np.ptp(values[case.stakes > 0.0]) > 0.0:
            rows[key] = case.told(case.chosen(cells(values, case.stakes, bins), bins))
    # Those without a number come last.
    order = sorted(rows, key=lambda key: -np.nan_to_num(rows[key][0], nan=-1.0))
    table = np.array([rows[key] for key in order])
    name, studies = "value_of_information", _studies(study.scenario)
    return label(
        xr.Dataset(
            {name: ("input", table[:, 0]), f"{name}_standard_error": ("input", table[:, 1])},
            coords={
                "input": order,
                "study": ("input", [studies.get(key, "") for key in order]),
            },
            attrs=study.report.attrs
            | {"ess_of_decision": f"{case.ess:.1f}", "action": actions[case.best]},
        )
    )


def choice_between(
    study: Study,
    actions: Sequence[str],
    tractability: Mapping[str, float] | None,
    theory: str | None,
    similarity: SimilarityLike | None,
    misaligned: float,
    p_survive: float,
    p_aligned: float,
    causes: CausesLike | None,
) -> tuple[Choice, dict[str, FloatArray]]:
    """Return what actions gain in the worlds of a study, and what may be known of each world.

    The arguments are those of `value_of_information`.
    """
    known_names(actions, "actions", "action", INTERVENTIONS)
    number(misaligned, "misaligned")
    number(p_survive, "p_survive", 0.0, 1.0)
    number(p_aligned, "p_aligned", 0.0, 1.0)
    if len(actions) < 2:
        raise InputError("actions must be two or more, so that there is a choice")
    draws, report = study.draws, study.report
    background = origin_of(draws).background
    refuse_counted(report)
    settled = None if causes is None else as_causes(causes)
    drawn = partial(own_numbers, draws)
    after = aftermath(settled, background, drawn)
    own = (
        {}
        if settled is None
        else {what: settled.law(what).ppf(drawn(what)) for what in settled.uncertain}
    )
    model = as_similarity(study.similarity if similarity is None else similarity)
    pieces, inputs = [], study.inputs
    for name, belief in beliefs(study, theory).items():
        world = study.world(name)
        q = drawn_from(model, own_numbers(draws, "similarity"), world)
        kept = float(report["retention"].sel(theory=name))
        settings = misaligned, p_survive, p_aligned, loss_by_waiting(background.age, background)
        gains = _gains(actions, world, q, kept, settings, after)
        copies = np.exp(world.log_copies - world.log_copies.max())
        known = {key: world[key] for key in inputs}
        known |= {"log_density": world["log_civilizations_actual"], "similarity": q, **own}
        share = belief * copies / copies.sum()
        pieces.append((gains, share, known, share * world.grabbed))
    gains = np.concatenate([piece[0] for piece in pieces], axis=1)
    weight = np.concatenate([piece[1] for piece in pieces])
    mean = gains @ weight
    # One that harms on average cannot be made as good as others: take units as they are.
    tied = tractability is None and bool((mean > 0.0).all())
    gains *= (mean.max() / mean if tied else _efforts(actions, tractability or {}))[:, None]
    columns = {key: np.concatenate([piece[2][key] for piece in pieces]) for key in pieces[0][2]}
    if len(pieces) > 1:
        columns["theory"] = np.repeat(np.arange(len(pieces)), draws.sizes["draw"]).astype(float)
    best = float((gains @ weight).max())
    # Not of NaN either.
    if not best > 0.0:
        raise ArithmeticError("no action gains anything on average: there is nothing to choose")
    stakes = np.concatenate([piece[3] for piece in pieces])
    return Choice(gains, weight, stakes, len(pieces), tied, strata_in(draws)), columns


def _studies(scenario: Assumed) -> dict[str, str]:
    found: dict[str, str] = {}
    for part in parts_of(scenario):  # models of several may declare the same parameter
        found |= told_by(part.models, part.parameters)
    own = {name: one.told_by for name, one in scenario.parameters.items() if one.told_by}
    return found | own | STUDIES


def beliefs(study: Study, theory: str | None) -> dict[str, float]:
    """Return the theories that a choice is made under, and the credence in each."""
    if theory is None and (held := study.credences) is not None:
        return {name: held[name] for name in existence_theories(study.report) if held.get(name)}
    return {existence_theory(study.report, theory): 1.0}


def _gains(
    actions: Sequence[str],
    world: World,
    q: FloatArray,
    kept: float,
    settings: tuple[float, ...],
    after: Aftermath,
) -> FloatArray:
    """Return the gain of each action per copy in every world, Gly^3 at our value."""
    misaligned, survive, aligned, lost = (np.full(q.size, number) for number in settings)
    humanity = aligned + (1.0 - aligned) * misaligned
    outlook = Outlook(
        world.recovered,
        np.full(q.size, kept),
        q * humanity,
        misaligned,
        survive,
        aligned,
        np.full(q.size, 0.5),
        world.grabbed / world.alone,
        lost,
        lost,
        after.anyone,
        after.made,
    )
    return np.array([INTERVENTIONS[name].gain(outlook) * world.grabbed for name in actions])


def _efforts(actions: Sequence[str], tractability: Mapping[str, float]) -> FloatArray:
    """Return the tractability of each action, 1 where none is given."""
    for name, value in tractability.items():
        if name not in actions:
            raise unknown("action (in tractability)", name, actions)
        if isinstance(value, Distribution) or not (np.isfinite(value) and value >= 0.0):
            raise InputError(f"tractability of '{name}' is {shown(value)}; it must be 0 or more")
    return np.array([float(tractability.get(name, 1.0)) for name in actions])
