"""Scenarios: what is accepted, what is refused and how, and that nothing is lost on the way."""

from __future__ import annotations

import copy
import dataclasses
import pickle
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sfc_sim._core.errors import InputError
from sfc_sim.distributions import (
    Discrete,
    Fixed,
    LogUniform,
    Mixture,
    Normal,
    PowerOfTen,
    Uniform,
    UniformInteger,
)
from sfc_sim.distributions.declarations import Interval, declared_options
from sfc_sim.expansion.family import Displacement
from sfc_sim.scenario.catalogue import list_scenarios
from sfc_sim.scenario.families import FAMILIES
from sfc_sim.scenario.parameter import Parameter
from sfc_sim.scenario.reading import load_scenario, save_scenario
from sfc_sim.scenario.scenario import Scenario

BALANCED = load_scenario("cook2022-balanced")
SANDBERG = load_scenario("sandberg2018")


def test_models_declare_their_parameters_once() -> None:
    assert set(FAMILIES["appearance"]) == {
        "hard-steps", "drake", "windows", "power-law", "earth-history", "none", "power-of-time",
        "table",
    }  # fmt: skip
    assert set(FAMILIES["expansion"]) == {"fronts", "displacement", "reach"}
    for role in FAMILIES.values():
        for model in role.values():
            declared = (*model.parameters, *declared_options(model).values())
            names = [d.name for d in declared]
            assert len(set(names)) == len(names)
            assert all(d.meaning for d in declared)


def test_defaults_are_allowed_values() -> None:
    for role in FAMILIES.values():
        for model in role.values():
            for option in declared_options(model).values():
                if option.default is None:
                    continue
                assert not option.choices or option.default in option.choices
                numbers = option.default if option.numbers else [option.default]
                assert option.bounds is None or all(map(option.bounds.contains, numbers))


@pytest.mark.parametrize(
    ("text", "inside", "outside"),
    [
        ("(0, 1]", [1e-300, 1], [0, 1.1, -1]),
        ("[0, 12]", [0, 12], [-1e-9, 12.1]),
        ("[1, inf)", [1, 1e300], [0.9, float("inf"), float("nan")]),
    ],
)
def test_interval(text: str, inside: list[float], outside: list[float]) -> None:
    assert all(Interval(text).contains(x) for x in inside)
    assert not any(Interval(text).contains(x) for x in outside)


def test_interval_admits_a_density_up_to_its_open_end_but_no_point_on_it() -> None:
    bounds = Interval("(0, 1]")
    assert bounds.admits(Uniform(0, 1))
    assert bounds.admits(PowerOfTen(2, sign=-1))
    assert not bounds.admits(Fixed(0))
    assert not bounds.admits(Discrete([0, 1], [0.5, 0.5]))
    assert not bounds.admits(Mixture([Uniform(0, 1), Fixed(0)], [0.5, 0.5]))
    assert not bounds.admits(Uniform(0, 1.1))


@given(
    speed=st.floats(0.001, 1),
    delay=st.tuples(st.floats(1e-3, 5), st.floats(5.001, 12)),
    title=st.text(st.characters(blacklist_categories=["Cs", "Cc"]), min_size=1).filter(str.strip),
)
@settings(max_examples=50, deadline=None)
def test_text_round_trip(speed: float, delay: tuple[float, float], title: str) -> None:
    changed = BALANCED.replace(expansion_speed=speed, delay=LogUniform(*delay), title=title)
    again = Scenario.from_toml(changed.to_toml())
    assert again == changed
    assert again.to_toml() == changed.to_toml()
    assert again.hash == changed.hash


@pytest.mark.parametrize("scenario", [BALANCED, SANDBERG], ids=lambda s: s.name)
def test_pickle_copy_and_hash(scenario: Scenario) -> None:
    assert pickle.loads(pickle.dumps(scenario)) == scenario
    assert copy.deepcopy(scenario) == scenario
    assert hash(load_scenario(scenario.name)) == hash(scenario)
    assert len(scenario.hash) == 16
    assert int(scenario.hash, 16) >= 0


def test_hash_does_not_depend_on_how_a_number_is_written() -> None:
    assert BALANCED.replace(delay=Fixed(1)).hash == BALANCED.replace(delay="1.0 Gyr").hash
    assert BALANCED.replace(delay=Fixed(1)).hash != BALANCED.replace(delay=Fixed(1.5)).hash


def test_frozen() -> None:
    with pytest.raises(dataclasses.FrozenInstanceError):
        BALANCED.name = "x"  # type: ignore[misc]  # that it is refused is the test
    with pytest.raises(TypeError):
        BALANCED.parameters["delay"] = None  # type: ignore[index]  # likewise
    with pytest.raises(TypeError):
        BALANCED.options["completion"] = "gamma"  # type: ignore[index]  # likewise


def test_replace_marks_the_user_as_the_source() -> None:
    changed = BALANCED.replace(expansion_speed=Uniform(0.1, 1), completion="hypoexponential")
    assert changed["expansion_speed"].distribution == Uniform(0.1, 1)
    assert changed["expansion_speed"].source == "set by the user"
    assert changed["expansion_speed"].status == "assumed"
    assert changed["delay"] == BALANCED["delay"]
    assert changed.options["completion"] == "hypoexponential"
    assert BALANCED.options["completion"] == "gamma"


def test_replace_converts_units() -> None:
    import astropy.units as u

    assert BALANCED.replace(delay="3 Gyr")["delay"].distribution == Fixed(3)
    # 1e-3 and the product are rounded once each
    for value in ("500 Myr", 500 * u.Myr):
        fixed = BALANCED.replace(delay=value)["delay"].distribution
        assert fixed.mean() == pytest.approx(0.5, rel=1e-15)
    speed = BALANCED.replace(expansion_speed="149896.229 km/s")["expansion_speed"]
    assert speed.distribution.mean() == pytest.approx(0.5, rel=1e-14)


def test_replace_words_and_model() -> None:
    changed = BALANCED.replace(name="mine", title="Mine", cosmology="Planck15")
    assert (changed.name, changed.title, changed.cosmology) == ("mine", "Mine", "Planck15")
    assert BALANCED.replace(expansion="displacement").expansion == Displacement()
    assert SANDBERG.replace(galaxies=2e12, saturating=[]).options["saturating"] == ()


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        (
            {"expansion_sped": 0.5},
            "unknown assumption 'expansion_sped'; did you mean 'expansion_speed'",
        ),
        ({"expansion_speed": 1.5}, r"expansion_speed: Fixed\(value=1.5\) .* allowed \(0, 1\] c"),
        ({"expansion_speed": "3 Gyr"}, "expansion_speed: '3 Gyr' is not convertible to c"),
        (
            {"delay": Normal(1, 0.1)},
            r"delay: Normal.* reaches from -inf to inf; allowed \[0, 12\] Gyr",
        ),
        ({"delay": float("nan")}, "delay: .*nan"),
        ({"hard_steps": 2.5}, "hard_steps: .* integers only"),
        ({"hard_steps": Uniform(1, 5)}, "hard_steps: .* integers only"),
        ({"hard_steps": UniformInteger(1, 31)}, r"hard_steps: .* allowed \[1, 30\]"),
        ({"completion": "gama"}, "unknown completion 'gama'; did you mean 'gamma'"),
        ({"name": 3}, "name must be text"),
        ({"title": " "}, "title is missing"),
        ({"expansion": "front"}, "unknown expansion model 'front'; did you mean 'fronts'"),
    ],
)
def test_replace_refuses(changes: dict[str, object], message: str) -> None:
    with pytest.raises(InputError, match=message) as caught:
        BALANCED.replace(**changes)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"galaxies": 0}, r"galaxies must be a number in \(0, inf\), got 0"),
        ({"galaxies": "many"}, "galaxies must be a number"),
        ({"galaxies": True}, "galaxies must be a number"),
        ({"galaxies": float("nan")}, "galaxies must be a number"),
        ({"saturating": "abiogenesis"}, "saturating must be a list"),
        ({"saturating": ["abiogensis"]}, "did you mean 'abiogenesis'"),
        ({"saturating": ["expansion_speed"]}, "unknown saturating factor 'expansion_speed'"),
    ],
)
def test_drake_options_refuse(changes: dict[str, object], message: str) -> None:
    with pytest.raises(InputError, match=message):
        SANDBERG.replace(**changes)


def test_a_name_that_is_no_parameter() -> None:
    with pytest.raises(InputError, match="unknown parameter 'dealy'; did you mean 'delay'"):
        BALANCED["dealy"]


def edited(old: str, new: str, scenario: Scenario = BALANCED) -> str:
    text = scenario.to_toml()
    assert old in text
    return text.replace(old, new, 1)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("name = = 3", r"file\.toml: not valid TOML: .*line 1"),
        (
            edited('title = "Rep', 'titel = "Rep'),
            "unknown scenario key 'titel'; did you mean 'title'",
        ),
        (edited('cosmology = "Planck18"\n', ""), "cosmology is missing"),
        (edited('"hard-steps"', '"hard-step"'), "did you mean 'hard-steps'"),
        (edited('"fronts"', '"front"'), "did you mean 'fronts'"),
        (
            edited("completion", "completoin"),
            "unknown option 'completoin'; did you mean 'completion'",
        ),
        (edited('"gamma"', '"gauss"'), "unknown completion 'gauss'"),
        (edited('"gamma"', "3"), "unknown completion '3'"),
        (edited("[parameters.delay]", "[parameters.dealy]"), "dealy"),
        (
            edited('status = "verified"', 'status = "certain"'),
            "unknown hard_steps status 'certain'",
        ),
        (edited('status = "verified"\n', ""), "hard_steps: status is missing"),
        (
            edited('source = "Cook 2022, chapter 1, prior on d"', 'source = ""'),
            "delay: source is missing",
        ),
        (edited('source = "Cook 2022, chapter 1, prior on d"\n', ""), "delay: source is missing"),
        (edited('unit = "Gyr"\nsymbol = "d"', 'symbol = "d"'), "delay: unit is missing"),
        (edited('unit = "Gyr"\nsymbol = "d"', 'unit = ""\nsymbol = "d"'), "delay: unit is missing"),
        (
            edited('unit = "Gyr"\nsymbol = "d"', 'unit = "kg"\nsymbol = "d"'),
            "delay: .*kg.* convertible to Gyr",
        ),
        (edited('unit = ""\nsymbol = "w"', 'unit = "Gyr"\nsymbol = "w"'), "try_once: .*Gyr"),
        (edited("hi = 4.5", "hi = 0.01"), "delay distribution: LogUniform.*0 < lo < hi"),
        (edited("hi = 4.5", "high = 4.5"), "unknown delay distribution key 'high'"),
        (edited("hi = 4.5", "hi = 450.0"), r"delay: LogUniform.* allowed \[0, 12\] Gyr"),
        (
            edited('kind = "truncated-geometric"', 'kind = "geometric"'),
            "did you mean 'truncated-geometric'",
        ),
        (
            edited('symbol = "d"', 'symbole = "d"'),
            "unknown delay key 'symbole'; did you mean 'symbol'",
        ),
        (edited('symbol = "d"', "symbol = 4"), "delay symbol must be text"),
        ("options = 3\n" + edited("[options]", "[parameters.unknown]"), "unknown|must be a table"),
    ],
)
def test_files_that_are_refused(text: str, message: str, tmp_path: Path) -> None:
    path = tmp_path / "file.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(InputError, match=message) as caught:
        load_scenario(path)
    assert str(caught.value).startswith(str(path))
    assert "\n" not in str(caught.value)


def test_a_missing_parameter_is_named() -> None:
    parameters = {k: v for k, v in BALANCED.parameters.items() if k != "delay"}
    with pytest.raises(InputError, match="parameter delay is missing"):
        dataclasses.replace(BALANCED, parameters=parameters)


def test_a_parameter_no_model_reads_is_refused() -> None:
    extra = dataclasses.replace(BALANCED["delay"], name="dealy")
    with pytest.raises(InputError, match="unknown parameter 'dealy'; did you mean 'delay'"):
        dataclasses.replace(BALANCED, parameters={**BALANCED.parameters, "dealy": extra})
    with pytest.raises(InputError, match="has another name in the mapping"):
        dataclasses.replace(
            SANDBERG, parameters={**SANDBERG.parameters, "dealy": BALANCED["delay"]}
        )


def test_drake_needs_factors_with_names_of_their_own() -> None:
    bare = {k: SANDBERG[k] for k in ("expanding_fraction", "expansion_speed")}
    with pytest.raises(InputError, match="at least one factor"):
        dataclasses.replace(SANDBERG, parameters=bare, appearance="drake")
    clash = Parameter("galaxies", Fixed(1), "", "n", "galaxies", "nobody", "assumed")
    with pytest.raises(InputError, match="cannot be called 'galaxies'"):
        dataclasses.replace(SANDBERG, parameters={**SANDBERG.parameters, "galaxies": clash})
    with pytest.raises(InputError, match="lower_case"):
        dataclasses.replace(clash, name="No Name")


def test_a_convertible_unit_is_converted() -> None:
    text = edited('unit = "Gyr"\nsymbol = "d"', 'unit = "Myr"\nsymbol = "d"')
    text = text.replace("lo = 0.1\nhi = 4.5", "lo = 100\nhi = 4500")
    converted = Scenario.from_toml(text)["delay"]
    assert converted.unit == "Gyr"
    assert converted.distribution.support == pytest.approx((0.1, 4.5), rel=1e-15)
    # not every kind has a rescaled form
    text = edited('unit = "Gyr"\nsymbol = "L_{max}"', 'unit = "Myr"\nsymbol = "L_{max}"')
    with pytest.raises(InputError, match=r"longest_habitability: .* state it in the model's unit"):
        Scenario.from_toml(text)


def test_words_the_model_declares_may_be_left_out() -> None:
    text = edited('symbol = "d"\n', "")
    assert Scenario.from_toml(text) == BALANCED


def test_load_refuses_unknown_names_and_missing_files(tmp_path: Path) -> None:
    with pytest.raises(
        InputError, match="unknown scenario 'cook2022-balance'; did you mean 'cook2022-balanced'"
    ):
        load_scenario("cook2022-balance")
    with pytest.raises(InputError, match="no scenario file"):
        load_scenario(tmp_path / "nothing.toml")
    with pytest.raises(InputError, match="cannot read"):
        load_scenario(tmp_path)
    (tmp_path / "bytes.toml").write_bytes(b"\xff\xfe")
    with pytest.raises(InputError, match="the file is in UTF-16"):
        load_scenario(str(tmp_path / "bytes.toml"))


def test_save_and_load(tmp_path: Path) -> None:
    path = save_scenario(BALANCED, tmp_path / "mine.toml")
    assert load_scenario(path) == load_scenario(str(path)) == BALANCED
    with pytest.raises(InputError, match="exists; use force"):
        save_scenario(SANDBERG, path)
    assert load_scenario(path) == BALANCED
    save_scenario(SANDBERG, path, force=True)
    assert load_scenario(path) == SANDBERG
    assert [file.name for file in tmp_path.iterdir()] == ["mine.toml"]  # nothing left beside it
    with pytest.raises(InputError, match="there is no folder"):
        save_scenario(BALANCED, tmp_path / "no" / "mine.toml")


def test_show_has_every_parameter_with_its_provenance() -> None:
    text = str(BALANCED)
    flat = " ".join(text.split())
    for parameter in BALANCED.parameters.values():
        said = f"{parameter.name} {parameter.symbol} = {parameter.distribution} {parameter.unit}"
        assert f"{said} {parameter.status}: {parameter.source}".replace("  ", " ") in flat
    assert BALANCED.hash in text


def test_catalogue_table() -> None:
    table = list_scenarios()
    assert table._repr_html_().count("<tr>") == len(table) + 1
    assert "Drexler &amp; Ord" in table._repr_html_()
