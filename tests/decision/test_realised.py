"""Realised worlds scatter about the expected ones, with the same share in expectation."""

from __future__ import annotations

import numpy as np
import pytest

import sfc_sim as sfc
from sfc_sim._core.quantiles import quantile_interval, weighted_quantiles
from sfc_sim._core.weighted import shares_of
from sfc_sim._core.world import worlds
from sfc_sim.decision.realised import realised_saturation
from tests.given import unseen

pytestmark = pytest.mark.filterwarnings("ignore::sfc_sim.EffectiveSampleSizeWarning")


@pytest.fixture(scope="module")
def draws():
    return sfc.sample("cook2022-balanced", 4000, rng=11)


@pytest.fixture(scope="module")
def weights(draws):
    return sfc.weigh(draws, theories=["sia", "adt-total"])


@pytest.fixture(scope="module")
def found(draws, weights):
    return realised_saturation(draws, weights, size=40, realisations=4, rng=2)


def test_volumes_are_those_of_each_world_on_average(draws, found):
    """Sum over realisations of A less its expectation, each over the spread: to 4 errors."""
    expected = unseen(draws).volume_grabbed.sel(draw=found.draw.values).values
    ratio = (found.volume_grabbed.values / expected).reshape(-1, 4).mean(axis=1)
    error = ratio.std(ddof=1) / np.sqrt(ratio.size)
    assert abs(ratio.mean() - 1.0) < 4 * error
    alone = draws.volume_alone.sel(draw=found.draw.values).values
    off = (found.volume_grabbed.values / alone).mean()
    assert abs(off - 1.0) > 4 * error  # negative control: nobody else


def test_realised_worlds_lie_further_apart(found):
    """Those without anybody near, of which expected worlds know few, and those that are full."""
    realised, expected = (found.sel(kind=kind) for kind in ("realised", "expected"))
    width = [float(np.ptp(one.recovered_quantile.values)) for one in (realised, expected)]
    assert width[0] > width[1]
    free = realised.class_probability.sel({"class": "non-saturated"})
    assert free > expected.class_probability.sel({"class": "non-saturated"})


def test_shares_by_hand(draws, weights, found):
    recovered = found.recovered_fraction.values
    weight = np.exp(found.log_weight.values)
    assert weight.sum() == pytest.approx(1.0)
    realised = found.sel(kind="realised")
    assert realised.probability_neutral.item() == pytest.approx(weight @ (recovered >= 0.9))
    classes = [weight @ (recovered < 0.05), weight @ (recovered > 0.95)]
    shares = realised.class_probability.values
    assert shares[[0, 2]] == pytest.approx(classes)
    assert shares.sum() == pytest.approx(1.0)
    # Expected worlds: those of the value of survival.
    share = sfc.saturation(draws, weights)
    value = sfc.value_adjustment(share, draws=draws, weights=weights).sel(theory="adt-total")
    expected = found.sel(kind="expected")
    assert expected.probability_neutral.item() == pytest.approx(value.probability_neutral.item())
    classes = share.class_probability.sel(theory="adt-total").values
    assert expected.class_probability.values == pytest.approx(classes)


def test_ends_of_quantiles(draws, weights, found):
    """Worlds count, not realisations; expected worlds by their stakes."""
    world = worlds(draws, weights, "adt-total")
    share, levels = shares_of(world.log_stakes), (0.05, 0.5, 0.95)
    expected = quantile_interval(world.recovered, share, levels)
    ends = [f"recovered_quantile{end}" for end in ("", "_low", "_high")]
    for name, values in zip(ends, expected, strict=True):
        np.testing.assert_array_equal(found[name].sel(kind="expected"), values)
    recovered = found.recovered_fraction.values.reshape(-1, 4)
    weight = np.exp(found.log_weight.values).reshape(-1, 4)
    middle, low, high = (found[name].sel(kind="realised", quantile=0.5).item() for name in ends)
    error = np.sqrt(np.sum((weight * ((recovered <= middle) - 0.5)).sum(axis=1) ** 2))
    by_hand = weighted_quantiles(recovered.ravel(), weight.ravel(), [0.5 - error, 0.5 + error])
    assert [low, high] == by_hand.tolist()
    alone = quantile_interval(recovered.ravel(), weight.ravel(), [0.5])
    assert high - low > (alone[2] - alone[1]).item()  # negative control


def test_seed_alone_decides_and_progress_is_told(draws, weights):
    told = []
    one, two = (
        realised_saturation(
            draws, weights, size=3, rng=5, threads=many,
            progress=lambda done, total: told.append((done, total)),
        )
        for many in (1, 2)
    )  # fmt: skip
    np.testing.assert_array_equal(one.volume_grabbed, two.volume_grabbed)
    assert told[0][0] == 1
    assert told[-1][0] == told[-1][1]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({"theory": "adt-totl"}, "did you mean 'adt-total'"),
        ({"size": 0}, "size is 0"),
        ({"realisations": 0}, "realisations is 0"),
        ({"tolerance": -1.0}, "tolerance is -1"),
        ({"retention": 2.0}, "retention is 2"),
        ({"thresholds": (0.9, 0.1)}, "low < high"),
    ],
)
def test_a_wrong_argument_is_named(draws, weights, arguments, words):
    with pytest.raises(sfc.InputError, match=words):
        realised_saturation(draws, weights, **arguments)


def test_a_static_scenario_is_refused():
    static = sfc.sample("sandberg2018", 100, rng=1)
    known = sfc.weigh(static, "none", theories=["prior"])
    with pytest.raises(sfc.InputError, match="has no dates of appearance"):
        realised_saturation(static, known, size=2)
