"""Picture of the sky of a civilization at its birth: the domains of others, to scale."""

from __future__ import annotations

import math
from collections.abc import Mapping
from itertools import product
from typing import Any, Final, NamedTuple

import numpy as np
import xarray as xr
from matplotlib import rc_context
from matplotlib.axes import Axes
from matplotlib.cm import ScalarMappable
from matplotlib.colors import Normalize
from matplotlib.patches import Polygon

from sfc_sim._core.arguments import validated
from sfc_sim._core.errors import InputError, shown
from sfc_sim._core.schema import require
from sfc_sim._core.typing import FloatArray
from sfc_sim.plotting.style import STYLE, WIDTH, canvas, new_figure, stamp
from sfc_sim.plotting.universe import traced
from sfc_sim.scenario.origin import origin_of
from sfc_sim.simulation.sky import angular_diameter
from sfc_sim.simulation.universe import box_of

__all__ = ["sky"]

NIGHT: Final = "#0B1026"
POINTS: Final = 361  # along the outline of a disc: straight lines between them look round


class Seen(NamedTuple):
    """What is seen at a birth, an entry per domain (or image of one), the farthest first."""

    distance: FloatArray  # Gly
    longitude: FloatArray
    latitude: FloatArray
    half_angle: FloatArray


@validated()
def sky(universe: xr.Dataset, civilization: int | None = None, *, ax: Axes | None = None) -> Axes:
    """Draw the whole sky at a birth in equal areas (Mollweide), with all domains in sight.

    Discs have the true outline and angular size of domains as seen then
    (`sfc_sim.simulation.sky.angular_diameter`), the near ones before the far; all periodic images
    of a domain within the past light cone are there. Longitude is measured from the x axis
    towards y, latitude towards z.

    Parameters
    ----------
    universe : xarray.Dataset
        From `sfc_sim.simulate`.
    civilization : int, optional
        Whose birth, an index of the Dataset. By default the birth with the most in sight, for
        which the Dataset must hold ``visible_at_birth``.
    ax : matplotlib axes of projection "mollweide", optional
        Where to draw; by default a new figure.

    Returns
    -------
    matplotlib.axes.Axes

    Raises
    ------
    InputError
        If the Dataset is not of that kind, there is no such civilization, or `ax` has another
        projection.

    Examples
    --------
    >>> import sfc_sim as sfc
    >>> universe = sfc.simulate(
    ...     sfc.appearance.PowerLawAppearance(n=6), speed=0.5, civilizations=400, rng=7
    ... )
    >>> ax = sky(universe, 40)
    >>> ax.name
    'mollweide'
    """
    require(universe, ["position", "birth_conformal_time", "start_time", "speed"], "simulate")
    who = observer(universe, civilization)
    seen = in_sight(universe, who)
    shade = ScalarMappable(Normalize(0.0, seen.distance.max(initial=1.0)), "YlOrRd")
    with canvas(empty_sky(traced(universe)) if ax is None else ax, universe.attrs) as ax:
        if ax.name != "mollweide":
            raise InputError(f"ax has projection '{ax.name}'; it must be 'mollweide'")
        ax.set_facecolor(NIGHT)
        graticule(ax)
        layers = 2.0 + np.arange(seen.distance.size) / max(seen.distance.size, 1)
        for distance, *disc, layer in zip(*seen, layers, strict=True):
            cap(ax, *disc, colour=shade.to_rgba(distance), layer=layer)
        born = universe["birth_time"].values[who]
        domains = "domain" if seen.distance.size == 1 else "domains"
        ax.set_title(
            f"{seen.distance.size:,} {domains} in sight at a birth at {born:.3g} Gyr", pad=12
        )
        if seen.distance.size:
            figure: Any = ax.get_figure(root=False)
            figure.colorbar(
                shade, ax=ax, orientation="horizontal", shrink=0.5, aspect=40, pad=0.05,
                label="Comoving distance of the birthplace [Gly]",
            )  # fmt: skip
    return ax


def observer(universe: xr.Dataset, civilization: int | None) -> int:
    """Return the index of the civilization whose sky is drawn."""
    count = universe.sizes["civilization"]
    if civilization is None:
        require(universe, ["visible_at_birth"], 'simulate(..., compute=["visible_at_birth"])')
        return int(universe["visible_at_birth"].values.argmax())
    if not 0 <= civilization < count:
        raise InputError(f"civilization is {shown(civilization)}; it must be from 0 to {count - 1}")
    return int(civilization)


def in_sight(universe: xr.Dataset, who: int) -> Seen:
    """Return the domains, and their periodic images, in the past light cone of a birth."""
    same = universe["realisation"].values == universe["realisation"].values[who]
    expands = universe["speed"].values > 0.0
    if "visible" in universe:
        expands &= universe["visible"].values.astype(bool)
    early = universe["start_time"].values < universe["birth_time"].values[who]
    others = np.flatnonzero(same & expands & early)
    now = float(universe["birth_conformal_time"].values[who])
    start = origin_of(universe).background.conformal_time(universe["start_time"].values[others])
    box, places = box_of(universe), universe["position"].values
    nearest = (places[others] - places[who] + box / 2.0) % box - box / 2.0
    # A nearest image is within half a box along each axis, so these hold all within the cone.
    reach = math.ceil((now - start.min(initial=now)) / box + 0.5)
    shifts = box * np.array(list(product(range(-reach, reach + 1), repeat=3)))
    away = nearest[None] + shifts[:, None]
    distance = np.sqrt((away**2).sum(axis=2))
    travel = np.broadcast_to(now - start, distance.shape)
    seen = distance < travel
    x, y, z = away[seen].T
    speed = np.broadcast_to(universe["speed"].values[others], distance.shape)[seen]
    convention = origin_of(universe).text("convention", "exact")
    angle = angular_diameter(distance[seen], travel[seen], speed, convention=convention)
    found = Seen(distance[seen], np.arctan2(y, x), np.arcsin(z / distance[seen]), angle / 2.0)
    order = np.argsort(-found.distance)
    return Seen(*(column[order] for column in found))


def empty_sky(attrs: Mapping[str, Any]) -> Axes:
    """Return axes of a map of the sky in a new figure with the stamp."""
    with rc_context(STYLE):
        figure = new_figure(WIDTH, 4.6)
        stamp(figure, attrs)
        return figure.add_subplot(projection="mollweide")


def graticule(ax: Axes) -> None:
    """Draw faint lines: longitudes every 30 degrees, latitudes every 15, with labels."""
    ax.grid(color="white", alpha=0.15, lw=0.5)
    ax.set_xticklabels([])  # they would be below the discs
    ax.tick_params(axis="y", labelsize=6.0)
    ax.set_xlabel("Longitude, a line every 30°", fontsize=7.0)
    ax.set_ylabel("Latitude", fontsize=7.0)


def cap(
    ax: Axes, longitude: float, latitude: float, half_angle: float, *, colour: Any, layer: float
) -> None:
    """Draw a disc of the sky with its true outline on the map.

    Beyond the rim the projection goes on smoothly and the map clips, so a disc across the rim is
    drawn once on each side. Round a pole the outline runs from rim to rim, and the fill up to
    the pole.
    """
    across, up = outline(longitude, latitude, half_angle)
    edge: dict[str, Any] = {"color": "white", "lw": 0.4, "zorder": layer}
    if abs(latitude) + half_angle > np.pi / 2.0:
        order = np.argsort(across)
        rim = np.interp(np.pi, across[order], up[order], period=2.0 * np.pi)
        across = np.concatenate([[-np.pi], across[order], [np.pi]])
        up = np.concatenate([[rim], up[order], [rim]])
        pole = np.full_like(across, math.copysign(np.pi / 2.0, latitude))
        area = np.stack([np.append(across, across[::-1]), np.append(up, pole)], axis=-1)
        ax.add_patch(Polygon(area, facecolor=colour, edgecolor="none", zorder=layer))
        ax.plot(across, up, **edge)
        return
    across = np.unwrap(across)
    for turn in (-2.0 * np.pi, 0.0, 2.0 * np.pi):
        if across.min() + turn < np.pi and across.max() + turn > -np.pi:
            area = np.stack([across + turn, up], axis=-1)
            ax.add_patch(Polygon(area, facecolor=colour, edgecolor="none", zorder=layer))
            ax.plot(across + turn, up, **edge)


def outline(longitude: float, latitude: float, half_angle: float) -> tuple[FloatArray, FloatArray]:
    """Return longitudes and latitudes along the rim of a disc of the sky.

    Examples
    --------
    >>> across, up = outline(0.0, 0.0, 0.5)
    >>> round(float(up.max()), 6), round(float(across.max()), 6)
    (0.5, 0.5)
    """
    turn = np.linspace(0.0, 2.0 * np.pi, POINTS)
    middle, east, north = frame(longitude, latitude)
    around = np.outer(np.cos(turn), east) + np.outer(np.sin(turn), north)
    x, y, z = (math.cos(half_angle) * middle + math.sin(half_angle) * around).T
    return np.arctan2(y, x), np.arcsin(np.clip(z, -1.0, 1.0))


def frame(longitude: float, latitude: float) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Return unit vectors towards a place of the sky, to its east and to its north."""
    along, across = math.cos(longitude), math.sin(longitude)
    flat, up = math.cos(latitude), math.sin(latitude)
    middle = np.array([flat * along, flat * across, up])
    return middle, np.array([-across, along, 0.0]), np.array([-up * along, -up * across, flat])
