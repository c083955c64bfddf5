"""Probability of each rank of the interventions, with uncertain similarity and tractability."""

from __future__ import annotations

from matplotlib.figure import Figure

import sfc_sim as sfc
from sfc_sim import plotting
from sfc_sim.plotting.style import headline

NAMES = ("extinction", "takeover", "alignment", "fail-safe")


def figure(draws: int = 200_000, seed: int = 7) -> Figure:
    """Return the figure."""
    study = sfc.assess("cook2022-balanced", draws, rng=seed, similarity=sfc.Beta(8, 2))
    table = sfc.decision.priorities(
        study,
        p_survive=sfc.Beta(9, 1),
        p_aligned=sfc.Beta(2, 2),
        tractability={name: sfc.LogNormal10(0.0, 0.5) for name in NAMES},
        interventions=NAMES,
        rng=seed,
    )
    ax = plotting.ranks(table)
    headline(ax.figure, "Probability of each rank")
    return ax.get_figure(root=True)


if __name__ == "__main__":
    from _common import run

    run(figure, __doc__)
