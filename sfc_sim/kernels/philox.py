"""Counter-based random numbers: Philox4x32-10 of Salmon et al. (2011, SC'11, "Random123").

The number of a parameter in draw i is a function of (key, i, slot, component) alone. Draws are
grouped in tiles of 1024; word j of counter block c belongs to draw ``1024 tile + 256 j + c``, so
that a tile is filled by vector instructions in four contiguous runs. The counter is (block index
low, block index high, slot, component) with the block index ``256 tile + c``.

Every constant is a ``uint64``: Numba turns ``uint64`` with ``int64`` into ``float64``.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from sfc_sim.kernels._jit import kernel

__all__ = ["TILE", "add_affine_tile", "uniform_tile", "uniforms"]

TILE = 1024
_QUARTER = TILE // 4
_MASK = np.uint64(0xFFFFFFFF)
_HALF = np.uint64(32)
_MULTIPLIER_0 = np.uint64(0xD2511F53)
_MULTIPLIER_1 = np.uint64(0xCD9E8D57)
_WEYL_0 = np.uint64(0x9E3779B9)
_WEYL_1 = np.uint64(0xBB67AE85)
_STEP = 2.0**-32

FloatArray = npt.NDArray[np.float64]
Words = tuple[np.uint64, np.uint64, np.uint64, np.uint64]


@kernel
def _round(
    c0: np.uint64, c1: np.uint64, c2: np.uint64, c3: np.uint64, k0: np.uint64, k1: np.uint64
) -> Words:
    """Return the counter after one of the ten rounds."""
    product0, product1 = c0 * _MULTIPLIER_0, c2 * _MULTIPLIER_1
    return (
        (product1 >> _HALF) ^ c1 ^ k0,
        product1 & _MASK,
        (product0 >> _HALF) ^ c3 ^ k1,
        product0 & _MASK,
    )


@kernel
def add_affine_tile(
    key0: int, key1: int, slot: int, component: int, tile: int, a: float, b: float, out: FloatArray
) -> None:
    """Add a + b u to `out` (1024 floats), with the uniforms u = (word + 1/2) / 2**32 of a tile.

    They lie in [2**-33, 1 - 2**-33] and are exactly representable: never 0, never 1.

    Examples
    --------
    >>> out = np.full(1024, 5.0)
    >>> add_affine_tile(1, 2, 3, 0, 0, 2.0, 3.0, out)
    >>> bool((out > 7.0).all() and (out < 10.0).all())
    True
    """
    k0, k1 = np.uint64(key0), np.uint64(key1)
    # The low half is a multiple of 256, so adding c never carries into the high half.
    block = np.uint64(tile) * np.uint64(_QUARTER)
    low, high = block & _MASK, block >> _HALF
    for c in range(_QUARTER):
        words = low + np.uint64(c), high, np.uint64(slot), np.uint64(component)
        r0, r1 = k0, k1
        # The rounds stand here, not in a function: LLVM would not inline it, nor then vectorise.
        for _ in range(10):
            words = _round(*words, r0, r1)
            r0, r1 = (r0 + _WEYL_0) & _MASK, (r1 + _WEYL_1) & _MASK
        out[c] += a + b * ((np.float64(words[0]) + 0.5) * _STEP)
        out[c + _QUARTER] += a + b * ((np.float64(words[1]) + 0.5) * _STEP)
        out[c + 2 * _QUARTER] += a + b * ((np.float64(words[2]) + 0.5) * _STEP)
        out[c + 3 * _QUARTER] += a + b * ((np.float64(words[3]) + 0.5) * _STEP)


@kernel
def uniform_tile(
    key0: int, key1: int, slot: int, component: int, tile: int, out: FloatArray
) -> None:
    """Fill `out` with the 1024 uniforms of one tile.

    Examples
    --------
    >>> out = np.empty(1024)
    >>> uniform_tile(0, 0, 0, 0, 0, out)
    >>> [f"{int(u * 2**32):08x}" for u in out[::256]]
    ['6627e8d5', 'e169c58d', 'bc57ac4c', '9b00dbd8']
    """
    out[:] = 0.0
    add_affine_tile(key0, key1, slot, component, tile, 0.0, 1.0, out)


@kernel
def uniforms(key0: int, key1: int, slot: int, component: int, first: int, out: FloatArray) -> None:
    """Fill `out` with the uniforms of draws first, first + 1, …: the same bits for any chunking.

    Examples
    --------
    >>> whole, part = np.empty(3000), np.empty(10)
    >>> uniforms(1, 2, 3, 0, 0, whole)
    >>> uniforms(1, 2, 3, 0, 2040, part)
    >>> bool((whole[2040:2050] == part).all())
    True
    """
    buffer = np.empty(TILE)
    done = 0
    while done < out.size:
        tile = (first + done) // TILE
        start = first + done - tile * TILE
        count = min(TILE - start, out.size - done)
        uniform_tile(key0, key1, slot, component, tile, buffer)
        for k in range(count):  # a slice would compile its error messages too
            out[done + k] = buffer[start + k]
        done += count
