"""Long work says how far it is: one bar, to a person only, late, and as the caller asks."""

from __future__ import annotations

import inspect
import io
import subprocess
import sys
import types
import warnings
from functools import cache
from importlib import import_module
from pathlib import Path
from tempfile import mkdtemp

import pytest

import sfc_sim as sfc
from sfc_sim._core import progress as _progress
from sfc_sim._core.progress import LateBar, in_notebook, reporting, watched

NAME = "cook2022-balanced"


@cache
def made(kind):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", sfc.EffectiveSampleSizeWarning)
        if kind == "study":
            return sfc.assess(NAME, 60, rng=7, theories=["prior"])
        draws = sfc.sample(NAME, 2000, rng=1)
        return draws if kind == "draws" else sfc.weigh(draws, theories=["prior"])


# Every public function that takes progress, with work that it does in parts.
WORK = {
    "assess": lambda **k: sfc.assess(NAME, 40, rng=1, theories=["prior"], **k),
    "compare": lambda **k: sfc.literature.compare(
        ["maccone2010", "frank2016"], draws=40, rng=1, **k
    ),
    "conditional": lambda **k: sfc.analysis.conditional(
        made("study"), "expansion_speed", values=[0.5, 0.9], draws=40, **k
    ),
    "conversion_effects": lambda **k: sfc.literature.conversion_effects(
        "maccone2010", draws=40, rng=1, **k
    ),
    "drake_distribution": lambda **k: sfc.drake.drake_distribution(
        "sandberg2018", 1000, rng=1, **k
    ),
    "paradox": lambda **k: sfc.analysis.paradox(NAME, "sia", draws=40, rng=1, **k),
    "premises": lambda **k: sfc.analysis.premises(made("study"), only=["speed"], draws=40, **k),
    "realised_saturation": lambda **k: sfc.decision.realised_saturation(
        made("draws"), made("weights"), size=2, **k
    ),
    "reproduce": lambda **k: sfc.literature.reproduce("sandberg2018-toy", draws=40, rng=1, **k),
    "sample": lambda **k: sfc.sample(NAME, 40, rng=1, **k),
    "sample_to": lambda **k: sfc.sample_to(Path(mkdtemp(), "a.zarr"), NAME, 40, rng=1, **k),
    "sensitivity": lambda **k: sfc.analysis.sensitivity(made("study"), points=16, **k),
    "simulate": lambda **k: sfc.simulate(NAME, civilizations=20, realisations=2, rng=1, **k),
    "simulate_here": lambda **k: sfc.simulate_here(NAME, draw=8, realisations=2, rng=3, **k),
    "walk": lambda **k: sfc.literature.walk(
        NAME, {"fast": {"expansion_speed": 0.9}}, draws=40, rng=1, **k
    ),
}
# Draws parts of the worlds anew only where a study has too few of them.
AGAIN = {"tornado"}


class Seen:
    """What stands in for the bar: keeps what it is told."""

    bars: list[Seen]

    def __init__(self, words, delay):
        self.words, self.delay, self.steps = words, delay, []
        type(self).bars.append(self)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        pass

    def update(self, done, total):
        self.steps.append((done, total))


@pytest.fixture
def bars(monkeypatch):
    seen = type("Here", (Seen,), {"bars": []})
    monkeypatch.setattr(_progress, "watched", lambda: True)
    monkeypatch.setattr(_progress, "LateBar", seen)
    return seen.bars


def quietly(work, **asked):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", sfc.EffectiveSampleSizeWarning)
        return work(**asked)


def test_every_public_function_that_takes_progress_is_here():
    taking = {
        name
        for name, path in ({each: f"sfc_sim.{each}" for each in sfc.__all__} | sfc._MOVED).items()
        if inspect.isfunction(thing := getattr(import_module(path[: path.rindex(".")]), name, None))
        and "progress" in inspect.signature(thing).parameters
    }
    assert taking - AGAIN == set(WORK)


@pytest.mark.parametrize("name", WORK)
def test_work_shows_one_bar_to_the_end_as_asked(name, bars):
    made("study"), made("draws"), made("weights")
    bars.clear()
    quietly(WORK[name])
    assert len(bars) == 1, [bar.words for bar in bars]  # work within it shows none
    assert bars[0].steps
    assert bars[0].steps[-1][0] == bars[0].steps[-1][1]
    assert bars[0].steps == sorted(bars[0].steps)
    quietly(WORK[name], progress=False)
    told: list[tuple[int, int]] = []
    quietly(WORK[name], progress=lambda *step: told.append(step))
    assert told[-1] == bars[0].steps[-1]
    assert len(bars) == 1
    with pytest.raises(sfc.InputError, match="progress is 3; it must be True, False or a function"):
        WORK[name](progress=3)


@pytest.mark.usefixtures("quick")
def test_parts_that_are_drawn_anew_show_too(bars):
    scenario = sfc.load_scenario(NAME)
    fixed = {
        name: each.distribution.ppf([0.5]).item()
        for name, each in scenario.parameters.items()
        if name not in ("expansion_speed", "expanding_fraction")
    }
    study = quietly(sfc.assess, scenario=scenario.replace(**fixed), draws=60, rng=7,
                    theories=["prior"])  # fmt: skip
    bars.clear()
    quietly(sfc.analysis.tornado, study=study, draws=40)
    assert len(bars) == 1
    quietly(sfc.analysis.tornado, study=study, draws=40, progress=False)
    assert len(bars) == 1


def test_after_an_error_the_next_work_shows_again(bars):
    with pytest.raises(KeyError), reporting(None, "failing"):
        raise KeyError
    with reporting(None, "next"):
        pass
    assert [bar.words for bar in bars] == ["failing", "next"]


class Terminal(io.StringIO):
    def isatty(self):
        return True


def test_a_terminal_and_a_notebook_are_watched_and_a_test_or_a_file_is_not(monkeypatch):
    assert not watched()
    monkeypatch.delenv("PYTEST_CURRENT_TEST")
    monkeypatch.setattr(sys, "stderr", io.StringIO())
    assert not watched()
    monkeypatch.setattr(sys, "stderr", None)
    assert not watched()
    closed = Terminal()
    closed.close()
    monkeypatch.setattr(sys, "stderr", closed)
    assert not watched()
    monkeypatch.setattr(sys, "stderr", Terminal())
    assert watched()
    assert not in_notebook()
    monkeypatch.setattr(sys, "stderr", io.StringIO())
    shell = types.SimpleNamespace(kernel="ipykernel")
    notebook = types.SimpleNamespace(get_ipython=lambda: shell)
    monkeypatch.setitem(sys.modules, "IPython", notebook)
    assert in_notebook()
    assert watched()


def terminal(monkeypatch):
    """Standard error as a terminal; within the test, as pytest sets it anew before."""
    stream = Terminal()
    monkeypatch.setattr(sys, "stderr", stream)
    monkeypatch.setenv("TERM", "xterm")
    for name in ("NO_COLOR", "TTY_COMPATIBLE", "TTY_INTERACTIVE", "FORCE_COLOR"):
        monkeypatch.delenv(name, raising=False)
    return stream


def test_a_bar_is_drawn_once_its_time_has_come(monkeypatch):
    stream = terminal(monkeypatch)
    bar = LateBar("counting")
    bar.update(1, 2000)
    assert stream.getvalue() == ""
    bar.show()  # what the clock calls
    bar.update(2000, 2000)
    bar.__exit__()
    assert "counting" in stream.getvalue()
    assert "2,000 of 2,000" in stream.getvalue()


def test_a_bar_before_the_first_step_says_why_it_waits(monkeypatch):
    stream = terminal(monkeypatch)
    bar = LateBar("counting")
    bar.show()
    bar.__exit__()
    assert "the first run compiles" in stream.getvalue()


def test_work_that_is_done_before_shows_nothing(monkeypatch):
    stream = terminal(monkeypatch)
    with LateBar("counting") as bar:
        bar.update(2, 2)
    bar.show()  # the clock comes too late
    assert stream.getvalue() == ""


def test_what_is_not_watched_imports_no_bar():
    code = (
        "import sys\nfrom sfc_sim._core.progress import reporting\n"
        "with reporting(None, 'x') as report: report(1, 1)\n"
        "assert 'rich' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True, stderr=subprocess.PIPE)
