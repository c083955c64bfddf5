"""Pictures of what we can reach in one world: a still one, and a page that turns."""

from __future__ import annotations

import html
import json
import os
import re
from collections.abc import Mapping
from importlib.resources import files
from pathlib import Path
from typing import Any, Final

import numpy as np
import xarray as xr
from matplotlib import colormaps, rc_context
from matplotlib.axes import Axes
from matplotlib.colors import ListedColormap, Normalize, to_hex
from matplotlib.figure import Figure

from sfc_sim._core.arguments import validated
from sfc_sim._core.digits import percent
from sfc_sim._core.errors import InputError, shown
from sfc_sim._core.files import writing
from sfc_sim._core.schema import require
from sfc_sim._core.typing import FloatArray
from sfc_sim.plotting.style import STYLE, WIDTH, canvas, new_figure, stamp, stamped
from sfc_sim.scenario.origin import origin_of

__all__ = ["surroundings", "surroundings_page"]

NEEDED: Final = (
    "position", "birth_time", "birth_conformal_time", "volume_held", "world",
    "volume_alone", "volume_grabbed",
)  # fmt: skip
# The colours of dates of birth, without the darkest, which are lost on a dark page.
DATES: Final = ListedColormap(colormaps["plasma_r"](np.linspace(0.0, 0.75, 256)))
OURS: Final = "#009E73"
STEPS: Final = 200  # of the slider over time
MOST: Final = 3000  # civilizations of a page, those that hold most: 250 kB


@validated()
def surroundings(here: xr.Dataset, *, realisation: int = 0, ax: Axes | None = None) -> Axes:
    """Draw in three dimensions who, besides us, would hold a part of what we can reach.

    The net is the ball that we can reach at most, with us in the middle. Dots are the
    birthplaces of others, the larger the more of the ball each would hold, with a line to the
    plane through us.

    Parameters
    ----------
    here : xarray.Dataset
        From `sfc_sim.simulate_here`.
    realisation : int, default 0
        Which world.
    ax : matplotlib axes of projection "3d", optional
        Where to draw; by default a new figure.

    Returns
    -------
    matplotlib.axes.Axes

    Raises
    ------
    InputError
        If the Dataset is not of that kind, there is no such realisation, or `ax` has another
        projection.

    Examples
    --------
    >>> import sfc_sim as sfc
    >>> here = sfc.simulate_here("cook2022-balanced", realisations=1, rng=7)
    >>> ax = surroundings(here)
    >>> ax.name
    '3d'
    """
    world, others = chosen_world(here, realisation)
    reach = origin_of(here).number("reach")
    places = others["position"].values
    extent = max(reach, float(np.abs(places).max(initial=0.0)))
    with canvas(empty_space(dict(here.attrs)) if ax is None else ax, here.attrs) as ax:
        if ax.name != "3d":
            raise InputError(f"ax has projection '{ax.name}'; it must be '3d'")
        space: Any = ax  # the methods of three dimensions are unknown to the type of Axes
        net(space, reach)
        for x, y, z in places:
            space.plot([x, x], [y, y], [0.0, z], color="0.6", lw=0.4, alpha=0.6)
        held = others["volume_held"].values
        dots = space.scatter(
            *places.T, s=4.0 + 260.0 * (held / max(held.max(initial=0.0), 1e-300)) ** (2 / 3),
            c=others["birth_time"].values, cmap=DATES, edgecolors="0.2", linewidths=0.4,
            depthshade=False, label="others",
        )  # fmt: skip
        space.plot([0.0], [0.0], [0.0], ls="", marker="*", ms=13, color=OURS, mec="k", mew=0.5)
        space.text(0.0, 0.0, 0.09 * reach, "us", color=OURS, weight="bold", ha="center")
        space.set(xlim=(-extent, extent), ylim=(-extent, extent), zlim=(-extent, extent))
        space.set(xlabel="x [Gly]", ylabel="y [Gly]", zlabel="z [Gly]")
        space.set_box_aspect((1.0, 1.0, 1.0), zoom=1.05)
        for axis in (space.xaxis, space.yaxis, space.zaxis):
            axis.set_pane_color((1.0, 1.0, 1.0, 0.0))
        space.view_init(elev=22.0, azim=-60.0)
        space.set_title(sentence(world, others))
        if held.size:
            figure: Any = ax.get_figure(root=False)
            figure.colorbar(dots, ax=ax, shrink=0.55, pad=0.1, label="Date of birth [Gyr]")
    return ax


def chosen_world(here: xr.Dataset, realisation: int) -> tuple[xr.Dataset, xr.Dataset]:
    """Return one world: its totals, and the civilizations that hold a part of our reach."""
    require(here, NEEDED, "simulate_here")
    if not 0 <= realisation < here.sizes["realisation"]:
        highest = here.sizes["realisation"] - 1
        raise InputError(f"realisation is {shown(realisation)}; it must be from 0 to {highest}")
    part = (here["world"].values == realisation) & (here["volume_held"].values > 0.0)
    return here.isel(realisation=realisation), here.isel(civilization=np.flatnonzero(part))


def sentence(world: xr.Dataset, others: xr.Dataset) -> str:
    """Return a sentence that says what the picture shows."""
    share = float(world["volume_grabbed"] / world["volume_alone"])
    count = others.sizes["civilization"]
    rest = {0: "nobody else any", 1: "1 other the rest"}.get(count, f"{count:,} others the rest")
    return f"Of what we can reach we would hold {percent(share)} and {rest}"


def empty_space(attrs: Mapping[str, Any]) -> Axes:
    """Return axes of three dimensions in a new figure with the stamp."""
    with rc_context(STYLE | {"grid.color": "0.9", "grid.linewidth": 0.5}):
        figure = new_figure(WIDTH, 5.2)
        stamp(figure, attrs)
        ax: Axes = figure.add_subplot(projection="3d")
        return ax


def net(space: Any, radius: float) -> None:
    """Draw a ball as a net of meridians and parallels."""
    around, up = np.linspace(0.0, 2.0 * np.pi, 61), np.linspace(-0.5 * np.pi, 0.5 * np.pi, 31)
    x = radius * np.outer(np.cos(around), np.cos(up))
    y = radius * np.outer(np.sin(around), np.cos(up))
    z = radius * np.outer(np.ones(61), np.sin(up))
    space.plot_wireframe(x, y, z, rstride=5, cstride=5, color=OURS, lw=0.4, alpha=0.3)
    equator = radius * np.cos(around), radius * np.sin(around), 0.0 * around
    space.plot(*equator, color=OURS, lw=1.2, label="what we can reach")


@validated()
def surroundings_page(
    here: xr.Dataset, path: str | os.PathLike[str], *, realisation: int = 0, force: bool = False
) -> Path:
    """Write a web page of one world that turns, zooms and runs through time.

    It is one file that needs no network. Fronts are spheres of radius speed x conformal time
    since birth, cut off at the edge of what we can reach; hovering over a birthplace tells its
    date and the volume that would be held from it.

    Parameters
    ----------
    here : xarray.Dataset
        From `sfc_sim.simulate_here`.
    path : path
        A file name, usually ending in ``.html``.
    realisation : int, default 0
        Which world.
    force : bool, default False
        Replace a file that exists.

    Returns
    -------
    Path
        The file.

    Raises
    ------
    InputError
        If the Dataset is not of that kind, there is no such realisation, the file exists and
        `force` is off, or it cannot be written.

    Examples
    --------
    >>> import tempfile, sfc_sim as sfc
    >>> here = sfc.simulate_here("cook2022-balanced", realisations=1, rng=7)
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     surroundings_page(here, f"{folder}/here.html").name
    'here.html'
    """
    world, others = chosen_world(here, realisation)
    target = Path(path)
    if not target.name:
        raise InputError(f"path is '{path}'; it must name a file")
    most = np.sort(np.argsort(-others["volume_held"].values, kind="stable")[:MOST])
    figure = Figure()
    stamp(figure, here.attrs)
    parts = {
        "title": html.escape(sentence(world, others)),
        "provenance": html.escape(f"{stamped(figure)} · realisation {realisation}"),
        "data": in_page(contents(here, others.isel(civilization=most))),
    }
    template = files("sfc_sim.plotting").joinpath("page.html").read_text(encoding="utf-8")
    # One pass, so that nothing that is filled in is itself filled.
    text = re.sub(r"\{\{(\w+)\}\}", lambda found: parts[found[1]], template)
    with writing(target, force=force) as beside:
        beside.write_text(text, encoding="utf-8")
    return target


def in_page(data: Mapping[str, Any]) -> str:
    r"""Return data as JSON that nothing in it can lead out of its script element.

    Examples
    --------
    >>> in_page({"a": "</script>"})
    '{"a":"\\u003c/script\\u003e"}'
    """
    text = json.dumps(data, separators=(",", ":"), allow_nan=False)
    return text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")


def contents(here: xr.Dataset, others: xr.Dataset) -> dict[str, Any]:
    """Return the data that the page draws; conformal times are from now, lengths in Gly."""
    origin = origin_of(here)
    background, reach = origin.background, origin.number("reach")
    speed, now = origin.number("speed"), background.age
    since = background.conformal_time(now)
    born = others["birth_conformal_time"].values - since
    dates = others["birth_time"].values
    shade = Normalize(dates.min(initial=now), dates.max(initial=now))
    ticks = np.linspace(min(0.0, born.min(initial=0.0)), reach / speed, STEPS + 1)
    clock: list[float | None] = short(background.time_at_conformal(since + ticks[:-1]))
    columns = {
        "x": others["position"].values[:, 0], "y": others["position"].values[:, 1],
        "z": others["position"].values[:, 2], "born": born, "date": dates,
        "volume": others["volume_held"].values,
    }  # fmt: skip
    return {
        "reach": reach,
        "speed": speed,
        "now": now,
        "ours": OURS,
        "ticks": short(ticks),
        "clock": [*clock, None],  # the last of them is the end of time
        "others": {name: short(values) for name, values in columns.items()},
        "colours": [to_hex(DATES(shade(date))) for date in dates],
        "dates": short(np.array([shade.vmin, shade.vmax])),
        "scale": [to_hex(DATES(x)) for x in np.linspace(0.0, 1.0, 9)],
    }


def short(values: FloatArray) -> list[Any]:
    """Return numbers to five digits, which is finer than a screen.

    Examples
    --------
    >>> short(np.array([1.0 / 3.0, 12.0]))
    [0.33333, 12.0]
    """
    return [float(f"{value:.5g}") for value in values]
