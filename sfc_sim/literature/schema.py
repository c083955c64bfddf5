"""The form of scenario files as a JSON Schema, for editors that know it.

It is made from what models, distributions and claims declare, so it names every parameter, option
and law that there is. An editor completes words with it and marks what is misspelt, missing or no
choice. What takes arithmetic, such as a distribution within bounds, is checked when a file is
loaded.

Examples
--------
>>> from sfc_sim.literature import scenario_schema
>>> schema = scenario_schema()
>>> sorted(schema["properties"]["expansion"]["anyOf"][0]["enum"])
['displacement', 'fronts', 'reach']
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from dataclasses import MISSING, fields
from math import isfinite
from typing import Any, TypeAlias

from sfc_sim.cosmology.background import Background
from sfc_sim.distributions import KINDS, MAKERS, Distribution
from sfc_sim.distributions.declarations import Declared, Interval, Model, Option, declared_options
from sfc_sim.literature.measures import MEASURES
from sfc_sim.scenario.catalogue import list_scenarios
from sfc_sim.scenario.claim import Claim
from sfc_sim.scenario.families import families
from sfc_sim.scenario.parameter import INFERENCES, INTERVAL, NAME, STATUSES
from sfc_sim.scenario.premise import Premise
from sfc_sim.scenario.reading import load_scenario

__all__ = ["scenario_schema"]

Schema: TypeAlias = dict[str, Any]

TEXT: Schema = {"type": "string"}
WORDS: Schema = {"type": "string", "pattern": r"\S"}
NUMBER: Schema = {"type": "number"}
# What is of one's own goes by the path of its class.
OWN: Schema = {"type": "string", "pattern": "^[A-Za-z_][A-Za-z0-9_.]*:[A-Za-z_][A-Za-z0-9_.]*$"}
STATUS: Schema = {
    "enum": list(STATUSES),
    "description": "verified: read in the source; secondary: read in another work; assumed: chosen",
}
DISTRIBUTION: Schema = {"$ref": "#/definitions/distribution"}
FIELDS: Mapping[str, Schema] = {
    "str": TEXT,
    "bool": {"type": "boolean"},
    "int": {"type": "integer"},
    "float": NUMBER,
    "float | None": NUMBER,
    "tuple[float, ...]": {"type": "array", "items": NUMBER, "minItems": 1},
    "tuple[Distribution, ...]": {"type": "array", "items": DISTRIBUTION, "minItems": 1},
    "Mapping[str, Any]": {"type": "object"},
}
"""What a field of a distribution or a claim may be in a file, by its annotation."""

HEAD: Mapping[str, str] = {
    "name": "What the scenario is called.",
    "title": "What it is, in words.",
    "source": "The work that it follows.",
    "reference": "Address of that work.",
    "assumes": "What the estimate assumes, in a sentence.",
    "appearance": "The model of how civilizations appear.",
    "expansion": "The model of how they expand.",
    "cosmology": "The cosmological parameter set.",
}
OPTIONAL = ("reference", "assumes")
"""Words that a complete file may leave out."""
SOURCED = ("distribution", "unit", "source", "status")
"""What a complete file says of each parameter; the model has its symbol and its meaning."""
VARIANT: Schema = {"required": ["base"]}
"""What tells a variant from a complete file."""


def scenario_schema() -> Schema:
    """Return the JSON Schema (draft 7) of scenario files.

    A variant, which is a file with a ``base``, may leave out whatever its base has.

    Returns
    -------
    dict
        Plain values, as `json.dumps` takes them.

    Examples
    --------
    >>> schema = scenario_schema()
    >>> schema["else"]["required"][:3]
    ['name', 'title', 'source']
    >>> "hard-steps" in schema["properties"]["appearance"]["anyOf"][0]["enum"]
    True
    """
    models = families()
    pairs = [(a, e) for a in models["appearance"] for e in models["expansion"]]
    known = _catalogue()
    return {
        "$schema": "http://json-schema.org/draft-07/schema#",
        "title": "Scenario of sfc_sim",
        "type": "object",
        "properties": _head(models) | _parts(),
        "additionalProperties": False,
        "dependencies": {"drop": ["base"]},
        "if": VARIANT,
        "then": {},
        "else": _complete(),
        "allOf": [
            {
                "if": _chosen(a, e, known.get((a, e), [])),
                "then": _told(models["appearance"][a], models["expansion"][e]),
            }
            for a, e in pairs
        ],
        "definitions": {"distribution": _distribution()},
    }


def _catalogue() -> dict[tuple[str, str], list[str]]:
    """Return the scenarios of the catalogue by their two models."""
    found: dict[tuple[str, str], list[str]] = {}
    for row in list_scenarios():
        scenario = load_scenario(row.name)
        pair = str(scenario.appearance), str(scenario.expansion)
        found.setdefault(pair, []).append(row.name)
    return found


def _head(families: Mapping[str, Mapping[str, type[Model]]]) -> Schema:
    """Return the schema of the text entries at the head of a file."""
    known: dict[str, Schema] = {
        role: {"anyOf": [{"enum": sorted(models)}, OWN]} for role, models in families.items()
    }
    known["cosmology"] = {"enum": list(Background.available())}
    return {
        word: {"description": told} | known.get(word, TEXT if word in OPTIONAL else WORDS)
        for word, told in HEAD.items()
    }


def _parts() -> Schema:
    """Return the schema of entries after the head, for any models."""
    parameters = {"propertyNames": {"pattern": f"^{NAME}$"}, "additionalProperties": _parameter()}
    return {
        "base": WORDS | {"description": "The scenario that this one is a variant of."},
        "drop": {"type": "array", "items": WORDS, "description": "What to leave out of the base."},
        "options": {"type": "object"},
        "parameters": {"type": "object"} | parameters,
        "claims": {"type": "array", "items": _claim()},
        "premises": {"type": "array", "items": _premise()},
        "correlations": {"type": "array", "items": _correlation()},
    }


def _complete() -> Schema:
    """Return the schema of entries that only a variant may leave out."""
    whole, told = (
        [field.name for field in fields(kind) if field.default is field.default_factory]
        for kind in (Claim, Premise)
    )
    unmet = {"properties": {"reproduced": {"const": False}}, "required": ["reproduced"]}
    why = {"properties": {"note": WORDS}, "required": ["note"]}
    claim = {"required": whole, "if": unmet, "then": why}
    return {
        "required": [*(word for word in HEAD if word not in OPTIONAL), "parameters"],
        "properties": {
            "parameters": {"additionalProperties": {"required": list(SOURCED)}},
            "claims": {"items": claim},
            "premises": {"items": {"required": told}},
            "correlations": {"items": {"required": ["parameters", "rho", "source", "status"]}},
        },
    }


def _parameter() -> Schema:
    """Return the schema of a parameter."""
    return _closed(
        {
            "distribution": {"$ref": "#/definitions/distribution"},
            "unit": TEXT | {"description": "Its unit, empty for a pure number."},
            "symbol": TEXT,
            "meaning": WORDS | {"description": "What the number is."},
            "source": WORDS | {"description": "Work and place that the distribution comes from."},
            "status": STATUS,
            "bounds": {"type": "string", "pattern": f"^({INTERVAL})?$"},
            "told_by": TEXT | {"description": "Whose results would tell of it."},
            "inferred_by": {
                "enum": list(INFERENCES),
                "description": "What its source inferred it by, which is not to be done again.",
            },
        }
    )


def _claim() -> Schema:
    """Return the schema of a claim."""
    found = {field.name: FIELDS[str(field.type)] for field in fields(Claim)}
    words = dict.fromkeys(("quantity", "reason", "source"), WORDS)
    limits = {"tolerance": {"type": "number", "minimum": 0}, "status": STATUS}
    return _closed(found | words | limits | {"measure": {"enum": sorted(MEASURES)}})


def _premise() -> Schema:
    """Return what a premise may hold; what it changes are parameters and options."""
    other = WORDS | {"description": "The scenario whose distribution it is."}
    changes = {
        "type": "object",
        "minProperties": 1,
        "additionalProperties": {
            "if": {"type": "object", "required": ["as_in"]},
            "then": _closed({"as_in": other}),
            "else": {"if": {"type": "object"}, "then": DISTRIBUTION},
        },
    }
    return _closed(
        {
            "name": WORDS | {"description": "What the premise is called."},
            "says": WORDS | {"description": "What is assumed."},
            "contested": TEXT | {"description": "Who contests it."},
            "alternatives": {
                "type": "object", "minProperties": 1, "additionalProperties": changes,
                "description": "By what each is called: the parameters and options it changes.",
            },
        }
    )  # fmt: skip


def _correlation() -> Schema:
    """Return the schema of a correlation of two parameters."""
    pair = {"type": "array", "items": WORDS, "minItems": 2, "maxItems": 2, "uniqueItems": True}
    rho = NUMBER | {"exclusiveMinimum": -1, "exclusiveMaximum": 1}
    return _closed({"parameters": pair, "rho": rho, "source": WORDS, "status": STATUS})


def _distribution() -> Schema:
    """Return the schema of a distribution: a kind, and the fields of that kind."""
    kinds = {name: _law(law) for name, law in KINDS.items()}
    kinds |= {name: _call(maker) for name, maker in MAKERS.items()}
    return {
        "type": "object",
        "properties": {"kind": {"anyOf": [{"enum": sorted(kinds)}, OWN]}},
        "required": ["kind"],
        "allOf": [
            {"if": {"properties": {"kind": {"const": name}}, "required": ["kind"]}, "then": then}
            for name, then in kinds.items()
        ],
    }


def _law(law: type[Distribution]) -> Schema:
    """Return the schema of the fields of a kind of distribution."""
    needed = [field.name for field in fields(law) if field.default is MISSING]
    found = {field.name: FIELDS[str(field.type)] for field in fields(law)}
    return _closed({"kind": {}} | found, needed)


def _call(maker: Callable[..., Distribution]) -> Schema:
    """Return the schema of the arguments of a function that gives a distribution."""
    declared = inspect.signature(maker).parameters
    found = {name: FIELDS[str(one.annotation).split(" | ")[0]] for name, one in declared.items()}
    needed = [name for name, one in declared.items() if one.default is one.empty]
    return _closed({"kind": {}} | found, needed)


def _chosen(appearance: str, expansion: str, bases: list[str]) -> Schema:
    """Return the condition that these are the models: by name, or as those of a known base."""
    models = {"appearance": {"const": appearance}, "expansion": {"const": expansion}}
    named = {"properties": models, "required": list(models)}
    other = {"anyOf": [{"required": [role]} for role in models]}
    based = {"properties": {"base": {"enum": bases}}, "required": ["base"], "not": other}
    return {"anyOf": [named, based] if bases else [named]}


def _told(*models: type[Model]) -> Schema:
    """Return the schema of parameters and options for these models."""
    declared = {
        d.name: {"description": _described(d)} for model in models for d in model.parameters
    }
    needed = [d.name for model in models for d in model.parameters if d.default is None]
    factor = _factor(*models)
    options = {
        name: _option(one) for model in models for name, one in declared_options(model).items()
    }
    either = {"anyOf": [NUMBER, TEXT, {"type": "object"}]}
    changes = {
        "properties": dict.fromkeys(declared, either) | options,
        "additionalProperties": either if factor is not False else False,
    }
    premise = {"properties": {"alternatives": {"additionalProperties": changes}}}
    # Parameters of any name have no meaning but that which the file gives.
    own = {
        "properties": dict.fromkeys(declared, True),
        "additionalProperties": {"required": ["meaning"]},
    }
    return {
        "properties": {
            "parameters": {"properties": declared, "additionalProperties": factor},
            "options": {"properties": options, "additionalProperties": False},
            "premises": {"items": premise},
        },
        "if": VARIANT,
        "then": {},
        "else": {"properties": {"parameters": own | {"required": needed}}},
    }


def _factor(*models: type[Model]) -> Schema | bool:
    """Return the schema of parameters with other names, or False if there can be none."""
    units = [entry.unit for model in models for entry in model.free]
    if not units:
        return False
    return {} if None in units else {"properties": {"unit": {"enum": units}}}


def _option(option: Option) -> Schema:
    """Return the schema of an option."""
    limited = NUMBER | (_limits(option.bounds) if option.bounds else {})
    value: Schema
    if option.choices:
        value = {"enum": list(option.choices)}
    elif option.factors or option.numbers:
        value = {"type": "array", "items": TEXT if option.factors else limited}
    else:
        value = limited if option.bounds else {}
    return value | {"description": option.meaning}


def _limits(bounds: Interval) -> Schema:
    """Return the finite ends of an interval, in the words of JSON Schema."""
    (lo, hi), text = bounds.ends, bounds.text
    lower = "minimum" if text.startswith("[") else "exclusiveMinimum"
    upper = "maximum" if text.endswith("]") else "exclusiveMaximum"
    return {key: end for key, end in ((lower, lo), (upper, hi)) if isfinite(end)}


def _described(declared: Declared) -> str:
    """Return symbol, unit, bounds and meaning of a parameter, on a line."""
    known = filter(None, (declared.symbol, declared.unit, declared.bounds.text))
    return f"{', '.join(known)}: {declared.meaning}"


def _closed(properties: Schema, required: list[str] | None = None) -> Schema:
    """Return an object of these properties and no others."""
    return {
        "type": "object",
        "properties": properties,
        "required": required or [],
        "additionalProperties": False,
    }
