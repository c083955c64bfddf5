"""The command line as it is: its helps, and what a run prints."""

from __future__ import annotations

from click.testing import CliRunner
from pages import literal, making

from sfc_sim.cli import commands

RUN = ("run", "--draws", "20000", "--seed", "7")


def pages() -> dict[str, str]:
    """Return the captured output by file."""
    helps = [shown("--help"), *(shown(name, "--help") for name in commands.commands)]
    return {
        "command_line.inc": "\n".join(helps),
        "list.inc": shown("list"),
        "run.inc": shown(*RUN),
    }


def shown(*arguments: str) -> str:
    """Return a command and what it prints to standard output, as a literal block."""
    found = CliRunner(env={"COLUMNS": "100"}).invoke(
        commands, arguments, prog_name="sfc-sim", catch_exceptions=False
    )
    assert found.exit_code == 0, found.output
    return literal(f"$ sfc-sim {' '.join(arguments)}\n{found.stdout}", "console")


setup = making(pages, examples=True)
