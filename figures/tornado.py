"""The discount with each input of Cook's (2022) prior low and high."""

from __future__ import annotations

from matplotlib.figure import Figure

import sfc_sim as sfc
from sfc_sim import plotting
from sfc_sim.plotting.style import headline


def figure(draws: int = 200_000, seed: int = 7) -> Figure:
    """Return the figure."""
    study = sfc.assess("cook2022-balanced", draws, rng=seed)
    # What few draws of the study carry is drawn anew: so many at most for each part.
    ax = plotting.tornado(sfc.analysis.tornado(study, draws=min(draws, 10_000)))
    headline(ax.figure, "The discount with each input low and high")
    return ax.get_figure(root=True)


if __name__ == "__main__":
    from _common import run

    run(figure, __doc__)
