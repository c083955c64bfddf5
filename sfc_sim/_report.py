"""A report as text: what was assumed, a table for people, JSON and CSV for programs."""

from __future__ import annotations

import csv
import io
import json
from collections import Counter
from collections.abc import Callable, Mapping
from math import floor, isfinite, log10
from typing import TYPE_CHECKING, Any, NamedTuple

from sfc_sim._digits import count, estimate

if TYPE_CHECKING:
    import xarray as xr

    from sfc_sim.observations import EvidenceLike
    from sfc_sim.scenario import Scenario

__all__ = ["EVIDENCE_MEANING", "STYLES", "assumptions", "conclusion", "few_draws"]

WIDTH = 100

EVIDENCE_MEANING = {
    "nothing-visible": "no front of expanding civilizations in our past light cone",
    "not-engulfed": "no front of expanding civilizations has reached Earth",
    "none": "nothing is conditioned on",
}

# A row with fewer effective draws is marked.
FEW_DRAWS = 1000.0

Row = Mapping[str, Any]


def assumptions(scenario: Scenario, draws: int, seed: int, evidence: EvidenceLike) -> str:
    """Return what a run assumes, a line each."""
    from sfc_sim.observations import read_evidence

    front, observations = read_evidence(evidence)
    known_of = [f"{each.name} - {each.meaning}" for each in observations]
    if front != "none" or not known_of:
        known_of.insert(0, f"{front} - {EVIDENCE_MEANING[front]}")
    status = Counter(parameter.status for parameter in scenario.parameters.values())
    known = ", ".join(f"{status[word]} {word}" for word in ("verified", "secondary", "assumed"))
    lines = {
        "scenario": f"{scenario.name} - {scenario.title}",
        "source": scenario.source,
        "models": f"{scenario.appearance} x {scenario.expansion}",
        "parameters": f"{len(scenario.parameters)}, of which {known}",
        "cosmology": scenario.cosmology,
        "evidence": "; ".join(known_of),
        "draws": f"{draws:,}, seed {seed}",
    }
    return "\n".join(f"{name:<12}{text}" for name, text in lines.items()) + "\n"


def conclusion_words(report: xr.Dataset) -> str:
    """Return the legend of what is printed, without the time that it took."""
    return conclusion(report).rsplit("took", 1)[0].strip()


def conclusion(report: xr.Dataset) -> str:
    """Return what follows the table: its words, what the answer hangs on, the time."""
    from sfc_sim.anthropics import THEORIES
    from sfc_sim.similarity import in_words

    words = {name: THEORIES[name].meaning for name in report["theory"].values.tolist()}
    words |= {
        "SFC": "space-faring civilization: one that expands at a good part of light speed",
        "s": "share of what humanity would take that others would take without it",
        "q": f"value per resource of others over ours, here {in_words(report.attrs['similarity'])}",
    }
    legend = [f"{name:<19}{text}" for name, text in words.items()]
    hangs = "What drives it\n" + report.attrs["hangs_on"]
    return "\n".join(["", *legend, "", hangs, "", f"took {report.attrs['seconds']} s"])


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
    return text.getvalue().rstrip("\n")


def counts(row: Row) -> str:
    """Return median and 90 % interval of the expanding civilizations."""
    low, median, high = (count(row["civilizations_actual"][q]) for q in ("0.05", "0.5", "0.95"))
    return f"{median} ({low} to {high})"


def steady(name: str) -> Callable[[Row], str]:
    """Return what prints a variable with the digits that its standard error allows."""
    return lambda row: (
        estimate(row[name], row[f"{name}_standard_error"]) if isfinite(row[name]) else "-"
    )


def effective(row: Row) -> str:
    """Return the effective draws to three digits, marked where they are few."""
    size = row["ess"]
    shown = f"{round(size, 2 - floor(log10(size))):,.0f}"
    return shown + ("*" if size < FEW_DRAWS else " ")


class Column(NamedTuple):
    """A column of the table: three lines of heading, and what goes below."""

    heading: tuple[str, str, str]
    show: Callable[[Row], str]


COLUMNS = (
    Column(("alone in", "observable", "universe"), steady("probability_alone")),
    Column(("SFCs per observable", "universe: median", "(90 % interval)"), counts),
    Column(("held of", "reachable", "volume"), steady("share_of_reach")),
    Column(("recovered", "share", "s"), steady("recovered_share")),
    Column(("extinction", "discount", "s q"), steady("extinction_discount")),
    Column(("effective", "draws", ""), effective),
)


def as_table(report: xr.Dataset) -> str:
    """Return the table for people, with a footnote on rows that rest on few draws."""
    cells = [[("", "", "theory")[k], *(column.heading[k] for column in COLUMNS)] for k in range(3)]
    for theory, row in rows(report).items():
        cells.append([theory, *(column.show(row) for column in COLUMNS)])
    widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
    lines = [
        "  ".join([line[0].ljust(widths[0]), *map(str.rjust, line[1:], widths[1:])]).rstrip()
        for line in cells
    ]
    lines.insert(3, "-" * max(map(len, lines)))
    if few_draws(report):
        lines.append(
            f"* fewer than {FEW_DRAWS:,.0f} effective draws: take more (--draws) to trust it"
        )
    return "\n".join(lines)


def few_draws(report: xr.Dataset) -> list[str]:
    """Return the theories that rest on too few draws for their numbers to be trusted.

    Examples
    --------
    >>> import xarray as xr
    >>> few_draws(xr.Dataset({"ess": ("theory", [271.0, 5000.0])}, {"theory": ["sia", "prior"]}))
    ['sia']
    """
    few: list[str] = report["theory"].values[report["ess"].values < FEW_DRAWS].tolist()
    return few


STYLES: dict[str, Callable[[xr.Dataset], str]] = {
    "table": as_table,
    "json": as_json,
    "csv": as_csv,
}
