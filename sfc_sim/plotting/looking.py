"""Pictures of looking for others: what a survey is worth, and what its findings change."""

from __future__ import annotations

from textwrap import fill

import numpy as np
import xarray as xr
from matplotlib.axes import Axes

from sfc_sim._core.arguments import validated
from sfc_sim._core.effective import unsteady
from sfc_sim._core.few import FEWEST
from sfc_sim._core.schema import existence_theories, require
from sfc_sim.plotting.style import axis_label, blank, canvas, hollow_key, look
from sfc_sim.scenario.origin import origin_of

__all__ = ["findings", "surveys"]

MARKERS = ("o", "s", "^", "D", "v", "P", "X", "*")
SHADES = ("0.55", "#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "0.2")


@validated()
def surveys(table: xr.Dataset, *, ax: Axes | None = None) -> Axes:
    """Draw what surveys would be worth by how many they look at, beside perfect information.

    Bars and the band are one standard error. Surveys of too few draws have no mark.

    Parameters
    ----------
    table : xarray.Dataset
        From `sfc_sim.analysis.value_of_study`.
    ax : matplotlib.axes.Axes, optional
        Where to draw, also on top of those of another theory; by default a new figure.

    Returns
    -------
    matplotlib.axes.Axes

    Examples
    --------
    >>> import sfc_sim as sfc
    >>> study = sfc.assess("cook2022-balanced", 2000, rng=7, theories=["prior"])
    >>> found = sfc.analysis.value_of_study(
    ...     study, [sfc.inference.LifeSearched(n) for n in (1, 10)]
    ... )
    >>> surveys(found).get_xlabel()
    'Looked at'
    """
    name = "value_of_study"
    require(table, [name, "size", "value_of_information"], f"analysis.{name}")
    theory = origin_of(table).text("decided_under", "")
    style = look(theory) if theory else None
    colour, label = (style.colour, style.label) if style else ("#009E73", "by credence")
    sizes = table["size"].values
    counted = bool(np.isfinite(sizes).all())
    with canvas(ax, table.attrs) as ax:
        places = sizes if counted else np.arange(sizes.size)
        ax.errorbar(
            places, table[name].values, table[f"{name}_standard_error"].values, fmt="o-",
            color=colour, label=label, ms=4.0, lw=1.2, capsize=2.0,
        )  # fmt: skip
        most = float(table["value_of_information"])
        error = float(table["value_of_information_standard_error"])
        ax.axhline(most, color=colour, lw=0.9, ls="--", label=f"{label}, all known")
        ax.axhspan(most - error, most + error, color=colour, alpha=0.15, lw=0.0)
        if counted:
            ax.set_xscale("log")
            ax.set_xticks(places, [f"{size:g}" for size in sizes])
            ax.minorticks_off()
            ax.set_xlabel("Looked at")
        else:
            words = [fill(str(survey), 24) for survey in table["survey"].values]
            ax.set_xticks(places, words, rotation=20, ha="right")
            ax.set_xlabel("Survey")
        ax.autoscale(axis="y")  # for what was drawn here before, too
        ax.set_ylim(bottom=0.0)
        ax.set_ylabel("Gain of the survey, over what\nthe best action gains now")
        ax.legend(loc="lower left", bbox_to_anchor=(0.0, 1.0), ncols=2, fontsize=7.0)
    return ax


@validated()
def findings(table: xr.Dataset, *, ax: Axes | None = None) -> Axes:
    """Draw the discount before and after each of several findings, by theory.

    Bars are one standard error; marks are hollow where a theory rests on fewer than 100 effective
    draws after the finding, and those of fewer than 30 are not drawn.

    Parameters
    ----------
    table : xarray.Dataset
        From `sfc_sim.analysis.discount_after`.
    ax : matplotlib.axes.Axes, optional
        Where to draw; by default a new figure.

    Returns
    -------
    matplotlib.axes.Axes

    Examples
    --------
    >>> import sfc_sim as sfc
    >>> study = sfc.assess("sandberg2018", 2000, rng=7, theories=["prior"])
    >>> mars = [sfc.inference.LifeSearched(1, found) for found in (0, 1)]
    >>> ax = findings(sfc.analysis.discount_after(study, mars))
    >>> [text.get_text() for text in ax.get_legend().get_texts()]
    ['nothing more', 'life found on 0 of 1 planet', 'life found on 1 of 1 planet']
    """
    discount = "extinction_discount"
    require(table, [f"{discount}_change", "outcome", "ess"], "analysis.discount_after")
    theories, outcomes = existence_theories(table), table["outcome"].values
    with canvas(ax, table.attrs, 1.2 + 0.6 * len(theories)) as ax:
        hollow = False
        for k, outcome in enumerate(outcomes):
            colour, marker = SHADES[k % len(SHADES)], MARKERS[k % len(MARKERS)]
            offset = 0.75 * ((k + 0.5) / len(outcomes) - 0.5)
            for row, theory in enumerate(theories):
                found = table.isel(outcome=k).sel(theory=theory)
                if float(found["ess"]) < FEWEST:
                    blank(ax, row + offset)
                    continue
                solid = not unsteady(found)
                hollow = hollow or not solid
                ax.errorbar(
                    float(found[discount]), row + offset,
                    xerr=float(found[f"{discount}_standard_error"]), fmt=marker, color=colour,
                    mfc=colour if solid else "white", ms=5.0, lw=1.2,
                )  # fmt: skip
            ax.plot([], [], marker, color=colour, ls="", label=fill(str(outcome), 40))
        ax.set_yticks(range(len(theories)), [look(theory).label for theory in theories])
        ax.set_ylim(len(theories) - 0.5, -0.5)
        ax.set_xlabel(f"{axis_label(table[discount])}\n(bars: one standard error)")
        ax.margins(x=0.1)
        if hollow:
            hollow_key(ax)
        ax.legend(loc="lower left", bbox_to_anchor=(0.0, 1.0), ncols=1, fontsize=7.0)
    return ax
