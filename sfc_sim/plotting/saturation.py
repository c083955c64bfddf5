"""Pictures of saturation: classes of worlds by theory, and marginal shares against density."""

from __future__ import annotations

from typing import Final

import numpy as np
import xarray as xr
from matplotlib.axes import Axes
from matplotlib.patches import Patch

from sfc_sim._core.arguments import validated
from sfc_sim._core.digits import percent
from sfc_sim._core.errors import InputError, shown
from sfc_sim._core.schema import chosen_theory, require
from sfc_sim._core.studied import takes_study
from sfc_sim.decision.shares import marginal_shares
from sfc_sim.expansion.displacement import marginal_saturation
from sfc_sim.plotting.discount import sure, told
from sfc_sim.plotting.shares import BINS_PER_DECADE, binned_quantiles
from sfc_sim.plotting.style import axis_label, blank, canvas, look
from sfc_sim.scenario.origin import origin_of

__all__ = ["marginal", "saturation_classes"]

# Light to dark with saturation.
SHADES: Final = ("#cfe3ee", "#6aaed6", "#17588c")
NAMES: Final = ("Not saturated", "Partially", "Redundantly")

# How each reading is drawn: label, colour, marker.
READINGS: Final = {
    "grabbed": ("of what humanity grabs", "#009E73", "o"),
    "potential": ("of what humanity would hold alone", "#D55E00", "s"),
    "world": ("of what anyone would hold alone", "#0072B2", "^"),
}


@validated()
def saturation_classes(share: xr.Dataset, *, ax: Axes | None = None) -> Axes:
    """Draw how much weight each theory gives to worlds of each class of saturation.

    Bars are hatched where a theory rests on fewer than 100 effective draws.

    Parameters
    ----------
    share : xarray.Dataset
        From `sfc_sim.saturation` or `sfc_sim.assess`.
    ax : matplotlib.axes.Axes, optional
        Where to draw; by default a new figure.

    Returns
    -------
    matplotlib.axes.Axes

    Raises
    ------
    InputError
        If the Dataset is not of that kind.

    Examples
    --------
    >>> import sfc_sim as sfc
    >>> draws = sfc.sample("cook2022-balanced", 2000, rng=7)
    >>> ax = saturation_classes(sfc.saturation(draws, sfc.weigh(draws, theories=["prior"])))
    >>> [text.get_text() for text in ax.get_yticklabels()]
    ['Prior']
    """
    require(share, ["class_probability"], "saturation")
    theories = [str(name) for name in share["theory"].values]
    with canvas(ax, share.attrs, height=3.2) as ax:
        for row, theory in enumerate(theories):
            if not told(share, theory):
                blank(ax, row)
                continue
            stack(ax, share["class_probability"].sel(theory=theory), row, sure(share, theory))
        handles = [
            Patch(color=shade, label=name) for name, shade in zip(NAMES, SHADES, strict=True)
        ]
        if not all(sure(share, theory) for theory in theories):
            handles.append(Patch(fc="0.8", ec="white", hatch="///", label="Few effective draws"))
        ax.set_yticks(range(len(theories)), [look(theory).label for theory in theories])
        ax.set(xlim=(0.0, 1.0), ylim=(len(theories) - 0.5, -0.5))
        ax.set_xlabel(bounds(share))
        ax.legend(handles=handles, loc="lower right", bbox_to_anchor=(1.0, 1.0), ncols=4)
    return ax


def bounds(share: xr.Dataset) -> str:
    """Return in words what the classes go by.

    Examples
    --------
    >>> print(bounds(xr.Dataset(attrs={"reading": "grabbed", "thresholds": "0.05, 0.95"})))
    Weight of worlds, by marginal share of what humanity grabs:
    above 0.95, between, below 0.05
    """
    words = READINGS[origin_of(share).text("reading", "grabbed")][0]
    text = f"Weight of worlds, by marginal share {words}"
    if not origin_of(share).has("thresholds"):
        return text
    low, high = origin_of(share).text("thresholds").split(", ")
    return f"{text}:\nabove {high}, between, below {low}"


def stack(ax: Axes, probability: xr.DataArray, row: int, solid: bool) -> None:
    """Draw the bar of one theory, each part with its number where there is room."""
    start = 0.0
    for value, shade in zip(probability.values, SHADES, strict=True):
        ax.barh(
            row, value, left=start, height=0.7, color=shade, ec="white", lw=0.8,
            hatch=None if solid else "///",
        )  # fmt: skip
        if value > 0.08:
            ink = "white" if shade == SHADES[-1] else "0.15"
            middle = start + value / 2
            # On a patch of its own, so that no hatching runs through it.
            ax.text(
                middle, row, percent(float(value)), ha="center", va="center", color=ink,
                bbox={"fc": shade, "ec": "none", "pad": 1.5},
            )  # fmt: skip
        start += value


@takes_study
@validated()
def marginal(
    draws: xr.Dataset,
    weights: xr.Dataset,
    *,
    theory: str | None = None,
    limits: tuple[float, float] = (-2.0, 2.0),
    ax: Axes | None = None,
) -> Axes:
    """Draw the marginal share of worlds in three readings, against how many rivals there are.

    Marks and bands are medians and the middle 50 % of a theory's worlds at each density, where
    there are 40 effective draws or more; no band for anyone anywhere. Lines are the static model,
    where all start together.

    Parameters
    ----------
    draws, weights : xarray.Dataset
        From `sfc_sim.sample` and `sfc_sim.weigh`; or a study, in place of both.
    theory : str, optional
        Whose worlds; by default adt-total, or the first.
    limits : (float, float), default (-2, 2)
        Of the horizontal axis, in log10 of the civilizations per volume that we can reach.
    ax : matplotlib.axes.Axes, optional
        Where to draw; by default a new figure.

    Returns
    -------
    matplotlib.axes.Axes

    Raises
    ------
    InputError
        If a Dataset is not of that kind, the theory is unknown or `limits` are out of order.

    Examples
    --------
    >>> import sfc_sim as sfc
    >>> draws = sfc.sample("cook2022-balanced", 2000, rng=7)
    >>> ax = marginal(draws, sfc.weigh(draws, theories=["prior"]))
    >>> ax.get_ylabel()
    'Marginal share that humanity adds'
    """
    if not (len(limits) == 2 and limits[0] < limits[1]):
        raise InputError(f"limits are {shown(limits)}; they must be low < high")
    require(weights, ["log_weight"], "weigh")
    whose = chosen_theory(weights, theory)
    shares = marginal_shares(draws, weights, whose)
    log10_rivals = shares["log_rivals"].values / np.log(10.0)
    weight = np.exp(shares["log_weight"].values)
    edges = np.linspace(*limits, int(np.ceil((limits[1] - limits[0]) * BINS_PER_DECADE)) + 1)
    centres, dense = 0.5 * (edges[:-1] + edges[1:]), np.linspace(*limits, 201)
    with canvas(ax, weights.attrs, height=4.4) as ax:
        for style, reading, words in (
            ("-", "grabbed", "grabbed"),
            ("--", "potential", "held alone"),
        ):
            static = marginal_saturation(10.0**dense, reading)
            line = f"all start together, of what is {words}"
            ax.plot(dense, static, color="0.45", lw=1.2, ls=style, label=line)
        for reading, (words, colour, marker) in READINGS.items():
            table = binned_quantiles(log10_rivals, shares[f"mcs_{reading}"].values, weight, edges)
            if reading != "world":  # whose band would lie on that of "potential"
                ax.fill_between(centres, table[1], table[3], color=colour, lw=0.0, alpha=0.18)
            ax.plot(centres, table[2], marker, color=colour, ms=4.5, mec="white", mew=0.5,
                    label=f"{look(whose).label} worlds, {words}")  # fmt: skip
        ax.set(xlim=limits, ylim=(-0.02, 1.03))  # room for markers at 0 and 1
        ax.set_xlabel(
            axis_label(shares["log_rivals"]).replace("Natural log of: ", "log$_{10}$ of ")
        )
        ax.set_ylabel("Marginal share that humanity adds")
        ax.legend(loc="upper right", fontsize=7.0)
    return ax
