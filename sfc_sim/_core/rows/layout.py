"""Text that fits the terminal: wrapped between words, in paragraphs and in columns."""

from __future__ import annotations

import shutil
import textwrap
from collections.abc import Mapping, Sequence

__all__ = ["filled", "fitted", "items", "room"]

# Lines longer than this tire the eye, however wide the terminal.
WIDEST = 100
# A column is not made narrower than this.
NARROWEST = 12


def room() -> int:
    """Return the width of a line in characters: that of the terminal, 80 where there is none."""
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


def fitted(rows: Sequence[Sequence[str]]) -> list[list[str]]:
    """Return rows of text as lines of columns that fit the terminal; long cells take several.

    Words are not cut: one that is longer than its column stands out of the table.

    Examples
    --------
    >>> fitted([("name", "title"), ("a", "some words")])
    [['name', 'title     '], ['a   ', 'some words']]
    """
    widths = fitting([max(map(len, column)) for column in zip(*rows, strict=True)], rows)
    lines = []
    for row in rows:
        cells = [
            textwrap.wrap(cell, width, break_long_words=False, break_on_hyphens=False) or [""]
            for cell, width in zip(row, widths, strict=True)
        ]
        for k in range(max(map(len, cells))):
            parts = [cell[k] if k < len(cell) else "" for cell in cells]
            lines.append(list(map(str.ljust, parts, widths)))
    return lines


def fitting(widths: list[int], rows: Sequence[Sequence[str]]) -> list[int]:
    """Return widths of columns that fit the terminal, if the words in them allow it."""
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
    return widths
