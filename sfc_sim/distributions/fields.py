"""The fields of a distribution: read with care, shown shortly."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import Field
from math import inf, isfinite
from numbers import Real
from typing import Any

import numpy as np

from sfc_sim._core.errors import InputError, bare, shown, text

__all__ = ["CONVERT", "annotation", "as_given", "several", "short", "times"]


def real(value: Any, where: str) -> float:
    """Return a finite number as a float; bool is none."""
    value = bare(value, where, "")
    if isinstance(value, bool | np.bool_) or not isinstance(value, Real):
        raise InputError(f"{where} must be a number, got {shown(value)}")
    try:
        found = float(value)
    except OverflowError:
        found = inf
    if not isfinite(found):
        raise InputError(f"{where} must be finite, got {shown(value)}")
    return found


def whole(value: Any, where: str) -> int:
    """Return a whole number as an int."""
    number = real(value, where)
    if number != int(number):
        raise InputError(f"{where} must be an integer, got {shown(value)}")
    return int(number)


def several(value: Any, where: str) -> tuple[Any, ...]:
    """Return the items of a list."""
    row = hasattr(value, "__iter__") and getattr(value, "shape", None) != ()
    if isinstance(value, str | Mapping) or not row:
        raise InputError(f"{where} must be a list, got {shown(value)}")
    return tuple(value)


CONVERT: dict[str, Callable[[Any, str], Any]] = {
    "float": real,
    "int": whole,
    "str": text,
    "float | None": lambda value, where: None if value is None else real(value, where),
    "tuple[float, ...]": lambda value, where: tuple(
        real(item, where) for item in several(value, where)
    ),
}
"""What reads a field, by its annotation: (value, what it is called in errors) -> value."""


def as_given(value: Any, _: str) -> Any:
    """Return the value of a field of another annotation, of a class of the user's own."""
    return tuple(value) if isinstance(value, list) else value


def annotation(field: Field[Any]) -> str:
    """Return the annotation of a field as text, which it is or not by the user's imports."""
    return field.type if isinstance(field.type, str) else getattr(field.type, "__name__", "")


def times(value: Any, factor: float) -> Any:
    """Return a number, or each of several, times `factor`."""
    return tuple(v * factor for v in value) if isinstance(value, tuple) else value * factor


def short(value: Any) -> str:
    """Return a value as text, without needless digits."""
    if isinstance(value, tuple):
        return f"[{', '.join(map(short, value))}]"
    plain = repr(value).removesuffix(".0")
    if isinstance(value, float) and float(f"{value:g}") == value:
        return min(plain, f"{value:g}", key=len)
    return plain
