"""Posterior of the rates of evolution's steps, given the dates of life on Earth.

Rates are drawn and weighted by the exact likelihood of the dates. That likelihood is bounded, and
for hard steps, given that all were passed, it is nearly flat: however slow a step, those who
passed it passed it in time. Hence a sizeable part of the draws counts, and `earth_posterior`
reports how many: the effective sample size (sum w)^2 / sum w^2. Drawing the dates too, and keeping
what fits Earth, would leave a handful.

Half of the draws are of the prior, half of a log-uniform law over its range, and a weight is the
prior over the mean of the two, never above 2. So a prior that shuns the rates which Earth points
to (1/rate uniform, life on Mars too) is no trouble, and a log-uniform prior is itself both halves.

One step alone needs no draws: see `sfc_sim.earth.single_step`.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from sfc_sim._core.arguments import validated
from sfc_sim._core.design import uniform_numbers
from sfc_sim._core.effective import carriers
from sfc_sim._core.errors import InputError, affordable, whole_number
from sfc_sim._core.quantiles import weighted_quantiles
from sfc_sim._core.random import STREAM_VERSION, seed_of
from sfc_sim._core.typing import FloatArray, RandomLike
from sfc_sim._core.weighted import weighted_mean
from sfc_sim.earth.history import log_likelihood, rates_of, steps_of, timeline_of
from sfc_sim.earth.single_step import log_prior_density, prior_cdf
from sfc_sim.scenario.catalogue import scenario_of
from sfc_sim.scenario.correlation import independent
from sfc_sim.scenario.parameter import Parameter
from sfc_sim.scenario.scenario import Scenario

if TYPE_CHECKING:
    import xarray as xr

__all__ = ["QUANTILES", "earth_posterior", "proposed"]

QUANTILES = (0.05, 0.25, 0.5, 0.75, 0.95)
_BINS = 80


@validated()
def earth_posterior(
    scenario: Scenario | str, draws: int = 100_000, *, rng: RandomLike = None
) -> xr.Dataset:
    """Return the posterior of the rate of every step, given the dates of life on Earth.

    Parameters
    ----------
    scenario : Scenario or str
        One whose appearance model is "earth-history".
    draws : int, default 100_000
        Number of draws of the rates.
    rng : None, int, SeedSequence or Generator, optional
        Source of randomness; fresh entropy by default.

    Returns
    -------
    xarray.Dataset
        Over (step, quantile): ``rate`` (1/Gyr), posterior quantiles, and ``rate_prior``. Over
        step: ``probability_exceeds_window`` that the expected time 1/rate is longer than the
        window, with ``probability_exceeds_window_prior``, and the dates ``earliest`` and
        ``latest`` on Earth (Gyr; NaN where nothing is said). Over (step, log10_time): ``density``
        of log10 of the expected time in Gyr, and ``density_prior``. Scalars: ``ess``, the effective
        sample size (sum w)^2 / sum w^2; ``log_evidence``, the log of the mean likelihood.

    Raises
    ------
    InputError
        If the scenario is of another model, or no draw fits the dates.

    Notes
    -----
    Importance sampling by two laws at once (the balance heuristic of Veach & Guibas 1995), with
    the exact likelihood. Quantities of the posterior have a standard error of about their
    posterior standard deviation over sqrt(ess); those of the prior are exact.

    Examples
    --------
    >>> found = earth_posterior("spiegel2012-optimistic-log", 20_000, rng=1)
    >>> print(found["probability_exceeds_window"].round(2).values, float(found["ess"]) > 10_000)
    [0.05] True
    """
    scenario = scenario_of(scenario)
    affordable(whole_number(draws, "draws", 1), 500, "draws")
    steps, seed = steps_of(scenario), seed_of(rng)
    independent(scenario, steps, "the posterior of Earth's steps", "leave it out")
    rates, log_share = proposed(
        scenario, {name: uniform_numbers(seed, name, 0, int(draws)) for name in steps}
    )
    log_weight = log_share + log_likelihood(scenario, rates)
    highest = log_weight.max()
    if highest == -math.inf:
        raise InputError(f"scenario '{scenario.name}': none of {draws} draws fits its dates")
    weight = np.exp(log_weight - highest)
    total = weight.sum()
    window = scenario.options["window"]
    edges = _edges(scenario, steps)
    values = {
        "rate": np.array([weighted_quantiles(column, weight, QUANTILES) for column in rates.T]),
        "rate_prior": _prior_quantiles(scenario, steps),
        "probability_exceeds_window": np.array(
            [weighted_mean(column < 1.0 / window, weight)[0] for column in rates.T]
        ),
        "probability_exceeds_window_prior": _prior_cdfs(steps, np.array([1.0 / window]), window)[
            :, 0
        ],
        "density": _histograms(-np.log10(rates), edges, weight / total),
        "density_prior": -np.diff(_prior_cdfs(steps, 10.0**-edges, window)) / np.diff(edges),
        "ess": carriers(weight),
        "log_evidence": highest + math.log(total / draws),
    }
    dates = timeline_of(scenario)
    for name in ("earliest", "latest"):
        values[name] = np.array(getattr(dates, name) if dates else [math.nan] * len(steps))
    attrs = _attrs(scenario) | {"draws": str(draws), "seed": str(seed)}
    attrs |= {"stream_version": str(STREAM_VERSION), "method": "importance sampling"}
    return _dataset(values, list(steps), 0.5 * (edges[1:] + edges[:-1]), attrs)


def _attrs(scenario: Scenario) -> dict[str, Any]:
    return {
        "scenario": scenario.name,
        "scenario_hash": scenario.hash,
        "window": float(scenario.options["window"]),
    }


def proposed(scenario: Scenario, u: Mapping[str, FloatArray]) -> tuple[FloatArray, FloatArray]:
    """Return rates, the first half drawn from their prior, and the log of prior over proposal.

    Parameters
    ----------
    scenario : Scenario
        Whose steps these are.
    u : mapping of str to ndarray, shape (draw,)
        Uniform numbers of each step.
    """
    steps, draws = steps_of(scenario), next(iter(u.values())).size
    window, half = float(scenario.options["window"]), (draws + 1) // 2
    rates = rates_of(scenario, {name: steps[name].distribution.ppf(v) for name, v in u.items()})
    log_odds = np.zeros(draws)  # of the log-uniform law against the prior
    ends = np.log(_range(scenario, steps))
    for k, (name, parameter) in enumerate(steps.items()):
        (lo, hi), prior = ends[:, k], parameter.distribution
        if prior.discrete or lo == hi:  # no density: drawn from its prior throughout
            continue
        rates[half:, k] = np.exp(lo + (hi - lo) * u[name][half:])
        inside = (rates[:, k] >= math.exp(lo)) & (rates[:, k] <= math.exp(hi))
        log_law = np.where(inside, -math.log(hi - lo), -math.inf)
        log_odds += log_law - log_prior_density(parameter, rates[:, k], window)
    share = half / draws
    return rates, -np.logaddexp(math.log(share), log_odds + _log(1.0 - share))


def _log(x: float) -> float:
    return math.log(x) if x > 0.0 else -math.inf


def _range(scenario: Scenario, steps: dict[str, Parameter]) -> FloatArray:
    """Return the rates that bound all but 1e-6 of each prior at either end, shape (2, step)."""
    return rates_of(
        scenario, {name: p.distribution.ppf([1e-6, 1.0 - 1e-6]) for name, p in steps.items()}
    )


def _prior_quantiles(scenario: Scenario, steps: dict[str, Parameter]) -> FloatArray:
    """Return exact quantiles of the rates before the dates are known, shape (step, quantile)."""
    drawn = {name: p.distribution.ppf(np.array(QUANTILES)) for name, p in steps.items()}
    return rates_of(scenario, drawn).T


def _edges(scenario: Scenario, steps: dict[str, Parameter]) -> FloatArray:
    """Return edges of bins of log10 of the expected time that hold all but 1e-3 of each prior."""
    drawn = {name: p.distribution.ppf([5e-4, 1.0 - 5e-4]) for name, p in steps.items()}
    times = -np.log10(rates_of(scenario, drawn))
    lo, hi = float(times.min()), float(times.max())
    return np.linspace(lo, hi if hi > lo else lo + 1.0, _BINS + 1)


def _histograms(times: FloatArray, edges: FloatArray, share: FloatArray) -> FloatArray:
    """Return the density of every column of times, per unit of the edges."""
    counts = [np.histogram(column, edges, weights=share)[0] for column in times.T]
    return np.array(counts) / np.diff(edges)


def _prior_cdfs(steps: dict[str, Parameter], rate: FloatArray, window: float) -> FloatArray:
    """Return the prior probability that each step's rate is at most this, shape (step, rate)."""
    return np.array([prior_cdf(parameter, rate, window) for parameter in steps.values()])


_MEANING = {
    "rate": ("Gyr-1", "posterior quantile of the rate"),
    "rate_prior": ("Gyr-1", "prior quantile of the rate"),
    "probability_exceeds_window": ("1", "probability that 1/rate exceeds the window"),
    "probability_exceeds_window_prior": ("1", "prior probability that 1/rate exceeds the window"),
    "density": ("1/dex", "posterior density of log10 of the expected time"),
    "density_prior": ("1/dex", "prior density of log10 of the expected time"),
    "earliest": ("Gyr", "no earlier than this on Earth, since it became habitable"),
    "latest": ("Gyr", "passed by then on Earth, since it became habitable"),
    "ess": ("1", "effective sample size"),
    "log_evidence": ("1", "natural log of the mean likelihood of the dates"),
}
_DIMS = {
    "rate": ("step", "quantile"),
    "rate_prior": ("step", "quantile"),
    "density": ("step", "log10_time"),
    "density_prior": ("step", "log10_time"),
    "ess": (),
    "log_evidence": (),
}


def _dataset(
    values: dict[str, Any], steps: list[str], log10_time: FloatArray, attrs: dict[str, Any]
) -> xr.Dataset:
    import xarray as xr

    variables = {
        name: (
            _DIMS.get(name, ("step",)),
            value,
            dict(zip(("units", "long_name"), _MEANING[name], strict=True)),
        )
        for name, value in values.items()
    }
    names = {"units": "dex", "long_name": "log10 of the expected time in Gyr"}
    coords = {
        "step": steps,
        "quantile": ("quantile", np.array(QUANTILES), {"units": "1", "long_name": "probability"}),
        "log10_time": ("log10_time", log10_time, names),
    }
    return xr.Dataset(variables, coords, attrs)
