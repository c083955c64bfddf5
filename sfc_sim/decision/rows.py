"""The rows of a study by anthropic theory, and the tables that people read of them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from math import floor, isfinite, isnan, log10
from typing import TYPE_CHECKING, Any, final

from sfc_sim._core.digits import count, with_error
from sfc_sim._core.few import FEWEST, HEAVY, SMALL_SAMPLE
from sfc_sim._core.rows import Column, Document, Row, Table

if TYPE_CHECKING:
    import xarray as xr

__all__ = [
    "TheoryReport",
    "by_credence",
    "counted",
    "few_draws",
    "rows",
    "steady",
    "tables",
]


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
        shared("probability_inside", "inside\nunseen\nfronts"),
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
            found.append(Table((Column("theory"), *known), body, title, group=apart(report)))
    return found


DECISION = "decision weights (to choose by, not to believe)"


def apart(report: xr.Dataset) -> Callable[[Row], str]:
    """Return the line that goes before the rows of decision weights, by row; none before others.

    Examples
    --------
    >>> import xarray as xr
    >>> kinds = {"decision_weight": ("theory", [False, True])}
    >>> apart(xr.Dataset(kinds, {"theory": ["sia", "adt-total"]}))({"theory": "adt-total*"})
    'decision weights (to choose by, not to believe)'
    """
    if "decision_weight" not in report:
        return lambda _: ""
    weights = report["theory"].values[report["decision_weight"].values].tolist()
    return lambda row: DECISION if str(row["theory"]).rstrip("*") in weights else ""


def believed(report: xr.Dataset) -> str:
    """Return the credences of a report in words; those in decision weights apart.

    Examples
    --------
    >>> import xarray as xr
    >>> kinds = {"decision_weight": ("theory", [False, True])}
    >>> given = {"credences": '{"adt-total": 0.75, "sia": 0.25}'}
    >>> believed(xr.Dataset(kinds, {"theory": ["sia", "adt-total"]}, given))
    'sia 0.25; decision weights: adt-total 0.75'
    """
    from sfc_sim.scenario.origin import origin_of  # not before a command runs: it loads NumPy

    credences, group = origin_of(report).listed("credences"), apart(report)
    kinds: dict[bool, list[str]] = {False: [], True: []}
    for name, credence in credences.items():
        kinds[bool(group({"theory": name}))].append(f"{name} {credence:g}")
    theories, weights = (", ".join(kinds[kind]) for kind in (False, True))
    return "; ".join(filter(None, [theories, weights and f"decision weights: {weights}"]))


def by_credence(report: xr.Dataset) -> Table:
    """Return the aggregate over theories, by rule, as a table."""
    body = []
    for rule in report["aggregation"].values.tolist():
        row = report.sel(aggregation=rule)
        value = float(row["aggregated_discount"])
        error = float(row.get("aggregated_discount_standard_error", float("nan")))
        body.append(
            {"rule": f"  {rule}", "told": "-" if isnan(value) else with_error(value, error)}
        )
    title = f"By credence ({believed(report)}): worth less than if nobody recovered, by rule"
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
