"""Who else is born within what we can reach, in one world.

Its parameters are those of the world of median density under ADT with total utility, out of
Cook's (2022) balanced prior, as in the figure of its history; nothing is visible today.
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
    median = plotting.median_history(sample, weights).attrs["draw"]
    here = sfc.simulate_here(sample.sel(draw=int(median)), realisations=1, rng=seed)
    ax = plotting.surroundings(here)
    picture = ax.get_figure(root=True)
    title = "What we can reach, and who else is there"
    headline(picture, title)
    return picture


if __name__ == "__main__":
    from _common import run

    run(figure, __doc__)
