"""The expanding background: scale factor, conformal time and horizons at any cosmic time.

Two kinds of universe share one set of questions: flat ΛCDM with radiation and massive
neutrinos, and a power law a = (t / age)^m. Times are in Gyr, comoving lengths in Gly, c = 1,
and a = 1 today. Conformal time η = ∫ dt / a is also the particle horizon, and η(∞) − η the
event horizon, which is the radius of what can still be affected (Ord 2021, arXiv:2104.01191).

The ΛCDM answers come from a table uniform in ln a: Gauss-Legendre quadrature within each cell,
cubic Hermite interpolation with exact derivatives between its ends, closed forms outside. They
are good to about 1e-9.
"""

from __future__ import annotations

import math
import sys
from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, TypeVar, cast, final

import numpy as np

from sfc_sim._core.errors import InputError, choice, number, text
from sfc_sim._core.typing import FloatArray
from sfc_sim.constants import AGE_OF_UNIVERSE
from sfc_sim.cosmology.friedmann import Contents, Table, tabulate
from sfc_sim.units import to_value

__all__ = ["TIME_RANGE", "Background", "FlatLambda", "PowerLaw"]

Real = TypeVar("Real", float, FloatArray)

TIME_RANGE = (1e-6, 1e6)  # Gyr: from a thousand years to far past the last stars
"""Times that a background accepts, Gyr."""

_LOG_LARGEST = math.log(sys.float_info.max)


@dataclass(frozen=True, kw_only=True)
class Background(ABC):
    """A homogeneous universe: `Background.named`, `Background.flat`, `Background.power_law`.

    Methods take a float, an array, text with a unit or a Quantity, and answer in the same shape.
    Times must lie within `TIME_RANGE`. Backgrounds of equal parameters are equal and share
    their tables; the name is a label only.

    Examples
    --------
    >>> planck = Background.named("Planck18")
    >>> round(planck.age, 6), round(planck.event_horizon(planck.age), 6)
    (13.786885, 16.580767)
    >>> planck.scale_factor(np.array([1.0, 5.0, 20.0])).round(6)
    array([0.150022, 0.446898, 1.492204])
    """

    name: str = field(compare=False)

    @staticmethod
    def available() -> list[str]:
        """Return the names that `named` knows: astropy's flat ΛCDM parameter sets.

        Examples
        --------
        >>> "Planck18" in Background.available()
        True
        """
        from astropy import cosmology

        flat = cosmology.FlatLambdaCDM
        return [n for n in cosmology.available if isinstance(getattr(cosmology, n), flat)]

    @staticmethod
    def named(name: str) -> FlatLambda:
        """Return the background of a published parameter set, with its neutrinos.

        Parameters
        ----------
        name : str
            One of `available`, such as ``"Planck18"`` (Planck Collaboration 2020, A&A 641, A6,
            Table 2; its matter is baryons and cold dark matter, without neutrinos).

        Raises
        ------
        InputError
            If the name is not known.

        Examples
        --------
        >>> Background.named("WMAP9").contents.hubble
        69.32
        """
        try:
            return _published(name)
        except (LookupError, TypeError):
            choice(name, "cosmology", Background.available())
            raise

    @staticmethod
    def flat(
        *,
        hubble: float = 67.74,
        matter: float = 0.3089,
        radiation: float = 9.1e-5,
        name: str = "flat",
    ) -> FlatLambda:
        """Return a flat universe of matter, massless radiation and a cosmological constant.

        Parameters
        ----------
        hubble : float, default 67.74
            Hubble constant today in km/s/Mpc, from 1 to 1000.
        matter, radiation : float, default 0.3089 and 9.1e-5
            Shares of the critical density today; Λ has the rest, which must be positive.
            The defaults are close to Planck Collaboration 2016 (A&A 594, A13).
        name : str, default "flat"
            A label.

        Raises
        ------
        InputError
            If a parameter is outside its range.

        Examples
        --------
        >>> round(Background.flat().age, 3)
        13.797
        """
        contents = Contents(
            hubble=to_value(hubble, "km / (s Mpc)", "hubble"),
            matter=to_value(matter, "", "matter"),
            photons=to_value(radiation, "", "radiation"),
        )
        return FlatLambda(name=name, contents=contents)

    @staticmethod
    def power_law(
        exponent: float, age: float = AGE_OF_UNIVERSE.value, *, name: str = "power-law"
    ) -> PowerLaw:
        """Return the universe a = (t / age)^exponent, which has no event horizon.

        Parameters
        ----------
        exponent : float
            Between 0 and 1, both excluded; 2/3 is matter alone (Hanson et al. 2021).
        age : float, default 13.787
            Time today in Gyr, within `TIME_RANGE`.
        name : str, default "power-law"
            A label.

        Raises
        ------
        InputError
            If a parameter is outside its range.

        Examples
        --------
        >>> round(Background.power_law(2 / 3).conformal_time(13.787), 3)
        41.361
        """
        text(name, "name")
        exponent, age = to_value(exponent, "", "exponent"), to_value(age, "Gyr", "age")
        return PowerLaw(name=name, exponent=exponent, today=age)

    @property
    def age(self) -> float:
        """Cosmic time today in Gyr."""
        return float(self._time_at(np.zeros(())))

    @property
    @abstractmethod
    def future_conformal_time(self) -> float:
        """Conformal time at the end of time in Gly: all that will ever be observable.

        Infinite in a power law.
        """

    @property
    def observable_volume_now(self) -> float:
        """Comoving volume of the observable universe today in Gly³ (the OUSV)."""
        return float(_ball(self._conformal_at(np.zeros(()))))

    def log_scale_factor(self, time: Real) -> Real:
        """Return ln a at a time in Gyr.

        Examples
        --------
        >>> round(Background.named("Planck18").log_scale_factor(1e6), 7)
        57430.3001521
        """
        return self._at_time(time, lambda x: x)

    def scale_factor(self, time: Real) -> Real:
        """Return a at a time in Gyr; an error where it overflows (see `log_scale_factor`).

        Examples
        --------
        >>> Background.power_law(0.5, 16.0).scale_factor(4.0)
        0.5
        """
        return self._at_time(time, _exponential)

    def time(self, scale_factor: Real) -> Real:
        """Return the time in Gyr at which the scale factor has the given value.

        Examples
        --------
        >>> round(Background.power_law(0.5, 16.0).time(0.5), 9)
        4.0
        """
        low, high = self._log_scale_range
        largest = sys.float_info.max if high > _LOG_LARGEST else float(np.exp(high))
        given = _within("scale_factor", scale_factor, "", float(np.exp(low)), largest)
        return _same(scale_factor, self._time_at(np.log(given)))

    def time_at_redshift(self, redshift: Real) -> Real:
        """Return the time in Gyr of a redshift; the future has redshifts between −1 and 0.

        Examples
        --------
        >>> round(Background.named("Planck18").time_at_redshift(1.0), 6)
        5.851343
        """
        low, high = self._log_scale_range
        earliest = max(float(np.expm1(-high)), float(np.nextafter(-1.0, 0.0)))
        given = _within("redshift", redshift, "", earliest, float(np.expm1(-low)))
        return _same(redshift, self._time_at(-np.log1p(given)))

    def conformal_time(self, time: Real) -> Real:
        """Return η in Gly at a time in Gyr: the radius of the observable universe then.

        Examples
        --------
        >>> round(Background.named("Planck18").conformal_time(10.0), 4)
        41.8404
        """
        return self._at_time(time, self._conformal_at)

    def particle_horizon(self, time: Real) -> Real:
        """Return the comoving particle horizon in Gly, which is `conformal_time`.

        Examples
        --------
        >>> round(Background.power_law(0.5, 16.0).particle_horizon(4.0), 9)
        16.0
        """
        return self.conformal_time(time)

    def time_at_conformal(self, conformal_time: Real) -> Real:
        """Return the time in Gyr of a conformal time in Gly.

        With an event horizon, late times crowd below `future_conformal_time`: a double tells
        them apart to 1e-13 Gyr at 50 Gyr, to 0.01 Gyr at 500 Gyr, and not at all past 700 Gyr.

        Examples
        --------
        >>> round(Background.power_law(0.5, 16.0).time_at_conformal(16.0), 9)
        4.0
        """
        low, high = (float(self._conformal_at(np.asarray(x))) for x in self._log_scale_range)
        last = min(high, float(np.nextafter(self.future_conformal_time, 0.0)))
        given = _within("conformal_time", conformal_time, "Gly", low, last)
        return _same(conformal_time, self._time_at(self._log_scale_at_conformal(given)))

    def event_horizon(self, time: Real) -> Real:
        """Return the comoving radius in Gly that light sent at a time can ever reach.

        It is the affectable radius. It rounds to 0 when below the smallest double (past 13 000
        Gyr; see `log_event_horizon`) and is infinite in a power law.

        Examples
        --------
        >>> round(Background.named("Planck18").event_horizon(100.0), 8)
        0.11542363
        """
        return self._at_time(time, lambda x: np.exp(self._log_horizon_at(x)))

    def log_event_horizon(self, time: Real) -> Real:
        """Return the natural logarithm of the event horizon in Gly; infinite in a power law.

        Examples
        --------
        >>> round(Background.named("Planck18").log_event_horizon(1e4), 3)
        -570.726
        """
        return self._at_time(time, self._log_horizon_at)

    def hubble_rate(self, time: Real) -> Real:
        """Return the expansion rate (da/dt)/a in 1/Gyr at a time in Gyr.

        Examples
        --------
        >>> round(1.0 / Background.named("Planck18").hubble_rate(1e3), 6)
        17.412191
        """
        return self._at_time(time, self._hubble_at)

    def affectable_volume(self, time: Real) -> Real:
        """Return the comoving volume in Gly³ within the event horizon at a time in Gyr.

        Examples
        --------
        >>> round(Background.named("Planck18").affectable_volume(13.787))
        19094
        """
        return self._at_time(time, lambda x: _ball(np.exp(self._log_horizon_at(x))))

    def observable_volume(self, time: Real) -> Real:
        """Return the comoving volume in Gly³ within the particle horizon at a time in Gyr.

        Examples
        --------
        >>> round(Background.named("Planck18").observable_volume(13.787))
        413080
        """
        return self._at_time(time, lambda x: _ball(self._conformal_at(x)))

    @property
    def _log_scale_range(self) -> tuple[float, float]:
        low, high = self._log_scale_at(np.array(TIME_RANGE))
        return float(low), float(high)

    def _at_time(self, time: Real, function: Callable[[FloatArray], FloatArray]) -> Real:
        given = _within("time", time, "Gyr", *TIME_RANGE)
        return _same(time, function(self._log_scale_at(given)))

    # What a universe must answer, as functions of x = ln a; arguments are already checked.

    @abstractmethod
    def _log_scale_at(self, time: FloatArray) -> FloatArray: ...
    @abstractmethod
    def _log_scale_at_conformal(self, conformal: FloatArray) -> FloatArray: ...
    @abstractmethod
    def _time_at(self, x: FloatArray) -> FloatArray: ...
    @abstractmethod
    def _conformal_at(self, x: FloatArray) -> FloatArray: ...
    @abstractmethod
    def _log_horizon_at(self, x: FloatArray) -> FloatArray: ...
    @abstractmethod
    def _hubble_at(self, x: FloatArray) -> FloatArray: ...


@final
@dataclass(frozen=True, kw_only=True)
class FlatLambda(Background):
    """Flat ΛCDM: made by `Background.named` or `Background.flat`.

    Examples
    --------
    >>> round(Background.named("Planck18").contents.dark_energy, 6)
    0.688846
    """

    contents: Contents

    @property
    def future_conformal_time(self) -> float:
        """Conformal time at the end of time in Gly."""
        return self._table.future_conformal_time

    @property
    def _table(self) -> Table:
        return tabulate(self.contents)

    def _log_scale_at(self, time: FloatArray) -> FloatArray:
        return self._table.log_scale_at(time)

    def _log_scale_at_conformal(self, conformal: FloatArray) -> FloatArray:
        return self._table.log_scale_at_conformal(conformal)

    def _time_at(self, x: FloatArray) -> FloatArray:
        return self._table.time_at(x)

    def _conformal_at(self, x: FloatArray) -> FloatArray:
        return self._table.conformal_at(x)

    def _log_horizon_at(self, x: FloatArray) -> FloatArray:
        return self._table.log_horizon_at(x)

    def _hubble_at(self, x: FloatArray) -> FloatArray:
        return self.contents.expansion(x) / self.contents.hubble_time


@final
@dataclass(frozen=True, kw_only=True)
class PowerLaw(Background):
    """The universe a = (t / today)^exponent: made by `Background.power_law`.

    Examples
    --------
    >>> Background.power_law(2 / 3).event_horizon(13.787)
    inf
    """

    exponent: float
    today: float

    def __post_init__(self) -> None:
        if not 0.0 < number(self.exponent, "exponent") < 1.0:
            raise InputError(f"exponent: {self.exponent} is outside the allowed 0 < exponent < 1")
        _within("age", self.today, "Gyr", *TIME_RANGE)

    @property
    def future_conformal_time(self) -> float:
        """Infinite: everything is observable in the end."""
        return math.inf

    def _log_scale_at(self, time: FloatArray) -> FloatArray:
        return np.asarray(self.exponent * np.log(time / self.today))

    def _log_scale_at_conformal(self, conformal: FloatArray) -> FloatArray:
        m = self.exponent
        return np.asarray(m / (1.0 - m) * np.log(conformal * (1.0 - m) / self.today))

    def _time_at(self, x: FloatArray) -> FloatArray:
        return np.asarray(self.today * np.exp(x / self.exponent))

    def _conformal_at(self, x: FloatArray) -> FloatArray:
        m = self.exponent
        return np.asarray(self.today / (1.0 - m) * np.exp(x * (1.0 - m) / m))

    def _log_horizon_at(self, x: FloatArray) -> FloatArray:
        return np.full_like(x, np.inf)

    def _hubble_at(self, x: FloatArray) -> FloatArray:
        return np.asarray(self.exponent / self._time_at(x))


@lru_cache(maxsize=16)
def _published(name: str) -> FlatLambda:
    """Read a parameter set of astropy; neutrinos share Neff evenly, as they do there.

    Only the one asked for is made: all of them take a second. LookupError if there is none.
    """
    import astropy.units as u
    from astropy import cosmology
    from astropy.constants import k_B

    model = getattr(cosmology, name) if name in cosmology.available else None
    if not isinstance(model, cosmology.FlatLambdaCDM):
        raise LookupError(name)
    masses = (model.m_nu / (k_B * model.Tnu0)).to_value(u.one, u.mass_energy())
    contents = Contents(
        hubble=float(model.H0.to_value("km / (s Mpc)")),
        matter=float(model.Om0),
        photons=float(model.Ogamma0),
        neutrinos=float(model.Neff),
        neutrino_masses=tuple(float(mass) for mass in masses),
    )
    return FlatLambda(name=name, contents=contents)


def _ball(radius: FloatArray) -> FloatArray:
    return np.asarray(4.0 / 3.0 * np.pi * radius**3)


def _exponential(x: FloatArray) -> FloatArray:
    if (x > _LOG_LARGEST).any():
        raise InputError(
            f"time: the scale factor would be exp({x.max():g}), too large for a double; "
            "use log_scale_factor"
        )
    return np.exp(x)


def _within(name: str, value: Any, unit: str, low: float, high: float) -> FloatArray:
    """Return `value` as an array in `unit`, or the error for its first entry out of range."""
    given = np.asarray(to_value(value, unit, name))
    wrong = ~((given >= low) & (given <= high))
    if wrong.any():
        allowed = f"{low} to {high} {unit}".rstrip()
        raise InputError(f"{name}: {float(given[wrong][0])} is outside the allowed {allowed}")
    return given


def _same(_: Real, result: FloatArray) -> Real:
    """Return a result as a float if it is a scalar, else as the array it is."""
    return cast("Real", float(result) if result.ndim == 0 else result)
