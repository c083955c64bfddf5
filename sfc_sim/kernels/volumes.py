"""Volumes among other fronts: what humanity takes, and what only humanity would ever take.

Lambda(r) is the expected number of unprecluded births that reach comoving distance r before us
(grabbed) or ever (marginal), with the births that we know not to have happened left out: those
in the past cone of speed v (not engulfed) or of light (nothing visible). `unseen` is the share of
births of which the latter are left out: 1 if nothing is visible, 0 if no front is here.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from sfc_sim.kernels._jit import kernel
from sfc_sim.kernels.coverage import Births, CellRule, density_at, row
from sfc_sim.kernels.search import count_up_to

__all__ = ["claims", "lens"]


class Ball(NamedTuple):
    """Births whose front comes within `reach` + speed x look-back time of a place.

    `distance` is how far from us the place is.
    """

    reach: float
    speed: float
    distance: float


@kernel
def lens(a: float, b: float, d: float) -> float:
    """Return the volume common to two balls of radii a and b whose centres are d apart."""
    if d >= a + b:
        return 0.0
    if d <= abs(a - b):
        return 4.0 * math.pi / 3.0 * min(a, b) ** 3
    s, m = a + b, a - b
    return math.pi * (s - d) ** 2 * (d * d + 2.0 * d * s - 3.0 * m * m) / (12.0 * d)


@kernel
def later_moment(births: Births, eta: float, rule: CellRule) -> float:
    """Return int (eta - eta')^3 over the births between today and `eta`."""
    edges = births.edges
    low = count_up_to(edges, edges.size, eta) - 1
    m = births.later[low - births.now]
    u = eta - edges[low]
    total = m[3] + u * (3.0 * m[2] + u * (3.0 * m[1] + u * m[0]))
    if low < edges.size - 1:
        width = edges[low + 1] - edges[low]
        for g in range(4):
            x = u / width * rule.nodes[g + 1]
            age = u * (1.0 - rule.nodes[g + 1])
            total += rule.weights[g] * u * density_at(births, low, x) * age * age * age
    return total


@kernel
def part_cell(
    births: Births, cell: int, young: float, old: float, ball: Ball, rule: CellRule
) -> float:
    """Return births of look-back time in [young, old] of a cell x (ball minus light cone)."""
    total = 0.0
    width = births.edges[cell + 1] - births.edges[cell]
    for g in range(4):
        back = young + (old - young) * rule.nodes[g + 1]
        x = (births.edges[births.now] - back - births.edges[cell]) / width
        radius = ball.reach + ball.speed * back
        volume = 4.0 * math.pi / 3.0 * radius**3 - lens(radius, back, ball.distance)
        total += rule.weights[g] * density_at(births, cell, x) * volume
    return total * (old - young)


@kernel
def whole_cells(past: np.ndarray, first: int, last: int, poly: np.ndarray) -> float:
    """Return the births between the edges `first` < `last` x a polynomial of look-back time."""
    total = 0.0
    for k in range(5):
        total += poly[k] * (past[first, k] - past[last, k])
    return total


@kernel
def ball_polynomial(reach: float, speed: float, poly: np.ndarray) -> None:
    """Fill the volume of a ball of radius reach + speed t as a polynomial of t."""
    c = 4.0 * math.pi / 3.0
    poly[0] = c * reach**3
    poly[1] = 3.0 * c * reach**2 * speed
    poly[2] = 3.0 * c * reach * speed**2
    poly[3] = c * speed**3
    poly[4] = 0.0


@kernel
def subtract_lens(reach: float, speed: float, r: float, poly: np.ndarray) -> None:
    """Subtract the lens with the past light cone (radius t, a distance r off) from `poly`."""
    p, q = reach - r, 1.0 + speed
    s0 = r * r + 2.0 * r * reach - 3.0 * reach * reach
    s1 = 2.0 * r * (1.0 + speed) + 6.0 * reach * (1.0 - speed)
    s2 = -3.0 * (1.0 - speed) ** 2
    c = math.pi / (12.0 * r)
    poly[0] -= c * p * p * s0
    poly[1] -= c * (p * p * s1 + 2.0 * p * q * s0)
    poly[2] -= c * (p * p * s2 + 2.0 * p * q * s1 + q * q * s0)
    poly[3] -= c * (2.0 * p * q * s2 + q * q * s1)
    poly[4] -= c * q * q * s2


@kernel
def zone_births(
    births: Births, young: float, old: float, ball: Ball, poly: np.ndarray, rule: CellRule
) -> float:
    """Return births of look-back time in [young, old], each x a volume given as `poly`."""
    edges, now = births.edges, births.now
    first = count_up_to(edges, now + 1, edges[now] - old)
    last = count_up_to(edges, now + 1, edges[now] - young) - 1
    if first > last:
        return part_cell(births, last, young, old, ball, rule)
    total = whole_cells(births.past, first, last, poly)
    if first > 0:
        total += part_cell(births, first - 1, edges[now] - edges[first], old, ball, rule)
    if last < now:
        total += part_cell(births, last, young, edges[now] - edges[last], ball, rule)
    return total


@kernel
def past_births(births: Births, ball: Ball, rule: CellRule, poly: np.ndarray) -> float:
    """Return the past births outside our light cone whose front will be in a ball by its time.

    A front born a look-back time t ago comes from a ball of radius reach + v t; births in our
    past light cone, the ball of radius t around us, are known not to have happened.
    """
    horizon = births.edges[births.now] - births.edges[0]
    reach, v, r = ball.reach, ball.speed, ball.distance
    # Younger than `inner`, the whole light cone is inside the ball; older than `outer`, the
    # whole ball is inside the light cone.
    inner = outer = horizon
    if v < 1.0:
        inner = min(horizon, max(0.0, (reach - r) / (1.0 - v)))
        outer = min(horizon, (reach + r) / (1.0 - v))
    total = 0.0
    if inner > 1e-14 * horizon:
        ball_polynomial(reach, v, poly)
        poly[3] -= 4.0 * math.pi / 3.0
        total += zone_births(births, 0.0, inner, ball, poly, rule)
    if outer - inner > 1e-14 * horizon:
        ball_polynomial(reach, v, poly)
        subtract_lens(reach, v, r, poly)
        total += zone_births(births, inner, outer, ball, poly, rule)
    return total


@kernel
def arrivals(
    births: Births, unseen: float, speed: float, r: float, rule: CellRule, poly: np.ndarray
) -> float:
    """Return Lambda(r) at our arrival, given that nothing is visible, or no front is here."""
    delay = r / speed
    cube = later_moment(births, births.edges[births.now] + delay, rule)
    cover = 4.0 * math.pi / 3.0 * speed**3
    total = 0.0
    if unseen > 0.0:
        total = unseen * past_births(births, Ball(r, speed, r), rule, poly)
    if unseen < 1.0:
        # Balls nest around us: the growth of the extended volume since today.
        m = births.moments[births.now]
        cube += (1.0 - unseen) * delay * (3.0 * m[2] + delay * (3.0 * m[1] + delay * m[0]))
    return total + cover * cube


@kernel
def reach_left(
    births: Births,
    unseen: float,
    speed: float,
    reach: float,
    strength: float,
    rule: CellRule,
    poly: np.ndarray,
) -> float:
    """Return the radius at which a depth of 18 to 28 leaves nothing more to grab.

    The search is sure however steeply the depth rises with the radius.
    """
    low, high, far = 0.0, reach, reach
    depth = strength * arrivals(births, unseen, speed, far, rule, poly)
    while depth > 28.0 or depth < 18.0:
        if depth > 28.0:
            high = far
        else:
            low = far
        guess = max(0.05, (23.0 / depth) ** 0.25) * far
        far = guess if low == 0.0 and guess < high else 0.5 * (low + high)
        if far in (low, high):
            break
        depth = strength * arrivals(births, unseen, speed, far, rule, poly)
    return far


@kernel
def grabbed_depths(
    births: Births,
    unseen: float,
    speed: float,
    far: float,
    rule: CellRule,
    shells: np.ndarray,
    depths: np.ndarray,
    poly: np.ndarray,
) -> None:
    """Fill Lambda at our arrival, per unit strength, at shells out to `far`."""
    for k in range(shells.shape[1]):
        depths[k] = arrivals(births, unseen, speed, far * shells[0, k], rule, poly)


@kernel
def last_depth(
    births: Births,
    unseen: float,
    speed: float,
    reach: float,
    r: float,
    rule: CellRule,
    poly: np.ndarray,
) -> float:
    """Return Lambda(r) at the end of time, per unit strength, where some are known to be unseen."""
    cube = births.later[births.later.shape[0] - 1, 3]
    if unseen < 1.0:
        m, left = births.moments[births.now], reach / speed
        cube += (1.0 - unseen) * left * (3.0 * m[2] + left * (3.0 * m[1] + left * m[0]))
    final = 4.0 * math.pi / 3.0 * speed**3 * cube
    return final + unseen * past_births(births, Ball(reach, speed, r), rule, poly)


@kernel
def marginal_depths(
    births: Births,
    unseen: float,
    speed: float,
    reach: float,
    rule: CellRule,
    shells: np.ndarray,
    depths: np.ndarray,
    poly: np.ndarray,
) -> None:
    """Fill Lambda at the end of time, per unit strength, where some are known to be unseen."""
    for k in range(shells.shape[1]):
        depths[k] = last_depth(births, unseen, speed, reach, reach * shells[0, k], rule, poly)


@kernel
def log_spared_volume(far: float, strength: float, shells: np.ndarray, depths: np.ndarray) -> float:
    """Return ln int 4 pi r^2 exp(-strength Lambda(r)) dr out to `far`, without underflow."""
    least = depths[: shells.shape[1]].min()
    total = 0.0
    for k in range(shells.shape[1]):
        weight = shells[1, k] * shells[0, k] ** 2
        total += weight * math.exp(-strength * (depths[k] - least))
    return math.log(4.0 * math.pi * far**3 * total) - strength * least


@kernel
def log_recovered(
    far: float, strength: float, shells: np.ndarray, first: np.ndarray, final: np.ndarray
) -> float:
    """Return ln int 4 pi r^2 (exp(-strength first) - exp(-strength final)) dr out to `far`.

    Nothing cancels, however near none the difference is.
    """
    total = 0.0
    for k in range(shells.shape[1]):
        weight = shells[1, k] * shells[0, k] ** 2 * math.exp(-strength * first[k])
        total -= weight * math.expm1(-strength * max(final[k] - first[k], 0.0))
    return math.log(4.0 * math.pi * far**3 * total) if total > 0.0 else -math.inf


@kernel
def claims(
    tables: Births,
    unseen: np.ndarray,
    speed: np.ndarray,
    reach: np.ndarray,
    log_strength: np.ndarray,
    rule: CellRule,
    few_shells: np.ndarray,
    many_shells: np.ndarray,
    volume_grabbed: np.ndarray,
    log_volume_marginal: np.ndarray,
    recovered: np.ndarray,
) -> None:
    """Fill the grabbed volume and the log of the marginal volume of every draw (Gly^3).

    And `recovered`, the share of the first that is not in the second, where worlds are sparse: by
    a sum of differences, in which nothing cancels. NaN elsewhere; 0 below 1e-14 expected arrivals.

    `tables` stacked along the draws, or a single one for all; all else of shape (draw,).
    `unseen` is the share of births known to be in no past light cone of ours, 0 to 1.
    `log_strength` is the log births per Gly^3 of one unit of the tables, `reach` (Gly) speed x the
    event horizon; the last edge of the grid is the end of expansion.
    """
    poly = np.empty(5)
    most = many_shells.shape[1]
    at_arrival, crowded, at_end = np.empty(most), np.empty(most), np.empty(most)
    single = tables.edges.shape[0] == 1
    outer, final, filled = 0.0, 0.0, 0
    for i in range(speed.size):
        births, v, far, share = row(tables, i), speed[i], reach[i], unseen[i]
        log_alone = math.log(4.0 * math.pi / 3.0 * far**3)
        # Draws of one table and one speed differ in their strength alone.
        if not (single and i > 0 and v == speed[i - 1] and share == unseen[i - 1]):
            filled = 0
            outer = arrivals(births, share, v, far, rule, poly)
            final = outer
            if share > 0.0:
                final = last_depth(births, share, v, far, far, rule, poly)
        strength = math.exp(log_strength[i])
        # A sparse world is nearly a polynomial of the radius: few shells serve it.
        shells = few_shells if strength * final < 2.0 else many_shells
        if strength * final <= 1e-14:
            volume_grabbed[i] = math.exp(log_alone)
            log_volume_marginal[i] = log_alone
            recovered[i] = 0.0
            continue
        if filled != shells.shape[1]:
            filled = shells.shape[1]
            grabbed_depths(births, share, v, far, rule, shells, at_arrival, poly)
            if share > 0.0:
                marginal_depths(births, share, v, far, rule, shells, at_end, poly)
        if strength * outer > 28.0:
            # Others come long before the reach: look where anything is left.
            left = reach_left(births, share, v, far, strength, rule, poly)
            grabbed_depths(births, share, v, left, rule, many_shells, crowded, poly)
            log_grabbed = log_spared_volume(left, strength, many_shells, crowded)
        else:
            log_grabbed = log_spared_volume(far, strength, shells, at_arrival)
        volume_grabbed[i] = math.exp(log_grabbed)
        if share > 0.0:
            log_volume_marginal[i] = log_spared_volume(far, strength, shells, at_end)
        else:
            log_volume_marginal[i] = log_alone - strength * final
        recovered[i] = math.nan
        if strength * final < 2.0:
            if share == 0.0:
                at_end[:] = final
            log_lost = log_recovered(far, strength, shells, at_arrival, at_end)
            recovered[i] = math.exp(log_lost - log_grabbed)
