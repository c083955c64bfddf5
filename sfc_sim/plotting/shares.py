"""Picture of what others would recover, against how many there are."""

from __future__ import annotations

from itertools import pairwise
from typing import Any, Final

import numpy as np
import xarray as xr
from matplotlib.axes import Axes

from sfc_sim._core.arguments import validated
from sfc_sim._core.digits import estimate
from sfc_sim._core.effective import effective_sample_size, mean_share
from sfc_sim._core.errors import InputError, shown, unknown
from sfc_sim._core.few import FEWEST, SMALL_SAMPLE
from sfc_sim._core.quantiles import weighted_quantiles
from sfc_sim._core.schema import require
from sfc_sim._core.studied import takes_study
from sfc_sim._core.typing import FloatArray
from sfc_sim._core.world import worlds
from sfc_sim.cosmology.background import Background
from sfc_sim.expansion.displacement import recovered_by_displacement
from sfc_sim.plotting.density import posterior_of
from sfc_sim.plotting.style import axis_label, canvas, look
from sfc_sim.scenario.origin import origin_of

__all__ = ["recovered"]

BINS_PER_DECADE = 3
QUANTILES: Final = (0.05, 0.25, 0.5, 0.75, 0.95)
# A 5 % quantile of fewer effective draws would be the least of them.
ENOUGH = 40.0


@takes_study
@validated()
def recovered(
    draws: xr.Dataset,
    weights: xr.Dataset,
    *,
    theory: str = "prior",
    limits: tuple[float, float] = (-2.0, 6.0),
    ax: Axes | None = None,
) -> Axes:
    """Draw the recovered fraction against log10 of expanding civilizations per volume.

    Bands hold the middle 50 % and 90 % of a theory's worlds at each density, where there are 40
    effective draws or more. Points mark each theory's medians with their middle 50 %, hollow where
    they rest on fewer than 1,000 effective draws; nothing is told of fewer than 30. A theory
    whose median density is off the axis is only in the legend, with its mean and an arrow that
    tells on which side it is.

    Parameters
    ----------
    draws, weights : xarray.Dataset
        From `sfc_sim.sample` and `sfc_sim.weigh`; or a study, in place of both.
    theory : str, default "prior"
        Whose worlds the bands are of.
    limits : (float, float), default (-2, 6)
        Of the horizontal axis, in log10 of the count.
    ax : matplotlib.axes.Axes, optional
        Where to draw; by default a new figure.

    Returns
    -------
    matplotlib.axes.Axes

    Raises
    ------
    InputError
        If a Dataset is not of that kind, the theory is unknown or `limits` are out of order.

    Notes
    -----
    The reference is the static displacement model, 1 - D / (e^D - 1), with D the civilizations
    per reachable volume at the speed of light, all of which start together.

    Examples
    --------
    >>> import sfc_sim as sfc
    >>> draws = sfc.sample("cook2022-balanced", 2000, rng=7)
    >>> ax = recovered(draws, sfc.weigh(draws, theories=["prior"]))
    >>> ax.get_ylabel()
    'Fraction that others would recover, 1 − U/A'
    """
    require(draws, ["civilizations_actual", "volume_grabbed"], "sample")
    require(weights, ["log_weight"], "weigh")
    theories = [str(name) for name in weights["theory"].values]
    if theory not in theories:
        raise unknown("theory of these weights", theory, theories)
    if not limits[0] < limits[1]:
        raise InputError(f"limits are {shown(limits)}; they must be low < high")
    with canvas(ax, weights.attrs, height=4.9) as ax:
        bands(ax, draws, weights, theory, limits)
        static(ax, origin_of(draws).text("cosmology"), limits)
        handles, _ = ax.get_legend_handles_labels()
        handles += [point(ax, draws, weights, name, limits) for name in theories]
        ax.set(xlim=limits, ylim=(-0.02, 1.03))  # room for markers at 0 and 1
        ax.set_xlabel(axis_label(draws["civilizations_actual"], "log$_{10}$ of "))
        ax.set_ylabel("Fraction that others would recover, 1 − U/A")
        ax.legend(handles=handles, loc="lower center", bbox_to_anchor=(0.5, 1.0), ncols=2)
    return ax


def fractions(draws: xr.Dataset, weights: xr.Dataset, theory: str) -> FloatArray:
    """Return the recovered fraction of a theory's worlds, shape (draw,)."""
    return worlds(draws, weights, theory).recovered


def bands(
    ax: Axes, draws: xr.Dataset, weights: xr.Dataset, theory: str, limits: tuple[float, float]
) -> None:
    """Draw the quantiles of the recovered fraction in bins of density."""
    count = int(np.ceil((limits[1] - limits[0]) * BINS_PER_DECADE))
    edges = np.linspace(*limits, count + 1)
    log10_count, weight = posterior_of(draws, weights, theory)
    table = binned_quantiles(log10_count, fractions(draws, weights, theory), weight, edges)
    centres = 0.5 * (edges[:-1] + edges[1:])
    seen = np.isfinite(table[2])
    if not (seen[1:] & seen[:-1]).any():  # a band needs two bins to be seen
        ax.plot([], [], " ", label=f"({look(theory).label.lower()}: too few draws for bands)")
        return
    label = look(theory).label.lower()
    # Opaque, so that the inner band on the outer has the shade that the legend shows.
    for outer, share, grey in ((0, f"90% of worlds ({label})", "0.87"), (1, "50%", "0.7")):
        low, high = table[outer], table[-1 - outer]
        ax.fill_between(centres, low, high, color=grey, lw=0.0, label=share)
    ax.plot(centres, table[2], color="0.3", lw=1.2, label="median")


def binned_quantiles(
    x: FloatArray, y: FloatArray, weight: FloatArray, edges: FloatArray
) -> FloatArray:
    """Return quantiles of y in bins of x, shape (quantile, bin); NaN, a gap, where draws are few.

    Examples
    --------
    >>> x, y = np.repeat([0.5, 1.5], [100, 3]), np.ones(103)
    >>> binned_quantiles(x, y, np.ones(103), np.array([0.0, 1.0, 2.0]))[0]
    array([ 1., nan])
    """
    table = np.full((len(QUANTILES), edges.size - 1), np.nan)
    for k, (low, high) in enumerate(pairwise(edges)):
        inside = (x >= low) & (x < high) & (weight > 0.0)
        if inside.any() and effective_sample_size(np.log(weight[inside])) >= ENOUGH:
            table[:, k] = weighted_quantiles(y[inside], weight[inside], QUANTILES)
    return table


def static(ax: Axes, cosmology: str, limits: tuple[float, float]) -> None:
    """Draw the static displacement model at the speed of light."""
    background = Background.named(cosmology)
    reachable = background.affectable_volume(background.age) / background.observable_volume_now
    log10_count = np.linspace(*limits, 201)
    share = recovered_by_displacement(reachable * 10.0**log10_count)
    ax.plot(log10_count, share, color="0.2", ls=":", label="all start together, speed of light")


def point(
    ax: Axes, draws: xr.Dataset, weights: xr.Dataset, theory: str, limits: tuple[float, float]
) -> Any:
    """Mark the median world of a theory, or say in the legend where it is; return the handle."""
    log10_count, weight = posterior_of(draws, weights, theory)
    fraction = fractions(draws, weights, theory)
    quarters = (0.25, 0.5, 0.75)
    x = weighted_quantiles(log10_count, weight, quarters)
    y = weighted_quantiles(fraction, weight, quarters)
    style, mean = look(theory), estimate(*mean_share(fraction, weight))
    some = weight[weight > 0.0]
    ess = effective_sample_size(np.log(some)) if some.size else 0.0
    if ess < FEWEST:
        return ax.plot([], [], " ", label=f"{style.label}: too few draws")[0]
    if not limits[0] <= x[1] <= limits[1]:
        text = f"{style.label}: median at 10$^{{{x[1]:.0f}}}$, mean {mean}"
        side = "$◂$" if x[1] < limits[0] else "$▸$"  # of the axis
        return ax.plot([], [], ls="", marker=side, color=style.colour, label=text)[0]
    # A white edge sets a full mark off from the bands; a hollow one needs its coloured edge.
    fill = {"mec": "white", "mew": 0.7} if ess >= SMALL_SAMPLE else {"mfc": "white"}
    spread = [np.abs(values[[0, 2], None] - values[1]) for values in (x, y)]
    return ax.errorbar(
        x[1], y[1], xerr=spread[0], yerr=spread[1], fmt=style.marker, color=style.colour,
        ms=7.0, lw=1.2, zorder=4.0, **fill,
        label=f"{style.label}: median with middle 50%, mean {mean}",
    )  # fmt: skip
