"""One uncertain number of a scenario: its distribution, unit, meaning and source."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from numbers import Real
from typing import Any, final

from sfc_sim._core.digits import unlike
from sfc_sim._core.errors import InputError, number, one_line, shown, text, unknown
from sfc_sim._core.importable import path_of
from sfc_sim._core.tables import as_table, as_text, check_keys
from sfc_sim._core.variables import is_result
from sfc_sim.distributions import Distribution, Fixed
from sfc_sim.distributions.declarations import (
    Declared,
    Interval,
    Model,
    declared_parameters,
    free_entry,
)
from sfc_sim.distributions.truncated import log_normal_within
from sfc_sim.scenario.families import refuse_of_others

__all__ = ["INFERENCES", "INTERVAL", "NAME", "STATUSES", "Parameter"]

INFERENCES = ("self-sampling",)
"""What a source may have inferred a value by already, so that it must not be done once more."""

STATUSES = ("verified", "secondary", "assumed")
"""How sure we are of a value: read in the source, read in another work, or chosen by us."""

NAME = "[a-z][a-z0-9_]*"
"""What a parameter may be called, as a regular expression."""
_END = r"[+-]?(?:inf|\d+(?:\.\d*)?(?:e[+-]?\d+)?)"
INTERVAL = rf"[\[(]{_END}, *{_END}[\])]"
"""How bounds are written, as a regular expression."""


_WORDS = ("unit", "symbol", "meaning", "source", "status")
_OPTIONAL = ("bounds", "told_by", "inferred_by")


@final
@dataclass(frozen=True)
class Parameter:
    """One uncertain number of a scenario, with its source.

    Attributes
    ----------
    name : str
        Name in Python and TOML.
    distribution : Distribution
        What is believed about it, in `unit`.
    unit : str
        Unit, empty for a pure number.
    symbol : str
        Symbol in the papers (TeX, without dollars).
    meaning : str
        What the number is.
    source : str
        Work and place that the distribution comes from.
    status : str
        "verified" (read in the source), "secondary" (read in another work) or "assumed".
    bounds : str
        For a factor of any name, the interval that it must lie in, such as ``"[0, 1]"``; by
        default that of its model. What a model names has the bounds of the model.
    told_by : str
        Whose results would tell of it; by default what its model says.
    inferred_by : str
        "self-sampling" if its source got it from what we observers are like, so that no theory of
        self-sampling may weigh it by that again; by default nothing.
    """

    name: str
    distribution: Distribution
    unit: str
    symbol: str
    meaning: str
    source: str
    status: str
    bounds: str = ""
    told_by: str = ""
    inferred_by: str = ""

    def __post_init__(self) -> None:
        for key in ("name", *_WORDS, *_OPTIONAL):
            word = text(getattr(self, key), key if key == "name" else f"{shown(self.name)}: {key}")
            object.__setattr__(self, key, one_line(word))
        if not re.fullmatch(NAME, self.name):
            raise InputError(
                f"parameter name {shown(self.name)} must be lower_case_with_underscores"
            )
        if not isinstance(self.distribution, Distribution):
            raise InputError(f"{self.name}: not a distribution: {shown(self.distribution)}")
        if "<locals>" in path_of(type(self.distribution)):
            raise InputError(
                f"{self.name}: {shown(self.distribution)} is of a class defined inside a function,"
                " which cannot be imported; define the class at the top of a module"
            )
        for key in ("meaning", "source"):
            if not getattr(self, key).strip():
                raise InputError(f"{self.name}: {key} is missing")
        if self.status not in STATUSES:
            raise unknown(f"{self.name} status", self.status, STATUSES)
        if self.inferred_by and self.inferred_by not in INFERENCES:
            raise unknown(f"{self.name} inferred_by", self.inferred_by, INFERENCES)
        if self.bounds and not re.fullmatch(INTERVAL, self.bounds):
            raise InputError(
                f"{self.name}: bounds are {shown(self.bounds)}; allowed such as '[0, 1]'"
            )

    def sourced_as(self, other: Parameter | None) -> bool:
        """Tell whether another claims the same source, with the same status."""
        return other is not None and (self.source, self.status) == (other.source, other.status)

    def to_dict(self) -> dict[str, Any]:
        """Return the table of this parameter in a scenario file."""
        optional = [key for key in _OPTIONAL if getattr(self, key)]
        words = {key: getattr(self, key) for key in (*_WORDS, *optional)}
        return words | {"distribution": self.distribution.to_dict()}


def in_unit(parameter: Parameter, unit: str) -> Parameter:
    """Convert a parameter to another unit."""
    if not parameter.unit and unit:
        raise InputError(f"{parameter.name}: unit is missing; needs one convertible to {unit}")
    if parameter.unit == unit:
        return parameter
    from sfc_sim.units import to_value

    factor = float(to_value(f"1 {parameter.unit}", unit, parameter.name))
    try:
        distribution = parameter.distribution.scaled(factor)
    except InputError as error:
        raise InputError(f"{parameter.name}: {error}") from None
    return dataclasses.replace(parameter, distribution=distribution, unit=unit)


def conform(parameter: Parameter, declared: Declared) -> Parameter:
    """Convert a parameter to its declared unit and check its bounds."""
    parameter = in_unit(parameter, declared.unit)
    if parameter.bounds:
        raise InputError(f"{parameter.name}: bounds are those of the model, {declared.bounds.text}")
    check_bounds(parameter, declared.bounds)
    if declared.integer and not parameter.distribution.integral:
        raise InputError(f"{parameter.name}: {parameter.distribution!r} must give integers only")
    return parameter


def check_bounds(parameter: Parameter, bounds: Interval, meaning: str = "") -> None:
    """Raise `InputError` if a parameter can lie outside; `meaning` says why it may not."""
    if bounds.admits(parameter.distribution):
        return
    lo, hi = parameter.distribution.support
    low, high = (unlike(end, bounds.ends) for end in (lo, hi))
    came = f"is {low}" if lo == hi else f"reaches from {low} to {high}"
    allowed = " ".join(filter(None, (bounds.text, parameter.unit)))
    cut = log_normal_within(parameter.distribution, *bounds.ends)
    raise InputError(
        f"{parameter.name}: {parameter.distribution!r} {came}; allowed {allowed}"
        + (f" for {meaning}" if meaning else "")
        + (f'; cut there it is {cut}, in a file kind = "{cut.to_dict()["kind"]}"' if cut else "")
    )


def parameter_from_table(name: str, entry: Any, declared: Declared | None) -> Parameter:
    """Read a parameter; words that the model declares may be left out."""
    defaults = {"symbol": name, "meaning": ""}
    if declared is not None:
        defaults = {key: getattr(declared, key) for key in defaults}
    entry = as_table(entry, name)
    allowed = ("distribution", "unit", *defaults, "source", "status", *_OPTIONAL)
    check_keys(name, entry, allowed, (*defaults, *_OPTIONAL))
    words = {
        k: as_text(v, f"{name} {k}") for k, v in (defaults | entry).items() if k != "distribution"
    }
    distribution = Distribution.from_dict(entry["distribution"], f"{name} distribution")
    return Parameter(name=name, distribution=distribution, **words)


def as_parameter(name: str, value: Any, declared: Declared | None) -> Parameter:
    """Return a parameter given itself, or what the user believes about one that is declared."""
    if isinstance(value, Parameter):
        return value
    if declared is None:
        raise InputError(
            f"parameter {shown(name)} is {shown(value)}; one that the models do not declare must be"
            " a Parameter, with unit, meaning and source"
        )
    start = default_parameter(declared, 1.0)
    return unsourced(set_by_user(start, value))


def default_parameter(declared: Declared, value: float) -> Parameter:
    """Return a declared parameter that nothing is said of."""
    words = {key: getattr(declared, key) for key in ("name", "unit", "symbol", "meaning")}
    source = "default of the model"
    return Parameter(distribution=Fixed(value), source=source, status="assumed", **words)


def left_out(
    models: tuple[Model, ...], parameters: Mapping[str, Parameter]
) -> dict[str, Parameter]:
    """Return the optional parameters that a scenario leaves out, at their defaults.

    Examples
    --------
    >>> from sfc_sim.scenario import load_scenario
    >>> scenario = load_scenario("cook2022-balanced")
    >>> left_out(scenario.models, scenario.parameters)["visible_fraction"].distribution
    Fixed(value=1)
    """
    return {
        name: unsourced(default_parameter(one, one.default))
        for name, one in declared_parameters(models).items()
        if one.optional and one.default is not None and name not in parameters
    }


def set_by_user(parameter: Parameter, value: Any) -> Parameter:
    """Return a parameter with what the user believes instead."""
    if not isinstance(value, Distribution):
        if not isinstance(value, Real):
            from sfc_sim.units import to_value

            given, value = value, to_value(value, parameter.unit, parameter.name)
            if not isinstance(value, float):
                raise InputError(
                    f"{parameter.name} is {shown(given)}; it must be one number or a distribution"
                )
        try:
            value = Fixed(number(value, "its value"))
        except InputError as error:
            raise InputError(f"{parameter.name}: {error}") from None
    if value == parameter.distribution:
        return parameter
    return unsourced(dataclasses.replace(parameter, distribution=value))


def revised(models: tuple[Model, ...], parameter: Parameter, value: Any) -> Parameter:
    """Return a parameter of a scenario with another value, checked as its model takes it.

    Parameters
    ----------
    models : tuple of Model
        Of the scenario.
    parameter : Parameter
        As the scenario has it.
    value : Parameter or Distribution or float or str
        That of another scenario, or what the user believes.
    """
    if isinstance(value, Parameter):
        value = in_unit(value, parameter.unit).distribution
    changed = set_by_user(parameter, value)
    declared = declared_parameters(models).get(parameter.name)
    if declared is not None:
        return conform(changed, declared)
    _check_factor(models, parameter.name, changed, ())
    return changed


def unsourced(parameter: Parameter) -> Parameter:
    """Return a parameter that no longer says that its value is the source's."""
    return dataclasses.replace(
        parameter, source="set by the user", status="assumed", inferred_by=""
    )


def told_by(models: tuple[Model, ...], parameters: Mapping[str, Parameter]) -> dict[str, str]:
    """Return whose results would tell of each parameter, as itself or its model says.

    Examples
    --------
    >>> from sfc_sim.scenario import load_scenario
    >>> scenario = load_scenario("finnveden2019")
    >>> told_by(scenario.models, scenario.parameters)["abiogenesis"]
    'origin of life'
    """
    declared = {name: one.told_by for name, one in declared_parameters(models).items()}
    return {name: p.told_by or declared.get(name, "") for name, p in parameters.items()}


def checked_parameters(
    models: tuple[Model, ...], given: Mapping[str, Any], words: Collection[str]
) -> dict[str, Parameter]:
    """Return the parameters of a scenario in declared order, in the declared units.

    Parameters
    ----------
    models : tuple of Model
        What declares them.
    given : mapping of str
        Parameters by name, or what the user believes about one that is declared.
    words : collection of str
        Names that no factor may have.
    """
    declared = declared_parameters(models)
    for name, value in given.items():
        refuse_of_others(models, name)
        if not (name in declared or isinstance(value, Parameter) or any(m.free for m in models)):
            raise unknown("parameter", name, declared)
    given = {name: as_parameter(name, value, declared.get(name)) for name, value in given.items()}
    for name, one in declared.items():
        if one.default is not None and not one.optional:
            given.setdefault(name, default_parameter(one, one.default))
    free = [name for name in given if name not in declared]
    for name in free:  # before what is missing, which a misspelt name is taken for
        _check_factor(models, name, given[name], words)
    for name, one in declared.items():
        if name not in given and not one.optional:
            raise InputError(f"parameter {name} is missing")
    if not free and any(model.free for model in models):
        raise InputError("a product of factors needs at least one factor")
    for key, parameter in given.items():
        if key != parameter.name:
            raise InputError(
                f"parameter '{parameter.name}' has another name in the mapping, '{key}'"
            )
    checked = {name: given[name] for name in free}
    listed = [name for name in declared if name in given]
    return checked | {name: conform(given[name], declared[name]) for name in listed}


def _check_factor(
    models: tuple[Model, ...], name: str, parameter: Parameter, words: Collection[str]
) -> None:
    """Refuse a factor that no model takes, whose name is taken, or that is out of bounds."""
    entry = free_entry(models, name, parameter.unit)
    options = {option for model in models for option in model.options}
    if name in {*options, *words} or is_result(name):
        what = "an option" if name in options else "a result" if is_result(name) else "a word"
        raise InputError(
            f"a factor cannot be called '{name}', the name of {what}; give it another name"
        )
    if parameter.bounds:
        check_bounds(parameter, Interval(parameter.bounds))
    else:
        check_bounds(parameter, entry.bounds, entry.meaning)
