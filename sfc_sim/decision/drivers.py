"""What drives the discount: the anthropic theory, then the parameters, and what is not ranked."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

from sfc_sim._core.digits import estimate
from sfc_sim._core.few import FEWEST
from sfc_sim._core.typing import FloatArray
from sfc_sim._core.variables import WHICH
from sfc_sim._core.weighted import correlation, order_of, shares_of, weighted_ranks
from sfc_sim._core.world import World, worlds
from sfc_sim.scenario.origin import origin_of

if TYPE_CHECKING:
    import xarray as xr

__all__ = ["Driver", "drivers", "hangs_on"]

SURE: Final = 3.0  # standard errors from 0 beyond which a correlation is named
LEAST: Final = 0.01  # share of the variance that is worth a name
NAMED: Final = 2  # parameters of a theory that are named


class Driver(NamedTuple):
    """A parameter, its rank correlation with the recovered fraction, and the standard error."""

    name: str
    correlation: float
    error: float

    @property
    def explained(self) -> float:
        """Share of the variance of the ranks that it explains."""
        return self.correlation**2

    def __str__(self) -> str:
        shown = f"{self.correlation:+.2f} ± {self.error:.1g}"
        return f"{self.name} {shown} ({100 * self.explained:.0f} %)"


def hangs_on(draws: xr.Dataset, weights: xr.Dataset, report: xr.Dataset) -> str:
    """Return lines on what drives the discount: theory, parameters by theory, what is fixed."""
    lines, scenario = [by_theory(report)], origin_of(draws).scenario
    names = report["theory"].values[np.isfinite(report["extinction_discount"].values)].tolist()
    if varying(draws, scenario.parameters):
        lines.append(
            "Parameters that correlate most with the recovered fraction, by theory: rank "
            "correlation ± standard error (share of the variance that it explains)"
        )
        found = drivers(draws, weights)
        lines += [f"  {name}: {named(found[name], weights, name)}" for name in names]
    lines.append(
        f"Not ranked, as they are the same in every draw: {', '.join(fixed(draws))}. "
        "Such choices move the discount too: for the range over each, changed one at a time, see "
        "the page of sfc-sim run --report, or sfc_sim.analysis.premises"
    )
    return "\n".join(lines)


def by_theory(report: xr.Dataset) -> str:
    """Return a sentence on how far the theory moves the discount."""
    known = report.isel(theory=np.flatnonzero(np.isfinite(report["extinction_discount"].values)))
    if not known.sizes["theory"]:
        return "No theory asked for gives a discount on existence"
    values = known["extinction_discount"].values
    errors = known["extinction_discount_standard_error"].values
    names = [str(theory) for theory in known["theory"].values]
    low, high = int(np.argmin(values)), int(np.argmax(values))
    least, most = (estimate(float(values[k]), float(errors[k])) for k in (low, high))
    if len(names) == 1:
        return f"The discount is {most} under {names[0]}, the only theory here that gives one"
    if values[high] - values[low] <= SURE * float(np.hypot(errors[high], errors[low])):
        return f"The discount is {most} under every theory asked for, within their errors"
    return (
        f"The anthropic theory moves the discount from {least} ({names[low]}) "
        f"to {most} ({names[high]})"
    )


def named(found: list[Driver], weights: xr.Dataset, theory: str) -> str:
    """Return the parameters that differ from noise, or say that none does."""
    size = float(weights["ess"].sel(theory=theory))
    if size < FEWEST:
        return f"none named: {size:.1f} effective draws are too few"
    noise = size**-0.5
    sure = [
        each
        for each in found
        if abs(each.correlation) > SURE * max(each.error, noise) and each.explained >= LEAST
    ]
    none = f"none explains {100 * LEAST:.0f} % beyond {SURE:.0f} standard errors"
    return ", ".join(map(str, sure[:NAMED])) or none


def varying(draws: xr.Dataset, names: Iterable[str]) -> list[str]:
    """Return the parameters that are not the same in every draw."""
    return [name for name in names if name in draws and np.ptp(draws[name].values) > 0.0]


def fixed(draws: xr.Dataset) -> list[str]:
    """Return the choices that are the same in every draw: parameters, options, evidence.

    Examples
    --------
    >>> import sfc_sim as sfc
    >>> fixed(sfc.sample("finnveden2019", 100, rng=1))[:2]
    ['expanding_fraction', 'the options of the models']
    """
    scenario = origin_of(draws).scenario
    spread = set(varying(draws, scenario.parameters))
    parameters = [name for name in scenario.parameters if name not in spread]
    options = ["the options of the models"] if scenario.options else []
    return [*parameters, *options, "cosmology", "evidence", "similarity"]


def drivers(draws: xr.Dataset, weights: xr.Dataset) -> dict[str, list[Driver]]:
    """Return, by theory, the parameters and their rank correlations, strongest first.

    Examples
    --------
    >>> import sfc_sim as sfc
    >>> draws = sfc.sample("cook2022-balanced", 2000, rng=7)
    >>> first = drivers(draws, sfc.weigh(draws, theories=["prior"]))["prior"][0]
    >>> -1 <= first.correlation <= 1
    True
    """
    known = origin_of(draws).scenario.parameters
    names, orders = varying(draws, known), dict[str, np.ndarray]()
    table = {}
    for theory in weights["theory"].values.tolist():
        world = worlds(draws, weights, theory)
        weight = shares_of(world["log_weight"] + world["log_outside"])
        for name in ("", *names):  # sorting is most of the work, and shared between theories
            if name not in orders:
                orders[name] = order_of(world[name] if name else recovered(world))
        y = weighted_ranks(orders[""], weight)
        found = []
        for name in names:
            if name == WHICH:  # without an order of its own: by the mean rank of what it gives
                x, place = means_within(y, weight, world[WHICH].astype(int)), None
            else:
                x, place = weighted_ranks(orders[name], weight), orders[name]
            both = place, orders[""]
            found.append(Driver(name, *correlation(x, y, weight, world.strata, both)))
        table[theory] = sorted(found, key=lambda each: -abs(each.correlation))
    return table


def means_within(y: FloatArray, weight: FloatArray, group: np.ndarray) -> FloatArray:
    """Return the weighted mean of y in the group of each draw.

    Examples
    --------
    >>> means_within(np.array([1.0, 3.0, 5.0]), np.ones(3), np.array([0, 0, 1]))
    array([2., 2., 5.])
    """
    sums = np.bincount(group, weight * y)
    mass = np.bincount(group, weight)
    return np.asarray((sums / np.where(mass > 0.0, mass, 1.0))[group])


def recovered(world: World) -> FloatArray:
    """Return the fraction of what humanity grabs that others would take, 1 - U/A.

    To twelve decimals: what is less is rounding, which differs between processors, and has no rank.
    """
    return np.round(world.recovered, 12)
