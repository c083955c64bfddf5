"""Picture of how many expanding civilizations there are, by anthropic theory."""

from __future__ import annotations

import numpy as np
import xarray as xr
from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator

from sfc_sim._core.arguments import validated
from sfc_sim._core.digits import percent
from sfc_sim._core.errors import InputError, shown
from sfc_sim._core.few import FEWEST, SMALL_SAMPLE
from sfc_sim._core.quantiles import weighted_quantiles
from sfc_sim._core.schema import require, weight_of
from sfc_sim._core.studied import takes_study
from sfc_sim._core.typing import FloatArray
from sfc_sim._core.world import worlds
from sfc_sim.plotting.style import axis_label, canvas, look

__all__ = ["densities", "posterior_of"]

BINS_PER_DECADE = 4
SHOWN = 0.999  # the axis ends where every theory has at least so much of its weight behind it


@takes_study
@validated()
def densities(
    draws: xr.Dataset, weights: xr.Dataset, *, lowest: float | None = None, ax: Axes | None = None
) -> Axes:
    """Draw the posterior of log10 of expanding civilizations per volume, a line per theory.

    Lines are dashed where they rest on fewer than 100 effective draws, and left out below 30. The
    legend tells how much of a theory's weight lies left of the axes.

    Parameters
    ----------
    draws, weights : xarray.Dataset
        From `sfc_sim.sample` and `sfc_sim.weigh`; or a study, in place of both.
    lowest : float, optional
        Where the axis begins, in log10 of the count; by default at -8, or 8 below where all end.
    ax : matplotlib.axes.Axes, optional
        Where to draw; by default a new figure.

    Returns
    -------
    matplotlib.axes.Axes

    Raises
    ------
    InputError
        If a Dataset is not of that kind, or next to nothing lies above `lowest`.

    Examples
    --------
    >>> import sfc_sim as sfc
    >>> draws = sfc.sample("cook2022-balanced", 2000, rng=7)
    >>> ax = densities(draws, sfc.weigh(draws, theories=["prior"]))
    >>> ax.get_ylabel()
    'Probability density [1/dex]'
    """
    require(draws, ["civilizations_actual"], "sample")
    require(weights, ["log_weight", "ess"], "weigh")
    posteriors = {
        str(name): posterior_of(draws, weights, str(name)) for name in weights.theory.values
    }
    highest = max(weighted_quantiles(*posterior, [SHOWN])[0] for posterior in posteriors.values())
    lowest = min(-8.0, np.floor(highest) - 8.0) if lowest is None else lowest
    if not lowest < highest:
        raise InputError(
            f"lowest is {shown(lowest)}; it must be less than {highest:.3g}, where all end"
        )
    edges = lowest + np.arange((highest - lowest) * BINS_PER_DECADE + 2) / BINS_PER_DECADE
    centres = 0.5 * (edges[:-1] + edges[1:])
    with canvas(ax, weights.attrs) as ax:
        # Thick below thin: where theories agree, all of them can be seen.
        widths = np.linspace(2.6, 0.9, len(posteriors))
        for width, (theory, (log10_count, weight)) in zip(widths, posteriors.items(), strict=True):
            mass, _ = np.histogram(log10_count, edges, weights=weight)
            style, ess = look(theory), float(weights["ess"].sel(theory=theory))
            if ess < FEWEST:  # spikes of single draws are no density
                ax.plot([], [], " ", color=style.colour, label=f"{style.label}: too few draws")
                continue
            left = float(weight[log10_count < lowest].sum())
            ax.plot(
                centres, mass * BINS_PER_DECADE, color=style.colour, lw=width,
                ls="--" if few(ess) else "-",
                label=f"{style.label} (left of axis: {percent(left)}{few(ess)})",
            )  # fmt: skip
        ax.set_xlim(edges[0], edges[-1])
        ax.set_ylim(bottom=0.0)
        ax.set_xlabel(axis_label(draws["civilizations_actual"], "log$_{10}$ of "))
        ax.set_ylabel("Probability density [1/dex]")
        ax.xaxis.set_major_locator(MaxNLocator(integer=True))
        ax.legend(loc="upper left")
    return ax


def few(ess: float) -> str:
    """Return a remark on too few effective draws, or nothing.

    Examples
    --------
    >>> few(20.3), few(5000.0)
    ('; 20 effective draws', '')
    """
    return f"; {ess:.0f} effective draws" if ess < SMALL_SAMPLE else ""


def posterior_of(
    draws: xr.Dataset, weights: xr.Dataset, theory: str
) -> tuple[FloatArray, FloatArray]:
    """Return log10 of the expanding civilizations of a theory's worlds, and their weights.

    Examples
    --------
    >>> import sfc_sim as sfc
    >>> draws = sfc.sample("cook2022-balanced", 500, rng=1)
    >>> log10_count, weight = posterior_of(draws, sfc.weigh(draws, theories=["prior"]), "prior")
    >>> round(float(weight.sum()), 9)
    1.0
    """
    log_count = worlds(draws, weights, theory)["log_civilizations_actual"]
    return log_count / np.log(10.0), weight_of(weights, theory)
