"""Normal scores: what a proposal moves in place of uniform numbers, one or many of one law."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import final

import numpy as np

from sfc_sim._core.typing import FloatArray

__all__ = ["LEAST", "MOST", "Repeated", "chi2_of_score", "score_of_chi2", "to_uniform"]

# What of z has a uniform number that is neither 0 nor 1 in double precision.
LEAST, MOST = 1e-300, 1.0 - 2.0**-53


def to_uniform(z: FloatArray) -> FloatArray:
    """Return Phi(z), never 0 and never 1.

    Examples
    --------
    >>> to_uniform(np.array([0.0, 40.0])).tolist() == [0.5, 1.0 - 2.0**-53]
    True
    """
    from scipy.special import ndtr

    return np.asarray(np.clip(ndtr(z), LEAST, MOST))


@final
@dataclass(frozen=True)
class Repeated:
    """Normal scores z_k that a draw has n of, by their mean and how far they lie apart.

    A draw of one has no spread; its second score, which it does not use, stands for it.

    Attributes
    ----------
    scores : ndarray, shape (most, draw)
    steps : ndarray, shape (draw,)
        How many are used.

    Examples
    --------
    >>> two = Repeated(np.array([[0.5], [-0.1]]), np.array([2.0]))
    >>> again = two.at(two.together + 1.0, two.apart)
    >>> print((again - two.scores).round(6).ravel())  # each by 1 / sqrt(2)
    [0.707107 0.707107]
    """

    scores: FloatArray
    steps: FloatArray

    @property
    def used(self) -> np.ndarray:
        """Which scores are used, shape (most, draw)."""
        return np.asarray(np.arange(len(self.scores))[:, None] < self.steps)

    @property
    def read(self) -> np.ndarray:
        """Which the coordinates are of: those, and the second of a draw of one."""
        return np.asarray(np.arange(len(self.scores))[:, None] < np.maximum(self.steps, 2))

    @cached_property
    def together(self) -> FloatArray:
        """Sum z_k / sqrt(n)."""
        return np.asarray(np.where(self.used, self.scores, 0.0).sum(axis=0) / np.sqrt(self.steps))

    @cached_property
    def about(self) -> FloatArray:
        """The scores about their mean, shape (most, draw)."""
        mean = self.together / np.sqrt(self.steps)
        return np.asarray(np.where(self.used, self.scores - mean, 0.0))

    @cached_property
    def apart(self) -> FloatArray:
        """Normal score of sum (z_k - mean)^2."""
        if len(self.scores) == 1:
            return np.zeros(self.steps.size)
        freedom = np.maximum(self.steps - 1.0, 1.0)
        found = score_of_chi2(freedom, (self.about**2).sum(axis=0))
        return np.where(self.steps > 1.0, found, self.scores[1])

    def at(self, together: FloatArray, apart: FloatArray) -> FloatArray:
        """Return the scores with these coordinates, and the directions that they have."""
        freedom = np.maximum(self.steps - 1.0, 1.0)
        now = (self.about**2).sum(axis=0)
        wider = np.sqrt(chi2_of_score(freedom, apart) / np.where(now > 0.0, now, 1.0))
        moved = together / np.sqrt(self.steps) + wider * self.about
        if len(moved) > 1:
            moved[1] = np.where(self.steps > 1.0, moved[1], apart)
        return np.asarray(moved)


def score_of_chi2(freedom: FloatArray, x: FloatArray) -> FloatArray:
    """Return the normal score of the quantile of x in the chi^2 law.

    Examples
    --------
    >>> round(float(chi2_of_score(3.0, score_of_chi2(3.0, 0.01))), 12)
    0.01
    """
    from scipy.special import gammainc, gammaincc, ndtri

    below, above = gammainc(0.5 * freedom, 0.5 * x), gammaincc(0.5 * freedom, 0.5 * x)
    low, high = np.clip(below, LEAST, 0.5), np.clip(above, LEAST, 0.5)
    return np.asarray(np.where(below < above, ndtri(low), -ndtri(high)))


def chi2_of_score(freedom: FloatArray, score: FloatArray) -> FloatArray:
    """Return the inverse of `score_of_chi2`.

    Examples
    --------
    >>> round(float(chi2_of_score(1.0, 0.0)), 6)  # the median
    0.454936
    """
    from scipy.special import gammainccinv, gammaincinv, ndtr

    tail = np.maximum(ndtr(-np.abs(score)), LEAST)
    low, high = gammaincinv(0.5 * freedom, tail), gammainccinv(0.5 * freedom, tail)
    return np.asarray(2.0 * np.where(np.asarray(score) < 0.0, low, high))
