"""What a unit of effort is worth, spent on survival, on alignment, or on what is left to others.

All follows from the expected value of the future in units of what humanity would grab,

    EV = P_S u + (1 - P_S) s kappa u_A,    u = P_A u_H + (1 - P_A) u_M,

with P_S the probability that humanity becomes space-faring, P_A that it is then aligned, and u_H =
1, u_M, u_A the value per resource of an aligned and a misaligned humanity, and of others. The
questions are those of Riche (2025); the derivatives are worked out here.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from sfc_sim._core.arguments import validated
from sfc_sim._core.errors import InputError, choice, known_names, unknown
from sfc_sim._core.random import seed_of
from sfc_sim._core.renamed import renamed
from sfc_sim._core.schema import existence_theories, judges_existence, label, no_existence, require
from sfc_sim._core.typing import FloatArray, RandomLike
from sfc_sim._core.weighted import ranks
from sfc_sim.decision.aftermath import aftermath, background_of, refuse_counted
from sfc_sim.decision.causes import CausesLike
from sfc_sim.decision.causes_files import as_causes
from sfc_sim.decision.interventions import INTERVENTIONS, Intervention, Outlook
from sfc_sim.decision.ourselves import report_of_deciders
from sfc_sim.decision.outlooks import (
    Uncertain,
    bounded,
    cases_of,
    even_numbers,
    lost_alone,
    lost_by_delay,
    outlook_of,
    values_at,
    without_others,
)
from sfc_sim.decision.similarity import SimilarityLike
from sfc_sim.decision.study import Study
from sfc_sim.decision.wording import to_text
from sfc_sim.distributions import Distribution

if TYPE_CHECKING:
    import xarray as xr

__all__ = ["INTERVENTIONS", "Intervention", "Outlook", "priorities"]

POSTERIOR: Final = "posterior"

QUANTILES: Final = (0.05, 0.5, 0.95)
# What comes along of a report, and what does too where survival is asked of the study.
KEPT: Final = (
    "ess",
    "k_hat",
    "volume_at_stake",
    "volume_at_stake_standard_error",
    "extinction_multiplier",
    "extinction_discount",
    "extinction_discount_standard_error",
)
AT_STAKE: Final = ("expansion_chance_at_stake", "expansion_chance_at_stake_standard_error")
# Standard errors that a value must be away from nothing to be divided by.
SURE: Final = 3.0


@renamed(samples="draws")
@validated()
def priorities(
    share: float | Distribution | xr.Dataset | Study,
    *,
    similarity: SimilarityLike | None = None,
    retention: Uncertain | None = None,
    misaligned: Uncertain = 0.0,
    p_survive: Uncertain | str = 0.9,
    p_aligned: Uncertain = 0.5,
    room: Uncertain = 0.5,
    held_of_alone: Uncertain | None = None,
    delay: xr.Dataset | None = None,
    tractability: Mapping[str, Uncertain] | None = None,
    interventions: Sequence[str] | None = None,
    causes: CausesLike | None = None,
    draws: int = 8192,
    rng: RandomLike = None,
    share_of_reach: None = None,
) -> xr.Dataset:
    """Rank what could be done by what a unit of effort is worth.

    Parameters
    ----------
    share : float, Distribution, xarray.Dataset or Study
        Recovered share s: a number, a distribution, the Dataset of `sfc_sim.saturation`, or the
        study of `sfc_sim.assess`; Monte Carlo errors are then among the uncertainties, as beta laws
        of the same mean and spread.
    similarity : float, Distribution or Similarity, optional
        Value per resource of others over that of humanity's civilization, q = u_A / u; by
        default that of the study, of a Dataset its mean there, else 1.
    retention : float or Distribution, optional
        Value kept by what is recovered later, kappa; by default that of the study, else 1.
    misaligned : float or Distribution, default 0
        Value per resource of a misaligned humanity, u_M, with 1 for an aligned one.
    p_survive, p_aligned : float or Distribution, default 0.9 and 0.5
        Probability that humanity becomes space-faring, and that it is then aligned. The
        defaults are placeholders of ours: published risks of extinction this century alone go
        from 0.01 to 0.16. Of a study, `p_survive` may be "posterior": under each theory, what
        evidence says of the fraction of civilizations like ours that expands, where something is
        at stake; see `sfc_sim.decision.prospects`. Worlds then count by all who decide as we do,
        so that a decision weight does not count survival twice.
    room : float or Distribution, default 0.5
        Part of its space that "make-room" makes a misaligned civilization leave.
    held_of_alone : float or Distribution, optional
        Volume that humanity would get to first over that which it would hold with nobody else, a
        ratio of expectations, for "coordination"; by default that of the report.
    delay : xarray.Dataset, optional
        From `sfc_sim.decision.delay_cost`, of the same theories, for "speed-up", whose error counts
        its errors; by default what a
        year of waiting now loses with nobody else, see `sfc_sim.decision.loss_by_waiting`.
    tractability : mapping of str to float or Distribution, optional
        How many units of each intervention a unit of effort moves; 1 where none is given.
    interventions : sequence of str, optional
        Names out of `INTERVENTIONS`; by default all that are defined.
    causes : Causes, str or path, optional
        What might end humanity, and what comes after it on Earth: `sfc_sim.decision.load_causes`.
        By default nothing does.
    draws : int, default 8192
        Joint draws of what is uncertain; a power of two is best.
    rng : None, int, SeedSequence or Generator, optional
        Source of randomness.
    share_of_reach : None
        No longer taken; see `held_of_alone`.

    Returns
    -------
    xarray.Dataset
        Dims (theory, intervention): ``priority``, the mean value of a unit of effort per value
        of all that humanity would grab, and, with "extinction" among them alone,
        ``priority_ratio`` (of means, relative to it), each with its standard error;
        ``priority_ratio_without_others``, what that would be with nobody else: over it, the ratio
        is what others add; ``rank`` of the mean (1 is best),
        ``probability_harmful``; dims (theory, intervention, quantile): ``priority_quantile``,
        ``priority_ratio_quantile``; dims (theory, intervention, place): ``rank_probability``. A
        ratio is not a number where reducing extinction risk is worth less than three standard
        errors away from nothing, its quantiles where that may be worth nothing or less. Theories
        that do not judge existence are left out; the attribute ``no_discount`` says which. Where
        the report is of several theories, ``ess`` and ``volume_at_stake`` come with it, the
        latter with its standard error.

    Raises
    ------
    InputError
        If an intervention is unknown, a tractability is negative, a probability is not one, or
        similarity has no finite mean.

    Notes
    -----
    Gains per unit, in the order of `INTERVENTIONS`: u - s kappa u_A; u_H - u_M;
    P_S (u_H - u_M); s kappa u_A - u_M; the same times `room`; P_S (u a - kappa u_A (a - (1 - s) m))
    with a and m the parts of A and of U that a year of delay loses; (V - A) / A + (1 - P_S) s kappa
    with A / V the part held of what we would hold alone, a ratio of expectations. The units
    differ, so that a ranking means little until tractabilities do their part. With causes, of
    which R is the worth of successors on Earth and rho the chance of one, "extinction" is u - R u -
    (1 - rho) s kappa u_A, and in "coordination" 1 - P_S is (1 - P_S) (1 - rho).

    Examples
    --------
    >>> table = priorities(0.7, p_aligned=1.0, interventions=["extinction", "takeover"])
    >>> table.priority_ratio.values.round(2)
    array([[1.  , 3.33]])
    """
    import xarray as xr

    if share_of_reach is not None:
        raise InputError(
            "share_of_reach is now held_of_alone: what humanity would grab over what it would hold "
            "with nobody else, a ratio of expectations; pass that"
        )
    if retention is not None:
        bounded(retention, "retention", 0.0, 1.0)
    left, posterior = [], _posterior(p_survive)
    if posterior and not isinstance(share, Study):
        raise InputError(
            "p_survive is 'posterior', which only a study has: pass that of sfc_sim.assess, or a"
            " number"
        )
    if isinstance(share, Study):
        similarity = share.similarity if similarity is None else similarity
        share = report_of_deciders(share) if posterior else share.report
    if isinstance(share, xr.Dataset):
        require(share, ["recovered_share"], "saturation")
        left = share["theory"].values[~judges_existence(share)].tolist()
        share = share.sel(theory=existence_theories(share))
    cases = cases_of(share, similarity, retention, held_of_alone, at_stake=posterior)
    alone = lost_alone(share)
    lost = lost_by_delay(alone, delay, cases)
    names = _names(interventions, cases)
    effort = _tractabilities(tractability or {}, names)
    given: dict[str, Any] = {
        "misaligned": misaligned, "p_survive": p_survive, "p_aligned": p_aligned, "room": room,
    }  # fmt: skip
    for name in ("p_survive", "p_aligned", "room"):
        if not (name == "p_survive" and posterior):
            bounded(given[name], name, 0.0, 1.0)
    known = None if causes is None else as_causes(causes)
    uncertain = [] if known is None else known.uncertain
    numbers = even_numbers(8 + len(names) + len(uncertain), draws, seed_of(rng))
    own = dict(zip(uncertain, numbers[8 + len(names) :], strict=True))
    after = aftermath(known, background_of(share), own.__getitem__)
    if isinstance(share, xr.Dataset):
        refuse_counted(share)
    rows = []
    for theory, case in cases.items():
        survive = {"p_survive": case["survive"]} if posterior else {}
        case |= lost[theory]
        outlook = outlook_of(case, given | survive, numbers, after)
        moved = np.array([values_at(effort[name], numbers[8 + k]) for k, name in enumerate(names)])
        gains, empty = (
            moved * _gains(names, each) for each in (outlook, without_others(outlook, alone))
        )
        change = moved * _changes(names, outlook, case)
        rows.append(_ranked(gains, names) | _ratios(gains, change, empty, names))
    table = _as_table(rows, list(cases), names)
    if isinstance(share, xr.Dataset):
        kept = KEPT + AT_STAKE * posterior
        table = table.assign({name: share[name] for name in kept if name in share})
        table.attrs |= share.attrs
    if left:
        table.attrs |= {"no_discount": no_existence(left), "silent_theories": json.dumps(left)}
    if known is not None:
        table.attrs["causes"] = known.name
    first = next(iter(cases.values()))
    table.attrs |= {"similarity": to_text(first["similarity"])}
    table.attrs |= {name: repr(value) for name, value in given.items()}
    return label(table)


def _as_table(
    rows: Sequence[Mapping[str, FloatArray]], theories: Sequence[str], names: Sequence[str]
) -> xr.Dataset:
    """Return a Dataset of what each theory says of interventions."""
    import xarray as xr

    two = ("theory", "intervention")
    dims = {name: (*two, "quantile") for name in rows[0] if name.endswith("_quantile")}
    dims["rank_probability"] = (*two, "place")
    units = [INTERVENTIONS[name].unit for name in names]
    return xr.Dataset(
        {name: (dims.get(name, two), np.array([row[name] for row in rows])) for name in rows[0]},
        coords={
            "theory": theories,
            "intervention": names,
            "quantile": list(QUANTILES),
            "place": (
                "place",
                np.arange(1, len(names) + 1),
                {"long_name": "rank by gain", "units": "1"},
            ),
            "unit": ("intervention", units, {"long_name": "what a unit of effort buys"}),
        },
    )


def _posterior(p_survive: Any) -> bool:
    """Tell whether the chance of survival is asked of the study."""
    if not isinstance(p_survive, str):
        return False
    return choice(p_survive, "p_survive", (POSTERIOR,)) == POSTERIOR


def _names(interventions: Sequence[str] | None, cases: Mapping[str, Any]) -> list[str]:
    """Return the interventions that are asked for, or all that are defined."""
    known_held = all(case["held"] is not None for case in cases.values())
    if interventions is None:
        return [name for name in INTERVENTIONS if known_held or name != "coordination"]
    names = known_names(interventions, "interventions", "intervention", INTERVENTIONS)
    if "coordination" in interventions and not known_held:
        raise InputError("coordination needs held_of_alone, what humanity would grab of its reach")
    return names


def _tractabilities(given: Mapping[str, Uncertain], names: Sequence[str]) -> dict[str, Uncertain]:
    for name, value in given.items():
        if name not in INTERVENTIONS:
            raise unknown("intervention (in tractability)", name, INTERVENTIONS)
        bounded(value, f"tractability of '{name}'", 0.0, np.inf)
    return {name: given.get(name, 1.0) for name in names}


def _gains(names: Sequence[str], outlook: Outlook) -> FloatArray:
    """Return the gain of a unit of each intervention, shape (intervention, sample)."""
    return np.array([INTERVENTIONS[name].gain(outlook) + 0.0 * outlook.share for name in names])


def _changes(names: Sequence[str], outlook: Outlook, case: Mapping[str, Any]) -> FloatArray:
    """Return the change of gains by a standard error of everything that has one.

    Shape (5, intervention, sample); half of the difference between one error up and one down.
    """
    found = []
    errors = {"share": "error"}
    errors |= {name: f"{name}_error" for name in ("held", "survive", "lost", "lost_marginal")}
    for field, error in ((field, case[name]) for field, name in errors.items()):
        middle = getattr(outlook, field)
        step = np.minimum(error, 0.5 * middle) if field == "held" else error
        up, down = (
            _gains(names, outlook._replace(**{field: middle + sign * step})) for sign in (1.0, -1.0)
        )
        found.append(0.5 * (up - down))
    return np.stack(found)


def _ratios(
    gains: FloatArray, change: FloatArray, empty: FloatArray, names: Sequence[str]
) -> dict[str, FloatArray]:
    """Return errors of means, and ratios to the gain of reducing extinction risk."""

    def error(values: FloatArray, moved: FloatArray) -> FloatArray:
        # Of the worlds drawn, and of the joint draws of what else is uncertain.
        sampled = values.std(axis=-1) / np.sqrt(values.shape[-1])
        return np.asarray(np.sqrt(sampled**2 + np.sum(moved.mean(axis=-1) ** 2, axis=0)))

    mean, spread = gains.mean(axis=1), error(gains, change)
    found = {"priority_standard_error": spread}
    if "extinction" not in names:
        return found
    at = names.index("extinction")
    base = mean[at]
    blank = np.full(mean.size, np.nan)
    ratio, of_ratio, without = blank, blank, blank
    if abs(base) > SURE * spread[at]:
        ratio = mean / base
        scale = ratio[:, None]
        of_ratio = error(gains - scale * gains[at], change - scale * change[:, at, None])
        of_ratio = of_ratio / abs(base)
    if empty[at].mean() != 0.0:
        without = empty.mean(axis=1) / empty[at].mean()
    quantile = np.full((mean.size, len(QUANTILES)), np.nan)
    if gains[at].min() > 0.0:
        quantile = np.quantile(gains / gains[at], QUANTILES, axis=1).T
    return found | {
        "priority_ratio": ratio,
        "priority_ratio_standard_error": of_ratio,
        "priority_ratio_without_others": without,
        "priority_ratio_quantile": quantile,
    }


def _ranked(gains: FloatArray, names: Sequence[str]) -> dict[str, FloatArray]:
    """Return means, quantiles and ranks of gains of shape (intervention, sample)."""
    mean = gains.mean(axis=1)
    places = ranks(gains, axis=0)
    held = [[np.mean(places[k] == place) for place in range(len(names))] for k in range(len(names))]
    return {
        "priority": mean,
        "priority_quantile": np.quantile(gains, QUANTILES, axis=1).T,
        "rank": ranks(mean) + 1,
        "rank_probability": np.array(held),
        "probability_harmful": np.mean(gains < 0.0, axis=1),
    }
