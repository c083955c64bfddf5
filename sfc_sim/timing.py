"""When resources are reached, and what they are worth then: kappa, and the cost of delay.

What others recover they come to later than humanity would have. Meanwhile stars burn, and space
that expands carries off what could have been brought together. A weighting says what a place
reached at a date is worth; kappa is what recovered resources are worth over what they would have
been worth to us.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import TYPE_CHECKING, Final, NamedTuple, TypeAlias

import numpy as np

from sfc_sim._errors import InputError, number, unknown
from sfc_sim._typing import FloatArray, RandomLike
from sfc_sim.cosmology import Background
from sfc_sim.expansion.arrivals import Arrivals
from sfc_sim.outcomes import arrivals_of, chosen_worlds
from sfc_sim.results import label, require
from sfc_sim.saturation import ratio_of_sums

if TYPE_CHECKING:
    import xarray as xr

__all__ = [
    "WEIGHTINGS",
    "Weighting",
    "as_retention",
    "check_weighting",
    "delay_cost",
    "loss_by_waiting",
    "retention",
    "retention_of",
]

Worth: TypeAlias = Callable[[FloatArray], FloatArray]

# Gyr: a rate of nullifying events that is small, but not next to the times of expansion.
DECAY_TIME: Final = 100.0
YEAR: Final = 1e-9


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
        "comoving volume inside the event horizon: what can still be brought together there",
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


@cache
def starlight_left() -> tuple[FloatArray, FloatArray]:
    """Return dates (Gyr) and the starlight yet to be given off by all stars, relative to all ever.

    Examples
    --------
    >>> ages, left = starlight_left()
    >>> bool(left[0] == 1.0) and bool((np.diff(left) <= 0.0).all())
    True
    """
    from sfc_sim.appearance.host_stars import IMFS, host_lifetime
    from sfc_sim.appearance.planet_formation import PlanetHistory

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


def as_retention(text: str) -> float | str:
    """Return what is kept of value from text: a number, or the name of a weighting.

    Examples
    --------
    >>> as_retention("0.5"), as_retention("starlight")
    (0.5, 'starlight')
    """
    try:
        return float(text)
    except ValueError:
        return text


def worth_of(weighting: str | Worth, background: Background) -> Worth:
    """Return what a place is worth by date, from a name or a function of the date (Gyr)."""
    if callable(weighting):
        return weighting
    check_weighting(weighting)
    return WEIGHTINGS[weighting].make(background)


def retention(
    draws: xr.Dataset,
    weights: xr.Dataset,
    weighting: str | Worth = "starlight",
    *,
    sampled: int = 1000,
    rng: RandomLike = None,
) -> xr.Dataset:
    """Return what recovered resources keep of their value, because others come later.

    Parameters
    ----------
    draws, weights : xarray.Dataset
        From `sfc_sim.sample` and `sfc_sim.weigh`.
    weighting : str or callable, default "starlight"
        A name out of `WEIGHTINGS`, or a function of the date (Gyr since Big Bang, any shape) that
        says what a place reached then is worth.
    sampled : int, default 1000
        Worlds taken, per theory, in proportion to copies x volume grabbed.
    rng : None, int, SeedSequence or Generator, optional
        By default that of the draws, so that the same draws give the same answer.

    Returns
    -------
    xarray.Dataset
        Dim ``theory``: ``retention`` (kappa) and its standard error; ``date_grabbed`` and
        ``date_recovered``, mean dates (Gyr) of our arrival and of theirs; ``worlds``, how many
        different ones were taken.

    Raises
    ------
    InputError
        If the weighting is unknown or the scenario has no fronts.

    Notes
    -----
    kappa = sum n R / sum n (A_w - U_w): R is the worth at others' arrival of what they recover,
    A_w - U_w the worth of the same at ours. A weighting that does not change gives 1.

    Examples
    --------
    >>> import sfc_sim as sfc
    >>> draws = sfc.sample("finnveden2019", 2000, rng=1)
    >>> weights = sfc.weigh(draws, "none", theories=["prior"])
    >>> kept = retention(draws, weights, "volume", sampled=100)
    >>> kept.retention.values.round(6)
    array([1.])
    """
    import xarray as xr

    require(weights, ["log_weight"], "weigh")
    background = Background.named(str(draws.attrs["cosmology"]))
    worth = worth_of(weighting, background)
    rows = []
    for theory in weights["theory"].values:
        picked = chosen_worlds(draws, weights, str(theory), sampled, rng)
        found = arrivals_of(draws, weights, picked)
        rows.append(_kept(found, picked.log_copies, worth))
    table = {name: ("theory", np.array([row[name] for row in rows])) for name in rows[0]}
    name = weighting if isinstance(weighting, str) else "own"
    return label(
        xr.Dataset(
            table,
            coords={"theory": weights["theory"].values},
            attrs=weights.attrs | {"weighting": name},
        )
    )


def _kept(found: Arrivals, log_copies: FloatArray, worth: Worth) -> dict[str, float]:
    """Return kappa and dates of one theory."""
    later, ours = found.recovered(worth), found.grabbed(worth) - found.marginal(worth)
    row = {
        "date_grabbed": ratio_of_sums(log_copies, found.grabbed(_date), found.grabbed())[0],
        "worlds": float(log_copies.size),
    }
    volume = found.recovered()
    if not volume.any():
        # Nothing is recovered, at no date: what it would have kept cannot matter.
        return {"retention": 1.0, "retention_standard_error": 0.0, "date_recovered": np.inf, **row}
    kept, error = ratio_of_sums(log_copies, later, ours)
    date, _ = ratio_of_sums(log_copies, found.recovered(_date), volume)
    return {"retention": kept, "retention_standard_error": error, "date_recovered": date, **row}


def _date(dates: FloatArray) -> FloatArray:
    return dates


def retention_of(draws: xr.Dataset, weights: xr.Dataset, weighting: str) -> FloatArray:
    """Return kappa by theory, in [0, 1], as `sfc_sim.value_adjustment` takes it.

    Examples
    --------
    >>> import sfc_sim as sfc
    >>> draws = sfc.sample("finnveden2019", 2000, rng=1)
    >>> retention_of(draws, sfc.weigh(draws, "none", theories=["prior"]), "volume").round(6)
    array([1.])
    """
    kept = retention(draws, weights, weighting)["retention"].values
    return np.asarray(np.clip(kept, 0.0, 1.0))  # rounding may leave 1 + 1e-16


def loss_by_waiting(date: float, background: Background) -> float:
    """Return the part of the volume in reach that a year of waiting loses, with nobody else.

    Parameters
    ----------
    date : float
        Gyr since the Big Bang.
    background : Background
        The cosmology.

    Returns
    -------
    float
        Per year: 3 c / (a x comoving event horizon), late in time three times the Hubble rate.

    Examples
    --------
    >>> import sfc_sim as sfc
    >>> universe = sfc.Background.named("Planck18")
    >>> f"{1.0 / loss_by_waiting(400.0, universe):.4g} years"
    '5.804e+09 years'
    """
    log_proper = background.log_event_horizon(date) + background.log_scale_factor(date)
    return float(3.0 * np.exp(-log_proper)) * YEAR


def delay_cost(
    draws: xr.Dataset,
    weights: xr.Dataset,
    *,
    delay: float = 0.01,
    sampled: int = 1000,
    rng: RandomLike = None,
) -> xr.Dataset:
    """Return what a delay of our start loses, by theory.

    Parameters
    ----------
    draws, weights : xarray.Dataset
        From `sfc_sim.sample` and `sfc_sim.weigh`, of a scenario with dates.
    delay : float, default 0.01
        Conformal time (Gly) of the finite difference; today that is as many Gyr.
    sampled, rng
        See `retention`.

    Returns
    -------
    xarray.Dataset
        Dim ``theory``: ``grabbed_lost_per_year``, ``marginal_lost_per_year``, relative losses of
        A and of U, and ``alone_lost_per_year``, that with nobody else: 3 / (event horizon).

    Raises
    ------
    InputError
        If the scenario has no dates, or the delay is not greater than 0.

    Notes
    -----
    The value of speeding up by a time is u_H times the loss of A less kappa u_A times that of
    A - U, as others take part of what we would lose.

    Examples
    --------
    >>> import sfc_sim as sfc
    >>> draws = sfc.sample("finnveden2019", 1000, rng=1)
    >>> lost = delay_cost(draws, sfc.weigh(draws, "none", theories=["prior"]), sampled=50)
    >>> float(lost.alone_lost_per_year[0])
    1.8093...e-10
    """
    import xarray as xr

    require(weights, ["log_weight"], "weigh")
    if number(delay, "delay", 0.0) == 0.0:
        raise InputError("delay is 0 Gly; a difference needs one greater than 0")
    background = Background.named(str(draws.attrs["cosmology"]))
    rows = []
    for theory in weights["theory"].values:
        picked = chosen_worlds(draws, weights, str(theory), sampled, rng)
        soon, late = (arrivals_of(draws, weights, picked, delay=tau) for tau in (0.0, delay))
        row = {}
        for name in ("grabbed", "marginal"):
            before, after = getattr(soon, name)(), getattr(late, name)()
            lost, _ = ratio_of_sums(picked.log_copies, before - after, before)
            row[f"{name}_lost_per_year"] = lost / delay * YEAR
        row["alone_lost_per_year"] = loss_by_waiting(background.age, background)
        rows.append(row)
    table = {name: ("theory", np.array([row[name] for row in rows])) for name in rows[0]}
    return label(
        xr.Dataset(table, coords={"theory": weights["theory"].values}, attrs=weights.attrs)
    )
