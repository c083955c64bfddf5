"""Names that a shell completes: of scenarios, theories and evidence."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Final

import click

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem

__all__ = ["CAUSES", "EVIDENCE", "RETENTION", "SCENARIO", "THEORY", "Names"]


class Names(click.types.StringParamType):
    """Text that begins a name out of some; what else it may be is for the command to say.

    Parameters
    ----------
    known : callable
        Returns the names, each with what it means; called when a shell asks.
    files : bool, default False
        Whether it may also be the path of a file.

    Examples
    --------
    >>> from click import Command, Context, Option
    >>> asked = Context(Command("run")), Option(["--theory"])
    >>> [item.value for item in THEORY.shell_complete(*asked, "ssa")]
    ['ssa-civilizations', 'ssa-all']
    """

    def __init__(self, known: Callable[[], Mapping[str, str]], *, files: bool = False) -> None:
        self.known = known
        self.files = files

    def shell_complete(
        self, _: click.Context, __: click.Parameter, incomplete: str
    ) -> list[CompletionItem]:
        """Return the names that begin so; a file, if none does and it may be one."""
        from click.shell_completion import CompletionItem

        found = [
            CompletionItem(name, help=words or None)
            for name, words in self.known().items()
            if name.startswith(incomplete)
        ]
        return found or ([CompletionItem(incomplete, type="file")] if self.files else [])


def scenarios() -> dict[str, str]:
    """Return the names of the catalogue, which alone are read, not the scenarios."""
    from sfc_sim.scenario.files import catalogue_files

    return dict.fromkeys(catalogue_files(), "")


def theories() -> dict[str, str]:
    """Return the theories and what each means."""
    from sfc_sim.inference.theories import THEORIES

    return {name: theory.meaning for name, theory in THEORIES.items()}


def evidence() -> dict[str, str]:
    """Return what may be known of fronts, and observations, and what each means."""
    from sfc_sim.inference.evidence import FRONTS, OBSERVATIONS

    return {name: each.meaning for name, each in {**FRONTS, **OBSERVATIONS}.items()}


def weightings() -> dict[str, str]:
    """Return the weightings of dates, and what each means."""
    from sfc_sim.decision.weightings import WEIGHTINGS

    return {name: each.meaning for name, each in WEIGHTINGS.items()}


def causes() -> dict[str, str]:
    """Return the sets of causes of extinction."""
    from sfc_sim.decision.causes_files import cause_files

    return dict.fromkeys([*cause_files(), "none"], "")


SCENARIO: Final = Names(scenarios, files=True)
THEORY: Final = Names(theories)
EVIDENCE: Final = Names(evidence)
RETENTION: Final = Names(weightings)
CAUSES: Final = Names(causes, files=True)
