"""The driver: same bytes however it is run, any draw alone, shared random numbers."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

import sfc_sim as sfc
from sfc_sim._core.errors import InputError
from sfc_sim.expansion.family import Fronts
from sfc_sim.sampling import batches
from tests.given import unmet, unseen

DRAWS = 1300


@pytest.fixture(scope="module")
def draws():
    return sfc.sample("cook2022-balanced", DRAWS, rng=7, threads=1)


def same_bytes(one, other):
    assert set(one.data_vars) == set(other.data_vars)
    for name in one.data_vars:
        assert one[name].values.tobytes() == other[name].values.tobytes(), name


@pytest.mark.parametrize("threads", [2, 3])
def test_threads_change_nothing(draws, threads):
    same_bytes(draws, sfc.sample("cook2022-balanced", DRAWS, rng=7, threads=threads))


@pytest.mark.parametrize("chunk", [77, 1024])
def test_chunk_size_changes_nothing(draws, chunk, monkeypatch):
    monkeypatch.setattr(batches, "CHUNK", chunk)
    same_bytes(draws, sfc.sample("cook2022-balanced", DRAWS, rng=7))


def test_any_executor_will_do(draws):
    with ThreadPoolExecutor(2) as executor:
        same_bytes(draws, sfc.sample("cook2022-balanced", DRAWS, rng=7, executor=executor))


@pytest.mark.parametrize("index", [0, 511, 512, 1299])
def test_a_draw_can_be_made_again_alone(draws, index):
    again = sfc.sample("cook2022-balanced", 1, rng=7, first=index)
    assert int(again["draw"][0]) == index
    same_bytes(draws.isel(draw=[index]), again)


def test_sobol_draws_can_be_made_in_pieces():
    whole = sfc.sample("cook2022-bullish", 1024, rng=3, design="sobol")
    piece = sfc.sample("cook2022-bullish", 24, rng=3, design="sobol", first=1000)
    same_bytes(whole.isel(draw=slice(1000, None)), piece)


def test_sobol_is_more_even_than_random():
    """Mean of a uniform quantile: 1/2 to far better than the 0.29/sqrt(1024) of random draws."""
    draws = sfc.sample("cook2022-balanced", 1024, rng=3, design="sobol")
    u = sfc.load_scenario("cook2022-balanced")["delay"].distribution.cdf(draws.delay.values)
    assert abs(u.mean() - 0.5) < 1e-3


def test_scenarios_share_the_random_numbers_of_shared_parameters(draws):
    other = sfc.sample("cook2022-bearish", DRAWS, rng=7)
    for name in ("try_once", "delay", "expansion_speed", "longest_habitability"):
        assert np.array_equal(draws[name], other[name])
    assert not np.array_equal(draws["hard_steps"], other["hard_steps"])


def test_another_seed_gives_other_draws(draws):
    other = sfc.sample("cook2022-balanced", DRAWS, rng=8)
    assert not np.array_equal(draws["delay"], other["delay"])


def test_an_unseeded_run_can_be_made_again():
    once = sfc.sample("cook2022-balanced", 10)
    same_bytes(once, sfc.sample("cook2022-balanced", 10, rng=int(once.attrs["seed"])))


def test_parameters_follow_their_priors(draws):
    """Mean quantile of every continuous parameter within 5 standard errors of 1/2."""
    scenario = sfc.load_scenario("cook2022-balanced")
    error = 1 / np.sqrt(12 * DRAWS)
    for name in ("delay", "try_once", "longest_habitability", "early_habitability",
                 "expanding_fraction", "expansion_speed"):  # fmt: skip
        u = scenario[name].distribution.cdf(draws[name].values)
        assert abs(u.mean() - 0.5) < 5 * error, name
    wrong = scenario["delay"].distribution.cdf(0.8 * draws["delay"].values)
    assert abs(wrong.mean() - 0.5) > 5 * error  # negative control


def test_orders_that_must_hold_in_every_world(draws):
    assert (draws.unseen_now <= draws.unsaturated_now).all()
    assert (draws.unsaturated_final <= draws.unsaturated_now).all()
    assert (draws.log_intelligent_actual <= draws.log_intelligent_potential + 1e-12).all()
    assert (unseen(draws).volume_grabbed <= draws.volume_alone * (1 + 1e-9)).all()
    assert (unseen(draws).volume_marginal <= unseen(draws).volume_grabbed * (1 + 1e-9)).all()
    assert ((draws.recovered_fraction >= -1e-9) & (draws.recovered_fraction <= 1)).all()
    # What is known not to have happened only helps.
    assert (unseen(draws).volume_grabbed >= unmet(draws).volume_grabbed * (1 - 1e-6)).all()


def test_provenance_is_in_the_attributes(draws):
    for name in ("scenario", "scenario_hash", "scenario_toml", "seed", "draws", "versions"):
        assert draws.attrs[name], name
    assert draws["volume_grabbed"].attrs["units"] == "Glyr3"
    assert all(draws[name].attrs.get("long_name") for name in draws.data_vars)


def test_progress_is_told_of_every_draw():
    told = []
    sfc.sample(
        "cook2022-balanced", 1100, rng=1, progress=lambda done, all_: told.append((done, all_))
    )
    assert told[-1] == (1100, 1100)
    assert [done for done, _ in told] == sorted(done for done, _ in told)


@pytest.mark.parametrize("choice", ["hypoexponential", "gamma"])
@pytest.mark.parametrize("delay_form", ["shift", "exponential"])
def test_every_named_choice_runs(choice, delay_form):
    scenario = sfc.load_scenario("cook2022-balanced").replace(
        completion=choice, delay_form=delay_form
    )
    found = sfc.sample(scenario, 40, rng=1)
    assert np.isfinite(found.volume_grabbed).all()


def test_static_scenarios_run_through_displacement():
    draws = sfc.sample("sandberg2018", 2000, rng=1)
    assert np.isfinite(draws.log10_civilizations_now).all()
    rivals = (
        draws.civilizations_actual
        * draws.volume_alone
        / sfc.Background.named("Planck18").observable_volume_now
    )
    share = sfc.expansion.recovered_by_displacement(rivals.values)
    # 1 - U/A cancels for few rivals: absolute agreement to rounding.
    assert draws.recovered_fraction.values == pytest.approx(share, abs=1e-12)


@pytest.mark.parametrize("bad", [0, -3, 2.5, "many", True, None])
def test_number_of_draws_must_be_a_whole_number(bad):
    with pytest.raises(InputError, match=r"draws is .*; it must be a whole number, at least 1"):
        sfc.sample("cook2022-balanced", bad)


def test_unknown_names_offer_the_nearest():
    with pytest.raises(InputError, match="did you mean 'sobol'"):
        sfc.sample("cook2022-balanced", 10, design="sobel")
    with pytest.raises(InputError, match="cook2022-balanced"):
        sfc.sample("cook2022-balansed", 10)
    with pytest.raises(InputError, match="threads is 0"):
        sfc.sample("cook2022-balanced", 5000, threads=0)


def test_models_that_do_not_meet_are_refused():
    """A number without a lifetime has no rate, and only reach is of humanity alone."""
    toy = sfc.load_scenario("sandberg2018-toy")
    with pytest.raises(InputError, match="alive now, but no factor is their lifetime"):
        sfc.sample(toy.replace(expansion="fronts"), 10)
    text = toy.to_toml().replace('expansion = "displacement"', 'expansion = "reach"')
    words = r"(drake with reach: reach is of humanity alone|parameter)"
    with pytest.raises(InputError, match=words):
        sfc.sample(sfc.Scenario.from_toml(text), 10)


def test_a_result_that_is_not_a_number_names_its_draw(monkeypatch):
    def broken(model, batch):
        found = real(model, batch)
        found["volume_grabbed"][1, 3] = np.nan
        return found

    real = Fronts.follow
    monkeypatch.setattr(Fronts, "follow", broken)
    with pytest.raises(
        ArithmeticError, match=r"'volume_grabbed' is not a number in draw 3: .*delay"
    ):
        sfc.sample("cook2022-balanced", 10, rng=1)


def test_more_draws_than_memory_holds_are_refused_at_once():
    with pytest.raises(InputError, match=r"they need about .* GB .* are free: take at most"):
        sfc.sample("cook2022-balanced", 10**14)
