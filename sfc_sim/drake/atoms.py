"""The separate values that a product of factors can take, with their exact probabilities."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from sfc_sim._core.typing import FloatArray
from sfc_sim.appearance.saturation import log10_saturated
from sfc_sim.distributions import Distribution, Mixture
from sfc_sim.distributions.points import Tabulated

__all__ = ["Atoms", "factor_atoms", "product_atoms"]

# More points than that are as good as a density.
_MOST = 2**14
# Logarithms of equal products differ by their rounding, 1e-13 at 400 decades.
_SAME = 1e-12


class Atoms(NamedTuple):
    """Increasing log10 of positive values, each with its probability."""

    log10_values: FloatArray
    masses: FloatArray

    def below(self, log10_value: float) -> float:
        """Return the probability of the values less than one."""
        return float(self.masses[self.log10_values < log10_value - _SAME].sum())


NONE = Atoms(np.empty(0), np.empty(0))


def factor_atoms(distribution: Distribution, saturating: bool) -> Atoms:
    """Return the positive values that a factor takes with a probability.

    Examples
    --------
    >>> from sfc_sim.distributions import Fixed, LogUniform
    >>> factor_atoms(Mixture([LogUniform(1, 10), Fixed(100)], [0.75, 0.25]), False)
    Atoms(log10_values=array([2.]), masses=array([0.25]))
    """
    if isinstance(distribution, Mixture):
        parts = [factor_atoms(part, saturating) for part in distribution.components]
        shares = np.array(distribution.weights) / sum(distribution.weights)
        masses = [share * part.masses for share, part in zip(shares, parts, strict=True)]
        return _merged(np.concatenate([p.log10_values for p in parts]), np.concatenate(masses))
    if not isinstance(distribution, Tabulated):
        return NONE
    values, weights, _ = distribution.table
    seen = values > 0
    log10_values = np.log10(values[seen])
    masses = weights[seen] / weights.sum()
    return _merged(log10_saturated(log10_values) if saturating else log10_values, masses)


def _merged(log10_values: FloatArray, masses: FloatArray) -> Atoms:
    """Return atoms in order, those of one value joined."""
    order = np.argsort(log10_values, kind="stable")
    log10_values, masses = log10_values[order], masses[order]
    first = np.flatnonzero(np.diff(log10_values, prepend=-np.inf) > _SAME)
    if not first.size:
        return NONE
    return Atoms(log10_values[first], np.add.reduceat(masses, first))


def product_atoms(factors: Sequence[tuple[Distribution, bool]]) -> Atoms:
    """Return the positive values that a product takes with a probability.

    None if they are more than 16,384.

    Examples
    --------
    >>> from sfc_sim.distributions import Discrete, Fixed
    >>> product_atoms([(Discrete([0, 1, 10], [0.2, 0.3, 0.5]), False), (Fixed(10), False)])
    Atoms(log10_values=array([1., 2.]), masses=array([0.3, 0.5]))
    """
    found = Atoms(np.zeros(1), np.ones(1))
    for distribution, saturating in factors:
        part = factor_atoms(distribution, saturating)
        if found.masses.size * part.masses.size > 16 * _MOST:
            return NONE
        values = np.add.outer(found.log10_values, part.log10_values).ravel()
        found = _merged(values, np.multiply.outer(found.masses, part.masses).ravel())
        if found.masses.size > _MOST:
            return NONE
    return found
