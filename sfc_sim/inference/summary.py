"""Weighted draws in a table, a row per theory."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Final

import numpy as np

from sfc_sim._core.arguments import validated
from sfc_sim._core.effective import mean_of
from sfc_sim._core.errors import InputError, shown
from sfc_sim._core.schema import label, require, weight_of, worlds
from sfc_sim._core.studied import takes_study
from sfc_sim._core.typing import FloatArray
from sfc_sim._core.variables import STRATA
from sfc_sim._core.weighted import with_ends

if TYPE_CHECKING:
    import xarray as xr

__all__ = ["summarize"]

QUANTILES: Final = (0.05, 0.5, 0.95)


@takes_study
@validated()
def summarize(
    draws: xr.Dataset, weights: xr.Dataset, *, quantiles: Sequence[float] = QUANTILES
) -> xr.Dataset:
    """Summarize weighted draws, a row per theory.

    Parameters
    ----------
    draws, weights : xarray.Dataset
        From `sfc_sim.sample` and `sfc_sim.weigh`; or a study, in place of both.
    quantiles : sequence of float, default (0.05, 0.5, 0.95)
        Of the counts.

    Returns
    -------
    xarray.Dataset
        Dim ``theory``: ``probability_alone`` (weight of fewer than one intelligent civilization
        per observable-universe-size volume),
        ``probability_alone_poisson`` (mean of exp(-number), the chance of none: what Cook 2022
        calls being alone; here the two differ by at most 0.02), ``probability_no_expanding`` (the
        same of no *expanding* civilization other than us), ``share_of_reach``; where fronts may be
        here unseen, ``probability_inside``; each with its standard error and ``_ess``, the
        effective draws that carry it, which are few for what is rare; ``ess``, of the weights; dims
        (theory, quantile):
        ``civilizations_actual``, with ``civilizations_actual_low`` and ``_high`` one standard
        error of the quantile below and above it.

    Raises
    ------
    InputError
        If a quantile does not lie in [0, 1].

    Examples
    --------
    >>> import sfc_sim as sfc
    >>> draws = sfc.sample("cook2022-balanced", 2000, rng=1)
    >>> table = summarize(draws, sfc.weigh(draws, theories=["prior"]))
    >>> bool(0.5 < table.probability_alone.item() < 1)
    True
    """
    import xarray as xr

    require(weights, ["log_weight"], "weigh")
    for quantile in quantiles:
        if not (isinstance(quantile, (int, float)) and 0.0 <= quantile <= 1.0):
            raise InputError(f"quantile is {shown(quantile)}; it must lie in [0, 1]")
    columns: dict[str, list[float]] = {}
    counts: dict[str, list[FloatArray]] = {}
    for theory in weights["theory"].values:
        world = worlds(draws, weights, str(theory))
        weight, strata = weight_of(weights, str(theory)), world.get(STRATA)
        readings = {
            name: mean_of(read(world[number]), weight, strata)
            for name, (number, read) in ALONE.items()
        }
        outside = np.exp(world["log_outside"])
        readings["share_of_reach"] = mean_of(
            outside * world["volume_grabbed"] / world["volume_alone"], weight, strata
        )
        if "log_outside" in weights:
            inside = mean_of(-np.expm1(world["log_outside"]), weight, strata)
            # Decisions weigh those outside alone: of these none is inside, without an error.
            staked = bool(weights["stakes"].sel(theory=theory))
            readings["probability_inside"] = inside._replace(error=0.0) if staked else inside
        for name, found in readings.items():
            columns.setdefault(name, []).append(found.mean)
            columns.setdefault(f"{name}_standard_error", []).append(found.error)
            columns.setdefault(f"{name}_ess", []).append(found.draws)
        log_count = world["log_civilizations_actual"]
        for name, logs in with_ends("civilizations_actual", log_count, weight, quantiles).items():
            counts.setdefault(name, []).append(np.exp(logs))
    table = xr.Dataset(
        {name: ("theory", column) for name, column in columns.items()}
        | {name: (("theory", "quantile"), np.array(rows)) for name, rows in counts.items()}
        | {name: ("theory", weights[name].values) for name in ("ess", "k_hat")},
        coords={"theory": weights["theory"].values, "quantile": list(quantiles)},
        attrs=weights.attrs,
    )
    return label(table)


def _none(log_number: FloatArray) -> FloatArray:
    """Return the chance of none where the number is expected, as a Poisson number."""
    with np.errstate(over="ignore"):
        return np.asarray(np.exp(-np.exp(log_number)))


def _fewer_than_one(log_number: FloatArray) -> FloatArray:
    """Return 1 where fewer than one is expected, else 0."""
    return np.asarray(log_number < 0.0, dtype=float)


# Readings of being alone: of which number, and fewer than one expected or the chance of none.
ALONE: Final[dict[str, tuple[str, Callable[[FloatArray], FloatArray]]]] = {
    "probability_alone": ("log_intelligent_actual", _fewer_than_one),
    "probability_alone_poisson": ("log_intelligent_actual", _none),
    "probability_no_expanding": ("log_civilizations_actual", _none),
}
