"""Gauss-Legendre rules on [0, 1]."""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from sfc_sim._core.typing import FloatArray

__all__ = ["gauss_legendre"]


@lru_cache
def gauss_legendre(points: int) -> FloatArray:
    """Return nodes and weights of a Gauss-Legendre rule on [0, 1], shape (2, points).

    Examples
    --------
    >>> nodes, weights = gauss_legendre(3)
    >>> round(float(weights @ nodes**5), 12)
    0.166666666667
    """
    nodes, weights = np.polynomial.legendre.leggauss(points)
    rule = np.array([0.5 * (nodes + 1.0), 0.5 * weights])
    rule.flags.writeable = False
    return rule
