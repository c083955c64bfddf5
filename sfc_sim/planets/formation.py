"""When planets form: published histories of star formation, and what may still come.

A history is the number of planets formed per Gyr and comoving volume, in units of all formed by
today. Where it follows the stars, it is psi(t) M(t)^k: psi the star formation of a formula in
redshift, M the share of today's stars formed by then, which stands for the mean metallicity, and
k how strongly planets ask for metals. Redshifts become dates in the Planck 2018 cosmology.

References
----------
P. Madau & M. Dickinson (2014), ARA&A 52, 415; P. Madau & T. Fragos (2017), ApJ 840, 39;
C. H. Lineweaver (2001), Icarus 151, 307; P. Behroozi & M. S. Peeples (2015), MNRAS 454, 1811;
R. Hanson et al. (2021), ApJ 922, 182.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from math import log
from typing import Final, NamedTuple, cast, final

import numpy as np
from scipy.special import gammainc

from sfc_sim import constants
from sfc_sim._core.errors import InputError, unknown
from sfc_sim._core.quadrature import gauss_legendre
from sfc_sim._core.typing import FloatArray
from sfc_sim.cosmology.background import Background
from sfc_sim.planets.numbers import Real, plain
from sfc_sim.units import to_value

__all__ = ["FUTURES", "HISTORIES", "SOURCES", "PlanetHistory", "today"]

HISTORIES: Final = ("lineweaver2001", "madau2014", "madau2017", "behroozi2015", "hanson2021")
"""Names of histories of planet formation."""
FUTURES: Final = ("formula", "e-fold", "none", "halo-gas")
"""Names of futures of planet formation."""

# Name -> where it comes from, and how sure we are that this is what the source says.
SOURCES: Final[dict[str, tuple[str, str]]] = {
    "lineweaver2001": (
        "derived here: planets as stars times mean metallicity, the time integral of star"
        " formation, as Lineweaver (2001) has it; star formation of Madau & Dickinson (2014)."
        " Nothing is tuned: 74.6 % older than Earth, in the mean by 2.05 Gyr; his abstract says"
        " three quarters, by 1.8 ± 0.9 Gyr. His destruction by hot Jupiters is left out",
        "assumed",
    ),
    "madau2014": ("Madau & Dickinson (2014), eq. 15", "secondary"),
    "madau2017": ("Madau & Fragos (2017), eq. 1", "secondary"),
    "behroozi2015": (
        "inferred: planets as stars times the square root of mean metallicity; star formation of"
        " Madau & Dickinson (2014). The power 1/2 is tuned: 80.1 % are older than 4.57 Gyr, and"
        " the abstract of Behroozi & Peeples (2015) says that the Solar System formed after 80 %"
        " of existing Earth-like planets. Their own table was not read",
        "assumed",
    ),
    "hanson2021": (
        "t**3 exp(-t / 4 Gyr): Hanson et al. (2021), as used by Cook (2022)",
        "verified",
    ),
    "formula": ("derived here: the same formula carried on to redshift -1", "assumed"),
    "e-fold": (
        "derived here: today's rate, falling by a factor e in 3.9 Gyr, which Madau & Dickinson"
        " (2014) find since the peak",
        "assumed",
    ),
    "none": ("a limit: no planet forms after today", "assumed"),
    "halo-gas": (
        "inferred: today's rate, falling exponentially so slowly that 92 % of all planets are"
        " still to come. Behroozi & Peeples (2015) say over 10 times more planets than exist if"
        " all gas in haloes is used, and a 92 % chance that others follow us; the shape is ours",
        "assumed",
    ),
}
"""Source and status of each history and future."""

_FOLDING = 3.9  # Gyr, after the peak: Madau & Dickinson (2014), abstract
_HALO_GAS_SHARE = 0.92
_STEP = 5e-4  # of ln t: linear interpolation is then good to 1e-5 up to the last node
_FIRST, _LAST = 1e-6, 100.0  # Gyr; then matter is 1e-7 of the density and decay exponential


class _Formula(NamedTuple):
    """psi = (1 + z)**rise / (1 + ((1 + z) / turn)**fall), times M**metals."""

    rise: float
    turn: float
    fall: float
    metals: float = 0.0


_FORMULAE: Final[dict[str, _Formula]] = {
    "lineweaver2001": _Formula(2.7, 2.9, 5.6, metals=1.0),
    "madau2014": _Formula(2.7, 2.9, 5.6),
    "madau2017": _Formula(2.6, 3.2, 6.2),
    "behroozi2015": _Formula(2.7, 2.9, 5.6, metals=0.5),
}


def futures_of(name: str) -> tuple[str, ...]:
    """Return the futures that a history may have; one that is no formula of redshift has its own.

    Examples
    --------
    >>> futures_of("madau2014"), futures_of("hanson2021")
    (('formula', 'e-fold', 'none', 'halo-gas'), ('formula', 'none'))
    """
    return FUTURES if name in _FORMULAE else ("formula", "none")


@final
@dataclass(frozen=True)
class PlanetHistory:
    """Planets formed per Gyr, in units of all that formed by today.

    Parameters
    ----------
    name : {"madau2014", "lineweaver2001", "madau2017", "behroozi2015", "hanson2021"}
        The history; `SOURCES` says where each is from and what about it is inferred.
    future : {"formula", "e-fold", "none", "halo-gas"}
        What follows today: the same formula; an exponential fall in 3.9 Gyr; nothing; or so slow
        a fall that 92 % of all planets are still to come. "hanson2021" knows the first and "none".

    Raises
    ------
    InputError
        If a name is not known, or the history has no such future.

    Notes
    -----
    Dates are in Gyr since the Big Bang, of any shape; today is 13.78689 Gyr, the age of the
    Planck 2018 cosmology. All is good to 1e-5 of its value. Nothing forms before 1000 years.

    Examples
    --------
    >>> history = PlanetHistory("madau2014")
    >>> history.rate(np.array([3.5, 13.787])).round(4)       # the peak, and now
    array([0.165 , 0.0186])
    >>> round(history.formed(today() - 4.54), 4)             # older than Earth
    0.8636
    >>> round(history.future_share, 4)
    0.0986
    """

    name: str = "madau2014"
    future: str = "formula"

    def __post_init__(self) -> None:
        if not isinstance(self.name, str) or self.name not in HISTORIES:
            raise unknown("planet history", self.name, HISTORIES)
        if not isinstance(self.future, str) or self.future not in FUTURES:
            raise unknown("future of planet formation", self.future, FUTURES)
        if self.future not in futures_of(self.name):
            raise InputError(
                f"future is '{self.future}', but {self.name} is one formula for all time;"
                f" allowed with it: {', '.join(futures_of(self.name))}"
            )

    def rate(self, times: Real) -> Real:
        """Return the planets formed per Gyr at dates; 0 before the Big Bang.

        Parameters
        ----------
        times : float or array
            Gyr.

        Returns
        -------
        float or array
            Per Gyr; its integral until today is 1.

        Raises
        ------
        InputError
            If a date is no number.

        Examples
        --------
        >>> PlanetHistory("hanson2021", "none").rate(np.array([-1.0, 12.0, 14.0])).round(5)
        array([0.     , 0.12396, 0.     ])
        """
        given = np.asarray(to_value(times, "Gyr", "times"))
        return cast("Real", plain(self._law.rate(given)))

    def formed(self, times: Real) -> Real:
        """Return the planets formed by dates: the integral of `rate`, 1 today.

        Parameters
        ----------
        times : float or array
            Gyr; infinity gives `total`.

        Returns
        -------
        float or array

        Raises
        ------
        InputError
            If a date is no number.

        Examples
        --------
        >>> PlanetHistory().formed(np.array([4.87764, today(), np.inf])).round(4)
        array([0.5   , 1.    , 1.1093])
        """
        given = np.asarray(to_value(times, "Gyr", "times"))
        return cast("Real", plain(self._law.formed(given)))

    def total(self) -> float:
        """Return the planets formed to the end of time, in units of those formed by today.

        Examples
        --------
        >>> round(PlanetHistory("hanson2021").total(), 4)
        2.2132
        """
        return self._law.total

    @property
    def future_share(self) -> float:
        """Share of all planets ever that are still to form.

        Examples
        --------
        >>> round(PlanetHistory(future="halo-gas").future_share, 9)
        0.92
        """
        return 1.0 - 1.0 / self.total()

    @property
    def _law(self) -> _Gamma | _Tabulated:
        if self.name in _FORMULAE:
            return _tabulated(self.name, self.future)
        return _Gamma(self.future)


@lru_cache
def today() -> float:
    """Return the date of today in Gyr: the age of the Planck 2018 cosmology.

    Examples
    --------
    >>> round(today(), 5)
    13.78689
    """
    return Background.named("Planck18").age


@final
class _Gamma:
    """t**n exp(-t / decay), for all time or until today."""

    def __init__(self, future: str) -> None:
        self.shape = constants.STAR_FORMATION_EXPONENT.value + 1.0
        self.decay = constants.STAR_FORMATION_DECAY.value
        self.past = float(gammainc(self.shape, today() / self.decay))
        self.end = today() if future == "none" else np.inf
        self.total = 1.0 if future == "none" else 1.0 / self.past

    def rate(self, times: FloatArray) -> FloatArray:
        inside = (times > 0.0) & (times <= self.end) & np.isfinite(times)
        age = np.where(inside, times, 0.0) / self.decay
        # gammainc is the integral of age**3 exp(-age) / 3!.
        return np.asarray(age**3 * np.exp(-age) / (6.0 * self.decay * self.past))

    def formed(self, times: FloatArray) -> FloatArray:
        inside = np.minimum(np.maximum(times, 0.0), self.end)
        return np.asarray(gammainc(self.shape, inside / self.decay) / self.past)


@final
class _Tabulated(NamedTuple):
    """A table in dates, and after it an exponential fall."""

    times: FloatArray
    rates: FloatArray
    numbers: FloatArray
    decay: float  # per Gyr, after the table

    @property
    def total(self) -> float:
        return float(self.numbers[-1] + self.rates[-1] / self.decay)

    def rate(self, times: FloatArray) -> FloatArray:
        rate = np.asarray(np.interp(times, self.times, self.rates, left=0.0))
        late = times > self.times[-1]
        if late.any():
            rate[late] *= np.exp(-self.decay * (times[late] - self.times[-1]))
        return rate

    def formed(self, times: FloatArray) -> FloatArray:
        number = np.asarray(np.interp(times, self.times, self.numbers, left=0.0))
        late = times > self.times[-1]
        if late.any():
            fallen = -np.expm1(-self.decay * (times[late] - self.times[-1]))
            number[late] += self.rates[-1] / self.decay * fallen
        return number


@lru_cache
def _tabulated(name: str, future: str) -> _Tabulated:
    """Return the table of a history that follows the stars, with the chosen future."""
    formula = _FORMULAE[name]
    times, stars, mass, now = _stars(formula._replace(metals=0.0))
    power = formula.metals
    rates, numbers = (1.0 + power) * stars * mass**power, mass ** (1.0 + power)
    if future == "formula":
        decay = log(rates[-2] / rates[-1]) / (times[-1] - times[-2])
        return _Tabulated(times, rates, numbers, decay)
    past = slice(now + 1)
    decay = {
        "e-fold": 1.0 / _FOLDING,
        "none": np.inf,
        "halo-gas": float(rates[now]) * (1.0 - _HALO_GAS_SHARE) / _HALO_GAS_SHARE,
    }[future]
    return _Tabulated(times[past], rates[past], numbers[past], decay)


@lru_cache
def _stars(formula: _Formula) -> tuple[FloatArray, FloatArray, FloatArray, int]:
    """Return dates, star formation and mass formed by then, both over today's, and today's node."""
    age = today()
    before, after = (round(abs(log(date / age)) / _STEP) for date in (_FIRST, _LAST))
    times = age * np.exp(_STEP * np.arange(-before, after + 1))
    nodes, weights = gauss_legendre(3)
    within = times[:-1, None] * np.exp(_STEP * nodes)
    masses = _STEP * (_star_formation(formula, within) * within) @ weights
    mass = np.concatenate(([0.0], np.cumsum(masses)))
    return times, _star_formation(formula, times) / mass[before], mass / mass[before], before


def _star_formation(formula: _Formula, times: FloatArray) -> FloatArray:
    """Return psi in units of no matter, which cancel."""
    stretch = np.exp(-Background.named("Planck18").log_scale_factor(times))  # 1 + z
    turned = 1.0 + (stretch / formula.turn) ** formula.fall
    return np.asarray(stretch**formula.rise / turned)
