"""When others would come to what humanity takes: the depth of arrivals by place and date."""

from __future__ import annotations

import math

import numpy as np

from sfc_sim.kernels._jit import kernel
from sfc_sim.kernels.coverage import Births, CellRule, row
from sfc_sim.kernels.volumes import Ball, arrivals, later_moment, past_births, reach_left

__all__ = ["arrival_depths", "depth_at"]


@kernel
def depth_at(
    births: Births, unseen: float, speed: float, r: float, since: float, rule: CellRule,
    poly: np.ndarray,
) -> float:  # fmt: skip
    """Return births, per unit strength, whose front is at distance `r` a time `since` from now.

    Given that nothing is visible of the share `unseen`, and that no front is here; `since` is at
    least r / speed.
    """
    now = births.edges[births.now]
    cube = later_moment(births, now + since, rule)
    cover = 4.0 * math.pi / 3.0 * speed**3
    total = 0.0
    if unseen > 0.0:
        total = unseen * past_births(births, Ball(speed * since, speed, r), rule, poly)
    if unseen < 1.0:
        m = births.moments[births.now]
        cube += (1.0 - unseen) * since * (3.0 * m[2] + since * (3.0 * m[1] + since * m[0]))
    return total + cover * cube


@kernel
def arrival_depths(
    tables: Births,
    unseen: np.ndarray,
    speed: np.ndarray,
    span: float,
    delay: float,
    log_strength: np.ndarray,
    rule: CellRule,
    shells: np.ndarray,
    places: np.ndarray,
    left: np.ndarray,
    depths: np.ndarray,
    final: np.ndarray,
) -> None:
    """Fill the radius that has anything left, depths by shell and date, and depths at the end.

    `span` (Gly) is the conformal time that is left, `delay` that of our start; `places` run from
    0 at our arrival at a shell to 1 at the end. `left` (draw,); `depths` (draw, shell, place), of
    shells out to `left`; `final` (draw, shell), of shells out to all that we could reach.
    """
    poly = np.empty(5)
    for i in range(speed.size):
        births, v, strength = row(tables, i), speed[i], math.exp(log_strength[i])
        share = unseen[i]
        reach = v * (span - delay)
        left[i] = reach
        if strength * arrivals(births, share, v, reach, rule, poly) > 28.0:
            left[i] = reach_left(births, share, v, reach, strength, rule, poly)
        for k in range(shells.size):
            r = left[i] * shells[k]
            first = delay + r / v
            for j in range(places.size):
                since = first + (span - first) * places[j]
                depths[i, k, j] = strength * depth_at(births, share, v, r, since, rule, poly)
            r = reach * shells[k]
            final[i, k] = strength * depth_at(births, share, v, r, span, rule, poly)
