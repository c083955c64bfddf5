"""Picture of the course of one world."""

from __future__ import annotations

from textwrap import fill

import numpy as np
import xarray as xr
from matplotlib.axes import Axes
from matplotlib.ticker import LogLocator, NullFormatter

from sfc_sim._core.arguments import validated
from sfc_sim._core.errors import InputError
from sfc_sim._core.quantiles import weighted_quantiles
from sfc_sim._core.schema import require, weight_of
from sfc_sim._core.studied import takes_study
from sfc_sim._core.world import worlds
from sfc_sim.inference.fronts import front_in
from sfc_sim.plotting.style import axis_label, canvas
from sfc_sim.scenario.origin import origin_of
from sfc_sim.simulation.course import history as course_of

__all__ = ["history", "median_history"]

RATES = {
    "appearance_rate": ("appearing if none were precluded", "--"),
    "actual_appearance_rate": ("appearing outside every front", "-"),
}
FRACTIONS = {
    "unsaturated": ("space that no front has reached", "-"),
    "unseen": ("space from where no front is visible", ":"),
}
RATE_COLOUR, FRACTION_COLOUR = "#0072B2", "#D55E00"
DECADES = 5.0  # of the rate below its peak: less has no visible effect on the fractions


@validated()
def history(dataset: xr.Dataset, *, ax: Axes | None = None) -> Axes:
    """Draw how civilizations appear in a world and how their fronts fill and light it.

    Rates are on the left axis, fractions of space on a twin on the right; today is marked.

    Parameters
    ----------
    dataset : xarray.Dataset
        From `sfc_sim.history`.
    ax : matplotlib.axes.Axes, optional
        Where to draw; by default a new figure.

    Returns
    -------
    matplotlib.axes.Axes
        The axes of the rates.

    Raises
    ------
    InputError
        If the Dataset is not of that kind, or nobody ever appears.

    Examples
    --------
    >>> import sfc_sim as sfc
    >>> ax = history(sfc.history("cook2022-balanced"))
    >>> ax.get_xlabel()
    'Time since Big Bang [Gyr]'
    """
    require(dataset, [*RATES, *FRACTIONS, "time"], "history")
    top = float(dataset["appearance_rate"].max())
    if not top > 0.0:
        raise InputError("the rate of appearance is 0 at all times: there is nothing to draw")
    with canvas(ax, dataset.attrs, height=4.3) as ax:
        curves(ax, dataset, RATES, RATE_COLOUR)
        ax.set(xscale="log", yscale="log", xlim=window(dataset))
        ax.set_ylim(top * 10.0**-DECADES, top * 3.0)
        ax.set_xlabel(axis_label(dataset["time"]))
        ax.set_ylabel(fill(axis_label(dataset["appearance_rate"]), 50), color=RATE_COLOUR)
        ax.xaxis.set_major_locator(LogLocator(subs=(1.0, 2.0, 5.0)))
        ax.xaxis.set_major_formatter("{x:g}")
        ax.xaxis.set_minor_formatter(NullFormatter())
        twin = ax.twinx()
        curves(twin, dataset, FRACTIONS, FRACTION_COLOUR)
        twin.set_ylim(0.0, 1.02)
        twin.set_ylabel("Fraction of space", color=FRACTION_COLOUR)
        twin.spines["right"].set_visible(True)
        handles = [*ax.get_lines(), *twin.get_lines()]
        mark_today(ax, dataset)
        ax.legend(handles=handles, loc="lower center", bbox_to_anchor=(0.5, 1.0), ncols=2)
    return ax


def mark_today(ax: Axes, dataset: xr.Dataset) -> None:
    """Draw a line at the age of the universe."""
    age = origin_of(dataset).background.age
    ax.axvline(age, color="0.4", lw=0.8)
    ax.annotate(
        "today", (age, 0.03), (4.0, 0.0), xycoords=("data", "axes fraction"),
        textcoords="offset points", color="0.25", fontsize=8.0,
    )  # fmt: skip


def curves(ax: Axes, dataset: xr.Dataset, names: dict[str, tuple[str, str]], colour: str) -> None:
    """Draw variables against time, in one colour."""
    for name, (text, line) in names.items():
        values = dataset[name].values
        shown = np.where(values > 0.0, values, np.nan)  # nothing to draw on a log axis
        ax.plot(dataset["time"].values, shown, color=colour, ls=line, label=text)


def window(dataset: xr.Dataset) -> tuple[float, float]:
    """Return the span of time in which the rate is within `DECADES` of its peak, and today."""
    rate, time = dataset["appearance_rate"].values, dataset["time"].values
    alive = time[rate > rate.max() * 10.0**-DECADES]
    age = origin_of(dataset).background.age
    return min(float(alive[0]), age / 2.0), max(float(alive[-1]), 2.0 * age)


@takes_study
@validated()
def median_history(
    draws: xr.Dataset, weights: xr.Dataset, *, theory: str = "adt-total"
) -> xr.Dataset:
    """Return the history of the world with the median density of civilizations under a theory.

    Parameters
    ----------
    draws, weights : xarray.Dataset
        From `sfc_sim.sample` and `sfc_sim.weigh`, of a dynamic scenario; or a study, in place of
        both.
    theory : str, default "adt-total"
        One of the theories of `weights`.

    Returns
    -------
    xarray.Dataset
        Of `sfc_sim.history`, with the seed and the index of the draw in its attributes.

    Raises
    ------
    InputError
        If the theory is not among those of `weights`, or the scenario is static.

    Examples
    --------
    >>> import sfc_sim as sfc
    >>> draws = sfc.sample("cook2022-balanced", 500, rng=1)
    >>> median_history(draws, sfc.weigh(draws, theories=["prior"]), theory="prior").attrs["seed"]
    '1'
    """
    log_count = worlds(draws, weights, theory)["log_civilizations_actual"]
    weight = weight_of(weights, theory)
    middle = weighted_quantiles(log_count, weight, [0.5])[0]
    draw = draws.isel(draw=int(np.flatnonzero(log_count == middle)[0]))
    course = course_of(draw, evidence=front_in(weights))
    return course.assign_attrs(
        draws=origin_of(draws).text("draws"),
        seed=origin_of(draws).text("seed"),
        draw=str(draw["draw"].item()),
        chosen=f"median world under {theory}",
    )
