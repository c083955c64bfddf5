"""Draws of a mixture of scenarios: each scenario has its own proposal and its own draws.

Which scenario holds is a discrete parameter, whose values are given out in shares and not drawn.
A draw of a scenario of credence c, of n among N, is worth N c / n draws more: its prior over
proposal is that of its own scenario times this. The value of a parameter in draw i is a function
of (seed, i, name, proposal) of the scenario that draw i is of.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final, TypeAlias, final

import numpy as np

from sfc_sim._core.errors import InputError
from sfc_sim._core.progress import Report, part_of
from sfc_sim._core.schema import label, provenance
from sfc_sim._core.typing import FloatArray
from sfc_sim._core.variables import WHICH, is_result
from sfc_sim._core.volumes import labelled
from sfc_sim.inference.evidence import EvidenceLike
from sfc_sim.inference.theories import TheoryLike
from sfc_sim.sampling.adaptation import aim
from sfc_sim.sampling.driver import sample
from sfc_sim.sampling.memory import remembered
from sfc_sim.sampling.plan import Plan
from sfc_sim.sampling.proposal import Proposal
from sfc_sim.sampling.stopping import first_look, more_draws
from sfc_sim.scenario.assumed import Assumed
from sfc_sim.scenario.mixture import ScenarioMixture

if TYPE_CHECKING:
    import xarray as xr

__all__ = ["AnyProposal", "Proposals", "aim_at", "draws_of_mixture", "proposal_from_json"]

# Of each scenario, so that its weight has an error.
LEAST: Final = 2
# Share of the draws that goes by credence and evenly, half and half, whatever they turn out to say.
DEFENSIVE: Final = 0.5

LIKE_US: Final = "log_observers_like_us"
RATIO: Final = "log_prior_over_proposal"


@final
@dataclass(frozen=True)
class Proposals:
    """Laws to draw the worlds of a mixture from, one for each of its scenarios.

    Attributes
    ----------
    parts : tuple of Proposal
        In the order of the scenarios.
    """

    parts: tuple[Proposal, ...]

    @cached_property
    def hash(self) -> str:
        """A name for them: two of the same hash make the same draws."""
        return hashlib.sha256(self.to_json().encode()).hexdigest()[:16]

    def to_json(self) -> str:
        """Return them as text, from which `proposal_from_json` has them again."""
        return json.dumps([part.to_json() for part in self.parts])


AnyProposal: TypeAlias = Proposal | Proposals


def proposal_from_json(text: str) -> AnyProposal:
    """Return the proposal, or those of a mixture, of a text that ``to_json`` gave.

    Examples
    --------
    >>> import sfc_sim as sfc
    >>> one = sfc.aim("sandberg2018-toy", theories=["sia"], evidence="none", rng=7)
    >>> proposal_from_json(Proposals((one, one)).to_json()) == Proposals((one, one))
    True
    """
    held = json.loads(text)
    if isinstance(held, list):
        return Proposals(tuple(remembered(Proposal.from_json(each)) for each in held))
    return remembered(Proposal.from_json(text))


def aim_at(
    assumed: Assumed,
    *,
    theories: Sequence[TheoryLike],
    evidence: EvidenceLike,
    rng: int,
    pilot: int,
    precision: float | None,
) -> AnyProposal:
    """Return where theories put their weight in a scenario, or in each of a mixture.

    See `sfc_sim.aim`.
    """
    asked: dict[str, Any] = {
        "theories": theories, "evidence": evidence, "rng": rng, "pilot": pilot,
        "precision": precision,
    }  # fmt: skip
    if isinstance(assumed, ScenarioMixture):
        return Proposals(tuple(aim(each, **asked) for each in assumed.scenarios))
    return aim(assumed, **asked)


def draws_of_mixture(
    mixture: ScenarioMixture,
    errors: Callable[[xr.Dataset], FloatArray],
    needs: Callable[[xr.Dataset], FloatArray],
    *,
    goal: float | None,
    limit: int,
    seed: int,
    proposals: Proposals | None,
    told: Report,
) -> xr.Dataset:
    """Return draws of a mixture, as many as it takes for all errors to be at most the goal.

    Parameters
    ----------
    mixture : ScenarioMixture
        What is drawn.
    errors, needs : callable
        From draws to standard errors; and to what the spread of each scenario's draws adds to the
        greatest of them, by scenario, in proportion to which further draws are given out.
    goal, limit, seed : optional
        See ``draws_until``.
    proposals : Proposals or None
        Where they are drawn; None is the prior.
    told : callable
        See ``draws_until``.
    """
    many = len(mixture.scenarios)
    if limit < LEAST * many:
        raise InputError(
            f"draws is {limit}; a mixture of {many} scenarios takes {LEAST * many} or more"
        )
    plain = defensive(mixture)
    done, size, shares = 0, limit if goal is None else min(first_look(goal), limit), plain
    parts: list[list[xr.Dataset]] = [[] for _ in mixture.scenarios]
    while True:
        at = done
        for k, count in enumerate(counts_of(shares, size)):
            if count:
                parts[k].append(
                    sample(
                        mixture.scenarios[k], count, rng=seed, first=at,
                        aim=proposals.parts[k] if proposals else False,
                        progress=part_of(told, at, at + count),
                    )
                )  # fmt: skip
                at += count
        done += size
        found = joined(mixture, parts, seed, proposals)
        if goal is None or done >= limit:
            return found
        size = more_draws(float(np.nanmax(errors(found), initial=0.0)) / goal, done, limit)
        if not size:
            return found
        asked = needs(found)
        shares = DEFENSIVE * plain + (1.0 - DEFENSIVE) * asked / asked.sum()


def defensive(mixture: ScenarioMixture) -> FloatArray:
    """Return shares of the draws, half by credence and half even.

    No draw then stands for more than twice what it would were scenarios drawn by credence, and one
    that is hardly believed, but may be weighed the most, has draws too.

    Examples
    --------
    >>> from sfc_sim.scenario.assumed import assumed_of
    >>> defensive(assumed_of({"cook2022-balanced": 0.9, "finnveden2019": 0.1})).round(6)
    array([0.7, 0.3])
    """
    credences = np.array(mixture.credences)
    return 0.5 * credences + 0.5 / credences.size


def counts_of(shares: FloatArray, size: int) -> list[int]:
    """Return whole numbers in proportion to shares that sum to `size`, each some if it can be.

    Examples
    --------
    >>> counts_of(np.array([0.5, 0.5]), 7), counts_of(np.array([0.999, 0.001]), 10)
    ([4, 3], [8, 2])
    """
    exact = shares / shares.sum() * size
    counts = np.floor(exact + 1e-9).astype(int)
    rest = np.argsort(counts - exact, kind="stable")[: size - counts.sum()]
    counts[rest] += 1
    least = min(LEAST, size // shares.size)
    short = np.maximum(least - counts, 0)
    counts += short
    counts[np.argmax(counts)] -= short.sum()
    return [int(count) for count in counts]


def joined(
    mixture: ScenarioMixture,
    parts: Sequence[Sequence[xr.Dataset]],
    seed: int,
    proposals: Proposals | None,
) -> xr.Dataset:
    """Return the draws of all scenarios as one Dataset, by index.

    It has the variables that all have in one meaning: what follows, and the parameters of the
    mixture, which scenario holds among them. Observers like us are in the unit of the first.
    """
    import xarray as xr

    every = [(k, part) for k, own in enumerate(parts) for part in own]
    sizes = np.zeros(len(parts))
    np.add.at(sizes, [k for k, _ in every], [part.sizes["draw"] for _, part in every])
    worth = np.log(np.array(mixture.credences) * sizes.sum() / sizes)
    index = np.concatenate([part["draw"].values for _, part in every])
    order = np.argsort(index, kind="stable")
    found = {
        name: _column([part[name].values for _, part in every], order)
        for name in _shared(mixture, [part for _, part in every])
    }
    found[RATIO] = _column([_own_ratio(part) + worth[k] for k, part in every], order)
    shifts = units_of(mixture)
    logs = [part[LIKE_US].values + shifts[k] for k, part in every]
    found[LIKE_US] = _column(logs, order)
    with np.errstate(over="ignore"):
        found[LIKE_US.removeprefix("log_")] = np.exp(found[LIKE_US])
    found[WHICH] = np.repeat(
        [float(k) for k, _ in every], [part.sizes["draw"] for _, part in every]
    )[order]
    dataset = xr.Dataset(
        **labelled({name: values.T for name, values in found.items()}, index[order]),
        attrs=words_of(mixture, seed, index.size, proposals),
    )
    label(dataset, mixture)
    dataset[WHICH].attrs["strata"] = np.array(mixture.strata, dtype=float)
    dataset[WHICH].attrs["flag_values"] = np.arange(len(parts), dtype=float)
    dataset[WHICH].attrs["flag_meanings"] = " ".join(
        name.replace(" ", "_") for name in mixture.names
    )
    return dataset


def _column(parts: list[FloatArray], order: np.ndarray) -> FloatArray:
    return np.asarray(np.concatenate(parts)[order])


def _shared(mixture: ScenarioMixture, parts: Sequence[xr.Dataset]) -> list[str]:
    """Return the variables that all have; of parameters, those of the mixture."""
    names = [str(name) for name in parts[0].data_vars if all(name in part for part in parts)]
    return [name for name in names if is_result(name) or name in mixture.parameters]


def _own_ratio(part: xr.Dataset) -> FloatArray:
    if RATIO not in part:
        return np.zeros(part.sizes["draw"])
    return np.asarray(part[RATIO].values)


def units_of(mixture: ScenarioMixture) -> FloatArray:
    """Return the log of the unit of observers like us of each scenario, over that of the first.

    Examples
    --------
    >>> from sfc_sim.scenario.assumed import assumed_of
    >>> units_of(assumed_of({"finnveden2019": 0.5, "mills2025": 0.5}))
    array([0., 0.])
    """
    plans = [Plan(each, 0) for each in mixture.scenarios]
    logs = [plan.dated.log_unit_of_observers(plan.background.age) for plan in plans]
    return np.array(logs) - logs[0]


def words_of(
    mixture: ScenarioMixture, seed: int, draws: int, proposals: Proposals | None
) -> dict[str, str]:
    """Return the attributes of the draws of a mixture; of each scenario's proposal, as JSON."""
    words = [part.words() for part in proposals.parts] if proposals else []
    return provenance(mixture, seed, draws, "random") | {
        "first": "0",
        # Which scenario a draw is of is given out, so that draws are never those of the prior.
        "proposal": proposals.hash if proposals else f"{mixture.hash} in shares",
        "proposals": json.dumps(words),
    }
