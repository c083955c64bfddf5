"""The command `compare`: every published estimate side by side."""

from __future__ import annotations

from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING, Any

import click

import sfc_sim
from sfc_sim._core.errors import InputError
from sfc_sim._core.files import writing
from sfc_sim.cli.names import SCENARIO, THEORY
from sfc_sim.cli.options import (
    echo_time,
    error_size,
    evidence_option,
    shared_options,
    stop_if_imprecise,
    whole,
)
from sfc_sim.cli.pictures import own_settings, write_pictures
from sfc_sim.cli.settings import runnable, set_option
from sfc_sim.cli.staging import staging
from sfc_sim.cli.texts import known_theories
from sfc_sim.cli.unfinished import room_for_draws, seed_of_run, unfinished
from sfc_sim.cli.workers import on_workers
from sfc_sim.report.comparison import ComparisonReport, changes

if TYPE_CHECKING:
    import xarray as xr

    from sfc_sim.scenario.scenario import Scenario

__all__ = ["compare"]

MADE = ("comparison.nc", "comparison.csv", "figures/densities.png")


@click.command(short_help="Put estimates side by side, in one unit.")
@click.argument("scenarios", nargs=-1, metavar="[SCENARIO]...", type=SCENARIO)
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
    help="Standard error, of the probabilities of no SFC, at which to stop; default 0.005, or none"
    " with --draws. Exit code 3 if --precision is given and not reached.",
)
@evidence_option
@click.option(
    "--theory",
    "theories",
    multiple=True,
    metavar="NAME",
    type=THEORY,
    help="An anthropic theory; may be repeated; default prior, sia, ssa-civilizations, adt-total.",
)
@set_option
@shared_options("comparison.nc, comparison.csv and a figure")
@on_workers
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
    anew: bool,
) -> None:
    """Put estimates of the number of expanding civilizations side by side, in one unit.

    SCENARIO is a name that `sfc-sim list` shows or a path that ends in .toml; without any, all
    of the catalogue that say how many there are. All take the same random numbers. With --set,
    each SCENARIO stands beside itself as changed.
    """
    began = perf_counter()
    asked = beside_changes(scenarios, settings)
    theories = checked(evidence, theories)
    known = [sfc_sim.load_scenario(each) if isinstance(each, str) else each for each in asked or ()]
    if draws is not None:
        room_for_draws(out, draws, 1, *known)
    with staging(out, MADE, force=force, keeps=unfinished(anew, *known)) as folder:
        table = compared(
            asked, evidence=evidence, theories=theories, draws=draws, precision=precision,
            rng=seed_of_run(seed), threads=threads, progress=False if quiet else None,
        )  # fmt: skip
        talks = style == "table" and not quiet
        report = ComparisonReport(table)
        if talks:
            click.echo(report.heading())
        click.echo(report.written(style))
        if settings and style == "table":
            click.echo(f"\n{changes(table, ', '.join(settings))}")
        if talks:
            echo_time(began)
        if folder is not None:
            write(folder, table)
    if out is not None and not quiet:
        click.echo(f"wrote comparison.nc, comparison.csv and figures/ to {out}", err=True)
    if precision is not None:  # of a whole catalogue by default, one that falls short is no failure
        stop_if_imprecise(table)


def beside_changes(
    scenarios: tuple[str, ...], settings: tuple[str, ...]
) -> list[Scenario | str] | None:
    """Return the scenarios to compare, each also as changed if there are changes, or None."""
    if not settings:
        return list(scenarios) or None
    if not scenarios:
        raise InputError("set changes named scenarios: name at least one")
    pairs = [runnable(name, settings) for name in scenarios]
    return [each for base, changed in pairs for each in dict.fromkeys((base, changed))]


def checked(evidence: tuple[str, ...], theories: tuple[str, ...]) -> tuple[str, ...]:
    """Return the theories; raise `InputError` before the long part if a choice is not valid."""
    from sfc_sim.inference.evidence import read_evidence
    from sfc_sim.literature.comparison import COMPARED

    read_evidence(evidence)
    return tuple(known_theories(theories)) or COMPARED


def compared(scenarios: list[Scenario | str] | None, **asked: Any) -> xr.Dataset:
    """Return the comparison; few effective draws are a footnote here, not a warning."""
    import warnings

    from sfc_sim.literature.comparison import compare as side_by_side

    with warnings.catch_warnings():
        warnings.simplefilter("ignore", sfc_sim.EffectiveSampleSizeWarning)
        return side_by_side(scenarios, **asked)


def write(folder: Path, table: xr.Dataset) -> None:
    """Write the comparison, as netCDF and as CSV, and its figure."""
    sfc_sim.save(table, folder / "comparison.nc")
    with writing(folder / "comparison.csv", force=False) as part:
        text = ComparisonReport(table).written("csv")
        part.write_text(f"{text}\n", encoding="utf-8", newline="\n")
    with own_settings():
        from sfc_sim.plotting import plot_densities

        write_pictures(folder / "figures", {"densities": lambda: plot_densities(table)})
