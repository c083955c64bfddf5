"""The chain of one batch: parameters, rate of appearance, coverage, what humanity would hold."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from sfc_sim._errors import InputError
from sfc_sim._typing import FloatArray
from sfc_sim.draws import REDRAWN, Arrays, Numbers, Plan, draw_parameters, uniforms
from sfc_sim.scenario import Scenario

if TYPE_CHECKING:
    from sfc_sim.expansion.coverage import Coverage

__all__ = ["FOLLOW", "check_pair", "evaluate"]


def evaluate(plan: Plan, first: int, count: int) -> Arrays:
    """Return every variable of draws `first` to `first + count`, as arrays."""
    numbers = uniforms(plan, first, count)
    found = FOLLOW[plan.scenario.appearance, plan.scenario.expansion](plan, numbers)
    for name, values in found.items():
        # A log may be minus infinity, of nothing; all else is finite.
        wrong = np.isnan(values) if "log_" in name else ~np.isfinite(values)
        if wrong.any():
            i = int(np.argwhere(wrong)[0][-1])
            world = {key: found[key][i].item() for key in plan.scenario.parameters}
            raise ArithmeticError(f"'{name}' is not a number in draw {first + i}: {world}")
    return found


def _static(plan: Plan, numbers: Numbers) -> Arrays:
    """Follow a Drake product: a number per galaxy, all of whom start now."""
    from sfc_sim.appearance.drake import log10_civilizations
    from sfc_sim.expansion.displacement import grabbed_share, log_marginal_share

    scenario, background = plan.scenario, plan.background
    parameters = draw_parameters(plan, numbers)
    logs = {
        name: parameter.distribution.log10_ppf(numbers[name, 0])
        for name, parameter in scenario.parameters.items()
        if name not in ("expanding_fraction", "expansion_speed")
    }
    log10_now = log10_civilizations(scenario, logs)
    log_number = (log10_now + np.log10(scenario.options["galaxies"])) * np.log(10.0)
    speed, fraction = parameters["expansion_speed"], parameters["expanding_fraction"]
    alone = speed**3 * plan.affectable_volume
    log_rivals = log_number + np.log(fraction * alone / background.observable_volume_now)
    rivals = np.exp(log_rivals)
    grabbed, marginal = alone * grabbed_share(rivals), alone * np.exp(log_marginal_share(rivals))
    nothing, log_none = np.ones(speed.size), np.full(speed.size, -np.inf)
    log_expanding = log_number + np.log(fraction)
    return {
        **parameters,
        "log10_civilizations_now": log10_now,
        "log_observers_like_us": log_number,
        "log_intelligent_potential": log_number,
        "log_intelligent_actual": log_number,
        "log_civilizations_potential": log_expanding,
        "log_civilizations_actual": log_expanding,
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
        "recovered_fraction": 1.0 - marginal / grabbed,
    }


def _dynamic(plan: Plan, numbers: Numbers) -> Arrays:
    """Follow a rate of appearance through the coverage of space by equal-speed fronts."""
    from sfc_sim.expansion.coverage import make_grid, tabulate

    model = plan.appearance
    background = plan.background
    parameters = model.combine(draw_parameters(plan, numbers))
    grid = make_grid(background, model.onset(parameters))
    coverage = tabulate(grid, *model.log_rate(parameters, grid.times))
    log_amount = model.log_amount(parameters)
    speed, log_fraction = parameters["expansion_speed"], np.log(parameters["expanding_fraction"])
    log_expanding = log_amount + log_fraction
    log_observers = model.log_observers(parameters, background.age)
    log_potential = log_amount + coverage.log_potential()
    log_actual = log_amount + coverage.log_actual(log_expanding, speed)
    covered = coverage.log_covered(log_expanding, speed, grid.now)
    seen = coverage.log_covered(log_expanding, np.ones(1), grid.now)
    final = coverage.log_covered(log_expanding, speed, -1)
    found = {name: parameters[name] for name in plan.scenario.parameters}
    found |= {
        "log_observers_like_us": log_amount + log_observers,
        "log_intelligent_potential": log_potential,
        "log_intelligent_actual": log_actual,
        "log_civilizations_potential": log_fraction + log_potential,
        "log_civilizations_actual": log_fraction + log_actual,
        "log_covered_now": covered,
        "log_seen_now": seen,
        "log_covered_final": final,
        "unsaturated_now": np.exp(-np.exp(covered)),
        "unseen_now": np.exp(-np.exp(seen)),
        "unsaturated_final": np.exp(-np.exp(final)),
    }
    return found | follow_claims(plan, numbers, coverage, log_expanding, log_observers, speed)


def follow_claims(
    plan: Plan,
    numbers: Numbers,
    coverage: Coverage,
    log_expanding: FloatArray,
    log_observers: FloatArray,
    speed: FloatArray,
) -> Arrays:
    """Return what humanity would hold, in the drawn world and in the redrawn ones."""
    unit_seen = coverage.log_covered(np.zeros(1), np.ones(1), coverage.grid.now)
    tilts = {
        "none": np.full(speed.size, -np.inf),
        "not-engulfed": unit_seen + 3.0 * np.log(speed),
        "nothing-visible": unit_seen,
    }
    u = [numbers[f"redrawn {name}", 0] for name in REDRAWN]
    redrawn = {name: plan.pair_priors.redraw(tilt, *u) for name, tilt in tilts.items()}
    again = {name: np.log(amount * share) for name, (amount, share, _) in redrawn.items()}
    free = np.array([log_expanding, again["none"], again["not-engulfed"]])
    grabbed_free, log_free = coverage.claims(free, speed, unseen=False)
    unseen = np.array([log_expanding, again["nothing-visible"]])
    grabbed, log_marginal = coverage.claims(unseen, speed, unseen=True)
    pairs = zip(*redrawn.values(), strict=True)
    amounts, fractions, log_shares = (np.array(column) for column in pairs)
    log_actual = np.log(amounts) + [coverage.log_actual(case, speed) for case in again.values()]
    return {
        "volume_alone": speed**3 * plan.affectable_volume,
        "volume_grabbed": grabbed[0],
        "volume_marginal": np.exp(log_marginal[0]),
        "volume_grabbed_not_engulfed": grabbed_free[0],
        "volume_marginal_not_engulfed": np.exp(log_free[0]),
        "recovered_fraction": -np.expm1(log_marginal[0] - np.log(grabbed[0])),
        "redrawn_try_once": amounts,
        "redrawn_expanding_fraction": fractions,
        "redrawn_log_observers_like_us": log_shares + log_observers,
        "redrawn_log_intelligent_actual": log_actual,
        "redrawn_log_civilizations_actual": np.log(fractions) + log_actual,
        "redrawn_volume_grabbed": np.array([*grabbed_free[1:], grabbed[1]]),
        "redrawn_volume_marginal": np.exp([*log_free[1:], log_marginal[1]]),
    }


# How each appearance model meets each expansion model.
FOLLOW = {("hard-steps", "fronts"): _dynamic, ("drake", "displacement"): _static}


def check_pair(scenario: Scenario) -> None:
    """Refuse an appearance and an expansion model that do not meet yet."""
    pair = scenario.appearance, scenario.expansion
    if pair not in FOLLOW:
        allowed = ", ".join(" with ".join(known) for known in FOLLOW)
        raise InputError(
            f"scenario '{scenario.name}' joins {' with '.join(pair)}, which do not meet"
            f" (allowed: {allowed})"
        )
