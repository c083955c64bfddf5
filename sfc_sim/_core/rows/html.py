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

__all__ = ["Html", "as_html", "fill", "framed", "in_full", "joined", "linked"]


# Longer cells are wrapped, in a column that is wide enough to be read; no shorter one is.
SHORT = 32


@final
class Html(str):
    """Text that is HTML already: all other text is escaped where it comes into a block."""

    __slots__ = ()

    def __add__(self, other: str) -> Html:
        """Return both, one after another; text that is no HTML is escaped."""
        return Html(str.__add__(self, other if isinstance(other, Html) else escape(other)))

    def _repr_html_(self) -> str:
        return str(self)


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
    rows = table.cells()
    kinds = [
        "number" if c.number else "prose" if any(len(row[k]) > SHORT for row in rows) else "text"
        for k, c in enumerate(table.columns)
    ]

    def line(part: str, cells: Iterable[str]) -> Html:
        pairs = zip(kinds, cells, strict=True)
        return fill("row", cells=joined(fill(f"{part}-{kind}", text=text) for kind, text in pairs))

    body, before = [], ""
    for row, cells in zip(table.rows, rows, strict=True):
        name = table.group(row) if table.group is not None else ""
        if name != before:
            body.append(fill("group", text=name, wide=str(len(kinds))))
        body.append(line("cell", cells))
        before = name
    heading = line("heading", [column.words for column in table.columns])
    return fill("table", heading=heading, body=joined(body))


def in_full(blocks: Iterable[Table | str]) -> Html:
    """Return tables with their titles and notes, and paragraphs between them.

    Examples
    --------
    >>> in_full([Table((), (), title="Shares", notes=("s < 1",)), "and so on"])
    '<h3>Shares</h3><p class="note">s &lt; 1</p><p>and so on</p>'
    """
    parts = list[Html]()
    for block in blocks:
        if isinstance(block, str):
            parts.append(fill("paragraph", text=block))
            continue
        parts += [fill("heading", text=block.title)] if block.title else []
        parts += [as_html(block)] if block.columns else []
        parts += [fill("note", text=note) for note in block.notes if note]
    return joined(parts)


def framed(content: Html) -> Html:
    """Return HTML for the output of a notebook, with a look that leaves the rest of it alone.

    Examples
    --------
    >>> framed(Html("<p>a</p>")).endswith("<p>a</p></div>")
    True
    """
    return fill("frame", content=content)


def linked(text: str, address: str) -> Html:
    """Return text as a link; as text alone if the address is none of the web.

    Examples
    --------
    >>> linked("Ord 2021", "https://arxiv.org/abs/2104.01191")
    '<a href="https://arxiv.org/abs/2104.01191" rel="noopener noreferrer">Ord 2021</a>'
    >>> linked("Ord 2021", "javascript:alert(1)")
    'Ord 2021 (javascript:alert(1))'
    """
    if re.match(r"https?://[^\s/]", address):
        return fill("link", text=text, address=address)
    return Html(escape(f"{text} ({address})" if address else text))


@cache
def _blocks() -> dict[str, Template]:
    """Return the blocks of the template by name; lines that break between tags are joined."""
    text = resources.files(__package__).joinpath("page.html").read_text(encoding="utf-8")
    names_and_blocks = re.split(r"<!-- block: ([a-z-]+) -->\n", text)[1:]
    pairs = zip(names_and_blocks[::2], names_and_blocks[1::2], strict=True)
    return {
        name: Template(re.sub(r">\n\s*(?=[<$])", ">", block.rstrip("\n"))) for name, block in pairs
    }
