"""What is wrong with the text of a drawn figure: cut off, written over, or without a footer."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations

from matplotlib.axes import Axes
from matplotlib.axis import Axis
from matplotlib.figure import Figure
from matplotlib.text import Text

from sfc_sim.plotting import STYLE

SLACK = 1.0  # pixels: boxes of text have so much room round their letters


def faults(figure: Figure) -> list[str]:
    """Return what a reader would miss; draws the figure for its layout, but no pixels."""
    figure.set_dpi(STYLE["savefig.dpi"])  # the layout depends a little on it
    # Saving draws twice, first for the layout; where that is right at once, once is enough.
    return looked_for(figure) and looked_for(figure)


def looked_for(figure: Figure) -> list[str]:
    figure.draw_without_rendering()
    # Of the letters alone, without the line from a name to its point.
    boxes = [(shown(text), Text.get_window_extent(text)) for text in written(figure)]
    canvas = figure.bbox.padded(SLACK)
    found = [] if figure.get_supxlabel() else ["no footer"]
    found += [
        f"cut off: {words}"
        for words, box in boxes
        if not (canvas.contains(*box.min) and canvas.contains(*box.max))
    ]
    return found + [
        f"overlap: {one} | {other}"
        for (one, a), (other, b) in combinations(boxes, 2)
        if a.padded(-SLACK).overlaps(b.padded(-SLACK))
    ]


def shown(text: Text) -> str:
    return repr(text.get_text())


def written(figure: Figure) -> Iterator[Text]:
    """Yield all text that is to be seen."""
    own = [figure._suptitle, figure._supxlabel, figure._supylabel, *figure.texts]
    for legend in figure.legends:
        own += [legend.get_title(), *legend.get_texts()]
    for ax in figure.axes:
        own += of_axes(ax)
    # By identity: matplotlib lists the titles of a figure among its texts, too.
    unique = {id(text): text for text in own if text is not None}.values()
    yield from (text for text in unique if text.get_visible() and text.get_text().strip())


def of_axes(ax: Axes) -> list[Text]:
    if not ax.get_visible():
        return []
    titles = [ax.title, ax._left_title, ax._right_title]
    legend = ax.get_legend()
    words = [] if legend is None else [legend.get_title(), *legend.get_texts()]
    ticked = [ax.xaxis, ax.yaxis] if ax.axison else []
    return titles + words + list(ax.texts) + [text for axis in ticked for text in of_axis(axis)]


def of_axis(axis: Axis) -> list[Text]:
    ticks = [label for tick in axis._update_ticks() for label in (tick.label1, tick.label2)]
    return [axis.label, axis.get_offset_text(), *ticks] if axis.get_visible() else []
