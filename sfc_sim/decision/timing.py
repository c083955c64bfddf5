"""When resources are reached, and what they are worth then: kappa, and the cost of delay.

What others recover they come to later than humanity would have. Meanwhile stars burn, and space
that expands carries off what could have been brought together. A weighting says what a place
reached at a date is worth; s kappa is what others recover, by its worth at their arrival, over
what humanity would grab, by its worth at ours.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import TYPE_CHECKING, Final, NamedTuple, TypeAlias

import numpy as np

from sfc_sim._core.arguments import validated
from sfc_sim._core.effective import carriers, least_error
from sfc_sim._core.errors import InputError, number, shown, unknown
from sfc_sim._core.renamed import renamed
from sfc_sim._core.schema import label, require
from sfc_sim._core.studied import takes_study
from sfc_sim._core.typing import FloatArray, RandomLike
from sfc_sim._core.weighted import product_of_ratios, ratio_of_sums
from sfc_sim.cosmology.background import Background
from sfc_sim.decision.outcomes import Picked, arrivals_of, chosen_worlds
from sfc_sim.decision.shares import is_one, saturation
from sfc_sim.expansion.arrivals import Arrivals
from sfc_sim.scenario.origin import origin_of

if TYPE_CHECKING:
    import xarray as xr

__all__ = [
    "WEIGHTINGS",
    "Weighting",
    "check_weighting",
    "delay_cost",
    "loss_by_waiting",
    "retention",
]

Worth: TypeAlias = Callable[[FloatArray], FloatArray]

# Gyr: a rate of nullifying events that is small, but not next to the times of expansion.
DECAY_TIME: Final = 100.0
YEAR: Final = 1e-9
PICKS: Final = 1000
"""Worlds at least that stand for all of a theory."""


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


def picks_of(draws: int) -> int:
    """Return how many worlds stand for all: their error shrinks as that of all draws does.

    Examples
    --------
    >>> picks_of(2000), picks_of(20_000)
    (1000, 4000)
    """
    return max(PICKS, draws // 5)


@takes_study
@renamed(sampled="size")
@validated()
def retention(
    draws: xr.Dataset,
    weights: xr.Dataset,
    weighting: str | Worth = "starlight",
    *,
    size: int | None = None,
    rng: RandomLike = None,
) -> xr.Dataset:
    """Return the value that recovered resources keep, as others arrive later.

    Parameters
    ----------
    draws, weights : xarray.Dataset
        From `sfc_sim.sample` and `sfc_sim.weigh`; or a study, in place of both.
    weighting : str or callable, default "starlight"
        A name out of `WEIGHTINGS`, or a function of the date (Gyr since Big Bang, any shape) that
        says what a place reached then is worth.
    size : int, optional
        Worlds taken, per theory, in proportion to copies x volume grabbed; by default 1000, or a
        fifth of the draws if that is more.
    rng : None, int, SeedSequence or Generator, optional
        By default that of the draws, so that the same draws give the same answer.

    Returns
    -------
    xarray.Dataset
        Dim ``theory``, with standard errors: ``recovered_worth`` (s kappa) and ``retention``
        (kappa), and ``date_grabbed`` and ``date_recovered``, mean dates (Gyr) of our arrival and
        of theirs; ``worlds``, how many different ones were taken.

    Raises
    ------
    InputError
        If the weighting is unknown or the scenario has no fronts.

    Notes
    -----
    s kappa = sum n R_w / sum n A_w: R_w is the worth at others' arrival of what they recover, A_w
    the worth at ours of all that humanity would grab; and s = sum n R / sum n A, of volumes. kappa
    may be above 1, as what lies near is both worth more and recovered sooner than what lies far; a
    weighting that does not change gives 1. The worlds taken give kappa, all draws s.

    Examples
    --------
    >>> import sfc_sim as sfc
    >>> draws = sfc.sample("finnveden2019", 2000, rng=1)
    >>> weights = sfc.weigh(draws, "none", theories=["prior"])
    >>> kept = retention(draws, weights, "volume", size=100)
    >>> kept.retention.values.round(6)
    array([1.])
    """
    import xarray as xr

    require(weights, ["log_weight"], "weigh")
    background = origin_of(draws).background
    worth = worth_of(weighting, background)
    many = picks_of(draws.sizes["draw"]) if size is None else size
    share = saturation(draws, weights)
    rows = []
    for theory in weights["theory"].values:
        picked = chosen_worlds(draws, weights, str(theory), many, rng)
        found = arrivals_of(draws, weights, picked)
        rows.append(_kept(found, picked.log_copies, worth, share.sel(theory=theory)))
    table = {name: ("theory", np.array([row[name] for row in rows])) for name in rows[0]}
    name = weighting if isinstance(weighting, str) else "own"
    return label(
        xr.Dataset(
            table,
            coords={"theory": weights["theory"].values},
            attrs=weights.attrs | {"weighting": name},
        )
    )


def _kept(
    found: Arrivals, log_copies: FloatArray, worth: Worth, share: xr.Dataset
) -> dict[str, float]:
    """Return s kappa, kappa and dates of one theory."""
    copies = np.exp(log_copies - log_copies.max())
    s, error = (
        float(share[name]) for name in ("recovered_share", "recovered_share_standard_error")
    )
    kept, spread, date = 1.0, 0.0, (np.inf, 0.0)
    volume = found.recovered()
    # Where nothing is recovered, at no date, what it would have kept cannot matter.
    if volume.any():
        upper = found.recovered(worth), found.grabbed()
        lower = found.grabbed(worth), volume
        kept, spread = product_of_ratios(copies, upper, lower)
        spread = max(spread, _if_few(found, copies, worth, kept))
        date = ratio_of_sums(log_copies, found.recovered(_date), volume)
    ours = ratio_of_sums(log_copies, found.grabbed(_date), found.grabbed())
    return {
        "recovered_worth": s * kept,
        "recovered_worth_standard_error": float(np.hypot(kept * error, s * spread)),
        "retention": kept,
        "retention_standard_error": spread,
        "date_grabbed": ours[0],
        "date_grabbed_standard_error": ours[1],
        "date_recovered": date[0],
        "date_recovered_standard_error": date[1],
        "worlds": float(log_copies.size),
    }


def _if_few(found: Arrivals, copies: FloatArray, worth: Worth, kept: float) -> float:
    """Return the least error of kappa where few draws carry the volumes, else 0.

    One effective draw may keep nothing, or all of what it would be worth if it were ours; but a
    worth that hardly changes hardly changes kappa.
    """
    ours, theirs = found.grabbed(), found.recovered()
    if is_one({"grabbed": ours, "recovered": theirs}):
        return 0.0
    few = min(carriers(copies * volume) for volume in (ours, theirs))
    span = float(np.ptp(worth(found.dates())) * (copies @ ours) / (copies @ found.grabbed(worth)))
    return least_error(0.0, few, few) * min(abs(span), max(1.0, abs(kept)))


def _date(dates: FloatArray) -> FloatArray:
    return dates


@validated(date="Gyr")
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


@takes_study
@renamed(sampled="size")
@validated(delay="Gyr")
def delay_cost(
    draws: xr.Dataset,
    weights: xr.Dataset,
    *,
    delay: float = 0.01,
    size: int = 1000,
    rng: RandomLike = None,
) -> xr.Dataset:
    """Return the share that a delay of our start loses, by theory.

    Parameters
    ----------
    draws, weights : xarray.Dataset
        From `sfc_sim.sample` and `sfc_sim.weigh`, of a scenario with dates; or a study, in place
        of both.
    delay : float, default 0.01
        Conformal time (Gly) of the finite difference; today that is as many Gyr.
    size, rng : optional
        See `retention`.

    Returns
    -------
    xarray.Dataset
        Dim ``theory``: ``grabbed_lost_per_year``, ``marginal_lost_per_year``, relative losses of
        A and of U, each with its standard error, and ``alone_lost_per_year``, that with nobody
        else: 3 / (event horizon).

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
    >>> lost = delay_cost(draws, sfc.weigh(draws, "none", theories=["prior"]), size=50)
    >>> float(lost.alone_lost_per_year[0])
    1.8093...e-10
    """
    import xarray as xr

    require(weights, ["log_weight"], "weigh")
    if number(delay, "delay", 0.0) == 0.0:
        raise InputError("delay is 0 Gly; a difference needs one greater than 0")
    background = origin_of(draws).background
    rows = []
    for theory in weights["theory"].values:
        picked = chosen_worlds(draws, weights, str(theory), size, rng)
        soon, late = (arrivals_of(draws, weights, picked, delay=tau) for tau in (0.0, delay))
        alone = loss_by_waiting(background.age, background)
        row = {"alone_lost_per_year": alone}
        for name in ("grabbed", "marginal"):
            before, after = getattr(soon, name)(), getattr(late, name)()
            found = _lost(picked, before, before - after, delay, alone)
            row[f"{name}_lost_per_year"], row[f"{name}_lost_per_year_standard_error"] = found
        rows.append(row)
    table = {name: ("theory", np.array([row[name] for row in rows])) for name in rows[0]}
    return label(
        xr.Dataset(table, coords={"theory": weights["theory"].values}, attrs=weights.attrs)
    )


def _lost(
    picked: Picked, before: FloatArray, lost: FloatArray, delay: float, alone: float
) -> tuple[float, float]:
    """Return the part of a volume that a year of delay loses, and its standard error."""
    part, error = (
        value / delay * YEAR
        for value in ratio_of_sums(picked.log_copies, lost, before, picked.world.strata)
    )
    if is_one({"before": before, "lost": lost}):
        return part, 0.0
    # One effective draw may lose nothing, or as much as others do.
    few = carriers(np.exp(picked.log_copies - picked.log_copies.max()) * before)
    return part, max(error, least_error(0.0, few, few) * max(abs(part), alone))
