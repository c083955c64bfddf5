"""Mixtures of distributions."""

from __future__ import annotations

from dataclasses import dataclass
from typing import final

import numpy as np
from scipy import special

from sfc_sim._core.typing import FloatArray
from sfc_sim.distributions.arrays import floats, smallest_reaching
from sfc_sim.distributions.base import Distribution, check_weights

__all__ = ["Mixture"]


@final
@dataclass(frozen=True, repr=False)
class Mixture(Distribution):
    """One of several `components`, chosen with probability `weights` (which sum to 1).

    Examples
    --------
    >>> from sfc_sim.distributions import Fixed, LogUniform
    >>> speed = Mixture([LogUniform(0.01, 1), Fixed(1)], [0.75, 0.25])
    >>> speed.ppf([0.375, 0.9])
    array([0.1, 1. ])
    """

    kind = "mixture"
    components: tuple[Distribution, ...]
    weights: tuple[float, ...]

    def _check(self) -> None:
        same = len(self.components) == len(self.weights) > 0
        self._require(same, "needs one weight for each component")
        check_weights(self, self.weights)

    @property
    def integral(self) -> bool:
        """Whether every possible value is an integer."""
        return all(component.integral for component in self.components)

    def _support(self) -> tuple[float, float]:
        ends = np.array([component.support for component in self.components])
        return float(ends[:, 0].min()), float(ends[:, 1].max())

    def _mean(self) -> float:
        pairs = zip(self.weights, self.components, strict=True)
        return sum(weight * component.mean() for weight, component in pairs) / sum(self.weights)

    def _scaled(self, factor: float) -> Mixture:
        return Mixture(tuple(c.scaled(factor) for c in self.components), self.weights)

    def _average(self, parts: list[FloatArray]) -> FloatArray:
        return floats(np.tensordot(self.weights, parts, axes=1) / sum(self.weights))

    def _ppf(self, u: FloatArray) -> FloatArray:
        ends = [component._ppf(u) for component in self.components]
        return smallest_reaching(
            self._cdf_everywhere, u, np.min(ends, axis=0), np.max(ends, axis=0)
        )

    def _log10_ppf(self, u: FloatArray) -> FloatArray:
        ends = [component._log10_ppf(u) for component in self.components]
        return smallest_reaching(self._log10_cdf, u, np.min(ends, axis=0), np.max(ends, axis=0))

    def _cdf(self, x: FloatArray) -> FloatArray:
        return self._average([component._cdf_everywhere(x) for component in self.components])

    def _log10_cdf(self, exponent: FloatArray) -> FloatArray:
        return self._average([component._log10_cdf(exponent) for component in self.components])

    def _logpdf(self, x: FloatArray) -> FloatArray:
        kinds = {leaf.discrete for leaf in _leaves(self)}
        self._require(len(kinds) == 1, "points and densities mixed have no common log density")
        logs = np.array([component.logpdf(x) for component in self.components])
        weights = np.array(self.weights)[:, np.newaxis] / sum(self.weights)
        return floats(special.logsumexp(logs, axis=0, b=weights))


def _leaves(distribution: Distribution) -> list[Distribution]:
    """Return the distributions that a (nested) mixture is made of."""
    if isinstance(distribution, Mixture):
        return [leaf for part in distribution.components for leaf in _leaves(part)]
    return [distribution]
