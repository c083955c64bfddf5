"""What is contested of a scenario, and what else it might be: its own, and that of its models.

What makes sense for every scenario of a model stands in the model's declarations
(`sfc_sim.distributions.contested`). What belongs to one scenario, such as the prior of another
work, stands in its file, or is given where it is made. `sfc_sim.analysis.premises` asks what each
alternative does to the discount.

Examples
--------
>>> from sfc_sim.scenario import load_scenario
>>> known = premises_of(load_scenario("cook2022-balanced"))
>>> known["hard steps"].alternatives["bullish"]["hard_steps"]
TruncatedGeometric(p=0.7, lo=1, hi=20)
>>> list(known["speed"].alternatives)
['0.5 c', '0.99 c']
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, replace
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, final

from sfc_sim._core.arguments import validated
from sfc_sim._core.errors import InputError, mapping, one_line, shown, text, unknown
from sfc_sim._core.tables import as_table, as_text, check_keys
from sfc_sim.distributions import Distribution
from sfc_sim.distributions.declarations import Declared, Model, Option, declared_options
from sfc_sim.scenario.files import parameter_in
from sfc_sim.scenario.parameter import Parameter, left_out, parameter_from_table, revised

if TYPE_CHECKING:
    from sfc_sim.scenario.assumed import AssumedLike

__all__ = ["Premise", "premises_of"]


@final
@dataclass(frozen=True)
class Premise:
    """What a scenario assumes that might be otherwise.

    Attributes
    ----------
    name : str
        What it is called.
    says : str
        What is assumed, in words.
    alternatives : mapping of str
        By what each is called: the parameters and options that it changes, as
        `sfc_sim.Scenario.replace` takes them; a parameter may be that of another scenario.
    contested : str, optional
        Who contests it, or the work that the alternatives are after.

    Examples
    --------
    >>> import sfc_sim as sfc
    >>> late = Premise("start", "easy steps take time", {"none": {"delay": "0 Gyr"}})
    >>> mine = sfc.load_scenario("cook2022-flat").replace(premises=[late])
    >>> mine.premises[0].alternatives["none"]["delay"]
    Fixed(value=0)
    """

    name: str
    says: str
    alternatives: Mapping[str, Mapping[str, Any]]
    contested: str = ""

    def __post_init__(self) -> None:
        for key in _WORDS:
            where = f"premise '{text(self.name, 'name of a premise')}': {key}"
            object.__setattr__(self, key, one_line(text(getattr(self, key), where)))
            if key in _NEEDED and not getattr(self, key).strip():
                raise InputError(f"{where} is missing")
        given = mapping(self.alternatives, f"premise '{self.name}': alternatives")
        if not given:
            raise InputError(f"premise '{self.name}': alternatives are missing")
        held = {}
        for label, changes in given.items():
            if not mapping(changes, f"premise '{self.name}': '{label}'"):
                raise InputError(f"premise '{self.name}': '{label}' changes nothing")
            held[one_line(label)] = MappingProxyType(dict(changes))
        object.__setattr__(self, "alternatives", MappingProxyType(held))

    def __reduce__(self) -> tuple[Any, ...]:  # a MappingProxyType cannot be pickled
        held = {label: dict(changes) for label, changes in self.alternatives.items()}
        return Premise, (self.name, self.says, held, self.contested)

    @property
    def changed(self) -> set[str]:
        """Names of the parameters and options that its alternatives change."""
        return {name for changes in self.alternatives.values() for name in changes}

    def to_dict(self) -> dict[str, Any]:
        """Return the table of this premise in a scenario file."""
        written = {
            label: {name: _written(value) for name, value in changes.items()}
            for label, changes in self.alternatives.items()
        }
        return {key: getattr(self, key) for key in _WORDS} | {"alternatives": written}


_NEEDED = ("name", "says")
_WORDS = (*_NEEDED, "contested")
_KEYS = tuple(field.name for field in fields(Premise))


@validated()
def premises_of(scenario: AssumedLike) -> dict[str, Premise]:
    """Return the premises of a scenario by name: those of its models, and its own.

    One of its own replaces one of that name of its models. What several parameters or options say
    of one premise is put together.

    Examples
    --------
    >>> from sfc_sim.scenario import load_scenario
    >>> list(premises_of(load_scenario("hanson2021-n6-half")))
    ['expanders', 'speed']
    """
    from sfc_sim.scenario.assumed import assumed_of  # which asks for premises itself

    scenario = assumed_of(scenario)
    found: dict[str, Premise] = {}
    for model in scenario.models:
        options = declared_options(type(model)).values()
        declared: list[Declared | Option] = [*model.parameters, *options]
        for one in declared:
            if (contested := one.contested) is not None:
                name, values = contested.premise, contested.values
                other = dict(found[name].alternatives) if name in found else {}
                other |= {label: {one.name: value} for label, value in values.items()}
                found[name] = Premise(name, contested.says, other, contested.by)
    return found | {premise.name: premise for premise in scenario.premises}


def checked_premises(
    models: tuple[Model, ...], parameters: Mapping[str, Parameter], premises: Sequence[Premise]
) -> tuple[Premise, ...]:
    """Return the premises of a scenario, each change as the scenario takes it.

    Parameters
    ----------
    models : tuple of Model
        Of the scenario.
    parameters : mapping of str to Parameter
        Of the scenario.
    premises : sequence of Premise
        Its own.

    Raises
    ------
    InputError
        If one is no premise or is given twice, or a change is unknown or not allowed.
    """
    given: Any = premises
    if not isinstance(given, tuple | list) or not all(isinstance(p, Premise) for p in given):
        raise InputError(f"premises is {shown(given)}; it must be a list of Premise")
    names = [premise.name for premise in premises]
    for name in names:
        if names.count(name) > 1:
            raise InputError(f"premise '{name}' is given twice")
    return tuple(_checked(models, parameters, premise) for premise in premises)


def _checked(
    models: tuple[Model, ...], parameters: Mapping[str, Parameter], premise: Premise
) -> Premise:
    held: dict[str, dict[str, Any]] = {}
    for label, changes in premise.alternatives.items():
        try:
            held[label] = {
                name: _value(models, parameters, name, value) for name, value in changes.items()
            }
        except InputError as error:
            raise InputError(f"premise '{premise.name}', '{label}': {error}") from None
    return replace(premise, alternatives=held)


def _value(
    models: tuple[Model, ...], parameters: Mapping[str, Parameter], name: str, value: Any
) -> Any:
    """Return the distribution of a parameter, or the value of an option, if it is allowed."""
    known = {**parameters, **left_out(models, parameters)}
    if name in known:
        return revised(models, known[name], value).distribution
    for model in models:
        if name in model.options:
            return model.with_options(**{name: value}).options[name]
    raise unknown("parameter or option", name, [*known, *(n for m in models for n in m.options)])


def _written(value: Any) -> Any:
    return value.to_dict() if isinstance(value, Distribution) else value


def premise_from_table(entry: Mapping[str, Any], declared: Mapping[str, Declared]) -> Premise:
    """Read a premise of a scenario file."""
    where = f"premise '{entry.get('name', '')}'"
    check_keys(where, entry, _KEYS, ("contested",))
    alternatives = {
        label: {
            name: _read(f"{where}, '{label}': {name}", name, value, declared.get(name))
            for name, value in as_table(changes, f"{where}, '{label}'").items()
        }
        for label, changes in as_table(entry["alternatives"], f"{where}: alternatives").items()
    }
    return Premise(**{**entry, "alternatives": alternatives})


def _read(where: str, name: str, value: Any, declared: Declared | None) -> Any:
    """Return what a file changes: a distribution, a parameter of another file, or a plain value."""
    if not isinstance(value, dict):
        return value
    if "as_in" not in value:
        return Distribution.from_dict(value, where)
    check_keys(where, value, ("as_in",), ())
    try:
        entry = parameter_in(as_text(value["as_in"], "as_in"), name)
        return parameter_from_table(name, entry, declared)
    except InputError as error:
        raise InputError(f"{where}: {error}") from None
