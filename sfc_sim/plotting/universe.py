"""Pictures of a simulated universe: when births happen, and how long fronts wait."""

from __future__ import annotations

import re
from typing import Any, Final, TypeAlias

import numpy as np
import numpy.typing as npt
import xarray as xr
from matplotlib.axes import Axes

from sfc_sim._core.arguments import validated
from sfc_sim._core.errors import InputError, shown
from sfc_sim._core.schema import require
from sfc_sim._core.typing import FloatArray
from sfc_sim.constants import AGE_OF_UNIVERSE
from sfc_sim.expansion.power_law_universe import PowerLawUniverse
from sfc_sim.plotting.style import canvas
from sfc_sim.scenario.origin import origin_of

__all__ = [
    "birth_dates",
    "chosen_realisation",
    "traced",
    "waiting_times",
]

IntArray: TypeAlias = npt.NDArray[np.int64]

SAMPLE, EXACT, PUBLISHED = "#0072B2", "#000000", "#D55E00"
SHARES: Final = np.linspace(0.001, 0.999, 500)  # of the closed forms


def traced(universe: xr.Dataset) -> dict[str, Any]:
    """Return the attributes for the stamp, with what describes a universe in words.

    Examples
    --------
    >>> made = xr.Dataset({"birth_time": ("civilization", [9.0, 12.0])}, attrs={"speed": "0.5"})
    >>> traced(made)["chosen"]
    '2 civilizations · speed 0.5 c'
    """
    words = [f"{universe.sizes['civilization']:,} civilizations"]
    for name, form in (("appearance", "{}"), ("speed", "speed {} c"), ("box", "box {} Gly")):
        text = str(universe.attrs.get(name, ""))
        text = re.sub(r"^Fixed\(value=(.+)\)$", r"\1", text)
        # Numbers are kept to the last digit; a line below a picture needs four.
        shown = re.sub(r"\d+\.\d{4,}", lambda found: f"{float(found[0]):.4g}", text)
        words += [form.format(shown)] if shown else []
    return {**universe.attrs, "chosen": " · ".join(words)}


def chosen_realisation(universe: xr.Dataset, realisation: int) -> IntArray:
    """Return the indices of the civilizations of a realisation, an error if it has none.

    Examples
    --------
    >>> made = xr.Dataset(coords={"realisation": ("civilization", [0, 0, 1])})
    >>> chosen_realisation(made, 1)
    array([2])
    """
    every = universe["realisation"].values
    found = np.flatnonzero(every == realisation)
    if not found.size:
        known = f"from {every.min()} to {every.max()}" if every.size else "not any"
        raise InputError(f"realisation is {shown(realisation)}; the Dataset has {known}")
    return found


@validated()
def birth_dates(universe: xr.Dataset, *, ax: Axes | None = None) -> Axes:
    """Draw the share of civilizations born by each date, beside the closed form if there is one.

    There is one in the power-law universe of Hanson et al. (2021, ApJ 922, 182): births as a
    power of time, one speed, no delay, dates pinned by us; see
    `sfc_sim.expansion.PowerLawUniverse`. With ``compute=["visible_at_birth"]`` those who see nobody
    when born are drawn too.

    Parameters
    ----------
    universe : xarray.Dataset
        From `sfc_sim.simulate`.
    ax : matplotlib.axes.Axes, optional
        Where to draw; by default a new figure.

    Returns
    -------
    matplotlib.axes.Axes

    Raises
    ------
    InputError
        If the Dataset is not of that kind, or nobody is ever born.

    Examples
    --------
    >>> import sfc_sim as sfc
    >>> universe = sfc.simulate(
    ...     sfc.appearance.PowerLawAppearance(n=6), speed=0.5, civilizations=400, rng=7
    ... )
    >>> ax = birth_dates(universe)
    >>> ax.get_xlabel()
    'Date of birth [Gyr]'
    """
    require(universe, ["birth_time", "start_time", "speed"], "simulate")
    born = universe["birth_time"].values
    law = closed_form(universe)
    groups = {"all": (born, SAMPLE, False)}
    if "visible_at_birth" in universe:
        alone = born[universe["visible_at_birth"].values == 0]
        groups["who see nobody"] = (alone, PUBLISHED, True)
    with canvas(ax, traced(universe)) as ax:
        for name, (values, colour, seen_nobody) in groups.items():
            staircase(ax, values, colour, name)
            if law is not None:
                dates = law.birth_time(SHARES, seen_nobody=seen_nobody)
                curve(ax, dates, colour, f"{name}, closed form")
        ax.axvline(AGE_OF_UNIVERSE.value, color="0.4", lw=0.8)
        ax.annotate(
            "today", (AGE_OF_UNIVERSE.value, 0.93), (-4.0, 0.0), xycoords=("data", "axes fraction"),
            textcoords="offset points", color="0.25", fontsize=8.0, ha="right",
        )  # fmt: skip
        finish(ax, "Date of birth [Gyr]", "Share born by then")
    return ax


@validated()
def waiting_times(universe: xr.Dataset, *, ax: Axes | None = None) -> Axes:
    """Draw how long civilizations expand until their front meets another.

    The closed forms, where there are any (see `birth_dates`), are for fronts that meet at the
    midpoint in conformal time, and for the published program, which halves the clock time
    until the other front would arrive (Hanson et al. 2021).

    Parameters
    ----------
    universe : xarray.Dataset
        From `sfc_sim.simulate`.
    ax : matplotlib.axes.Axes, optional
        Where to draw; by default a new figure.

    Returns
    -------
    matplotlib.axes.Axes

    Raises
    ------
    InputError
        If the Dataset is not of that kind, or nobody ever expands.

    Examples
    --------
    >>> import sfc_sim as sfc
    >>> universe = sfc.simulate(
    ...     sfc.appearance.PowerLawAppearance(n=6), speed=0.5, civilizations=400, rng=7
    ... )
    >>> ax = waiting_times(universe)
    >>> ax.get_xlabel()
    'Time from birth to first contact [Gyr]'
    """
    require(universe, ["birth_time", "start_time", "first_contact", "speed"], "simulate")
    expands = universe["speed"].values > 0.0
    waited = (universe["first_contact"] - universe["birth_time"]).values[expands]
    law = closed_form(universe)
    with canvas(ax, traced(universe)) as ax:
        staircase(ax, waited, SAMPLE, "fronts meet")
        if law is not None:
            curve(ax, law.waiting_time(SHARES, rule="midpoint"), EXACT, "closed form")
            halved = law.waiting_time(SHARES, rule="published")
            curve(ax, halved, PUBLISHED, "published rule, closed form", ":")
        finish(ax, "Time from birth to first contact [Gyr]", "Share that met another by then")
    return ax


def closed_form(universe: xr.Dataset) -> PowerLawUniverse | None:
    """Return the law of a universe that has closed forms, else None."""
    origin = origin_of(universe)
    expands = universe["speed"].values > 0.0
    speeds = np.unique(universe["speed"].values[expands])
    late = (universe["start_time"] != universe["birth_time"]).values[expands].any()
    powers = origin.has("dated_power") and origin.has("cosmology_exponent")
    if not powers or speeds.size != 1 or late:
        return None
    exponent = origin.number("cosmology_exponent")
    return PowerLawUniverse(origin.number("dated_power"), speed=float(speeds[0]), exponent=exponent)


def staircase(ax: Axes, values: FloatArray, colour: str, name: str) -> None:
    """Draw the share of values up to each, and name their number and median."""
    if not values.size:
        raise InputError("the sample has no civilizations: there is nothing to draw")
    if not np.isfinite(values).any():
        raise InputError("it happens to no civilization in the sample: there is nothing to draw")
    ordered = np.sort(values)
    share = np.arange(1, ordered.size + 1) / ordered.size
    middle = float(np.median(ordered))
    text = f"{name}: median {middle:.3g} Gyr ({ordered.size:,} simulated)"
    ax.step(ordered, share, where="post", color=colour, lw=1.6, label=text)


def curve(ax: Axes, times: FloatArray, colour: str, name: str, line: str = "--") -> None:
    """Draw the quantiles of a closed form at `SHARES`, and name the median."""
    middle = float(np.interp(0.5, SHARES, times))
    text = f"{name}: median {middle:.3g} Gyr"
    ax.plot(times, SHARES, color=colour, ls=line, lw=1.0, label=text)


def finish(ax: Axes, across: str, up: str) -> None:
    """Fit the axes to what is drawn, and add labels and the legend above."""
    longest = [np.sort(x[np.isfinite(x)]) for x in (np.asarray(li.get_xdata()) for li in ax.lines)]
    ax.set_xlim(0.0, max(float(x[int(0.995 * (x.size - 1))]) for x in longest if x.size))
    ax.set_ylim(0.0, 1.0)
    ax.set_xlabel(across)
    ax.set_ylabel(up)
    ax.legend(loc="lower center", bbox_to_anchor=(0.5, 1.0), ncols=2)
