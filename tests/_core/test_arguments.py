"""Arguments that do not fit a function are told with its name, and the nearest name of its own."""

from __future__ import annotations

import pytest

import sfc_sim as sfc


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (
            lambda: sfc.assess("ord2021", 100, similarty=1),
            "assess() got an unexpected keyword argument 'similarty'; did you mean 'similarity'?",
        ),
        (
            lambda: sfc.assess(scenari="ord2021"),
            "assess() got an unexpected keyword argument 'scenari'; did you mean 'scenario'?",
        ),
        (lambda: sfc.assess(), "assess() missing a required argument: 'scenario'"),
        (lambda: sfc.load("a", "b"), "load() got too many positional arguments"),
        (
            lambda: sfc.assess("a", scenario="b"),
            "assess() got multiple values for argument 'scenario'",
        ),
        (
            lambda: sfc.load(zzz=1),
            "load() got an unexpected keyword argument 'zzz' (allowed: path)",
        ),
        (
            lambda: sfc.analysis.premises(on=["speed"]),
            "premises() got an unexpected keyword argument 'on'; did you mean 'only'?",
        ),
    ],
)
def test_what_does_not_fit_is_told_with_the_function(call, words):
    with pytest.raises(TypeError) as told:
        call()
    assert str(told.value) == words
    assert told.value.__cause__ is None


BALANCED = sfc.load_scenario("cook2022-balanced")
EFFORT = {"share": 0.5, "draws": 16, "rng": 1}


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (
            lambda: sfc.decision.priorities(**EFFORT, interventions=["alignment", "alignment"]),
            "interventions has 'alignment' twice; give each once",
        ),
        (
            lambda: sfc.drake.log10_civilizations("westby2020-strong", {"stars": 11.0}),
            " is not given; needed is the log10 of each of stars, ",
        ),
        (lambda: BALANCED.replace(expansion_speed=1.0000001), " is 1.0000001; allowed (0, 1] c"),
        (
            lambda: sfc.simulate(sfc.appearance.PowerLawAppearance(n=6), speed=1.0000001),
            "speed is 1.0000001; it must be above 0 and at most 1",
        ),
        (lambda: BALANCED.replace(delay=[3.0]), "delay is [3.0]; it must be one number or a dist"),
        (
            lambda: sfc.decision.priorities(**EFFORT, causes="none"),
            "causes is 'none', as on the command line; in Python none are None",
        ),
        (
            lambda: sfc.assess("finnveden2019", precision=2),
            "precision is 2.0; it must be a finite number from 1e-06 to 1",
        ),
    ],
)
def test_messages_say_what_came_and_what_is_wanted(call, words):
    with pytest.raises(sfc.InputError) as told:
        call()
    assert words in str(told.value)


def test_a_missing_file_of_causes_is_named_once():
    with pytest.raises(sfc.InputError) as told:
        sfc.decision.load_causes("nofile.toml")
    assert str(told.value) == "no file of causes nofile.toml"


def test_a_result_that_is_cut_short_is_told(tmp_path):
    path = sfc.save(sfc.sample("finnveden2019", 20, rng=1), tmp_path / "draws.nc")
    whole = path.read_bytes()
    path.write_bytes(whole[:200])
    with pytest.raises(sfc.InputError, match=f"cut short, at 200 of {len(whole):,} bytes"):
        sfc.load(path)
    path.write_bytes(whole)
    assert sfc.load(path).sizes["draw"] == 20
