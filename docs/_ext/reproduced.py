"""The table "Reproduced numbers": published or exact values beside what the package gives.

Run ``python docs/_ext/reproduced.py --draws 200000`` to see it with more draws than the docs use.
"""

from __future__ import annotations

import argparse
import warnings

import simulated
from drawn import cook, differs
from exact import cosmology, drake, hanson, hard_steps, value
from pages import table, title
from rows import SEED, Row

import sfc_sim as sfc

DRAWS = 40_000

HEAD = ("Quantity", "Published or exact", "Ours", "Tolerance", "Within", "Why this tolerance")
WIDTHS = (34, 11, 16, 10, 8, 36)


def sections(draws: int) -> dict[str, list[Row]]:
    """Return every row, by the heading it stands under."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", sfc.EffectiveSampleSizeWarning)  # stated in the row
        return {
            "Cosmology": list(cosmology()),
            "Drake product (Sandberg, Drexler & Ord 2018)": list(drake()),
            "Power law in time (Hanson et al. 2021)": list(hanson()),
            "Program of Hanson et al. (2021)": list(simulated.program()),
            "Simulated universes": list(simulated.simulated()),
            "Hard steps (Cook 2022)": list(hard_steps()),
            "Alone or not (Cook 2022)": list(cook(draws)),
            "Static model and value": list(value()),
        }


def missing_rows(draws: int) -> list[tuple[str, str, str, str]]:
    """Return what is published and not reproduced."""
    return [*differs(draws), *simulated.differs()]


def pages(draws: int = DRAWS) -> tuple[dict[str, str], list[Row]]:
    """Return the table as a page to include, and the rows outside their tolerance."""
    parts, outside = [f"{draws:,} draws per prior, seed {SEED}.\n"], []
    for heading, rows in sections(draws).items():
        parts += [title(heading, "-"), table(HEAD, [row.cells for row in rows], WIDTHS)]
        outside += [row for row in rows if not row.within]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", sfc.EffectiveSampleSizeWarning)
        missing = table(
            ("Quantity", "Published", "Ours", "Why"), missing_rows(draws), (30, 14, 20, 36)
        )
    return {"reproduced.inc": "\n".join(parts), "differs.inc": missing}, outside


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--draws", type=int, default=DRAWS)
    draws = parser.parse_args().draws
    for heading, rows in sections(draws).items():
        print(f"\n{heading}")
        for row in rows:
            print("  " + " | ".join(row.cells))
    print("\nNot reproduced")
    for cells in missing_rows(draws):
        print("  " + " | ".join(cells))
