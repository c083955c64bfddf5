"""A product cut into other numbers of factors: sums of uniform numbers, and their limit."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

import sfc_sim as sfc
from sfc_sim import plotting
from sfc_sim._core.errors import InputError

PLAIN = "sandberg2018-plain-life"


@pytest.fixture(scope="module")
def table():
    return sfc.drake.factor_counts(PLAIN, counts=[1, 2, 7, 12])


def test_logs_of_the_factors_add_up_to_an_irwin_hall_law(table) -> None:
    """Sum of n uniform numbers; the median of N is 100, its factors span 20 decades together."""
    for many in (1, 2, 7, 12):
        width = 20.0 / many
        exact = stats.irwinhall(many).cdf(many / 2 - 2.0 / width)
        found = table.probability_below_one.sel(keep="range", factors=many).item()
        assert found == pytest.approx(exact, abs=1e-6)
        wrong = stats.irwinhall(many + 1).cdf((many + 1) / 2 - 2.0 * (many + 1) / 20.0)
        assert abs(found - wrong) > 1e-3  # another number of factors is told apart


def test_at_one_spread_many_factors_are_a_log_normal() -> None:
    found = sfc.drake.factor_counts(PLAIN, counts=[100])
    exact = stats.norm.cdf(-2.0 / float(found.attrs["published_decades"]))
    # the next term of the series of the central limit theorem: kurtosis -1.2/n
    assert found.probability_below_one.sel(keep="spread").item() == pytest.approx(exact, abs=1e-3)
    assert found.probability_below_one.sel(keep="range").item() < 0.01


def test_spread_is_that_of_the_scenario(table) -> None:
    draws = sfc.sample(PLAIN, 4000, rng=7)["log10_civilizations_now"].values
    error = draws.std() / np.sqrt(2 * draws.size)
    assert abs(draws.std() - float(table.attrs["published_decades"])) < 4 * error
    own = float(table.attrs["published_decades"])
    np.testing.assert_allclose(table.decades.sel(keep="spread"), own)
    np.testing.assert_allclose(
        table.decades.sel(keep="range"), 20.0 / np.sqrt(12.0 * table.factors), rtol=1e-12
    )


def test_a_factor_without_ends_has_no_range_to_share() -> None:
    found = sfc.drake.factor_counts("sandberg2018", counts=[7])
    assert np.isnan(found.probability_below_one.sel(keep="range").item())
    # fifty decades of life: whatever their number, half of it is empty
    assert found.probability_below_one.sel(keep="spread").item() == pytest.approx(0.51, abs=0.01)


def test_what_cannot_be_cut_is_refused() -> None:
    with pytest.raises(InputError, match="a number of factors is 0"):
        sfc.drake.factor_counts(PLAIN, counts=[0])
    wide = sfc.load_scenario(PLAIN).replace(life_fraction=sfc.PowerOfTen(150.0, sign=-1))
    with pytest.raises(InputError, match="300 at most"):
        sfc.drake.factor_counts(wide, counts=[1])


def test_the_picture_has_both_lines_and_the_scenario(table) -> None:
    ax = plotting.factor_counts(table)
    ranged, spread, own = ax.get_lines()
    np.testing.assert_allclose(ranged.get_ydata(), table.probability_below_one.sel(keep="range"))
    np.testing.assert_allclose(spread.get_ydata(), table.probability_below_one.sel(keep="spread"))
    assert own.get_xdata()[0] == 7
    assert "sandberg2018-plain-life itself" in ax.get_legend_handles_labels()[1]
