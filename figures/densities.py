"""How many expanding civilizations there are, by anthropic theory, under Cook's (2022) prior."""

from __future__ import annotations

from matplotlib.figure import Figure

import sfc_sim as sfc
from sfc_sim import plotting
from sfc_sim.plotting.style import headline


def figure(draws: int = 200_000, seed: int = 7) -> Figure:
    """Return the figure."""
    sample = sfc.sample("cook2022-balanced", draws, rng=seed, aim=True)
    ax = plotting.densities(sample, sfc.weigh(sample))
    picture = ax.get_figure(root=True)
    title = "The anthropic theory decides how many others there are"
    headline(picture, title)
    return picture


if __name__ == "__main__":
    from _common import run

    run(figure, __doc__)
