"""Objects of the user's own: no text can hold them, so texts name them and Python keeps them."""

from __future__ import annotations

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
    if not any(known is thing for known in _OWN):
        _OWN.append(thing)
    number = next(k for k, known in enumerate(_OWN) if known is thing)
    return {"own": words(thing), "number": number}


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
