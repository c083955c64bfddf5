"""A browser for the page of a report, or a skip."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tests.explorer.browser import browser


@pytest.fixture(scope="session")
def chromium() -> Iterator[Any]:
    """A browser, or a skip."""
    with browser() as found:
        yield found
