"""A table as text."""

from __future__ import annotations

from sfc_sim._core.rows.layout import filled, fitted, room
from sfc_sim._core.rows.table import Table

__all__ = ["as_text"]


def as_text(table: Table) -> str:
    """Return a table as lines of text: its title, headings, rows, and notes.

    Examples
    --------
    >>> from sfc_sim._core.rows import Column
    >>> rows = ({"of": "x", "name": "a"}, {"of": "x", "name": "b"})
    >>> print(as_text(Table((Column("name"),), rows, group=lambda row: row["of"])))
    name
    ----
    x
    a
    b
    """
    headings, cells = table.headings(), table.cells()
    if table.look == "wrapped":
        lines = ["  ".join(line).rstrip() for line in fitted([*headings, *cells])]
    else:
        lines = _aligned(table, [*headings, *cells])
    wide = max(map(len, lines), default=0)  # a line before a group may be longer
    if table.group is not None:
        lines = _grouped(table, lines, len(headings))
    if table.look == "ruled" and headings:
        lines.insert(len(headings), "-" * wide)
    notes = [filled(note, indent=" " * table.hang) for note in table.notes]
    return "\n".join([*filter(None, [filled(table.title, indent="  ")]), *lines, *notes])


def _aligned(table: Table, rows: list[list[str]]) -> list[str]:
    """Return rows with each cell padded to the widest of its column."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    pads = [str.rjust if column.number else str.ljust for column in table.columns]
    # A table that is a little too wide for the terminal has its columns closer together.
    gap = " " if sum(widths) + 2 * (len(widths) - 1) > room() else "  "
    return [
        gap.join(
            pad(cell, width) for pad, cell, width in zip(pads, row, widths, strict=True)
        ).rstrip()
        for row in rows
    ]


def _grouped(table: Table, lines: list[str], above: int) -> list[str]:
    """Return lines of which the first of each group has that of the group before it."""
    found, before = lines[:above], ""
    for row, line in zip(table.rows, lines[above:], strict=True):
        name = table.group(row) if table.group is not None else ""
        found += [*([name] if name != before else []), line]
        before = name
    return found
