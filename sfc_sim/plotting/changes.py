"""Pictures of what each change of assumption does: a waterfall, and conversions one by one."""

from __future__ import annotations

from itertools import pairwise
from typing import Final

import numpy as np
import xarray as xr
from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator

from sfc_sim._core.arguments import validated
from sfc_sim._core.effective import unless_few, unsteady
from sfc_sim._core.schema import require
from sfc_sim.plotting.comparison import chance, interval, middle, note
from sfc_sim.plotting.style import axis_label, blank, canvas, look, verbatim
from sfc_sim.scenario.origin import origin_of

__all__ = ["conversions", "waterfall"]

ROW: Final = 0.34  # inches
MORE, LESS = "#E69F00", "#0072B2"  # of Okabe & Ito 2008, for rises and falls
# An axis shows so many decades beyond the medians; the rest of wider intervals is cut off.
BEYOND: Final = 8.0

ALONE: Final = {
    "alone_in_galaxy": "galaxy",
    "alone_in_observable": "observable",
    "alone_in_reachable": "reachable",
}
OPTIONS: Final = {
    "": "",
    "galaxies": "Galaxies in the observable universe",
    "ever": "From now to ever",
    "emergence": "Fraction that takes to space",
    "alone": "What counts as none",
}


@validated()
def waterfall(walked: xr.Dataset, *, ax: Axes | None = None) -> Axes:
    """Draw how the answer moves as assumptions change one at a time, from the top.

    A dot is the median of a step in the colour of its theory, hollow where that rests on fewer
    than 100 effective draws, a thin bar the middle 90 % and a thick one the middle 50 %; what
    reaches beyond the axis is cut off, and a step of fewer than 30 is blank. Wide bars lead from
    each median to the next, with the decades between them. On the right is the probability of no
    other in the observable universe.

    Parameters
    ----------
    walked : xarray.Dataset
        From `sfc_sim.literature.walk`.
    ax : matplotlib.axes.Axes, optional
        Where to draw; by default a new figure, as high as there are steps.

    Returns
    -------
    matplotlib.axes.Axes

    Raises
    ------
    InputError
        If the Dataset is not of that kind, or has no median among its quantiles.

    Examples
    --------
    >>> from sfc_sim.literature import walk
    >>> steps = walk("sandberg2018", {"one in ten": {"expanding_fraction": 0.1}}, draws=500, rng=7)
    >>> [text.get_text() for text in waterfall(steps).get_yticklabels()]
    ['sandberg2018', 'one in ten']
    """
    require(walked, ["median", "alone_in_observable", "ess"], "literature.walk")
    reading = origin_of(walked).text("reading")
    middle(walked)
    medians = unless_few(walked["median"], walked["ess"])
    limits = window(medians, walked[reading].values)
    names = [verbatim(str(name)) for name in walked["step"].values]
    with canvas(ax, walked.attrs, height=1.1 + ROW * len(names)) as ax:
        for k in range(1, len(names)):
            lead(ax, medians[k - 1], medians[k], float(k), limits)
        for k, theory in enumerate(walked["theory"].values):
            if np.isnan(medians[k]):
                blank(ax, float(k))
                continue
            colour = look(str(theory)).colour
            sure = not unsteady(walked.isel(step=k))
            interval(ax, walked[reading].isel(step=k), float(k), limits, colour, sure=sure)
            note(ax, 1.0, 6.0, k, chance(walked.isel(step=k)), "0.15", size=7.0)
        note(ax, 1.0, 6.0, -0.75, "P(no SFC)", "0.15", size=6.5)
        rows_of(ax, [float(k) for k in range(len(names))], names, walked[reading], limits)
    return ax


def lead(ax: Axes, before: float, after: float, height: float, limits: tuple[float, float]) -> None:
    """Draw the wide bar from the last median to this one, and print the decades between."""
    if np.isnan(before) or np.isnan(after):
        return
    low, high = np.clip(sorted((before, after)), *limits)
    colour = MORE if after > before else LESS
    ax.barh(height, high - low, left=low, height=0.62, color=colour, alpha=0.3, lw=0.0, zorder=1)
    ax.plot([before, before], [height - 1.0, height + 0.31], color="0.55", lw=0.6, zorder=1)
    if np.isfinite(after - before):
        ax.annotate(
            f"{after - before:+.1f}", (0.5 * (low + high), height), (0.0, 6.5),
            textcoords="offset points", ha="center", va="center", fontsize=6.5, color="0.2",
        )  # fmt: skip


@validated()
def conversions(effects: xr.Dataset, *, ax: Axes | None = None) -> Axes:
    """Draw how far each conversion moves the number ever, and the chances of no SFC.

    By conversion: the median, and bars of the middle 90 % (thin) and 50 % (thick); the dotted
    line is the median as published. On the right are the probabilities of no other in the
    galaxy, in the observable universe and in what humanity can reach.

    Parameters
    ----------
    effects : xarray.Dataset
        From `sfc_sim.literature.changes.conversion_effects`.
    ax : matplotlib.axes.Axes, optional
        Where to draw; by default a new figure, as high as there are conversions.

    Returns
    -------
    matplotlib.axes.Axes

    Raises
    ------
    InputError
        If the Dataset is not of that kind, or has no median among its quantiles.

    Examples
    --------
    >>> from sfc_sim.literature import conversion_effects
    >>> ax = conversions(conversion_effects("sandberg2018", draws=500, rng=7))
    >>> [text.get_text() for text in ax.get_yticklabels()][:2]
    ['as published', 'sandberg2018']
    """
    require(
        effects, ["log10_actual_ever", "shift_log10_actual_ever"], "literature.conversion_effects"
    )
    middle(effects)
    values = effects["log10_actual_ever"]
    medians = values.sel(quantile=0.5).values
    limits = window(medians, values.values)
    heights = placed([str(option) for option in effects["option"].values])
    colour = look(origin_of(effects).text("theory")).colour
    with canvas(ax, effects.attrs, height=1.1 + 0.72 * ROW * (heights[-1] + 2.0)) as ax:
        ax.axvline(np.clip(medians[0], *limits), color="0.35", lw=0.8, ls=":", zorder=1)
        for k, height in enumerate(heights):
            interval(ax, values.isel(conversion=k), height, limits, colour)
            columns(ax, effects.isel(conversion=k), height)
        headings(ax, effects, heights)
        names = [str(choice) or "as published" for choice in effects["choice"].values]
        rows_of(ax, heights, names, values, limits)
    return ax


def placed(options: list[str]) -> list[float]:
    """Return the heights of the rows, with room for a heading where another option begins.

    Examples
    --------
    >>> placed(["", "ever", "ever", "alone"])
    [0.0, 2.2, 3.2, 5.4]
    """
    heights, height = [0.0], 0.0
    for before, option in pairwise(options):
        height += 1.0 if option == before else 2.2
        heights.append(round(height, 9))
    return heights


def headings(ax: Axes, effects: xr.Dataset, heights: list[float]) -> None:
    """Write which option the rows below belong to, and what the columns are."""
    options = [str(option) for option in effects["option"].values]
    for k, option in enumerate(options):
        if option and option != options[k - 1]:
            text = OPTIONS.get(option, option)
            note(ax, 0.0, 0.0, heights[k] - 1.0, text, "0.15", size=7.5, weight="bold")
    note(ax, 1.0, 6.0, -2.0, "P(no SFC) in", "0.15", size=6.5)
    for k, name in enumerate(ALONE.values()):
        note(ax, 1.0, 6.0 + 42.0 * k, -1.1, name, "0.15", size=6.5)


def columns(ax: Axes, one: xr.Dataset, height: float) -> None:
    """Write the probabilities of no SFC; bold where a conversion moves them by a point."""
    for k, name in enumerate(ALONE):
        moved = abs(float(one[f"shift_{name}"])) >= 0.01
        note(
            ax, 1.0, 6.0 + 42.0 * k, height, chance(one, name), "0.1" if moved else "0.45",
            size=6.5, weight="bold" if moved else "normal",
        )  # fmt: skip


def window(medians: np.ndarray, values: np.ndarray) -> tuple[float, float]:
    """Return the ends of an axis: all medians, and not much more of what lies around them.

    Examples
    --------
    >>> window(np.array([0.0, 3.0]), np.array([-100.0, 3.5]))
    (-8.0, 4.5)
    """
    finite = medians[np.isfinite(medians)] if np.isfinite(medians).any() else np.zeros(1)
    shown = values[np.isfinite(values)] if np.isfinite(values).any() else np.zeros(1)
    low = max(float(shown.min()) - 1.0, float(finite.min()) - BEYOND)
    return low, min(float(shown.max()) + 1.0, float(finite.max()) + BEYOND)


def rows_of(
    ax: Axes,
    heights: list[float],
    names: list[str],
    values: xr.DataArray,
    limits: tuple[float, float],
) -> None:
    """Label the rows and the axis."""
    ax.set_yticks(heights, names)
    ax.tick_params(axis="y", length=0.0, labelsize=7.5)
    ax.spines["left"].set_visible(False)
    ax.grid(axis="x", color="0.92", lw=0.6)
    ax.set_xlim(*limits)
    ax.set_ylim(heights[-1] + 0.7, -0.7)
    ax.xaxis.set_major_locator(MaxNLocator(integer=True))
    ax.set_xlabel(axis_label(values).replace("Log10", "log$_{10}$"))
