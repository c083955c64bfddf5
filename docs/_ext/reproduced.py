"""The table "Reproduced numbers": published or exact values beside what the package gives.

Run ``python docs/_ext/reproduced.py --draws 200000`` to see it with more draws than the docs use.
"""

from __future__ import annotations

import argparse
import warnings

import claimed
import simulated
from drawn import differs
from exact import cosmology, hanson, hard_steps, value
from pages import table, title
from rows import SEED, Row

import sfc_sim as sfc

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
    }


def claim_rows(draws: int) -> tuple[dict[str, list[tuple[str, ...]]], list[tuple[str, ...]]]:
    """Return the claims of all scenarios: those said to be reproduced, by source, and others."""
    good: dict[str, list[tuple[str, ...]]] = {}
    bad = []
    for name in claimed.names():
        for row in claimed.claims(claimed.found(name, draws)):
            quantity, *rest = claimed.cells(row)
            linked = f":doc:`generated/catalogue/{name}`: {quantity}"
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


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--draws", type=int, default=DRAWS)
    made, _ = pages(parser.parse_args().draws)
    print(*made.values(), sep="\n")
