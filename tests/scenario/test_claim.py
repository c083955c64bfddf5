"""Claims of scenario files: what they refuse, and how they travel with a scenario."""

from __future__ import annotations

import dataclasses
from fractions import Fraction

import pytest

import sfc_sim as sfc
from sfc_sim._core.errors import InputError
from sfc_sim.scenario.claim import Claim, claim_from_table
from sfc_sim.scenario.reading import load_scenario
from sfc_sim.scenario.scenario import Scenario

TABLE = {
    "quantity": "mean of N", "published": 3, "tolerance": 0.5, "reason": "one digit",
    "source": "Table 1", "status": "secondary", "measure": "drake-mean",
}  # fmt: skip


def test_defaults():
    claim = claim_from_table(TABLE)
    assert (claim.reproduced, claim.note, dict(claim.arguments)) == (True, "", {})
    assert isinstance(claim.published, float)
    assert claim == Claim(**TABLE)


def test_any_real_number_will_do():
    assert dataclasses.replace(Claim(**TABLE), published=Fraction(1, 4)).published == 0.25


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"published": float("nan")}, "claim 'mean of N': published is nan; it must be a finite"),
        ({"published": float("inf")}, "published is inf; it must be a finite number"),
        ({"published": "3"}, "published is '3'; it must be a finite number"),
        ({"published": True}, "published is True; it must be a finite number"),
        ({"published": 1 + 2j}, r"published is \(1\+2j\); it must be a finite number"),
        ({"tolerance": -0.1}, "tolerance is -0.1; it must be 0 or more"),
        ({"tolerance": None}, "tolerance is None; it must be a finite number"),
        ({"quantity": " "}, "quantity is missing"),
        ({"reason": ""}, "claim 'mean of N': reason is missing"),
        ({"source": 7}, "source must be text, got 7"),
        ({"measure": ""}, "measure is missing"),
        ({"status": "verifed"}, "did you mean 'verified'"),
        ({"reproduced": "no"}, "reproduced is 'no'; not true or false"),
        ({"reproduced": False}, "not reproduced needs a note that says why"),
        ({"reproduced": False, "note": " "}, "needs a note"),
        ({"note": 3}, "claim 'mean of N': note must be text, got 3"),
        ({"arguments": "sia"}, "claim 'mean of N': arguments must be a table, got 'sia'"),
        ({"arguments": ["sia"]}, "arguments must be a table"),
        ({"publised": 3}, "unknown claim 'mean of N' key 'publised'; did you mean 'published'"),
    ],
)
def test_errors(changes, message):
    with pytest.raises(InputError, match=message):
        claim_from_table(TABLE | changes)


@pytest.mark.parametrize("name", TABLE)
def test_every_word_is_needed(name):
    with pytest.raises(InputError, match=f"{name} is missing"):
        claim_from_table({key: value for key, value in TABLE.items() if key != name})


def test_a_claim_is_a_table_and_claims_are_a_list():
    with pytest.raises(InputError, match="a claim must be a table, got 3"):
        claim_from_table(3)
    text = load_scenario("sandberg2018-toy").to_toml().split("[[claims]]")[0]
    with pytest.raises(InputError, match=r"claims must be an array of tables, \[\[claims\]\]"):
        Scenario.from_toml("claims = 3\n" + text)


def test_arguments_cannot_be_changed_afterwards():
    given = {"theory": "sia"}
    claim = Claim(**TABLE, arguments=given)
    given["theory"] = "prior"
    assert claim.arguments["theory"] == "sia"
    with pytest.raises(TypeError):
        claim.arguments["theory"] = "prior"


def with_claims():
    claims = (
        Claim(**TABLE),
        Claim(**TABLE, reproduced=False, note="no inputs", arguments={"of": "N", "level": 0.5}),
    )
    return dataclasses.replace(load_scenario("sandberg2018-toy"), claims=claims)


def test_round_trip_of_a_scenario_with_claims():
    scenario = with_claims()
    again = Scenario.from_toml(scenario.to_toml())
    assert again == scenario
    assert again.claims == scenario.claims
    assert again.to_toml() == scenario.to_toml()
    other = dataclasses.replace(scenario, claims=scenario.claims[:1])
    assert other.hash != scenario.hash


def test_another_input_is_not_what_the_source_claims_for():
    scenario = with_claims()
    assert scenario.replace(title="Another title").claims == scenario.claims
    assert scenario.replace(name="another", title="Another").claims == scenario.claims
    factor = next(iter(scenario.parameters))
    for changes in (
        {factor: 0.5}, {"galaxies": 1e12}, {"cosmology": "WMAP9"},
        {"title": "Another title", factor: 0.5},
    ):  # fmt: skip
        assert scenario.replace(**changes).claims == (), changes


def test_other_expansion_takes_no_claims_along():
    """Another model of expansion is another calculation."""
    scenario = sfc.load_scenario("finnveden2019")
    assert scenario.claims
    assert scenario.replace(expansion="displacement").claims == ()
