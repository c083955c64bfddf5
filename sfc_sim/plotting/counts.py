"""Picture of a product that is cut into more or fewer factors."""

from __future__ import annotations

from typing import Final

import xarray as xr
from matplotlib.axes import Axes

from sfc_sim._core.arguments import validated
from sfc_sim._core.schema import require
from sfc_sim.plotting.style import axis_label, canvas
from sfc_sim.scenario.origin import origin_of

__all__ = ["factor_counts"]

LINES: Final = {
    "range": ("#D55E00", "o-", "all decades together stay"),
    "spread": ("#0072B2", "s-", "the spread of log$_{10}$ N stays"),
}


@validated()
def factor_counts(table: xr.Dataset, *, ax: Axes | None = None) -> Axes:
    """Draw the chance of nobody else in the galaxy against the number of factors of the product.

    Two lines, by what stays the same as the product is cut into more factors, and a star: the
    scenario itself.

    Parameters
    ----------
    table : xarray.Dataset
        From `sfc_sim.drake.factor_counts`.
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
    >>> factor_counts(sfc.drake.factor_counts("sandberg2018-plain-life", [1, 7])).get_xlabel()
    'factors that the product is cut into'
    """
    require(table, ["probability_below_one", "decades"], "drake.factor_counts")
    origin = origin_of(table)
    with canvas(ax, table.attrs) as ax:
        for keep, (colour, line, words) in LINES.items():
            chances = table["probability_below_one"].sel(keep=keep)
            if chances.notnull().any():
                ax.plot(chances["factors"], chances, line, color=colour, ms=4, label=words)
        here = origin.whole("published_factors"), origin.number("published_probability_below_one")
        ax.plot(*here, "k*", ms=11, ls="none", label=f"{origin.text('scenario')} itself")
        ax.set_xscale("log")
        ticks = table["factors"].values.tolist()
        ax.set_xticks(ticks, [str(each) for each in ticks])
        ax.set_xticks([], minor=True)
        ax.set_ylim(0.0, None)
        ax.set_xlabel("factors that the product is cut into")
        ax.set_ylabel(axis_label(table["probability_below_one"]))
        ax.legend(loc="best")
    return ax
