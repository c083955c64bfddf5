"""What the recovered share means for the value of reducing extinction risk.

With s the recovered share, kappa what recovered resources keep of their value, and q the value
per resource of others over that of humanity's civilization, survival is worth 1 - s kappa q of
what it would be worth if nobody recovered any of the same resources. With nobody else at all
humanity would also hold more: over that, survival is worth less again. What may come after us on
Earth, by cause of extinction, is counted where it is asked for: see `sfc_sim.decision.causes`.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import numpy as np
import numpy.typing as npt

from sfc_sim._core.arguments import validated
from sfc_sim._core.design import even_points, uniform_numbers
from sfc_sim._core.effective import least_error, mean_of, share_of
from sfc_sim._core.errors import InputError
from sfc_sim._core.quantiles import with_ends
from sfc_sim._core.schema import judges_existence, label, no_existence, require
from sfc_sim._core.typing import FloatArray
from sfc_sim._core.weighted import ratio_of_sums, shares_of, weighted_mean
from sfc_sim._core.world import World, worlds
from sfc_sim.decision.aftermath import Aftermath, Numbers, aftermath, background_of
from sfc_sim.decision.causes import Causes, CausesLike
from sfc_sim.decision.causes_files import as_causes
from sfc_sim.decision.multiplier import finite
from sfc_sim.decision.shares import carried_by, is_one
from sfc_sim.decision.similarity import SimilarityLike, as_similarity, drawn_from
from sfc_sim.decision.wording import to_text
from sfc_sim.distributions import Distribution
from sfc_sim.scenario.origin import origin_of

if TYPE_CHECKING:
    import xarray as xr

__all__ = ["own_numbers", "value_adjustment"]

QUANTILES: Final = (0.05, 0.5, 0.95)
# Points of the rule that stands for what is uncertain beside the share.
POINTS: Final = 10_000
GOLDEN: Final = 0.6180339887498949
# Standard errors that a value must be away from nothing to be divided by.
SURE: Final = 3.0
# What a theory has that does not judge existence: no verdict is in it.
ALWAYS: Final = ("similarity_mean", "retention", "recovered_worth")


@validated()
def value_adjustment(
    share: xr.Dataset,
    similarity: SimilarityLike = 1.0,
    *,
    retention: float | Distribution | npt.ArrayLike | xr.Dataset = 1.0,
    misaligned: float = 0.0,
    tolerance: float = 0.1,
    causes: CausesLike | None = None,
    draws: xr.Dataset | None = None,
    weights: xr.Dataset | None = None,
) -> xr.Dataset:
    """Return by how much others lower the value of reducing extinction risk, per theory.

    Parameters
    ----------
    share : xarray.Dataset
        From `sfc_sim.saturation`: uses ``recovered_share``.
    similarity : float, Distribution or Similarity, default 1
        Value per resource of others over that of humanity's civilization, q.
    retention : float, Distribution, array_like of shape (theory,) or Dataset, default 1
        Value kept by what is recovered later, kappa, in [0, 1]; or the Dataset of
        `sfc_sim.decision.retention`, whose standard error is then counted.
    misaligned : float, default 0
        See `takeover_ratio`.
    tolerance : float, default 0.1
        Existence is neutral if the multiplier is at most this far from 0.
    causes : Causes, str or path, optional
        What might end humanity, and what comes after it on Earth: `sfc_sim.decision.load_causes`.
        By default nothing does.
    draws, weights : xarray.Dataset, optional
        From `sfc_sim.sample` and `sfc_sim.weigh`: with these, quantiles and probabilities are
        over worlds too, and similarity may differ between worlds.

    Returns
    -------
    xarray.Dataset
        Dim ``theory``, with standard errors: ``recovered_worth``, s kappa;
        ``extinction_discount``, s kappa q, relative to the same volume grabbed and nobody to
        recover it; ``discount_with_nobody_else``, relative to nobody else at all, when humanity
        would hold all that it can reach; ``takeover_ratio``, which is not a number where the value
        of survival is within three standard errors of nothing. ``extinction_multiplier``, one
        minus the discount; ``neutral``, 1 if existence is, in expectation, else 0;
        ``displaced_worth``, what others would make of the volume
        that we displace (Gly^3 at our own value per resource), of a Dataset that has that volume;
        ``similarity_mean`` (weighted by what is recovered), ``retention``;
        ``probability_net_negative`` (that survival is worth less than nothing) and
        ``probability_neutral``, over everything that is uncertain; dims (theory, quantile):
        ``extinction_multiplier_quantile`` with the ends of one standard error, ``_low`` and
        ``_high``. Theories that do not judge existence, such as
        adt-average, have none of these but s kappa, q and kappa; the attribute ``no_discount`` says
        so.

    Raises
    ------
    InputError
        If a value is outside its range or not finite, or similarity differs between worlds and
        no draws came.

    Notes
    -----
    Decisions rest on ratios of expectations. With n the copies of a world, V the volume that
    humanity would hold with nobody else, A what it gets to first and U what nobody else would ever
    take, the discount is sum n (A - U) kappa q / sum n A, which is s E[kappa] E[q] where similarity
    does not go with the world; with nobody else it is 1 - sum n (A - (A - U) kappa q) / sum n V.
    Quantiles and probabilities are of 1 - (1 - U/A) kappa q over expected worlds (draws) in
    proportion to what is at stake there, n A: what we would find if we came to know the
    parameters, not where others are. Without draws, s is taken as known. With causes, s kappa q
    becomes R + (1 - rho) s kappa q in every result but ``recovered_worth``, with rho the chance of
    a successor on Earth and R what it would be worth: see `sfc_sim.decision.aftermath`.

    Examples
    --------
    >>> import xarray as xr
    >>> value = value_adjustment(xr.Dataset({"recovered_share": ("theory", [0.75])}))
    >>> value.extinction_discount.values
    array([0.75])
    """
    require(share, ["recovered_share"], "saturation")
    if (draws is None) != (weights is None):
        raise InputError("draws and weights belong together: pass both or neither")
    model = as_similarity(similarity)
    limit = float(finite(tolerance, "tolerance", 0.0, np.inf))
    gain = 1.0 - float(finite(misaligned, "misaligned value", -np.inf, np.inf))
    recovered = share["recovered_share"].clip(0.0, 1.0)  # rounding may leave -1e-17
    kept, spread = _kept_by_theory(retention, recovered.values)
    known = None if causes is None else as_causes(causes)
    background = background_of(share)
    after = aftermath(known, background)
    rows = []
    for row, s in enumerate(recovered.values):
        outlook = _known(s) if draws is None or weights is None else _worlds(draws, weights, row)
        own = share.isel(dict.fromkeys(recovered.dims, row))
        found = drawn_from(model, outlook.u, outlook.worlds)
        q: float | FloatArray = model.mean() if hasattr(model, "mean") else found
        drawn = aftermath(known, background, _numbers_of(known, draws))
        kappa = retention.ppf(outlook.v) if isinstance(retention, Distribution) else kept[row]
        rows.append(
            _expected(own, float(s), (kept[row], spread[row]), q, outlook, gain, after)
            | _judged(outlook, found, kappa, limit, drawn)
        )
    value = share[["recovered_share"]].assign(_by_theory(rows, share, recovered.dims, limit))
    value = value.drop_vars("recovered_share")
    value = value.assign_coords(quantile=list(QUANTILES))
    value.attrs |= {"similarity": to_text(similarity), "tolerance": str(limit)}
    if known is not None:
        value.attrs["causes"] = known.name
    silent = share.get("theory", recovered).values[~judges_existence(share)].tolist()
    if silent:
        value.attrs["no_discount"] = no_existence(silent)
    return label(value)


class Outlook(NamedTuple):
    """What may be found: worlds, their weight by stakes, the fraction recovered in each."""

    weight: FloatArray
    fraction: FloatArray
    u: FloatArray
    v: FloatArray
    worlds: World


def _known(share: float) -> Outlook:
    """Return one world; similarity and retention go through their quantiles, one for each."""
    k = np.arange(POINTS)
    # A rank-one lattice: even in each of the two numbers and over the pair.
    u, v = (k + 0.5) / POINTS, np.mod(k * GOLDEN + 0.5 / POINTS, 1.0)
    return Outlook(np.full(POINTS, 1.0 / POINTS), np.full(POINTS, share), u, v, World({}))


def _worlds(draws: xr.Dataset, weights: xr.Dataset, row: int) -> Outlook:
    """Return the worlds of a theory in proportion to what is at stake."""
    world = worlds(draws, weights, str(weights["theory"].values[row]))
    u, v = (own_numbers(draws, name) for name in ("similarity", "retention"))
    return Outlook(shares_of(world.log_stakes), world.recovered, u, v, world)


def own_numbers(draws: xr.Dataset, name: str) -> FloatArray:
    """Return the uniform numbers of something that is not in the scenario, one per draw.

    As with parameters, a function of (seed, index of the draw, name) alone.
    """
    indices, seed = draws["draw"].values, origin_of(draws).seed
    ends = np.flatnonzero(np.diff(indices) != 1) + 1  # joined stretches, each in a row
    return np.concatenate(
        [
            uniform_numbers(seed, f"value {name}", int(stretch[0]), stretch.size)
            for stretch in np.split(indices, ends)
        ]
    )


def _numbers_of(causes: Causes | None, draws: xr.Dataset | None) -> Numbers:
    """Return the uniform numbers of what is uncertain of causes, by its name."""
    if draws is not None:
        return lambda name: own_numbers(draws, name)
    names = [] if causes is None else causes.uncertain
    even = even_points(len(names) + 2, POINTS)[:, 2:]
    return lambda name: even[:, names.index(name)]


def _kept_by_theory(retention: Any, share: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return the mean of what is kept and its standard error, per theory."""
    shape = share.shape
    if isinstance(retention, Distribution):
        low, high = retention.support
        finite([low, high], "retention", 0.0, 1.0)
        return np.full(shape, retention.mean()), np.zeros(shape)
    error: npt.ArrayLike = 0.0
    if hasattr(retention, "data_vars"):
        require(retention, ["retention", "retention_standard_error"], "decision.retention")
        retention, error = (
            retention[name].values for name in ("retention", "retention_standard_error")
        )
        # Over one where what is recovered lies nearer, and so counts for more, than what is not.
        kept = finite(retention, "retention", 0.0, np.inf)
    else:
        kept = finite(retention, "retention", 0.0, 1.0)
    if kept.shape not in ((), shape):
        raise InputError(f"retention has shape {kept.shape}; give one number, or one per theory")
    return np.broadcast_to(kept, shape).copy(), np.broadcast_to(error, shape).copy()


def _expected(
    own: xr.Dataset,
    share: float,
    retention: tuple[float, float],
    q: float | FloatArray,
    outlook: Outlook,
    gain: float,
    after: Aftermath,
) -> dict[str, float]:
    """Return the expectations for one theory, with standard errors where known."""
    kept, spread = retention
    mean = _mean_of(q, outlook)
    worth = share * kept
    discount = after.expected(worth * mean)[0]
    found = {
        "similarity_mean": mean,
        "retention": kept,
        "recovered_worth": worth,
        "extinction_multiplier": 1.0 - discount,
        "extinction_discount": discount,
        "takeover_ratio": _ratio(gain, 1.0 - discount, 0.0),
    }
    held = float(own.get("held_of_alone", np.nan))
    if "held_of_alone" in own:
        found["discount_with_nobody_else"] = 1.0 - held * (1.0 - discount)
    if "volume_displaced" in own:
        displaced = float(own["volume_displaced"])
        found["displaced_worth"] = displaced * kept * mean
        found["displaced_worth_standard_error"] = float(
            np.hypot(kept * _displaced_error(own, mean, q, outlook), displaced * mean * spread)
        )
    if "recovered_share_standard_error" not in own:
        return found
    of_share = float(own["recovered_share_standard_error"])
    of_value = abs(mean) * of_share if np.ndim(q) == 0 else _linked_error(q, outlook)
    of_others = float(np.hypot(kept * of_value, share * mean * spread))
    error = after.expected(worth * mean, of_others)[1]
    takeover = _ratio(gain, 1.0 - discount, error)
    found |= {
        "recovered_worth_standard_error": float(np.hypot(kept * of_share, share * spread)),
        "extinction_discount_standard_error": error,
        "takeover_ratio": takeover,
        "takeover_ratio_standard_error": abs(_ratio(takeover, 1.0 - discount, 0.0)) * error,
    }
    if "held_of_alone_standard_error" in own:
        of_alone = _alone_error(own, kept * mean, kept * np.asarray(q), outlook, after)
        of_alone = float(np.hypot(of_alone, held * after.expected(0.0, share * mean * spread)[1]))
        found["discount_with_nobody_else_standard_error"] = of_alone
    return found


def _ratio(gain: float, survival: float, error: float) -> float:
    """Return a gain over the value of survival; not a number where that may well be nothing."""
    return gain / survival if abs(survival) > SURE * error else np.nan


def _alone_error(
    own: xr.Dataset, others: float, value: FloatArray, outlook: Outlook, after: Aftermath
) -> float:
    """Return the standard error of sum n (A - (A - U) kappa q) / sum n V; `others` is kappa q.

    Of A, successors on Earth make a part R; where they come, others recover nothing.
    """
    world = outlook.worlds
    made, none = float(after.made.mean()), float(1.0 - after.anyone.mean())
    others, value = none * others, none * value
    if not world:
        # At most: the two ratios of which this is a sum rest on the same worlds.
        held, kept = (
            float(own[f"{name}_standard_error"]) for name in ("held_of_alone", "mcs_potential")
        )
        return abs(1.0 - made - others) * held + abs(others) * kept
    if is_one(world):
        return 0.0
    worth = (1.0 - made) * world.grabbed - world.lost * value
    return share_of(world.log_copies, worth, world.alone, world.strata)[1]


def _by_theory(
    rows: Sequence[Mapping[str, Any]], share: xr.Dataset, dims: Sequence[Hashable], limit: float
) -> dict[str, Any]:
    """Return a variable for each name, blank for theories that do not judge existence."""
    judges = judges_existence(share)
    table: dict[str, Any] = {}
    for name in rows[0]:
        values = np.array([row[name] for row in rows], dtype=float)
        if not name.startswith(ALWAYS):
            values[~judges] = np.nan
        table[name] = ((*dims, "quantile")[: values.ndim], values)
    multiplier = table["extinction_multiplier"][1]
    neutral = np.where(np.isnan(multiplier), np.nan, np.abs(multiplier) <= limit)
    return table | {"neutral": (dims, neutral)}


def _judged(
    outlook: Outlook, q: FloatArray, kappa: FloatArray | float, limit: float, after: Aftermath
) -> dict[str, Any]:
    """Return the distribution of outcomes over worlds and values."""
    phi = 1.0 - after.discount(outlook.fraction * kappa * q)
    events = {
        "probability_net_negative": (phi < 0.0).astype(float),
        "probability_neutral": (np.abs(phi) <= limit).astype(float),
    }
    strata = outlook.worlds.strata
    chances = {name: mean_of(event, outlook.weight, strata) for name, event in events.items()}
    return {
        **with_ends("extinction_multiplier_quantile", phi, outlook.weight, QUANTILES, strata),
        **{name: found.mean for name, found in chances.items()},
        **{f"{name}_standard_error": found.error for name, found in chances.items()},
    }


def _mean_of(q: float | FloatArray, outlook: Outlook) -> float:
    """Return the mean similarity over what is recovered, in whatever world."""
    if np.ndim(q) == 0:
        return float(q)
    if not outlook.worlds:
        raise InputError("similarity differs between worlds: pass draws and weights too")
    recovered = outlook.weight * outlook.fraction
    total = float(recovered.sum())
    return float(recovered @ q) / total if total > 0.0 else float(outlook.weight @ q)


def _displaced_error(
    own: xr.Dataset, mean: float, q: float | FloatArray, outlook: Outlook
) -> float:
    """Return the standard error of sum n (A - U) q / sum n; see `row_of_ratios`."""
    if np.ndim(q) == 0:
        return abs(mean) * float(own["volume_displaced_standard_error"])
    world = outlook.worlds
    copies = np.exp(world.log_copies - world.log_copies.max())
    few = float(own["volume_at_stake"]) * least_error(0.0, *carried_by(world))
    error = weighted_mean(world.lost * q, copies, world.strata)[1]
    return max(error, float(np.abs(q).max()) * few)


def _linked_error(q: float | FloatArray, outlook: Outlook) -> float:
    """Return the standard error of sum n (A - U) q / sum n A, where q differs between worlds."""
    world = outlook.worlds
    error = ratio_of_sums(world.log_copies, world.lost * q, world.grabbed, world.strata)[1]
    return max(error, float(np.abs(q).max()) * least_error(0.0, *carried_by(world)))
