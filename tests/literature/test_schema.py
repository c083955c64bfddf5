"""The schema of scenario files takes every file that can be loaded, and refuses what cannot."""

from __future__ import annotations

import copy
import json
import tomllib
from pathlib import Path
from typing import Any

import jsonschema
import pytest

import sfc_sim as sfc
from sfc_sim.literature.schema import HEAD, OPTIONAL, scenario_schema
from sfc_sim.scenario.scenario import Scenario
from tests.params.test_catalogue import FILES

EXAMPLES = Path(__file__).parents[2] / "docs" / "how-to"
EXAMPLE = EXAMPLES / "few-factors.toml"
HARD_STEPS, DRAKE, EARTH = "cook2022-balanced", "few-factors", "kipping2020"


@pytest.fixture(scope="module")
def checker() -> jsonschema.Draft7Validator:
    schema = scenario_schema()
    jsonschema.Draft7Validator.check_schema(schema)
    return jsonschema.Draft7Validator(json.loads(json.dumps(schema, allow_nan=False)))


def complete(name: str) -> dict[str, Any]:
    """Return the table of a scenario in full, whatever its file leaves to others."""
    scenario = sfc.load_scenario(EXAMPLE if name == EXAMPLE.stem else name)
    return tomllib.loads(scenario.to_toml())


def told(checker: jsonschema.Draft7Validator, table: dict[str, Any]) -> str:
    """Return what the schema has against a table, a line each."""
    return "\n".join(
        f"{'.'.join(map(str, error.absolute_path))}: {error.message}"
        for error in checker.iter_errors(table)
    )


@pytest.mark.parametrize("file", [*FILES, EXAMPLE], ids=lambda file: file.stem)
def test_every_file_is_taken(checker, file):
    assert not told(checker, tomllib.loads(file.read_text(encoding="utf-8")))
    assert not told(checker, complete(file.stem))


@pytest.mark.parametrize(
    "kind",
    [
        {"kind": "between", "lo": 1.0, "hi": 3, "mass": 0.5},
        {"kind": "mixture", "components": [{"kind": "fixed", "value": 1}], "weights": [1]},
        {"kind": "truncated-log-normal", "mu": 0, "sigma": 1, "lower": 1, "upper": 2},
    ],
    ids=lambda kind: kind["kind"],
)
def test_laws_that_no_file_has_are_taken(checker, kind):
    table = complete(DRAKE)
    table["parameters"]["stars"]["distribution"] = kind
    assert not told(checker, table)
    Scenario.from_toml(toml(table))


def toml(table: dict[str, Any]) -> str:
    import tomli_w

    return tomli_w.dumps(table)


def at(table: dict[str, Any], *path: Any) -> Any:
    for key in path:
        table = table[key]
    return table


LAW = ("parameters", "delay", "distribution")
PREMISE = ("premises", 0)
OTHER = (*PREMISE, "alternatives", "habitable")
# What is wrong, the scenario, where, the key, and its value; None takes it away.
WRONG = [
    ("a misspelt word", HARD_STEPS, (), "titel", "x"),
    ("an unknown model", HARD_STEPS, (), "appearance", "hard-step"),
    ("an unknown cosmology", HARD_STEPS, (), "cosmology", "Planck31"),
    ("an empty title", HARD_STEPS, (), "title", " "),
    ("a misspelt parameter", HARD_STEPS, ("parameters",), "dellay", "delay"),
    ("a missing parameter", HARD_STEPS, ("parameters",), "delay", None),
    ("a parameter in capitals", DRAKE, ("parameters",), "Rate", "life"),
    ("a missing source", HARD_STEPS, ("parameters", "delay"), "source", None),
    ("an empty source", HARD_STEPS, ("parameters", "delay"), "source", ""),
    ("a missing unit", HARD_STEPS, ("parameters", "delay"), "unit", None),
    ("a wrong status", HARD_STEPS, ("parameters", "delay"), "status", "guessed"),
    ("a factor without meaning", DRAKE, ("parameters", "life"), "meaning", None),
    ("bounds that are no interval", DRAKE, ("parameters", "life"), "bounds", "0 to 1"),
    ("a factor of another unit", EARTH, ("parameters", "life"), "unit", "kg"),
    ("an unknown law", HARD_STEPS, LAW, "kind", "log-unifrom"),
    ("no law", HARD_STEPS, LAW, "kind", None),
    ("a law without an end", HARD_STEPS, LAW, "hi", None),
    ("a law with too much", HARD_STEPS, LAW, "middle", 1.0),
    ("an end in words", HARD_STEPS, LAW, "hi", "4.5"),
    ("a misspelt option", HARD_STEPS, ("options",), "galaxy", 1e10),
    ("the option of another model", HARD_STEPS, ("options",), "saturating", []),
    ("no choice", HARD_STEPS, ("options",), "delay_form", "shifted"),
    ("an option out of bounds", HARD_STEPS, ("options",), "galaxies", 0),
    ("a number for a list", DRAKE, ("options",), "saturating", 1),
    ("an unknown measure", HARD_STEPS, ("claims", 0), "measure", "meadian"),
    ("a negative tolerance", HARD_STEPS, ("claims", 0), "tolerance", -0.1),
    ("a claim without reason", HARD_STEPS, ("claims", 0), "reason", None),
    ("a failed claim without note", DRAKE, ("claims", 1), "note", ""),
    ("a misspelt key of a premise", HARD_STEPS, PREMISE, "contestd", "Cook 2022"),
    ("a premise that says nothing", HARD_STEPS, PREMISE, "says", None),
    ("a premise without alternatives", HARD_STEPS, PREMISE, "alternatives", {}),
    ("an alternative that changes nothing", HARD_STEPS, OTHER, "longest_habitability", None),
    ("a misspelt change", HARD_STEPS, OTHER, "dellay", 1.0),
    ("the change of an option to no choice", HARD_STEPS, OTHER, "delay_form", "shifted"),
    ("a change to an unknown law", HARD_STEPS, OTHER, "delay", {"kind": "log-unifrom"}),
    ("a change to too much", HARD_STEPS, OTHER, "delay", {"as_in": "ord2021", "kind": "fixed"}),
]  # fmt: skip


@pytest.mark.parametrize("case", WRONG, ids=lambda case: case[0])
def test_what_is_wrong_is_refused(checker, case):
    what, name, path, key, value = case
    table = complete(name)
    place = at(table, *path)
    if value is None:
        del place[key]
    else:
        place[key] = copy.deepcopy(place[value]) if path == ("parameters",) else value
    assert told(checker, table), f"{what} is taken"
    with pytest.raises(sfc.InputError):  # the schema asks for no more than the package does
        sfc.literature.reproduce(Scenario.from_toml(toml(table)), draws=10, rng=1)


@pytest.mark.parametrize("word", [*HEAD, "options", "parameters", "claims", "premises"])
def test_what_may_be_left_out_is_as_when_loading(checker, word):
    table = complete(DRAKE)
    table.pop(word, None)
    if word in (*OPTIONAL, "options", "claims", "premises"):
        assert not told(checker, table)
        Scenario.from_toml(toml(table))
    else:
        assert f"'{word}' is a required property" in told(checker, table)
        with pytest.raises(sfc.InputError, match=word):
            Scenario.from_toml(toml(table))


def test_a_variant_says_only_what_differs(checker):
    variant: dict[str, Any] = {"base": HARD_STEPS, "name": "mine", "drop": ["delay"]}
    assert not told(checker, variant)
    variant["parameters"] = {"delay": {"distribution": {"kind": "fixed", "value": 2}}}
    variant["claims"] = [{"quantity": "the same", "published": 0.5}]
    variant["premises"] = [{"name": "the same", "says": "in other words"}]
    assert not told(checker, variant)
    assert not told(checker, variant | {"base": "./mine.toml", "options": {"of its own": 1}})


@pytest.mark.parametrize(
    ("part", "said"),
    [
        ({"parameters": {"dellay": {}}}, "'dellay' was unexpected"),
        ({"parameters": {"delay": {"status": "guessed"}}}, "'guessed' is not one of"),
        ({"parameters": {"delay": {"sauce": "page 1"}}}, "'sauce' was unexpected"),
        ({"options": {"delay_form": "shifted"}}, "'shifted' is not one of"),
        ({"titel": "x"}, "'titel' was unexpected"),
    ],
)
def test_a_variant_is_checked_as_its_base_is(checker, part, said):
    assert said in told(checker, {"base": HARD_STEPS, "name": "mine"} | part)


def test_changes_of_a_premise_are_taken_in_every_form(checker):
    assert not told(checker, tomllib.loads((EXAMPLES / "slow-fronts.toml").read_text("utf-8")))


def test_only_a_variant_drops(checker):
    assert "dependency of 'drop'" in told(checker, complete(DRAKE) | {"drop": ["life"]})
