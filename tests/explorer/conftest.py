"""One page and one browser for all tests of the explorer."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from sfc_sim.explorer import explorer
from tests.explorer.browser import browser


@pytest.fixture(scope="session")
def page_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A page of few draws."""
    path = tmp_path_factory.mktemp("explorer") / "explorer.html"
    path.write_text(explorer("cook2022-balanced", 3000, rng=7, pilot=500), encoding="utf-8")
    return path


@pytest.fixture(scope="session")
def chromium() -> Iterator[Any]:
    """A browser, or a skip."""
    with browser() as found:
        yield found


def opened(chromium: Any, path: Path, **options: Any) -> Any:
    """Return a tab with the page, which fails on any error of a script or look at the network."""
    tab = chromium.new_page(**options)
    tab.faults = []
    tab.on("pageerror", lambda error: tab.faults.append(str(error)))
    tab.on("console", lambda message: tab.faults.append(message.text))
    tab.on(
        "request",
        lambda request: tab.faults.append(request.url) if "file:" not in request.url else None,
    )
    tab.goto(path.as_uri())
    tab.wait_for_function("window.sfc", timeout=60_000)
    return tab


@pytest.fixture
def tab(chromium: Any, page_file: Path) -> Iterator[Any]:
    """The page in a tab of its own."""
    found = opened(chromium, page_file)
    yield found
    assert not found.faults
    found.close()
