"""Scenario files read and written: the text of a TOML file becomes a scenario, and back.

A file of the catalogue is read once. A text that differs in what it assumes from the scenario whose
name or source it uses is a scenario of its own.

Examples
--------
>>> load_scenario("sandberg2018").title
'Dissolving the Fermi paradox'
"""

from __future__ import annotations

import dataclasses
import os
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any, cast

from sfc_sim._core.arguments import validated
from sfc_sim._core.errors import InputError, pathlike
from sfc_sim._core.tables import as_table, as_text, check_keys
from sfc_sim.appearance.base import Appearance
from sfc_sim.distributions.declarations import declared_parameters
from sfc_sim.expansion.base import Expansion
from sfc_sim.scenario.claim import claim_from_table
from sfc_sim.scenario.correlation import correlation_from_table
from sfc_sim.scenario.derived import differences, original, stock_name, told_changed, told_changes
from sfc_sim.scenario.families import check_importable, models_from, refuse_of_others
from sfc_sim.scenario.files import (
    blamed,
    catalogue_files,
    claims_in,
    content,
    correlations_in,
    is_path,
    named_file,
    premises_in,
    table_in,
)
from sfc_sim.scenario.parameter import Parameter, parameter_from_table, unsourced
from sfc_sim.scenario.premise import premise_from_table
from sfc_sim.scenario.scenario import KEYS, WORDS, Scenario

__all__ = [
    "load_scenario",
    "save_scenario",
    "scenario_as_written",
    "scenario_from_text",
    "stock",
]


@validated()
def load_scenario(name_or_path: str | os.PathLike[str]) -> Scenario:
    """Return a scenario of the catalogue by name, or read one from a TOML file.

    Parameters
    ----------
    name_or_path : str or path
        A name that `list_scenarios` shows, or a path: a Path, or text that ends in ``.toml`` or
        contains a slash.

    Raises
    ------
    InputError
        If there is no such scenario or file, or it is not valid.

    Examples
    --------
    >>> load_scenario("sandberg2018").title
    'Dissolving the Fermi paradox'
    """
    text = pathlike(name_or_path, "scenario")
    if isinstance(name_or_path, str) and not is_path(text):
        named_file(text, "scenario", Path())  # refuses a name that is unknown
        return cast("Scenario", stock(text))
    return _under_own_name(_read_file(text))


@validated()
def save_scenario(
    scenario: Scenario | str, path: str | os.PathLike[str], force: bool = False
) -> Path:
    """Write a scenario to a TOML file and return its path.

    Parameters
    ----------
    scenario : Scenario or str
        What to write, or its name.
    path : str or path
        Where to; the folder must exist.
    force : bool, optional
        Whether to replace a file that exists, default False.

    Raises
    ------
    InputError
        If the file exists and `force` is False, or the folder cannot be written.
    """
    if not isinstance(scenario, Scenario):
        scenario = load_scenario(scenario)
    check_importable(scenario)
    path = Path(path)
    if path.exists() and not force:
        raise InputError(f"{path} exists; use force to replace it")
    if not path.parent.is_dir():
        raise InputError(f"cannot write {path}: there is no folder {path.parent}")
    beside = path.with_name(f"{path.name}.{os.getpid()}.part")
    try:  # written beside and renamed: a crash never leaves half a file
        beside.write_text(scenario.to_toml(), encoding="utf-8", newline="\n")
        beside.replace(path)
    except OSError as error:
        raise InputError(f"cannot write {path}: {error}") from None
    finally:
        beside.unlink(missing_ok=True)
    return path


@lru_cache
def stock(name: str) -> Scenario | None:
    """Return the scenario of the catalogue that goes by a name, or None."""
    path = catalogue_files().get(name)
    return None if path is None else _read_file(str(path))


def scenario_from_text(text: str, where: str = "scenario") -> Scenario:
    """Return the scenario of the text of a TOML file; see `Scenario.from_toml`."""
    return _under_own_name(_read(text, where))


def scenario_as_written(text: str) -> Scenario:
    """Return the scenario of a text that `Scenario.to_toml` gave: that one, by the name it had.

    Examples
    --------
    >>> scenario = load_scenario("sandberg2018")
    >>> scenario_as_written(scenario.to_toml()).hash == scenario.hash
    True
    """
    return _read(text, "scenario")


def _under_own_name(scenario: Scenario) -> Scenario:
    """Return a scenario that goes by no name or source of another that it differs from."""
    base, told = stock_name(scenario.name)
    published, given = stock(base), list[str]()
    if published is None:
        published, told, given = _source_of(scenario), told_changed(scenario.source), ["name"]
    found = differences(published, scenario) if published else []
    changed = [name for name in found if name not in told]
    parameters = {
        name: unsourced(p) if _borrowed(p, published, name in changed) else p
        for name, p in scenario.parameters.items()
    }
    given += [
        word
        for word in ("title", "source", "assumes")
        if original(word, getattr(scenario, word)) != getattr(published, word, None)
    ]
    return told_changes(dataclasses.replace(scenario, parameters=parameters), changed, given)


def _source_of(scenario: Scenario) -> Scenario | None:
    """Return the one of the catalogue whose words a scenario of another name goes on using."""
    source = original("source", scenario.source)
    same = [published for published in _catalogue() if published.source == source]
    if not same:
        return None
    copied = min(same, key=lambda each: (_unlike(each, scenario), len(differences(each, scenario))))
    kept = any(
        scenario.parameters[name].sourced_as(copied.parameters.get(name))
        for name in differences(copied, scenario)
        if name in scenario.parameters
    )
    claimed = bool(scenario.claims) and scenario.claims == copied.claims
    return copied if kept or claimed else None


def _catalogue() -> list[Scenario]:
    """Return every scenario of the catalogue, as it stands."""
    return [published for name in catalogue_files() if (published := stock(name))]


def _unlike(published: Scenario, scenario: Scenario) -> int:
    """Return how many words differ: relatives share a source, a copy has their other words too."""
    words = ("title", "assumes", "reference", "claims", "premises")
    sourced = [p.sourced_as(published.parameters.get(n)) for n, p in scenario.parameters.items()]
    told = [getattr(published, word) == getattr(scenario, word) for word in words]
    return (sourced + told).count(False)


def _borrowed(parameter: Parameter, published: Scenario | None, changed: bool) -> bool:
    """Tell whether a parameter names a source that says another law."""
    if published and changed and parameter.sourced_as(published.parameters.get(parameter.name)):
        return True
    if parameter.status == "assumed":
        return False
    known = [p for s in _catalogue() if (p := s.parameters.get(parameter.name))]
    laws = [(p.unit, p.distribution) for p in known if p.source == parameter.source]
    return bool(laws) and (parameter.unit, parameter.distribution) not in laws


def _read_file(path: str) -> Scenario:
    """Read a scenario file as it stands, over its base."""
    return _read(content(path), path, (Path(path),))


def _read(text: str, where: str, chain: tuple[Path, ...] = ()) -> Scenario:
    """Read a scenario as it stands, over its base."""
    with blamed(where):
        return _scenario_from_table(table_in(text, chain))


def _scenario_from_table(table: Mapping[str, Any]) -> Scenario:
    optional = ("reference", "assumes", "options", "claims", "premises", "correlations")
    parts = ("options", "parameters", "claims", "premises", "correlations")
    check_keys("scenario", table, (*KEYS, *parts), optional)
    words = {key: as_text(table.get(key, ""), key) for key in KEYS}
    options = as_table(table.get("options", {}), "options")
    appearance, expansion = models_from(words["appearance"], words["expansion"], options)
    declared = declared_parameters((appearance, expansion))
    parameters: dict[str, Parameter] = {}
    for name, entry in as_table(table["parameters"], "parameters").items():
        refuse_of_others((appearance, expansion), name)
        parameters[name] = parameter_from_table(name, entry, declared.get(name))
    return Scenario(
        appearance=cast("Appearance", appearance),
        expansion=cast("Expansion", expansion),
        parameters=parameters,
        claims=tuple(claim_from_table(entry) for entry in claims_in(table)),
        premises=tuple(premise_from_table(entry, declared) for entry in premises_in(table)),
        correlations=tuple(map(correlation_from_table, correlations_in(table))),
        **{key: words[key] for key in WORDS},
    )
