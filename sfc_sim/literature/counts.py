"""One unit, several readings: what draws say of how many expanding civilizations there are.

Every estimate is read as the number of expanding (space-faring) civilizations per
observable-universe-size volume. What an estimate does not say itself is a named conversion
(`sfc_sim.scenario.conversions.Conversions`), kept with the result.

Examples
--------
>>> import sfc_sim as sfc
>>> draws = sfc.sample("sandberg2018", 2000, rng=7)
>>> table = read(draws, sfc.weigh(draws, "none", theories=["prior"]))
>>> bool(0.25 < table.alone_in_observable.item() < 0.55)
True
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple, final

import numpy as np
from scipy.special import gamma

from sfc_sim._core.arguments import validated
from sfc_sim._core.effective import mean_of
from sfc_sim._core.errors import InputError, shown
from sfc_sim._core.quantiles import with_ends
from sfc_sim._core.schema import require, weight_of
from sfc_sim._core.studied import takes_study
from sfc_sim._core.typing import FloatArray
from sfc_sim._core.variables import VARIABLES
from sfc_sim._core.work import threads_in_force, working
from sfc_sim._core.world import worlds
from sfc_sim.cosmology.background import Background
from sfc_sim.scenario.assumed import single
from sfc_sim.scenario.conversions import (
    AS_PUBLISHED,
    Conversions,
    counts_now,
    is_static,
    log_turnover,
)
from sfc_sim.scenario.origin import origin_of
from sfc_sim.scenario.scenario import Scenario

if TYPE_CHECKING:
    import xarray as xr

__all__ = ["QUANTILES", "READINGS", "Reading", "World", "read", "world_of"]

QUANTILES = (0.05, 0.25, 0.5, 0.75, 0.95)

_LN10 = float(np.log(10.0))
# The mean distance to the nearest point of a Poisson process of density n is this n^(-1/3).
_NEAREST = float(gamma(4.0 / 3.0) * (4.0 * np.pi / 3.0) ** (-1.0 / 3.0))


@final
@dataclass(frozen=True)
class World:
    """How many expanding civilizations there are, draw by draw, in the worlds of a theory.

    Attributes
    ----------
    log_ever, log_potential, log_peak, log_peak_potential : ndarray, shape (draw,)
        Natural logs of numbers per observable-universe-size volume.
    log_now : ndarray or None
        The same of those born by now; None where the model or the theory's worlds do not say.
    log_galaxies : float
        Log of the galaxies per observable-universe-size volume.
    log_reach : ndarray, shape (draw,)
        Log of the volume humanity could reach at its speed over the observable one.
    volume : float
        The observable volume, Gly^3 comoving.
    alone : str
        See `sfc_sim.scenario.conversions.Conversions`.
    """

    log_ever: FloatArray
    log_potential: FloatArray
    log_peak: FloatArray
    log_peak_potential: FloatArray
    log_now: FloatArray | None
    log_galaxies: float
    log_reach: FloatArray
    volume: float
    alone: str

    def chance_alone(self, log_share: FloatArray | float) -> FloatArray:
        """Return the chance of no SFC in a share of the observable volume, given by its log."""
        log_number = self.log_ever + log_share
        if self.alone == "below-one":
            return (log_number < 0.0).astype(float)
        with np.errstate(over="ignore"):  # exp(-inf) is the answer, 0
            return np.asarray(np.exp(-np.exp(log_number)))


class Reading(NamedTuple):
    """A reading: its unit, what it is, how it follows from a world, and how it is summed up.

    A probability is averaged over worlds, all else is given by quantiles.
    """

    units: str
    long_name: str
    of: Callable[[World], FloatArray | None]
    probability: bool = False


def _now(world: World) -> FloatArray | None:
    return None if world.log_now is None else world.log_now / _LN10


def _nearest(world: World) -> FloatArray:
    with np.errstate(over="ignore"):  # of a number below 1e-900 the distance is infinite
        distance = _NEAREST * np.exp((np.log(world.volume) - world.log_ever) / 3.0)
    return np.asarray(distance)


_UNIVERSE = "expanding civilizations per observable universe"

READINGS: dict[str, Reading] = {
    "log10_actual_ever": Reading(
        "1", f"log10 of {_UNIVERSE}, ever", lambda w: w.log_ever / _LN10
    ),
    "log10_potential_ever": Reading(
        "1", f"log10 of {_UNIVERSE}, ever, if none precluded", lambda w: w.log_potential / _LN10
    ),
    "log10_now": Reading("1", f"log10 of {_UNIVERSE}, now", _now),
    "log10_peak": Reading(
        "1", f"log10 of {_UNIVERSE}, at their peak", lambda w: w.log_peak / _LN10
    ),
    "log10_peak_potential": Reading(
        "1",
        f"log10 of {_UNIVERSE}, at their peak, if none precluded",
        lambda w: w.log_peak_potential / _LN10,
    ),
    "log10_per_galaxy": Reading(
        "1",
        "log10 of expanding civilizations per galaxy, ever",
        lambda w: (w.log_ever - w.log_galaxies) / _LN10,
    ),
    "log10_per_reach": Reading(
        "1",
        "log10 of others, ever, per volume that humanity could reach, D",
        lambda w: (w.log_ever + w.log_reach) / _LN10,
    ),
    "nearest_neighbour": Reading(
        "Glyr", "mean comoving distance to the nearest of all who ever expand", _nearest
    ),
    "alone_in_galaxy": Reading(
        "1",
        "probability of no expanding civilization in the galaxy",
        lambda w: w.chance_alone(-w.log_galaxies),
        True,
    ),
    "alone_in_observable": Reading(
        "1",
        "probability of no expanding civilization in the observable universe",
        lambda w: w.chance_alone(0.0),
        True,
    ),
    "alone_in_reachable": Reading(
        "1",
        "probability of no expanding civilization in the volume that humanity could reach",
        lambda w: w.chance_alone(w.log_reach),
        True,
    ),
}  # fmt: skip
"""Every reading by its name."""


# What comes with quantiles: where one standard error below and above them lie.
ENDS = {"": "", "_low": "one standard error below: ", "_high": "one standard error above: "}


# What comes with a probability, and how it is called.
ERRED = {
    "_standard_error": "Monte Carlo standard error of",
    "_ess": "effective draws that carry",
}


@takes_study
@validated()
def read(
    draws: xr.Dataset,
    weights: xr.Dataset,
    *,
    quantiles: Sequence[float] = QUANTILES,
    conversions: Conversions = AS_PUBLISHED,
    threads: int | None = None,
) -> xr.Dataset:
    """Return every reading of weighted draws, a row per theory.

    Parameters
    ----------
    draws : xarray.Dataset
        From `sfc_sim.sample`, of a scenario that says how many civilizations there are, as
        `sfc_sim.scenario.conversions.Conversions.applied_to` gives it; or a study, in place of
        both.
    weights : xarray.Dataset
        From `sfc_sim.weigh`, of the same draws.
    quantiles : sequence of float, default (0.05, 0.25, 0.5, 0.75, 0.95)
        Of what is not a probability.
    conversions : Conversions, optional
        What the estimate does not say itself.
    threads : int, optional
        Number of threads; default all processors. Results do not depend on it.

    Returns
    -------
    xarray.Dataset
        Dims (theory, quantile): the numbers ``log10_actual_ever``, ``log10_potential_ever``,
        ``log10_now`` (left out where the worlds do not say), ``log10_peak``,
        ``log10_peak_potential``, ``log10_per_galaxy``, ``log10_per_reach``; and
        ``nearest_neighbour`` in Gly, each with the ends of one standard error, ``_low`` and
        ``_high``. Dim ``theory``:
        ``alone_in_galaxy``, ``alone_in_observable``, ``alone_in_reachable``, each with its
        standard error and the effective draws that carry it (``_ess``), and ``ess``.

    Raises
    ------
    InputError
        If a Dataset is not of that kind, the draws are not converted, or a quantile does not lie
        in [0, 1].

    Notes
    -----
    Civilizations that expand never die here, so their peak is their number ever; an estimate
    of the number now is taken to be at its peak. The nearest of Poisson points of density n is at
    a mean distance of Gamma(4/3) (4 pi n / 3)^(-1/3) (Chandrasekhar 1943). Here n is the number
    ever, spread by chance; those that expand keep further apart.

    Examples
    --------
    >>> import sfc_sim as sfc
    >>> draws = sfc.sample("cook2022-balanced", 2000, rng=7)
    >>> table = read(draws, sfc.weigh(draws, theories=["prior"]), quantiles=[0.5])
    >>> bool((table.log10_actual_ever <= table.log10_potential_ever).all())
    True
    """
    import xarray as xr

    check_quantiles(quantiles)
    require(weights, ["log_weight", "ess"], "weigh")
    scenario = converted(draws, conversions)
    theories = [str(theory) for theory in weights["theory"].values]

    def row(theory: str) -> dict[str, FloatArray | float]:
        world = world_of(scenario, draws, weights, theory, conversions)
        weight = weight_of(weights, theory)
        return summed_up(world, weight, quantiles)

    # Sorting leaves the interpreter to others.
    with working(threads), ThreadPoolExecutor(threads_in_force()) as pool:
        rows = list(pool.map(row, theories))
    found = {name: np.array([row[name] for row in rows]) for name in rows[0]}
    return labelled(
        xr.Dataset(
            {
                name: (("theory", "quantile")[: values.ndim], values)
                for name, values in found.items()
                if not np.isnan(values).all()
            }
            | {name: ("theory", weights[name].values) for name in ("ess", "k_hat")},
            coords={"theory": theories, "quantile": list(quantiles)},
            attrs={**weights.attrs, "conversions": str(conversions)},
        )
    )


def summed_up(
    world: World, weight: FloatArray, quantiles: Sequence[float]
) -> dict[str, FloatArray | float]:
    """Return the mean of every probability, the quantiles of all else; NaN of what is not said."""
    found: dict[str, FloatArray | float] = {}
    for name, reading in READINGS.items():
        values = reading.of(world)
        if values is None:
            found |= {f"{name}{end}": np.full(len(quantiles), np.nan) for end in ENDS}
        elif reading.probability:
            chance = mean_of(values, weight)
            found |= {name: chance.mean, f"{name}_standard_error": chance.error}
            found[f"{name}_ess"] = chance.draws
        else:
            found |= with_ends(name, values, weight, quantiles)
    return found


def converted(draws: xr.Dataset, conversions: Conversions) -> Scenario:
    """Return the scenario of draws, which must be as the conversions have it."""
    require(draws, ["log_civilizations_actual", "volume_alone"], "sample")
    scenario = single(origin_of(draws).scenario, "a count as published")
    if conversions.applied_to(scenario) != scenario:
        raise InputError(
            f"these draws are of '{scenario.name}' as published: sample"
            " conversions.applied_to(scenario) to have its galaxies and emergence converted"
        )
    return scenario


def world_of(
    scenario: Scenario,
    draws: xr.Dataset,
    weights: xr.Dataset,
    theory: str,
    conversions: Conversions = AS_PUBLISHED,
) -> World:
    """Return the numbers in the worlds that a theory's weights belong to.

    Examples
    --------
    >>> import sfc_sim as sfc
    >>> scenario = sfc.load_scenario("sandberg2018")
    >>> draws = sfc.sample(scenario, 100, rng=7)
    >>> world = world_of(scenario, draws, sfc.weigh(draws, theories=["prior"]), "prior")
    >>> bool((world.log_now == world.log_ever).all())
    True
    """
    found = worlds(draws, weights, theory)
    actual = found["log_civilizations_actual"]
    potential = draws["log_civilizations_potential"].values
    later = log_turnover(draws, scenario, conversions)
    observable = Background.named(scenario.cosmology).observable_volume_now
    return World(
        log_ever=actual + later,
        log_potential=potential + later,
        log_peak=actual,
        log_peak_potential=potential,
        log_now=now_of(scenario, draws),
        log_galaxies=float(np.log(conversions.galaxies_of(scenario))),
        log_reach=np.log(found["volume_alone"] / observable),
        volume=observable,
        alone=conversions.alone,
    )


def now_of(scenario: Scenario, draws: xr.Dataset) -> FloatArray | None:
    """Return the log of the number born by now, or None where an estimate does not say."""
    if "log_civilizations_now" not in draws or (is_static(scenario) and not counts_now(scenario)):
        return None
    return np.asarray(draws["log_civilizations_now"].values)


def labelled(dataset: xr.Dataset) -> xr.Dataset:
    """Return the Dataset with units and long names on its readings."""
    for name, reading in READINGS.items():
        for end, words in ENDS.items():
            if f"{name}{end}" in dataset:
                told = f"{words}{reading.long_name}"
                dataset[f"{name}{end}"].attrs.update(units=reading.units, long_name=told)
        for end, words in ERRED.items():
            if f"{name}{end}" in dataset:
                told = f"{words}: {reading.long_name}"
                dataset[f"{name}{end}"].attrs.update(units="1", long_name=told)
    for name in {"ess", "k_hat"} & set(dataset):
        dataset[name].attrs.update(units="1", long_name=VARIABLES[name].long_name)
    return dataset


def check_quantiles(quantiles: Any) -> None:
    """Raise an `InputError` unless every quantile lies in [0, 1]."""
    if isinstance(quantiles, str) or np.ndim(quantiles) != 1 or not len(quantiles):
        raise InputError(
            f"quantiles is {shown(quantiles)}; it must be a list of numbers, at least one"
        )
    for quantile in quantiles:
        if not (isinstance(quantile, (int, float)) and 0.0 <= quantile <= 1.0):
            raise InputError(f"quantile is {shown(quantile)}; it must lie in [0, 1]")
