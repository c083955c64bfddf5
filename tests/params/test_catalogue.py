"""Every published parameter set loads, is sourced, and comes back from its own text unchanged."""

from __future__ import annotations

import tomllib
from pathlib import Path

import numpy as np
import pytest
import tomli_w

import sfc_sim as sfc
from sfc_sim.distributions import LogNormal10, LogUniform, PowerOfTen, TruncatedGeometric
from sfc_sim.scenario.catalogue import list_scenarios
from sfc_sim.scenario.parameter import STATUSES
from sfc_sim.scenario.reading import load_scenario
from sfc_sim.scenario.scenario import Scenario

FILES = sorted((Path(__file__).parents[2] / "params").glob("*.toml"))


def test_the_catalogue_is_the_folder() -> None:
    names = [row.name for row in list_scenarios()]
    assert sorted(names) == sorted(file.stem for file in FILES)
    assert len(set(names)) == len(names) >= 7


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_file(file: Path) -> None:
    scenario = load_scenario(file.stem)
    assert scenario == load_scenario(file)
    assert scenario.name == file.stem
    assert scenario.cosmology == "Planck18"
    assert scenario.reference.startswith("https://")
    assert Scenario.from_toml(scenario.to_toml()) == scenario
    assert scenario.assumes[0].isupper(), "what it assumes is a sentence"
    assert scenario.assumes.endswith(".")
    assert len(scenario.assumes.split()) >= 8
    for parameter in scenario.parameters.values():
        assert parameter.source.strip()
        assert parameter.meaning.strip()
        assert parameter.status in STATUSES
        if "own choice" in parameter.source:
            assert parameter.status == "assumed"


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_file_says_nothing_twice(file: Path) -> None:
    """A file is as `to_toml` writes it; one with a base holds nothing that the base has too.

    But for premises: what one has as in another scenario is written out in full.
    """
    text = file.read_text(encoding="utf-8")
    table = tomllib.loads(text)
    assert text == tomli_w.dumps(table)
    if "base" not in table:
        whole, mark = load_scenario(file.stem).to_toml(), "\n[[premises]]"
        assert text.partition(mark)[:2] == whole.partition(mark)[:2]
        return
    base = tomllib.loads(load_scenario(table["base"]).to_toml())
    known = {claim["quantity"]: claim for claim in base.get("claims", [])}
    pairs = [(table, base)]
    pairs += [(table["options"], base["options"])] if "options" in table else []
    pairs += [(p, base["parameters"].get(n, {})) for n, p in table.get("parameters", {}).items()]
    pairs += [(c, known.get(c["quantity"], {})) for c in table.get("claims", [])]
    for said, there in pairs:
        assert said
        twice = [key for key in said if key in there and said[key] == there[key]]
        assert set(twice) <= {"quantity"}, twice


def test_most_of_a_family_build_on_one_of_it() -> None:
    """What a family shares stands in one file, of it or of the work that it builds on.

    But where a work reviews several others, or an author has two in a year.
    """
    bases = {file.stem: tomllib.loads(file.read_text("utf-8")).get("base") for file in FILES}
    for family in {row.family for row in list_scenarios()} - {"riche2025", "kipping2025"}:
        members = [row.name for row in list_scenarios() if row.family == family]
        assert [bases[name] in members for name in members].count(False) == 1, family


@pytest.mark.parametrize("name", [file.stem for file in FILES])
def test_samples_and_is_finite(name: str) -> None:
    draws = sfc.sample(name, 500, rng=7)
    assert draws.sizes["draw"] == 500
    assert set(load_scenario(name).parameters) <= set(draws.data_vars)
    for key, values in draws.data_vars.items():
        assert not np.isnan(values).any(), key
        # A log may be minus infinity, of nothing; a count may be too large for a double.
        lowest, highest = float(values.min()), float(values.max())
        assert highest < np.inf or np.isfinite(draws[f"log_{key}"]).all(), key
        assert lowest > -np.inf or "log" in str(key), key


def test_every_kind_of_estimate_is_there() -> None:
    kinds = {(str(load_scenario(f).appearance), str(load_scenario(f).expansion)) for f in FILES}
    assert {
        ("drake", "displacement"),
        ("drake", "fronts"),
        ("earth-history", "displacement"),
        ("hard-steps", "fronts"),
        ("power-law", "fronts"),
        ("windows", "fronts"),
        ("none", "reach"),
    } <= kinds


def test_claims_come_from_most_sources() -> None:
    """A source without any is the exception; its pages say so."""
    sources = {load_scenario(f).source for f in FILES}
    claiming = {load_scenario(f).source for f in FILES if load_scenario(f).claims}
    assert len(claiming) >= 0.7 * len(sources)


def test_hashes_differ() -> None:
    hashes = {load_scenario(file).hash for file in FILES}
    assert len(hashes) == len(FILES)


# Numbers typed here a second time, from the papers' text.
@pytest.mark.parametrize(("name", "p"), [("balanced", 0.35), ("bullish", 0.7), ("bearish", 0.2)])
def test_cook_2022(name: str, p: float) -> None:
    scenario = load_scenario(f"cook2022-{name}")
    found = {key: value.distribution for key, value in scenario.parameters.items()}
    assert found["hard_steps"] == TruncatedGeometric(p, 1, 20)
    assert found["step_time"] == LogUniform(1, 1e20)
    assert found["delay"] == LogUniform(0.1, 4.5)
    assert found["try_once"] == PowerOfTen(2, sign=-1)
    assert found["longest_habitability"] == PowerOfTen(0.7, shift=5, upper=20_000)
    assert found["early_habitability"] == LogUniform(1e-10, 0.99)
    assert found["expanding_fraction"] == PowerOfTen(0.4, sign=-1, lower=0.01)
    assert found["expansion_speed"] == PowerOfTen(0.43, sign=-1, lower=0.01)
    assert scenario.options["step_times"] == "geometric-mean"


def test_cook_2022_flat_spans_the_stated_ranges() -> None:
    scenario = load_scenario("cook2022-flat")
    ranges = {key: value.distribution.support for key, value in scenario.parameters.items()}
    assert ranges["hard_steps"] == (1, 30)
    assert ranges["step_time"] == (0.1, 1e40)
    assert ranges["try_once"] == (1e-30, 1)
    assert ranges["longest_habitability"] == (5, 2e4)
    assert ranges["early_habitability"] == (1e-10, 0.9)
    assert ranges["expanding_fraction"] == ranges["expansion_speed"] == (0.01, 1)
    assert scenario.options["step_times"] == "common"


def test_sandberg_2018_mean_with_life_certain() -> None:
    # independent factors: the mean of the product is the product of the means, in closed form
    scenario = load_scenario("sandberg2018-certain-life")
    means = [p.distribution.mean() for p in scenario.parameters.values()]
    spans = [(1, 100), (0.1, 1), (0.1, 1), (1e-3, 1), (1e-2, 1), (1e2, 1e10)]
    closed = np.prod([(hi - lo) / np.log(hi / lo) for lo, hi in spans])
    assert np.prod(means) == pytest.approx(closed, rel=1e-12)
    assert np.prod(means) == pytest.approx(5.5431e7, rel=1e-4)


def test_sandberg_2018() -> None:
    scenario = load_scenario("sandberg2018")
    assert scenario["abiogenesis"].distribution == LogNormal10(0, 50)
    assert scenario.options["saturating"] == ("abiogenesis",)
    assert scenario.options["galaxies"] == 1e10


def test_sandberg_2018_toy_has_mean_one_hundred() -> None:
    scenario = load_scenario("sandberg2018-toy")
    means = [p.distribution.mean() for p in scenario.parameters.values()]
    assert np.prod(means) == pytest.approx(100, rel=1e-12)
