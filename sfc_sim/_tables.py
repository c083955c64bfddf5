"""Plain tables: checked when they come from TOML, aligned when they are printed."""

from __future__ import annotations

import shutil
import textwrap
from collections.abc import Mapping, Sequence
from typing import Any

from sfc_sim._errors import InputError, shown, unknown

__all__ = ["aligned", "as_table", "as_text", "check_keys", "filled", "fitted", "items", "room"]

# Lines longer than this tire the eye, however wide the terminal.
WIDEST = 100
# A column is not made narrower than this.
NARROWEST = 12


def check_keys(
    where: str, table: Mapping[str, Any], allowed: tuple[str, ...], optional: tuple[str, ...]
) -> None:
    """Require every key that is not optional, and no others."""
    for key in table:
        if key not in allowed:
            raise unknown(f"{where} key", key, allowed)
    for key in allowed:
        if key not in table and key not in optional:
            raise InputError(f"{where}: {key} is missing")


def as_table(value: Any, where: str) -> dict[str, Any]:
    """Return a value that must be a table."""
    if not isinstance(value, dict):
        raise InputError(f"{where} must be a table, got {shown(value)}")
    return value


def as_text(value: Any, where: str) -> str:
    """Return a value that must be text."""
    if not isinstance(value, str):
        raise InputError(f"{where} must be text, got {shown(value)}")
    return value


def aligned(rows: Sequence[Sequence[str]]) -> str:
    """Return rows of text with each column but the last padded to its widest cell."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
        for row in rows
    )


def room() -> int:
    """Return how many characters a line may take: those of the terminal, 80 where there is none."""
    return max(40, min(WIDEST, shutil.get_terminal_size().columns))


def filled(text: str, *, indent: str = "") -> str:
    """Return text wrapped to the terminal between words; later lines are indented.

    Examples
    --------
    >>> filled("a few words")
    'a few words'
    """
    return textwrap.fill(
        text, room(), subsequent_indent=indent, break_long_words=False, break_on_hyphens=False,
        drop_whitespace=True,
    )  # fmt: skip


def items(words: Mapping[str, str]) -> str:
    """Return names and what is said of each, wrapped beside the names; a line may end by itself.

    Examples
    --------
    >>> print(items({"s": "a share", "draws": "many"}))
    s      a share
    draws  many
    """
    wide = max(map(len, words)) + 2
    return "\n".join(
        filled(f"{'' if k else name:<{wide}}{line}", indent=" " * wide)
        for name, text in words.items()
        for k, line in enumerate(text.split("\n"))
    )


def fitted(rows: Sequence[Sequence[str]]) -> str:
    """Return rows of text in columns that fit the terminal; long cells go on in further lines.

    Words are not cut: one that is longer than its column stands out of the table.

    Examples
    --------
    >>> print(fitted([("name", "title"), ("a", "some words")]))
    name  title
    a     some words
    """
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    free = room() - 2 * (len(widths) - 1)
    least = [
        min(width, max(NARROWEST, *(len(word) for row in rows for word in row[k].split() or [""])))
        if sum(widths) > free
        else width
        for k, width in enumerate(widths)
    ]
    while sum(widths) > free:
        k = max(range(len(widths)), key=lambda k: widths[k] - least[k])
        if widths[k] <= least[k]:
            break
        widths[k] -= 1
    lines = []
    for row in rows:
        cells = [
            textwrap.wrap(cell, width, break_long_words=False, break_on_hyphens=False) or [""]
            for cell, width in zip(row, widths, strict=True)
        ]
        for k in range(max(map(len, cells))):
            parts = [cell[k] if k < len(cell) else "" for cell in cells]
            line = "  ".join(map(str.ljust, parts, widths))
            lines.append(line.rstrip())
    return "\n".join(lines)
