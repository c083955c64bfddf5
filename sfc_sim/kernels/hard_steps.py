"""Rate of appearance of Cook (2022): hard steps on planets that form, live and die.

Every integral over planets is a sum of positive terms. With the habitable star formation
rho(b) = b^3 exp(-b/T) / (6 T^4) the convolution over birth dates needs only the moments
K_k(t) = int q(s) exp(s/T) (t - s)^k ds, k = 0..3, which step from node to node exactly.
"""

from __future__ import annotations

import math

import numpy as np

from sfc_sim.kernels._jit import kernel

__all__ = ["log_appearance", "log_gamma_density"]


@kernel
def log_gamma_density(y: float, n: float, h: float) -> float:
    """Return the log-density of n equal exponential steps of mean h, a time y after the delay."""
    if y <= 0.0:
        return -math.inf
    return (n - 1.0) * math.log(y) - y / h - n * math.log(h) - math.lgamma(n)


@kernel
def log_early_factor(early: float, before: float) -> float:
    """Return ln[u + (1 - u) / (1 + e^x)] at x widths before the midpoint, without overflow."""
    log_risen = -math.log1p(math.exp(before))
    if before > 30.0:
        log_risen = -before
    return log_risen if early == 0.0 else math.log(early + (1.0 - early) * math.exp(log_risen))


@kernel
def power(x: float, exponent: float) -> float:
    """Return x to a power of 0 or more; by squaring where it is whole, as it nearly always is."""
    whole = int(exponent)
    if whole != exponent:
        return math.exp(exponent * math.log(x))
    result = 1.0
    while whole > 0:
        if whole % 2 == 1:
            result *= x
        x *= x
        whole //= 2
    return result


@kernel
def advance(state: np.ndarray, rates: np.ndarray, stages: int, dt: float) -> None:
    """Move a chain of exponential stages on by `dt`, in place, by uniformisation.

    `state[k]` is the probability of stage k divided by the rates already passed, so that the
    chain is exp[(S + D) dt] with a plain shift S: all terms positive, nothing underflows.
    """
    fastest = 0.0
    for k in range(stages):
        fastest = max(fastest, rates[k])
    pieces = max(1, math.ceil(fastest * dt / 16.0))
    step = dt / pieces
    term = np.empty(stages)
    for _ in range(pieces):
        for k in range(stages):
            term[k] = state[k]
        order, going = 0, True
        while going:
            order += 1
            factor = step / order
            going = order <= stages
            for k in range(stages - 1, -1, -1):
                before = term[k - 1] if k > 0 else 0.0
                term[k] = factor * (before + (fastest - rates[k]) * term[k])
                state[k] += term[k]
                going = going or term[k] > 1e-17 * state[k]
        decay = math.exp(-fastest * step)
        for k in range(stages):
            state[k] *= decay


@kernel
def log_appearance(
    steps: np.ndarray,
    step_time: np.ndarray,
    longest: np.ndarray,
    early: np.ndarray,
    onset: np.ndarray,
    width: np.ndarray,
    rates: np.ndarray,
    stages: np.ndarray,
    times: np.ndarray,
    log_planets: np.ndarray,
    formation_time: float,
    rule: np.ndarray,
    far_rule: np.ndarray,
    log_rate: np.ndarray,
    log_later: np.ndarray,
) -> None:
    """Fill the log rate of appearance (per Gyr) at `times`, and the log number born after them.

    Shapes: parameters (draw,); `rates` (draw, stage), used where `stages` > 0 instead of the
    gamma law; `times` and `log_rate` (draw, node), the first node at the onset of appearance;
    `log_later` (draw,). `rule` and `far_rule` hold nodes and weights on [0, 1] for the gaps
    between nodes and for planets that live beyond the last. Per unit try-once probability.
    """
    state = np.empty(rates.shape[1] + 1)
    for i in range(steps.size):
        n, h, life = steps[i], step_time[i], longest[i]
        chain = stages[i]
        shift = times[i, 0]
        if chain > 0:
            log_scale = 0.0
            for k in range(chain):
                log_scale += math.log(rates[i, k])
                state[k] = 0.0
            state[0] = 1.0
        else:
            log_scale = -n * math.log(h) - math.lgamma(n)
        log_scale += log_planets[i]
        k0 = k1 = k2 = k3 = 0.0
        here = shift
        log_rate[i, 0] = -math.inf
        constant = log_scale - math.log(6.0 * formation_time**4)
        for j in range(1, times.shape[1]):
            t = times[i, j]
            gap = t - here
            k3 += gap * (3.0 * k2 + gap * (3.0 * k1 + gap * k0))
            k2 += gap * (2.0 * k1 + gap * k0)
            k1 += gap * k0
            top = min(t, life)
            if top > here:
                length = top - here
                last = here
                points = far_rule if length > 0.4 * formation_time else rule
                for m in range(points.shape[1]):
                    s = here + length * points[0, m]
                    if chain > 0:
                        advance(state, rates[i], chain, s - last)
                        density = state[chain - 1] * math.exp(s / formation_time)
                        last = s
                    else:
                        y = s - shift
                        density = power(y, n - 1.0) * math.exp(s / formation_time - y / h)
                    part = points[1, m] * length * density * (1.0 - math.sqrt(s / life))
                    u = t - s
                    k0 += part
                    k1 += part * u
                    k2 += part * u * u
                    k3 += part * u * u * u
                if chain > 0:
                    advance(state, rates[i], chain, top - last)
            here = t
            log_rate[i, j] = constant + math.log(k3) - t / formation_time
            log_rate[i, j] += log_early_factor(early[i], (onset[i] - t) / width[i])
        # Planets already born that have not yet formed their civilization, and those to come.
        x = formation_time
        later = math.exp(-here / x) * (k0 + k1 / x + k2 / (2.0 * x**2) + k3 / (6.0 * x**3))
        while here < life:
            length = min(life, 1.3 * here) - here
            last = here
            for m in range(far_rule.shape[1]):
                s = here + length * far_rule[0, m]
                if chain > 0:
                    advance(state, rates[i], chain, s - last)
                    density = state[chain - 1]
                    last = s
                else:
                    y = s - shift
                    density = power(y, n - 1.0) * math.exp(-y / h)
                later += far_rule[1, m] * length * density * (1.0 - math.sqrt(s / life))
            if chain > 0:
                advance(state, rates[i], chain, here + length - last)
            here += length
        log_later[i] = log_scale + math.log(later)


@kernel
def log_completion(
    steps: np.ndarray,
    step_time: np.ndarray,
    shift: np.ndarray,
    rates: np.ndarray,
    stages: np.ndarray,
    age: float,
    log_density: np.ndarray,
) -> None:
    """Fill the log-density (per Gyr) of completing all steps at planet age `age` (Gyr)."""
    state = np.empty(rates.shape[1] + 1)
    for i in range(steps.size):
        y = age - shift[i]
        if stages[i] == 0 or y <= 0.0:
            log_density[i] = log_gamma_density(y, steps[i], step_time[i])
            continue
        log_density[i] = 0.0
        for k in range(stages[i]):
            log_density[i] += math.log(rates[i, k])
            state[k] = 0.0
        state[0] = 1.0
        advance(state, rates[i], stages[i], y)
        log_density[i] += math.log(state[stages[i] - 1])
