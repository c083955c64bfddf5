"""The version is written once, and what must repeat it agrees."""

from __future__ import annotations

import re
from pathlib import Path

import sfc_sim as sfc

ROOT = Path(__file__).parents[1]


def written_in(name: str, pattern: str) -> str:
    """Return what a file of the repository says after a pattern."""
    found = re.search(pattern, (ROOT / name).read_text(encoding="utf-8"), re.MULTILINE)
    assert found, f"{name} says nothing like {pattern}"
    return found[1]


def test_the_citation_names_the_version():
    assert written_in("CITATION.cff", r"^version: *[\"']?([^\"'\s]+)") == sfc.__version__


def test_the_changelog_knows_the_version():
    assert written_in("CHANGELOG.md", r"^## \[(\d[^\]]*)\]") == sfc.__version__
