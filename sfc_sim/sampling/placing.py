"""How a proposal moves uniform numbers to where its parts lie, and the densities of these.

A step time that is drawn anew for each of n steps enters by two numbers: sum z_k / sqrt(n), which
is standard normal under the prior; and how far the z_k lie apart, sum (z_k - mean)^2, which is
chi^2 of n - 1 degrees of freedom, as a normal score. Under the prior both are independent, of each
other and of the directions of the z_k about their mean, which stay as they were drawn.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, TypeAlias

import numpy as np

from sfc_sim._core.typing import FloatArray
from sfc_sim.sampling.axes import SPREAD
from sfc_sim.sampling.scores import Repeated, to_uniform
from sfc_sim.sampling.tilts import Tilts

if TYPE_CHECKING:
    from sfc_sim.sampling.proposal import Proposal
    from sfc_sim.scenario.scenario import Scenario

__all__ = [
    "FREEDOM",
    "PART",
    "SCALE",
    "Parts",
    "Place",
    "Placed",
    "log_parts",
    "log_prior_over",
    "placed",
]

Place: TypeAlias = tuple[str, int]

FREEDOM: Final = 5.0
"""Degrees of freedom of the Student-t laws: tails that hold what a fit has missed."""

# The numbers that a draw takes beside those of its parameters.
PART, SCALE = ("proposal part", 0), ("proposal scale", 0)


@dataclass
class Placed:
    """Draws on their way: what of them is placed, and where.

    Attributes
    ----------
    numbers : dict of (str, int) to ndarray, shape (draw,)
        Uniform numbers, moved; those of the prior's part as they were.
    part : ndarray of int, shape (draw,)
        The part of the proposal that each is from.
    z : ndarray, shape (draw, continuous)
    codes : list of ndarray of int, shape (draw,)
        Which value of each discrete parameter.
    log_lit : ndarray, shape (draw,) or (draw, 2)
        Log of what a unit amount covers, of all that is evident, and of what is visible where life
        may go on inside fronts that are not; set when the amount is drawn, as it comes last.
    """

    proposal: Proposal
    numbers: dict[Place, FloatArray]
    part: np.ndarray
    z: FloatArray
    codes: list[np.ndarray]
    log_lit: FloatArray | None = None
    tilted: FloatArray | None = None

    def draw_amount(self, log_lit: FloatArray, tilts: Tilts) -> None:
        """Move the quantile of the amount, given what a unit of it covers."""
        name = self.proposal.axes.amount
        arrays = self.proposal.arrays
        which = np.concatenate([[-1], arrays.tilt_of])[self.part]
        u = self.numbers[name, 0].copy()
        self.log_lit = np.array(np.broadcast_to(log_lit, (*u.shape, *log_lit.shape[1:])))
        self.tilted = tilts.at(self.log_lit, u, which)
        self.numbers[name, 0] = u

    def log_ratio(self) -> FloatArray:
        """Return the log of the prior's density over that of the mixture, shape (draw,)."""
        return log_prior_over(self.proposal, self.z, self.codes, self.tilted)


def log_parts(
    proposal: Proposal, z: FloatArray, codes: Sequence[np.ndarray], tilts: FloatArray | None
) -> FloatArray:
    """Return the log of each part's density over the prior's, shape (draw, part).

    Without its share; that of the first part, the prior, is zero.
    """
    from sfc_sim.kernels import mixture

    arrays = proposal.arrays
    found = np.zeros((z.shape[0], arrays.log_norms.size + 1))
    part = np.zeros((z.shape[0], arrays.log_norms.size))
    if part.size and z.shape[1]:
        mixture.log_parts(
            np.ascontiguousarray(z), arrays.log_norms, arrays.centres, arrays.whitening,
            FREEDOM, part,
        )  # fmt: skip
    found[:, 1:] = part
    for log_table, code in zip(arrays.log_tables, codes, strict=True):
        found += log_table[:, code].T
    if tilts is not None and tilts.shape[1]:
        found[:, 1:] += tilts[:, arrays.tilt_of]
    return found


def log_prior_over(
    proposal: Proposal, z: FloatArray, codes: Sequence[np.ndarray], tilts: FloatArray | None
) -> FloatArray:
    """Return the log of the prior's density over that of the mixture, shape (draw,)."""
    from sfc_sim.kernels.mixture import log_sum

    with np.errstate(divide="ignore"):
        parts = log_parts(proposal, z, codes, tilts) + np.log(proposal.shares)
    out = np.empty(z.shape[0])
    log_sum(parts, out)
    return -out


@dataclass(frozen=True)
class Parts:
    """The numbers of a proposal as arrays; tables have the prior's part as their first row."""

    edges: FloatArray
    centres: FloatArray
    roots: FloatArray
    whitening: FloatArray
    log_norms: FloatArray
    tables: list[FloatArray]
    log_tables: list[FloatArray]
    steps: list[FloatArray]
    tilt_of: np.ndarray

    @classmethod
    def of(cls, proposal: Proposal) -> Parts:
        """Return the arrays of a proposal."""
        from scipy.special import gammaln

        many, d = len(proposal.shares) - 1, len(proposal.axes.continuous)
        centres = np.array(proposal.centres, dtype=float).reshape(many, d)
        roots = np.array(proposal.roots, dtype=float).reshape(many, d, d)
        whitening, log_norms = np.zeros((many, d, d)), np.zeros(many)
        if many and d:
            whitening = np.tril(np.linalg.inv(roots))
            diagonal = np.diagonal(roots, axis1=1, axis2=2)
            # Of the Student-t law over that of the normal one.
            tail = gammaln(0.5 * (FREEDOM + d)) - gammaln(0.5 * FREEDOM)
            log_norms = tail + 0.5 * d * np.log(2.0 / FREEDOM) - np.log(diagonal).sum(axis=1)
        steps = [np.array(cumulative) for _, cumulative in proposal.axes.discrete]
        prior = [np.diff(each, prepend=0.0) for each in steps]
        tables = [
            np.vstack([chance, np.array(rows, dtype=float).reshape(many, chance.size)])
            for chance, rows in zip(prior, proposal.chances or [()] * len(prior), strict=True)
        ]
        log_tables = [np.log(rows) - np.log(row) for rows, row in zip(tables, prior, strict=True)]
        tilt_of = np.array(proposal.tilt_of or [-1] * many, dtype=np.int64)
        return cls(
            np.cumsum(proposal.shares), centres, roots, whitening, log_norms, tables, log_tables,
            steps, tilt_of,
        )  # fmt: skip


def placed(proposal: Proposal, numbers: dict[Place, FloatArray], scenario: Scenario) -> Placed:
    """Return draws with all but the amount where the proposal has them."""
    from scipy.special import chdtri, ndtri

    arrays, axes = proposal.arrays, proposal.axes
    pick = numbers.pop(PART)
    part = np.minimum(np.searchsorted(arrays.edges, pick, side="right"), len(proposal.shares) - 1)
    spread = np.sqrt(FREEDOM / chdtri(FREEDOM, numbers.pop(SCALE)))
    codes = []
    for k, (name, _) in enumerate(axes.discrete):
        numbers[name, 0], code = taken(arrays, k, part, numbers[name, 0])
        codes.append(code)
    many = {
        name: Repeated(
            np.array([ndtri(numbers[name, k]) for k in range(most)]),
            scenario[unit].distribution.ppf(numbers[unit, 0]),
        )
        for name, unit, most in axes.repeats
    }
    white = np.empty((pick.size, len(axes.continuous)))
    for j, name in enumerate(axes.continuous):
        own = many.get(name.removesuffix(SPREAD))
        if own is None:
            white[:, j] = ndtri(numbers[name, 0])
        else:
            white[:, j] = own.apart if name.endswith(SPREAD) else own.together
    z = np.empty_like(white)
    for j in range(len(axes.continuous)):
        z[:, j] = spread_out(arrays, j, part, white, spread)
    moved = dict(zip(axes.continuous, z.T, strict=True))
    for name, own in many.items():
        scores = own.at(moved[name], moved.get(name + SPREAD, own.apart))
        for k, score in enumerate(scores):
            elsewhere = (part > 0) & own.read[k]
            numbers[name, k] = np.where(elsewhere, to_uniform(score), numbers[name, k])
    for name in axes.continuous:
        if name not in many and not name.endswith(SPREAD):
            numbers[name, 0] = np.where(part > 0, to_uniform(moved[name]), numbers[name, 0])
    return Placed(proposal, numbers, part, z, codes)


def spread_out(
    arrays: Parts, j: int, part: np.ndarray, white: FloatArray, spread: FloatArray
) -> FloatArray:
    """Return coordinate j of centre + root white x spread; that of the prior's part as it is."""
    at = np.maximum(part - 1, 0)
    if not arrays.log_norms.size:
        return white[:, j].copy()
    total = arrays.centres[at, j].copy()
    for k in range(j + 1):  # summed in this order for any batch
        total += arrays.roots[at, j, k] * (white[:, k] * spread)
    return np.where(part > 0, total, white[:, j])


def taken(arrays: Parts, k: int, part: np.ndarray, u: FloatArray) -> tuple[FloatArray, np.ndarray]:
    """Return the uniform numbers and codes of a discrete parameter by each part's chances."""
    steps, table = arrays.steps[k], arrays.tables[k]
    lower = np.concatenate([[0.0], steps[:-1]])
    cumulative = np.cumsum(table, axis=1)[part]
    code = np.minimum((u[:, None] >= cumulative[:, :-1]).sum(axis=1), steps.size - 1)
    chance = table[part, code]
    inside = np.clip((u - cumulative[np.arange(u.size), code]) / chance + 1.0, 0.0, 1.0)
    moved = lower[code] + inside * (steps - lower)[code]
    # A value belongs to all u above the step below it, and to its own step.
    moved = np.clip(moved, np.nextafter(lower[code], 1.0), steps[code])
    at_prior = np.minimum(np.searchsorted(steps, u, side="left"), steps.size - 1)
    return np.where(part > 0, moved, u), np.where(part > 0, code, at_prior)
