"""The discount given the value of one input: curves.

Parts of the worlds that the draws of a report do not carry are drawn anew.
"""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import Executor
from itertools import pairwise
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from sfc_sim._core.arguments import validated
from sfc_sim._core.effective import unless_few
from sfc_sim._core.errors import InputError, number, unknown, whole_number
from sfc_sim._core.progress import Progress, reporting
from sfc_sim._core.quantiles import bin_edges, weighted_quantiles
from sfc_sim._core.schema import existence_theories, label, readable
from sfc_sim._core.typing import FloatArray
from sfc_sim._core.variables import WHICH, Variable
from sfc_sim._core.work import in_order, working
from sfc_sim.analysis.assessment import assess_again
from sfc_sim.analysis.cells import Stop, Within, cells_of_scenarios, points
from sfc_sim.decision.aftermath import Aftermath, aftermath, background_of, refuse_counted
from sfc_sim.decision.causes import Causes, CausesLike
from sfc_sim.decision.causes_files import as_causes
from sfc_sim.decision.study import Study
from sfc_sim.inference.log_weights import prior_weight
from sfc_sim.scenario.assumed import Assumed, parts_of
from sfc_sim.scenario.correlation import goes_with

if TYPE_CHECKING:
    import xarray as xr

__all__ = ["conditional"]

CHOICES: Final = (WHICH,)
NUMBERS: Final = ("extinction_discount", "extinction_discount_standard_error", "ess", "k_hat")

CURVE: Final = 0.02
"""Standard error of each point of a curve, of a report that stopped by itself."""


@validated()
def conditional(
    study: Study,
    by: str,
    *,
    bins: int = 12,
    values: Sequence[Any] | None = None,
    causes: CausesLike | None = None,
    draws: int | None = None,
    precision: float | None = None,
    executor: Executor | None = None,
    progress: Progress | None = None,
) -> xr.Dataset:
    """Return the discount as a function of one input.

    Parameters
    ----------
    study : Study
        From `sfc_sim.assess`.
    by : str
        A parameter of the scenario; or "scenario"; or what has a distribution in `causes`, such as
        "unaligned_ai value".
    bins : int, default 12
        Of equal weight in the prior; a discrete parameter has one for each value.
    values : sequence, optional
        Values that the parameter is fixed at, or names of scenarios, each run anew with the
        report's seed; needed for what is the same in every draw.
    causes : Causes, str or path, optional
        What might end humanity, and what comes after it on Earth: `sfc_sim.decision.load_causes`.
        Every discount counts it then.
    draws : int, optional
        Of each run anew, at most; by default as in the report.
    precision : float, optional
        Standard error at which each point stops. By default that of the report for `values`, and
        0.02 in bins, at 30,000 draws at most (90,000 where these leave fewer than 100 effective
        ones); or none, if `draws` is given, or the report was made
        with a number of draws. Bins of such a report have no other draws, unless asked for.
    executor : concurrent.futures.Executor, optional
        Makes the points that are run anew, each a task; results do not depend on it.
    progress : bool or callable, optional
        See `sfc_sim.sample`; called with (points done, points in all).

    Returns
    -------
    xarray.Dataset
        Dims (theory, value): ``extinction_discount`` and its standard error, NaN where fewer than
        30 effective draws carry them; ``ess`` and ``k_hat`` of these, by copies x volume at stake.
        Coordinates ``value``: the median of the prior in the bin, or what was asked.

    Raises
    ------
    InputError
        If the input is unknown, does not vary and no values came, or goes with others and values
        came.

    Notes
    -----
    Of an input that goes with others (a correlation of the scenario), a bin has the worlds where it
    lies there: the others are what they then are, not what they are alone.

    Bins that the draws of the report carry come from these; others, or those of a greater error
    than `precision`, from draws that are aimed at the bin.

    Examples
    --------
    >>> import sfc_sim as sfc
    >>> study = sfc.assess("cook2022-balanced", 2000, rng=7, theories=["prior"])
    >>> conditional(study, "hard_steps", bins=4).sizes["theory"]
    1
    """
    study = study.only(*existence_theories(study.report))
    refuse_counted(study.report)
    known = None if causes is None else as_causes(causes)
    if precision is not None:
        number(precision, "precision", 1e-6)
    if known is not None and by in known.uncertain:
        found = _binned_by_cause(study, known, by, bins, values)
    elif values is not None:
        with working(executor=executor):
            found = _rerun(study, by, values, (draws, precision), progress)
    else:
        with working(executor=executor):
            found = _binned(study, by, bins, Stop.of(study, draws, precision, CURVE), progress)
    if known is None:
        return found
    if by not in known.uncertain:
        after, names = aftermath(known, background_of(study.report)), NUMBERS[:2]
        told = after.expected(*(found[name].values for name in names))
        for name, values in zip(names, told, strict=True):
            found[name] = found[name].dims, values
    return label(found.assign_attrs(causes=known.name))


def _binned_by_cause(
    study: Study, causes: Causes, by: str, bins: int, values: Sequence[Any] | None
) -> xr.Dataset:
    """Return the discount in bins of something uncertain of causes, which no draws hang on."""
    if values is not None:
        raise InputError(f"'{by}' is of the causes: leave out values, or change it in the causes")
    edges = np.linspace(0.0, 1.0, whole_number(bins, "bins", 1) + 1)
    told = blank_if_few(study.report)
    now = np.column_stack([told[name].values for name in NUMBERS])
    ends = [causes.between(by, low, high) for low, high in pairwise(edges.tolist())]
    background = background_of(study.report)
    found = np.stack([counted(now, aftermath(end, background)) for end in ends], axis=1)
    middle = causes.law(by).ppf(0.5 * (edges[1:] + edges[:-1]))
    return _curve(study, by, found, ("value", middle, {"long_name": f"{by}, of the causes"}))


def _curve(study: Study, by: str, found: FloatArray, value: Any) -> xr.Dataset:
    """Return a table of numbers, shape (theory, value, what they are)."""
    import xarray as xr

    return label(
        xr.Dataset(
            {name: (("theory", "value"), found[:, :, k]) for k, name in enumerate(NUMBERS)},
            coords={"theory": study.names, "value": value},
            attrs=study.report.attrs | {"by": by},
        )
    )


def _binned(study: Study, by: str, bins: int, stop: Stop, progress: Progress | None) -> xr.Dataset:
    """Return the discount in bins of an input."""
    with reporting(progress, "drawing worlds") as told:
        known = study.inputs
        if by not in known:
            if by in study.scenario.parameters or by in CHOICES:
                raise InputError(
                    f"'{by}' is the same in every draw; pass values to run it at other values"
                )
            raise unknown("input", by, [*known, *CHOICES])
        cells, middle = _cells(study, by, bins)
        found = points(study, cells, stop, told)
    return _curve(study, by, found, ("value", middle, words_of(study.scenario, by)))


def _cells(study: Study, by: str, bins: int) -> tuple[list[Within], list[Any]]:
    """Return parts of equal weight in the prior, and the median of each; scenarios by name."""
    if by == WHICH:
        names = [part.name for part in parts_of(study.scenario)]
        return cells_of_scenarios(names), names
    own, prior = study.draws[by].values, prior_weight(study.draws)
    cells = [Within(by, *ends) for ends in pairwise(bin_edges(own, bins, prior).tolist())]
    inside = [cell.holds(own) for cell in cells]
    return cells, [float(weighted_quantiles(own[one], prior[one], [0.5])[0]) for one in inside]


def _rerun(
    study: Study,
    by: str,
    values: Sequence[Any],
    ends: tuple[int | None, float | None],
    progress: Progress | None,
) -> xr.Dataset:
    """Return the discount of the scenario with a parameter fixed at values, or of scenarios."""
    import xarray as xr

    scenario = study.scenario
    if by != "scenario" and by not in scenario.parameters:
        raise unknown("input", by, [*scenario.parameters, *CHOICES])
    others = [other for part in parts_of(scenario) for other in goes_with(part, by)]
    if others:
        raise InputError(
            f"'{by}' goes with {', '.join(others)} in scenario '{scenario.name}', and fixed at a"
            " value it would no longer; leave out values, which gives the worlds where it lies near"
        )
    changed = [value if by == "scenario" else scenario.replace(**{by: value}) for value in values]
    with reporting(progress, "running again") as told:
        found = in_order(
            _run_of, study.without_draws(), [(each, *ends) for each in changed],
            told, f"a value of {by}: {{}}".format, long=True,
        )  # fmt: skip
    table = xr.concat(found, dim="value", join="override").transpose("theory", "value", ...)
    table = table.assign_coords(value=("value", list(values), words_of(scenario, by)))
    table.attrs = study.report.attrs | {"by": by}
    return label(table)


def _run_of(
    study: Study, scenario: Assumed | str, draws: int | None, precision: float | None
) -> xr.Dataset:
    """Return the discount of another scenario."""
    return blank_if_few(assess_again(study, scenario, draws, precision).report[list(NUMBERS)])


def words_of(scenario: Assumed, by: str) -> dict[str, str]:
    """Return attributes that describe the values of an input."""
    if by in CHOICES:
        return {"long_name": "name of the scenario"}
    parameter = scenario[by]
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


def counted(numbers: FloatArray, after: Aftermath) -> FloatArray:
    """Return rows of discount, error, and what they rest on, with what comes after us on Earth."""
    found = numbers.copy()
    found[..., 0], found[..., 1] = after.expected(numbers[..., 0], numbers[..., 1])
    return found
