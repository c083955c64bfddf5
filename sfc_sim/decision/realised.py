"""Saturation of realised worlds: surroundings drawn one by one, not their expectation.

A draw is an expected world: its volumes are means over all surroundings that its parameters allow.
In a realised world others are where they are, so that shares lie further apart.
"""

from __future__ import annotations

from concurrent.futures import Executor
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import numpy as np

from sfc_sim._core.arguments import validated
from sfc_sim._core.effective import mean_of
from sfc_sim._core.errors import number, whole_number
from sfc_sim._core.progress import Progress, part_of, reporting
from sfc_sim._core.quantiles import named, weighted_quantiles
from sfc_sim._core.random import seed_of
from sfc_sim._core.renamed import renamed
from sfc_sim._core.schema import chosen_theory, label, require
from sfc_sim._core.strata import Strata, error_of
from sfc_sim._core.studied import takes_study
from sfc_sim._core.typing import FloatArray, RandomLike
from sfc_sim._core.weighted import shares_of
from sfc_sim._core.work import in_order, sends_long, working
from sfc_sim._core.world import worlds
from sfc_sim.decision.outcomes import chosen_worlds
from sfc_sim.decision.shares import CLASSES, QUANTILES, ordered
from sfc_sim.inference.fronts import FrontEvidence, front_in
from sfc_sim.scenario.origin import origin_of
from sfc_sim.simulation.here import simulate_here

if TYPE_CHECKING:
    import xarray as xr

__all__ = ["realised_saturation"]

# Tasks of an executor at most: each is sent the picked worlds.
GROUPS: Final = 32

# What is reported of realised worlds, and of the expected worlds that they were drawn from.
KINDS: Final = ("realised", "expected")
REALISED: Final = ("volume_grabbed", "volume_marginal", "recovered_fraction")
# Variables that have a second dimension beside the kind.
SECOND: Final = {
    **{f"recovered_quantile{end}": ["quantile"] for end in ("", "_low", "_high")},
    "class_probability": ["class"],
    "class_probability_standard_error": ["class"],
}


class Settings(NamedTuple):
    """What classes and neutrality are judged by: thresholds, kappa q, tolerance."""

    low: float
    high: float
    others: float
    tolerance: float


@takes_study
@renamed(sampled="size")
@validated()
def realised_saturation(
    draws: xr.Dataset,
    weights: xr.Dataset,
    theory: str | None = None,
    *,
    size: int = 300,
    realisations: int = 1,
    thresholds: tuple[float, float] = (0.05, 0.95),
    similarity: float = 1.0,
    retention: float = 1.0,
    tolerance: float = 0.1,
    rng: RandomLike = None,
    threads: int | None = None,
    executor: Executor | None = None,
    progress: Progress | None = None,
) -> xr.Dataset:
    """Simulate surroundings in the worlds that matter, and return how far realised ones differ.

    Parameters
    ----------
    draws, weights : xarray.Dataset
        From `sfc_sim.sample`, of a dynamic scenario, and `sfc_sim.weigh`; or a study, in place of
        both.
    theory : str, optional
        Whose worlds; by default adt-total, or the first of the weights.
    size : int, default 300
        Worlds picked by decision relevance, copies x volume grabbed; some 0.1 s each.
    realisations : int, default 1
        Surroundings simulated in each; more worlds tell more than more surroundings of one.
    thresholds : (float, float), default (0.05, 0.95)
        Of the classes; see `sfc_sim.saturation`.
    similarity, retention, tolerance : float, default 1, 1, 0.1
        See `sfc_sim.value_adjustment`.
    rng : None, int, SeedSequence or Generator, optional
        By default the seed of the draws. Realisations depend on it and their index alone.
    threads : int, optional
        By default all processors; the result does not depend on it.
    executor : concurrent.futures.Executor, optional
        Simulates the worlds, in 32 tasks, instead of threads; results do not depend on it.
    progress : bool or callable, optional
        See `sfc_sim.sample`; called with (worlds done, worlds in all).

    Returns
    -------
    xarray.Dataset
        Dim ``kind``, "realised" and "expected": ``probability_neutral`` and its standard error;
        dims (kind, quantile): ``recovered_quantile`` with the ends of one standard error, ``_low``
        and ``_high``; dims (kind, class): ``class_probability`` and its standard error. Dim
        ``realisation``: ``volume_grabbed``, ``volume_marginal``, ``recovered_fraction``,
        ``log_weight``, and ``draw``, the index of the world.

    Raises
    ------
    InputError
        If the scenario is static, the theory is not one of the weights, or a number is out of its
        range.

    Notes
    -----
    Expected worlds are all draws, by decision relevance, n E[A]; realised ones are picked in that
    proportion, and every realisation of one counts the same. With n A instead, ``log_weight`` plus
    the log of ``volume_grabbed`` over its mean in the world, the mean recovered fraction is that of
    expected worlds: the ratio of expectations knows no scatter.

    Examples
    --------
    >>> import sfc_sim as sfc
    >>> draws = sfc.sample("cook2022-balanced", 2000, rng=1)
    >>> weights = sfc.weigh(draws, theories=["prior"])
    >>> found = realised_saturation(draws, weights, size=4, realisations=2)
    >>> dict(found.sizes)
    {'kind': 2, 'quantile': 3, 'class': 3, 'realisation': 8}
    """
    import xarray as xr

    require(weights, ["log_weight"], "weigh")
    chosen = chosen_theory(weights, theory)
    low, high = ordered(thresholds)
    others = number(similarity, "similarity") * number(retention, "retention", 0.0, 1.0)
    judged = Settings(low, high, others, number(tolerance, "tolerance", 0.0))
    repeats = whole_number(realisations, "realisations", 1)
    seed = origin_of(draws).seed if rng is None else seed_of(rng)
    front = front_in(weights)
    picked = chosen_worlds(draws, weights, chosen, size, seed)
    many = picked.places.size
    with working(threads, executor):
        groups = np.array_split(np.arange(many), min(many, GROUPS) if sends_long() else many)
    with working(threads, executor), reporting(progress, "simulating surroundings") as report:
        runs = in_order(
            _surroundings, (draws.isel(draw=picked.places), front, repeats, seed),
            [(group.tolist(),) for group in groups],
            part_of(report, 0, many, many),
            lambda places: f"worlds {places}", long=True,
        )  # fmt: skip
    found = {name: [row for run in runs for row in run[name]] for name in REALISED}
    # Picked by relevance: log copies + log volume is the log of how often.
    often = picked.log_copies + np.log(picked.world.grabbed)
    every = worlds(draws, weights, chosen)
    rows = [
        _judge(np.array(found["recovered_fraction"]), often, judged),
        _judge(every.recovered[:, None], every.log_stakes, judged, every.strata),
    ]
    table: dict[str, Any] = {
        name: (["kind", *SECOND.get(name, [])], np.array([row[name] for row in rows]))
        for name in rows[0]
    }
    table |= {name: ("realisation", np.concatenate(parts)) for name, parts in found.items()}
    table["log_weight"] = ("realisation", np.repeat(np.log(shares_of(often) / repeats), repeats))
    drawn = np.repeat(draws["draw"].values[picked.places], repeats)
    coords = {"kind": list(KINDS), "quantile": list(QUANTILES), "class": list(CLASSES)}
    return label(
        xr.Dataset(
            table,
            coords=coords | {"draw": ("realisation", drawn)},
            attrs=weights.attrs | {"theory": chosen, "realised_seed": str(seed)},
        )
    )


def _surroundings(
    what: tuple[xr.Dataset, FrontEvidence, int, int], places: list[int]
) -> dict[str, list[FloatArray]]:
    """Return what is realised in some of the worlds, a row for each."""
    picked, front, repeats, seed = what
    found: dict[str, list[FloatArray]] = {name: [] for name in REALISED}
    for k in places:
        here = simulate_here(
            picked.isel(draw=[k]), evidence=front, realisations=repeats, first=k * repeats,
            rng=seed, progress=False,
        )  # fmt: skip
        for name, rows in found.items():
            rows.append(here[name].values)
    return found


def _judge(
    recovered: FloatArray, log_weight: FloatArray, judged: Settings, strata: Strata | None = None
) -> dict[str, float | FloatArray]:
    """Return quantiles, classes and neutrality of recovered fractions, shape (world, realisation).

    Realisations of a world are not independent of each other: errors are those of world means.
    """
    weight = shares_of(log_weight)
    kept = 1.0 - recovered
    members = [kept > judged.high, (kept <= judged.high) & (kept >= judged.low), kept < judged.low]
    classes = [mean_of(member.mean(axis=1), weight, strata) for member in members]
    phi = 1.0 - recovered * judged.others
    neutral = mean_of((np.abs(phi) <= judged.tolerance).mean(axis=1), weight, strata)
    return {
        **named("recovered_quantile", _quantiles(recovered, weight, strata)),
        "class_probability": np.array([found.mean for found in classes]),
        "class_probability_standard_error": np.array([found.error for found in classes]),
        "probability_neutral": neutral.mean,
        "probability_neutral_standard_error": neutral.error,
    }


def _quantiles(
    recovered: FloatArray, weight: FloatArray, strata: Strata | None
) -> tuple[FloatArray, ...]:
    """Return quantiles and the ends of one standard error, as `quantile_interval` of worlds."""
    values, each = recovered.ravel(), np.repeat(weight, recovered.shape[1])
    middle, levels = weighted_quantiles(values, each, QUANTILES), np.array(QUANTILES)
    below = [(recovered <= q).mean(axis=1) - level for q, level in zip(middle, levels, strict=True)]
    error = np.array([error_of(weight * part, strata) for part in below])
    ends = (np.clip(levels + side * error, 0.0, 1.0) for side in (-1.0, 1.0))
    return middle, *(weighted_quantiles(values, each, level) for level in ends)
