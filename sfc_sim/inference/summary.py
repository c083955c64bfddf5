"""Weighted draws in a table, a row per theory."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Final

import numpy as np

from sfc_sim._core.arguments import validated
from sfc_sim._core.effective import Carried, mean_of
from sfc_sim._core.errors import InputError, shown
from sfc_sim._core.quantiles import with_ends
from sfc_sim._core.schema import label, require, weight_of
from sfc_sim._core.studied import takes_study
from sfc_sim._core.typing import FloatArray
from sfc_sim._core.world import World, worlds

if TYPE_CHECKING:
    import xarray as xr

__all__ = ["summarize"]

QUANTILES: Final = (0.05, 0.5, 0.95)
COUNT: Final = "civilizations_actual"
INSIDE: Final = "probability_inside"


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
        effective draws that carry it, which are few for what is rare; ``ess``, of the weights;
        ``decision_weight``, whether it is a weight to choose by; dims (theory, quantile):
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
    require(weights, ["log_weight"], "weigh")
    for quantile in quantiles:
        if not (isinstance(quantile, (int, float)) and 0.0 <= quantile <= 1.0):
            raise InputError(f"quantile is {shown(quantile)}; it must lie in [0, 1]")
    rows = []
    for theory in weights["theory"].values:
        world = worlds(draws, weights, str(theory))
        weight, strata = weight_of(weights, str(theory)), world.strata
        shares = shares_in(world, inside="log_outside" in weights)
        means = {name: mean_of(share, weight, strata) for name, share in shares.items()}
        counts = with_ends(COUNT, world[f"log_{COUNT}"], weight, quantiles, strata)
        rows.append((means, counts))
    return summary_of(weights, rows, quantiles)


def shares_in(world: World, *, inside: bool) -> dict[str, FloatArray]:
    """Return what worlds are summarized by: shares from 0 to 1, of which the means are told.

    Parameters
    ----------
    world : mapping of str to ndarray, shape (draw,)
        From `sfc_sim._core.world.worlds`.
    inside : bool
        Whether fronts may be here unseen.

    Examples
    --------
    >>> names = ("log_outside", "log_intelligent_actual", "log_civilizations_actual")
    >>> world = World(dict.fromkeys((*names, "volume_grabbed", "volume_alone"), np.ones(1)))
    >>> list(shares_in(world, inside=False))[:2]
    ['probability_alone', 'probability_alone_poisson']
    """
    outside = world["log_outside"]
    return {
        **{name: read(world[number]) for name, (number, read) in ALONE.items()},
        "share_of_reach": np.exp(outside) * world.grabbed / world.alone,
        **({INSIDE: -np.expm1(outside)} if inside else {}),
    }


def summary_of(
    weights: xr.Dataset,
    rows: Sequence[tuple[Mapping[str, Carried], Mapping[str, FloatArray]]],
    quantiles: Sequence[float],
) -> xr.Dataset:
    """Return the table of `summarize` from what was found of each theory.

    Parameters
    ----------
    weights : xarray.Dataset
        From `sfc_sim.weigh`; of its draws nothing is read.
    rows : sequence of (mapping of str to Carried, mapping of str to ndarray, shape (quantile,))
        Of each theory the means of `shares_in`, and quantiles of the log of the count.
    quantiles : sequence of float
        Which.

    Examples
    --------
    >>> import xarray as xr
    >>> theories = {name: ("theory", [1.0]) for name in ("ess", "k_hat")}
    >>> weights = xr.Dataset(theories, coords={"theory": ["prior"]})
    >>> row = {"probability_alone": Carried(0.5, 0.1, 25.0)}, {COUNT: np.zeros(1)}
    >>> summary_of(weights, [row], [0.5]).civilizations_actual.item()
    1.0
    """
    import xarray as xr

    staked = weights["stakes"].values if "stakes" in weights else np.zeros(len(rows), dtype=bool)
    columns: dict[str, list[float]] = {}
    for (means, _), of_stakes in zip(rows, staked, strict=True):
        for name, found in means.items():
            # Decisions weigh those outside alone: of these none is inside, without an error.
            error = 0.0 if name == INSIDE and of_stakes else found.error
            columns.setdefault(name, []).append(found.mean)
            columns.setdefault(f"{name}_standard_error", []).append(error)
            columns.setdefault(f"{name}_ess", []).append(found.draws)
    counts = {name: np.exp([logs[name] for _, logs in rows]) for name in rows[0][1]}
    table = xr.Dataset(
        {name: ("theory", column) for name, column in columns.items()}
        | {name: (("theory", "quantile"), found) for name, found in counts.items()}
        | {name: ("theory", weights[name].values) for name in ("ess", "k_hat")}
        | {"decision_weight": ("theory", staked)},
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
