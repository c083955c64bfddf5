"""The rate of a single step of evolution, before and after Earth's dates are known, exactly."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from sfc_sim._core.arguments import validated
from sfc_sim._core.errors import InputError
from sfc_sim._core.quadrature import gauss_legendre
from sfc_sim._core.typing import FloatArray
from sfc_sim.earth.history import log_likelihood, rates_of, steps_of
from sfc_sim.scenario.catalogue import scenario_of
from sfc_sim.scenario.parameter import Parameter
from sfc_sim.scenario.scenario import Scenario

if TYPE_CHECKING:
    import xarray as xr

__all__ = ["log_prior_density", "prior_cdf", "rate_posterior"]


def prior_cdf(parameter: Parameter, rate: FloatArray, window: float) -> FloatArray:
    """Return the prior probability that the rate of a step is at most this.

    Examples
    --------
    >>> from sfc_sim.scenario import load_scenario
    >>> life = load_scenario("lineweaver2002")["life"]            # a uniform chance
    >>> prior_cdf(life, np.log([2.0, 4.0]), window=1.0).round(12)
    array([0.5 , 0.75])
    """
    return parameter.distribution.cdf(rate if parameter.unit else -np.expm1(-rate * window))


def log_prior_density(parameter: Parameter, rate: FloatArray, window: float) -> FloatArray:
    """Return the log of the prior density of the natural log of the rate of a step.

    Examples
    --------
    >>> from sfc_sim.scenario import load_scenario
    >>> life = load_scenario("spiegel2012-optimistic-log")["life"]
    >>> print(np.exp(-log_prior_density(life, np.array(1.0), 9.5)) / np.log(10.0))  # decades
    6.0...
    """
    if parameter.unit:
        return np.asarray(parameter.distribution.logpdf(rate) + np.log(rate))
    chance = -np.expm1(-rate * window)
    slope = np.log(rate * window) - rate * window
    return np.asarray(parameter.distribution.logpdf(chance) + slope)


@validated()
def rate_posterior(scenario: Scenario | str, rates: npt.ArrayLike) -> xr.Dataset:
    """Return the posterior of the rate of a single step, by quadrature.

    Parameters
    ----------
    scenario : Scenario or str
        One whose appearance model is "earth-history", with one step and a continuous prior.
    rates : array-like, shape (log10_rate,)
        Where to give it, 1/Gyr; positive, rising.

    Returns
    -------
    xarray.Dataset
        Over ``log10_rate``: ``density`` per decade and ``cdf``, to about 1e-8, with
        ``density_prior`` and ``cdf_prior``.

    Raises
    ------
    InputError
        If the scenario has more steps, or `rates` are not positive and rising.

    Notes
    -----
    The prior is integrated over its own probability u, in panels that narrow towards both ends.

    Examples
    --------
    >>> found = rate_posterior("spiegel2012-optimistic-log", [0.01, 1.0, 100.0])
    >>> found["cdf"].values.round(4)
    array([0.0247, 0.0912, 0.6321])
    """
    import xarray as xr

    scenario = scenario_of(scenario)
    steps = steps_of(scenario)
    if len(steps) != 1:
        raise InputError(
            f"scenario '{scenario.name}' has {len(steps)} steps; this needs exactly one:"
            " use earth_posterior"
        )
    ((name, parameter),) = steps.items()
    at = np.asarray(rates, dtype=float)
    rising = at.ndim == 1 and at.size > 0 and bool((at > 0.0).all() and (np.diff(at) > 0.0).all())
    if not rising or parameter.distribution.discrete:
        raise InputError(f"{name}: needs rising positive rates and a prior with a density")
    window = float(scenario.options["window"])
    below = prior_cdf(parameter, at, window)
    reached, total = _integrals(scenario, name, below)
    prior = np.exp(log_prior_density(parameter, at, window)) * math.log(10.0)
    columns = {
        "density": prior * np.exp(log_likelihood(scenario, at[:, None])) / total,
        "cdf": reached / total,
        "density_prior": prior,
        "cdf_prior": below,
    }
    names = {"units": "dex", "long_name": "log10 of the rate in 1/Gyr"}
    attrs = {"scenario": scenario.name, "scenario_hash": scenario.hash, "window": window}
    return xr.Dataset(
        {key: ("log10_rate", column) for key, column in columns.items()},
        {"log10_rate": ("log10_rate", np.log10(at), names)},
        attrs | {"method": "quadrature"},
    )


def _integrals(scenario: Scenario, step: str, below: FloatArray) -> tuple[FloatArray, float]:
    """Return the likelihood integrated over the prior up to probabilities, and over all of it."""
    edges = np.unique(np.concatenate([_panels(), below]))
    nodes, weights = gauss_legendre(8)
    width = np.diff(edges)[:, None]
    u = edges[:-1, None] + width * nodes
    rates = rates_of(scenario, {step: scenario[step].distribution.ppf(u.ravel())})
    parts = (np.exp(log_likelihood(scenario, rates)).reshape(u.shape) * weights * width).sum(axis=1)
    summed = np.concatenate([[0.0], np.cumsum(parts)])
    return summed[np.searchsorted(edges, below)], float(summed[-1])


def _panels() -> FloatArray:
    """Return edges on [0, 1]: even ones, and ones that halve the distance to either end."""
    halved = 2.0 ** -np.arange(1.0, 51.0)
    return np.unique(np.concatenate([np.linspace(0.0, 1.0, 257), halved, 1.0 - halved]))
