"""Which draws a page carries, what they are worth, and how they are packed."""

from __future__ import annotations

import warnings

import numpy as np
import pytest
from scipy import stats

import sfc_sim as sfc
from sfc_sim._core.errors import InputError
from sfc_sim.explorer import explorer_page, family_of
from sfc_sim.explorer.columns import as_steps
from sfc_sim.explorer.densities import log_bates, log_density_of_mean
from sfc_sim.explorer.draws import STOPS, carried
from sfc_sim.explorer.worth import Values, log_prior
from tests.once import once


@once
def few(name="cook2022-balanced", draws=6000, pilot=500):
    return carried(family_of(name), draws, seed=7, pilot=pilot)


def values_of(found):
    named = {name: column.values for name, column in found.columns.items()}
    atoms = {
        name: None if found.columns[name].kind == "u8" else found.columns[name].atoms
        for name in found.parameters
    }
    return Values(named, atoms)


def weight_of(found, scenario):
    """Return the weights of draws under a scenario's prior, whose mean is 1."""
    values = values_of(found)
    return np.exp(log_prior(scenario, values) + values.named["log_worth"])


@pytest.mark.parametrize("place", range(10))
def test_weights_have_mean_one_under_every_prior(place):
    found = few()
    weight = weight_of(found, found.family.members[place])
    error = weight.std() / np.sqrt(weight.size)
    assert abs(weight.mean() - 1.0) < 4.0 * error
    assert error < 0.15


def test_a_wrong_worth_is_found():
    found = few()
    weight = weight_of(found, found.family.members[0]) * 1.5
    assert abs(weight.mean() - 1.0) > 4.0 * weight.std() / np.sqrt(weight.size)


@pytest.mark.parametrize("name", ["cook2022-balanced", "cook2022-flat", "cook2022-red-dwarfs"])
def test_means_are_those_of_draws_from_the_prior(name):
    found, scenario = few(), sfc.load_scenario(name)
    weight = weight_of(found, scenario)
    prior = sfc.sample(scenario, 4000, rng=3)
    held = {key: column.values for key, column in found.columns.items()}
    for of in ("hard_steps", "delay", "expansion_speed", "expanding_fraction"):
        mean = weight @ held[of] / weight.sum()
        error = np.sqrt((weight**2) @ (held[of] - mean) ** 2) / weight.sum()
        other = prior[of].values
        assert abs(mean - other.mean()) < 4.0 * np.hypot(error, other.std() / np.sqrt(other.size))
    alone = (held["log_intelligent_actual"] < 0.0).astype(float)
    mean = weight @ alone / weight.sum()
    error = np.sqrt((weight**2) @ (alone - mean) ** 2) / weight.sum()
    known = float((prior["log_intelligent_actual"] < 0.0).mean())
    assert abs(mean - known) < 4.0 * np.hypot(error, 0.5 / np.sqrt(4000))


@pytest.mark.verification
@pytest.mark.parametrize("name", ["cook2022-balanced", "cook2022-bearish", "cook2022-bullish"])
def test_self_indication_has_draws_whatever_is_known(name):
    found = few(draws=8000, pilot=4000)  # aimed with nothing but fronts known, some had 17
    held = {key: column.values for key, column in found.columns.items()}
    prior = weight_of(found, sfc.load_scenario(name)) * np.exp(held["log_observers_like_us"])
    for seen in (None, "log_covered_now", "log_seen_now"):
        chance = 1.0 if seen is None else np.exp(-np.exp(np.minimum(held[seen], 700.0)))
        weight = prior * chance
        assert weight.sum() ** 2 / (weight @ weight) > 60.0


def test_verdicts_are_those_of_a_study():
    found, scenario = few(), sfc.load_scenario("cook2022-balanced")
    held = {key: column.values for key, column in found.columns.items()}
    weight = weight_of(found, scenario)
    weight = weight * np.exp(
        held["log_observers_like_us"] - np.exp(np.minimum(held["log_seen_now"], 9))
    )
    grabbed = np.exp(held["log_grabbed_light"])
    share = 1.0 - (weight * grabbed) @ held["kept_light"] / (weight @ grabbed)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", sfc.EffectiveSampleSizeWarning)
        study = sfc.assess(scenario, 6000, rng=3, theories=["sia"])
    known = study.report.recovered_share.item()
    assert abs(share - known) < 4.0 * 0.03


def test_volumes_between_all_and_none_visible_lie_between():
    held = {name: column.values for name, column in few().columns.items()}
    words = ["fronts", *(f"{stop:g}" for stop in sorted(STOPS)), "light"]
    logs = np.array([held[f"log_grabbed_{word}"] for word in words])
    # What is known to be empty is more, the more of it would be seen.
    assert (np.diff(logs, axis=0) > -1e-3).all()


def test_volumes_at_a_stop_are_those_of_the_scenario():
    found = few()
    held = {name: column.values for name, column in found.columns.items()}
    base = sfc.load_scenario("cook2022-balanced").replace(visible_fraction=0.1)
    place = np.flatnonzero(np.abs(held["log_seen_now"]) < 1.0)[:3]
    for i in place:
        at = {name: float(held[name][i]) for name in found.parameters}
        world = sfc.sample(base.replace(step_times="common", **at), 1, rng=1)
        assert np.log(
            world["volume_grabbed"].sel(evidence="nothing-visible").item()
        ) == pytest.approx(held["log_grabbed_0.1"][i], abs=2e-3)
        unaware = sfc.sample(
            base.replace(step_times="common", engulfed_observers=1.0, **at), 1, rng=1
        )
        born = held["log_intelligent_actual"][i] + held["log_spared_0.1"][i]
        assert unaware["log_intelligent_actual"].item() == pytest.approx(born, abs=2e-3)


def test_one_of_a_family_is_asked_for_and_others_are_presets():
    family = family_of("cook2022-flat")
    assert family.asked.name == "cook2022-flat"
    assert {"cook2022-balanced", "riche2025-best-guess"} <= {each.name for each in family.presets}
    assert "mills2025" not in {each.name for each in family.presets}
    assert sum(family.shares) == pytest.approx(1.0)


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("sandberg2018", "cannot be explored: it has no dates; take one"),
        ("hanson2021-n6-half", "built in"),
        ("nobody", "unknown scenario"),
    ],
)
def test_what_cannot_be_explored_is_refused(name, words):
    with pytest.raises(InputError, match=words):
        family_of(name)


def test_scenarios_of_which_a_page_knows_too_little_are_refused():
    base = sfc.load_scenario("cook2022-balanced")
    with pytest.raises(InputError, match="engulfed_observers"):
        family_of(base.replace(visible_fraction=0.5, engulfed_observers=0.1))
    with pytest.raises(InputError, match="law of delay is beta"):
        family_of(base.replace(delay=sfc.Beta(2, 2)))
    with pytest.raises(InputError, match="steps"):
        family_of(base.replace(completion="hypoexponential"))
    with pytest.raises(InputError, match="draws"):
        explorer_page(base, 10)


@pytest.mark.parametrize("name", ["olson-ord2021", "mills2025", "finnveden2019", "olson2020"])
def test_other_scenarios_with_dates_can_be_explored(name):
    found = carried(family_of(name), 600, seed=7, pilot=200)
    weight = weight_of(found, found.family.asked)
    error = weight.std() / np.sqrt(weight.size)
    assert abs(weight.mean() - 1.0) < 4.0 * error + 1e-9


def test_bates_is_the_density_of_a_mean_of_uniform_numbers():
    mean = np.linspace(0.05, 0.95, 19)
    triangle = np.minimum(mean, 1.0 - mean) * 4.0
    np.testing.assert_allclose(np.exp(log_bates(mean, np.full(19, 2.0))), triangle, rtol=1e-12)
    grid = np.linspace(0.0, 1.0, 20001)
    for many in (3, 10, 30):
        density = np.exp(log_bates(grid, np.full(grid.size, float(many))))
        assert np.trapezoid(density, grid) == pytest.approx(1.0, abs=1e-6)
        assert np.trapezoid(density * (grid - 0.5) ** 2, grid) == pytest.approx(
            1 / 12 / many, rel=1e-5
        )


def test_mean_of_log_normal_steps_is_log_normal():
    law, at = sfc.LogNormal(1.0, 2.0), np.array([0.5, 3.0, 40.0])
    steps = np.array([1.0, 4.0, 9.0])
    known = stats.lognorm.logpdf(at, 2.0 / np.sqrt(steps), scale=np.e)
    np.testing.assert_allclose(log_density_of_mean(law, at, steps), known, rtol=1e-12)


def test_packing_keeps_atoms_and_moves_others_by_half_a_step_at_most():
    values = np.concatenate([np.geomspace(1e-10, 1.0, 1000), [0.25]])
    column = as_steps(values, atoms=[0.25], log=True)
    assert column.values[-1] == 0.25
    assert column.at_atom.sum() == 1
    assert np.abs(np.log(column.values / values)).max() <= 0.5 * column.step * (1 + 1e-9)
    assert column.values.min() > 1e-10


def test_the_same_seed_makes_the_same_page():
    pages = [explorer_page("olson-ord2021", 500, rng=7, pilot=200, threads=n) for n in (1, 2)]
    assert pages[0] == pages[1]
    assert pages[0] != explorer_page("olson-ord2021", 500, rng=8, pilot=200)
