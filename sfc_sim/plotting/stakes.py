"""Picture of the worlds that a decision should be made for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Final

import numpy as np
import xarray as xr
from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator

from sfc_sim._core.arguments import validated
from sfc_sim._core.digits import percent
from sfc_sim._core.errors import InputError, shown, unknown
from sfc_sim._core.few import FEWEST
from sfc_sim._core.quantiles import weighted_quantiles
from sfc_sim._core.schema import require
from sfc_sim.plotting.density import BINS_PER_DECADE, SHOWN, few
from sfc_sim.plotting.style import Look, axis_label, canvas

__all__ = ["WAYS", "relevance"]

# A way of deciding that is a theory's has that theory's colour.
WAYS: Final[Mapping[str, Look]] = MappingProxyType(
    {
        "causal": Look("For ourselves alone", "#000000", "-"),
        "sia-like": Look("All like us, equal stakes", "#D55E00", "-"),
        "copies-total": Look("Exact copies, total utility", "#009E73", "-"),
        "copies-average": Look("Exact copies, average utility", "#CC79A7", "-"),
        "extinction": Look("Exact copies, survival", "#0072B2", "-"),
        "correlated": Look("A share of all, survival", "#E69F00", "-"),
        "simulated-fixed": Look("Simulated, fixed number", "0.35", ":"),
        "simulated-past": Look("Simulated past, by resources", "0.35", "-."),
        "simulated-at-large": Look("All simulated, by resources", "0.6", ":"),
    }
)


@validated()
def relevance(
    table: xr.Dataset,
    *,
    implementations: Sequence[str] | None = None,
    lowest: float | None = None,
    ax: Axes | None = None,
) -> Axes:
    """Draw for which worlds a decision should be made: relevance by density, a line per way.

    The shade is the prior with its evidence. Lines are dashed where they rest on fewer than 100
    effective draws, and left out below 30; worlds in which the choice does harm count below zero.
    The legend tells how much of the relevance lies left of the axes.

    Parameters
    ----------
    table : xarray.Dataset
        From `sfc_sim.decision.relevance`.
    implementations : sequence of str, optional
        Which of the table to draw; by default all.
    lowest : float, optional
        Where the axis begins, in log10 of the civilizations per volume that we can reach; by
        default -8, or eight decades below where all end.
    ax : matplotlib.axes.Axes, optional
        Where to draw; by default a new figure.

    Returns
    -------
    matplotlib.axes.Axes

    Raises
    ------
    InputError
        If the Dataset is not of that kind, a name is not in it, or next to nothing lies above
        `lowest`.

    Examples
    --------
    >>> import sfc_sim as sfc
    >>> draws = sfc.sample("cook2022-balanced", 2000, rng=7)
    >>> ax = relevance(sfc.decision.relevance(draws, implementations=["causal"]))
    >>> ax.get_ylabel()
    'Decision relevance of worlds [1/dex]'
    """
    require(table, ["relevance", "log_rivals", "log_weight", "ess"], "decision.relevance")
    log10_rivals = table["log_rivals"].values / np.log(10.0)
    prior = np.exp(table["log_weight"].values)
    known = [str(name) for name in table["implementation"].values]
    chosen = known if implementations is None else implementations
    for name in chosen:
        if name not in known:
            raise unknown("implementation of this table", name, known)
    ways = {name: table["relevance"].sel(implementation=name).values for name in chosen}
    end = np.array([SHOWN])
    sizes = [np.abs(weight) for weight in (prior, *ways.values()) if weight.any()]
    highest = max(float(weighted_quantiles(log10_rivals, size, end)[0]) for size in sizes)
    lowest = min(-8.0, highest - 8.0) if lowest is None else lowest
    if not lowest < highest:
        raise InputError(
            f"lowest is {shown(lowest)}; it must be less than {highest:.3g}, where all end"
        )
    edges = lowest + np.arange((highest - lowest) * BINS_PER_DECADE + 2) / BINS_PER_DECADE
    centres = 0.5 * (edges[:-1] + edges[1:])

    def density(weight: np.ndarray) -> np.ndarray:
        return np.histogram(log10_rivals, edges, weights=weight)[0] * BINS_PER_DECADE

    def left(weight: np.ndarray) -> str:
        share = weight[log10_rivals < lowest].sum()
        return f"left of axis: {percent(share)}" if weight.any() else "nothing at stake"

    with canvas(ax, table.attrs, height=3.9 + 0.15 * len(ways)) as ax:
        shade = f"Prior with evidence ({left(prior)})"
        ax.stairs(density(prior), edges, fill=True, color="0.85", label=shade)
        widths = np.linspace(2.8, 1.1, len(ways))  # thick below thin: equal ones are all seen
        for width, (name, weight) in zip(widths, ways.items(), strict=True):
            style, ess = WAYS[name], float(table["ess"].sel(implementation=name))
            if weight.any() and ess < FEWEST:  # spikes of single worlds are no density
                ax.plot([], [], " ", color=style.colour, label=f"{style.label}: too few draws")
                continue
            small = few(ess)
            ax.plot(
                centres, density(weight), color=style.colour, lw=width,
                ls="--" if small else style.marker,
                label=f"{style.label} ({left(weight)}{small})",
            )  # fmt: skip
        ax.axhline(0.0, color="0.4", lw=0.7)
        ax.set_xlim(edges[0], edges[-1])
        ax.set_xlabel(axis_label(table["log_rivals"]).replace("Natural log of: ", "log$_{10}$ of "))
        ax.set_ylabel("Decision relevance of worlds [1/dex]")
        ax.xaxis.set_major_locator(MaxNLocator(integer=True))
        # Above: among so many lines no corner is free.
        ax.legend(loc="lower left", bbox_to_anchor=(0.0, 1.0), fontsize=7.0)
    return ax
