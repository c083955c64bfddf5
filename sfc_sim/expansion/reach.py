"""How far humanity can get if nobody is in the way: probes, light and horizons.

A hopping probe keeps its speed β against the local comoving frame, as fronts do that settle and
start again, so it covers β of what light covers. A coasting probe is launched once and never
accelerated again: expansion takes its momentum, p ∝ 1/a, and it comes to rest among the galaxies.
Lengths are comoving.

References
----------
S. Armstrong & A. Sandberg (2013), "Eternity in six hours", Acta Astronautica 89, 1.
T. Ord (2021), "The edges of our universe", arXiv:2104.01191.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Literal

import numpy as np
import numpy.typing as npt

from sfc_sim._core.arguments import validated
from sfc_sim._core.errors import InputError, number, shown, unknown
from sfc_sim._core.typing import FloatArray
from sfc_sim.constants import MEGAPARSECS_PER_GLY
from sfc_sim.cosmology.background import TIME_RANGE, Background
from sfc_sim.expansion.coasting import coasting_radius
from sfc_sim.units import to_value

__all__ = [
    "GALAXY_DENSITIES",
    "PROBES",
    "Probe",
    "delay_loss",
    "horizons",
    "reach_radius",
    "reach_volume",
    "reachable_galaxies",
    "round_trip_radius",
]

Probe = Literal["hopping", "coasting"]
PROBES: tuple[Probe, ...] = ("hopping", "coasting")

GALAXY_DENSITIES: Mapping[str, float] = MappingProxyType(
    {
        # Armstrong & Sandberg 2013: their counts over the volumes of coasting probes.
        "armstrong2013": 0.0119,
        # Baldry et al. 2012 (MNRAS 421, 621), mass function integrated above 1e8 solar masses.
        "baldry2012": 0.0325,
        # Ord 2021: 20 billion galaxies in the affectable universe.
        "ord2021": 0.0363,
        # Hanson et al. 2021, program: 2e6 per Gly^3.
        "hanson2021": 0.0694,
        # Baldry et al. 2012, above 6.08e10 solar masses.
        "milky-way-like": 8.8e-4,
    }
)
"""Galaxies per comoving Mpc³ today, by name; they differ in the least galaxy that counts."""


@validated(speed="c", launch="Gyr")
def reach_radius(
    background: Background | str,
    speed: npt.ArrayLike,
    *,
    probe: Probe = "hopping",
    launch: npt.ArrayLike | None = None,
) -> FloatArray:
    """Return the comoving radius that probes ever reach.

    Parameters
    ----------
    background : Background or str
        The expanding universe, or the name of its parameter set.
    speed : array_like
        Speed at launch against the local comoving frame, c; from 0 to 1. At 1 it is light, of
        either kind.
    probe : {"hopping", "coasting"}, default "hopping"
        It keeps its speed, or loses momentum to expansion as 1/a.
    launch : array_like, optional
        Cosmic time of launch, Gyr; default today. Broadcasts against `speed`.

    Returns
    -------
    ndarray
        Gly, to 1e-8. Infinite in a power-law universe for light and hopping probes, and for
        coasting ones where a grows as the square root of time or slower.

    Raises
    ------
    InputError
        If a speed or time is out of range, or the probe is unknown.

    Notes
    -----
    Hopping: β χ∞, with χ∞ the event horizon. Coasting, with u = γ₀ β₀ a₀ / a:
    ∫ u / sqrt(1 + u²) dt / a (Armstrong & Sandberg 2013). Launched late it gets to
    (γ₀ − 1) / (γ₀ β₀) of the event horizon.

    Examples
    --------
    >>> planck = Background.named("Planck18")
    >>> reach_radius(planck, [0.5, 0.99]).round(4)
    array([ 8.2904, 16.415 ])
    >>> reach_radius(planck, [0.5, 0.99], probe="coasting").round(4)
    array([ 4.3246, 14.2921])
    """
    if probe not in PROBES:
        raise unknown("probe", probe, PROBES)
    beta = within("speed", speed, "c", 0.0, 1.0)
    background = universe_of(background)
    when = within("launch", background.age if launch is None else launch, "Gyr", *TIME_RANGE)
    beta, when = np.broadcast_arrays(beta, when)
    moving = beta > 0.0
    radius = np.zeros(beta.shape)
    radius[moving] = beta[moving] * np.asarray(background.event_horizon(when[moving]))
    slow = moving & (beta < 1.0)
    if probe == "coasting" and slow.any():
        log_scale = np.asarray(background.log_scale_factor(when[slow]))
        radius[slow] = coasting_radius(background, beta[slow], log_scale)
    return radius[()]


@validated(speed="c", launch="Gyr")
def reach_volume(
    background: Background | str,
    speed: npt.ArrayLike,
    *,
    probe: Probe = "hopping",
    launch: npt.ArrayLike | None = None,
) -> FloatArray:
    """Return the comoving volume in Gly³ that probes ever reach; see `reach_radius`.

    Examples
    --------
    >>> reach_volume(Background.named("Planck18"), [0.5, 1.0]).round()
    array([ 2387., 19094.])
    """
    radius = reach_radius(background, speed, probe=probe, launch=launch)
    return np.asarray(4.0 / 3.0 * np.pi * radius**3)[()]


@validated(speed="c", launch="Gyr")
def reachable_galaxies(
    background: Background | str,
    speed: npt.ArrayLike,
    *,
    probe: Probe = "hopping",
    launch: npt.ArrayLike | None = None,
    galaxy_density: str | float = "armstrong2013",
) -> FloatArray:
    """Return the number of today's galaxies that probes ever reach.

    Parameters
    ----------
    background : Background or str
        The expanding universe, or the name of its parameter set.
    speed : array_like
        Speed at launch against the local comoving frame, c.
    probe, launch : optional
        See `reach_radius`.
    galaxy_density : str or float, default "armstrong2013"
        A name of `GALAXY_DENSITIES`, or galaxies per comoving Mpc³.

    Raises
    ------
    InputError
        If the density is unknown or not positive; see also `reach_radius`.

    Examples
    --------
    >>> galaxies = reachable_galaxies(Background.named("Planck18"), 0.5, probe="coasting")
    >>> f"{galaxies:.3g}"
    '1.16e+08'
    """
    volume = reach_volume(background, speed, probe=probe, launch=launch)
    return np.asarray(volume * per_gly3(galaxy_density))[()]


def per_gly3(galaxy_density: str | float) -> float:
    """Return galaxies per comoving Gly³."""
    if isinstance(galaxy_density, str):
        if galaxy_density not in GALAXY_DENSITIES:
            raise unknown("galaxy_density", galaxy_density, GALAXY_DENSITIES)
        galaxy_density = GALAXY_DENSITIES[galaxy_density]
    density = number(galaxy_density, "galaxy_density", unit="Mpc-3")
    if not 0.0 < density < np.inf:
        raise InputError(f"galaxy_density is {density}; it must be positive and finite (per Mpc^3)")
    return float(density * MEGAPARSECS_PER_GLY.value**3)


@validated(time="Gyr")
def horizons(background: Background | str, time: float | None = None) -> dict[str, float]:
    """Return Ord's four horizons: the comoving radius in Gly of each.

    Parameters
    ----------
    background : Background or str
        The expanding universe, or the name of its parameter set.
    time : float, optional
        Cosmic time, Gyr; default today.

    Returns
    -------
    dict of str to float
        ``observable`` (its light has got here), ``affectable`` (our light gets there),
        ``eventually-observable`` (its light gets here in the end) and ``ultimately-observable``
        (seen in the end by someone whom we can reach).

    Raises
    ------
    InputError
        If the time is out of range.

    Notes
    -----
    Ord (2021): η, η(∞) − η, η(∞) and 2 η(∞) − η, with η the conformal time.

    Examples
    --------
    >>> {k: round(v, 1) for k, v in horizons(Background.named("Planck18")).items()}
    {'observable': 46.2, 'affectable': 16.6, 'eventually-observable': 62.8, ...: 79.4}
    """
    background = universe_of(background)
    when = background.age if time is None else time
    observable = float(background.conformal_time(when))
    affectable = float(background.event_horizon(when))
    eventually = background.future_conformal_time
    return {
        "observable": observable,
        "affectable": affectable,
        "eventually-observable": eventually,
        "ultimately-observable": eventually + affectable,
    }


@validated(speed="c", launch="Gyr")
def round_trip_radius(
    background: Background | str, speed: npt.ArrayLike, *, launch: npt.ArrayLike | None = None
) -> FloatArray:
    """Return the comoving radius in Gly from which a hopping probe's message still gets back.

    Out at the speed β, back at that of light: β / (1 + β) of the event horizon, half for light.

    Parameters
    ----------
    background : Background or str
        The expanding universe, or the name of its parameter set.
    speed : array_like
        Speed at launch against the local comoving frame, c.
    launch : array_like, optional
        See `reach_radius`.

    Raises
    ------
    InputError
        If a speed or time is out of range.

    Examples
    --------
    >>> round_trip_radius(Background.named("Planck18"), [0.5, 1.0]).round(4)
    array([5.5269, 8.2904])
    """
    out = reach_radius(background, speed, launch=launch)
    return np.asarray(out / (1.0 + np.asarray(to_value(speed, "c", "speed"))))[()]


@validated(speed="c", delay="Gyr")
def delay_loss(
    background: Background | str, speed: npt.ArrayLike, delay: float, *, probe: Probe = "hopping"
) -> FloatArray:
    """Return the share of the reachable volume that a later launch loses.

    Parameters
    ----------
    background : Background or str
        The expanding universe, or the name of its parameter set.
    speed : array_like
        Speed at launch against the local comoving frame, c.
    delay : float
        From today to the launch, Gyr. The share comes from a difference of about 1e-15: of a
        century seven digits are right, of a year five.
    probe : {"hopping", "coasting"}, default "hopping"
        See `reach_radius`.

    Raises
    ------
    InputError
        If the delay is negative; see also `reach_radius`.

    Examples
    --------
    >>> f"{delay_loss(Background.named('Planck18'), 0.5, 1e-7):.5g}"
    '1.8093e-08'
    """
    background = universe_of(background)
    if np.any(np.asarray(speed) == 0.0):
        raise InputError("speed is 0; it must be above 0")
    late = float(within("delay", delay, "Gyr", 0.0, TIME_RANGE[1] - background.age))
    now, then = (
        reach_radius(background, speed, probe=probe, launch=background.age + wait)
        for wait in (0.0, late)
    )
    return np.asarray(-np.expm1(3.0 * np.log(then / now)))[()]


def universe_of(background: Background | str) -> Background:
    """Return a universe given itself or the name of its parameter set.

    Examples
    --------
    >>> universe_of("Planck18").name
    'Planck18'
    """
    if isinstance(background, Background):
        return background
    if not isinstance(background, str):
        raise InputError(f"background is {shown(background)}; it must be a Background or its name")
    return Background.named(background)


def within(name: str, value: object, unit: str, low: float, high: float) -> FloatArray:
    """Return `value` as an array in `unit`, or the error for its first entry out of range.

    Examples
    --------
    >>> within("speed", "0.5 c", "c", 0.0, 1.0).item()
    0.5
    """
    given = np.asarray(to_value(value, unit, name), dtype=float)
    wrong = ~((given >= low) & (given <= high))
    if wrong.any():
        raise InputError(f"{name} is {given[wrong][0]}; it must be from {low:g} to {high:g} {unit}")
    return given
