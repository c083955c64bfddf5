"""Draws and weights in files of one's choice, and what a person sees meanwhile."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import sfc_sim as sfc
from sfc_sim._core import progress
from sfc_sim.cli import main

pytestmark = pytest.mark.filterwarnings(
    "ignore::sfc_sim.inference.theories.EffectiveSampleSizeWarning"
)
ASKED = ("run", "--draws", "600", "--seed", "7", "--quiet")


@pytest.fixture(scope="module")
def study():
    return sfc.assess("cook2022-balanced", 600, rng=7)


def test_a_table_of_text_has_every_draw_and_weight_to_the_last_digit(tmp_path, study, capsys):
    path = tmp_path / "draws.csv"
    assert main([*ASKED, "--draws-out", str(path)]) == 0
    found = pd.read_csv(path, index_col="draw", dtype=str).astype(float)
    found.index = found.index.astype(int)
    pd.testing.assert_frame_equal(found, study.to_dataframe("draws"), check_exact=True)
    share = found["weight_sia"] @ (found["expansion_speed"])
    world = study.world("sia")
    assert share == pytest.approx(world.weight @ world.parameters["expansion_speed"])
    assert [each.name for each in tmp_path.iterdir()] == ["draws.csv"]
    assert "How many others" in capsys.readouterr().out  # what is printed stays


def test_netcdf_has_the_draws_and_their_log_weights(tmp_path, study):
    path = tmp_path / "draws.nc"
    assert main([*ASKED, "--draws-out", str(path)]) == 0
    found = sfc.load(path)
    assert np.array_equal(found["log_weight"], study.weights["log_weight"])
    assert set(found.data_vars) == {*study.draws.data_vars, "log_weight"}
    for name in study.draws.data_vars:
        assert np.array_equal(found[name], study.draws[name])
    assert found.attrs["scenario"] == "cook2022-balanced"


def test_what_is_there_is_replaced_only_with_force(tmp_path, capsys):
    path = tmp_path / "draws.csv"
    path.write_text("mine")
    assert main([*ASKED, "--draws-out", str(path)]) == 2
    assert "--force" in capsys.readouterr().err
    assert path.read_text() == "mine"
    assert main([*ASKED, "--draws-out", str(path), "--force"]) == 0
    assert path.read_text().startswith("draw,")


@pytest.mark.parametrize("name", ["draws", "draws.xlsx", "draws.csv.gz"])
def test_another_kind_of_file_is_refused_before_the_work(name, tmp_path, capsys):
    assert main([*ASKED, "--draws-out", str(tmp_path / name)]) == 2
    told = capsys.readouterr()
    assert "it must end in .csv or .nc" in told.err
    assert told.out == ""


class Seen:
    """What stands in for the bar."""

    def __init__(self, words, delay):
        made.append(self)
        self.words, self.delay, self.steps = words, delay, []

    def __enter__(self):
        return self

    def __exit__(self, *_):
        pass

    def update(self, done, total):
        self.steps.append((done, total))


made: list[Seen] = []


def test_a_run_shows_soon_what_it_does_and_how_far_it_is(monkeypatch, capsys):
    """One bar, from before the worlds are drawn to the last of them."""
    monkeypatch.setattr(progress, "watched", lambda: True)
    monkeypatch.setattr(progress, "LateBar", Seen)
    made.clear()
    assert main(["run", "--draws", "600", "--seed", "7"]) == 0
    (bar,) = made
    assert (bar.words, bar.delay) == ("drawing worlds", 0.3)
    assert bar.steps[-1] == (600, 600)
    assert capsys.readouterr().out.startswith("scenario    cook2022-balanced")
    assert main(list(ASKED)) == 0
    assert len(made) == 1  # quiet: none
