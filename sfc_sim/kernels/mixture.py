"""Densities of a mixture of Student-t laws, in the same order of operations for any batch."""

from __future__ import annotations

from math import exp, log

import numpy as np
import numpy.typing as npt

from sfc_sim.kernels._jit import kernel

__all__ = ["log_parts", "log_sum"]

FloatArray = npt.NDArray[np.float64]


@kernel
def log_parts(
    z: FloatArray,
    log_share: FloatArray,
    centres: FloatArray,
    whitening: FloatArray,
    freedom: float,
    out: FloatArray,
) -> None:
    """Fill `out` (draw, part) with the log of each part over the standard normal density.

    `z` has shape (draw, dimension), `centres` (part, dimension); `whitening` holds the inverses
    of the lower Cholesky roots; `log_share` all that does not depend on z.

    Examples
    --------
    >>> out = np.empty((1, 1))
    >>> log_parts(np.zeros((1, 1)), np.zeros(1), np.zeros((1, 1)), np.ones((1, 1, 1)), 5.0, out)
    >>> out.item()
    0.0
    """
    draws, dimensions = z.shape
    for i in range(draws):
        normal = 0.0
        for j in range(dimensions):
            normal += z[i, j] * z[i, j]
        for c in range(log_share.size):
            distance = 0.0
            for j in range(dimensions):
                y = 0.0
                for k in range(j + 1):
                    y += whitening[c, j, k] * (z[i, k] - centres[c, k])
                distance += y * y
            tail = 0.5 * (freedom + dimensions) * log(1.0 + distance / freedom)
            out[i, c] = log_share[c] + 0.5 * normal - tail


@kernel
def log_sum(parts: FloatArray, out: FloatArray) -> None:
    """Fill `out` (draw,) with the logs of the sums of exponentials along each row.

    Examples
    --------
    >>> out = np.empty(1)
    >>> log_sum(np.log(np.array([[1.0, 2.0]])), out)
    >>> round(exp(out.item()), 12)
    3.0
    """
    for i in range(parts.shape[0]):
        top = parts[i, 0]
        for c in range(1, parts.shape[1]):
            top = max(top, parts[i, c])
        total = 0.0
        for c in range(parts.shape[1]):
            total += exp(parts[i, c] - top)
        out[i] = top + log(total)


@kernel
def _density(
    edges: FloatArray,
    log_amounts: FloatArray,
    log_lit: float,
    slope: float,
    cut: float,
    density: FloatArray,
    cumulative: FloatArray,
) -> float:
    """Fill the density w^slope exp(-w V exp(-cut)) over quantile edges; return the log of its top.

    The last of `cumulative` is the norm, of the density over its top.
    """
    top = -np.inf
    for k in range(edges.size):
        spared = log_amounts[k] + log_lit - cut
        value = 0.0
        if spared > -37.0:
            value = -exp(min(spared, 700.0))
        if slope != 0.0:
            value += slope * log_amounts[k]
        density[k] = value
        top = max(top, value)
    if top == -np.inf:  # no amount at all: nothing to tilt
        density[:] = 0.0
        top = 0.0
    for k in range(edges.size):
        value = density[k] - top
        density[k] = exp(value) if value > -700.0 else 0.0
    cumulative[0] = 0.0
    for k in range(edges.size - 1):
        mean = 0.5 * (density[k] + density[k + 1])
        cumulative[k + 1] = cumulative[k] + mean * (edges[k + 1] - edges[k])
    return top


@kernel
def log_norms(
    levels: FloatArray,
    edges: FloatArray,
    log_amounts: FloatArray,
    slopes: FloatArray,
    cuts: FloatArray,
    out: FloatArray,
) -> None:
    """Fill `out` (tilt, level) with the log norms of tilts where a unit amount covers exp(level).

    Examples
    --------
    >>> out = np.empty((1, 1))
    >>> edges, none = np.array([0.0, 1.0]), np.array([-np.inf])
    >>> log_norms(none, edges, np.log(edges + 1e-300), np.ones(1), np.zeros(1), out)
    >>> round(exp(out.item()), 12)                      # the mean of u
    0.5
    """
    density, cumulative = np.empty(edges.size), np.empty(edges.size)
    for t in range(slopes.size):
        for k in range(levels.size):
            top = _density(edges, log_amounts, levels[k], slopes[t], cuts[t], density, cumulative)
            out[t, k] = top + log(cumulative[edges.size - 1])


@kernel
def _read(table: FloatArray, place: float) -> float:
    """Read a table of even spacing by the cubic through four neighbours."""
    k = min(max(int(place), 1), table.size - 3)
    x = place - k
    before, here, after, beyond = table[k - 1], table[k], table[k + 1], table[k + 2]
    return (
        -before * x * (x - 1.0) * (x - 2.0) / 6.0
        + here * (x + 1.0) * (x - 1.0) * (x - 2.0) / 2.0
        - after * (x + 1.0) * x * (x - 2.0) / 2.0
        + beyond * (x + 1.0) * x * (x - 1.0) / 6.0
    )


@kernel
def tilt(
    log_lit: FloatArray,
    which: npt.NDArray[np.int64],
    edges: FloatArray,
    log_amounts: FloatArray,
    slopes: FloatArray,
    cuts: FloatArray,
    first: float,
    step: float,
    norms: FloatArray,
    u: FloatArray,
    out: FloatArray,
) -> None:
    """Move the quantiles `u` of an amount w by tilts, and fill `out` (draw, tilt) with densities.

    Tilt k has a density over quantiles in proportion to w^slope exp(-w V exp(-cut)), which is
    linear between `edges`; V = exp(log_lit). Draw i is moved by tilt `which[i]`, or not if that
    is negative. `out` holds the logs of all densities where the draw then is. `norms` is the
    table of `log_norms` from `first` on in steps of `step`: beyond it they are computed.

    Examples
    --------
    >>> u, out = np.array([0.25]), np.empty((1, 1))
    >>> edges, none, table = np.array([0.0, 1.0]), np.array([-np.inf]), np.zeros((1, 4))
    >>> laws = edges, np.log(edges + 1e-300), np.ones(1), np.zeros(1)
    >>> tilt(none, np.array([0]), *laws, 0.0, 1.0, table, u, out)
    >>> print(u, np.exp(out))                           # density 2u has quantile sqrt(1/4) here
    [0.5] [[1.]]
    """
    density, cumulative = np.empty(edges.size), np.empty(edges.size)
    last = edges.size - 1
    for i in range(u.size):
        chosen = which[i]
        if chosen >= 0:
            _density(
                edges, log_amounts, log_lit[i], slopes[chosen], cuts[chosen], density, cumulative
            )
            goal = u[i] * cumulative[last]
            k = min(np.searchsorted(cumulative, goal, side="right") - 1, last - 1)
            left, right, width = density[k], density[k + 1], edges[k + 1] - edges[k]
            part = goal - cumulative[k]
            # left x + (right - left) x^2 / (2 width) = part, in the form that does not cancel.
            root = (max(left * left + 2.0 * (right - left) * part / width, 0.0)) ** 0.5
            x = 0.5 * width
            if left + root > 0.0:
                x = min(2.0 * part / (left + root), width)
            u[i] = min(max(edges[k] + x, 1e-300), 1.0 - 2.0**-53)
        k = min(max(np.searchsorted(edges, u[i], side="right") - 1, 0), last - 1)
        share = (u[i] - edges[k]) / (edges[k + 1] - edges[k])
        place = (log_lit[i] - first) / step
        for t in range(slopes.size):
            if 1.0 <= place < norms.shape[1] - 2:
                norm = _read(norms[t], place)
            else:
                top = _density(
                    edges, log_amounts, log_lit[i], slopes[t], cuts[t], density, cumulative
                )
                norm = top + log(cumulative[last])
            here = (1.0 - share) * _tilted(log_amounts[k], log_lit[i], slopes[t], cuts[t], norm)
            here += share * _tilted(log_amounts[k + 1], log_lit[i], slopes[t], cuts[t], norm)
            out[i, t] = log(max(here, 1e-300))


@kernel
def _tilted(log_amount: float, log_lit: float, slope: float, cut: float, norm: float) -> float:
    """Return the density of a tilt at an edge."""
    value = -exp(min(log_amount + log_lit - cut, 700.0)) - norm
    if slope != 0.0:
        value += slope * log_amount
    return exp(max(value, -700.0))


@kernel
def em_step(
    z: FloatArray,
    weight: FloatArray,
    codes: npt.NDArray[np.int64],
    log_share: FloatArray,
    log_tables: FloatArray,
    centres: FloatArray,
    whitening: FloatArray,
    freedom: float,
    zero: FloatArray,
    first: FloatArray,
    second: FloatArray,
    counts: FloatArray,
) -> None:
    """Add up what a step of expectation-maximisation needs, draw by draw in their order.

    `codes` (draw, discrete) are columns of `log_tables` (part, value). Per part, `zero` gets the
    sums of weight w, of its square and of w u, with u the weight of a draw in a Student-t law;
    `first` that of w u z, `second` of w u z z', `counts` (part, value) that of w by value.
    """
    draws, dimensions = z.shape
    parts = log_share.size
    terms, stretch = np.empty(parts), np.empty(parts)
    for i in range(draws):
        top = -np.inf
        for c in range(parts):
            distance = 0.0
            for j in range(dimensions):
                y = 0.0
                for k in range(j + 1):
                    y += whitening[c, j, k] * (z[i, k] - centres[c, k])
                distance += y * y
            stretch[c] = (freedom + dimensions) / (freedom + distance)
            value = log_share[c] - 0.5 * (freedom + dimensions) * log(1.0 + distance / freedom)
            for m in range(codes.shape[1]):
                value += log_tables[c, codes[i, m]]
            terms[c] = value
            top = max(top, value)
        total = 0.0
        for c in range(parts):
            terms[c] = exp(terms[c] - top)
            total += terms[c]
        for c in range(parts):
            w = weight[i] * terms[c] / total
            if w <= 0.0:
                continue
            wu = w * stretch[c]
            zero[c, 0] += w
            zero[c, 1] += w * w
            zero[c, 2] += wu
            for j in range(dimensions):
                first[c, j] += wu * z[i, j]
                for k in range(j + 1):
                    second[c, j, k] += wu * z[i, j] * z[i, k]
            for m in range(codes.shape[1]):
                counts[c, codes[i, m]] += w
