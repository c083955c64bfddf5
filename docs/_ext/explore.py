"""The explorer, one page beside the others that weighs its draws in the reader's browser."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

from pages import GENERATED, write
from sphinx.application import Sphinx

import sfc_sim
from sfc_sim.explorer import explorer_page, family_of

FOLDER = GENERATED / "explorer"
SCENARIO, DRAWS, PILOT, SEED = "cook2022-balanced", 20_000, 2000, 7


def made_of() -> str:
    """Return what the page changes with, in a word: it takes a minute, and is kept while it can."""
    sources = sorted(Path(sfc_sim.explorer.__file__).parent.rglob("*.*"))
    parts = [
        path.read_bytes() for path in sources if path.suffix in (".py", ".js", ".css", ".html")
    ]
    hashes = [each.hash for each in family_of(SCENARIO).members]
    words = [sfc_sim.__version__, *hashes, str((DRAWS, PILOT, SEED))]
    return hashlib.sha256(b"".join(parts) + " ".join(words).encode()).hexdigest()


def make(app: Sphinx) -> None:
    """Write the page, unless the one that is there is the same."""
    stamp = GENERATED / "explorer.txt"
    word = made_of()
    known = stamp.exists() and stamp.read_text(encoding="utf-8") == word
    if app.builder.format != "html" or (known and (FOLDER / "explorer.html").exists()):
        return
    page = explorer_page(SCENARIO, DRAWS, rng=SEED, pilot=PILOT, progress=False)
    write({"explorer/explorer.html": page, "explorer.txt": word})


def setup(app: Sphinx) -> dict[str, Any]:
    """Make it when a build begins; html_extra_path copies it."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    app.connect("builder-inited", make)
    return {"parallel_read_safe": True}
