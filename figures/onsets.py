"""The discount against the date at which planets became habitable, by anthropic theory."""

from __future__ import annotations

from matplotlib.figure import Figure

import sfc_sim as sfc
from sfc_sim import plotting
from sfc_sim.plotting.style import headline


def figure(draws: int = 200_000, seed: int = 7) -> Figure:
    """Return the figure."""
    study = sfc.assess("cook2022-balanced", draws, rng=seed)
    onsets = [3.0, 5.0, 7.0, 9.0, 10.0]
    ax = plotting.conditional(sfc.analysis.conditional(study, "habitability_onset", values=onsets))
    headline(ax.figure, "The discount by onset of habitability")
    return ax.get_figure(root=True)


if __name__ == "__main__":
    from _common import run

    run(figure, __doc__)
