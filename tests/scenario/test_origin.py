"""Attributes of results are read in one place, once, and turned into objects there."""

import dataclasses
import gc
import re
import sys
import tomllib
from pathlib import Path

import numpy as np
import pytest
import xarray as xr

import sfc_sim as sfc
from sfc_sim.expansion.displacement import Static
from sfc_sim.scenario import files, origin, reading
from sfc_sim.scenario.origin import origin_of

pytestmark = pytest.mark.filterwarnings("ignore::sfc_sim.EffectiveSampleSizeWarning")

PACKAGE = Path(sfc.__file__).parent

READ = re.compile(r"(?<!del dataset\.)attrs(\.get\(|\[[^\]]*\](?! = ))|\bin \w*\.?attrs\b")

ALLOWED = {
    "scenario/origin.py": "the one that computes with them",
    "_core/schema.py": "holds draws against weights",
    "_core/storage.py": "writes and reads files",
    "decision/rows.py": "prints them",
    "decision/study.py": "writes and reads files",
    "plotting/style.py": "prints them below a picture",
    "plotting/universe.py": "prints them below a picture",
    "plotting/hangs.py": "prints a heading",
    "plotting/distances.py": "prints them below a picture",
    "plotting/proposals.py": "prints a unit",
    "analysis/assessment.py": "passes words on",
    "analysis/empty_sky.py": "prints a warning",
    "cli/options.py": "prints them",
}
"""Who reads attributes beside the reports, which print them, and why."""


def reads(file):
    """Return the lines that read attributes, but for those of examples."""
    lines = file.read_text("utf-8").splitlines()
    return [line for line in lines if READ.search(line) and ">>>" not in line]


def test_who_reads_attributes():
    found = {file.relative_to(PACKAGE).as_posix() for file in PACKAGE.rglob("*.py") if reads(file)}
    found = {name for name in found if not name.startswith("report/")}
    assert found == set(ALLOWED), "compute with sfc_sim.scenario.origin.origin_of(dataset)"


def test_only_one_module_makes_objects_of_attributes():
    makes = re.compile(r"(from_toml|Background\.named|json\.loads|int|float)\([^)]*attrs")
    makers = {
        file.relative_to(PACKAGE).as_posix()
        for file in PACKAGE.rglob("*.py")
        if any(makes.search(line) for line in reads(file))
    }
    assert {name for name in makers if not name.startswith("report/")} <= {"decision/study.py"}


@pytest.fixture
def texts(monkeypatch):
    """Every text of TOML that is read from here on, with nothing read before."""
    texts, read = [], tomllib.loads
    for known in (origin._parsed, files._parsed, reading.stock):
        known.cache_clear()
    monkeypatch.setattr(tomllib, "loads", lambda text, **more: texts.append(text) or read(text))
    yield texts
    reading.stock.cache_clear()  # a scenario of the catalogue is the same object everywhere


def test_a_study_reads_the_files_that_its_scenario_names_and_each_once(texts):
    study = sfc.assess("cook2022-balanced", 500, rng=7, theories=["prior"])
    named = {"balanced", "red-dwarfs", "flat", "flat-red-dwarfs", "bearish", "bullish"}
    paths = [files.catalogue_files()[f"cook2022-{name}"] for name in named]
    assert sorted(texts) == sorted(path.read_text("utf-8") for path in paths)
    texts.clear()
    sfc.decision.retention(study.draws, study.weights, size=20)
    sfc.analysis.sensitivity(study, points=64)
    sfc.analysis.premises(study, only=["speed"], draws=100)
    assert not texts, "nothing is read back from a text of its own"


def test_a_scenario_that_lives_no_more_is_read_back(texts):
    draws = sfc.sample("sandberg2018-toy", 5, rng=7)
    reading.stock.cache_clear()
    gc.collect()
    texts.clear()
    assert origin_of(draws).scenario == sfc.load_scenario("sandberg2018-toy")
    assert draws.attrs["scenario_toml"] in texts


@pytest.mark.parametrize("lives", [True, False])
def test_one_by_the_name_of_another_comes_back_as_it_was(lives):
    """Whether it is read back or not: by its name, and with the hash that its draws have."""
    changed = sfc.load_scenario("sandberg2018").replace(expansion_speed=0.4)
    taken = dataclasses.replace(changed, name="sandberg2018")
    draws = sfc.sample(taken, 5, rng=7)
    same = taken if lives else None
    del taken
    gc.collect()
    origin._parsed.cache_clear()
    found = origin_of(draws).scenario
    assert same is None or found is same
    assert found.name == draws.attrs["scenario"] == "sandberg2018"
    assert found.hash == draws.attrs["scenario_hash"]


def test_objects_come_back():
    draws = sfc.sample("cook2022-balanced", 5, rng=7)
    found = origin_of(draws)
    assert found.scenario is origin_of(draws.isel(draw=[1])).scenario
    assert found.background.name == found.scenario.cosmology
    assert (found.seed, found.name, found.aim) == (7, "cook2022-balanced", None)
    assert origin_of(sfc.weigh(draws, "none", theories=["prior"])).evidence == "none"
    aimed = sfc.sample("cook2022-balanced", 5, rng=7, aim=["sia"])
    assert origin_of(aimed).aim.theories == ["sia"]


def test_a_power_law_universe_comes_back():
    model = sfc.appearance.PowerLawAppearance(n=3, abundance=1.0)
    universe = sfc.simulate(model, speed=0.5, civilizations=300, rng=7)
    assert origin_of(universe).background.exponent == pytest.approx(2.0 / 3.0)


@pytest.mark.parametrize(
    ("ask", "words"),
    [
        (lambda o: o.scenario, "'scenario_toml'; pass that of sfc_sim.sample"),
        (lambda o: o.seed, "'seed'; pass that of sfc_sim.sample"),
        (lambda o: o.background, "'cosmology'; pass that of sfc_sim.sample"),
        (lambda o: o.evidence, "'evidence'; pass that of sfc_sim.weigh"),
        (lambda o: o.number("box"), "'box'; pass that of sfc_sim.simulate"),
    ],
)
def test_a_missing_attribute_is_told_with_its_maker(ask, words):
    with pytest.raises(sfc.InputError, match=words) as told:
        ask(origin_of(xr.Dataset()))
    assert "KeyError" not in repr(told.value)


def test_a_broken_attribute_is_told():
    with pytest.raises(sfc.InputError, match="attribute 'seed' is 'seven'"):
        _ = origin_of(xr.Dataset(attrs={"seed": "seven"})).seed


def test_draws_without_attributes_say_what_is_missing():
    draws = sfc.sample("cook2022-balanced", 50, rng=7)
    weights = sfc.weigh(draws, theories=["prior"])
    bare = draws.drop_attrs(deep=False)
    with pytest.raises(sfc.InputError, match=r"weights and draws do not match: scenario_hash"):
        sfc.saturation(bare, weights)
    with pytest.raises(sfc.InputError, match="no attribute 'cosmology'"):
        sfc.decision.contest(*(each.drop_attrs(deep=False) for each in (draws, weights)))


class Displaced(Static):
    """A model of one's own: humanity takes all or nothing."""

    def shares(self, rivals):
        return np.exp(-rivals), -rivals, np.zeros_like(rivals)


def test_a_class_that_is_defined_anew_is_found(monkeypatch):
    for _ in range(2):
        kind = type("Again", (Displaced,), {"__module__": __name__})
        monkeypatch.setattr(sys.modules[__name__], "Again", kind, raising=False)
        scenario = sfc.load_scenario("sandberg2018-toy").replace(expansion=kind())
        found = origin_of(sfc.sample(scenario, 2, rng=1)).scenario
        assert type(found.expansion) is kind
