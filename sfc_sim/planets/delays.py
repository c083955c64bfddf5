"""Births that follow the formation of planets after a delay.

    rate(t) = g(t) int rho(t - s) p(s) [1 - H(s)] ds

with rho the formation of planets, p the law of the age s at which a civilization appears, H the
share of planets that are habitable for less than s, and g the early-universe factor.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import final

import numpy as np
from scipy import special

from sfc_sim._core.errors import InputError
from sfc_sim._core.quadrature import gauss_legendre
from sfc_sim._core.typing import FloatArray
from sfc_sim.planets.formation import PlanetHistory
from sfc_sim.planets.habitability import early_habitability, early_onset, share_habitable_longer

__all__ = ["DelayLaw", "Delayed"]

# Beyond so many standard deviations a normal law is cut: 2e-8 of it lies outside.
_CUT = 5.5
_NODES = 48  # 1e-3 of the peak for the widest law, 1e-5 for one of 1 Gyr
# Gyr: histories bend over a Gyr and more, so that straight lines between dates miss 1e-6 of them.
_STEP, _END = 0.005, 400.0


@final
@dataclass(frozen=True)
class DelayLaw:
    """Age of a planet when its civilization appears: the last of several windows to open.

    Each window opens at an age that is normal, cut at zero; one window is a normal delay.

    Parameters
    ----------
    mean, spread : float or ndarray, shape (draw,)
        Gyr, of each window's age; positive.
    windows : float or ndarray, shape (draw,), default 1
        How many must have opened.

    Raises
    ------
    InputError
        If one of them is not positive.

    Examples
    --------
    >>> law = DelayLaw(4.55, 1.0)
    >>> ages, weights = law.rule()
    >>> float((ages * weights).sum().round(3))
    4.55
    """

    mean: float | FloatArray
    spread: float | FloatArray
    windows: float | FloatArray = 1.0

    def __post_init__(self) -> None:
        for name in ("mean", "spread", "windows"):
            value = np.asarray(getattr(self, name), dtype=float)
            wrong = ~(np.isfinite(value) & (value > 0.0))
            if wrong.any():
                raise InputError(
                    f"{name} of a delay is {value[wrong].flat[0]:g}; it must be positive and finite"
                )

    @property
    def first(self) -> FloatArray:
        """The least age that is kept, Gyr, in the shape of the fields."""
        return np.asarray(np.maximum(0.0, self.mean - _CUT * self.spread))

    def density(self, age: float | FloatArray) -> FloatArray:
        """Return the density of the age, per Gyr; ages have the shape of the fields."""
        at, whole = np.asarray(age, dtype=float), special.ndtr(np.divide(self.mean, self.spread))
        scaled = (at - self.mean) / self.spread
        one = np.exp(-0.5 * scaled**2) / (self.spread * np.sqrt(2.0 * np.pi) * whole)
        # Open are those that have opened, of those that open at positive ages.
        opened = np.maximum(special.ndtr(scaled) - (1.0 - whole), 0.0) / whole
        return np.where(at > 0.0, self.windows * opened ** (self.windows - 1.0) * one, 0.0)

    def rule(self, longest: float | FloatArray = np.inf) -> tuple[FloatArray, FloatArray]:
        """Return ages up to the longest, and weights, shape (age,) + that of the fields.

        Without a longest age the weights sum to nearly one; if it is below the first, to zero.
        """
        nodes, weights = gauss_legendre(_NODES)
        column = (-1,) + (1,) * np.ndim(self.first)
        last = np.minimum(self.mean + _CUT * self.spread, longest)
        width = np.maximum(last - self.first, 0.0)
        ages = self.first + width * nodes.reshape(column)
        return ages, width * weights.reshape(column) * self.density(ages)


@final
@dataclass(frozen=True)
class Delayed:
    """Civilizations that appear on planets after a delay, one per planet formed by today.

    Parameters
    ----------
    history : PlanetHistory
        When planets form.
    delay : DelayLaw
        How old they are when it happens.
    longest : float or ndarray, shape (draw,), default inf
        Longest time that any planet stays habitable, Gyr (Hanson et al. 2021); inf: no limit.
    early : str, default "none"
        Early-universe factor, see `sfc_sim.planets.habitability.early_habitability`.

    Examples
    --------
    >>> made = Delayed(PlanetHistory("hanson2021"), DelayLaw(4.55, 1.0))
    >>> made.rate(np.array([[3.0, 13.787, 390.0]])).round(4)
    array([[0.    , 0.1112, 0.    ]])
    """

    history: PlanetHistory
    delay: DelayLaw
    longest: float | FloatArray = np.inf
    early: str = "none"

    @property
    def onset(self) -> FloatArray:
        """First date at which anything appears, Gyr, in the shape of the delay."""
        return np.maximum(self.delay.first, early_onset(self.early))

    def rate(self, times: FloatArray) -> FloatArray:
        """Return the rates per Gyr, were every planet to bear a civilization.

        Parameters
        ----------
        times : ndarray, shape (draw, node)
            Gyr; as many draws as the fields have, or any number where these are single.
        """
        from sfc_sim.kernels import delayed as kernels

        # Shares bend at the longest age: a rule that went beyond would miss a percent.
        ages, weights = self.delay.rule(self.longest)
        kept = np.broadcast_to((weights * self._habitable(ages)).T, (len(times), _NODES))
        ages = np.broadcast_to(ages.T, kept.shape)
        rates = np.empty(times.shape)
        kernels.delayed_rates(times, ages.copy(), kept.copy(), _even(self.history), _STEP, rates)
        return np.asarray(rates * early_habitability(times, self.early))

    def observers(self, now: float, age: float) -> FloatArray:
        """Return the density of those that appear `now` on planets of that age, per Gyr^2."""
        density = self.delay.density(age) * self._habitable(np.array(age))
        return np.asarray(
            density * early_habitability(now, self.early) * self.history.rate(now - age)
        )

    def _habitable(self, ages: FloatArray) -> FloatArray:
        return np.asarray(share_habitable_longer(ages / self.longest, 1.0))


@lru_cache
def _even(history: PlanetHistory) -> FloatArray:
    """Return the formation of planets at even dates, to the end of expansion."""
    return history.rate(np.arange(0.0, _END + _STEP, _STEP))
