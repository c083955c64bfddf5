"""The sections of a page on what to do, and on what it would be worth to know."""

from __future__ import annotations

from math import isnan
from typing import TYPE_CHECKING

from sfc_sim._core.digits import with_error
from sfc_sim._core.rows import Html, fill, joined
from sfc_sim._core.schema import existence_theories
from sfc_sim.analysis.flip_table import ERRED
from sfc_sim.analysis.information import value_of_information
from sfc_sim.decision.effort import INTERVENTIONS, priorities
from sfc_sim.decision.rows import believed
from sfc_sim.decision.study import Study
from sfc_sim.inference.credence import aggregate
from sfc_sim.report.legend import marked
from sfc_sim.report.web_parts import listed, picture, under

if TYPE_CHECKING:
    import xarray as xr

__all__ = ["information", "interventions"]


def interventions(study: Study) -> Html:
    """Return the worth of effort, by theory and by rule of aggregation."""
    report, found = study.report, priorities(study, rng=study.seed)
    parts = [
        under(name, *_ranked(report, found, name), opened=not k)
        for k, name in enumerate(existence_theories(report))
    ]
    note = (
        f"p(survive) {found.attrs['p_survive']}, p(aligned) {found.attrs['p_aligned']}, misaligned "
        f"{found.attrs['misaligned']}, all tractabilities 1: placeholders. Units differ; only with "
        "tractabilities is this a ranking."
    )
    parts.append(fill("note", text=note))
    return joined([*parts, *(_by_rule(study, found) if study.credences else ())])


def _ranked(report: xr.Dataset, found: xr.Dataset, theory: str) -> list[Html]:
    """Return table and figure of the interventions under one theory."""
    from sfc_sim import plotting

    row = found.sel(theory=theory)
    names = found["intervention"].values.tolist()
    apart = "priority_ratio_without_others" in found
    lines = []
    for name in sorted(names, key=lambda n: int(row["rank"].sel(intervention=n))):
        one = row.sel(intervention=name)
        low, high = (float(one["priority_quantile"].sel(quantile=q)) for q in (0.05, 0.95))
        line = [
            name, INTERVENTIONS[name].meaning, f"{float(one['priority']):.3g}",
            f"{low:.3g} to {high:.3g}", said(one, "priority_ratio"),
        ]  # fmt: skip
        line += [said(one, "priority_ratio_without_others")] if apart else []
        lines.append([*line, INTERVENTIONS[name].unit])
    whose = marked(report, theory)
    headings = ["intervention", "what it does", "value", "90 %", "over extinction"]
    headings += ["the same without aliens"] if apart else []
    return [
        listed([*headings, "per unit of"], lines, range(2, len(headings))),
        *([fill("note", text=f"Under {whose}.")] if whose != theory else []),
        picture(plotting.priorities(found, theory=theory), "priorities"),
    ]


def said(row: xr.Dataset, name: str) -> str:
    """Return a ratio with its standard error, if it has one; undefined where it is no number.

    Examples
    --------
    >>> import xarray as xr
    >>> said(xr.Dataset({"ratio": 2.0, "ratio_standard_error": 0.1}), "ratio")
    '2.0 ± 0.1'
    """
    value, error = float(row[name]), float(row.get(f"{name}_standard_error", 0.0))
    if isnan(value):
        return "undefined"
    if not error > 1e-6 * abs(value):
        return f"{value:.3g}"
    if 10.0 <= error < 1e6:
        return f"{value:,.0f} ± {error:,.0f}"
    return with_error(value, error) if error < 10.0 else f"{value:.3g} ± {error:.2g}"


def _by_rule(study: Study, found: xr.Dataset) -> list[Html]:
    """Return discount and ranks by rule of aggregation."""
    rules = aggregate(found)
    names = rules["intervention"].values.tolist()

    def discount(rule: str) -> str:
        row = rules.sel(aggregation=rule)
        return with_error(*(float(row[f"aggregated_discount{end}"]) for end in ERRED))

    lines = [
        [str(rule), discount(rule),
         *(str(int(rules["rank"].sel(aggregation=rule, intervention=n))) for n in names)]
        for rule in rules["aggregation"].values
    ]  # fmt: skip
    return [
        fill("paragraph", text=f"With credences {believed(study.report)}: discount and ranks."),
        listed(["rule", "discount", *names], lines, range(1, 2 + len(names))),
    ]


def information(study: Study) -> Html:
    """Return the value of information on an input."""
    from sfc_sim import plotting

    found = value_of_information(study)
    note = (
        "For a choice between reducing extinction risk and alignment, with tractabilities that "
        "make both equally good now: the closest decision there is."
    )
    shown = picture(plotting.information(found), "information")
    return joined([shown, fill("note", text=note)])
