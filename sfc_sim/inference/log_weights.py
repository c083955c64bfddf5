"""Log weights of draws, before they have a norm: what theories and evidence make of each draw.

Draws from the prior have the weight that theory and evidence give; aimed ones also the ratio of
prior over proposal.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from sfc_sim._core.errors import InputError
from sfc_sim._core.typing import FloatArray
from sfc_sim._core.weighted import shares_of
from sfc_sim.inference.evidence import Evidence
from sfc_sim.inference.observation import row_of
from sfc_sim.inference.theories import Theory
from sfc_sim.scenario.origin import origin_of

if TYPE_CHECKING:
    import xarray as xr

__all__ = [
    "chance_outside",
    "checked",
    "log_chances",
    "log_ratio",
    "log_targets",
    "normalised",
    "prior_weight",
]


def log_targets(draws: xr.Dataset, known: Evidence, theories: Sequence[Theory]) -> FloatArray:
    """Return the log weights of draws from the prior, not normalised, shape (theory, draw)."""
    outside, anywhere = log_chances(draws, known)
    seen = known.front.given(draws)
    rows = [
        row_of(each.log_factor(seen, known.front), draws, f"log_factor of theory '{each.name}'")
        # Inside a front nothing is at stake: a decision weight counts those outside alone.
        + (outside if each.stakes else anywhere)
        for each in theories
    ]
    return np.array(rows)


def log_chances(draws: xr.Dataset, known: Evidence) -> tuple[FloatArray, FloatArray]:
    """Return the log chance of evidence if no front is here, and in any case, shape (draw,)."""
    outside = anywhere = np.zeros(draws.sizes["draw"])
    # Draws that are conditioned on fronts already are not weighed by them a second time.
    if not origin_of(draws).has("given"):
        name, front = known.front.name, known.front
        likely, inside = front.log_likelihood(draws), front.log_inside(draws)
        outside = row_of(likely, draws, f"log_likelihood of evidence '{name}'")
        inside = row_of(inside, draws, f"log_inside of evidence '{name}'")
        anywhere = np.logaddexp(outside, inside)
    rows = [
        row_of(each.log_likelihood(draws), draws, f"log_likelihood of evidence '{each.name}'")
        for each in known.observations
    ]
    return sum(rows, outside), sum(rows, anywhere)


def chance_outside(draws: xr.Dataset, known: Evidence) -> dict[str, tuple[str, FloatArray]]:
    """Return the log chance that no front is here, given evidence; nothing where it is certain."""
    outside, anywhere = log_chances(draws, known._replace(observations=()))
    if np.array_equal(outside, anywhere):
        return {}
    # Of a world that the evidence excludes it does not matter.
    certain = np.maximum(anywhere, -np.finfo(float).max)
    return {"log_outside": ("draw", np.minimum(outside - certain, 0.0))}


def log_ratio(draws: xr.Dataset) -> FloatArray:
    """Return the log of prior over proposal in every draw: zero for draws from the prior.

    Examples
    --------
    >>> import sfc_sim as sfc
    >>> log_ratio(sfc.sample("sandberg2018", 2, rng=1))
    array([0., 0.])
    """
    aimed = origin_of(draws).has("proposal")
    if aimed != ("log_prior_over_proposal" in draws):
        what = "are without log_prior_over_proposal" if aimed else "do not say of which proposal"
        raise InputError(
            f"aimed draws that {what} cannot be weighed: keep variable and attributes as"
            " sfc_sim.sample gives them, and weigh draws of different proposals apart"
        )
    if not aimed:
        return np.zeros(draws.sizes["draw"])
    found = np.asarray(draws["log_prior_over_proposal"].values, dtype=float)
    if missing := int(np.isnan(found).sum()):
        raise InputError(
            f"{missing} of the draws are without log_prior_over_proposal: aimed draws were joined"
            " with others; weigh them apart"
        )
    return found


def prior_weight(draws: xr.Dataset) -> FloatArray:
    """Return what each draw counts under the prior alone, shape (draw,); sums to one.

    Examples
    --------
    >>> import sfc_sim as sfc
    >>> prior_weight(sfc.sample("sandberg2018", 2, rng=1))
    array([0.5, 0.5])
    """
    return shares_of(log_ratio(draws))


def normalised(log_weight: FloatArray, theory: str) -> FloatArray:
    """Return log weights whose exponentials sum to one."""
    top = checked(log_weight.max(), theory)
    return np.asarray(log_weight - top - np.log(np.exp(log_weight - top).sum()))


def checked(top: float, theory: str) -> float:
    """Return the greatest log weight of a theory, or say why there is none.

    Examples
    --------
    >>> checked(-3.0, "prior")
    -3.0
    """
    if top == -np.inf:
        raise ArithmeticError(
            f"theory '{theory}' gives every draw weight zero: the evidence excludes all worlds, or"
            " none can have observers like us (a delay beyond Earth's age, say); leave it out with"
            " theories, or change the scenario"
        )
    if not np.isfinite(top):
        raise ArithmeticError(f"theory '{theory}' gives a draw a weight that is not a number")
    return top
