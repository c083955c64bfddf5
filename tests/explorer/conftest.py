"""One page and one browser for all tests of the explorer."""

from __future__ import annotations

import fcntl
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from sfc_sim.explorer import explorer_page
from tests.explorer.browser import opened


@pytest.fixture(scope="session")
def page_file(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Path:
    """A page of few draws, made once for all workers."""
    base = tmp_path_factory.getbasetemp()
    folder = base if worker_id == "master" else base.parent
    path = folder / "explorer.html"
    with open(folder / "explorer.lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not path.exists():
            html = explorer_page("cook2022-balanced", 8000, rng=7, pilot=1000)
            path.write_text(html, encoding="utf-8")
    return path


@pytest.fixture
def tab(chromium: Any, page_file: Path) -> Iterator[Any]:
    """The page in a tab of its own."""
    with opened(chromium, page_file) as found:
        yield found
