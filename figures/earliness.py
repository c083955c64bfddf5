"""How early we are if planets stay habitable for long and life takes several hard steps.

After Hanson et al. (2021), "If loud aliens explain human earliness, quiet aliens are also rare".
"""

from __future__ import annotations

from matplotlib.figure import Figure

from sfc_sim import plotting
from sfc_sim.plotting.style import headline


def figure(draws: int | None = None, seed: int = 7) -> Figure:
    """Return the figure; it is computed, so that draws and seed change nothing."""
    del draws, seed
    picture = plotting.earliness().get_figure(root=True)
    title = "If life is hard and planets last long, we are among the first"
    headline(picture, title)
    return picture


if __name__ == "__main__":
    from _common import run

    run(figure, __doc__)
