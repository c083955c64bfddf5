"""Quiet expanders: fronts that nobody sees, and places inside them where life goes on unaware.

A share psi of expanding civilizations is visible; the volumes of the rest are not (Vinding 2024;
Friederich & Wenmackers 2023). Births of the visible and of the quiet are independent Poisson
processes. With V_c and V_v the fronts expected in our past cone of light and in that of the fronts'
own speed, if all are of one kind,

    P(nothing visible, no front here) = exp{-[psi V_c + (1 - psi) V_v]},
    P(nothing visible, inside, unaware) = chi exp(-psi V_c) [1 - exp(-(1 - psi) V_v)],

with chi the chance that a place inside fronts still bears observers like us and leaves them
unaware. Candidates for birth that other fronts precluded count as visible, so that the first is
the least that it can be; see the explanation "Quiet expanders".

References
----------
M. Vinding (2024), "Silent cosmic rulers".
S. Friederich & S. Wenmackers (2023), "The future of intelligence in the Universe: a call for
humility".

Examples
--------
>>> log_evident(np.array([1.0, 0.5, 0.0]), np.array([0.5])).round(4)  # 1, .5 + .5 v^3, v^3
array([ 0.    , -0.5754, -2.0794])
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from sfc_sim._core.typing import FloatArray
from sfc_sim.distributions.declarations import Declared, Interval

__all__ = [
    "ENGULFED_OBSERVERS",
    "VISIBLE_FRACTION",
    "engulfed_observers",
    "log_evident",
    "log_unaware",
    "visible_fraction",
]

VISIBLE_FRACTION = Declared(
    "visible_fraction", "\\psi", "", "share of expanding civilizations whose volumes are visible",
    Interval("[0, 1]"), default=1.0, optional=True, told_by="technosignatures",
)  # fmt: skip
ENGULFED_OBSERVERS = Declared(
    "engulfed_observers", "\\chi", "",
    "chance that a place inside fronts that nobody sees still bears observers like us, unaware",
    Interval("[0, 1]"), default=0.0, optional=True, told_by="technosignatures",
)  # fmt: skip


def visible_fraction(parameters: Mapping[str, FloatArray]) -> FloatArray:
    """Return the share of expanders that are visible: 1 where a scenario does not say.

    Examples
    --------
    >>> visible_fraction({})
    array([1.])
    """
    return np.asarray(parameters.get(VISIBLE_FRACTION.name, np.ones(1)))


def engulfed_observers(parameters: Mapping[str, FloatArray]) -> FloatArray:
    """Return the chance of unaware observers inside: 0 where a scenario does not say.

    Examples
    --------
    >>> engulfed_observers({})
    array([0.])
    """
    return np.asarray(parameters.get(ENGULFED_OBSERVERS.name, np.zeros(1)))


def log_evident(visible: FloatArray, speed: FloatArray) -> FloatArray:
    """Return the log of psi + (1 - psi) v^3: of V_c, the part that is visible or has come.

    Fronts of one speed cover the cube of it of what their light does.

    Parameters
    ----------
    visible, speed : ndarray, shape (draw,)
        Share that is visible; speed of the fronts, c.

    Examples
    --------
    >>> log_evident(np.ones(1), np.array([0.3]))
    array([0.])
    """
    return np.asarray(np.log(visible + (1.0 - visible) * speed**3))


def log_unaware(
    log_lit: FloatArray, speed: FloatArray, visible: FloatArray, engulfed: FloatArray
) -> FloatArray:
    """Return the log of the chance that a place is inside, sees nothing, and bears observers.

    Parameters
    ----------
    log_lit : ndarray, shape (draw,)
        Log of V_c, all fronts expected in the past light cone.
    speed, visible, engulfed : ndarray, shape (draw,)
        v, psi and chi.

    Examples
    --------
    >>> one = np.ones(1)
    >>> np.exp(log_unaware(0.0 * one, one, 0.0 * one, 0.5 * one)).round(4)  # (1 - 1 / e) / 2
    array([0.3161])
    """
    with np.errstate(divide="ignore", over="ignore"):
        seen = np.exp(log_lit + np.log(visible))
        log_come = log_lit + 3.0 * np.log(speed) + np.log1p(-visible)
        # For V below 1e-13, 1 - exp(-V) is V to double precision.
        some = np.log(-np.expm1(-np.exp(np.maximum(log_come, -30.0))))
        log_some = np.where(log_come < -30.0, log_come, some)
        return np.asarray(np.log(engulfed) + log_some - seen)
