"""Observations: closed forms, extremes of N, and what cannot be asked."""

from __future__ import annotations

import numpy as np
import pytest
import xarray as xr
from astropy import units

import sfc_sim as sfc
from sfc_sim._core.errors import InputError
from sfc_sim.inference.evidence import (
    CONSTANTS,
    FRONTS,
    OBSERVATIONS,
    CountObservation,
    EarthHistory,
    EmptyGalaxy,
    NoneWithin,
    NotSettled,
    NoTypeThree,
    StarsSearched,
    read_evidence,
)
from sfc_sim.inference.fronts import NothingVisible
from sfc_sim.inference.observation import variable_of
from sfc_sim.scenario.files import catalogue_files

COUNTS = [each for each in OBSERVATIONS.values() if isinstance(each, CountObservation)]
N = np.array([1e-150, 1e-3, 0.7, 12.0, 4e5, 1e10])


def world(number):
    return xr.Dataset({"log10_civilizations_now": ("draw", np.log10(number))})


@pytest.mark.parametrize(
    ("observation", "chance"),
    [
        (EmptyGalaxy(), np.exp(-N)),
        (StarsSearched(), np.exp(-N * 1000 / 1e11)),
        (StarsSearched(500, 2e11), np.exp(-N * 500 / 2e11)),
        (NoneWithin(), np.exp(-N * 4 / 3 * np.pi * 100**3 / 7.85e12)),
        (NoneWithin(5000, shape="disc"), np.exp(-N * np.pi * 5000**2 * 1000 / 7.85e12)),
        (NotSettled(), 0.004 + 0.996 * np.exp(-100 * N)),
        (NotSettled(30, 0.0), np.exp(-30 * N)),
        (NoTypeThree(), np.exp(-N * 1e5 * 0.01)),
    ],
)
def test_chances_are_the_closed_forms(observation, chance):
    found = observation.log_likelihood(world(N))
    assert found.shape == N.shape
    # 1e-12: rounding of the logarithm of N, times an exponent that a double still resolves.
    assert np.exp(found) == pytest.approx(chance, rel=1e-9, abs=1e-300)


@pytest.mark.parametrize("observation", COUNTS)
def test_extremes_neither_overflow_nor_vanish(observation):
    none, tiny, huge = observation.log_chance([-np.inf, -400.0, 400.0])
    assert none == pytest.approx(0.0, abs=1e-15)
    assert tiny == pytest.approx(0.0, abs=1e-15)
    assert huge == (np.log(observation.floor) if observation.floor else -np.inf)


@pytest.mark.parametrize("observation", COUNTS)
def test_more_civilizations_are_never_likelier_to_go_unseen(observation):
    chance = observation.log_chance(np.linspace(-20, 20, 401))
    assert (np.diff(chance) <= 0).all()
    assert chance[-1] < chance[0] - 1.0


def test_a_disc_holds_no_more_than_a_sphere():
    """And is the sphere while that fits: to three quarters of the thickness."""
    near, far = (NoneWithin(d, shape="disc").rate / NoneWithin(d).rate for d in (700, 5000))
    assert near == 1.0
    assert far == pytest.approx(3 * 1000 / (4 * 5000))


def test_lengths_come_in_any_unit():
    assert NoneWithin("10 pc").distance == pytest.approx(32.6156, abs=1e-4)
    assert NoneWithin(10 * units.pc) == NoneWithin("10 pc")
    assert NoneWithin(volume="7.85e12 ly3") == NoneWithin()
    assert NoneWithin(volume="1 kpc3").volume == pytest.approx(3261.56**3, rel=1e-4)


def test_every_constant_says_where_it_is_from():
    for (name, field), constant in CONSTANTS.items():
        assert getattr(OBSERVATIONS[name], field) == constant.value
        assert constant.source
        assert constant.status in ("verified", "secondary", "assumed")


def test_observations_have_names_words_and_no_duplicates():
    assert {each.name for each in OBSERVATIONS.values()} == set(OBSERVATIONS)
    assert not set(OBSERVATIONS) & set(FRONTS)
    assert len({each.meaning for each in OBSERVATIONS.values()}) == len(OBSERVATIONS)
    assert NotSettled() == OBSERVATIONS["not-settled"]


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: StarsSearched(0), r"searched is 0.0; it must be in \(0, inf\)"),
        (lambda: StarsSearched(1e3, 10), "there are 10 stars"),
        (lambda: StarsSearched([1, 2]), "searched is"),
        (lambda: StarsSearched("many"), "searched: 'many' is no number"),
        (lambda: NoneWithin("3 kg"), "distance: '3 kg' is not convertible to ly"),
        (lambda: NoneWithin(-1), "distance is -1.0"),
        (lambda: NoneWithin(1e5), "larger than the galaxy"),
        (lambda: NoneWithin(shape="sphear"), "did you mean 'sphere'"),
        (lambda: NotSettled(undetected=1.0), r"undetected is 1.0; it must be in \[0, 1\)"),
        (lambda: NotSettled(np.inf), "generations is inf"),
        (lambda: NoTypeThree(fraction=1.5), r"fraction is 1.5; it must be in \(0, 1\]"),
    ],
)
def test_bad_constants_are_refused(make, message):
    with pytest.raises(InputError, match=message):
        make()


def test_evidence_is_read_in_every_form():
    near = NoneWithin(10)
    nothing = FRONTS["none"]
    assert read_evidence("nothing-visible") == (NothingVisible(), ())
    assert read_evidence(NothingVisible()) == (NothingVisible(), ())
    assert read_evidence("not-settled") == (nothing, (NotSettled(),))
    assert read_evidence(near) == (nothing, (near,))
    assert read_evidence([near, "not-engulfed", "stars-searched"]) == (
        FRONTS["not-engulfed"],
        (near, StarsSearched()),
    )
    assert read_evidence("earth-history") == (nothing, (EarthHistory(),))


@pytest.mark.parametrize(
    ("evidence", "message"),
    [
        ("not-setled", "did you mean 'not-settled'"),
        ("nothing", "did you mean 'nothing-visible'"),
        (["none", "not-engulfed"], "evidence names none and not-engulfed; give one"),
        (["stars-searched", StarsSearched()], "'stars-searched' twice"),
        ([], r"evidence is \[\]"),
        (7, "evidence is 7"),
        ([7], "unknown evidence '7'"),
    ],
)
def test_bad_evidence_is_refused(evidence, message):
    with pytest.raises(InputError, match=message):
        read_evidence(evidence)


def test_the_scenarios_named_as_able_are_so():
    """What an error offers is what their draws hold."""
    for path in catalogue_files().values():
        scenario = sfc.load_scenario(path)
        draws = sfc.sample(scenario, 2, rng=1)
        for name in ("log10_civilizations_now", "log_earth_likelihood", "log_seen_now"):
            if name in scenario.gives:
                assert name in draws, (scenario.name, name)


def test_what_a_model_does_not_define_is_refused_with_who_does():
    draws = sfc.sample("cook2022-balanced", 10, rng=1)
    with pytest.raises(InputError, match="gives no 'log_earth_likelihood'"):
        EarthHistory().log_likelihood(draws)
    with pytest.raises(InputError, match=r"gives no 'log10_civilizations_now'.*such as [a-z]"):
        EmptyGalaxy().log_likelihood(draws.drop_vars("log10_civilizations_now", errors="ignore"))


@pytest.mark.parametrize(
    ("observation", "words"),
    [
        (StarsSearched(1e6, 99_999.0 * 1e3), "no signal from 1e6 of 1e8 stars"),
        (StarsSearched(0.001, 99_999), "no signal from 0.001 of 99,999 stars"),
        (NoneWithin(999.4), "no civilization within 999 ly"),
        (NoneWithin(5000, shape="disc"), "no civilization within 5,000 ly in the disc"),
        (NotSettled(), "galaxy not settled in 100 generations, 0.004 unseen"),
        (NotSettled(30, 0.0), "galaxy not settled in 30 generations"),
        (NoTypeThree(), "none of 1e5 galaxies of Kardashev type III, chance 0.01 each"),
        (
            NoTypeThree(fraction=5e-4),
            "none of 1e5 galaxies of Kardashev type III, chance 0.0005 each",
        ),
        (
            NoTypeThree(fraction=2e-7),
            "none of 1e5 galaxies of Kardashev type III, chance 2e-7 each",
        ),
    ],
)
def test_what_was_observed_in_words(observation, words):
    """Small and large numbers too: 5e-4 has no exponent where three digits are printed."""
    assert observation.meaning == words


def test_rates_are_numbers():
    assert all(isinstance(each.rate, float) and isinstance(each.floor, float) for each in COUNTS)


def test_what_is_missing_is_told_with_its_meaning():
    with pytest.raises(InputError, match=r"gives no 'log_seen_now' \([a-z].*\), so that"):
        variable_of(xr.Dataset(attrs={"scenario": "mine"}), "log_seen_now")
    with pytest.raises(InputError, match="'mine' gives no 'no_such', so that"):
        variable_of(xr.Dataset(attrs={"scenario": "mine"}), "no_such")
