"""How the Monte Carlo error falls with the number of draws.

P(alone) under Cook's (2022) balanced prior, in blocks of one run.
"""

from __future__ import annotations

from matplotlib.figure import Figure

import sfc_sim as sfc
from sfc_sim import plotting
from sfc_sim.plotting.style import headline


def figure(draws: int = 128_000, seed: int = 7) -> Figure:
    """Return the figure."""
    ax = plotting.convergence(sfc.sample("cook2022-balanced", draws, rng=seed))
    picture = ax.get_figure(root=True)
    headline(picture, "Error falls as the square root of the draws")
    return picture


if __name__ == "__main__":
    from _common import run

    run(figure, __doc__)
