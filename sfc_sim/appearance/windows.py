"""Environmental windows that open one after another, without hard steps (Mills et al. 2025).

Nothing is intrinsically unlikely: a civilization appears once the environment of its planet allows
it. Planets differ in when their windows open, so that appearances spread over time.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import final

import numpy as np

from sfc_sim import constants
from sfc_sim._typing import FloatArray
from sfc_sim.appearance.delayed import Delayed, DelayLaw
from sfc_sim.appearance.planet_formation import PlanetHistory

__all__ = ["Windows"]


@final
@dataclass(frozen=True)
class Windows:
    """Civilizations that appear when the last of a planet's environmental windows opens.

    Parameters
    ----------
    planet_history, future_planets, early_universe : str
        See `sfc_sim.appearance.planet_formation` and `sfc_sim.appearance.habitability`.

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

    planet_history: str = "hanson2021"
    future_planets: str = "formula"
    early_universe: str = "none"
    repeated: Mapping[str, str] = field(default_factory=dict)

    @property
    def amount(self) -> str:
        """The parameter in which the rate is linear."""
        return "try_once"

    @property
    def shaping(self) -> tuple[str, ...]:
        """The parameters on which the rate per unit amount depends."""
        return ("windows", "window_opening", "window_spread", "longest_habitability")

    def log_others(self, parameters: Mapping[str, FloatArray]) -> FloatArray:
        """Return zero: the try-once probability is the amount."""
        return np.zeros(1)

    def combine(self, parameters: Mapping[str, FloatArray]) -> dict[str, FloatArray]:
        """Return the parameters as they are."""
        return dict(parameters)

    def onset(self, parameters: Mapping[str, FloatArray]) -> FloatArray:
        """Return the first date at which anything can appear, Gyr, shape (draw,)."""
        return self._delayed(parameters).onset

    def log_amount(self, parameters: Mapping[str, FloatArray]) -> FloatArray:
        """Return the log of the try-once probability, shape (draw,)."""
        return np.log(parameters["try_once"])

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
