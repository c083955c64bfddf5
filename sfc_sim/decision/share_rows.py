"""What `sfc_sim.saturation` reads in worlds, and the row of its table that is made of it.

The sums over the draws lie between: over arrays in `sfc_sim.decision.shares`, over a store of
draws in `sfc_sim.analysis.over`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np
import numpy.typing as npt

from sfc_sim._core.effective import Carried, least_error
from sfc_sim._core.errors import InputError, shown, unknown
from sfc_sim._core.schema import judges_existence, label
from sfc_sim._core.typing import FloatArray
from sfc_sim._core.world import World
from sfc_sim.expansion.displacement import READINGS, grabbed_share

if TYPE_CHECKING:
    import xarray as xr

__all__ = [
    "CLASSES",
    "CORRELATED",
    "QUANTILES",
    "SINGLE",
    "Asked",
    "added_and_taken",
    "asked_of",
    "classes_in",
    "ordered",
    "pairs_in",
    "row_of_ratios",
    "row_of_spread",
    "saturation_of",
    "within",
]

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


class Asked(NamedTuple):
    """What is asked of worlds; see `sfc_sim.saturation`."""

    low: float = 0.05
    high: float = 0.95
    quantiles: FloatArray = np.array(QUANTILES)
    correlated: FloatArray = np.array(CORRELATED)
    reading: str = "grabbed"


def asked_of(
    thresholds: Sequence[float], quantiles: object, correlated: object, reading: str
) -> Asked:
    """Return what is asked, or say what it must be.

    Examples
    --------
    >>> asked_of((0, 1), [0.5], [0.1], "world").reading
    'world'
    """
    low, high = ordered(thresholds)
    shares, places = within(correlated, "correlated"), within(quantiles, "quantiles")
    if reading not in SINGLE:
        raise unknown("reading of the classes", reading, SINGLE)
    return Asked(low, high, places, shares, reading)


def ordered(thresholds: Sequence[float]) -> tuple[float, float]:
    """Return the ends of the middle class, or say what they must be.

    Examples
    --------
    >>> ordered([0.05, 1])
    (0.05, 1.0)
    """
    try:
        low, high = map(float, thresholds)
    except (TypeError, ValueError):
        low = high = np.nan
    if not 0.0 <= low < high <= 1.0:
        raise InputError(f"thresholds are {shown(thresholds)}; they must be 0 <= low < high <= 1")
    return low, high


def within(values: object, name: str) -> FloatArray:
    """Return a list of numbers from 0 to 1, at least one.

    Examples
    --------
    >>> within([0.5, 1], "quantiles")
    array([0.5, 1. ])
    """
    try:
        array = np.asarray(values, dtype=float)
    except (TypeError, ValueError):
        array = np.empty(0)
    if array.ndim != 1 or not array.size or not np.all((array >= 0.0) & (array <= 1.0)):
        raise InputError(f"{name} is {shown(values)}; it must be a list of numbers from 0 to 1")
    return array


def added_and_taken(
    world: World, reading: str, correlated: float = 0.0
) -> tuple[FloatArray, FloatArray]:
    """Return numerator and denominator of the marginal share.

    Parameters
    ----------
    world : mapping of str to ndarray, shape (draw,)
        From `sfc_sim._core.world.worlds`.
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
    alone = world.alone
    if reading in ("grabbed", "potential"):
        against = "volume_grabbed" if reading == "grabbed" else "volume_alone"
        return world.marginal, world[against]
    covered = np.exp(world["log_covered_final"])
    if reading == "world":
        return alone * np.exp(-covered), alone
    if reading != "correlated":
        raise unknown("reading", reading, READINGS)
    spared = np.exp(-(1.0 - correlated) * covered)
    return alone * spared * grabbed_share(correlated * covered), alone * grabbed_share(covered)


def pairs_in(world: World, asked: Asked) -> dict[str, tuple[FloatArray, FloatArray]]:
    """Return numerator and denominator of every ratio of expectations, by name.

    Examples
    --------
    >>> names = ("volume_alone", "volume_grabbed", "volume_marginal", "log_covered_final")
    >>> world = World(dict.fromkeys(names, np.ones(1)))
    >>> list(pairs_in(world, Asked(correlated=np.array([0.5]))))
    ['held_of_alone', 'mcs_grabbed', 'mcs_potential', 'mcs_world', 'mcs_correlated 0']
    """
    return {
        "held_of_alone": (world.grabbed, world.alone),
        **{f"mcs_{reading}": added_and_taken(world, reading) for reading in SINGLE},
        **{
            f"mcs_correlated {k}": added_and_taken(world, "correlated", float(share))
            for k, share in enumerate(asked.correlated)
        },
    }


def classes_in(world: World, asked: Asked) -> list[FloatArray]:
    """Return, of each class of worlds, 1 for those that are in it and 0 for others.

    Examples
    --------
    >>> names = ("volume_marginal", "volume_grabbed", "volume_alone")
    >>> classes_in(World(dict(zip(names, np.array([[1.0], [4.0], [4.0]]), strict=True))), Asked())
    [array([0.]), array([1.]), array([0.])]
    """
    kept = np.divide(*added_and_taken(world, asked.reading))
    low, high = asked.low, asked.high
    members = [kept > high, (kept <= high) & (kept >= low), kept < low]
    return [member.astype(float) for member in members]


def row_of_ratios(
    found: Mapping[str, tuple[float, float]],
    staked: tuple[float, float],
    displaced: tuple[float, float],
    sizes: tuple[float, float],
    *,
    exact: bool,
) -> dict[str, npt.ArrayLike]:
    """Return the part of a row that ratios of expectations make.

    Parameters
    ----------
    found : mapping of str to (float, float)
        Value and standard error of each of `pairs_in`.
    staked, displaced : (float, float)
        The volume at stake, and that displaced, with standard errors as draws have them, Gly^3.
    sizes : (float, float)
        The effective draws that carry the recovered share, and those of what is grabbed.
    exact : bool
        Whether all worlds are the same one, so that nothing has an error.

    Examples
    --------
    >>> names = ("held_of_alone", "mcs_grabbed", "mcs_potential", "mcs_world", "mcs_correlated 0")
    >>> found = dict.fromkeys(names, (0.25, 0.1))
    >>> row_of_ratios(found, (9.0, 0.2), (1.0, 0.1), (5.0, 9.0), exact=True)["recovered_share"]
    0.75
    """
    kept, error = found["mcs_grabbed"]
    volume, spread = staked
    # What is displaced is that share of the volume at stake.
    few = volume * np.array([least_error(0.0, sizes[1], sizes[1]), least_error(0.0, *sizes)])
    row: dict[str, npt.ArrayLike] = {
        "volume_at_stake": volume,
        "volume_at_stake_standard_error": max(spread, float(few[0])),
        "volume_displaced": displaced[0],
        "volume_displaced_standard_error": max(displaced[1], float(few[1])),
        "recovered_share": 1.0 - kept,
        "recovered_share_standard_error": error,
        "recovered_share_ess": min(sizes),
    }
    for name in ("held_of_alone", *(f"mcs_{reading}" for reading in SINGLE)):
        row[name], row[f"{name}_standard_error"] = found[name]
    together = [pair for name, pair in found.items() if name.startswith("mcs_correlated ")]
    row["mcs_correlated"], row["mcs_correlated_standard_error"] = np.array(together).T
    if exact:
        errors = [name for name in row if name.endswith("_standard_error")]
        row |= {name: np.zeros_like(row[name]) for name in errors}
    return row


def row_of_spread(
    recovered: tuple[float, float],
    quantiles: Mapping[str, FloatArray],
    classes: Sequence[Carried],
) -> dict[str, npt.ArrayLike]:
    """Return the part of a row of means, quantiles and classes over worlds.

    Parameters
    ----------
    recovered : (float, float)
        Mean of the recovered fraction and its standard error.
    quantiles : mapping of str to ndarray, shape (quantile,)
        Of the recovered fraction, and of the log of the rivals, with the ends of an error.
    classes : sequence of Carried
        Share of worlds in each class.

    Examples
    --------
    >>> found = row_of_spread((0.5, 0.1), {"rivals": np.zeros(1)}, [Carried(1.0, 0.0, 9.0)])
    >>> found["rivals"], found["class_probability"]
    (array([1.]), [1.0])
    """
    return {
        "recovered_mean": recovered[0],
        "recovered_mean_standard_error": recovered[1],
        **{
            name: np.exp(values) if name.startswith("rivals") else values
            for name, values in quantiles.items()
        },
        "class_probability": [found.mean for found in classes],
        "class_probability_standard_error": [found.error for found in classes],
    }


def saturation_of(
    weights: xr.Dataset, rows: Sequence[Mapping[str, npt.ArrayLike]], asked: Asked
) -> xr.Dataset:
    """Return the table of `sfc_sim.saturation` from its rows, one for each theory.

    Parameters
    ----------
    weights : xarray.Dataset
        From `sfc_sim.weigh`; of its draws nothing is read.
    rows : sequence of mapping of str to array_like
        Of `row_of_ratios` and `row_of_spread`.
    asked : Asked
        What was asked.

    Examples
    --------
    >>> import xarray as xr
    >>> theories = {name: ("theory", [1.0]) for name in ("ess", "k_hat")}
    >>> weights = xr.Dataset(theories, coords={"theory": ["prior"]})
    >>> saturation_of(weights, [{"recovered_share": 0.5}], Asked()).recovered_share.item()
    0.5
    """
    import xarray as xr

    table = {
        name: (["theory", *SECOND.get(name, [])], np.array([row[name] for row in rows]))
        for name in rows[0]
    }
    words = {"reading": asked.reading, "thresholds": f"{asked.low:g}, {asked.high:g}"}
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
                "quantile": asked.quantiles,
                "correlated": asked.correlated,
            },
            attrs=weights.attrs | words,
        )
    )
