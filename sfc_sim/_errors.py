"""Errors that speak to people."""

from __future__ import annotations

import os
import sys
import warnings
from collections.abc import Collection, Iterable, Sequence
from difflib import get_close_matches
from math import inf, isfinite, nan
from numbers import Real
from pathlib import Path

MANY = 20  # names are not listed beyond this

__all__ = ["InputError", "known_names", "number", "unknown", "warn_user"]


class InputError(ValueError):
    """A value from outside that cannot be used: says what came and what is allowed, in a line."""


def warn_user(text: str, category: type[Warning]) -> None:
    """Warn at the line that called this package from outside.

    Examples
    --------
    >>> import warnings
    >>> with warnings.catch_warnings(record=True, action="always") as told:
    ...     warn_user("few draws", UserWarning)
    >>> "sfc_sim" in told[0].filename
    False
    """
    package = str(Path(__file__).parent) + os.sep
    level, frame = 1, sys._getframe()
    while frame.f_back is not None and frame.f_code.co_filename.startswith(package):
        level, frame = level + 1, frame.f_back
    warnings.warn(text, category, stacklevel=level)


def unknown(kind: str, name: object, choices: Iterable[str]) -> InputError:
    """Return the error for a name that is not among `choices`, offering the nearest one.

    Examples
    --------
    >>> print(unknown("theory", "sai", ["sia", "prior"]))
    unknown theory 'sai'; did you mean 'sia'? (allowed: sia, prior)
    """
    names = {choice.casefold(): choice for choice in choices}
    came = str(name).casefold()
    begun = [low for low in names if len(came) > 2 and low.startswith(came)]
    alike = get_close_matches(came, names, n=3, cutoff=0.4)
    near = [names[low] for low in dict.fromkeys([*begun[:1], *alike])][:3]
    hint = f"; did you mean '{near[0]}'?" if near else ";"
    if len(names) <= MANY:
        return InputError(f"unknown {kind} '{name}'{hint} (allowed: {', '.join(names.values())})")
    others = f"; also near: {', '.join(near[1:])}" if near[1:] else ""
    return InputError(f"unknown {kind} '{name}'{hint} ({len(names)} are known{others})")


def known_names(given: object, name: str, kind: str, choices: Collection[str]) -> list[str]:
    """Return a list of names, at least one, all of them among `choices`.

    Examples
    --------
    >>> known_names(("sia",), "theories", "theory", ["sia", "prior"])
    ['sia']
    """
    if isinstance(given, str) or not isinstance(given, Sequence) or not given:
        raise InputError(f"{name} is {given!r}; it must be a list of names, at least one")
    for each in given:
        if each not in choices:
            raise unknown(kind, each, choices)
    return list(given)


def number(value: object, name: str, low: float = -inf, high: float = inf) -> float:
    """Return a finite number in a range, or say what it must be.

    Examples
    --------
    >>> number(0.5, "retention", 0.0, 1.0)
    0.5
    """
    found = nan if isinstance(value, bool) or not isinstance(value, Real) else float(value)
    if not (isfinite(found) and low <= found <= high):
        allowed = f" from {low:g} to {high:g}"
        if high == inf:
            allowed = f", {low:g} or more" if low > -inf else ""
        raise InputError(f"{name} is {value!r}; it must be a finite number{allowed}")
    return found
