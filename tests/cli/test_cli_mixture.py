"""`sfc-sim run A=.5 B=.5`: a mixture on the command line."""

from __future__ import annotations

import json

import pytest

import sfc_sim as sfc
from sfc_sim.cli import main

pytestmark = [
    pytest.mark.filterwarnings("ignore::sfc_sim.inference.theories.EffectiveSampleSizeWarning"),
    pytest.mark.usefixtures("quick"),
]
PAIR = ("cook2022-balanced=.6", "finnveden2019=.4")
FEW = ("--draws", "600", "--seed", "3", "--quiet", "--theory", "prior")


def test_credences_are_printed_and_kept(tmp_path, capsys):
    assert main(["run", *PAIR, *FEW, "--out", str(tmp_path / "out")]) == 0
    printed = capsys.readouterr().out
    assert "Credence in each scenario" in printed
    assert "before the evidence" in printed
    study = sfc.load(tmp_path / "out" / "study.nc")
    assert study.scenario.credences == (0.6, 0.4)
    assert main(["run", *PAIR, *FEW, "--format", "json"]) == 0
    row = json.loads(capsys.readouterr().out)["theories"]["prior"]
    assert row["scenario_credence"] == pytest.approx(
        dict(zip(study.scenario.names, study.report.scenario_credence.values[0], strict=True))
    )
    assert row["prior_credence"] == {"cook2022-balanced": 0.6, "finnveden2019": 0.4}


def test_csv_is_written(capsys):
    assert main(["run", *PAIR, *FEW, "--format", "csv"]) == 0
    heading, row = capsys.readouterr().out.strip().split("\n")
    assert "scenario_credence" in heading
    assert row.startswith("prior")


def test_what_is_set_is_set_in_every_scenario_that_has_it(capsys):
    assert main(["run", *PAIR, *FEW, "--set", "expansion_speed=0.5"]) == 0
    assert "Changed: expansion_speed=0.5" in capsys.readouterr().out


def test_one_of_credence_1_is_that_scenario(capsys):
    rows = []
    for asked in ("finnveden2019=1", "finnveden2019"):
        assert main(["run", asked, *FEW, "--format", "csv"]) == 0
        rows.append(capsys.readouterr().out)
    assert rows[0] == rows[1]


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        (["finnveden2019="], "as in finnveden2019=0.5"),
        (["cook2022-balanced=.5", "finnveden2019"], "as in finnveden2019=0.5"),
        (["cook2022-balanced=.5", "finnveden2019=half"], "as in finnveden2019=0.5"),
        (["cook2022-balanced=.5", "finnveden2019=.4"], "must sum to 1"),
        (["cook2022-balanced=1.5", "finnveden2019=-.5"], "0 or more"),
        (["cook2022-balanced=.5", "cook2022-balanced=.5"], "comes twice"),
        (["cook2022-balanced=.5", "finnveden=.5"], "finnveden2019"),
        (["cook2022-balanced=.5", "sandberg2018=.5"], "has no dates"),
        ([*PAIR, "--set", "scenario=1"], "run that scenario alone"),
        ([*PAIR, "--set", "dellay=1"], "delay"),
    ],
)
def test_bad_input_is_one_line(asked, told, capsys):
    assert main(["run", *asked, *FEW]) == 2
    said = capsys.readouterr().err
    assert told in said
    assert said.count("\n") == 1
