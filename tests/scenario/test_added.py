"""Models and scenarios that another installed package adds, by its entry points."""

from __future__ import annotations

import subprocess
import sys

import pytest

import sfc_sim as sfc
from sfc_sim.literature.schema import scenario_schema

MODULE = '''
"""A model of births around one date, and scenarios with it."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from sfc_sim.appearance import Dated
from sfc_sim.distributions.declarations import Declared, Interval, option


@dataclass(frozen=True)
class Peak(Dated):
    """Civilizations that appear around one date."""

    name = "peak"
    title = "Peak of births"
    parameters = (Declared("births", "B", "", "civilizations per volume", Interval("(0, inf)")),)
    amount = "births"
    width: float = option(2.0, "standard deviation of the dates, Gyr", "(0, 10]")

    def onset(self, parameters):
        return np.zeros_like(parameters["births"])

    def log_rate(self, parameters, times):
        return -0.5 * ((times - 14.0) / self.width) ** 2, np.full(times.shape[0], -np.inf)


SCENARIOS = Path(__file__).parent / "{name}_scenarios"
LISTED = [SCENARIOS / "{name}-a.toml"]
NOWHERE = [SCENARIOS / "gone.toml"]
'''
SCENARIO = """
name = "{name}-a"
title = "A peak of births"
source = "a test"
reference = "-"
assumes = "a peak"
appearance = "peak"
expansion = "fronts"
cosmology = "Planck18"

[options]
width = 1.5
"""
SCENARIO += "".join(
    f"""
[parameters.{parameter}]
unit = "{unit}"
symbol = "-"
meaning = "-"
source = "-"
status = "assumed"
distribution = {{{{ kind = "fixed", value = 0.5 }}}}
"""
    for parameter, unit in (("births", ""), ("expansion_speed", "c"), ("expanding_fraction", ""))
)
MODELS, FILES = "sfc_sim.models", "sfc_sim.scenarios"


@pytest.fixture
def install(tmp_path, monkeypatch):
    """Give what puts a distribution of entry points on the path."""

    def put(name, **groups):
        folder = tmp_path / name
        (folder / f"{name}_scenarios").mkdir(parents=True)
        (folder / f"{name}_scenarios" / f"{name}-a.toml").write_text(SCENARIO.format(name=name))
        (folder / f"{name}.py").write_text(MODULE.replace("{name}", name))
        about = folder / f"{name}-1.0.dist-info"
        about.mkdir()
        (about / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n")
        lines = [
            f"[sfc_sim.{group}]\n" + "".join(f"{n} = {value}\n" for n, value in entries.items())
            for group, entries in groups.items()
        ]
        (about / "entry_points.txt").write_text("\n".join(lines))
        monkeypatch.syspath_prepend(str(folder))
        return folder

    yield put
    for name in ("folder", "guest", "listed", "other"):
        sys.modules.pop(name, None)


@pytest.mark.parametrize(("name", "files"), [("folder", "SCENARIOS"), ("listed", "LISTED")])
def test_a_package_adds_models_and_scenarios(install, name, files):
    """Each of its own name: scenarios are kept by theirs."""
    install(name, models={"peak": f"{name}:Peak"}, scenarios={"all": f"{name}:{files}"})
    scenario = sfc.load_scenario(f"{name}-a")
    assert str(scenario.appearance) == "peak"
    assert scenario.options["width"] == 1.5
    assert sfc.Scenario.from_toml(scenario.to_toml()) == scenario
    assert [row.name for row in sfc.list_scenarios(f"{name}-a")] == [f"{name}-a"]
    assert sfc.sample(f"{name}-a", 3, rng=1).sizes["draw"] == 3
    own = sfc.Scenario(
        appearance="peak",
        expansion="fronts",
        parameters={"births": 3.0, "expansion_speed": 0.5, "expanding_fraction": 1.0},
    )
    assert own.options["width"] == 2.0
    assert "peak" in scenario_schema()["properties"]["appearance"]["anyOf"][0]["enum"]


def test_nothing_is_imported_before_it_is_asked_for(install):
    folder = install("guest", models={"peak": "guest:Peak"}, scenarios={"all": "guest:LISTED"})
    code = (
        f"import sys; sys.path.insert(0, {str(folder)!r}); import sfc_sim as sfc; sfc.Scenario;"
        "assert 'guest' not in sys.modules; sfc.load_scenario('guest-a');"
        "assert 'guest' in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


@pytest.mark.parametrize(
    ("entries", "call", "words"),
    [
        (
            {"models": {"peak": "guest:Gone"}},
            lambda: sfc.Scenario(appearance="peak", expansion="fronts", parameters={}),
            r"'sfc_sim\.models: peak = guest:Gone' of distribution 'guest' is broken: Attrib",
        ),
        (
            {"models": {"peak": "guest:MODULE_OF_NO_SUCH"}},
            lambda: scenario_schema(),
            "of distribution 'guest' is broken",
        ),
        (
            {"models": {"summit": "guest:Peak"}},
            lambda: sfc.Scenario(appearance="summit", expansion="fronts", parameters={}),
            "distribution 'guest' is broken: its class has the name 'peak'; both must be the same",
        ),
        (
            {"models": {"peak": "guest:SCENARIOS"}},
            lambda: sfc.Scenario(appearance="peak", expansion="fronts", parameters={}),
            "distribution 'guest' is broken: it is .*, not a class of a model",
        ),
        (
            {"models": {"drake": "guest:Peak"}},
            lambda: sfc.Scenario(appearance="drake", expansion="displacement", parameters={}),
            "model 'drake' comes from sfc_sim and from distribution 'guest'; remove one",
        ),
        (
            {"models": {"peak": "guest:Peak"}},
            lambda: sfc.Scenario(appearance="paek", expansion="fronts", parameters={}),
            "did you mean 'peak'",
        ),
        (
            {"models": {"peak": "guest:Peak"}},
            lambda: sfc.Scenario(appearance="windows", expansion="peak", parameters={}),
            "expansion is 'peak'; it must be a class derived from",
        ),
        (
            {"scenarios": {"all": "guest:NOWHERE"}},
            lambda: sfc.list_scenarios(),
            "distribution 'guest' is broken: there is no TOML file .*gone.toml",
        ),
        (
            {"scenarios": {"all": "guest:Peak"}},
            lambda: sfc.list_scenarios(),
            "distribution 'guest' is broken: it is .*, no folder and no list of TOML files",
        ),
    ],
)
def test_what_is_wrong_is_told_with_its_distribution(install, entries, call, words):
    install("guest", **entries)
    with pytest.raises(sfc.InputError, match=words):
        call()


def test_names_that_clash_are_refused_with_both_sources(install):
    folder = install("guest", models={"peak": "guest:Peak"}, scenarios={"all": "guest:SCENARIOS"})
    other = install("other", models={"peak": "other:Peak"}, scenarios={"all": "other:SCENARIOS"})
    both = "from distribution 'guest' and from distribution 'other'"
    with pytest.raises(sfc.InputError, match=f"model 'peak' comes {both}; remove one"):
        sfc.Scenario(appearance="peak", expansion="fronts", parameters={})
    (other / "other_scenarios" / "guest-a.toml").write_text(SCENARIO.format(name="guest"))
    with pytest.raises(sfc.InputError, match=f"scenario 'guest-a' comes {both}; remove one"):
        sfc.load_scenario("guest-a")
    (other / "other_scenarios" / "guest-a.toml").unlink()
    (folder / "guest_scenarios" / "ord2021.toml").write_text(SCENARIO.format(name="ord2021"))
    with pytest.raises(sfc.InputError, match="'ord2021' comes from sfc_sim and from distribution"):
        sfc.load_scenario("ord2021")
