"""How appearance meets expansion: every pair samples, orders hold, and numbers by now."""

from __future__ import annotations

import numpy as np
import pytest

import sfc_sim as sfc
from sfc_sim._core.errors import InputError
from sfc_sim.cosmology.background import Background
from sfc_sim.expansion.coverage import tabulate
from sfc_sim.expansion.grid import make_grid
from sfc_sim.planets.delays import Delayed, DelayLaw
from sfc_sim.planets.formation import PlanetHistory
from sfc_sim.scenario.catalogue import list_scenarios
from sfc_sim.scenario.reading import load_scenario
from sfc_sim.scenario.scenario import Scenario
from tests.given import unseen

NAMES = [row.name for row in list_scenarios()]
FRONTS = [name for name in NAMES if str(load_scenario(name).expansion) == "fronts"]
DATED = ["sandberg2018-expanding", "finnveden2019", "mills2025", "hanson2021-n6-half"]


def moved(name: str) -> Scenario:
    """The scenario with displacement in place of fronts, as an edited file."""
    text = load_scenario(name).to_toml()
    return Scenario.from_toml(text.replace('expansion = "fronts"', 'expansion = "displacement"'))


def test_the_catalogue_has_fronts_of_every_model():
    models = {str(load_scenario(name).appearance) for name in FRONTS}
    assert models == {"hard-steps", "drake", "windows", "power-law"}


@pytest.mark.parametrize("name", FRONTS)
def test_every_scenario_with_fronts_samples_finite(name):
    draws = sfc.sample(name, 300, rng=5)
    for variable in draws.data_vars:
        values = draws[variable].values
        if "log_" in variable or "log10_" in variable:  # a log may be that of nothing
            assert not np.isnan(values).any(), variable
        else:
            assert np.isfinite(values).all(), variable
    assert (draws.civilizations_now <= draws.civilizations_actual * (1 + 1e-12)).all()
    assert (unseen(draws).volume_grabbed <= draws.volume_alone * (1 + 1e-9)).all()
    # Where no front has come there are no fewer than in the mean, but for those who do not stay.
    if load_scenario(name).options.get("counts") != "now":
        galaxies = np.log10(load_scenario(name).options["galaxies"])
        here = (draws.log10_civilizations_now + galaxies) * np.log(10)
        intelligent = draws.log_civilizations_now - np.log(draws.expanding_fraction)
        assert (here >= intelligent - 1e-6).all()


def test_a_product_counts_those_alive_now_with_or_without_dates():
    dated, static = (sfc.sample(n, 300, rng=5) for n in ("sandberg2018-expanding", "sandberg2018"))
    np.testing.assert_allclose(
        dated.log10_civilizations_now, static.log10_civilizations_now, rtol=1e-9, atol=1e-9
    )


@pytest.mark.parametrize("name", ["cook2022-balanced", "mills2025", "hanson2021-n3-light"])
def test_a_model_with_dates_goes_through_displacement(name):
    """Its number is that of all who ever appear; both chains draw the same parameters."""
    fronts, static = sfc.sample(name, 300, rng=5), sfc.sample(moved(name), 300, rng=5)
    for parameter in load_scenario(name).parameters:
        assert np.array_equal(fronts[parameter], static[parameter]), parameter
    np.testing.assert_allclose(
        static.log_intelligent_actual, fronts.log_intelligent_potential, rtol=1e-12
    )
    assert (static.civilizations_now <= static.civilizations_actual).all()
    assert np.isfinite(static.volume_grabbed).all()


@pytest.mark.parametrize("name", ["sandberg2018-expanding", "finnveden2019"])
def test_a_product_goes_through_displacement_without_dates(name):
    assert np.isfinite(sfc.sample(moved(name), 300, rng=5).volume_grabbed).all()


@pytest.mark.parametrize("name", DATED)
@pytest.mark.parametrize("index", [0, 511, 512, 699])
def test_any_draw_can_be_made_again_alone(name, index):
    """Bit for bit; index 512 begins another batch."""
    draws = sfc.sample(name, 700, rng=9)
    again = sfc.sample(name, 1, rng=9, first=index)
    for variable in draws.data_vars:
        expected = draws[variable].isel(draw=[index]).values
        assert expected.tobytes() == again[variable].values.tobytes(), variable


@pytest.mark.parametrize("name", DATED)
def test_threads_change_nothing(name):
    one, three = (sfc.sample(name, 1100, rng=9, threads=threads) for threads in (1, 3))
    for variable in one.data_vars:
        assert one[variable].values.tobytes() == three[variable].values.tobytes(), variable


@pytest.mark.parametrize("log_amount", [-5.0, 3.0, 8.0])
@pytest.mark.parametrize("speed", [0.2, 1.0])
def test_born_by_now_against_a_sum_over_dates(log_amount, speed):
    """int rate exp(-V) dt with V summed from births, 1e-4: a fine trapezoid of both."""
    made = Delayed(PlanetHistory("hanson2021"), DelayLaw(4.55, 1.0))
    planck = Background.named("Planck18")
    grid = make_grid(planck, made.onset[None])
    with np.errstate(divide="ignore"):
        coverage = tabulate(grid, np.log(made.rate(grid.times)), np.full(1, -np.inf))
    found = coverage.log_actual(np.full(1, log_amount), np.full(1, speed), by_now=True).item()
    dates = np.linspace(0.3, planck.age, 3001)
    rate, eta = made.rate(dates[None])[0], planck.conformal_time(dates)
    step = np.gradient(dates)
    cone = 4 / 3 * np.pi * (speed * np.maximum(0.0, eta[:, None] - eta)) ** 3
    strength = np.exp(log_amount) / planck.observable_volume_now
    covered = strength * cone @ (rate * step)
    assert found == pytest.approx(np.log(np.trapezoid(rate * np.exp(-covered), dates)), abs=1e-4)
    if log_amount == 8.0 and speed == 1.0:  # negative control: preclusion is not small
        assert found != pytest.approx(np.log(np.trapezoid(rate, dates)), abs=1e-2)


def test_by_now_is_less_than_ever():
    draws = sfc.sample("cook2022-bearish", 300, rng=5)
    assert (draws.log_civilizations_now <= draws.log_civilizations_actual + 1e-12).all()
    assert (draws.log_civilizations_now < draws.log_civilizations_actual - 0.1).any()


def test_pairs_that_do_not_meet_are_refused():
    text = load_scenario("snyder-beattie2021").to_toml()
    assert str(load_scenario("snyder-beattie2021").expansion) != "fronts"
    fronts = text.replace('expansion = "displacement"', 'expansion = "fronts"')
    with pytest.raises(InputError, match=r"which needs dates|parameter expan"):
        sfc.sample(Scenario.from_toml(fronts), 10, rng=1)
