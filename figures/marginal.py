"""How much of what it takes humanity would add, in three readings, against its rivals."""

from __future__ import annotations

from matplotlib.figure import Figure

import sfc_sim as sfc
from sfc_sim import plotting
from sfc_sim.plotting.style import headline


def figure(draws: int = 200_000, seed: int = 7) -> Figure:
    """Return the figure."""
    sample = sfc.sample("cook2022-balanced", draws, rng=seed)
    ax = plotting.marginal(sample, sfc.weigh(sample, theories=["prior"]), theory="prior")
    picture = ax.get_figure(root=True)
    headline(picture, "How much of what it takes humanity would add")
    return picture


if __name__ == "__main__":
    from _common import run

    run(figure, __doc__)
