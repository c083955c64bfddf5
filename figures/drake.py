"""The number of civilizations in the galaxy when no factor is known well.

After Sandberg, Drexler & Ord (2018), "Dissolving the Fermi Paradox", figure 1.
"""

from __future__ import annotations

from matplotlib.figure import Figure

import sfc_sim as sfc
from sfc_sim import plotting
from sfc_sim.plotting.style import headline


def figure(draws: int | None = None, seed: int = 7) -> Figure:
    """Return the figure; without draws the distribution is computed, not sampled."""
    scenario = sfc.load_scenario("sandberg2018")
    ax = plotting.drake(sfc.drake.drake_distribution(scenario, draws, rng=seed))
    picture = ax.get_figure(root=True)
    headline(picture, "An empty galaxy is likely, though the mean number is large")
    return picture


if __name__ == "__main__":
    from _common import run

    run(figure, __doc__)
