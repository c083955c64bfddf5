"""Picture of the number of civilizations in the galaxy."""

from __future__ import annotations

import numpy as np
import xarray as xr
from matplotlib.axes import Axes

from sfc_sim._core.arguments import validated
from sfc_sim._core.digits import percent
from sfc_sim._core.schema import require
from sfc_sim.plotting.style import axis_label, canvas
from sfc_sim.scenario.origin import origin_of

__all__ = ["drake"]


@validated()
def drake(dataset: xr.Dataset, *, ax: Axes | None = None) -> Axes:
    """Draw the distribution of log10 of the number N of civilizations per galaxy now.

    Mean and median of N are marked, the area N < 1 is shaded, and the part of it where we are
    alone in the observable universe is shaded darker. Left out: the least 1 % of N.

    Parameters
    ----------
    dataset : xarray.Dataset
        From `sfc_sim.drake.drake_distribution`.
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
    After the figures of Sandberg, Drexler & Ord (2018).

    Examples
    --------
    >>> import sfc_sim as sfc
    >>> ax = drake(sfc.drake.drake_distribution(sfc.load_scenario("sandberg2018")))
    >>> ax.get_xlabel()
    'log$_{10}$ N, civilizations per galaxy now'
    """
    names = ("density", "mean", "median", "probability_below_one", "probability_alone")
    require(dataset, names, "drake.drake_distribution")
    with canvas(ax, dataset.attrs) as ax:
        log10_n, density = dataset["log10_civilizations"].values, dataset["density"].values
        ax.plot(log10_n, density, color="#0072B2")
        shade(ax, dataset, log10_n, density)
        for name, line in (("median", "--"), ("mean", "-.")):
            value = float(dataset[name])
            if value > 0.0:
                text = f"{name} of N: {plain(value)}"
                ax.axvline(np.log10(value), color="#D55E00", ls=line, lw=1.2, label=text)
        ax.set_xlim(lowest(dataset), float(log10_n[-1]) if log10_n.size else 1.0)
        ax.set_ylim(bottom=0.0)
        ax.set_xlabel("log$_{10}$ N, civilizations per galaxy now")
        ax.set_ylabel(axis_label(dataset["density"]))
        ax.legend(loc="upper left")
    return ax


def shade(ax: Axes, dataset: xr.Dataset, log10_n: np.ndarray, density: np.ndarray) -> None:
    """Shade where N < 1, and darker where no other galaxy of the observable universe has any."""
    edge = -np.log10(origin_of(dataset).number("galaxies"))
    below, alone = (float(dataset[f"probability_{name}"]) for name in ("below_one", "alone"))
    areas = (
        (log10_n < 0.0, "#9ecae1", f"alone in the galaxy, N < 1: {percent(below, None, 1)}"),
        (log10_n < edge, "#4a7fb5", f"alone in the observable universe: {percent(alone, None, 1)}"),
    )
    for where, colour, text in areas:
        ax.fill_between(log10_n, density, where=where, color=colour, lw=0.0, label=text)


def lowest(dataset: xr.Dataset) -> float:
    """Return log10 of N at its least percentile, or at the first bin if that is -inf."""
    least = float(dataset["log10_civilizations_quantile"][0])
    return least if np.isfinite(least) else float(dataset["log10_civilizations"][0])


def plain(value: float) -> str:
    r"""Return a number as a person would write it.

    Examples
    --------
    >>> plain(0.3199), plain(2.783e7)
    ('0.32', '$2.8\\times10^{7}$')
    """
    if 1e-3 <= value < 1e4:
        return f"{value:.2g}" if value < 100.0 else f"{value:.0f}"
    digits, exponent = f"{value:.1e}".split("e")
    return rf"${digits}\times10^{{{int(exponent)}}}$"
