"""Parts of a report's worlds, by an input: from its draws, or drawn anew where these are too few.

To have a part alone is to condition on it: the prior of an independent input is cut to the range;
where no such law is known, or others go with it, that it lies there is evidence of chance one or
none.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, ClassVar, Final, NamedTuple, final

import numpy as np

from sfc_sim._core.effective import least_error, pareto_shape, too_few, unless_few
from sfc_sim._core.few import FEWEST
from sfc_sim._core.progress import Report, part_of
from sfc_sim._core.typing import FloatArray
from sfc_sim._core.variables import WHICH
from sfc_sim._core.weighted import ratio_of_sums
from sfc_sim._core.work import in_order
from sfc_sim._core.world import World
from sfc_sim.analysis.assessment import assess_again
from sfc_sim.decision.kept import Kept, kept_of
from sfc_sim.decision.shares import carried_by
from sfc_sim.decision.similarity import as_similarity, drawn_from
from sfc_sim.decision.study import Study
from sfc_sim.decision.value import own_numbers
from sfc_sim.distributions.within import within
from sfc_sim.inference.evidence import Observation, variable_of
from sfc_sim.sampling.adaptation import LEAST_PILOT, MOST_PILOT
from sfc_sim.sampling.mixed import aim_at
from sfc_sim.sampling.plan import Plan
from sfc_sim.scenario.assumed import Assumed
from sfc_sim.scenario.correlation import goes_with
from sfc_sim.scenario.mixture import ScenarioMixture

if TYPE_CHECKING:
    import xarray as xr

__all__ = ["Stop", "Within", "cells_of_scenarios", "others_worth", "points"]


# Draws after which it is seen whether more would help, and the tail of weights of which not.
LOOK: Final = 1000
HOPELESS: Final = 1.2

FOLLOWED: Final = 100
"""Worlds of a part that tell what is kept there; with fewer among those of all, it has its own."""

EXCLUDED: Final = 1e4
"""How many e-folds below the best world those of a part are that evidence leaves no chance."""

MOST: Final = 30_000
"""Draws at most of each part that is drawn anew, where it is not said."""

LAST: Final = 3 * MOST
"""The same, where fewer leave a handful that count: weights of so many have an error bar."""


@final
@dataclass(frozen=True)
class Within(Observation):
    """That a variable of the draws lies in [low, high).

    Examples
    --------
    >>> import xarray as xr
    >>> Within("speed", 0.5, np.inf).log_likelihood(xr.Dataset({"speed": ("draw", [0.4, 0.5])}))
    array([-inf,   0.])
    """

    parameter: str
    low: float
    high: float
    name: ClassVar[str] = "within"

    @property
    def meaning(self) -> str:
        """What is known, in a line."""
        return f"{self.parameter} from {self.low:g} to {self.high:g}"

    def holds(self, values: FloatArray) -> np.ndarray:
        """Tell of which values it is true."""
        return np.asarray((values >= self.low) & (values < self.high))

    def inside(self, world: World) -> np.ndarray:
        """Tell in which worlds it is true; all, where a scenario of a mixture was drawn alone."""
        if self.parameter == WHICH and WHICH not in world:
            return np.ones(world.grabbed.shape, dtype=bool)
        return self.holds(world[self.parameter])

    def log_likelihood(self, draws: xr.Dataset) -> FloatArray:
        """Return zero where it is true, else minus infinity; see `Observation`."""
        return np.where(self.holds(variable_of(draws, self.parameter)), 0.0, -np.inf)


class Stop(NamedTuple):
    """When a run anew ends: at a standard error, if there is one, or a number of draws.

    With neither nothing is run anew.
    """

    goal: float | None
    draws: int | None

    @classmethod
    def of(cls, study: Study, draws: int | None, precision: float | None, usual: float) -> Stop:
        """Return the number asked for, or ``usual`` for a study that stopped by itself."""
        if draws is None and precision is None and study.precision is not None:
            return cls(usual, MOST)
        return cls(precision, draws)


class Point(NamedTuple):
    """A discount, its standard error, effective draws, and the tail of their weights."""

    discount: float
    error: float
    ess: float
    k_hat: float

    @property
    def excluded(self) -> bool:
        """Whether the evidence excludes its worlds, so that more draws would not help."""
        return self == NONE

    def enough(self, goal: float | None) -> bool:
        """Tell whether its draws carry it, and to a standard error if there is a goal."""
        return not too_few(self.ess, self.k_hat) and (goal is None or self.error <= goal)

    def or_better(self, other: Point | None, goal: float | None) -> Point:
        """Return the one that is enough, or rests on more draws."""
        if other is None:
            return self
        return max(self, other, key=lambda point: (point.enough(goal), point.ess))


NONE: Final = Point(0.0, np.inf, 0.0, np.inf)


def cells_of_scenarios(names: Sequence[str]) -> list[Within]:
    """Return the cell of each scenario of a mixture.

    Examples
    --------
    >>> [(cell.low, cell.high) for cell in cells_of_scenarios(["one", "two"])]
    [(-0.5, 0.5), (0.5, 1.5)]
    """
    return [Within(WHICH, k - 0.5, k + 0.5) for k in range(len(names))]


def others_worth(study: Study, world: World) -> FloatArray:
    """Return, per world, what others make of a volume as soon as humanity would: q."""
    model = as_similarity(study.similarity)
    mean = getattr(model, "mean", None)
    if mean is not None:  # one that is the same in every world counts by its mean
        q = mean()
    else:
        q = drawn_from(model, own_numbers(study.draws, "similarity"), world)
    return np.broadcast_to(np.asarray(q), world.grabbed.shape)


def points(study: Study, cells: Sequence[Within], stop: Stop, told: Report) -> FloatArray:
    """Return the discount in each cell by theory, with all of a `Point`.

    Parameters
    ----------
    study : Study
        From `sfc_sim.assess`.
    cells : sequence of Within
        Parts of the worlds.
    stop : Stop
        Of what is drawn anew.
    told : callable
        Called with (cells done, cells in all).

    Returns
    -------
    ndarray, shape (theory, cell, 4)
    """
    theories = study.names
    found = [_seen(study, theory, cells) for theory in theories]
    short = [
        [j for j, row in enumerate(found) if not (row[k].enough(stop.goal) or row[k].excluded)]
        for k in range(len(cells))
    ]
    anew = [k for k in range(len(cells)) if any(stop) and short[k]]
    runs = in_order(
        _anew, study.without_draws(),
        [([theories[j] for j in short[k]], cells[k], stop) for k in anew],
        part_of(told, len(cells) - len(anew), len(cells)),
        lambda _, cell, __: cell.meaning,
        long=True,
    )  # fmt: skip
    for k, again in zip(anew, runs, strict=True):
        for j in short[k]:
            # What few worlds have no weight at all is not drawn anew either.
            found[j][k] = found[j][k].or_better(again.get(theories[j]), stop.goal)
    told(len(cells), len(cells))
    table = np.array(found, dtype=float).reshape(len(theories), len(cells), 4)
    table[:, :, :2] = unless_few(table[:, :, :2], table[:, :, 2:3])
    return table


def _seen(study: Study, theory: str, cells: Sequence[Within]) -> list[Point]:
    """Return the discount in each cell as the draws have it."""
    world = study.world(theory)
    worth, log_stakes = others_worth(study, world), world.log_stakes
    kept, found = kept_of(study, theory), []
    for cell in cells:
        own = cell.inside(world) & (log_stakes > -np.inf)
        if own.sum() >= FEWEST and log_stakes[own].max() < log_stakes.max() - EXCLUDED:
            found.append(NONE)
            continue
        part = kept.at(own)
        if part.number is None and part.places.size < FOLLOWED and own.any():
            part = kept_of(study, theory, own)
        found.append(_point(world.at(own), worth[own], part))
    return found


def _point(world: World, worth: FloatArray, kept: Kept) -> Point:
    """Return the discount of some worlds, all with something at stake; of what is kept there."""
    if not worth.size:
        return Point(np.nan, np.nan, 0.0, np.inf)
    carried, staked = carried_by(world)
    parts = world.lost * worth, world.grabbed
    discount, error = ratio_of_sums(world.log_copies, *parts, world.strata)
    most = float(np.abs(worth).max())  # a share of all is worth so much
    error = max(error, most * least_error(0.0, carried, staked))
    kappa, spread = kept.value()
    error = float(np.hypot(kappa * error, discount * spread))
    return Point(kappa * discount, error, staked, pareto_shape(world.log_stakes))


def _anew(study: Study, theories: Sequence[str], cell: Within, stop: Stop) -> dict[str, Point]:
    """Return the discount in a cell from draws aimed at it; none where it has no weight."""
    if not theories:
        return {}
    found = _aimed(study, theories, cell, stop, LEAST_PILOT)
    short = [name for name in theories if name not in found or not found[name].enough(stop.goal)]
    if len(theories) > 1:  # what is too much for one proposal may not be for one of each
        for theory in short:
            found |= _anew(study, [theory], cell, stop)
    elif short and stop.goal is not None:  # nor what is too much for a short pilot for a long one
        for theory, point in _aimed(study, theories, cell, stop, MOST_PILOT).items():
            found[theory] = point.or_better(found.get(theory), stop.goal)
    return found


def _aimed(
    study: Study, theories: Sequence[str], cell: Within, stop: Stop, pilot: int
) -> dict[str, Point]:
    """Return the discount in a cell from draws of one proposal, after so many pilot draws."""
    scenario, evidence = _conditioned(study, cell)
    again = {
        "theories": study.objects(theories), "evidence": evidence, "design": "random",
        "retention": 1.0,
    }  # fmt: skip
    found: dict[str, Point] = {}
    try:
        proposal = aim_at(
            scenario, theories=study.objects(theories), evidence=evidence, rng=study.seed,
            precision=stop.goal, pilot=pilot,
        )  # fmt: skip
        given = study.report["retention"].sel(theory=list(theories))
        looks = [Stop(None, LOOK), stop]
        if len(theories) == 1 and stop.goal is not None:
            # Beyond the goal, where what reached it is no error yet.
            looks.append(Stop(None, stop.draws or MOST))
            if pilot == MOST_PILOT and stop.draws == MOST:
                looks.append(Stop(None, LAST))
        for ends in looks:
            run = assess_again(study, scenario, ends.draws, ends.goal, aim=proposal, **again)
            kept = replace(
                run, retention=study.retention, report=run.report.assign(retention=given)
            )
            found = {name: _seen(kept, name, [cell])[0] for name in theories}
            if all(point.enough(stop.goal) for point in found.values()):
                break
            if all(point.k_hat > HOPELESS for point in found.values()) and (
                pilot < MOST_PILOT or ends.draws == MOST
            ):
                break  # weights without a mean: a longer pilot may help, more draws do not
    except ArithmeticError:  # no world of the cell has weight under one of them
        found = {}
    return found


def _conditioned(study: Study, cell: Within) -> tuple[Assumed, list[Any]]:
    """Return scenario and evidence given a cell: a narrower prior where there is one."""
    scenario, evidence = study.scenario, list(study.evidence)
    if isinstance(scenario, ScenarioMixture):
        left = scenario.within(cell.parameter, cell.low, cell.high)
        return (scenario, [*evidence, cell]) if left is None else (left, evidence)
    repeated = {name for name, *_ in Plan(scenario, 0).axes.repeats}  # drawn more than once
    law = within(scenario[cell.parameter].distribution, cell.low, cell.high)
    if law is None or cell.parameter in repeated or goes_with(scenario, cell.parameter):
        return scenario, [*evidence, cell]
    return scenario.replace(**{cell.parameter: law}), evidence
