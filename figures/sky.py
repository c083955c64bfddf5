"""The sky of a civilization born late, full of the domains of others.

In the power-law universe of Hanson et al. (2021): the birth with the most domains in sight.
"""

from __future__ import annotations

from matplotlib.figure import Figure

import sfc_sim as sfc
from sfc_sim import plotting
from sfc_sim.plotting.style import headline


def figure(draws: int = 1000, seed: int = 7) -> Figure:
    """Return the figure, of about so many civilizations."""
    universe = sfc.simulate(
        sfc.appearance.PowerLawAppearance(n=6), speed=0.5, civilizations=draws,
        compute=["visible_at_birth"], rng=seed,
    )  # fmt: skip
    ax = plotting.sky(universe)
    picture = ax.get_figure(root=True)
    title = "A late sky: domains to scale, the nearest brightest"
    headline(picture, title)
    return picture


if __name__ == "__main__":
    from _common import run

    run(figure, __doc__)
