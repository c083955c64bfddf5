"""The course of one world: civilizations appear, spread, and preclude later ones.

The world is the one of median density under ADT with total utility, out of Cook's (2022)
balanced prior. After Hanson et al. (2021) and Cook (2022).
"""

from __future__ import annotations

from matplotlib.figure import Figure

import sfc_sim as sfc
from sfc_sim import plotting
from sfc_sim.plotting.style import headline


def figure(draws: int = 20_000, seed: int = 7) -> Figure:
    """Return the figure."""
    sample = sfc.sample("cook2022-balanced", draws, rng=seed, aim=["adt-total"])
    weights = sfc.weigh(sample, theories=["adt-total"])
    ax = plotting.history(plotting.median_history(sample, weights))
    picture = ax.get_figure(root=True)
    title = "One world in time: civilizations appear, spread and preclude others"
    headline(picture, title)
    return picture


if __name__ == "__main__":
    from _common import run

    run(figure, __doc__)
