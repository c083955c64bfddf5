"""Births that follow planets after a delay: a sum over ages of the planets' history."""

from __future__ import annotations

import numpy as np

from sfc_sim.kernels._jit import kernel

__all__ = ["delayed_rates"]


@kernel
def delayed_rates(
    times: np.ndarray,
    ages: np.ndarray,
    weights: np.ndarray,
    history: np.ndarray,
    step: float,
    rates: np.ndarray,
) -> None:
    """Fill the rates at `times` (draw, node) of planets whose `ages` (draw, age) have `weights`.

    `history` holds the formation of planets at dates 0, `step`, 2 `step`, ...; nothing forms
    outside it.
    """
    last = history.size - 1
    for i in range(times.shape[0]):
        for j in range(times.shape[1]):
            total = 0.0
            for k in range(ages.shape[1]):
                place = (times[i, j] - ages[i, k]) / step
                if place <= 0.0 or place >= last:
                    continue
                cell = int(place)
                part = place - cell
                formed = history[cell] + part * (history[cell + 1] - history[cell])
                total += weights[i, k] * formed
            rates[i, j] = total
