"""The table "Reproduced numbers": published or exact values beside what the package gives.

`tests/verification/test_reproduced.py` holds each row to its tolerance.
"""

from __future__ import annotations

import warnings
from typing import Any

import claimed
from pages import place, table, title, write
from sphinx.application import Sphinx
from sphinx.util import logging

import sfc_sim as sfc
from tests.verification import simulated
from tests.verification.exact import cosmology, hanson, hard_steps, value
from tests.verification.looking import looking
from tests.verification.not_reproduced import differs
from tests.verification.rows import SEED, Row

DRAWS = 20_000

HEAD = ("Quantity", "Published or exact", "Ours", "Tolerance", "Within", "Why this tolerance")
WIDTHS = (34, 11, 16, 10, 8, 36)


def sections() -> dict[str, list[Row]]:
    """Return every row that is no claim of a scenario, by the heading it stands under."""
    return {
        "Cosmology": list(cosmology()),
        "Power law in time (Hanson et al. 2021)": list(hanson()),
        "Program of Hanson et al. (2021)": list(simulated.program()),
        "Simulated universes": list(simulated.simulated()),
        "Hard steps (Cook 2022)": list(hard_steps()),
        "Static model and value": list(value()),
        "Looking and listening": list(looking()),
    }


def claim_rows(draws: int) -> tuple[dict[str, list[tuple[str, ...]]], list[tuple[str, ...]]]:
    """Return the claims of all scenarios: those said to be reproduced, by source, and others."""
    good: dict[str, list[tuple[str, ...]]] = {}
    bad = []
    for name in claimed.names():
        for row in claimed.claims(claimed.found(name, draws)):
            quantity, *rest = claimed.cells(row)
            linked = f":ref:`{name} <{place(name)}>`: {quantity}"
            if row["reproduced"]:
                good.setdefault(sfc.load_scenario(name).source, []).append((linked, *rest))
            else:
                published, ours, _, _, why = rest
                bad.append((linked, published, ours, why))
    return good, bad


def missing_rows(draws: int) -> list[tuple[str, ...]]:
    """Return what else is published and not reproduced."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", sfc.EffectiveSampleSizeWarning)
        return [*differs(draws), *simulated.differs()]


def pages(draws: int = DRAWS) -> tuple[dict[str, str], list[str]]:
    """Return the table as a page to include, and a line for each row that is not as it says."""
    good, bad = claim_rows(draws)
    rows = sections()
    parts = [f"{draws:,} draws per scenario, seed {SEED}.\n"]
    for source, lines in good.items():
        parts += [title(source, "-"), table(claimed.HEAD, lines, claimed.WIDTHS)]
    for heading, lines in rows.items():
        parts += [title(heading, "-"), table(HEAD, [row.cells for row in lines], WIDTHS)]
    head = ("Quantity", "Published", "Ours", "Why")
    missing = table(head, [*bad, *missing_rows(draws)], (30, 14, 20, 36))
    outside = [" | ".join(r.cells) for lines in rows.values() for r in lines if not r.within]
    return {"reproduced.inc": "\n".join(parts), "differs.inc": missing}, [
        *outside,
        *claimed.outside(draws),
    ]


def make_pages(app: Sphinx) -> None:
    """Write the table; a row that is not as it says is a warning, and so an error of the build."""
    if app.builder.name == "doctest":
        return
    made, outside = pages()
    write(made)
    for row in outside:
        logging.getLogger(__name__).warning("reproduced or not, against what is said: %s", row)


def setup(app: Sphinx) -> dict[str, Any]:
    """Make the table when a build begins."""
    app.connect("builder-inited", make_pages)
    return {"parallel_read_safe": True}
