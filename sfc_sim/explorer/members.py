"""Which scenarios the draws of a page are of, so that it can answer for all of their priors.

Scenarios are of one family if the same follows from the same parameters: models, options, universe
and parameters are the same, and only the laws differ. To those of the catalogue wider ones are
added, whose laws span those of all, and in which what is dated but contested varies.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final, final

from sfc_sim._core.errors import InputError
from sfc_sim.distributions import Distribution, Fixed, LogUniform, Uniform, UniformInteger
from sfc_sim.scenario.catalogue import ScenarioLike, scenario_of, why_not_run
from sfc_sim.scenario.files import catalogue_files
from sfc_sim.scenario.mixture import why_not_mixed
from sfc_sim.scenario.parameter import Parameter
from sfc_sim.scenario.premise import premises_of
from sfc_sim.scenario.scenario import Scenario

__all__ = ["KINDS", "Family", "family_of", "parameter_is_whole"]

KINDS: Final = (
    "fixed", "uniform", "log-uniform", "inverse-uniform", "normal", "log-normal", "log-normal-10",
    "truncated-log-normal", "power-of-ten", "exponential", "uniform-integer", "truncated-geometric",
    "discrete",
)  # fmt: skip
"""The laws that a page can evaluate."""

DRAWN_BY: Final = ("step_times",)
"""Options that say how parameters are drawn, not what follows from them."""

OWN_SHARE, OTHER_SHARE = 2.0, 1.0
DECADE: Final = 10.0
TAIL: Final = 1e-3


@final
@dataclass(frozen=True)
class Family:
    """Scenarios of one family, and those that draws are made of.

    Attributes
    ----------
    presets : tuple of Scenario
        The one that was asked for, and those of the catalogue that share its worlds.
    members : tuple of Scenario
        Those that draws are made of: presets whose priors differ, and wider ones.
    shares : tuple of float
        Of the draws, for each member; they sum to 1.
    """

    presets: tuple[Scenario, ...]
    members: tuple[Scenario, ...]
    shares: tuple[float, ...]

    @property
    def asked(self) -> Scenario:
        """The scenario that was asked for."""
        return self.presets[0]


def family_of(scenario: ScenarioLike) -> Family:
    """Return the family of a scenario.

    Raises
    ------
    InputError
        If draws of it cannot be weighed by other priors.

    Examples
    --------
    >>> family = family_of("cook2022-balanced")
    >>> [each.name for each in family.presets][:3], len(family.members)
    (['cook2022-balanced', 'cook2022-bearish', 'cook2022-bullish'], 10)
    """
    asked = scenario_of(scenario)
    if reason := why_not(asked):
        raise InputError(reason)
    presets = [asked]
    for name in catalogue_files():
        other = scenario_of(name)
        if other.name != asked.name and not why_not(other) and alike(asked, other):
            presets.append(other)
    members = list({prior_of(each): each for each in reversed(presets)}.values())[::-1]
    wide = spanning(members)
    members.append(wide)
    own = [asked]
    if freed := dated(asked):
        own.append(asked.replace(**freed))
        members += [own[1], wide.replace(**freed)]
    known = [prior_of(each) for each in own]
    shares = [OWN_SHARE if prior_of(each) in known else OTHER_SHARE for each in members]
    total = sum(shares)
    return Family(tuple(presets), tuple(members), tuple(share / total for share in shares))


def why_not(scenario: Scenario) -> str:
    """Return why draws of a scenario cannot be weighed by other priors, or nothing."""
    told = f"scenario '{scenario.name}' cannot be explored"
    if "fronts" not in scenario.gives:
        return why_not_run(scenario) or f"{told}: it has no dates; take one with dates"
    if reason := why_not_mixed(scenario):
        return reason
    if scenario.correlations:
        return f"{told}: its parameters go together, and a page weighs each by a prior of its own"
    if "engulfed_observers" in scenario.parameters:
        return f"{told}: it has engulfed_observers; leave it out, and set it on the page"
    if scenario.appearance.repeated and scenario.options.get("completion", "gamma") != "gamma":
        return f"{told}: more follows from its steps than from their mean; set completion to gamma"
    for name, parameter in scenario.parameters.items():
        kind = getattr(parameter.distribution, "kind", "one of your own")
        known = ("log-uniform", "log-normal") if name in scenario.appearance.repeated else KINDS
        if kind not in known:
            return f"{told}: the law of {name} is {kind}; a page knows {', '.join(known)}"
    return ""


def alike(one: Scenario, other: Scenario) -> bool:
    """Tell whether the same follows from the same parameters."""

    def worlds(scenario: Scenario) -> tuple[Any, ...]:
        options = {k: v for k, v in scenario.options.items() if k not in DRAWN_BY}
        units = [(name, each.unit) for name, each in scenario.parameters.items()]
        kinds = [type(model) for model in scenario.models]
        return kinds, options, units, scenario.cosmology

    return worlds(one) == worlds(other)


def prior_of(scenario: Scenario) -> tuple[Any, ...]:
    """Return what the prior of a scenario hangs on."""
    laws = tuple((name, each.distribution) for name, each in scenario.parameters.items())
    return (*laws, tuple(scenario.appearance.repeated.items()))


def parameter_is_whole(laws: Sequence[Distribution]) -> bool:
    """Tell whether a parameter of such laws is a whole number in all of them."""
    return all(law.integral for law in laws)


def spanning(members: Sequence[Scenario]) -> Scenario:
    """Return a scenario whose laws are level over all that those of the members reach."""
    first = members[0]
    wide = {}
    for name in first.parameters:
        laws = [each[name].distribution for each in members]
        if not all(law.discrete and law.support[0] == law.support[1] for law in laws):
            wide[name] = level(laws)
    each_step = {name: "common" for name in DRAWN_BY if name in first.options}
    return first.replace(**each_step, **wide, name=f"{first.name}, wide")


def level(laws: Sequence[Distribution]) -> Distribution:
    """Return a law that is level over what others reach, in the log where that is decades."""
    ends = [ends_of(law) for law in laws]
    lo, hi = min(low for low, _ in ends), max(high for _, high in ends)
    if all(law.discrete for law in laws):
        return UniformInteger(round(lo), round(hi)) if parameter_is_whole(laws) else laws[0]
    return LogUniform(lo, hi) if lo > 0.0 and hi > DECADE * lo else Uniform(lo, hi)


def ends_of(law: Distribution) -> tuple[float, float]:
    """Return the ends of a law, or quantiles near them where it goes on for ever."""
    lo, hi = law.support
    logged = lo == 0.0 and law.kind not in ("uniform", "fixed", "discrete")
    low = lo if lo > -float("inf") and not logged else float(law.ppf(TAIL))
    return low, hi if hi < float("inf") else float(law.ppf(1.0 - TAIL))


def dated(scenario: Scenario) -> dict[str, Distribution]:
    """Return laws of what a scenario takes as known but its models call contested."""
    found: dict[str, Distribution] = {}
    for premise in premises_of(scenario).values():
        values: dict[str, list[float]] = {}
        for changes in premise.alternatives.values():
            for name, value in changes.items():
                parameter = scenario.parameters.get(name)
                point = value.value if isinstance(value, Fixed) else value
                if isinstance(point, int | float) and known(parameter):
                    values.setdefault(name, []).append(float(point))
        found |= {name: Uniform(min(at), max(at)) for name, at in values.items() if len(at) > 1}
    return found


def known(parameter: Parameter | None) -> bool:
    """Tell whether a parameter is there, and taken as known."""
    return parameter is not None and isinstance(parameter.distribution, Fixed)
