"""The log density of a parameter of a scenario at the values that draws hold.

Draws hold the geometric mean of what is drawn anew for each step. Of log-uniform steps the log of
that is a mean of uniform numbers (the law of Bates), of log-normal ones it is normal.
"""

from __future__ import annotations

from math import log

import numpy as np

from sfc_sim._core.errors import InputError
from sfc_sim._core.typing import FloatArray
from sfc_sim.distributions import Distribution, LogNormal, LogUniform

__all__ = ["log_bates", "log_density", "log_density_of_mean"]


def log_density(
    law: Distribution, values: FloatArray, atom: np.ndarray | None = None
) -> FloatArray:
    """Return the log density of a law, with respect to length and to a unit at each atom.

    Parameters
    ----------
    law : Distribution
        Of the parameter.
    values : ndarray, shape (draw,)
        Where it is evaluated.
    atom : ndarray of bool, shape (draw,), optional
        Which of them are values that some scenario takes as known; none of whole numbers, which
        are counted.

    Examples
    --------
    >>> from sfc_sim.distributions import Fixed, Uniform
    >>> at, atom = np.array([7.0, 6.0]), np.array([True, False])
    >>> print(log_density(Fixed(7.0), at, atom), log_density(Uniform(5.0, 6.0), at, atom))
    [  0. -inf] [-inf   0.]
    """
    found = law.logpdf(values)
    if atom is None:
        return found
    # A law with a density has no weight at a point; one of points has none between.
    return np.where(atom == law.discrete, found, -np.inf)


def log_density_of_mean(law: Distribution, values: FloatArray, steps: FloatArray) -> FloatArray:
    """Return the log density of the geometric mean of so many independent numbers of a law.

    Parameters
    ----------
    law : LogUniform or LogNormal
        Of each of them.
    values : ndarray, shape (draw,)
        Geometric means.
    steps : ndarray, shape (draw,)
        How many numbers each is of.

    Raises
    ------
    InputError
        If the law is of another kind: there is no closed form.

    Examples
    --------
    >>> one = log_density_of_mean(LogUniform(1, 10), np.array([2.0]), np.ones(1))
    >>> bool(np.isclose(one, LogUniform(1, 10).logpdf([2.0])))
    True
    """
    logs = np.log(values)
    if isinstance(law, LogNormal):
        spread = law.sigma / np.sqrt(steps)
        z = (logs - law.mu) / spread
        return np.asarray(-0.5 * z * z - np.log(spread) - 0.5 * log(2.0 * np.pi) - logs)
    if not isinstance(law, LogUniform):
        raise InputError(f"no density of a mean of {law!r}; it must be log-uniform or log-normal")
    width = log(law.hi) - log(law.lo)
    return log_bates((logs - log(law.lo)) / width, steps) - log(width) - logs


def log_bates(mean: FloatArray, size: FloatArray) -> FloatArray:
    """Return the log density of the mean of so many independent uniform numbers.

    By the recursion of B-splines, whose terms are all positive.

    Examples
    --------
    >>> print(np.exp(log_bates(np.array([0.3, 0.25, 1.2]), np.array([1.0, 2.0, 2.0]))).round(12))
    [1. 1. 0.]
    """
    out = np.full(mean.shape, -np.inf)
    for many in np.unique(size).astype(int):
        here = size == many
        total = many * mean[here]
        shifts = total[:, None] - np.arange(many)
        spline = ((shifts >= 0.0) & (shifts < 1.0)).astype(float)
        for k in range(2, many + 1):
            s = shifts[:, : many - k + 1]
            spline = (s * spline[:, :-1] + (k - s) * spline[:, 1:]) / (k - 1)
        with np.errstate(divide="ignore"):
            out[here] = np.log(np.maximum(spline[:, 0], 0.0)) + log(many)
    return out
