"""From what the user passes as `rng` to the key of the counter-based generator.

`sfc_sim.kernels.philox` makes the number of a parameter in draw i from (key, i, slot). Here the
key comes from the seed, through NumPy's `SeedSequence`, and the slot from the parameter's name.
"""

from __future__ import annotations

import zlib
from typing import Any

import numpy as np
import numpy.typing as npt

from sfc_sim._core.errors import InputError, shown
from sfc_sim._core.typing import RandomLike

__all__ = ["STREAM_VERSION", "key_of", "seed_of", "slot_of"]

STREAM_VERSION = 1
"""Raised whenever the same seed would give other numbers."""


def seed_of(rng: RandomLike) -> int:
    """Return the seed that `rng` stands for, a whole number that remakes the same draws.

    Parameters
    ----------
    rng : None, int, SeedSequence or Generator
        None takes fresh entropy from the operating system; a Generator is advanced by 128 bits.

    Raises
    ------
    InputError
        If `rng` is anything else, or negative.

    Examples
    --------
    >>> seed_of(7), seed_of(np.random.SeedSequence(7))
    (7, 7)
    >>> seed_of(None) != seed_of(None)
    True
    """
    if rng is None:
        rng = np.random.SeedSequence()
    if isinstance(rng, np.random.SeedSequence):
        if isinstance(rng.entropy, int) and not rng.spawn_key:
            return rng.entropy
        return _joined(rng.generate_state(4))
    if isinstance(rng, np.random.Generator):
        return _joined(rng.integers(0, 2**32, size=4, dtype=np.uint32))
    if isinstance(rng, int | np.integer) and not isinstance(rng, bool) and rng >= 0:
        return int(rng)
    raise InputError(
        f"rng: got {shown(rng)}; allowed: None, a whole number >= 0, "
        "numpy.random.SeedSequence or numpy.random.Generator"
    )


def _joined(words: npt.NDArray[np.unsignedinteger[Any]]) -> int:
    """Return one number of 32 bits per word, the first word lowest."""
    return sum(int(word) << (32 * place) for place, word in enumerate(words))


def key_of(seed: int) -> tuple[int, int]:
    """Return the two 32-bit halves of the generator's key.

    Examples
    --------
    >>> key_of(7) == key_of(7), key_of(7) == key_of(8)
    (True, False)
    """
    sequence = np.random.SeedSequence(seed, spawn_key=(STREAM_VERSION,))
    first, second = sequence.generate_state(2)
    return int(first), int(second)


def slot_of(name: str) -> int:
    """Return the slot of a parameter in the stream: 32 bits that depend on its name alone.

    Examples
    --------
    >>> slot_of("lifetime")
    1038561416
    """
    return zlib.crc32(name.encode())
