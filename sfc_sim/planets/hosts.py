"""The stars that planets have: how long they shine, and how many there are of each mass.

References
----------
A. Loeb, R. A. Batista & D. Sloan (2016), JCAP 08, 040 (lifetimes); E. E. Salpeter (1955), ApJ
121, 161; P. Kroupa (2001), MNRAS 322, 231; G. Chabrier (2003), PASP 115, 763; G. Chabrier (2005),
in The Initial Mass Function 50 Years Later, 41.
"""

from __future__ import annotations

from math import exp, log, log10, pi, sqrt
from typing import Final, NamedTuple, cast

import numpy as np
from scipy.special import ndtr

from sfc_sim._core.arguments import validated
from sfc_sim._core.errors import InputError, unknown
from sfc_sim._core.typing import Limit
from sfc_sim.planets.numbers import Real, plain, positive
from sfc_sim.units import to_value

__all__ = ["IMFS", "LIFETIMES", "host_lifetime", "longest_habitability", "share_of_hosts"]

# Lightest star of each law (solar masses), its lifetime as factor * mass**-power (Gyr, power).
# Loeb, Batista & Sloan (2016), recalled; the laws meet to 0.1 % at 0.25 and to 1.3 % at 0.75.
LIFETIMES: Final = ((0.08, 53.0, 2.1), (0.25, 7.6, 3.5), (0.75, 10.0, 2.5))
"""Laws of main-sequence lifetimes: lightest mass, factor and power."""
_HEAVIEST = 3.0
_LONGEST = 20_000.0  # Gyr: Cook (2022) allows no more


class MassFunction(NamedTuple):
    """Stars per mass: m**-slope beyond each edge, or log-normal before the last edge.

    `edges` begin at the lightest star and end at the heaviest; a `lognormal` (middle mass, width
    in decades) stands in for the first slope.
    """

    edges: tuple[float, ...]
    slopes: tuple[float, ...]
    lognormal: tuple[float, float] | None
    source: str
    status: str


IMFS: Final[dict[str, MassFunction]] = {
    "kroupa2001": MassFunction(
        (0.08, 0.5, 100.0), (1.3, 2.3), None, "Kroupa (2001), stars from 0.08", "secondary"
    ),
    "chabrier2003": MassFunction(
        (0.08, 1.0, 100.0), (1.0, 2.3), (0.079, 0.69),
        "Chabrier (2003), single stars; recalled", "assumed",
    ),
    "chabrier2003-systems": MassFunction(
        (0.08, 1.0, 100.0), (1.0, 2.3), (0.22, 0.57), "Chabrier (2003), systems", "secondary"
    ),
    "chabrier2005": MassFunction(
        (0.08, 1.0, 100.0), (1.0, 2.35), (0.2, 0.55), "Chabrier (2005)", "secondary"
    ),
    "salpeter1955": MassFunction(
        (0.1, 100.0), (2.35,), None, "Salpeter (1955), taken from 0.1 up", "secondary"
    ),
}  # fmt: skip
"""Initial mass functions by name."""


@validated()
def host_lifetime(mass: Real) -> Real:
    """Return the main-sequence lifetime of a star by its mass.

    Parameters
    ----------
    mass : float or array
        Solar masses, from 0.08 to 3.

    Returns
    -------
    float or array
        Gyr.

    Raises
    ------
    InputError
        If a mass is outside the range.

    Notes
    -----
    Three power laws of Loeb, Batista & Sloan (2016, JCAP 08, 040), in `LIFETIMES`; recalled. One
    law for all, 10 Gyr m^-2.5, would give the lightest stars half of their life.

    Examples
    --------
    >>> host_lifetime(np.array([0.1, 0.5, 1.0])).round(1)
    array([6672.3,   86. ,   10. ])
    """
    given = np.asarray(to_value(mass, "", "mass"))
    lightest = [low for low, _, _ in LIFETIMES]
    wrong = ~((given >= lightest[0]) & (given <= _HEAVIEST))
    if wrong.any():
        raise InputError(
            f"mass is {given[wrong].flat[0]:g}; lifetimes are known for {lightest[0]} to"
            f" {_HEAVIEST:g} solar masses"
        )
    law = np.searchsorted(lightest, given, side="right") - 1
    factor, power = (np.array(column)[law] for column in list(zip(*LIFETIMES, strict=True))[1:])
    return cast("Real", plain(factor * given**-power))


@validated(cap="Gyr")
def longest_habitability(lightest: Real, cap: float = _LONGEST) -> Real:
    """Return the longest time a planet is habitable if it needs a host of some mass.

    Parameters
    ----------
    lightest : float or array
        Mass of the lightest host of habitable planets, solar masses, from 0.08 to 3.
    cap : float, default 20000
        Gyr; planets that outlive it are taken to be habitable for so long. The default is that
        of Cook (2022), which no star reaches.

    Returns
    -------
    float or array
        Gyr: the life of the lightest host, at most `cap`.

    Raises
    ------
    InputError
        If a mass is outside the range, or the cap is not positive.

    Examples
    --------
    >>> round(longest_habitability(0.6), 1), longest_habitability(0.08, cap=100.0)
    (45.4, 100.0)
    """
    longest = np.minimum(host_lifetime(lightest), positive("cap", cap))
    return cast("Real", plain(longest))


@validated(lightest="Msun", heaviest="Msun")
def share_of_hosts(lightest: float, heaviest: Limit, imf: str = "kroupa2001") -> float:
    """Return the share of all stars that have a mass in a range.

    Parameters
    ----------
    lightest, heaviest : float
        Solar masses, the first not above the second; infinity is allowed.
    imf : str, default "kroupa2001"
        Name of the initial mass function, one of `IMFS`. Each counts its own stars only: from
        0.08 solar masses (Salpeter's from 0.1) to 100.

    Returns
    -------
    float
        From 0 to 1.

    Raises
    ------
    InputError
        If the function is not known, or the masses are not positive and in order.

    Examples
    --------
    >>> round(share_of_hosts(0.08, 0.6), 5), round(share_of_hosts(0.6, 1.2), 5)
    (0.81125, 0.11224)
    >>> round(share_of_hosts(0.6, 1.2, "chabrier2003"), 5)
    0.11557
    """
    if imf not in IMFS:
        raise unknown("initial mass function", imf, IMFS)
    low, high = to_value(lightest, "", "lightest"), to_value(heaviest, "", "heaviest")
    if not 0.0 < low <= high:
        raise InputError(f"masses from {low:g} to {high:g}: they must be positive and in order")
    function = IMFS[imf]
    return (_stars(function, high) - _stars(function, low)) / _stars(function, np.inf)


def _stars(function: MassFunction, mass: float) -> float:
    """Return the stars lighter than a mass, in any unit; pieces meet without a jump."""
    number, height = 0.0, 1.0
    pieces = zip(function.edges, function.edges[1:], function.slopes, strict=False)
    for k, (low, high, slope) in enumerate(pieces):
        top = min(max(mass, low), high)
        if k == 0 and function.lognormal is not None:
            middle, width = function.lognormal
            a, b, end = (log10(m / middle) / width for m in (low, top, high))
            area = log(10.0) * width * sqrt(2.0 * pi) * float(ndtr(b) - ndtr(a))
            # `height` is the density at the lower edge of the next piece.
            number, height = area, exp(-0.5 * end**2) / high
            continue
        number += (
            height * low**slope * (top ** (1.0 - slope) - low ** (1.0 - slope)) / (1.0 - slope)
        )
        height *= (high / low) ** -slope
    return number
