"""Galaxies and quiet civilizations: what a power-law universe means in the units of its papers.

Conversions of Hanson et al. (2021, ApJ 922, 182), from first principles and as their programs
have them.
"""

from __future__ import annotations

from typing import Literal

import numpy as np
from scipy import special

from sfc_sim._core.arguments import validated
from sfc_sim._core.errors import InputError, shown, unknown
from sfc_sim.constants import AGE_OF_UNIVERSE
from sfc_sim.expansion.power_law_universe import PowerLawUniverse, checked

__all__ = ["galaxies_per_civilization", "quiet_loud_ratio"]

_TODAY = AGE_OF_UNIVERSE.value
_SPHERE = 4.0 * np.pi / 3.0
# The published programs round the age of the universe so.
_PUBLISHED_TODAY = 13.8
_PUBLISHED_BIRTHS = 1e8


@validated(galaxies_per_gly3="1/Gly3")
def galaxies_per_civilization(
    universe: PowerLawUniverse,
    galaxies_per_gly3: float = 2e6,
    *,
    convention: Literal["corrected", "published-simulator", "published-script"] = "corrected",
) -> float:
    """Return the mean number of galaxies that a civilization ends up with.

    Parameters
    ----------
    universe : PowerLawUniverse
        The law of births and fronts.
    galaxies_per_gly3 : float, default 2e6
        Galaxies per Gly^3 today, as Hanson et al. (2021) take from Conselice et al.
    convention : {"corrected", "published-simulator", "published-script"}
        The published programs take the age of the universe for its conformal age, which is
        1 / (1 - m) times as much, and put the median of all births there; the analysis
        script also has the speed upside down.

    Examples
    --------
    >>> f"{galaxies_per_civilization(PowerLawUniverse(n=6)):.3g}"
    '5.11e+08'
    """
    powers = {"corrected": 3.0, "published-simulator": 3.0, "published-script": -3.0}
    if convention not in powers:
        raise unknown("convention", convention, powers)
    density = float(
        checked("galaxies_per_gly3", galaxies_per_gly3, lambda x: x > 0, "a positive number")
    )
    if convention == "corrected":
        return density * universe.volume_per_civilization
    # At the speed of light the median of all births is today, as the programs have it.
    same = PowerLawUniverse(universe.n, 1.0, universe.exponent).volume_per_civilization
    shrunk = ((1.0 - universe.exponent) * _PUBLISHED_TODAY / _TODAY) ** 3
    return float(density * same * shrunk * universe.speed ** powers[convention])


@validated(galaxies_per_gly3="1/Gly3", lifetime="Gyr")
def quiet_loud_ratio(
    universe: PowerLawUniverse,
    where: Literal["light-cone", "galaxy"],
    *,
    lifetime: float | None = None,
    galaxies_per_gly3: float = 2e6,
    galaxies: float = 1000.0,
    convention: Literal["corrected", "published"] = "corrected",
) -> float:
    """Return the quiet civilizations per expanding one at which one quiet is expected.

    Born at the same rate in proportion, at or before the median date that sees nobody.

    Parameters
    ----------
    universe : PowerLawUniverse
        The law of births and fronts.
    where : {"light-cone", "galaxy"}
        Expected in our past light cone, or in our galaxy.
    lifetime : float, optional
        Gyr, short against the age of the universe: active when its light left, or now.
        Without it: that ever lived.
    galaxies_per_gly3, galaxies : float, default 2e6 and 1000
        Galaxies per Gly^3, and how many mean ones ours stands for (Hanson et al. 2021).
    convention : {"corrected", "published"}
        From first principles, or as the program of Hanson et al. (2021) counts in our galaxy:
        with its conversion of lengths, and active civilizations by the power p - 1 of model
        time, where 10^8 are born by time 1 without preclusion.

    Examples
    --------
    >>> universe = PowerLawUniverse(n=6)
    >>> f"{quiet_loud_ratio(universe, 'galaxy', convention='published'):.1e}"
    '3.0e+04'
    >>> round(quiet_loud_ratio(universe, "light-cone"), 2)
    1.8
    >>> f"{quiet_loud_ratio(universe, 'galaxy', lifetime=1e-3):.1e}"
    '1.8e+09'
    """
    if where not in ("light-cone", "galaxy"):
        raise unknown("place", where, ("light-cone", "galaxy"))
    given = [1.0 if lifetime is None else lifetime, galaxies_per_gly3, galaxies]
    names = "lifetime, galaxies_per_gly3, galaxies"
    lived, density, ours = checked(names, given, lambda x: x > 0, "positive, all three")
    m, p = universe.exponent, universe.conformal_power
    if convention not in ("corrected", "published"):
        raise unknown("convention", convention, ("corrected", "published"))
    if convention == "published":
        if where != "galaxy":
            raise InputError("convention 'published' is for our galaxy, not for the light cone")
        return _published_ratio(universe, None if lifetime is None else lived, density / ours)
    if where == "galaxy":
        volume = _SPHERE * (_TODAY / (1.0 - m)) ** 3
        expected = universe.abundance / volume * ours / density
        active = universe.n * lived / _TODAY
    else:
        expected = universe.covered_now * universe.light**3
        if lifetime is not None and universe.n <= m:
            raise InputError(
                f"n is {shown(universe.n)}; with a lifetime it must be above {m}, exponent"
            )
        # A lifetime is longer in conformal time early on, as u^(-m / (1 - m)).
        shells = special.beta(p - m / (1.0 - m), 3.0) / special.beta(p, 4.0)
        active = 3.0 * (1.0 - m) * lived / _TODAY * shells
    return float(1.0 / (expected * (1.0 if lifetime is None else active)))


def _published_ratio(universe: PowerLawUniverse, lifetime: float | None, density: float) -> float:
    """Return the ratio in our galaxy by the published program; `density` is per our galaxy."""
    p, rate = universe.conformal_power, _SPHERE * universe.speed**3 * 6.0
    births = universe.covered_now * (p + 1.0) * (p + 2.0) * (p + 3.0) / rate  # x today^-3
    ever = density * _PUBLISHED_TODAY**3 * universe.speed**3 / births
    if lifetime is None:
        return float(ever)
    today = (births / _PUBLISHED_BIRTHS) ** (1.0 / (p + 3.0))
    return float(ever * today * 3.0 * _PUBLISHED_TODAY / lifetime / (p - 1.0))
