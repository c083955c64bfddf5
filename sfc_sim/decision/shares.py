"""Civ-saturation: how much of what humanity would take others would take anyway.

Three statistics answer three questions, and differ by much:

* the **ratio of expectations**, s = 1 - sum n U / sum n A, is for decisions: what is at stake in
  a world counts once, and a world in which there is little to grab counts little;
* the **mean of ratios**, of 1 - U/A over worlds as a theory weighs them, is for beliefs: what
  share others would recover in the world one should expect to live in;
* **quantiles and classes** of 1 - U/A say how far expected worlds differ: a draw holds the means
  over all surroundings that its parameters allow. Realised worlds lie further apart; see
  `sfc_sim.decision.realised_saturation`.

The weight n is that of a world before its stakes. Weights that already count the volume at stake
(anthropic decision theory) have it divided out first: counting it twice would be wrong.

Marginal civ-saturation, in the words of Riche (2025), is one minus such a share, in readings that
differ in what is added and what it is counted against; see `added_and_taken`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from sfc_sim._core.arguments import validated
from sfc_sim._core.effective import carriers_of, mean_of, mean_share, share_of
from sfc_sim._core.quantiles import with_ends
from sfc_sim._core.schema import label, require
from sfc_sim._core.studied import takes_study
from sfc_sim._core.typing import FloatArray
from sfc_sim._core.weighted import shares_of, weighted_mean
from sfc_sim._core.world import World, worlds
from sfc_sim.decision.share_rows import (
    CLASSES,
    CORRELATED,
    QUANTILES,
    SINGLE,
    Asked,
    added_and_taken,
    asked_of,
    classes_in,
    ordered,
    pairs_in,
    row_of_ratios,
    row_of_spread,
    saturation_of,
    within,
)
from sfc_sim.scenario.origin import origin_of

if TYPE_CHECKING:
    import xarray as xr

__all__ = [
    "CLASSES",
    "QUANTILES",
    "added_and_taken",
    "log_rivals",
    "marginal_shares",
    "ordered",
    "saturation",
]


@takes_study
@validated()
def saturation(
    draws: xr.Dataset,
    weights: xr.Dataset,
    *,
    thresholds: tuple[float, float] = (0.05, 0.95),
    quantiles: Sequence[float] = QUANTILES,
    correlated: Sequence[float] = CORRELATED,
    reading: str = "grabbed",
) -> xr.Dataset:
    """Return the share of humanity's resources that others would recover, a row per theory.

    Parameters
    ----------
    draws, weights : xarray.Dataset
        From `sfc_sim.sample` and `sfc_sim.weigh`; or a study, in place of both.
    thresholds : (float, float), default (0.05, 0.95)
        Marginal share below which a world is redundantly saturated, and above which it is not
        saturated. Our choice: the classes of Riche (2025) have thresholds not known to us.
    quantiles : sequence of float, default (0.05, 0.5, 0.95)
        Of the recovered fraction and of the rivals.
    correlated : sequence of float, default (0.1, 0.5, 0.9)
        Shares of all civilizations that exist if and only if we choose so, from 0 to 1.
    reading : {"grabbed", "potential", "world"}, default "grabbed"
        Which marginal share of a world the classes go by; see `added_and_taken`.

    Returns
    -------
    xarray.Dataset
        Dim ``theory``: ``recovered_share`` (ratio of expectations: for decisions),
        ``recovered_mean`` (mean of ratios over worlds as weighted: for beliefs), ``mcs_grabbed``
        = 1 - recovered_share, ``mcs_potential``, ``mcs_world``, ``held_of_alone`` (ratios of
        expectations too; the last is what humanity would get to first over what it would hold with
        nobody else), ``volume_at_stake``, ``volume_displaced``, what others would hold of that
        without humanity, each with its standard error; ``ess``, ``k_hat``.
        Dims (theory, correlated): ``mcs_correlated`` and its standard error. Dims (theory,
        quantile): ``recovered_quantile`` of 1 - U/A over expected worlds, and ``rivals``, the
        expanding civilizations per volume that humanity can reach (D), each with the ends of one
        standard error, ``_low`` and ``_high``. Dims (theory, class): ``class_probability`` and its
        standard error. ``recovered_share_ess``: the effective draws that carry the share. Means,
        quantiles and classes are over worlds as weighted; note that weights of decision theory are
        of decisions, not of belief.

    Raises
    ------
    InputError
        If the thresholds are not 0 <= low < high <= 1, another argument is out of its range, or
        nobody expands in the scenario.

    Notes
    -----
    With n = f_GC N_XIC the share equals the mean of 1 - U/A under adt-total weights. Weights of
    adt-total inside the ratio itself would count A twice.

    Examples
    --------
    >>> import sfc_sim as sfc
    >>> draws = sfc.sample("cook2022-balanced", 2000, rng=1)
    >>> share = saturation(draws, sfc.weigh(draws, theories=["prior"]))
    >>> bool(0.0 < share.recovered_share.item() < share.recovered_mean.item() < 1.0)
    True
    """
    require(weights, ["log_weight", "ess"], "weigh")
    asked = asked_of(thresholds, quantiles, correlated, reading)
    rows = []
    for theory in weights["theory"].values:
        world = worlds(draws, weights, str(theory))
        rows.append(_ratios(world, asked) | _spread(draws, world, asked))
    return saturation_of(weights, rows, asked)


@takes_study
@validated()
def marginal_shares(
    draws: xr.Dataset,
    weights: xr.Dataset,
    theory: str,
    *,
    correlated: Sequence[float] = CORRELATED,
) -> xr.Dataset:
    """Return the marginal share of every world in all readings, to look at against density.

    Parameters
    ----------
    draws, weights : xarray.Dataset
        From `sfc_sim.sample` and `sfc_sim.weigh`; or a study, in place of both.
    theory : str
        Whose worlds and weights.
    correlated : sequence of float, default (0.1, 0.5, 0.9)
        Shares of all civilizations that exist if and only if we choose so, from 0 to 1.

    Returns
    -------
    xarray.Dataset
        Dim ``draw``: ``mcs_grabbed``, ``mcs_potential``, ``mcs_world``; ``log_rivals``, ln of the
        expanding civilizations per volume that humanity can reach; ``log_weight``. Dims
        (correlated, draw): ``mcs_correlated``.

    Raises
    ------
    InputError
        If the theory is not one of the weights, a share is out of range, or nobody expands in
        the scenario.

    Examples
    --------
    >>> import sfc_sim as sfc
    >>> draws = sfc.sample("cook2022-balanced", 500, rng=1)
    >>> shares = marginal_shares(draws, sfc.weigh(draws, "none", theories=["prior"]), "prior")
    >>> bool((shares.mcs_potential <= shares.mcs_grabbed + 1e-12).all())
    True
    """
    import xarray as xr

    parts = within(correlated, "correlated")
    world = worlds(draws, weights, theory)
    table = {
        f"mcs_{reading}": ("draw", np.divide(*added_and_taken(world, reading)))
        for reading in SINGLE
    }
    together = [np.divide(*added_and_taken(world, "correlated", part)) for part in parts]
    return label(
        xr.Dataset(
            table
            | {
                "mcs_correlated": (("correlated", "draw"), np.array(together)),
                "log_rivals": ("draw", log_rivals(draws, world)),
                "log_weight": ("draw", world["log_weight"]),
            },
            coords={"draw": draws["draw"], "correlated": parts},
            attrs=weights.attrs | {"theory": theory},
        )
    )


def log_rivals(draws: xr.Dataset, world: World) -> FloatArray:
    """Return ln D, expanding civilizations per volume that humanity can reach, shape (draw,).

    Those that come to be, over all time, at the mean density of the world.
    """
    background = origin_of(draws).background
    reachable = world.alone / background.observable_volume_now
    return np.asarray(world["log_civilizations_actual"] + np.log(reachable))


def _ratios(world: World, asked: Asked) -> dict[str, npt.ArrayLike]:
    """Return the ratios of expectations of a theory's worlds, with standard errors."""
    log_copies, strata = world.log_copies, world.strata
    pairs = pairs_in(world, asked)
    found = {name: share_of(log_copies, *pair, strata) for name, pair in pairs.items()}
    copies = np.exp(log_copies - log_copies.max())
    staked = float(copies @ world.grabbed / copies.sum())
    spread = weighted_mean(world.grabbed, copies, strata)[1]
    displaced = weighted_mean(world.lost, copies, strata)
    return row_of_ratios(found, (staked, spread), displaced, carried_by(world), exact=is_one(world))


def is_one(world: Mapping[str, FloatArray]) -> bool:
    """Tell whether all worlds are the same; a single draw does not show that.

    Examples
    --------
    >>> is_one({"volume_alone": np.ones(2)}), is_one({"volume_alone": np.ones(1)})
    (True, False)
    """
    sizes = {values.size for values in world.values()}
    return max(sizes) > 1 and all((values == values[0]).all() for values in world.values())


def carried_by(world: World) -> tuple[float, float]:
    """Return the effective draws that carry the recovered share, and those of what is grabbed.

    What is recovered may lie in far fewer worlds than what is grabbed, or what is kept. Where all
    worlds are the same one, any number carries it.

    Examples
    --------
    >>> volumes = {"volume_grabbed": np.ones(4), "volume_marginal": np.array([0.0, 1.0, 1.0, 1.0])}
    >>> carried_by(World(volumes | {"log_copies": np.zeros(4)}))
    (1.0, 4.0)
    """
    if is_one(world):
        return np.inf, float(world.log_copies.size)
    return carriers_of(world.log_copies, world.marginal, world.grabbed)


def _spread(draws: xr.Dataset, world: World, asked: Asked) -> dict[str, npt.ArrayLike]:
    """Return mean, quantiles and classes over a theory's worlds as they are weighted."""
    weight = shares_of(world["log_weight"] + world["log_outside"])
    strata = world.strata
    members = [mean_of(each, weight, strata) for each in classes_in(world, asked)]
    logs = {"recovered_quantile": world.recovered, "rivals": log_rivals(draws, world)}
    found: dict[str, FloatArray] = {}
    for name, values in logs.items():
        found |= with_ends(name, values, weight, asked.quantiles, strata)
    mean, error = mean_share(world.recovered, weight, strata)
    return row_of_spread((mean, 0.0 if is_one(world) else error), found, members)
