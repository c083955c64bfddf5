"""Errors that speak to people, and the checks that raise them."""

from __future__ import annotations

import os
import re
import sys
import warnings
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from difflib import get_close_matches
from math import inf, isfinite, isnan, nan
from numbers import Integral, Real
from pathlib import Path
from typing import Any

__all__ = [
    "InputError",
    "WorkerError",
    "affordable",
    "bare",
    "choice",
    "flag",
    "known_names",
    "number",
    "numbers",
    "one_line",
    "pathlike",
    "printable",
    "shown",
    "text",
    "unknown",
    "warn_user",
    "whole_number",
]

# What came is cut to this many characters; names are not listed beyond so many.
SHOWN, MANY = 80, 20
MOST = 2**62  # the index of a draw, with what comes after it, is a 64-bit integer
# Control characters can forge lines of a terminal, marks of direction the order of a line.
_CONTROLS = re.compile(
    r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]"
)


def printable(words: object) -> str:
    r"""Return text with control characters replaced, so that it only writes to a terminal.

    Examples
    --------
    >>> printable("a name\x1b[2J")
    'a name�[2J'
    """
    return _CONTROLS.sub("\ufffd", str(words))


def one_line(words: str) -> str:
    r"""Return text on one line, without what could steer a terminal or forge a line of it.

    Examples
    --------
    >>> one_line("mine\n0.5 ± 0.1")
    'mine 0.5 ± 0.1'
    """
    return " ".join(printable(words).splitlines())


def shown(value: object) -> str:
    """Return a value as errors show it: on one line of at most 80 characters.

    Examples
    --------
    >>> shown("abc"), len(shown(list(range(1000))))
    ("'abc'", 80)
    """
    if isinstance(value, int) and abs(value) >= 10**18:
        # Python refuses to write more than 4,300 digits.
        return f"a whole number of {value.bit_length()} bits"
    if getattr(value, "shape", None) == () and hasattr(value, "item"):
        plain = value.item()
        if type(plain) is not type(value):  # a scalar of NumPy; that of a quantity is one again
            return shown(plain)
    try:
        words = repr(value)
    except (ValueError, RecursionError):
        words = f"a {type(value).__name__}"
    words = " ".join(printable(words[: 20 * SHOWN]).split())
    return words if len(words) <= SHOWN else words[: SHOWN - 3] + "..."


class InputError(ValueError):
    """A value from outside that cannot be used: says what came and what is allowed, in a line."""

    def __init__(self, *words: object) -> None:
        super().__init__(*(printable(each) for each in words))


class WorkerError(RuntimeError):
    """A task was lost with the worker of an executor that did it: says which."""


def warn_user(text: str, category: type[Warning]) -> None:
    """Warn at the line that called this package from outside.

    Examples
    --------
    >>> import warnings
    >>> with warnings.catch_warnings(record=True, action="always") as told:
    ...     warn_user("few draws", UserWarning)
    >>> "errors.py" in told[0].filename
    False
    """
    package = str(Path(__file__).parents[1]) + os.sep
    level, frame = 1, sys._getframe()
    while frame.f_back is not None and frame.f_code.co_filename.startswith(package):
        level, frame = level + 1, frame.f_back
    warnings.warn(text, category, stacklevel=level)


def unknown(kind: str, name: object, choices: Iterable[object]) -> InputError:
    """Return the error for a name that is not among `choices`, offering the nearest one.

    Examples
    --------
    >>> print(unknown("theory", "sai", ["sia", "prior"]))
    unknown theory 'sai'; did you mean 'sia'? (allowed: sia, prior)
    """
    came = name if isinstance(name, str) else shown(name)
    came = came if len(came) <= SHOWN else came[: SHOWN - 3] + "..."
    names = {str(each).casefold(): str(each) for each in choices}
    low = came.casefold()
    begun = [each for each in names if len(low) > 2 and each.startswith(low)]
    alike = get_close_matches(low, names, n=3, cutoff=0.4)
    near = [names[each] for each in dict.fromkeys([*begun[:1], *alike])][:3]
    hint = f"; did you mean '{near[0]}'?" if near else ""
    if len(names) <= MANY:
        return InputError(f"unknown {kind} '{came}'{hint} (allowed: {', '.join(names.values())})")
    others = f"; also near: {', '.join(near[1:])}" if near[1:] else ""
    return InputError(f"unknown {kind} '{came}'{hint} ({len(names)} are known{others})")


def choice(given: Any, kind: str, choices: Collection[str]) -> str:
    """Return a name that is among `choices`.

    Examples
    --------
    >>> choice("sia", "theory", ["sia", "prior"])
    'sia'
    """
    if not isinstance(given, str) or given not in choices:
        raise unknown(kind, given, choices)
    return given


def known_names(given: object, name: str, kind: str, choices: Collection[str]) -> list[str]:
    """Return a list of names, at least one, all of them among `choices`, each once.

    Examples
    --------
    >>> known_names(("sia",), "theories", "theory", ["sia", "prior"])
    ['sia']
    """
    if isinstance(given, str) or not isinstance(given, Sequence) or not given:
        raise InputError(f"{name} is {shown(given)}; it must be a list of names, at least one")
    names = [choice(each, kind, choices) for each in given]
    if twice := next((each for k, each in enumerate(names) if each in names[:k]), None):
        raise InputError(f"{name} has '{twice}' twice; give each once")
    return names


def text(value: object, name: str) -> str:
    """Return text, or say what came.

    Examples
    --------
    >>> text("Milky Way", "title")
    'Milky Way'
    """
    if not isinstance(value, str):
        raise InputError(f"{name} is {shown(value)}; it must be text")
    return value


def flag(value: object, name: str) -> bool:
    """Return True or False, or say what came.

    Examples
    --------
    >>> flag(True, "force")
    True
    """
    if type(value).__name__ not in ("bool", "bool_"):
        raise InputError(f"{name} is {shown(value)}; it must be True or False")
    return bool(value)


def pathlike(value: object, name: str) -> str:
    """Return the text of a path, or say what came.

    Examples
    --------
    >>> pathlike("draws.nc", "path")
    'draws.nc'
    """
    if not isinstance(value, (str, os.PathLike)):
        raise InputError(f"{name} is {shown(value)}; it must be a path, as text or a Path")
    path = os.fspath(value)
    # No file system takes a longer name.
    long = isinstance(path, str) and any(len(part) > 255 for part in re.split(r"[/\\]", path))
    if not isinstance(path, str) or not path or "\0" in path or long:
        raise InputError(f"{name} is {shown(path)}; it must be the path of a file")
    return path


def bare(value: Any, name: str, unit: str) -> Any:
    """Return a quantity, or text such as "3 Gyr", as a bare number in `unit`; else what came.

    Where a pure number is wanted, text is none. A number of another type, such as a fraction or
    one of NumPy, becomes one of Python, as files hold.

    Examples
    --------
    >>> import astropy.units as u
    >>> from fractions import Fraction
    >>> bare(50 * u.percent, "share", ""), bare(0.5, "share", ""), bare(Fraction(1, 2), "share", "")
    (0.5, 0.5, 0.5)
    """
    if type(value) not in (int, float, bool) and isinstance(value, Real):
        plain = int(value) if isinstance(value, Integral) else _float(value)
        return value if isnan(plain) else plain
    worded = bool(unit) and isinstance(value, str)
    if not worded and not (hasattr(value, "unit") and hasattr(value, "to_value")):
        return value
    from sfc_sim.units import to_value

    return to_value(value, unit, name)


def number(
    value: object, name: str, low: float = -inf, high: float = inf, *, unit: str = ""
) -> float:
    """Return a finite number in a range, or say what it must be.

    A quantity of astropy is converted to `unit`.

    Examples
    --------
    >>> number(0.5, "retention", 0.0, 1.0)
    0.5
    """
    plain = bare(value, name, unit)
    if not isinstance(plain, Real) and getattr(plain, "shape", None) == ():
        plain = plain.item() if hasattr(plain, "item") else plain
    found = nan if isinstance(plain, bool) or not isinstance(plain, Real) else _float(plain)
    if not (isfinite(found) and low <= found <= high):
        allowed = f" from {low:g} to {high:g}"
        if high == inf:
            allowed = f", {low:g} or more" if low > -inf else ""
        raise InputError(f"{name} is {shown(value)}; it must be a finite number{allowed}")
    return found


def _float(value: Real) -> float:
    """Return a real number as a float; nan where it is too large for one."""
    try:
        return float(value)
    except (OverflowError, ValueError, TypeError):
        return nan


def numbers(value: Any, name: str, *, unit: str = "") -> Any:
    """Return a number or an array of them as an array of floats without NaN.

    Examples
    --------
    >>> numbers([1, 2], "rivals")
    array([1., 2.])
    """
    import numpy as np

    try:
        found = np.asarray(bare(value, name, unit))
        if found.dtype == object:
            found = np.asarray([number(each, name, unit=unit) for each in found.ravel()])
            found = found.reshape(np.shape(value))
        if found.dtype.kind not in "iuf":
            raise TypeError
    except (TypeError, ValueError, OverflowError) as error:
        if isinstance(error, InputError):
            raise
        wanted = "it must be a number or a list of numbers"
        raise InputError(f"{name} is {shown(value)}; {wanted}") from None
    found = found.astype(float, copy=False)
    if np.isnan(found).any():
        raise InputError(f"{name} is {shown(value)}; it must be finite numbers, without NaN")
    return found


def whole_number(value: Any, name: str, low: float = -inf, high: float = MOST) -> int:
    """Return a whole number in a range, or say what it must be.

    Examples
    --------
    >>> whole_number(7, "bins", 2)
    7
    """
    whole = not isinstance(value, bool) and isinstance(value, Integral)
    if not (whole and low <= int(value) <= high):
        allowed = f" from {low:.12g} to {high:.12g}"
        if high >= 2**53 and not (whole and int(value) > high):
            allowed = f", at least {low:g}" if low > -inf else ""
        raise InputError(f"{name} is {shown(value)}; it must be a whole number{allowed}")
    return int(value)


def affordable(many: int, each: float, what: str) -> int:
    """Return `many`, unless at `each` bytes they need more memory than programs can have.

    Examples
    --------
    >>> affordable(1000, 8, "points")
    1000
    """
    import psutil

    # What the system keeps of files it gives back: "free", as it counts, would be far less.
    free = psutil.virtual_memory().available
    # No index of an array is larger, whatever the memory.
    most = min(int(free / each), 2**53)
    if many > most:
        needed = float(min(many, 10**300)) * each
        rounded = most // 10_000 * 10_000 or most
        raise InputError(
            f"{what} is {shown(many)}; they need about {needed / 1e9:.3g} GB of memory and "
            f"{free / 1e9:.3g} GB are free: take at most {rounded:,}"
        )
    return many


def function(value: object, name: str) -> Callable[..., Any]:
    """Return something that can be called, or say what came.

    Examples
    --------
    >>> function(print, "progress") is print
    True
    """
    if not callable(value):
        raise InputError(f"{name} is {shown(value)}; it must be a function")
    return value


def mapping(value: object, name: str) -> Mapping[str, Any]:
    """Return a mapping whose keys are text, or say what came.

    Examples
    --------
    >>> mapping({"sia": 1.0}, "credences")
    {'sia': 1.0}
    """
    if not isinstance(value, Mapping) or not all(isinstance(key, str) for key in value):
        raise InputError(f"{name} is {shown(value)}; it must be a dict of names")
    return value
