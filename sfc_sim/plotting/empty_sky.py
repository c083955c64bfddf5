"""Pictures of the Fermi paradox: what is known of N, before and after an observation."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
import xarray as xr
from matplotlib.axes import Axes

from sfc_sim._core.arguments import validated
from sfc_sim._core.digits import percent, scientific
from sfc_sim._core.schema import require
from sfc_sim.plotting.style import canvas
from sfc_sim.scenario.origin import origin_of

__all__ = ["paradox", "posteriors"]

BEFORE, AFTER = "#0072B2", "#D55E00"
CHANCES: Final = {
    "probability_below_one": ("N < 1: alone in the galaxy", BEFORE, "o"),
    "probability_alone": ("alone in the universe", AFTER, "D"),
}


@validated()
def paradox(dataset: xr.Dataset, *, ax: Axes | None = None) -> Axes:
    """Draw the law of log10 N before and after the observation, with the shares below one.

    Parameters
    ----------
    dataset : xarray.Dataset
        From `sfc_sim.analysis.paradox`.
    ax : matplotlib.axes.Axes, optional
        Where to draw; by default a new figure.

    Returns
    -------
    matplotlib.axes.Axes

    Raises
    ------
    InputError
        If the Dataset is not of that kind.

    Notes
    -----
    After the figures of Sandberg, Drexler & Ord (2018). Filled: N < 1. Left out: the least 1 %.

    Examples
    --------
    >>> import sfc_sim as sfc
    >>> from sfc_sim.analysis import paradox as surprise
    >>> ax = paradox(surprise("sandberg2018-toy"))
    >>> [text.get_text() for text in ax.get_legend().get_texts()][0]
    'before: N < 1 with probability 24.6 %'
    """
    require(dataset, ["density", "posterior_density", "probability_below_one"], "analysis.paradox")
    middles = dataset["log10_civilizations"].values
    step = 0.25
    edges = np.append(middles - step / 2, middles[-1] + step / 2)
    galaxy = dataset.sel(place="galaxy")
    seen = origin_of(dataset).text("observations", "") or origin_of(dataset).evidence
    with canvas(ax, dataset.attrs) as ax:
        rows = (("", BEFORE, "before"), ("posterior_", AFTER, f"given {seen}"))
        for prefix, colour, when in rows:
            density = dataset[f"{prefix}density"].values
            share = float(galaxy[f"{prefix}probability_below_one"])
            text = f"{when}: N < 1 with probability {share_text(share)}"
            below = middles < 0.0
            ax.stairs(density, edges, color=colour, lw=1.4, label=text)
            if below.any():
                ends = np.append(edges[:-1][below], edges[1:][below][-1])
                ax.stairs(density[below], ends, fill=True, color=colour, alpha=0.25, lw=0.0)
        mean = float(galaxy["expected_number"])
        if mean > 0.0:
            point = float(galaxy["log10_probability_empty_point"])
            text = f"mean of N; an empty galaxy would have the chance {power(point)}"
            ax.axvline(np.log10(mean), color="0.3", ls="-.", lw=1.2, label=text)
        ax.axvline(0.0, color="0.6", lw=0.7)
        ax.set_xlim(lowest(dataset, edges), max(edges[-1], 1.0))
        ax.set_ylim(bottom=0.0, top=1.45 * ax.get_ylim()[1])  # room for the legend
        ax.set_xlabel("log$_{10}$ N, civilizations per galaxy now")
        ax.set_ylabel("Density [1/dex]")
        ax.legend(loc="upper left", frameon=True, edgecolor="none", framealpha=1.0)
    return ax


def lowest(dataset: xr.Dataset, edges: np.ndarray) -> float:
    """Return the start of the axis: a hundredth of either law may lie to the left."""
    densities = [dataset[name].values for name in ("density", "posterior_density")]
    shown = [1.0 - np.cumsum((d * np.diff(edges))[::-1])[::-1] > 0.01 for d in densities]
    first = [int(np.argmax(inside)) if inside.any() else 0 for inside in shown]
    return float(min(edges[min(first)], 0.0))


def share_text(share: float) -> str:
    """Return a share in per cent, with digits where it is near none or all.

    Examples
    --------
    >>> share_text(0.521), share_text(0.9906), share_text(2e-9)
    ('52.1 %', '99.06 %', '2e-7 %')
    """
    if 0.0 < share < 1e-3:
        return f"{scientific(100.0 * share, 0)} %"
    return percent(share, places=1 if share < 0.99 else 2)


def power(log10_number: float) -> str:
    r"""Return a chance of a given log10, also where it underflows.

    Examples
    --------
    >>> power(-43.43), power(-0.3)
    ('$10^{-43}$', '0.50')
    """
    if log10_number > -3.0:
        return f"{10.0**log10_number:.2f}"
    return rf"$10^{{{log10_number:,.0f}}}$".replace(",", "{,}")


@validated()
def posteriors(table: xr.Dataset, *, ax: Axes | None = None) -> Axes:
    """Draw the chances of being alone after each observation, beside published ranges.

    Parameters
    ----------
    table : xarray.Dataset
        From `sfc_sim.analysis.posterior.posterior_table`.
    ax : matplotlib.axes.Axes, optional
        Where to draw; by default a new figure.

    Returns
    -------
    matplotlib.axes.Axes

    Raises
    ------
    InputError
        If the Dataset is not of that kind.

    Notes
    -----
    Bars are the ranges that the source of the scenario publishes, where it claims any; constants of
    observations are ours. Solid where a number of ours is an end of a range to the digits printed.

    Examples
    --------
    >>> from sfc_sim.analysis import posterior_table
    >>> ax = posteriors(posterior_table("sandberg2018"))
    >>> ax.get_yticklabels()[0].get_text()
    'published range'
    """
    require(table, list(CHANCES), "analysis.posterior_table")
    published = ["published range"] * ("end" in table.dims)
    lowest = min(float(values.min()) for name, values in table.data_vars.items()
                 if str(name).removesuffix("_published") in CHANCES)  # fmt: skip
    labels = [*published, *(str(label) for label in table["observation"].values)]
    with canvas(ax, table.attrs, 0.36 * len(labels) + 1.1) as ax:
        for k, (name, (text, colour, marker)) in enumerate(CHANCES.items()):
            offset = 0.32 * k - 0.16
            told = f"{name}_published"
            ends = table[told].values.tolist() if told in table else []
            ax.plot(ends, [offset] * len(ends), "-", color=colour, lw=5.0, solid_capstyle="butt")
            for end in ends:
                ax.axvline(end, color=colour, lw=0.7, ls=":")
            for row, value in enumerate(table[name].values.tolist(), len(published)):
                fill = colour if meets(value, ends) else "white"
                ax.plot(value, row + offset, marker, color=colour, mfc=fill, ms=4.5)
                ax.annotate(
                    share_text(value), (value, row + offset), (-6, 0), textcoords="offset points",
                    ha="right", va="center", fontsize=6.5, color=colour,
                )  # fmt: skip
            ax.plot([], [], marker, color=colour, label=text, ls="none")
        if published:
            ax.plot([], [], "s", color="0.4", mfc="white", ls="none", label="hollow: at no end")
        ax.set_yticks(range(len(labels)), labels)
        ax.set_ylim(len(labels) - 0.5, -0.5)
        ax.set_xlim(lowest - 0.11, 1.03)  # with room for the numbers
        ax.set_xlabel("Probability, given that (constants are ours)")
        ax.legend(loc="lower right", bbox_to_anchor=(1.0, 1.0), ncols=3, columnspacing=1.0)
    return ax


def meets(value: float, ends: Sequence[float]) -> bool:
    """Tell whether a number is one of the ends, to the digits that they are printed with.

    Examples
    --------
    >>> meets(0.532, (0.53, 0.996)), meets(0.9906, (0.53, 0.996))
    (True, False)
    """
    digits = [len(f"{100 * end:g}".partition(".")[2]) + 2 for end in ends]
    return any(round(value, k) == end for k, end in zip(digits, ends, strict=True)) or not ends
