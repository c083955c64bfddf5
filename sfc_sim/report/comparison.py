"""The report of a comparison: a row per scenario and theory, and what a change does to each."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from itertools import pairwise
from math import hypot, inf, isfinite, isnan, nan
from typing import TYPE_CHECKING, Any, final

from sfc_sim._core.digits import estimate, scientific, with_sign
from sfc_sim._core.few import FEWEST, UNSTEADY
from sfc_sim._core.rows import Column, Document, Row, Table, as_text, items
from sfc_sim.decision.rows import counted, steady

if TYPE_CHECKING:
    import xarray as xr

__all__ = ["ComparisonReport", "changes"]

ALONE = ("galaxy", "observable", "reachable")
ADDITION = "(that they expand is our addition)"
SFCS = (
    "SFCs: expanding civilizations per observable universe, ever; median. None in: probability "
    "of no SFC there, a Poisson number (of fewer than one expected, with alone = below-one)"
)
FEW = (
    f"* theory: {UNSTEADY}; number: fewer than {FEWEST:.0f} draws carry it. Take more "
    "(--draws), or fewer theories"
)


@final
@dataclass(frozen=True)
class ComparisonReport(Document):
    """Estimates side by side: how many civilizations, and chances that there are none."""

    table: xr.Dataset

    def heading(self) -> str:
        """Return what a comparison assumes, a line each."""
        attrs = self.table.attrs
        unused = attrs.get("evidence_not_used", "")
        seen = [attrs["evidence"], attrs["observations"], unused and f"not used: {unused}"]
        words = {
            "evidence": "; ".join(filter(None, seen)),
            "draws": f"{how_many_each(self.table)}, seed {attrs['seed']}",
            "conversions": attrs["conversions"],
        }
        return items(words) + "\n"

    def blocks(self) -> list[Table]:
        """Return the table, and one of what products of factors count themselves."""
        columns = columns_of(self.table)
        body = tuple(rows(self.table))
        starred = any("*" in column.cell(row) for column in columns for row in body)
        left_out = self.table.attrs.get("left_out", "")
        notes = (SFCS, *[FEW] * starred, *[f"- left out: {left_out}"] * bool(left_out))
        found = [Table(columns, body, notes=notes, group=partial(headed, self.table))]
        told = tuple(r for r in body if isfinite(r.get("probability_alone_in_galaxy", nan)))
        return [*found, in_galaxy(told)] if told else found

    def records(self) -> list[Row]:
        """Return a row per scenario and theory."""
        return list(rows(self.table))

    def content(self) -> dict[str, Any]:
        """Return ``rows`` and ``attrs``."""
        return {"rows": self.records(), "attrs": self.table.attrs}


def columns_of(table: xr.Dataset) -> tuple[Column, ...]:
    """Return the columns of a comparison, of which the interval is from its outer quantiles."""
    from sfc_sim._core.effective import too_few  # not before a command runs: it loads NumPy

    low, high = (str(table["quantile"].values[k]) for k in (0, -1))

    def middle(row: Row) -> str:
        return decades(row["log10_actual_ever"]["0.5"], half(row, "log10_actual_ever", "0.5"))

    def interval(row: Row) -> str:
        ends = [
            decades(row["log10_actual_ever"][q], half(row, "log10_actual_ever", q))
            for q in (low, high)
        ]
        return " to ".join(ends)

    def effective(row: Row) -> str:
        return f"{row['ess']:,.0f}" + "*" * bool(too_few(row["ess"], row["k_hat"]))

    return (
        Column("theory", None, lambda row: f" {row['theory']}"),
        Column("log10_actual_ever", "log10\nSFCs", unless_left_out(middle)),
        Column("log10_actual_ever", span(low, high), unless_left_out(interval)),
        *(
            Column(name, heading, unless_left_out(partial(chance, name=name)))
            for name, heading in zip(
                [f"alone_in_{place}" for place in ALONE],
                ("none in\ngalaxy", "in\nsight", "in\nreach"),
                strict=True,
            )
        ),
        Column("ess", "eff.\ndraws", unless_left_out(effective)),
    )


def unless_left_out(cell: Callable[[Row], str]) -> Callable[[Row], str]:
    """Return a cell that is a dash where a theory may not weigh the scenario."""
    return lambda row: "-" if isnan(row["ess"]) else cell(row)


def in_galaxy(told: tuple[Row, ...]) -> Table:
    """Return the table of what products of factors count themselves."""
    columns = (
        Column("theory", None, lambda row: f"  {row['theory']}"),
        Column("alone", "alone in\nthe Galaxy\n(N < 1)", steady("probability_alone_in_galaxy")),
        Column("galaxy_number", "N:\nmedian", counted("galaxy_number", "0.5")),
        Column("galaxy_number", "90 % of\nworlds", counted("galaxy_number", "0.05", "0.95")),
    )
    title = "In the Galaxy, now (what these sources count)"
    return Table(columns, told, title, group=lambda row: str(row["scenario"]), look="plain")


def headed(table: xr.Dataset, row: Row) -> str:
    """Return the scenario of a row, marked if its source has no expansion."""
    added = table["added"].sel(scenario=row["scenario"]) == "expansion"
    return f"{row['scenario']}{f'  {ADDITION}' * bool(added)}"


def changes(table: xr.Dataset, settings: str) -> str:
    """Return the effect of a change on each scenario, which is listed before itself as changed."""
    every = {(row["scenario"], row["theory"]): row for row in rows(table)}
    found = [
        {"scenario": before, "theory": f" {theory}"}
        | moved(every[before, theory], every[after, theory])
        for before, after in pairwise(table["scenario"].values.tolist())
        if after.startswith(f"{before}+")
        for theory in table["theory"].values.tolist()
        if not isnan(every[before, theory]["ess"] + every[after, theory]["ess"])
    ]
    columns = (
        Column("theory"),
        Column("ever", "log10\nSFCs"),
        *map(Column, ALONE, ("none in\ngalaxy", "in\nsight", "in\nreach")),
    )
    note = (
        "± is one standard error, as of runs of random numbers of their own: at most so great; "
        f"* fewer than {FEWEST:.0f} effective draws carry one of the two"
    )
    title = f"What {settings} changes, after less before"
    return as_text(
        Table(columns, tuple(found), title, (note,), lambda row: str(row["scenario"]), "plain")
    )


def moved(old: Row, new: Row) -> dict[str, str]:
    """Return the differences of two rows, with their errors."""
    ever = [row["log10_actual_ever"]["0.5"] for row in (old, new)]
    error = hypot(*(half(row, "log10_actual_ever", "0.5") for row in (old, new)))
    found = {"ever": with_sign(ever[1] - ever[0], error)}
    for place in ALONE:
        name = f"alone_in_{place}"
        error = hypot(old[f"{name}_standard_error"], new[f"{name}_standard_error"])
        few = min(old[f"{name}_ess"], new[f"{name}_ess"]) < FEWEST
        found[place] = with_sign(new[name] - old[name], error) + "*" * few
    return found


def how_many_each(table: xr.Dataset) -> str:
    """Return the number of draws of each scenario, in words."""
    least, most = int(table["draws"].min()), int(table["draws"].max())
    many = f"{least:,}" if least == most else f"{least:,} to {most:,}"
    goal = table.attrs.get("precision")
    return f"{many} of each scenario" + (f", until standard errors are {goal}" if goal else "")


def rows(table: xr.Dataset) -> Iterator[dict[str, Any]]:
    """Yield a row per scenario and theory: readings, with quantiles as tables."""
    readings = table.drop_vars(["density", "weight_below", "weight_above"])
    for scenario in table["scenario"].values.tolist():
        for theory in table["theory"].values.tolist():
            one = readings.sel(scenario=scenario, theory=theory)
            row: dict[str, Any] = {"scenario": scenario, "theory": theory}
            for name, values in one.data_vars.items():
                if values.ndim:
                    labels = map(str, values["quantile"].values.tolist())
                    row[str(name)] = dict(zip(labels, values.values.tolist(), strict=True))
                else:
                    row[str(name)] = values.item()
            yield row


def decades(value: float, error: float = 0.0) -> str:
    """Return a log10 as it is worth reading: ~ where its error is of decades.

    Examples
    --------
    >>> decades(3.14159), decades(-122.4), decades(-6.02e60)
    ('3.1', '-122', '-6e60')
    >>> decades(-12.7, 0.3), decades(-25.1, 4.0)
    ('-13', '~-25')
    """
    if 1e4 <= abs(value) < inf:
        return scientific(value, 0)
    about = "~" * bool(2.0 < error < inf)
    return f"{about}{value:.{int(abs(value) < 100.0 and not error > 0.2)}f}"


def half(row: Row, name: str, at: str) -> float:
    """Return the standard error of a quantile: half of the way from its low to its high end."""
    found = 0.5 * (row[f"{name}_high"][at] - row[f"{name}_low"][at])
    return float(found) if isfinite(found) else 0.0


def chance(row: Row, name: str) -> str:
    """Return a probability with the digits of its error, and a star if few draws carry it.

    Examples
    --------
    >>> chance({"alone": 0.834, "alone_standard_error": 0.01, "alone_ess": 900.0}, "alone")
    '0.83'
    """
    star = "*" * bool(row[f"{name}_ess"] < FEWEST)
    return estimate(row[name], row[f"{name}_standard_error"]) + star


def span(low: str, high: str) -> str:
    """Return the interval between two quantiles in words.

    Examples
    --------
    >>> span("0.05", "0.95")
    '5 to 95 %'
    """
    return f"{100.0 * float(low):g} to {100.0 * float(high):g} %"
