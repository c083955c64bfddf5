"""The published scenarios that come with the package, as a table."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from html import escape
from typing import NamedTuple, final

from sfc_sim._door import validated
from sfc_sim._tables import aligned
from sfc_sim.scenario import catalogue_files, load_scenario

__all__ = ["ScenarioTable", "list_scenarios"]


class ScenarioRow(NamedTuple):
    """A line of the catalogue."""

    name: str
    title: str
    model: str
    source: str


@final
@dataclass(frozen=True, repr=False)
class ScenarioTable:
    """The catalogue as a table: iterate over its rows, print it, or show it in a notebook."""

    rows: tuple[ScenarioRow, ...]

    def __iter__(self) -> Iterator[ScenarioRow]:
        return iter(self.rows)

    def __len__(self) -> int:
        return len(self.rows)

    def __str__(self) -> str:
        return aligned([ScenarioRow._fields, *self.rows])

    __repr__ = __str__

    def _repr_html_(self) -> str:
        def line(tag: str, cells: tuple[str, ...]) -> str:
            return "<tr>" + "".join(f"<{tag}>{escape(c)}</{tag}>" for c in cells) + "</tr>"

        body = "".join(line("td", row) for row in self.rows)
        return f"<table>{line('th', ScenarioRow._fields)}{body}</table>"


@validated()
def list_scenarios() -> ScenarioTable:
    """Return the catalogue of published parameter sets: name, title, model and source.

    Examples
    --------
    >>> [row.name for row in list_scenarios()][0]
    'armstrong2013-50'
    """
    scenarios = [load_scenario(name) for name in catalogue_files()]
    return ScenarioTable(
        tuple(
            ScenarioRow(s.name, s.title, f"{s.appearance} x {s.expansion}", s.source)
            for s in scenarios
        )
    )
