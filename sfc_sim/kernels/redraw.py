"""Draws from a tilted density over quantiles, with the density they were drawn from."""

from __future__ import annotations

import math

import numpy as np

from sfc_sim.kernels._jit import kernel
from sfc_sim.kernels.search import count_up_to

__all__ = ["redraw_amount", "redraw_fraction"]


@kernel
def draw_between(
    log_density: np.ndarray,
    edges: np.ndarray,
    u: float,
    density: np.ndarray,
    cumulative: np.ndarray,
) -> tuple[float, float]:
    """Draw a quantile from a piecewise-linear density, and return it with its log-density.

    `log_density` at the `edges` needs no norm; `density` and `cumulative` are scratch.
    """
    top = log_density.max()
    if top == -math.inf:
        return 0.5, 0.0
    density[0] = math.exp(log_density[0] - top)
    cumulative[0] = 0.0
    for k in range(edges.size - 1):
        density[k + 1] = math.exp(log_density[k + 1] - top)
        mean = 0.5 * (density[k] + density[k + 1])
        cumulative[k + 1] = cumulative[k] + mean * (edges[k + 1] - edges[k])
    norm = cumulative[edges.size - 1]
    k = min(count_up_to(cumulative, edges.size, u * norm) - 1, edges.size - 2)
    left, right = density[k], density[k + 1]
    width = edges[k + 1] - edges[k]
    part = u * norm - cumulative[k]
    # Solve left x + (right - left) x^2 / (2 width) = part in the form that does not cancel.
    root = math.sqrt(max(left * left + 2.0 * (right - left) * part / width, 0.0))
    x = min(2.0 * part / (left + root), width) if left + root > 0.0 else 0.5 * width
    here = left + (right - left) * x / width
    return edges[k] + x, math.log(max(here, 1e-300) / norm)


@kernel
def read_even(table: np.ndarray, first: float, step: float, slope: float, x: float) -> float:
    """Read a table of even spacing; beyond its end go on as slope x (exp(x) - exp(end))."""
    place = (x - first) / step
    if place <= 0.0:
        return table[0]
    k = int(place)
    if k >= table.size - 1:
        end = first + step * (table.size - 1)
        return table[table.size - 1] + slope * (math.exp(x) - math.exp(end))
    part = place - k
    return table[k] + part * (table[k + 1] - table[k])


@kernel
def redraw_amount(
    log_tilt: np.ndarray,
    u: np.ndarray,
    edges: np.ndarray,
    log_amount: np.ndarray,
    log_spared: np.ndarray,
    first: float,
    step: float,
    least: float,
    quantile: np.ndarray,
    log_density: np.ndarray,
) -> None:
    """Redraw quantiles of the amount w from p(w) w E_f[exp(-w f V)], V = exp(log_tilt).

    `log_amount` holds ln w at the quantile `edges`; `log_spared` holds ln E_f[exp(-f y)] from
    ln y = `first` on in steps of `step`, and `least` the least f. Arrays over draws: `log_tilt`,
    `u`, and the outputs `quantile` and its `log_density`.
    """
    here = np.empty(edges.size)
    density, cumulative = np.empty(edges.size), np.empty(edges.size)
    for i in range(u.size):
        for k in range(edges.size):
            log_y = log_amount[k] + log_tilt[i]
            here[k] = log_amount[k] + read_even(log_spared, first, step, -least, log_y)
        quantile[i], log_density[i] = draw_between(here, edges, u[i], density, cumulative)


@kernel
def redraw_fraction(
    log_tilt: np.ndarray,
    u: np.ndarray,
    edges: np.ndarray,
    fraction: np.ndarray,
    quantile: np.ndarray,
    log_density: np.ndarray,
) -> None:
    """Redraw quantiles of the fraction f from p(f) exp(-f y), y = exp(log_tilt)."""
    here = np.empty(edges.size)
    density, cumulative = np.empty(edges.size), np.empty(edges.size)
    for i in range(u.size):
        y = math.exp(min(log_tilt[i], 600.0))
        for k in range(edges.size):
            here[k] = -fraction[k] * y
        quantile[i], log_density[i] = draw_between(here, edges, u[i], density, cumulative)
