"""What is printed: rows of values, and columns that say how to print one."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias, final

__all__ = ["Column", "Row", "Table"]

Row: TypeAlias = Mapping[str, Any]
"""The values of a row by name; one that is a mapping itself has a value for each of its keys."""


@final
@dataclass(frozen=True)
class Column:
    r"""A column: the name of its value, its heading, and how a cell is printed.

    Attributes
    ----------
    name : str
        Of the value.
    heading : str, optional
        One or several lines, with the unit if there is one; by default the name.
    show : callable, optional
        From a row to text; by default the value as it is.
    number : bool, default False
        Whether it stands to the right, as numbers do.

    Examples
    --------
    >>> Column("speed", "expansion\nspeed [c]", lambda row: f"{row['speed']:.1f}").words
    'expansion speed [c]'
    """

    name: str
    heading: str | None = None
    show: Callable[[Row], str] | None = None
    number: bool = False

    @property
    def lines(self) -> list[str]:
        """The lines of the heading."""
        return (self.name if self.heading is None else self.heading).split("\n")

    @property
    def words(self) -> str:
        """The heading in one line."""
        return " ".join(self.lines).strip()

    def cell(self, row: Row) -> str:
        """Return the printed cell of a row."""
        return str(row[self.name]) if self.show is None else self.show(row)


@final
@dataclass(frozen=True)
class Table:
    """A table to print.

    Attributes
    ----------
    columns : tuple of Column
        From left to right.
    rows : tuple of mapping
        From top to bottom.
    title : str, optional
        A line above.
    notes : tuple of str, optional
        Below, each wrapped to the terminal.
    group : callable, optional
        From a row to a line that goes before the first of all rows that have the same.
    look : {"ruled", "plain", "wrapped"}, default "ruled"
        As text: with a line below the headings; without; or without and wrapped to the terminal.
    hang : int, default 0
        By how much further lines of a note are moved in.
    """

    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    title: str = ""
    notes: tuple[str, ...] = ()
    group: Callable[[Row], str] | None = None
    look: Literal["ruled", "plain", "wrapped"] = "ruled"
    hang: int = 0

    def cells(self) -> list[list[str]]:
        """Return the printed cell of every row."""
        return [[column.cell(row) for column in self.columns] for row in self.rows]

    def headings(self) -> list[list[str]]:
        """Return the lines above the rows; the last lines of all headings stand side by side.

        None if no column has any.
        """
        every = [column.lines for column in self.columns]
        most = max(map(len, every))
        lines = [[""] * (most - len(own)) + own for own in every]
        found = [list(line) for line in zip(*lines, strict=True)]
        return found if any(map(any, found)) else []
