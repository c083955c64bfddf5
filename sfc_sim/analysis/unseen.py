"""Fronts that nobody sees: the chance that we live inside, and the share that others recover.

Every number is of the scenario with a share of fronts visible and a chance of observers inside, all
else as in a study; see `sfc_sim.expansion.quiet`.
"""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import Executor
from typing import TYPE_CHECKING, Final

import numpy as np

from sfc_sim._core.arguments import validated
from sfc_sim._core.errors import InputError, number, shown
from sfc_sim._core.progress import Progress, reporting
from sfc_sim._core.schema import label
from sfc_sim._core.typing import FloatArray
from sfc_sim._core.work import in_order, working
from sfc_sim.analysis.assessment import assess_again
from sfc_sim.decision.study import Study
from sfc_sim.expansion.quiet import ENGULFED_OBSERVERS, VISIBLE_FRACTION
from sfc_sim.scenario.assumed import Assumed

if TYPE_CHECKING:
    import xarray as xr

__all__ = ["unseen_fronts"]

VISIBLE: Final = (0.001, 0.01, 0.1, 1.0)
ENGULFED: Final = (0.0, 0.01, 1.0)
READ: Final = ("probability_inside", "recovered_share")


@validated()
def unseen_fronts(
    study: Study,
    *,
    visible: Sequence[float] = VISIBLE,
    engulfed: Sequence[float] = ENGULFED,
    draws: int | None = None,
    precision: float | None = None,
    executor: Executor | None = None,
    progress: Progress | None = None,
) -> xr.Dataset:
    """Return the chance that we live inside fronts, and the recovered share, by what is seen.

    Parameters
    ----------
    study : Study
        From `sfc_sim.assess`, of a scenario with fronts.
    visible : sequence of float, default (0.001, 0.01, 0.1, 1)
        Shares of expanding civilizations whose volumes are visible.
    engulfed : sequence of float, default (0, 0.01, 1)
        Chances that a place inside still bears observers like us, unaware.
    draws : int, optional
        Of each pair of both, at most; by default as in the study.
    precision : float, optional
        Standard error at which each stops; by default as in the study.
    executor : concurrent.futures.Executor, optional
        Makes the runs, each a task; results do not depend on it.
    progress : bool or callable, optional
        See `sfc_sim.sample`; called with (pairs done, pairs in all).

    Returns
    -------
    xarray.Dataset
        Dims (theory, engulfed_observers, visible_fraction): ``probability_inside`` and
        ``recovered_share``, each with its standard error; ``ess`` and ``k_hat`` of the theory.
        ``decision_weight`` (theory): of these nobody counts who is inside.

    Raises
    ------
    InputError
        If a number is not in [0, 1], or the scenario has no fronts.

    Examples
    --------
    >>> import sfc_sim as sfc
    >>> study = sfc.assess("cook2022-balanced", 1000, rng=7, theories=["sia"])
    >>> found = unseen_fronts(study, visible=[0.01, 1.0], engulfed=[1.0])
    >>> bool(found.probability_inside[0, 0, 0] > 0.5 > found.probability_inside[0, 0, 1] == 0.0)
    True
    """
    import xarray as xr

    names = ENGULFED_OBSERVERS.name, VISIBLE_FRACTION.name
    places = [chances(engulfed, "engulfed"), chances(visible, "visible")]
    pairs = [(chi, psi) for chi in places[0] for psi in places[1]]
    changed = [study.scenario.replace(**dict(zip(names, pair, strict=True))) for pair in pairs]
    with working(executor=executor), reporting(progress, "running again") as told:
        found = in_order(
            _run_of, study.without_draws(), [(each, draws, precision) for each in changed],
            told, "the run of {}".format, long=True,
        )  # fmt: skip
    shape = (*map(len, places), len(study.names))
    columns = {
        name: np.moveaxis(np.reshape([row[name] for row in found], shape), -1, 0)
        for name in found[0]
    }
    weights = study.report["decision_weight"].values
    return label(
        xr.Dataset(
            {name: (("theory", *names), column) for name, column in columns.items()}
            | {"decision_weight": ("theory", weights)},
            coords={"theory": study.names, **dict(zip(names, places, strict=True))},
            attrs=study.report.attrs,
        )
    )


def _run_of(
    study: Study, scenario: Assumed, draws: int | None, precision: float | None
) -> dict[str, FloatArray]:
    """Return what is told of another scenario."""
    report = assess_again(study, scenario, draws, precision).report
    nobody = np.zeros(report.sizes["theory"])  # where nobody can be inside
    names = [*READ, *(f"{name}_standard_error" for name in READ), "ess", "k_hat"]
    return {name: report[name].values if name in report else nobody for name in names}


def chances(values: object, name: str) -> list[float]:
    """Return a list of numbers from 0 to 1, at least one.

    Examples
    --------
    >>> chances([0, 0.5], "visible")
    [0.0, 0.5]
    """
    if isinstance(values, str) or not isinstance(values, Sequence | np.ndarray) or not len(values):
        raise InputError(f"{name} is {shown(values)}; it must be a list of numbers from 0 to 1")
    return [number(value, name, 0.0, 1.0) for value in values]
