"""What is assumed: a scenario, or a mixture of these; and what is asked of either."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from typing import Any, TypeAlias

from sfc_sim._core.errors import InputError
from sfc_sim.scenario.catalogue import ScenarioLike, scenario_of
from sfc_sim.scenario.derived import differences
from sfc_sim.scenario.mixture import KEY, Assumed, ScenarioMixture, checked_mixed, mixed
from sfc_sim.scenario.premise import premises_of
from sfc_sim.scenario.reading import scenario_as_written
from sfc_sim.scenario.scenario import Scenario

__all__ = [
    "Assumed",
    "AssumedLike",
    "assumed_from_toml",
    "assumed_of",
    "differ",
    "parts_of",
    "single",
    "with_alternative",
]

AssumedLike: TypeAlias = ScenarioLike | ScenarioMixture | Mapping[Any, float]
"""A scenario, or scenarios with a credence in each."""


def assumed_of(scenario: AssumedLike) -> Assumed:
    """Return a scenario, or the mixture that a mapping of scenarios to credences is.

    One of credence 1 is that scenario; those of credence 0 are left out.

    Raises
    ------
    InputError
        If it is none of these, or credences are not valid.

    Examples
    --------
    >>> assumed_of({"finnveden2019": 1.0}).name
    'finnveden2019'
    """
    if isinstance(scenario, ScenarioMixture):
        return scenario
    if not isinstance(scenario, Mapping):
        return scenario_of(scenario)
    if not scenario:
        raise InputError("scenario is an empty mapping; give scenarios, each with a credence")
    parts = [scenario_of(each) for each in scenario]
    credences = checked_mixed([each.name for each in parts], tuple(scenario.values()))
    return mixed([pair for pair in zip(parts, credences, strict=True) if pair[1] > 0.0])


def parts_of(assumed: Assumed) -> tuple[Scenario, ...]:
    """Return the scenarios of a mixture, or the one scenario.

    Examples
    --------
    >>> [each.name for each in parts_of(assumed_of("finnveden2019"))]
    ['finnveden2019']
    """
    return assumed.scenarios if isinstance(assumed, ScenarioMixture) else (assumed,)


def single(assumed: Assumed, what: str) -> Scenario:
    """Return the one scenario, or say that what is asked is not defined for a mixture.

    Examples
    --------
    >>> single(assumed_of({"cook2022-balanced": 0.5, "finnveden2019": 0.5}), "a conversion")
    Traceback (most recent call last):
    ...
    sfc_sim._core.errors.InputError: a conversion is of one scenario, and this is the mixture '0...
    """
    if isinstance(assumed, Scenario):
        return assumed
    raise InputError(
        f"{what} is of one scenario, and this is the mixture '{assumed.name}'; ask it of the study"
        " of each scenario"
    )


def differ(old: Assumed, new: Assumed) -> bool:
    """Tell whether two of the same scenarios assume anything differently.

    Examples
    --------
    >>> pair = assumed_of({"cook2022-balanced": 0.5, "finnveden2019": 0.5})
    >>> differ(pair, pair.replace(delay=1.0)), differ(pair, pair)
    (True, False)
    """
    pairs = zip(parts_of(old), parts_of(new), strict=True)
    return any(differences(before, after) for before, after in pairs)


def with_alternative(assumed: Assumed, premise: str, label: str) -> Assumed:
    """Return what is assumed with an alternative of a premise, in every scenario that has it.

    Examples
    --------
    >>> pair = assumed_of({"cook2022-balanced": 0.5, "finnveden2019": 0.5})
    >>> slow = with_alternative(pair, "speed", "0.5 c").scenarios
    >>> [part["expansion_speed"].distribution for part in slow]
    [Fixed(value=0.5), Fixed(value=0.5)]
    """
    made = []
    for part in parts_of(assumed):
        known = premises_of(part)
        changes = known[premise].alternatives.get(label, {}) if premise in known else {}
        made.append(part.replace(**changes))
    if isinstance(assumed, ScenarioMixture):
        return ScenarioMixture(tuple(made), assumed.credences)
    return made[0]


def assumed_from_toml(text: str) -> Assumed:
    """Return the scenario, or the mixture, of a text that ``to_toml`` gave.

    Examples
    --------
    >>> mixture = assumed_of({"cook2022-balanced": 0.5, "finnveden2019": 0.5})
    >>> assumed_from_toml(mixture.to_toml()) == mixture
    True
    """
    if not text.startswith(f"[[{KEY}]]"):
        return scenario_as_written(text)
    held = tomllib.loads(text)[KEY]
    return ScenarioMixture(
        tuple(scenario_as_written(each["scenario"]) for each in held),
        tuple(each["credence"] for each in held),
    )
