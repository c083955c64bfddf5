"""Premises of scenarios: what files and models say, what they refuse, and how they travel."""

from __future__ import annotations

import dataclasses
import pickle
from dataclasses import dataclass

import pytest

import sfc_sim as sfc
from sfc_sim.distributions import Fixed, LogUniform
from sfc_sim.distributions.declarations import Contested, Declared, Interval, Model, option
from sfc_sim.scenario.premise import Premise, premises_of
from sfc_sim.scenario.reading import load_scenario, save_scenario
from sfc_sim.scenario.scenario import Scenario

BALANCED = load_scenario("cook2022-balanced")
SLOW = Premise("pace", "fronts are fast", {"slow": {"expansion_speed": 0.1}}, "Nobody 2026")
FILE = """
base = "cook2022-flat"
name = "mine"

[[premises]]
name = "pace"
says = "fronts are fast"

[premises.alternatives.slow]
expansion_speed = 0.1
delay = "500 Myr"

[premises.alternatives.published]
expansion_speed = { as_in = "hanson2021-n6-half" }
step_times = "geometric-mean"
delay = { kind = "log-uniform", lo = 0.1, hi = 1.0 }
"""
HEAD = FILE.split("[premises.alternatives", 1)[0]


def test_a_file_says_what_might_be_otherwise() -> None:
    premise = Scenario.from_toml(FILE).premises[-1]
    assert (premise.name, premise.says, premise.contested) == ("pace", "fronts are fast", "")
    assert premise.alternatives["slow"] == {"expansion_speed": Fixed(0.1), "delay": Fixed(0.5)}
    published = premise.alternatives["published"]
    assert (
        published["expansion_speed"]
        == load_scenario("hanson2021-n6-half")["expansion_speed"].distribution
    )
    assert published["delay"] == LogUniform(0.1, 1.0)
    assert published["step_times"] == "geometric-mean"


def test_variants_inherit_premises_replace_their_words_and_drop_them(tmp_path) -> None:
    inherited = load_scenario("cook2022-bearish").premises
    assert inherited == BALANCED.premises != ()
    path = tmp_path / "mine.toml"
    path.write_text(
        'base = "cook2022-balanced"\nname = "mine"\ndrop = ["red dwarfs"]\n'
        '[[premises]]\nname = "hard steps"\nsays = "other words"\n'
    )
    (kept,) = load_scenario(path).premises
    was = next(p for p in BALANCED.premises if p.name == "hard steps")
    assert kept == dataclasses.replace(was, says="other words")


def test_they_come_back_from_a_file_and_do_not_change_the_scenario(tmp_path) -> None:
    mine = BALANCED.replace(premises=[*BALANCED.premises, SLOW])
    assert mine != BALANCED
    assert (mine.hash, mine.name, mine.claims) == (BALANCED.hash, BALANCED.name, BALANCED.claims)
    assert load_scenario(save_scenario(mine, tmp_path / "mine.toml")) == mine
    assert pickle.loads(pickle.dumps(mine)) == mine
    assert mine.replace(delay=1.0).premises == mine.premises
    draws, others = (sfc.sample(s, 20, rng=1) for s in (mine, BALANCED))
    assert draws.equals(others)


def test_who_would_tell_of_a_parameter_does_not_change_the_scenario() -> None:
    scenario = load_scenario("finnveden2019")
    told = scenario.to_toml().replace('told_by = "origin of life"\n', "")
    assert "told_by" not in told
    assert Scenario.from_toml(told).hash == scenario.hash


def test_paths_of_other_scenarios_start_from_the_folder_of_the_file(tmp_path, monkeypatch) -> None:
    folder = tmp_path / "inside"
    folder.mkdir()
    save_scenario(BALANCED.replace(delay="1 Gyr", name="other"), folder / "other.toml")
    text = (
        'base = "cook2022-balanced"\nname = "mine"\n[[premises]]\nname = "start"\nsays = "late"\n'
        'alternatives = { early = { delay = { as_in = "./other.toml" } } }\n'
    )
    (folder / "mine.toml").write_text(text)
    monkeypatch.chdir(tmp_path)
    found = load_scenario("inside/mine.toml").premises[-1]
    assert found.alternatives["early"]["delay"] == Fixed(1.0)
    assert Scenario.from_toml(load_scenario("inside/mine.toml").to_toml()).premises[-1] == found


def test_a_parameter_of_another_unit_is_converted() -> None:
    other = load_scenario("sandberg2018")
    assert other["lifetime"].unit == "yr"
    longer = dataclasses.replace(other["lifetime"], distribution=Fixed(2.0), unit="Gyr")
    premise = Premise("lifetime", "they last", {"longer": {"lifetime": longer}})
    (found,) = other.replace(premises=[premise]).premises
    assert found.alternatives["longer"]["lifetime"] == Fixed(2e9)


def test_another_expansion_model_leaves_premises_that_do_not_fit() -> None:
    static = load_scenario("sandberg2018").replace(premises=[SLOW])
    assert static.replace(expansion="fronts").premises == static.premises


def altered(old: str, new: str) -> str:
    assert old in FILE
    return FILE.replace(old, new)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (altered("delay =", "delai ="), "'slow': unknown parameter or option 'delai'; .*'delay'"),
        (altered("0.1\n", "1.5\n"), "premise 'pace', 'slow': expansion_speed: .*allowed"),
        (altered('"500 Myr"', '"5 km"'), "'slow': delay"),
        (altered('"geometric-mean"', '"geometric"'), "unknown step_times .*'geometric-mean'"),
        (altered("hanson2021-n6-half", "hanson2021-n6-hal"), "unknown scenario .*n6-half'"),
        (altered("hanson2021-n6-half", "no.toml"), "'published': expansion_speed: no scenario fil"),
        (altered("hanson2021-n6-half", "ord2021"), "unknown parameter of 'ord2021' 'expansion_spe"),
        (altered("as_in", "asin"), "expansion_speed"),
        (altered('"log-uniform"', '"log-unform"'), "published'.* 'log-unform'.*'log-uniform'"),
        (altered("says", "say"), "unknown premise 'pace' key 'say'; did you mean 'says'"),
        (altered('says = "fronts are fast"\n', ""), "premise 'pace': says is missing"),
        (altered('"fronts are fast"', '" "'), "premise 'pace': says is missing"),
        (altered("[[premises]]", "[premises]"), r"must be an array of tables, \[\[premises\]\]"),
        (FILE.split("[premises.alternatives")[0] + "alternatives = 3", "alternatives must be"),
        (
            FILE.split("[premises.alternatives")[0] + "alternatives = { a = 3 }",
            "'a' must be a table",
        ),
        (
            FILE + '\n[[premises]]\nname = "pace"\nsays = "twice"\nalternatives.b.delay = 1.0\n',
            "premise 'pace' is given twice",
        ),
    ],
)
def test_files_that_are_refused(text: str, message: str, tmp_path) -> None:
    path = tmp_path / "mine.toml"
    path.write_text(text)
    with pytest.raises(sfc.InputError, match=message) as caught:
        load_scenario(path)
    assert str(caught.value).startswith(str(path))
    assert len(str(caught.value).splitlines()) <= 2


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: Premise("", "b", {"c": {"d": 1}}), "name is missing"),
        (lambda: Premise(3, "b", {"c": {"d": 1}}), "name of a premise is 3"),
        (lambda: Premise("a", "b", {}), "premise 'a': alternatives are missing"),
        (lambda: Premise("a", "b", {"c": {}}), "premise 'a': 'c' changes nothing"),
        (lambda: Premise("a", "b", {"c": 3}), "premise 'a': 'c' is 3"),
        (lambda: BALANCED.replace(premises=SLOW), "premises is .*list of Premise"),
        (lambda: BALANCED.replace(premises=["pace"]), "list of Premise"),
        (lambda: BALANCED.replace(premises=[SLOW, SLOW]), "'pace' is given twice"),
        (lambda: Contested("", "b", {"c": 1.0}), "the name of a premise"),
        (lambda: Contested("a", "b", {}), "and other values"),
        (
            lambda: Declared(
                "x", "x", "", "x", Interval("[0, 1]"), contested=Contested("a", "b", {"two": 2.0})
            ),
            r"x: contested 'two' is 2.0; allowed \[0, 1\]",
        ),
        (lambda: Declared("x", "x", "", "x", contested=2.0), "must be a Contested"),
    ],
)
def test_premises_that_are_refused(make, message: str) -> None:
    with pytest.raises(sfc.InputError, match=message):
        make()


def test_models_of_ones_own_say_what_is_contested() -> None:
    @dataclass(frozen=True)
    class Wrong(Model):
        share: float = option(
            0.5, "share", "(0, 1]", contested=Contested("share", "half", {"all": 2.0})
        )

    with pytest.raises(sfc.InputError, match="share must be a number in"):
        Wrong()


def test_one_of_its_own_replaces_that_of_its_models() -> None:
    own = Premise("speed", "mine", {"slow": {"expansion_speed": 0.1}})
    known = premises_of(BALANCED.replace(premises=[own]))
    assert known["speed"].says == "mine"
    assert list(known).index("speed") == list(premises_of(BALANCED)).index("speed")
