"""Hard steps of evolution on planets that form, live and die (Cook 2022, after Carter 1983).

The rate of appearance per observable-universe-size volume is

    alpha(t) = w g(t) T(L) int f(t - b) rho(b) [1 - H(t - b)] db,

with w the try-once probability, g the early-universe factor, T = 5e18 sqrt(L / Gyr) planets of
which a share H(s) = sqrt(s / L) is habitable for less than s, rho the habitable star formation
t^3 exp(-t / 4 Gyr), and f the density of the time that all steps and the delay take.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar, Final, Literal, final

import numpy as np

from sfc_sim import constants
from sfc_sim._core.errors import InputError
from sfc_sim._core.quadrature import gauss_legendre
from sfc_sim._core.typing import FloatArray
from sfc_sim.appearance.base import Dated
from sfc_sim.appearance.shared import GALAXIES, GALAXIES_ALLOWED, LONGEST_HABITABILITY
from sfc_sim.distributions.declarations import Contested, Declared, Interval, option

__all__ = ["HardSteps"]

# Whose results would tell.
LIFE: Final = "origin of life and evolution"
PLANETS: Final = "exoplanets and the early universe"

SUNLIKE: Final = 10.0
"""Gyr for which planets like ours stay habitable at most, in the unit of observers (assumed)."""


@final
@dataclass(frozen=True)
class HardSteps(Dated):
    """Civilizations that appear when a planet has passed all its hard steps in time.

    Parameters
    ----------
    completion : {"gamma", "hypoexponential"}
        Law of the time that the steps take: the gamma law of equal steps at the geometric mean
        (as published), or the exact sum of exponentials of different means.
    step_times : {"geometric-mean", "common"}
        Whether each step has its own draw of `step_time`, or all share one.
    delay_form : {"shift", "exponential"}
        A fixed time without hard steps, or one of exponential law with that mean.
    like_us : {"age-and-date", "and-lasting"}
        What civilizations exactly like us share with us: the age of our planet and the date; or
        as well that their planet, of all that form, is one that stays habitable as long as Earth
        has so far (the third feature of Cook 2022).
    life_steps, life_try_once : float
        What a planet with life has passed: so many of the hard steps, the first of them, and this
        share of the try-once steps, of the log of their chance.
    galaxies : float
        Galaxies per observable universe, for numbers per galaxy.

    Notes
    -----
    The parameters are arrays of shape (draw,) by name: `hard_steps`, `step_time` (Gyr), `delay`
    (Gyr), `try_once`, `longest_habitability` (Gyr), `early_habitability`, `habitability_onset`
    and `habitability_width` (Gyr); with own step times also `step_times` (draw, step).

    Examples
    --------
    >>> import numpy as np
    >>> world = {"hard_steps": 5.0, "step_time": 5000.0, "delay": 1.0, "try_once": 1.0,
    ...          "longest_habitability": 10.0, "early_habitability": 1.0,
    ...          "habitability_onset": 7.0, "habitability_width": 1.0}
    >>> world = {name: np.array([value]) for name, value in world.items()}
    >>> log_rate, log_later = HardSteps().log_rate(world, np.linspace(1.0, 400.0, 4001)[None])
    >>> np.exp(log_rate[0, 200]).round(2)                    # per Gyr and volume, at 20.95 Gyr
    np.float64(10.83)
    """

    name = "hard-steps"
    title = "Hard steps on habitable planets"
    source = "Cook 2022, chapter 1; after Carter 1983 and Hanson et al. 2021"
    tested = True
    parameters: ClassVar[tuple[Declared, ...]] = (
        Declared(
            "hard_steps", "n", "", "number of hard try-try steps", Interval("[1, 30]"),
            integer=True, told_by=LIFE,
        ),
        Declared(
            "step_time", "h", "Gyr",
            "expected time of a hard step, were the planet habitable for ever",
            Interval("[0.01, inf)"), told_by=LIFE,
        ),
        Declared(
            "delay", "d", "Gyr",
            "time taken by all easy steps together, delays and fuses included", Interval("[0, 12]"),
            told_by=LIFE,
        ),
        Declared(
            "try_once", "w", "", "probability of passing every try-once step", Interval("(0, 1]"),
            told_by=LIFE,
        ),
        LONGEST_HABITABILITY,
        Declared(
            "early_habitability", "u", "",
            "habitability of planets at the Big Bang, relative to today", Interval("[0, 1]"),
            told_by=PLANETS,
        ),
        Declared(
            "habitability_onset", "t_{mid}", "Gyr",
            "date of the midpoint of the rise of habitability", Interval("[0, 50]"),
            contested=Contested(
                "onset of habitability", "the rise of habitability is dated",
                {"3 Gyr": 3.0, "5 Gyr": 5.0, "9 Gyr": 9.0},
                by="Cook 2022 does not state its form",
            ),
            told_by=PLANETS,
        ),
        Declared(
            "habitability_width", "\\Delta t", "Gyr",
            "time scale of the rise of habitability (logistic)", Interval("[0.05, inf)"),
        ),
    )  # fmt: skip
    amount = "try_once"

    completion: Literal["gamma", "hypoexponential"] = option(
        "gamma",
        "law of the completion time: equal steps of the geometric-mean time, or the exact sum",
    )
    step_times: Literal["geometric-mean", "common"] = option(
        "geometric-mean",
        "step_time drawn for each step, with h their geometric mean, or one h for all steps",
    )
    delay_form: Literal["shift", "exponential"] = option(
        "shift", "the delay is a fixed time, or exponential with that mean"
    )
    like_us: Literal["age-and-date", "and-lasting"] = option(
        "age-and-date",
        "civilizations like us share the age of our planet and the date,"
        " or planets that last as long, too",
        contested=Contested(
            "planets like ours",
            "civilizations like us share our planet's age and the date",
            {"and a planet that lasts as long": "and-lasting"},
            by="Cook 2022",
        ),
    )
    life_steps: float = option(
        1.0,
        "how many of the hard steps, the first of them, a planet with life has passed",
        "[0, 30]",
    )
    life_try_once: float = option(
        0.0, "share of the try-once steps, of the log of their chance, that life takes", "[0, 1]"
    )
    galaxies: float = option(1e10, GALAXIES, GALAXIES_ALLOWED)

    @property
    def repeated(self) -> dict[str, str]:
        """Parameters drawn anew for each unit of another, by name."""
        return {"step_time": "hard_steps"} if self.step_times == "geometric-mean" else {}

    def combine(self, parameters: Mapping[str, FloatArray]) -> dict[str, FloatArray]:
        """Return the parameters with `step_time` the geometric mean of a draw's own steps."""
        combined = dict(parameters)
        if "step_times" in parameters:
            own, steps = parameters["step_times"], parameters["hard_steps"]
            used = np.arange(own.shape[1]) < steps[:, None]
            combined["step_time"] = np.exp(np.where(used, np.log(own), 0.0).sum(axis=1) / steps)
        return combined

    def onset(self, parameters: Mapping[str, FloatArray]) -> FloatArray:
        """Return the first date at which anything can appear, Gyr, shape (draw,)."""
        delay = parameters["delay"]
        return delay if self.delay_form == "shift" else np.zeros_like(delay)

    def log_rate(
        self, parameters: Mapping[str, FloatArray], times: FloatArray
    ) -> tuple[FloatArray, FloatArray]:
        """Return the log rate of appearance at `times`, and the log number that come later.

        Parameters
        ----------
        parameters : mapping of str to ndarray
            By name, shape (draw,); see the class.
        times : ndarray, shape (draw, node)
            Dates in Gyr, rising from the onset; gaps set the accuracy of the quadrature.

        Returns
        -------
        log_rate : ndarray, shape (draw, node)
            Per Gyr and observable-universe-size volume, at try-once probability 1.
        log_later : ndarray, shape (draw,)
            Log of the number that appear after the last date.
        """
        from sfc_sim.kernels import hard_steps as kernels

        longest = parameters["longest_habitability"]
        rates, stages = self._chain(parameters)
        log_rate, log_later = np.empty_like(times), np.empty(times.shape[0])
        kernels.log_appearance(
            np.asarray(parameters["hard_steps"], dtype=float),
            parameters["step_time"],
            longest,
            parameters["early_habitability"],
            parameters["habitability_onset"],
            parameters["habitability_width"],
            rates,
            stages,
            times,
            np.log(constants.PLANETS_PER_VOLUME.value * np.sqrt(longest)),
            constants.STAR_FORMATION_DECAY.value,
            gauss_legendre(3),
            gauss_legendre(8),
            log_rate,
            log_later,
        )
        return log_rate, log_later

    def log_observers(self, parameters: Mapping[str, FloatArray], now: float) -> FloatArray:
        """Return the log density of civilizations that appear now, at Earth's age, as we did.

        Relative, per unit try-once probability; minus infinity where the delay is longer than
        Earth has lived, or no planet stays habitable for as long. Source: Cook (2022), the
        number of exactly-like-us civilizations.
        """
        from sfc_sim.kernels import hard_steps as kernels

        rates, stages = self._chain(parameters)
        steps = np.asarray(parameters["hard_steps"], dtype=float)
        log_density = np.empty(steps.size)
        kernels.log_completion(
            steps, parameters["step_time"], self.onset(parameters), rates, stages,
            constants.EARTH_AGE.value, log_density,
        )  # fmt: skip
        early = parameters["early_habitability"]
        before = (parameters["habitability_onset"] - now) / parameters["habitability_width"]
        # No planet as old as Earth where none stays habitable for so long.
        longest, age = parameters["longest_habitability"], constants.EARTH_AGE.value
        log_density[longest <= age] = -np.inf
        with np.errstate(divide="ignore"):
            if self.like_us == "and-lasting":
                # Planets go as sqrt(longest); a share 1 - sqrt(age / longest) of them last so long.
                log_density += np.log(np.maximum(np.sqrt(longest) - np.sqrt(age), 0.0))
            log_rise = np.log1p(-early) - np.logaddexp(0.0, before)
            return np.asarray(log_density + np.logaddexp(np.log(early), log_rise))

    def log_life(self, parameters: Mapping[str, FloatArray]) -> FloatArray:
        """Return the log of the chance that a planet of Earth's age has passed the steps of life.

        Those are the first of the hard steps, in the law of all of them; the delay comes later.
        """
        if self.completion == "hypoexponential" and self.repeated:
            raise InputError(
                "completion 'hypoexponential' has a time for each step, of which draws keep the"
                " mean alone: set step_times to 'common', or completion to 'gamma'"
            )
        steps = np.minimum(np.asarray(parameters["hard_steps"], dtype=float), self.life_steps)
        passed = log_gamma_cdf(steps, constants.EARTH_AGE.value / parameters["step_time"])
        return passed + self.life_try_once * np.log(parameters["try_once"])

    def log_unit_of_observers(self, now: float) -> float:
        """Return the log of planets per volume and Gyr that are as old as Earth; see `Dated`.

        Where those like us share age and date alone their planets are as many whatever lasts
        longest: here those of stars that live no longer than the Sun.
        """
        age, decay = constants.EARTH_AGE.value, constants.STAR_FORMATION_DECAY.value
        born = now - age
        formed = 3.0 * np.log(born) - born / decay - np.log(6.0 * decay**4)
        planets = float(np.log(constants.PLANETS_PER_VOLUME.value) + formed)
        if self.like_us == "and-lasting":
            return planets
        return planets + float(np.log(np.sqrt(SUNLIKE) - np.sqrt(age)))

    def _chain(self, parameters: Mapping[str, FloatArray]) -> tuple[FloatArray, np.ndarray]:
        """Return the rates of the exponential stages and their number; zero means gamma law."""
        steps = np.asarray(parameters["hard_steps"])
        draws = steps.size
        late = self.delay_form == "exponential"
        exact = self.completion == "hypoexponential"
        if not (exact or late):
            return np.zeros((draws, 1)), np.zeros(draws, dtype=np.int64)
        most = int(steps.max())
        rates = np.empty((draws, most + 1))
        rates[:, :most] = 1.0 / parameters["step_time"][:, None]
        if exact and self.step_times == "geometric-mean":
            if "step_times" not in parameters:
                raise InputError(
                    "completion 'hypoexponential' needs the time of every step: 'step_times'"
                    " of shape (draw, step) is missing"
                )
            rates[:, :most] = 1.0 / parameters["step_times"][:, :most]
        stages = steps.astype(np.int64)
        if late:
            late_draws = np.flatnonzero(parameters["delay"] > 0.0)
            rates[late_draws, stages[late_draws]] = 1.0 / parameters["delay"][late_draws]
            stages[late_draws] += 1
        return rates, stages


def log_gamma_cdf(shape: FloatArray, x: FloatArray) -> FloatArray:
    """Return the log of the chance that a gamma law of unit scale is below `x`, also if tiny.

    Examples
    --------
    >>> log_gamma_cdf(np.array([0.0, 1.0, 30.0]), np.array([1.0, 1e-20, 1e-20])).round(3)
    array([    0.   ,   -46.052, -1456.209])
    """
    from scipy.special import gammainc, gammaln, hyp1f1

    small = np.minimum(x, 1.0)
    series = shape * np.log(small) - small - gammaln(shape + 1.0)
    series += np.log(hyp1f1(1.0, shape + 1.0, small))
    with np.errstate(divide="ignore"):
        return np.asarray(np.where(x < 1.0, np.minimum(series, 0.0), np.log(gammainc(shape, x))))
