"""The chain of one batch: parameters, rate of appearance, coverage, what humanity would hold."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from sfc_sim._errors import InputError
from sfc_sim._typing import FloatArray
from sfc_sim.draws import Arrays, Numbers, Plan, draw_parameters, drawn, is_dated, uniforms
from sfc_sim.proposal import Placed
from sfc_sim.scenario import Scenario

if TYPE_CHECKING:
    from sfc_sim.appearance import DrawnAppearance
    from sfc_sim.cosmology import Background
    from sfc_sim.expansion.coverage import Coverage

__all__ = ["FOLLOW", "check_pair", "evaluate"]


def evaluate(plan: Plan, first: int, count: int) -> Arrays:
    """Return every variable of draws `first` to `first + count`, as arrays."""
    return follow(plan, first, count)[0]


def follow(plan: Plan, first: int, count: int) -> tuple[Arrays, Placed | None]:
    """Return every variable, and where a proposal has placed the draws."""
    numbers = uniforms(plan, first, count)
    placed = None if plan.proposal is None else plan.proposal.place(numbers, plan.scenario)
    found = FOLLOW[plan.scenario.expansion](plan, placed.numbers if placed else numbers, placed)
    if placed is not None:
        found["log_prior_over_proposal"] = placed.log_ratio()
    for name, values in found.items():
        # A log may be minus infinity, of nothing; all else is finite.
        logged = "log_" in name or "log10_" in name
        wrong = np.isnan(values) if logged else ~np.isfinite(values)
        if wrong.any():
            i = int(np.argwhere(wrong)[0][-1])
            world = {key: found[key][i].item() for key in plan.scenario.parameters}
            raise ArithmeticError(f"'{name}' is not a number in draw {first + i}: {world}")
    return found, placed


def _displaced(plan: Plan, numbers: Numbers, _: Placed | None) -> Arrays:
    """Follow a number of civilizations, all of whom start now."""
    from sfc_sim.expansion.displacement import (
        grabbed_share,
        log_marginal_share,
        recovered_by_displacement,
    )

    scenario, background = plan.scenario, plan.background
    parameters = draw_parameters(plan, numbers)
    log_number, found = NUMBER.get(scenario.appearance, _ever)(plan, numbers, parameters)
    found = {name: parameters[name] for name in scenario.parameters if name in parameters} | found
    if log_number is None:
        return found
    speed, fraction = parameters["expansion_speed"], parameters["expanding_fraction"]
    alone = speed**3 * plan.affectable_volume
    log_rivals = log_number + np.log(fraction * alone / background.observable_volume_now)
    rivals = np.exp(log_rivals)
    grabbed, marginal = alone * grabbed_share(rivals), alone * np.exp(log_marginal_share(rivals))
    nothing, log_none = np.ones(speed.size), np.full(speed.size, -np.inf)
    log_expanding = log_number + np.log(fraction)
    if scenario.options.get("counts") == "now":
        log10_galaxies = np.log10(scenario.options["galaxies"])
        found["log10_civilizations_now"] = log_number / np.log(10.0) - log10_galaxies
    return {
        **found,
        "log_observers_like_us": log_number,
        "log_intelligent_potential": log_number,
        "log_intelligent_actual": log_number,
        "log_civilizations_potential": log_expanding,
        "log_civilizations_actual": log_expanding,
        "log_civilizations_now": log_expanding,
        "log_covered_now": log_none,
        "log_seen_now": log_none,
        "log_covered_final": log_rivals,
        "unsaturated_now": nothing,
        "unseen_now": nothing,
        "unsaturated_final": np.exp(-rivals),
        "volume_alone": alone,
        "volume_grabbed": grabbed,
        "volume_marginal": marginal,
        "volume_grabbed_not_engulfed": grabbed,
        "volume_marginal_not_engulfed": marginal,
        "recovered_fraction": recovered_by_displacement(rivals),
    }


def _product(plan: Plan, numbers: Numbers, _: Arrays) -> tuple[FloatArray | None, Arrays]:
    """Return the log number per volume of a Drake product."""
    from sfc_sim.appearance.drake import factors_of, log10_civilizations

    scenario = plan.scenario
    logs = {
        name: distribution.log10_ppf(numbers[name, 0])
        for name, (distribution, _) in factors_of(scenario).items()
    }
    per_planet = scenario.options["counts"] == "planet"
    many = scenario.options["planets_per_universe" if per_planet else "galaxies"]
    per_volume = log10_civilizations(scenario, logs) + np.log10(many)
    return np.asarray(per_volume * np.log(10.0)), {}


def _on_earths(plan: Plan, _: Numbers, parameters: Arrays) -> tuple[FloatArray | None, Arrays]:
    """Return the log number per volume on planets like Earth; None of a history of life alone."""
    from sfc_sim.appearance.earth_history import follow

    found, options = follow(plan.scenario, parameters), plan.scenario.options
    if options["reaches"] == "life":
        return None, found
    return found["log_success"] + np.log(options["planets_per_universe"]), found


def _ever(plan: Plan, _: Numbers, parameters: Arrays) -> tuple[FloatArray | None, Arrays]:
    """Return the log number per volume that ever appear, of a model with dates."""
    model = plan.appearance
    combined = model.combine(parameters)
    coverage = tables_of(model, combined, plan.background)
    own = {name: combined[name] for name in plan.scenario.parameters}
    return model.log_amount(combined) + coverage.log_potential(), own


# How a number is had from each model without dates; from one with dates, all that ever appear.
NUMBER = {"drake": _product, "earth-history": _on_earths}


def _reached(plan: Plan, numbers: Numbers, _: Placed | None) -> Arrays:
    """Follow probes of humanity alone."""
    from sfc_sim.expansion.reach import reach_outcomes

    parameters = draw_parameters(plan, numbers)
    return parameters | reach_outcomes(plan.background, parameters, plan.scenario.options)


def _spreading(plan: Plan, numbers: Numbers, placed: Placed | None) -> Arrays:
    """Follow a rate of appearance through the coverage of space by equal-speed fronts."""
    model = plan.appearance
    background = plan.background
    parameters = model.combine(draw_parameters(plan, numbers))
    coverage = tables_of(model, parameters, background)
    grid = coverage.grid
    if placed is not None and plan.axes.amount:
        placed.draw_amount(log_lit(plan, coverage, parameters), plan.tilts)
        name, amounts = drawn(plan, plan.axes.amount, placed.numbers)
        parameters[name] = amounts
    log_amount = model.log_amount(parameters)
    speed, log_fraction = parameters["expansion_speed"], np.log(parameters["expanding_fraction"])
    log_expanding = log_amount + log_fraction
    log_potential = log_amount + coverage.log_potential()
    # Nobody is like us where nobody appears by now: a law may be cut where its density is not 0.
    nobody = coverage.log_potential(by_now=True) == -np.inf
    log_observers = np.where(nobody, -np.inf, model.log_observers(parameters, background.age))
    log_actual = log_amount + coverage.log_actual(log_expanding, speed)
    log_now = log_amount + coverage.log_actual(log_expanding, speed, by_now=True)
    covered = coverage.log_covered(log_expanding, speed, grid.now)
    seen = coverage.log_covered(log_expanding, np.ones(1), grid.now)
    final = coverage.log_covered(log_expanding, speed, -1)
    found = {name: parameters[name] for name in plan.scenario.parameters}
    # A model that our own rank pins is self-sampling already: others are relative to that.
    given = plan.scenario.models[0].given
    log_alike = log_actual if given else log_amount + log_observers
    found |= {
        "log10_civilizations_now": _here_now(plan, numbers, coverage, log_amount),
        "log_observers_like_us": log_alike,
        "log_intelligent_potential": log_potential,
        "log_intelligent_actual": log_actual,
        "log_civilizations_potential": log_fraction + log_potential,
        "log_civilizations_actual": log_fraction + log_actual,
        "log_civilizations_now": log_fraction + log_now,
        "log_covered_now": covered,
        "log_seen_now": seen,
        "log_covered_final": final,
        "unsaturated_now": np.exp(-np.exp(covered)),
        "unseen_now": np.exp(-np.exp(seen)),
        "unsaturated_final": np.exp(-np.exp(final)),
    }
    return found | follow_claims(plan, coverage, log_expanding, speed)


def log_lit(plan: Plan, coverage: Coverage, parameters: Arrays) -> FloatArray:
    """Return the log of what a unit amount covers now, of what the evidence is about."""
    at_light = plan.proposal is None or plan.proposal.front != "not-engulfed"
    speed = np.ones(1) if at_light else parameters["expansion_speed"]
    covered = coverage.log_covered(np.zeros(1), speed, coverage.grid.now)
    others = plan.appearance.log_others(parameters)
    return np.asarray(covered + others + np.log(parameters["expanding_fraction"]))


def _here_now(
    plan: Plan, numbers: Numbers, coverage: Coverage, log_amount: FloatArray
) -> FloatArray:
    """Return log10 of the civilizations per galaxy now, where no front has come.

    Alive, if the estimate says for how long they stay; else born by now.
    """
    options = plan.scenario.options
    log_galaxies = np.log(options["galaxies"])
    if options.get("counts") == "now":
        log_number = _product(plan, numbers, {})[0]
    else:
        log_number = log_amount + coverage.log_potential(by_now=True)
    return np.asarray((log_number - log_galaxies) / np.log(10.0))


def tables_of(model: DrawnAppearance, parameters: Arrays, background: Background) -> Coverage:
    """Return the tables of coverage of a batch: a single one where draws differ in amount alone."""
    from sfc_sim.expansion.coverage import make_grid, tabulate

    if all(np.ptp(parameters[name]) == 0.0 for name in model.shaping):
        parameters = {name: values[:1] for name, values in parameters.items()}
    # What begins after today begins on the grid too: its rate is nothing until it does.
    onset = np.minimum(model.onset(parameters), 0.9 * background.age)
    grid = make_grid(background, onset)
    return tabulate(grid, *model.log_rate(parameters, grid.times))


def follow_claims(
    plan: Plan, coverage: Coverage, log_expanding: FloatArray, speed: FloatArray
) -> Arrays:
    """Return what humanity would hold, not engulfed so far, and with nothing visible."""
    grabbed_free, log_free, _ = coverage.claims(log_expanding, speed, unseen=False)
    grabbed, log_marginal, recovered = coverage.claims(log_expanding, speed, unseen=True)
    return {
        "volume_alone": speed**3 * plan.affectable_volume,
        "volume_grabbed": grabbed,
        "volume_marginal": np.exp(log_marginal),
        "volume_grabbed_not_engulfed": grabbed_free,
        "volume_marginal_not_engulfed": np.exp(log_free),
        "recovered_fraction": recovered,
    }


# How each expansion model follows what appears.
FOLLOW = {"fronts": _spreading, "displacement": _displaced, "reach": _reached}


def check_pair(scenario: Scenario) -> None:
    """Refuse an appearance and an expansion model that do not meet, with the reason."""
    pair = scenario.appearance, scenario.expansion
    alone = scenario.appearance == "none"
    why = ""
    if alone != (scenario.expansion == "reach"):
        why = "reach is of humanity alone, and only that goes without others"
    elif scenario.expansion == "fronts" and not is_dated(scenario):
        why = "fronts need dates of appearance, of which it has none; take displacement"
    if why:
        raise InputError(f"scenario '{scenario.name}' joins {' with '.join(pair)}: {why}")
    if scenario.expansion == "fronts":
        _ = Plan(scenario, 0).appearance  # made now, so that its errors come before any draw
