"""A law from numbers that the user has, such as a column of a file."""

from __future__ import annotations

import csv
import os
from dataclasses import dataclass
from functools import cached_property
from math import isfinite
from pathlib import Path
from typing import Final, final

import numpy as np

from sfc_sim._core.arguments import validated
from sfc_sim._core.errors import InputError, pathlike, shown, unknown
from sfc_sim._core.files import read_text
from sfc_sim._core.typing import FloatArray
from sfc_sim.distributions.base import Distribution

__all__ = ["Empirical", "samples"]

MOST: Final = 10_000
"""Values that a law holds, as they stand in every file of the scenario."""
_SHORT: Final = 6


@final
@dataclass(frozen=True, repr=False)
class Empirical(Distribution):
    """The quantiles of some `values`, with straight lines between them (as ``numpy.quantile``).

    Their order says nothing; it is not kept.

    Examples
    --------
    >>> Empirical([4.0, 1.0, 2.0]).ppf([0.0, 0.25, 0.5, 1.0])
    array([1. , 1.5, 2. , 4. ])
    """

    kind = "empirical"
    _linear = ("values",)
    values: tuple[float, ...]

    def _check(self) -> None:
        object.__setattr__(self, "values", tuple(sorted(self.values)))
        self._require(len(set(self.values)) > 1, "needs two different values")
        most = f"has {len(self.values):,} values; take at most {MOST:,}, such as their quantiles"
        self._require(len(self.values) <= MOST, most)

    def __repr__(self) -> str:
        if len(self.values) <= _SHORT:
            return super().__repr__()
        lo, hi = self.support
        return f"Empirical({len(self.values):,} values from {lo:g} to {hi:g})"

    @cached_property
    def _known(self) -> FloatArray:
        return np.array(self.values)

    def _support(self) -> tuple[float, float]:
        return self.values[0], self.values[-1]

    def _mean(self) -> float:
        known = self._known
        return float(np.mean(known[:-1] / 2 + known[1:] / 2))

    def _ppf(self, u: FloatArray) -> FloatArray:
        places = np.arange(float(self._known.size))
        return np.asarray(np.interp(u * places[-1], places, self._known))

    def _gap(self, x: FloatArray) -> tuple[np.ndarray, FloatArray]:
        """Return the place of the value before x, and the distance to the next one."""
        k = np.clip(np.searchsorted(self._known, x, side="right") - 1, 0, self._known.size - 2)
        return k, self._known[k + 1] - self._known[k]

    def _cdf(self, x: FloatArray) -> FloatArray:
        k, gap = self._gap(x)
        part = (x - self._known[k]) / np.where(gap > 0, gap, 1.0)
        return np.asarray((k + np.where(gap > 0, part, 1.0)) / (self._known.size - 1))

    def _logpdf(self, x: FloatArray) -> FloatArray:
        self._require(
            bool((np.diff(self._known) > 0).all()), "values that are equal have no log density"
        )
        return np.asarray(-np.log(self._gap(x)[1]) - np.log(self._known.size - 1))


@validated()
def samples(file: str | os.PathLike[str], column: str | None = None) -> Empirical:
    r"""Return the law of the numbers in a column of a CSV file.

    Parameters
    ----------
    file : str or path
        Numbers in columns, with commas between. In a scenario file its path starts from the folder
        of that file; what is saved holds the numbers themselves.
    column : str, optional
        Its name, in the first line; may be left out where there is one column.

    Raises
    ------
    InputError
        If there is no such file or column, a value is missing or no number, or fewer than two
        differ; it names the line.

    Notes
    -----
    Of more than 10,000 numbers it takes 10,000 quantiles, evenly spaced from least to greatest.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = Path(folder, "mine.csv")
    ...     _ = path.write_text("speed,delay\n0.5,1\n0.7,2\n0.9,4\n")
    ...     law = samples(path, "delay")
    >>> law
    Empirical(values=[1, 2, 4])
    """
    path = Path(pathlike(file, "file"))
    try:
        content = read_text(path)
    except OSError as error:
        raise InputError(f"cannot read {path}: {error.strerror or error}") from None
    values = _column(path, content, column)
    if len(set(values)) < 2:
        raise InputError(f"{path}: needs two different numbers, got {len(set(values))}")
    if len(values) > MOST:
        values = np.quantile(values, np.linspace(0.0, 1.0, MOST)).tolist()
    return Empirical(tuple(values))


def _column(path: Path, content: str, column: str | None) -> list[float]:
    """Return the numbers of a column."""
    reader = csv.reader(content.splitlines())
    try:
        lines = [(reader.line_num, row) for row in reader]
    except csv.Error as error:
        raise InputError(f"{path}, line {reader.line_num}: {error}") from None
    while lines and not "".join(lines[-1][1]).strip():
        lines.pop()  # blank lines at the end are no gap
    if not lines:
        raise InputError(f"{path} is empty")
    names = [name.strip() for name in lines[0][1]]
    headed = any(_number(name) is None for name in names)
    if column is None and len(names) > 1:
        raise InputError(f"{path} has {len(names)} columns; name one: {', '.join(names)[:60]}")
    if column is not None and column not in names:
        raise unknown(f"column of {path}", column, names)
    place = 0 if column is None else names.index(column)
    return [
        _read(f"{path}, line {line}", row[place] if place < len(row) else "")
        for line, row in (lines[1:] if headed or column is not None else lines)
    ]


def _read(where: str, cell: str) -> float:
    if not cell.strip():
        raise InputError(f"{where}: the value is missing")
    found = _number(cell)
    if found is None or not isfinite(found):
        raise InputError(f"{where}: {shown(cell.strip())} is no finite number")
    return found


def _number(cell: str) -> float | None:
    try:
        return float(cell)
    except ValueError:
        return None
