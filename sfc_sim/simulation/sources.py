"""One world: the parameters of a draw, or of a scenario's medians, and its table of births."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, TypeAlias, cast, final

import numpy as np

from sfc_sim._core.credences import mixture_named
from sfc_sim._core.errors import InputError, shown, whole_number
from sfc_sim._core.schema import require, scenario_words
from sfc_sim._core.typing import FloatArray
from sfc_sim._core.variables import WHICH
from sfc_sim.appearance.base import Rate
from sfc_sim.appearance.power_law import PowerLawAppearance
from sfc_sim.cosmology.background import Background, PowerLaw
from sfc_sim.expansion.coverage import tabulate
from sfc_sim.expansion.grid import grid_of
from sfc_sim.expansion.power_law_universe import PowerLawUniverse
from sfc_sim.expansion.quiet import visible_fraction
from sfc_sim.sampling.adaptation import proposal_in
from sfc_sim.sampling.pipeline import Batch
from sfc_sim.sampling.plan import Arrays, Design, Plan, draw_parameters, uniforms
from sfc_sim.scenario.assumed import parts_of
from sfc_sim.scenario.catalogue import list_scenarios, scenario_of
from sfc_sim.scenario.mixture import ScenarioMixture
from sfc_sim.scenario.origin import origin_of
from sfc_sim.scenario.reading import load_scenario
from sfc_sim.scenario.scenario import Scenario
from sfc_sim.simulation.spacetime import Fronts
from sfc_sim.simulation.timetable import Timetable, power_law_births, tabulated_births

if TYPE_CHECKING:
    import xarray as xr

__all__ = ["Cause", "Source", "births_of", "cause_of", "dynamic", "scenario_cause", "world_of"]

Source: TypeAlias = "Rate | Scenario | str | xr.Dataset"


def world_of(
    scenario_or_draw: Scenario | str | xr.Dataset, draw: int | None = None, seed: int = 0
) -> tuple[Plan, Arrays]:
    """Return the plan and the parameters, shape (1,), of the one world that is named.

    Parameters
    ----------
    scenario_or_draw : Scenario, str or xarray.Dataset
        A scenario, its name or file; or draws of `sfc_sim.sample`.
    draw : int, optional
        Which draw: of the scenario under `seed`, or of the draws by its index. By default the
        medians of the scenario, or the only draw there is.
    seed : int, default 0
        Of the draw of a scenario.

    Raises
    ------
    InputError
        If the scenario has no dates, or it is not clear which draw is meant.

    Examples
    --------
    >>> plan, parameters = world_of("cook2022-balanced", draw=17, seed=1)
    >>> parameters["expansion_speed"].shape
    (1,)
    """
    _one_world(scenario_or_draw)
    if draw is not None:
        draw = whole_number(draw, "draw", 0)
    if isinstance(scenario_or_draw, (Scenario, str)):
        plan = Plan(dynamic(scenario_of(scenario_or_draw)), seed)
        if draw is not None:
            return plan, draw_parameters(plan, plan.copula.linked(uniforms(plan, draw, 1)))
        return plan, draw_parameters(plan, {place: np.full(1, 0.5) for place in plan.dimensions})
    return drawn(one_draw(scenario_or_draw, draw))


def _one_world(source: object) -> None:
    """Refuse a mixture or a study, which are many worlds, and say how to take one."""
    several = mixture_named(source)
    if several or type(source).__name__ == "Study":
        what = f"the mixture {several}" if several else shown(source)
        study = "sfc_sim.assess takes it" if several else "it has draws"
        raise InputError(
            f"one world is simulated, and this is {what}; {study}, and one draw of the study is a"
            " world: study.draws.isel(draw=[3])"
        )


def one_draw(draws: xr.Dataset, draw: int | None) -> xr.Dataset:
    """Return the draw of that index, or the only one."""
    require(draws, ["log_seen_now", "recovered_fraction"], "sample")
    index = np.atleast_1d(draws["draw"].values)
    if draw is None:
        if index.size != 1:
            raise InputError(f"{index.size} draws given; choose one, as in draws.isel(draw=17)")
        return draws
    if draw not in index:
        raise InputError(f"draw is {draw}; these draws have {index[0]} to {index[-1]}")
    return draws.sel(draw=[draw])


def drawn(draw: xr.Dataset) -> tuple[Plan, Arrays]:
    """Return the plan and the parameters of a draw."""
    for part in parts_of(origin_of(draw).scenario):
        dynamic(part)
    return parameters_of(draw, np.zeros(1, dtype=int))


def parameters_of(draws: xr.Dataset, places: np.ndarray) -> tuple[Plan, Arrays]:
    """Return the plan and the parameters of some of the draws, with every step time.

    A draw keeps only the mean of its step times; the rest is a function of seed, index and
    proposal.

    Parameters
    ----------
    draws : xarray.Dataset
        From `sfc_sim.sample`.
    places : ndarray of int
        Which, by their place in the Dataset.
    """
    origin = origin_of(draws)
    if isinstance(origin.scenario, ScenarioMixture):
        return parameters_in_mixture(draws, places)
    scenario = origin.scenario
    plan = Plan(scenario, origin.seed, cast("Design", origin.text("design")))
    known = {name: np.atleast_1d(draws[name].values)[places] for name in scenario.parameters}
    if not plan.repeats:
        return plan, known
    plan = replace(plan, proposal=proposal_in(origin.attrs))
    own = numbers_of(plan, np.atleast_1d(draws["draw"].values)[places])
    if plan.proposal is not None:
        own = plan.proposal.place(own, scenario).numbers
    made = draw_parameters(plan, plan.copula.linked(own))
    return plan, known | {name: made[name] for name in made.keys() - known.keys()}


def numbers_of(plan: Plan, wanted: np.ndarray) -> dict[tuple[str, int], FloatArray]:
    """Return the uniform numbers of draws by their indices.

    Examples
    --------
    >>> plan = Plan(load_scenario("finnveden2019"), 7)
    >>> numbers_of(plan, np.array([5, 2]))["abiogenesis", 0].shape
    (2,)
    """
    first = int(wanted.min())
    numbers = uniforms(plan, first, int(wanted.max()) - first + 1)
    return {place: values[wanted - first] for place, values in numbers.items()}


def parameters_in_mixture(draws: xr.Dataset, places: np.ndarray) -> tuple[Plan, Arrays]:
    """Return the plan and the parameters of draws of a mixture that are of one scenario.

    The draws keep the parameters that all scenarios have; the others are drawn again.
    """
    origin = origin_of(draws)
    which = np.unique(np.atleast_1d(draws[WHICH].values)[places]).astype(int)
    if which.size != 1:
        raise InputError("these draws of a mixture are of several scenarios; take those of one")
    part = parts_of(origin.scenario)[which[0]]
    words = origin.listed("proposals")
    attrs = scenario_words(part) | (words[which[0]] if words else {})
    plan = Plan(part, origin.seed, proposal=proposal_in(attrs))
    numbers = numbers_of(plan, np.atleast_1d(draws["draw"].values)[places])
    placed = None if plan.proposal is None else plan.proposal.place(numbers, part)
    batch = Batch(plan, placed.numbers if placed else numbers, placed)
    # The amount is drawn once all else is followed.
    followed = part.expansion.follow(batch)
    return plan, draw_parameters(plan, batch.numbers) | {
        name: followed[name] for name in part.parameters
    }


def dynamic(scenario: Scenario) -> Scenario:
    """Return the scenario if it has dates, else say that it has none, and which have."""
    if "fronts" not in scenario.gives:
        names = [row.name for row in list_scenarios()]
        known = [name for name in names if "fronts" in load_scenario(name).gives]
        raise InputError(
            f"scenario '{scenario.name}' has no dates of appearance (it gives a "
            f"number only); scenarios with dates: {', '.join(known)}"
        )
    return scenario


def births_of(
    appearance: Rate,
    parameters: Arrays,
    background: Background,
    log_fraction: FloatArray | None = None,
) -> Timetable | None:
    """Return the births of an appearance model in a universe; None if nobody is ever born.

    Parameters
    ----------
    appearance : Rate
        A model with dates.
    parameters : dict of str to ndarray, shape (1,)
        Of the one world; empty for models that hold their own.
    background : Background
        The universe.
    log_fraction : ndarray, shape (1,), optional
        ln of the share of the born that are counted; by default all are.

    Returns
    -------
    Timetable or None

    Examples
    --------
    >>> planck = Background.named("Planck18")
    >>> births = births_of(PowerLawAppearance(n=6, abundance=1e4), {}, planck)
    >>> today = np.interp(planck.conformal_time(planck.age), births.conformal, births.log_births)
    >>> round(float(np.exp(today) * planck.observable_volume_now))            # at 13.787 Gyr
    10000
    """
    log_fraction = np.zeros(1) if log_fraction is None else log_fraction
    if isinstance(appearance, PowerLawAppearance) and isinstance(background, PowerLaw):
        abundance = float(np.exp(appearance.log_amount({}) + log_fraction)[0])
        return power_law_births(appearance.n, abundance, background, date=appearance.date)
    grid = grid_of(appearance, parameters, background, refine=24)
    coverage = tabulate(grid, *appearance.log_rate(parameters, grid.times))
    log_counted = appearance.log_amount(parameters) + log_fraction
    # Fewer than e^-600 per Gly^3 are nobody in any box.
    if coverage.log_strength(log_counted)[0] + coverage.log_potential()[0] < -600.0:
        return None
    if isinstance(background, PowerLaw) and coverage.log_later[0] > -np.inf:
        raise InputError(
            f"births go on after {grid.times[0, -1]:g} Gyr, the last date of the table, which a "
            "power-law background does not allow; take one with a cosmological constant"
        )
    return tabulated_births(coverage, float(log_counted[0]))


@final
@dataclass(frozen=True)
class Cause:
    """What makes civilizations in a universe, whatever the source was."""

    appearance: Rate
    parameters: Arrays
    background: Background
    log_fraction: FloatArray
    speed: float | None
    attrs: dict[str, str]
    visible: float = 1.0

    def dated(self, fronts: Fronts) -> Cause:
        """Return the cause with an abundance: for a power law of none, the one that fits us."""
        free, universe = self.appearance, self.background
        if not (isinstance(free, PowerLawAppearance) and free.abundance is None):
            return self
        if not isinstance(universe, PowerLaw):
            raise InputError(
                f"abundance of a power law was not chosen, and in {universe.name} nothing pins it;"
                " pass abundance=..., or leave out background: in a universe of matter alone the"
                " median civilization that sees nobody is born today"
            )
        closed = PowerLawUniverse(free.n, fronts.equivalent, universe.exponent)
        model = PowerLawAppearance(float(free.n), closed.abundance, universe.age)
        attrs = self.attrs | {"appearance": repr(model), "dated_power": repr(model.n)}
        return replace(self, appearance=model, attrs=attrs)

    def births(self, share: float = 1.0) -> Timetable | None:
        """Return the table of a share of births; None if nobody is ever born."""
        log_fraction = self.log_fraction + np.log(share)
        return births_of(self.appearance, self.parameters, self.background, log_fraction)


def scenario_cause(source: Scenario | str | xr.Dataset, draw: int | None, seed: int) -> Cause:
    """Return the cause of civilizations in one world of a scenario; see `world_of`."""
    plan, parameters = world_of(source, draw, seed)
    attrs = scenario_words(plan.scenario)
    if draw is not None:
        attrs["draw"] = str(draw)
    with np.errstate(divide="ignore"):
        log_fraction = np.log(parameters["expanding_fraction"])
    return Cause(
        plan.dated,
        plan.dated.combine(parameters),
        plan.background,
        log_fraction,
        float(parameters["expansion_speed"][0]),
        attrs,
        float(visible_fraction(parameters)[0]),
    )


def cause_of(
    source: Source, draw: int | None, seed: int, background: Background | str | None
) -> Cause:
    """Return the cause of civilizations, from any of the sources."""
    import xarray as xr

    if isinstance(source, (Scenario, str, xr.Dataset)):
        if background is not None:
            raise InputError(
                "background cannot be passed with a scenario; change the cosmology of the scenario"
            )
        return scenario_cause(source, draw, seed)
    _one_world(source)
    if isinstance(source, type) or not hasattr(source, "log_rate"):
        raise InputError(
            f"source is {shown(source)}; it must be a scenario, draws of sfc_sim.sample, or an "
            "appearance model such as sfc_sim.appearance.PowerLawAppearance(n=6)"
        )
    if draw is not None:
        raise InputError("draw is for scenarios and draws only; an appearance model has no draws")
    universe = background
    if universe is None:
        universe = Background.power_law(2.0 / 3.0)
    elif isinstance(universe, str):
        universe = Background.named(universe)
    elif not isinstance(universe, Background):
        raise InputError(f"background is {shown(universe)}; it must be a Background or its name")
    attrs = {"appearance": repr(source), "cosmology": universe.name}
    if isinstance(universe, PowerLaw):
        attrs["cosmology_exponent"] = repr(universe.exponent)
        attrs["cosmology_age"] = repr(universe.age)
    return Cause(source, {}, universe, np.zeros(1), None, attrs)
