"""When civilizations are born, and when those that see nobody are: simulated and closed form.

In the power-law universe of Hanson et al. (2021), whose date is pinned by us: we see nobody.
"""

from __future__ import annotations

from matplotlib.figure import Figure

import sfc_sim as sfc
from sfc_sim import plotting
from sfc_sim.plotting.style import headline


def figure(draws: int = 4000, seed: int = 7) -> Figure:
    """Return the figure, of eight boxes with about so many civilizations each."""
    universe = sfc.simulate(
        sfc.appearance.PowerLawAppearance(n=6), speed=0.5, civilizations=draws, realisations=8,
        compute=["visible_at_birth"], rng=seed,
    )  # fmt: skip
    ax = plotting.birth_dates(universe)
    picture = ax.get_figure(root=True)
    title = "Who sees nobody is born early: dates of birth if fronts move at half light speed"
    headline(picture, title)
    return picture


if __name__ == "__main__":
    from _common import run

    run(figure, __doc__)
