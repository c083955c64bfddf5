"""Whether the chance of an empty galaxy is the number of factors that are multiplied.

After Fodor's criticism of Sandberg, Drexler & Ord (2018).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from matplotlib import rc_context
from matplotlib.axes import Axes
from matplotlib.figure import Figure

import sfc_sim as sfc
from sfc_sim import plotting
from sfc_sim.plotting.style import headline, new_figure, stamp

SCENARIOS = {
    "sandberg2018-plain-life": "life as uncertain as the rest",
    "sandberg2018": "life uncertain by fifty decades",
}


def panels(axes: Sequence[Axes]) -> dict[str, Any]:
    """Draw a scenario in each of two axes, to one scale; return what the data are from."""
    attrs: dict[str, Any] = {}
    for ax, (name, title) in zip(axes, SCENARIOS.items(), strict=True):
        table = sfc.drake.factor_counts(name, counts=[1, 2, 3, 5, 7, 10, 20])
        attrs = attrs or dict(table.attrs)
        plotting.factor_counts(table, ax=ax)
        ax.set_title(title, fontsize=8.5)
        ax.set_ylim(0.0, 0.75)
    return attrs | {"scenario": " and ".join(SCENARIOS)}


def figure(draws: int | None = None, seed: int = 7) -> Figure:
    """Return the figure; it is computed, so that draws and seed change nothing."""
    del draws, seed
    with rc_context(plotting.STYLE):
        picture = new_figure(8.0, 3.9)
        stamp(picture, panels(picture.subplots(1, 2)))
    headline(picture, "How wide the factors are moves the chance of nobody, not how many they are")
    return picture


if __name__ == "__main__":
    from _common import run

    run(figure, __doc__)
