"""Every row of the page "Verification: reproduced numbers" lies within its tolerance.

Claims of scenario files are held to theirs in `tests/params/test_claims.py`.
"""

from __future__ import annotations

import pytest

from tests.verification import exact, looking, simulated
from tests.verification.rows import Row

QUICK = [
    exact.cosmology, exact.hanson, exact.hard_steps, exact.value, looking.looking,
    simulated.program,
]  # fmt: skip


def check(rows):
    for row in rows:
        assert row.within, " | ".join(row.cells)


@pytest.mark.parametrize("rows", QUICK, ids=[rows.__name__ for rows in QUICK])
def test_rows_that_need_no_draws(rows):
    check(rows())


@pytest.mark.verification
def test_rows_of_simulated_universes():
    check(simulated.simulated())


def test_a_row_outside_is_found():
    """Negative control: beyond the tolerance and three standard errors."""
    inside = Row("x", 1.0, 1.39, 0.1, "-", error=0.1)
    assert inside.within
    outside = inside._replace(ours=1.41)
    assert not outside.within
    assert "**no**" in outside.cells
