"""Stars of each mass, and their lives."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from scipy.integrate import quad

from sfc_sim._core.errors import InputError
from sfc_sim.planets.hosts import (
    IMFS,
    LIFETIMES,
    host_lifetime,
    longest_habitability,
    share_of_hosts,
)


def density(name, m):
    """Stars per mass in any unit, written out law by law."""
    if name == "salpeter1955":
        return m**-2.35 if m >= 0.1 else 0.0
    if name == "kroupa2001":
        return m**-1.3 if m < 0.5 else 0.5 * m**-2.3
    middle, width, slope = {
        "chabrier2003": (0.079, 0.69, 2.3),
        "chabrier2003-systems": (0.22, 0.57, 2.3),
        "chabrier2005": (0.2, 0.55, 2.35),
    }[name]
    at = min(m, 1.0)
    return np.exp(-0.5 * (np.log10(at / middle) / width) ** 2) / at * (m / at) ** -slope


def count(name, low, high):
    total, edges = 0.0, sorted({low, high, *(x for x in (0.1, 0.5, 1.0, 5.0) if low < x < high)})
    for a, b in pairwise(edges):
        total += quad(lambda m: density(name, m), a, b, epsrel=1e-11)[0]
    return total


@pytest.mark.parametrize("name", IMFS)
@pytest.mark.parametrize(("low", "high"), [(0.08, 0.6), (0.6, 1.2), (0.3, 0.31), (2.0, 90.0)])
def test_shares_against_quadrature(name, low, high):
    """Adaptive quadrature to 1e-11 of each piece."""
    exact = count(name, low, high) / count(name, 0.08, 100.0)
    assert share_of_hosts(low, high, name) == pytest.approx(exact, rel=1e-9)


@pytest.mark.parametrize(
    ("name", "light", "sunlike"),
    [
        ("kroupa2001", 0.81125, 0.11224),
        ("chabrier2003", 0.79888, 0.11557),
        ("chabrier2003-systems", 0.71893, 0.15912),
        ("chabrier2005", 0.74612, 0.14812),
        ("salpeter1955", 0.91106, 0.05410),
    ],
)
def test_shares_as_tabled(name, light, sunlike):
    """Computed beforehand to five decimals."""
    assert share_of_hosts(0.08, 0.6, name) == pytest.approx(light, abs=6e-6)
    assert share_of_hosts(0.6, 1.2, name) == pytest.approx(sunlike, abs=6e-6)


@pytest.mark.parametrize("name", IMFS)
def test_shares_add_up(name):
    edges = [1e-3, 0.08, 0.2, 0.5, 0.7, 1.0, 3.0, 100.0, np.inf]
    parts = [share_of_hosts(a, b, name) for a, b in pairwise(edges)]
    assert sum(parts) == pytest.approx(1.0, rel=1e-12)
    assert parts[0] == parts[-1] == share_of_hosts(0.4, 0.4, name) == 0.0


def test_lives_of_known_stars():
    masses = np.array([0.08, 0.5, 1.0, 2.0])
    exact = [53.0 * 0.08**-2.1, 7.6 * 2.0**3.5, 10.0, 10.0 * 2.0**-2.5]
    np.testing.assert_allclose(host_lifetime(masses), exact, rtol=1e-14)
    # 1.066e13 years, to its digits.
    assert host_lifetime(0.08) == pytest.approx(1.066e4, rel=5e-4)


def test_lives_nearly_meet_and_always_fall():
    for (edge, *_), jump in zip(LIFETIMES[1:], (2e-3, 1.4e-2), strict=True):
        below = host_lifetime(edge * (1.0 - 1e-12))
        assert below == pytest.approx(host_lifetime(edge), rel=jump)
        assert below > host_lifetime(edge)
    assert (np.diff(host_lifetime(np.linspace(0.08, 3.0, 5000))) < 0.0).all()


def test_longest_habitability_is_a_life_or_the_cap():
    assert longest_habitability(1.0) == 10.0
    assert longest_habitability(0.08) == host_lifetime(0.08) < 20_000.0
    found = longest_habitability(np.array([0.1, 1.0]), cap="50 Gyr")
    np.testing.assert_array_equal(found, [50.0, 10.0])


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: host_lifetime(0.05), "mass is 0.05; lifetimes are known for 0.08 to 3 solar"),
        (lambda: host_lifetime(np.array([1.0, 9.0])), "mass is 9; lifetimes are known"),
        (lambda: longest_habitability(1.0, cap=0.0), "cap is 0; it must be positive"),
        (lambda: share_of_hosts(1.0, 0.5), "masses from 1 to 0.5: they must be positive and in"),
        (lambda: share_of_hosts(0.0, 0.5), "masses from 0 to 0.5"),
        (
            lambda: share_of_hosts(0.1, 0.5, "kroupa"),
            "unknown initial mass function 'kroupa'; did you mean 'kroupa2001'?",
        ),
    ],
)
def test_numbers_that_are_not(call, message):
    with pytest.raises(InputError) as error:
        call()
    assert message in str(error.value)
    assert "\n" not in str(error.value)
