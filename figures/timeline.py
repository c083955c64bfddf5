"""What the dates of life on Earth say about how long each transition takes.

After Snyder-Beattie et al. (2021), "The Timing of Evolutionary Transitions Suggests Intelligent
Life Is Rare".
"""

from __future__ import annotations

from matplotlib.figure import Figure

import sfc_sim as sfc
from sfc_sim import plotting
from sfc_sim.earth import earth_posterior
from sfc_sim.plotting.style import headline


def figure(draws: int = 100_000, seed: int = 7) -> Figure:
    """Return the figure: prior and posterior of the expected time of each step."""
    scenario = sfc.load_scenario("snyder-beattie2021")
    ax = plotting.timeline(earth_posterior(scenario, draws, rng=seed))
    picture = ax.get_figure(root=True)
    headline(picture, "Dates on Earth do not tell a slow step from a slower one")
    return picture


if __name__ == "__main__":
    from _common import run

    run(figure, __doc__)
