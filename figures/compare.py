"""Every published estimate of how many expanding civilizations there are, in one unit.

The estimates of the catalogue that say how many there are, given that nothing is visible.
"""

from __future__ import annotations

from matplotlib.figure import Figure

from sfc_sim import plotting
from sfc_sim.plotting.style import headline


def figure(draws: int = 20_000, seed: int = 7) -> Figure:
    """Return the figure."""
    ax = plotting.plot_densities(None, theories=["prior", "adt-total"], draws=draws, rng=seed)
    picture = ax.get_figure(root=True)
    title = "Published estimates side by side: how many expanding civilizations"
    headline(picture, title)
    return picture


if __name__ == "__main__":
    from _common import run

    run(figure, __doc__)
