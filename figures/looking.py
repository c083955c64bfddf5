"""What a survey for life would be worth, and what it finds would change (Sandberg et al. 2018)."""

from __future__ import annotations

from matplotlib.figure import Figure

import sfc_sim as sfc
from sfc_sim import plotting
from sfc_sim.inference import LifeSearched
from sfc_sim.plotting.style import headline, new_figure, stamp

PLANETS = (1, 3, 10, 30, 100)


def figure(draws: int = 40_000, seed: int = 7) -> Figure:
    """Return the figure."""
    study = sfc.assess("sandberg2018", draws, rng=seed)
    made = new_figure(10.0, 4.6)
    left, right = made.subplots(1, 2)
    for theory in ("prior", "sia"):
        worth = sfc.analysis.value_of_study(study, [*map(LifeSearched, PLANETS)], theory=theory)
        plotting.surveys(worth, ax=left)
    left.set_xlabel("Planets searched for life")
    after = sfc.analysis.discount_after(study, [LifeSearched(1, found) for found in (0, 1)])
    plotting.findings(after, ax=right)
    stamp(made, study.report.attrs)
    headline(made, "A survey for life before it is made, and after")
    return made


if __name__ == "__main__":
    from _common import run

    run(figure, __doc__)
