"""Names beside points of a picture, each with a line to its point: none lies on another."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import count
from typing import Final, NamedTuple

from matplotlib.axes import Axes
from matplotlib.patheffects import withStroke

__all__ = ["Point", "name_points", "places_for"]

SIZE: Final = 7.5  # points
LINE: Final = 1.5 * SIZE
WIDE: Final = 0.62 * SIZE  # of a letter, on the safe side
AWAY: Final = 26.0  # of a name from its point


class Point(NamedTuple):
    """A point with a name, in data or in points of a page."""

    name: str
    x: float
    y: float


def places_for(points: Sequence[Point], width: float, height: float) -> list[tuple[float, float]]:
    """Return where the names of points go: the middle of the end that is next to the point.

    On the side with more room, at the height of the point, or as little above or below as leaves
    all names apart.

    Parameters
    ----------
    points : sequence of Point
        In points of a page, from the lower left of the axes.
    width, height : float
        Of the axes.

    Examples
    --------
    >>> places_for([Point("one", 10.0, 50.0), Point("two", 10.0, 50.0)], 300.0, 200.0)
    [(36.0, 50.0), (36.0, 61.25)]
    """
    taken: list[tuple[float, float, float]] = []
    found = []
    for point in points:
        side = 1.0 if point.x < 0.5 * width else -1.0
        x = point.x + side * AWAY
        left, right = sorted((x, x + side * WIDE * len(point.name)))
        steps = ((k + 1) // 2 * (1 if k % 2 else -1) for k in count())
        heights = (point.y + step * LINE for step in steps)
        if 0.0 <= point.y <= height and height > LINE * (len(points) + 1):
            heights = (y for y in heights if 0.5 * LINE <= y <= height - 0.5 * LINE)
        y = next(
            y for y in heights
            if all(left >= end or right <= start or abs(y - other) >= 0.99 * LINE
                   for start, end, other in taken)
        )  # fmt: skip
        taken.append((left, right, y))
        found.append((x, y))
    return found


def name_points(ax: Axes, points: Sequence[Point]) -> None:
    """Write the names of points beside them, with a line from each, last of all that is drawn.

    Examples
    --------
    >>> from matplotlib.figure import Figure
    >>> ax = Figure().add_subplot()
    >>> name_points(ax, [Point("SIA", 0.5, 0.5), Point("Prior", 0.5, 0.5)])
    >>> [text.get_text() for text in ax.texts]
    ['SIA', 'Prior']
    """
    figure = ax.get_figure(root=True)
    if figure is None:  # axes without a figure cannot be drawn
        return
    figure.draw_without_rendering()  # axes get their size when all around them has its own
    dpi = figure.dpi
    box = ax.get_window_extent()
    flat = [
        Point(p.name, *((ax.transData.transform((p.x, p.y)) - box.p0) * 72.0 / dpi)) for p in points
    ]
    places = places_for(flat, box.width * 72.0 / dpi, box.height * 72.0 / dpi)
    for point, seen, (x, y) in zip(points, flat, places, strict=True):
        ax.annotate(
            point.name, (point.x, point.y), (x - seen.x, y - seen.y), textcoords="offset points",
            fontsize=SIZE, va="center", ha="left" if x > seen.x else "right",
            path_effects=[withStroke(linewidth=2.0, foreground="white")],
            arrowprops={"arrowstyle": "-", "color": "0.15", "lw": 0.8, "shrinkA": 1.0,
                        "shrinkB": 3.0},
        )  # fmt: skip
