"""When others come: closed forms, the claims of the chain, and published rates of loss."""

from __future__ import annotations

import numpy as np
import pytest

import sfc_sim as sfc
from sfc_sim._core.weighted import product_of_ratios
from sfc_sim.cosmology.background import Background
from sfc_sim.decision.outcomes import arrivals_of, chosen_worlds
from sfc_sim.decision.timing import loss_by_waiting
from sfc_sim.decision.weightings import WEIGHTINGS, starlight_left, worth_of
from sfc_sim.expansion.arrivals import arrivals_at_once

pytestmark = pytest.mark.filterwarnings(
    "ignore::sfc_sim.inference.theories.EffectiveSampleSizeWarning"
)
PLANCK = Background.named("Planck18")


@pytest.fixture(scope="module")
def draws():
    return sfc.sample("cook2022-balanced", 6000, rng=11, aim=["prior", "sia", "adt-total"])


@pytest.fixture(scope="module")
def weights(draws):
    return sfc.weigh(draws, theories=["prior", "sia", "adt-total"])


def test_all_at_once_is_the_displacement_model():
    rivals = np.array([0.01, 0.3, 1.0, 3.0, 10.0, 200.0])
    found = arrivals_at_once(PLANCK, rivals, np.full(6, 0.5))
    alone = 0.125 * PLANCK.affectable_volume(PLANCK.age)
    exact = -np.expm1(-rivals) / rivals
    # 16 Gauss shells of exp(-D r^3): 1e-9 up to D = 10; 1e-5 where only a ninth of D is in reach.
    assert found.grabbed() / alone == pytest.approx(exact, rel=1e-5)
    assert found.marginal()[:5] / alone == pytest.approx(np.exp(-rivals[:5]), rel=1e-5)
    assert found.shared() / alone == pytest.approx(exact, rel=1e-5)


@pytest.mark.parametrize("evidence", ["nothing-visible", "not-engulfed"])
@pytest.mark.parametrize("theory", ["sia", "adt-total"])
def test_volumes_are_those_of_the_chain(draws, evidence, theory):
    """The chain integrates by other shells, and knows no dates of arrival."""
    weights = sfc.weigh(draws, evidence, theories=[theory])
    picked = chosen_worlds(draws, weights, theory, 300)
    found = arrivals_of(draws, weights, picked)
    assert found.grabbed() == pytest.approx(picked.world["volume_grabbed"], rel=1e-4)
    marginal = picked.world["volume_marginal"]
    some = marginal > 1e-6 * picked.world["volume_grabbed"]
    assert some.sum() > 50
    assert found.marginal()[some] == pytest.approx(marginal[some], rel=1e-4)


def test_what_is_recovered_is_what_is_not_marginal(draws, weights):
    picked = chosen_worlds(draws, weights, "sia", 300)
    found = arrivals_of(draws, weights, picked)
    lost = found.grabbed() - found.marginal()
    assert found.recovered() == pytest.approx(lost, rel=1e-9, abs=1e-9)


def test_a_worth_that_does_not_change_keeps_all(draws, weights):
    kept = sfc.decision.retention(draws, weights, lambda dates: np.full_like(dates, 3.0), size=200)
    assert kept.retention.values == pytest.approx(1.0, rel=1e-9)


def test_a_worth_that_falls_keeps_less(draws, weights):
    """Within 3 standard errors, of 200 worlds; under self-indication below 1 by more than that."""
    for name in ("starlight", "horizon", "decay"):
        found = sfc.decision.retention(draws, weights, name, size=200)
        kept, error = found.retention, found.retention_standard_error
        assert np.all((kept > 0.0) & (kept - 3.0 * error < 1.0))
        assert (kept + 3.0 * error).sel(theory="sia") < 1.0
    later = found.date_recovered - found.date_grabbed
    spread = np.hypot(found.date_recovered_standard_error, found.date_grabbed_standard_error)
    assert np.all(later + 3.0 * spread > 0.0)
    assert (later - 3.0 * spread).sel(theory="sia") > 0.0
    # Negative control: a worth that rises keeps more.
    risen = sfc.decision.retention(draws, weights, lambda dates: dates / PLANCK.age, size=200)
    kept, error = risen.retention, risen.retention_standard_error
    assert (kept - 3.0 * error).sel(theory="sia") > 1.0


def test_errors_of_dates_are_those_of_repeats(draws, weights):
    """Of 20 choices of 200 worlds: the scatter is the error within 4 of its own, 1 / sqrt(38)."""
    alone = weights.sel(theory=["sia"])
    made = [sfc.decision.retention(draws, alone, size=200, rng=seed) for seed in range(20)]
    for name in ("date_grabbed", "date_recovered"):
        scatter = np.std([one[name].item() for one in made], ddof=1)
        error = np.mean([one[f"{name}_standard_error"].item() for one in made])
        assert abs(np.log(scatter / error)) < 4.0 / np.sqrt(38.0)
        assert abs(np.log(scatter / (4.0 * error))) > 4.0 / np.sqrt(38.0)  # negative control


def test_the_same_draws_give_the_same_answer(draws, weights):
    one, two = (sfc.decision.retention(draws, weights, size=100).retention.values for _ in range(2))
    assert np.array_equal(one, two)


@pytest.mark.parametrize("name", WEIGHTINGS)
def test_worth_is_one_today_and_never_rises(name):
    worth = worth_of(name, PLANCK)
    dates = PLANCK.age + np.array([0.0, 1.0, 10.0, 100.0])
    found = worth(dates)
    assert found[0] == pytest.approx(1.0, rel=1e-3)
    assert np.all(np.diff(found) <= 0.0)


def test_starlight_is_that_of_one_star_at_a_time():
    """A plain sum over stars born when the law says, for two dates."""
    from sfc_sim.planets.formation import PlanetHistory
    from sfc_sim.planets.hosts import host_lifetime

    mass = np.geomspace(0.08, 100.0, 400)
    fuel = [(m / 0.5) ** -(1.3 if m < 0.5 else 2.3) * m * m for m in mass]
    life = [host_lifetime(min(m, 3.0)) for m in mass]
    ages, left = starlight_left()
    for date in (20.0, 50.0):
        total = kept = 0.0
        for born in np.linspace(0.5, 60.0, 120):
            rate = PlanetHistory("madau2014").rate(born)
            for f, span in zip(fuel, life, strict=True):
                total += rate * f
                kept += rate * f * (1.0 - min(1.0, max(0.0, date - born) / span))
        # The coarser sum over births, each half a Gyr, is good to 1 %.
        assert np.interp(date, ages, left) == pytest.approx(kept / total, rel=0.02)


def test_a_year_of_delay_with_nobody_else(draws, weights):
    """1 / 5.5e9 of the affectable volume (Ord 2021); 3 over the event horizon in Planck18."""
    lost = sfc.decision.delay_cost(draws, weights, size=100)
    assert lost.alone_lost_per_year.values == pytest.approx(1.80932526e-10, rel=1e-6)


def test_delay_loses_what_the_reach_does_where_nobody_is():
    draws = sfc.sample("cook2022-balanced", 500, rng=3)
    weights = sfc.weigh(draws, "none", theories=["prior"])
    lonely = draws["log_covered_final"].values < -20.0
    assert lonely.sum() > 50
    weights["log_weight"][0] = np.where(lonely, -np.log(lonely.sum()), -np.inf)
    lost = sfc.decision.delay_cost(draws, weights, delay=1e-3, size=100)
    # A finite difference of (span - tau)^3 by 1e-3 of 16.6 Gly is good to 1e-4.
    assert lost.grabbed_lost_per_year.item() == pytest.approx(1.80932526e-10, rel=2e-4)
    assert lost.marginal_lost_per_year.item() == pytest.approx(1.80932526e-10, rel=2e-4)


@pytest.mark.verification
def test_errors_of_what_delay_loses_are_those_of_repeats():
    """Of 20 seeds: within 4 of the log scatter's own error, 1 / sqrt(38); few draws have more."""
    made = []
    for seed in range(20):
        draws = sfc.sample("cook2022-balanced", 500, rng=seed)
        weights = sfc.weigh(draws, "none", theories=["prior"])
        made.append(sfc.decision.delay_cost(draws, weights, size=500))
    for name in ("grabbed_lost_per_year", "marginal_lost_per_year"):
        scatter = np.std([one[name].item() for one in made], ddof=1)
        error = np.mean([one[f"{name}_standard_error"].item() for one in made])
        assert abs(np.log(scatter / error)) < 4.0 / np.sqrt(38.0)
        assert abs(np.log(scatter / (4.0 * error))) > 4.0 / np.sqrt(38.0)  # negative control
        assert made[0][f"{name}_standard_error"].attrs["units"] == "yr-1"
    draws = sfc.sample("cook2022-balanced", 1, rng=0)
    one = sfc.decision.delay_cost(draws, sfc.weigh(draws, "none", theories=["prior"]), size=5)
    assert one.grabbed_lost_per_year_standard_error >= one.alone_lost_per_year


def test_rivals_make_delay_cost_more(draws, weights):
    lost = sfc.decision.delay_cost(draws, weights, size=200).sel(theory="adt-total")
    assert lost.grabbed_lost_per_year > 1.2 * lost.alone_lost_per_year
    assert lost.marginal_lost_per_year < lost.grabbed_lost_per_year


def test_nobody_to_recover_keeps_all():
    draws = sfc.sample("cook2022-balanced", 200, rng=3)
    weights = sfc.weigh(draws, "none", theories=["prior"])
    none = draws["log_covered_final"].values < -60.0
    assert none.any()
    weights["log_weight"][0] = np.where(none, -np.log(none.sum()), -np.inf)
    kept = sfc.decision.retention(draws, weights, size=50)
    assert kept.retention.item() == pytest.approx(1.0, abs=0.5)
    assert np.isfinite(kept.retention.item())


@pytest.mark.parametrize(
    ("rule", "more"),
    [("first-come", {}), ("trade", {"trade": 0.0}), ("winner-takes-all", {"conflict": 0.0})],
)
def test_contest_without_contest_is_first_come(draws, weights, rule, more):
    found = sfc.decision.contest(draws, weights, rule, **more)
    share = sfc.saturation(draws, weights)
    # 1,000 worlds stand for all: 4 standard errors of theirs.
    error = 4.0 * found.recovered_share_standard_error.values
    assert np.all(np.abs(found.recovered_share - share.recovered_share).values < error + 1e-3)


def by_hand(draws, weights, theory, held):
    """1 - sum n U / sum n H over all draws, from the volumes of the draws."""
    world = sfc.sampling.worlds(draws, weights, theory)
    universe = sfc.Background.named("Planck18")
    taken = -np.expm1(-np.exp(world["log_covered_final"]))
    volume = float(universe.affectable_volume(universe.age))
    worth = held(world["volume_grabbed"], world["volume_alone"] / volume, taken, volume)
    copies = np.exp(world["log_copies"] - world["log_copies"].max())
    return (copies @ (worth[0] - world["volume_marginal"])) / (copies @ worth[1])


@pytest.mark.parametrize("theory", ["sia", "adt-total"])
def test_conflict_is_in_affectable_volumes(draws, weights, theory):
    """Cook's A / (1 - g) x V in affectable volumes, to 1 standard error: of the same draws."""

    def winner(grabbed, reach, taken, volume):
        chance = np.minimum(1.0, grabbed / volume / taken)
        held = 0.5 * grabbed + 0.5 * chance * reach * volume
        return held, held

    def too_wide(grabbed, reach, taken, volume):
        chance = np.minimum(1.0, grabbed / (21.63 * volume) / taken)  # observable volumes
        held = 0.5 * grabbed + 0.5 * chance * reach * volume
        return held, held

    found = sfc.decision.contest(draws, weights, "winner-takes-all", size=6000).sel(theory=theory)
    error = found.recovered_share_standard_error.item()
    share = found.recovered_share.item()
    assert abs(share - by_hand(draws, weights, theory, winner)) < error
    assert abs(share - by_hand(draws, weights, theory, too_wide)) > 3 * error  # negative control


@pytest.mark.parametrize("mean", [0.3, 1.0, 4.0])
def test_trade_gains_what_returns_above_cost(draws, weights, mean):
    """The mean of max(x - 1, 0) over k exp(-k x), by quadrature, to 4 standard errors."""
    x = np.linspace(1.0, 200.0, 400_001)
    gain = np.trapezoid((x - 1.0) * np.exp(-x / mean) / mean, x)
    expected = by_hand(
        draws, weights, "adt-total", lambda a, _v, taken, _u: (a, a * (1.0 + gain * taken))
    )
    found = sfc.decision.contest(draws, weights, "trade", trade=mean).sel(theory="adt-total")
    error = 4.0 * found.recovered_share_standard_error.item()
    assert abs(found.recovered_share.item() - expected) < error


@pytest.mark.parametrize("speed", [0.05, 0.1, 0.3])
def test_slow_fronts_recover_no_less_than_nothing(speed):
    scenario = sfc.load_scenario("cook2022-balanced").replace(expansion_speed=speed)
    draws = sfc.sample(scenario, 1000, rng=1)
    weights = sfc.weigh(draws, theories=["prior", "sia", "adt-total"])
    found = sfc.decision.contest(draws, weights, "winner-takes-all", conflict=1.0, size=200)
    assert (found.recovered_share >= 0.0).all()


def test_what_is_held_has_one_name(draws, weights):
    """First come: sum n A / sum n V, as `saturation` has it."""
    found = sfc.decision.contest(draws, weights, "first-come")
    share = sfc.saturation(draws, weights)
    error = 4.0 * found.held_of_alone_standard_error.values
    assert np.all(np.abs(found.held_of_alone - share.held_of_alone).values < error + 1e-3)


def test_trade_makes_survival_worth_more_and_conflict_takes(draws, weights):
    base, trade, fight = (
        sfc.decision.contest(draws, weights, rule, trade=0.5)
        .sel(theory="adt-total")
        .recovered_share.item()
        for rule in ("first-come", "trade", "winner-takes-all")
    )
    assert trade < base
    assert fight < base


def test_static_scenarios_start_at_once():
    draws = sfc.sample("sandberg2018", 2000, rng=1)
    weights = sfc.weigh(draws, "none", theories=["sia"])
    shared = sfc.decision.contest(draws, weights, "shared").recovered_share.item()
    first = sfc.decision.contest(draws, weights, "first-come").recovered_share.item()
    assert shared == pytest.approx(first, rel=1e-4)
    with pytest.raises(sfc.InputError, match="no dates"):
        sfc.decision.delay_cost(draws, weights)


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda d, w: sfc.decision.retention(d, w, "starlite"), "starlight"),
        (lambda d, w: sfc.decision.retention(d, w, size=0), "size is 0"),
        (lambda d, w: sfc.decision.delay_cost(d, w, delay=0.0), "greater than 0"),
        (lambda d, w: sfc.decision.contest(d, w, "shard"), "shared"),
        (lambda d, w: sfc.decision.contest(d, w, "trade", trade=-1.0), "trade"),
        (lambda d, w: sfc.decision.contest(d, w, conflict=2.0), "conflict is"),
        (lambda d, w: sfc.decision.contest(d, w, contested="all"), "contested"),
    ],
)
def test_errors_say_what_is_allowed(draws, weights, make, words):
    with pytest.raises(sfc.InputError, match=words):
        make(draws, weights)


@pytest.mark.parametrize(("date", "loss"), [(None, 1.80932526e-10), (300.0, 1e-9 / 5.80406)])
def test_waiting_loses_volume_now_and_late(date, loss):
    universe = sfc.Background.named("Planck18")
    found = loss_by_waiting(universe.age if date is None else date, universe)
    assert found == pytest.approx(loss, rel=1e-6)


@pytest.mark.verification
def test_kappa_that_few_worlds_carry_has_the_error_of_few():
    """60 seeds of 100 draws: the truth is within two errors in more than 90 %.

    By the spread of the draws alone it is in fewer than 20 %.
    """

    def told(many: int, seed: int, name: str = "horizon"):
        draws = sfc.sample("finnveden2019", many, rng=seed)
        weights = sfc.weigh(draws, theories=["prior"])
        kept = sfc.decision.retention(draws, weights, name, size=min(many, 5000))
        picked = chosen_worlds(draws, weights, "prior", min(many, 5000))
        found, worth = arrivals_of(draws, weights, picked), worth_of(name, PLANCK)
        parts = [found.recovered(worth), found.grabbed()], [found.grabbed(worth), found.recovered()]
        plain = product_of_ratios(np.exp(picked.log_copies), *parts)[1]
        return kept.retention.item(), kept.retention_standard_error.item(), plain

    true, error, plain = told(30_000, 99)
    assert error == pytest.approx(plain)  # many carry it
    found = np.array([told(100, seed) for seed in range(60)])
    off = np.abs(found[:, 0] - true)
    assert np.mean(off <= 2.0 * found[:, 1]) > 0.9
    assert np.mean(off <= 2.0 * found[:, 2]) < 0.2
    assert told(100, 1, "volume")[1] < 1e-9  # a worth that is the same at any date keeps all
