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
from typing import TYPE_CHECKING, Final

import numpy as np
import numpy.typing as npt

from sfc_sim._core.arguments import validated
from sfc_sim._core.effective import carriers_of, mean_of, share_of
from sfc_sim._core.errors import InputError, shown, unknown
from sfc_sim._core.schema import judges_existence, label, require, worlds
from sfc_sim._core.studied import takes_study
from sfc_sim._core.typing import FloatArray
from sfc_sim._core.variables import STRATA
from sfc_sim._core.weighted import shares_of, weighted_mean, with_ends
from sfc_sim.expansion.displacement import READINGS, grabbed_share
from sfc_sim.scenario.origin import origin_of

if TYPE_CHECKING:
    import xarray as xr

__all__ = ["CLASSES", "added_and_taken", "log_rivals", "marginal_shares", "saturation"]

CLASSES: Final = ("non-saturated", "partially-saturated", "redundantly-saturated")
CORRELATED: Final = (0.1, 0.5, 0.9)
QUANTILES: Final = (0.05, 0.5, 0.95)

# Readings with one number per world; "correlated" has one for every share of civilizations.
SINGLE: Final = ("grabbed", "potential", "world")

# Variables that have a second dimension beside the theory.
SECOND: Final = {
    "mcs_correlated": ["correlated"],
    "mcs_correlated_standard_error": ["correlated"],
    **{f"recovered_quantile{end}": ["quantile"] for end in ("", "_low", "_high")},
    **{f"rivals{end}": ["quantile"] for end in ("", "_low", "_high")},
    "class_probability": ["class"],
    "class_probability_standard_error": ["class"],
}


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
        nobody else), each with its standard error; ``volume_at_stake``;
        ``volume_displaced``, what others would hold of that without humanity; ``ess``, ``k_hat``.
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
    import xarray as xr

    require(weights, ["log_weight", "ess"], "weigh")
    low, high = ordered(thresholds)
    shares, places = _within(correlated, "correlated"), _within(quantiles, "quantiles")
    if reading not in SINGLE:
        raise unknown("reading of the classes", reading, SINGLE)
    rows = []
    for theory in weights["theory"].values:
        world = worlds(draws, weights, str(theory))
        kept = np.divide(*added_and_taken(world, reading))
        members = [kept > high, (kept <= high) & (kept >= low), kept < low]
        weight = shares_of(world["log_weight"] + world["log_outside"])
        row = _ratios(world, shares) | _spread(world, weight, log_rivals(draws, world), places)
        strata = world.get(STRATA)
        classes = [mean_of(member.astype(float), weight, strata) for member in members]
        row["class_probability"] = [found.mean for found in classes]
        row["class_probability_standard_error"] = [found.error for found in classes]
        rows.append(row)
    table = {
        name: (["theory", *SECOND.get(name, [])], np.array([row[name] for row in rows]))
        for name in rows[0]
    }
    return label(
        xr.Dataset(
            table
            | {
                **{name: ("theory", weights[name].values) for name in ("ess", "k_hat")},
                "judges_existence": ("theory", judges_existence(weights)),
            },
            coords={
                "theory": weights["theory"].values,
                "class": list(CLASSES),
                "quantile": places,
                "correlated": shares,
            },
            attrs=weights.attrs | {"reading": reading, "thresholds": f"{low:g}, {high:g}"},
        )
    )


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

    parts = _within(correlated, "correlated")
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


def added_and_taken(
    world: Mapping[str, FloatArray], reading: str, correlated: float = 0.0
) -> tuple[FloatArray, FloatArray]:
    """Return numerator and denominator of the marginal share.

    Parameters
    ----------
    world : mapping of str to ndarray, shape (draw,)
        From `sfc_sim._core.schema.worlds`.
    reading : str
        "grabbed": what humanity adds, of what it gets to first, given what we see. "potential":
        the same, of what it would hold with nobody else. "world": of what a civilization anywhere
        would hold alone, whatever is seen from there. "correlated": what those add that exist if
        and only if we choose so, of what they get to first.
    correlated : float, default 0
        For the last reading, the share of all civilizations that do.

    Returns
    -------
    added, taken : ndarray, shape (draw,)
        Volumes in Gly^3, per civilization.

    Notes
    -----
    Let V be the volume ever covered per volume, overlaps counted. Fronts that ever reach a place
    are Poisson with mean V, so nobody else takes it with chance e^-V, and one of them is first
    with chance (1 - e^-V) / V. If a share c of all births is taken away at random, others still
    take 1 - e^-(1 - c) V: the static forms with V in place of D, exact for any dates of birth.
    """
    alone = world["volume_alone"]
    if reading in ("grabbed", "potential"):
        against = "volume_grabbed" if reading == "grabbed" else "volume_alone"
        return world["volume_marginal"], world[against]
    covered = np.exp(world["log_covered_final"])
    if reading == "world":
        return alone * np.exp(-covered), alone
    if reading != "correlated":
        raise unknown("reading", reading, READINGS)
    spared = np.exp(-(1.0 - correlated) * covered)
    return alone * spared * grabbed_share(correlated * covered), alone * grabbed_share(covered)


def log_rivals(draws: xr.Dataset, world: Mapping[str, FloatArray]) -> FloatArray:
    """Return ln D, expanding civilizations per volume that humanity can reach, shape (draw,).

    Those that come to be, over all time, at the mean density of the world.
    """
    background = origin_of(draws).background
    reachable = world["volume_alone"] / background.observable_volume_now
    return np.asarray(world["log_civilizations_actual"] + np.log(reachable))


def _ratios(world: Mapping[str, FloatArray], shares: FloatArray) -> dict[str, npt.ArrayLike]:
    """Return the ratios of expectations of a theory's worlds, with standard errors."""

    def ratio(reading: str, share: float = 0.0) -> tuple[float, float]:
        parts = added_and_taken(world, reading, share)
        return share_of(world["log_copies"], *parts, world.get(STRATA))

    kept, error = ratio("grabbed")
    copies = np.exp(world["log_copies"] - world["log_copies"].max())
    carried, staked = carried_by(world)
    lost = world["volume_grabbed"] - world["volume_marginal"]
    displaced, of_displaced = weighted_mean(lost, copies, world.get(STRATA))
    found: dict[str, npt.ArrayLike] = {
        "volume_at_stake": float(copies @ world["volume_grabbed"] / copies.sum()),
        "volume_displaced": displaced,
        "volume_displaced_standard_error": of_displaced,
        "recovered_share": 1.0 - kept,
        "recovered_share_standard_error": error,
        "recovered_share_ess": min(carried, staked),
    }
    parts = world["volume_grabbed"], world["volume_alone"]
    held = share_of(world["log_copies"], *parts, world.get(STRATA))
    found["held_of_alone"], found["held_of_alone_standard_error"] = held
    for reading in SINGLE:
        found[f"mcs_{reading}"], found[f"mcs_{reading}_standard_error"] = ratio(reading)
    together = np.array([ratio("correlated", share) for share in shares]).T
    found["mcs_correlated"], found["mcs_correlated_standard_error"] = together
    if is_one(world):
        exact = [name for name in found if name.endswith("_standard_error")]
        found |= {name: np.zeros_like(found[name]) for name in exact}
    return found


def is_one(world: Mapping[str, FloatArray]) -> bool:
    """Tell whether all worlds are the same; a single draw does not show that.

    Examples
    --------
    >>> is_one({"volume_alone": np.ones(2)}), is_one({"volume_alone": np.ones(1)})
    (True, False)
    """
    sizes = {values.size for values in world.values()}
    return max(sizes) > 1 and all((values == values[0]).all() for values in world.values())


def carried_by(world: Mapping[str, FloatArray]) -> tuple[float, float]:
    """Return the effective draws that carry the recovered share, and those of what is grabbed.

    What is recovered may lie in far fewer worlds than what is grabbed, or what is kept. Where all
    worlds are the same one, any number carries it.

    Examples
    --------
    >>> world = {"volume_grabbed": np.ones(4), "volume_marginal": np.array([0.0, 1.0, 1.0, 1.0])}
    >>> carried_by(world | {"log_copies": np.zeros(4)})
    (1.0, 4.0)
    """
    if is_one(world):
        return np.inf, float(world["log_copies"].size)
    return carriers_of(world["log_copies"], world["volume_marginal"], world["volume_grabbed"])


def _spread(
    world: Mapping[str, FloatArray], weight: FloatArray, log_density: FloatArray, places: FloatArray
) -> dict[str, npt.ArrayLike]:
    """Return mean and quantiles over a theory's worlds as they are weighted."""
    recovered = 1.0 - world["volume_marginal"] / world["volume_grabbed"]
    mean, error = weighted_mean(recovered, weight)
    return {
        "recovered_mean": mean,
        "recovered_mean_standard_error": error,
        **with_ends("recovered_quantile", recovered, weight, places),
        **{name: np.exp(x) for name, x in with_ends("rivals", log_density, weight, places).items()},
    }


def ordered(thresholds: Sequence[float]) -> tuple[float, float]:
    try:
        low, high = map(float, thresholds)
    except (TypeError, ValueError):
        low = high = np.nan
    if not 0.0 <= low < high <= 1.0:
        raise InputError(f"thresholds are {shown(thresholds)}; they must be 0 <= low < high <= 1")
    return low, high


def _within(values: object, name: str) -> FloatArray:
    """Return a list of numbers from 0 to 1, at least one."""
    try:
        array = np.asarray(values, dtype=float)
    except (TypeError, ValueError):
        array = np.empty(0)
    if array.ndim != 1 or not array.size or not np.all((array >= 0.0) & (array <= 1.0)):
        raise InputError(f"{name} is {shown(values)}; it must be a list of numbers from 0 to 1")
    return array
