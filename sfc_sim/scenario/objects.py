"""Objects of models as tables that a file can hold, and back: by the path they are imported by."""

from __future__ import annotations

from dataclasses import fields, is_dataclass
from typing import Any

import numpy as np

from sfc_sim._core.errors import InputError, shown
from sfc_sim._core.importable import at_path, path_of
from sfc_sim.distributions import Distribution

__all__ = ["object_from", "table_of"]


def table_of(thing: Any, name: str) -> Any:
    """Return a number, text, list, law or object of a class as what JSON can hold.

    Raises
    ------
    InputError
        If it is of a class that cannot be imported, or that is no dataclass and has attributes.

    Examples
    --------
    >>> from sfc_sim.decision import SpeedLinked
    >>> table_of(SpeedLinked(1.0, 0.5), "similarity")
    {'class': 'sfc_sim.decision.similarity:SpeedLinked', 'fields': {'slow': 1.0, 'fast': 0.5}}
    """
    if thing is None or isinstance(thing, bool | int | float | str):
        return thing
    if isinstance(thing, np.number):
        return thing.item()
    if isinstance(thing, Distribution):
        return {"law": thing.to_dict()}
    if isinstance(thing, tuple):
        return {"tuple": [table_of(each, name) for each in thing]}
    if isinstance(thing, list):
        return [table_of(each, name) for each in thing]
    if isinstance(thing, dict):
        return {"table": {key: table_of(each, name) for key, each in thing.items()}}
    kind = type(thing)
    path = path_of(kind)
    own = [each.name for each in fields(kind)] if is_dataclass(kind) else []
    held = set(getattr(thing, "__dict__", {})) - set(own)
    if held or "<locals>" in path or kind.__module__ == "__main__":
        raise InputError(
            f"{name} is {shown(thing)}, which a file cannot hold: make its class a dataclass in a "
            "module that can be imported"
        )
    return {"class": path, "fields": {key: table_of(getattr(thing, key), name) for key in own}}


def object_from(table: Any, name: str, method: str) -> Any:
    """Return the object that `table_of` wrote as a table; it must have a method.

    Raises
    ------
    InputError
        If its class is not where it was, or is of no such kind.

    Examples
    --------
    >>> object_from({"law": {"kind": "uniform", "lo": 0, "hi": 2}}, "similarity", "draw")
    Uniform(lo=0, hi=2)
    """
    if isinstance(table, list):
        return [object_from(each, name, method) for each in table]
    if not isinstance(table, dict):
        return table
    if "tuple" in table:
        return tuple(object_from(each, name, method) for each in table["tuple"])
    if "law" in table:
        return Distribution.from_dict(table["law"], name)
    if "table" in table:
        return {key: object_from(each, name, method) for key, each in table["table"].items()}
    path = str(table.get("class", ""))
    found = at_path(path, name)
    # What a file names is not called unless it is of the kind that is wanted.
    if not (isinstance(found, type) and callable(getattr(found, method, None))):
        raise InputError(f"{name} is of '{path}', which is no class with a method {method}")
    given = {key: object_from(each, name, method) for key, each in table["fields"].items()}
    return found(**given)
