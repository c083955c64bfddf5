"""A browser without a screen, where one is installed; else tests that need it are skipped."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

NAMES = ("chromium", "chromium-browser", "google-chrome")
ARGUMENTS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
]  # fmt: skip


@contextmanager
def browser() -> Iterator[Any]:
    """Yield a headless Chromium, driven by Playwright."""
    found = next((path for name in NAMES if (path := shutil.which(name))), None)
    if found is None:
        pytest.skip(f"no browser: none of {', '.join(NAMES)} is on the path")
    sync_api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    with sync_api.sync_playwright() as driver:
        chromium = driver.chromium.launch(executable_path=found, args=ARGUMENTS)
        yield chromium
        chromium.close()


@contextmanager
def opened(chromium: Any, path: Path, address: str = "", **options: Any) -> Iterator[Any]:
    """Yield a tab with a page, in which no script fails and nothing is asked of a network."""
    tab = chromium.new_page(**options)
    faults: list[str] = []
    tab.on("pageerror", lambda error: faults.append(str(error)))
    tab.on("console", lambda message: faults.append(message.text))
    tab.on("request", lambda request: faults.append(request.url))
    tab.goto(path.as_uri() + address)
    tab.wait_for_function("window.sfc", timeout=60_000)
    yield tab
    assert [each for each in faults if each.partition("#")[0] != path.as_uri()] == []
    tab.close()
