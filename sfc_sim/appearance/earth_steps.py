"""Steps of evolution as an appearance model: the planets that pass all, and the evidence of Earth.

Civilizations come at the end of a chain of steps, each an exponential wait of its own rate, and
all within the time that the planet stays habitable (Carter 1983). What is known of Earth is in
`sfc_sim.earth.history`.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, ClassVar, Final, Literal, NamedTuple, final

import numpy as np
import numpy.typing as npt

from sfc_sim._core.errors import InputError
from sfc_sim._core.typing import FloatArray
from sfc_sim.appearance.base import Appearance
from sfc_sim.constants import EARTH_AGE
from sfc_sim.distributions.declarations import Free, Interval, option

if TYPE_CHECKING:
    from sfc_sim.appearance.timeline import Timeline
    from sfc_sim.cosmology.background import Background
    from sfc_sim.expansion.base import Batch
    from sfc_sim.scenario.parameter import Parameter

__all__ = ["MARS_TIME", "EarthSteps", "StepsPassed"]

MARS_TIME = 0.5
"""Gyr for which Mars could have given rise to life (Spiegel & Turner 2012)."""

# -ln(1 - q) where q has been rounded to 1: the middle of the numbers that round so.
_ROUNDED_TO_ONE = 55.0 * math.log(2.0)


@dataclass(frozen=True)
class EarthSteps(Appearance):
    """Steps of evolution, of any names, judged by the dates of life on Earth.

    Parameters
    ----------
    likelihood : {"timeline", "spiegel2012", "kipping2020", "none"}
        What is known of Earth: a date interval per step (`earliest`, `latest`, `selection`), one
        of two published likelihoods, or nothing.
    window : float
        Time that a planet stays habitable, in which all steps must be passed, Gyr.
    reaches : {"life", "intelligence"}
        What the last step gives.
    living : tuple of str
        Steps that a planet with life has passed, where the last gives more than life.

    Notes
    -----
    The other options are those of the likelihoods;
    ``sfc_sim.distributions.declarations.declared_options`` has them.

    Examples
    --------
    >>> sorted(EarthSteps(reaches="life").gives)
    ['log_earth_likelihood', 'number']
    """

    name = "earth-history"
    title = "Steps of evolution, judged by the dates of life on Earth"
    source = "Carter 1983, 2008; Spiegel & Turner 2012; Kipping 2020; Snyder-Beattie et al. 2021"
    free: ClassVar[tuple[Free, ...]] = (
        Free(Interval("[0, inf)"), "the rate of a step", unit="1/Gyr"),
        Free(
            Interval("[0, 1]"),
            "the chance to pass a step within the window, were it the only one",
            unit="",
        ),
    )

    likelihood: Literal["timeline", "spiegel2012", "kipping2020", "none"] = option(
        "timeline",
        "what is known of Earth: a date interval per step, one of two published likelihoods, or"
        " nothing",
    )
    window: float = option(
        5.5,
        "time that a planet stays habitable, in which all steps must be passed, Gyr",
        "(0, 1e5]",
    )
    earliest: tuple[float, ...] = option(
        (),
        "timeline: no earlier than this each step was passed on Earth, Gyr since it became"
        " habitable; empty: 0",
        "[0, inf)",
    )
    latest: tuple[float, ...] = option(
        (),
        "timeline: each step was passed by then, Gyr since Earth became habitable; empty: the"
        " window",
        "(0, inf)",
    )
    selection: Literal["observers", "none"] = option(
        "observers",
        "timeline: given that all steps are passed within the window, as whoever asks must find,"
        " or not",
    )
    t_min: float = option(
        0.5, "Spiegel & Turner: age of the planet from which life can start, Gyr", "[0, inf)"
    )
    t_emerge: float = option(
        0.7, "Spiegel & Turner: age of Earth by which life had started, Gyr", "(0, inf)"
    )
    t_max: float = option(
        10.0,
        "Spiegel & Turner: age of the planet from which life can no longer start, Gyr",
        "(0, inf)",
    )
    delta_evolve: float = option(
        1.0,
        "Spiegel & Turner: least time from the start of life to those who ask, Gyr",
        "[0, inf)",
    )
    today: float = option(4.5, "Spiegel & Turner: age of Earth now, Gyr", "(0, inf)")
    mars: Literal["no", "yes"] = option(
        "no",
        "Spiegel & Turner: whether life also started on its own on Mars, within 0.5 Gyr",
    )
    life_by: float = option(
        0.304, "Kipping: time from habitability to the earliest evidence of life, Gyr", "(0, inf)"
    )
    intelligence_at: float = option(
        4.404, "Kipping: time from habitability to now, Gyr", "(0, inf)"
    )
    reaches: Literal["life", "intelligence"] = option(
        "intelligence",
        "what the last step gives; an estimate of life only counts no civilizations",
    )
    living: tuple[str, ...] = option(
        (),
        "steps that a planet with life has passed, where the last step gives more than life",
        factors=True,
    )
    planets_per_universe: float = option(
        1.2e20,
        "Earth-like planets formed by now per observable universe; 1e20 per 1e13 Mpc^3 (Behroozi &"
        " Peeples 2015)",
        "(0, inf)",
    )
    galaxies: float = option(
        1e10,
        "galaxies per observable universe; 1e10 (Sandberg et al.), 7e10 (Frank & Sullivan 2016),"
        " 2e12 (Conselice et al. 2016)",
        "(0, inf)",
    )

    @property
    def gives(self) -> frozenset[str]:
        """A number of planets that pass all steps, and perhaps of civilizations."""
        counted = {"civilizations"} if self.reaches == "intelligence" else set[str]()
        return frozenset({"number", "log_earth_likelihood", *counted})

    def bound(self, factors: Mapping[str, Parameter], background: Background) -> StepsPassed:
        """Return the model with its steps."""
        return self.of(factors)

    def of(self, steps: Mapping[str, Parameter]) -> StepsPassed:
        """Return the model of some steps."""
        return StepsPassed(**self.options, steps=MappingProxyType(dict(steps)))


class _Form(NamedTuple):
    """A likelihood: of how many steps, if it says, and what it tells `Timeline`, if anything."""

    steps: int | None
    dates: Callable[[StepsPassed], tuple[Any, ...] | None]


def _intervals(model: StepsPassed) -> tuple[Any, ...]:
    steps = len(model.steps)
    earliest, latest = model.earliest or (0.0,) * steps, model.latest or (model.window,) * steps
    return earliest, latest, model.window, model.selection == "observers"


def _one_emergence(model: StepsPassed) -> tuple[Any, ...]:
    in_time = min(model.today - model.delta_evolve, model.t_max)
    return (0.0,), (model.t_emerge - model.t_min,), in_time - model.t_min


def _life_and_minds(model: StepsPassed) -> tuple[Any, ...]:
    now = model.intelligence_at
    return (0.0, now), (model.life_by, now), model.window


_FORMS: Final = {
    "timeline": _Form(None, _intervals),
    "spiegel2012": _Form(1, _one_emergence),
    "kipping2020": _Form(2, _life_and_minds),
    "none": _Form(None, lambda _: None),
}


@final
@dataclass(frozen=True)
class StepsPassed(EarthSteps):
    """Steps of evolution that a scenario names.

    Parameters
    ----------
    steps : mapping of str to Parameter
        The steps in order; by keyword, after the options of `EarthSteps`.
    """

    steps: Mapping[str, Parameter] = field(kw_only=True, hash=False)

    def rates(self, parameters: Mapping[str, npt.ArrayLike]) -> FloatArray:
        """Return the rates of all steps, 1/Gyr, shape (draw, step)."""
        columns = []
        for name, parameter in self.steps.items():
            value = np.asarray(parameters[name], dtype=float)
            if not parameter.unit:
                free = np.where(value == 1.0, 0.0, value)
                value = np.where(value == 1.0, _ROUNDED_TO_ONE, -np.log1p(-free)) / self.window
            columns.append(value)
        return np.stack(np.broadcast_arrays(*columns), axis=-1)

    def timeline(self) -> Timeline | None:
        """Return the timeline of Earth that is conditioned on, or None."""
        from sfc_sim.appearance.timeline import Timeline

        steps, form = len(self.steps), _FORMS[self.likelihood]
        if form.steps not in (None, steps):
            raise InputError(
                f"likelihood '{self.likelihood}' needs {form.steps} steps; the scenario has {steps}"
            )
        dates = form.dates(self)
        return None if dates is None else Timeline(*dates)

    def log_likelihood(self, rates: npt.ArrayLike) -> FloatArray:
        """Return the log-likelihood of what is known of Earth, given rates (..., step)."""
        timeline = self.timeline()
        if timeline is None:
            if self.mars == "yes":
                raise InputError("mars = 'yes' needs a likelihood")
            return np.zeros(np.shape(rates)[:-1])
        found = timeline.log_likelihood(rates)
        if self.mars == "yes":
            first = np.asarray(rates, dtype=float)[..., 0]
            found = found + np.log(-np.expm1(-first * MARS_TIME))
        return found

    def outcomes(self, batch: Batch) -> dict[str, FloatArray]:
        """Return the log chance that a planet passes all steps, and the log-likelihood of Earth."""
        from sfc_sim.appearance.timeline import log_success

        rates = self.rates(batch.drawn)
        return {
            "log_success": log_success(rates, self.window),
            "log_earth_likelihood": self.log_likelihood(rates),
        }

    def log_life(self, parameters: Mapping[str, FloatArray]) -> FloatArray:
        """Return the log of the chance that a planet of Earth's age has passed the steps of life.

        Of one that has been habitable since it formed, or for the window where that is shorter.
        """
        from sfc_sim.appearance.timeline import log_success

        steps = tuple(self.steps) if self.reaches == "life" else self.living
        if not steps:
            raise InputError("its history names no steps of life: name them in the option living")
        places = [tuple(self.steps).index(name) for name in steps]
        rates = self.rates(parameters)[:, places]
        return log_success(rates, min(self.window, EARTH_AGE.value))

    def log_number(self, batch: Batch) -> FloatArray:
        """Return the log number of such planets per observable-universe-size volume."""
        return np.asarray(batch.outcomes["log_success"] + np.log(self.planets_per_universe))
