"""How long civilizations expand until their front meets another: simulated and closed form.

In the power-law universe of Hanson et al. (2021), whose program halves the time on the clock.
"""

from __future__ import annotations

from matplotlib.figure import Figure

import sfc_sim as sfc
from sfc_sim import plotting
from sfc_sim.plotting.style import headline


def figure(draws: int = 4000, seed: int = 7) -> Figure:
    """Return the figure, of about so many civilizations."""
    model = sfc.appearance.PowerLawAppearance(n=6)
    universe = sfc.simulate(model, speed=0.5, civilizations=draws, rng=seed)
    ax = plotting.waiting_times(universe)
    picture = ax.get_figure(root=True)
    title = "Fronts meet after a billion years or so"
    headline(picture, title)
    return picture


if __name__ == "__main__":
    from _common import run

    run(figure, __doc__)
