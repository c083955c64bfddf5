"""Picture of fronts that nobody sees: what they change, by how many of them are visible."""

from __future__ import annotations

from typing import Literal

import numpy as np
import xarray as xr
from matplotlib.axes import Axes

from sfc_sim._core.arguments import validated
from sfc_sim._core.effective import unless_few, unsteady
from sfc_sim._core.errors import choice
from sfc_sim._core.schema import require
from sfc_sim.plotting.style import canvas, hollow_key, look

__all__ = ["unseen_fronts"]

DASHES = ("-", "--", ":", "-.")
SHOWN = {
    "probability_inside": "Probability that we live inside unseen fronts",
    "recovered_share": "Recovered share s, of those outside",
}


@validated()
def unseen_fronts(
    table: xr.Dataset,
    *,
    show: Literal["probability_inside", "recovered_share"] = "probability_inside",
    ax: Axes | None = None,
) -> Axes:
    """Draw the chance that we live inside, or the recovered share, against what is visible.

    A line for each theory and, by its dashes, each chance of observers inside; bars are one
    standard error. Marks are hollow where a number rests on fewer than 100 effective draws or its
    weights have a heavy tail; numbers of fewer than 30 are left out, and so are decision weights
    where they count nobody inside.

    Parameters
    ----------
    table : xarray.Dataset
        From `sfc_sim.analysis.unseen_fronts`.
    show : {"probability_inside", "recovered_share"}
        What to draw.
    ax : matplotlib.axes.Axes, optional
        Where to draw; by default a new figure.

    Returns
    -------
    matplotlib.axes.Axes

    Raises
    ------
    InputError
        If the Dataset is not of that kind, or `show` is something else.

    Examples
    --------
    >>> import sfc_sim as sfc
    >>> study = sfc.assess("cook2022-balanced", 1000, rng=7, theories=["sia"])
    >>> found = sfc.analysis.unseen_fronts(study, visible=[0.01, 1.0], engulfed=[1.0])
    >>> unseen_fronts(found).get_xscale()
    'log'
    """
    choice(show, "show", SHOWN)
    require(table, [*SHOWN, "visible_fraction"], "analysis.unseen_fronts")
    visible, engulfed = table["visible_fraction"].values, table["engulfed_observers"].values
    inside = show == "probability_inside"
    kept = ~table["decision_weight"].values if inside else np.ones(table.sizes["theory"], bool)
    hollow = False
    with canvas(ax, table.attrs) as ax:
        for theory in table["theory"].values[kept]:
            for k, chance in enumerate(engulfed):
                if inside and chance == 0.0:
                    continue
                row = table.sel(theory=theory, engulfed_observers=chance)
                few = line(ax, row, show, look(str(theory)).colour, DASHES[k % len(DASHES)])
                hollow = hollow or few
            ax.plot([], [], color=look(str(theory)).colour, label=look(str(theory)).label)
        for k, chance in enumerate(engulfed):
            if not (inside and chance == 0.0):
                dashes = DASHES[k % len(DASHES)]
                ax.plot([], [], color="0.4", ls=dashes, label=f"inside, chance {chance:g}")
        if visible.min() > 0.0:
            ax.set_xscale("log")
        ax.set(ylim=(-0.03, 1.03), xlabel="Share of fronts that is visible, ψ")
        ax.set_ylabel(SHOWN[show])
        if hollow:
            hollow_key(ax)
        ax.legend(loc="lower center", bbox_to_anchor=(0.5, 1.0), ncols=3, fontsize=7.0)
    return ax


def line(ax: Axes, row: xr.Dataset, show: str, colour: str, dashes: str) -> bool:
    """Draw the line of a theory and a chance; return whether any of its marks is hollow."""
    visible, few = row["visible_fraction"].values, unsteady(row)
    found = unless_few(row[show].values, row["ess"].values)
    error = row[f"{show}_standard_error"].values
    ax.errorbar(visible, found, yerr=error, lw=1.2, ls=dashes, color=colour)
    for which, fill in ((~few, colour), (few, "white")):
        ax.plot(visible[which], found[which], "o", ms=3.5, color=colour, mfc=fill)
    return bool((few & np.isfinite(found)).any())
