"""Statistics of weighted samples, against brute force and closed forms."""

from __future__ import annotations

import numpy as np
import pytest
import xarray as xr

import sfc_sim as sfc
from sfc_sim._core.effective import mean_of, pareto_shape
from sfc_sim._core.quantiles import weighted_quantiles
from sfc_sim._core.weighted import ratio_of_sums, shares_of, weighted_mean
from sfc_sim.decision.value import own_numbers

pytestmark = pytest.mark.filterwarnings(
    "ignore::sfc_sim.inference.theories.EffectiveSampleSizeWarning"
)


@pytest.fixture(scope="module")
def drawn() -> tuple[xr.Dataset, xr.Dataset]:
    draws = sfc.sample("cook2022-balanced", 3000, rng=7)
    return draws, sfc.weigh(draws, theories=["prior", "adt-total"])


@pytest.mark.parametrize("place", [0.0, 0.25, 0.5, 1.0])
def test_values_without_weight_are_never_quantiles(place):
    sample, weight = np.array([-100.0, 1.0, 2.0, 100.0]), np.array([0.0, 0.5, 0.5, 0.0])
    expected = 1.0 if place <= 0.5 else 2.0
    assert weighted_quantiles(sample, weight, [place]).item() == expected


def test_whole_weights_are_repeats():
    """A sample with each value as often as its weight says has the same quantiles."""
    rng = np.random.default_rng(5)
    sample, repeats = rng.normal(size=50), rng.integers(0, 5, 50)
    plain = np.sort(np.repeat(sample, repeats))
    places = (np.arange(plain.size) + 0.5) / plain.size
    assert np.array_equal(weighted_quantiles(sample, repeats.astype(float), places), plain)


def test_a_probability_never_exceeds_one():
    """Random weights of a sure event: sums in floating point, as they come, exceed 1."""
    rng = np.random.default_rng(3)
    exceeded = 0
    for size in range(2, 400):
        log_weight = rng.normal(scale=3.0, size=size)
        log_weight -= np.log(np.exp(log_weight).sum())
        exceeded += float(np.exp(log_weight) @ np.ones(size)) > 1.0
        mean, error = weighted_mean(np.ones(size), shares_of(log_weight))
        assert (mean, error) == (1.0, 0.0)
    assert exceeded > 50  # the negative control: without the bound a good part does


@pytest.mark.parametrize("seed", range(8))
def test_sure_things_of_rare_scenarios_have_probability_one(seed):
    rare = sfc.load_scenario("sandberg2018").replace(abiogenesis=sfc.LogUniform(1e-60, 1e-40))
    draws = sfc.sample(rare, 997, rng=seed)
    weights = sfc.weigh(draws, "none", theories=["prior", "sia"])
    table = sfc.summarize(draws, weights)
    classes = sfc.saturation(draws, weights)["class_probability"]
    for found in (table["probability_alone"], table["probability_alone_poisson"], classes):
        assert np.all((found >= 0.0) & (found <= 1.0))
    assert np.all(table["probability_alone"] == 1.0)
    seen = sfc.value_adjustment(sfc.saturation(draws, weights), draws=draws, weights=weights)
    assert np.all(seen["probability_neutral"] <= 1.0)


@pytest.mark.parametrize("sure", [0.0, 1.0])
def test_what_no_draw_of_weight_decides_has_the_error_of_one_draw(sure):
    """Whether the mean is 0 or 1 to the last digit or not, which rounding decides."""
    rng = np.random.default_rng(7)
    missed = 0
    for _ in range(20):
        weight = np.append(shares_of(rng.normal(size=500)), 0.0)
        found = mean_of(np.append(np.full(500, sure), 1.0 - sure), weight)
        missed += found.mean != sure
        assert found.error == pytest.approx((weight**2).sum())
        assert found.draws == pytest.approx(1.0 / (weight**2).sum())
    assert missed > 0 or sure == 0.0


def test_error_of_a_ratio_is_that_of_repeats():
    """4000 repeats of 400 worlds; the error found is that of repeats within 5 of its own errors.

    The negative control: without the ratio taken off, the error is that of the sum alone.
    """
    rng = np.random.default_rng(11)
    lower = rng.exponential(size=(4000, 400)) + 1.0
    upper = 0.6 * lower + rng.normal(scale=0.1, size=lower.shape)
    log_weight = rng.normal(scale=0.5, size=lower.shape)
    pairs = np.array([ratio_of_sums(*row) for row in zip(log_weight, upper, lower, strict=True)])
    spread = pairs[:, 0].std()
    allowed = 5.0 / np.sqrt(2.0 * 4000)
    assert abs(pairs[:, 1].mean() / spread - 1.0) < allowed
    weight = np.exp(log_weight[0])
    without = np.sqrt(np.sum((weight * upper[0]) ** 2)) / (weight @ lower[0])
    assert abs(without / spread - 1.0) > 2.0 * allowed


def test_weights_left_and_right_of_a_comparison_are_probabilities():
    rare = sfc.load_scenario("sandberg2018").replace(abiogenesis=sfc.LogUniform(1e-90, 1e-80))
    for seed in range(6):
        table = sfc.literature.compare([rare], theories=["prior"], draws=4999, rng=seed)
        assert 1.0 - 1e-12 < table["weight_below"].item() <= 1.0
        assert table["alone_in_observable"].item() <= 1.0


@pytest.mark.parametrize("change", [5.0, np.log(1.0 + 1e-3), np.nan])
def test_weights_that_do_not_sum_to_one_are_refused(drawn, change):
    draws, weights = drawn
    wrong = weights.assign(log_weight=weights["log_weight"] + change)
    uses = [
        lambda: sfc.summarize(draws, wrong),
        lambda: sfc.saturation(draws, wrong),
        lambda: sfc.decision.retention(draws, wrong, "starlight"),
        lambda: sfc.decision.contest(draws, wrong, "shared"),
        lambda: sfc.value_adjustment(sfc.saturation(*drawn), draws=draws, weights=wrong),
    ]
    for use in uses:
        with pytest.raises(sfc.InputError, match="must sum to 1"):
            use()


def test_one_weight_that_is_not_a_number_is_refused(drawn):
    draws, weights = drawn
    log_weight = weights["log_weight"].copy()
    log_weight[0, 17] = np.nan
    with pytest.raises(sfc.InputError, match="must sum to 1"):
        sfc.summarize(draws, weights.assign(log_weight=log_weight))


def test_draws_without_weights_are_refused(drawn):
    share = sfc.saturation(*drawn)
    for half in ({"draws": drawn[0]}, {"weights": drawn[1]}):
        with pytest.raises(sfc.InputError, match="draws and weights"):
            sfc.value_adjustment(share, sfc.Beta(2, 2), **half)


def test_a_takeover_is_the_worse_the_less_its_makers_are_worth():
    """(1 - u_M) / (1 - s kappa q) at both signs of u_M; that of the other sign is the control."""
    for misaligned in (-0.5, 0.25):
        expected = (1.0 - misaligned) / (1.0 - 0.6 * 0.5 * 0.8)
        assert sfc.decision.takeover_ratio(0.6, 0.8, 0.5, misaligned) == pytest.approx(
            expected, rel=1e-12
        )


def test_similarity_and_retention_are_drawn_apart():
    """Independent Uniform(0, 1): the correlation is 0 within k = 5 of 1/sqrt(n)."""
    draws = sfc.sample("sandberg2018", 5000, rng=7)
    pair = np.array([own_numbers(draws, name) for name in ("similarity", "retention")])
    assert abs(np.corrcoef(pair)[0, 1]) < 5.0 / np.sqrt(5000)


def test_stakes_count_once(drawn):
    """Under total utility the share is the mean of 1 - U/A by its weights; twice is the control."""
    draws, weights = drawn
    weight = np.exp(weights["log_weight"].sel(theory="adt-total").values)
    seen = draws.sel(evidence="nothing-visible")
    grabbed, marginal = (seen[f"volume_{name}"].values for name in ("grabbed", "marginal"))
    once = weight @ (1.0 - marginal / grabbed)
    twice = 1.0 - (weight @ marginal) / (weight @ grabbed)
    found = sfc.saturation(draws, weights)["recovered_share"].sel(theory="adt-total").item()
    assert found == pytest.approx(once, rel=1e-9)
    assert abs(found - twice) > 1e-3


def published_shape(weight: np.ndarray) -> float:
    """k-hat as Vehtari et al. (2024) and Zhang and Stephens (2009) write it, plainly."""
    ordered = sorted(weight)
    many = int(min(np.ceil(0.2 * len(ordered)), np.ceil(3.0 * np.sqrt(len(ordered)))))
    x = [each - ordered[-many - 1] for each in ordered[-many:]]
    n, m = many, 30 + int(np.sqrt(many))
    quarter = x[int(n / 4 + 0.5) - 1]
    thetas = [1 / x[-1] + (1 - np.sqrt(m / (j - 0.5))) / (3 * quarter) for j in range(1, m + 1)]
    profile = []
    for theta in thetas:
        k = -sum(np.log(1 - theta * each) for each in x) / n
        profile.append(n * (np.log(theta / k) + k - 1))
    share = [1 / sum(np.exp(other - own) for other in profile) for own in profile]
    theta = sum(a * b for a, b in zip(thetas, share, strict=True))
    k = sum(np.log(1 - theta * each) for each in x) / n
    return float(k * n / (n + 10) + 0.5 * 10 / (n + 10))


@pytest.mark.parametrize("shape", [0.3, 0.5, 0.7, 1.0])
def test_pareto_shape_of_pareto_weights(shape):
    """As published, to rounding; its mean over 60 seeds is the shape, drawn towards 0.5 by 10/n.

    Within 4 standard errors of that mean, and 0.02 for the bias of order 1/n of the estimator.
    """
    found = []
    for seed in range(60):
        weight = np.random.default_rng(seed).uniform(size=4000) ** -shape
        found.append(pareto_shape(np.log(weight)))
        if seed < 3:
            assert found[-1] == pytest.approx(published_shape(weight), abs=1e-9)
    tail = np.ceil(3.0 * np.sqrt(4000))
    expected = (shape * tail + 5.0) / (tail + 10.0)
    error = np.std(found) / np.sqrt(60)
    assert abs(np.mean(found) - expected) < 4.0 * error + 0.02
    assert abs(np.mean(found) - expected - 0.2) > 4.0 * error + 0.02  # the control


def test_pareto_shape_of_weights_that_rounding_sets_apart():
    """Of three weights, each of many draws, it was 12 when the last bit of their logs moved."""
    logs = np.repeat([-4.0, -1.4, 0.0], [9000, 900, 100])
    moved = logs + 1e-15 * np.arange(logs.size)
    assert pareto_shape(logs) < 0.0
    assert pareto_shape(moved) == pytest.approx(pareto_shape(logs), abs=1e-6)
    heavy = -1.5 * np.log((np.arange(10_000) + 0.5) / 10_000)  # control: k = 1.5, no two alike
    assert pareto_shape(heavy) == pytest.approx(1.5, abs=0.2)


def test_pareto_shape_of_equal_and_of_few_weights():
    for size in (1, 4, 5, 100):
        assert pareto_shape(np.full(size, -3.0)) == -1.0
    few = np.full(1000, -np.inf)
    few[:4] = [0.0, -1.0, -2.0, -3.0]
    assert pareto_shape(few) == np.inf
    assert pareto_shape(np.array([0.0, -1.0])) == np.inf
    # A bounded law: uniform weights have shape -1, less what draws it towards 0.5.
    assert pareto_shape(np.log(np.random.default_rng(1).uniform(size=4000))) < -0.5
