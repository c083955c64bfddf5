"""Draws of a product of factors, counted in threads: no memory per draw, same bits for any number.

The kernel knows the factors whose logarithm is simple (uniform, Gaussian, log of uniform); any
other distribution is added through its own `log10_ppf` at the same uniform numbers.
"""

from __future__ import annotations

from collections.abc import Mapping
from math import inf, log, log10

import numpy as np
import numpy.typing as npt

from sfc_sim._core.design import uniform_numbers
from sfc_sim._core.errors import InputError, whole_number
from sfc_sim._core.progress import Progress, reporting
from sfc_sim._core.random import key_of, slot_of
from sfc_sim._core.typing import FloatArray
from sfc_sim._core.work import each, working
from sfc_sim.distributions import Distribution, Fixed, LogNormal, LogNormal10, LogUniform, Uniform
from sfc_sim.drake.convolution import log10_saturated
from sfc_sim.kernels.drake import BINS, KINDS, Factors, count_products
from sfc_sim.kernels.philox import TILE

__all__ = ["count_draws", "known_factors"]

Named = Mapping[str, tuple[Distribution, bool]]

BLOCK = 64 * TILE
"""Draws per call of the kernel; bounds the memory of factors that it does not know."""
MOST = 10**11
"""Draws that are made in hours, not days: the exact distribution has no use for more."""
PARTS = 32
"""Pieces of work for the threads: enough to even them out, few enough to hold a histogram each."""

_LN10 = log(10.0)


def _row(distribution: Distribution) -> tuple[int, float, float] | None:
    """Return kind, a and b as in `kernels.drake.KINDS`, or None if the kernel has no such kind."""
    affine, normal, linear = KINDS.values()
    match distribution:
        case Fixed(value):
            return affine, log10(value) if value > 0 else -inf, 0.0
        case LogUniform():
            low, high = distribution.log10_ppf([0.0, 1.0])
            return affine, low, high - low
        case LogNormal10(mu, sigma):
            return normal, mu, sigma
        case LogNormal(mu, sigma):
            return normal, mu / _LN10, sigma / _LN10
        case Uniform(lo, hi):
            return linear, lo, hi - lo
    return None


def known_factors(factors: Named) -> tuple[Factors, Named]:
    """Return the factors that the kernel knows, as it reads them, and the others.

    Examples
    --------
    >>> known, others = known_factors({"x": (LogUniform(1, 100), False)})
    >>> known.a, known.b, others
    (array([0.]), array([2.]), {})
    """
    rows = {name: row for name, (d, _) in factors.items() if (row := _row(d)) is not None}
    kinds, a, b = np.array(list(rows.values()), dtype=float).reshape(-1, 3).T
    known = Factors(
        np.array([slot_of(name) for name in rows], dtype=np.int64),
        kinds.astype(np.int64),
        a.copy(),
        b.copy(),
        np.array([factors[name][1] for name in rows], dtype=np.bool_),
    )
    return known, {name: factors[name] for name in factors if name not in rows}


def _offset(others: Named, seed: int, first: int, draws: int) -> FloatArray:
    """Return the sum of log10 of the factors that the kernel does not know."""
    total = np.zeros(draws if others else 0)
    for name, (distribution, saturating) in others.items():
        value = distribution.log10_ppf(uniform_numbers(seed, name, first, draws))
        total += log10_saturated(value) if saturating else value
    return total


def count_draws(
    factors: Named, draws: int, seed: int, threads: int | None, progress: Progress | None
) -> npt.NDArray[np.int64]:
    """Return the number of draws of the product in each cell of the histogram of log10.

    Parameters
    ----------
    factors : mapping of str to (Distribution, bool)
        Name, distribution and whether it saturates.
    draws, seed : int
        How many draws of which stream.
    threads : int or None
        How many threads; None for all available processors.
    progress : bool or callable, optional
        See `drake_distribution`.

    Returns
    -------
    array of int
        Below 10**LOWEST, the bins, above 10**HIGHEST.

    Raises
    ------
    InputError
        If `draws` or `threads` is not a positive whole number, or a product is NaN.

    Examples
    --------
    >>> int(count_draws({"x": (LogUniform(1, 100), False)}, 1000, 1, None, False).sum())
    1000
    """
    whole_number(draws, "draws", 1, MOST)
    step = BLOCK * -(-draws // (BLOCK * PARTS))
    parts = [(first, min(first + step, draws)) for first in range(0, draws, step)]
    total = np.zeros(BINS + 3, np.int64)
    with working(threads), reporting(progress, "drawing products") as report:
        for _, counts in each(_counted, (factors, seed), parts, "draws {} to {}".format):
            total += counts
            report(int(total.sum()), draws)
    if total[-1]:
        raise InputError(f"N is NaN in {total[-1]} of {draws} draws of {', '.join(factors)}")
    return total[:-1]


def _counted(job: tuple[Named, int], begin: int, end: int) -> npt.NDArray[np.int64]:
    """Return the histogram of a stretch of draws."""
    factors, seed = job
    known, others = known_factors(factors)
    counts = np.zeros(BINS + 3, np.int64)
    for first in range(begin, end, BLOCK):
        size = min(BLOCK, end - first)
        offset = _offset(others, seed, first, size)
        count_products(*key_of(seed), known, first, size, offset, counts)
    return counts
