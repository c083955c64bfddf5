"""What sections of a page are made of: what is of one theory, tables of text, pictures."""

from __future__ import annotations

import base64
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from sfc_sim._core.rows import Column, Html, Table, as_html, fill, joined
from sfc_sim.report.web_captions import FIGURES

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["listed", "picture", "under"]


def under(theory: str, *content: Html, opened: bool = True) -> Html:
    """Return a part on one theory, which a reader opens and closes; hidden if another is chosen.

    Examples
    --------
    >>> under("sia", Html("x"), opened=False)
    '<details data-theory="sia"><summary>Under sia</summary>x</details>'
    """
    parts = joined(content)
    state = Html(" open" * opened)
    return fill("under", name=theory, title=f"Under {theory}", content=parts, state=state)


def listed(
    headings: Sequence[str], lines: Iterable[Sequence[str]], numbers: Sequence[int] = ()
) -> Html:
    """Return a table of text; columns of the given places are aligned as numbers."""
    names = [f"{k}" for k in range(len(headings))]
    columns = tuple(
        Column(name, heading, number=k in numbers)
        for k, (name, heading) in enumerate(zip(names, headings, strict=True))
    )
    body = tuple(dict(zip(names, line, strict=True)) for line in lines)
    return as_html(Table(columns, body))


def picture(ax: Axes, figure: str, **words: str) -> Html:
    """Return a picture that is inside the page, with the title and caption of its name."""
    from sfc_sim.plotting.style import put_away, small_png

    drawn = ax.get_figure(root=True)
    if drawn is None:  # axes without a figure cannot be drawn
        return Html()
    data = small_png(drawn, dpi=160)
    put_away(drawn)
    title, see = (text.format(**words) for text in FIGURES[figure])
    coded = base64.b64encode(data).decode("ascii")
    return fill("figure", title=title, caption=see, data=coded)
