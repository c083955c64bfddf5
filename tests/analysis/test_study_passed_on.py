"""Who is handed a study to answer a question: few files, and none above the one that hands it on.

What is asked of a study is then read in one direction. Files of ``_core`` pass it on (checks of
arguments, workers) and ask nothing of it.
"""

from __future__ import annotations

import sys
import threading
import tomllib
from collections.abc import Callable
from functools import cache
from pathlib import Path

import pytest

import sfc_sim as sfc
from sfc_sim.analysis import (
    conditional,
    premises,
    sensitivity,
    tornado,
    unseen_fronts,
    value_of_information,
    value_of_study,
)
from sfc_sim.decision import Study, priorities
from sfc_sim.inference import LifeSearched

pytestmark = pytest.mark.filterwarnings("ignore::sfc_sim.EffectiveSampleSizeWarning")

PACKAGE = Path(sfc.__file__).parent
MOST = 8

ASKED: dict[str, Callable[[Study], object]] = {
    "conditional": lambda study: conditional(study, "expansion_speed", bins=2, draws=200),
    "conditional, run anew": lambda study: conditional(
        study, "expansion_speed", values=[0.5], draws=200
    ),
    "premises": lambda study: premises(study, draws=100),
    "priorities": priorities,
    "sensitivity": lambda study: sensitivity(study, points=64),
    "tornado": lambda study: tornado(study, draws=100),
    "unseen_fronts": lambda study: unseen_fronts(study, visible=[0.5], draws=100),
    "value_of_information": value_of_information,
    "value_of_study": lambda study: value_of_study(study, LifeSearched(10, 0)),
}


class Journey:
    """The files whose functions are handed a study while it is asked something."""

    def __init__(self) -> None:
        self.files: set[str] = set()
        self.steps: set[tuple[str, str]] = set()

    def __call__(self, frame, event, _) -> None:
        code = frame.f_code
        if event != "call" or (file := inside(code.co_filename)) is None:
            return
        names = code.co_varnames[: code.co_argcount + code.co_kwonlyargcount]
        if not any(isinstance(frame.f_locals.get(name), Study) for name in names):
            return
        self.files.add(file)
        while (frame := frame.f_back) is not None:
            if caller := inside(frame.f_code.co_filename):
                self.steps.add((caller, file))
                return

    def of(self, ask: Callable[[Study], object], study: Study) -> Journey:
        """Go along with a question."""
        sys.setprofile(self)
        threading.setprofile(self)
        try:
            ask(study)
        finally:
            sys.setprofile(None)
            threading.setprofile(None)
        return self


@cache
def inside(path: str) -> str | None:
    """Return a file of the package by its place in it; none of others, or of those that pass on."""
    file = Path(path)
    if not file.is_relative_to(PACKAGE) or file.is_relative_to(PACKAGE / "_core"):
        return None
    return file.relative_to(PACKAGE).as_posix()


def floors() -> dict[str, int]:
    """Return the floor of each package, as the import contract has it; the lowest is 0."""
    table = tomllib.loads((PACKAGE.parent / "pyproject.toml").read_text("utf-8"))
    layers = table["tool"]["importlinter"]["contracts"][0]["layers"]
    return {
        name: floor
        for floor, layer in enumerate(reversed(layers))
        for name in layer.replace("|", " ").replace(":", " ").split()
    }


def climbs(steps: set[tuple[str, str]]) -> list[tuple[str, str]]:
    """Return the steps into a package above."""
    floor = floors()
    return [step for step in steps if floor[step[0].split("/")[0]] < floor[step[1].split("/")[0]]]


@pytest.fixture(scope="module")
def study():
    return sfc.assess("finnveden2019", 500, rng=7, theories=["prior", "adt-total"])


@pytest.mark.parametrize("question", ASKED)
def test_a_study_is_handed_to_few_files_and_never_up(study, question):
    journey = Journey().of(ASKED[question], study)
    assert 1 <= len(journey.files) <= MOST, sorted(journey.files)
    assert not climbs(journey.steps)


def test_the_journey_sees_who_is_handed_a_study(study):
    """The control: every step turned round, some are climbs."""
    journey = Journey().of(value_of_information, study)
    assert journey.files == {"analysis/information.py", "decision/study.py"}
    assert climbs({(below, above) for above, below in journey.steps})
