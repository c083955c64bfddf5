"""Variants: what a file leaves to its base, and what is refused, in words."""

from __future__ import annotations

from pathlib import Path

import pytest

from sfc_sim._core.errors import InputError
from sfc_sim.distributions import Fixed
from sfc_sim.scenario.files import merged, table_in
from sfc_sim.scenario.reading import load_scenario, save_scenario
from sfc_sim.scenario.scenario import Scenario

BALANCED = load_scenario("cook2022-balanced")
SANDBERG = load_scenario("sandberg2018")

LAW = {"kind": "uniform", "lo": 0.0, "hi": 2.0}
BASE = {
    "name": "base",
    "title": "A base",
    "options": {"mars": "no", "window": 9.5},
    "parameters": {
        "one": {"unit": "Gyr", "source": "page 1", "distribution": LAW},
        "two": {"unit": "c", "source": "page 2"},
        "three": {"unit": "", "source": "page 3"},
    },
    "claims": [{"quantity": "how many", "published": 3.0, "reason": "a digit"}],
}


def laid(**variant: object) -> dict[str, object]:
    return merged(BASE, {"base": "base", **variant})


def test_nothing_said_is_the_base_without_its_claims() -> None:
    table = laid()
    assert table == {key: BASE[key] for key in BASE if key != "claims"}
    assert list(table["parameters"]) == list(BASE["parameters"])


def test_words_options_and_keys_of_parameters_are_replaced_one_by_one() -> None:
    law = {"kind": "fixed", "value": 1.0}
    table = laid(
        title="A variant",
        assumes="Nothing.",
        options={"mars": "yes"},
        parameters={"one": {"distribution": law}},
    )
    assert (table["name"], table["title"], table["assumes"]) == ("base", "A variant", "Nothing.")
    assert table["options"] == {"mars": "yes", "window": 9.5}
    assert table["parameters"]["one"] == {"unit": "Gyr", "source": "page 1", "distribution": law}
    assert table["parameters"]["two"] == BASE["parameters"]["two"]


@pytest.mark.parametrize(
    ("drop", "new", "names"),
    [
        ([], ["six"], ["one", "two", "three", "six"]),
        (["two"], [], ["one", "three"]),
        (["two"], ["six", "seven"], ["one", "six", "seven", "three"]),
        (["one", "three"], ["six"], ["six", "two"]),
        (["three", "two", "one"], ["six", "seven"], ["six", "seven"]),
        (["two"], ["two"], ["one", "two", "three"]),
    ],
)
def test_new_parameters_stand_where_dropped_ones_stood(drop, new, names) -> None:
    entry = {"unit": "kg"}
    parameters = laid(drop=drop, parameters=dict.fromkeys(new, entry))["parameters"]
    assert list(parameters) == names
    assert all(parameters[name] == entry for name in new)


def test_options_can_be_dropped_and_drop_is_not_inherited() -> None:
    table = laid(drop=["mars"])
    assert table["options"] == {"window": 9.5}
    assert not {"base", "drop"} & set(table)


def test_claims_are_those_listed_with_the_words_of_the_base() -> None:
    other = {"quantity": "how far", "published": 1.0}
    claims = laid(claims=[{"quantity": "how many", "published": 4.0}, other])["claims"]
    assert claims == [{"quantity": "how many", "published": 4.0, "reason": "a digit"}, other]


def test_tables_are_left_as_they_were() -> None:
    before = repr(BASE)
    laid(drop=["two"], parameters={"one": {"unit": "kg"}}, options={"mars": "yes"})
    assert repr(BASE) == before


def test_a_variant_of_the_catalogue_without_words_of_its_own_says_what_it_changes(tmp_path) -> None:
    path = tmp_path / "mine.toml"
    path.write_text(
        'base = "cook2022-balanced"\n[options]\ndelay_form = "exponential"\n'
        '[parameters.delay]\ndistribution = { kind = "fixed", value = 1.0 }\n'
    )
    assert load_scenario(path) == BALANCED.replace(delay=Fixed(1), delay_form="exponential")


def test_a_variant_that_says_nothing_is_its_base_but_for_claims() -> None:
    same = Scenario.from_toml('base = "sandberg2018"')
    assert same.to_toml() == SANDBERG.to_toml().partition("[[claims]]")[0].rstrip() + "\n"


def test_what_is_loaded_is_complete_and_comes_back(tmp_path) -> None:
    loaded = Scenario.from_toml('base = "cook2022-balanced"\nname = "mine"\ntitle = "Mine"')
    assert "base" not in loaded.to_toml()
    assert load_scenario(save_scenario(loaded, tmp_path / "whole.toml")) == loaded


def test_bases_of_files_start_from_their_folder_and_have_bases(tmp_path, monkeypatch) -> None:
    (tmp_path / "inner").mkdir()
    save_scenario(BALANCED.replace(delay="1 Gyr", name="whole"), tmp_path / "whole.toml")
    (tmp_path / "inner" / "half.toml").write_text(
        'base = "../whole.toml"\nname = "half"\n[options]\ngalaxies = 1e11\n'
    )
    path = tmp_path / "inner" / "third.toml"
    path.write_text('base = "half.toml"\nname = "third"\n[options]\ndelay_form = "exponential"\n')
    monkeypatch.chdir(tmp_path)
    for third in (load_scenario(path), load_scenario("inner/third.toml")):
        assert third["delay"].distribution == Fixed(1)
        assert third.options["galaxies"] == 1e11
        assert third.options["delay_form"] == "exponential"
        assert third.name.startswith("third")
    text = 'base = "inner/half.toml"\nname = "fourth"'
    assert Scenario.from_toml(text).options["galaxies"] == 1e11


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('base = "cook2022-balance"', "unknown base 'cook2022-balance'; did you mean 'cook2022-b"),
        ('base = ""', "base is ''; it must be the path of a file"),
        ("base = 3", "base must be text, got 3"),
        ('base = ["ord2021"]', "base must be text"),
        ('base = "beside"', "unknown base 'beside'; is it the file beside.toml"),
        ('base = "nowhere.toml"\nname = "mine"', "no scenario file .*nowhere.toml"),
        ('base = "beside.toml"', "name is missing; a variant of a file needs a name of its own"),
        ('base = "beside.toml"\nname = "mine"', "beside.toml: not valid TOML"),
        ('base = "mine.toml"\nname = "mine"', "base 'mine.toml' refers back to this file"),
        (
            'base = "there.toml"\nname = "mine"',
            "there.toml: .*back.toml: base 'mine.toml' refers",
        ),
        ('base = "a\\u0000b"', "it must be the path of a file"),
        ("drop = []", "drop needs a base; this file has none"),
        ('base = "ord2021"\ndrop = "mars"', "drop must be a list of names, got 'mars'"),
        (
            'base = "ord2021"\ndrop = ["launch_sped"]',
            "option or premise to drop 'launch_sped'; did you mean 'launch_speed'",
        ),
        ('base = "ord2021"\ndrop = [3]', "unknown parameter, option or premise to drop '3'"),
        ('base = "ord2021"\ndrop = ["launch_speed"]', "parameter launch_speed is missing"),
        ('base = "ord2021"\ntitel = "A"', "unknown scenario key 'titel'; did you mean 'title'"),
        ('base = "ord2021"\nclaims = 3', "claims must be an array of tables"),
        ('base = "ord2021"\nclaims = [3]', "a claim must be a table, got 3"),
        ('base = "ord2021"\noptions = 3', "options must be a table, got 3"),
        ('base = "ord2021"\nparameters = 3', "parameters must be a table, got 3"),
        ('base = "ord2021"\nparameters = {launch_speed = 3}', "launch_speed must be a table"),
        ('base = "ord2021"\n[parameters.speed]\nunit = "c"', "speed"),
        ('base = "ord2021"\n[[claims]]\nquantity = "no such"', "claim 'no such': published is mis"),
    ],
)
def test_variants_that_are_refused(text: str, message: str, tmp_path: Path) -> None:
    path = tmp_path / "mine.toml"
    path.write_text(text)
    (tmp_path / "beside.toml").write_text("name = = 3")
    (tmp_path / "there.toml").write_text('base = "back.toml"\nname = "there"')
    (tmp_path / "back.toml").write_text('base = "mine.toml"\nname = "back"')
    with pytest.raises(InputError, match=message) as caught:
        load_scenario(path)
    assert str(caught.value).startswith(str(path))
    assert "\n" not in str(caught.value)
    assert "ord2021.toml" not in str(caught.value), "the base is not to blame"


def test_a_file_without_a_base_is_read_as_it_stands() -> None:
    assert table_in('title = "A"\n[options]\nmars = "no"') == {
        "title": "A",
        "options": {"mars": "no"},
    }
