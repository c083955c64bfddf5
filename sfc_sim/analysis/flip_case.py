"""A study whose premises are flipped, and the discount under each alternative."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property, partial
from typing import TYPE_CHECKING, Any, NamedTuple, final

from sfc_sim._core.progress import Report, unheard
from sfc_sim._core.work import in_order
from sfc_sim.analysis.assessment import assess_again
from sfc_sim.decision.aftermath import aftermath, background_of
from sfc_sim.decision.causes import Causes
from sfc_sim.decision.study import Study
from sfc_sim.scenario.assumed import Assumed

if TYPE_CHECKING:
    import xarray as xr

__all__ = ["Anew", "Answer", "Case", "again", "successors"]


class Answer(NamedTuple):
    """A discount, its standard error, the effective draws it rests on, and their tail."""

    discount: float
    error: float
    ess: float
    k_hat: float


class Anew(NamedTuple):
    """What has to be drawn anew: a scenario, and what else of the study changes."""

    scenario: Assumed | str
    changes: dict[str, Any]


@final
@dataclass(frozen=True)
class Case:
    """The study whose premises are flipped, and the theory looked at."""

    study: Study
    theory: str
    # Makes the reports of other scenarios; theories of one report may share what it makes.
    rerun: Callable[[Sequence[Anew], Report], list[xr.Dataset]] | None = None
    # What might end humanity; where it is given, discounts are counted with it in the end.
    causes: Causes | None = None

    @property
    def scenario(self) -> Assumed:
        """What the study is of."""
        return self.study.scenario

    @cached_property
    def alone(self) -> Study:
        """The study of the theory alone."""
        return self.study.only(self.theory)

    @property
    def drawn(self) -> tuple[xr.Dataset, xr.Dataset]:
        """Draws, and weights under the theory alone."""
        return self.alone.draws, self.alone.weights

    def value(self, name: str) -> float:
        """Return a number of the report under the theory."""
        return float(self.alone.report[name].item())

    def of_share(self, share: float, error: float) -> Answer:
        """Return the discount that another recovered share gives: times kappa q."""
        per_share = self.value("similarity_mean") * self.value("retention")
        return self.carried(share * per_share, error * abs(per_share))

    def carried(self, discount: float, error: float) -> Answer:
        """Return an answer that the draws of the report carry."""
        return Answer(discount, error, self.value("ess"), self.value("k_hat"))

    def again(self, asked: Sequence[Anew], told: Report) -> list[Answer]:
        """Return the discount of each other scenario, or evidence: drawn anew, and aimed at it."""
        made = self.rerun or partial(again, self.alone)
        return [answer_in(report, self.theory) for report in made(asked, told)]


def successors(case: Case, base: Answer) -> Iterator[tuple[str, Answer]]:
    """Yield the discount if nobody comes after us on Earth, and after each cause that differs.

    Parameters
    ----------
    case : Case
        Whose causes; without any there is nothing to yield.
    base : Answer
        The discount with nobody after us.
    """
    if case.causes is None:
        return
    yield "nobody on Earth after us", base
    background = background_of(case.study.report)
    for word, name in case.causes.outcomes.items():
        after = aftermath(case.causes.only(name), background)
        yield word, Answer(*after.expected(base.discount, base.error), *base[2:])


def again(
    study: Study, asked: Sequence[Anew], told: Report = unheard, **ends: Any
) -> list[xr.Dataset]:
    """Return the reports of other scenarios or evidence; their draws may be let go."""
    tasks = [(scenario, changes | ends) for scenario, changes in asked]
    return in_order(
        _report_of, study.without_draws(), tasks, told, lambda *what: f"the run of {what[0]}",
        long=True,
    )  # fmt: skip


def _report_of(study: Study, scenario: Assumed | str, changes: dict[str, Any]) -> xr.Dataset:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)
        return assess_again(study, scenario, **changes).report


def answer_in(report: xr.Dataset, theory: str) -> Answer:
    """Return the discount of a theory in a report."""
    row = report.sel(theory=theory)
    names = ("extinction_discount", "extinction_discount_standard_error", "ess", "k_hat")
    return Answer(*(float(row[name]) for name in names))
