"""Columns of numbers, packed for a page: what JavaScript unpacks, and the same in Python.

What is read back is what counts: weights and densities are computed of the packed values.
"""

from __future__ import annotations

import base64
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, final

import numpy as np

from sfc_sim._core.typing import FloatArray

__all__ = ["Column", "as_float", "as_steps", "as_whole", "packed"]

CODES: Final = 65536


@final
@dataclass(frozen=True)
class Column:
    """One number per draw, as it is packed.

    Attributes
    ----------
    kind : {"f32", "u16", "u8"}
        Floats; or codes.
    codes : ndarray, shape (draw,)
        What is packed.
    atoms : tuple of float
        Values of the first codes.
    low, step : float
        Of the other codes: the value in the middle of the first, and the distance of two.
    log : bool
        Whether they stand for the natural log of the number.
    """

    kind: str
    codes: np.ndarray
    atoms: tuple[float, ...] = ()
    low: float = 0.0
    step: float = 1.0
    log: bool = False

    @property
    def values(self) -> FloatArray:
        """The numbers, as a page reads them, shape (draw,)."""
        codes = self.codes.astype(float)
        if self.kind == "f32":
            return codes
        plain = self.low + (codes - len(self.atoms)) * self.step
        found = np.exp(plain) if self.log else plain
        for code, atom in enumerate(self.atoms):
            found[self.codes == code] = atom
        return found

    @property
    def at_atom(self) -> np.ndarray:
        """Which numbers are atoms, shape (draw,)."""
        return np.asarray(self.codes < len(self.atoms))

    @property
    def head(self) -> dict[str, Any]:
        """What a page needs to know to read it."""
        return {
            "kind": self.kind, "atoms": list(self.atoms), "low": self.low, "step": self.step,
            "log": bool(self.log),
        }  # fmt: skip


def as_float(values: FloatArray) -> Column:
    """Return a column of floats of 32 bits.

    Examples
    --------
    >>> as_float(np.array([0.1, -np.inf])).values.tolist()
    [0.10000000149011612, -inf]
    """
    with np.errstate(over="ignore"):
        return Column("f32", values.astype(np.float32))


def as_whole(values: FloatArray) -> Column:
    """Return a column of whole numbers from 0 to 255.

    Examples
    --------
    >>> as_whole(np.array([1.0, 30.0])).values.tolist()
    [1.0, 30.0]
    """
    return Column("u8", values.astype(np.uint8))


def as_steps(values: FloatArray, atoms: Sequence[float] = (), *, log: bool = False) -> Column:
    """Return a column of some 65,000 even steps, of which each stands for its middle.

    The ends of what is packed are no values then, so that the ends of a prior are not missed by a
    rounding.

    Examples
    --------
    >>> column = as_steps(np.array([7.0, 1.0, 2.0]), atoms=[7.0])
    >>> column.values.round(4).tolist(), column.at_atom.tolist()
    ([7.0, 1.0, 2.0], [True, False, False])
    """
    known = tuple(sorted(atoms))
    at = np.searchsorted(known, values) if known else np.zeros(values.size, dtype=int)
    is_atom = np.isin(values, known)
    free = values[~is_atom]
    plain = np.log(free) if log else free
    low, high = (float(plain.min()), float(plain.max())) if plain.size else (0.0, 1.0)
    cells = CODES - len(known)
    step = (high - low) / cells or 1.0
    codes = np.empty(values.size, dtype=np.uint16)
    codes[is_atom] = at[is_atom]
    codes[~is_atom] = len(known) + np.clip(np.floor((plain - low) / step), 0, cells - 1)
    return Column("u16", codes, known, low + 0.5 * step, step, log)


def packed(columns: Mapping[str, Column]) -> tuple[list[dict[str, Any]], str]:
    """Return what each column is, and all of them as text; each begins at a multiple of 4 bytes.

    Examples
    --------
    >>> heads, text = packed({"a": as_whole(np.array([1.0, 2.0])), "b": as_float(np.ones(1))})
    >>> [(head["name"], head["at"]) for head in heads], text
    ([('a', 0), ('b', 4)], 'AQIAAAAAgD8=')
    """
    heads, parts, at = [], [], 0
    for name, column in columns.items():
        little = column.codes.astype(column.codes.dtype.newbyteorder("<")).tobytes()
        whole = little + b"\0" * (-len(little) % 4)
        heads.append({"name": name, "at": at, **column.head})
        parts.append(whole)
        at += len(whole)
    return heads, base64.b64encode(b"".join(parts)).decode("ascii")
