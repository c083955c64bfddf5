"""When planets form, in five published histories.

After Lineweaver (2001), Madau & Dickinson (2014), Behroozi & Peeples (2015), Madau & Fragos (2017)
and Hanson et al. (2021).
"""

from __future__ import annotations

from matplotlib.figure import Figure

from sfc_sim import plotting
from sfc_sim.plotting.style import headline


def figure(draws: int | None = None, seed: int = 7) -> Figure:
    """Return the figure; it is computed, so that draws and seed change nothing."""
    del draws, seed
    picture = plotting.planet_histories().get_figure(root=True)
    title = "Most histories put Earth among the late planets, that of Hanson et al. among the early"
    headline(picture, title)
    return picture


if __name__ == "__main__":
    from _common import run

    run(figure, __doc__)
