"""Some worlds of a theory, made again: for what is too much to work out for every draw."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from sfc_sim._core.errors import InputError, affordable, shown, whole_number
from sfc_sim._core.random import seed_of
from sfc_sim._core.schema import cone_of, require
from sfc_sim._core.studied import takes_study
from sfc_sim._core.typing import FloatArray, RandomLike
from sfc_sim._core.variables import WHICH
from sfc_sim._core.weighted import shares_of
from sfc_sim._core.world import World, worlds
from sfc_sim.cosmology.background import Background
from sfc_sim.expansion.arrivals import Arrivals, arrivals_among, arrivals_at_once, joined_arrivals
from sfc_sim.expansion.coverage import tables_of
from sfc_sim.expansion.quiet import visible_fraction
from sfc_sim.scenario.origin import origin_of
from sfc_sim.simulation.sources import parameters_of

if TYPE_CHECKING:
    import xarray as xr

__all__ = ["Picked", "arrivals_of", "by_scenario", "chosen_worlds", "picked_evenly"]


def picked_evenly(weight: FloatArray, many: int, start: float) -> tuple[np.ndarray, np.ndarray]:
    """Return the places of draws picked evenly by weight, each once, and how often each came.

    Examples
    --------
    >>> picked_evenly(np.array([0.5, 0.0, 0.25, 0.25]), 4, 0.5)
    (array([0, 2, 3]), array([2, 1, 1]))
    """
    cumulative = np.cumsum(weight)
    marks = (np.arange(many) + start) / many * cumulative[-1]
    found = np.minimum(np.searchsorted(cumulative, marks), weight.size - 1)
    return np.unique(found, return_counts=True)


def by_scenario(draws: xr.Dataset, places: np.ndarray) -> list[np.ndarray]:
    """Return which of some draws, given by their places, are of each scenario of a mixture.

    Examples
    --------
    >>> import xarray as xr
    >>> mixed = xr.Dataset({"scenario": ("draw", [0.0, 1.0, 0.0, 1.0])})
    >>> by_scenario(mixed, np.array([1, 2, 3]))
    [array([1]), array([0, 2])]
    """
    which = draws[WHICH].values[places] if WHICH in draws else np.zeros(places.size)
    return [np.flatnonzero(which == each) for each in np.unique(which)]


class Picked(NamedTuple):
    """Worlds of a theory that stand for all of them.

    Indices into the draws, the log of how many copies each stands for, and its outcomes.
    """

    places: np.ndarray
    log_copies: FloatArray
    world: World


@takes_study
def chosen_worlds(
    draws: xr.Dataset,
    weights: xr.Dataset,
    theory: str,
    many: int,
    rng: RandomLike = None,
    *,
    among: np.ndarray | None = None,
) -> Picked:
    """Pick worlds in proportion to copies x volume grabbed, evenly.

    Parameters
    ----------
    draws, weights : xarray.Dataset
        From `sfc_sim.sample` and `sfc_sim.weigh`; or a study, in place of both.
    theory : str
        One of the theories of `weights`.
    many : int
        How many; worlds that come twice are kept once, with their count.
    rng : None, int, SeedSequence or Generator, optional
        By default the seed of the draws.
    among : ndarray of bool, shape (draw,), optional
        Which draws they are picked from; by default all.

    Returns
    -------
    Picked

    Raises
    ------
    InputError
        If nobody expands in the scenario, or `among` is no such mask, or has nothing at stake.

    Examples
    --------
    >>> import sfc_sim as sfc
    >>> draws = sfc.sample("finnveden2019", 500, rng=1)
    >>> picked = chosen_worlds(draws, sfc.weigh(draws, "none", theories=["prior"]), "prior", 100)
    >>> picked.places.size
    100
    """
    many = affordable(whole_number(many, "size", 1), 100, "size")
    world = worlds(draws, weights, theory)
    if "volume_grabbed" not in world:
        raise InputError(
            f"scenario {origin_of(draws).name!r} has no volumes that civilizations take;"
            " choose one with expansion 'fronts' or 'displacement'"
        )
    seed = origin_of(draws).seed if rng is None else seed_of(rng)
    start = np.random.default_rng(seed).random()
    stakes = world.log_stakes
    if among is not None:
        mask = np.asarray(among)
        if mask.dtype != bool or mask.shape != stakes.shape or not (stakes[mask] > -np.inf).any():
            raise InputError(
                f"among is {shown(among)}; it must be a mask of the {stakes.size:,} draws, with"
                " something at stake in one of them"
            )
        stakes = np.where(mask, stakes, -np.inf)
    places, counts = picked_evenly(shares_of(stakes), many, start)
    # Picked by stakes, so each stands for its count over its stakes, in copies.
    log_copies = np.log(counts) - np.log(world.grabbed[places])
    return Picked(places, log_copies, world.at(places))


@takes_study
def arrivals_of(
    draws: xr.Dataset, weights: xr.Dataset, picked: Picked, *, delay: float = 0.0
) -> Arrivals:
    """Return the dates at which others would arrive, in the worlds that were picked.

    Parameters
    ----------
    draws, weights : xarray.Dataset
        From `sfc_sim.sample` and `sfc_sim.weigh`; or a study, in place of both.
    picked : Picked
        From `chosen_worlds`.
    delay : float, default 0
        Conformal time (Gly) that humanity starts after today; 0 if all start at once.

    Returns
    -------
    Arrivals

    Raises
    ------
    InputError
        If the scenario has no fronts, or a delay comes with no dates.
    """
    require(draws, ["log_covered_final"], "sample")
    scenario = origin_of(draws).scenario
    speed = picked.world["expansion_speed"]
    if "fronts" not in scenario.gives:
        if delay:
            raise InputError(
                f"scenario '{scenario.name}' has no dates: all civilizations start at once, so"
                " delay must be 0"
            )
        rivals = np.exp(picked.world["log_covered_final"])
        return arrivals_at_once(Background.named(scenario.cosmology), rivals, speed)
    light = cone_of(weights) == "light"
    follow = partial(_followed, draws, picked, light, delay)
    # Of a mixture scenario by scenario, each by its own models.
    groups = by_scenario(draws, picked.places)
    if len(groups) == 1:
        return follow(groups[0])
    return joined_arrivals([follow(group) for group in groups], np.concatenate(groups))


def _followed(
    draws: xr.Dataset, picked: Picked, light: bool, delay: float, group: np.ndarray
) -> Arrivals:
    """Return the dates in some of the worlds that were picked, all of one scenario."""
    plan, known = parameters_of(draws, picked.places[group])
    parameters = plan.dated.combine(known)
    coverage = tables_of(plan.dated, parameters, plan.background)
    log_expanding = plan.dated.log_amount(parameters) + np.log(parameters["expanding_fraction"])
    unseen = visible_fraction(parameters) if light else np.zeros(1)
    speed = picked.world["expansion_speed"][group]
    return arrivals_among(coverage, log_expanding, speed, unseen=unseen, delay=delay)
