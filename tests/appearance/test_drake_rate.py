"""A Drake product with dates: units, what it counts, and the static number behind it."""

from __future__ import annotations

import warnings

import numpy as np
import pytest

import sfc_sim as sfc
from sfc_sim._core.errors import InputError
from sfc_sim.appearance.product import DrakeRate
from sfc_sim.appearance.saturation import Saturated
from sfc_sim.distributions import LogNormal10, LogUniform
from sfc_sim.planets.formation import PlanetHistory
from sfc_sim.scenario.scenario import Scenario
from tests import naive_dated as naive

NOW = 13.787
DATED = sfc.load_scenario("sandberg2018-expanding")
# One of each, so that every product is known by heart.
FIXED = {
    "star_formation_rate": 2.0, "planet_fraction": 0.5, "habitable_planets": 0.5,
    "abiogenesis": np.log(2.0), "intelligence_fraction": 0.01, "communication_fraction": 0.1,
    "lifetime": 1e6,
}  # fmt: skip
RATE = 2.0 * 0.5 * 0.5 * 0.5 * 0.01 * 0.1  # per yr; 1 - exp(-ln 2) is a half


def rate_of(scenario):
    """The product of a scenario, with its factors."""
    model = scenario.appearance.of(scenario.factors)
    assert isinstance(model, DrakeRate)
    return model


def fixed(**changes):
    return DATED.replace(**FIXED, **changes)


def births(scenario, dates):
    """Births per Gyr and observable universe at dates."""
    model = rate_of(scenario)
    parameters = {name: np.array([value]) for name, value in FIXED.items()}
    log_rate, log_later = model.log_rate(parameters, np.atleast_2d(dates))
    assert (log_later == -np.inf).all()
    return np.exp(model.log_amount(parameters)[:, None] + log_rate)[0]


def born_by_now(scenario):
    dates = np.linspace(0.0, NOW, 20_001)
    return np.trapezoid(births(scenario, dates), dates)


def test_now_is_the_product_without_staying_per_gyr_and_galaxy():
    """Factors are per year, dates in Gyr: 1e9 between them."""
    assert births(fixed(), NOW).item() == pytest.approx(RATE * 1e9 * 1e10, rel=1e-12)


def test_the_static_number_is_births_now_times_the_time_they_stay():
    """Those alive now in a steady state; the same draws through displacement and through fronts."""
    dated = sfc.sample(DATED, 300, rng=4)
    static = sfc.sample(DATED.replace(expansion="displacement"), 300, rng=4)
    model = rate_of(DATED)
    parameters = {name: dated[name].values for name in DATED.parameters}
    now = model.log_amount(parameters) + model.log_rate(parameters, np.full((1, 1), NOW))[0][0, 0]
    log10_alive = (now + np.log(parameters["lifetime"] / 1e9)) / np.log(10) - 10
    found = static.log10_civilizations_now.values
    seen = found > -250  # below, the origin of life underflows in one of them
    assert seen.mean() > 0.9
    np.testing.assert_allclose(log10_alive[seen], found[seen], atol=1e-9)


def test_ever_is_the_product_per_galaxy_by_now():
    """1e-5: the trapezoid of both sums."""
    scenario = fixed(counts="ever", staying=())
    expected = RATE * FIXED["lifetime"] * 1e10
    assert born_by_now(scenario) == pytest.approx(expected, rel=1e-5)


@pytest.mark.parametrize("early", ["step", "benign"])
def test_ever_holds_whatever_the_early_universe_was(early):
    """2e-4: the step falls between two dates of the check."""
    scenario = fixed(counts="ever", staying=(), early_universe=early, evolution_delay=3.0)
    expected = RATE * FIXED["lifetime"] * 1e10
    assert born_by_now(scenario) == pytest.approx(expected, rel=2e-4)


def test_planet_is_the_product_for_every_planet():
    """Births follow planets after the delay: those of all planets that are old enough by now."""
    scenario = fixed(counts="planet", staying=(), planets_per_universe=1e20)
    product = RATE * FIXED["lifetime"]
    past = PlanetHistory("madau2014")
    exact = naive.rate(past.rate, NOW, 4.55, 1.0)
    assert births(scenario, NOW).item() == pytest.approx(product * 1e20 * exact, rel=1e-5)
    dates = np.linspace(0.0, 390.0, 40_001)
    ever = np.trapezoid(births(scenario, dates), dates)
    assert ever == pytest.approx(product * 1e20 * past.total(), rel=2e-5)


@pytest.mark.parametrize("longest", [6.0, 20.0])
def test_planets_that_die_first_bear_nobody(longest):
    scenario = fixed(
        counts="planet", staying=(), planets_per_universe=1.0, longest_habitability=longest
    )
    past = PlanetHistory("madau2014")
    exact = naive.rate(past.rate, 11.0, 4.55, 1.0, longest=longest)
    expected = RATE * FIXED["lifetime"] * exact
    assert births(scenario, 11.0).item() == pytest.approx(expected, rel=1e-5)


def test_the_clock_of_another_history_moves_births_but_not_the_present_rate():
    other = fixed(planet_history="lineweaver2001")
    assert births(other, NOW) == pytest.approx(births(fixed(), NOW))
    assert births(other, 7.0) != pytest.approx(births(fixed(), 7.0), rel=0.01)


def test_the_unit_of_the_rate_is_read():
    text = fixed().to_toml().replace('unit = "1/yr"', 'unit = "1/Gyr"')
    per_gyr = Scenario.from_toml(text)
    assert births(fixed(), NOW) == pytest.approx(1e9 * births(per_gyr, NOW))


def test_amount_is_the_widest_factor():
    assert rate_of(DATED).amount == "abiogenesis"
    narrow = DATED.replace(abiogenesis=LogUniform(0.1, 10.0))
    assert rate_of(narrow).amount == "intelligence_fraction"
    # The time they stay is wider than all others, and no factor of the rate.
    assert "lifetime" not in rate_of(narrow).factors


def test_saturated_law():
    law = Saturated(LogNormal10(0.0, 50.0))
    assert law.support == (0.0, 1.0)
    u = np.array([0.3, 0.5, 0.7])
    events = LogNormal10(0.0, 50.0).ppf(u)
    np.testing.assert_allclose(law.ppf(u), -np.expm1(-events), rtol=1e-12)


def test_self_indication_is_the_sum_of_the_prior_times_the_product():
    """Its mean weight is that of a million plain draws of the widest factor, all else fixed.

    Worlds are weighed by observers and by exp(-V): 4 joint standard errors, and a weight that
    is 1.2 times as large fails.
    """
    narrow = fixed().replace(
        abiogenesis=LogUniform(1e-19, 1e-13), expanding_fraction=LogUniform(0.1, 1.0),
        expansion_speed=0.5,
    )  # fmt: skip
    draws = sfc.sample(narrow, 20_000, rng=3)
    plain = np.exp(draws.log_observers_like_us.values - np.exp(draws.log_covered_now.values))
    aimed = sfc.sample(narrow, 20_000, rng=3, aim=["sia"], evidence="not-engulfed")
    log_plain = aimed.log_observers_like_us - np.exp(aimed.log_covered_now)
    weighed = np.exp((log_plain + aimed.log_prior_over_proposal).values)
    error = np.hypot(plain.std(), weighed.std()) / np.sqrt(plain.size)
    assert abs(plain.mean() - weighed.mean()) < 4 * error
    assert abs(plain.mean() - 1.2 * weighed.mean()) > 4 * error  # negative control
    assert weighed.std() < 0.5 * plain.std()  # what it is for


def sampled(scenario):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        return sfc.sample(scenario, 10, rng=1)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"staying": ()}, "alive now, but no factor is their lifetime"),
        ({"planet_history": "madau2013"}, "unknown planet_history 'madau2013'; did you mean"),
        ({"staying": ("lifetimes",)}, "did you mean 'lifetime'|lifetimes"),
        ({"staying": tuple(FIXED)}, "no factor besides those in staying"),
        ({"staying": ("lifetime", "star_formation_rate")}, "one factor must be a rate"),
        ({"longest_habitability": 0.5, "delay_spread": 0.1}, "no planet is old enough"),
        ({"evolution_delay": 40.0}, "no planet is old enough for a civilization by now"),
        ({"delay_spread": 30.0}, "delay_spread"),
    ],
)
def test_errors(changes, message):
    with pytest.raises(InputError, match=message):
        sampled(DATED.replace(**changes))


def test_two_rates_do_not_make_a_rate():
    text = DATED.to_toml().replace('[parameters.planet_fraction]\nunit = ""',
                                   '[parameters.planet_fraction]\nunit = "1/yr"')  # fmt: skip
    with pytest.raises(InputError, match="these have a unit: star_formation_rate, planet_fraction"):
        sampled(Scenario.from_toml(text))
