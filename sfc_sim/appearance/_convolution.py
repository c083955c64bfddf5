"""The exact distribution of a product: densities of the logarithms, convolved by FFT.

Every factor becomes masses on the nodes k/1024 of log10: what its cdf puts within half a cell of
the node, so that a density or an end is misplaced by O(cell²), a probability by about 1e-6.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import isfinite
from typing import NamedTuple

import numpy as np

from sfc_sim._errors import InputError
from sfc_sim._typing import FloatArray
from sfc_sim.distributions import Distribution, Mixture
from sfc_sim.distributions._points import Tabulated

__all__ = ["BINS_PER_DEX", "HIGHEST", "LOWEST", "factor_mean", "log10_saturated", "product_cells"]

LOWEST, HIGHEST, BINS_PER_DEX = -400, 80, 128
"""Range and resolution of the histogram of log10(N), as in `sfc_sim.kernels.drake`."""

NODES_PER_DEX = 1024
_LN10 = float(np.log(10.0))
# An unbounded factor is cut where this probability is left, far below what a result shows.
_TAIL = 1e-15
# 2**24 nodes are 16,000 decades and take half a gigabyte.
_MOST_NODES = 2**24


class Lattice(NamedTuple):
    """Probability on the nodes first, first + 1, … of log10; what is missing sits at zero."""

    first: int
    masses: FloatArray


def log10_saturated(log10_x: FloatArray) -> FloatArray:
    """Return log10 of 1 - exp(-x), the probability of at least one of x expected events.

    Parameters
    ----------
    log10_x : array of float
        Decimal logarithm of x, of any shape; -inf gives -inf. Below -8 it is the result itself,
        right to 2e-9.

    Examples
    --------
    >>> log10_saturated(np.array([-300.0, 0.0, 300.0])).tolist()
    [-300.0, -0.199200084627..., 0.0]
    """
    # exp(-10**3) is 0 in a double, so larger x change nothing; smaller ones take the other arm.
    probability = -np.expm1(-(10.0 ** np.minimum(np.maximum(log10_x, -8.0), 3.0)))
    return np.where(log10_x < -8.0, log10_x, np.log10(probability))


def _log10_desaturated(log10_p: FloatArray) -> FloatArray:
    """Return log10(x) where log10(1 - exp(-x)) is `log10_p` < 0: the inverse of the above."""
    x = -np.log(-np.expm1(np.maximum(log10_p, -8.0) * _LN10))
    return np.where(log10_p < -8.0, log10_p, np.log10(x))


def _lattice(distribution: Distribution, saturating: bool, lowest: float) -> Lattice:
    """Return one factor; what lies below 10**lowest is put there."""
    if isinstance(distribution, Mixture):
        parts = [_lattice(part, saturating, lowest) for part in distribution.components]
        return _mixed(parts, np.array(distribution.weights) / sum(distribution.weights))
    if isinstance(distribution, Tabulated):
        return _from_points(distribution, saturating, lowest)
    return _from_cdf(distribution, saturating, lowest)


def _mixed(parts: Sequence[Lattice], weights: FloatArray) -> Lattice:
    first = min(part.first for part in parts)
    masses = np.zeros(max(part.first + part.masses.size for part in parts) - first)
    for part, weight in zip(parts, weights, strict=True):
        start = part.first - first
        masses[start : start + part.masses.size] += weight * part.masses
    return Lattice(first, masses)


def _from_points(distribution: Tabulated, saturating: bool, lowest: float) -> Lattice:
    """Split each point between its two neighbouring nodes so that its mean is kept."""
    values, weights, _ = distribution.table
    log10_values = np.log10(values[values > 0])
    if not log10_values.size:
        return Lattice(0, np.zeros(1))
    log10_values = log10_saturated(log10_values) if saturating else log10_values
    position = np.maximum(log10_values, lowest) * NODES_PER_DEX
    node = np.floor(position).astype(np.int64)
    share = position - node
    weight = weights[values > 0] / weights.sum()
    first = int(node[0])
    masses = np.zeros(_size(first, int(node[-1]) + 1))
    np.add.at(masses, node - first, weight * (1 - share))
    np.add.at(masses, node - first + 1, weight * share)
    return Lattice(first, masses)


def _from_cdf(distribution: Distribution, saturating: bool, lowest: float) -> Lattice:
    ends = np.array([_end(distribution, 0.0, _TAIL), _end(distribution, 1.0, 1 - _TAIL)])
    ends = np.maximum(log10_saturated(ends) if saturating else ends, lowest)
    first, last = (int(node) for node in np.rint(ends * NODES_PER_DEX))
    size = _size(first, last)
    edges = (first + 0.5 + np.arange(size - 1)) / NODES_PER_DEX
    cdf = distribution._log10_cdf(_log10_desaturated(edges) if saturating else edges)
    return Lattice(first, np.diff(cdf, prepend=0.0, append=1.0))


def _end(distribution: Distribution, probability: float, fallback: float) -> float:
    """Return log10 of the end of the support, or near it where the end is infinite."""
    end = float(distribution.log10_ppf(probability))
    return end if isfinite(end) else float(distribution.log10_ppf(fallback))


def _size(first: int, last: int) -> int:
    if last - first >= _MOST_NODES:
        decades = (last - first) / NODES_PER_DEX
        raise InputError(f"a factor spans {decades:.0f} decades: too many without draws; set draws")
    return last - first + 1


def factor_mean(distribution: Distribution, saturating: bool) -> float:
    """Return E[x], or E[1 - exp(-x)] if the factor saturates (to 1e-6).

    Examples
    --------
    >>> from sfc_sim.distributions import LogNormal10
    >>> round(factor_mean(LogNormal10(0, 50), True), 4)
    0.502
    """
    if not saturating:
        return distribution.mean()
    lattice = _lattice(distribution, saturating, LOWEST)
    nodes = lattice.first + np.arange(lattice.masses.size)
    return float(lattice.masses @ 10.0 ** (nodes / NODES_PER_DEX))


def product_cells(factors: Sequence[tuple[Distribution, bool]]) -> FloatArray:
    """Return the probabilities of the cells of the histogram of log10 of a product.

    Parameters
    ----------
    factors : sequence of (Distribution, bool)
        The independent factors and whether each saturates.

    Returns
    -------
    array of float
        Below 10**LOWEST (zero included), the bins of width 1/BINS_PER_DEX, above 10**HIGHEST.

    Raises
    ------
    InputError
        If a factor spans more than 16,000 decades.

    Examples
    --------
    >>> from sfc_sim.distributions import LogUniform
    >>> cells = product_cells([(LogUniform(1, 10), False), (LogUniform(1, 10), False)])
    >>> below_sqrt_ten = cells[: 1 + (BINS_PER_DEX - 2 * LOWEST * BINS_PER_DEX) // 2]
    >>> cells.size, round(float(below_sqrt_ten.sum()), 3)
    (61442, 0.125)
    """
    highest = [_end(d, 1.0, 1 - _TAIL) for d, _ in factors]
    # A factor this low takes the product below the histogram whatever the others are.
    lowest = LOWEST - sum(max(end, 0.0) for end in highest)
    lattices = [_lattice(distribution, saturating, lowest) for distribution, saturating in factors]
    size = _size(0, sum(lattice.masses.size - 1 for lattice in lattices))
    length = 1 << (size - 1).bit_length() if size > 1 else 1
    transform = np.ones(length // 2 + 1, complex)
    for lattice in lattices:
        transform *= np.fft.rfft(lattice.masses, length)
    masses = np.fft.irfft(transform, length)[:size]
    first = sum(lattice.first for lattice in lattices)
    node_edges = (first - 0.5 + np.arange(size + 1)) / NODES_PER_DEX
    at_zero = max(0.0, 1.0 - float(np.prod([lattice.masses.sum() for lattice in lattices])))
    # FFT round-off (1e-17 per node) must not let the cdf fall.
    cdf = np.maximum.accumulate(at_zero + np.cumsum(np.concatenate([[0.0], masses])))
    edges = LOWEST + np.arange((HIGHEST - LOWEST) * BINS_PER_DEX + 1) / BINS_PER_DEX
    return np.diff(np.interp(edges, node_edges, cdf), prepend=0.0, append=1.0)
