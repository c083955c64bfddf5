"""Classes of the user's own in a file: by the path that they can be imported from."""

from __future__ import annotations

import importlib
from typing import Any

from sfc_sim._core.errors import InputError

__all__ = ["at_path", "path_of"]


def at_path(path: str, name: str) -> Any:
    """Return the object at a path, ``module:Class``; see `path_of`.

    Parameters
    ----------
    path : str
        Where it can be imported from.
    name : str
        What it is wanted for, for the error.

    Raises
    ------
    InputError
        If nothing is there.

    Examples
    --------
    >>> at_path("sfc_sim._core.errors:InputError", "error") is InputError
    True
    """
    module, _, words = path.partition(":")
    try:
        found: Any = importlib.import_module(module)
        for word in words.split("."):
            found = getattr(found, word)
    except (ImportError, AttributeError, ValueError):
        raise InputError(
            f"{name} is of the class '{path}', which is not found here: install or import what "
            "defines it, or put its folder on PYTHONPATH, and load again"
        ) from None
    return found


def path_of(kind: type) -> str:
    """Return the path by which a class can be imported.

    Examples
    --------
    >>> path_of(InputError)
    'sfc_sim._core.errors:InputError'
    """
    return f"{kind.__module__}:{kind.__qualname__}"
