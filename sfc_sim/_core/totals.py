"""Totals of many parts, one after the other in their order: the bytes hang on that order alone.

A part is a mapping. Its keys are tuples that begin with how values of that key are merged.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final, TypeAlias

import numpy as np

from sfc_sim._core.typing import FloatArray

__all__ = ["Part", "total_of"]

Key: TypeAlias = tuple[Any, ...]
Part: TypeAlias = Mapping[Key, FloatArray]


def total_of(parts: Iterable[Part], longest: int = 0) -> dict[Key, FloatArray]:
    """Return what all parts have together.

    Parameters
    ----------
    parts : iterable of mapping
        Arrays by key. The first of a key is "sum", "max" or "min" (element by element), "greatest"
        (the greatest of all elements), or "kept" (all elements, in order).
    longest : int, default 0
        How many of "greatest" are kept.

    Returns
    -------
    dict
        Arrays by key. Sums are compensated: as exact as if they were made with twice the digits
        (Knuth 1997, section 4.2.2). "greatest" are in rising order.

    Examples
    --------
    >>> parts = [{("sum", "x"): np.array([x]), ("kept", "x"): np.array([x])} for x in (1e16, 1, 1)]
    >>> total = total_of(parts)
    >>> total["sum", "x"] - 1e16, total["kept", "x"].size
    (array([2.]), 3)
    """
    found: dict[Key, list[FloatArray]] = {}
    for part in parts:
        for key, values in part.items():
            if key not in found:
                found[key] = [np.array(values)]
            elif key[0] in MERGES:
                found[key] = MERGES[key[0]](found[key], values)
            else:
                found[key].append(values)
                if key[0] == "greatest":
                    found[key] = [greatest(np.concatenate(found[key]), longest)]
    return {key: ENDS.get(key[0], np.concatenate)(values) for key, values in found.items()}


def added(total: list[FloatArray], values: FloatArray) -> list[FloatArray]:
    """Return a sum and what its rounding has lost, with more values added.

    Examples
    --------
    >>> added([np.array([1e16])], np.array([1.0]))
    [array([1.e+16]), array([1.])]
    """
    old, lost = total[0], total[1] if len(total) > 1 else 0.0
    new = old + values
    back = new - old
    return [new, lost + ((old - (new - back)) + (values - back))]


def greatest(values: FloatArray, many: int) -> FloatArray:
    """Return so many of the greatest values, in no order.

    Examples
    --------
    >>> sorted(greatest(np.arange(10.0), 2).tolist())
    [8.0, 9.0]
    """
    if values.size <= many:
        return values
    return np.partition(values, values.size - many)[-many:].copy()  # a view would keep the rest


MERGES: Final[Mapping[str, Callable[[list[FloatArray], FloatArray], list[FloatArray]]]] = {
    "sum": added,
    "max": lambda total, values: [np.maximum(total[0], values)],
    "min": lambda total, values: [np.minimum(total[0], values)],
}
ENDS: Final[Mapping[str, Callable[[list[FloatArray]], FloatArray]]] = {
    "sum": lambda total: np.asarray(sum(total[1:], total[0])),
    "max": lambda total: total[0],
    "min": lambda total: total[0],
    "greatest": lambda total: np.sort(np.concatenate(total)),
}
