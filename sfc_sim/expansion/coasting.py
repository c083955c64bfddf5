"""How far a probe gets that is launched once and loses momentum to expansion."""

from __future__ import annotations

import numpy as np
from scipy import special

from sfc_sim._core.quadrature import gauss_legendre
from sfc_sim._core.typing import FloatArray
from sfc_sim.cosmology.background import Background, PowerLaw

__all__ = ["coasting_radius"]

# After today expansion soon is exponential, and what a probe has left falls at least as 1/a:
# exp(-36) is lost. A panel spans at most 2 in ln a, where 16 points leave less than 1e-12.
_SPAN, _PANELS, _POINTS = 36.0, 24, 16


def coasting_radius(background: Background, beta: FloatArray, log_scale: FloatArray) -> FloatArray:
    """Return the comoving radius in Gly for speeds between 0 and 1, both excluded.

    Parameters
    ----------
    background : Background
        The expanding universe.
    beta, log_scale : array
        Speed at launch, c, and ln a then, of one shape.

    Examples
    --------
    >>> coasting_radius(Background.power_law(2 / 3), np.array([0.5]), np.zeros(1)).round(6)
    array([23.17691])
    """
    if isinstance(background, PowerLaw):
        return _in_power_law(background, beta, log_scale)
    return _by_quadrature(background, beta, log_scale)


def _by_quadrature(background: Background, beta: FloatArray, log_scale: FloatArray) -> FloatArray:
    """Integrate over ln a, from launch at `log_scale` to long after today."""
    span = _SPAN + np.maximum(-log_scale, 0.0)
    nodes, weights = gauss_legendre(_POINTS)
    elapsed = (np.arange(_PANELS)[:, None] + nodes).ravel() / _PANELS
    total, slowness = np.zeros(beta.shape), (1.0 - beta) * (1.0 + beta)
    for share, weight in zip(elapsed, np.tile(weights, _PANELS) / _PANELS, strict=True):
        momentum = beta * np.exp(-share * span)  # times gamma of the launch
        x = log_scale + share * span
        light = span * np.exp(-x) / background._hubble_at(x)
        total += weight * light * momentum / np.sqrt(slowness + momentum**2)
    return total


def _in_power_law(background: PowerLaw, beta: FloatArray, log_scale: FloatArray) -> FloatArray:
    """Return the integral in closed form, a hypergeometric function."""
    half = 0.5 / background.exponent
    if half >= 1.0:
        return np.full(beta.shape, np.inf)
    momentum = beta / np.sqrt((1.0 - beta) * (1.0 + beta))
    first = np.exp(-log_scale) / background._hubble_at(log_scale)
    series = special.hyp2f1(0.5, 1.0 - half, 2.0 - half, -(momentum**2))
    return np.asarray(first * momentum / (2.0 - 2.0 * half) * series)
