"""Named measures: what a claim of a scenario file may ask to be computed again.

A measure is a function of a `Subject`, the scenario with its draws and weights, and of the
arguments that the claim states. It returns a number and its standard error, 0 where no draws are
involved.

Examples
--------
>>> from sfc_sim.scenario import load_scenario
>>> subject = Subject(load_scenario("sandberg2018"), draws=1000, seed=7)
>>> value, error = MEASURES["drake-median"](subject)
>>> round(value, 3), error
(0.32, 0.0)
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property, wraps
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, TypeAlias, final

import numpy as np

from sfc_sim._core.errors import InputError, shown, unknown
from sfc_sim._core.quantiles import quantile_interval
from sfc_sim._core.schema import weight_of
from sfc_sim._core.typing import FloatArray
from sfc_sim._core.weighted import ratio_of_sums, weighted_mean
from sfc_sim._core.world import worlds
from sfc_sim.decision.shares import saturation
from sfc_sim.expansion.quiet import log_evident, visible_fraction
from sfc_sim.inference.evidence import Observation, observation_of
from sfc_sim.inference.fronts import FRONTS
from sfc_sim.inference.summary import summarize
from sfc_sim.inference.theories import theory_of
from sfc_sim.inference.weights import weigh
from sfc_sim.literature.closed_forms import CLOSED_FORMS
from sfc_sim.sampling.driver import sample
from sfc_sim.scenario.scenario import Scenario

if TYPE_CHECKING:
    import xarray as xr

__all__ = ["MEASURES", "Measure", "Subject"]

Evidence: TypeAlias = "str | list[str | dict[str, Any]]"
Estimate: TypeAlias = tuple[float, float]
Measure: TypeAlias = Callable[..., Estimate]


@final
@dataclass(frozen=True)
class Subject:
    """A scenario under examination: draws and weights are made when first asked for, and kept.

    Attributes
    ----------
    scenario : Scenario
        What is examined.
    draws : int
        How many parameter vectors measures that need any draw.
    seed : int
        Of the draws.
    """

    scenario: Scenario
    draws: int
    seed: int

    @cached_property
    def drawn(self) -> xr.Dataset:
        """The draws."""
        return sample(self.scenario, self.draws, rng=self.seed)

    @cached_property
    def _weights(self) -> dict[tuple[str, str], xr.Dataset]:
        return {}

    def weights(self, theory: str, evidence: Evidence) -> xr.Dataset:
        """Return the weights of a theory under evidence."""
        key = (theory, repr(evidence))
        if key not in self._weights:
            known = evidence if isinstance(evidence, str) else [told(each) for each in evidence]
            self._weights[key] = weigh(self.drawn, known, theories=[theory])
        return self._weights[key]

    def weighted(
        self, names: list[str], theory: str, evidence: Evidence
    ) -> tuple[list[FloatArray], FloatArray]:
        """Return variables of the worlds that a theory's weights belong to, and the weights.

        Examples
        --------
        >>> from sfc_sim.scenario import load_scenario
        >>> subject = Subject(load_scenario("cook2022-balanced"), draws=500, seed=1)
        >>> columns, weight = subject.weighted(["expansion_speed"], "prior", "none")
        >>> round(float(weight.sum()), 9), columns[0].shape
        (1.0, (500,))
        """
        theory_of(theory)
        if theory == "prior" and evidence == "none" and "log_seen_now" not in self.drawn:
            many = self.drawn.sizes["draw"]
            given = FRONTS[evidence].given(self.drawn)
            return [plain(given, name) for name in names], np.full(many, 1.0 / many)
        weights = self.weights(theory, evidence)
        found = [self._of_world(name, theory, weights) for name in names]
        return found, weight_of(weights, theory)

    def shown(self, speed: FloatArray) -> FloatArray:
        """Return what share the visible are of fronts that are visible or here, over 1 - v^3."""
        known = {str(name): column.values for name, column in self.drawn.data_vars.items()}
        visible = visible_fraction(known)
        return np.asarray(visible * np.exp(-log_evident(visible, speed)))

    def _of_world(self, name: str, theory: str, weights: xr.Dataset) -> FloatArray:
        """Return a variable of the worlds that a theory weighs."""
        world = worlds(self.drawn, weights, theory)
        if name in world:
            return world[name]
        return plain(self.drawn, name)


def told(evidence: str | dict[str, Any]) -> str | Observation:
    """Return evidence of a claim: a name, or an observation from the table of its numbers.

    Examples
    --------
    >>> told("none"), told({"name": "not-settled", "generations": 30})
    ('none', NotSettled(generations=30.0, undetected=0.004))
    """
    return observation_of(evidence) if isinstance(evidence, dict) else evidence


def plain(draws: xr.Dataset, name: str) -> FloatArray:
    """Return a variable of the draws; "log10_x" also where they hold the natural "log_x".

    Examples
    --------
    >>> import xarray as xr
    >>> plain(xr.Dataset({"log_x": ("draw", np.log([10.0, 100.0]))}), "log10_x")
    array([1., 2.])
    """
    if name in draws and draws[name].dims == ("draw",):
        return np.asarray(draws[name].values, dtype=float)
    log = name.replace("log10_", "log_", 1)
    if name.startswith("log10_") and log in draws:
        return np.asarray(draws[log].values / np.log(10.0))
    known = [str(key) for key in draws.data_vars if draws[key].dims == ("draw",)]
    raise unknown("variable of the draws", name, known)


def mean(subject: Subject, of: str, theory: str = "prior", evidence: Evidence = "none") -> Estimate:
    """Return the mean of a variable."""
    (values,), weight = subject.weighted([of], theory, evidence)
    return weighted_mean(values, weight)


def quantile(
    subject: Subject, of: str, at: float, theory: str = "prior", evidence: Evidence = "none"
) -> Estimate:
    """Return a quantile; the error is half of what one error of its rank moves it (Woodruff)."""
    if not 0.0 <= at <= 1.0:
        raise InputError(f"at is {shown(at)}; it must lie in [0, 1]")
    (values,), weight = subject.weighted([of], theory, evidence)
    (middle,), (low,), (high,) = quantile_interval(values, weight, [at])
    return float(middle), 0.0 if low == high else 0.5 * float(high - low)


def median(
    subject: Subject, of: str, theory: str = "prior", evidence: Evidence = "none"
) -> Estimate:
    """Return the median of a variable."""
    return quantile(subject, of, 0.5, theory, evidence)


def probability_below(
    subject: Subject, of: str, below: float, theory: str = "prior", evidence: Evidence = "none"
) -> Estimate:
    """Return the probability that a variable is less than a number."""
    (values,), weight = subject.weighted([of], theory, evidence)
    return weighted_mean((values < below).astype(float), weight)


def probability_above(
    subject: Subject, of: str, above: float, theory: str = "prior", evidence: Evidence = "none"
) -> Estimate:
    """Return the probability that a variable is more than a number."""
    (values,), weight = subject.weighted([of], theory, evidence)
    return weighted_mean((values > above).astype(float), weight)


def standard_deviation(
    subject: Subject, of: str, theory: str = "prior", evidence: Evidence = "none"
) -> Estimate:
    """Return the standard deviation of a variable; the error is to first order."""
    (values,), weight = subject.weighted([of], theory, evidence)
    squares = (values - float(weight @ values)) ** 2
    variance, error = weighted_mean(squares, weight)
    deviation = float(np.sqrt(variance))
    return deviation, 0.5 * error / deviation if deviation > 0.0 else 0.0


def ratio_of_means(
    subject: Subject, of: str, over: str, theory: str = "prior", evidence: Evidence = "none"
) -> Estimate:
    """Return the mean of a variable over that of another."""
    (upper, lower), weight = subject.weighted([of, over], theory, evidence)
    with np.errstate(divide="ignore"):
        return ratio_of_sums(np.log(weight), upper, lower)


def _summary(name: str, table: Callable[..., xr.Dataset], words: str) -> Measure:
    """Return the measure that reads a variable of a table by theory, such as `summarize`."""

    def measure(
        subject: Subject, theory: str = "prior", evidence: Evidence = "nothing-visible"
    ) -> Estimate:
        found = table(subject.drawn, subject.weights(theory, evidence)).sel(theory=theory)
        return float(found[name]), float(found[f"{name}_standard_error"])

    measure.__doc__ = f"Return the {words}."
    return measure


def probability_visible(
    subject: Subject, count: int, theory: str = "prior", evidence: Evidence = "not-engulfed"
) -> Estimate:
    """Return the probability that so many fronts are in sight from a place that none has reached.

    Those that others precluded count, as in Olson (2020); for a count of 0 it does not matter.
    """
    (log_seen, speed), weight = subject.weighted(
        ["log_seen_now", "expansion_speed"], theory, evidence
    )
    # All fronts are equally fast: they cover the cube of their speed of what their light does.
    with np.errstate(over="ignore"):
        expected = np.exp(log_seen) * (1.0 - speed**3) * subject.shown(speed)
    return weighted_mean(poisson(count, expected), weight)


def poisson(count: int, expected: FloatArray) -> FloatArray:
    """Return the probability of a count by its expectation, 0 where that is beyond all bounds.

    Examples
    --------
    >>> poisson(2, np.array([0.0, 1.0, np.inf])).round(4)
    array([0.    , 0.1839, 0.    ])
    """
    from scipy import special

    bounded = np.minimum(expected, 1e6)
    return np.asarray(np.exp(special.xlogy(count, bounded) - bounded - special.gammaln(count + 1)))


def at_point(subject: Subject, of: str, at: Mapping[str, Any]) -> Estimate:
    """Return a variable where parameters, and perhaps options, are what an example says; exact."""
    changed = subject.scenario.replace(**at)
    if free := [name for name in changed.parameters if not _is_fixed(changed, name)]:
        raise InputError(f"at leaves {free[0]} uncertain; it must say what every parameter is")
    return float(plain(sample(changed, 1, rng=subject.seed), of)[0]), 0.0


def _is_fixed(scenario: Scenario, name: str) -> bool:
    low, high = scenario[name].distribution.support
    return low == high


def exceeds_window(subject: Subject, step: str) -> Estimate:
    """Return the posterior probability that the expected time of a step exceeds the window."""
    from sfc_sim.earth.posterior import earth_posterior

    found = earth_posterior(subject.scenario, subject.draws, rng=subject.seed)
    chances = found["probability_exceeds_window"]
    if step not in chances["step"].values:
        raise unknown("step", step, [str(name) for name in chances["step"].values])
    chance = float(chances.sel(step=step))
    return chance, float(np.sqrt(chance * (1.0 - chance) / found["ess"]))


def _exact(function: Callable[..., float]) -> Measure:
    """Return a closed form as a measure, with the arguments of that form."""

    @wraps(function)
    def measure(subject: Subject, **arguments: Any) -> Estimate:
        return function(subject.scenario, **arguments), 0.0

    return measure


SAMPLED: dict[str, Measure] = {
    "mean": mean,
    "median": median,
    "quantile": quantile,
    "probability-below": probability_below,
    "probability-above": probability_above,
    "standard-deviation": standard_deviation,
    "ratio-of-means": ratio_of_means,
    "probability-alone": _summary(
        "probability_alone",
        summarize,
        "probability of fewer than one intelligent civilization per observable universe",
    ),
    "share-of-reach": _summary(
        "share_of_reach", summarize, "share that humanity would hold of the volume it can reach"
    ),
    "recovered-share": _summary(
        "recovered_share", saturation, "share of what humanity would grab that others would take"
    ),
    "probability-visible": probability_visible,
    "exceeds-window": exceeds_window,
    "at-point": at_point,
}

MEASURES: Mapping[str, Measure] = MappingProxyType(
    SAMPLED | {name: _exact(function) for name, function in CLOSED_FORMS.items()}
)
