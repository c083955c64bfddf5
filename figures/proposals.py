"""Where worlds are drawn for three theories: the prior, the draws as made, and their weight."""

from __future__ import annotations

from matplotlib import rc_context
from matplotlib.figure import Figure

import sfc_sim as sfc
from sfc_sim import plotting
from sfc_sim.plotting.style import new_figure, stamp

THEORIES = ("prior", "sia", "adt-total")


def figure(draws: int = 50_000, seed: int = 7) -> Figure:
    """Return the figure."""
    sample = sfc.sample("cook2022-balanced", draws, rng=seed, aim=THEORIES)
    weights = sfc.weigh(sample, theories=THEORIES)
    with rc_context(plotting.STYLE):
        picture = new_figure(9.0, 4.0)
        stamp(picture, weights.attrs)
        panels = picture.subplots(1, 3, sharex=True, sharey=True)
        for ax, theory in zip(panels, THEORIES, strict=True):
            plotting.aimed(sample, weights, theory, ax=ax)
            ax.label_outer()
        title = "Draws are made where theories put their weight"
        picture.suptitle(title, x=0.01, ha="left", fontsize=10)
    return picture


if __name__ == "__main__":
    from _common import run

    run(figure, __doc__)
