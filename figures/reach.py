"""How far probes get if nobody is in the way, by their speed at launch.

After Armstrong & Sandberg (2013), "Eternity in six hours".
"""

from __future__ import annotations

from matplotlib.figure import Figure

from sfc_sim import plotting
from sfc_sim.cosmology import Background
from sfc_sim.expansion import reach_table
from sfc_sim.plotting.style import headline


def figure(draws: int | None = None, seed: int = 7) -> Figure:
    """Return the figure; it is computed, so that draws and seed change nothing."""
    del draws, seed
    ax = plotting.reach(reach_table(Background.named("Planck18")))
    picture = ax.get_figure(root=True)
    title = "Probes that never start again fall short, but little so near the speed of light"
    headline(picture, title)
    return picture


if __name__ == "__main__":
    from _common import run

    run(figure, __doc__)
