"""The same random numbers and the same product, one draw at a time in plain Python."""

from __future__ import annotations

import math
import zlib
from collections.abc import Mapping

from sfc_sim.distributions import Distribution

Factors = Mapping[str, tuple[Distribution, bool]]


def philox_block(counter: list[int], key: list[int]) -> list[int]:
    """Return four words; written from Salmon et al. (2011), section 3.3."""
    c, k = list(counter), list(key)
    for _ in range(10):
        high0, low0 = divmod(0xD2511F53 * c[0], 2**32)
        high1, low1 = divmod(0xCD9E8D57 * c[2], 2**32)
        c = [high1 ^ c[1] ^ k[0], low1, high0 ^ c[3] ^ k[1], low0]
        k = [(k[0] + 0x9E3779B9) % 2**32, (k[1] + 0xBB67AE85) % 2**32]
    return c


def uniform(key: tuple[int, int], slot: int, component: int, draw: int) -> float:
    """Return the uniform number of one draw."""
    tile, place = divmod(draw, 1024)
    word, c = divmod(place, 256)
    high, low = divmod(256 * tile + c, 2**32)
    return (philox_block([low, high, slot, component], list(key))[word] + 0.5) / 2**32


def log10_saturated(log10_x: float) -> float:
    """Return log10(1 - exp(-x))."""
    if log10_x < -8:
        return log10_x
    if log10_x > 3:
        return 0.0
    return math.log10(-math.expm1(-(10**log10_x)))


def log10_product(factors: Factors, key: tuple[int, int], draw: int) -> float:
    """Return log10 of the product in one draw."""
    total = 0.0
    for name, (distribution, saturating) in factors.items():
        u = uniform(key, zlib.crc32(name.encode()), 0, draw)
        value = float(distribution.log10_ppf(u))
        total += log10_saturated(value) if saturating else value
    return total


def histogram(values: list[float]) -> dict[int, int]:
    """Return counts by bin number floor(128 log10 N)."""
    counts: dict[int, int] = {}
    for value in values:
        bin_number = math.floor(128 * value)
        counts[bin_number] = counts.get(bin_number, 0) + 1
    return counts
