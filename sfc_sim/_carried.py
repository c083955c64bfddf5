"""Means with their errors, and how many draws carry them.

An effective sample size is of the weights. A mean may rest on far fewer draws: the chance of a
rare event on those alone in which it happens.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from sfc_sim._few import FEWEST
from sfc_sim._typing import FloatArray
from sfc_sim._weighted import ratio_of_sums

__all__ = [
    "Carried",
    "carriers",
    "carriers_of",
    "least_error",
    "mean_of",
    "ratio_of",
    "share_of",
]


class Carried(NamedTuple):
    """A mean, its standard error, and the effective number of draws that carry it."""

    mean: float
    error: float
    draws: float


def carriers(parts: FloatArray) -> float:
    """Return the effective number of draws that a sum of such parts rests on.

    Parameters
    ----------
    parts : ndarray, shape (draw,)
        What each draw adds, 0 or more.

    Returns
    -------
    float
        (sum of parts)^2 / sum of parts^2; 0 if no draw adds anything.

    Examples
    --------
    >>> carriers(np.array([1.0, 1.0, 0.0])), carriers(np.zeros(3))
    (2.0, 0.0)
    """
    squares = float(parts @ parts)
    return float(parts.sum()) ** 2 / squares if squares > 0.0 else 0.0


def least_error(error: float, carried: float, draws: float) -> float:
    """Return the error of a share, which is not that of few draws where few draws carry it.

    Parameters
    ----------
    error : float
        The standard error as the draws have it.
    carried : float
        Effective draws that carry the share, or what is missing to 1, whichever are fewer.
    draws : float
        Effective draws of what it is a share of: what happens in none of them may be one in so
        many.

    Examples
    --------
    >>> least_error(1e-9, carried=1.0, draws=50.0), least_error(0.01, carried=40.0, draws=50.0)
    (0.02, 0.01)
    """
    return error if carried >= FEWEST or draws <= 0.0 else max(error, 1.0 / draws)


def carriers_of(log_copies: FloatArray, part: FloatArray, whole: FloatArray) -> tuple[float, float]:
    """Return the effective draws that carry a share, and those of the whole.

    Those of the part, or of what is missing to the whole, whichever are fewer.

    Examples
    --------
    >>> carriers_of(np.zeros(4), np.array([0.0, 0.0, 0.0, 1.0]), np.ones(4))
    (1.0, 4.0)
    """
    copies = np.exp(log_copies - log_copies.max())
    # A difference of what is the same to rounding carries nothing.
    parts = (np.where(np.abs(x) > 1e-15 * whole, x, 0.0) for x in (whole, part, whole - part))
    sizes = [carriers(copies * np.abs(size)) for size in parts]
    return min(sizes), sizes[0]


def share_of(log_copies: FloatArray, part: FloatArray, whole: FloatArray) -> tuple[float, float]:
    """Return sum(n part) / sum(n whole) over copies n, and an error that is not that of few draws.

    Examples
    --------
    >>> share_of(np.zeros(4), np.array([0.0, 0.0, 0.0, 1.0]), np.ones(4))
    (0.25, 0.25)
    """
    share, error = ratio_of_sums(log_copies, part, whole)
    return share, least_error(error, *carriers_of(log_copies, part, whole))


def mean_of(share: FloatArray, weight: FloatArray) -> Carried:
    """Return the mean of a share under weights that sum to one.

    Parameters
    ----------
    share : ndarray, shape (draw,)
        A number from 0 to 1 in every draw; of an event, 1 where it happens.
    weight : ndarray, shape (draw,)
        Of the draws.

    Returns
    -------
    Carried
        What is missing to 1 counts as much as the share: the fewer draws of the two are told. An
        event that happens in no draw, or in all, has the error of one effective draw.

    Examples
    --------
    >>> found = mean_of(np.repeat([1.0, 0.0], [1, 99]), np.full(100, 0.01))
    >>> round(found.mean, 6), round(found.error, 4), round(found.draws)
    (0.01, 0.0099, 1)
    """
    mean = float(np.clip(weight @ share, share.min(), share.max()))
    error = float(np.sqrt(np.sum(weight**2 * (share - mean) ** 2)))
    sides = [size for part in (share, 1.0 - share) if (size := carriers(weight * part)) > 0.0]
    if mean in (0.0, 1.0):
        error = 1.0 / sides[0]
    return Carried(mean, error, min(sides))


def ratio_of(log_upper: FloatArray, log_lower: FloatArray) -> Carried:
    """Return the ratio of two sums over the same draws, at most 1, by the logs of their parts.

    Examples
    --------
    >>> ratio_of(np.log([1.0, 1.0]), np.log([2.0, 2.0]))
    Carried(mean=0.5, error=0.0, draws=2.0)
    """
    top = log_lower.max()
    upper, lower = np.exp(log_upper - top), np.exp(log_lower - top)
    ratio = min(float(upper.sum() / lower.sum()), 1.0)
    error = float(np.sqrt(np.sum((upper - ratio * lower) ** 2)) / lower.sum())
    return Carried(ratio, error, min(carriers(upper), carriers(lower)))
