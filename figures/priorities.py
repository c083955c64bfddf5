"""What a unit of effort is worth, by intervention, with others as Cook's (2022) prior has them."""

from __future__ import annotations

from matplotlib.figure import Figure

import sfc_sim as sfc
from sfc_sim import plotting
from sfc_sim.plotting.style import headline


def figure(draws: int = 200_000, seed: int = 7) -> Figure:
    """Return the figure."""
    study = sfc.assess("cook2022-balanced", draws, rng=seed)
    table = sfc.decision.priorities(
        study, p_survive=sfc.Beta(9, 1), p_aligned=sfc.Beta(2, 2), rng=seed
    )
    ax = plotting.priorities(table)
    headline(ax.figure, "What a unit of effort is worth")
    return ax.get_figure(root=True)


if __name__ == "__main__":
    from _common import run

    run(figure, __doc__)
