"""A page for a browser, from the blocks of `page.html`."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache
from html import escape
from importlib import resources
from string import Template
from typing import final

from sfc_sim._core.rows.table import Table

__all__ = ["Html", "as_html", "fill", "joined"]


@final
class Html(str):
    """Text that is HTML already: all other text is escaped where it comes into a block."""

    __slots__ = ()

    def __add__(self, other: str) -> Html:
        """Return both, one after another; text that is no HTML is escaped."""
        return Html(str.__add__(self, other if isinstance(other, Html) else escape(other)))


def joined(parts: Iterable[Html]) -> Html:
    """Return parts one after another.

    Examples
    --------
    >>> joined([fill("paragraph", text="a"), fill("paragraph", text="b & c")])
    '<p>a</p><p>b &amp; c</p>'
    """
    return Html("".join(parts))


def fill(block: str, **values: str) -> Html:
    """Return a block of the template with values in it; those that are no `Html` are escaped.

    Examples
    --------
    >>> fill("note", text="s < 1")
    '<p class="note">s &lt; 1</p>'
    """
    safe = {
        name: value if isinstance(value, Html) else escape(value) for name, value in values.items()
    }
    return Html(_blocks()[block].substitute(safe))


def as_html(table: Table) -> Html:
    """Return the headings and rows of a table.

    Examples
    --------
    >>> from sfc_sim._core.rows import Column
    >>> as_html(Table((Column("a"),), ({"a": "<1"},)))
    '<table><tr><th>a</th></tr><tr><td>&lt;1</td></tr></table>'
    """
    kinds = ["number" if column.number else "text" for column in table.columns]

    def line(part: str, cells: Iterable[str]) -> Html:
        pairs = zip(kinds, cells, strict=True)
        return fill("row", cells=joined(fill(f"{part}-{kind}", text=text) for kind, text in pairs))

    body, before = [], ""
    for row, cells in zip(table.rows, table.cells(), strict=True):
        name = table.group(row) if table.group is not None else ""
        if name != before:
            body.append(fill("group", text=name, wide=str(len(kinds))))
        body.append(line("cell", cells))
        before = name
    heading = line("heading", [column.words for column in table.columns])
    return fill("table", heading=heading, body=joined(body))


@cache
def _blocks() -> dict[str, Template]:
    """Return the blocks of the template by name; lines that break between tags are joined."""
    text = resources.files(__package__).joinpath("page.html").read_text(encoding="utf-8")
    names_and_blocks = re.split(r"<!-- block: ([a-z-]+) -->\n", text)[1:]
    pairs = zip(names_and_blocks[::2], names_and_blocks[1::2], strict=True)
    return {
        name: Template(re.sub(r">\n\s*(?=[<$])", ">", block.rstrip("\n"))) for name, block in pairs
    }
