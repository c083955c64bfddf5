"""The exact distribution of a product: densities of the logarithms, convolved by FFT.

Every factor becomes masses on the nodes k/1024 of log10: what its cdf puts within half a cell of
the node, so that a density is misplaced by O(cell²), a probability by about 1e-6; just where a
density jumps, by a quarter of a cell of it. Values that have a probability are kept exactly, and so
is the only factor that has a density.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import isfinite
from typing import NamedTuple

import numpy as np

from sfc_sim._core.errors import InputError
from sfc_sim._core.typing import FloatArray
from sfc_sim.appearance.saturation import log10_desaturated, log10_saturated
from sfc_sim.distributions import Distribution, Mixture
from sfc_sim.distributions.points import Tabulated
from sfc_sim.drake.atoms import NONE, Atoms, factor_atoms, product_atoms

__all__ = [
    "BINS_PER_DEX",
    "HIGHEST",
    "LOWEST",
    "Product",
    "factor_mean",
    "log10_saturated",
    "product_cells",
    "product_law",
]

LOWEST, HIGHEST, BINS_PER_DEX = -400, 80, 128
"""Range and resolution of the histogram of log10(N), as in `sfc_sim.kernels.drake`."""

NODES_PER_DEX = 1024
# An unbounded factor is cut where this probability is left, far below what a result shows.
_TAIL = 1e-15
# The cdf of the only density is taken at 61,441 edges for each value of the other factors.
_FEW_ATOMS = 64
# 2**24 nodes are 16,000 decades and take half a gigabyte.
_MOST_NODES = 2**24


class Lattice(NamedTuple):
    """Probability on the nodes first, first + 1, … of log10; what is missing sits at zero."""

    first: int
    masses: FloatArray


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
    return _on_nodes(factor_atoms(distribution, saturating), lowest)


def _on_nodes(atoms: Atoms, lowest: float) -> Lattice:
    if not atoms.masses.size:
        return Lattice(0, np.zeros(1))
    position = np.maximum(atoms.log10_values, lowest) * NODES_PER_DEX
    node = np.floor(position).astype(np.int64)
    share = position - node
    first = int(node[0])
    masses = np.zeros(_size(first, int(node[-1]) + 1))
    np.add.at(masses, node - first, atoms.masses * (1 - share))
    np.add.at(masses, node - first + 1, atoms.masses * share)
    return Lattice(first, masses)


def _from_cdf(distribution: Distribution, saturating: bool, lowest: float) -> Lattice:
    ends = np.array([_end(distribution, 0.0, _TAIL), _end(distribution, 1.0, 1 - _TAIL)])
    ends = np.maximum(log10_saturated(ends) if saturating else ends, lowest)
    first, last = (int(node) for node in np.rint(ends * NODES_PER_DEX))
    size = _size(first, last)
    edges = (first + 0.5 + np.arange(size - 1)) / NODES_PER_DEX
    cdf = distribution._log10_cdf(log10_desaturated(edges) if saturating else edges)
    return Lattice(first, np.diff(cdf, prepend=0.0, append=1.0))


def _end(distribution: Distribution, probability: float, fallback: float) -> float:
    """Return log10 of the end of the support, or near it where the end is infinite."""
    end = float(distribution.log10_ppf(probability))
    return end if isfinite(end) else float(distribution.log10_ppf(fallback))


def _size(first: int, last: int) -> int:
    if last - first >= _MOST_NODES:
        decades = (last - first) / NODES_PER_DEX
        raise InputError(
            f"a factor spans {decades:.0f} decades, too many for the exact method; set draws"
        )
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
    if isinstance(distribution, Mixture):
        means = [factor_mean(part, True) for part in distribution.components]
        return float(np.dot(distribution.weights, means)) / sum(distribution.weights)
    if isinstance(distribution, Tabulated):
        atoms = factor_atoms(distribution, True)
        return float(atoms.masses @ 10.0**atoms.log10_values)
    lattice = _lattice(distribution, saturating, LOWEST)
    nodes = lattice.first + np.arange(lattice.masses.size)
    return float(lattice.masses @ 10.0 ** (nodes / NODES_PER_DEX))


class Product(NamedTuple):
    """The law of a product: a histogram of its density, and the values that have a probability.

    `cells` are those of `product_cells` without the atoms.
    """

    cells: FloatArray
    atoms: Atoms


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
    cells, atoms = product_law(factors)
    return with_atoms(cells, atoms)


def with_atoms(cells: FloatArray, atoms: Atoms) -> FloatArray:
    """Return the histogram with the atoms in their bins; one on an edge is in that above."""
    bins = np.floor((atoms.log10_values - LOWEST) * BINS_PER_DEX + 1e-9).astype(np.int64) + 1
    found = cells.copy()
    np.add.at(found, np.minimum(np.maximum(bins, 0), cells.size - 1), atoms.masses)
    return found


def product_law(factors: Sequence[tuple[Distribution, bool]]) -> Product:
    """Return the density of log10 of a product, in cells, and its atoms, exactly.

    Parameters, errors and cells as of `product_cells`.

    Examples
    --------
    >>> from sfc_sim.distributions import Fixed
    >>> cells, atoms = product_law([(Fixed(1), False)])
    >>> float(cells.sum()), atoms.below(0.0)
    (0.0, 0.0)
    """
    highest = [_end(d, 1.0, 1 - _TAIL) for d, _ in factors]
    # A factor this low takes the product below the histogram whatever the others are.
    lowest = LOWEST - sum(max(end, 0.0) for end in highest)
    atoms = product_atoms(factors)
    lattices = [_lattice(distribution, saturating, lowest) for distribution, saturating in factors]
    at_zero = max(0.0, 1.0 - float(np.prod([lattice.masses.sum() for lattice in lattices])))
    edges = LOWEST + np.arange((HIGHEST - LOWEST) * BINS_PER_DEX + 1) / BINS_PER_DEX
    if float(atoms.masses.sum()) + at_zero > 1.0 - 1e-14:  # nothing but atoms
        return Product(np.concatenate([[at_zero], np.zeros(edges.size)]), atoms)
    whole = 1.0 - float(atoms.masses.sum())
    if (only := _single_density(factors)) is not None:
        cdf = np.maximum.accumulate(at_zero + _shifted_cdf(*only, edges))
        cells = np.diff(cdf, prepend=0.0, append=max(whole, cdf[-1]))
        return Product(cells, atoms)
    points = [_on_nodes(factor_atoms(*factor), lowest) for factor in factors]
    first, masses = _convolved(lattices)
    if atoms is not NONE and all(point.masses.sum() > 0 for point in points):
        start, part = _convolved(points)
        masses[start - first : start - first + part.size] -= part
    node_edges = (first - 0.5 + np.arange(masses.size + 1)) / NODES_PER_DEX
    # FFT round-off (1e-17 per node) must not let the cdf fall.
    cdf = np.maximum.accumulate(at_zero + np.cumsum(np.concatenate([[0.0], masses])))
    cells = np.diff(np.interp(edges, node_edges, cdf), prepend=0.0, append=whole)
    return Product(np.maximum(cells, 0.0), atoms)


Piece = tuple[float, Distribution]
"""A share of a factor, and its law, which has a density."""


def _densities(distribution: Distribution) -> list[Piece]:
    """Return the parts of a factor that have a density, with their shares."""
    if isinstance(distribution, Mixture):
        total = sum(distribution.weights)
        parts = zip(distribution.components, distribution.weights, strict=True)
        return [(w / total * share, d) for part, w in parts for share, d in _densities(part)]
    return [] if isinstance(distribution, Tabulated) else [(1.0, distribution)]


def _single_density(
    factors: Sequence[tuple[Distribution, bool]],
) -> tuple[list[Piece], bool, Atoms] | None:
    """Return the only factor that has a density, and the values that the others multiply it by."""
    parts = [_densities(distribution) for distribution, _ in factors]
    places = [k for k, pieces in enumerate(parts) if pieces]
    if len(places) != 1:
        return None
    others = product_atoms([factor for k, factor in enumerate(factors) if k != places[0]])
    if others.masses.size > _FEW_ATOMS or (others is NONE and len(factors) > 1):
        return None
    return parts[places[0]], factors[places[0]][1], others


def _shifted_cdf(
    pieces: list[Piece], saturating: bool, others: Atoms, edges: FloatArray
) -> FloatArray:
    """Return the probability of density below edges of log10, over all values of the others."""
    total = np.zeros(edges.size)
    for value, mass in zip(*others, strict=True):
        at = edges - value
        certain = saturating & (at >= 0.0)  # a probability is at most 1
        if saturating:
            at = log10_desaturated(np.where(certain, -1.0, at))
        for share, law in pieces:
            total += mass * share * np.where(certain, 1.0, law._log10_cdf(at))
    return total


def _convolved(lattices: Sequence[Lattice]) -> Lattice:
    """Return the product of independent factors, by FFT."""
    size = _size(0, sum(lattice.masses.size - 1 for lattice in lattices))
    length = 1 << (size - 1).bit_length() if size > 1 else 1
    transform = np.ones(length // 2 + 1, complex)
    for lattice in lattices:
        transform *= np.fft.rfft(lattice.masses, length)
    masses = np.fft.irfft(transform, length)[:size] if length > 1 else transform.real[:1]
    return Lattice(sum(lattice.first for lattice in lattices), masses)
