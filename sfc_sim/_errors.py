"""Errors that speak to people."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches

__all__ = ["InputError", "unknown"]


class InputError(ValueError):
    """A value from outside that cannot be used: says what came and what is allowed, in a line."""


def unknown(kind: str, name: object, choices: Iterable[str]) -> InputError:
    """Return the error for a name that is not among `choices`, offering the nearest one.

    Examples
    --------
    >>> print(unknown("theory", "sai", ["sia", "prior"]))
    unknown theory 'sai'; did you mean 'sia'? (allowed: sia, prior)
    """
    names = list(choices)
    begun = [choice for choice in names if len(str(name)) > 2 and choice.startswith(str(name))]
    near = begun[:1] or get_close_matches(str(name), names, n=1, cutoff=0.4)
    hint = f"; did you mean '{near[0]}'?" if near else ";"
    return InputError(f"unknown {kind} '{name}'{hint} (allowed: {', '.join(names)})")
