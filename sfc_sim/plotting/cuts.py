"""Picture of who holds what in a slice through a simulated universe."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any, Final, TypeAlias

import numpy as np
import numpy.typing as npt
import xarray as xr
from matplotlib import rc_context
from matplotlib.axes import Axes
from matplotlib.colors import ListedColormap

from sfc_sim._core.arguments import validated
from sfc_sim._core.digits import percent
from sfc_sim._core.errors import InputError, affordable, shown, whole_number
from sfc_sim._core.schema import require
from sfc_sim._core.typing import FloatArray
from sfc_sim.plotting.style import STYLE, WIDTH, canvas, new_figure, stamp
from sfc_sim.plotting.universe import chosen_realisation, traced
from sfc_sim.simulation.universe import box_of, holders
from sfc_sim.units import to_value

__all__ = ["slices"]

IntArray: TypeAlias = npt.NDArray[np.int64]
BoolArray: TypeAlias = npt.NDArray[np.bool_]

# Tints for areas that the colour-blind can tell apart (Tol 2021, the "light" scheme).
TINTS: Final = (
    "#77AADD", "#EE8866", "#EEDD88", "#FFAABB", "#99DDFF", "#44BB99", "#BBCC33", "#AAAA00",
)  # fmt: skip
EMPTY: Final = "#F4F4F4"
BORDER: Final = "0.25"
FILLED: Final = (0.1, 0.4, 0.8, 1.0)  # of the slice, in the panels drawn by default


@validated(times="Gyr")
def slices(
    universe: xr.Dataset,
    *,
    times: float | Sequence[float] | None = None,
    height: float = 0.5,
    realisation: int = 0,
    pixels: int = 240,
    ax: Axes | None = None,
) -> Axes:
    """Draw who holds what in a slice through space, at one or several times.

    Each civilization keeps its colour through the panels, and no two that meet in the slice
    share one. Dots are birthplaces nearer to the slice than a third of the mean distance
    between births, where their civilization also holds the place in the slice.

    Parameters
    ----------
    universe : xarray.Dataset
        From `sfc_sim.simulate`.
    times : float or sequence of float, optional
        Gyr; a panel each. By default the times when 10, 40, 80 and 100 % of what is ever held
        in the slice is held; with `ax` the last of these.
    height : float, default 0.5
        Where the slice cuts the z axis, as a share of the box, from 0 to 1.
    realisation : int, default 0
        Which one.
    pixels : int, default 240
        Places along a side of the slice.
    ax : matplotlib.axes.Axes, optional
        Where to draw, for a single time; by default a new figure.

    Returns
    -------
    matplotlib.axes.Axes
        Of the first panel; its figure holds all.

    Raises
    ------
    InputError
        If the Dataset is not of that kind, a parameter is outside its range, nobody holds
        anything in the slice, or `ax` comes with several times.

    Examples
    --------
    >>> import sfc_sim as sfc
    >>> universe = sfc.simulate(
    ...     sfc.appearance.PowerLawAppearance(n=6), speed=0.5, civilizations=400, rng=7
    ... )
    >>> ax = slices(universe, times=[14.0, 20.0], pixels=60)
    >>> len(ax.figure.axes), ax.get_title(loc="left").startswith("14 Gyr: ")
    (2, True)
    """
    if not 0.0 <= height <= 1.0:
        raise InputError(f"height is {shown(height)}; it must be a share of the box, from 0 to 1")
    affordable(whole_number(pixels, "pixels", 2) ** 2, 100, "pixels squared")
    require(universe, ["position", "birth_time", "realisation"], "simulate")
    chosen = chosen_realisation(universe, realisation)
    owner, since = cut(universe, height, realisation, pixels)
    ever = np.sort(since[np.isfinite(since)])
    if not ever.size:
        raise InputError("no civilization holds any of this slice: there is nothing to draw")
    if times is None:
        spread = [float(ever[round(share * (ever.size - 1))]) for share in FILLED]
        times = spread if ax is None else spread[-1:]
    dates = np.atleast_1d(to_value(times, "Gyr", "times"))
    if dates.ndim > 1:
        raise InputError(f"times is {shown(times)}; it must be a number or a list of numbers")
    if not dates.size or (ax is not None and dates.size > 1):
        raise InputError(
            f"times has {dates.size} values; with ax it must have one, without at least one"
        )
    axes = panels(dates.size, traced(universe)) if ax is None else [ax]
    tints = coloured(owner)
    near = chosen[near_slice(universe.isel(civilization=chosen), height)]
    for panel, date in zip(axes, dates, strict=True):
        held = np.where(since <= date, owner, -1)
        born = near[universe["birth_time"].values[near] <= date]
        with canvas(panel, universe.attrs):
            paint(panel, held, tints, box_of(universe))
            mark(panel, held, born, universe)
            panel.set_title(f"{date:.3g} Gyr: {percent(float(np.mean(held >= 0)))} filled")
    return axes[0]


def cut(
    universe: xr.Dataset, height: float, realisation: int, pixels: int
) -> tuple[IntArray, FloatArray]:
    """Return the holder of each place of a slice, and the date from which; rows go along y."""
    box = box_of(universe)
    middles = (np.arange(pixels) + 0.5) * box / pixels
    y, x = np.meshgrid(middles, middles, indexing="ij")
    places = np.stack([x, y, np.full_like(x, height * box)], axis=-1).reshape(-1, 3)
    found = holders(universe, places, realisation=realisation)
    shape = (pixels, pixels)
    return found["holder"].values.reshape(shape), found["held_from"].values.reshape(shape)


def panels(count: int, attrs: Mapping[str, Any]) -> list[Axes]:
    """Return square axes of a new figure, in a grid as square as can be."""
    columns = math.ceil(math.sqrt(count))
    rows = math.ceil(count / columns)
    with rc_context(STYLE):
        figure = new_figure(WIDTH, WIDTH / columns * rows + 0.45)
        stamp(figure, attrs)
        grid = figure.subplots(rows, columns, squeeze=False, sharex=True, sharey=True)
    for spare in grid.flat[count:]:
        spare.remove()
    return list(grid.flat[:count])


def coloured(owner: IntArray) -> dict[int, str]:
    """Return a tint for each civilization of a slice, unlike those of its neighbours.

    The one with most neighbours chooses first, the least used of the tints left to it.

    Examples
    --------
    >>> tints = coloured(np.array([[4, 4, 7], [4, 9, 9], [9, 9, 9]]))
    >>> len(set(tints.values()))
    3
    """
    neighbours: dict[int, set[int]] = {int(who): set() for who in np.unique(owner) if who >= 0}
    for other in (np.roll(owner, 1, axis=axis) for axis in (0, 1)):
        pairs = np.unique(np.stack([owner.ravel(), other.ravel()]), axis=1).T
        for one, two in ((int(a), int(b)) for a, b in pairs if a != b and min(a, b) >= 0):
            neighbours[one].add(two)
            neighbours[two].add(one)
    tints: dict[int, str] = {}
    used = dict.fromkeys(TINTS, 0)
    for who in sorted(neighbours, key=lambda who: (-len(neighbours[who]), who)):
        taken = {tints[other] for other in neighbours[who] if other in tints}
        # More than eight round one place do not occur in practice; if so, one tint repeats.
        free = [tint for tint in TINTS if tint not in taken] or list(TINTS)
        tints[who] = min(free, key=lambda tint: used[tint])
        used[tints[who]] += 1
    return tints


def paint(ax: Axes, held: IntArray, tints: Mapping[int, str], box: float) -> None:
    """Fill the slice with the tints of those who hold it, and draw the borders."""
    numbers = {tint: k for k, tint in enumerate(TINTS)}
    table = np.full(held.max(initial=-1) + 2, len(TINTS))  # its last entry is for nobody, -1
    for who, tint in tints.items():
        if who < table.size - 1:
            table[who] = numbers[tint]
    kind = table[held]
    ax.imshow(
        kind, cmap=ListedColormap([*TINTS, EMPTY]), vmin=-0.5, vmax=len(TINTS) + 0.5,
        origin="lower", extent=(0.0, box, 0.0, box), interpolation="nearest",
    )  # fmt: skip
    middles = (np.arange(len(held)) + 0.5) * box / len(held)
    for number in np.unique(kind):
        # Neighbours differ in tint, so the outlines of all tints are the borders of all domains.
        inside = (kind == number).astype(float)
        if inside.min() < inside.max():
            ax.contour(middles, middles, inside, [0.5], colors=BORDER, linewidths=0.45)
    ax.set(xlim=(0.0, box), ylim=(0.0, box))
    place = ax.get_subplotspec()
    if place is None or place.is_last_row():
        ax.set_xlabel("x [Gly]")
    if place is None or place.is_first_col():
        ax.set_ylabel("y [Gly]")


def near_slice(universe: xr.Dataset, height: float) -> BoolArray:
    """Return a mask of birthplaces near a slice: within a third of the mean distance of births."""
    box = box_of(universe)
    away = np.abs(universe["position"].values[:, 2] - height * box)
    near: BoolArray = (
        np.minimum(away, box - away) < box / universe.sizes["civilization"] ** (1 / 3) / 3.0
    )
    return near


def mark(ax: Axes, held: IntArray, born: IntArray, universe: xr.Dataset) -> None:
    """Draw birthplaces as dots where their civilization holds the slice too."""
    places = universe["position"].values[born, :2]
    column, row = np.minimum((places / box_of(universe) * len(held)).astype(int), len(held) - 1).T
    own = held[row, column] == born
    ax.plot(*places[own].T, ls="", marker="o", ms=2.2, color="0.1", mec="white", mew=0.3)
