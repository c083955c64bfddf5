"""The command `run`: from a scenario to what follows, by anthropic theory, in files and a page."""

from __future__ import annotations

from contextlib import nullcontext
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING, Any, NamedTuple

import click

import sfc_sim
from sfc_sim._core.errors import InputError
from sfc_sim._core.files import writing
from sfc_sim._core.progress import Progress, reporting
from sfc_sim.cli.names import CAUSES, RETENTION, SCENARIO, THEORY
from sfc_sim.cli.options import (
    echo_time,
    how_many,
    shared_options,
    stop_if_imprecise,
    world_options,
)
from sfc_sim.cli.pictures import own_settings, write_pictures
from sfc_sim.cli.settings import assumed_with, echo_report, set_option, with_change
from sfc_sim.cli.staging import staging
from sfc_sim.cli.texts import (
    read_causes,
    read_retention,
    read_scenarios,
    read_similarity,
    read_theories,
)
from sfc_sim.cli.unfinished import room_for_draws, seed_of_run, unfinished
from sfc_sim.cli.workers import on_workers
from sfc_sim.decision.rows import few_draws
from sfc_sim.report.assumed import assumptions

if TYPE_CHECKING:
    from sfc_sim.decision.causes import Causes
    from sfc_sim.decision.similarity import SimilarityLike
    from sfc_sim.decision.study import Study
    from sfc_sim.scenario.assumed import Assumed

__all__ = ["assess", "run"]

FIGURES = ("densities", "recovered", "discounts", "drake", "history")
COPIES = 3  # of the draws: in study.nc, in draws.nc, and in pieces until the end
SOON = 0.3  # seconds until the bar shows: who asks for a run waits for one
MADE = ("study.nc", "report.nc", "draws.nc", *(f"figures/{name}.png" for name in FIGURES))


def table_name(_: click.Context, __: click.Parameter, path: Path | None) -> Path | None:
    """Read the name of the file for the draws, whose end says what it is to be."""
    if path is None or path.suffix in (".csv", ".nc"):
        return path
    raise InputError(f"draws-out is '{path}'; it must end in .csv or .nc")


@click.command(short_help="Draw worlds and print what follows, by anthropic theory.")
@click.argument("scenarios", nargs=-1, metavar="[SCENARIO[=CREDENCE]]...", type=SCENARIO)
@world_options
@click.option(
    "--theory",
    "theories",
    multiple=True,
    metavar="NAME[=CREDENCE]",
    type=THEORY,
    help="An anthropic theory, and the credence in it; may be repeated; default all.",
)
@click.option(
    "--similarity",
    default="1",
    metavar="Q",
    help="Value per resource of others over ours: a number, or such as 'Beta(8, 2)'; default 1.",
)
@click.option(
    "--retention",
    default="1",
    metavar="K",
    type=RETENTION,
    help="Value kept by what is recovered later: a number, or starlight, horizon, decay; "
    "default 1.",
)
@click.option(
    "--causes",
    default="",
    metavar="NAME",
    type=CAUSES,
    help="What might end humanity, and what comes after it on Earth: a name, a path that ends in "
    ".toml, or none; by default what comes with the package.",
)
@set_option
@click.option(
    "--report",
    "page",
    metavar="FILE",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Write one page for a browser there: table, figures, assumptions, how to make it again.",
)
@click.option(
    "--draws-out",
    "table",
    metavar="FILE",
    type=click.Path(dir_okay=False, path_type=Path),
    callback=table_name,
    help="Write every draw there, with its weight under each theory: .csv, a row per draw; or .nc.",
)
@shared_options(
    "study.nc (all of the run: sfc_sim.load), report.nc, draws.nc and figures",
    replaced="files that exist: each FILE, and those in DIR",
)
@on_workers
def run(
    scenarios: tuple[str, ...],
    draws: int | None,
    precision: float | None,
    evidence: tuple[str, ...],
    theories: tuple[str, ...],
    similarity: str,
    retention: str,
    causes: str,
    settings: tuple[str, ...],
    page: Path | None,
    table: Path | None,
    seed: int | None,
    threads: int | None,
    out: Path | None,
    style: str,
    quiet: bool,
    force: bool,
    anew: bool,
) -> None:
    """Go from a scenario's priors to the discount on reducing extinction risk.

    SCENARIO is a name that `sfc-sim list` shows or a path that ends in .toml; default
    cook2022-balanced. Several, each with a CREDENCE, are run as one mixture: evidence and theory
    update the credences, as in sfc-sim run cook2022-balanced=.5 finnveden2019=.3 mills2025=.2
    """
    began = perf_counter()
    base, chosen = assumed_with(read_scenarios(scenarios), settings)
    asked = Asked(
        draws, precision, evidence, read_theories(theories), read_similarity(similarity),
        read_retention(retention), seed, threads,
        False if quiet else None,
    )  # fmt: skip
    check(asked)
    if draws is not None and precision is None:
        room_for_draws(out, draws, COPIES, chosen)
    known = read_causes(causes)
    talks = style == "table" and not quiet
    with (
        # Before the long part: what cannot be written is told now.
        staging(out, MADE, force=force, keeps=unfinished(anew, base, chosen)) as folder,
        nullcontext() if page is None else writing(page, force=force) as part,
        nullcontext() if table is None else writing(table, force=force) as rows,
    ):
        seed = seed_of_run(seed)
        asked = asked._replace(rng=seed)
        if talks:
            click.echo(assumptions(chosen, how_many(draws, precision), seed, evidence))
        with reporting(asked.progress, "drawing worlds", delay=SOON) as told:
            study = judged(base, chosen, asked._replace(progress=told))
        # Printed first: what is computed is told even if it cannot be written.
        changed = settings if base != chosen else ()
        echo_report(study, style, changed, talks=talks, causes=known)
        if talks:
            echo_time(began)
        if not talks and not quiet and (few := few_draws(study.report)):
            click.echo(f"sfc-sim: few effective draws for {', '.join(few)}", err=True)
        if folder is not None:
            write(folder, study)
        if rows is not None and table is not None:
            write_draws(rows, study, table.suffix)
        if part is not None:
            write_page(part, study, known, quiet=quiet)
    if out is not None and not quiet:
        click.echo(f"wrote study.nc, report.nc, draws.nc and figures/ to {out}", err=True)
    for file in (table, page):
        if file is not None and not quiet:
            click.echo(f"wrote {file}", err=True)
    stop_if_imprecise(study.report)


def as_run(**asked: Any) -> None:
    """Do what `run` does, then warn of the old name; an error is still one line."""
    context, code = click.get_current_context(), 0
    try:
        context.invoke(run, **asked)
    except click.exceptions.Exit as ended:  # done, but not as precise as asked
        code = ended.exit_code
    click.echo("sfc-sim: assess is deprecated: use run, which has all of its options", err=True)
    context.exit(code)


assess = click.Command(
    "assess",
    params=run.params,
    callback=as_run,
    help="The same as run, by its old name, which goes in a later version.",
    short_help="The old name of run.",
)


class Asked(NamedTuple):
    """The arguments of a study."""

    draws: int | None
    precision: float | None
    evidence: tuple[str, ...]
    theories: list[str] | dict[str, float] | None
    similarity: SimilarityLike
    retention: float | str
    rng: int | None
    threads: int | None
    progress: Progress | None


def check(asked: Asked) -> None:
    """Raise `InputError` before the long part if a choice is not valid."""
    from sfc_sim.analysis.assessment import checked_retention, checked_theories
    from sfc_sim.decision.similarity import as_similarity
    from sfc_sim.inference.evidence import read_evidence

    read_evidence(asked.evidence)
    if asked.theories is not None:
        checked_theories(asked.theories)
    as_similarity(asked.similarity)
    checked_retention(asked.retention)


def judged(base: Assumed, chosen: Assumed, asked: Asked) -> Study:
    """Return the study; few effective draws are a footnote here, not a warning."""
    from sfc_sim.decision.study import quietly

    with quietly():
        study = sfc_sim.assess(chosen, **asked._asdict())
        if chosen == base:
            return study
        asked = asked._replace(draws=study.draws.sizes["draw"], precision=None)
        return with_change(sfc_sim.assess(base, **asked._asdict()), study)


def write(folder: Path, study: Study) -> None:
    """Write the study, its draws and report apart, and the figures."""
    study.save(folder / "study.nc")
    sfc_sim.save(study.draws, folder / "draws.nc")
    sfc_sim.save(study.report, folder / "report.nc")
    with own_settings():
        from sfc_sim.plotting import report_makers

        write_pictures(folder / "figures", report_makers(study))


def write_draws(part: Path, study: Study, suffix: str) -> None:
    """Write the draws and their weights, as a table of text or as netCDF."""
    if suffix == ".csv":
        study.to_dataframe("draws").to_csv(part, lineterminator="\n")
    else:
        sfc_sim.save(study.draws.assign(log_weight=study.weights["log_weight"]), part, force=True)


def write_page(part: Path, study: Study, causes: Causes | None, *, quiet: bool) -> None:
    """Write the page of a study."""
    with own_settings():
        from sfc_sim.report.web import page

        told = page(study, False if quiet else None, causes=causes)
        part.write_text(told, encoding="utf-8")
