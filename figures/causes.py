"""The value of survival by cause of extinction, under each theory, after Cook's (2022) prior."""

from __future__ import annotations

from matplotlib.figure import Figure

import sfc_sim as sfc
from sfc_sim import plotting
from sfc_sim.plotting.style import headline


def figure(draws: int = 200_000, seed: int = 7) -> Figure:
    """Return the figure."""
    study = sfc.assess("cook2022-balanced", draws, rng=seed)
    ax = plotting.by_cause(sfc.decision.by_cause(study, "ord2020"))
    headline(ax.figure, "What ends us, and what comes after")
    return ax.get_figure(root=True)


if __name__ == "__main__":
    from _common import run

    run(figure, __doc__)
