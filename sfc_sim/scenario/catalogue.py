"""The published scenarios that come with the package, as a table."""

from __future__ import annotations

import os
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import takewhile
from typing import NamedTuple, TypeAlias, final

from sfc_sim._core.arguments import validated
from sfc_sim._core.credences import mixture_named
from sfc_sim._core.errors import InputError, shown, unknown
from sfc_sim._core.rows import Column, Table, as_html, as_text, filled, items
from sfc_sim.distributions.declarations import Model
from sfc_sim.scenario.claim import Claim
from sfc_sim.scenario.files import catalogue_files
from sfc_sim.scenario.reading import load_scenario, stock
from sfc_sim.scenario.scenario import Scenario

__all__ = [
    "ScenarioLike",
    "ScenarioRow",
    "ScenarioTable",
    "claims_of",
    "list_scenarios",
    "scenario_of",
    "uses_of",
    "why_not_run",
]


class ScenarioRow(NamedTuple):
    """A line of the catalogue."""

    name: str
    title: str
    model: str
    source: str
    uses: str

    @property
    def family(self) -> str:
        """What scenarios of one work go by together: the name up to the year."""
        return re.sub(r"(?<=[0-9]{4})-.*", "", self.name)


@final
@dataclass(frozen=True, repr=False)
class ScenarioTable:
    """The catalogue as a table: iterate over its rows, print it, or show it in a notebook."""

    rows: tuple[ScenarioRow, ...]
    folded: bool = True

    def __iter__(self) -> Iterator[ScenarioRow]:
        return iter(self.rows)

    def __len__(self) -> int:
        return len(self.rows)

    def __str__(self) -> str:
        return folded(self.rows) if self.folded else "\n".join(map(unfolded, self.rows))

    __repr__ = __str__

    def _repr_html_(self) -> str:
        columns = tuple(Column(name) for name in ScenarioRow._fields)
        return as_html(Table(columns, tuple(row._asdict() for row in self.rows)))


def unfolded(row: ScenarioRow) -> str:
    """Return the entry of a scenario in the catalogue, on lines of its own."""
    told = (row.title, f"{row.source}; {row.model}", row.uses)
    return "\n".join([row.name, *(filled(f"    {words}", indent="      ") for words in told)])


def folded(rows: tuple[ScenarioRow, ...]) -> str:
    """Return scenarios with a line for each family: how many, what they are, what can be asked."""
    families: dict[str, list[ScenarioRow]] = {}
    for row in rows:
        families.setdefault(row.family, []).append(row)
    columns = ("family", "what it is", "what can be asked of it")
    lines = []
    for family, members in families.items():
        name = f"{family} ({len(members)})" if len(members) > 1 else members[0].name
        cells = name, shared_words([row.title for row in members]), uses_in(members)
        lines.append(dict(zip(columns, cells, strict=True)))
    table = Table(tuple(map(Column, columns)), tuple(lines), look="wrapped")
    told = (
        f"{len(rows)} scenarios in {len(families)} families; (n): n of one work.",
        "`sfc-sim list cook2022` opens a family, `sfc-sim list --all` all of them.",
    )
    return "\n\n".join([as_text(table), items(_ASKED), "\n".join(map(filled, told))])


_ASKED = {
    "run, compare, simulate": "commands of sfc-sim; `sfc-sim run` gives the whole answer",
    "reach": "how far humanity gets with nobody else: `sfc_sim.sample` in Python",
    "posterior": "of the origin of life only: `sfc_sim.earth.earth_posterior` in Python",
}


def uses_in(rows: Sequence[ScenarioRow]) -> str:
    """Return the uses of scenarios, and the number of scenarios with each where not all have it.

    Examples
    --------
    >>> uses_in(list_scenarios("sandberg2018").rows)
    'run, compare, simulate (1 of 5)'
    """
    many = Counter(use for row in rows for use in row.uses.split(", ") if use != "reproduce")
    every = len(rows)
    return ", ".join(f"{use} ({n} of {every})" if n < every else use for use, n in many.items())


def shared_words(titles: list[str]) -> str:
    """Return the words with which titles begin, or the first if they have none in common.

    Examples
    --------
    >>> shared_words(["Loud aliens: 3 hard steps", "Loud aliens: 6 hard steps"])
    'Loud aliens'
    """
    if len(titles) == 1:
        return titles[0]
    rows = zip(*([word.strip(",:") for word in title.split()] for title in titles), strict=False)
    same = len(list(takewhile(lambda row: len(set(row)) == 1, rows)))
    return re.split("[,:]", " ".join(titles[0].split()[:same] or [titles[0]]))[0]


def uses_of(scenario: Scenario | str) -> tuple[str, ...]:
    """Return the uses of a scenario: names of commands and functions that accept it.

    Examples
    --------
    >>> uses_of(load_scenario("ord2021"))
    ('reach', 'reproduce')
    >>> uses_of(load_scenario("cook2022-balanced"))
    ('run', 'compare', 'simulate', 'reproduce')
    """
    scenario = scenario_of(scenario)
    if "reach" in scenario.gives:
        uses = ["reach"]
    elif "civilizations" not in scenario.gives:
        uses = ["posterior"]
    else:
        uses = ["run", "compare", *["simulate"] * ("fronts" in scenario.gives)]
    return (*uses, *["reproduce"] * bool(scenario.claims))


def why_not_run(scenario: Scenario | str) -> str:
    """Return why a scenario cannot be run, and what can be done with it instead; or nothing.

    Examples
    --------
    >>> why_not_run(load_scenario("sandberg2018"))
    ''
    """
    scenario = scenario_of(scenario)
    uses, name = uses_of(scenario), scenario.name
    if "run" in uses:
        return ""
    says, instead = {
        "reach": (
            "models how far humanity gets with nobody else",
            f"sfc_sim.sample('{name}', 1000)",
        ),
        "posterior": (
            "models the origin of life only",
            f"sfc_sim.earth.earth_posterior('{name}')",
        ),
    }[uses[0]]
    return f"scenario '{name}' {says}: it has no civilizations to run; try " + ", ".join(
        [f"sfc-sim reproduce {name}"] * ("reproduce" in uses) + [f"{instead} in Python"]
    )


@validated()
def claims_of(measure: str) -> tuple[Claim, ...]:
    """Return what the sources of the catalogue publish of one measure.

    Examples
    --------
    >>> [(claim.source, claim.published) for claim in claims_of("recovered-share")]
    [('Finnveden 2019, summary', 0.7), ('Riché 2025, lower end', 0.84)]
    """
    known = filter(None, map(stock, catalogue_files()))
    return tuple(c for scenario in known for c in scenario.claims if c.measure == measure)


@validated()
def list_scenarios(words: str | None = None) -> ScenarioTable:
    """Return the catalogue of published parameter sets: name, title, model and source.

    Parameters
    ----------
    words : str, optional
        Only the family of this name, or those that have this in their name, title, model or source.

    Raises
    ------
    InputError
        If there is none.

    Examples
    --------
    >>> [row.name for row in list_scenarios()][0]
    'armstrong2013-50'
    >>> len(list_scenarios("cook2022"))
    6
    >>> {row.family for row in list_scenarios("grabby aliens")}
    {'cook2022'}
    """
    scenarios = [load_scenario(name) for name in catalogue_files()]
    rows = tuple(
        ScenarioRow(
            s.name, s.title, f"{s.appearance} x {s.expansion}", s.source, ", ".join(uses_of(s))
        )
        for s in scenarios
    )
    if words is None:
        return ScenarioTable(rows)
    asked = words.casefold().strip()
    found = tuple(row for row in rows if row.family.casefold() == asked) or tuple(
        row for row in rows if asked in "\n".join(row[:4]).casefold()
    )
    if not (asked and found):
        known = dict.fromkeys(name for row in rows for name in (row.family, row.name))
        raise unknown("scenario or family", words, known)
    return ScenarioTable(found, folded=False)


ScenarioLike: TypeAlias = Scenario | ScenarioRow | str


def scenario_of(scenario: ScenarioLike) -> Scenario:
    """Return a scenario given itself, its name, the path of its file, or its row of a list.

    Raises
    ------
    InputError
        If it is none of these, or there is no such scenario or file.

    Examples
    --------
    >>> scenario_of(list_scenarios("sandberg2018").rows[0]).source
    'Sandberg, Drexler & Ord 2018'
    """
    if isinstance(scenario, ScenarioRow):
        return load_scenario(scenario.name)
    if isinstance(scenario, Scenario):
        return scenario
    given: object = scenario
    if isinstance(given, Model):
        raise InputError(
            f"{shown(given)} is a model; make a scenario of it:"
            " sfc_sim.Scenario(appearance=..., expansion=..., parameters=...)"
        )
    if told := mixture_named(given):
        raise InputError(
            f"scenario is the mixture {told}; sfc_sim.assess takes one, and study.draws are"
            " its draws; here it must be a Scenario, its name or a path"
        )
    if not isinstance(scenario, str | os.PathLike):
        raise InputError(
            f"scenario is {shown(scenario)}; it must be a Scenario, its name or a path"
        )
    return load_scenario(scenario)
