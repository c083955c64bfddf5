"""Scenarios and what their sources claim, as notebooks show them; all text is escaped."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from sfc_sim._core.rows import Column, Html, Table, as_html, fill, framed, joined, linked

if TYPE_CHECKING:
    from sfc_sim.scenario.claim import Claim
    from sfc_sim.scenario.mixture import ScenarioMixture
    from sfc_sim.scenario.parameter import Parameter
    from sfc_sim.scenario.scenario import Scenario

__all__ = ["claim_html", "mixture_html", "scenario_html"]


def scenario_html(scenario: Scenario) -> Html:
    """Return what a scenario assumes, its parameters, and what its source claims.

    Examples
    --------
    >>> from sfc_sim.scenario import load_scenario
    >>> scenario_html(load_scenario("sandberg2018-toy")).count("<table>")
    3
    """
    told = {
        "model": f"{scenario.appearance} x {scenario.expansion}",
        "options": ", ".join(f"{key} = {value}" for key, value in scenario.options.items()),
        "cosmology": scenario.cosmology,
        "source": linked(scenario.source, scenario.reference),
        "assumes": scenario.assumes,
        "hash": scenario.hash,
    }
    parts = [
        fill("heading", text=f"{scenario.name}: {scenario.title}"),
        _pairs({word: said for word, said in told.items() if said}),
        _parameters(scenario.parameters),
    ]
    if scenario.claims:
        many = f"What the source claims ({len(scenario.claims)})"
        parts.append(fill("more", title=many, content=_claims(scenario.claims)))
    return framed(joined(parts))


def mixture_html(mixture: ScenarioMixture) -> Html:
    """Return the scenarios of a mixture, the credence in each, and the parameters of all."""
    rows = tuple(
        {"credence": f"{credence:g}", "scenario": part.name, "title": part.title,
         "source": part.source}
        for credence, part in zip(mixture.credences, mixture.scenarios, strict=True)
    )  # fmt: skip
    table = as_html(Table(tuple(map(Column, rows[0])), rows))
    heading = fill("heading", text=mixture.title)
    return framed(joined([heading, table, _parameters(mixture.parameters)]))


def claim_html(claim: Claim) -> Html:
    """Return one claim, with its tolerance and source."""
    return framed(_claims([claim]))


def _pairs(told: Mapping[str, str]) -> Html:
    """Return words and what is said of each, without headings."""
    rows = (
        fill("row", cells=fill("heading-text", text=word) + fill("cell-prose", text=said))
        for word, said in told.items()
    )
    return fill("table", heading="", body=joined(rows))


def _parameters(parameters: Mapping[str, Parameter]) -> Html:
    """Return the parameters, a row each."""
    rows = tuple(
        {"parameter": p.name, "prior": repr(p.distribution), "unit": p.unit, "meaning": p.meaning,
         "source": p.source, "status": p.status}
        for p in parameters.values()
    )  # fmt: skip
    return as_html(Table(tuple(map(Column, rows[0])), rows)) if rows else Html()


def _claims(claims: Sequence[Claim]) -> Html:
    """Return claims, a row each."""
    rows = tuple(
        {"quantity": c.quantity, "published": f"{c.published:g}", "tolerance": f"{c.tolerance:g}",
         "reproduced": "yes" if c.reproduced else "no", "source": c.source, "status": c.status,
         "notes": " ".join(filter(None, [f"Tolerance: {c.reason}.", c.note]))}
        for c in claims
    )  # fmt: skip
    return as_html(Table(tuple(map(Column, rows[0])), rows))
