"""The published scenarios that come with the package, as a table."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from html import escape
from typing import NamedTuple, final

from sfc_sim._door import validated
from sfc_sim._tables import aligned
from sfc_sim.scenario import Scenario, catalogue_files, load_scenario

__all__ = ["ScenarioRow", "ScenarioTable", "list_scenarios", "uses_of", "why_not_run"]


class ScenarioRow(NamedTuple):
    """A line of the catalogue."""

    name: str
    title: str
    model: str
    source: str
    uses: str


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


def uses_of(scenario: Scenario) -> tuple[str, ...]:
    """Return what can be asked of a scenario, by the names of commands and functions.

    Examples
    --------
    >>> uses_of(load_scenario("ord2021"))
    ('reach', 'reproduce')
    >>> uses_of(load_scenario("cook2022-balanced"))
    ('run', 'compare', 'simulate', 'reproduce')
    """
    if scenario.expansion == "reach":
        uses = ["reach"]
    elif scenario.options.get("reaches") == "life":
        uses = ["posterior"]
    else:
        uses = ["run", "compare", *["simulate"] * (scenario.expansion == "fronts")]
    return (*uses, *["reproduce"] * bool(scenario.claims))


def why_not_run(scenario: Scenario) -> str:
    """Return why a scenario cannot be run, and what can be done with it instead; or nothing.

    Examples
    --------
    >>> why_not_run(load_scenario("sandberg2018"))
    ''
    """
    uses, name = uses_of(scenario), scenario.name
    if "run" in uses:
        return ""
    of, instead = {
        "reach": ("how far humanity gets with nobody else", f"sfc_sim.sample('{name}', 1000)"),
        "posterior": ("the origin of life alone", f"sfc_sim.earth_posterior('{name}')"),
    }[uses[0]]
    return f"scenario '{name}' is of {of}: it has no civilizations to run; try " + ", ".join(
        [f"sfc-sim reproduce {name}"] * ("reproduce" in uses) + [f"{instead} in Python"]
    )


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
            ScenarioRow(
                s.name, s.title, f"{s.appearance} x {s.expansion}", s.source, ", ".join(uses_of(s))
            )
            for s in scenarios
        )
    )
