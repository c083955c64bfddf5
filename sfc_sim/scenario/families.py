"""Models by name: the families that scenario files know, and which pairs are allowed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import MISSING, fields
from typing import TYPE_CHECKING, Any

import numpy as np

from sfc_sim._core.errors import InputError, choice, shown
from sfc_sim._core.importable import at_path, path_of
from sfc_sim.appearance.family import APPEARANCES, Appearance, Dated
from sfc_sim.distributions.declarations import Model, apart
from sfc_sim.expansion.family import EXPANSIONS, Expansion
from sfc_sim.scenario.added import added_model, added_names

if TYPE_CHECKING:
    from sfc_sim.scenario.scenario import Scenario

__all__ = [
    "FAMILIES",
    "as_model",
    "check_importable",
    "check_pair",
    "families",
    "models_from",
    "refuse_of_others",
    "written",
]

FAMILIES: Mapping[str, Mapping[str, type[Model]]] = {
    "appearance": {kind.name: kind for kind in APPEARANCES},
    "expansion": {kind.name: kind for kind in EXPANSIONS},
}
"""The models of each family, by the name that scenario files give them."""


_BASES: Mapping[str, type[Model]] = {"appearance": Appearance, "expansion": Expansion}


def class_of(name: str, role: str) -> type[Model]:
    """Return the class of a model by its name, or by the path by which it can be imported.

    Examples
    --------
    >>> class_of("fronts", "expansion").__name__
    'Fronts'
    """
    base = _BASES[role]
    found: object
    if ":" not in name:
        own = next((known[name] for known in FAMILIES.values() if name in known), None)
        found = added_model(name, own)
        if found is None:
            choice(name, f"{role} model", [*FAMILIES[role], *added_names()])
            return FAMILIES[role][name]
    else:
        found = at_path(name, role)
    if not (isinstance(found, type) and issubclass(found, base)):
        raise InputError(f"{role} is '{name}'; it must be a class derived from {_dotted(base)}")
    return found


def families() -> dict[str, dict[str, type[Model]]]:
    """Return the models of each family by name, with those that other packages add.

    Examples
    --------
    >>> families()["expansion"]["fronts"].__name__
    'Fronts'
    """
    found = {role: dict(known) for role, known in FAMILIES.items()}
    for name in added_names():
        for role, base in _BASES.items():
            kind = added_model(name)
            if kind is not None and issubclass(kind, base):
                found[role][name] = kind
    return found


def as_model(value: Any, role: str) -> Model:
    """Return a model given itself, or its name for one with default options.

    Raises
    ------
    InputError
        If there is no model of that name, or it is something else.

    Examples
    --------
    >>> as_model("displacement", "expansion")
    Displacement()
    """
    base = _BASES[role]
    if isinstance(value, base):
        if "<locals>" in path_of(type(value)):
            raise InputError(
                f"{role} is {shown(value)}, whose class is defined inside a function and cannot be"
                " imported; define the class at the top of a module"
            )
        name = str(value)
        if ":" not in name and (FAMILIES[role].get(name) or added_model(name)) is not type(value):
            raise InputError(
                f"{role} is {shown(value)}, whose class has the name '{name}' of another model or "
                "of none; leave the name out, and it goes by its import path"
            )
        return value
    if isinstance(value, type) and issubclass(value, base):
        raise InputError(f"{role} is the class {value.__name__}; pass a model, {value.__name__}()")
    if not isinstance(value, str):
        raise InputError(
            f"{role} is {shown(value)}; it must be a model, of a class derived from"
            f" {_dotted(base)}, or its name"
        )
    return made(class_of(value, role), {})


def _dotted(kind: type) -> str:
    return path_of(kind).replace(":", ".")


def made(kind: type[Model], options: Mapping[str, Any]) -> Model:
    """Return a model with some options; refuse to make one without an option it must be given.

    Examples
    --------
    >>> made(class_of("reach", "expansion"), {"probe": "coasting"}).options["probe"]
    'coasting'
    """
    for field in fields(kind):
        missing = field.default is MISSING and field.default_factory is MISSING
        if missing and field.name not in options:
            raise InputError(f"option {field.name} of '{kind.name}' is missing")
    return kind(**options)


def models_from(appearance: str, expansion: str, options: Mapping[str, Any]) -> tuple[Model, Model]:
    """Return the models that a scenario file names, with its options.

    Examples
    --------
    >>> models_from("none", "reach", {"probe": "coasting"})[1].options["probe"]
    'coasting'
    """
    kinds = class_of(appearance, "appearance"), class_of(expansion, "expansion")
    own, its = apart(kinds, options)
    return made(kinds[0], own), made(kinds[1], its)


def written(model: Model) -> dict[str, Any]:
    """Return the options of a model as a file can hold them.

    Raises
    ------
    InputError
        If one is no number, text or list of either.

    Examples
    --------
    >>> from sfc_sim.appearance.family import TableAppearance
    >>> written(TableAppearance([1.0, 2.0], [0.0, 1.0]))["times"]
    [1.0, 2.0]
    """
    return {
        name: _plain(value, f"{name} of {model}")
        for name, value in model.options.items()
        if value is not None
    }


def refuse_of_others(models: tuple[Model, ...], name: str) -> None:
    """Refuse an optional parameter that other models have, and these do not.

    Raises
    ------
    InputError
        If it is one; says which models have it.

    Examples
    --------
    >>> refuse_of_others((as_model("fronts", "expansion"),), "visible_fraction")
    >>> refuse_of_others((as_model("displacement", "expansion"),), "visible_fraction")
    Traceback (most recent call last):
    ...
    sfc_sim._core.errors.InputError: visible_fraction is no parameter of 'displacement'; expansion \
models that have it: fronts
    """
    if any(name == one.name for model in models for one in model.parameters):
        return
    for role, known in families().items():
        able = [
            kind
            for kind, model in known.items()
            if any(name == one.name and one.optional for one in model.parameters)
        ]
        if able:
            base = _BASES[role]
            ours = " x ".join(f"'{m}'" for m in models if isinstance(m, base))
            raise InputError(
                f"{name} is no parameter of {ours}; {role} models that have it: {', '.join(able)}"
            )


def check_importable(scenario: Scenario) -> None:
    """Refuse to write a scenario whose models no other Python could find.

    Raises
    ------
    InputError
        If the class of one is of the running script or notebook.
    """
    for model in scenario.models:
        if type(model).__module__ == "__main__":
            raise InputError(
                f"model {shown(model)} has its class in this script, so no file can name it: move"
                " the class to a module that can be imported"
            )


def _plain(value: Any, name: str) -> Any:
    if isinstance(value, np.generic | np.ndarray):
        value = value.tolist()
    if isinstance(value, list | tuple):
        return [_plain(each, name) for each in value]
    if not isinstance(value, bool | int | float | str):
        raise InputError(
            f"{name} is {shown(value)}; an option must be a number, a text or a list of either, so"
            " that a file can hold it"
        )
    return value


def check_pair(scenario: Scenario) -> None:
    """Refuse an appearance and an expansion model that do not go together, with the reason."""
    appearance, expansion = scenario.models
    missing = sorted(expansion.needs - appearance.gives)
    if missing:
        known = FAMILIES["appearance"].items()
        # What a model gives may depend on its options; required ones are not read here.
        able = [name for name, kind in known if object.__new__(kind).gives >= expansion.needs]
        raise InputError(
            f"scenario '{scenario.name}' combines appearance '{appearance}' with expansion"
            f" '{expansion}', which needs {' and '.join(missing)};"
            f" appearance models that give it: {', '.join(able)}"
        )
    if isinstance(appearance, Dated) and appearance.amount not in ("", *scenario.parameters):
        raise InputError(f"amount of '{appearance}' is '{appearance.amount}', no parameter of it")
    if "dates" in expansion.needs:
        try:
            appearance.check_dates(scenario.factors)
        except InputError as error:
            raise InputError(f"scenario '{scenario.name}': {error}") from None
