"""The command `assess`: from a scenario to a verdict, with all that it hangs on in one page."""

from __future__ import annotations

import secrets
import warnings
from contextlib import nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

import sfc_sim
from sfc_sim._errors import InputError
from sfc_sim._files import writing
from sfc_sim._report import assumptions
from sfc_sim.cli._options import how_many, shared_options, stop_if_imprecise, world_options
from sfc_sim.cli._pictures import own_settings
from sfc_sim.cli._settings import echo_report, runnable, set_option, with_change

if TYPE_CHECKING:
    from sfc_sim.distributions import Distribution
    from sfc_sim.study import Study

__all__ = ["assess", "read_similarity", "read_theories"]


def read_similarity(text: str) -> float | Distribution:
    """Return a similarity from text: a number, or a distribution as in ``Beta(8, 2)``.

    Examples
    --------
    >>> read_similarity("0.5"), read_similarity("Beta(8, 2)")
    (0.5, Beta(a=8, b=2, lo=0, hi=1))
    """
    from sfc_sim.distributions import law_from_text

    return law_from_text(text, "similarity")


def read_retention(text: str) -> float | str:
    """Return a retention from text: a number, or the name of a weighting.

    Examples
    --------
    >>> read_retention("0.5"), read_retention("starlight")
    (0.5, 'starlight')
    """
    try:
        return float(text)
    except ValueError:
        return text


def read_theories(texts: tuple[str, ...]) -> list[str] | dict[str, float]:
    """Return theories, or credences if they come as ``name=credence``.

    Examples
    --------
    >>> read_theories(("sia=0.25", "adt-total=0.75"))
    {'sia': 0.25, 'adt-total': 0.75}
    """
    from sfc_sim.anthropics import THEORIES

    if not texts:
        return list(THEORIES)
    pairs = [text.partition("=") for text in texts]
    if not any(mark for _, mark, _ in pairs):
        return list(dict.fromkeys(texts))
    found = {}
    for name, mark, number in pairs:
        try:
            found[name] = float(number)
        except ValueError:
            text = f"{name}{mark}{number}"
            raise InputError(
                f"theory is '{text}'; with credences each needs one, as in {name}=0.5"
            ) from None
    return found


@click.command(short_help="Go from a scenario to a verdict; --report writes one page with all.")
@click.argument("scenario", default="cook2022-balanced")
@world_options
@click.option(
    "--theory",
    "theories",
    multiple=True,
    metavar="NAME[=CREDENCE]",
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
    help="Value kept by what is recovered later: a number, or starlight, horizon, decay; "
    "default 1.",
)
@click.option(
    "--report",
    "path",
    metavar="FILE",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Write one page for a browser there: table, figures, assumptions, how to make it again.",
)
@set_option
@shared_options(None, replaced="a file that exists")
def assess(
    scenario: str,
    draws: int | None,
    precision: float | None,
    evidence: tuple[str, ...],
    theories: tuple[str, ...],
    similarity: str,
    retention: str,
    settings: tuple[str, ...],
    path: Path | None,
    seed: int | None,
    threads: int | None,
    style: str,
    quiet: bool,
    force: bool,
) -> None:
    """Go from a scenario's priors to the discount on reducing extinction risk, and to a page.

    SCENARIO is a name that `sfc-sim list` shows or a path that ends in .toml; default
    cook2022-balanced.
    """
    base, chosen = runnable(scenario, settings)
    asked: dict[str, Any] = {
        "draws": draws, "precision": precision, "evidence": evidence,
        "theories": read_theories(theories),
        "similarity": read_similarity(similarity), "retention": read_retention(retention),
        "threads": threads, "progress": False if quiet else None,
    }  # fmt: skip
    seed = secrets.randbits(32) if seed is None else seed
    talks = style == "table" and not quiet
    with (
        # Before the long part: a page that cannot be written is told now.
        nullcontext() if path is None else writing(path, force=force) as part,
        warnings.catch_warnings(),
    ):
        warnings.simplefilter("ignore", sfc_sim.EffectiveSampleSizeWarning)
        if talks:
            click.echo(assumptions(chosen, how_many(draws, precision), seed, evidence))
        study = sfc_sim.assess(chosen, rng=seed, **asked)
        if chosen != base:
            asked |= {"draws": study.draws.sizes["draw"], "precision": None}
            study = with_change(sfc_sim.assess(base, rng=seed, **asked), study)
        echo_report(study, style, settings if chosen != base else (), talks=talks)
        if part is not None:
            write(part, study, quiet=quiet)
    if path is not None and not quiet:
        click.echo(f"wrote {path}", err=True)
    stop_if_imprecise(study.report)


def write(part: Path, study: Study, *, quiet: bool) -> None:
    """Write the page of a study."""
    with own_settings():
        from sfc_sim._web_report import page

        part.write_text(page(study, False if quiet else None), encoding="utf-8")
