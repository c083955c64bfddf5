"""The command line: read what is asked, call the package, print what comes back.

Exit codes: 0 done, 1 cannot be computed, 2 bad input, 3 not as precise as asked, 130 interrupted.
Results go to standard output; progress and notes to standard error. Only click is imported before
a command runs.
"""

from __future__ import annotations

import dataclasses
import errno
import io
import json
import os
import signal
import sys
import warnings
from collections.abc import Sequence
from contextlib import suppress

import click

import sfc_sim
from sfc_sim._core.errors import InputError
from sfc_sim._core.files import abandon
from sfc_sim._core.pieces import GOES_ON, in_force
from sfc_sim.cli.compare import compare
from sfc_sim.cli.explore import explore
from sfc_sim.cli.names import SCENARIO
from sfc_sim.cli.options import whole
from sfc_sim.cli.run import assess, run
from sfc_sim.cli.simulate import simulate
from sfc_sim.cli.warm import warm

__all__ = ["main", "program"]

NOTHING_LEFT = "no unfinished file is left"
# What the disk says where it is full, or has had enough of us: no fault of the command.
DISK = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line and return its exit code; every error is one line.

    Examples
    --------
    >>> main(["--version"])
    sfc-sim ...
    0
    """
    prepare_streams()
    try:
        return commands.main(arguments, prog_name="sfc-sim", standalone_mode=False) or 0
    except click.ClickException as error:
        return complain(error.format_message(), 2)
    except InputError as error:
        full = getattr(error.__cause__, "errno", None) in DISK
        return complain(with_notes(error), 1 if full else 2)
    except (click.Abort, KeyboardInterrupt) as error:  # the latter outside of what click watches
        if isinstance(error.__context__, EOFError):  # nothing is read from a keyboard here
            return complain("a file ends before its end: it is damaged", 1)
        return complain(f"interrupted; {kept_by(error) or NOTHING_LEFT}", 130)
    except MemoryError:
        return complain("not enough memory: take fewer (--draws, --civilizations)", 1)
    except ArithmeticError as error:
        return complain(with_notes(error), 1)
    except OSError as error:
        return complain(f"cannot write: {error.strerror or error}", 1)


def kept_by(error: BaseException | None) -> str:
    """Return that the work of a command is kept, where its end is an error that says so."""
    while error is not None:
        if GOES_ON in getattr(error, "__notes__", ()):
            return GOES_ON
        error = error.__context__
    return ""


def with_notes(error: BaseException) -> str:
    """Return the words of an error, and whether work is kept."""
    return "; ".join(filter(None, (str(error), kept_by(error))))


def prepare_streams() -> None:
    """Let no stream that is closed, or cannot show a letter, end a run."""
    for name in ("stdin", "stdout", "stderr"):
        stream = getattr(sys, name)
        if stream is None:  # closed by the shell: its number must not become that of a file
            # Open as long as the process lives: there is no block that could close it.
            setattr(sys, name, open(os.devnull, "r+"))  # noqa: SIM115 (nothing closes a stream)
        elif name != "stdin" and isinstance(stream, io.TextIOWrapper) and stream.errors == "strict":
            stream.reconfigure(errors="backslashreplace")


def program() -> None:
    """Run the command line as a program, which ends at once on a signal.

    Ctrl-C, the request of a scheduler (SIGTERM), and the end of a session (SIGHUP) end it without
    an exception: one raised wherever Python stands may be lost there, in the finalizer of a library
    for one.
    """
    for number in (signal.SIGINT, signal.SIGTERM, getattr(signal, "SIGHUP", signal.SIGTERM)):
        if signal.getsignal(number) is not signal.SIG_IGN:
            signal.signal(number, interrupted)
    warnings.showwarning = told
    sys.exit(main())


def told(message: Warning | str, *_: object, **__: object) -> None:
    """Print a warning on one line, without the line of code that raised it."""
    click.echo(f"sfc-sim: {' '.join(str(message).split())}", err=True)


def interrupted(*_: object) -> None:
    """Take back what is being written, say so and end the process."""
    abandon()
    pieces = in_force()
    kept = GOES_ON if pieces is not None and pieces.done else NOTHING_LEFT
    with suppress(Exception):  # whatever the streams are in the middle of
        sys.stdout.flush()
    with suppress(Exception):
        clean = "\r\x1b[2K\x1b[?25h" if sys.stderr.isatty() else ""  # of the progress bar
        os.write(sys.stderr.fileno(), f"{clean}sfc-sim: interrupted; {kept}\n".encode())
    os._exit(130)


def complain(message: object, code: int) -> int:
    """Print one line to standard error and return the exit code."""
    click.echo(f"sfc-sim: {' '.join(str(message).split())}", err=True)
    return code


@click.group(invoke_without_command=True, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(sfc_sim.__version__, message="sfc-sim %(version)s")
@click.pass_context
def commands(context: click.Context) -> None:
    """How many space-faring civilizations there are, and what follows for what we should do."""
    if context.invoked_subcommand is None:
        click.echo(context.get_help())


@commands.command(name="list", short_help="List the scenarios of the catalogue.")
@click.argument("words", required=False, metavar="[FAMILY]", type=SCENARIO)
@click.option("--all", "every", is_flag=True, help="All scenarios one by one.")
def list_command(words: str | None, every: bool) -> None:
    """List the scenarios of the catalogue, the family of one work on one line.

    With FAMILY, such as hanson2021, its scenarios one by one; other words, such as grabby, find all
    that have these in their name, title, model or source.
    """
    table = sfc_sim.list_scenarios(words)
    click.echo(dataclasses.replace(table, folded=False) if every else table)


@commands.command(short_help="Show what a scenario assumes, with sources.")
@click.argument("scenario", metavar="NAME", type=SCENARIO)
@click.option("--toml", is_flag=True, help="Print it as a file to change and pass to run.")
def show(scenario: str, toml: bool) -> None:
    """Show what a scenario assumes, with sources: a name, or a path that ends in .toml."""
    chosen = sfc_sim.load_scenario(scenario)
    click.echo(chosen.to_toml() if toml else chosen)


@commands.command(short_help="Print the form of scenario files, for editors.")
def schema() -> None:
    """Print the JSON Schema of scenario files; editors complete and check words with it.

    Write it beside your file, sfc-sim schema > scenario.schema.json, and begin that file with the
    line #:schema ./scenario.schema.json
    """
    from sfc_sim.literature.schema import scenario_schema

    click.echo(json.dumps(scenario_schema(), indent=2, ensure_ascii=False, allow_nan=False))


@commands.command(short_help="Compute again what the source of a scenario publishes.")
@click.argument("scenario", metavar="NAME", type=SCENARIO)
@click.option("--draws", default="100000", metavar="N", callback=whole(1), help="Default 100000.")
@click.option("--seed", metavar="N", callback=whole(0), help="Default a fresh one.")
def reproduce(scenario: str, draws: int, seed: int | None) -> None:
    """Compute again what the source of a scenario publishes, and say what is within tolerance."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", sfc_sim.EffectiveSampleSizeWarning)
        table = sfc_sim.literature.reproduce(scenario, draws=draws, rng=seed)
    click.echo(sfc_sim.report.text(table))


commands.add_command(run)
commands.add_command(assess)
commands.add_command(compare)
commands.add_command(simulate)
commands.add_command(explore)
commands.add_command(warm)
