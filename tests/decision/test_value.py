"""Saturation and value: published numbers, identities, limits."""

from __future__ import annotations

import warnings

import numpy as np
import pytest
import xarray as xr

import sfc_sim as sfc
from sfc_sim._core.errors import InputError
from sfc_sim._core.weighted import ratio_of_sums
from sfc_sim._core.world import worlds
from sfc_sim.decision.value import value_adjustment
from tests.given import unseen

# Theories that give a discount at all.
JUDGING = ["prior", "sia", "ssa-civilizations", "ssa-all", "adt-total"]


@pytest.fixture(scope="module")
def draws():
    return sfc.sample("cook2022-balanced", 6000, rng=11)


@pytest.fixture(scope="module")
def weights(draws):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", sfc.EffectiveSampleSizeWarning)
        return sfc.weigh(draws)


def test_share_is_the_mean_recovered_fraction_under_adt_total(draws, weights):
    """With n = f_GC N_XIC: sum n (A - U) / sum n A = mean of 1 - U/A with weights n A."""
    share = sfc.saturation(draws, weights).recovered_share.sel(theory="adt-total").item()
    weight = np.exp(weights.log_weight.sel(theory="adt-total").values)
    assert share == pytest.approx(weight @ draws.recovered_fraction.values, rel=1e-9)


def test_counting_the_stakes_twice_would_be_seen(draws, weights):
    """Negative control of the identity: adt-total weights inside the ratio are another number."""
    share = sfc.saturation(draws, weights).recovered_share.sel(theory="adt-total").item()
    twice, _ = ratio_of_sums(
        weights.log_weight.sel(theory="adt-total").values,
        unseen(draws).volume_marginal.values,
        unseen(draws).volume_grabbed.values,
    )
    assert abs((1 - twice) - share) > 0.05


def test_classes_add_up(draws, weights):
    classes = sfc.saturation(draws, weights).class_probability
    assert classes.sum("class").values == pytest.approx(1.0)


def test_finnveden_split_gives_seventy_percent():
    """Finnveden 2019: we would hold 5 %, of which others would later reach 70 %."""
    share, error = ratio_of_sums(np.zeros(1), np.array([0.015]), np.array([0.05]))
    assert 1 - share == pytest.approx(0.70, abs=1e-12)
    assert error == pytest.approx(0.0, abs=1e-12)


@pytest.mark.parametrize(
    ("share", "similarity", "phi"),
    [(0.30, 1, 0.70), (0.70, 2, -0.40), (0.84, 1, 0.16), (0.84, 0.5, 0.58), (0.99, 0.5, 0.505)],
)
def test_extinction_multiplier_table(share, similarity, phi):
    assert sfc.decision.extinction_multiplier(share, similarity) == pytest.approx(phi, abs=1e-12)


@pytest.mark.parametrize(
    ("share", "ratio"), [(0.7, 10 / 3), (0.75, 4.0), (0.84, 6.25), (0.99, 100)]
)
def test_takeover_against_extinction(share, ratio):
    assert sfc.decision.takeover_ratio(share) == pytest.approx(ratio, rel=1e-12)


def test_limits_of_value():
    assert sfc.decision.extinction_multiplier(0.0, 5.0) == 1.0
    assert (
        sfc.decision.extinction_multiplier(0.5, -1.0) == 1.5
    )  # others' use is bad: survival matters more
    assert sfc.decision.extinction_multiplier(1.0) == 0.0
    assert sfc.decision.takeover_ratio(1.0) == np.inf
    assert sfc.decision.extinction_multiplier(0.8, 1.0, 0.5) == pytest.approx(0.6)


def test_toy_prior_of_the_static_model():
    """D log-uniform on 1e-6..1e2 and 1e3: causal .070, copies ~ D .807 / .866 (closed form)."""
    for top, copies in ((1e2, 0.807), (1e3, 0.866)):
        rivals = np.geomspace(1e-6, top, 40_001)
        grabbed, marginal = -np.expm1(-rivals) / rivals, np.exp(-rivals)
        causal, _ = ratio_of_sums(np.zeros(rivals.size), marginal, grabbed)
        assert 1 - causal == pytest.approx(0.070, abs=1e-3)
        weighted, _ = ratio_of_sums(np.log(rivals), marginal, grabbed)
        assert 1 - weighted == pytest.approx(copies, abs=1e-3)
        assert 1 - weighted == pytest.approx(1 - 1 / (np.log(top) + np.euler_gamma), abs=1e-4)


def test_adjustment_carries_the_standard_error(draws, weights):
    share = sfc.saturation(draws, weights)
    value = sfc.value_adjustment(share, 0.5).sel(theory=JUDGING)
    share = share.sel(theory=JUDGING)
    assert value.extinction_discount.values == pytest.approx(0.5 * share.recovered_share.values)
    half = 0.5 * share.recovered_share_standard_error.values
    assert value.extinction_discount_standard_error.values == pytest.approx(half)


def test_error_of_a_ratio_is_that_of_repeated_samples():
    """Spread over 400 samples of 300 against the mean stated error, to 15 % (5 sd of a spread)."""
    rng = np.random.default_rng(4)
    found = []
    for _ in range(400):
        upper, noise = rng.uniform(size=300), rng.uniform(size=300)
        found.append(ratio_of_sums(rng.normal(size=300), upper, upper + noise))
    ratios, errors = np.array(found).T
    assert errors.mean() == pytest.approx(ratios.std(), rel=0.2)
    assert 0.5 * errors.mean() != pytest.approx(ratios.std(), rel=0.2)  # negative control


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: sfc.decision.extinction_multiplier(1.2), "recovered share is 1.2"),
        (lambda: sfc.decision.extinction_multiplier(0.5, float("nan")), "similarity is nan"),
        (lambda: sfc.decision.extinction_multiplier(0.5, 1.0, 2.0), "retention is 2.0"),
        (
            lambda: sfc.decision.takeover_ratio(0.5, misaligned=float("inf")),
            "misaligned value is inf",
        ),
    ],
)
def test_bad_values_say_what_is_allowed(call, message):
    with pytest.raises(InputError, match=message):
        call()


def test_bad_thresholds(draws, weights):
    with pytest.raises(InputError, match="low < high"):
        sfc.saturation(draws, weights, thresholds=(0.9, 0.1))


def test_dataset_without_errors_still_adjusts():
    value = sfc.value_adjustment(xr.Dataset({"recovered_share": ("theory", [0.84])}))
    assert value.extinction_multiplier.item() == pytest.approx(0.16)


@pytest.mark.parametrize("share", [0.3, 0.7, 0.75, 0.84, 0.9, 0.99])
@pytest.mark.parametrize("similarity", [0.5, 1.0, 2.0])
def test_adjustment_is_the_table_of_phi(share, similarity):
    """Exact: phi = 1 - s q; neutral where |phi| is within the tolerance, net negative below 0."""
    found = value_adjustment(known(share), similarity, tolerance=0.1)
    phi = 1.0 - share * similarity
    assert found.extinction_multiplier.item() == pytest.approx(phi, abs=1e-14)
    assert found.extinction_discount.item() == pytest.approx(1.0 - phi, abs=1e-14)
    assert found.neutral.item() == (abs(phi) <= 0.1)
    assert found.probability_neutral.item() == pytest.approx(float(abs(phi) <= 0.1))
    assert found.probability_net_negative.item() == pytest.approx(float(phi < 0.0))


def test_full_saturation_by_equals_is_neutral_and_nothing_else_is_near():
    """q = 1 and s -> 1 give neutrality; worse others, or fewer of them, do not."""
    neutral = [
        value_adjustment(known(s), q).neutral.item()
        for s, q in ((1.0, 1.0), (0.95, 1.0), (0.5, 1.0), (1.0, 0.5), (1.0, -1.0))
    ]
    assert neutral == [True, True, False, False, False]


def test_uncertain_similarity_gives_the_probabilities_of_its_law():
    """Closed form: q uniform on [0, 2], s = 1/2: phi uniform on [0, 1]."""
    found = value_adjustment(known(0.5), sfc.Uniform(0.0, 2.0), tolerance=0.2)
    assert found.probability_neutral.item() == pytest.approx(0.2, abs=2e-4)
    assert found.probability_net_negative.item() == 0.0
    quantile = found.extinction_multiplier_quantile.values[0]
    assert quantile == pytest.approx([0.05, 0.5, 0.95], abs=2e-4)
    more = value_adjustment(known(0.5), sfc.Normal(2.0, 1.0))
    assert more.probability_net_negative.item() == pytest.approx(0.5, abs=2e-4)


def test_similarity_that_goes_with_the_world_counts_by_what_is_recovered(draws, weights):
    """E[s q]: a plain loop over worlds, and not the product of means."""
    share = sfc.saturation(draws, weights)
    model = sfc.decision.SpeedLinked(slow=1.0, fast=0.0)
    found = value_adjustment(share, model, draws=draws, weights=weights)
    for theory in JUDGING:
        world = worlds(draws, weights, theory)
        top = bottom = 0.0
        copies = np.exp(world["log_copies"] - world["log_copies"].max())
        q = model.draw(np.full(copies.size, 0.5), world)
        for n, a, u, value in zip(
            copies, world["volume_grabbed"], world["volume_marginal"], q, strict=True
        ):
            top += n * (a - u) * value
            bottom += n * a
        discount = found.extinction_discount.sel(theory=theory).item()
        assert discount == pytest.approx(top / bottom, rel=1e-9)
        apart = share.recovered_share.sel(theory=theory).item() * float(np.mean(q))
        assert abs(discount / apart - 1.0) > 1e-3


def known(share):
    return xr.Dataset({"recovered_share": ("theory", [share])})


def test_errors_of_value_by_hand():
    """Products of independent ratios: relative errors add in squares, first order in each."""
    share, of_share, kept, of_kept, q = 0.6, 0.02, 0.7, 0.03, 0.8
    names = ("recovered_share", "recovered_share_standard_error")
    table = xr.Dataset({n: ("theory", [x]) for n, x in zip(names, (share, of_share), strict=True)})
    names = ("retention", "retention_standard_error")
    later = xr.Dataset({n: ("theory", [x]) for n, x in zip(names, (kept, of_kept), strict=True)})
    found = value_adjustment(table, q, retention=later)
    worth = share * kept
    error = worth * np.sqrt((of_share / share) ** 2 + (of_kept / kept) ** 2)
    assert found.recovered_worth.item() == pytest.approx(worth, rel=1e-12)
    assert found.recovered_worth_standard_error.item() == pytest.approx(error, rel=1e-12)
    assert found.extinction_discount.item() == pytest.approx(worth * q, rel=1e-12)
    assert found.extinction_discount_standard_error.item() == pytest.approx(error * q, rel=1e-12)
    survival = 1.0 - worth * q
    assert found.takeover_ratio.item() == pytest.approx(1.0 / survival, rel=1e-12)
    slope = error * q / survival**2
    assert found.takeover_ratio_standard_error.item() == pytest.approx(slope, rel=1e-12)


def test_a_ratio_is_no_number_where_survival_may_be_worth_nothing():
    """The rule is three standard errors: 2.9 are too near, 3.1 are not."""
    for errors, blank in ((2.9, True), (3.1, False)):
        table = known(1.0 - errors * 0.01)
        table["recovered_share_standard_error"] = ("theory", [0.01])
        found = value_adjustment(table)
        assert bool(np.isnan(found.takeover_ratio.item())) == blank
        assert bool(np.isnan(found.takeover_ratio_standard_error.item())) == blank
    assert (
        sfc.decision.takeover_ratio(1.0, 2.0, misaligned=1.0) == 0.0
    )  # survival is bad, not worth nothing
    with pytest.raises(InputError, match="undefined"):
        sfc.decision.takeover_ratio(1.0, misaligned=1.0)


def test_error_of_the_discount_with_nobody_else_by_hand(draws, weights):
    """Sum n (A - (A - U) kappa q) over sum n V with worlds; without, the sum of both bounds."""
    kept, q = 0.7, 0.8
    share = sfc.saturation(draws, weights, correlated=[0.5])
    within = value_adjustment(share, q, retention=kept, draws=draws, weights=weights)
    alone = value_adjustment(share, q, retention=kept)
    name = "discount_with_nobody_else"
    for theory in JUDGING:
        world = worlds(draws, weights, theory)
        n = np.exp(world["log_copies"] - world["log_copies"].max())
        worth = world["volume_grabbed"] * (1 - kept * q) + world["volume_marginal"] * kept * q
        value = n @ worth / (n @ world["volume_alone"])
        error = np.sqrt(np.sum((n * (worth - value * world["volume_alone"])) ** 2))
        row = within.sel(theory=theory)
        assert row[name].item() == pytest.approx(1 - value, rel=1e-9)
        stated = row[f"{name}_standard_error"].item()
        error /= n @ world["volume_alone"]
        parts = [n * each for each in (world["volume_alone"], worth, world["volume_alone"] - worth)]
        sizes = [part.sum() ** 2 / (part @ part) for part in parts]
        if min(sizes) < 30:  # of few draws: one in as many as there are
            error = max(error, 1.0 / sizes[0])
        assert stated == pytest.approx(error, rel=1e-6)
        own, row = share.sel(theory=theory), alone.sel(theory=theory)
        bound = (1 - kept * q) * own.held_of_alone_standard_error.item()
        bound += kept * q * own.mcs_potential_standard_error.item()
        assert row[f"{name}_standard_error"].item() == pytest.approx(bound, rel=1e-9)


@pytest.mark.parametrize("misaligned", [-0.5, 0.0, 0.3])
def test_takeover_with_what_misaligned_ones_are_worth(misaligned):
    """(1 - u_M) / (1 - s kappa q): what alignment gains, over what survival does."""
    shares = np.array([0.0, 0.7, 1.0])
    table = xr.Dataset({"recovered_share": ("theory", shares)})
    value = value_adjustment(table, 0.8, retention=0.5, misaligned=misaligned)
    expected = (1.0 - misaligned) / (1.0 - shares * 0.5 * 0.8)
    np.testing.assert_allclose(value.takeover_ratio.values, expected, rtol=1e-12)
