"""Environmental windows that open one after another, without hard steps (Mills et al. 2025).

Nothing is intrinsically unlikely: a civilization appears once the environment of its planet allows
it. Planets differ in when their windows open, so that appearances spread over time.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar, final

import numpy as np

from sfc_sim import constants
from sfc_sim._core.typing import FloatArray
from sfc_sim.appearance.base import Dated
from sfc_sim.appearance.shared import (
    EARLY,
    FUTURE,
    GALAXIES,
    GALAXIES_ALLOWED,
    HISTORY,
    LONGEST_HABITABILITY,
    Early,
    Future,
    History,
)
from sfc_sim.distributions.declarations import Declared, Interval, option
from sfc_sim.planets.delays import Delayed, DelayLaw
from sfc_sim.planets.formation import PlanetHistory

__all__ = ["Windows"]


@final
@dataclass(frozen=True)
class Windows(Dated):
    """Civilizations that appear when the last of a planet's environmental windows opens.

    Parameters
    ----------
    planet_history, future_planets, early_universe : str
        See `sfc_sim.planets.formation` and `sfc_sim.planets.habitability`.
    galaxies : float
        Galaxies per observable universe, for numbers per galaxy.

    Notes
    -----
    The parameters are arrays of shape (draw,) by name: `windows`, `window_opening` and
    `window_spread` (Gyr), `try_once`, `longest_habitability` (Gyr). Planets that ever form number
    5e18 sqrt(longest / Gyr) per volume, as in the models of Hanson et al. (2021) and Cook (2022).
    The source states windows and no formula: this form is ours.

    Examples
    --------
    >>> import numpy as np
    >>> world = {"windows": 1.0, "window_opening": 4.5, "window_spread": 1.0, "try_once": 1.0,
    ...          "longest_habitability": 10.0}
    >>> world = {name: np.array([value]) for name, value in world.items()}
    >>> log_rate, _ = Windows().log_rate(world, np.array([[13.787]]))
    >>> f"{np.exp(log_rate[0, 0]):.1e}"                          # per Gyr and volume
    '2.7e+17'
    """

    name = "windows"
    title = "Environmental windows without hard steps"
    source = "Mills et al. 2025; the form of the model is derived here"
    tested = True
    parameters: ClassVar[tuple[Declared, ...]] = (
        Declared(
            "windows", "k", "", "number of environmental windows that must have opened",
            Interval("[1, 30]"), integer=True,
        ),
        Declared(
            "window_opening", "\\mu", "Gyr", "mean age of a planet when a window opens",
            Interval("(0, 100]"),
        ),
        Declared(
            "window_spread", "\\sigma", "Gyr",
            "standard deviation of that age from planet to planet", Interval("[0.05, 5]"),
        ),
        Declared(
            "try_once", "w", "",
            "probability that a planet gets through once all windows are open", Interval("(0, 1]"),
            told_by="origin of life and evolution",
        ),
        LONGEST_HABITABILITY,
    )  # fmt: skip
    amount = "try_once"

    planet_history: History = option("hanson2021", HISTORY)
    future_planets: Future = option("formula", FUTURE)
    early_universe: Early = option("none", EARLY)
    galaxies: float = option(1e10, GALAXIES, GALAXIES_ALLOWED)

    def onset(self, parameters: Mapping[str, FloatArray]) -> FloatArray:
        """Return the first date at which anything can appear, Gyr, shape (draw,)."""
        return self._delayed(parameters).onset

    def log_rate(
        self, parameters: Mapping[str, FloatArray], times: FloatArray
    ) -> tuple[FloatArray, FloatArray]:
        """Return the log rate per Gyr and volume at `times` (draw, node), and that of later ones.

        Per unit try-once probability. What appears after the last date is left out: planets form
        for less than 400 Gyr.
        """
        rate = self._delayed(parameters).rate(times)
        with np.errstate(divide="ignore"):
            log_rate = np.log(rate) + self._log_planets(parameters)[:, None]
        return log_rate, np.full(times.shape[0], -np.inf)

    def log_observers(self, parameters: Mapping[str, FloatArray], now: float) -> FloatArray:
        """Return the log density of civilizations that appear now on planets as old as Earth."""
        alike = self._delayed(parameters).observers(now, constants.EARTH_AGE.value)
        with np.errstate(divide="ignore"):
            return np.asarray(np.log(alike) + self._log_planets(parameters))

    def _delayed(self, parameters: Mapping[str, FloatArray]) -> Delayed:
        names = ("window_opening", "window_spread", "windows")
        return Delayed(
            PlanetHistory(self.planet_history, self.future_planets),
            DelayLaw(*(parameters[name] for name in names)),
            parameters["longest_habitability"],
            self.early_universe,
        )

    def _log_planets(self, parameters: Mapping[str, FloatArray]) -> FloatArray:
        """Return the log of planets formed by today, in which histories are counted."""
        history = PlanetHistory(self.planet_history, self.future_planets)
        ever = constants.PLANETS_PER_VOLUME.value * np.sqrt(parameters["longest_habitability"])
        return np.log(ever / history.total())
