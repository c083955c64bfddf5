"""The Drake equation with distributions in place of numbers (Sandberg, Drexler & Ord 2018).

The number N of civilizations in the galaxy now is a product of independent factors. A factor named
in the option ``saturating`` is a mean number of events x and enters as the probability
1 - exp(-x) that there is at least one, such as the origin of life: with log10(x) ~ N(0, 50) the
paper's headline. All is done in log10(N), which spans hundreds of decades.

`drake_distribution` gives the whole distribution, exactly (the factors' densities on a fine common
grid, convolved by FFT) or by Monte Carlo in memory that does not grow with the number of draws.
`log10_civilizations` turns the draws of an ensemble into N.

References
----------
A. Sandberg, E. Drexler & T. Ord (2018), "Dissolving the Fermi Paradox", arXiv:1806.02404.
"""

from __future__ import annotations

from collections.abc import Mapping
from concurrent.futures import Executor
from math import prod
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from sfc_sim._core.arguments import validated
from sfc_sim._core.errors import InputError
from sfc_sim._core.progress import Progress
from sfc_sim._core.random import STREAM_VERSION, seed_of
from sfc_sim._core.typing import FloatArray, RandomLike
from sfc_sim._core.work import working
from sfc_sim.appearance.product import Drake, DrakeRate
from sfc_sim.distributions import Distribution
from sfc_sim.drake.atoms import NONE, Atoms
from sfc_sim.drake.convolution import (
    BINS_PER_DEX,
    HIGHEST,
    LOWEST,
    factor_mean,
    product_law,
    with_atoms,
)
from sfc_sim.scenario.catalogue import scenario_of
from sfc_sim.scenario.correlation import independent
from sfc_sim.scenario.scenario import Scenario

if TYPE_CHECKING:
    import xarray as xr

__all__ = ["QUANTILES", "drake_distribution", "factors_of", "log10_civilizations"]

QUANTILES = (0.01, 0.05, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95, 0.99)
_EDGES = LOWEST + np.arange((HIGHEST - LOWEST) * BINS_PER_DEX + 1) / BINS_PER_DEX
_CENTRES = _EDGES[:-1] + 0.5 / BINS_PER_DEX
# The mean of 10**x over a bin in units of its value at the centre.
_HALF_BIN = 0.5 * np.log(10.0) / BINS_PER_DEX
_BIN_MEAN = float(np.sinh(_HALF_BIN) / _HALF_BIN)


def factors_of(scenario: Scenario | str) -> dict[str, tuple[Distribution, bool]]:
    """Return the factors of N: name → (distribution, whether it saturates).

    Parameters
    ----------
    scenario : Scenario or str
        One whose appearance model is "drake". Its factors are the parameters that no model
        declares by name.

    Raises
    ------
    InputError
        If it has another appearance model, or factors that go together.

    Examples
    --------
    >>> factors_of("sandberg2018")["abiogenesis"]
    (LogNormal10(mu=0, sigma=50), True)
    """
    scenario = scenario_of(scenario)
    laws = _product_of(scenario).laws
    independent(
        scenario, laws, "the exact law of a product", "take draws of it: sfc_sim.sample(scenario)"
    )
    return laws


def _product_of(scenario: Scenario | str) -> DrakeRate:
    """Return the product of a scenario, with its factors."""
    scenario = scenario_of(scenario)
    model = scenario.appearance
    if not isinstance(model, Drake):
        raise InputError(f"appearance: scenario '{scenario.name}' has '{model}'; allowed: 'drake'")
    return model.of(scenario.factors)


def log10_civilizations(
    scenario: Scenario | str, log10_parameters: Mapping[str, npt.ArrayLike]
) -> FloatArray:
    """Return log10 of the civilizations per galaxy now, draw by draw.

    Parameters
    ----------
    scenario : Scenario or str
        One whose appearance model is "drake".
    log10_parameters : mapping of str to array-like
        Decimal logarithm of every factor, as drawn (before saturation), of one shape or of shapes
        that broadcast. Logarithms, because 10**-320 is not a number to a computer.

    Returns
    -------
    array of float
        log10(N), -inf where a factor is 0.

    Raises
    ------
    InputError
        If a factor is missing or NaN.

    Examples
    --------
    >>> from sfc_sim.scenario import load_scenario
    >>> scenario = load_scenario("sandberg2018-certain-life")
    >>> medians = {name: d.log10_ppf([0.5]) for name, (d, _) in factors_of(scenario).items()}
    >>> log10_civilizations(scenario, medians).round(9)
    array([3.5])
    """
    product, logs = _product_of(scenario), {}
    for name in product.laws:
        if name not in log10_parameters:
            raise InputError(
                f"factor '{name}' is not given; needed is the log10 of each of"
                f" {', '.join(product.laws)}"
            )
        value = np.asarray(log10_parameters[name], dtype=float)
        if np.isnan(value).any():
            raise InputError(f"{name}: NaN in draw {int(np.flatnonzero(np.isnan(value))[0])}")
        logs[name] = value
    return product.log10_product(logs)


@validated()
def drake_distribution(
    scenario: Scenario | str,
    draws: int | None = None,
    *,
    rng: RandomLike = None,
    threads: int | None = None,
    executor: Executor | None = None,
    progress: Progress | None = None,
) -> xr.Dataset:
    """Return the distribution of the number N of civilizations per galaxy now.

    Parameters
    ----------
    scenario : Scenario or str
        One whose appearance model is "drake".
    draws : int, optional
        Number of Monte Carlo draws. The default, None, computes the distribution instead, to
        about 1e-6 in probability; where two narrow factors jump, to what lies in a quarter of
        1/1024 decade. Of draws, mean and quantiles are read off bins, to 1/128 decade (1.8 %).
    rng : None, int, SeedSequence or Generator, optional
        Source of randomness of the draws; fresh entropy by default. Unused without draws.
    threads : int, optional
        How many threads draw; all available processors by default. Changes no bit of the result.
    executor : concurrent.futures.Executor, optional
        Draws instead of threads; results do not depend on it.
    progress : bool or callable, optional
        See `sfc_sim.sample`; called with (draws done, draws).

    Returns
    -------
    xarray.Dataset
        Over ``log10_civilizations`` (bin centres, 128 bins per decade): ``density`` per decade
        and, with draws, ``count``. Over ``quantile``: ``log10_civilizations_quantile``, -inf where
        N < 1e-400. Scalars: ``mean``, ``median``, ``probability_below_one`` (N < 1),
        ``probability_alone`` (N < 1/galaxies of the observable universe, from the option
        ``galaxies``), ``probability_none`` (E[exp(-N)], nobody there if N is the mean of a Poisson
        number). Mean and probabilities have a ``_standard_error``, quantiles and median the ends of
        one, ``_low`` and ``_high``: 0, and the same value, if computed.

    Raises
    ------
    InputError
        If the scenario has no static Drake model, N can exceed 1e80, or an argument is not usable.

    Notes
    -----
    Sandberg, Drexler & Ord (2018). The mean is heavy-tailed: by Monte Carlo it needs 1e7 draws to
    be known to a percent, while the exact one is the product of the factors' means.

    Examples
    --------
    >>> exact = drake_distribution("sandberg2018")
    >>> round(float(exact["median"]), 3), round(float(exact["probability_below_one"]), 3)
    (0.32, 0.521)
    >>> drawn = drake_distribution("sandberg2018", 10_000, rng=1)
    >>> int(drawn["count"].sum())
    10000
    """
    scenario = scenario_of(scenario)
    factors = factors_of(scenario)
    galaxies = scenario.appearance.galaxies
    if draws is None:
        law = product_law(list(factors.values()))
        atoms, cells = law.atoms, with_atoms(*law)
        mean, error = prod(factor_mean(d, saturating) for d, saturating in factors.values()), 0.0
        extra: dict[str, Any] = {}
        attrs: dict[str, Any] = {"method": "convolution"}
    else:
        from sfc_sim.drake.monte_carlo import count_draws

        seed = seed_of(rng)
        with working(executor=executor):
            counts = count_draws(factors, draws, seed, threads, progress)
        cells, atoms = counts / draws, NONE
        mean, error = _sampled_mean(cells, draws)
        extra = {"count": counts[1:-1]}
        attrs = {"method": "monte-carlo", "draws": draws, "seed": str(seed)}
        attrs |= {"stream_version": STREAM_VERSION}
    # What the tails cut off when computing exactly (1e-15 per factor) is no sign of large N.
    if cells[-1] > (1e-12 if draws is None else 0.0):
        raise InputError(
            f"scenario '{scenario.name}': N exceeds 1e{HIGHEST} with probability {cells[-1]:.2g}"
        )
    values = summary_of(cells, atoms, galaxies) | {"mean": mean, "mean_standard_error": error}
    values |= _errors_of(values, cells, draws)
    attrs |= {"scenario": scenario.name, "scenario_hash": scenario.hash, "galaxies": galaxies}
    return _dataset(cells, extra, values, attrs)


def _sampled_mean(cells: FloatArray, draws: int) -> tuple[float, float]:
    """Return the mean of N and its standard error, from the shares of the cells."""
    values = 10.0**_CENTRES * _BIN_MEAN
    mean = float(cells[1:-1] @ values)
    variance = float(cells[1:-1] @ (values - mean) ** 2) + float(cells[0]) * mean**2
    return mean, float(np.sqrt(variance / draws))


def _errors_of(values: Mapping[str, Any], cells: FloatArray, draws: int | None) -> dict[str, Any]:
    """Return standard errors of probabilities, and the ends of one of quantiles.

    What happens in none of the draws, or in all, may be one in so many.
    """
    many = np.inf if draws is None else float(draws)
    empty = np.exp(-(10.0**_CENTRES))
    square = float(cells[0] + cells[1:-1] @ empty**2)
    found: dict[str, Any] = {}
    for name in ("probability_below_one", "probability_alone", "probability_none"):
        mean = values[name]
        variance = (square if name == "probability_none" else mean) - mean**2
        certain = mean in (0.0, 1.0)
        error = 1.0 / many if certain else np.sqrt(max(variance, 0.0) / many)
        found[f"{name}_standard_error"] = float(error)
    levels = np.array(QUANTILES)
    for end, side in (("low", -1.0), ("high", 1.0)):
        quantiles = values["log10_civilizations_quantile"]
        if draws is not None:
            moved = levels + side * np.sqrt(levels * (1.0 - levels) / many)
            ends = np.clip(moved, 0.5 / many, 1.0)
            quantiles = quantiles_of(_EDGES, np.cumsum(cells[:-1]), NONE, ends)
        found[f"log10_civilizations_quantile_{end}"] = quantiles
        found[f"median_{end}"] = 10.0 ** quantiles[QUANTILES.index(0.5)]
    return found


def summary_of(cells: FloatArray, atoms: Atoms, galaxies: float) -> dict[str, Any]:
    """Return quantiles and probabilities, taking the density as level within a bin.

    The `atoms` are in the cells too, and are taken out of them.
    """
    density = np.maximum(cells - with_atoms(np.zeros(cells.size), atoms), 0.0)
    cdf = np.cumsum(density[:-1])
    thresholds = (0.0, -float(np.log10(galaxies)))
    below = [float(np.interp(x, _EDGES, cdf)) + atoms.below(x) for x in thresholds]
    expected_none = float(density[0]) + float(density[1:-1] @ np.exp(-(10.0**_CENTRES)))
    expected_none += float(atoms.masses @ np.exp(-(10.0**atoms.log10_values)))
    quantiles = quantiles_of(_EDGES, cdf, atoms, np.array(QUANTILES))
    return {
        "log10_civilizations_quantile": quantiles,
        "median": 10.0 ** quantiles[QUANTILES.index(0.5)],
        "probability_below_one": below[0],
        "probability_alone": below[1],
        "probability_none": expected_none,
    }


def quantiles_of(
    edges: FloatArray, cdf: FloatArray, atoms: Atoms, wanted: FloatArray
) -> FloatArray:
    """Return log10(N) where the probability reaches some, -inf below the first edge.

    `cdf` is of the density alone at the edges, between which it is level.
    """
    # the cdf has a knot at every edge, and two, before and after, at every atom
    at = np.concatenate([edges, np.repeat(atoms.log10_values, 2)])
    jumps = np.zeros(at.size)
    jumps[edges.size + 1 :: 2] = atoms.masses
    order = np.argsort(at, kind="stable")
    at = at[order]
    total = np.interp(at, edges, cdf) + np.cumsum(jumps[order])
    knot = np.minimum(np.searchsorted(total, wanted - 1e-13), at.size - 1)
    found = np.full(wanted.size, -np.inf)
    seen = knot > 0
    high = knot[seen]
    step = total[high] - total[high - 1]
    share = np.minimum((wanted[seen] - total[high - 1]) / np.where(step > 0, step, 1.0), 1.0)
    found[seen] = at[high - 1] + share * (at[high] - at[high - 1])
    return found


_MEANING = {
    "density": ("1/dex", "probability density of log10(N)"),
    "count": ("1", "draws in the bin"),
    "log10_civilizations_quantile": ("dex", "quantile of log10(N)"),
    "mean": ("1", "mean of N"),
    "median": ("1", "median of N"),
    "probability_below_one": ("1", "probability that N < 1"),
    "probability_alone": ("1", "probability that N < 1 / galaxies in the observable universe"),
    "probability_none": ("1", "probability of no civilization in the galaxy, E[exp(-N)]"),
}


def _dataset(
    cells: FloatArray, extra: dict[str, Any], values: dict[str, Any], attrs: dict[str, Any]
) -> xr.Dataset:
    """Label everything; bins outside the first and last one in use are left out."""
    import xarray as xr

    used = np.flatnonzero(cells[1:-1] > 1e-15)  # FFT round-off is below
    window = slice(used[0], used[-1] + 1) if used.size else slice(0, 0)
    bins = {"density": cells[1:-1] * BINS_PER_DEX} | extra
    variables: dict[str, Any] = {
        name: ("log10_civilizations", value[window], _labels(name)) for name, value in bins.items()
    }
    for name, value in values.items():
        dims = ("quantile",) if np.ndim(value) else ()
        variables[name] = (dims, value, _labels(name))
    names = {"units": "dex", "long_name": "log10 of civilizations per galaxy now"}
    coords = {
        "log10_civilizations": ("log10_civilizations", _CENTRES[window], names),
        "quantile": ("quantile", np.array(QUANTILES), {"units": "1", "long_name": "probability"}),
    }
    return xr.Dataset(variables, coords, attrs)


def _labels(name: str) -> dict[str, str]:
    ends = {"_standard_error": "standard error of: ", "_low": "one standard error below: ",
            "_high": "one standard error above: "}  # fmt: skip
    end = next((end for end in ends if name.endswith(end)), "")
    units, meaning = _MEANING[name.removesuffix(end)]
    return {"units": units, "long_name": ends.get(end, "") + meaning}
