"""Who holds what in a slice through space, as civilizations appear, spread and meet.

Births grow as the sixth power of time and fronts move at half the speed of light. After Hanson
et al. (2021), "If Loud Aliens Explain Human Earliness, Quiet Aliens Are Also Rare".
"""

from __future__ import annotations

from matplotlib.figure import Figure

import sfc_sim as sfc
from sfc_sim import plotting
from sfc_sim.plotting.style import headline


def figure(draws: int = 1000, seed: int = 7) -> Figure:
    """Return the figure, of about so many civilizations."""
    model = sfc.appearance.PowerLawAppearance(n=6)
    universe = sfc.simulate(model, speed=0.5, civilizations=draws, rng=seed)
    ax = plotting.slices(universe, pixels=480)
    picture = ax.get_figure(root=True)
    title = "Space fills within a few billion years: a slice, coloured by who came first"
    headline(picture, title)
    return picture


if __name__ == "__main__":
    from _common import run

    run(figure, __doc__)
