"""Distance of the nearest and date of first contact, against closed forms and simulation."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from scipy.integrate import quad
from scipy.optimize import brentq

import sfc_sim as sfc
from sfc_sim._core.errors import InputError
from sfc_sim.decision.neighbours import births_in, nearest_others
from sfc_sim.distributions import Fixed, LogUniform
from sfc_sim.expansion import nearest
from sfc_sim.expansion.nearest import Around, around, at_once

K = 4.0  # standard errors
PLANCK = sfc.Background.named("Planck18")


@pytest.mark.parametrize("log10_density", [-30.0, -3.0, 0.0, 8.0])
def test_all_at_once_is_the_law_of_the_nearest_of_poisson_points(log10_density) -> None:
    density, depth = np.full(3, 10.0**log10_density), np.array([1e-6, np.log(2), 30.0])
    around = at_once(PLANCK, density, np.full(3, 0.5))
    nearest = np.cbrt(depth / (4 * np.pi / 3 * density))
    np.testing.assert_allclose(around.nearest(depth), nearest, rtol=1e-9)
    # Both fronts go half of the way, if there is time for it.
    half = 0.5 * nearest / 0.5
    expected = np.where(half <= around.span, half, np.inf)
    np.testing.assert_allclose(around.first_contact(depth), expected, rtol=1e-9)


def world(evidence="nothing-visible", visible=1.0):
    """One world in which we may well meet nobody, its draws, weights and births around us."""
    births = sfc.appearance.TableAppearance([3.0, 9.0, 14.0, 30.0], [0.0, 1.0, 3.0, 1.0])
    scenario = sfc.Scenario(
        appearance=births, expansion="fronts",
        parameters={
            "amount": 150.0, "expansion_speed": 0.6, "expanding_fraction": 0.1,
            "visible_fraction": visible,
        },
    )  # fmt: skip
    draws = sfc.sample(scenario, 200, rng=5)
    weights = sfc.weigh(draws, evidence, theories=["prior"])
    return draws, weights, births_in(draws, weights, np.zeros(1, dtype=int))


@pytest.fixture(
    scope="module",
    params=[("nothing-visible", 1.0), ("nothing-visible", 0.3), ("not-engulfed", 1.0)],
)
def here(request):
    evidence, visible = request.param
    draws, _, around = world(evidence, visible)
    return around, sfc.simulate_here(
        draws.isel(draw=[0]), evidence=evidence, realisations=400, rng=11
    )


def chance(around, rises, place: float) -> float:
    return float(-np.expm1(-rises(np.array([place]))[0]))


def off(share: float, expected: float, many: int) -> float:
    """How many standard errors a simulated share lies from what is expected."""
    return abs(share - expected) / np.sqrt(expected * (1.0 - expected) / many)


def test_first_contact_is_that_of_simulated_surroundings(here) -> None:
    around, made = here
    today = float(PLANCK.conformal_time(PLANCK.age))
    for date in (16.0, 18.0, 20.0):
        since = float(PLANCK.conformal_time(date)) - today
        expected = chance(around, around.met, since)
        assert 0.02 < expected < 0.98
        share = float((made.first_contact <= date).mean())
        assert off(share, expected, 400) < K, date
    # Births to come that are there already would be met sooner.
    hasty = dataclasses.replace(around, ahead=np.zeros_like(around.ahead))
    assert off(share, chance(hasty, hasty.met, since), 400) > K


def test_nearest_is_that_of_simulated_surroundings(here) -> None:
    around, made = here
    today, speed = float(PLANCK.conformal_time(PLANCK.age)), around.speed[0]
    distance = np.linalg.norm(made.position.values, axis=1)
    birth = made.birth_conformal_time.values
    held = np.where(birth <= today, distance - speed * (today - birth), np.inf)
    nearest = np.full(made.sizes["realisation"], np.inf)
    np.minimum.at(nearest, made.world.values, held)
    for place in (3.0, 6.0):  # Gly: within all that was simulated
        expected = chance(around, around.within, place)
        assert 0.02 < expected < 0.98
        assert off(float((nearest <= place).mean()), expected, 400) < K, place


def test_what_is_known_to_be_empty_is_left_out() -> None:
    _, _, unseen = world()
    blind = dataclasses.replace(unseen, seen=np.zeros(1))
    assert chance(blind, blind.within, 1.0) > 1.5 * chance(unseen, unseen.within, 1.0)
    half = dataclasses.replace(unseen, seen=np.full(1, 0.5))
    place = np.ones(1)
    between = 0.5 * (blind.within(place) + unseen.within(place))
    np.testing.assert_allclose(half.within(place), between, rtol=1e-12)
    assert unseen.within(np.zeros(1))[0] == 0.0
    assert blind.within(np.zeros(1))[0] < 1e-15


def test_search_ends_where_it_should() -> None:
    draws = sfc.sample("cook2022-balanced", 300, rng=3, aim=["sia"])
    weights = sfc.weigh(draws, theories=["sia"])
    around, depth = births_in(draws, weights, np.arange(300)), np.geomspace(1e-6, 30.0, 300)
    nearest = around.nearest(depth)
    near = np.isfinite(nearest)
    # A place to 1e-8; M may rise by many powers of it.
    np.testing.assert_allclose(around.within(nearest)[near], depth[near], rtol=1e-3)
    met = around.first_contact(depth)
    ever = np.isfinite(met)
    assert 30 < ever.sum() < 300
    np.testing.assert_allclose(around.met(met)[ever], depth[ever], rtol=1e-3)


def test_nodes_are_enough() -> None:
    """Of births on a fine grid of dates nearly the same comes out, also within a cell of time."""
    _, _, around = world()
    births = sfc.appearance.TableAppearance([3.0, 9.0, 14.0, 30.0], [0.0, 1.0, 3.0, 1.0])
    dates = np.linspace(3.0, PLANCK.age, 20_001)
    middle = 0.5 * (dates[1:] + dates[:-1])
    rate = np.exp(births.log_rate({"amount": np.ones(1)}, middle[None])[0][0])
    born = 150.0 * 0.1 * rate * np.diff(dates) / PLANCK.observable_volume_now
    ago = PLANCK.conformal_time(PLANCK.age) - PLANCK.conformal_time(middle)
    for place, room in ((0.5, 2e-4), (3.0, 2e-4), (10.0, 2e-4)):
        shell = np.maximum((place + 0.6 * ago) ** 3 - ago**3, 0.0)
        exact = 4 * np.pi / 3 * float(born @ shell)
        assert around.within(np.array([place]))[0] == pytest.approx(exact, rel=room)


PLACES = [1e-3, 0.03, 0.1, 0.3, 0.5, 1.0, 3.0]  # Gly


def rising(speed: float):
    """One world of births at a rate that rises evenly from 3 Gyr on."""
    births = sfc.appearance.TableAppearance([3.0, 60.0], [0.0, 3.0])
    made = around(
        births, {"amount": np.ones(1)}, np.zeros(1), np.full(1, speed), np.ones(1), PLANCK
    )

    def born(date: float) -> float:
        return 3.0 * (date - 3.0) / 57.0 / PLANCK.observable_volume_now

    return made, born


def since_today(date: float) -> float:
    return float(PLANCK.conformal_time(date) - PLANCK.conformal_time(PLANCK.age))


def births_near(born, speed: float, place: float) -> float:
    """Births whose fronts come within a place, by adaptive quadrature over their dates."""
    until, first = place / (1.0 - speed), 3.0
    if until < -since_today(first):
        first = brentq(lambda date: since_today(date) + until, first, PLANCK.age)

    def shell(date: float) -> float:
        ago = -since_today(date)
        return born(date) * ((place + speed * ago) ** 3 - ago**3)

    found, _ = quad(shell, first, PLANCK.age, epsrel=1e-10)
    return 4 * np.pi / 3 * found


def births_to_meet(born, speed: float, since: float) -> float:
    """Births to come whose fronts meet ours by then, outside of it."""
    last = brentq(lambda date: since_today(date) - since, PLANCK.age, 390.0)

    def shell(date: float) -> float:
        ahead = speed * since_today(date)
        return born(date) * ((2.0 * speed * since - ahead) ** 3 - ahead**3)

    found, _ = quad(shell, PLANCK.age, last, epsrel=1e-10)
    return 4 * np.pi / 3 * found


@pytest.mark.parametrize("speed", [0.1, 0.6, 0.99])
@pytest.mark.parametrize("place", PLACES)
def test_births_near_today_are_counted_within_a_cell_of_time(speed, place) -> None:
    made, born = rising(speed)
    at = np.array([place])
    assert made.within(at)[0] == pytest.approx(births_near(born, speed, place), rel=1e-3)
    later = made.met(at)[0] - made.within(2.0 * speed * at)[0]
    assert later == pytest.approx(births_to_meet(born, speed, place), rel=1e-3)
    # And so is where M is so much.
    assert made.nearest(made.within(at))[0] == pytest.approx(place, rel=1e-5)


def test_with_the_rule_of_whole_cells_they_are_not(monkeypatch) -> None:
    made, born = rising(0.6)
    monkeypatch.setattr(nearest, "_RULE", 10**6)
    off = [made.within(np.array([p]))[0] / births_near(born, 0.6, p) - 1.0 for p in PLACES[:3]]
    assert (np.abs(off) > 0.05).all()


@pytest.fixture(scope="module")
def study():
    return sfc.assess("cook2022-balanced", 3000, rng=7, theories=["prior", "sia"])


def test_table_by_theory(study) -> None:
    found = nearest_others(study, size=300)
    middle = found.sel(quantile=0.5)
    assert float(middle.nearest_now.sel(theory="sia")) < 10.0 < 1e3
    assert float(middle.nearest_now.sel(theory="prior")) > 1e3
    assert float(middle.first_contact.sel(theory="sia")) > PLANCK.age
    assert middle.first_contact.sel(theory="prior") == np.inf
    for name in ("nearest_now", "first_contact", "first_contact_distance"):
        low, value, high = (found[f"{name}{end}"] for end in ("_low", "", "_high"))
        assert bool(((low <= value) & (value <= high)).all())
    again = nearest_others(study, size=300)
    assert again.identical(found)


def test_without_dates_all_start_today() -> None:
    scenario = sfc.load_scenario("frank2016").replace(
        biotechnical_probability=LogUniform(1e-21, 1e-19), expansion_speed=Fixed(0.5)
    )
    draws = sfc.sample(scenario, 500, rng=1)
    found = nearest_others(draws, sfc.weigh(draws, "none", theories=["prior"]))
    contact = found.first_contact_distance.sel(quantile=0.05)
    assert 2.0 * contact.item() == pytest.approx(found.nearest_now.sel(quantile=0.05).item())


def test_no_world_is_refused(study) -> None:
    with pytest.raises(InputError, match="size"):
        nearest_others(study, size=0)


@pytest.mark.parametrize("born", [1e-310, 75.0 / np.pi / 1.79e308])
def test_where_hardly_anybody_is_born_nobody_is_near(born: float) -> None:
    """The last is at a distance whose cube is a number, and is none a hundredth farther out."""
    around = at_once(PLANCK, np.full(1, born), np.ones(1))
    assert np.isinf(around.nearest(np.full(1, 100.0)))[0]
    assert np.isinf(around.first_contact(np.full(1, 100.0)))[0]


def test_worlds_in_which_there_is_no_contact_are_not_searched(monkeypatch) -> None:
    """Nor do they hold up the others: the search ended at its last step, of 80."""
    density = np.array([1e-3, 1e-30, 1e-2])
    around = at_once(PLANCK, density, np.full(3, 0.5))
    asked: list[int] = []
    met = Around.met

    def counted(self: Around, since: np.ndarray) -> np.ndarray:
        asked.append(since.size)
        return met(self, since)

    monkeypatch.setattr(Around, "met", counted)
    found = around.first_contact(np.ones(3))
    assert np.isinf(found).tolist() == [False, True, False]
    assert asked[0] == 3
    assert set(asked[1:]) == {2}
    assert len(asked) < 30
    assert np.isinf(around.at(np.array([1])).first_contact(np.ones(1))).all()
