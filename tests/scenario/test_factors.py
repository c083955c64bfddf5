"""Factors of any name: what a model takes, within which bounds, under which names."""

from __future__ import annotations

import dataclasses
import math
from pathlib import Path

import numpy as np
import pytest

import sfc_sim as sfc
from sfc_sim._core.errors import InputError
from sfc_sim._core.variables import VARIABLES
from sfc_sim.cosmology.background import Background
from sfc_sim.distributions import Discrete, Fixed, LogUniform, Normal, TruncatedLogNormal, Uniform
from sfc_sim.distributions.declarations import Declared, Interval
from sfc_sim.drake.distribution import factors_of, log10_civilizations
from sfc_sim.earth.history import steps_of
from sfc_sim.expansion.family import Displacement
from sfc_sim.scenario.parameter import Parameter
from sfc_sim.scenario.reading import load_scenario
from sfc_sim.scenario.scenario import Scenario

SANDBERG = load_scenario("sandberg2018")
ONE = Fixed(1.0)
PRODUCTS = [
    row.name for row in sfc.list_scenarios() if row.model.startswith(("drake", "earth-history"))
]


def with_factor(name: str, distribution=ONE, base: Scenario = SANDBERG, **words):
    words = {"unit": "", "symbol": "x", "meaning": "a factor", "source": "me"} | words
    extra = Parameter(name=name, distribution=distribution, status="assumed", **words)
    return dataclasses.replace(base, parameters={**base.parameters, name: extra})


@pytest.mark.parametrize(
    "value", [2.0, -1.0, math.nextafter(1.0, 2.0), Uniform(0.5, 1.5), Normal(0.5, 0.1)], ids=str
)
def test_a_fraction_lies_within_0_and_1(value):
    with pytest.raises(InputError, match=r"intelligence_fraction: .* allowed \[0, 1\]") as caught:
        SANDBERG.replace(intelligence_fraction=value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    "value", [0.0, 1.0, Uniform(0, 1), Discrete([0, 1], [0.5, 0.5]), TruncatedLogNormal(0, 1, 0, 1)]
)
def test_both_ends_of_a_fraction_are_allowed(value):
    assert SANDBERG.replace(intelligence_fraction=value).factors.keys() == SANDBERG.factors.keys()


@pytest.mark.parametrize("name", PRODUCTS)
def test_no_factor_that_is_a_probability_exceeds_1(name):
    """By what the file says each is; numbers and rates may, and no factor may be negative."""
    scenario = load_scenario(name)
    words = ("fraction", "probability", "chance", "share")
    for key, factor in scenario.factors.items():
        with pytest.raises(InputError, match=f"^{key}: "):
            scenario.replace(**{key: -1e-9})
        bounded = factor.meaning.startswith(words) and not factor.unit
        if bounded:
            with pytest.raises(InputError, match=f"^{key}: .*allowed .0, 1"):
                scenario.replace(**{key: 1.001})
        else:
            assert scenario.replace(**{key: 1.001})[key].distribution == Fixed(1.001)


def test_bounds_of_a_file_are_kept_and_count_before_those_of_the_name():
    wide = with_factor("planets_fraction", LogUniform(0.1, 5.0), bounds="[0, 10]")
    assert Scenario.from_toml(wide.to_toml())["planets_fraction"] == wide["planets_fraction"]
    with pytest.raises(InputError, match=r"allowed \[0, 10\]"):
        wide.replace(planets_fraction=11.0)
    with pytest.raises(InputError, match=r"bounds are '0 to 1'; allowed such as"):
        with_factor("planets_fraction", bounds="0 to 1")
    speed = dataclasses.replace(SANDBERG["expansion_speed"], bounds="[0, 5]")
    with pytest.raises(InputError, match="expansion_speed: bounds are those of the model"):
        dataclasses.replace(SANDBERG, parameters={**SANDBERG.parameters, speed.name: speed})


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ('"Planck18"', '"planck18"', "unknown cosmology 'planck18'; did you mean 'Planck18'"),
        ('"Planck18"', '"Einstein"', "unknown cosmology 'Einstein' .*allowed: WMAP1"),
        ("lo = 100.0", "lo = -100.0", "lifetime"),
        ("lo = 0.001\nhi = 1.0", "lo = 0.001\nhi = 1.5", r"intelligence_fraction: .*\[0, 1\]"),
    ],
)
def test_files_are_checked_when_they_are_read(old, new, message, tmp_path: Path):
    text = SANDBERG.to_toml()
    assert old in text
    path = tmp_path / "mine.toml"
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(InputError, match=message) as caught:
        load_scenario(path)
    assert str(caught.value).startswith(str(path))


def test_a_negative_fixed_factor_is_refused_when_it_is_read():
    text = load_scenario("drake1961-low").to_toml()
    with pytest.raises(InputError, match=r"lifetime: .*is -1000; allowed"):
        Scenario.from_toml(text.replace("value = 1000.0", "value = -1000.0"))


def test_every_cosmology_with_a_name_loads():
    for name in Background.available():
        assert SANDBERG.replace(cosmology=name).cosmology == name


def columns() -> set[str]:
    found = set(VARIABLES)
    for name in ("sandberg2018", "finnveden2019", "kipping2020", "cook2022-balanced"):
        draws = sfc.sample(name, 2, rng=1)
        found |= {str(key) for key in draws.variables} - load_scenario(name).parameters.keys()
    return found | {"log_copies", "theory", "quantile", "evidence", "draw"}


def test_a_factor_cannot_be_named_like_a_result():
    """Else its column is overwritten, and the draws no longer hold what was drawn."""
    names = columns()
    assert len(names) > 100
    for name in sorted(names):
        with pytest.raises(InputError, match=f"cannot be called '{name}', the name of a result"):
            with_factor(name)


def test_a_name_that_is_free_is_drawn_as_it_was_given():
    """The negative control: these come through to their columns."""
    for name in ("lifetime_of_stars", "recovered", "civilization"):
        draws = sfc.sample(with_factor(name, Uniform(2.0, 3.0)), 100, rng=1)
        assert (draws[name].values >= 2.0).all()


def test_a_parameter_added_to_expansion_is_no_factor(monkeypatch):
    """Factors are what no model declares, not all parameters but some."""
    new = Declared("boost", "b", "", "anything", Interval("[0, inf)"))
    steps = load_scenario("kipping2020")
    before = log10_civilizations(SANDBERG, dict.fromkeys(SANDBERG.factors, 0.0))
    monkeypatch.setattr(Displacement, "parameters", (*Displacement.parameters, new))
    wider = with_factor("boost", Fixed(7.0))
    assert list(factors_of(wider)) == list(SANDBERG.factors)
    logs = dict.fromkeys(wider.factors, 0.0) | {"boost": np.log10(7.0)}
    assert log10_civilizations(wider, logs) == before
    assert list(steps_of(with_factor("boost", base=steps))) == ["life", "intelligence"]
