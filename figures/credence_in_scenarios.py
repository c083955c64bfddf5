"""Three scenarios, believed beforehand, and what the evidence makes of them under each theory."""

from __future__ import annotations

from matplotlib.figure import Figure

import sfc_sim as sfc
from sfc_sim import plotting
from sfc_sim.plotting.style import headline

MIXTURE = {"cook2022-balanced": 0.5, "finnveden2019": 0.3, "mills2025": 0.2}


def figure(draws: int = 100_000, seed: int = 7) -> Figure:
    """Return the figure."""
    study = sfc.assess(MIXTURE, draws, rng=seed)
    ax = plotting.credence_in_scenarios(study)
    headline(ax.figure, "Which scenario? Credence before and after the evidence")
    return ax.get_figure(root=True)


if __name__ == "__main__":
    from _common import run

    run(figure, __doc__)
