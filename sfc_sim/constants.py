"""The fixed numbers of the science: each with its unit, its source and how sure we are of it.

Lengths are comoving and in Gly, times in Gyr (Julian years), so that the speed of light is 1.
What depends on a cosmology, such as the volume of the observable universe, is not here but in
`sfc_sim.cosmology.background`.

Examples
--------
>>> from sfc_sim import constants
>>> round(constants.MEGAPARSECS_PER_GLY.value, 6)
306.601394
>>> constants.EARTH_AGE.unit, constants.EARTH_AGE.status
('Gyr', 'secondary')
>>> sorted(constants.catalogue())[:2]
['AGE_OF_UNIVERSE', 'ASTRONOMICAL_UNIT']
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal, final

__all__ = [
    "AGE_OF_UNIVERSE",
    "ASTRONOMICAL_UNIT",
    "EARTH_AGE",
    "HUBBLE_TIME",
    "JULIAN_YEAR",
    "MEGAPARSECS_PER_GLY",
    "PLANETS_PER_VOLUME",
    "SPEED_OF_LIGHT",
    "STAR_FORMATION_DECAY",
    "STAR_FORMATION_EXPONENT",
    "Constant",
    "catalogue",
]


@final
@dataclass(frozen=True)
class Constant:
    """A number with where it comes from.

    Parameters
    ----------
    value : float
        The number, in `unit`.
    unit : str
        The unit as astropy spells it; empty for a pure number.
    source : str
        The paper, standard or definition that states it.
    status : {"verified", "secondary", "assumed"}
        Read in the source itself, read in a work that reports the source, or chosen by us.

    Examples
    --------
    >>> float(Constant(2.0, "Gyr", "an example", "assumed"))
    2.0
    """

    value: float
    unit: str
    source: str
    status: Literal["verified", "secondary", "assumed"]

    def __float__(self) -> float:
        return self.value


SPEED_OF_LIGHT = Constant(299_792_458.0, "m / s", "SI Brochure (BIPM 2019), exact", "verified")
JULIAN_YEAR = Constant(365.25 * 86_400.0, "s", "IAU Style Manual (1989), exact", "verified")
ASTRONOMICAL_UNIT = Constant(149_597_870_700.0, "m", "IAU 2012 Resolution B2, exact", "verified")

_MEGAPARSEC = 1e6 * ASTRONOMICAL_UNIT.value * 648_000.0 / math.pi  # metres; IAU 2015 Res. B2
_GLY = 1e9 * SPEED_OF_LIGHT.value * JULIAN_YEAR.value  # metres

MEGAPARSECS_PER_GLY = Constant(
    _GLY / _MEGAPARSEC, "Mpc / Gly", "derived from the parsec of IAU 2015 Resolution B2", "verified"
)
HUBBLE_TIME = Constant(
    _MEGAPARSEC / 1e3 / (1e9 * JULIAN_YEAR.value),
    "Gyr km / (s Mpc)",
    "derived from the parsec of IAU 2015 Resolution B2: 1/H0 is this over H0 in km/s/Mpc",
    "verified",
)

AGE_OF_UNIVERSE = Constant(
    13.787,
    "Gyr",
    "Planck Collaboration 2020 (A&A 641, A6), Table 2: the date that stands for today",
    "verified",
)
EARTH_AGE = Constant(
    4.5, "Gyr", "Cook 2022, after Hanson et al. 2021 (ApJ 922, 182); rounded", "secondary"
)
PLANETS_PER_VOLUME = Constant(
    5e18,
    "Gyr(-1/2)",
    "Cook 2022, after Hanson et al. 2021 and Zackrisson et al. 2016 (ApJ 833, 214): planets per "
    "observable-universe-size volume, to be multiplied by the square root of the longest "
    "habitable duration in Gyr",
    "verified",
)
STAR_FORMATION_EXPONENT = Constant(
    3.0,
    "",
    "Cook 2022, after Hanson et al. 2021: habitable star formation as t**3 exp(-t / 4 Gyr)",
    "verified",
)
STAR_FORMATION_DECAY = Constant(
    4.0,
    "Gyr",
    "Cook 2022, after Hanson et al. 2021: habitable star formation as t**3 exp(-t / 4 Gyr)",
    "verified",
)


def catalogue() -> dict[str, Constant]:
    """Return every constant of this module by name, in alphabetical order.

    Examples
    --------
    >>> catalogue()["STAR_FORMATION_DECAY"].value
    4.0
    """
    return {name: c for name, c in sorted(globals().items()) if isinstance(c, Constant)}
