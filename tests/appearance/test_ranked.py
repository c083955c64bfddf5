"""Abundance from our rank, against the closed forms of the power-law universe."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

import sfc_sim as sfc
from sfc_sim._core.errors import InputError
from sfc_sim.appearance.pinned import RankedPowerLaw
from sfc_sim.cosmology.background import Background
from sfc_sim.expansion.coverage import tabulate
from sfc_sim.expansion.grid import make_grid
from sfc_sim.expansion.power_law_universe import PowerLawUniverse

EDS = Background.power_law(2 / 3)
PLANCK = Background.named("Planck18")


def world(power=6.0, rank=0.5, fraction=1.0):
    values = {"power": power, "our_rank": rank, "expanding_fraction": fraction}
    return {name: np.array([value]) for name, value in values.items()}


def abundance(background=EDS, **values):
    return np.exp(RankedPowerLaw(background=background).log_amount(world(**values))).item()


@pytest.mark.parametrize("n", [1.0, 1.5, 3.0, 6.0, 12.0, 30.0])
@pytest.mark.parametrize("speed", [0.25, 1.0])
def test_abundance_is_that_of_the_closed_universe_at_the_median(n, speed):
    """In its own universe, whatever the speed there; it drops out here as it should."""
    assert abundance(power=n) == pytest.approx(PowerLawUniverse(n, speed).abundance, rel=1e-6)


def test_abundance_sees_another_rank():
    """Negative control."""
    assert abundance(rank=0.51) != pytest.approx(PowerLawUniverse(6.0).abundance, rel=1e-3)


def tables(background, n):
    model, parameters = RankedPowerLaw(background=background), world(power=n)
    grid = make_grid(background, model.onset(parameters))
    return grid, tabulate(grid, *model.log_rate(parameters, grid.times))


@pytest.mark.parametrize("n", [1.5, 3.0, 6.0, 12.0])
@pytest.mark.parametrize("rank", [0.1, 0.5, 0.9])
def test_seen_volume_is_the_gamma_quantile_in_any_universe(n, rank):
    """Through the coverage tables of another universe; 1e-5 is what their cells give."""
    grid, coverage = tables(PLANCK, n)
    amount = RankedPowerLaw(background=PLANCK).log_amount(world(power=n, rank=rank))
    seen = np.exp(coverage.log_covered(amount, np.ones(1), grid.now)).item()
    assert stats.gamma(n / (n + 1)).cdf(seen) == pytest.approx(rank, abs=1e-5)


@pytest.mark.parametrize("n", [1.0, 1.5, 6.0, 30.0])
def test_a_unit_amount_is_one_birth_by_today(n):
    """1e-4: births near the Big Bang at n = 1, and a steep cell at n = 30."""
    _, coverage = tables(PLANCK, n)
    by_now = coverage.log_actual(np.full(1, -80.0), np.ones(1), by_now=True)
    assert by_now.item() == pytest.approx(0.0, abs=1e-4)


def test_births_grow_as_the_power_of_time():
    log_rate, _ = RankedPowerLaw(background=EDS).log_rate(world(power=6.0), np.array([[2.0, 4.0]]))
    assert np.diff(log_rate[0]).item() == pytest.approx(5 * np.log(2))


def test_who_expands_drops_out():
    """Fewer expand, more are born: the loud ones are what our date tells of."""
    assert abundance(fraction=0.01) == pytest.approx(100 * abundance(), rel=1e-12)
    base = sfc.load_scenario("hanson2021-n6-half").replace(expanding_fraction=1.0)
    few = base.replace(expanding_fraction=0.01)
    one, other = (sfc.sample(s, 50, rng=1) for s in (base, few))
    for name in ("civilizations_actual", "unseen_now", "volume_grabbed"):
        np.testing.assert_allclose(one[name], other[name], rtol=1e-9, err_msg=name)
    np.testing.assert_allclose(100 * one.intelligent_actual, other.intelligent_actual, rtol=1e-9)


def test_speed_drops_out_of_what_is_seen():
    draws = [
        sfc.sample(sfc.load_scenario(f"hanson2021-n6-{speed}"), 50, rng=1)
        for speed in ("half", "light")
    ]
    np.testing.assert_allclose(draws[0].unseen_now, draws[1].unseen_now, rtol=1e-12)
    assert (draws[0].unsaturated_now > draws[1].unsaturated_now).all()


def test_the_last_of_us_all_would_see_everything():
    amounts = [abundance(rank=rank) for rank in (0.0, 0.2, 0.8, 0.999)]
    assert amounts[0] == 0.0
    assert sorted(amounts) == amounts


@pytest.mark.parametrize(("power", "given"), [(0.5, "0.5"), (50.0, "50")])
def test_powers_that_the_tables_cannot_hold_are_refused(power, given):
    """Below 1 births at the Big Bang have no end, above 30 a cell is too coarse."""
    with pytest.raises(InputError, match="power"):
        sfc.load_scenario("hanson2021-n6-half").replace(power=power)
