"""The command `run`: from a scenario to what follows, by anthropic theory."""

from __future__ import annotations

import secrets
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING, NamedTuple

import click

import sfc_sim
from sfc_sim._errors import unknown
from sfc_sim._report import assumptions, few_draws
from sfc_sim.cli._assess import read_similarity
from sfc_sim.cli._options import how_many, shared_options, stop_if_imprecise, world_options
from sfc_sim.cli._pictures import own_settings, write_pictures
from sfc_sim.cli._settings import echo_report, runnable, set_option, with_change
from sfc_sim.cli._staging import staging

if TYPE_CHECKING:
    from sfc_sim.scenario import Scenario
    from sfc_sim.similarity import SimilarityLike
    from sfc_sim.study import Study

__all__ = ["run"]

FIGURES = ("densities", "recovered", "discounts", "drake", "history")
MADE = ("report.nc", "draws.nc", *(f"figures/{name}.png" for name in FIGURES))


@click.command(short_help="Draw worlds and print what follows, by anthropic theory.")
@click.argument("scenario", default="cook2022-balanced")
@world_options
@click.option(
    "--theory",
    "theories",
    multiple=True,
    metavar="NAME",
    help="An anthropic theory; may be repeated; default all.",
)
@click.option(
    "--similarity",
    default="1",
    metavar="Q",
    help="Value per resource of others over ours: a number, or such as 'Beta(8, 2)'; default 1.",
)
@set_option
@shared_options("report.nc, draws.nc and figures")
def run(
    scenario: str,
    draws: int | None,
    precision: float | None,
    evidence: tuple[str, ...],
    theories: tuple[str, ...],
    similarity: str,
    settings: tuple[str, ...],
    seed: int | None,
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
    began = perf_counter()
    base, chosen = runnable(scenario, settings)
    value = read_similarity(similarity)
    theories = checked(evidence, theories, value)
    seed = secrets.randbits(32) if seed is None else seed
    talks = style == "table" and not quiet
    with staging(out, MADE, force=force) as folder:
        if talks:
            click.echo(assumptions(chosen, how_many(draws, precision), seed, evidence))
        progress = False if quiet else None
        asked = Asked(draws, precision, evidence, theories, value, seed, threads, progress)
        study = judge(chosen, asked)
        if chosen != base:
            asked = asked._replace(draws=study.draws.sizes["draw"], precision=None)
            study = with_change(judge(base, asked), study)
        study.report.attrs["seconds"] = f"{perf_counter() - began:.1f}"
        # Printed first: what is computed is told even if it cannot be written.
        echo_report(study, style, settings if chosen != base else (), talks=talks)
        if not talks and not quiet and (few := few_draws(study.report)):
            click.echo(f"sfc-sim: few effective draws for {', '.join(few)}", err=True)
        if folder is not None:
            write(folder, study)
    if out is not None and not quiet:
        click.echo(f"wrote report.nc, draws.nc and figures/ to {out}", err=True)
    stop_if_imprecise(study.report)


def checked(
    evidence: tuple[str, ...], theories: tuple[str, ...], similarity: SimilarityLike
) -> tuple[str, ...]:
    """Return the theories; raise `InputError` before the long part if a choice is not valid."""
    from sfc_sim.anthropics import THEORIES
    from sfc_sim.observations import read_evidence
    from sfc_sim.similarity import as_similarity

    read_evidence(evidence)
    for theory in theories:
        if theory not in THEORIES:
            raise unknown("theory", theory, THEORIES)
    as_similarity(similarity)
    return tuple(dict.fromkeys(theories)) or tuple(THEORIES)


class Asked(NamedTuple):
    """What a report is asked for with."""

    draws: int | None
    precision: float | None
    evidence: tuple[str, ...]
    theories: tuple[str, ...]
    similarity: SimilarityLike
    rng: int
    threads: int | None
    progress: bool | None


def judge(scenario: Scenario, asked: Asked) -> Study:
    """Return the study; few effective draws are a footnote here, not a warning."""
    from sfc_sim.study import quietly

    with quietly():
        return sfc_sim.assess(scenario, **asked._asdict())


def write(folder: Path, study: Study) -> None:
    """Write the draws, the report and its figures."""
    sfc_sim.save(study.draws, folder / "draws.nc")
    sfc_sim.save(study.report, folder / "report.nc")
    with own_settings():
        from sfc_sim.plotting import report_makers

        write_pictures(folder / "figures", report_makers(study))
