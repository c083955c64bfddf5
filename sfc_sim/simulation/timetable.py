"""When civilizations are born, without preclusion: a table of births against conformal time.

Births per comoving volume are Poisson with a rate that depends on time alone. Equal fronts of
comoving speed s then leave uncovered exactly the fraction exp(-s^3 V) of space, with V from the
third moment of the births (Kolmogorov, Johnson, Mehl, Avrami); the table keeps V at its nodes to
tell when a universe is full, and how many are born in it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import final

import numpy as np
from scipy.special import gammaln

from sfc_sim._core.errors import InputError
from sfc_sim._core.typing import FloatArray
from sfc_sim.constants import AGE_OF_UNIVERSE
from sfc_sim.cosmology.background import Background, PowerLaw
from sfc_sim.expansion.coverage import Coverage

__all__ = ["FULL", "Timetable", "power_law_births", "tabulated_births"]

FULL = 40.0
"""Covered volume per volume, overlaps counted, of a universe that is full: e^-40 is left."""

NODES = 4097


@final
@dataclass(frozen=True)
class Timetable:
    """Births without preclusion per Gly^3, and what equal fronts at light speed would cover.

    Between nodes each follows a power of the conformal time since `origin`.

    Parameters
    ----------
    background : Background
        The universe.
    origin : float
        Conformal time before which nobody is born, Gly.
    conformal : ndarray, shape (node,)
        Conformal times, Gly, rising, later than `origin`.
    log_births : ndarray, shape (node,)
        ln of the births per Gly^3 up to a node.
    log_cover : ndarray, shape (node,)
        ln of the covered volume per volume, overlaps counted, for speed 1.
    """

    background: Background
    origin: float
    conformal: FloatArray
    log_births: FloatArray
    log_cover: FloatArray

    @property
    def log_age(self) -> FloatArray:
        """Return ln of the conformal time since the origin, at the nodes."""
        return np.asarray(np.log(self.conformal - self.origin))

    def full_at(self, speed: float, *, delay: float = 0.0, level: float = FULL) -> float:
        """Return the time at which equal fronts fill space, or the end of time, Gly.

        Fronts start `delay` Gyr after births; full is a covered volume per volume of `level`.

        Examples
        --------
        >>> table = power_law_births(6.0, 1e4, Background.power_law(2 / 3))
        >>> table.full_at(0.5) > table.full_at(1.0)
        True
        """
        end = float(self.background.future_conformal_time)
        log_level = np.log(level) - 3.0 * np.log(speed)
        log_age = float(np.interp(log_level, self.log_cover, self.log_age))
        if self.log_cover[-1] < log_level:
            if np.isfinite(end):
                return end
            # Fronts go on after the last birth: V rises by a power of time, as at the end.
            rise = np.diff(self.log_cover[-2:])[0] / np.diff(self.log_age[-2:])[0]
            log_age += (log_level - self.log_cover[-1]) / rise
        full = self.origin + float(np.exp(log_age))
        if delay == 0.0:
            return full
        # Later by the delay of the last front; those never started lie under others.
        late = self.background.conformal_time(self.background.time_at_conformal(full) + delay)
        return min(float(late), end)

    def date_of(self, births: float) -> float:
        """Return the time at which `births` per Gly^3 are reached, Gly; the last node if never.

        Before the first node the power of the first interval goes on.
        """
        early = (np.log(births) - self.log_births[0]) / self._first_power
        if early < 0.0:
            return self.origin + float(np.exp(self.log_age[0] + early))
        return self.origin + float(np.exp(np.interp(np.log(births), self.log_births, self.log_age)))

    def births_by(self, conformal: FloatArray) -> FloatArray:
        """Return the births per Gly^3 up to conformal times (Gly): the inverse of `date_of`."""
        with np.errstate(divide="ignore"):
            log_age = np.log(np.maximum(conformal - self.origin, 0.0))
        early = self.log_births[0] + (log_age - self.log_age[0]) * self._first_power
        inside = np.interp(log_age, self.log_age, self.log_births)
        return np.asarray(np.exp(np.where(log_age < self.log_age[0], early, inside)))

    @property
    def _first_power(self) -> float:
        return float(np.diff(self.log_births[:2])[0] / np.diff(self.log_age[:2])[0])

    def actual(self, speed: float, *, delay: float = 0.0) -> FloatArray:
        """Return the births per Gly^3 outside every equal front up to each node.

        With a delay (Gyr) an estimate: as if space were covered then what it is so much earlier.

        Examples
        --------
        In a matter universe with n = 6, q = 6 / 7, the number is N q Gamma(q) K^-q.

        >>> table = power_law_births(6.0, 1e4, Background.power_law(2 / 3))
        >>> table.actual(1.0)[-1].round(6)
        np.float64(0.005674)
        """
        births, log_cover = np.exp(self.log_births), self.log_cover
        if delay > 0.0:
            dates = self.background.time_at_conformal(self.conformal) - delay
            begun = dates > 0.0
            earlier = self.background.conformal_time(np.where(begun, dates, 1.0))
            shifted = np.interp(earlier, self.conformal, log_cover, left=-np.inf)
            log_cover = np.where(begun, shifted, -np.inf)
        free = np.exp(-np.exp(np.minimum(log_cover + 3.0 * np.log(speed), 6.0)))
        steps = np.diff(births) * 0.5 * (free[1:] + free[:-1])
        return np.asarray(births[0] * free[0] + np.append(0.0, np.cumsum(steps)))


def tabulated_births(coverage: Coverage, log_counted: float) -> Timetable:
    """Return the births that a table of coverage stands for.

    Parameters
    ----------
    coverage : Coverage
        Of one draw; the edges of its cells become the nodes.
    log_counted : float
        ln of the amount of births that are counted, in units of the table.

    Returns
    -------
    Timetable

    Raises
    ------
    InputError
        If nobody is ever born, or the first births come faster than the cells can tell.

    Examples
    --------
    >>> from sfc_sim.expansion import make_grid, tabulate
    >>> planck = Background.named("Planck18")
    >>> grid = make_grid(planck, np.array([5.0]))
    >>> even = tabulate(grid, np.zeros_like(grid.times), np.full(1, -np.inf))  # 1 per Gyr and OUSV
    >>> births = tabulated_births(even, log_counted=0.0)
    >>> today = np.interp(grid.edges[0, grid.now], births.conformal, np.exp(births.log_births))
    >>> round(float(today * planck.observable_volume_now), 3)                  # 13.787 - 5
    8.787
    """
    grid, moments = coverage.grid, coverage.tables.moments[0]
    log_strength = float(coverage.log_strength(np.array([log_counted]))[0])
    if log_strength == -np.inf or moments[-1, 0] == 0.0:
        raise InputError(
            "with these parameters no civilization is ever born: there is nothing to simulate"
        )
    with np.errstate(divide="ignore"):
        log_moments = np.log(moments)
    # The first node that holds births at all, as far as double precision can tell.
    begun = max(int(np.argmax(log_moments[:, 0] > log_moments[-1, 0] - 600.0)), 1)
    if log_moments[begun, 0] == log_moments[begun + 1, 0]:
        raise InputError(
            "the first births come within {np.diff(grid.edges[0])[begun - 1]:.1g} Gly of "
            "conformal time, too fast for the table: spread them out"
        )
    return Timetable(
        grid.background,
        float(grid.edges[0, begun - 1]),
        grid.edges[0, begun:],
        log_strength + log_moments[begun:, 0],
        log_strength + np.log(4.0 * np.pi / 3.0) + log_moments[begun:, 3],
    )


def power_law_births(
    n: float, abundance: float, background: PowerLaw, *, date: float = AGE_OF_UNIVERSE.value
) -> Timetable:
    """Return births ~ t^n in a universe a ~ t^m: exact powers of the conformal time.

    Parameters
    ----------
    n : float
        Power of clock time.
    abundance : float
        Born by `date` per observable-universe-size volume, without preclusion.
    background : PowerLaw
        The universe.
    date : float, default 13.787
        Gyr.

    Returns
    -------
    Timetable

    Examples
    --------
    >>> births = power_law_births(6.0, 1e4, Background.power_law(2 / 3))
    >>> age = births.conformal[[0, -1]]
    >>> np.diff(births.log_births[[0, -1]]) / np.diff(np.log(age))              # n / (1 - m)
    array([18.])
    """
    power = n / (1.0 - background.exponent)
    log_unit_age = np.log(background.conformal_time(date))
    log_density = np.log(abundance / background.observable_volume_now)
    # V = (4 pi / 3) births 3! Gamma(p + 1) / Gamma(p + 4) age^3 for births ~ age^p.
    log_cover = np.log(8.0 * np.pi) + gammaln(power + 1.0) - gammaln(power + 4.0)
    # From a covered volume of 1e-12 to one that even slow fronts overfill.
    log_first = (np.log(1e-12) - log_density - log_cover + power * log_unit_age) / (power + 3.0)
    log_age = log_first + np.linspace(0.0, np.log(1e24) / (power + 3.0), NODES)
    log_births = log_density + power * (log_age - log_unit_age)
    return Timetable(
        background,
        0.0,
        np.exp(log_age),
        log_births,
        log_cover + log_births + 3.0 * log_age,
    )
