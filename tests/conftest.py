"""What tests of several folders share."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from typing import Any

import pytest

import sfc_sim as sfc
from tests.explorer.browser import browser

FEWER = {
    "sfc_sim.sampling.adaptation.LEAST_PILOT": 500,
    "sfc_sim.analysis.cells.LEAST_PILOT": 500,
    "sfc_sim.analysis.assessment.LONG_PILOT": 2000,
    "sfc_sim.report.web_sections.PREMISE_DRAWS": 300,
    "sfc_sim.report.web_sections.SOBOL_POINTS": 64,
}


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Few draws behind the scenes: for tests of which no number hangs on how many."""
    for name, many in FEWER.items():
        monkeypatch.setattr(name, many)


@pytest.fixture(params=["few", pytest.param("usual", marks=pytest.mark.verification)])
def either(request: pytest.FixtureRequest) -> None:
    """Few draws behind the scenes; in the verification tier as many as users have."""
    if request.param == "few":
        request.getfixturevalue("quick")


@pytest.fixture(scope="session")
def chromium() -> Iterator[Any]:
    """A browser for all tests of a worker, or a skip: two of them do not go together."""
    with browser() as found:
        yield found


@pytest.fixture(scope="session")
def balanced() -> sfc.Study:
    """Of 20,000 draws under all theories; made once for all tests, of which none changes it."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", sfc.EffectiveSampleSizeWarning)
        return sfc.assess("cook2022-balanced", 20_000, rng=7)


@pytest.fixture(scope="session")
def believed() -> sfc.Study:
    """The same under three theories, with credence in each."""
    credences = {"adt-total": 0.5, "ssa-civilizations": 0.2, "prior": 0.3}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", sfc.EffectiveSampleSizeWarning)
        return sfc.assess(
            "cook2022-balanced", 20_000, rng=7, similarity=sfc.Beta(8, 2), theories=credences
        )
