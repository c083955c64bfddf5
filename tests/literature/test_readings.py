"""Readings against closed forms: fixed scenarios, Poisson identities, linear conversions."""

from __future__ import annotations

import warnings

import numpy as np
import pytest
import xarray as xr

import sfc_sim as sfc
from sfc_sim._core.errors import InputError
from sfc_sim.cosmology.background import Background
from sfc_sim.literature.counts import QUANTILES, READINGS, read
from sfc_sim.scenario.conversions import GALAXIES, Conversions, log_turnover
from sfc_sim.scenario.scenario import Scenario

PLANCK = Background.named("Planck18")
# Double precision through a handful of logs and exponentials.
EXACT = 1e-9


def weighed(draws: xr.Dataset, theory: str = "prior", evidence: str = "none") -> xr.Dataset:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", sfc.EffectiveSampleSizeWarning)
        return sfc.weigh(draws, evidence, theories=[theory])


def fixed(**changes: object) -> Scenario:
    """A Drake product of one value: 0.5 civilizations per galaxy, in 1e10 galaxies."""
    base = sfc.load_scenario("sandberg2018").replace(saturating=[])
    ones = {
        "star_formation_rate": 1.0, "planet_fraction": 1.0, "habitable_planets": 1.0,
        "abiogenesis": 1.0, "intelligence_fraction": 1.0, "communication_fraction": 5e-7,
        "lifetime": 1e6, "expansion_speed": 0.5,
    }  # fmt: skip
    return base.replace(**ones | changes)


def readings(scenario: Scenario, conversions: Conversions | None = None) -> xr.Dataset:
    chosen = Conversions() if conversions is None else conversions
    draws = sfc.sample(chosen.applied_to(scenario), 10, rng=1)
    return read(draws, weighed(draws), conversions=chosen).isel(theory=0)


@pytest.fixture(scope="module")
def one() -> xr.Dataset:
    return readings(fixed())


@pytest.fixture(scope="module")
def dynamic() -> xr.Dataset:
    return sfc.sample("cook2022-balanced", 3000, rng=5)


def test_counts_of_a_fixed_product(one):
    for name in (
        "log10_actual_ever",
        "log10_potential_ever",
        "log10_now",
        "log10_peak",
        "log10_peak_potential",
    ):
        np.testing.assert_allclose(one[name], np.log10(5e9), atol=EXACT)
    np.testing.assert_allclose(one.log10_per_galaxy, np.log10(0.5), atol=EXACT)
    share = 0.5**3 * PLANCK.affectable_volume(PLANCK.age) / PLANCK.observable_volume_now
    np.testing.assert_allclose(one.log10_per_reach, np.log10(5e9 * share), atol=EXACT)


def test_poisson_chances_of_a_fixed_product(one):
    assert one.alone_in_galaxy.item() == pytest.approx(np.exp(-0.5), rel=EXACT)
    assert one.alone_in_observable.item() == 0.0
    few = readings(fixed(communication_fraction=3e-16))  # three in the observable universe
    assert few.alone_in_observable.item() == pytest.approx(np.exp(-3.0), rel=EXACT)
    reach = 10.0 ** float(few.log10_per_reach.sel(quantile=0.5))
    assert few.alone_in_reachable.item() == pytest.approx(np.exp(-reach), rel=EXACT)


def test_alone_below_one_is_the_share_of_worlds():
    scenario = fixed(communication_fraction=sfc.LogUniform(1e-20, 1e-12))
    chosen = Conversions(alone="below-one")
    draws = sfc.sample(scenario, 20_000, rng=3)
    share = read(draws, weighed(draws), conversions=chosen).alone_in_observable.item()
    assert share == pytest.approx(float((draws["civilizations_actual"] < 1.0).mean()), rel=EXACT)
    # log10 of the number is uniform from -4 to 4: half lies below one; 4 standard errors.
    assert abs(share - 0.5) < 4 * 0.5 / np.sqrt(20_000)


def test_chance_to_be_alone_averages_over_worlds():
    """E[exp(-N)] of log-uniform N, by quadrature; not exp(-E[N]), the control."""
    scenario = fixed(communication_fraction=sfc.LogUniform(1e-17, 1e-14))
    draws = sfc.sample(scenario, 40_000, rng=3)
    found = read(draws, weighed(draws)).alone_in_observable.item()
    log_n = np.linspace(np.log(0.1), np.log(100.0), 20_001)
    chance = np.exp(-np.exp(log_n))
    exact = np.trapezoid(chance, log_n) / (log_n[-1] - log_n[0])
    error = np.std(chance) / np.sqrt(40_000)
    assert abs(found - exact) < 4 * error
    assert abs(found - np.exp(-np.exp(log_n).mean())) > 40 * error


def test_nearest_neighbour_against_points_thrown_at_random():
    """A ball of Poisson points, in which the nearest is inside but for exp(-80)."""
    rng = np.random.default_rng(8)
    mean, worlds, radius = 80.0, 20_000, 3.0
    counts = rng.poisson(mean, worlds)
    points = radius * rng.random(counts.sum()) ** (1.0 / 3.0)  # distances, even in the ball
    nearest = np.minimum.reduceat(points, np.cumsum(counts) - counts)
    density = mean / (4.0 / 3.0 * np.pi * radius**3)
    error = nearest.std() / np.sqrt(worlds)
    share = density * PLANCK.observable_volume_now / 5e9
    told = readings(fixed(communication_fraction=5e-7 * share)).nearest_neighbour
    assert abs(float(told.sel(quantile=0.5)) - nearest.mean()) < 4 * error
    without_gamma = (4.0 * np.pi * density / 3.0) ** (-1.0 / 3.0)
    assert abs(without_gamma - nearest.mean()) > 20 * error  # the control: no Gamma(4/3)


def test_more_neighbours_are_nearer(dynamic):
    table = read(dynamic, weighed(dynamic, evidence="nothing-visible"))
    assert (table.log10_actual_ever.diff("quantile") > 0).all()
    assert (table.nearest_neighbour.diff("quantile") > 0).all()  # quantiles of the distance
    assert (table.log10_actual_ever <= table.log10_potential_ever).all()
    assert (table.log10_now <= table.log10_peak).all()


@pytest.mark.parametrize("name", GALAXIES)
def test_galaxies_are_linear(name, one):
    more = readings(fixed(), Conversions(galaxies=name))
    np.testing.assert_allclose(
        more.log10_actual_ever - one.log10_actual_ever, np.log10(GALAXIES[name] / 1e10), atol=EXACT
    )
    np.testing.assert_allclose(more.log10_per_galaxy, one.log10_per_galaxy, atol=EXACT)
    assert more.alone_in_galaxy.item() == pytest.approx(one.alone_in_galaxy.item(), rel=EXACT)


def test_galaxies_move_only_what_is_per_galaxy_where_numbers_are_per_volume():
    """The same seed: what hard steps say per volume is the same bits."""
    scenario, many = sfc.load_scenario("cook2022-balanced"), Conversions(galaxies=2e12)
    tables = []
    for chosen in (Conversions(), many):
        draws = sfc.sample(chosen.applied_to(scenario), 200, rng=5)
        tables.append(read(draws, weighed(draws), conversions=chosen))
    own, other = tables
    np.testing.assert_array_equal(own.log10_actual_ever, other.log10_actual_ever)
    np.testing.assert_allclose(
        own.log10_per_galaxy - other.log10_per_galaxy, np.log10(200.0), atol=EXACT
    )


def test_turnover_is_duration_over_lifetime(one):
    after = readings(fixed(), Conversions(ever="turnover", duration=5.0))
    np.testing.assert_allclose(  # lives of 1e6 yr in 5 Gyr
        after.log10_actual_ever - one.log10_actual_ever, np.log10(5000.0), atol=EXACT
    )
    for name in ("log10_now", "log10_peak"):
        np.testing.assert_array_equal(after[name], one[name])


def test_turnover_leaves_alone_what_counts_ever_or_has_dates(dynamic):
    chosen = Conversions(ever="turnover")
    assert log_turnover(dynamic, sfc.load_scenario("cook2022-balanced"), chosen) == 0.0
    ever = fixed().replace(counts="ever")
    assert log_turnover(sfc.sample(ever, 5, rng=1), ever, chosen) == 0.0
    toy = sfc.load_scenario("sandberg2018-toy")  # has no lifetime
    assert log_turnover(sfc.sample(toy, 5, rng=1), toy, chosen) == 0.0


def test_an_estimate_of_the_number_ever_does_not_say_how_many_are_now():
    assert "log10_now" not in readings(fixed().replace(counts="ever"))


def test_emergence_is_linear_and_only_where_none_is_named(one):
    tenth = Conversions(emergence=0.1)
    assert (
        readings(fixed(), tenth).log10_actual_ever - one.log10_actual_ever
    ).values == pytest.approx(-1.0)
    named = fixed(expanding_fraction=0.3)
    assert tenth.applied_to(named) == named
    dated = sfc.load_scenario("cook2022-balanced")
    assert tenth.applied_to(dated) == dated


def test_every_reading_is_labelled(one):
    for name, reading in READINGS.items():
        assert one[name].attrs["units"] == reading.units
        assert one[name].attrs["long_name"] == reading.long_name
        assert one[name].dims == (() if reading.probability else ("quantile",))
    assert one["quantile"].values.tolist() == list(QUANTILES)
    assert one.attrs["conversions"] == (
        "galaxies own, ever as-now, duration 10, emergence 1, alone poisson"
    )


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ({"galaxies": "conselise2016"}, "did you mean 'conselice2016'"),
        ({"galaxies": -1.0}, "galaxies is -1.0; it must be a positive number"),
        ({"galaxies": float("nan")}, "galaxies is nan"),
        ({"ever": "turn-over"}, "did you mean 'turnover'"),
        ({"emergence": 2.0}, r"emergence is 2.0; it must be a number in \(0, 1\]"),
        ({"emergence": 0.0}, "emergence is 0.0"),
        ({"duration": True}, "duration is True"),
        ({"alone": "poison"}, "did you mean 'poisson'"),
    ],
)
def test_bad_conversions_are_told(words, message):
    with pytest.raises(InputError, match=message):
        Conversions(**words)


def test_draws_must_be_converted():
    draws = sfc.sample("sandberg2018", 10, rng=1)
    with pytest.raises(InputError, match="as published: sample"):
        read(draws, weighed(draws), conversions=Conversions(galaxies="ord2021"))


@pytest.mark.parametrize("quantiles", [[], [1.5], 0.5, "0.5", [None]])
def test_bad_quantiles_are_told(quantiles, dynamic):
    with pytest.raises(InputError, match="quantile"):
        read(dynamic, weighed(dynamic), quantiles=quantiles)


def test_lives_of_no_time_have_no_turnover():
    scenario = fixed(lifetime=sfc.Discrete([0.0, 1e6], [0.5, 0.5]))
    draws = sfc.sample(scenario, 50, rng=1)
    with pytest.raises(InputError, match=r"lifetime: .* lifetimes of 0"):
        read(draws, weighed(draws), conversions=Conversions(ever="turnover"))
