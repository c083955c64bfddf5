"""The first part of the page: the question, the answer with its error, and what the words mean."""

from __future__ import annotations

from math import floor, isfinite, log10
from typing import TYPE_CHECKING, Any

from sfc_sim._core.digits import estimate, with_error
from sfc_sim._core.rows import Column, Html, Table, as_html, fill, in_full, joined
from sfc_sim._core.schema import existence_theories
from sfc_sim.decision.rows import apart, by_credence, few_draws, rows
from sfc_sim.report.assumed import known_of
from sfc_sim.report.legend import sentence, terms
from sfc_sim.report.web_parts import listed

if TYPE_CHECKING:
    import xarray as xr

    from sfc_sim.decision.study import Study

__all__ = ["answer", "opening"]

QUESTION = (
    "If humanity dies out before it spreads into space, others may come later and use what it would"
    " have used. The more of that they would recover, the less is lost. How many others are there,"
    " and how much less is it worth to reduce the risk of extinction, because of them?"
)


def opening(study: Study) -> Html:
    """Return question, answer and words of a study, and the list to choose a theory from."""
    report = study.report
    names = existence_theories(report)
    known = "; ".join(known_of(study.scenario, study.evidence))
    rest = (
        f"Computed under the assumptions of {study.scenario.title} ({study.scenario.source}), "
        f"given: {known}. {study.draws.sizes['draw']:,} worlds were drawn; ± is one standard error."
    )
    parts = [
        fill("paragraph", text=QUESTION),
        fill("answer", text=answer(report)),
        fill("paragraph", text=rest),
        as_html(by_theory(study)),
    ]
    if "aggregated_discount" in report:
        parts.append(in_full([by_credence(report)]))
    parts.append(fill("choice", options=joined(fill("option", name=name) for name in names)))
    parts += [fill("told", name=name, text=sentence(report, name)) for name in names]
    if "no_discount" in report.attrs:
        parts.append(fill("note", text=f"{report.attrs['no_discount']}."))
    words = listed(["term", "what it means"], list(terms(study).items()))
    parts.append(fill("more", title="Words and symbols of this page", content=words))
    return joined(parts)


def answer(report: xr.Dataset) -> str:
    """Return the answer in a sentence or two: the discount with its error, over the theories.

    Examples
    --------
    >>> import sfc_sim as sfc
    >>> study = sfc.assess("cook2022-balanced", 2000, rng=7, theories=["prior"])
    >>> answer(study.report).split(" is worth ")[0]
    'Under prior, reducing the risk of extinction'
    """
    known = {
        name: row for name, row in rows(report).items() if isfinite(row["extinction_discount"])
    }
    if not known:
        return "No theory that was asked for gives an answer: see below why."
    ordered = sorted(known, key=lambda name: float(known[name]["extinction_discount"]))
    low, high = ordered[0], ordered[-1]
    than = "than if nobody else would recover what is lost"
    if low == high:
        told = less(known[high])
        return f"Under {high}, reducing the risk of extinction is worth {told} {than}."
    return (
        f"Reducing the risk of extinction is worth {less(known[low])} (under {low}) to "
        f"{less(known[high])} (under {high}) {than}. Between them stands the anthropic theory: "
        "what it tells us of others that we are here."
    )


def less(row: dict[str, Any]) -> str:
    """Return a discount in per cent with its error, as less or more; a bound where it may be all.

    Examples
    --------
    >>> less({"extinction_discount": 0.703, "extinction_discount_standard_error": 0.009})
    '70.3 ± 0.9 % less'
    >>> less({"extinction_discount": 0.999, "extinction_discount_standard_error": 0.01})
    '>97 % less'
    """
    value, error = (100.0 * row[f"extinction_discount{end}"] for end in ("", "_standard_error"))
    word = "less" if value >= 0.0 else "more"
    told = estimate(abs(value), error, whole=100.0)
    if error > 0.0 and told[0] not in "<>":
        places = max(0, -floor(log10(error)))
        told = (
            with_error(abs(value), error)
            if places > 3
            else f"{abs(value):.{places}f} ± {error:.{places}f}"
        )
    return f"{told} % {word}"


def by_theory(study: Study) -> Table:
    """Return the two numbers of the question by theory, beside what each theory says."""
    report = study.report
    said = {theory.name: theory.meaning for theory in study.theories}
    found = rows(report)
    few = few_draws(report)

    def number(name: str, value: str) -> str:
        row = found[name]
        return with_error(row[value], row[f"{value}_standard_error"])

    body = tuple(
        {
            "theory": name + "*" * (name in few),
            "counts": said[name],
            "alone": number(name, "probability_alone"),
            "less": less(found[name]) if isfinite(found[name]["extinction_discount"]) else "-",
        }
        for name in found
    )
    columns = (
        Column("theory", "anthropic theory"),
        Column("less", "survival is worth", number=True),
        Column("alone", "chance that we are alone (fewer than one other expected)", number=True),
        Column("counts", "what it weighs worlds by"),
    )
    return Table(columns, body, group=apart(report))
