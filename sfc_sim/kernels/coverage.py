"""Coverage of space by equal-speed fronts, from a rate of appearance on a conformal-time grid.

The grid is a row of cells in conformal time, each with six samples of the log birth density: at
its two edges and at four Gauss-Legendre nodes between them. Everything is per unit of
(births x speed^3): coverage is linear in both, so one table serves every draw of them.
"""

from __future__ import annotations

import math
from typing import Any, NamedTuple

import numpy as np

from sfc_sim.kernels._jit import kernel

__all__ = ["Births", "CellRule", "actual_births", "moment_tables"]

NOTHING = -1e4
"""Log density, for minus infinity, of what does not appear."""

BEYOND = 0.5
"""How far the log density may go beyond all samples of a cell; smooth ones go 0.04."""


class CellRule(NamedTuple):
    """Six sample places of a cell on [0, 1], the four Gauss weights, samples to coefficients."""

    nodes: np.ndarray
    weights: np.ndarray
    inverse: np.ndarray


class Births(NamedTuple):
    """The births of one draw, or of many stacked: what `moment_tables` makes.

    In units of exp(log_scale), a number for one draw and an array for many.
    """

    edges: np.ndarray
    shape: np.ndarray
    log_scale: Any
    inside: np.ndarray
    moments: np.ndarray
    third: np.ndarray
    later: np.ndarray
    past: np.ndarray
    now: int


@kernel
def density_at(births: Births, cell: int, x: float) -> float:
    """Return the birth density at the place x in [0, 1] of a cell, in units of exp(log_scale)."""
    c = births.shape[cell]
    log_density = c[0] + x * (c[1] + x * (c[2] + x * (c[3] + x * (c[4] + x * c[5]))))
    return math.exp(min(log_density, c[6]))


@kernel
def hermite_log(
    f0: float, d0: float, c0: float, f1: float, d1: float, c1: float, x: float
) -> float:
    """Return the quintic through values, slopes and curvatures (per cell) at x = 0 and 1."""
    y = 1.0 - x
    x3, y3 = x * x * x, y * y * y
    left = y3 * (f0 * (1.0 + x * (3.0 + 6.0 * x)) + d0 * x * (1.0 + 3.0 * x) + 0.5 * c0 * x * x)
    right = x3 * (f1 * (1.0 + y * (3.0 + 6.0 * y)) - d1 * y * (1.0 + 3.0 * y) + 0.5 * c1 * y * y)
    return left + right


@kernel
def log_slopes(moments: np.ndarray, edge: int, width: float) -> tuple[float, float, float]:
    """Return ln I_3 at an edge, and its slope and curvature per cell width."""
    m = moments[edge]
    slope = 3.0 * width * m[2] / m[3]
    return math.log(m[3]), slope, 6.0 * width * width * m[1] / m[3] - slope * slope


@kernel
def third_moments(
    moments: np.ndarray, cell: int, width: float, rule: CellRule, third: np.ndarray
) -> None:
    """Fill I_3 at the four Gauss nodes of a cell."""
    if moments[cell + 1, 3] == 0.0:
        for g in range(4):
            third[g] = 0.0
        return
    f1, d1, c1 = log_slopes(moments, cell + 1, width)
    if moments[cell, 3] == 0.0:
        # The first cell: coverage begins as a power law.
        for g in range(4):
            third[g] = math.exp(f1 + d1 * math.log(rule.nodes[g + 1]))
        return
    f0, d0, c0 = log_slopes(moments, cell, width)
    for g in range(4):
        third[g] = math.exp(hermite_log(f0, d0, c0, f1, d1, c1, rule.nodes[g + 1]))


@kernel
def add_births(
    moments: np.ndarray, edge: int, inside: np.ndarray, width: float, rule: CellRule
) -> None:
    """Fill the moments I_0..I_3 at the next edge: those of this one, moved, and new births."""
    m0, m1, m2, m3 = moments[edge, 0], moments[edge, 1], moments[edge, 2], moments[edge, 3]
    m3 += width * (3.0 * m2 + width * (3.0 * m1 + width * m0))
    m2 += width * (2.0 * m1 + width * m0)
    m1 += width * m0
    for g in range(4):
        age = width * (1.0 - rule.nodes[g + 1])
        part = inside[g]
        m0 += part
        m1 += part * age
        m2 += part * age * age
        m3 += part * age * age * age
    moments[edge + 1, 0], moments[edge + 1, 1] = m0, m1
    moments[edge + 1, 2], moments[edge + 1, 3] = m2, m3


@kernel
def fill_past(
    edges: np.ndarray, inside: np.ndarray, now: int, rule: CellRule, past: np.ndarray
) -> None:
    """Fill the moments 0..4 of look-back time over births from today back to every edge."""
    for k in range(5):
        past[now, k] = 0.0
    for c in range(now - 1, -1, -1):
        width = edges[c + 1] - edges[c]
        for k in range(5):
            past[c, k] = past[c + 1, k]
        for g in range(4):
            back = edges[now] - edges[c] - width * rule.nodes[g + 1]
            part = inside[c, g]
            for k in range(5):
                past[c, k] += part
                part *= back


@kernel
def fit_cell(
    log_rate: np.ndarray,
    log_scale_factor: np.ndarray,
    top: float,
    rule: CellRule,
    samples: np.ndarray,
    bent: np.ndarray,
    shape: np.ndarray,
) -> None:
    """Fill the six log densities of a cell, less `top`, the quintic through them, and its bound."""
    most = NOTHING
    for k in range(6):
        # dt = a d(eta): births per conformal time.
        samples[k] = max(log_rate[k] + log_scale_factor[k] - top, NOTHING)
        bent[k] = samples[k]
        most = max(most, samples[k])
    # Where nothing appears the quintic falls steadily away from where something does: through
    # samples of nothing it would swing to e^1000 between two others.
    for k in range(4, -1, -1):
        if bent[k] == NOTHING and bent[k + 1] > NOTHING:
            bent[k] = bent[k + 1] - 5.0
    for k in range(1, 6):
        if bent[k] == NOTHING and bent[k - 1] > NOTHING:
            bent[k] = bent[k - 1] - 5.0
    for j in range(6):
        total = 0.0
        for k in range(6):
            total += rule.inverse[j, k] * bent[k]
        shape[j] = total
    shape[6] = most + BEYOND


@kernel
def moment_tables(
    edges: np.ndarray,
    log_rate: np.ndarray,
    log_scale_factor: np.ndarray,
    now: int,
    rule: CellRule,
    log_scale: np.ndarray,
    shape: np.ndarray,
    inside: np.ndarray,
    moments: np.ndarray,
    third: np.ndarray,
    later: np.ndarray,
    past: np.ndarray,
) -> None:
    """Fill the tables from which every coverage of a draw follows.

    Shapes: `edges` (draw, cell + 1) in Gly; `log_rate` (per Gyr) and `log_scale_factor`
    (draw, 5 cell + 1) at the edges and Gauss nodes in order; `now` is the cell that begins
    today. Out: `log_scale` (draw,), the unit of all that follows; `shape` (draw, cell, 7), the
    quintic of the log birth density and its upper bound; `inside` (draw, cell, 4), births at the
    Gauss nodes; `moments` (draw, cell + 1, 4), I_0..I_3 of all births, and `third` (draw, cell, 4),
    I_3 at the Gauss nodes; `later` (draw, cell + 1 - now, 4), moments of the births after today;
    `past` (draw, now + 1, 5), moments of look-back time of those before.
    """
    samples, bent = np.empty(6), np.empty(6)
    for i in range(edges.shape[0]):
        top = -math.inf
        for j in range(log_rate.shape[1]):
            top = max(top, log_rate[i, j] + log_scale_factor[i, j])
        if top == -math.inf:
            top = 0.0  # nothing ever appears: a valid world, empty
        log_scale[i] = top
        for k in range(4):
            moments[i, 0, k] = later[i, 0, k] = 0.0
        for c in range(edges.shape[1] - 1):
            first, end = 5 * c, 5 * c + 6
            fit_cell(
                log_rate[i, first:end], log_scale_factor[i, first:end], top, rule,
                samples, bent, shape[i, c],
            )  # fmt: skip
            width = edges[i, c + 1] - edges[i, c]
            for g in range(4):
                inside[i, c, g] = width * rule.weights[g] * math.exp(samples[g + 1])
            add_births(moments[i], c, inside[i, c], width, rule)
            third_moments(moments[i], c, width, rule, third[i, c])
            if c >= now:
                add_births(later[i], c - now, inside[i, c], width, rule)
        fill_past(edges[i], inside[i], now, rule, past[i])


@kernel
def stiff_births(births: Births, cell: int, log_strength: float, rule: CellRule) -> float:
    """Return the unprecluded births of a cell in which coverage rises from little to much."""
    width = births.edges[cell + 1] - births.edges[cell]
    f0, d0, c0 = log_slopes(births.moments, cell, width)
    f1, d1, c1 = log_slopes(births.moments, cell + 1, width)
    # Beyond a coverage of 50 nothing is born: integrate the part of the cell before it.
    deep = math.log(50.0) - log_strength
    end = 1.0
    if f1 > deep:
        low, high = 0.0, 1.0
        for _ in range(20):
            end = 0.5 * (low + high)
            if hermite_log(f0, d0, c0, f1, d1, c1, end) > deep:
                high = end
            else:
                low = end
    pieces = 8
    total = 0.0
    for p in range(pieces):
        for g in range(4):
            x = end * (p + rule.nodes[g + 1]) / pieces
            cover = math.exp(log_strength + hermite_log(f0, d0, c0, f1, d1, c1, x))
            total += rule.weights[g] * density_at(births, cell, x) * math.exp(-cover)
    return total * width * end / pieces


@kernel
def births_outside(births: Births, log_strength: float, rule: CellRule, cells: int) -> float:
    """Return the births of the first cells that fall outside every front, in exp(log_scale).

    The extended covered volume is exp(log_strength) x I_3.
    """
    strength = math.exp(log_strength)
    total = 0.0
    for c in range(cells):
        before, after = strength * births.moments[c, 3], strength * births.moments[c + 1, 3]
        if before > 50.0:
            break
        if after < 1e-8:
            # exp(-x) = 1 - x to double precision.
            for g in range(4):
                total += births.inside[c, g] * (1.0 - strength * births.third[c, g])
            continue
        if after - before < 0.5 or before == 0.0:
            for g in range(4):
                total += births.inside[c, g] * math.exp(-strength * births.third[c, g])
        else:
            total += stiff_births(births, c, log_strength, rule)
    return total


@kernel
def row(tables: Births, i: int) -> Births:
    """Return the births of draw i out of stacked tables; a single one serves every draw."""
    k = min(i, tables.edges.shape[0] - 1)
    return Births(
        tables.edges[k],
        tables.shape[k],
        tables.log_scale[k],
        tables.inside[k],
        tables.moments[k],
        tables.third[k],
        tables.later[k],
        tables.past[k],
        tables.now,
    )


@kernel
def actual_births(
    tables: Births, log_strength: np.ndarray, rule: CellRule, cells: int, log_actual: np.ndarray
) -> None:
    """Fill the log of the births of the first cells outside every front, for stacked tables."""
    for i in range(log_strength.size):
        births = row(tables, i)
        outside = births_outside(births, log_strength[i], rule, cells)
        log_actual[i] = -math.inf
        if outside > 0.0:
            log_actual[i] = births.log_scale + math.log(outside)
