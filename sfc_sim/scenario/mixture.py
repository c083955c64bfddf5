"""Scenarios with a credence in each: one scenario with a discrete parameter, which of them holds.

Under a theory a world of a scenario weighs credence x prior x evidence x factor, not normalised
for each scenario, so that evidence and theory update the credences too.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final, TypeAlias, final

import numpy as np

from sfc_sim._core.credences import check_credences
from sfc_sim._core.errors import InputError, unknown
from sfc_sim._core.variables import WHICH
from sfc_sim.distributions import Discrete, Distribution, Mixture
from sfc_sim.distributions.within import within
from sfc_sim.scenario.catalogue import why_not_run
from sfc_sim.scenario.derived import differences
from sfc_sim.scenario.parameter import Parameter
from sfc_sim.scenario.premise import Premise, premises_of
from sfc_sim.scenario.scenario import Scenario

if TYPE_CHECKING:
    from sfc_sim.distributions.declarations import Model

__all__ = ["KEY", "Assumed", "ScenarioMixture", "checked_mixed", "mixed", "why_not_mixed"]


@final
@dataclass(frozen=True, repr=False)
class ScenarioMixture:
    """Scenarios, and a credence in each.

    Wherever a study asks what its scenario assumes, it answers for all: `parameters` are which of
    them holds, and those that all have in one unit, each with the mixture of its laws.

    Attributes
    ----------
    scenarios : tuple of Scenario
        Two or more, with dates, of names that differ and of one cosmology.
    credences : tuple of float
        Beforehand, in each; above 0, and they sum to 1.

    Raises
    ------
    InputError
        If credences are none, or a scenario cannot be weighed against others.

    Examples
    --------
    >>> from sfc_sim.scenario.assumed import assumed_of
    >>> mixture = assumed_of({"cook2022-balanced": 0.5, "finnveden2019": 0.5})
    >>> mixture.name, list(mixture.parameters)
    ('0.5 cook2022-balanced + 0.5 finnveden2019', ['scenario', 'expanding_fraction', ...])
    """

    scenarios: tuple[Scenario, ...]
    credences: tuple[float, ...]

    def __post_init__(self) -> None:
        object.__setattr__(self, "credences", checked_mixed(self.names, self.credences))
        for each in self.scenarios:
            if reason := why_not_mixed(each):
                raise InputError(reason)
        if len({each.cosmology for each in self.scenarios}) > 1:
            told = ", ".join(f"{each.name} {each.cosmology}" for each in self.scenarios)
            raise InputError(
                f"the scenarios are of different cosmologies ({told}), whose volumes are not the"
                " same; give all one, by scenario.replace(cosmology=...)"
            )

    def __repr__(self) -> str:
        return f"ScenarioMixture({self.name!r})"

    def _repr_html_(self) -> str:
        from sfc_sim.scenario.display import mixture_html

        return mixture_html(self)

    @property
    def names(self) -> list[str]:
        """The names of the scenarios."""
        return [each.name for each in self.scenarios]

    @property
    def strata(self) -> list[int]:
        """The place of the first scenario that assumes the same as each does."""
        found: list[int] = []
        for scenario in self.scenarios:
            same = (k for k in found if not differences(self.scenarios[k], scenario))
            found.append(next(same, len(found)))
        return found

    @property
    def name(self) -> str:
        """Credences and names."""
        pairs = zip(self.credences, self.names, strict=True)
        return " + ".join(f"{credence:g} {name}" for credence, name in pairs)

    @property
    def title(self) -> str:
        """What it is, in words."""
        return f"Mixture of {len(self.scenarios)} scenarios"

    @property
    def source(self) -> str:
        """The works that the scenarios follow."""
        told = "; ".join(dict.fromkeys(each.source for each in self.scenarios))
        return f"credences set by the user; {told}"

    @property
    def assumes(self) -> str:
        """What it assumes, in a sentence."""
        return "One of the scenarios holds; which one is a parameter."

    @property
    def cosmology(self) -> str:
        """Name of the cosmological parameter set of all."""
        return self.scenarios[0].cosmology

    @property
    def given(self) -> str:
        """None of them is conditioned on evidence already."""
        return ""

    @cached_property
    def parameters(self) -> Mapping[str, Parameter]:
        """Which scenario holds, and the parameters that all have in the same unit."""
        first, *others = self.scenarios
        found = {WHICH: self._which()}
        for name, parameter in first.parameters.items():
            if all(name in s.parameters and s[name].unit == parameter.unit for s in others):
                laws = [each[name].distribution for each in self.scenarios]
                found[name] = replace(parameter, distribution=self._mixed(laws))
        return MappingProxyType(found)

    def _which(self) -> Parameter:
        told = ", ".join(f"{k} {name}" for k, name in enumerate(self.names))
        places = tuple(map(float, range(len(self.scenarios))))
        return Parameter(
            WHICH, Discrete(places, self.credences), "", "m",
            f"which scenario holds: {told}", "set by the user", "assumed",
            told_by="whoever tells these scenarios apart",
        )  # fmt: skip

    def _mixed(self, laws: list[Distribution]) -> Distribution:
        return laws[0] if len(set(laws)) == 1 else Mixture(tuple(laws), self.credences)

    @property
    def models(self) -> tuple[Model, ...]:
        """The models of all, each kind once."""
        found = {type(model): model for each in self.scenarios for model in each.models}
        return tuple(found.values())

    @cached_property
    def options(self) -> Mapping[str, Any]:
        """The options that have one value in all that have them."""
        given: dict[str, list[Any]] = {}
        for each in self.scenarios:
            for name, value in each.options.items():
                given.setdefault(name, []).append(value)
        same = {
            name: values[0]
            for name, values in given.items()
            if values.count(values[0]) == len(values)
        }
        return MappingProxyType(same)

    @cached_property
    def gives(self) -> frozenset[str]:
        """What every one gives; none is a bare product of factors here."""
        return frozenset.intersection(*(each.gives for each in self.scenarios)) - {"product"}

    @cached_property
    def premises(self) -> tuple[Premise, ...]:
        """What is contested of any, with the alternatives of all; see `with_alternative`."""
        found: dict[str, Premise] = {}
        for each in self.scenarios:
            for name, premise in premises_of(each).items():
                known = found.get(name, premise)
                every = {**premise.alternatives, **known.alternatives}
                found[name] = replace(known, alternatives=every)
        return tuple(found.values())

    @cached_property
    def hash(self) -> str:
        """Sixteen hexadecimal digits that change with anything that is assumed."""
        told = [
            (each.hash, repr(c)) for each, c in zip(self.scenarios, self.credences, strict=True)
        ]
        return hashlib.sha256(repr(told).encode()).hexdigest()[:16]

    def __hash__(self) -> int:
        return hash(self.hash)

    def __getitem__(self, name: str) -> Parameter:
        if name not in self.parameters:
            raise unknown("parameter", name, self.parameters)
        return self.parameters[name]

    def replace(self, **changes: Any) -> ScenarioMixture:
        """Return the mixture with assumptions changed in every scenario that has them.

        Raises
        ------
        InputError
            If none has one of them, or a value is not allowed.
        """
        known = [{*s.parameters, *s.options, *_OF_EVERY} for s in self.scenarios]
        every = sorted(set().union(*known))
        for name in changes:
            if name == WHICH:
                raise InputError("scenario cannot be set in a mixture: run that scenario alone")
            if name not in every:
                raise unknown("assumption", name, every)
        made = []
        for s, own in zip(self.scenarios, known, strict=True):
            try:
                made.append(s.replace(**{key: changes[key] for key in changes if key in own}))
            except InputError as error:  # a name may be a parameter here, and an option there
                raise InputError(f"scenario '{s.name}': {error}") from None
        return ScenarioMixture(tuple(made), self.credences)

    def within(self, name: str, low: float, high: float) -> Assumed | None:
        """Return what is left if a parameter lies in [low, high); none if its laws have no such.

        The credences then go by how likely that was in each scenario.

        Examples
        --------
        >>> from sfc_sim.scenario.assumed import assumed_of
        >>> mixture = assumed_of({"cook2022-balanced": 0.5, "finnveden2019": 0.5})
        >>> mixture.within("scenario", 0.5, 1.5).name
        'finnveden2019'
        """
        if name == WHICH:
            left = {k: c for k, c in enumerate(self.credences) if low <= k < high}
            return self._left(left, self.scenarios)
        if any(name in each.appearance.repeated for each in self.scenarios):
            return None  # drawn more than once: what varies is a mean of these
        below = np.nextafter([low, high], -np.inf)
        left, made = {}, list(self.scenarios)
        for k, each in enumerate(self.scenarios):
            law = each[name].distribution
            if (mass := float(np.diff(law.cdf(below))[0])) > 0.0:
                if (narrow := within(law, low, high)) is None:
                    return None
                left[k] = self.credences[k] * mass
                made[k] = each.replace(**{name: narrow})
        return self._left(left, made)

    def _left(
        self, credences: Mapping[int, float], scenarios: Sequence[Scenario]
    ) -> Assumed | None:
        if not credences:
            return None
        return mixed([(scenarios[k], credence) for k, credence in credences.items()])

    def to_toml(self) -> str:
        """Return it as text, from which `assumed_from_toml` has it again."""
        import tomli_w

        pairs = zip(self.credences, self.scenarios, strict=True)
        return tomli_w.dumps(
            {KEY: [{"credence": c, "scenario": each.to_toml()} for c, each in pairs]}
        )

    def __str__(self) -> str:
        return "\n\n".join([self.name, *map(str, self.scenarios)])


# The key of its text, and what every scenario has that can be changed in all.
KEY: Final = "mixture"
_OF_EVERY: Final = ("cosmology", "expansion")

Assumed: TypeAlias = Scenario | ScenarioMixture


def mixed(pairs: Sequence[tuple[Scenario, float]]) -> Assumed:
    """Return scenarios with credences that are scaled to sum to 1; one of them as it is."""
    if len(pairs) == 1:
        return pairs[0][0]
    total = sum(credence for _, credence in pairs)
    return ScenarioMixture(
        tuple(scenario for scenario, _ in pairs), tuple(credence / total for _, credence in pairs)
    )


def checked_mixed(names: Sequence[str], credences: Sequence[float]) -> tuple[float, ...]:
    """Return credences as floats; raise `InputError` if a scenario comes twice, or they are none.

    Examples
    --------
    >>> checked_mixed(["one", "one"], [0.5, 0.5])
    Traceback (most recent call last):
    ...
    sfc_sim._core.errors.InputError: scenario 'one' comes twice; give each once, or another name...
    """
    if twice := next((name for name, many in Counter(names).items() if many > 1), None):
        raise InputError(
            f"scenario '{twice}' comes twice; give each once, or another name:"
            " scenario.replace(name=...)"
        )
    return tuple(check_credences(dict(zip(names, credences, strict=True))).values())


def why_not_mixed(scenario: Scenario) -> str:
    """Return why a scenario cannot be weighed against others, or nothing.

    Examples
    --------
    >>> from sfc_sim.scenario import load_scenario
    >>> why_not_mixed(load_scenario("sandberg2018")).split(":")[0]
    "scenario 'sandberg2018' has no dates"
    """
    if reason := why_not_run(scenario):
        return reason
    if "fronts" not in scenario.gives:
        return (
            f"scenario '{scenario.name}' has no dates: what it counts is not births like ours now,"
            " in which scenarios of a mixture are weighed; leave it out, or take one with dates"
        )
    if scenario.given:
        return (
            f"scenario '{scenario.name}' has the evidence '{scenario.given}' built in:"
            " how likely it makes that is not known, so it cannot be weighed against others"
        )
    return ""
