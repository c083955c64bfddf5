"""A report as text: what was assumed, tables for people, JSON and CSV for programs."""

from __future__ import annotations

import csv
import io
import json
from collections import Counter
from collections.abc import Callable, Mapping
from math import floor, isfinite, isnan, log10
from typing import TYPE_CHECKING, Any, NamedTuple

from sfc_sim._digits import count, with_error
from sfc_sim._errors import printable
from sfc_sim._few import FEWEST, HEAVY, SMALL_SAMPLE
from sfc_sim._tables import filled, items

if TYPE_CHECKING:
    import xarray as xr

    from sfc_sim.observations import EvidenceLike
    from sfc_sim.scenario import Scenario

__all__ = ["EVIDENCE_MEANING", "STYLES", "TABLES", "assumptions", "few_draws", "shown"]

EVIDENCE_MEANING = {
    "nothing-visible": "no front of expanding civilizations in our past light cone",
    "not-engulfed": "no front of expanding civilizations has reached Earth",
    "none": "nothing is conditioned on",
}

Row = Mapping[str, Any]


def assumptions(scenario: Scenario, draws: str, seed: int, evidence: EvidenceLike) -> str:
    """Return what a run assumes, an item each, wrapped to the terminal."""
    from sfc_sim.conversions import is_static

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
    """Return what is conditioned on, and what was asked for that this scenario cannot use.

    Examples
    --------
    >>> from sfc_sim.scenario import load_scenario
    >>> known_of(load_scenario("sandberg2018"), "nothing-visible")
    ['not used: nothing-visible, as this scenario has no dates and so no fronts']
    """
    from sfc_sim.conversions import is_static
    from sfc_sim.observations import EarthHistory, read_evidence

    front, observations = read_evidence(evidence)
    given = scenario.models[0].given
    found = [f"{each.name} - {each.meaning}" for each in observations]
    timeline = scenario.appearance == "earth-history"
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


def as_json(report: xr.Dataset) -> str:
    """Return one JSON object: ``theories`` and ``attrs``; what is infinite is null."""

    def plain(value: Any) -> Any:
        if isinstance(value, dict):
            return {key: plain(item) for key, item in value.items()}
        return value if isfinite(value) else None

    content = {"theories": plain(rows(report)), "attrs": report.attrs}
    return json.dumps(content, indent=2, ensure_ascii=False, allow_nan=False)


def as_csv(report: xr.Dataset) -> str:
    """Return a line per theory; a variable with quantiles or classes takes a column for each."""
    lines = []
    for theory, row in rows(report).items():
        line = {"theory": theory}
        for name, value in row.items():
            inner = value if isinstance(value, dict) else {"": value}
            line |= {f"{name}_{label}".rstrip("_"): item for label, item in inner.items()}
        lines.append(line)
    text = io.StringIO()
    writer = csv.DictWriter(text, list(lines[0]), lineterminator="\n")
    writer.writeheader()
    writer.writerows(lines)
    return printable(text.getvalue().rstrip("\n"))


def counted(name: str, *places: str) -> Callable[[Row], str]:
    """Return what prints quantiles of a count, each with the digits of its own error."""

    def one(row: Row, place: str) -> str:
        value = row[name][place]
        low, high = (row[f"{name}_{end}"][place] for end in ("low", "high"))
        if low == high and len(set(row[name].values())) > 1:  # the last of few draws: no error
            low, high = 0.0, 100.0 * value
        return count(value, 0.5 * (high - low) if isfinite(high) else 0.0)

    return lambda row: " to ".join(one(row, place) for place in places)


def steady(name: str) -> Callable[[Row], str]:
    """Return what prints a variable with its standard error."""

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


class Column(NamedTuple):
    """A column of a table: the variable it needs, three lines of heading, what goes below."""

    needs: str
    heading: tuple[str, str, str]
    show: Callable[[Row], str]


class Table(NamedTuple):
    """A table with a row per theory: its title, and its columns."""

    title: str
    columns: tuple[Column, ...]

    def cells(self, report: xr.Dataset) -> tuple[list[tuple[str, str, str]], list[list[str]]]:
        """Return headings and rows, of the columns that the report has."""
        known = [column for column in self.columns if column.needs in report]
        body = [
            [name, *(column.show(row) for column in known)] for name, row in rows(report).items()
        ]
        return [("", "", "theory"), *(column.heading for column in known)], body


ESS = Column("ess", ("", "effective", "draws"), effective)

TABLES = (
    Table(
        "In the Galaxy, now (what the source counts)",
        (
            Column(
                "probability_alone_in_galaxy",
                ("alone in", "the Galaxy", "(N < 1)"),
                steady("probability_alone_in_galaxy"),
            ),
            Column(
                "galaxy_number",
                ("civilizations", "N:", "median"),
                counted("galaxy_number", "0.5"),
            ),
            Column(
                "galaxy_number", ("90 % of", "worlds", ""), counted("galaxy_number", "0.05", "0.95")
            ),
        ),
    ),
    Table(
        "How many others",
        (
            Column(
                "probability_alone",
                ("alone in", "observable", "universe"),
                steady("probability_alone"),
            ),
            Column(
                "civilizations_actual",
                ("SFCs per", "universe:", "median"),
                counted("civilizations_actual", "0.5"),
            ),
            Column(
                "civilizations_actual",
                ("90 % of", "worlds", ""),
                counted("civilizations_actual", "0.05", "0.95"),
            ),
            ESS,
        ),
    ),
    Table(
        "What reducing extinction risk is worth",
        (
            Column("held_of_alone", ("held of", "volume", "if alone"), steady("held_of_alone")),
            Column(
                "recovered_share", ("recovered", "share", "s"), steady("recovered_share")
            ),
            Column(
                "extinction_discount",
                ("less than if", "none recover:", "s kappa q"),
                steady("extinction_discount"),
            ),
            Column(
                "discount_with_nobody_else",
                ("less than", "with nobody", "else at all"),
                steady("discount_with_nobody_else"),
            ),
        ),
    ),
)  # fmt: skip

FOOTNOTE = (
    f"* theory: its weights have too heavy a tail (k-hat > {HEAVY:g}) or fewer than "
    f"{SMALL_SAMPLE:.0f} effective draws, so that errors do not hold; number: fewer than "
    f"{FEWEST:.0f} draws carry it. Ask for that theory alone (--theory), or more --draws"
)


def text_of(table: Table, report: xr.Dataset) -> str:
    """Return a table for people, numbers to the right."""
    heading, body = table.cells(report)
    if few := few_draws(report):
        for row in body:
            row[0] += "*" * (row[0] in few)
    cells = [[column[k] for column in heading] for k in range(3)] + body
    widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
    lines = [
        "  ".join([line[0].ljust(widths[0]), *map(str.rjust, line[1:], widths[1:])]).rstrip()
        for line in cells
    ]
    lines.insert(3, "-" * max(map(len, lines)))
    return "\n".join([table.title, *lines])


def as_table(report: xr.Dataset) -> str:
    """Return the tables for people, with a footnote on rows that rest on few draws."""
    parts = [text_of(each, report) for each in shown(report)]
    few = "*" in "".join(part.split("\n", 1)[1] for part in parts)
    if "aggregated_discount" in report:
        parts.append(by_credence(report))
    notes = [filled(FOOTNOTE, indent="  ")] if few else []
    if report.attrs.get("imprecise"):
        text = f"not precise to {report.attrs['precision']}: {report.attrs['imprecise']}."
        notes.append(filled(f"! {text} More --draws, or fewer theories", indent="  "))
    if "no_discount" in report.attrs:
        notes.append(filled(f"- {report.attrs['no_discount']}", indent="  "))
    return "\n\n".join(parts) + "".join(f"\n{note}" for note in notes)


def shown(report: xr.Dataset) -> list[Table]:
    """Return the tables of which a report has a column."""
    return [each for each in TABLES if any(column.needs in report for column in each.columns)]


def by_credence(report: xr.Dataset) -> str:
    """Return what credences in the theories come to together, by rule."""
    credences = json.loads(report.attrs["credences"])
    listed = ", ".join(f"{name} {credence:g}" for name, credence in credences.items())
    lines = [f"By credence ({listed}): worth less than if nobody recovered, by rule"]
    for rule in report["aggregation"].values.tolist():
        row = report.sel(aggregation=rule)
        value = float(row["aggregated_discount"])
        error = float(row.get("aggregated_discount_standard_error", float("nan")))
        told = "-" if isnan(value) else with_error(value, error)
        lines.append(f"  {rule:<20} {told}")
    return "\n".join(lines)


def few_draws(report: xr.Dataset) -> list[str]:
    """Return the theories that rest on too few draws for their numbers to be trusted.

    Examples
    --------
    >>> import xarray as xr
    >>> names = {"theory": ["sia", "prior"]}
    >>> few_draws(xr.Dataset({"ess": ("theory", [71.0, 5000.0])}, names))
    ['sia']
    """
    from sfc_sim._effective import unsteady

    return [str(name) for name in report["theory"].values[unsteady(report)]]


STYLES: dict[str, Callable[[xr.Dataset], str]] = {
    "table": as_table,
    "json": as_json,
    "csv": as_csv,
}
