"""Mixtures that are fitted to the weights of pilot draws, by expectation-maximisation."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Final, NamedTuple

import numpy as np

from sfc_sim._core.effective import effective_number, effective_sample_size
from sfc_sim._core.typing import FloatArray
from sfc_sim._core.weighted import shares_of
from sfc_sim._core.work import threads_in_force
from sfc_sim.sampling.axes import Axes
from sfc_sim.sampling.pilot import ENOUGH, Pilot, log_tilts
from sfc_sim.sampling.placing import FREEDOM
from sfc_sim.sampling.tilts import NO_CUT

__all__ = ["Fit", "fitted_to", "levelled", "tempered"]

MOST_PARTS: Final = 16
STEPS: Final = 6

# Draws at most, evenly among those that carry the weight, at which tilts of the amount are tried.
TRIED: Final = 400

# Effective draws, in units of what a covariance has for numbers a row, at which a part is
# believed to have a covariance of its own as much as that of all parts together.
TRUST: Final = 10.0


class Fit(NamedTuple):
    """A mixture that was fitted to the weights of a theory; arrays have a row per part."""

    shares: FloatArray
    centres: FloatArray
    roots: FloatArray
    chances: list[FloatArray]
    tilt: tuple[float, ...]


def tempered(log_weight: FloatArray, goal: float) -> FloatArray:
    """Return the log weights to the greatest power that leaves enough effective draws."""
    logs = np.where(np.isfinite(log_weight), log_weight - log_weight.max(), -1e300)
    if effective_sample_size(logs) >= goal:
        return logs
    low, high = -40.0, 0.0
    for _ in range(12):
        middle = 0.5 * (low + high)
        enough = effective_sample_size(2.0**middle * logs) >= goal
        low, high = (middle, high) if enough else (low, middle)
    return np.asarray(2.0**low * logs)


def fitted_to(
    log_weights: list[FloatArray], pilot: Pilot, seed: np.random.SeedSequence
) -> list[Fit]:
    """Return a mixture for each of the weights."""
    streams = [np.random.default_rng(each) for each in seed.spawn(len(log_weights))]
    with ThreadPoolExecutor(threads_in_force()) as pool:
        return list(pool.map(lambda *own: fitted(pilot, *own), log_weights, streams))


def fitted(pilot: Pilot, log_weight: FloatArray, rng: np.random.Generator) -> Fit:
    """Return a mixture that lies where the weights are."""
    codes = pilot.codes()
    logs = tempered(levelled(log_weight, codes), min(ENOUGH, 0.1 * log_weight.size))
    weight = shares_of(logs)
    order = np.argsort(-weight, kind="stable")
    kept = np.sort(order[: 1 + int(np.searchsorted(np.cumsum(weight[order]), 0.999))])
    weight = weight[kept] / weight[kept].sum()
    z = pilot.gather("z")[kept]
    codes = [code[kept] for code in codes]
    tilt: tuple[float, ...] = (0.0, NO_CUT)
    if pilot.plan.axes.amount:
        tilt = best_tilt(pilot, kept, weight)
    return Fit(*mixture_of(z, codes, weight, pilot.plan.axes, rng), tilt)


def levelled(log_weight: FloatArray, codes: list[np.ndarray]) -> FloatArray:
    """Return log weights under which rare values of discrete parameters are less rare.

    A value of a hundredth of the weight is one of few draws, which the greatest weights of the
    report would come from.

    Examples
    --------
    >>> logs = levelled(np.log([9.0, 1.0]), [np.array([0, 1])])
    >>> round(float(np.exp(logs[0] - logs[1])), 9)
    3.0
    """
    weight, logs = shares_of(log_weight), log_weight
    for code in codes:
        mass = np.maximum(np.bincount(code, weight), 1e-12)
        logs = logs - 0.5 * np.log(mass)[code]
    return logs


def best_tilt(pilot: Pilot, kept: np.ndarray, weight: FloatArray) -> tuple[float, ...]:
    """Return the tilt of the amount under which the draws are likeliest."""
    some = np.flatnonzero(weight > 1e-2 * weight.max())
    some = some[:: -(-some.size // TRIED)]
    out = log_tilts(pilot.tried, pilot.gather("lit")[kept][some], pilot.gather("u")[kept][some])
    best = int(np.argmax((weight[some, None] * out).sum(axis=0).round(6)))
    slope, cut = pilot.tried.laws[best].tolist()
    return (slope, cut, of) if (of := pilot.tried.of[best]) else (slope, cut)


def mixture_of(
    z: FloatArray, codes: list[np.ndarray], weight: FloatArray, axes: Axes, rng: np.random.Generator
) -> tuple[FloatArray, FloatArray, FloatArray, list[FloatArray]]:
    """Return shares, centres, roots and chances of the mixture, by weighted EM."""
    from sfc_sim.kernels.mixture import em_step

    n, d = z.shape
    sizes = [len(steps) for _, steps in axes.discrete]
    prior = [np.diff(np.array(steps), prepend=0.0) for _, steps in axes.discrete]
    offsets = np.concatenate([[0], np.cumsum(sizes)]).astype(int)
    columns = np.empty((n, len(sizes)), dtype=np.int64)
    for k, code in enumerate(codes):
        columns[:, k] = code + offsets[k]
    many = int(np.clip(effective_number(weight) / (2.0 * (d + 1)), 1, MOST_PARTS))
    picks = rng.choice(n, many, p=weight)
    mean = (weight[:, None] * z).sum(axis=0)
    pooled = np.cov(z.T, aweights=weight, bias=True).reshape(d, d) + 1e-4 * np.eye(d)
    centres = z[picks].copy()
    scales = np.repeat(pooled[None] * many ** (-2.0 / max(d, 1)), many, axis=0)
    shares = np.full(many, 1.0 / many)
    tables = np.empty((many, offsets[-1]))
    for k, chance in enumerate(prior):
        at = slice(offsets[k], offsets[k + 1])
        marginal = np.bincount(codes[k], weight, chance.size)
        tables[:, at] = 0.3 * np.eye(chance.size)[codes[k][picks]] + 0.6 * marginal + 0.1 * chance
    roots = np.linalg.cholesky(scales)
    for _ in range(STEPS):
        zero, first = np.zeros((many, 3)), np.zeros((many, d))
        second, counts = np.zeros((many, d, d)), np.zeros_like(tables)
        whitening = np.tril(np.linalg.inv(roots))
        log_share = np.log(shares) - np.log(np.diagonal(roots, axis1=1, axis2=2)).sum(axis=1)
        em_step(
            z, weight, columns, log_share, np.log(tables), centres, whitening, FREEDOM,
            zero, first, second, counts,
        )  # fmt: skip
        total = np.maximum(zero[:, 0], 1e-300)
        carried = zero[:, 0] ** 2 / np.maximum(zero[:, 1], 1e-300)
        stretched = np.maximum(zero[:, 2], 1e-300)
        centres = np.where(zero[:, :1] > 0.0, first / stretched[:, None], mean)
        second = np.tril(second) + np.transpose(np.tril(second, -1), (0, 2, 1))
        around = second - stretched[:, None, None] * centres[:, :, None] * centres[:, None, :]
        own = around / total[:, None, None]
        within = (total[:, None, None] * own).sum(axis=0)
        trust = (carried / (carried + TRUST * (d + 2.0)))[:, None, None]
        scales = trust * own + (1.0 - trust) * within + 1e-4 * np.eye(d)
        roots = np.linalg.cholesky(scales)
        shares = np.maximum(total, 1e-6) / np.maximum(total, 1e-6).sum()
        for k, chance in enumerate(prior):
            at = slice(offsets[k], offsets[k + 1])
            seen = counts[:, at] / total[:, None] * carried[:, None]
            tables[:, at] = (seen + 2.0 * chance) / (seen.sum(axis=1, keepdims=True) + 2.0)
    return (
        shares,
        centres,
        roots,
        [tables[:, offsets[k] : offsets[k + 1]] for k in range(len(sizes))],
    )
