"""The discount with each input low and high: the tornado of all of them."""

from __future__ import annotations

from concurrent.futures import Executor
from typing import TYPE_CHECKING

import numpy as np

from sfc_sim._core.arguments import validated
from sfc_sim._core.errors import InputError, number, shown
from sfc_sim._core.progress import Progress, reporting
from sfc_sim._core.quantiles import weighted_quantiles
from sfc_sim._core.schema import existence_theory, label
from sfc_sim._core.typing import FloatArray
from sfc_sim._core.variables import WHICH
from sfc_sim._core.work import working
from sfc_sim.analysis.cells import Stop, Within, cells_of_scenarios, points
from sfc_sim.analysis.curves import CURVE, NUMBERS, blank_if_few, counted
from sfc_sim.cosmology.background import Background
from sfc_sim.decision.aftermath import aftermath, background_of, refuse_counted
from sfc_sim.decision.causes import Causes, CausesLike
from sfc_sim.decision.causes_files import as_causes
from sfc_sim.decision.study import Study
from sfc_sim.inference.log_weights import prior_weight
from sfc_sim.scenario.assumed import parts_of

if TYPE_CHECKING:
    import xarray as xr

__all__ = ["tornado"]


@validated()
def tornado(
    study: Study,
    theory: str | None = None,
    *,
    tail: float = 0.1,
    causes: CausesLike | None = None,
    draws: int | None = None,
    precision: float | None = None,
    executor: Executor | None = None,
    progress: Progress | None = None,
) -> xr.Dataset:
    """Return the discount with each input low and high, widest first.

    Parameters
    ----------
    study : Study
        From `sfc_sim.assess`.
    theory : str, optional
        Whose discount; by default adt-total, or the first of the report.
    tail : float, default 0.1
        A parameter is low in this part of its prior, and high in the same at the other end.
    causes : Causes, str or path, optional
        What might end humanity, and what comes after it on Earth: `sfc_sim.decision.load_causes`.
        Every discount counts it then, and what has a distribution there is an input too.
    draws, precision : optional
        Of each end that is drawn anew; see `conditional`.
    executor : concurrent.futures.Executor, optional
        Makes the ends that are run anew, each a task; results do not depend on it.
    progress : bool or callable, optional
        See `sfc_sim.sample`; called with (ends done, ends in all).

    Returns
    -------
    xarray.Dataset
        Dims (input, end): ``extinction_discount`` and its standard error, NaN where fewer than 30
        effective draws carry it, ``ess`` and ``k_hat``; a row "theory" has the least and the
        greatest over the theories of the report, and "scenario" over those of a mixture.
        Coordinates ``low``, ``high`` say what the ends are. The attribute ``base`` is the discount
        itself.

    Raises
    ------
    InputError
        If the tail is not in (0, 0.5], the report has no such theory, or nothing in it varies.

    Notes
    -----
    What goes with an input (a correlation of the scenario) moves with it.

    Examples
    --------
    >>> import sfc_sim as sfc
    >>> study = sfc.assess("cook2022-balanced", 2000, rng=7, theories=["prior"])
    >>> tornado(study, "prior").sizes["end"]
    2
    """
    import xarray as xr

    if not 0.0 < tail <= 0.5:
        raise InputError(f"tail is {shown(tail)}; it must be in (0, 0.5]")
    if precision is not None:
        number(precision, "precision", 1e-6)
    stop = Stop.of(study, draws, precision, CURVE)
    names = study.names
    chosen = existence_theory(study.report, theory)
    refuse_counted(study.report)
    known = None if causes is None else as_causes(causes)
    background = background_of(study.report)
    with working(executor=executor):
        rows = _ends(study.only(chosen), tail, stop, progress)
    told = blank_if_few(study.report)
    table = np.column_stack([told[name].values for name in NUMBERS])
    if len(names) > 1 and not np.isnan(table[:, 0]).all():  # some give none
        ends = [int(np.nanargmin(table[:, 0])), int(np.nanargmax(table[:, 0]))]
        rows["theory"] = table[ends], names[ends[0]], names[ends[1]]
    after = aftermath(known, background)
    rows = {name: (counted(row[0], after), *row[1:]) for name, row in rows.items()}
    if known is not None:
        rows |= _ends_of_causes(known, table[names.index(chosen)], tail, background)
    if not rows:
        raise InputError(
            f"scenario '{study.scenario.name}' has no parameter that varies, and the study has "
            "one theory: there is nothing to vary"
        )
    base = float(after.expected(told["extinction_discount"].sel(theory=chosen).item())[0])
    widths = {name: float(np.ptp(row[0][:, 0])) for name, row in rows.items()}
    # Those without a number come last.
    order = sorted(rows, key=lambda name: -np.nan_to_num(widths[name], nan=-1.0))
    numbers = np.array([rows[name][0] for name in order])
    return label(
        xr.Dataset(
            {name: (("input", "end"), numbers[:, :, k]) for k, name in enumerate(NUMBERS)},
            coords={
                "input": order,
                "end": ["low", "high"],
                "low": ("input", [rows[k][1] for k in order]),
                "high": ("input", [rows[k][2] for k in order]),
            },
            attrs=study.report.attrs
            | ({} if known is None else {"causes": known.name})
            | {
                "theory": chosen,
                "base": repr(base),
            },
        )
    )


def _ends(
    study: Study, tail: float, stop: Stop, progress: Progress | None
) -> dict[str, tuple[FloatArray, str, str]]:
    """Return the discount of one theory at both ends of each input, and what the ends are."""
    with reporting(progress, "drawing worlds") as told:
        draws, prior = study.draws, prior_weight(study.draws)
        inputs = [name for name in study.inputs if name != WHICH]
        cells, words = list[Within](), list[str]()
        for name in inputs:
            low, high = weighted_quantiles(draws[name].values, prior, [tail, 1.0 - tail]).tolist()
            cells += [Within(name, -np.inf, np.nextafter(low, np.inf)), Within(name, high, np.inf)]
            unit = study.scenario[name].unit
            words += [f"up to {low:.3g} {unit}".rstrip(), f"from {high:.3g} {unit}".rstrip()]
        scenarios = [part.name for part in parts_of(study.scenario)] * (WHICH in study.inputs)
        found = points(study, cells + cells_of_scenarios(scenarios), stop, told)[0]
    rows = {
        name: (found[2 * k : 2 * k + 2], words[2 * k], words[2 * k + 1])
        for k, name in enumerate(inputs)
    }
    each = found[len(cells) :]
    if len(each) and not np.isnan(each[:, 0]).all():
        ends = [int(np.nanargmin(each[:, 0])), int(np.nanargmax(each[:, 0]))]
        rows[WHICH] = each[ends], scenarios[ends[0]], scenarios[ends[1]]
    return rows


def _ends_of_causes(
    causes: Causes, now: FloatArray, tail: float, background: Background
) -> dict[str, tuple[FloatArray, str, str]]:
    """Return the discount of one theory at both ends of what is uncertain of causes."""
    rows = {}
    for what in causes.uncertain:
        ends = [causes.between(what, *part) for part in ((0.0, tail), (1.0 - tail, 1.0))]
        found = np.stack([counted(now, aftermath(end, background)) for end in ends])
        low, high = causes.law(what).ppf(np.array([tail, 1.0 - tail]))
        rows[what] = found, f"up to {low:.3g}", f"from {high:.3g}"
    return rows
