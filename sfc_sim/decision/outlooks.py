"""What is uncertain of the future, by theory, and joint draws of all of it.

A number stands for itself, a distribution for its quantiles at even numbers; what comes of a report
also has its Monte Carlo error, as a beta law of the same mean and spread.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final, TypeAlias

import numpy as np

from sfc_sim._core.design import sobol_points
from sfc_sim._core.errors import InputError, affordable, number, shown, unknown, whole_number
from sfc_sim._core.schema import require
from sfc_sim._core.typing import FloatArray
from sfc_sim.cosmology.background import Background
from sfc_sim.decision.aftermath import Aftermath
from sfc_sim.decision.interventions import Outlook
from sfc_sim.decision.similarity import SimilarityLike, as_similarity, drawn_from
from sfc_sim.decision.timing import loss_by_waiting
from sfc_sim.distributions import Beta, Distribution, Fixed
from sfc_sim.scenario.origin import origin_of

if TYPE_CHECKING:
    import xarray as xr

__all__ = [
    "Uncertain",
    "bounded",
    "cases_of",
    "even_numbers",
    "law_of_share",
    "lost_alone",
    "lost_by_delay",
    "outlook_of",
    "values_at",
    "without_others",
]

Uncertain: TypeAlias = float | Distribution

# Of the two shapes of a beta law, whose sum is less the wider it is: the least sum that is as wide
# as can be to half a percent, and shapes between which laws of a share are no points.
LEAST: Final = 0.01
SMALLEST: Final = 1e-6
LARGEST: Final = 1e8


def cases_of(
    share: Any,
    similarity: SimilarityLike | None,
    retention: Uncertain | None,
    held: Uncertain | None,
    *,
    at_stake: bool = False,
) -> dict[str, dict[str, Any]]:
    """Return the uncertain quantities of others, by theory."""
    import xarray as xr

    if not isinstance(share, xr.Dataset):
        given = {"similarity": 1.0 if similarity is None else similarity,
                 "retention": 1.0 if retention is None else retention,
                 "share": share, "error": 0.0, "held": held, "held_error": 0.0,
                 "survive_error": 0.0}  # fmt: skip
        _check_case(given)
        return {"given": given}
    found = {}
    for theory in share["theory"].values:
        row = share.sel(theory=theory)
        own: Any = similarity
        if similarity is None:
            own = float(row.get("similarity_mean", 1.0))
        elif not hasattr(as_similarity(similarity), "mean"):
            require(share, ["similarity_mean"], "assess")  # linked to worlds: its mean over them
            own = float(row["similarity_mean"])
        kept = float(row.get("retention", 1.0))
        case = {
            "similarity": own,
            "retention": kept if retention is None else retention,
            "share": float(np.clip(row["recovered_share"].item(), 0.0, 1.0)),
            "error": float(row.get("recovered_share_standard_error", 0.0)),
            "held": held,
            "held_error": 0.0,
            "survive": float(row.get("expansion_chance_at_stake", np.nan)),
            "survive_error": 0.0,
        }
        if at_stake:
            case["survive_error"] = float(row["expansion_chance_at_stake_standard_error"])
        if retention is None and kept and "recovered_worth_standard_error" in row:
            # That of what is kept is in it, and taken for one of the share.
            case["error"] = float(row["recovered_worth_standard_error"]) / kept
        if held is None and "held_of_alone" in row:
            case["held"] = float(row["held_of_alone"])
            case["held_error"] = float(row.get("held_of_alone_standard_error", 0.0))
        _check_case(case)
        found[str(theory)] = case
    return found


def lost_alone(share: Any) -> float:
    """Return the part of the reachable volume that a year of delay loses, with nobody else."""
    background = Background.named(origin_of(share).text("cosmology", "Planck18"))
    return loss_by_waiting(background.age, background)


def lost_by_delay(
    alone: float, delay: xr.Dataset | None, cases: Mapping[str, Any]
) -> dict[str, dict[str, float]]:
    """Return the parts of A and of U that a year of delay loses, and their errors, by theory."""
    if delay is None:
        known = {"lost": alone, "lost_marginal": alone}
        return dict.fromkeys(cases, known | {f"{name}_error": 0.0 for name in known})
    names = {"lost": "grabbed_lost_per_year", "lost_marginal": "marginal_lost_per_year"}
    require(delay, list(names.values()), "decision.delay_cost")
    theories = delay["theory"].values.tolist()
    found = {}
    for theory in cases:
        if theory not in theories:
            raise unknown("theory (in delay)", theory, theories)
        row = delay.sel(theory=theory)
        values = {name: float(row[own]) for name, own in names.items()}
        errors = {
            f"{name}_error": float(row.get(f"{own}_standard_error", 0.0))
            for name, own in names.items()
        }
        found[theory] = values | errors
    return found


def _check_case(case: Mapping[str, Any]) -> None:
    as_similarity(case["similarity"])
    bounded(case["share"], "share", 0.0, 1.0)
    if case["held"] is not None:
        bounded(case["held"], "held_of_alone", 0.0, 1.0)
        if not isinstance(case["held"], Distribution) and case["held"] == 0.0:
            raise InputError("held_of_alone is 0; it must be above 0: humanity grabs something")


def bounded(value: Any, name: str, low: float, high: float) -> None:
    """Require a number, or a distribution of numbers, in a range.

    Examples
    --------
    >>> bounded(1.5, "share", 0.0, 1.0)
    Traceback (most recent call last):
    sfc_sim._core.errors.InputError: share is 1.5; it must be in [0, 1]
    """
    if isinstance(value, Distribution):
        ends = value.support
    elif isinstance(value, (int, float, np.number)) and not isinstance(value, bool):
        ends = (number(value, name),) * 2
    else:
        raise InputError(f"{name} is {shown(value)}; it must be a number or a Distribution")
    if not (low <= ends[0] and ends[1] <= high):
        allowed = f"in [{low:g}, {high:g}]" if np.isfinite(high) else f"{low:g} or more"
        raise InputError(f"{name} is {shown(value)}; it must be {allowed}")


def even_numbers(many: int, draws: int, seed: int) -> FloatArray:
    """Return even uniform numbers, shape (many, draws)."""
    whole_number(draws, "draws", 2, 2**30)
    affordable(draws, 200 * many, "draws")
    return np.ascontiguousarray(sobol_points(many, draws, seed).T)


def values_at(value: Any, u: FloatArray) -> FloatArray:
    """Return the values of a number or a distribution at its quantiles.

    Examples
    --------
    >>> values_at(0.5, np.array([0.1, 0.9]))
    array([0.5, 0.5])
    """
    kind = value if isinstance(value, Distribution) else Fixed(number(value, "a value"))
    return kind.ppf(u)


def law_of_share(mean: float, error: float) -> Uncertain:
    """Return a beta law from 0 to 1 with this mean, and this spread where one can have both.

    The spread of a number from 0 to 1 is at most sqrt(m (1 - m)); what has none is its mean.

    Examples
    --------
    >>> law_of_share(0.5, 0.5 / 3.0), law_of_share(0.0, 0.02)
    (Beta(a=4, b=4, lo=0, hi=1), 0.0)
    """
    most = mean * (1.0 - mean)
    if most <= 0.0 or (both := most / error**2 - 1.0) > LARGEST:
        return mean
    both = max(both, LEAST, SMALLEST / min(mean, 1.0 - mean))
    return Beta(both * mean, both * (1.0 - mean)) if both < LARGEST else mean


def outlook_of(
    case: Mapping[str, Any],
    given: Mapping[str, Any],
    u: FloatArray,
    after: Aftermath,
) -> Outlook:
    """Return the joint draws of everything uncertain."""
    law = case["share"]
    if case["error"] > 0.0:
        law = law_of_share(law, case["error"])
    share = values_at(law, u[0])
    misaligned, survive, aligned, room = (
        values_at(given[name], u[k + 1])
        for k, name in enumerate(("misaligned", "p_survive", "p_aligned", "room"))
    )
    humanity = aligned + (1.0 - aligned) * misaligned
    q = drawn_from(as_similarity(case["similarity"]), u[5], {})
    kept = values_at(case["retention"], u[6])
    held = values_at(1.0 if case["held"] is None else case["held"], u[7])
    losses = [np.full_like(share, case[name]) for name in ("lost", "lost_marginal")]
    return Outlook(
        share, kept, q * humanity, misaligned, survive, aligned, room, held, losses[0],
        losses[1], after.anyone, after.made,
    )  # fmt: skip


def without_others(outlook: Outlook, alone: float) -> Outlook:
    """Return the outlook of the same humanity with nobody else: nothing recovered, all held."""
    zero = np.zeros_like(outlook.share)
    return outlook._replace(
        share=zero, held=zero + 1.0, lost=zero + alone, lost_marginal=zero + alone
    )
