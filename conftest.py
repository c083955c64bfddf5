"""What holds for every test and every example of a docstring."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator

import pytest

import sfc_sim
from tests.once import once


@pytest.fixture(autouse=True)
def no_figure_stays_open() -> Iterator[None]:
    """Close what pyplot holds: beyond twenty open figures it warns, and warnings are errors."""
    yield
    if "matplotlib.pyplot" in sys.modules:
        sys.modules["matplotlib.pyplot"].close("all")


@pytest.fixture(scope="session")
def assess_once() -> Callable[..., object]:
    """Return `assess`, which keeps what it has made."""
    return once(sfc_sim.assess)


@pytest.fixture(autouse=True)
def examples_share_their_studies(request: pytest.FixtureRequest) -> None:
    """Most docstrings of the package begin with the same study."""
    if isinstance(request.node, pytest.DoctestItem):
        patch = request.getfixturevalue("monkeypatch")
        patch.setattr(sfc_sim, "assess", request.getfixturevalue("assess_once"))
