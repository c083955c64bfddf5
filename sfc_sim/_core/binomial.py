"""The chance of so many of so many, which keeps its digits where both are great (Loader 2000).

Its parts are what Stirling's formula leaves out, and how far each count is from its mean: neither
is a difference of great numbers, as logs of factorials are.
"""

from __future__ import annotations

from math import lgamma, log, pi
from typing import Final

import numpy as np

from sfc_sim._core.typing import FloatArray

__all__ = ["log_binomial"]

# From here on the series of what Stirling's formula leaves out is good to 1e-14.
GREAT: Final = 16
# Part of a count, within which its mean is near it.
NEAR: Final = 0.5


def log_binomial(found: int, many: int, log_hit: FloatArray, log_miss: FloatArray) -> FloatArray:
    """Return the log of the chance of so many hits, given the logs of the chances of hit and miss.

    Examples
    --------
    >>> log_binomial(1, 2, np.log([0.5]), np.log([0.5])).round(12)
    array([-0.69314718])
    """
    rest = many - found
    # All of one kind: nothing to multiply by the chance of the other, be it 0.
    if found == 0 or rest == 0:
        return np.asarray(many * (log_miss if found == 0 else log_hit))
    left = _left_out(many) - _left_out(found) - _left_out(rest)
    width = 0.5 * (log(2.0 * pi) + log(found) + log(rest) - log(many))
    away = sum(_away(count, many, logs) for count, logs in ((found, log_hit), (rest, log_miss)))
    return np.asarray(left - width - away)


def _left_out(many: int) -> float:
    """Return log(n!) less Stirling's formula for it.

    Examples
    --------
    >>> round(_left_out(10), 9), round(_left_out(100), 9)
    (0.008330563, 0.000833331)
    """
    if many < GREAT:
        return lgamma(many + 1.0) - (many + 0.5) * log(many) + many - 0.5 * log(2.0 * pi)
    square = float(many) ** -2
    series = 1 / 12 - square * (1 / 360 - square * (1 / 1260 - square * (1 / 1680)))
    return series / many


def _away(count: int, many: int, log_chance: FloatArray) -> FloatArray:
    """Return k log(k / m) + m - k for the mean m of the count k: 0 where they are the same.

    Examples
    --------
    >>> _away(3, 6, np.log([0.5, 0.25])).round(6)
    array([0.      , 0.579442])
    """
    part = (many * np.exp(log_chance) - count) / count
    near = np.abs(part) < NEAR
    close = np.where(near, part, 0.0)
    far = log(count) - log(many) - np.asarray(log_chance)
    return np.asarray(count * np.where(near, close - np.log1p(close), far + part))
