"""Integrals over births that grow as a power of time, in units that make coverage x^(p + 3).

Fronts move at speed 1 here and light at `light` >= 1. Per front-sphere volume (4 pi / 3), births
come at the rate x^(p - 1) / B(p, 4), so that exactly x^(p + 3) of volume is covered, overlaps
counted, at time x. The formulas are those of nucleation and growth (Kolmogorov, Johnson, Mehl,
Avrami), for the model of Hanson et al. (2021, ApJ 922, 182).
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache

import numpy as np
from scipy import special

from sfc_sim._core.quadrature import gauss_legendre
from sfc_sim._core.typing import FloatArray

__all__ = ["mean_visible", "mixed_quantile", "random_births", "unreached"]


def unreached(
    power: float, birth: FloatArray, later: FloatArray, light: float, *, own: bool
) -> FloatArray:
    """Return the mean number of signals of speed `light` that reach a birthplace by `later`.

    Given that no front had come by `birth`; with `own`, births that our own front suppresses
    are left out. The chance of none is exp(-mean).

    From births up to `last`, whose signal would come in time from the edge of our sphere: all of
    them, less those that would have come by `birth`, less those inside our sphere. Later births
    whose signal comes in time all lie inside it.
    """
    last = (light * later + birth) / (1.0 + light) if own else later
    arriving = light**3 * special.betainc(power, 4.0, last / later)
    known = (birth / later) ** (power + 3.0)
    if own:
        known = known + _inside(power, birth / later, last / later)
    with np.errstate(over="ignore"):  # a volume too large for a double is reached for sure
        covered = later ** (power + 3.0)
    # Not negative; rounding makes it so by 1e-16 where `later` is `birth`.
    return np.asarray(covered * np.maximum(arriving - known, 0.0))


def _inside(power: float, birth: FloatArray, last: FloatArray) -> FloatArray:
    """Return int_birth^last u^(p - 1) (u - birth)^3 du / B(p, 4), for times below 1."""
    width = last - birth
    total = np.zeros_like(width)
    for node, weight in zip(*_cubic_rule(), strict=True):
        total += weight * (birth + width * node) ** (power - 1.0)
    return np.asarray(total * width**4 / special.beta(power, 4.0))


@lru_cache
def _cubic_rule() -> tuple[FloatArray, FloatArray]:
    """Return a Gauss rule on [0, 1] for the weight y^3: exact where p - 1 is up to 63."""
    nodes, weights = special.roots_sh_jacobi(32, 4.0, 4.0)
    return nodes, weights


def random_births(power: float) -> tuple[FloatArray, FloatArray]:
    """Return times of birth and weights (of sum 1) that average over actual civilizations.

    Coverage V at a random birth follows a Gamma(p / (p + 3)) law; in ln V its density is
    analytic and falls on both sides, so that equal steps converge exponentially.
    """
    shape = power / (power + 3.0)
    # Less than exp(-24) of all births lie outside; this step gives waiting times to 1e-9.
    log_covered = np.arange(-24.0 / shape, 4.0, 0.4)
    weights = np.exp(shape * log_covered - np.exp(log_covered))
    return np.exp(log_covered / (power + 3.0)), weights / weights.sum()


def mixed_quantile(
    left: Callable[[FloatArray], FloatArray], quantile: FloatArray, low: float, high: float
) -> FloatArray:
    """Return the point at which `left`, falling from 1 to 0 on [low, high], is 1 - quantile.

    `left` takes and returns arrays of the shape of `quantile`. Bisection of the logarithm, to a
    relative 1e-12.
    """
    bottom, top = np.full_like(quantile, np.log(low)), np.full_like(quantile, np.log(high))
    for _ in range(int(np.ceil(np.log2((np.log(high) - np.log(low)) / 1e-12)))):
        middle = 0.5 * (bottom + top)
        above = left(np.exp(middle)) > 1.0 - quantile
        bottom, top = np.where(above, middle, bottom), np.where(above, top, middle)
    return np.exp(0.5 * (bottom + top))


def mean_visible(power: float, light: float) -> float:
    """Return the mean number of others in the past light cone of a random birth.

    For a birth at 1, one at u and distance y is visible if 1 - u < y < light (1 - u), and is
    there if no front had come: of the coverage of both, V(u) and V(1), the part of V(u) that
    would also have reached us, the overlap of two cones, is known to be empty. That overlap is
    an integral over the lens of two balls, which has a closed form; so has the mean over the
    Gamma law of V(1).
    """
    shape = power / (power + 3.0)
    # Births times the volume of a shell: a Beta(p, 4) law of u, as y is (1 - u) z.
    u, weight_u = special.roots_sh_jacobi(64, power + 3.0, power)
    weight_u = weight_u / weight_u.sum()
    total = 0.0
    for early, weight in zip(u, weight_u, strict=True):
        # Beyond z = apart the two cones no longer overlap; the integrand has a kink there.
        apart = min((1.0 + early) / (1.0 - early), light)
        for begin, end in ((1.0, apart), (apart, light)):
            nodes, weights = gauss_legendre(32)
            z = begin + (end - begin) * nodes
            free = early ** (power + 3.0) - _overlap(power, early, (1.0 - early) * z)
            total += weight * (end - begin) * (weights @ (z**2 * (1.0 + free) ** (-shape - 1.0)))
    return float(3.0 * shape * total)


def _overlap(power: float, early: float, distance: FloatArray) -> FloatArray:
    """Return the coverage that births share between cones ending at `early` and at 1.

    Both cones still hold births at times before (1 + early - distance) / 2.
    """
    last = np.maximum(0.5 * (1.0 + early - distance), 0.0)
    spread = (distance**2 - (1.0 - early) ** 2) / distance
    return np.asarray(last ** (power + 3.0) + 0.25 * (power + 3.0) * spread * last ** (power + 2.0))
