"""Uniform numbers that worlds are made of: independent by name, or points of a Sobol' sequence.

A number is a function of (seed, name, component, draw) alone, a point of (seed, place). None of
them, as functions here return them, is 0 or 1, where a quantile may be infinite.
"""

from __future__ import annotations

import numpy as np

from sfc_sim._core.random import key_of, slot_of
from sfc_sim._core.typing import FloatArray

__all__ = ["even_points", "off_zero", "sobol_grid", "sobol_points", "uniform_numbers"]


def uniform_numbers(seed: int, name: str, first: int, count: int, component: int = 0) -> FloatArray:
    """Return the uniform numbers of what has a name, of `count` draws from `first` on.

    Examples
    --------
    >>> whole, part = uniform_numbers(7, "speed", 0, 4), uniform_numbers(7, "speed", 2, 2)
    >>> bool((whole[2:] == part).all())
    True
    """
    from sfc_sim.kernels import philox

    numbers = np.empty(count)
    philox.uniforms(*key_of(seed), slot_of(name), component, first, numbers)
    return numbers


def sobol_grid(columns: int, count: int, seed: int, first: int = 0) -> FloatArray:
    """Return points of a scrambled Sobol' sequence on its grid of 2^-30, shape (point, column).

    One of them may be 0: see `off_zero`.
    """
    from scipy.stats import qmc

    engine = qmc.Sobol(columns, scramble=True, rng=seed)
    # Asked for one point, then the rest: the sequence warns where a first batch is no power of
    # two, but pieces of it are what a chunk is.
    batches = (1, count - 1) if first == 0 else (count,)
    if first:
        engine.fast_forward(first)
    return np.concatenate([engine.random(size) for size in batches if size])


def off_zero(points: FloatArray) -> FloatArray:
    """Return points of the grid in the middle of its steps: none is 0, and every quantile finite.

    Examples
    --------
    >>> bool(off_zero(np.zeros(1))[0] == 0.5 * 2.0**-30)
    True
    """
    return points + 2.0**-31


def sobol_points(columns: int, count: int, seed: int, first: int = 0) -> FloatArray:
    """Return points of a scrambled Sobol' sequence inside the cube, shape (point, column).

    Examples
    --------
    >>> whole, part = sobol_points(2, 5, seed=7), sobol_points(2, 3, seed=7, first=2)
    >>> bool((whole[2:] == part).all())
    True
    """
    return off_zero(sobol_grid(columns, count, seed, first))


def even_points(columns: int, count: int) -> FloatArray:
    """Return points that fill the cube evenly, always the same ones, shape (point, column).

    Multiples of powers of the root of x^(d + 1) = x + 1, without their whole part: the golden
    ratio in one column.

    Examples
    --------
    >>> even_points(2, 3).round(3)
    array([[0.755, 0.57 ],
           [0.51 , 0.14 ],
           [0.265, 0.71 ]])
    """
    root = 2.0
    for _ in range(60):
        root = (1.0 + root) ** (1.0 / (columns + 1.0))
    steps = root ** -np.arange(1.0, columns + 1.0)
    return off_zero(np.mod(np.arange(1.0, count + 1.0)[:, None] * steps, 1.0) * (1.0 - 2.0**-30))
