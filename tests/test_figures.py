"""Every figure script draws, says where its data are from, and runs alone."""

from __future__ import annotations

import os
import subprocess
import sys
from importlib import import_module
from pathlib import Path

import pytest
from matplotlib.figure import Figure

from sfc_sim.plotting._style import stamped
from tests.plotting.legible import faults

FIGURES = Path(__file__).parents[1] / "figures"
NAMES = sorted(path.stem for path in FIGURES.glob("[!_]*.py"))
SAMPLED = [
    "classes", "compare", "conditional", "convergence", "conversions", "credences", "densities",
    "discounts", "drake", "histories_effect", "history", "information", "kept", "marginal",
    "neutrality", "onsets", "premises", "priorities", "ranks", "recovered", "relevance",
    "similarity", "sobol", "timeline", "tornado", "waterfall",
]  # fmt: skip
UNSAMPLED = ["earliness", "planet_histories", "reach"]
COMPUTED = ["fermi_posteriors", "paradox"]
SIMULATED = ["birth_dates", "sky", "slices", "surroundings", "waiting_times"]

pytestmark = pytest.mark.filterwarnings("ignore::sfc_sim.anthropics.EffectiveSampleSizeWarning")


def run(*arguments: object) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, *map(str, arguments)],
        cwd=FIGURES.parent,
        env=os.environ | {"PYTHONPATH": str(FIGURES.parent)},
        capture_output=True,
        text=True,
        check=False,
    )


def test_all_are_here() -> None:
    assert sorted([*SAMPLED, *UNSAMPLED, *COMPUTED, *SIMULATED]) == NAMES


@pytest.mark.parametrize("name", COMPUTED)
def test_computed_figure_draws_and_is_traceable(name: str) -> None:
    figure = import_module(f"figures.{name}").figure(draws=4000, seed=5)
    assert isinstance(figure, Figure)
    assert all(axes.get_lines() and axes.get_xlabel() for axes in figure.axes)
    assert figure.get_suptitle()
    for words in ("sandberg2018", "hash ", "by convolution"):
        assert words in stamped(figure)
    assert faults(figure) == []


@pytest.mark.parametrize("name", UNSAMPLED)
def test_figure_without_draws_draws(name: str) -> None:
    figure = import_module(f"figures.{name}").figure(draws=4000, seed=5)
    assert isinstance(figure, Figure)
    assert all(axes.get_lines() and axes.get_xlabel() for axes in figure.axes)
    assert figure.get_suptitle()
    assert faults(figure) == []


@pytest.mark.parametrize("name", SIMULATED)
def test_simulated_figure_draws_and_is_traceable(name: str) -> None:
    figure = import_module(f"figures.{name}").figure(draws=500, seed=5)
    assert isinstance(figure, Figure)
    assert any(axes.get_lines() or axes.patches for axes in figure.axes)
    assert figure.axes[0].get_ylabel()
    assert figure.get_suptitle()
    assert "seed 5" in stamped(figure)
    assert faults(figure) == []


@pytest.mark.parametrize("name", SAMPLED)
def test_figure_draws_and_is_traceable(name: str) -> None:
    figure = import_module(f"figures.{name}").figure(draws=4000, seed=5)
    assert isinstance(figure, Figure)
    assert any(axes.get_lines() or axes.patches for axes in figure.axes)
    assert all(axes.get_xlabel() for axes in figure.axes[:1])
    assert figure.get_suptitle()
    for words in ("hash ", "4,000 draws", "seed 5"):
        assert words in stamped(figure)
    assert faults(figure) == []


def test_a_script_runs_alone(tmp_path: Path) -> None:
    done = run(FIGURES / "drake.py", "--out", tmp_path, "--format", "svg")
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip() == str(tmp_path / "drake.svg")
    assert (tmp_path / "drake.svg").exists()


def test_a_wrong_format_is_one_line(tmp_path: Path) -> None:
    done = run(FIGURES / "drake.py", "--out", tmp_path, "--format", "gif")
    assert done.returncode == 1
    assert done.stderr.startswith("error: unknown picture format 'gif'")
    assert done.stderr.count("\n") == 1


def test_all_are_remade_with_a_line_each(tmp_path: Path) -> None:
    done = run("-m", "figures", "--out", tmp_path, "--draws", 4000)
    assert done.returncode == 0, done.stderr
    assert sorted(path.stem for path in tmp_path.iterdir()) == NAMES
    lines = done.stdout.splitlines()
    assert [line.split()[1] for line in lines] == NAMES
    assert all(" s  " in line for line in lines)


def test_one_that_fails_is_named_and_the_others_are_made(monkeypatch, capsys) -> None:
    from figures import __main__ as remake

    made = []

    def keep(figure, given):
        name = Path(figure.__code__.co_filename).stem
        if name in ("drake", "reach"):
            raise (SystemExit("error: no such scenario") if name == "drake" else ValueError("odd"))
        made.append(name)

    monkeypatch.setattr(remake, "keep", keep)
    monkeypatch.setattr(sys, "argv", ["figures"])
    with pytest.raises(SystemExit, match=f"2 of {len(NAMES)} failed: drake, reach"):
        remake.main()
    assert sorted([*made, "drake", "reach"]) == NAMES
    assert "failed: odd" in capsys.readouterr().out
