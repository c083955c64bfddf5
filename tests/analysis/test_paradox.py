"""How surprising an empty sky is: published numbers, closed forms, and sampling against both."""

from __future__ import annotations

import dataclasses
import warnings

import numpy as np
import pytest
from scipy.integrate import quad
from scipy.special import erf

import sfc_sim as sfc
from sfc_sim import plotting
from sfc_sim._core.errors import InputError
from sfc_sim.analysis.empty_sky import paradox
from sfc_sim.analysis.posterior import (
    FAMILIES,
    Law,
    law_of_product,
    posterior_of_product,
    posterior_table,
)
from sfc_sim.inference.evidence import EmptyGalaxy, NoneWithin, NotSettled, StarsSearched


def quiet(*args, **kwargs):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", sfc.EffectiveSampleSizeWarning)
        return paradox(*args, **kwargs)


# An independent quadrature (other code, other grid) of the headline priors of Sandberg et al. 2018:
# evidence, Pr(N < 1), Pr(N < 1e-10), log10 of the median, mean; the last two to two digits.
TABLE = [
    (StarsSearched(1000, 1e11), 0.972, 0.536, 0.405, np.log10(0.13), 1.2e6),
    (StarsSearched(1000, 2e11), 0.980, 0.532, 0.402, np.log10(0.17), 1.9e6),
    (NoneWithin(10), 0.994, 0.525, 0.396, np.log10(0.27), 7e6),
    (NoneWithin(100), 0.900, 0.579, 0.438, np.log10(1.3e-3), 5e4),
    (NoneWithin(500), 0.769, 0.678, 0.512, np.log10(7e-12), 558.0),
    (EmptyGalaxy(), 0.513, 0.991, 0.768, np.log10(5e-30), 0.0365),
    (NotSettled(100, 0.0), 0.458, 1.000, 0.860, None, 1.4e-4),
    (NotSettled(30), 0.469, 0.9959, 0.839, None, 2.4e5),
    (NotSettled(100), 0.460, 0.9958, 0.855, None, 2.4e5),
]


@pytest.mark.parametrize("row", TABLE, ids=lambda row: row[0].meaning)
def test_posteriors_are_those_of_another_quadrature(row):
    observation, evidence, galaxy, universe, log10_median, mean = row
    found = posterior_of_product("sandberg2018", observation)
    for name, value in (
        ("evidence", evidence),
        ("probability_below_one", galaxy),
        ("probability_alone", universe),
    ):
        assert float(found[name]) == pytest.approx(value, abs=1e-3)
    # 3 %, and half a unit of the last digit that the table above has.
    assert float(found["mean"]) == pytest.approx(mean, rel=0.045)
    if log10_median is not None:
        assert float(found["log10_median"]) == pytest.approx(log10_median, abs=0.03)


def test_the_families_are_those_of_the_table():
    assert [row[0] for row in TABLE] == list(FAMILIES)
    # Negative control: their numbers differ by more than the tolerance.
    assert len({row[1] for row in TABLE}) == len(TABLE)


def test_self_indication_on_a_static_model():
    """The mean under SIA is E[N^2] / E[N], each factor by itself; 1 % for what is printed."""
    free = posterior_of_product("sandberg2018", "none", theory="sia")
    assert float(free["mean"]) == pytest.approx(1.9e10, rel=0.015)
    assert float(free["median"]) == pytest.approx(5.8e9, rel=0.01)
    seen = posterior_of_product("sandberg2018", "empty-galaxy", theory="sia")
    assert float(seen["probability_below_one"]) == pytest.approx(0.559, rel=0.01)
    assert float(seen["mean"]) == pytest.approx(1.17, rel=0.01)


def test_self_indication_multiplies_the_mean_of_each_factor():
    free = posterior_of_product("sandberg2018-certain-life", "none", theory="sia")
    expected = 1.0
    for lo, hi in ((1, 100), (0.1, 1), (0.1, 1), (1e-3, 1), (1e-2, 1), (1e2, 1e10)):
        expected *= 0.5 * (hi + lo)  # E[x^2] / E[x] of a log-uniform law
    # 1e-4: cells of 1/128 decade, taken at their middles
    assert float(free["mean"]) == pytest.approx(expected, rel=1e-4)


def test_the_toy_model_dissolves():
    found = paradox("sandberg2018-toy")
    galaxy = found.sel(place="galaxy")
    assert galaxy.expected_number.item() == pytest.approx(100.0)
    assert galaxy.probability_empty.item() == pytest.approx(0.2144, abs=1e-3)
    assert galaxy.probability_below_one.item() == pytest.approx(0.246, abs=1e-3)
    # exp(-100) and (1 - 1e-9)^1e11 differ by 5e-8
    assert galaxy.probability_empty_point.item() == pytest.approx(3.72e-44, rel=1e-3)
    assert np.exp(1e11 * np.log1p(-1e-9)) == pytest.approx(3.72e-44, rel=1e-3)
    sentence = found.attrs["sentence"]
    for words in ("N = 100 ", "probability 4e-44", "probability 0.21", "in the point estimate"):
        assert words in sentence


def test_an_empty_galaxy_by_its_integral():
    """One log-uniform factor: E[exp(-N)] by quad, and its posterior share below one."""
    scenario = one_factor(sfc.LogUniform(1e-2, 1e3))
    width = np.log(1e5)
    empty = quad(lambda x: np.exp(-np.exp(x)), np.log(1e-2), np.log(1e3))[0] / width
    below = quad(lambda x: np.exp(-np.exp(x)), np.log(1e-2), 0.0)[0] / width / empty
    galaxy = paradox(scenario).sel(place="galaxy")
    # 1e-5: the cells of 1/128 decade
    assert galaxy.probability_empty.item() == pytest.approx(empty, abs=1e-5)
    assert galaxy.posterior_probability_below_one.item() == pytest.approx(below, abs=1e-5)


def test_a_universe_is_many_galaxies():
    """E[exp(-g N)] of a log-normal N: a step in log10(g N), rounded, with its middle at -gamma."""
    universe = paradox(one_factor(sfc.LogNormal10(-12.0, 10.0))).sel(place="universe")
    middle = -10.0 - np.euler_gamma / np.log(10.0)
    step, below = (0.5 * (1.0 + erf((x + 12.0) / 10.0 / np.sqrt(2.0))) for x in (middle, -10.0))
    # 2e-4: what the width of the rounded step, .56 decades, adds to second order
    assert universe.probability_empty.item() == pytest.approx(step, abs=2e-4)
    assert universe.probability_below_one.item() == pytest.approx(below, abs=1e-5)
    assert abs(step - below) > 2e-3  # negative control


def test_a_point_estimate_keeps_its_paradox():
    found = paradox(one_factor(sfc.Fixed(200.0)))
    galaxy = found.sel(place="galaxy")
    assert galaxy.probability_empty.item() == pytest.approx(np.exp(-200.0), rel=1e-6)
    assert galaxy.probability_below_one.item() == 0.0
    assert "does not take the surprise away" in found.attrs["sentence"]
    few = paradox(one_factor(sfc.Fixed(0.01))).attrs["sentence"]
    assert "no paradox to dissolve" in few


def test_sampling_agrees_with_quadrature():
    """Within 4 standard errors; half of the exact value is further (negative control)."""
    exact = paradox("sandberg2018", evidence="none-within")
    mixed = ["none", "none-within"]
    drawn = quiet("sandberg2018", "ssa-civilizations", evidence=mixed, draws=40_000, rng=3)
    assert exact.attrs["method"] == "convolution"
    assert drawn.attrs["method"] == "sampling"
    for prefix in ("", "posterior_"):
        for name in ("probability_empty", "probability_below_one"):
            error = drawn[f"{prefix}{name}_standard_error"].values
            gap = np.abs(drawn[prefix + name].values - exact[prefix + name].values)
            assert (error > 0).all()
            assert (gap < 4 * error).all()
            assert (0.5 * exact[prefix + name].values > 4 * error).all()
    gap = abs(drawn.probability_observed.item() - exact.probability_observed.item())
    assert gap < 4 * drawn.probability_observed_standard_error.item()


def test_the_chance_of_the_observation_is_that_of_an_empty_galaxy():
    for scenario in ("sandberg2018", "sandberg2018-toy"):
        found = paradox(scenario)
        empty = found.probability_empty.sel(place="galaxy").item()
        assert found.probability_observed.item() == pytest.approx(empty, rel=1e-12)


def test_scenarios_with_dates_are_sampled():
    found = quiet("cook2022-balanced", draws=2000, rng=1)
    assert found.attrs["method"] == "sampling"
    assert found.attrs["seed"] == "1"
    chances = ("probability_empty", "probability_below_one", "posterior_probability_empty")
    for name in chances:
        assert ((found[name] >= 0) & (found[name] <= 1)).all()
        first, second = found[name].values
        assert second <= first  # a universe is emptier than none of its galaxies
    fronts = quiet("cook2022-balanced", evidence="nothing-visible", draws=2000, rng=1)
    assert 0.0 < fronts.probability_observed.item() < 1.0


def test_densities_hold_the_laws():
    for found in (paradox("sandberg2018"), paradox("sandberg2018-toy", "sia")):
        step = float(found.log10_civilizations.diff("log10_civilizations")[0])
        for name in ("density", "posterior_density"):
            # The bins leave out 1e-4 of the weight at most.
            assert float(found[name].sum()) * step == pytest.approx(1.0, abs=2e-4)


def test_the_published_ends_have_constants_of_ours():
    table = posterior_table("sandberg2018", [*FAMILIES, NotSettled(60)])
    ranges = {"probability_below_one": (0.53, 0.996), "probability_alone": (0.39, 0.85)}
    for name, (low, high) in ranges.items():
        assert table[f"{name}_published"].sel(end=["low", "high"]).values.tolist() == [low, high]
        values = table[name].values
        assert np.abs(values - low).min() < 0.005
        assert np.abs(values - high).min() < 0.002
    assert table.observation.values[0] == "nothing known"


def test_published_ends_are_those_that_the_scenario_claims():
    """None of a changed scenario, whose source answers for its own inputs; or others."""
    changed = sfc.load_scenario("sandberg2018").replace(lifetime=1e4)
    table = posterior_table(changed, [NotSettled(100)])
    assert "end" not in table.dims
    drawn = plotting.posteriors(table)
    assert drawn.get_yticklabels()[0].get_text() == "nothing known"
    claim = next(c for c in sfc.load_scenario("sandberg2018").claims if "evidence" in c.arguments)
    claimed = dataclasses.replace(changed, claims=(dataclasses.replace(claim, published=0.7),))
    table = posterior_table(claimed, [NotSettled(100)])
    assert table.probability_below_one_published.values.tolist() == [0.7, 0.7]
    assert "probability_alone_published" not in table
    drawn = plotting.posteriors(table)
    assert drawn.get_yticklabels()[0].get_text() == "published range"


def test_what_is_conditioned_on_is_evidence():
    with pytest.warns(DeprecationWarning, match="observation is now evidence"):
        old = posterior_of_product("sandberg2018", observation=NotSettled(60))
    assert old.identical(posterior_of_product("sandberg2018", evidence=NotSettled(60)))
    assert not old.identical(posterior_of_product("sandberg2018"))  # the control


def test_a_law_at_zero_has_its_median_there():
    law = Law(np.array([-np.inf, 0.0]), np.log([0.6, 0.4]), draws=False)
    assert law.log10_median() == -np.inf
    assert law.average(0.0, "empty")[0] == pytest.approx(0.6 + 0.4 * np.exp(-1.0))


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: paradox("sandberg2018", "siaa"), "did you mean 'sia'"),
        (lambda: paradox("sandberg2018", evidence="not-setled"), "'not-settled'"),
        (lambda: paradox("sandberg2018", evidence="earth-history", draws=10), "gives no"),
        (
            lambda: posterior_of_product("cook2022-balanced"),
            "exact law needs drake with displacement",
        ),
        (lambda: posterior_of_product("sandberg2018", theory="adt-total"), "allowed: prior, sia"),
        (lambda: posterior_of_product("sandberg2018", "not-engulfed"), "needs the dates of fronts"),
        (lambda: posterior_of_product("sandberg2018", "earth-history"), "does not constrain civil"),
        (lambda: law_of_product(sfc.load_scenario("cook2022-flat")), "exact law needs drake"),
    ],
)
def test_what_cannot_be_asked(call, message):
    with pytest.raises(InputError, match=message):
        call()


def test_impossible_observations_are_an_error():
    crowd = one_factor(sfc.Fixed(1e10))
    with pytest.raises(ArithmeticError, match="excludes all worlds"):
        paradox(crowd, evidence=NotSettled(1e300, 0.0))


def one_factor(distribution):
    """A static scenario whose N is one factor."""
    toy = sfc.load_scenario("sandberg2018-toy")
    fixed = {f"factor_{k}": 1.0 for k in range(1, 10)}
    return toy.replace(stars=distribution, **fixed)
