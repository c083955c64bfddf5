"""The discount given the value of one input: curves, and the tornado of all of them."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from itertools import pairwise
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from sfc_sim._carried import least_error
from sfc_sim._door import validated
from sfc_sim._errors import InputError, shown, unknown
from sfc_sim._progress import Progress, reporting
from sfc_sim._typing import FloatArray
from sfc_sim._variables import Variable
from sfc_sim._weighted import FEWEST, ratio_of_sums, unless_few
from sfc_sim.anthropics import EffectiveSampleSizeWarning
from sfc_sim.assessment import assess
from sfc_sim.recall import asked_of, hold, recall
from sfc_sim.results import existence_theories, existence_theory, label, readable, worlds
from sfc_sim.saturation import carried_by
from sfc_sim.scenario import Scenario
from sfc_sim.similarity import as_similarity, drawn_from, from_text
from sfc_sim.value import own_numbers

if TYPE_CHECKING:
    import xarray as xr

__all__ = ["conditional", "inputs_of", "tornado"]

CHOICES: Final = ("scenario",)
_NUMBERS: Final = ("extinction_discount", "extinction_discount_standard_error", "ess")
STAKED: Final = ("log_copies", "volume_grabbed", "volume_marginal")


def inputs_of(draws: xr.Dataset) -> list[str]:
    """Return the parameters of a scenario that are not the same in every draw.

    Examples
    --------
    >>> import sfc_sim as sfc
    >>> len(inputs_of(sfc.sample("cook2022-balanced", 100, rng=1)))
    8
    """
    names = Scenario.from_toml(draws.attrs["scenario_toml"]).parameters
    return [name for name in names if name in draws and np.ptp(draws[name].values) > 0.0]


def recovered_worth(
    report: xr.Dataset, draws: xr.Dataset, world: dict[str, FloatArray], theory: str
) -> FloatArray:
    """Return, per world, what others make of a volume that humanity would grab: kappa q."""
    model = as_similarity(from_text(report.attrs["similarity"]))
    mean = getattr(model, "mean", None)
    # One that is the same in every world counts by its mean.
    q = mean() if mean is not None else drawn_from(model, own_numbers(draws, "similarity"), world)
    kept = float(report["retention"].sel(theory=theory))
    return np.broadcast_to(kept * np.asarray(q), world["volume_grabbed"].shape)


@validated()
def conditional(
    report: xr.Dataset,
    by: str,
    *,
    bins: int = 12,
    values: Sequence[Any] | None = None,
    draws: int | None = None,
    progress: Progress | None = None,
) -> xr.Dataset:
    """Return the discount as a function of one input.

    Parameters
    ----------
    report : xarray.Dataset
        From `sfc_sim.assess`.
    by : str
        A parameter of the scenario; or "scenario".
    bins : int, default 12
        Of equal weight in the prior; a discrete parameter has one for each value.
    values : sequence, optional
        Values that the parameter is fixed at, or names of scenarios, each run anew with the
        report's seed; needed for what is the same in every draw.
    draws : int, optional
        Of those runs; by default as many as the report's.
    progress : bool or callable, optional
        See `sfc_sim.sample`; called with (runs done, runs in all).

    Returns
    -------
    xarray.Dataset
        Dims (theory, value): ``extinction_discount`` and its standard error, ``ess``, by copies x
        volume at stake; both are NaN where fewer than 30 effective draws carry them. Coordinates
        ``value``: the middle of the bin, or what was asked.

    Raises
    ------
    InputError
        If the input is unknown, or does not vary and no values came.

    Examples
    --------
    >>> import sfc_sim as sfc
    >>> report = sfc.assess("cook2022-balanced", 2000, rng=7, theories=["prior"])
    >>> conditional(report, "hard_steps", bins=4).sizes["theory"]
    1
    """
    report = report.sel(theory=existence_theories(report))
    if values is not None:
        return _rerun(report, by, values, draws, progress)
    drawn, weights = recall(report, progress=progress)
    known = inputs_of(drawn)
    if by not in known:
        parameters = Scenario.from_toml(report.attrs["scenario_toml"]).parameters
        if by in parameters or by in CHOICES:
            raise InputError(f"'{by}' is the same in every draw; pass values to run it at others")
        raise unknown("input", by, [*known, *CHOICES])
    return _binned(report, drawn, weights, by, bins)


def _binned(
    report: xr.Dataset, draws: xr.Dataset, weights: xr.Dataset, by: str, bins: int
) -> xr.Dataset:
    import xarray as xr

    edges = edges_of(draws[by].values, bins)
    rows: list[list[tuple[float, float, float]]] = []
    for theory in weights["theory"].values:
        world = worlds(draws, weights, str(theory))
        worth = recovered_worth(report, draws, world, str(theory))
        places = np.clip(np.searchsorted(edges, world[by], side="right") - 1, 0, edges.size - 2)
        cells = [np.flatnonzero(places == k) for k in range(edges.size - 1)]
        rows.append([_discount(world, worth, cell) for cell in cells])
    found = np.array(rows)
    own = draws[by].values
    middle = [np.median(own[(own >= a) & (own < b)]) for a, b in pairwise(edges)]
    return label(
        xr.Dataset(
            {name: (("theory", "value"), found[:, :, k]) for k, name in enumerate(_NUMBERS)},
            coords={
                "theory": weights["theory"].values,
                "value": ("value", middle, words_of(report, by)),
            },
            attrs=report.attrs | {"by": by},
        )
    )


def edges_of(values: FloatArray, bins: int) -> FloatArray:
    """Return edges of bins of equal numbers of draws; of one value each where there are few.

    Examples
    --------
    >>> edges_of(np.array([1.0, 1.0, 2.0, 3.0]), 12)
    array([1. , 1.5, 2.5, inf])
    """
    if bins < 2:
        raise InputError(f"bins is {shown(bins)}; it must be 2 or more")
    different = np.unique(values)
    if different.size <= 2 * bins:
        inner = 0.5 * (different[1:] + different[:-1])
    else:
        inner = np.unique(np.quantile(values, np.arange(1, bins) / bins))
        inner = inner[inner > different[0]]
    return np.concatenate([different[:1], inner, [np.inf]])


def _discount(
    world: dict[str, FloatArray], worth: FloatArray, cell: np.ndarray
) -> tuple[float, float, float]:
    """Return discount, standard error and effective draws of some worlds; NaN if these are few."""
    inside = {name: world[name][cell] for name in STAKED}
    if inside["log_copies"].max(initial=-np.inf) == -np.inf:
        return np.nan, np.nan, 0.0
    carried, staked = carried_by(inside)
    if staked < FEWEST:
        return np.nan, np.nan, staked
    grabbed = inside["volume_grabbed"]
    value = (grabbed - inside["volume_marginal"]) * worth[cell]
    discount, error = ratio_of_sums(inside["log_copies"], value, grabbed)
    most = float(np.abs(worth[cell]).max())  # a share of all is worth so much
    return discount, max(error, most * least_error(0.0, carried, staked)), staked


def _rerun(
    report: xr.Dataset, by: str, values: Sequence[Any], draws: int | None, progress: Progress | None
) -> xr.Dataset:
    """Return the discount of the scenario with a parameter fixed at values, or of scenarios."""
    import xarray as xr

    scenario = Scenario.from_toml(report.attrs["scenario_toml"])
    if by != "scenario" and by not in scenario.parameters:
        raise unknown("input", by, [*scenario.parameters, *CHOICES])
    found = []
    with reporting(progress, "running again") as told:
        for k, value in enumerate(values, start=1):
            changed = value if by == "scenario" else scenario.replace(**{by: value})
            found.append(blank_if_few(assess_again(report, changed, draws)[list(_NUMBERS)]))
            told(k, len(values))
    table = xr.concat(found, dim="value", join="override").transpose("theory", "value", ...)
    table = table.assign_coords(value=("value", list(values), words_of(report, by)))
    table.attrs = report.attrs | {"by": by}
    return label(table)


def words_of(report: xr.Dataset, by: str) -> dict[str, str]:
    """Return what the values of an input are, as attributes."""
    if by in CHOICES:
        return {"long_name": "name of the scenario"}
    parameter = Scenario.from_toml(report.attrs["scenario_toml"])[by]
    known = readable(Variable(parameter.unit or "1", parameter.meaning, parameter.symbol))
    return {key: words for key, words in known._asdict().items() if words}


def blank_if_few(table: xr.Dataset) -> xr.Dataset:
    """Return a table without the discounts that too few effective draws carry.

    Examples
    --------
    >>> import xarray as xr
    >>> two = {"extinction_discount": ("row", [0.2, 0.9]), "ess": ("row", [99.0, 1.0])}
    >>> blank_if_few(xr.Dataset(two))["extinction_discount"].values
    array([0.2, nan])
    """
    names = [str(name) for name in table if str(name).startswith("extinction_discount")]
    return table.assign(
        {name: (table[name].dims, unless_few(table[name], table["ess"])) for name in names}
    )


def assess_again(
    report: xr.Dataset, scenario: Scenario | str, draws: int | None = None
) -> xr.Dataset:
    """Return the report of another scenario, all else as in the report: seed, evidence, value."""
    asked = asked_of(report) | {"theories": report["theory"].values.tolist()}
    if draws is not None:
        asked["draws"] = draws
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", EffectiveSampleSizeWarning)
        hold(report)
        return assess(scenario, **asked)


@validated()
def tornado(
    report: xr.Dataset,
    theory: str | None = None,
    *,
    tail: float = 0.1,
    progress: Progress | None = None,
) -> xr.Dataset:
    """Return the discount with each input low and high, widest first.

    Parameters
    ----------
    report : xarray.Dataset
        From `sfc_sim.assess`.
    theory : str, optional
        Whose discount; by default adt-total, or the first of the report.
    tail : float, default 0.1
        A parameter is low in this part of its prior, and high in the same at the other end.
    progress : bool or callable, optional
        See `sfc_sim.sample`; draws are made again if they are not in memory.

    Returns
    -------
    xarray.Dataset
        Dims (input, end): ``extinction_discount``, its standard error and ``ess``, NaN where fewer
        than 30 effective draws carry it; a row "theory" has the least and the greatest over the
        theories of the report. Coordinates ``low``, ``high`` say what the ends are. The attribute
        ``base`` is the discount itself.

    Raises
    ------
    InputError
        If the tail is not in (0, 0.5], the report has no such theory, or nothing in it varies.

    Examples
    --------
    >>> import sfc_sim as sfc
    >>> report = sfc.assess("cook2022-balanced", 2000, rng=7, theories=["prior"])
    >>> tornado(report, "prior").sizes["end"]
    2
    """
    import xarray as xr

    if not 0.0 < tail <= 0.5:
        raise InputError(f"tail is {shown(tail)}; it must be in (0, 0.5]")
    draws, weights = recall(report, progress=progress)
    names = report["theory"].values.tolist()
    chosen = existence_theory(report, theory)
    scenario = Scenario.from_toml(report.attrs["scenario_toml"])
    world = worlds(draws, weights, chosen)
    worth = recovered_worth(report, draws, world, chosen)
    rows: dict[str, tuple[FloatArray, str, str]] = {}
    for name in inputs_of(draws):
        low, high = np.quantile(draws[name].values, [tail, 1.0 - tail])
        cells = [np.flatnonzero(world[name] <= low), np.flatnonzero(world[name] >= high)]
        found = np.array([_discount(world, worth, cell) for cell in cells])
        unit = scenario[name].unit
        words = [f"up to {low:.3g} {unit}".rstrip(), f"from {high:.3g} {unit}".rstrip()]
        rows[name] = found, words[0], words[1]
    told = blank_if_few(report)
    table = np.column_stack([told[name].values for name in _NUMBERS])
    if len(names) > 1 and not np.isnan(table[:, 0]).all():  # some give none
        ends = [int(np.nanargmin(table[:, 0])), int(np.nanargmax(table[:, 0]))]
        rows["theory"] = table[ends], names[ends[0]], names[ends[1]]
    if not rows:
        raise InputError(
            f"scenario '{scenario.name}' has no parameter with spread, and the report one theory: "
            "there is nothing to move"
        )
    base = float(told["extinction_discount"].sel(theory=chosen))
    widths = {name: float(np.ptp(row[0][:, 0])) for name, row in rows.items()}
    # Those without a number come last.
    order = sorted(rows, key=lambda name: -np.nan_to_num(widths[name], nan=-1.0))
    numbers = np.array([rows[name][0] for name in order])
    return label(
        xr.Dataset(
            {name: (("input", "end"), numbers[:, :, k]) for k, name in enumerate(_NUMBERS)},
            coords={
                "input": order,
                "end": ["low", "high"],
                "low": ("input", [rows[k][1] for k in order]),
                "high": ("input", [rows[k][2] for k in order]),
            },
            attrs=report.attrs
            | {
                "theory": chosen,
                "base": repr(base),
            },
        )
    )
