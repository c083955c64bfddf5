"""Arrays in and out of distributions: checks, and the inverse of any monotone function."""

from __future__ import annotations

from collections.abc import Callable
from math import isfinite, log

import numpy as np
import numpy.typing as npt

from sfc_sim._core.errors import InputError
from sfc_sim._core.errors import numbers as checked_numbers
from sfc_sim._core.typing import FloatArray

__all__ = [
    "LN10",
    "apply_flat",
    "floats",
    "half_if_wide",
    "interpolate",
    "ln_ratio",
    "numbers",
    "probabilities",
    "smallest_reaching",
]

LN10 = log(10.0)


def apply_flat(function: Callable[[FloatArray], FloatArray], x: FloatArray) -> FloatArray:
    """Evaluate on a flat array and give the shape back; infinities are answers, not accidents."""
    with np.errstate(divide="ignore", over="ignore", under="ignore", invalid="raise"):
        return function(x.ravel()).reshape(x.shape)[()]


def floats(x: npt.ArrayLike) -> FloatArray:
    """Return `x` as an array of doubles."""
    return np.asarray(x, dtype=float)


def numbers(x: npt.ArrayLike) -> FloatArray:
    """Return `x` as doubles, none of them NaN."""
    return np.asarray(checked_numbers(x, "x"))


def probabilities(u: npt.ArrayLike) -> FloatArray:
    """Return `u` as doubles, all of them in [0, 1]."""
    values = np.asarray(checked_numbers(u, "a probability"))
    good = (values >= 0) & (values <= 1)
    if not good.all():
        raise InputError(f"a probability must lie in [0, 1], got {values[~good].flat[0]}")
    return values


def half_if_wide(lo: float, hi: float) -> float:
    """Return the power of two that keeps hi - lo within the range of a double: 1, or 1/2."""
    return 1.0 if isfinite(hi - lo) else 0.5


def interpolate(lo: float, hi: float, u: FloatArray) -> FloatArray:
    """Return lo + u (hi - lo), from the nearer end so that both ends are met exactly."""
    half = half_if_wide(lo, hi)
    low, high = lo * half, hi * half
    return np.where(u <= 0.5, low + u * (high - low), high - (1 - u) * (high - low)) / half


def ln_ratio(x: FloatArray, base: float) -> FloatArray:
    """Return ln(x / base) of positive numbers, without overflow and right where they are close."""
    above = np.minimum(x - base, base)
    return np.where(above < base, np.log1p(above / base), np.log(x) - log(base))


def smallest_reaching(
    cdf: Callable[[FloatArray], FloatArray], u: FloatArray, lo: FloatArray, hi: FloatArray
) -> FloatArray:
    """Return the smallest double in [lo, hi] where `cdf` reaches `u`.

    Bisects the doubles in their order as 64-bit integers: 64 halvings find the last bit whatever
    the scale, and jumps of the cdf need no special care.
    """
    below, above = _rank(lo), _rank(hi)
    for _ in range(64):
        middle = (below >> 1) + (above >> 1) + (below & above & 1)
        reached = cdf(_unrank(middle)) >= u
        above = np.where(reached, middle, above)
        below = np.where(reached, below, np.minimum(middle + 1, above))
    return _unrank(above)


def _rank(x: FloatArray) -> npt.NDArray[np.int64]:
    """Return integers in the order of the doubles `x`."""
    bits = np.ascontiguousarray(x).view(np.int64)
    return np.where(bits < 0, np.int64(-(2**63)) - bits, bits)


def _unrank(rank: npt.NDArray[np.int64]) -> FloatArray:
    return np.where(rank < 0, np.int64(-(2**63)) - rank, rank).view(np.float64)
