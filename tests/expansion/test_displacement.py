"""The static model: printed tables, limits, its inverse, and a simulation of places and rivals."""

from __future__ import annotations

import mpmath
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import sfc_sim as sfc
from sfc_sim.expansion.displacement import (
    grabbed_share,
    marginal_saturation,
    recovered_by_displacement,
    rivals_for_recovered,
)

# D, A/V_R, e^-D, D / (e^D - 1), recovered: worked out by hand elsewhere, to seven digits.
TABLE = [
    (0.01, 0.9950166, 0.9900498, 0.9950083, 0.0049917),
    (0.1, 0.9516258, 0.9048374, 0.9508332, 0.0491668),
    (0.3, 0.8639393, 0.7408182, 0.8574888, 0.1425112),
    (1.0, 0.6321206, 0.3678794, 0.5819767, 0.4180233),
    (2.0, 0.4323324, 0.1353353, 0.3130353, 0.6869647),
    (3.0, 0.3167376, 0.0497871, 0.1571871, 0.8428129),
    (5.0, 0.1986524, 0.0067379, 0.0339183, 0.9660817),
    (10.0, 0.0999955, 4.53999e-5, 4.54020e-4, 0.9995460),
]
RIVALS = st.floats(0.0, 700.0)


@pytest.mark.parametrize("row", TABLE, ids=lambda row: f"D={row[0]}")
def test_table(row) -> None:
    rivals, grabbed, potential, kept, recovered = row
    found = (
        grabbed_share(rivals),
        marginal_saturation(rivals, "potential"),
        marginal_saturation(rivals),
        recovered_by_displacement(rivals),
    )
    assert found == pytest.approx((grabbed, potential, kept, recovered), abs=1e-7)
    assert marginal_saturation(rivals, "world") == marginal_saturation(rivals, "potential")


def test_correlated_space_at_three_rivals() -> None:
    found = marginal_saturation(3.0, "correlated", correlated=[0.1, 0.5, 0.9])
    np.testing.assert_allclose(found, [0.1833, 0.3649, 0.8080], atol=5e-5)


def test_inverse() -> None:
    shares = [0.5, 0.7, 0.84, 0.9, 0.95, 0.99]
    expected = [1.256, 2.065, 2.975, 3.615, 4.514, 6.475]
    np.testing.assert_allclose(rivals_for_recovered(shares), expected, atol=5e-4)


def test_a_twentyfold_fall_takes_three_rivals() -> None:
    fall = marginal_saturation(1.0, "potential") / marginal_saturation(4.0, "potential")
    assert fall == pytest.approx(20.0855, abs=1e-4)


@pytest.mark.parametrize("rivals", [1e-12, 1e-6, 1e-3, 0.0999999, 0.1, 0.3, 5.0, 200.0])
def test_against_fifty_digits(rivals: float) -> None:
    """Relative to the number itself, down to few rivals, where plain differences cancel."""
    with mpmath.workdps(50):
        d = mpmath.mpf(rivals)
        recovered = 1 - d / mpmath.expm1(d)
        half = (mpmath.exp(-d / 2) - mpmath.exp(-d)) / (-mpmath.expm1(-d) / 2)
        # Above 0.1 the difference loses a digit at most; below, the series none.
        assert float(recovered_by_displacement(rivals) / recovered - 1) == pytest.approx(
            0.0, abs=3e-15
        )
        found = marginal_saturation(rivals, "correlated", correlated=0.5)
        assert float(found / half - 1) == pytest.approx(0.0, abs=1e-14)
        if rivals <= 5.0:
            back = rivals_for_recovered(float(recovered))
            # Rounding of the share itself: 1e-16 over ds/dD, 0.03 at five rivals.
            assert float(back / d - 1) == pytest.approx(0.0, abs=1e-14)


def test_limits() -> None:
    none, crowd = 0.0, 1e4
    for reading in ("grabbed", "potential", "world"):
        assert marginal_saturation(none, reading) == 1.0
        assert marginal_saturation(crowd, reading) == 0.0
    assert recovered_by_displacement([none, crowd]).tolist() == [0.0, 1.0]
    assert rivals_for_recovered(0.0) == 0.0
    np.testing.assert_array_equal(
        marginal_saturation([0.0, 1e-3, 3.0, 1e4], "correlated", correlated=1.0), 1.0
    )
    rivals = np.array([0.0, 1e-9, 0.5, 3.0, 50.0])
    np.testing.assert_allclose(
        marginal_saturation(rivals, "correlated", correlated=0.0), marginal_saturation(rivals),
        rtol=1e-15,
    )  # fmt: skip
    tiny = marginal_saturation(3.0, "correlated", correlated=1e-12)
    assert tiny == pytest.approx(float(marginal_saturation(3.0)), rel=1e-11)


@given(RIVALS, RIVALS)
def test_more_rivals_recover_more(one: float, other: float) -> None:
    low, high = sorted((one, other))
    assert recovered_by_displacement(low) <= recovered_by_displacement(high) + 1e-15
    assert marginal_saturation(high) <= marginal_saturation(low) + 1e-15


@given(RIVALS, st.floats(0.0, 1.0), st.floats(0.0, 1.0))
def test_correlation_defeats_saturation(rivals: float, one: float, other: float) -> None:
    low, high = sorted((one, other))
    less, more = marginal_saturation(rivals, "correlated", correlated=[low, high])
    assert marginal_saturation(rivals) - 1e-14 <= less <= more + 1e-14 <= 1.0 + 2e-14


@given(st.floats(0.0, 1.0 - 1e-9))
def test_inverse_is_one(share: float) -> None:
    found = recovered_by_displacement(rivals_for_recovered(share))
    assert found == pytest.approx(share, rel=1e-14, abs=1e-15)


def fractions(rivals: float, correlated: float, worlds: int, rng: np.random.Generator):
    """Simulate: rivals at random places start together, and reach as far as we do, 1.

    A row per world, of fractions of places in our reach: ours first; ours alone; and, without us,
    taken by one of the group; taken by one of the group with no one else in reach.
    """
    found = np.empty((worlds, 4))
    for k in range(worlds):
        # All who reach a place of ours are within 2: a box of side 4 holds them.
        many = rng.poisson(rivals * 64.0 / (4.0 * np.pi / 3.0))
        homes, tied = rng.uniform(-2.0, 2.0, (many, 3)), rng.random(many) < correlated
        places = rng.normal(size=(100, 3))
        places *= (rng.random(100) ** (1 / 3) / np.linalg.norm(places, axis=1))[:, None]
        away = np.linalg.norm(places[:, None] - homes, axis=2)
        nearest = away.min(axis=1, initial=np.inf)
        of_group = np.where(tied, away, np.inf).min(axis=1, initial=np.inf)
        of_others = np.where(tied, np.inf, away).min(axis=1, initial=np.inf)
        group = (of_group < of_others) & (of_group < 1.0)
        found[k] = [
            np.mean(np.linalg.norm(places, axis=1) < nearest),
            np.mean(nearest > 1.0),
            np.mean(group),
            np.mean(group & (of_others > 1.0)),
        ]
    return found


def ratio(upper: np.ndarray, lower: np.ndarray) -> tuple[float, float]:
    """Ratio of means over worlds and its standard error, to first order."""
    value = upper.mean() / lower.mean()
    return value, np.std(upper - value * lower, ddof=1) / lower.mean() / np.sqrt(upper.size)


def test_against_simulated_places() -> None:
    """Within 4 standard errors; a tenth more rivals does not pass."""
    first, alone, group, group_alone = fractions(3.0, 0.5, 3000, np.random.default_rng(8)).T

    def closed(rivals: float) -> list[float]:
        return [
            float(grabbed_share(rivals)),
            float(marginal_saturation(rivals, "potential")),
            float(marginal_saturation(rivals)),
            float(marginal_saturation(rivals, "correlated", correlated=0.5)),
        ]

    found = [ratio(first, np.ones(3000)), ratio(alone, np.ones(3000))]
    found += [ratio(alone, first), ratio(group_alone, group)]
    away = [abs(x - y) / e for (x, e), y in zip(found, closed(3.0), strict=True)]
    assert max(away) < 4.0
    wrong = [abs(x - y) / e for (x, e), y in zip(found, closed(3.3), strict=True)]
    assert min(wrong) > 4.0


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: marginal_saturation(-1.0), "rivals per reachable volume is -1.0"),
        (lambda: marginal_saturation(1.0, "grabed"), "did you mean 'grabbed'"),
        (lambda: marginal_saturation(1.0, "correlated"), "'correlated' needs correlated"),
        (lambda: marginal_saturation(1.0, correlated=0.5), "'grabbed' takes no correlated"),
        (lambda: marginal_saturation(1.0, "correlated", correlated=1.5), "correlated is 1.5"),
        (lambda: marginal_saturation(1.0, "correlated", correlated="x"), "correlated is 'x'"),
        (lambda: rivals_for_recovered(1.0), "recovered share is 1.0; .* less than 1"),
        (lambda: rivals_for_recovered(float("nan")), "share is nan"),
    ],
)
def test_a_wrong_argument_is_named(call, words: str) -> None:
    with pytest.raises(sfc.InputError, match=words) as caught:
        call()
    assert "\n" not in str(caught.value)
