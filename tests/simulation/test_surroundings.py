"""`simulate_here`: conditions hold birth by birth, means are the closed forms, and every error."""

from __future__ import annotations

import numpy as np
import pytest

import sfc_sim as sfc
from sfc_sim._core.errors import InputError
from sfc_sim.simulation.here import simulate_here
from tests.given import unseen

NAME, SEED = "cook2022-balanced", 3
SPARSE, MIDDLING = 1221, 640  # draws with .7 and 6 others in reach
PLANCK = sfc.Background.named("Planck18")
NOW = PLANCK.conformal_time(PLANCK.age)


@pytest.fixture(scope="module")
def draw():
    return sfc.sample(NAME, 1, rng=SEED, first=MIDDLING)


@pytest.fixture(scope="module")
def here(draw):
    return simulate_here(draw, realisations=300, rng=2)


def deviation(sample, expected: float) -> float:
    """Return how many standard errors of the mean a sample is off."""
    sample = np.asarray(sample)
    return float(abs(sample.mean() - expected) / sample.std(ddof=1) * np.sqrt(sample.size))


def test_means_are_the_closed_forms(draw, here):
    for name in ("volume_grabbed", "volume_marginal"):
        assert deviation(here[name], unseen(draw)[name].item()) < 3
        # Negative control: what we would hold alone.
        assert deviation(here[name], draw.volume_alone.item()) > 5
    assert here.volume_alone.item() == pytest.approx(draw.volume_alone.item(), rel=1e-6)


def test_given_that_no_front_is_here_means_are_those_of_that_evidence():
    one = sfc.sample(NAME, 1, rng=SEED, first=828)  # visible from here with overlaps 3.6 times
    both = {}
    for evidence in ("nothing-visible", "not-engulfed"):
        found = simulate_here(one, evidence=evidence, realisations=60, rng=4).volume_grabbed
        assert deviation(found, one.volume_grabbed.sel(evidence=evidence).item()) < 4  # k = 4
        both[evidence] = found
    # Negative control: one evidence is not the other.
    assert deviation(both["not-engulfed"], unseen(one).volume_grabbed.item()) > 5


def test_what_is_known_not_to_have_happened_has_not(here, draw):
    distance = np.linalg.norm(here.position.values, axis=1)
    assert np.all(distance > NOW - here.birth_conformal_time.values)
    speed = draw.expansion_speed.item()
    free = simulate_here(draw, evidence="not-engulfed", realisations=200, rng=5)
    since = NOW - free.birth_conformal_time.values
    distance = np.linalg.norm(free.position.values, axis=1)
    assert np.all(distance > speed * since)
    assert np.all(here.first_sight >= PLANCK.age - 1e-9)
    assert np.all(here.first_arrival >= here.first_sight - 1e-9)
    assert np.all(here.first_contact <= here.first_arrival)


def test_everyone_listed_can_reach_what_we_can(here, draw):
    speed, end = draw.expansion_speed.item(), PLANCK.future_conformal_time
    distance = np.linalg.norm(here.position.values, axis=1)
    reach = float(here.attrs["reach"])
    assert np.all(distance - reach < speed * (end - here.birth_conformal_time.values))


@pytest.fixture(scope="module")
def idle(draw):
    return simulate_here(draw, own_expansion=False, realisations=300, rng=2)


def test_the_parts_add_up(here, idle):
    """What others recover is what is not marginal; who is born only without us is among them."""

    def total(found, name):
        return np.bincount(found.world.values, found[name], minlength=300)

    recovered, kept = total(idle, "volume_recovered"), total(here, "volume_held")
    grabbed, marginal = here.volume_grabbed.values, here.volume_marginal.values
    assert recovered == pytest.approx(grabbed - marginal, abs=1e-6)
    assert total(idle, "volume_held_without_us") == pytest.approx(kept + recovered, abs=1e-6)
    assert here.recovered_fraction.values == pytest.approx(1.0 - marginal / grabbed)
    assert np.array_equal(here.civilizations, np.bincount(here.world.values, minlength=300))
    assert np.all(grabbed + kept <= here.volume_alone.item() * 1.001)


def test_without_our_expansion_more_are_born_and_volumes_stay(here, idle):
    assert idle.sizes["civilization"] > here.sizes["civilization"]
    assert idle.volume_grabbed.equals(here.volume_grabbed)
    assert idle.recovered_fraction.equals(here.recovered_fraction)
    assert np.array_equal(idle.volume_held, idle.volume_held_without_us)
    assert np.all(np.isinf(idle.first_contact))
    assert np.all(idle.first_arrival <= here.first_arrival)


def test_standard_errors_are_those_of_the_probes():
    """Where nobody comes the volume is known: errors of it are as large as they are said to be."""
    sparse = simulate_here(NAME, draw=SPARSE, realisations=200, rng=SEED)
    alone = (sparse.civilizations == 0).values
    assert alone.sum() > 50
    off = (sparse.volume_grabbed - sparse.volume_alone) / sparse.volume_grabbed_standard_error
    # A standard deviation of 50 or more numbers is known to 10 %: 4 of these.
    assert off.values[alone].std() == pytest.approx(1.0, abs=0.4)


@pytest.mark.parametrize("threads", [1, 3])
def test_threads_change_nothing_and_one_world_can_be_made_alone(draw, here, threads):
    again = simulate_here(draw, realisations=5, rng=2, threads=threads)
    assert again.volume_grabbed.equals(here.volume_grabbed[:5])
    assert np.array_equal(again.position, here.position[here.world < 5])
    third = simulate_here(draw, realisations=1, first=3, rng=2)
    assert third.volume_marginal.item() == here.volume_marginal[3].item()


def test_a_scenario_and_a_draw_by_its_index():
    made = simulate_here(NAME, draw=MIDDLING, realisations=2, rng=SEED)
    draws = sfc.sample(NAME, MIDDLING + 1, rng=SEED)
    chosen = simulate_here(draws, draw=MIDDLING, realisations=2, rng=SEED)
    assert made.volume_grabbed.equals(chosen.volume_grabbed)
    assert made.attrs["draw"] == str(MIDDLING)
    assert simulate_here(NAME, realisations=1, rng=1).attrs["scenario"] == NAME


def test_a_world_without_others_is_ours():
    empty = sfc.load_scenario(NAME).replace(try_once=1e-300)
    alone = simulate_here(empty, realisations=2, rng=1)
    assert alone.sizes["civilization"] == 0
    assert alone.volume_grabbed.values == pytest.approx(alone.volume_alone.item(), rel=5e-3)
    assert alone.volume_grabbed.equals(alone.volume_marginal)
    assert np.all(alone.recovered_fraction == 0.0)
    assert np.all(np.isinf(alone.first_arrival))


def test_progress_is_told(draw):
    told: list[tuple[int, int]] = []
    simulate_here(draw, realisations=3, rng=1, progress=lambda *step: told.append(step))
    assert told == [(1, 3), (2, 3), (3, 3)]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({"evidence": "nothing-visble"}, "nothing-visible"),
        ({"realisations": 0}, "realisations is 0"),
        ({"draw": -1}, "draw is -1"),
        ({"scenario_or_draw": "sandberg2018"}, "has no dates of appearance.*cook2022-balanced"),
        ({"scenario_or_draw": "cook2022-balancd"}, "cook2022-balanced"),
        ({"threads": 0}, "threads is 0"),
    ],
)
def test_a_wrong_argument_is_named(arguments, words):
    asked = {"scenario_or_draw": NAME, "realisations": 1, "rng": 1} | arguments
    with pytest.raises(InputError, match=words):
        simulate_here(**asked)
