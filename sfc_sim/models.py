"""What models can be told: the parameters and options that ``models.toml`` declares, once.

Examples
--------
>>> from sfc_sim.models import load_models
>>> sorted(load_models()["appearance"])
['drake', 'earth-history', 'hard-steps', 'none', 'power-law', 'windows']
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import lru_cache
from math import nan
from numbers import Real
from pathlib import Path
from types import MappingProxyType
from typing import Any, final

from sfc_sim._errors import InputError, bare, choice, shown, unknown
from sfc_sim.distributions import Distribution, Mixture

__all__ = ["Declaration", "Free", "Interval", "Model", "Option", "load_models"]


@dataclass(frozen=True)
class Interval:
    """A range of allowed numbers, written like ``(0, 1]``."""

    text: str

    @property
    def ends(self) -> tuple[float, float]:
        """Lower and upper end."""
        lo, hi = self.text[1:-1].split(",")
        return float(lo), float(hi)

    def contains(self, x: float) -> bool:
        """Tell whether the number `x` is allowed."""
        (lo, hi), (left, right) = self.ends, (self.text[0], self.text[-1])
        return (lo < x or (left == "[" and x == lo)) and (x < hi or (right == "]" and x == hi))

    def admits(self, distribution: Distribution) -> bool:
        """Tell whether no value outside can be drawn; a density may reach an open end."""
        if isinstance(distribution, Mixture):
            return all(self.admits(part) for part in distribution.components)
        lo, hi = distribution.support
        if distribution.discrete:
            return self.contains(lo) and self.contains(hi)
        return self.ends[0] <= lo and hi <= self.ends[1]


EVERYTHING = Interval("(-inf, inf)")


@final
@dataclass(frozen=True)
class Declaration:
    """A parameter as a model declares it."""

    name: str
    symbol: str
    unit: str
    meaning: str
    bounds: Interval = EVERYTHING
    integer: bool = False


@final
@dataclass(frozen=True)
class Option:
    """A switch of a model: one of `choices`, a number within `bounds`, or a list of either.

    The items of a list are names of `factors`, or `numbers` within `bounds`.
    """

    name: str
    default: Any
    meaning: str
    choices: tuple[str, ...] = ()
    bounds: Interval | None = None
    factors: bool = False
    numbers: bool = False


@final
@dataclass(frozen=True)
class Free:
    """Parameters that a model takes under any name that fits: a pattern, and a unit if any."""

    bounds: Interval
    meaning: str
    names: str = "*"
    unit: str | None = None

    def fits(self, name: str, unit: str) -> bool:
        """Tell whether a parameter of that name and unit is one of these."""
        return fnmatchcase(name, self.names) and self.unit in (None, unit)


@final
@dataclass(frozen=True)
class Model:
    """An appearance or expansion model.

    One with `free` entries takes parameters of other names too; `given` is evidence that it is
    conditioned on.
    """

    name: str
    title: str
    source: str
    parameters: tuple[Declaration, ...] = ()
    options: tuple[Option, ...] = ()
    free: tuple[Free, ...] = ()
    given: str = ""


@lru_cache
def load_models() -> Mapping[str, Mapping[str, Model]]:
    """Return the declared models: "appearance" or "expansion", then the name of the model.

    Examples
    --------
    >>> load_models()["expansion"]["fronts"].parameters[1].unit
    'c'
    """
    with Path(__file__).with_name("models.toml").open("rb") as file:
        tables = tomllib.load(file)
    return MappingProxyType(
        {
            role: MappingProxyType({name: _model(name, table) for name, table in models.items()})
            for role, models in tables.items()
        }
    )


def _model(name: str, table: Mapping[str, Any]) -> Model:
    parameters = tuple(
        Declaration(key, **spec | {"bounds": Interval(spec["bounds"])})
        for key, spec in table.get("parameters", {}).items()
    )
    options = tuple(_option(key, spec) for key, spec in table.get("options", {}).items())
    free = tuple(
        Free(**spec | {"bounds": Interval(spec["bounds"])}) for spec in table.get("free", [])
    )
    made = {"name": name, "parameters": parameters, "options": options, "free": free}
    return Model(**dict(table) | made)


def _option(name: str, spec: Mapping[str, Any]) -> Option:
    bounds = Interval(spec["bounds"]) if "bounds" in spec else None
    choices = tuple(spec.get("choices", ()))
    return Option(name, **dict(spec) | {"bounds": bounds, "choices": choices})


def find_model(role: str, name: str) -> Model:
    """Return the model of that role and name."""
    models = load_models()[role]
    choice(name, f"{role} model", models)
    return models[name]


def declared_parameters(models: tuple[Model, ...]) -> dict[str, Declaration]:
    """Return the parameters that the models declare, by name."""
    return {d.name: d for model in models for d in model.parameters}


def free_entry(models: tuple[Model, ...], name: str, unit: str) -> Free:
    """Return what a parameter that no model declares by name is; raise `InputError` if nothing."""
    entries = [entry for model in models for entry in model.free]
    if not entries:
        raise unknown("parameter", name, declared_parameters(models))
    for entry in entries:
        if entry.fits(name, unit):
            return entry
    allowed = ", or ".join(f"'{entry.unit}', {entry.meaning}" for entry in entries)
    raise InputError(f"{name}: unit is '{unit}'; allowed {allowed}")


def checked_options(
    models: tuple[Model, ...], given: Mapping[str, Any], parameters: Iterable[str]
) -> dict[str, Any]:
    """Return every option, with defaults filled in; a parameter not declared is a factor."""
    known = declared_parameters(models)
    factors = [name for name in parameters if name not in known]
    declared = {option.name: option for model in models for option in model.options}
    for name in given:
        if name not in declared:
            raise unknown("option", name, declared)
    return {k: _checked_option(o, given.get(k, o.default), factors) for k, o in declared.items()}


def _checked_option(option: Option, value: Any, factors: list[str]) -> Any:
    if option.choices:
        return choice(value, option.name, option.choices)
    if option.factors:
        if not isinstance(value, list | tuple):
            raise InputError(f"{option.name} must be a list of factors, got {shown(value)}")
        for name in value:
            choice(name, f"{option.name} factor", factors)
        return tuple(value)
    bounds = option.bounds or EVERYTHING
    if option.numbers:
        if not isinstance(value, list | tuple):
            raise InputError(f"{option.name} must be a list of numbers, got {shown(value)}")
        return tuple(_checked_number(option.name, number, bounds) for number in value)
    return _checked_number(option.name, value, bounds)


def _checked_number(name: str, value: Any, bounds: Interval) -> float:
    plain = bare(value, name, "")
    real = isinstance(plain, Real) and not isinstance(plain, bool)
    try:
        found = float(plain) if real else nan
    except OverflowError:
        found = nan
    if not bounds.contains(found):
        raise InputError(f"{name} must be a number in {bounds.text}, got {shown(value)}")
    return found
