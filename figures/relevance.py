"""For which worlds a decision should be made, by who decides with us and what is at stake."""

from __future__ import annotations

from matplotlib.figure import Figure

import sfc_sim as sfc
from sfc_sim import plotting
from sfc_sim.decision import IMPLEMENTATIONS
from sfc_sim.plotting.style import headline


def figure(draws: int = 200_000, seed: int = 7) -> Figure:
    """Return the figure."""
    sample = sfc.sample("cook2022-balanced", draws, rng=seed)
    ways = [name for name in IMPLEMENTATIONS if not name.startswith("simulated")]
    ax = plotting.relevance(sfc.decision.relevance(sample, implementations=ways))
    picture = ax.get_figure(root=True)
    headline(picture, "For which worlds a decision should be made")
    return picture


if __name__ == "__main__":
    from _common import run

    run(figure, __doc__)
