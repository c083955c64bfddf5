"""Whether we live inside fronts that nobody sees, and what others recover, by theory."""

from __future__ import annotations

from matplotlib import rc_context
from matplotlib.figure import Figure

import sfc_sim as sfc
from sfc_sim import plotting
from sfc_sim.plotting.style import headline, new_figure, stamp

VISIBLE = (0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1.0)
THEORIES = ("prior", "sia", "ssa-civilizations", "ssa-all", "adt-total")


def figure(draws: int = 20_000, seed: int = 7) -> Figure:
    """Return the figure."""
    study = sfc.assess("cook2022-balanced", draws, rng=seed, theories=THEORIES)
    table = sfc.analysis.unseen_fronts(study, visible=VISIBLE, engulfed=(0.01, 1.0))
    with rc_context(plotting.STYLE):
        drawn = new_figure(9.5, 4.6)
        stamp(drawn, study.report.attrs)
        left, right = drawn.subplots(1, 2)
        plotting.unseen_fronts(table, ax=left)
        plotting.unseen_fronts(table, show="recovered_share", ax=right)
        headline(drawn, "Fronts that nobody sees")
    return drawn


if __name__ == "__main__":
    from _common import run

    run(figure, __doc__)
