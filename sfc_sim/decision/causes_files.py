"""Causes of extinction in files: those that come with the package, and the user's own."""

from __future__ import annotations

import os
import tomllib
from pathlib import Path
from typing import Any, Final

from sfc_sim._core.arguments import validated
from sfc_sim._core.errors import InputError, pathlike, shown, unknown
from sfc_sim._core.tables import as_table, check_keys
from sfc_sim.decision.causes import Cause, Causes, CausesLike, EvolvesAgain
from sfc_sim.distributions import Distribution
from sfc_sim.scenario.files import blamed, content, folder_of_parameters, is_path

__all__ = ["as_causes", "cause_files", "load_causes"]

_WORDS: Final = ("name", "title", "source", "reference", "assumes")
_AGAIN: Final = ("history", "left", "step", "expands")
_AFTER: Final = ("successor", "value", "delay", "source")
_CAUSE: Final = ("share", "risk", *_AFTER, "leaves", "meaning", "status")


def cause_files() -> dict[str, Path]:
    """Return the files of causes that come with the package, by name.

    Examples
    --------
    >>> list(cause_files())
    ['ord2020']
    """
    return {path.stem: path for path in sorted((folder_of_parameters() / "causes").glob("*.toml"))}


@validated()
def load_causes(name_or_path: str | os.PathLike[str]) -> Causes:
    """Read causes of extinction.

    Parameters
    ----------
    name_or_path : str or path
        A name, such as "ord2020", or a path that ends in .toml.

    Returns
    -------
    Causes

    Raises
    ------
    InputError
        If there is no such file, or something in it is not what it must be.

    Examples
    --------
    >>> causes = load_causes("ord2020")
    >>> round(causes["unaligned_ai"].share, 2)
    0.53
    """
    given, known = pathlike(name_or_path, "name_or_path"), cause_files()
    if not is_path(given):
        if given not in known:
            raise unknown("set of causes", given, known)
        given = str(known[given])
    text = content(given, "file of causes")
    with blamed(given):
        return _from_table(tomllib.loads(text), Path(given).stem)


def as_causes(causes: CausesLike) -> Causes:
    """Return causes given themselves, their name, or the path of a file.

    Examples
    --------
    >>> as_causes("ord2020").name
    'ord2020'
    """
    if isinstance(causes, Causes):
        return causes
    given: object = causes
    if not isinstance(given, str | os.PathLike):
        raise InputError(f"causes is {shown(given)}; it must be Causes, a name or a path")
    if given == "none":
        raise InputError("causes is 'none', as on the command line; in Python none are None")
    return load_causes(given)


def _from_table(table: dict[str, Any], stem: str) -> Causes:
    """Return the causes of a table of TOML."""
    check_keys("file", table, (*_WORDS, "aftermaths", "causes"), (*_WORDS, "aftermaths"))
    entries, after = (
        {key: as_table(each, f"{part} '{key}'") for key, each in found.items()}
        for part in ("causes", "aftermaths")
        if (found := as_table(table.get(part, {}), part)) is not None
    )
    for name, entry in after.items():
        check_keys(f"aftermath '{name}'", entry, _AFTER, _AFTER)
    sizes = {key for entry in entries.values() for key in ("share", "risk") if key in entry}
    if len(sizes) != 1:
        raise InputError("every cause needs a share, which sum to 1, or every cause a risk")
    (size,) = sizes
    causes = {}
    for name, entry in entries.items():
        with blamed(f"cause '{name}'"):
            causes[name] = _cause(entry, size, after)
    words = {key: table[key] for key in ("title", "source", "assumes") if key in table}
    make = Causes if size == "share" else Causes.of_risks
    return make(causes, name=table.get("name", stem), **words)


def _cause(entry: dict[str, Any], size: str, after: dict[str, dict[str, Any]]) -> Cause:
    """Return a cause, with what the aftermath that it leaves says of it."""
    check_keys("cause", entry, _CAUSE, tuple(key for key in _CAUSE if key != size))
    leaves = entry.get("leaves", "")
    if after and leaves and leaves not in after:
        raise unknown("aftermath", leaves, after)
    below = after.get(leaves, {})
    held = {key: _value(value, key) for key, value in (below | entry).items() if key != size}
    if "source" in below and "source" in entry:
        held["source"] = f"{entry['source']}; {below['source']}"
    return Cause(share=entry[size], **held)


def _value(value: Any, key: str) -> Any:
    """Return what a table stands for: a distribution, or the chance of evolving again."""
    if not isinstance(value, dict):
        return value
    if key == "successor" and "history" in value:
        check_keys("successor", value, _AGAIN, _AGAIN[1:])
        return EvolvesAgain(**value)
    return Distribution.from_dict(value, key)
