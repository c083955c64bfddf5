"""Flat ΛCDM worked out: the Friedmann equation and its integrals, tabulated once.

Everything is a function of x = ln a. The table holds time t, conformal time η and the logarithm
of the event horizon χ = η(∞) − η at the nodes, and their exact derivatives; χ has its own column
because η(∞) − η keeps no digit at late times. Times are in Gyr, lengths in comoving Gly.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple, final

import numpy as np
from numpy.typing import NDArray

from sfc_sim._core.errors import InputError
from sfc_sim._core.typing import FloatArray
from sfc_sim.constants import HUBBLE_TIME

START, END = -18.0, 62.0  # ln a: Λ is nothing before, everything after, to the last bit
CELLS = 8000  # with 40 dividing it, today (x = 0) is a node
_NODES, _WEIGHTS = np.polynomial.legendre.leggauss(8)

_FERMI_DIRAC = 7 / 8 * (4 / 11) ** (4 / 3)  # one neutrino species over photons, massless
_FIT_SCALE, _FIT_POWER = 0.3173, 1.83  # Komatsu et al. 2011 (ApJS 192, 18), section 3.3
_ALLOWED = {"hubble": (1.0, 1000.0), "matter": (1e-3, 1.0), "photons": (0.0, 0.1)}


@final
@dataclass(frozen=True)
class Contents:
    """What fills a flat universe today; Λ has what is left of the critical density.

    `hubble` is in km/s/Mpc, `neutrinos` the effective number of species, shared evenly by the
    entries of `neutrino_masses`: mass over temperature today, m c² / (k T).
    """

    hubble: float
    matter: float
    photons: float
    neutrinos: float = 0.0
    neutrino_masses: tuple[float, ...] = ()

    def __post_init__(self) -> None:
        for name, (low, high) in _ALLOWED.items():
            if not low <= (value := getattr(self, name)) <= high:
                label = "radiation" if name == "photons" else name
                raise InputError(f"{label}: {value} is outside the allowed {low:g} to {high:g}")
        if not self.dark_energy > 0.0:
            raise InputError(
                f"matter: {self.matter} with radiation {self.radiation(0.0):g} leaves no dark "
                "energy; their sum must be below 1 (without dark energy use Background.power_law)"
            )

    @property
    def hubble_time(self) -> float:
        """1/H0 in Gyr."""
        return HUBBLE_TIME.value / self.hubble

    @property
    def dark_energy(self) -> float:
        """Share of Λ today."""
        return 1.0 - self.matter - float(self.radiation(0.0))

    @property
    def final_hubble_rate(self) -> float:
        """Expansion rate at the end of time in 1/Gyr."""
        return math.sqrt(self.dark_energy) / self.hubble_time

    def radiation(self, x: float | FloatArray) -> FloatArray:
        """Return photons and neutrinos, as a share of today's critical density times a⁴."""
        a = np.exp(x)
        relative = np.zeros_like(a)
        for mass in self.neutrino_masses:
            relative += (1.0 + (_FIT_SCALE * mass * a) ** _FIT_POWER) ** (1.0 / _FIT_POWER)
        per_species = _FERMI_DIRAC * self.neutrinos / max(len(self.neutrino_masses), 1)
        return np.asarray(self.photons * (1.0 + per_species * relative))

    def expansion(self, x: FloatArray) -> FloatArray:
        """Return E = H/H0, by the Friedmann equation."""
        x = np.minimum(x, END)  # E has reached its limit to the last bit; exp(x) would overflow
        matter, radiation = self.matter * np.exp(-3.0 * x), self.radiation(x) * np.exp(-4.0 * x)
        return np.asarray(np.sqrt(matter + radiation + self.dark_energy))


class Column(NamedTuple):
    """A rising function of x: its values and derivatives at the nodes."""

    values: FloatArray
    slopes: FloatArray


@final
@dataclass(frozen=True, eq=False)
class Table:
    """Time, conformal time and −ln χ against x = ln a, in cells of width `step`."""

    contents: Contents
    step: float
    time: Column
    conformal: Column
    horizon: Column

    @property
    def future_conformal_time(self) -> float:
        """Conformal time at the end of time in Gly."""
        today = self._today
        return float(self.conformal.values[today] + np.exp(-self.horizon.values[today]))

    @property
    def _today(self) -> int:
        return round(-START / self.step)

    def time_at(self, x: FloatArray) -> FloatArray:
        """Return the time in Gyr; past the table a grows as exp(H t)."""
        late = np.maximum(x - END, 0.0) / self.contents.final_hubble_rate
        return np.asarray(self._interpolate(self.time, np.minimum(x, END)) + late)

    def log_horizon_at(self, x: FloatArray) -> FloatArray:
        """Return ln χ; past the table χ falls as 1/a."""
        falling = self._interpolate(self.horizon, np.minimum(x, END)) + np.maximum(x - END, 0.0)
        return np.asarray(-falling)

    def conformal_at(self, x: FloatArray) -> FloatArray:
        """Return η; after today as η(∞) − χ, so that the two never disagree."""
        early = self._interpolate(self.conformal, np.minimum(x, 0.0))
        late = self.future_conformal_time - np.exp(self.log_horizon_at(np.maximum(x, 0.0)))
        return np.where(x < 0.0, early, late)

    def log_scale_at(self, time: FloatArray) -> FloatArray:
        """Return x at a time in Gyr: the inverse of `time_at`."""
        last = self.time.values[-1]
        late = np.maximum(time - last, 0.0) * self.contents.final_hubble_rate
        return np.asarray(self._invert(self.time, np.minimum(time, last)) + late)

    def log_scale_at_conformal(self, conformal: FloatArray) -> FloatArray:
        """Return x at a conformal time: the inverse of `conformal_at`."""
        today = self.conformal.values[self._today]
        early = self._invert(self.conformal, np.minimum(conformal, today))
        left = self.future_conformal_time - np.maximum(conformal, today)
        return np.where(conformal < today, early, self._invert(self.horizon, -np.log(left)))

    def _interpolate(self, column: Column, x: FloatArray) -> FloatArray:
        """Return the cubic Hermite interpolant of a column at x within the table."""
        position = (x - START) / self.step
        cell = np.minimum(np.asarray(position, dtype=np.int64), len(column.values) - 2)
        return self._cubic(column, cell, position - cell)[0]

    def _invert(self, column: Column, target: FloatArray) -> FloatArray:
        """Return x at which the interpolant has the target value, by Newton's method."""
        values = column.values
        cell = np.clip(np.searchsorted(values, target, "right") - 1, 0, len(values) - 2)
        part = (target - values[cell]) / (values[cell + 1] - values[cell])
        for _ in range(4):  # a cell is nearly straight: errors 1e-3, 1e-6, 1e-12, below rounding
            value, slope = self._cubic(column, cell, part)
            part = part - (value - target) / slope
        return np.asarray(START + self.step * (cell + part))

    def _cubic(
        self, column: Column, cell: NDArray[np.int64], u: FloatArray
    ) -> tuple[FloatArray, FloatArray]:
        """Return the Hermite cubic of a cell and its derivative at u in [0, 1]."""
        low, high = column.values[cell], column.values[cell + 1]
        enter, leave = self.step * column.slopes[cell], self.step * column.slopes[cell + 1]
        bend, twist = 3.0 * (high - low) - 2.0 * enter - leave, enter + leave - 2.0 * (high - low)
        value = low + u * (enter + u * (bend + u * twist))
        return value, enter + u * (2.0 * bend + 3.0 * u * twist)


@lru_cache(maxsize=16)
def tabulate(contents: Contents, cells: int = CELLS) -> Table:
    """Integrate the Friedmann equation over the whole history (8-point Gauss-Legendre a cell)."""
    x, step = np.linspace(START, END, cells + 1, retstep=True)
    inside = x[:-1, None] + 0.5 * step * (1.0 + _NODES)

    def per_cell(integrand: Callable[[FloatArray], FloatArray]) -> FloatArray:
        return 0.5 * step * (integrand(inside) @ _WEIGHTS)

    def time_slope(at: FloatArray) -> FloatArray:
        return contents.hubble_time / contents.expansion(at)

    def conformal_slope(at: FloatArray) -> FloatArray:
        return time_slope(at) * np.exp(-at)

    first_time, first_conformal = _beginning(contents)
    pieces = per_cell(conformal_slope)
    last_horizon = math.exp(-END) / contents.final_hubble_rate
    # From the end backwards: small terms first, so that no digit of the late horizon is lost.
    horizon = np.cumsum(np.append(last_horizon, pieces[::-1]))[::-1]
    time = np.cumsum(np.append(first_time, per_cell(time_slope)))
    conformal = np.cumsum(np.append(first_conformal, pieces))
    columns = (
        Column(time, time_slope(x)),
        Column(conformal, conformal_slope(x)),
        Column(-np.log(horizon), conformal_slope(x) / horizon),
    )
    for array in (array for column in columns for array in column):
        array.setflags(write=False)  # shared by every user of the cache
    return Table(contents, float(step), *columns)


def _beginning(contents: Contents) -> tuple[float, float]:
    """Return t and η at the first node, in closed form for matter and radiation without Λ."""
    a, radiation = math.exp(START), float(contents.radiation(START))
    root, all_root = math.sqrt(radiation), math.sqrt(contents.matter * a + radiation)
    time = 2 / 3 * a**2 * (all_root + 2 * root) / (all_root + root) ** 2
    return contents.hubble_time * time, contents.hubble_time * 2 * a / (all_root + root)
