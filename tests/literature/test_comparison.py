"""Estimates side by side, walks and conversions: what they hold, and how they refuse."""

from __future__ import annotations

import numpy as np
import pytest
import xarray as xr

import sfc_sim as sfc
from sfc_sim._core.errors import InputError
from sfc_sim._core.quantiles import weighted_quantiles
from sfc_sim.literature.changes import ALTERNATIVES, conversion_effects, walk
from sfc_sim.literature.comparison import answering, compare, why_not
from sfc_sim.literature.counts import READINGS
from sfc_sim.literature.densities import BINS_PER_DECADE, LOWEST
from sfc_sim.scenario.conversions import Conversions

NAMES = ["cook2022-balanced", "sandberg2018", "maccone2010"]
THEORIES = ["prior", "sia", "adt-total"]

pytestmark = pytest.mark.filterwarnings(
    "ignore::sfc_sim.inference.theories.EffectiveSampleSizeWarning"
)


@pytest.fixture(scope="module")
def table() -> xr.Dataset:
    return compare(NAMES, theories=THEORIES, draws=2000, rng=7)


def test_a_comparison_has_its_contract(table):
    assert table.sizes == {"scenario": 3, "theory": 3, "quantile": 5, "bin": 400}
    assert table["scenario"].values.tolist() == NAMES
    for name, reading in READINGS.items():
        dims = ("scenario", "theory") if reading.probability else ("scenario", "theory", "quantile")
        assert table[name].dims == dims
        assert table[name].attrs["long_name"] == reading.long_name
        said = table[name].drop_sel(theory="sia") if name == "log10_now" else table[name]
        assert np.isfinite(said).all()
    for name in ("title", "source", "model", "kind", "scenario_hash"):
        assert table[name].dims == ("scenario",)
    assert table.attrs["seed"] == "7"
    assert table.attrs["draws"] == "2000"
    assert table.attrs["evidence"] == "nothing-visible"
    assert table.attrs["conversions"].startswith("galaxies own")
    assert "numpy" in table.attrs["versions"]


def test_each_row_is_what_the_package_says_of_that_scenario(table):
    """All scenarios take the same seed: a row is the same bits as a run alone."""
    draws = sfc.sample("cook2022-balanced", 2000, rng=7, aim=THEORIES)
    alone = sfc.summarize(draws, sfc.weigh(draws, theories=THEORIES), quantiles=(0.5,))
    row = table.sel(scenario="cook2022-balanced")
    np.testing.assert_allclose(  # 1e-12: a count there, its log here
        10.0 ** row.log10_actual_ever.sel(quantile=0.5),
        alone.civilizations_actual.sel(quantile=0.5),
        rtol=1e-12,
    )
    np.testing.assert_array_equal(row.ess, alone.ess)
    again = compare(["maccone2010"], theories=THEORIES, draws=2000, rng=7).isel(scenario=0)
    np.testing.assert_array_equal(
        again.log10_actual_ever, table.sel(scenario="maccone2010").log10_actual_ever
    )


def test_a_static_estimate_agrees_with_its_exact_distribution(table):
    exact = sfc.drake.drake_distribution("sandberg2018")
    row = table.sel(scenario="sandberg2018", theory="prior")
    per_volume = float(np.log10(exact["median"])) + 10.0
    # The density near the median is about 0.05 per decade: 4 standard errors of its place.
    assert (
        abs(row.log10_actual_ever.sel(quantile=0.5).item() - per_volume)
        < 4 * 0.5 / 2000**0.5 / 0.05
    )
    alone = float(exact["probability_none"])
    assert abs(row.alone_in_galaxy.item() - alone) < 4 * (alone * (1 - alone) / 2000) ** 0.5


def test_densities_hold_all_of_the_weight(table):
    inside = table.density.sum("bin") / BINS_PER_DECADE
    np.testing.assert_allclose(inside + table.weight_below + table.weight_above, 1.0, rtol=1e-9)
    assert table.weight_below.sel(scenario="maccone2010").max() == 0.0
    steps = table["log10_civilizations"].diff("bin")
    np.testing.assert_allclose(steps, 1.0 / BINS_PER_DECADE, rtol=1e-9)
    assert table["log10_civilizations"][0] - 0.5 / BINS_PER_DECADE == LOWEST


def test_densities_have_the_quantiles_of_the_table(table):
    """A second way to the median: within a bin of what the histogram says."""
    row = table.sel(scenario="maccone2010", theory="prior")
    x, mass = row["log10_civilizations"].values, row.density.values / BINS_PER_DECADE
    middle = weighted_quantiles(x, mass, [0.5])[0]
    assert abs(middle - row.log10_actual_ever.sel(quantile=0.5).item()) <= 1.0 / BINS_PER_DECADE


def test_what_assumes_the_same_is_drawn_once():
    seen: list[tuple[int, int]] = []
    mine = sfc.load_scenario("maccone2010").replace(name="mine")
    table = compare(
        ["maccone2010", mine], theories=["prior"], draws=500, rng=1,
        progress=lambda *x: seen.append(x),
    )  # fmt: skip
    np.testing.assert_array_equal(table.log10_actual_ever[0], table.log10_actual_ever[1])
    assert table["scenario_hash"][0] != table["scenario_hash"][1]
    assert seen == [(500, 1000), (1000, 1000)]  # one task of draws, and the end


def test_threads_change_no_bit():
    one = compare(NAMES[:2], theories=["prior"], draws=1200, rng=3, threads=1)
    two = compare(NAMES[:2], theories=["prior"], draws=1200, rng=3, threads=2)
    assert one.equals(two)
    other = compare(NAMES[:2], theories=["prior"], draws=1200, rng=4)
    assert not one.equals(other)


def test_comparisons_survive_the_disk(table, tmp_path):
    again = sfc.load(sfc.save(table, tmp_path / "comparison.nc"))
    xr.testing.assert_equal(again, table)
    assert again.attrs == table.attrs


def test_progress_is_over_all_scenarios():
    seen: list[tuple[int, int]] = []
    compare(NAMES[1:], theories=["prior"], draws=1000, rng=1, progress=lambda *x: seen.append(x))
    assert seen == sorted(seen)
    assert seen[-1] == (2000, 2000)
    assert {of for _, of in seen} == {2000}


def test_a_comparison_can_be_interrupted():
    def stop(done: int, of: int) -> None:
        if done > of // 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        compare(NAMES[1:], theories=["prior"], draws=1000, rng=1, progress=stop)


def test_conversions_reach_the_draws():
    many = Conversions(galaxies="conselice2016")
    own = compare(["maccone2010"], theories=["prior"], draws=500, rng=1)
    with_more = compare(["maccone2010"], theories=["prior"], draws=500, rng=1, conversions=many)
    shift = with_more.log10_actual_ever - own.log10_actual_ever
    np.testing.assert_allclose(shift, np.log10(200.0), atol=1e-9)  # rounding of logs
    assert with_more.attrs["conversions"].startswith("galaxies conselice2016")
    assert with_more["scenario_hash"].item() != own["scenario_hash"].item()


def test_the_whole_catalogue_is_what_can_answer():
    chosen = answering(None)
    names = {scenario.name for scenario in chosen}
    assert names >= set(NAMES)
    for row in sfc.list_scenarios():
        assert (row.name in names) == (not why_not(sfc.load_scenario(row.name)))
    assert not any(str(scenario.expansion) == "reach" for scenario in chosen)


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("armstrong2013-50", "how far humanity gets with nobody else"),
        ("spiegel2012-optimistic-uniform", "the origin of life only"),
    ],
)
def test_who_cannot_answer_is_refused_by_name(name, reason):
    with pytest.raises(InputError) as caught:
        compare(["sandberg2018", name])
    for words in (f"scenario '{name}'", reason, "sfc-sim list says which can be compared"):
        assert words in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("scenarios", "words", "message"),
    [
        (["sandberg2019"], {}, "did you mean 'sandberg2018'"),
        ("sandberg2018", {}, "must be a list"),
        ([], {}, "at least one"),
        (["sandberg2018", "sandberg2018"], {}, "two scenarios are called 'sandberg2018'"),
        (["sandberg2018"], {"theories": ["sai"]}, "did you mean 'sia'"),
        (["sandberg2018"], {"theories": "sia"}, "list of names"),
        (["sandberg2018"], {"evidence": "nothing-visibel"}, "did you mean 'nothing-visible'"),
        (["sandberg2018"], {"draws": 0}, "draws is 0"),
        (["sandberg2018"], {"quantiles": [2.0]}, "quantile is 2.0"),
        (["sandberg2018"], {"conversions": "turnover"}, "must be sfc_sim Conversions"),
    ],
)
def test_bad_questions_are_told(scenarios, words, message):
    with pytest.raises(InputError, match=message):
        compare(scenarios, **words)


def test_scenarios_of_ones_own_are_compared():
    mine = sfc.load_scenario("sandberg2018").replace(name="mine", lifetime="1000 yr")
    table = compare(["sandberg2018", mine], theories=["prior"], draws=500, rng=1)
    assert table["scenario"].values.tolist() == ["sandberg2018", "mine"]


# A walk


def test_a_walk_ends_where_its_last_scenario_is():
    steps = walk(
        "cook2022-bearish",
        {"balanced": "cook2022-balanced", "total utility": {"theory": "adt-total"}},
        draws=1500, rng=7,
    )  # fmt: skip
    alone = compare(
        ["cook2022-bearish", "cook2022-balanced"], theories=["prior", "adt-total"], draws=1500,
        rng=7, aim=False,
    )  # fmt: skip
    expected = [
        alone.sel(scenario="cook2022-bearish", theory="prior"),
        alone.sel(scenario="cook2022-balanced", theory="prior"),
        alone.sel(scenario="cook2022-balanced", theory="adt-total"),
    ]
    assert steps["step"].values.tolist() == ["cook2022-bearish", "balanced", "total utility"]
    assert steps["theory"].values.tolist() == ["prior", "prior", "adt-total"]
    for k, one in enumerate(expected):
        np.testing.assert_array_equal(steps.log10_actual_ever[k], one.log10_actual_ever)
        assert steps["median"][k] == one.log10_actual_ever.sel(quantile=0.5)
        assert steps.alone_in_observable[k] == one.alone_in_observable


def test_changes_are_made_on_top_of_each_other():
    """All that differs, one at a time, leads from one prior to the other."""
    start, end = (sfc.load_scenario(f"cook2022-{name}") for name in ("bearish", "bullish"))
    changes = {
        name: {name: end[name].distribution}
        for name in end.parameters
        if end[name].distribution != start[name].distribution
    }
    steps = walk(start, changes, draws=800, rng=7)
    whole = walk(end, {"the same": {"title": "another title"}}, draws=800, rng=7)
    np.testing.assert_array_equal(steps.log10_actual_ever[-1], whole.log10_actual_ever[0])
    np.testing.assert_array_equal(whole.log10_actual_ever[0], whole.log10_actual_ever[1])


def test_what_is_changed_in_judgement_needs_no_new_worlds():
    seen: list[tuple[int, int]] = []
    steps = walk(
        "cook2022-balanced",
        {"no evidence": {"evidence": "none"}, "sia": {"theory": "sia"}},
        draws=600, rng=7, quantiles=[0.1, 0.9], progress=lambda *x: seen.append(x),
    )  # fmt: skip
    assert seen[-1] == (1800, 1800)
    assert len(set(steps["scenario_hash"].values)) == 1
    assert steps["evidence"].values.tolist() == ["nothing-visible", "none", "none"]
    assert steps["quantile"].values.tolist() == [0.1, 0.9]


def test_a_conversion_may_be_a_step():
    steps = walk(
        "maccone2010", {"more galaxies": {"conversions": Conversions(galaxies=1e12)}},
        draws=500, rng=1,
    )  # fmt: skip
    assert float(steps["median"][1] - steps["median"][0]) == pytest.approx(2.0)


@pytest.mark.parametrize(
    ("changes", "words", "message"),
    [
        ({}, {}, "must map names of steps"),
        ("cook2022-flat", {}, "must map names of steps"),
        ({"faster": {"expansion_sped": 1.0}}, {}, "step 'faster': .*'expansion_speed'"),
        ({"sai": {"theory": "sai"}}, {}, "step 'sai': .*'sia'"),
        ({"reach": "ord2021"}, {}, "step 'reach': scenario 'ord2021' models how far"),
        ({"sandberg2018": {"theory": "sia"}}, {}, "has the name of the start"),
        ({"sia": {"theory": "sia"}}, {"reading": "alone_in_galaxy"}, "unknown reading"),
    ],
)
def test_bad_walks_are_told(changes, words, message):
    with pytest.raises(InputError, match=message):
        walk("sandberg2018", changes, draws=10, **words)


# Conversions one by one


def test_effects_are_those_of_the_conversions():
    effects = conversion_effects("sandberg2018", draws=2000, rng=7)
    assert effects.sizes["conversion"] == 1 + sum(map(len, ALTERNATIVES.values()))
    shift = effects.shift_log10_actual_ever
    exact = {
        "as published": 0.0, "galaxies sandberg2018": 0.0, "galaxies conselice2016": np.log10(200),
        "ever as-now": 0.0, "emergence 1": 0.0, "emergence 0.01": -2.0, "alone below-one": 0.0,
    }  # fmt: skip
    for name, decades in exact.items():
        assert shift.sel(conversion=name).item() == pytest.approx(decades, abs=1e-9)
    moved = effects.shift_alone_in_galaxy
    assert moved.sel(conversion="galaxies conselice2016") == pytest.approx(0.0, abs=1e-12)
    assert moved.sel(conversion="alone below-one") > 0.0
    assert shift.sel(conversion="ever turnover") > 1.0


def test_effects_on_an_estimate_with_dates_are_of_galaxies_alone():
    effects = conversion_effects("cook2022-balanced", draws=600, rng=7)
    assert not effects.shift_log10_actual_ever.any()
    per_galaxy = effects.shift_log10_per_galaxy.sel(conversion="galaxies conselice2016")
    assert per_galaxy.item() == pytest.approx(-np.log10(200.0))


def of_the_prior():
    found = compare(["sandberg2018"], theories=["prior"], draws=2000, rng=7, aim=False)
    return found.sel(scenario="sandberg2018", theory="prior")


def test_scenarios_without_dates_are_marked_and_told_per_galaxy(table):
    """N and P(N < 1) against the draws themselves; evidence that is not used is not claimed."""
    assert table["added"].values.tolist() == ["", "expansion", "expansion"]
    assert table.attrs["evidence_not_used"] == "nothing-visible where there are no dates"
    draws = sfc.sample("sandberg2018", 2000, rng=7)
    number = 10.0 ** draws["log10_civilizations_now"].values
    row = of_the_prior()
    assert row["probability_alone_in_galaxy"].item() == pytest.approx((number < 1).mean(), abs=1e-9)
    assert row["galaxy_number"].sel(quantile=0.5).item() == pytest.approx(
        weighted_quantiles(number, np.full(2000, 1 / 2000), [0.5]).item(), rel=1e-9
    )
    dated = table.sel(scenario="cook2022-balanced")
    assert np.isnan(dated["probability_alone_in_galaxy"]).all()
    alone = compare(["sandberg2018"], theories=["prior"], draws=500, rng=7)
    assert (alone.attrs["evidence"], alone.attrs["evidence_not_used"]) == (
        "none", "nothing-visible",
    )  # fmt: skip
    used = compare(["cook2022-balanced"], theories=["prior"], draws=500, rng=7)
    assert used.attrs["evidence"] == "nothing-visible"
    assert "evidence_not_used" not in used.attrs


def test_chances_have_errors():
    """Recomputed from the draws of one row: the chance of none in each, under equal weights."""
    row = of_the_prior()
    mean, error = (row[f"alone_in_galaxy{end}"].item() for end in ("", "_standard_error"))
    number = 10.0 ** sfc.sample("sandberg2018", 2000, rng=7)["log10_civilizations_now"].values
    none = np.exp(-number)
    assert mean == pytest.approx(none.mean(), rel=1e-9)
    assert error == pytest.approx(none.std() / 2000**0.5, rel=1e-9)
    carried = min(part.sum() ** 2 / (part**2).sum() for part in (none, 1 - none))
    assert row["alone_in_galaxy_ess"].item() == pytest.approx(carried, rel=1e-9)
