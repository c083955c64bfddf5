"""What a place is worth by the date at which it is reached.

Stars burn, and space that expands carries off what could have been brought together.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Final, NamedTuple, TypeAlias

import numpy as np

from sfc_sim._core.errors import InputError, shown, unknown
from sfc_sim._core.typing import FloatArray
from sfc_sim.cosmology.background import Background

__all__ = ["WEIGHTINGS", "Weighting", "Worth", "check_weighting", "worth_of"]

Worth: TypeAlias = Callable[[FloatArray], FloatArray]

# Gyr: a rate of nullifying events that is small, but not next to the times of expansion.
DECAY_TIME: Final = 100.0


class Weighting(NamedTuple):
    """What a place is worth by the date at which it is reached, relative to today."""

    make: Callable[[Background], Worth]
    meaning: str
    source: str
    status: str


def _volume(_: Background) -> Worth:
    return np.ones_like


def _horizon(background: Background) -> Worth:
    log_now = float(background.log_event_horizon(background.age))
    return lambda dates: np.exp(3.0 * (background.log_event_horizon(dates) - log_now))


def _decay(background: Background) -> Worth:
    return lambda dates: np.exp((background.age - dates) / DECAY_TIME)


def _starlight(background: Background) -> Worth:
    ages, left = starlight_left()
    now = float(np.interp(background.age, ages, left))
    return lambda dates: np.interp(dates, ages, left) / now


WEIGHTINGS: Final[dict[str, Weighting]] = {
    "volume": Weighting(_volume, "a place is worth the same at any date", "", "assumed"),
    "starlight": Weighting(
        _starlight,
        "energy that stars have still to give off, all that will be born included",
        "derived here from Madau & Dickinson (2014), Kroupa (2001) and lifetimes of Loeb, Batista "
        "& Sloan (2016), with fuel in proportion to mass, burnt evenly",
        "assumed",
    ),
    "horizon": Weighting(
        _horizon,
        "comoving volume inside the event horizon: what can still be brought together there, so "
        "that the same matter counts at every place that it can be brought to",
        "derived here; that waiting loses such volume is in Ord (2021)",
        "assumed",
    ),
    "decay": Weighting(
        _decay,
        f"falls by a factor e in {DECAY_TIME:g} Gyr, as by nullifying events at a constant rate",
        "the form is of Tarsney (2023), the time is ours",
        "assumed",
    ),
}
"""Weightings of dates by name."""


@cache
def starlight_left() -> tuple[FloatArray, FloatArray]:
    """Return dates (Gyr) and the starlight yet to be given off by all stars, relative to all ever.

    Examples
    --------
    >>> ages, left = starlight_left()
    >>> bool(left[0] == 1.0) and bool((np.diff(left) <= 0.0).all())
    True
    """
    from sfc_sim.planets.formation import PlanetHistory
    from sfc_sim.planets.hosts import IMFS, host_lifetime

    law = IMFS["kroupa2001"]
    mass = np.geomspace(law.edges[0], law.edges[-1], 600)
    slope = np.where(mass < law.edges[1], law.slopes[0], law.slopes[1])
    stars = (mass / law.edges[1]) ** -slope
    fuel = stars * mass * np.gradient(mass)
    # The law of lifetimes ends at three solar masses, beyond which stars are gone in no time.
    life = np.asarray(host_lifetime(np.minimum(mass, 3.0)))
    born = np.linspace(0.05, 60.0, 1200)
    rate = np.asarray(PlanetHistory("madau2014").rate(born))
    ages = np.append(np.linspace(0.0, 60.0, 241), np.geomspace(62.0, 2e4, 200))
    share = fuel / fuel.sum()
    lived = np.clip((ages[:, None] - born), 0.0, None)
    burnt = np.stack([np.minimum(1.0, age[:, None] / life) @ share for age in lived])
    return ages, 1.0 - burnt @ (rate / rate.sum())


def check_weighting(name: str) -> None:
    """Raise `InputError` unless a weighting of this name exists.

    Examples
    --------
    >>> check_weighting("starlight")
    """
    if name not in WEIGHTINGS:
        raise unknown("weighting", name, WEIGHTINGS)


def worth_of(weighting: str | Worth, background: Background) -> Worth:
    """Return the worth of a place as a function of the date (Gyr), from a name or a function."""
    if callable(weighting):
        own = weighting

        def worth(dates: FloatArray) -> FloatArray:
            found = np.asarray(own(dates))
            if found.dtype.kind not in "iuf" or not np.isfinite(found).all():
                raise InputError(f"weighting gives {shown(found)}; it must give finite numbers")
            return found

        return worth
    check_weighting(weighting)
    return WEIGHTINGS[weighting].make(background)
