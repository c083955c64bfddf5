"""Civ-saturation: how much of what humanity would take others would take anyway.

The recovered share is a ratio of expectations, s = 1 - sum n U / sum n A, with n the weight of
a world before its stakes. Weights that already count the volume at stake (anthropic decision
theory) have it divided out first: counting it twice would be wrong.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from sfc_sim._errors import InputError
from sfc_sim.results import label, require, worlds

if TYPE_CHECKING:
    import xarray as xr

__all__ = ["saturation"]

CLASSES = ("non-saturated", "partially-saturated", "redundantly-saturated")


def saturation(
    draws: xr.Dataset, weights: xr.Dataset, *, thresholds: tuple[float, float] = (0.05, 0.95)
) -> xr.Dataset:
    """Return the share of humanity's resources that others would recover, a row per theory.

    Parameters
    ----------
    draws, weights : xarray.Dataset
        From `sfc_sim.sample` and `sfc_sim.weigh`.
    thresholds : (float, float), default (0.05, 0.95)
        Marginal share U/A below which a world is redundantly saturated, and above which it is
        not saturated. Our choice: the classes of Riche (2025) have thresholds not known to us.

    Returns
    -------
    xarray.Dataset
        Dim ``theory``: ``recovered_share`` (ratio of expectations) and its standard error,
        ``recovered_mean`` (mean of ratios over worlds as weighted), ``mcs_grabbed`` = 1 -
        recovered_share; dims (theory, class): ``class_probability``.

    Raises
    ------
    InputError
        If the thresholds are not 0 <= low < high <= 1.

    Notes
    -----
    With n = f_GC N_XIC the share equals the mean of 1 - U/A under adt-total weights.

    Examples
    --------
    >>> import sfc_sim as sfc
    >>> draws = sfc.sample("cook2022-balanced", 2000, rng=1)
    >>> share = saturation(draws, sfc.weigh(draws, theories=["prior"]))
    >>> bool(0.0 < share.recovered_share.item() < share.recovered_mean.item() < 1.0)
    True
    """
    import xarray as xr

    require(weights, ["log_weight"], "weigh")
    try:
        low, high = map(float, thresholds)
    except (TypeError, ValueError):
        low = high = np.nan
    if not 0.0 <= low < high <= 1.0:
        raise InputError(f"thresholds are {thresholds!r}; they must be 0 <= low < high <= 1")
    rows: dict[str, list[float]] = {}
    classes = []
    for theory in weights["theory"].values:
        world = worlds(draws, weights, str(theory))
        log_weight = weights["log_weight"].sel(theory=theory).values
        grabbed, marginal = world["volume_grabbed"], world["volume_marginal"]
        log_copies = log_weight
        if weights["stakes"].sel(theory=theory).item():
            log_copies = log_weight - np.log(grabbed)
        share, error = ratio_of_sums(log_copies, marginal, grabbed)
        weight, kept = np.exp(log_weight), marginal / grabbed
        row = {
            "recovered_share": 1.0 - share,
            "recovered_share_standard_error": error,
            "recovered_mean": 1.0 - float(weight @ kept),
            "mcs_grabbed": share,
        }
        for name, value in row.items():
            rows.setdefault(name, []).append(value)
        members = [kept > high, (kept <= high) & (kept >= low), kept < low]
        classes.append([float(weight @ member) for member in members])
    return label(
        xr.Dataset(
            {name: ("theory", values) for name, values in rows.items()}
            | {"class_probability": (("theory", "class"), np.array(classes))},
            coords={"theory": weights["theory"].values, "class": list(CLASSES)},
            attrs=weights.attrs,
        )
    )


def ratio_of_sums(
    log_weight: np.ndarray, upper: np.ndarray, lower: np.ndarray
) -> tuple[float, float]:
    """Return sum(w upper) / sum(w lower) and its standard error, to first order.

    Examples
    --------
    >>> ratio_of_sums(np.zeros(2), np.array([1.0, 2.0]), np.array([2.0, 4.0]))
    (0.5, 0.0)
    """
    weight = np.exp(log_weight - log_weight.max())
    norm = float(weight @ lower)
    ratio = float(weight @ upper) / norm
    error = float(np.sqrt(np.sum((weight * (upper - ratio * lower)) ** 2))) / norm
    return ratio, error
