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
