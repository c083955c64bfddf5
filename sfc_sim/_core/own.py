"""Objects of the user's own: no text can hold them, so texts name them and Python keeps them."""

from __future__ import annotations

from dataclasses import is_dataclass
from typing import Any

from sfc_sim._core.errors import InputError, one_line, shown

__all__ = ["kept", "named"]

_OWN: list[object] = []


def named(thing: object) -> dict[str, Any]:
    """Keep an object while Python lives, and return what names it in a text.

    Examples
    --------
    >>> thing = object()
    >>> kept(named(thing), "similarity") is thing
    True
    """
    number = next((k for k, known in enumerate(_OWN) if same(known, thing)), len(_OWN))
    if number == len(_OWN):
        _OWN.append(thing)
    return {"own": words(thing), "number": number}


def same(one: object, other: object) -> bool:
    """Tell whether two objects are one, or dataclasses that are equal.

    Examples
    --------
    >>> same(object(), object())
    False
    """
    if one is other or type(one) is not type(other) or not is_dataclass(one):
        return one is other
    try:
        return bool(one == other)
    except ValueError:  # a field is an array, which is equal to none
        return False


def words(thing: object) -> str:
    """Return the ``repr`` of an object, on a line of bounded length."""
    return one_line(repr(thing))[:1000]


def kept(name: dict[str, Any], kind: str) -> Any:
    """Return the object of a name.

    Raises
    ------
    InputError
        If the name is of another process.
    """
    number = name["number"]
    # Another process gave its numbers to other objects.
    if number < len(_OWN) and words(_OWN[number]) == name["own"]:
        return _OWN[number]
    raise InputError(
        f"the {kind} of this report is an object of your own, {shown(name['own'])}, from another"
        " Python process: make the report again with sfc_sim.assess"
    )
