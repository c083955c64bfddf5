"""The verdict by credence in decisions for total utility, under three rules of aggregation."""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

import sfc_sim as sfc
from sfc_sim.decision import Study
from sfc_sim.plotting.style import canvas, headline

STYLES = {
    "favourite": ("#000000", "--"),
    "expected-value": ("#0072B2", "-"),
    "variance-normalised": ("#D55E00", "-."),
}
# One with many copies and stakes, one with neither: between them the rules differ most.
THEORIES = ("adt-total", "prior")


def panel(study: Study, ax: Axes | None = None) -> Axes:
    """Draw the discount by credence in the first theory, the rest in the second."""
    first, second = THEORIES
    credences = np.linspace(0.005, 0.995, 100)
    found = [sfc.inference.aggregate(study, {first: c, second: 1.0 - c}) for c in credences]
    with canvas(ax, study.report.attrs) as ax:
        for rule, (colour, dashes) in STYLES.items():
            discount = [float(one.aggregated_discount.sel(aggregation=rule)) for one in found]
            ax.plot(credences, discount, color=colour, ls=dashes, label=rule)
        ax.set(xlim=(0.0, 1.0), ylim=(0.0, 1.0))
        ax.set_xlabel(f"Credence in {first}, the rest in {second}")
        ax.set_ylabel("Discount on reducing extinction risk")
        ax.legend(title="Rule of aggregation", loc="upper left")
    return ax


def figure(draws: int = 200_000, seed: int = 7) -> Figure:
    """Return the figure."""
    study = sfc.assess("cook2022-balanced", draws, rng=seed, theories=list(THEORIES))
    ax = panel(study)
    headline(ax.figure, "What credence in a theory comes to")
    return ax.get_figure(root=True)


if __name__ == "__main__":
    from _common import run

    run(figure, __doc__)
