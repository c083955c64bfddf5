"""The command line: read what is asked, call the package, print what comes back.

Exit codes: 0 done, 1 cannot be computed, 2 bad input, 130 interrupted. Results go to standard
output; progress and notes to standard error. Only click is imported before a command runs.
"""

from __future__ import annotations

import os
import secrets
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING

import click

import sfc_sim
from sfc_sim._errors import InputError, unknown
from sfc_sim._report import EVIDENCE_MEANING, STYLES, assumptions, conclusion, few_draws

if TYPE_CHECKING:
    import xarray as xr

__all__ = ["main"]


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line and return its exit code; every error is one line.

    Examples
    --------
    >>> main(["--version"])
    sfc-sim 0.1.0
    0
    """
    try:
        return commands.main(arguments, prog_name="sfc-sim", standalone_mode=False) or 0
    except (InputError, click.ClickException) as error:
        return complain(
            error.format_message() if isinstance(error, click.ClickException) else error, 2
        )
    except click.Abort:
        return complain("interrupted; nothing was written", 130)
    except MemoryError:
        return complain("not enough memory: take fewer draws (--draws)", 1)
    except ArithmeticError as error:
        return complain(error, 1)
    except OSError as error:
        return complain(f"cannot write: {error.strerror or error}", 1)


def complain(message: object, code: int) -> int:
    """Print one line to standard error and return the exit code."""
    click.echo(f"sfc-sim: {' '.join(str(message).split())}", err=True)
    return code


def whole(least: int) -> Callable[[click.Context, click.Parameter, str | None], int | None]:
    """Return what reads a whole number of at least `least` from the command line."""

    def read(_: click.Context, option: click.Parameter, text: str | None) -> int | None:
        if text is None:
            return None
        try:
            number = int(text)
        except ValueError:
            number = least - 1
        if number < least:
            raise InputError(
                f"{option.name} is '{text}'; it must be a whole number, at least {least}"
            )
        return number

    return read


def folder_name(_: click.Context, __: click.Parameter, text: str | None) -> Path | None:
    """Read the name of a folder from the command line."""
    if text == "":
        raise InputError("out is ''; it must name a folder")
    return None if text is None else Path(text)


@click.group(invoke_without_command=True, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(sfc_sim.__version__, message="sfc-sim %(version)s")
@click.pass_context
def commands(context: click.Context) -> None:
    """How many space-faring civilizations there are, and what follows for what we should do."""
    if context.invoked_subcommand is None:
        click.echo(context.get_help())


@commands.command(name="list")
def list_command() -> None:
    """List the scenarios of the catalogue."""
    click.echo(sfc_sim.list_scenarios())


@commands.command(short_help="Show what a scenario assumes, with sources.")
@click.argument("scenario", metavar="NAME")
@click.option("--toml", is_flag=True, help="Print it as a file to change and pass to run.")
def show(scenario: str, toml: bool) -> None:
    """Show what a scenario assumes, with sources: a name, or a path that ends in .toml."""
    chosen = sfc_sim.load_scenario(scenario)
    click.echo(chosen.to_toml() if toml else chosen)


@commands.command(short_help="Draw worlds and print what follows, by anthropic theory.")
@click.argument("scenario", default="cook2022-balanced")
@click.option(
    "--draws",
    default="200000",
    metavar="N",
    callback=whole(1),
    help="Worlds to draw; default 200000.",
)
@click.option(
    "--seed",
    metavar="N",
    callback=whole(0),
    help="Makes a run again; default a fresh one.",
)
@click.option(
    "--evidence",
    default="nothing-visible",
    metavar="NAME",
    help=f"{', '.join(EVIDENCE_MEANING)}; default the first.",
)
@click.option(
    "--theory",
    "theories",
    multiple=True,
    metavar="NAME",
    help="An anthropic theory; may be repeated; default all.",
)
@click.option(
    "--similarity",
    default=1.0,
    metavar="Q",
    help="Value per resource of others over ours; default 1.",
)
@click.option(
    "--threads",
    metavar="N",
    callback=whole(1),
    help="Default all processors; results do not depend on it.",
)
@click.option(
    "--out",
    metavar="DIR",
    callback=folder_name,
    help="Write report.nc, draws.nc and figures there.",
)
@click.option(
    "--format",
    "style",
    default="table",
    type=click.Choice(["table", "json", "csv"]),
    help="Of what is printed; default table.",
)
@click.option(
    "--quiet",
    is_flag=True,
    help="Print the results alone.",
)
@click.option("--force", is_flag=True, help="Replace files that exist in DIR.")
def run(
    scenario: str,
    draws: int,
    seed: int | None,
    evidence: str,
    theories: tuple[str, ...],
    similarity: float,
    threads: int | None,
    out: Path | None,
    style: str,
    quiet: bool,
    force: bool,
) -> None:
    """Go from a scenario's priors to the discount on reducing extinction risk.

    SCENARIO is a name that `sfc-sim list` shows or a path that ends in .toml; default
    cook2022-balanced.
    """
    from sfc_sim.cosmology import Background

    began = perf_counter()
    chosen = sfc_sim.load_scenario(scenario)
    Background.named(chosen.cosmology)
    theories = checked(evidence, theories, similarity)
    seed = secrets.randbits(32) if seed is None else seed
    talks = style == "table" and not quiet
    with staging(out, force=force) as folder:
        if talks:
            click.echo(assumptions(chosen, draws, seed, evidence))
        with progress_bar(draws, quiet=quiet) as progress:
            drawn = sfc_sim.sample(chosen, draws, rng=seed, threads=threads, progress=progress)
        report, weights = judge(drawn, evidence, theories, similarity)
        if folder is not None:
            write(folder, drawn, weights, report)
    report.attrs["seconds"] = f"{perf_counter() - began:.1f}"
    click.echo(STYLES[style](report))
    if talks:
        click.echo(conclusion(report))
    elif not quiet and (few := few_draws(report)):
        click.echo(f"sfc-sim: few effective draws for {', '.join(few)}", err=True)
    if out is not None and not quiet:
        click.echo(f"wrote report.nc, draws.nc and figures/ to {out}", err=True)


def checked(evidence: str, theories: tuple[str, ...], similarity: float) -> tuple[str, ...]:
    """Return the theories; raise `InputError` before the long part if a choice is not valid."""
    from sfc_sim.anthropics import THEORIES
    from sfc_sim.ensemble import EVIDENCE

    if evidence not in EVIDENCE:
        raise unknown("evidence", evidence, EVIDENCE)
    for theory in theories:
        if theory not in THEORIES:
            raise unknown("theory", theory, THEORIES)
    sfc_sim.extinction_multiplier(0.0, similarity)
    return tuple(dict.fromkeys(theories)) or tuple(THEORIES)


def judge(
    draws: xr.Dataset, evidence: str, theories: tuple[str, ...], similarity: float
) -> tuple[xr.Dataset, xr.Dataset]:
    """Return report and weights; few effective draws are a footnote here, not a warning."""
    import warnings

    from sfc_sim.assessment import verdict

    with warnings.catch_warnings():
        warnings.simplefilter("ignore", sfc_sim.EffectiveSampleSizeWarning)
        report = verdict(draws, evidence, theories, similarity)
        return report, sfc_sim.weigh(draws, evidence, theories=theories)


@contextmanager
def progress_bar(total: int, *, quiet: bool) -> Iterator[Callable[[int, int], None]]:
    """Show how many draws are done, on standard error and only to a person."""
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        TextColumn("{task.completed:,.0f} of {task.total:,.0f}"),
        TimeRemainingColumn(),
    )
    silent = quiet or not sys.stderr.isatty()
    with Progress(*columns, console=Console(stderr=True), transient=True, disable=silent) as bar:
        task = bar.add_task("compiling (the first run only)", total=total)

        def update(done: int, _: int) -> None:
            bar.update(task, completed=done, description="drawing worlds")

        yield update


@contextmanager
def staging(out: Path | None, *, force: bool) -> Iterator[Path | None]:
    """Give a folder to write to, inside `out`; move what is in it to `out` when all is done."""
    if out is None:
        yield None
        return
    for target in (out / "report.nc", out / "draws.nc", out / "figures"):
        if target.exists() and not force:
            raise InputError(f"'{target}' exists; pass --force to replace it")
    fresh = not out.exists()
    try:
        out.mkdir(parents=True, exist_ok=True)
        part = tempfile.TemporaryDirectory(prefix=".part-", dir=out)
    except OSError as error:
        raise InputError(f"cannot write to folder '{out}': {error.strerror}") from None
    try:
        with part as name:
            yield Path(name)
            for stale in (out / "figures").glob("*.png"):  # of another run, as --force allows
                stale.unlink()
            for file in sorted(Path(name).rglob("*.*")):
                target = out / file.relative_to(name)
                target.parent.mkdir(exist_ok=True)
                os.replace(file, target)
    except BaseException:
        if fresh and not any(out.iterdir()):
            out.rmdir()
        raise


def write(folder: Path, draws: xr.Dataset, weights: xr.Dataset, report: xr.Dataset) -> None:
    """Write the draws, the report and its figures."""
    from sfc_sim.plotting import report_figures, save_figure

    sfc_sim.save(draws, folder / "draws.nc")
    sfc_sim.save(report, folder / "report.nc")
    for name, figure in report_figures(draws, weights, report).items():
        save_figure(figure, folder / "figures" / f"{name}.png")
