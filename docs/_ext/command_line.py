"""What the package says of itself: the command line as it is, and the names of the front door."""

from __future__ import annotations

import inspect

from click.testing import CliRunner
from pages import literal, making, table

import sfc_sim
from sfc_sim.cli import commands

RUN = ("run", "--draws", "20000", "--seed", "7")


def pages() -> dict[str, str]:
    """Return the captured output by file."""
    helps = [shown("--help"), *(shown(name, "--help") for name in commands.commands)]
    return {
        "command_line.inc": "\n".join(helps),
        "front_door.inc": front_door(),
        "list.inc": shown("list"),
        "run.inc": shown(*RUN),
    }


def front_door() -> str:
    """Return the table of all names of the front door, each with its first line of words."""
    rows = []
    for name in sfc_sim.__all__:
        thing = getattr(sfc_sim, name)
        words = (inspect.getdoc(thing) or "").split("\n\n")[0].replace("\n", " ")
        rows.append((f"`{name} <{sfc_sim._HOME[name]}.{name}>`", words))
    return table(("Name", "What it is"), rows, (30, 70))


def shown(*arguments: str) -> str:
    """Return a command and what it prints to standard output, as a literal block."""
    found = CliRunner(env={"COLUMNS": "100"}).invoke(
        commands, arguments, prog_name="sfc-sim", catch_exceptions=False
    )
    assert found.exit_code == 0, found.output
    return literal(f"$ sfc-sim {' '.join(arguments)}\n{found.stdout}", "console")


setup = making(pages, examples=True)
