"""Pilot draws: where they are, their weights under theories, and the draws that they call for."""

from __future__ import annotations

import math
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import numpy as np

from sfc_sim._core.random import seed_of
from sfc_sim._core.typing import FloatArray
from sfc_sim._core.volumes import VOLUMES
from sfc_sim._core.weighted import shares_of
from sfc_sim._core.work import in_order, threads_in_force
from sfc_sim.inference.evidence import Evidence
from sfc_sim.inference.fronts import FrontEvidence
from sfc_sim.inference.log_weights import log_targets
from sfc_sim.inference.theories import Theory
from sfc_sim.inference.weights import with_timeline
from sfc_sim.sampling.batches import CHUNK, as_dataset
from sfc_sim.sampling.pipeline import follow
from sfc_sim.sampling.placing import Placed, log_prior_over
from sfc_sim.sampling.plan import Plan
from sfc_sim.sampling.proposal import Proposal
from sfc_sim.sampling.tilts import NO_CUT, Tilts

if TYPE_CHECKING:
    import xarray as xr

__all__ = ["ENOUGH", "Asked", "Pilot", "costs_of", "log_tilts", "needed", "pilot_draws"]

ENOUGH: Final = 300.0
"""Effective draws under a theory that make a fit, and that every theory is to have."""

# Tilts of the amount that are tried: powers of it, and how much more than the evidence allows.
SLOPES: Final = (0.0, 0.5, 1.0, 1.5)
CUTS: Final = (*np.arange(-3.0, 2.5, 0.5).tolist(), NO_CUT)


class Asked(NamedTuple):
    """What a proposal is for."""

    theories: tuple[Theory, ...]
    evidence: Evidence
    precision: float | None = None


@dataclass
class Pilot:
    """The pilot draws so far, where they are, and what theories make of them."""

    plan: Plan
    placed: list[Placed] = field(default_factory=list)
    targets: list[FloatArray] = field(default_factory=list)
    volumes: list[FloatArray] = field(default_factory=list)
    used: list[Proposal] = field(default_factory=list)
    densities: list[list[FloatArray]] = field(default_factory=list)
    """Of what each stage was drawn by, at all draws, a stretch each."""

    def tilts(self, proposal: Proposal, start: int = 0) -> FloatArray | None:
        """Return the log densities of a proposal's tilts at draws from one on."""
        if not self.plan.axes.amount or not proposal.tilts:
            return None
        tilts = replace(self.plan, proposal=proposal).tilts
        return log_tilts(tilts, self.gather("lit")[start:], self.gather("u")[start:])

    @cached_property
    def tried(self) -> Tilts:
        """The tilts that are tried: of all that is evident, and of what is visible if less is."""
        laws, lit = [(slope, cut) for slope in SLOPES for cut in CUTS], self.gather("lit")
        several = lit.ndim == 2 and bool((lit[:, 0] != lit[:, 1]).any())
        of = tuple(k for k in range(1 + several) for _ in laws)
        table = np.array(laws * (1 + several))
        # To choose one, not to draw by.
        return Tilts(*self.plan.amount_grid, table, step=0.5, of=of)

    def gather(self, what: str) -> FloatArray:
        """Return one array over all draws."""
        amount = self.plan.axes.amount
        read: dict[str, Any] = {
            "z": lambda each: each.z,
            "lit": lambda each: each.log_lit,
            "u": lambda each: each.numbers[amount, 0],
        }
        return np.concatenate([read[what](each) for each in self.placed])

    def codes(self) -> list[np.ndarray]:
        """Return the codes of the discrete parameters of all draws."""
        many = range(len(self.plan.axes.discrete))
        return [np.concatenate([each.codes[k] for each in self.placed]) for k in many]

    def log_mixed(self) -> FloatArray:
        """Return the log density, over the prior's, of what all draws together are from."""
        starts = [sum(part.size for part in known) for known in self.densities]
        with ThreadPoolExecutor(threads_in_force()) as pool:
            found = list(pool.map(self.density, self.used, starts))
        for known, part in zip(self.densities, found, strict=True):
            known.append(part)
        shares = np.array([part.shape[1] for part in self.targets]) / self.many
        logs = np.array([np.concatenate(known) for known in self.densities])
        return np.asarray(np.logaddexp.reduce(logs + np.log(shares)[:, None], axis=0))

    def log_of_last(self) -> FloatArray:
        """Return the log density, over the prior's, of the last draws, by what they are from."""
        return self.density(self.used[-1], self.many - self.targets[-1].shape[1])

    def density(self, proposal: Proposal, start: int) -> FloatArray:
        """Return the log density of a proposal, over the prior's, at draws from one on."""
        z, codes = self.gather("z")[start:], [code[start:] for code in self.codes()]
        return -log_prior_over(proposal, z, codes, self.tilts(proposal, start))

    @property
    def many(self) -> int:
        """How many draws there are."""
        return sum(part.shape[1] for part in self.targets)


def pilot_draws(pilot: Pilot, proposal: Proposal, stage: int, many: int, asked: Asked) -> None:
    """Add a stage of pilot draws."""
    seed = seed_of(np.random.SeedSequence(pilot.plan.seed, spawn_key=(1, stage)))
    plan = replace(pilot.plan, seed=seed, proposal=proposal)
    # All of a size, so that no thread waits for another.
    size = math.ceil(many / math.ceil(many / (CHUNK // 2)))
    tasks = [(at, min(size, many - at)) for at in range(0, many, size)]
    words = "pilot draws {} on ({} of them)".format
    chunks = in_order(follow, plan, tasks, words=words, alone=1 if stage == 0 else 0)
    made = [found for found, _ in chunks]
    columns = {name: np.concatenate([found[name] for found in made], axis=-1) for name in made[0]}
    draws = as_dataset(plan, columns, 0)
    known = with_timeline(draws, asked.evidence)
    pilot.placed += [placed for _, placed in chunks if placed is not None]
    pilot.targets.append(log_targets(draws, known, asked.theories))
    pilot.volumes.append(volumes_of(draws, known.front))
    pilot.used.append(proposal)
    pilot.densities.append([])


def volumes_of(draws: xr.Dataset, front: FrontEvidence) -> FloatArray:
    """Return the grabbed and the marginal volume of humanity, shape (2, draw); or nothing."""
    if VOLUMES[0] not in draws:
        return np.ones((len(VOLUMES), draws.sizes["draw"]))
    seen = front.given(draws)
    return np.array([seen[name].values for name in VOLUMES])


def costs_of(volumes: FloatArray, log_weights: FloatArray, asked: Asked) -> FloatArray:
    """Return the contribution of each draw to the draws needed, shape (condition, draw).

    Some hundred effective draws under each theory; and, if a precision is asked for, as many of
    what is grabbed, and a standard error of the recovered share within it.
    """
    rows = []
    for theory, log_weight in zip(asked.theories, log_weights, strict=True):
        if not np.isfinite(log_weight.max()):
            continue
        weight = shares_of(log_weight)
        rows.append(ENOUGH * weight**2)
        if asked.precision is not None:
            stakes = volumes[0] if theory.stakes else np.ones(weight.size)
            grabbed, marginal = volumes / stakes
            norm = float((weight * grabbed).sum())
            rows.append(ENOUGH * (weight * grabbed / norm) ** 2)
            lost = grabbed - marginal
            share = float((weight * lost).sum()) / norm
            rows.append((weight * (lost - share * grabbed) / norm / asked.precision) ** 2)
    return np.asarray(np.array(rows) * log_weights.shape[1])


def needed(pilot: Pilot, asked: Asked) -> float:
    """Return the draws that the proposal of the last stage would take, by its own draws alone.

    They know nothing of how it was found, those it was fitted to find it better than it is.
    """
    if not np.isfinite(pilot.targets[-1]).any(axis=1).all():
        return np.inf  # a theory of which it has no draw at all
    log_weights = pilot.targets[-1] - pilot.log_of_last()
    return float(costs_of(pilot.volumes[-1], log_weights, asked).sum(axis=1).max())


def log_tilts(tilts: Tilts, log_lit: FloatArray, u: FloatArray) -> FloatArray:
    """Return the log densities of tilts at quantiles of the amount."""
    return tilts.at(log_lit, u.copy(), np.full(u.size, -1))
