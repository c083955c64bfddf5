"""How far what an estimate does not say itself moves its answer.

The conversions of Sandberg, Drexler & Ord (2018) to the one unit of all estimates.
"""

from __future__ import annotations

from matplotlib.figure import Figure

import sfc_sim as sfc
from sfc_sim import plotting
from sfc_sim.plotting.style import headline


def figure(draws: int = 200_000, seed: int = 7) -> Figure:
    """Return the figure."""
    ax = plotting.conversions(
        sfc.literature.conversion_effects("sandberg2018", draws=draws, rng=seed)
    )
    picture = ax.get_figure(root=True)
    title = "What an estimate does not say moves its number, not whether we are alone"
    headline(picture, title)
    return picture


if __name__ == "__main__":
    from _common import run

    run(figure, __doc__)
