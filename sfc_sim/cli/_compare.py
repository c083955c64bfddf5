"""The command `compare`: every published estimate side by side."""

from __future__ import annotations

import csv
import io
import json
import secrets
from collections.abc import Callable, Iterator
from itertools import pairwise
from math import hypot, inf, isfinite, nan
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING, Any

import click

import sfc_sim
from sfc_sim._digits import estimate, scientific, with_sign
from sfc_sim._errors import InputError, printable, unknown
from sfc_sim._few import FEWEST, UNSTEADY
from sfc_sim._files import writing
from sfc_sim._report import counted, steady
from sfc_sim._tables import aligned, filled, items
from sfc_sim.cli._options import error_size, shared_options, stop_if_imprecise, whole
from sfc_sim.cli._pictures import own_settings, write_pictures
from sfc_sim.cli._settings import runnable, set_option
from sfc_sim.cli._staging import staging

if TYPE_CHECKING:
    import xarray as xr

    from sfc_sim.scenario import Scenario

__all__ = ["compare"]

MADE = ("comparison.nc", "comparison.csv", "figures/densities.png")


@click.command(short_help="Put estimates side by side, in one unit.")
@click.argument("scenarios", nargs=-1, metavar="[SCENARIO]...")
@click.option(
    "--draws",
    metavar="N",
    callback=whole(1),
    help="Worlds to draw of each scenario; default as many as the precision takes, at most 100000.",
)
@click.option(
    "--precision",
    metavar="P",
    callback=error_size,
    help="Standard error of the probabilities to be alone at which to stop; default 0.005, or none"
    " with --draws. Exit code 3 if --precision is given and not reached.",
)
@click.option(
    "--evidence",
    multiple=True,
    default=("nothing-visible",),
    metavar="NAME",
    help="nothing-visible, not-engulfed, none; default the first. Or an observation, such as "
    "stars-searched; may be repeated.",
)
@click.option(
    "--theory",
    "theories",
    multiple=True,
    metavar="NAME",
    help="An anthropic theory; may be repeated; default prior, sia, ssa-civilizations, adt-total.",
)
@set_option
@shared_options("comparison.nc, comparison.csv and a figure")
def compare(
    scenarios: tuple[str, ...],
    settings: tuple[str, ...],
    draws: int | None,
    precision: float | None,
    evidence: tuple[str, ...],
    theories: tuple[str, ...],
    seed: int | None,
    threads: int | None,
    out: Path | None,
    style: str,
    quiet: bool,
    force: bool,
) -> None:
    """Put estimates of the number of expanding civilizations side by side, in one unit.

    SCENARIO is a name that `sfc-sim list` shows or a path that ends in .toml; without any, all
    of the catalogue that say how many there are. All take the same random numbers. With --set,
    each SCENARIO stands beside itself as changed.
    """
    began = perf_counter()
    asked = beside_changes(scenarios, settings)
    theories = checked(evidence, theories)
    seed = secrets.randbits(32) if seed is None else seed
    with staging(out, MADE, force=force) as folder:
        table = compared(
            asked, evidence=evidence, theories=theories, draws=draws, precision=precision,
            rng=seed, threads=threads, progress=False if quiet else None,
        )  # fmt: skip
        talks = style == "table" and not quiet
        if talks:
            click.echo(heading(table))
        click.echo(STYLES[style](table))
        if settings and style == "table":
            click.echo(f"\n{changes(table, ', '.join(settings))}")
        if talks:
            click.echo(f"\ntook {perf_counter() - began:.1f} s")
        if folder is not None:
            write(folder, table)
    if out is not None and not quiet:
        click.echo(f"wrote comparison.nc, comparison.csv and figures/ to {out}", err=True)
    if precision is not None:  # of a whole catalogue by default, one that falls short is no failure
        stop_if_imprecise(table)


def beside_changes(
    scenarios: tuple[str, ...], settings: tuple[str, ...]
) -> list[Scenario | str] | None:
    """Return what is to be compared: scenarios, each with its change if there is any, or None."""
    if not settings:
        return list(scenarios) or None
    if not scenarios:
        raise InputError("set changes scenarios that are named: name at least one")
    pairs = [runnable(name, settings) for name in scenarios]
    return [each for base, changed in pairs for each in dict.fromkeys((base, changed))]


def checked(evidence: tuple[str, ...], theories: tuple[str, ...]) -> tuple[str, ...]:
    """Return the theories; raise `InputError` before the long part if a choice is not valid."""
    from sfc_sim.anthropics import THEORIES
    from sfc_sim.comparison import COMPARED
    from sfc_sim.observations import read_evidence

    read_evidence(evidence)
    for theory in theories:
        if theory not in THEORIES:
            raise unknown("theory", theory, THEORIES)
    return tuple(dict.fromkeys(theories)) or COMPARED


def compared(scenarios: list[Scenario | str] | None, **asked: Any) -> xr.Dataset:
    """Return the comparison; few effective draws are a footnote here, not a warning."""
    import warnings

    from sfc_sim.comparison import compare as side_by_side

    with warnings.catch_warnings():
        warnings.simplefilter("ignore", sfc_sim.EffectiveSampleSizeWarning)
        return side_by_side(scenarios, **asked)


def write(folder: Path, table: xr.Dataset) -> None:
    """Write the comparison, as netCDF and as CSV, and its figure."""
    sfc_sim.save(table, folder / "comparison.nc")
    with writing(folder / "comparison.csv", force=False) as part:
        part.write_text(as_csv(table) + "\n", encoding="utf-8", newline="\n")
    with own_settings():
        from sfc_sim.plotting import plot_densities

        write_pictures(folder / "figures", {"densities": lambda: plot_densities(table)})


def heading(table: xr.Dataset) -> str:
    """Return what a comparison assumes, a line each."""
    unused = table.attrs.get("evidence_not_used", "")
    seen = [table.attrs["evidence"], table.attrs["observations"], unused and f"not used: {unused}"]
    words = {
        "evidence": "; ".join(filter(None, seen)),
        "draws": f"{how_many_each(table)}, seed {table.attrs['seed']}",
        "conversions": table.attrs["conversions"],
    }
    return items(words) + "\n"


def how_many_each(table: xr.Dataset) -> str:
    """Return how many draws each scenario took, in words."""
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


def as_json(table: xr.Dataset) -> str:
    """Return one JSON object: ``rows`` and ``attrs``; what is infinite or not said is null."""

    def plain(value: Any) -> Any:
        if isinstance(value, dict):
            return {key: plain(item) for key, item in value.items()}
        return None if isinstance(value, float) and not isfinite(value) else value

    content = {"rows": [plain(row) for row in rows(table)], "attrs": table.attrs}
    return json.dumps(content, indent=2, ensure_ascii=False, allow_nan=False)


def as_csv(table: xr.Dataset) -> str:
    """Return a line per scenario and theory, with a column for each quantile."""
    lines = []
    for row in rows(table):
        line: dict[str, Any] = {}
        for name, value in row.items():
            inner = value if isinstance(value, dict) else {"": value}
            line |= {f"{name}_{label}".rstrip("_"): item for label, item in inner.items()}
        lines.append(line)
    text = io.StringIO()
    writer = csv.DictWriter(text, list(lines[0]), lineterminator="\n")
    writer.writeheader()
    writer.writerows(lines)
    return printable(text.getvalue().rstrip("\n"))


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


def half(row: dict[str, Any], name: str, at: str) -> float:
    """Return the standard error of a quantile: half of the way from its low to its high end."""
    found = 0.5 * (row[f"{name}_high"][at] - row[f"{name}_low"][at])
    return float(found) if isfinite(found) else 0.0


def as_table(table: xr.Dataset) -> str:
    """Return the table for people, with a footnote on rows that rest on few draws."""
    from sfc_sim._effective import too_few

    low, high = (str(table["quantile"].values[k]) for k in (0, -1))
    cells: list[tuple[str, ...]] = [
        ("", "log10", "", "alone in", "in", "in", "eff."),
        ("theory", "SFCs", span(low, high), "galaxy", "sight", "reach", "draws"),
    ]
    starts: dict[int, str] = {}
    before, few = "", False
    for row in rows(table):
        ever, star = row["actual_ever"], "*" * bool(too_few(row["ess"], row["k_hat"]))
        few = few or bool(star)
        chances = [chance(row, f"alone_in_{name}") for name in ALONE]
        few = few or any("*" in each for each in chances)
        if row["scenario"] != before:
            starts[len(cells)] = row["scenario"] + marked(table, row["scenario"])
            before = row["scenario"]
        cells.append((
            f" {row['theory']}",
            decades(ever["0.5"], half(row, "actual_ever", "0.5")),
            " to ".join(decades(ever[at], half(row, "actual_ever", at)) for at in (low, high)),
            *chances,
            f"{row['ess']:,.0f}{star}",
        ))  # fmt: skip
    lines = aligned(cells).splitlines()
    wide = max(map(len, lines))
    parts = [*lines[:2], "-" * wide]
    for k, line in enumerate(lines[2:], start=2):
        parts += [*([starts[k]] if k in starts else []), line]
    parts.append(filled(SFCS))
    if few:
        few_words = (
            f"* theory: {UNSTEADY}; number: fewer than {FEWEST:.0f} draws carry it. Take more "
            "(--draws), or fewer theories"
        )
        parts.append(filled(few_words))
    return "\n".join([*parts, *galaxies(table)])


def changes(table: xr.Dataset, settings: str) -> str:
    """Return what a change does to each scenario, which stands before itself as changed."""
    every = {(row["scenario"], row["theory"]): row for row in rows(table)}
    names = table["scenario"].values.tolist()
    cells: list[tuple[str, ...]] = [
        ("", "log10", "alone in", "in", "in"),
        ("theory", "SFCs", "galaxy", "sight", "reach"),
    ]
    starts: dict[int, str] = {}
    for before, after in pairwise(names):
        if not after.startswith(f"{before}+"):
            continue
        starts[len(cells)] = before
        for theory in table["theory"].values.tolist():
            old, new = every[before, theory], every[after, theory]
            ever = [row["actual_ever"]["0.5"] for row in (old, new)]
            error = hypot(*(half(row, "actual_ever", "0.5") for row in (old, new)))
            moved = [with_sign(ever[1] - ever[0], error)]
            for name in (f"alone_in_{place}" for place in ALONE):
                error = hypot(old[f"{name}_standard_error"], new[f"{name}_standard_error"])
                few = min(old[f"{name}_ess"], new[f"{name}_ess"]) < FEWEST
                moved.append(with_sign(new[name] - old[name], error) + "*" * few)
            cells.append((f" {theory}", *moved))
    lines = aligned(cells).splitlines()
    parts = [f"What {settings} changes, after less before", *lines[:2]]
    for k, line in enumerate(lines[2:], start=2):
        parts += [*([starts[k]] if k in starts else []), line]
    note = (
        "± is one standard error, as of runs of random numbers of their own: at most so great; "
        f"* fewer than {FEWEST:.0f} effective draws carry one of the two"
    )
    return "\n".join([*parts, filled(note)])


ADDITION = "(that they expand is our addition)"


def marked(table: xr.Dataset, scenario: str) -> str:
    """Return the mark of a scenario whose source has no expansion."""
    return f"  {ADDITION}" * bool(table["added"].sel(scenario=scenario) == "expansion")


def galaxies(table: xr.Dataset) -> list[str]:
    """Return the lines on what products of factors count themselves, if there are any."""
    told = [row for row in rows(table) if isfinite(row.get("probability_alone_in_galaxy", nan))]
    if not told:
        return []
    alone = steady("probability_alone_in_galaxy")
    middle, most = counted("galaxy_number", "0.5"), counted("galaxy_number", "0.05", "0.95")
    cells = [("", "alone in", "N:", "90 % of"), ("theory", "the Galaxy", "median", "worlds")]
    cells += [(f"  {row['theory']}", alone(row), middle(row), most(row)) for row in told]
    lines = aligned(cells).splitlines()
    found = ["", "In the Galaxy, now (what these sources count; alone: N < 1)", *lines[:2]]
    before = ""
    for row, line in zip(told, lines[2:], strict=True):
        found += [*([row["scenario"]] if row["scenario"] != before else []), line]
        before = row["scenario"]
    return found


SFCS = "SFCs: expanding civilizations per observable universe, ever; median"


def chance(row: dict[str, Any], name: str) -> str:
    """Return a probability with the digits of its error, and a star if few draws carry it.

    Examples
    --------
    >>> chance({"alone": 0.834, "alone_standard_error": 0.01, "alone_ess": 900.0}, "alone")
    '0.83'
    """
    star = "*" * bool(row[f"{name}_ess"] < FEWEST)
    return estimate(row[name], row[f"{name}_standard_error"]) + star


ALONE = ("galaxy", "observable", "reachable")


def span(low: str, high: str) -> str:
    """Return the interval between two quantiles in words.

    Examples
    --------
    >>> span("0.05", "0.95")
    '5 to 95 %'
    """
    return f"{100.0 * float(low):g} to {100.0 * float(high):g} %"


STYLES: dict[str, Callable[[xr.Dataset], str]] = {
    "table": as_table,
    "json": as_json,
    "csv": as_csv,
}
