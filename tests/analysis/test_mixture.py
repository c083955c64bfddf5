"""A mixture of scenarios is one scenario with a discrete parameter: oracles, limits, analyses."""

import re

import numpy as np
import pytest
import xarray as xr

import sfc_sim as sfc
from sfc_sim.analysis import conditional, premises, sensitivity, tornado, value_of_information
from sfc_sim.decision.study import quietly
from sfc_sim.scenario import ScenarioMixture, assumed_from_toml, assumed_of

THEORIES = ["prior", "sia", "adt-total"]
PAIR = {"cook2022-balanced": 0.6, "finnveden2019": 0.4}


def table_of(amount, name):
    """A rate of appearance that is nowhere near precluding anybody."""
    return sfc.Scenario(
        appearance=sfc.appearance.TableAppearance([5.0, 9.0, 14.0, 20.0], [0.0, 10.0, 30.0, 0.0]),
        expansion="fronts",
        parameters={
            "amount": amount,
            "expansion_speed": sfc.Uniform(0.1, 0.2),
            "expanding_fraction": 0.5,
        },
        name=name,
    )


pytestmark = pytest.mark.usefixtures("quick")


@pytest.fixture(scope="module")
def study():
    """Two models of the catalogue, aimed."""
    with quietly():
        return sfc.assess(PAIR, 3000, rng=7, theories=THEORIES)


def test_two_copies_of_a_scenario_are_that_scenario_to_the_bit():
    base = sfc.load_scenario("finnveden2019")
    asked = {"draws": 1000, "rng": 7, "theories": THEORIES}
    with quietly():
        one = sfc.assess(base, **asked)
        two = sfc.assess({base: 0.5, base.replace(name="copy"): 0.5}, **asked)
    for name in one.report:
        if name.startswith(("nearest_now", "first_contact")):  # found to 1e-8, scenario by scenario
            xr.testing.assert_allclose(one.report[name], two.report[name], rtol=1e-6)
        else:
            assert one.report[name].identical(two.report[name]), name
    assert np.array_equal(one.weights.log_weight, two.weights.log_weight)
    assert all(np.array_equal(one.draws[name], two.draws[name]) for name in one.draws.data_vars)
    assert np.ptp(two.report.scenario_credence.values - 0.5) < 0.2  # noise of the proposal alone


def test_one_scenario_of_credence_1_is_that_scenario_to_the_bit():
    asked = {"draws": 500, "rng": 7, "theories": ["prior"]}
    one, alone = (
        sfc.assess(given, **asked)
        for given in ({"finnveden2019": 1.0, "mills2025": 0.0}, "finnveden2019")
    )
    assert one.scenario == alone.scenario
    assert one.draws.identical(alone.draws)
    assert one.weights.identical(alone.weights)


@pytest.mark.parametrize("credence", [0.5, 0.2])
def test_sia_believes_in_proportion_to_abundance(credence):
    few, many = table_of(1e-8, "few"), table_of(1e-7, "many")
    found = sfc.assess(
        {many: credence, few: 1.0 - credence}, 2000, rng=3, theories=["prior", "sia"], aim=False
    ).report
    after = found.scenario_credence.sel(theory="sia", scenario="many").item()
    error = found.scenario_credence_standard_error.sel(theory="sia", scenario="many").item()
    odds = 10.0 * credence / (1.0 - credence)
    expected = odds / (1.0 + odds)
    assert abs(after - expected) <= 3.0 * error + 1e-6  # preclusion changes less than 1e-7
    # Not if each were normalised by itself, as averages of finished reports are.
    assert abs(after - credence) > 1e-2 + 3.0 * error
    assert found.scenario_credence.sel(theory="prior", scenario="many").item() == pytest.approx(
        credence, abs=1e-6
    )


def test_sia_and_drawn_abundance_within_three_standard_errors():
    few, many = (
        table_of(sfc.LogUniform(1e-9, 1e-8), "few"),
        table_of(sfc.LogUniform(1e-8, 1e-7), "many"),
    )
    found = sfc.assess({many: 0.3, few: 0.7}, 2000, rng=3, theories=["sia"]).report.squeeze()
    after, error = (
        found[name].sel(scenario="many").item()
        for name in ("scenario_credence", "scenario_credence_standard_error")
    )
    expected = 10.0 * 0.3 / (10.0 * 0.3 + 0.7)  # the mean of the amount is ten times as great
    assert 0.0 < error < 0.05
    assert abs(after - expected) <= 3.0 * error
    assert abs(after - 0.3 / (0.3 + 0.7 * 10.0)) > 3.0 * error  # the other way round


@pytest.mark.verification
def test_errors_of_credences_are_those_of_many_runs():
    """Over 60 seeds the deviation from the exact credence is of the size that each run says."""
    few = table_of(sfc.LogUniform(1e-9, 1e-8), "few")
    many = table_of(sfc.LogUniform(1e-8, 1e-7), "many")
    expected = 10.0 * 0.3 / (10.0 * 0.3 + 0.7)
    away = []
    for seed in range(60):
        found = sfc.assess({many: 0.3, few: 0.7}, 300, rng=seed, theories=["sia"], aim=False)
        row = found.report.squeeze().sel(scenario="many")
        error = row.scenario_credence_standard_error.item()
        away.append((row.scenario_credence.item() - expected) / error)
    # The mean of 60 within 4 / sqrt(60); their deviation within 4 / sqrt(120) of one.
    assert abs(np.mean(away)) < 4.0 / 60**0.5
    assert abs(np.std(away) - 1.0) < 4.0 / 120**0.5


def test_without_evidence_the_prior_keeps_its_credences():
    found = sfc.assess(PAIR, 1000, rng=7, evidence="none", theories=["prior"], aim=False).report
    assert found.scenario_credence.values[0] == pytest.approx([0.6, 0.4], abs=1e-12)
    assert found.scenario_credence_standard_error.values.max() < 1e-12


def test_credences_after_are_those_by_hand(study):
    """From the un-normalised weights of each scenario's own draws, drawn apart."""
    means = []
    for name, credence in PAIR.items():
        with quietly():
            own = sfc.sample(name, 20_000, rng=11)
        log = -np.exp(own.log_seen_now.values)
        means.append((credence * np.exp(log).mean(), credence * np.exp(log).std() / 20_000**0.5))
    (a, da), (b, db) = means
    expected = a / (a + b)
    spread = np.hypot(b * da, a * db) / (a + b) ** 2
    row = study.report.sel(theory="prior", scenario="cook2022-balanced")
    error = np.hypot(spread, row.scenario_credence_standard_error.item())
    assert abs(row.scenario_credence.item() - expected) <= 3.0 * error
    assert abs(0.6 - expected) > 3.0 * error  # the evidence does tell


def test_draws_are_of_seed_index_and_scenario(study):
    draws = study.draws
    place = int(np.flatnonzero(draws.scenario.values == 1.0)[3])
    part = sfc.sample(
        "finnveden2019", 1, rng=7, first=int(draws.draw[place]), aim=study.proposal.parts[1]
    )
    for name in ("expansion_speed", "log_intelligent_actual", "volume_grabbed"):
        np.testing.assert_array_equal(part[name].values[0], draws[name].values[place])
    with quietly():
        again = sfc.assess(PAIR, 3000, rng=7, theories=THEORIES, threads=1, aim=study.proposal)
    assert again.draws.identical(draws)


def test_parameters_that_one_lacks_are_absent_and_nothing_is_nan(study):
    assert set(study.inputs) == {"scenario", "expansion_speed", "expanding_fraction"}
    assert "try_once" not in study.draws
    assert all(not np.isnan(values).any() for values in study.draws.data_vars.values())
    assert study.draws.scenario.attrs["flag_meanings"] == "cook2022-balanced finnveden2019"


def test_it_is_saved_and_loaded_whole(study, tmp_path):
    again = sfc.load(study.save(tmp_path / "mixture.nc"))
    assert again.scenario == study.scenario
    assert again.proposal == study.proposal
    assert again.report.identical(study.report)
    assert isinstance(again.scenario, ScenarioMixture)
    assert assumed_from_toml(study.scenario.to_toml()).hash == study.scenario.hash


def test_tables_tell_the_credences(study):
    text = str(study)
    assert "Credence in each scenario" in text
    assert re.search(r"before the evidence +0\.6 +0\.4", text)
    assert "scenario_credence" in study.report.data_vars


def test_discount_given_a_scenario_is_that_of_its_own_study(study):
    found = conditional(study, "scenario")
    assert found.value.values.tolist() == list(PAIR)
    for name in PAIR:
        with quietly():
            own = sfc.assess(name, 3000, rng=5, theories=THEORIES).report
        for theory in THEORIES:
            row, alone = found.sel(theory=theory, value=name), own.sel(theory=theory)
            error = np.hypot(
                row.extinction_discount_standard_error, alone.extinction_discount_standard_error
            )
            assert abs(row.extinction_discount - alone.extinction_discount) <= 4.0 * error


def test_every_analysis_works_on_it(study):
    inputs = tornado(study, "prior").input.values.tolist()
    assert {"scenario", "theory", "expansion_speed"} <= set(inputs)
    known = value_of_information(study, theory="prior")
    assert "scenario" in known.input.values
    indices = sensitivity(study, points=64)
    assert {"scenario", "try_once", "abiogenesis"} <= set(indices.input.values.tolist())
    flipped = premises(study, theory="prior", only=["speed", "borders", "value kept"], draws=1000)
    assert np.isfinite(flipped.extinction_discount.values).all()
    assert sfc.decision.priorities(study).sizes["theory"] == 3
    assert np.isfinite(sfc.decision.relevance(study).extinction_multiplier.values).all()
    kept = sfc.decision.retention(study, size=60)
    assert np.isfinite(kept.retention.values).all()
    held = sfc.decision.contest(study, "shared", size=60)
    assert np.isfinite(held.recovered_share.values).all()


def test_models_that_declare_the_same_parameter_go_together():
    from sfc_sim.analysis.flips import flips_of
    from sfc_sim.analysis.information import _studies

    mixture = assumed_of({"cook2022-balanced": 0.5, "mills2025": 0.5})
    assert "try_once" in mixture.parameters
    assert _studies(mixture)["try_once"] == "origin of life and evolution"
    assert {"speed", "hard steps"} <= set(flips_of(mixture))


def test_arrivals_in_the_worlds_of_a_mixture_hold_what_its_draws_say(study):
    """The worlds made again, each by its own models, grab what the draws have them grab."""
    from sfc_sim.decision.outcomes import arrivals_of, chosen_worlds

    picked = chosen_worlds(study, "adt-total", 80)
    assert len(set(picked.world["scenario"])) == 2
    grabbed = arrivals_of(study, picked).grabbed()
    assert grabbed == pytest.approx(picked.world["volume_grabbed"], rel=0.02)


def test_a_change_is_made_in_each_that_has_it():
    mixture = assumed_of(PAIR)
    changed = mixture.replace(expansion_speed=0.5, delay=1.0)
    assert [part["expansion_speed"].distribution.mean() for part in changed.scenarios] == [0.5, 0.5]
    assert changed.scenarios[0]["delay"].distribution == sfc.Fixed(1.0)
    with pytest.raises(sfc.InputError, match="delay"):
        mixture.replace(dellay=1.0)


def test_a_part_of_the_prior_updates_credences():
    fast = assumed_of(PAIR).within("expansion_speed", 0.9, np.inf)
    laws = [part["expansion_speed"].distribution for part in assumed_of(PAIR).scenarios]
    masses = np.array([0.6, 0.4]) * [1.0 - law.cdf(np.nextafter(0.9, 0.0)) for law in laws]
    if isinstance(fast, ScenarioMixture):
        assert fast.credences == pytest.approx(masses / masses.sum())


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({"cook2022-balanced": 0.5, "finnveden2019": 0.4}, "sum to 0.9.*must sum to 1"),
        ({"cook2022-balanced": 1.5, "finnveden2019": -0.5}, "'finnveden2019' is -0.5.*0 or more"),
        ({"cook2022-balanced": 0.5, "finnveden": 0.5}, "finnveden2019"),
        ({"cook2022-balanced": 0.5, "sandberg2018": 0.5}, "'sandberg2018' has no dates"),
        ({"cook2022-balanced": 0.5, "hanson2021-n6-half": 0.5}, "built in"),
        ({"cook2022-balanced": 0.5, "ord2021": 0.5}, "no civilizations to run"),
        ({}, "empty"),
        ({"cook2022-balanced": "half", "finnveden2019": 0.5}, "credence in 'cook2022-balanced'"),
    ],
)
def test_bad_mixtures_are_refused(given, told):
    with pytest.raises(sfc.InputError, match=told) as error:
        sfc.assess(given, 100)
    assert "\n" not in str(error.value)


def test_a_scenario_twice_is_refused():
    base = sfc.load_scenario("finnveden2019")
    with pytest.raises(sfc.InputError, match="'finnveden2019' comes twice"):
        sfc.assess({"finnveden2019": 0.5, base: 0.5}, 100)


def test_what_is_of_one_scenario_is_refused(study):
    with pytest.raises(sfc.InputError, match="one scenario"):
        sfc.assess(PAIR, 128, design="sobol")
    with pytest.raises(sfc.InputError, match="one scenario"):
        sfc.inference.credence_in_scenarios(
            sfc.assess("finnveden2019", 100, rng=1, aim=False, theories=["prior"])
        )
    with pytest.raises(sfc.InputError, match="takes 4 or more"):
        sfc.assess(PAIR, 3)
    changed = sfc.load_scenario("finnveden2019").replace(cosmology="WMAP9")
    with pytest.raises(sfc.InputError, match="cosmologies"):
        sfc.assess({"cook2022-balanced": 0.6, changed: 0.4}, 100)


@pytest.mark.parametrize("take", [sfc.history, sfc.simulate_here, sfc.simulate])
@pytest.mark.filterwarnings("ignore::sfc_sim.EffectiveSampleSizeWarning")
def test_one_world_of_a_mixture_is_a_draw_of_its_study(take):
    pair = {"cook2022-balanced": 0.5, "finnveden2019": 0.5}
    study = sfc.assess(pair, 20, rng=1, theories=["prior"], aim=False)
    for several in (pair, assumed_of(pair), study):
        with pytest.raises(sfc.InputError, match=r"one world .*: study.draws.isel\(draw=\[3\]\)$"):
            take(several)
    assert sfc.history(study.draws.isel(draw=[3])).sizes["time"] > 10  # as it says


@pytest.mark.filterwarnings("ignore::sfc_sim.EffectiveSampleSizeWarning")
@pytest.mark.parametrize("given", [lambda study: study, lambda study: study.draws])
def test_a_study_is_no_mixture(given):
    study = sfc.assess("finnveden2019", 20, rng=1, theories=["prior"], aim=False)
    with pytest.raises(sfc.InputError, match="it must be a Scenario, its name or a path"):
        sfc.sample(given(study), 10)


@pytest.mark.parametrize(
    "take",
    [lambda m: sfc.sample(m, 10), sfc.aim, sfc.drake.drake_distribution, sfc.analysis.paradox],
)
def test_steps_by_hand_say_where_a_mixture_goes(take):
    with pytest.raises(sfc.InputError, match=r"is the mixture .*; sfc_sim\.assess takes one"):
        take({"cook2022-balanced": 0.5, "finnveden2019": 0.5})
    with pytest.raises(sfc.InputError, match=r"is the mixture '.*'; sfc_sim\.assess takes one"):
        take(assumed_of({"cook2022-balanced": 0.5, "finnveden2019": 0.5}))
