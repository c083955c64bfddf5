"""What sections of a page are made of: what is of one theory, tables of text, pictures."""

from __future__ import annotations

import base64
import io
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from sfc_sim._core.rows import Column, Html, Table, as_html, fill, joined

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["listed", "picture", "under"]


def under(theory: str, *content: Html) -> Html:
    """Return a section of one theory, hidden where another is chosen.

    Examples
    --------
    >>> under("sia", Html("x"))
    '<div data-theory="sia"><h3>Under sia</h3>x</div>'
    """
    heading = fill("heading", text=f"Under {theory}")
    return fill("theory", name=theory, content=joined([heading, *content]))


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


def picture(ax: Axes, caption: str) -> Html:
    """Return a picture that is inside the page."""
    from sfc_sim.plotting.style import put_away

    data = io.BytesIO()
    figure = ax.get_figure(root=True)
    if figure is None:  # axes without a figure cannot be drawn
        return Html()
    figure.savefig(data, format="png", dpi=130)
    put_away(figure)
    return fill("figure", caption=caption, data=base64.b64encode(data.getvalue()).decode("ascii"))
