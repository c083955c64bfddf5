"""Numbers of planets in one unit."""

from __future__ import annotations

import numpy as np
import pytest

from sfc_sim._core.errors import InputError
from sfc_sim.planets.counts import BUDGETS, planets_per_volume
from sfc_sim.planets.habitability import habitable_share_now

VOLUME = 1.19056664e13  # Mpc³, Planck 2018


@pytest.mark.parametrize(
    ("budget", "per_mpc3", "digits"),
    [
        ("behroozi2015", 1e7, 1e-8),
        ("zackrisson2016-fgk", 8.4e5, 6e-3),
        ("zackrisson2016-m", 4.2e7, 6e-3),
        ("bryson2021-fgk", 1.120e8 * 0.37, 1e-3),
        ("dressing2015-m", 8.10e8 * 0.16, 1e-3),
        ("hsu2020-m", 8.10e8 * 0.33, 1e-3),
        ("bergsten2023-m", 8.10e8 * 0.0858, 1e-3),
    ],
)
def test_planets_per_cubic_megaparsec(budget, per_mpc3, digits):
    """Stars worked out beforehand to three digits, the others as far as they were printed."""
    assert planets_per_volume(budget) / VOLUME == pytest.approx(per_mpc3, rel=digits)


def test_planets_of_hanson_grow_as_the_root():
    """The product with the share habitable now was computed beforehand to ten digits."""
    longest = np.array([5.0, 10.0, 20.0, 100.0, 1000.0, 20_000.0])
    found = planets_per_volume("hanson2021", longest) * habitable_share_now(longest)
    exact = [
        1.028560631e18, 2.715480645e18, 5.664199834e18,
        1.815259239e19, 6.700215166e19, 3.150559665e20,
    ]  # fmt: skip
    np.testing.assert_allclose(found, exact, rtol=1e-9)
    assert planets_per_volume("hanson2021", "4 Gyr") == 1e19


def test_papers_differ_a_hundredfold():
    others = [planets_per_volume(name) for name in BUDGETS if name != "hanson2021"]
    assert max(others) / min(others) > 100.0


def test_every_budget_has_a_source_and_status():
    for budget in BUDGETS.values():
        assert budget.status in ("verified", "secondary", "assumed")
        assert (budget.status == "assumed") == budget.source.startswith("derived here")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("hanson",), "unknown planet budget 'hanson'; did you mean 'hanson2021'?"),
        (("hanson2021",), "longest is None, but the budget 'hanson2021' needs longest, in Gyr"),
        (("behroozi2015", 5.0), "longest is 5.0, but the budget 'behroozi2015' takes no longest"),
        (("hanson2021", 0.0), "longest is 0; it must be positive and finite"),
    ],
)
def test_arguments_that_do_not_fit(arguments, message):
    with pytest.raises(InputError) as error:
        planets_per_volume(*arguments)
    assert message in str(error.value)
    assert "\n" not in str(error.value)
