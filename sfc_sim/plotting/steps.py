"""Picture of what the dates of life on Earth say about each step of evolution."""

from __future__ import annotations

import math

import numpy as np
import xarray as xr
from matplotlib.axes import Axes

from sfc_sim._core.arguments import validated
from sfc_sim._core.schema import require
from sfc_sim.earth.posterior import earth_posterior
from sfc_sim.plotting.style import canvas
from sfc_sim.scenario.origin import origin_of
from sfc_sim.scenario.scenario import Scenario

__all__ = ["timeline"]

_ROW = 0.85  # height of the tallest density, where rows are 1 apart


@validated()
def timeline(scenario: Scenario | str | xr.Dataset, *, ax: Axes | None = None) -> Axes:
    """Draw the expected time of every step, before and after Earth's dates are known.

    A row per step: the density of log10 of the expected time 1/rate, prior in outline and
    posterior filled. A thick bar spans the dates at which Earth passed the step, a line marks the
    window within which all had to be passed.

    Parameters
    ----------
    scenario : Scenario, str or xarray.Dataset
        One whose appearance model is "earth-history", or what `sfc_sim.earth.earth_posterior`
        gives. A scenario is given 100,000 draws of a fixed seed.
    ax : matplotlib.axes.Axes, optional
        Where to draw; by default a new figure.

    Returns
    -------
    matplotlib.axes.Axes

    Raises
    ------
    InputError
        If it is neither.

    Notes
    -----
    After Snyder-Beattie et al. (2021).

    Examples
    --------
    >>> ax = timeline("kipping2020")
    >>> [label.get_text() for label in ax.get_yticklabels()]
    ['intelligence', 'life']
    """
    posterior = scenario if isinstance(scenario, xr.Dataset) else earth_posterior(scenario, rng=7)
    require(posterior, ("density", "density_prior", "earliest", "latest"), "earth.earth_posterior")
    steps = [str(name).replace("_", " ") for name in posterior["step"].values]
    time = posterior["log10_time"].values
    highest = max(float(posterior[name].max()) for name in ("density", "density_prior"))
    with canvas(ax, posterior.attrs, height=1.2 + 0.7 * len(steps)) as ax:
        for k in range(len(steps)):
            _row(ax, posterior.isel(step=k), len(steps) - 1 - k, _ROW / highest, first=k == 0)
        window = math.log10(origin_of(posterior).number("window"))
        known = posterior["latest"].values[np.isfinite(posterior["latest"].values)]
        left = min(time[0], *np.log10(known), window) - 0.3
        ax.axvline(window, color="0.35", ls=":", lw=1.0, label="window")
        ax.set_yticks(range(len(steps)), steps[::-1])
        ax.set_ylim(-0.25, len(steps))
        ax.set_xlim(left, time[-1])
        ax.set_xlabel("log$_{10}$ of the expected time [Gyr]")
        ax.legend(loc="lower left", bbox_to_anchor=(0.0, 1.0), ncols=4)
    return ax


def _row(ax: Axes, step: xr.Dataset, base: int, scale: float, *, first: bool) -> None:
    """Draw one step above its base line; only the first row is named in the legend."""
    time = step["log10_time"].values
    prior, posterior = (base + scale * step[name].values for name in ("density_prior", "density"))
    names = ("posterior", "prior", "dates on Earth") if first else ("_", "_", "_")
    ax.fill_between(time, base, posterior, color="#9ecae1", lw=0.0, label=names[0], step="mid")
    ax.plot(time, prior, color="0.2", lw=1.0, label=names[1], drawstyle="steps-mid")
    dates = np.array([float(step["earliest"]), float(step["latest"])])
    if np.isfinite(dates).all():
        # A first date of nil is left of any picture; a date known without error is a point.
        bar = np.log10(np.maximum(dates, 1e-99))
        marker = "D" if bar[0] == bar[1] else ""
        ax.plot(bar, [base, base], color="#D55E00", lw=4.0, marker=marker, label=names[2],
                solid_capstyle="butt")  # fmt: skip
