"""How many planets there are: published numbers, all per observable-universe-size volume.

The papers count different sets of planets and differ a hundredfold; see `BUDGETS`.
"""

from __future__ import annotations

from typing import Final, NamedTuple, cast

import numpy as np

from sfc_sim import constants
from sfc_sim._core.arguments import validated
from sfc_sim._core.errors import InputError, shown, unknown
from sfc_sim._core.typing import FloatArray
from sfc_sim.cosmology.background import Background
from sfc_sim.planets.hosts import share_of_hosts
from sfc_sim.planets.numbers import plain, positive

__all__ = ["BUDGETS", "Budget", "planets_per_volume"]

# Stars ever formed per Mpc³: 5.72869e8 solar masses by Madau & Fragos (2017) at 1.742571 stars of
# Kroupa (2001) each; derived here.
_STARS_PER_MPC3 = 9.98265e8


class Budget(NamedTuple):
    """Planets per Mpc³ or per volume, by longest habitability, or per star of a range of masses."""

    source: str
    status: str
    per_volume: float | None = None
    per_mpc3: float | None = None
    per_root_gyr: float | None = None
    per_star: float = 0.0
    hosts: tuple[float, float] = (0.08, 0.6)


BUDGETS: Final[dict[str, Budget]] = {
    "hanson2021": Budget(
        "5e18 sqrt(longest habitability / Gyr): Cook (2022), after Hanson et al. (2021)",
        "verified",
        per_root_gyr=constants.PLANETS_PER_VOLUME.value,
    ),
    "behroozi2015": Budget(
        "Behroozi & Peeples (2015), abstract: 1e20 Earth-like in 1e13 Mpc³", "verified",
        per_mpc3=1e7,
    ),
    "zackrisson2016-fgk": Budget(
        "Zackrisson et al. (2016), abstract: 1e19 terrestrial planets of FGK stars on the past"
        " light cone, here taken for a comoving total, as Cook (2022) does", "verified",
        per_volume=1e19,
    ),
    "zackrisson2016-m": Budget(
        "Zackrisson et al. (2016), abstract: 5e20 terrestrial planets of M dwarfs on the past"
        " light cone, here taken for a comoving total", "verified",
        per_volume=5e20,
    ),
    "bryson2021-fgk": Budget(
        "derived here: stars of 0.6 to 1.2 solar masses, of which Bryson et al. (2021, AJ 161, 36)"
        " give each 0.37 (+0.48 -0.21) in the conservative habitable zone", "assumed",
        per_star=0.37, hosts=(0.6, 1.2),
    ),
    "dressing2015-m": Budget(
        "derived here: stars of 0.08 to 0.6 solar masses, of which Dressing & Charbonneau (2015,"
        " ApJ 807, 45) give each 0.16 (+0.17 -0.07) in the conservative habitable zone", "assumed",
        per_star=0.16,
    ),
    "hsu2020-m": Budget(
        "derived here: stars of 0.08 to 0.6 solar masses, of which Hsu et al. (2020, MNRAS 498,"
        " 2249) give each 0.33 (+0.10 -0.12)", "assumed",
        per_star=0.33,
    ),
    "bergsten2023-m": Budget(
        "derived here: stars of 0.08 to 0.6 solar masses, of which Bergsten et al. (2023, AJ 166,"
        " 234) give each 0.0858 (+0.1794 -0.0822) in the conservative habitable zone", "assumed",
        per_star=0.0858,
    ),
}  # fmt: skip
"""Numbers of planets by source."""


@validated(longest="Gyr")
def planets_per_volume(
    budget: str, longest: float | FloatArray | None = None
) -> float | FloatArray:
    """Return the planets, past and to come, per observable-universe-size volume.

    Parameters
    ----------
    budget : str
        One of `BUDGETS`, which says what each paper counts: they differ a hundredfold.
    longest : float or array, optional
        Longest habitability in Gyr, for a budget that goes with it: "hanson2021".

    Returns
    -------
    float or array
        Planets per 1.19e13 Mpc³, the observable universe of the Planck 2018 cosmology.

    Raises
    ------
    InputError
        If the budget is not known, or `longest` is missing or not asked for.

    Examples
    --------
    >>> f"{planets_per_volume('hanson2021', 10.0):.3g}"
    '1.58e+19'
    >>> f"{planets_per_volume('bryson2021-fgk'):.3g}"
    '4.94e+20'
    """
    if budget not in BUDGETS:
        raise unknown("planet budget", budget, BUDGETS)
    given = BUDGETS[budget]
    if (given.per_root_gyr is None) != (longest is None):
        missing = "needs longest, in Gyr" if longest is None else "takes no longest; leave it out"
        raise InputError(
            f"longest is {shown(np.asarray(longest).tolist())}, but the budget '{budget}' {missing}"
        )
    if longest is not None and given.per_root_gyr is not None:
        last = positive("longest", longest)
        return cast("float | FloatArray", plain(given.per_root_gyr * np.sqrt(last)))
    if given.per_volume is not None:
        return given.per_volume
    planets = given.per_mpc3 or _STARS_PER_MPC3 * share_of_hosts(*given.hosts) * given.per_star
    volume = Background.named("Planck18").observable_volume_now
    return planets * volume * constants.MEGAPARSECS_PER_GLY.value**3
