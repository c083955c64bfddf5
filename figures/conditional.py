"""The discount against six inputs, by anthropic theory."""

from __future__ import annotations

from matplotlib import rc_context
from matplotlib.figure import Figure

import sfc_sim as sfc
from sfc_sim import plotting
from sfc_sim.plotting.hangs import remarks
from sfc_sim.plotting.style import headline, new_figure, stamp

ONSETS = (3.0, 5.0, 7.0, 9.0, 10.0)
RED_DWARFS = {"not habitable": "cook2022-balanced", "habitable": "cook2022-red-dwarfs"}
DRAWN = ("expansion_speed", "expanding_fraction", "hard_steps", "longest_habitability")


def figure(draws: int | None = None, seed: int = 7) -> Figure:
    """Return the figure."""
    study = sfc.assess("cook2022-balanced", draws, rng=seed)
    tables = [sfc.analysis.conditional(study, name) for name in DRAWN]
    tables.append(sfc.analysis.conditional(study, "habitability_onset", values=ONSETS))
    stars = sfc.analysis.conditional(study, "scenario", values=list(RED_DWARFS.values()))
    stars = stars.assign_coords(value=list(RED_DWARFS))
    tables.append(stars.assign_attrs(by="planets of red dwarfs"))
    with rc_context(plotting.STYLE):
        drawn = new_figure(9.5, 6.0)
        stamp(drawn, study.report.attrs)
        axes = drawn.subplots(2, 3, sharey=True).ravel()
        for ax, table in zip(axes, tables, strict=True):
            plotting.conditional(table, ax=ax)
            ax.set(title="", ylabel="")
            ax.get_legend().remove()
        axes[0].set_ylabel("Discount on extinction risk")
        axes[3].set_ylabel("Discount on extinction risk")
        # Between the theories there is room, where the fraction that expands moves none of them.
        axes[1].legend(*axes[0].get_legend_handles_labels(), loc="center")
        headline(drawn, "; ".join(["The discount by input", *filter(None, [remarks(tables)])]))
    return drawn


if __name__ == "__main__":
    from _common import run

    run(figure, __doc__)
