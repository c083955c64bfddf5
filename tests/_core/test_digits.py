"""Numbers as text: no share that is not all, or none, is printed as such."""

from __future__ import annotations

from itertools import product

import pytest

from sfc_sim._core.digits import estimate, percent, with_error

VALUES = [0.0, 1e-12, 3e-7, 4e-4, 2e-3, 0.03, 0.4, 0.97, 0.998, 0.9996, 1 - 1e-6, 1 - 1e-12, 1.0]
ERRORS = [0.0, 1e-15, 1e-9, 1e-5, 3e-4, 2e-3, 0.02, 0.049, 0.3, 0.8]


def number(text: str) -> float:
    return float(text.lstrip("<>").split()[0])


@pytest.mark.parametrize(("value", "error"), list(product(VALUES, ERRORS)))
@pytest.mark.parametrize("whole", [1.0, 100.0])
def test_neither_all_nor_none_unless_it_is(value, error, whole):
    """Bounds hold at two standard errors; what is no bound is off by two units of the last one."""
    text = estimate(whole * value, whole * error, whole)
    sure = error == 0.0
    if not (sure and value in (0.0, 1.0)):
        assert text not in ("0", "0.0", "0.00", "0.000", "1", "1.0", "1.00", "1.000", "100")
    shown, exact, spread = number(text), whole * value, whole * error
    if text[0] == ">":
        assert shown < whole
        assert shown <= exact - 2 * spread + 1e-9 or shown == 0.0 or spread < 1e-4 * whole
    elif text[0] == "<":
        assert shown > 0.0
        assert shown >= exact + (2 - 1e-9) * spread
    else:
        assert 0.0 < shown < whole or (sure and value in (0.0, 1.0))
        digits = len(text.partition("e")[0].partition(".")[2])
        unit = 10.0 ** (int(text.partition("e")[2] or 0) - digits)
        assert abs(shown - exact) <= max(0.51 * unit, 0.005 * exact)


@pytest.mark.parametrize(
    ("value", "error", "text"),
    [
        (0.998, 0.02, ">0.95"),
        (0.002, 0.02, "<0.05"),
        (-0.002, 0.02, ">-0.05"),
        (1.0, 0.002, ">0.996"),
        (0.0, 1e-4, "<2e-4"),
        (1.4, 0.01, "1.40"),
    ],
)
def test_bounds_lie_two_standard_errors_away(value, error, text):
    assert estimate(value, error) == text


def test_shares_beside_their_errors_take_more_digits():
    assert with_error(0.998, 0.02) == "0.998 ± 0.02"
    assert with_error(0.002, 0.02) == "0.002 ± 0.02"
    assert with_error(-0.35, 0.02) == "-0.35 ± 0.02"
    assert with_error(1.0, 0.0) == "1"
    assert percent(0.9996) == "99.96 %"
    assert percent(0.998, 0.02) == ">95 %"
