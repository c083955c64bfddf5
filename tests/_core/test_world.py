"""The draws as one theory sees them: what each is, by its definition from the columns."""

import pickle

import numpy as np
import pytest

import sfc_sim as sfc
from sfc_sim._core.world import World

pytestmark = pytest.mark.filterwarnings("ignore::sfc_sim.EffectiveSampleSizeWarning")


@pytest.fixture(scope="module")
def world():
    return sfc.assess("cook2022-balanced", 500, rng=7, theories=["adt-total"]).world("adt-total")


def test_what_follows_from_its_columns(world):
    alone, grabbed, marginal = (world[f"volume_{n}"] for n in ("alone", "grabbed", "marginal"))
    assert (world.alone == alone).all()
    assert (world.lost == grabbed - marginal).all()
    assert world.recovered == pytest.approx((grabbed - marginal) / grabbed, abs=1e-14)
    assert world.weight.sum() == pytest.approx(1.0)
    staked = np.exp(world.log_copies) * grabbed
    assert world.stakes == pytest.approx(staked / staked.max(), rel=1e-12)
    assert world.strata is None


def test_its_parameters_are_those_of_the_scenario(world):
    assert set(world.parameters) == set(sfc.load_scenario("cook2022-balanced").parameters)


def test_it_is_a_mapping_that_a_model_of_similarity_can_read(world):
    assert "delay" in world
    assert len(world) == len(list(world)) == len(world.columns)
    assert world.get("nothing") is None
    assert repr(world).startswith("World(500 draws: ")


def test_some_of_its_draws(world):
    fast = world["expansion_speed"] > 0.5
    some = world.at(fast)
    assert some.alone.size == fast.sum() < 500
    assert (some.recovered == world.recovered[fast]).all()


def test_of_a_mixture_it_knows_scenario_and_strata():
    mixture = {"cook2022-balanced": 0.5, "finnveden2019": 0.5}
    world = sfc.assess(mixture, 500, rng=7, theories=["prior"]).world("prior")
    assert {"scenario", "expansion_speed"} <= set(world.parameters)
    assert world.strata.place.size == world.strata.sizes.sum() == 500


def test_without_volumes_it_says_so():
    world = World({"log_copies": np.zeros(2)})
    with pytest.raises(sfc.InputError, match="without volume_marginal: keep all their variables"):
        _ = world.recovered


def test_draws_without_their_volumes_are_told_from_those_that_have_none():
    draws = sfc.sample("sandberg2018", 50, rng=7)
    weights = sfc.weigh(draws, "none", theories=["prior"])
    part = sfc.sampling.worlds(draws.drop_vars("volume_grabbed"), weights, "prior")
    with pytest.raises(sfc.InputError, match="without volume_grabbed: keep"):
        _ = part.stakes


def test_one_is_the_same_as_itself_alone(world):
    other = World(world.columns)
    assert world == world
    assert world != other
    assert len({world, other}) == 2


def test_it_is_sent_to_workers_whole(world):
    again = pickle.loads(pickle.dumps(world))
    assert all((again[name] == world[name]).all() for name in world)


def test_what_it_does_not_have_is_said(world):
    with pytest.raises(KeyError, match="unknown variable of a world 'delya'; did you mean 'delay'"):
        _ = world["delya"]
    with pytest.raises(sfc.InputError, match="columns is 3; it must be a dict"):
        World(3)
