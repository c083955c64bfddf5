"""What sources publish beside what we compute, scenario by scenario, for the pages that show it.

`tests/params/test_claims.py` holds each to what its file says of it.
"""

from __future__ import annotations

import inspect
import warnings
from collections.abc import Iterator
from functools import cache

import xarray as xr
from pages import escaped, making, table

import sfc_sim as sfc
from sfc_sim.literature import MEASURES
from sfc_sim.report.reproduction import numbers
from tests.verification.rows import SEED

DRAWS = 20_000

HEAD = ("Quantity", "Published or derived", "Ours", "Tolerance", "Within", "Why")
WIDTHS = (32, 11, 16, 10, 7, 40)


def found(name: str, draws: int = DRAWS) -> xr.Dataset:
    """Return the claims of a scenario, computed again once for all pages."""
    return computed(name, draws)


@cache
def computed(name: str, draws: int) -> xr.Dataset:
    """Return the claims of a scenario, computed again."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", sfc.EffectiveSampleSizeWarning)  # stated in the note
        return sfc.literature.reproduce(name, draws=draws, rng=SEED)


def claims(reproduction: xr.Dataset) -> Iterator[xr.Dataset]:
    """Yield the claims one by one."""
    for place in range(reproduction.sizes["claim"]):
        yield reproduction.isel(claim=place)


def stale(row: xr.Dataset) -> bool:
    """Tell whether the file says of a claim what is no longer so."""
    return bool(row["within"]) != bool(row["reproduced"])


def cells(row: xr.Dataset) -> tuple[str, ...]:
    """Return the row of a claim."""
    verdict = "yes" if row["within"] else "**no**"
    source = f"{escaped(row['source'].item())} (**{row['status'].item()}**)"
    why = f"{row['reason'].item().rstrip('.')}. {row['note'].item()}".strip()
    return f"{escaped(row['quantity'].item())}; {source}", *numbers(row), verdict, escaped(why)


def claim_table(name: str) -> str:
    """Return the table of a scenario's claims."""
    return table(HEAD, [cells(row) for row in claims(found(name))], WIDTHS)


def score(name: str) -> str:
    """Return how many published numbers are reproduced, such as "6 of 7".

    A claim whose status is assumed, recalled or worked out by us, is a check and no such number.
    """
    table = found(name)
    printed = table["within"].values[table["status"].values != "assumed"]
    return f"{int(printed.sum())} of {printed.size}" if printed.size else "–"


def outside(draws: int = DRAWS) -> list[str]:
    """Return a line for each claim of the catalogue of which its file is no longer right."""
    return [
        f"{name} | {' | '.join(cells(row))}"
        for name in names()
        for row in claims(found(name, draws))
        if stale(row)
    ]


def measures() -> str:
    """Return the table of measures: what each takes, and its first line of words."""
    rows = []
    for name, measure in MEASURES.items():
        takes = list(inspect.signature(measure).parameters)[1:]
        words = (inspect.getdoc(measure) or "").split("\n\n")[0].replace("\n", " ")
        words = escaped(words.removeprefix("Return ").replace("`", "").rstrip("."))
        rows.append((f"``{name}``", ", ".join(f"``{word}``" for word in takes) or "–", words))
    return table(("Measure", "Arguments", "What it is"), rows, (26, 24, 50))


def names() -> list[str]:
    """Return the scenarios whose sources publish something."""
    listed = [row.name for row in sfc.list_scenarios()]
    return [name for name in listed if sfc.load_scenario(name).claims]


def pages() -> dict[str, str]:
    """Return the table of measures as a page to include."""
    return {"measures.inc": measures()}


setup = making(pages, examples=True)
