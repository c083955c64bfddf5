"""A product of many factors as one log-normal number (Maccone 2010).

The logarithm of a product is a sum, so by the central limit theorem the product of many independent
factors tends to a log-normal law with the summed mean and variance of the factors' logarithms. Its
tail need not be that of the product: the mean of the one is not the mean of the other.

References
----------
C. Maccone (2010), "The statistical Drake equation", Acta Astronautica 67, 1366.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from math import log
from typing import Any, TypeAlias, final

import numpy as np

from sfc_sim._core.arguments import validated
from sfc_sim._core.errors import InputError, shown
from sfc_sim._core.typing import FloatArray
from sfc_sim.distributions import (
    Distribution,
    Fixed,
    LogNormal,
    LogNormal10,
    LogUniform,
    Mixture,
    Uniform,
)
from sfc_sim.distributions.points import Tabulated
from sfc_sim.drake.convolution import log10_saturated
from sfc_sim.drake.distribution import drake_distribution, factors_of
from sfc_sim.scenario.catalogue import scenario_of
from sfc_sim.scenario.scenario import Scenario

__all__ = [
    "LogNormalApproximation",
    "distance_rule",
    "log_moments",
    "lognormal_approximation",
    "pessimism_line",
    "probability_above",
]

Moments: TypeAlias = tuple[float, float]
_LN10 = log(10.0)

# Nodes of a tanh-sinh rule in probability: it meets the infinite ends of ln x. Past 2.9 less than
# 1e-12 of the probability is left.
_STEPS = np.linspace(-2.9, 2.9, 257)
_LEVELS = 1.0 / (1.0 + np.exp(-np.pi * np.sinh(_STEPS)))
_WEIGHTS = np.cosh(_STEPS) * _LEVELS / (1.0 + np.exp(np.pi * np.sinh(_STEPS)))
_WEIGHTS = _WEIGHTS / _WEIGHTS.sum()


@final
@dataclass(frozen=True)
class LogNormalApproximation:
    """A number N with ln N normal, of mean `mu` and variance `sigma2`.

    A mean or standard deviation too large for a double is infinite.

    Examples
    --------
    >>> LogNormalApproximation(0.0, 1.0).median
    1.0
    """

    mu: float
    sigma2: float

    @property
    def mean(self) -> float:
        """Expectation of N."""
        return _exp(self.mu + self.sigma2 / 2.0)

    @property
    def sd(self) -> float:
        """Standard deviation of N."""
        with np.errstate(over="ignore"):
            return self.mean * float(np.sqrt(np.expm1(self.sigma2)))

    @property
    def median(self) -> float:
        """Median of N."""
        return _exp(self.mu)

    @property
    def mode(self) -> float:
        """Most probable N."""
        return _exp(self.mu - self.sigma2)


@validated()
def lognormal_approximation(scenario: Scenario | str) -> LogNormalApproximation:
    """Return the log-normal law that a product of factors tends to.

    Parameters
    ----------
    scenario : Scenario or str
        One whose appearance model is "drake".

    Returns
    -------
    LogNormalApproximation
        ``mu``, ``sigma2``, ``mean``, ``sd``, ``median``, ``mode`` of the number of civilizations.

    Raises
    ------
    InputError
        If the scenario has another appearance model, or a factor can be 0.

    Notes
    -----
    Maccone (2010). The exact law is `sfc_sim.drake.distribution.drake_distribution`.

    Examples
    --------
    >>> law = lognormal_approximation("maccone2010")
    >>> round(law.mean, 2), round(law.median, 2)
    (4589.56, 1740.93)
    >>> exact = drake_distribution("maccone2010")
    >>> round(float(exact["mean"]), 6), round(float(exact["median"]), -1)
    (3500.0, 2090.0)
    """
    chosen = scenario_of(scenario)
    factors = factors_of(chosen)
    moments = [log_moments(d, name, saturating) for name, (d, saturating) in factors.items()]
    means, variances = zip(*moments, strict=True)
    return LogNormalApproximation(float(sum(means)), float(sum(variances)))


def log_moments(
    distribution: Distribution, name: str = "factor", saturating: bool = False
) -> Moments:
    """Return mean and variance of ln x, or of ln(1 - exp(-x)) if x saturates.

    Closed forms for uniform, log-uniform and log-normal kinds, sums for kinds of separate points,
    else quadrature to about 1e-8.

    Raises
    ------
    InputError
        If x can be 0 or negative with a probability, so that the mean of ln x is not finite.

    Examples
    --------
    >>> [round(x, 6) for x in log_moments(Uniform(0, 2))]
    [-0.306853, 1.0]
    """
    if distribution.support[0] < 0.0 or (distribution.discrete and distribution.support[0] <= 0.0):
        raise InputError(f"{name}: {distribution!r} can be 0 or less, which has no logarithm")
    if isinstance(distribution, Mixture):
        return _mixed(distribution, name, saturating)
    if isinstance(distribution, Tabulated) and not isinstance(distribution, Fixed):
        values, weights, _ = distribution.table
        return _weighted(_ln(np.log10(values), saturating), weights / weights.sum())
    if not saturating and type(distribution) in _CLOSED:
        return _CLOSED[type(distribution)](distribution)
    return _weighted(_ln(distribution.log10_ppf(_LEVELS), saturating), _WEIGHTS)


def _ln(log10_x: FloatArray, saturating: bool) -> FloatArray:
    return (log10_saturated(log10_x) if saturating else log10_x) * _LN10


def _weighted(values: FloatArray, weights: FloatArray) -> Moments:
    mean = float(weights @ values)
    return mean, float(weights @ (values - mean) ** 2)


def _mixed(mixture: Mixture, name: str, saturating: bool) -> Moments:
    """Return the moments of a mixture, from those of its components."""
    parts = np.array([log_moments(part, name, saturating) for part in mixture.components])
    weights = np.array(mixture.weights) / sum(mixture.weights)
    mean, between = _weighted(parts[:, 0], weights)
    return mean, between + float(weights @ parts[:, 1])


def _uniform(d: Uniform) -> Moments:
    width, ends = d.hi - d.lo, (d.lo, d.hi)
    if d.lo == 0.0:
        return log(d.hi) - 1.0, 1.0
    if width < 1e-3 * d.hi:
        # the closed form cancels; the next terms, of order width^4, are below 1e-13 of the mean
        middle, spread = d.mean(), width**2 / 12.0 / d.mean() ** 2
        fourth = (width / middle) ** 4
        return log(middle) - spread / 2.0 - fourth / 320.0, spread + fourth / 120.0
    low, high = (x * (log(x) - 1.0) for x in ends)
    ratio = log(d.hi / d.lo)
    return (high - low) / width, 1.0 - d.lo * d.hi * (ratio / width) ** 2


def _log_uniform(d: LogUniform) -> Moments:
    ratio = log(d.hi) - log(d.lo)
    return (log(d.lo) + log(d.hi)) / 2.0, ratio**2 / 12.0


_CLOSED: dict[type[Distribution], Callable[[Any], Moments]] = {
    Fixed: lambda d: (log(d.value), 0.0),
    Uniform: _uniform,
    LogUniform: _log_uniform,
    LogNormal: lambda d: (d.mu, d.sigma**2),
    LogNormal10: lambda d: (d.mu * _LN10, (d.sigma * _LN10) ** 2),
}


@validated()
def probability_above(scenario: Scenario | str, above: float) -> float:
    """Return the probability that the product of factors exceeds a number, computed.

    Parameters
    ----------
    scenario : Scenario or str
        One whose appearance model is "drake".
    above : float
        Civilizations per galaxy; positive.

    Raises
    ------
    InputError
        If `above` is not positive, or the scenario has no product.

    Examples
    --------
    >>> from sfc_sim.scenario import load_scenario
    >>> round(probability_above(load_scenario("sandberg2018"), 1.0), 3)
    0.479
    """
    scenario = scenario_of(scenario)
    if not 0.0 < above < np.inf:
        raise InputError(f"above is {shown(above)}; it must be positive and finite")
    # the distribution states the probability of less than 1 / galaxies
    asked = scenario.replace(galaxies=1.0 / above)
    return 1.0 - float(drake_distribution(asked)["probability_alone"])


@validated()
def pessimism_line(planets: float, species: float = 1.0) -> float:
    """Return the probability per planet at which so many species are expected to have arisen.

    Parameters
    ----------
    planets : float
        Habitable-zone planets in the volume considered.
    species : float, default 1
        Number expected, A = N_ast f_bt (Frank & Sullivan 2016, Astrobiology 16, 359).

    Raises
    ------
    InputError
        If a number is not positive.

    Examples
    --------
    >>> f"{pessimism_line(4e21):.1e}"
    '2.5e-22'
    """
    if not (planets > 0.0 and species > 0.0):
        raise InputError(
            f"planets and species must be positive, got {shown(planets)} and {species!r}"
        )
    return species / planets


@validated(scale="lyr")
def distance_rule(scenario: Scenario | str, scale: float = 102_000.0) -> float:
    """Return the distance in light-years to the nearest of N civilizations in the Galaxy.

    `scale` over the root of the mean of N, as in a disc (Westby & Conselice 2020, ApJ 896, 58).

    Raises
    ------
    InputError
        If `scale` is not positive, or the scenario has no product.

    Examples
    --------
    >>> from sfc_sim.scenario import load_scenario
    >>> round(distance_rule(load_scenario("westby2020-strong")), -3)
    17000.0
    """
    if not 0.0 < scale < np.inf:
        raise InputError(f"scale is {shown(scale)}; it must be positive and finite (light-years)")
    return float(scale / np.sqrt(float(drake_distribution(scenario)["mean"])))


def _exp(x: float) -> float:
    with np.errstate(over="ignore"):
        return float(np.exp(x))
