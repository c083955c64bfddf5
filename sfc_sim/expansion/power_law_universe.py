"""The universe of Hanson et al. (2021) in closed form: laws that any simulation of it must obey.

Space grows as t^m, births without preclusion as t^n, all fronts move at one comoving speed, and
who is born in a covered place is not. Coverage is then exact (Kolmogorov, Johnson, Mehl, Avrami),
and a random birth finds the volume V covered there, overlaps counted, by a Gamma law. Times here
are dates in Gyr, or scaled conformal times x in which V = x^(p + 3), p = n / (1 - m).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, final

import numpy as np
import numpy.typing as npt
from scipy import special

from sfc_sim._core.errors import InputError, bare, number, shown, unknown
from sfc_sim._core.typing import FloatArray
from sfc_sim.constants import AGE_OF_UNIVERSE
from sfc_sim.expansion import power_law_integrals as integrals

__all__ = ["PowerLawUniverse", "checked"]

_TODAY = AGE_OF_UNIVERSE.value
_SPHERE = 4.0 * np.pi / 3.0


@final
@dataclass(frozen=True)
class PowerLawUniverse:
    """Expanding civilizations of one speed in a universe of powers of time.

    Parameters
    ----------
    n : float
        Power of the clock time with which births grow without preclusion; positive. Hanson et
        al. (2021, ApJ 922, 182) prefer 6 and consider 3 to 12.
    speed : float, default 1
        Comoving speed of fronts in units of the speed of light; above 0, at most 1.
    exponent : float, default 2/3
        m of the scale factor t^m; between 0 and 1. 2/3 is a universe of matter.

    Raises
    ------
    InputError
        If a parameter is outside its range.

    Notes
    -----
    Only n, m and the speed matter: the number of candidates, the unit of time and the size of
    the box are one scale. Dates are pinned by our own: the median civilization that sees nobody
    is born today, at 13.787 Gyr. Hanson et al. take us for a random one of those instead, which
    widens their printed laws of dates: ``our_date="random"``. Arrays broadcast.

    Examples
    --------
    >>> universe = PowerLawUniverse(n=6, speed=0.5)
    >>> round(universe.probability_nothing_visible, 4), round(universe.mean_visible(), 2)
    (0.1682, 5.88)
    >>> universe.birth_time([0.25, 0.5, 0.75]).round(1)
    array([16.1, 18.6, 20.7])
    >>> universe.birth_time([0.25, 0.5, 0.75], our_date="random").round(1)
    array([15.6, 18.6, 22.1])
    """

    n: float
    speed: float = 1.0
    exponent: float = 2.0 / 3.0

    def __post_init__(self) -> None:
        for name, unit in {"n": "", "speed": "c", "exponent": ""}.items():
            value = bare(getattr(self, name), name, unit)
            number(value, f"{name} of a power law" if name == "n" else name)
            object.__setattr__(self, name, value)
        if not self.n > 0:
            raise InputError(f"n of a power law is {shown(self.n)}; it must be positive")
        if not 0.0 < self.speed <= 1.0:
            raise InputError(
                f"speed is {shown(self.speed)}; it must be above 0 and at most 1 (light)"
            )
        if not 0.0 < self.exponent < 1.0:
            raise InputError(f"exponent is {shown(self.exponent)}; it must lie between 0 and 1")

    @property
    def conformal_power(self) -> float:
        """Power p of conformal time with which births grow without preclusion, n / (1 - m)."""
        return self.n / (1.0 - self.exponent)

    @property
    def shape(self) -> float:
        """Shape p / (p + 3) of the Gamma law of the covered volume V at a random birth."""
        return self.conformal_power / (self.conformal_power + 3.0)

    @property
    def probability_nothing_visible(self) -> float:
        """Probability that a random civilization sees no other at its birth."""
        return float(self.speed ** (3.0 * self.shape))

    @property
    def abundance(self) -> float:
        """Births by today, without preclusion, per observable-universe-size volume.

        Follows from the pin of our date: the `abundance` that
        `sfc_sim.appearance.PowerLawAppearance` asks for.
        """
        p = self.conformal_power
        return float(self.covered_now * (p + 1) * (p + 2) * (p + 3) / (6.0 * self.speed**3))

    @property
    def volume_per_civilization(self) -> float:
        """Mean comoving volume that a civilization ends up with, Gly^3."""
        p, q = self.conformal_power, self.shape
        volume = _SPHERE * self.speed**3 * (p + 3.0) * special.beta(p, 4.0) / special.gamma(q)
        return float(volume * (_TODAY / (1.0 - self.exponent) / self._now) ** 3)

    @property
    def covered_now(self) -> float:
        """V today: by the pin, its median over births that see nobody."""
        return float(self._covered(np.asarray(0.5), seen_nobody=True))

    @property
    def _now(self) -> float:
        """Return today in scaled time."""
        return float(self.covered_now ** (1.0 / (self.conformal_power + 3.0)))

    @property
    def light(self) -> float:
        """The speed of light in units of the fronts'."""
        return 1.0 / self.speed

    def _covered(self, quantile: FloatArray, *, seen_nobody: bool) -> FloatArray:
        """Return the quantile of V at birth; seeing nobody thins by exp(-V (c^3 / s^3 - 1))."""
        scale = self.speed**3 if seen_nobody else 1.0
        return np.asarray(scale * special.gammaincinv(self.shape, quantile))

    def mean_civilizations(self, candidates: npt.ArrayLike) -> FloatArray:
        """Return the mean number of candidates, born by time 1 and later, at free places.

        Parameters
        ----------
        candidates : array_like
            Mean number born by conformal time 1, without preclusion, in a box whose side light
            crosses in that time; births go on, at the same power of time, until all is covered.

        Examples
        --------
        >>> float(PowerLawUniverse(n=6).mean_civilizations(1e6).round(3))
        951.104
        """
        number = checked("candidates", candidates, lambda x: x > 0, "a positive number")
        p, q = self.conformal_power, self.shape
        final = _SPHERE * self.speed**3 * number * 6.0 / ((p + 1) * (p + 2) * (p + 3))
        return np.asarray(number * q * special.gamma(q) * final**-q)

    def filled_fraction(self, *, seen_nobody: bool = False) -> float:
        """Return the mean fraction of space that is covered when a random civilization is born.

        With `seen_nobody`, one that sees no other at its birth.

        Examples
        --------
        >>> universe = PowerLawUniverse(n=6, speed=0.5)
        >>> round(universe.filled_fraction(), 4)
        0.448
        >>> round(universe.filled_fraction(seen_nobody=True), 4)
        0.096
        """
        scale = self.speed**3 if seen_nobody else 1.0
        return float(-np.expm1(-self.shape * np.log1p(scale)))

    def birth_time(
        self,
        quantile: npt.ArrayLike,
        *,
        seen_nobody: bool = False,
        our_date: Literal["median", "random"] = "median",
    ) -> FloatArray:
        """Return quantiles of the date of birth of civilizations, Gyr.

        Parameters
        ----------
        quantile : array_like
            From 0 to 1.
        seen_nobody : bool, default False
            Only of those who see no other then: their median is today.
        our_date : {"median", "random"}
            Whether we come at the median of those who see nobody, or are a random one, so that
            dates follow the ratio of two Gamma laws, a beta prime law.

        Examples
        --------
        >>> PowerLawUniverse(n=6).birth_time([0.01, 0.5]).round(2)
        array([ 6.9 , 13.79])
        """
        level = checked("quantile", quantile, lambda x: (x >= 0) & (x <= 1), "from 0 to 1")
        power = 1.0 / (self.conformal_power + 3.0)
        if not _random(our_date):
            return self._date(self._covered(level, seen_nobody=seen_nobody) ** power)
        below = special.betaincinv(self.shape, self.shape, level)
        above = special.betaincinv(self.shape, self.shape, 1.0 - level)
        with np.errstate(divide="ignore"):  # the last quantile is infinite
            ratio = below / above * (1.0 if seen_nobody else self.light**3)
        return self._date(self._now * ratio**power)

    def time_of(self, scaled: npt.ArrayLike) -> FloatArray:
        """Return the date, Gyr, of a scaled conformal time.

        Examples
        --------
        >>> universe = PowerLawUniverse(n=6)
        >>> float(universe.time_of(universe.scaled_time(20.0)).round(9))
        20.0
        """
        return self._date(checked("scaled time", scaled, lambda x: x >= 0, "0 or more"))

    def scaled_time(self, time: npt.ArrayLike) -> FloatArray:
        """Return the scaled conformal time x of a date in Gyr: V = x^(p + 3) is covered then."""
        date = checked("time", time, lambda x: x >= 0, "0 Gyr or more")
        return self._scaled(date)

    def _date(self, scaled: FloatArray) -> FloatArray:
        return np.asarray(_TODAY * (scaled / self._now) ** (1.0 / (1.0 - self.exponent)))

    def _scaled(self, date: FloatArray) -> FloatArray:
        return np.asarray(self._now * (date / _TODAY) ** (1.0 - self.exponent))

    def no_arrival(
        self, birth: npt.ArrayLike, later: npt.ArrayLike, *, expanding: bool = True
    ) -> FloatArray:
        """Return the probability that no front has come to a birthplace by a later time.

        Parameters
        ----------
        birth, later : array_like
            Scaled times, 0 < birth <= later; they broadcast.
        expanding : bool, default True
            Whether the one born there expands, so that nobody is born in its sphere.

        Returns
        -------
        ndarray
            Given that none had come by `birth`.

        Examples
        --------
        >>> PowerLawUniverse(n=6).no_arrival(1.0, [1.0, 1.05, 1.1]).round(3)
        array([1.   , 0.169, 0.002])
        """
        times = _ordered(birth, later)
        return np.exp(-integrals.unreached(self.conformal_power, *times, 1.0, own=expanding))

    def first_arrival_cdf(
        self, birth: npt.ArrayLike, arrival: npt.ArrayLike, *, expanding: bool = True
    ) -> FloatArray:
        """Return the probability of an arrival by then: uniform on [0, 1] over a true sample.

        Takes scaled times as `no_arrival` does, of which it is the complement, without rounding
        for arrivals soon after birth.
        """
        times = _ordered(birth, arrival)
        return -np.expm1(-integrals.unreached(self.conformal_power, *times, 1.0, own=expanding))

    def no_sight(self, birth: npt.ArrayLike, later: npt.ArrayLike) -> FloatArray:
        """Return the probability that no other has been seen from a birthplace by a later time.

        Given that no front had come by `birth`, and that the one born there expands. With
        `later` equal to `birth`: that nothing is visible at birth.

        Examples
        --------
        >>> PowerLawUniverse(n=6, speed=0.8).no_sight(0.9, [0.9, 1.0]).round(3)
        array([0.901, 0.166])
        """
        times = _ordered(birth, later)
        power, light = self.conformal_power, self.light
        return np.exp(-integrals.unreached(power, *times, light, own=True))

    def waiting_time(
        self,
        quantile: npt.ArrayLike,
        *,
        rule: Literal["midpoint", "published"] = "midpoint",
        our_date: Literal["median", "random"] = "median",
    ) -> FloatArray:
        """Return quantiles of the time from birth until fronts meet, over all births, Gyr.

        Parameters
        ----------
        quantile : array_like
            Between 0 and 1, both left out.
        rule : {"midpoint", "published"}
            Fronts meet halfway in conformal time between a birth and the arrival that would
            follow; the program of Hanson et al. (2021) takes half of the time on the clock.
        our_date : {"median", "random"}
            As in `birth_time`; "random" takes about 0.2 s per quantile.

        Examples
        --------
        >>> universe = PowerLawUniverse(n=6)
        >>> universe.waiting_time([0.25, 0.5, 0.75]).round(2)
        array([0.36, 0.84, 1.58])
        >>> universe.waiting_time([0.25, 0.5, 0.75], our_date="random").round(2)
        array([0.37, 0.86, 1.64])
        """
        if rule not in _ARRIVALS:
            raise unknown("rule", rule, _ARRIVALS)
        level = checked("quantile", quantile, lambda x: (x > 0) & (x < 1), "above 0 and below 1")
        births, weights = integrals.random_births(self.conformal_power)
        # Gyr of this universe per Gyr of one in which a birth that sees nobody is today.
        units, chances = np.ones(1), np.ones(1)
        if _random(our_date):
            alone = self._date(births * self.speed ** (3.0 / (self.conformal_power + 3.0)))
            units, chances = alone / _TODAY, weights

        def unmet(wait: FloatArray) -> FloatArray:
            arrival = _ARRIVALS[rule](self, births, (wait[..., None] * units)[..., None])
            # Rounding may put the arrival 1e-16 before the birth.
            left = self.no_arrival(births, np.maximum(arrival, births))
            return np.asarray(left @ weights @ chances)

        longest = float(self._date(np.asarray(1e6 ** (1.0 / (self.conformal_power + 3.0)))))
        return integrals.mixed_quantile(unmet, level, 1e-12 * _TODAY, longest / units.min())

    def mean_visible(self) -> float:
        """Return the mean number of other civilizations that are visible at a birth.

        Only actual ones; candidates that found their place covered do not count.

        Examples
        --------
        >>> round(PowerLawUniverse(n=12, speed=0.75).mean_visible(), 3)
        1.26
        """
        return integrals.mean_visible(self.conformal_power, self.light)


def _random(our_date: str) -> bool:
    if our_date not in ("median", "random"):
        raise unknown("our_date", our_date, ("median", "random"))
    return our_date == "random"


def _midpoint(universe: PowerLawUniverse, birth: FloatArray, wait: FloatArray) -> FloatArray:
    return 2.0 * universe._scaled(universe._date(birth) + wait) - birth


def _published(universe: PowerLawUniverse, birth: FloatArray, wait: FloatArray) -> FloatArray:
    return universe._scaled(universe._date(birth) + 2.0 * wait)


_ARRIVALS: dict[str, Callable[[PowerLawUniverse, FloatArray, FloatArray], FloatArray]] = {
    "midpoint": _midpoint,
    "published": _published,
}


def checked(
    name: str,
    value: npt.ArrayLike,
    allowed: Callable[[FloatArray], npt.NDArray[np.bool_]],
    words: str,
) -> FloatArray:
    """Return `value` as an array of floats that are all allowed."""
    try:
        array = np.asarray(value, dtype=float)
    except (TypeError, ValueError):
        array = np.asarray(np.nan)
    if not np.all(np.isfinite(array) & allowed(array)):
        raise InputError(f"{name} is {shown(value)}; it must be {words}")
    return array


def _ordered(birth: npt.ArrayLike, later: npt.ArrayLike) -> tuple[FloatArray, FloatArray]:
    """Return two scaled times as arrays of one shape."""
    first = checked("birth", birth, lambda x: x > 0, "a positive scaled time")
    second = checked("later time", later, lambda x: x > 0, "a positive scaled time")
    if np.any(second < first):
        raise InputError("a later time lies before the birth; scaled times must not fall")
    shape = np.broadcast_shapes(first.shape, second.shape)
    return np.broadcast_to(first, shape), np.broadcast_to(second, shape)
