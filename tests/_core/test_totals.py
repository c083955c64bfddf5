"""Totals of parts against exact sums."""

from __future__ import annotations

import math

import numpy as np
import pytest

from sfc_sim._core.totals import total_of

RNG = np.random.default_rng(7)
WIDE = RNG.normal(size=2000) * 10.0 ** RNG.integers(-12, 12, 2000)


def of(kind, parts, longest=0):
    return total_of(({(kind, "x"): part} for part in parts), longest)[kind, "x"]


def test_sums_are_those_of_twice_the_digits():
    parts = [np.array([x, 1.0]) for x in (*WIDE, *-WIDE[::-1], 1e-9)]
    found = of("sum", parts)
    exact = math.fsum(part[0] for part in parts)
    assert found[0] == pytest.approx(exact, rel=1e-12)
    assert found[1] == len(parts)
    plain = sum(part[0] for part in parts)  # the control: this has lost all digits
    assert plain != pytest.approx(exact, rel=1e-3)


def test_extremes_the_greatest_and_what_is_kept():
    parts = np.array_split(WIDE, 37)
    assert of("max", [part.max(keepdims=True) for part in parts]) == WIDE.max()
    assert of("min", [part.min(keepdims=True) for part in parts]) == WIDE.min()
    np.testing.assert_array_equal(of("greatest", parts, 50), np.sort(WIDE)[-50:])
    np.testing.assert_array_equal(of("kept", parts), WIDE)


def test_parts_are_left_as_they_are():
    part = np.array([1.0])
    of("sum", [part, part, part])
    assert part[0] == 1.0
