"""What tests of several folders share."""

from __future__ import annotations

import pytest

FEWER = {
    "sfc_sim.sampling.adaptation.LEAST_PILOT": 500,
    "sfc_sim.analysis.cells.LEAST_PILOT": 500,
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
