"""Every figure script draws, says where its data are from, and runs alone."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from types import FunctionType

import pytest
from matplotlib.figure import Figure

import sfc_sim as sfc
from figures import __main__ as remake
from sfc_sim.plotting import save_figure
from sfc_sim.plotting.style import stamped
from tests.once import once
from tests.plotting.legible import faults

FIGURES = Path(__file__).parents[1] / "figures"
NAMES = sorted(path.stem for path in FIGURES.glob("[!_]*.py"))
SAMPLED = [
    "causes", "classes", "compare", "conditional", "convergence", "conversions",
    "credence_in_scenarios", "credences", "densities", "discounts", "drake", "histories_effect",
    "history", "information", "kept", "looking", "marginal", "neutrality", "onsets", "premises",
    "priorities", "proposals", "ranks", "recovered", "relevance", "similarity", "sobol", "timeline",
    "tornado", "unseen", "waterfall",
]  # fmt: skip
# Each draws again for every scenario, premise or step that it compares.
MANY_RUNS = [
    "compare", "conditional", "histories_effect", "onsets", "premises", "unseen", "waterfall",
]  # fmt: skip
UNSAMPLED = ["earliness", "planet_histories", "reach"]
COMPUTED = ["factor_counts", "fermi_posteriors", "paradox"]
SIMULATED = ["birth_dates", "sky", "slices", "surroundings", "waiting_times"]

pytestmark = [
    pytest.mark.filterwarnings("ignore::sfc_sim.inference.theories.EffectiveSampleSizeWarning"),
    pytest.mark.usefixtures("quick"),  # with the usual pilots all are made in the verification tier
]


@pytest.fixture(autouse=True, scope="module")
def drawn_once() -> Iterator[None]:
    """Many figures begin with the same draws or the same report, which none of them changes."""
    with pytest.MonkeyPatch.context() as patch:
        for name in ("assess", "sample"):
            patch.setattr(sfc, name, once(getattr(sfc, name)))
        yield


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


def drawn(name: str, folder: Path, draws: int = 4000) -> Figure:
    """Return a figure, which can be written."""
    figure = import_module(f"figures.{name}").figure(draws=draws, seed=5)
    assert isinstance(figure, Figure)
    assert save_figure(figure, folder / f"{name}.png").stat().st_size > 0
    return figure


@pytest.mark.parametrize("name", COMPUTED)
def test_computed_figure_draws_and_is_traceable(name: str, tmp_path: Path) -> None:
    figure = drawn(name, tmp_path)
    assert all(axes.get_lines() and axes.get_xlabel() for axes in figure.axes)
    assert figure.get_suptitle()
    for words in ("sandberg2018", "hash ", "by convolution"):
        assert words in stamped(figure)
    assert faults(figure) == []


@pytest.mark.parametrize("name", UNSAMPLED)
def test_figure_without_draws_draws(name: str, tmp_path: Path) -> None:
    figure = drawn(name, tmp_path)
    assert all(axes.get_lines() and axes.get_xlabel() for axes in figure.axes)
    assert figure.get_suptitle()
    assert faults(figure) == []


@pytest.mark.parametrize("name", SIMULATED)
def test_simulated_figure_draws_and_is_traceable(name: str, tmp_path: Path) -> None:
    figure = drawn(name, tmp_path, draws=500)
    assert any(axes.get_lines() or axes.patches for axes in figure.axes)
    assert figure.axes[0].get_ylabel()
    assert figure.get_suptitle()
    assert "seed 5" in stamped(figure)
    assert faults(figure) == []


# Those of many runs are drawn by the gallery of the docs too; here they take minutes.
SLOW = {*MANY_RUNS, "tornado"}
IN_TURN = [
    pytest.param(name, marks=pytest.mark.verification) if name in SLOW else name for name in SAMPLED
]


@pytest.mark.parametrize("name", IN_TURN)
def test_figure_draws_and_is_traceable(name: str, tmp_path: Path) -> None:
    draws = 1000 if name in MANY_RUNS else 4000
    figure = drawn(name, tmp_path, draws)
    assert any(axes.get_lines() or axes.patches or axes.collections for axes in figure.axes)
    assert all(axes.get_xlabel() for axes in figure.axes[:1])
    assert figure.get_suptitle()
    for words in ("hash ", f"{draws:,} draws", "seed 5"):
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


def one_line_each(printed: str, folder: Path) -> bool:
    lines = printed.splitlines()
    return (
        sorted(path.stem for path in folder.iterdir()) == NAMES
        and [line.split()[1] for line in lines] == NAMES
        and all(" s  " in line for line in lines)
    )


def test_all_are_remade_with_a_line_each(tmp_path: Path, monkeypatch, capsys) -> None:
    """Each with an empty figure in its place: that the true ones can be made is tested above."""
    asked = []

    def empty(draws: int) -> Figure:
        asked.append(draws)
        return Figure()

    for name in NAMES:
        module = import_module(f"figures.{name}")
        code = empty.__code__.replace(co_filename=module.figure.__code__.co_filename)
        made = FunctionType(code, globals(), closure=empty.__closure__)
        monkeypatch.setattr(module, "figure", made)
    monkeypatch.setattr(sys, "argv", ["figures", "--out", str(tmp_path), "--draws", "4000"])
    remake.main()
    assert asked == [4000] * len(NAMES)
    assert one_line_each(capsys.readouterr().out, tmp_path)


@pytest.mark.verification
def test_all_are_remade_by_the_command(tmp_path: Path) -> None:
    done = run("-m", "figures", "--out", tmp_path, "--draws", 4000)
    assert done.returncode == 0, done.stderr
    assert one_line_each(done.stdout, tmp_path)


def test_one_that_fails_is_named_and_the_others_are_made(tmp_path, monkeypatch, capsys) -> None:
    made = []

    def keep(figure, given):
        name = Path(figure.__code__.co_filename).stem
        if name in ("drake", "reach"):
            raise (SystemExit("error: no such scenario") if name == "drake" else ValueError("odd"))
        made.append(name)

    monkeypatch.setattr(remake, "keep", keep)
    monkeypatch.setattr(sys, "argv", ["figures", "--out", str(tmp_path)])
    with pytest.raises(SystemExit, match=f"2 of {len(NAMES)} failed: drake, reach"):
        remake.main()
    assert sorted([*made, "drake", "reach"]) == NAMES
    assert "failed: odd" in capsys.readouterr().out
