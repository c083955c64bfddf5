"""How alone we are after each kind of observation, beside the published ranges.

After Sandberg, Drexler & Ord (2018), "Dissolving the Fermi Paradox"; constants are ours.
"""

from __future__ import annotations

from matplotlib.figure import Figure

from sfc_sim import plotting
from sfc_sim.analysis import FAMILIES, posterior_table
from sfc_sim.inference import NotSettled
from sfc_sim.plotting.style import headline


def figure(draws: int | None = None, seed: int = 7) -> Figure:  # noqa: ARG001
    """Return the figure; the posteriors are computed, so that draws and seed change nothing."""
    # 60 generations: fitted here to the upper end of the published range of the universe.
    table = posterior_table("sandberg2018", [*FAMILIES, NotSettled(60)])
    picture = plotting.posteriors(table).get_figure(root=True)
    headline(picture, "What an empty sky adds to the prior")
    return picture


if __name__ == "__main__":
    from _common import run

    run(figure, __doc__)
