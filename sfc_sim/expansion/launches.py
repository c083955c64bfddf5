"""What probes reach by speed and time of launch, as a table to draw and to keep."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from sfc_sim._core.arguments import validated
from sfc_sim.cosmology.background import TIME_RANGE, Background
from sfc_sim.expansion.reach import PROBES, reach_radius, universe_of, within

if TYPE_CHECKING:
    import xarray as xr

__all__ = ["reach_table"]

_MEANING = {
    "reach_radius": ("Glyr", "comoving radius that probes ever reach"),
    "reach_volume": ("Glyr3", "comoving volume that probes ever reach"),
    "launch_speed": ("1", "launch speed, in units of c"),
    "launch_time": ("Gyr", "cosmic time of launch"),
}


@validated(speeds="c", launches="Gyr")
def reach_table(
    background: Background | str,
    speeds: npt.ArrayLike | None = None,
    launches: npt.ArrayLike | None = None,
) -> xr.Dataset:
    """Return the reach of both kinds of probe, by speed and time of launch.

    Parameters
    ----------
    background : Background or str
        The expanding universe, or the name of its parameter set.
    speeds : array_like, optional
        Launch speeds, c, one-dimensional; default 200 up to 1, closest there, where
        the reach of coasting probes is steepest.
    launches : array_like, optional
        Cosmic times of launch, Gyr, one-dimensional; default today alone.

    Returns
    -------
    xarray.Dataset
        Dims ``probe``, ``launch_time``, ``launch_speed``: ``reach_radius``, ``reach_volume``.

    Raises
    ------
    InputError
        If a speed or time is out of range.

    Examples
    --------
    >>> table = reach_table(Background.named("Planck18"), [0.5, 0.8])
    >>> table.reach_volume.sel(probe="coasting").values.round()
    array([[ 339., 2239.]])
    """
    import xarray as xr

    background = universe_of(background)
    given = 1.0 - np.linspace(0.995, 0.0, 200) ** 2 if speeds is None else speeds
    speed = np.atleast_1d(within("speed", given, "c", 0.0, 1.0))
    times = background.age if launches is None else launches
    launch = np.atleast_1d(within("launch", times, "Gyr", *TIME_RANGE))
    dims = ("probe", "launch_time", "launch_speed")
    radius = np.array(
        [reach_radius(background, speed, probe=p, launch=launch[:, None]) for p in PROBES]
    )
    table = xr.Dataset(
        {"reach_radius": (dims, radius), "reach_volume": (dims, 4.0 / 3.0 * np.pi * radius**3)},
        coords={"probe": list(PROBES), "launch_time": launch, "launch_speed": speed},
        attrs={"cosmology": background.name, "age": background.age},
    )
    for name, words in _MEANING.items():
        table[name].attrs = dict(zip(("units", "long_name"), words, strict=True))
    return table
