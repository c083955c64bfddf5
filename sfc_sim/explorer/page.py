"""The page: one file that needs no network and no server."""

from __future__ import annotations

import json
import re
from concurrent.futures import Executor
from functools import cache
from html import escape
from importlib import resources
from string import Template
from typing import Any, Final

from sfc_sim._core.errors import whole_number
from sfc_sim._core.progress import Progress
from sfc_sim._core.random import seed_of
from sfc_sim._core.rows import Html
from sfc_sim._core.typing import RandomLike
from sfc_sim._core.work import working
from sfc_sim.explorer.contents import contents_of
from sfc_sim.explorer.draws import Carried, carried
from sfc_sim.explorer.members import family_of
from sfc_sim.sampling.adaptation import LEAST_PILOT
from sfc_sim.scenario.catalogue import ScenarioLike

__all__ = ["DRAWS", "MODULES", "as_json", "asset", "explorer_page", "page_of", "script"]

DRAWS: Final = 27_000
"""Draws of a page: some 4 MB of it."""

LEAST_DRAWS, MOST_DRAWS = 500, 200_000

MODULES: Final = (
    "data", "special", "laws", "stats", "weigh", "value", "words", "state", "file", "charts",
    "parts", "priors", "controls", "results", "main",
)  # fmt: skip
"""The scripts, each of which reads those before it."""


def explorer_page(
    scenario: ScenarioLike = "cook2022-balanced",
    draws: int = DRAWS,
    *,
    rng: RandomLike = None,
    pilot: int = LEAST_PILOT,
    threads: int | None = None,
    executor: Executor | None = None,
    progress: Progress | None = None,
) -> Html:
    """Return a page on which anybody may set priors, evidence and values, and see what follows.

    Parameters
    ----------
    scenario : Scenario or str, default "cook2022-balanced"
        What it begins with. Its draws also serve the other scenarios of its family.
    draws : int, default 27000
        Draws that the page carries, from 500 to 200,000; 27,000 make 4 MB.
    rng : None, int, SeedSequence or Generator, optional
        Seed.
    pilot : int, default 4000
        Pilot draws of each proposal; there are six for each member of the family.
    threads : int, optional
        Number of threads; default all processors. The page does not depend on it.
    executor : concurrent.futures.Executor, optional
        Draws the worlds instead of threads; the page does not depend on it.
    progress : bool or callable, optional
        See `sfc_sim.sample`.

    Returns
    -------
    str
        HTML that needs nothing else: no network, no server.

    Raises
    ------
    InputError
        If draws of the scenario cannot be weighed by other priors: it has no dates, has evidence
        built in, or has a law that a page does not know.

    Examples
    --------
    >>> page = explorer_page("olson-ord2021", 500, rng=7, pilot=200)
    >>> page[:15], len(page) < 10**6
    ('<!doctype html>', True)
    """
    many = whole_number(draws, "draws", LEAST_DRAWS, MOST_DRAWS)
    pilots = whole_number(pilot, "pilot", 100)
    family = family_of(scenario)
    with working(threads, executor):
        found = carried(family, many, seed=seed_of(rng), pilot=pilots, progress=progress)
    return page_of(found)


def page_of(found: Carried) -> Html:
    """Return the page of draws.

    Parameters
    ----------
    found : Carried
        From `sfc_sim.explorer.draws.carried`.
    """
    told, numbers = contents_of(found)
    return Html(
        Template(asset("page.html")).substitute(
            title=escape(f"Explorer: {told['title']}"),
            style=asset("panels.css") + asset("style.css"),
            contents=as_json(told),
            numbers=numbers,
            script=script(),
        )
    )


def as_json(value: Any) -> str:
    r"""Return a value as JSON that cannot end the element which it stands in.

    Examples
    --------
    >>> print(as_json("</script>"))
    "\u003c/script\u003e"
    """
    text = json.dumps(value, ensure_ascii=True, allow_nan=False)
    return text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")


@cache
def script() -> str:
    """Return the modules as one script: imports are of each other, and left out."""
    return "\n".join(_plain(asset(f"{name}.js")) for name in MODULES)


def _plain(module: str) -> str:
    without = re.sub(r"^import [^;]+;\n", "", module, flags=re.MULTILINE)
    return re.sub(r"^export ", "", without, flags=re.MULTILINE)


def asset(name: str) -> str:
    """Return the text of a file of the page.

    Examples
    --------
    >>> asset("panels.css").startswith(".explorer {")
    True
    """
    return resources.files(__package__).joinpath("assets", name).read_text(encoding="utf-8")
