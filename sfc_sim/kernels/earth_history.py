"""Chains of exponential steps that must be passed at given dates, exactly.

The chance to pass from any step to any later one is the exponential of a bidiagonal matrix. It is
built by squaring, of positive terms only, with the diagonal set anew each time: the relative
error then grows with the number of squarings, not with its power of two.
"""

from __future__ import annotations

import math

import numpy as np

from sfc_sim.kernels._jit import kernel

__all__ = ["log_timeline"]

# With a fastest rate of one per stretch, terms beyond these add less than 1/18! = 2e-16.
_TERMS = 18


@kernel
def transition(
    rates: np.ndarray, couplings: np.ndarray, dt: float, term: np.ndarray, chance: np.ndarray
) -> None:
    """Fill chance[i, j] of going from i to j steps passed within `dt`, over a scale.

    The scale of i to j is the product of rate/coupling of the steps between; `chance` has one row
    and column more than there are `rates`, and `term` is room to work.
    """
    stages = rates.size
    fastest = 0.0
    for k in range(stages):
        fastest = max(fastest, rates[k])
    halvings = max(0, math.ceil(math.log2(fastest * dt)))
    step = dt / 2.0**halvings
    decay = math.exp(-fastest * step)
    for i in range(stages + 1):
        for j in range(stages + 1):
            chance[i, j] = 0.0
            term[j] = 0.0
        chance[i, i] = term[i] = 1.0
        for order in range(1, stages - i + _TERMS):
            for j in range(stages, i - 1, -1):
                stay = fastest - rates[j] if j < stages else fastest
                before = couplings[j - 1] * term[j - 1] if j > i else 0.0
                term[j] = step / order * (before + stay * term[j])
                chance[i, j] += term[j]
        for j in range(i, stages + 1):
            chance[i, j] *= decay
        chance[i, i] = math.exp(-rates[i] * step) if i < stages else 1.0
    for _ in range(halvings):
        step *= 2.0
        for i in range(stages + 1):
            for j in range(stages, i, -1):
                total = 0.0
                for k in range(i, j + 1):
                    total += chance[i, k] * chance[k, j]
                chance[i, j] = total
            chance[i, i] = math.exp(-rates[i] * step) if i < stages else 1.0


@kernel
def log_timeline(
    rates: np.ndarray,
    dates: np.ndarray,
    fewest: np.ndarray,
    most: np.ndarray,
    passed: np.ndarray,
    log_likelihood: np.ndarray,
) -> None:
    """Fill the log of the chance that at each date an allowed number of steps has been passed.

    `rates` has shape (draw, step). At `dates` (event,), rising from 0 on, `fewest` to `most` steps
    must have been passed; where `passed` is k > 0, step k is passed just then, and the chance is a
    density. Minus infinity where the chance is below the smallest number.
    """
    stages = rates.shape[1]
    couplings, state, later = np.empty(stages), np.empty(stages + 1), np.empty(stages + 1)
    term, chance = np.empty(stages + 1), np.empty((stages + 1, stages + 1))
    for i in range(rates.shape[0]):
        # Slow rates go into a scale kept as a log, so that nothing underflows.
        log_scale = 0.0
        for k in range(stages):
            couplings[k] = max(rates[i, k], 1.0)
            log_scale += math.log(min(rates[i, k], 1.0))
        for k in range(stages + 1):
            state[k] = 0.0
        state[0] = 1.0
        here = 0.0
        for event in range(dates.size):
            dt = dates[event] - here
            here = dates[event]
            if dt > 0.0:
                transition(rates[i], couplings, dt, term, chance)
                for j in range(stages + 1):
                    later[j] = 0.0
                    for k in range(j + 1):
                        later[j] += state[k] * chance[k, j]
                for j in range(stages + 1):
                    state[j] = later[j]
            flux = 0.0
            if passed[event] > 0:
                flux = state[passed[event] - 1] * couplings[passed[event] - 1]
            for j in range(stages + 1):
                if passed[event] > 0 or j < fewest[event] or j > most[event]:
                    state[j] = 0.0
            if passed[event] > 0:
                state[passed[event]] = flux
        log_likelihood[i] = math.log(state[stages]) + log_scale
