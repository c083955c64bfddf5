"""How long planets stay habitable, how many there are, and how early on that makes us.

Durations follow one law: a share min(1, (s / L)^e) of planets is habitable for less than s, with
L the longest and e = 1/2. If civilizations need n hard steps, most planets that could bear them
are those that last, and whoever lives at the beginning of a long-lived universe is early.

References
----------
R. Hanson et al. (2021), ApJ 922, 182; T. Cook (2022), "Replicating and extending the grabby aliens
model"; T. Piran & R. Jimenez (2014), PRL 113, 231102; Y. Li & B. Zhang (2015), ApJ 810, 41.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, cast

import numpy as np

from sfc_sim import constants
from sfc_sim._core.arguments import validated
from sfc_sim._core.errors import InputError, shown, unknown
from sfc_sim._core.quadrature import gauss_legendre
from sfc_sim._core.typing import FloatArray
from sfc_sim.cosmology.background import Background
from sfc_sim.planets.formation import PlanetHistory, today
from sfc_sim.planets.numbers import Real, plain, positive
from sfc_sim.units import to_value

__all__ = [
    "EARLY_UNIVERSE",
    "HANSON",
    "earliness",
    "earliness_longest",
    "early_habitability",
    "early_onset",
    "habitable_share_now",
    "share_habitable_longer",
]

HANSON: Final = PlanetHistory("hanson2021")
_NOW: Final = constants.AGE_OF_UNIVERSE.value
_POINTS = 128  # of the quadrature: exact to 1e-12 up to a hundred steps
_BRACKET = (1e-6, 1e12)  # Gyr: where the longest habitability is sought

# Name -> what it says, and how sure we are of it.
EARLY_UNIVERSE: Final[dict[str, tuple[str, str]]] = {
    "none": ("planets were as habitable at all times", "assumed"),
    "step": (
        "nothing before redshift 0.5: Piran & Jimenez (2014), abstract, on gamma-ray bursts",
        "verified",
    ),
    "benign": (
        "Li & Zhang (2015), abstract: 10 % of galaxies benign at redshift 3 and 50 % at 1.5;"
        " straight lines in time between these, none at the Big Bang and all today are ours",
        "assumed",
    ),
}
"""Views on the habitability of the early universe, each with source and status."""


@validated()
def share_habitable_longer(duration: Real, longest: Real | float, exponent: float = 0.5) -> Real:
    """Return the share of planets that stay habitable for longer than a duration.

    Parameters
    ----------
    duration : float or array
        Gyr, not negative.
    longest : float or array
        The longest that any planet stays habitable, Gyr.
    exponent : float, default 0.5
        Of the law 1 - (duration / longest)^exponent (Hanson et al. 2021). Where all planets
        last as long as their stars it is (A - 1) / B, if stars are as m^-A and lives as m^-B:
        0.54 for Salpeter's stars with B = 2.5.

    Returns
    -------
    float or array
        From 0 to 1.

    Raises
    ------
    InputError
        If a number is outside its range.

    Examples
    --------
    >>> share_habitable_longer(np.array([0.0, 2.5, 10.0, 20.0]), 10.0)
    array([1. , 0.5, 0. , 0. ])
    """
    positive("exponent", exponent, "")
    age = np.asarray(to_value(duration, "Gyr", "duration"))
    if (age < 0.0).any():
        raise InputError(f"duration is {age.min():g} Gyr; it must not be negative")
    return cast(
        "Real", plain(1.0 - np.minimum(1.0, age / positive("longest", longest)) ** exponent)
    )


@validated(longest="Gyr", now="Gyr")
def habitable_share_now(
    longest: Real,
    now: float = _NOW,
    *,
    history: PlanetHistory = HANSON,
    exponent: float = 0.5,
) -> Real:
    """Return the share of all planets ever that have formed and are still habitable.

    Parameters
    ----------
    longest : float or array
        The longest that any planet stays habitable, Gyr.
    now : float, default 13.787
        Date in Gyr.
    history : PlanetHistory, default that of Hanson et al. (2021)
        When planets form.
    exponent : float, default 0.5
        Of the law of durations; see `share_habitable_longer`.

    Returns
    -------
    float or array
        From 0 to 1, of the shape of `longest`.

    Raises
    ------
    InputError
        If a number is outside its range.

    Examples
    --------
    >>> habitable_share_now(np.array([5.0, 10.0, 20000.0])).round(6)
    array([0.091997, 0.171742, 0.445556])
    """
    e = float(positive("exponent", exponent, ""))
    last, date = positive("longest", longest), float(positive("now", now))
    return cast("Real", plain(_over_ages(lambda part: 1.0 - part**e, last, date, history, e)))


@validated(longest="Gyr", now="Gyr")
def earliness(
    steps: Real | float,
    longest: Real,
    now: float = _NOW,
    *,
    history: PlanetHistory = HANSON,
    exponent: float = 0.5,
) -> Real:
    """Return the share of civilizations that arise before a date if nobody hinders them.

    Parameters
    ----------
    steps : float or array
        Number n of hard steps: on a habitable planet they are done at age s at a rate as
        s^(n - 1). Not below 0.01; need not be whole.
    longest : float or array
        The longest that any planet stays habitable, Gyr.
    now : float, default 13.787
        Date in Gyr.
    history : PlanetHistory, default that of Hanson et al. (2021)
        When planets form.
    exponent : float, default 0.5
        Of the law of durations; see `share_habitable_longer`.

    Returns
    -------
    float or array
        From 0 to 1, of the shape of `steps` and `longest` together. Our rank, if we are typical.

    Raises
    ------
    InputError
        If a number is outside its range.

    Notes
    -----
    After Hanson et al. (2021, ApJ 922, 182). No delay, and an early universe as habitable as now.

    Examples
    --------
    >>> earliness(np.array([1.0, 3.0, 6.0]), 10.0).round(6)
    array([0.291513, 0.15192 , 0.085054])
    """
    e = float(positive("exponent", exponent, ""))
    n, last = np.broadcast_arrays(
        positive("steps", steps, "", least=0.01), positive("longest", longest)
    )
    date, power = float(positive("now", now)), n[..., None]

    def done(part: FloatArray) -> FloatArray:
        """Return the share of a planet's civilizations by an age, in parts of the longest."""
        return np.asarray(part**power * (power + e - power * part**e) / e)

    settled = np.asarray(history.formed(date - last)) / history.total()
    return cast("Real", plain(settled + _over_ages(done, last, date, history, e)))


@validated(now="Gyr")
def earliness_longest(
    steps: float,
    rank: float = 0.01,
    now: float = _NOW,
    *,
    history: PlanetHistory = HANSON,
    exponent: float = 0.5,
) -> float:
    """Return the longest habitability, in Gyr, at which `earliness` has a value.

    Parameters
    ----------
    steps : float
        Number of hard steps.
    rank : float, default 0.01
        Share of civilizations before `now`.
    now, history, exponent : optional
        As in `earliness`.

    Returns
    -------
    float
        Gyr: with planets habitable for longer we would be earlier than `rank`.

    Raises
    ------
    InputError
        If no longest habitability from 1000 years to 1e12 Gyr gives that rank.

    Examples
    --------
    >>> round(earliness_longest(6.0), 3)
    17.063
    """

    def found(log_longest: float) -> float:
        last = float(np.exp(log_longest))
        return float(earliness(steps, last, now, history=history, exponent=exponent))

    share = float(positive("rank", rank, ""))
    low, high = np.log(_BRACKET)
    most, least = found(low), found(high)
    if not least <= share <= most:
        raise InputError(
            f"rank is {share:g}; with {steps:g} hard steps it must be from {least:.3g} to"
            f" {most:.3g}"
        )
    for _ in range(60):  # halves the bracket until it is one double
        middle = 0.5 * (low + high)
        low, high = (middle, high) if found(middle) > share else (low, middle)
    return float(np.exp(0.5 * (low + high)))


@validated(onset="Gyr")
def early_habitability(times: Real, name: str = "none", *, onset: float | None = None) -> Real:
    """Return the factor by which the early universe was less habitable than today.

    Parameters
    ----------
    times : float or array
        Dates in Gyr.
    name : {"none", "step", "benign"}
        See `EARLY_UNIVERSE`.
    onset : float, optional
        Date in Gyr of the step, by default that of redshift 0.5 (8.59 Gyr); for "step" only.

    Returns
    -------
    float or array
        From 0 to 1, of the shape of `times`.

    Raises
    ------
    InputError
        If the name is not known, or `onset` is not asked for.

    Examples
    --------
    >>> early_habitability(np.array([2.144, 8.0, 9.0]), "step")
    array([0., 0., 1.])
    >>> early_habitability(np.array([2.144, 4.269, 20.0]), "benign").round(3)
    array([0.1, 0.5, 1. ])
    """
    if name not in EARLY_UNIVERSE:
        raise unknown("early universe", name, EARLY_UNIVERSE)
    if onset is not None and name != "step":
        raise InputError(f"onset is {shown(onset)}, but '{name}' has no onset; only 'step' has")
    date = np.asarray(to_value(times, "Gyr", "times"))
    if name == "none":
        return cast("Real", plain(np.ones(date.shape)))
    if name == "step":
        first = early_onset(name) if onset is None else to_value(onset, "Gyr", "onset")
        return cast("Real", plain((date >= first).astype(float)))
    at_redshift = Background.named("Planck18").time_at_redshift
    dates = (0.0, at_redshift(3.0), at_redshift(1.5), today())
    return cast("Real", plain(np.interp(date, dates, (0.0, 0.1, 0.5, 1.0))))


def early_onset(name: str) -> float:
    """Return the first date at which anything can live, Gyr.

    Parameters
    ----------
    name : {"none", "step", "benign"}
        See `EARLY_UNIVERSE`.

    Examples
    --------
    >>> round(early_onset("step"), 3), early_onset("benign")
    (8.591, 0.0)
    """
    return Background.named("Planck18").time_at_redshift(0.5) if name == "step" else 0.0


def _over_ages(
    function: Callable[[FloatArray], FloatArray],
    longest: FloatArray,
    now: float,
    history: PlanetHistory,
    exponent: float,
) -> FloatArray:
    """Return the integral of planets ever formed times a function of age / longest."""
    nodes, weights = gauss_legendre(_POINTS)
    power = max(1.0, 1.0 / exponent)  # age^exponent is smooth in the new variable
    x, weights = nodes**power, power * nodes ** (power - 1.0) * weights
    oldest = np.minimum(longest, now)[..., None]
    # The history may have a corner today.
    corner = np.minimum(oldest, max(0.0, now - today()))
    total = np.zeros(longest.shape)
    for low, high in ((np.zeros_like(corner), corner), (corner, oldest)):
        ages = low + (high - low) * x
        values = function(ages / longest[..., None]) * history.rate(now - ages)
        total += ((high - low) * values) @ weights
    return total / history.total()
