"""Clock time and scale factor at a conformal time, by a table uniform in its logarithm."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from sfc_sim.kernels._jit import kernel

__all__ = ["Clock", "read_clock"]


class Clock(NamedTuple):
    """Values and slopes in ln(eta), from `first` on in steps of `step`: ln t and ln a."""

    first: float
    step: float
    log_time: np.ndarray
    time_slope: np.ndarray
    log_scale: np.ndarray
    scale_slope: np.ndarray


@kernel
def hermite(f0: float, d0: float, f1: float, d1: float, x: float) -> float:
    """Return the cubic through values and slopes (per interval) at x = 0 and 1."""
    y = 1.0 - x
    return y * y * (f0 * (1.0 + 2.0 * x) + d0 * x) + x * x * (f1 * (1.0 + 2.0 * y) - d1 * y)


@kernel
def read_clock(
    conformal: np.ndarray, clock: Clock, times: np.ndarray, log_scale: np.ndarray
) -> None:
    """Fill clock times (Gyr) and ln a at conformal times (Gly); all arrays of one flat shape.

    Below the table both follow the power law of its first interval.
    """
    last = clock.log_time.size - 2
    for i in range(conformal.size):
        if conformal[i] <= 0.0:
            times[i] = 0.0
            log_scale[i] = -math.inf
            continue
        place = (math.log(conformal[i]) - clock.first) / clock.step
        if place < 0.0:
            times[i] = math.exp(clock.log_time[0] + place * clock.time_slope[0])
            log_scale[i] = clock.log_scale[0] + place * clock.scale_slope[0]
            continue
        k = min(int(place), last)
        x = place - k
        t0, t1 = clock.log_time[k], clock.log_time[k + 1]
        a0, a1 = clock.log_scale[k], clock.log_scale[k + 1]
        times[i] = math.exp(hermite(t0, clock.time_slope[k], t1, clock.time_slope[k + 1], x))
        log_scale[i] = hermite(a0, clock.scale_slope[k], a1, clock.scale_slope[k + 1], x)
