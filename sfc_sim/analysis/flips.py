"""The table a sceptic wants: flip one premise at a time, and see the discount.

Every number of this package hangs on premises that serious people contest. Here each is set to its
alternatives, all else as in the report. `PREMISES` are those that every study has; what else is
contested is said by the scenario and its models: see `sfc_sim.scenario.premise`.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Executor
from functools import partial
from typing import TYPE_CHECKING, Final, NamedTuple, TypeAlias

import numpy as np

from sfc_sim._core.arguments import validated
from sfc_sim._core.effective import share_of, unless_few
from sfc_sim._core.errors import InputError, known_names, number
from sfc_sim._core.progress import Progress, Report, part_of, reporting, unheard
from sfc_sim._core.schema import existence_theories, existence_theory, label
from sfc_sim._core.work import working
from sfc_sim._core.world import worlds
from sfc_sim.analysis.flip_case import Anew, Answer, Case, again, successors
from sfc_sim.analysis.flip_case import answer_in as _answer
from sfc_sim.decision.aftermath import aftermath, background_of, refuse_counted
from sfc_sim.decision.borders import contest
from sfc_sim.decision.causes import CausesLike
from sfc_sim.decision.causes_files import as_causes
from sfc_sim.decision.kept import retention
from sfc_sim.decision.shares import log_rivals
from sfc_sim.decision.study import Study
from sfc_sim.expansion.displacement import grabbed_share, recovered_by_displacement
from sfc_sim.inference.fronts import FRONTS
from sfc_sim.scenario.assumed import Assumed, differ, with_alternative
from sfc_sim.scenario.conversions import is_static
from sfc_sim.scenario.premise import Premise, premises_of

if TYPE_CHECKING:
    import xarray as xr

__all__ = ["PREMISES", "premises"]


# What an alternative says, and what is asked for the discount under it, or is drawn anew for it.
Row: TypeAlias = "tuple[str, Callable[[], Answer] | Anew]"


class Flip(NamedTuple):
    """What is assumed, where it is contested, and what else it might be."""

    says: str
    contested: str
    alternatives: Callable[[Case], Iterator[Row]]


def _theories(case: Case) -> Iterator[Row]:
    for theory in existence_theories(case.study.report):
        if theory != case.theory:
            yield theory, partial(_answer, case.study.report, theory)


def _evidence(case: Case) -> Iterator[Row]:
    for name, front in reversed(FRONTS.items()):
        if front != case.study.front and not is_static(case.scenario):
            yield name, Anew(case.scenario, {"evidence": (front, *case.study.observed)})


def _statistic(case: Case) -> Iterator[Row]:
    names = ("recovered_mean", "recovered_mean_standard_error")
    yield "mean of ratios", lambda: case.of_share(*map(case.value, names))


def _correlation(case: Case) -> Iterator[Row]:
    for share in case.study.report["correlated"].values.tolist():
        yield f"{100 * share:g} % of all civilizations", partial(_correlated, case, share)


def _correlated(case: Case, share: float) -> Answer:
    row = case.alone.report.sel(correlated=share)
    return case.of_share(
        1.0 - row["mcs_correlated"].item(), row["mcs_correlated_standard_error"].item()
    )


def _similarity(case: Case) -> Iterator[Row]:
    for q in (1.0, 0.5, 0.0, -0.5):
        if q != case.value("similarity_mean"):
            yield f"q = {q:g}", partial(_similar, case, q)


def _similar(case: Case, q: float) -> Answer:
    kept, share, error = map(
        case.value, ("retention", "recovered_share", "recovered_share_standard_error")
    )
    return case.carried(share * kept * q, error * kept * abs(q))


def _retention(case: Case) -> Iterator[Row]:
    for weighting in ("volume", "starlight", "horizon"):
        same = weighting == "volume" and case.value("retention") == 1.0
        if weighting != case.study.retention and not same:
            yield weighting, partial(_kept, case, weighting)


def _kept(case: Case, weighting: str) -> Answer:
    found = retention(*case.drawn, weighting)
    kappa, error = (found[name].item() for name in ("retention", "retention_standard_error"))
    q, share, own = map(
        case.value, ("similarity_mean", "recovered_share", "recovered_share_standard_error")
    )
    spread = abs(q) * float(np.hypot(share * error, kappa * own))
    return case.carried(share * kappa * q, spread)


def _borders(case: Case) -> Iterator[Row]:
    for rule in ("shared", "winner-takes-all", "trade"):
        yield rule, partial(_contested, case, rule)


def _contested(case: Case, rule: str) -> Answer:
    share = contest(*case.drawn, rule)
    return case.of_share(
        share["recovered_share"].item(), share["recovered_share_standard_error"].item()
    )


def _together(case: Case) -> Iterator[Row]:
    if "fronts" in case.scenario.gives:
        yield "at once, today", partial(_at_once, case)


def _at_once(case: Case) -> Answer:
    draws, weights = case.drawn
    world = worlds(draws, weights, case.theory)
    rivals = np.exp(log_rivals(draws, world))
    fraction = recovered_by_displacement(rivals)
    # What is at stake is what one grabs if all start at once, not what one does at their dates.
    grabbed = world.alone * grabbed_share(rivals)
    return case.of_share(*share_of(world.log_copies, fraction * grabbed, grabbed, world.strata))


def _changes(premise: Premise, case: Case) -> Iterator[Row]:
    """Yield what a premise of the scenario changes, but for what it has already."""
    for words in premise.alternatives:
        changed = with_alternative(case.scenario, premise.name, words)
        if differ(case.scenario, changed):
            yield words, Anew(changed, {})


PREMISES: Final[dict[str, Flip]] = {
    "anthropic theory": Flip(
        "how many like us there are in a world bears on its weight", "Cook 2022", _theories
    ),
    "evidence": Flip("what is known of others", "Olson & Ord 2021", _evidence),
    "statistic": Flip("stakes count once, a ratio of expectations", "", _statistic),
    "correlation": Flip(
        "our choice decides for humanity alone", "Armstrong 2011", _correlation
    ),
    "value of others": Flip(
        "what others would make of resources", "Brauner & Grosse-Holz 2018", _similarity
    ),
    "value kept": Flip("resources keep their value until others come", "Ord 2021", _retention),
    "borders": Flip("who comes first keeps", "Cook 2022", _borders),
    "dates": Flip("civilizations appear at their dates", "", _together),
}  # fmt: skip
"""Premises that every study has, by name."""


def flips_of(scenario: Assumed) -> dict[str, Flip]:
    """Return the premises of studies of a scenario, by name."""
    own = premises_of(scenario)
    for name in own:
        if name in PREMISES:
            raise InputError(
                f"premise '{name}' of scenario '{scenario.name}' has the name of one that every"
                " study has; give it another name"
            )
    return PREMISES | {
        name: Flip(premise.says, premise.contested, partial(_changes, premise))
        for name, premise in own.items()
    }


@validated()
def premises(
    study: Study,
    *,
    theory: str | None = None,
    only: Sequence[str] | None = None,
    causes: CausesLike | None = None,
    draws: int | None = None,
    precision: float | None = None,
    executor: Executor | None = None,
    progress: Progress | None = None,
) -> xr.Dataset:
    """Flip one premise at a time to its alternatives, and return the discount.

    Parameters
    ----------
    study : Study
        From `sfc_sim.assess`.
    theory : str, optional
        Whose discount; by default adt-total, or the first of the report.
    only : sequence of str, optional
        Names of premises: out of `PREMISES`, or those that the scenario and its models say are
        contested; by default all that apply.
    causes : Causes, str or path, optional
        What might end humanity, and what comes after it on Earth: `sfc_sim.decision.load_causes`.
        Every row counts it then, and there are rows for each that it leaves, and for none.
    draws : int, optional
        Of each run that is needed anew, at most; by default as in the report.
    precision : float, optional
        Standard error at which each of these stops. By default as in the report: that of one that
        stopped by itself, none of one of so many draws, nor where `draws` is given.
    executor : concurrent.futures.Executor, optional
        Makes the runs that are needed anew, each a task; results do not depend on it.
    progress : bool or callable, optional
        See `sfc_sim.sample`; called with (alternatives done, alternatives in all).

    Returns
    -------
    xarray.Dataset
        Dim ``row``: ``extinction_discount`` and ``change`` from the first row, "as in the report",
        each with its standard error, at most so great for a change; ``ess`` and ``k_hat``;
        coordinates ``premise``, ``alternative``, ``contested``.
        Numbers that fewer than 30 effective draws carry are NaN.
        The attribute ``left_out`` names premises that do not apply.

    Raises
    ------
    InputError
        If a theory or premise is unknown.

    Notes
    -----
    Rows of correlation count all civilizations at large, whenever they come, and not one that
    starts today as ours does: as their share goes to 0 they do not go to the first row.

    Examples
    --------
    >>> import sfc_sim as sfc
    >>> study = sfc.assess("cook2022-balanced", 2000, rng=7, theories=["prior"])
    >>> premises(study, only=["value of others"]).alternative.values.tolist()
    ['as in the report', 'q = 0.5', 'q = 0', 'q = -0.5']
    """
    theory = existence_theory(study.report, theory)
    known = flips_of(study.scenario)
    chosen = known_names(list(known) if only is None else only, "only", "premise", known)
    if precision is not None:
        number(precision, "precision", 1e-6)
    refuse_counted(study.report)
    rerun = partial(again, study.only(theory), draws=draws, precision=precision)
    case = Case(study, theory, rerun, None if causes is None else as_causes(causes))
    with working(executor=executor), reporting(progress, "flipping premises") as told:
        return flipped(case, {name: known[name] for name in chosen}, told)


def answered(
    case: Case, asked: Sequence[Callable[[], Answer] | Anew], told: Report
) -> Iterator[Answer]:
    """Yield the answer of each alternative; those that need draws of their own are made at once."""
    runs = [ask for ask in asked if isinstance(ask, Anew)]
    anew, done = iter(case.again(runs, part_of(told, 0, len(asked)))), len(runs)
    for ask in asked:
        if isinstance(ask, Anew):
            yield next(anew)
        else:
            yield ask()
            done += 1
            told(done, len(asked))


def flipped(case: Case, chosen: Mapping[str, Flip], told: Report = unheard) -> xr.Dataset:
    """Return the table of chosen premises; see `premises`."""
    import xarray as xr

    base = _answer(case.study.report, case.theory)
    rows: list[tuple[tuple[str, str, str], Answer]] = [(("", "as in the report", ""), base)]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)
        found = {name: list(flip.alternatives(case)) for name, flip in chosen.items()}
        left = [name for name, alternatives in found.items() if not alternatives]
        asked = [ask for alternatives in found.values() for _, ask in alternatives]
        answers = answered(case, asked, told)
        for name, alternatives in found.items():
            for words, _ in alternatives:
                rows.append(((name, words, chosen[name].contested), next(answers)))
    texts, numbers = [row[0] for row in rows], np.array([row[1] for row in rows])
    after = aftermath(case.causes, background_of(case.study.report))
    numbers[:, 0], numbers[:, 1] = after.expected(numbers[:, 0], numbers[:, 1])
    for words, answer in successors(case, base):
        texts.append(("causes of extinction", words, "Ord 2020; Kipping 2020"))
        numbers = np.vstack([numbers, answer])
    numbers[:, :2] = unless_few(numbers[:, :2], numbers[:, 2:3])
    return label(
        xr.Dataset(
            {
                "extinction_discount": ("row", numbers[:, 0]),
                "extinction_discount_standard_error": ("row", numbers[:, 1]),
                "change": ("row", numbers[:, 0] - numbers[0, 0]),
                # As of independent runs: what runs share of their random numbers makes it less.
                "change_standard_error": ("row", np.hypot(numbers[:, 1], numbers[0, 1])),
                "ess": ("row", numbers[:, 2]),
                "k_hat": ("row", numbers[:, 3]),
            },
            coords={
                name: ("row", [text[k] for text in texts])
                for k, name in enumerate(("premise", "alternative", "contested"))
            },
            attrs=case.study.report.attrs | {"theory": case.theory, "left_out": ", ".join(left)},
        )
    )
