"""Models and scenario files that other installed packages add, by their entry points.

A distribution names a class under ``sfc_sim.models``, or a folder or list of files under
``sfc_sim.scenarios``. Nothing of it is imported before something is looked for by name.
"""

from __future__ import annotations

import sys
from functools import cache
from importlib.metadata import EntryPoint, entry_points
from pathlib import Path
from typing import Any

from sfc_sim._core.errors import InputError, shown
from sfc_sim.distributions.declarations import Model

__all__ = ["MODELS", "SCENARIOS", "added_files", "added_model", "added_names", "twice"]

MODELS, SCENARIOS = "sfc_sim.models", "sfc_sim.scenarios"
"""The groups of entry points that are read."""


def added_names() -> list[str]:
    """Return the names of all models that other packages add.

    Examples
    --------
    >>> added_names()
    []
    """
    return sorted({entry.name for entry in _entries(MODELS)})


def added_model(name: str, own: type[Model] | None = None) -> type[Model] | None:
    """Return the class of a model that another package adds, or None.

    Parameters
    ----------
    name : str
        Of the entry point, and of the class.
    own : type, optional
        The model of that name which is known already.

    Raises
    ------
    InputError
        If more than one has that name, or what the entry point names is no such model.

    Examples
    --------
    >>> added_model("fronts") is None
    True
    """
    found = [entry for entry in _entries(MODELS) if entry.name == name]
    sources = ["sfc_sim"] * (own is not None) + [_origin(entry) for entry in found]
    if len(sources) > 1:
        raise InputError(f"model '{name}' comes from {' and from '.join(sources)}; remove one")
    if not found:
        return None
    kind = _loaded(found[0])
    if not (isinstance(kind, type) and issubclass(kind, Model)):
        raise _broken(found[0], f"it is {shown(kind)}, not a class of a model")
    if kind.name != name:
        raise _broken(found[0], f"its class has the name '{kind.name}'; both must be the same")
    return kind


def added_files() -> dict[str, tuple[Path, str]]:
    """Return the scenario files that other packages add, and what brings each, by name.

    Raises
    ------
    InputError
        If an entry point is broken, or two bring files of one name.

    Examples
    --------
    >>> added_files()
    {}
    """
    found: dict[str, tuple[Path, str]] = {}
    for entry in _entries(SCENARIOS):
        for path in _paths(entry):
            if path.stem in found:
                before = found[path.stem][1]
                raise twice(path.stem, before, _origin(entry))
            found[path.stem] = path, _origin(entry)
    return found


def twice(name: str, one: str, other: str) -> InputError:
    """Return the error for a scenario that comes from two places."""
    return InputError(f"scenario '{name}' comes from {one} and from {other}; remove one")


def _origin(entry: EntryPoint) -> str:
    """Return what brings an entry point, in words."""
    return f"distribution '{entry.dist.name if entry.dist else '?'}'"


def _entries(group: str) -> tuple[EntryPoint, ...]:
    return _installed(group, tuple(sys.path))


@cache
def _installed(group: str, _: tuple[str, ...]) -> tuple[EntryPoint, ...]:
    """Return the entry points of a group, read once for each search path."""
    return tuple(sorted(entry_points(group=group), key=lambda entry: (entry.name, entry.value)))


def _loaded(entry: EntryPoint) -> Any:
    try:
        return entry.load()
    except Exception as error:  # whatever the code of others raises
        raise _broken(entry, f"{type(error).__name__}: {error}") from error


def _paths(entry: EntryPoint) -> list[Path]:
    """Return the scenario files of an entry point: those of its folder, or that it lists."""
    given = _loaded(entry)
    if isinstance(given, str | Path) and Path(given).is_dir():
        return sorted(Path(given).glob("*.toml"))
    if not isinstance(given, list | tuple) or not all(isinstance(p, str | Path) for p in given):
        raise _broken(entry, f"it is {shown(given)}, no folder and no list of TOML files")
    paths = [Path(path) for path in given]
    for path in paths:
        if path.suffix != ".toml" or not path.is_file():
            raise _broken(entry, f"there is no TOML file {path}")
    return paths


def _broken(entry: EntryPoint, reason: str) -> InputError:
    named = f"{entry.group}: {entry.name} = {entry.value}"
    return InputError(f"entry point '{named}' of {_origin(entry)} is broken: {reason}")
