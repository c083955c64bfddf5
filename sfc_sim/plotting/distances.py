"""Picture of how far probes get."""

from __future__ import annotations

from typing import Literal

import xarray as xr
from matplotlib.axes import Axes

from sfc_sim._core.arguments import validated
from sfc_sim._core.errors import InputError, unknown
from sfc_sim._core.schema import require
from sfc_sim.plotting.style import axis_label, canvas

__all__ = ["reach"]

COLOURS = {"hopping": "#0072B2", "coasting": "#D55E00"}
LINES = ("-", "--", ":", "-.")


@validated()
def reach(
    dataset: xr.Dataset,
    *,
    over: Literal["launch_speed", "launch_time"] = "launch_speed",
    ax: Axes | None = None,
) -> Axes:
    """Draw the radius that hopping and coasting probes reach.

    Parameters
    ----------
    dataset : xarray.Dataset
        From `sfc_sim.expansion.launches.reach_table`.
    over : {"launch_speed", "launch_time"}, default "launch_speed"
        What goes along the axis; of the other there may be one to four values, a line style each.
    ax : matplotlib.axes.Axes, optional
        Where to draw; by default a new figure.

    Returns
    -------
    matplotlib.axes.Axes

    Raises
    ------
    InputError
        If the Dataset is not of that kind, or would need too many lines.

    Notes
    -----
    Armstrong & Sandberg (2013) for coasting probes, with their volumes.

    Examples
    --------
    >>> from sfc_sim.cosmology import Background
    >>> from sfc_sim.expansion import reach_table
    >>> ax = reach(reach_table(Background.named("Planck18")))
    >>> ax.get_ylabel()
    'Comoving radius that probes ever reach [Gly]'
    """
    names = ("launch_speed", "launch_time")
    if over not in names:
        raise unknown("axis", over, names)
    require(dataset, ("reach_radius", *names), "expansion.reach_table")
    other = names[1 - names.index(over)]
    if dataset.sizes[other] > len(LINES):
        raise InputError(
            f"{other} has {dataset.sizes[other]} values; at most {len(LINES)} lines over "
            f"{over} can be distinguished"
        )
    made_of = {"chosen": f"cosmology {dataset.attrs['cosmology']}"}  # there is no scenario
    with canvas(ax, made_of) as ax:
        for probe in dataset["probe"].values:
            for value, line in zip(dataset[other].values, LINES, strict=False):
                curve = dataset["reach_radius"].sel({"probe": probe, other: value})
                text = str(probe)
                if dataset.sizes[other] > 1:
                    text += f", {value:g} c" if other == "launch_speed" else f", {value:.4g} Gyr"
                ax.plot(dataset[over], curve, color=COLOURS[probe], ls=line, label=text)
        ax.set_ylim(bottom=0.0)
        ax.set_xlabel(axis_label(dataset[over]))
        ax.set_ylabel(axis_label(dataset["reach_radius"]))
        ax.legend()
    return ax
