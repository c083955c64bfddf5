"""A product of random factors, summed in log10 and counted as it is drawn.

Nothing is stored per draw: the result is an integer histogram of log10 of the product, so parts
computed anywhere add up to the same bits.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from sfc_sim.kernels._jit import kernel
from sfc_sim.kernels.philox import TILE, add_affine_tile, uniform_tile
from sfc_sim.kernels.special import log10_saturations, logarithm, normal_quantiles

__all__ = ["BINS", "BINS_PER_DEX", "KINDS", "LOWEST", "Factors", "count_products", "products"]

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]
BoolArray = npt.NDArray[np.bool_]

LOWEST = -400
BINS_PER_DEX = 128
BINS = 480 * BINS_PER_DEX
# log10 of a factor at the uniform number u.
KINDS = {"a + b u": 0, "a + b normal_quantile(u)": 1, "log10(a + b u)": 2}
_LOG10_E = 0.4342944819032518


class Factors(NamedTuple):
    """The independent factors, an entry of each array for one of them.

    `kinds` are values of `KINDS`, with `a` and `b` as there; a `saturating` factor x enters as
    1 - exp(-x).
    """

    slots: IntArray
    kinds: IntArray
    a: FloatArray
    b: FloatArray
    saturating: BoolArray


@kernel
def _product_tile(
    key0: int,
    key1: int,
    factors: Factors,
    tile: int,
    u: FloatArray,
    factor: FloatArray,
    total: FloatArray,
) -> None:
    """Fill `total` with log10 of the product in the 1024 draws of one tile."""
    slots, kinds, a, b, saturating = factors
    total[:] = 0.0
    for f in range(slots.size):
        if kinds[f] == 0 and b[f] == 0.0 and not saturating[f]:
            for i in range(TILE):
                total[i] += a[f]
            continue
        if kinds[f] == 0 and not saturating[f]:
            add_affine_tile(key0, key1, slots[f], 0, tile, a[f], b[f], total)
            continue
        uniform_tile(key0, key1, slots[f], 0, tile, u)
        if kinds[f] == 1:
            normal_quantiles(u)
        for i in range(TILE):
            factor[i] = a[f] + b[f] * u[i]
        if kinds[f] == 2:
            for i in range(TILE):
                factor[i] = logarithm(factor[i]) * _LOG10_E
        if saturating[f]:
            log10_saturations(factor)
        for i in range(TILE):
            total[i] += factor[i]


@kernel
def products(key0: int, key1: int, factors: Factors, first: int, out: FloatArray) -> None:
    """Fill `out` with log10 of the product in the draws from `first` on.

    Examples
    --------
    >>> a, b, out = np.array([0.0, 2.0]), np.array([1.0, 0.0]), np.empty(3)
    >>> two = Factors(np.array([5, 7]), np.array([0, 0]), a, b, np.array([False, False]))
    >>> products(1, 2, two, 0, out)
    >>> bool(((out > 2.0) & (out < 3.0)).all())
    True
    """
    u, factor, total = np.empty(TILE), np.empty(TILE), np.empty(TILE)
    done = 0
    while done < out.size:
        tile, start = divmod(first + done, TILE)
        count = min(TILE - start, out.size - done)
        _product_tile(key0, key1, factors, tile, u, factor, total)
        out[done : done + count] = total[start : start + count]
        done += count


@kernel
def count_products(
    key0: int,
    key1: int,
    factors: Factors,
    first: int,
    draws: int,
    offset: FloatArray,
    counts: IntArray,
) -> None:
    """Add `draws` draws, from number `first` on, to `counts`.

    `counts` has BINS + 3 cells: below 10**LOWEST, the bins of width 1/BINS_PER_DEX, above, NaN.
    `offset` is added to log10 of the product draw by draw; empty means nothing to add.

    Examples
    --------
    >>> a, b, counts = np.array([0.0, 2.0]), np.array([1.0, 0.0]), np.zeros(BINS + 3, np.int64)
    >>> two = Factors(np.array([5, 7]), np.array([0, 0]), a, b, np.array([False, False]))
    >>> count_products(1, 2, two, 0, 5000, np.empty(0), counts)
    >>> int(counts[1 + (2 - LOWEST) * BINS_PER_DEX :][:BINS_PER_DEX].sum())
    5000
    """
    u, factor, total = np.empty(TILE), np.empty(TILE), np.empty(TILE)
    cell = np.empty(TILE, np.int32)
    done = 0
    while done < draws:
        tile, start = divmod(first + done, TILE)
        count = min(TILE - start, draws - done)
        _product_tile(key0, key1, factors, tile, u, factor, total)
        if offset.size > 0:
            for i in range(count):
                total[start + i] += offset[done + i]
        for i in range(TILE):
            position = (total[i] - LOWEST) * BINS_PER_DEX + 1.0
            inside = min(max(position, 0.0), BINS + 1.0)
            cell[i] = np.int32(inside if position == position else BINS + 2.0)
        for i in range(start, start + count):
            counts[np.uint32(cell[i])] += 1
        done += count
