"""What the recovered share means for the value of reducing extinction risk.

With s the recovered share, kappa what recovered resources keep of their value, and q the value
per resource of others over that of humanity's civilization, survival is worth 1 - s kappa q of
what it would be worth with nobody to recover anything.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import numpy as np
import numpy.typing as npt

from sfc_sim._errors import InputError
from sfc_sim._random import key_of, slot_of
from sfc_sim._typing import FloatArray
from sfc_sim.distributions import Distribution
from sfc_sim.results import label, require, worlds
from sfc_sim.similarity import Similarity, SimilarityLike, as_similarity, to_text

if TYPE_CHECKING:
    import xarray as xr

__all__ = ["extinction_multiplier", "takeover_ratio", "value_adjustment"]

QUANTILES: Final = (0.05, 0.5, 0.95)
# Points of the rule that stands for what is uncertain beside the share.
POINTS: Final = 10_000
GOLDEN: Final = 0.6180339887498949


def _finite(value: npt.ArrayLike, name: str, low: float, high: float) -> FloatArray:
    try:
        array = np.asarray(value, dtype=float)
    except (TypeError, ValueError):
        array = np.asarray(np.nan)
    if not np.all(np.isfinite(array) & (array >= low) & (array <= high)):
        allowed = f"between {low:g} and {high:g}"
        if high == np.inf:
            allowed = "a finite number" + (", 0 or more" if low == 0.0 else "")
        raise InputError(f"{name} is {value!r}; it must be {allowed}")
    return array


def extinction_multiplier(
    share: npt.ArrayLike, similarity: npt.ArrayLike = 1.0, retention: npt.ArrayLike = 1.0
) -> FloatArray:
    """Return the value of reducing extinction risk relative to a world with nobody else.

    Parameters
    ----------
    share : array_like
        Recovered share s, in [0, 1].
    similarity : array_like, default 1
        Value per resource of other civilizations over that of humanity's, q; may be negative.
    retention : array_like, default 1
        Value kept by resources that are recovered later, kappa, in [0, 1].

    Returns
    -------
    ndarray
        1 - s kappa q: 1 where nothing is recovered, negative where survival is net negative.

    Raises
    ------
    InputError
        If a value is outside its range or not finite.

    Examples
    --------
    >>> extinction_multiplier(0.84, [1.0, 0.5]).round(2)
    array([0.16, 0.58])
    """
    s = _finite(share, "recovered share", 0.0, 1.0)
    q = _finite(similarity, "similarity", -np.inf, np.inf)
    return 1.0 - s * _finite(retention, "retention", 0.0, 1.0) * q


def takeover_ratio(
    share: npt.ArrayLike,
    similarity: npt.ArrayLike = 1.0,
    retention: npt.ArrayLike = 1.0,
    misaligned: npt.ArrayLike = 0.0,
) -> FloatArray:
    """Return the value of preventing a misaligned takeover over that of preventing extinction.

    A misaligned civilization takes up the space that others would recover after extinction.

    Parameters
    ----------
    share, similarity, retention : array_like
        As for `extinction_multiplier`; similarity relative to an aligned civilization here.
    misaligned : array_like, default 0
        Value per resource of a misaligned civilization, relative to an aligned one.

    Returns
    -------
    ndarray
        (1 - u_M) / (1 - s kappa q); infinite where survival is worth nothing.

    Raises
    ------
    InputError
        If a value is outside its range or not finite.

    Examples
    --------
    >>> takeover_ratio([0.7, 0.84]).round(3)
    array([3.333, 6.25 ])
    """
    gain = 1.0 - _finite(misaligned, "misaligned value", -np.inf, np.inf)
    survival = extinction_multiplier(share, similarity, retention)
    if np.any((gain == 0.0) & (survival == 0.0)):
        raise InputError(
            "takeover ratio is undefined: survival is worth nothing at this recovered share and"
            " similarity, and a misaligned civilization is as good as an aligned one"
        )
    with np.errstate(divide="ignore"):
        return np.asarray(gain / survival)


def value_adjustment(
    share: xr.Dataset,
    similarity: SimilarityLike = 1.0,
    *,
    retention: float | Distribution | npt.ArrayLike = 1.0,
    misaligned: float = 0.0,
    tolerance: float = 0.1,
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
    retention : float, Distribution or array_like of shape (theory,), default 1
        Value kept by what is recovered later, kappa, in [0, 1].
    misaligned : float, default 0
        See `takeover_ratio`.
    tolerance : float, default 0.1
        Existence is neutral if the multiplier is at most this far from 0.
    draws, weights : xarray.Dataset, optional
        From `sfc_sim.sample` and `sfc_sim.weigh`: with these, quantiles and probabilities are
        over worlds too, and similarity may differ between worlds.

    Returns
    -------
    xarray.Dataset
        Dim ``theory``: ``extinction_multiplier``, ``extinction_discount`` (one minus it) and
        its standard error, of expectations, and ``neutral``, whether existence is, in
        expectation; ``takeover_ratio``; ``similarity_mean`` (weighted by what is recovered),
        ``retention``; ``probability_net_negative`` (that survival is worth less than nothing) and
        ``probability_neutral``, over everything that is uncertain; dims (theory, quantile):
        ``extinction_multiplier_quantile``.

    Raises
    ------
    InputError
        If a value is outside its range or not finite, or similarity differs between worlds and
        no draws came.

    Notes
    -----
    Decisions rest on the ratio of expectations, sum n (A - U) kappa q / sum n A, which is
    s E[kappa] E[q] where similarity does not go with the world. Quantiles and probabilities are
    of 1 - (1 - U/A) kappa q over worlds in proportion to what is at stake there, n A: what we
    would find if we came to know the world. Without draws, s is taken as known.

    Examples
    --------
    >>> import xarray as xr
    >>> value = value_adjustment(xr.Dataset({"recovered_share": ("theory", [0.75])}))
    >>> value.extinction_discount.values
    array([0.75])
    """
    require(share, ["recovered_share"], "saturation")
    model = as_similarity(similarity)
    limit = float(_finite(tolerance, "tolerance", 0.0, np.inf))
    recovered = share["recovered_share"].clip(0.0, 1.0)  # rounding may leave -1e-17
    kept = _kept_by_theory(retention, recovered.values.shape)
    rows = []
    for row, s in enumerate(recovered.values):
        outlook = _known(s) if draws is None or weights is None else _worlds(draws, weights, row)
        q = model.draw(outlook.u, outlook.worlds)
        kappa = retention.ppf(outlook.v) if isinstance(retention, Distribution) else kept[row]
        rows.append(_judged(model, outlook, float(s), q, kappa, kept[row], limit))
    table: dict[str, Any] = {
        name: (recovered.dims, np.array([found[name] for found in rows])) for name in rows[0]
    }
    multiplier = table["extinction_multiplier"][1]
    mean = table["similarity_mean"][1]
    ratio = takeover_ratio(recovered.values, mean, kept, misaligned)
    quantile = table.pop("extinction_multiplier_quantile")
    value = share[[]].assign(
        table | {"takeover_ratio": (recovered.dims, ratio), "retention": (recovered.dims, kept)}
    )
    value["extinction_multiplier_quantile"] = ((*recovered.dims, "quantile"), quantile[1])
    value = value.assign_coords(quantile=list(QUANTILES))
    value["neutral"] = (recovered.dims, np.abs(multiplier) <= limit)
    if "recovered_share_standard_error" in share:
        error = np.abs(mean * kept) * share["recovered_share_standard_error"]
        value = value.assign(extinction_discount_standard_error=error)
    value.attrs |= {"similarity": to_text(similarity), "tolerance": str(limit)}
    return label(value)


class Outlook(NamedTuple):
    """What may be found: worlds, their weight by stakes, the fraction recovered in each."""

    weight: FloatArray
    fraction: FloatArray
    u: FloatArray
    v: FloatArray
    worlds: Mapping[str, FloatArray]


def _known(share: float) -> Outlook:
    """Return one world; similarity and retention go through their quantiles, one for each."""
    k = np.arange(POINTS)
    # A rank-one lattice: even in each of the two numbers and over the pair.
    u, v = (k + 0.5) / POINTS, np.mod(k * GOLDEN + 0.5 / POINTS, 1.0)
    return Outlook(np.full(POINTS, 1.0 / POINTS), np.full(POINTS, share), u, v, {})


def _worlds(draws: xr.Dataset, weights: xr.Dataset, row: int) -> Outlook:
    """Return the worlds of a theory in proportion to what is at stake."""
    world = worlds(draws, weights, str(weights["theory"].values[row]))
    log_stakes = world["log_copies"] + np.log(world["volume_grabbed"])
    weight = np.exp(log_stakes - log_stakes.max())
    fraction = 1.0 - world["volume_marginal"] / world["volume_grabbed"]
    u, v = (own_numbers(draws, name) for name in ("similarity", "retention"))
    return Outlook(weight / weight.sum(), fraction, u, v, world)


def own_numbers(draws: xr.Dataset, name: str) -> FloatArray:
    """Return the uniform numbers of something that is not in the scenario, one per draw.

    As with parameters, a function of (seed, index of the draw, name) alone.
    """
    from sfc_sim.kernels import philox

    u = np.empty(draws.sizes["draw"])
    first = int(draws["draw"].values[0])
    philox.uniforms(*key_of(int(draws.attrs["seed"])), slot_of(f"value {name}"), 0, first, u)
    return u


def _kept_by_theory(retention: Any, shape: tuple[int, ...]) -> FloatArray:
    """Return the mean of what is kept, per theory."""
    if isinstance(retention, Distribution):
        low, high = retention.support
        _finite([low, high], "retention", 0.0, 1.0)
        return np.full(shape, retention.mean())
    kept = _finite(retention, "retention", 0.0, 1.0)
    if kept.shape not in ((), shape):
        raise InputError(f"retention has shape {kept.shape}; give one number, or one per theory")
    return np.broadcast_to(kept, shape).copy()


def _judged(
    model: Similarity,
    outlook: Outlook,
    share: float,
    q: FloatArray,
    kappa: FloatArray | float,
    kept: float,
    limit: float,
) -> dict[str, Any]:
    """Return what follows for one theory, in expectation and over what may be found."""
    mean = model.mean() if hasattr(model, "mean") else _linked_mean(outlook, q)
    phi = 1.0 - outlook.fraction * kappa * q
    discount = share * kept * mean
    return {
        "similarity_mean": mean,
        "extinction_multiplier": 1.0 - discount,
        "extinction_discount": discount,
        "extinction_multiplier_quantile": np.quantile(
            phi, QUANTILES, weights=outlook.weight, method="inverted_cdf"
        ),
        "probability_net_negative": float(outlook.weight @ (phi < 0.0)),
        "probability_neutral": float(outlook.weight @ (np.abs(phi) <= limit)),
    }


def _linked_mean(outlook: Outlook, q: FloatArray) -> float:
    """Return the mean similarity over what is recovered, in whatever world."""
    if not outlook.worlds:
        raise InputError("similarity differs between worlds: pass draws and weights too")
    recovered = outlook.weight * outlook.fraction
    total = float(recovered.sum())
    return float(recovered @ q) / total if total > 0.0 else float(outlook.weight @ q)
