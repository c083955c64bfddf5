"""The report of a study by anthropic theory: what was assumed, and the rows of its tables."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from math import floor, isfinite, isnan, log10
from typing import TYPE_CHECKING, Any, final

from sfc_sim._core.digits import count, with_error
from sfc_sim._core.few import FEWEST, HEAVY, SMALL_SAMPLE
from sfc_sim._core.rows import Column, Document, Row, Table, items

if TYPE_CHECKING:
    import xarray as xr

    from sfc_sim.inference.evidence import EvidenceLike
    from sfc_sim.scenario.scenario import Scenario

__all__ = [
    "ADDED",
    "EVIDENCE_MEANING",
    "TheoryReport",
    "assumptions",
    "by_credence",
    "counted",
    "few_draws",
    "known_of",
    "rows",
    "steady",
    "tables",
]

EVIDENCE_MEANING = {
    "nothing-visible": "no front of expanding civilizations in our past light cone",
    "not-engulfed": "no front of expanding civilizations has reached Earth",
    "none": "nothing is conditioned on",
}


def assumptions(scenario: Scenario, draws: str, seed: int, evidence: EvidenceLike) -> str:
    """Return the assumptions of a run, an item each, wrapped to the terminal."""
    from sfc_sim.scenario.conversions import is_static

    status = Counter(parameter.status for parameter in scenario.parameters.values())
    known = ", ".join(f"{status[word]} {word}" for word in ("verified", "secondary", "assumed"))
    words = {
        "scenario": f"{scenario.name} - {scenario.title}",
        "source": scenario.source,
        "models": f"{scenario.appearance} x {scenario.expansion}",
        "parameters": f"{len(scenario.parameters)}, of which {known}",
        "cosmology": scenario.cosmology,
        "evidence": "; ".join(known_of(scenario, evidence)),
        "draws": f"{draws}; seed {seed}",
    }
    if is_static(scenario):
        words["our addition"] = ADDED
    return items(words) + "\n"


ADDED = (
    "expansion: the source has none. Its civilizations are taken to expand, all at once, and to "
    "share space (displacement); what follows from that is not the source's"
)


def known_of(scenario: Scenario, evidence: EvidenceLike) -> list[str]:
    """Return the evidence, and evidence asked for that this scenario cannot use.

    Examples
    --------
    >>> from sfc_sim.scenario import load_scenario
    >>> known_of(load_scenario("sandberg2018"), "nothing-visible")
    ['not used: nothing-visible, as this scenario has no dates and so no fronts']
    """
    from sfc_sim.inference.evidence import EarthHistory, read_evidence
    from sfc_sim.scenario.conversions import is_static

    front, observations = read_evidence(evidence)
    given = scenario.appearance.given
    found = [f"{each.name} - {each.meaning}" for each in observations]
    timeline = "log_earth_likelihood" in scenario.gives
    if timeline and front != "none" and not any(isinstance(e, EarthHistory) for e in observations):
        found.append(f"earth-history - {EarthHistory().meaning}")
    if given:
        found.insert(0, f"{given} - {EVIDENCE_MEANING[given]}, given by the model in any case")
    elif is_static(scenario) and front != "none":
        found.append(f"not used: {front}, as this scenario has no dates and so no fronts")
    elif front != "none" or not found:
        found.insert(0, f"{front} - {EVIDENCE_MEANING[front]}")
    return found


def rows(report: xr.Dataset) -> dict[str, dict[str, Any]]:
    """Return every variable of a report by theory; one with quantiles or classes is a table."""
    found = {}
    for theory in report["theory"].values.tolist():
        row: dict[str, Any] = {}
        for name, values in report.sel(theory=theory).data_vars.items():
            if values.ndim == 0:
                row[str(name)] = values.item()
            else:
                labels = map(str, values[values.dims[0]].values.tolist())
                row[str(name)] = dict(zip(labels, values.values.tolist(), strict=True))
        found[theory] = row
    return found


def counted(name: str, *places: str) -> Callable[[Row], str]:
    """Return a formatter for quantiles of a count, each with the digits of its own error."""

    def one(row: Row, place: str) -> str:
        value = row[name][place]
        low, high = (row[f"{name}_{end}"][place] for end in ("low", "high"))
        if low == high and len(set(row[name].values())) > 1:  # the last of few draws: no error
            low, high = 0.0, 100.0 * value
        return count(value, 0.5 * (high - low) if isfinite(high) else 0.0)

    return lambda row: " to ".join(one(row, place) for place in places)


def steady(name: str) -> Callable[[Row], str]:
    """Return a formatter for a variable with its standard error."""

    def shown(row: Row) -> str:
        value = row[name]
        if not isfinite(value):
            return "-"
        star = "*" if row.get(f"{name}_ess", FEWEST) < FEWEST else ""
        return with_error(value, row[f"{name}_standard_error"]) + star

    return shown


def effective(row: Row) -> str:
    """Return the effective draws to three digits."""
    size = row["ess"]
    return f"{round(size, 2 - floor(log10(size))):,.0f}"


def shared(name: str, heading: str) -> Column:
    """Return the column of a variable that has a standard error."""
    return Column(name, heading, steady(name), number=True)


def quantiles(name: str, heading: str, *places: str) -> Column:
    """Return the column of some quantiles of a count."""
    return Column(name, heading, counted(name, *places), number=True)


TABLES: dict[str, tuple[Column, ...]] = {
    "In the Galaxy, now (what the source counts)": (
        shared("probability_alone_in_galaxy", "alone in\nthe Galaxy (< 1\nexpected)"),
        quantiles("galaxy_number", "civilizations\nN:\nmedian", "0.5"),
        quantiles("galaxy_number", "90 % of\nworlds\n", "0.05", "0.95"),
    ),
    "How many others": (
        shared("probability_alone", "alone in\nuniverse (< 1\nexpected)"),
        quantiles("civilizations_actual", "SFCs per\nuniverse:\nmedian", "0.5"),
        quantiles("civilizations_actual", "90 % of\nworlds\n", "0.05", "0.95"),
        Column("ess", "effective\ndraws", effective, number=True),
    ),
    "What reducing extinction risk is worth": (
        shared("held_of_alone", "held of\nvolume\nif alone"),
        shared("recovered_share", "recovered\nshare\ns"),
        shared("extinction_discount", "less than if\nnone recover:\ns κ q"),
        shared("discount_with_nobody_else", "less than\nwith nobody\nelse at all"),
    ),
}

FOOTNOTE = (
    f"* theory: its weights have too heavy a tail (k-hat > {HEAVY:g}) or fewer than "
    f"{SMALL_SAMPLE:.0f} effective draws, so its errors are not reliable; number: fewer than "
    f"{FEWEST:.0f} draws carry it. Ask for that theory alone (--theory), or more --draws"
)


@final
@dataclass(frozen=True)
class TheoryReport(Document):
    """The report of a study, a row per theory."""

    report: xr.Dataset

    def blocks(self) -> list[Table]:
        """Return the tables for people, the last with notes on all of them."""
        few = few_draws(self.report)
        found = tables(self.report, few)
        starred = any("*" in cell for table in found for row in table.cells() for cell in row)
        if "aggregated_discount" in self.report:
            found.append(by_credence(self.report))
        found[-1] = replace(found[-1], notes=self.notes(starred=starred), hang=2)
        return found

    def notes(self, *, starred: bool) -> tuple[str, ...]:
        """Return notes: the meaning of stars, and theories without precision or discount."""
        attrs, found = self.report.attrs, [FOOTNOTE] if starred else []
        if attrs.get("imprecise"):
            found.append(
                f"! not precise to {attrs['precision']}: {attrs['imprecise']}. More --draws, or "
                "fewer theories"
            )
        if "no_discount" in attrs:
            found.append(f"- {attrs['no_discount']}")
        return tuple(found)

    def records(self) -> list[Row]:
        """Return every variable, a row per theory."""
        return [{"theory": theory, **row} for theory, row in rows(self.report).items()]

    def content(self) -> dict[str, Any]:
        """Return ``theories`` and ``attrs``."""
        return {"theories": rows(self.report), "attrs": self.report.attrs}


def tables(report: xr.Dataset, few: Sequence[str] = ()) -> list[Table]:
    """Return the tables of which a report has a column; the theories of `few` have a star."""
    found = []
    body = tuple(
        {"theory": name + "*" * (name in few), **row} for name, row in rows(report).items()
    )
    for title, every in TABLES.items():
        known = tuple(column for column in every if column.name in report)
        if known:
            found.append(Table((Column("theory"), *known), body, title))
    return found


def by_credence(report: xr.Dataset) -> Table:
    """Return the aggregate over theories, by rule, as a table."""
    credences = json.loads(report.attrs["credences"])
    listed = ", ".join(f"{name} {credence:g}" for name, credence in credences.items())
    body = []
    for rule in report["aggregation"].values.tolist():
        row = report.sel(aggregation=rule)
        value = float(row["aggregated_discount"])
        error = float(row.get("aggregated_discount_standard_error", float("nan")))
        body.append(
            {"rule": f"  {rule}", "told": "-" if isnan(value) else with_error(value, error)}
        )
    title = f"By credence ({listed}): worth less than if nobody recovered, by rule"
    return Table((Column("rule", ""), Column("told", "")), tuple(body), title)


def few_draws(report: xr.Dataset) -> list[str]:
    """Return the theories that rest on too few draws for their numbers to be trusted.

    Examples
    --------
    >>> import xarray as xr
    >>> names = {"theory": ["sia", "prior"]}
    >>> few_draws(xr.Dataset({"ess": ("theory", [71.0, 5000.0])}, names))
    ['sia']
    """
    from sfc_sim._core.effective import unsteady

    return [str(name) for name in report["theory"].values[unsteady(report)]]
