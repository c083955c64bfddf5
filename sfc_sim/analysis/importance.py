"""Which assumption matters: Sobol' indices of what a world comes to, and shares under theories.

Two questions are answered, and they differ. How much of the spread of worlds, as the prior has
them, is due to an input alone (first order) or to it in any company (total)? And how much of the
spread of what others recover, in the worlds that a theory makes one decide for, goes with it?
"""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import Executor
from functools import partial
from typing import TYPE_CHECKING, Final, TypeAlias

import numpy as np

from sfc_sim._core.arguments import validated
from sfc_sim._core.errors import InputError
from sfc_sim._core.progress import Progress, reporting
from sfc_sim._core.random import seed_of
from sfc_sim._core.schema import existence_theories, label
from sfc_sim._core.typing import FloatArray, RandomLike
from sfc_sim._core.variables import WHICH
from sfc_sim._core.work import in_order, working
from sfc_sim.analysis.assessment import assess_again
from sfc_sim.analysis.sobol import Points, explained_share, factorial_indices, indices
from sfc_sim.decision.similarity import Similarity, as_similarity, drawn_from
from sfc_sim.decision.study import Study
from sfc_sim.inference.fronts import FRONTS
from sfc_sim.inference.observation import Observation
from sfc_sim.sampling.pipeline import Batch, followed
from sfc_sim.sampling.plan import Numbers, Plan
from sfc_sim.scenario.assumed import Assumed, parts_of
from sfc_sim.scenario.correlation import independent
from sfc_sim.scenario.mixture import ScenarioMixture

if TYPE_CHECKING:
    import xarray as xr

__all__ = ["sensitivity"]

OUTPUTS: Final = ("discount", "log_density")
Place: TypeAlias = tuple[str, int]
READINGS: Final = tuple(reversed(FRONTS.values()))


@validated()
def sensitivity(
    study: Study,
    *,
    points: int = 2048,
    confidence: float = 0.95,
    bins: int = 20,
    rng: RandomLike = None,
    executor: Executor | None = None,
    progress: Progress | None = None,
) -> xr.Dataset:
    """Return Sobol' indices and explained shares of each parameter and named choice.

    Parameters
    ----------
    study : Study
        From `sfc_sim.assess`.
    points : int, default 2048
        Base points of the design, a power of two; it takes (inputs + 2) times as many worlds.
    confidence : float, default 0.95
        Of the intervals.
    bins : int, default 20
        Of a parameter, for the shares under theories.
    rng : None, int, SeedSequence or Generator, optional
        By default the seed of the study.
    executor : concurrent.futures.Executor, optional
        Does the runs, each a task; results do not depend on it.
    progress : bool or callable, optional
        See `sfc_sim.sample`; called with (runs of the design done, runs of the design in all).

    Returns
    -------
    xarray.Dataset
        Dims (output, input): ``first_order`` and ``total`` Sobol' indices and their bounds
        ``_low``, ``_high``. Outputs: "discount", what others would recover of a world x kappa q,
        and "log_density", the log of civilizations per observable universe. Inputs: every
        parameter with spread, "similarity" if it has any, "evidence" (volumes given that nothing
        is visible, or that no front is here). Dims (theory, parameter): ``explained_share``, of
        the variance of the recovered fraction under the weights of a decision of each theory, and
        ``explained_noise``, what an input that does not matter would get. Dim ``choice``:
        ``choice_first_order``, ``choice_total``: shares of the variance of the discount over
        theories (by credence, else evenly) and evidence readings (evenly).

    Raises
    ------
    InputError
        If points is not a power of two, the scenario has no expansion, or some of its parameters
        go together.

    Notes
    -----
    Inputs are independent in the prior, as Sobol' indices require; estimators of Saltelli et al.
    (2010), intervals by resampling the points. A parameter with several components (step times) is
    one input. Anthropic theories weigh worlds and change none, so that they have no place among
    these inputs; they are among the choices. What is kept of resources that others recover later
    (kappa) is the mean of the report's theories in all of them. Successors on Earth (causes of
    extinction) shift and scale every discount alike, which moves no index; what is uncertain of
    them is an input of
    `sfc_sim.analysis.tornado`.

    Examples
    --------
    >>> import sfc_sim as sfc
    >>> study = sfc.assess("cook2022-balanced", 2000, rng=7, theories=["prior"])
    >>> found = sensitivity(study, points=64)
    >>> "expansion_speed" in found.input.values
    True
    """
    import xarray as xr

    weights, scenario, report = study.weights, study.scenario, study.report
    if "volumes" not in scenario.gives:
        raise InputError(f"scenario '{scenario.name}' has no volumes that civilizations take")
    for part in parts_of(scenario):
        independent(part, part.parameters, "a Sobol' index", "see sfc_sim.analysis.tornado instead")
    plans = [Plan(part, study.seed) for part in parts_of(scenario)]
    dimensions = list(dict.fromkeys(place for plan in plans for place in plan.dimensions))
    inputs = [*varied(study), "evidence"]
    model = as_similarity(study.similarity)
    if not (hasattr(model, "distribution") and np.ptp(model.distribution.ppf([0.01, 0.99])) == 0.0):
        inputs.insert(-1, "similarity")
    kept = float(report["retention"].mean())
    places = {name: [p for p in dimensions if p[0] == name] for name in inputs}
    columns = [place for name in inputs for place in (places[name] or [(name, 0)])]
    groups = [[k for k, place in enumerate(columns) if place[0] == name] for name in inputs]

    seed = study.seed if rng is None else seed_of(rng)
    follow = partial(_followed, (scenario, plans, model, kept), dimensions, columns)
    with working(executor=executor), reporting(progress, "varying inputs") as told:
        found = indices(follow, groups, points, confidence=confidence, seed=seed, progress=told)
        first, total = _choices(study)
    table = {name: (("output", "input"), values) for name, values in found.items()}
    parameters = study.inputs
    shares = np.array(
        [
            [explained_share(*_spread(study, theory, name), bins) for name in parameters]
            for theory in study.names
        ]
    ).reshape(weights.sizes["theory"], len(parameters), 2)  # fmt: skip
    return label(
        xr.Dataset(
            table
            | {
                "explained_share": (("theory", "parameter"), shares[:, :, 0]),
                "explained_noise": (("theory", "parameter"), shares[:, :, 1]),
                "ess": ("theory", weights["ess"].values),
                "choice_first_order": ("choice", first),
                "choice_total": ("choice", total),
            },
            coords={
                "output": list(OUTPUTS),
                "input": inputs,
                "theory": weights["theory"].values,
                "parameter": parameters,
                "choice": ["theory", "evidence"],
            },
            attrs=report.attrs
            | {
                "points": str(points),
                "confidence": str(confidence),
                "sensitivity_seed": str(seed),
            },
        )
    )


def varied(study: Study) -> list[str]:
    """Return the inputs with spread; of a mixture those of any of its scenarios.

    Examples
    --------
    >>> import sfc_sim as sfc
    >>> varied(sfc.assess("finnveden2019", 100, rng=7, theories=["prior"], evidence="none"))[:1]
    ['abiogenesis']
    """
    if not isinstance(study.scenario, ScenarioMixture):
        return study.inputs
    every = {
        name: None
        for part in study.scenario.scenarios
        for name, one in part.parameters.items()
        if np.ptp(one.distribution.support) > 0.0
    }
    return [WHICH, *every]


def _followed(
    what: tuple[Assumed, Sequence[Plan], Similarity, float],
    dimensions: Sequence[Place],
    columns: Sequence[Place],
    u: Points,
) -> FloatArray:
    """Return the outcomes of points of the design; what is not varied is at its median."""
    scenario, plans, model, kept = what
    numbers = {place: np.full(u.shape[1], 0.5) for place in dimensions}
    numbers |= {place: np.ascontiguousarray(u[k]) for k, place in enumerate(columns)}
    return _mixed(scenario, plans, numbers, model, kept)


def _mixed(
    scenario: Assumed, plans: Sequence[Plan], numbers: Numbers, model: Similarity, kept: float
) -> FloatArray:
    """Return the outcomes; in a mixture each point is of the scenario that its number stands for.

    A parameter of several scenarios has one number: it is one input.
    """
    if len(plans) == 1:
        return _outcomes(plans[0], numbers, model, kept)
    which = scenario[WHICH].distribution.ppf(numbers[WHICH, 0]).astype(int)
    found = np.empty((len(OUTPUTS), which.size))
    for k, plan in enumerate(plans):
        inside = which == k
        if inside.any():
            own = {place: values[inside] for place, values in numbers.items()}
            found[:, inside] = _outcomes(plan, own, model, kept)
    return found


def _outcomes(plan: Plan, numbers: Numbers, model: Similarity, kept: float) -> FloatArray:
    """Return discount and log density of worlds, shape (2, point)."""
    many = next(iter(numbers.values())).size
    found = followed(Batch(plan, numbers), many)
    if "volume_grabbed" not in found:
        raise InputError(f"scenario '{plan.scenario.name}' has no volumes that civilizations take")
    free = numbers.get(("evidence", 0), np.zeros(many)) >= 0.5
    seen, met = 1.0 - found["volume_marginal"] / found["volume_grabbed"]
    fraction = np.where(free, met, seen)
    u = numbers.get(("similarity", 0), np.full(many, 0.5))
    q = drawn_from(model, u, found)
    # A density may be 0, of log minus infinity; below 1e-300 all are as good as nobody.
    density = np.maximum(found["log_civilizations_actual"], -690.0)
    return np.array([fraction * kept * q, density / np.log(10.0)])


def _spread(study: Study, theory: str, name: str) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Return a parameter, the recovered fraction, and the weight by stakes of a theory's worlds."""
    world = study.world(theory)
    return world[name], world.recovered, world.stakes


def _choices(study: Study) -> tuple[FloatArray, FloatArray]:
    """Return the indices of theory and evidence for the discount of the study."""
    names = existence_theories(study.report)
    credences, study = study.credences or {}, study.only(*names)
    belief = np.array([credences.get(name, 0.0) for name in names])
    if not belief.sum():
        belief = np.full(len(names), 1.0 / len(names))
    own = () if study.front in READINGS else (study.front,)
    readings = (*READINGS, *own)
    other = [(reading, *study.observed) for reading in readings if reading != study.front]
    found = in_order(
        _discount_given, study.without_draws(), [(evidence,) for evidence in other],
        words="the run given {}".format, long=True,
    )  # fmt: skip
    runs = iter(found)
    same = study.report["extinction_discount"].values
    table = np.array([same if each == study.front else next(runs) for each in readings]).T
    # Theories that give no discount have no part in it.
    live = (belief > 0.0) & np.isfinite(table).all(axis=1)
    belief = belief[live] / belief[live].sum()
    return factorial_indices(table[live], [belief, np.full(len(readings), 1 / len(readings))])


def _discount_given(study: Study, evidence: tuple[Observation, ...]) -> FloatArray:
    """Return the discounts of the study with other evidence."""
    again = assess_again(study, study.scenario, evidence=evidence)
    return np.asarray(again.report["extinction_discount"].values)
