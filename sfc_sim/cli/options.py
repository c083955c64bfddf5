"""Options: readers of their values, and those that all long commands share."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING, Any, TypeVar

import click

from sfc_sim._core.errors import InputError
from sfc_sim._core.few import MOST_DRAWS, PRECISION
from sfc_sim.cli.names import EVIDENCE

if TYPE_CHECKING:
    from sfc_sim._core.rows import Document

__all__ = [
    "echo",
    "echo_time",
    "evidence_option",
    "how_many",
    "shared_options",
    "stop_if_imprecise",
    "whole",
    "world_options",
]

Command = TypeVar("Command", bound=Callable[..., Any])


def whole(least: int) -> Callable[[click.Context, click.Parameter, str | None], int | None]:
    """Return a reader of whole numbers of at least `least` from the command line."""

    def read(_: click.Context, option: click.Parameter, text: str | None) -> int | None:
        if text is None:
            return None
        try:
            number = int(text)
        except ValueError:
            number = in_figures(text) or least - 1
        if number < least:
            raise InputError(
                f"{option.name} is '{text}'; it must be a whole number, at least {least}"
            )
        return number

    return read


def in_figures(text: str) -> int | None:
    """Return a whole number written as a decimal, or None.

    Examples
    --------
    >>> in_figures("1e5"), in_figures("2.5"), in_figures("nan")
    (100000, None, None)
    """
    with suppress(ValueError, OverflowError):
        if float(text).is_integer() and abs(float(text)) < 1e15:
            return int(float(text))
    return None


def error_size(_: click.Context, __: click.Parameter, text: str | None) -> float | None:
    """Read a standard error from the command line."""
    if text is None:
        return None
    with suppress(ValueError):
        if 1e-6 <= float(text) <= 1.0:
            return float(text)
    raise InputError(f"precision is '{text}'; it must be a standard error from 1e-6 to 1")


def folder_name(_: click.Context, __: click.Parameter, text: str | None) -> Path | None:
    """Read the name of a folder from the command line."""
    if text == "":
        raise InputError("out is ''; it must name a folder")
    return None if text is None else Path(text)


evidence_option = click.option(
    "--evidence",
    multiple=True,
    default=("nothing-visible",),
    metavar="NAME[:NUMBER=VALUE,...]",
    type=EVIDENCE,
    help="nothing-visible, not-engulfed, none; default the first. Or an observation, such as "
    "stars-searched, with numbers of its own as in life-searched:planets=40,found=0; may be "
    "repeated.",
)


def world_options(command: Command) -> Command:
    """Add the options on draws and evidence."""
    draws = click.option(
        "--draws",
        metavar="N",
        callback=whole(1),
        help=f"Worlds to draw; default as many as the precision takes, at most {MOST_DRAWS}.",
    )
    precision = click.option(
        "--precision",
        metavar="P",
        callback=error_size,
        help=f"Standard error of the discount at which to stop; default {PRECISION}, or none with"
        " --draws."
        " Exit code 3 if it is not reached.",
    )
    return draws(precision(evidence_option(command)))


def shared_options(
    written: str, *, replaced: str = "files that exist in DIR"
) -> Callable[[Command], Command]:
    """Return a decorator that adds the options of every long command.

    `written` is what --out writes; `replaced` what --force replaces.
    """
    out = click.option("--out", metavar="DIR", callback=folder_name, help=f"Write {written} there.")
    options = (
        click.option(
            "--seed",
            metavar="N",
            callback=whole(0),
            help="Makes a run again; default a fresh one.",
        ),
        click.option(
            "--threads",
            metavar="N",
            callback=whole(1),
            help="Default all processors; results do not depend on it.",
        ),
        out,
        click.option(
            "--format",
            "style",
            default="table",
            type=click.Choice(["table", "json", "csv"]),
            help="Of what is printed; default table.",
        ),
        click.option("--quiet", is_flag=True, help="Print the results alone."),
        click.option("--force", is_flag=True, help=f"Replace {replaced}."),
        click.option(
            "--anew",
            is_flag=True,
            help="Throw away what an unfinished run into DIR has left; default go on from there.",
        ),
    )

    def add(command: Command) -> Command:
        for option in reversed(options):
            command = option(command)
        return command

    return add


def how_many(draws: int | None, precision: float | None) -> str:
    """Return the number of draws of a run, in words.

    Examples
    --------
    >>> how_many(20_000, None), how_many(None, 0.01)
    ('20,000', 'until standard errors are 0.01, at most 400,000')
    """
    if draws is not None and precision is None:
        return f"{draws:,}"
    most = MOST_DRAWS if draws is None else draws
    return f"until standard errors are {precision or PRECISION:g}, at most {most:,}"


def stop_if_imprecise(report: Any) -> None:
    """End with exit code 3 where the precision that was asked for is not reached."""
    if report.attrs.get("imprecise"):
        click.get_current_context().exit(3)


def echo(document: Document, style: str, *, quiet: bool) -> None:
    """Print a report; for people, unless it is to be quiet, with what was assumed and words."""
    talks = style == "table" and not quiet
    if talks:
        click.echo(document.heading())
    click.echo(document.written(style))
    if talks and (words := document.conclusion()):
        click.echo(words)


def echo_time(began: float) -> None:
    """Print how long a command has taken; no file has it, so that two runs write the same bytes."""
    click.echo(f"\ntook {perf_counter() - began:.1f} s")
