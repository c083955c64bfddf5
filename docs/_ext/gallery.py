"""The gallery: every figure of ``figures/`` with the script that makes it, from few draws."""

from __future__ import annotations

import ast
from pathlib import Path

from pages import folded, literal, making, title

FIGURES = Path(__file__).parents[2] / "figures"

DRAWS = {
    "compare": 1000, "histories_effect": 1000, "onsets": 1000,
    "premises": 1000, "unseen": 1000, "waterfall": 1000,
    "birth_dates": 1000, "sky": 1000, "slices": 1000, "surroundings": 1000, "waiting_times": 1000,
    "convergence": 50_000,
}  # fmt: skip
"""Of figures that draw for each scenario or premise, or simulate; and of one that needs more."""
USUAL = 10_000


def scripts() -> list[Path]:
    """Return the scripts in the order of their names."""
    return sorted(FIGURES.glob("[!_]*.py"))


def shown(path: Path) -> str:
    """Return what the page shows of a script: its words, its picture, its code."""
    code = path.read_text(encoding="utf-8")
    first, _, rest = (ast.get_docstring(ast.parse(code)) or path.stem).partition("\n")
    picture = (
        f".. plot::\n   :include-source: false\n   :alt: {first}\n\n"
        f"   from figures import {path.stem}\n\n"
        f"   {path.stem}.figure(draws={DRAWS.get(path.stem, USUAL)})\n"
    )
    script = folded(f"figures/{path.name}", literal(code, "python"))
    return "\n".join([title(first.rstrip("."), "-"), rest.strip(), "", picture, script])


def pages() -> dict[str, str]:
    """Return the page by its path."""
    head = """Every figure, and the script that makes it: ``python figures/NAME.py``, or all with
``python -m figures``. Here they are drawn from few draws, so that the page is made in minutes; the
scripts take more. Hollow marks rest on too few effective draws.
"""
    return {"gallery.rst": "\n".join([title("Gallery"), head, *map(shown, scripts())])}


setup = making(pages)
