"""Saturation: readings against closed forms, the redrawn worlds and thinned births."""

from __future__ import annotations

import warnings

import numpy as np
import pytest

import sfc_sim as sfc
from sfc_sim._core.quantiles import weighted_quantiles
from sfc_sim._core.world import worlds
from sfc_sim.decision.shares import added_and_taken
from sfc_sim.distributions import Fixed
from sfc_sim.expansion.coverage import tabulate
from sfc_sim.expansion.displacement import marginal_saturation, recovered_by_displacement
from sfc_sim.expansion.grid import make_grid
from tests.given import unmet, unseen

PLANCK = sfc.Background.named("Planck18")
# Volume within our reach at the speed of light over the observable one.
REACHABLE = PLANCK.affectable_volume(PLANCK.age) / PLANCK.observable_volume_now

pytestmark = pytest.mark.filterwarnings("ignore::sfc_sim.EffectiveSampleSizeWarning")


@pytest.fixture(scope="module")
def draws():
    return sfc.sample("cook2022-balanced", 6000, rng=11)


@pytest.fixture(scope="module")
def weights(draws):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", sfc.EffectiveSampleSizeWarning)
        return sfc.weigh(draws)


@pytest.fixture(scope="module")
def share(draws, weights):
    return sfc.saturation(draws, weights)


def toy(top: float) -> sfc.Scenario:
    """A static scenario with D log-uniform from 1e-6 to `top`."""
    stars = sfc.LogUniform(1e-6 / REACHABLE / 1e10, top / REACHABLE / 1e10)
    sure = {f"factor_{k}": Fixed(1.0) for k in range(1, 10)}
    return sfc.load_scenario("sandberg2018-toy").replace(stars=stars, **sure)


@pytest.fixture(scope="module", params=[1e2, 1e3])
def logarithmic(request):
    draws = sfc.sample(toy(request.param), 20_000, rng=3)
    return request.param, draws, sfc.weigh(draws)


def test_toy_prior(logarithmic) -> None:
    """Causal .070 / .070, mean of ratios .25 / .33, copies in proportion to D .807 / .866."""
    top, draws, weights = logarithmic
    table = sfc.saturation(draws, weights)
    mean = {1e2: 0.25, 1e3: 0.33}[top]
    copies = 1.0 - 1.0 / (np.log(top) + np.euler_gamma)
    assert copies == pytest.approx({1e2: 0.807, 1e3: 0.866}[top], abs=1e-3)
    for theory, name, expected in (
        ("prior", "recovered_share", 0.070),
        ("prior", "recovered_mean", mean),
        ("sia", "recovered_share", copies),
        ("adt-total", "recovered_share", copies),
        ("adt-total", "recovered_mean", copies),
    ):
        row = table.sel(theory=theory)
        error = row[f"{name}_standard_error"].item()
        # The means are known to two digits.
        rounding = 0.005 if name == "recovered_mean" and theory == "prior" else 5e-4
        assert abs(row[name].item() - expected) < 4 * error + rounding
    # Negative control: the statistics are not one another's.
    row = table.sel(theory="prior")
    apart = abs(row.recovered_share - row.recovered_mean).item()
    assert apart > 10 * row.recovered_mean_standard_error.item()


def test_the_static_worlds_are_the_closed_forms(logarithmic) -> None:
    _, draws, weights = logarithmic
    shares = sfc.decision.marginal_shares(draws, weights, "prior", correlated=(0.0, 0.5, 1.0))
    rivals = np.exp(shares.log_rivals.values)
    for reading in ("grabbed", "potential", "world"):
        expected = marginal_saturation(rivals, reading)
        # exp of a log of D near 1e3 loses three digits.
        np.testing.assert_allclose(shares[f"mcs_{reading}"], expected, rtol=1e-11, atol=1e-300)
    for row, c in zip(shares.mcs_correlated.values, (0.0, 0.5, 1.0), strict=True):
        expected = marginal_saturation(rivals, "correlated", correlated=c)
        np.testing.assert_allclose(row, expected, rtol=1e-11, atol=1e-300)
    table = sfc.saturation(draws, weights, correlated=(0.0, 1.0))
    np.testing.assert_allclose(table.mcs_correlated.sel(correlated=0.0), table.mcs_grabbed)
    np.testing.assert_allclose(table.mcs_correlated.sel(correlated=1.0), 1.0)
    np.testing.assert_allclose(table.mcs_world, table.mcs_potential)
    low, high = 10.0 ** np.quantile(np.log10(rivals), [0.05, 0.95])
    np.testing.assert_allclose(
        table.rivals.sel(theory="prior", quantile=[0.05, 0.95]), [low, high], rtol=2e-3
    )


def test_readings_against_plain_sums(draws, weights, share) -> None:
    """Sums over the draws in a loop, with n of adt-total made from its factors."""
    above = below = np.zeros(4)
    names = ["log_seen_now", "log_observers_like_us", "expanding_fraction", "volume_grabbed",
             "volume_marginal", "volume_alone", "log_covered_final"]  # fmt: skip
    for row in zip(*(unseen(draws)[name].values for name in names), strict=True):
        log_seen, log_like_us, expanding, grabbed, kept, alone, log_covered = row
        copies = np.exp(log_like_us - np.exp(log_seen)) * expanding
        covered = np.exp(log_covered)
        group = alone * (np.exp(-covered / 2) - np.exp(-covered)) / (covered / 2)
        first = alone * -np.expm1(-covered) / covered
        above = above + copies * np.array([kept, kept, alone * np.exp(-covered), group])
        below = below + copies * np.array([grabbed, alone, alone, first])
    row = share.sel(theory="adt-total")
    found = [row.mcs_grabbed, row.mcs_potential, row.mcs_world, row.mcs_correlated[1]]
    # The plain difference of exponentials loses digits where V is small.
    np.testing.assert_allclose(found, above / below, rtol=1e-6)
    assert row.mcs_world.item() != pytest.approx(row.mcs_potential.item(), rel=1e-3)


def test_a_share_of_the_births_taken_away(draws, weights) -> None:
    """The draws sampled again with half of the expanding fraction: nothing else changes.

    What is taken less is what the other half adds; births thin out as a Poisson process does.
    """
    chosen = np.flatnonzero(np.abs(draws.log_covered_final.values - 1.0) < 2.0)[:8]
    for i in chosen:
        draw = draws.isel(draw=int(i))
        names = list(sfc.load_scenario("cook2022-balanced").parameters)
        fixed = {name: Fixed(draw[name].item()) for name in names}
        fixed["expanding_fraction"] = Fixed(0.5 * draw.expanding_fraction.item())
        thinned = sfc.sample(sfc.load_scenario("cook2022-balanced").replace(**fixed), 1, rng=1)
        free, fewer = draw.unsaturated_final.item(), thinned.unsaturated_final.item()
        expected = (fewer - free) / (0.5 * (1.0 - free))
        world = sfc.sampling.worlds(draws, weights, "prior")
        found = np.divide(*added_and_taken(world, "correlated", 0.5))[i]
        # Step times are drawn per step; of a fixed mean they are as good as the same: 1e-9.
        assert found == pytest.approx(expected, rel=1e-7)
        assert found != pytest.approx(expected / 0.9, rel=1e-3)


def test_classes_and_quantiles_by_hand(draws, weights) -> None:
    table = sfc.saturation(
        draws, weights, thresholds=(0.2, 0.9), quantiles=(0.5,), reading="potential"
    ).sel(theory="adt-average")
    weight = np.exp(weights.log_weight.sel(theory="adt-average").values)
    kept = unseen(draws).volume_marginal.values / draws.volume_alone.values
    expected = [weight[kept > 0.9].sum(), 0.0, weight[kept < 0.2].sum()]
    expected[1] = 1.0 - expected[0] - expected[2]
    np.testing.assert_allclose(table.class_probability, expected, atol=1e-12)
    # Classes go by the reading asked for; quantiles of the recovered fraction do not.
    recovered, middle = draws.recovered_fraction.values, table.recovered_quantile.item()
    below = weight[recovered < middle - 1e-12].sum()
    assert below < 0.5 <= weight[recovered <= middle + 1e-12].sum() + 1e-12
    grabbed = sfc.saturation(draws, weights, thresholds=(0.2, 0.9)).sel(theory="adt-average")
    assert abs(grabbed.class_probability[0] - expected[0]) > 1e-3


def test_what_is_at_stake_is_a_mean_over_copies(draws, weights) -> None:
    table = sfc.saturation(draws, weights)
    for theory in ("prior", "adt-total"):
        world = sfc.sampling.worlds(draws, weights, theory)
        copies = np.exp(world["log_copies"] - world["log_copies"].max())
        mean = np.average(world["volume_grabbed"], weights=copies)
        assert table.volume_at_stake.sel(theory=theory).item() == pytest.approx(mean, rel=1e-12)


def test_a_world_at_a_threshold_is_between_them(draws, weights) -> None:
    kept = unseen(draws).volume_marginal.values / unseen(draws).volume_grabbed.values
    some = np.unique(kept[(kept > 0.1) & (kept < 0.9)])
    ends = float(some[1]), float(some[-2])
    found = sfc.saturation(draws, weights, thresholds=ends).sel(theory="ssa-civilizations")
    weight = np.exp(weights.log_weight.sel(theory="ssa-civilizations").values)
    expected = [
        weight[kept > ends[1]].sum(),
        weight[(kept >= ends[0]) & (kept <= ends[1])].sum(),
        weight[kept < ends[0]].sum(),
    ]
    np.testing.assert_allclose(found.class_probability, expected, atol=1e-12)


@pytest.mark.parametrize("ends", [(0.5, 0.5), (0.9, 0.2), (0.2, 1.5), (-0.1, 0.5)])
def test_thresholds_are_in_order(draws, weights, ends) -> None:
    with pytest.raises(sfc.InputError, match="they must be 0 <= low < high <= 1"):
        sfc.saturation(draws, weights, thresholds=ends)
    sfc.saturation(draws, weights.isel(theory=[0]), thresholds=(0.0, 1.0))


def test_plain_quantiles() -> None:
    sample = np.random.default_rng(2).normal(size=1001)
    places = np.array([0.0, 0.3, 1.0])
    expected = np.quantile(sample, places, method="inverted_cdf")
    np.testing.assert_array_equal(weighted_quantiles(sample, np.ones(1001), places), expected)


def test_readings_are_in_order(draws, weights) -> None:
    """One sees U <= A <= V_max; and correlation only ever raises what is added."""
    shares = sfc.decision.marginal_shares(draws, weights, "prior", correlated=(0.0, 0.3, 1.0))
    assert (shares.mcs_potential <= shares.mcs_grabbed + 1e-12).all()
    assert (np.diff(shares.mcs_correlated.values, axis=0) >= -1e-12).all()
    assert (shares.mcs_world <= shares.mcs_correlated.sel(correlated=0.0) + 1e-12).all()
    np.testing.assert_allclose(shares.mcs_correlated.sel(correlated=1.0), 1.0, rtol=1e-12)


def test_more_civilizations_recover_more() -> None:
    """In the dynamic model: the same births, more of them expanding."""
    grid = make_grid(PLANCK, np.zeros(1))
    coverage = tabulate(grid, *sfc.appearance.PowerLawAppearance(n=6).log_rate({}, grid.times))
    # From none to very many born by now.
    log_expanding = np.linspace(-12.0, 9.0, 61) - coverage.log_potential(by_now=True)
    for seen_none in (True, False):
        grabbed, log_kept, _ = coverage.volumes(log_expanding, np.full(61, 0.7), unseen=seen_none)
        recovered = -np.expm1(log_kept - np.log(grabbed))
        # Quadrature is good to 1e-9 or so, and both ends are reached.
        assert (np.diff(recovered) > -1e-9).all()
        assert recovered[0] < 1e-3
        assert recovered[-1] > 0.99


def test_dates_recover_less_than_starting_together(draws, weights) -> None:
    """At the same D: most rivals start later than we do, or never reach anything."""
    shares = sfc.decision.marginal_shares(draws, weights, "prior")
    rivals = np.exp(shares.log_rivals.values)
    some = (rivals > 0.1) & (rivals < 10.0) & (shares.log_weight.values > -20.0)
    static = recovered_by_displacement(rivals[some])
    assert np.median(1.0 - shares.mcs_grabbed.values[some] - static) < 0.0


def test_evidence_chooses_the_volumes(draws) -> None:
    weights = sfc.weigh(draws, "not-engulfed", theories=["prior"])
    table = sfc.saturation(draws, weights).squeeze()
    spared = np.exp(-np.exp(draws.log_covered_now.values))
    kept = spared @ unmet(draws).volume_marginal.values
    expected = kept / (spared @ unmet(draws).volume_grabbed.values)
    assert table.mcs_grabbed.item() == pytest.approx(expected, rel=1e-12)
    wrong = (spared @ unseen(draws).volume_marginal.values) / (
        spared @ unseen(draws).volume_grabbed.values
    )
    assert wrong != pytest.approx(expected, rel=1e-4)


def test_effective_draws_and_labels_go_along(weights, share) -> None:
    np.testing.assert_array_equal(share.ess, weights.ess)
    assert all(share[name].attrs.get("long_name") for name in share.data_vars)
    assert share.attrs["reading"] == "grabbed"
    assert "scenario_hash" in share.attrs


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({"thresholds": 0.5}, "thresholds is 0.5; it must be a list of numbers"),
        ({"quantiles": [1.5]}, r"quantiles is \[1.5\]; .* from 0 to 1"),
        ({"quantiles": 0.5}, "quantiles is 0.5; it must be a list"),
        ({"correlated": []}, r"correlated is \[\]; it must be a list"),
        ({"correlated": ["x"]}, "each of correlated is 'x'; it must be a finite number"),
        ({"reading": "correlated"}, "unknown reading of the classes 'correlated'"),
    ],
)
def test_a_wrong_argument_is_named(draws, weights, arguments, words: str) -> None:
    with pytest.raises(sfc.InputError, match=words) as caught:
        sfc.saturation(draws, weights, **arguments)
    assert "\n" not in str(caught.value)


def test_unknown_reading_and_theory(draws, weights) -> None:
    with pytest.raises(sfc.InputError, match="did you mean 'world'"):
        added_and_taken(sfc.sampling.worlds(draws, weights, "prior"), "wrld")
    with pytest.raises(sfc.InputError, match="did you mean 'sia'"):
        sfc.decision.marginal_shares(draws, weights, "sai")


@pytest.mark.parametrize("theory", ["prior", "adt-total"])
def test_quantiles_and_classes_have_errors(draws, weights, share, theory) -> None:
    """By hand: the weight at or below a quantile, one standard error up and down, read back."""
    world = sfc.sampling.worlds(draws, weights, theory)
    weight = np.exp(world["log_weight"])
    weight /= weight.sum()
    values = 1 - world["volume_marginal"] / world["volume_grabbed"]
    row = share.sel(theory=theory)
    middle = row["recovered_quantile"].sel(quantile=0.5).item()
    spread = np.sqrt(np.sum((weight * ((values <= middle) - 0.5)) ** 2))
    order = np.argsort(values, kind="stable")
    below = np.cumsum(weight[order])
    for end, level in (("_low", 0.5 - spread), ("_high", 0.5 + spread)):
        found = row[f"recovered_quantile{end}"].sel(quantile=0.5).item()
        assert found == values[order][np.searchsorted(below, level)]
    assert (row["rivals_low"] <= row["rivals"]).all()
    assert (row["rivals"] <= row["rivals_high"]).all()
    inside = (1 - values < 0.05).astype(float)
    error = np.sqrt(np.sum((weight * (inside - weight @ inside)) ** 2))
    found = row["class_probability_standard_error"].sel({"class": "redundantly-saturated"}).item()
    assert found == pytest.approx(error, rel=1e-6)
    part = np.exp(world["log_copies"] - world["log_copies"].max())
    part = part * (world["volume_grabbed"] - world["volume_marginal"])
    assert row["recovered_share_ess"].item() <= part.sum() ** 2 / (part**2).sum() * (1 + 1e-9)


def test_a_share_that_few_worlds_carry_says_so() -> None:
    """Nearly empty worlds: what is recovered lies in few of them. Negative control: the weights."""
    draws = sfc.sample("cook2022-balanced", 2000, rng=3)
    share = sfc.saturation(draws, sfc.weigh(draws, "none", theories=["prior"]))
    assert share["ess"].item() == pytest.approx(2000)
    assert share["recovered_share_ess"].item() < 200


@pytest.mark.verification
def test_errors_of_means_that_few_worlds_carry() -> None:
    """250 seeds of 100 draws: the truth is within two errors in more than 90 %.

    By the spread of the draws alone it is in fewer than 80 %.
    """
    names = ("volume_displaced", "recovered_mean")
    many = sfc.sample("finnveden2019", 60_000, rng=99)
    true = sfc.saturation(many, sfc.weigh(many, theories=["prior"])).sel(theory="prior")
    inside, plain = np.zeros(2), np.zeros(2)
    for seed in range(250):
        draws = sfc.sample("finnveden2019", 100, rng=seed)
        weights = sfc.weigh(draws, theories=["prior"])
        found, world = sfc.saturation(draws, weights), worlds(draws, weights, "prior")
        weight = np.exp(world["log_weight"] + world["log_outside"])
        values = world.lost, world.recovered
        for k, (name, each) in enumerate(zip(names, values, strict=True)):
            share = (np.exp(world.log_copies), weight)[k]
            share = share / share.sum()
            off = abs(found[name] - true[name]).item()
            inside[k] += off <= 2.0 * found[f"{name}_standard_error"].item()
            plain[k] += off <= 2.0 * np.sqrt(np.sum((share * (each - share @ each)) ** 2))
    assert (inside > 0.9 * 250).all()
    assert (plain < 0.8 * 250).all()


@pytest.mark.parametrize("model", [1.0, sfc.decision.SpeedLinked(slow=1.0, fast=-1.0)])
def test_one_draw_is_not_without_error(model) -> None:
    """What is displaced, its worth and the mean share may then be anything that they can be."""
    draws = sfc.sample("finnveden2019", 1, rng=3)
    weights = sfc.weigh(draws, theories=["prior"])
    share = sfc.saturation(draws, weights)
    value = sfc.value_adjustment(share, model, draws=draws, weights=weights)
    staked, speed = share.volume_at_stake.item(), draws.expansion_speed.values
    most = abs(model.draw(np.zeros(1), {"expansion_speed": speed}).item()) if model != 1.0 else 1.0
    assert share.volume_displaced_standard_error.item() == pytest.approx(staked)
    assert value.displaced_worth_standard_error.item() == pytest.approx(most * staked)
    assert share.recovered_mean_standard_error.item() == pytest.approx(1.0)


def test_a_world_without_parameters_has_no_error() -> None:
    draws = sfc.sample("drake1961-high", 20, rng=1)
    share = sfc.saturation(draws, sfc.weigh(draws, "none", theories=["prior"]))
    for name in ("volume_displaced", "recovered_mean", "recovered_share"):
        assert share[f"{name}_standard_error"].item() == 0.0
