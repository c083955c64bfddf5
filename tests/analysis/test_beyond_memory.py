"""Tables over draws in blocks, against the functions that have all draws in memory."""

from __future__ import annotations

import pickle
import warnings
from concurrent.futures import Executor, Future
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import pytest
import xarray as xr

import sfc_sim as sfc
from sfc_sim._core.effective import carriers
from sfc_sim._core.few import FEWEST
from sfc_sim._core.schema import weight_of
from sfc_sim._core.world import worlds
from sfc_sim.analysis import block_passes, blocks
from sfc_sim.inference.theories import ReferenceClassWarning

pytestmark = pytest.mark.filterwarnings("ignore::sfc_sim.EffectiveSampleSizeWarning")

MANY = 70_000  # more than one block
QUANTILES = [0.0, 0.013, 0.5, 0.77, 1.0]


@pytest.fixture(scope="module")
def drake():
    return sfc.sample("sandberg2018", MANY, rng=3)


@pytest.fixture
def short(monkeypatch):
    """Many blocks of few draws, and few bins."""
    monkeypatch.setattr(blocks, "BLOCK", 977)
    monkeypatch.setattr(block_passes, "MOST_BINS", 64)


def in_memory(draws, evidence, theories=None, quantiles=(0.05, 0.5, 0.95)):
    weights = sfc.weigh(draws, evidence, theories=theories)
    tables = [
        weights.drop_dims("draw"),
        sfc.summarize(draws, weights, quantiles=quantiles),
        sfc.saturation(draws, weights, quantiles=quantiles),
    ]
    table = xr.merge(tables, compat="override", combine_attrs="override")
    return table.assign_attrs(tables[2].attrs), weights


def check(draws, evidence, theories=None, **asked):
    """Compare all numbers; quantiles are the same value, or lie at the same weight to rounding."""
    expected, weights = in_memory(draws, evidence, theories, **asked)
    found = sfc.analysis.over(draws, evidence, theories=theories, **asked)
    assert found.attrs == expected.attrs
    assert set(found.variables) == set(expected.variables)
    for name in expected.variables:
        assert found[name].dims == expected[name].dims
        assert found[name].attrs == expected[name].attrs
        if expected[name].dtype.kind not in "fi":
            assert (found[name] == expected[name]).all(), name
        elif "quantile" not in expected[name].dims:
            told = certain(expected, name)
            np.testing.assert_allclose(
                found[name].values[told], expected[name].values[told], rtol=1e-12, err_msg=name
            )
    for theory in found.theory.values:
        check_quantiles(draws, weights, str(theory), found, expected)
    return found


def certain(table, name):
    """Where an error is one: that of a chance which rounding alone keeps from 0 or 1 is noise."""
    mean = name.removesuffix("_standard_error").removesuffix("_ess")
    if mean == name or mean not in table:
        return np.full(table[name].shape, True)
    return np.abs(table[mean].values - np.round(table[mean].values)) > 1e-14


def check_quantiles(draws, weights, theory, found, expected):
    world, weight = worlds(draws, weights, theory), weight_of(weights, theory)
    values = {
        "civilizations_actual": np.exp(world["log_civilizations_actual"]),
        "recovered_quantile": 1.0 - world["volume_marginal"] / world["volume_grabbed"],
    }
    for name, ours in values.items():
        for end in ("", "_low", "_high"):
            one, other = (t[name + end].sel(theory=theory).values for t in (found, expected))
            for a, b in zip(one, other, strict=True):
                low, high = sorted((a, b))
                # Nothing lies between, but for what rounding of sums weighs.
                assert a == b or weight[(ours > low) & (ours < high)].sum() < 1e-9, (theory, name)
    # Where weights differ no sum is a quantile's to the last digit.
    if theory != "prior":
        for name in ("civilizations_actual", "rivals"):
            np.testing.assert_array_equal(
                found[name].sel(theory=theory), expected[name].sel(theory=theory)
            )


def test_prior_draws_of_a_scenario_without_dates(drake):
    check(drake, "none", ["prior", "sia", "adt-total"])


@pytest.mark.verification
@pytest.mark.parametrize("name", ["sandberg2018", "cook2022-balanced", "hanson2021-n6-half"])
def test_a_hundred_thousand_draws_of_all_theories(name):
    check(sfc.sample(name, 100_000, rng=3), "nothing-visible")


def test_quantiles_and_evidence_of_ones_own_choice(drake):
    check(drake, ["none", "silence"], ["prior", "sia"], quantiles=QUANTILES)


@pytest.mark.usefixtures("short")
@pytest.mark.parametrize("evidence", ["nothing-visible", "not-engulfed"])
def test_aimed_draws_of_all_theories(balanced, evidence):
    check(balanced.draws, evidence)


@pytest.mark.usefixtures("short")
def test_bins_are_divided_until_few_draws_are_left_to_sort(balanced, monkeypatch):
    whole = sfc.analysis.over(balanced.draws, theories=["prior", "sia"])
    monkeypatch.setattr(block_passes, "MOST_KEPT", 20)
    monkeypatch.setattr(block_passes, "MOST_BINS", 2)
    assert check(balanced.draws, "nothing-visible", ["prior", "sia"]).equals(whole)


@pytest.mark.usefixtures("short")
def test_draws_of_a_mixture_in_their_strata():
    mixed = sfc.assess(
        {"cook2022-balanced": 0.3, "finnveden2019": 0.7}, 3000, rng=1, aim=False, theories=["prior"]
    )
    found = check(mixed.draws, "none", ["prior", "sia"])
    plain = mixed.draws.copy()
    del plain["scenario"].attrs["strata"]
    without = sfc.analysis.over(plain, "none", theories=["prior"])
    name = "probability_alone_standard_error"
    assert found[name].sel(theory="prior") < 0.99 * without[name].item()


@pytest.mark.usefixtures("short")
def test_bins_of_a_mixture_are_divided_too(monkeypatch):
    three = {"cook2022-balanced": 0.3, "finnveden2019": 0.5, "mills2025": 0.2}
    draws = sfc.assess(three, 3000, rng=1, theories=["prior", "sia"]).draws
    whole = sfc.analysis.over(draws, theories=["prior", "sia"])
    monkeypatch.setattr(block_passes, "MOST_KEPT", 40)
    monkeypatch.setattr(block_passes, "MOST_BINS", 2)
    assert check(draws, "nothing-visible", ["prior", "sia"]).equals(whole)


@pytest.mark.usefixtures("short")
def test_means_that_few_worlds_carry():
    draws = sfc.sample("finnveden2019", 1500, rng=3)
    world = worlds(draws, sfc.weigh(draws, theories=["prior"]), "prior")
    weight = np.exp(world["log_weight"] + world["log_outside"])
    few = [carriers(weight * world.recovered), carriers(np.exp(world.log_copies) * world.lost)]
    assert max(few) < FEWEST
    found = check(draws, "nothing-visible", ["prior"])
    least = found.volume_at_stake.item() / 1500
    assert found.volume_displaced_standard_error.item() > least


@pytest.mark.usefixtures("short")
def test_worlds_that_are_all_the_same_have_no_error():
    found = check(sfc.sample("drake1961-high", 2000, rng=1), "none", ["prior", "sia"])
    assert (found.recovered_share_standard_error == 0.0).all()
    assert (found.recovered_share_ess == 2000.0).all()


@dataclass(frozen=True)
class Slow(sfc.inference.Theory):
    """A theory of the user's own, which reads a parameter."""

    name: ClassVar[str] = "slow"
    meaning: ClassVar[str] = "by how slow expansion is"

    def log_factor(self, draws, front):
        return -3.0 * draws["expansion_speed"].values


@dataclass(frozen=True)
class FewStages(sfc.inference.Observation):
    """An observation of the user's own."""

    name: ClassVar[str] = "few-stages"
    meaning: ClassVar[str] = "few stages"

    def log_likelihood(self, draws):
        return -0.2 * draws["hard_steps"].values


@pytest.mark.usefixtures("short")
def test_theories_and_observations_of_ones_own(balanced):
    check(balanced.draws, ["not-engulfed", FewStages()], ["prior", Slow()])


class Pickling(Executor):
    """Runs a task at once, as a process would see it."""

    def submit(self, function, /, *args, **kwargs):
        future = Future()
        function, args, kwargs = pickle.loads(pickle.dumps((function, args, kwargs)))
        future.set_result(function(*args, **kwargs))
        return future


@pytest.mark.usefixtures("short")
def test_bytes_hang_on_neither_threads_nor_executor_nor_chunks(balanced):
    draws = balanced.draws.isel(draw=slice(4000))

    def found(draws, **who):
        table = sfc.analysis.over(draws, theories=["prior", "sia"], **who)
        return {name: values.values.tobytes() for name, values in table.variables.items()}

    first = found(draws, threads=1)
    assert found(draws, threads=3) == first
    assert found(draws, executor=Pickling()) == first
    assert found(draws.chunk(draw=300), threads=2) == first
    other = draws.copy(deep=True)
    other["volume_alone"][1234] *= 1.0 + 1e-9  # the control: one digit of one draw is seen
    assert found(other, threads=2) != first


def test_the_table_goes_on_to_the_value_of_survival(drake):
    some, theories = drake.isel(draw=slice(5000)), ["prior", "sia"]
    share = sfc.analysis.over(some, "none", theories=theories)
    found = sfc.value_adjustment(share, sfc.Beta(8, 2))
    expected = sfc.value_adjustment(in_memory(some, "none", theories)[0], sfc.Beta(8, 2))
    np.testing.assert_allclose(found.extinction_discount, expected.extinction_discount, rtol=1e-12)


def test_warnings_are_those_of_weigh_and_come_once(balanced):
    scenario = sfc.load_scenario("cook2022-balanced").replace(expanding_fraction=0.001)
    draws = sfc.sample(scenario, 300, rng=1)
    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always")
        sfc.analysis.over(draws, theories=["ssa-all"])
    kinds = [each.category for each in told]
    assert kinds.count(ReferenceClassWarning) == 1


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda d: sfc.analysis.over("nowhere.zarr"), "no store of draws"),
        (lambda d: sfc.analysis.over(d, theories=["sai"]), "did you mean 'sia'"),
        (lambda d: sfc.analysis.over(d, quantiles=[2.0]), "from 0 to 1"),
        (lambda d: sfc.analysis.over(d.isel(draw=0)), "there are no draws"),
        (lambda d: sfc.analysis.over(d.isel(draw=[])), "there are no draws"),
        (lambda d: sfc.analysis.over(d[["lifetime"]], "none", theories=["prior"]), "are without"),
        (
            lambda _: sfc.analysis.over(
                sfc.sample("ord2021", 9, rng=1), "none", theories=["prior"]
            ),
            "of a scenario with an expansion",
        ),
        (lambda d: sfc.analysis.histogram(d.isel(draw=[]), "lifetime", [0, 1]), "there are no"),
        (lambda d: sfc.analysis.histogram(d, "volume_grabbed", [0, 1]), "of one value a draw"),
        (lambda d: sfc.analysis.histogram(d, "lifetme", [0, 1]), "did you mean 'lifetime'"),
        (lambda d: sfc.analysis.histogram(d, "lifetime", [1, 0]), "that rise"),
    ],
)
def test_wrong_arguments(drake, call, words):
    with pytest.raises(sfc.InputError, match=words):
        call(drake)


def test_a_theory_without_any_weight_is_refused(drake):
    none = drake.assign(log_observers_like_us=("draw", np.full(MANY, -np.inf)))
    with pytest.raises(ArithmeticError, match="gives every draw weight zero"):
        sfc.analysis.over(none, "none", theories=["sia"])


@pytest.mark.usefixtures("short")
def test_histograms_count_every_draw_and_add_up(drake):
    edges = np.array([-60.0, -10.0, 0.0, 5.0, 9.0])
    table = sfc.analysis.histogram(drake, "log10_civilizations_now", edges)
    values = drake.log10_civilizations_now.values
    np.testing.assert_array_equal(table["count"], np.histogram(values, edges)[0])
    assert table.below == (values < -60).sum()
    assert table["count"].dtype == np.int64
    assert int(table["count"].sum() + table.below + table.above) == MANY
    halves = [
        sfc.analysis.histogram(drake.isel(draw=some), "log10_civilizations_now", edges)
        for some in (slice(40_000), slice(40_000, None))
    ]
    np.testing.assert_array_equal(sum(half["count"] for half in halves), table["count"])


@pytest.mark.usefixtures("short")
def test_draws_without_a_value_are_in_no_bin(drake):
    some = drake.isel(draw=slice(3000))
    holed = some.assign(lifetime=some.lifetime.where(some.draw % 3 > 0))
    table = sfc.analysis.histogram(holed, "lifetime", [0.0, 1e3, 1e5])
    values = some.lifetime.values[some.draw.values % 3 > 0]
    assert table.undefined == 1000
    assert table.above == (values > 1e5).sum()
    np.testing.assert_array_equal(table["count"], np.histogram(values, [0.0, 1e3, 1e5])[0])


def test_a_store_that_is_damaged_after_it_was_read_is_refused(tmp_path):
    path = sfc.sample_to(tmp_path / "draws.zarr", "sandberg2018", 300, rng=7)
    sfc.analysis.histogram(path, "lifetime", [0, 1e12])
    next((path / "lifetime" / "c").iterdir()).unlink()
    with pytest.raises(sfc.InputError, match="is damaged"):
        sfc.analysis.histogram(path, "lifetime", [0, 1e12])
