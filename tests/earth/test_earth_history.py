"""Published likelihoods and posteriors of Earth's history, by other routes."""

from __future__ import annotations

import dataclasses
from types import SimpleNamespace

import numpy as np
import pytest
from scipy import integrate, stats

from sfc_sim import distributions
from sfc_sim._core.errors import InputError
from sfc_sim.appearance.timeline import Timeline
from sfc_sim.earth import measures
from sfc_sim.earth.history import (
    bayes_factor_fast_life,
    expected_step_times,
    log_likelihood,
    rates_of,
    steps_from_slack,
    steps_of,
    timeline_of,
)
from sfc_sim.earth.posterior import earth_posterior
from sfc_sim.earth.single_step import rate_posterior
from sfc_sim.scenario.catalogue import list_scenarios
from sfc_sim.scenario.reading import load_scenario

DRAWS = 100_000
EARTHS = [
    row.name
    for row in list_scenarios()
    if str(load_scenario(row.name).appearance) == "earth-history"
]
SPIEGEL = {
    # By hand: (time in which life is known to have started, time it had for observers by now).
    "hypothetical": (0.01, 3.0),
    "conservative1": (0.8, 0.9),
    "conservative2": (0.8, 0.9),
    "optimistic": (0.2, 3.0),
}


@pytest.fixture(scope="module")
def transitions():
    return earth_posterior("snyder-beattie2021", DRAWS, rng=7)


@pytest.mark.parametrize("mars", ["", "-mars"])
@pytest.mark.parametrize("data", SPIEGEL)
def test_spiegel_and_turner(data, mars):
    rates = np.array([1e-3, 0.1, 1.0, 30.0])
    first, second = SPIEGEL[data]
    exact = np.expm1(-first * rates) / np.expm1(-second * rates)
    if mars:
        exact *= -np.expm1(-0.5 * rates)
    for prior in ("uniform", "log", "inverse"):
        scenario = load_scenario(f"spiegel2012-{data}-{prior}{mars}")
        found = np.exp(log_likelihood(scenario, rates[:, None]))
        # t_emerge - t_min loses a digit or two, 0.51 - 0.5 most.
        assert found == pytest.approx(exact, rel=1e-12)


@pytest.mark.parametrize(
    ("prior", "published"),
    # "inverse" is derived here, by adaptive quadrature.
    [("uniform", (0.0, 0.0001, 0.0954)), ("log", (0.0247, 0.0912, 0.6319))],
)
def test_spiegel_and_turner_optimistic_posterior(prior, published):
    found = rate_posterior(f"spiegel2012-optimistic-{prior}", [1e-2, 1.0, 1e2])["cdf"].values
    # Half a unit of the last digit, and the reproduction's own grid.
    assert found == pytest.approx(published, abs=3e-4)


def test_life_on_mars_too_makes_slow_life_unlikely():
    found = rate_posterior("spiegel2012-optimistic-log-mars", [1.0])["cdf"].item()
    assert found == pytest.approx(0.00975, abs=1e-4)


@pytest.mark.parametrize("mars", [False, True])
@pytest.mark.parametrize("prior", ["uniform", "log", "inverse"])
def test_posterior_of_one_step_matches_adaptive_quadrature(prior, mars):
    power = {"uniform": 1.0, "log": 0.0, "inverse": -1.0}[prior]

    def mass(log_rate):
        rate = np.exp(log_rate)
        likelihood = np.expm1(-0.2 * rate) / np.expm1(-3.0 * rate)
        return rate**power * likelihood * (-np.expm1(-0.5 * rate) if mars else 1.0)

    # A uniform prior reaches down to 0; below 1e-9 lies nothing that counts.
    lowest = np.log(1e-9 if prior == "uniform" else 1e-3)
    ends = np.log([0.01, 1.0, 100.0, 1000.0])
    whole = [
        integrate.quad(mass, lowest, end, epsabs=0, epsrel=1e-11, limit=200)[0] for end in ends
    ]
    name = f"spiegel2012-optimistic-{prior}" + ("-mars" if mars else "")
    found = rate_posterior(name, np.exp(ends[:3]))
    assert found["cdf"].values == pytest.approx(np.array(whole[:3]) / whole[3], rel=1e-7)
    density = [mass(end) / whole[3] * np.log(10.0) for end in ends[:3]]
    assert found["density"].values == pytest.approx(density, rel=1e-7)


def test_posterior_of_a_chance_matches_adaptive_quadrature():
    """A uniform chance within 1 Gyr; life within 0.6 Gyr: 1 - (1 - q)^0.6 over q."""

    def mass(q):
        return -np.expm1(0.6 * np.log1p(-q)) / q

    rates = np.array([0.01, 0.5, 3.0])
    total = integrate.quad(mass, 0.0, 1.0)[0]
    exact = [integrate.quad(mass, 0.0, -np.expm1(-rate))[0] / total for rate in rates]
    found = rate_posterior("lineweaver2002", rates)
    assert found["cdf"].values == pytest.approx(exact, rel=1e-8)
    slope = np.gradient(rate_posterior("lineweaver2002", np.geomspace(0.499, 0.501, 3))["cdf"])
    step = np.log10(0.501 / 0.499) / 2.0
    assert found["density"].values[1] == pytest.approx(slope[1] / step, rel=1e-5)


def kipping_by_hand(life, intelligence):
    """Life by 0.304, intelligence at 4.404, both by 5.304 Gyr."""
    dates = integrate.quad(
        lambda t: life * np.exp(-life * t) * intelligence * np.exp(-intelligence * (4.404 - t)),
        0.0, 0.304,
    )[0]  # fmt: skip
    both = integrate.quad(
        lambda t: life * np.exp(-life * t) * -np.expm1(-intelligence * (5.304 - t)), 0.0, 5.304
    )[0]
    return dates / both


@pytest.mark.parametrize("rates", [(0.1, 0.2), (3.0, 0.05), (1.0, 1.0)])
def test_kipping(rates):
    found = np.exp(log_likelihood(load_scenario("kipping2020"), rates))
    assert float(found) == pytest.approx(kipping_by_hand(*rates), rel=1e-9)


def test_fast_against_slow_life_is_a_limit_of_the_likelihood():
    """With slow intelligence the ratio of likelihoods of fast and slow life is T / (2 t)."""
    fast, slow = log_likelihood(load_scenario("kipping2020"), [[1e6, 1e-9], [1e-9, 1e-9]])
    # Life of rate 1e6 takes 1e-6 Gyr; intelligence of rate 1e-9 is slow to 1e-8.
    assert np.exp(fast - slow) == pytest.approx(bayes_factor_fast_life(5.304, 0.304), rel=1e-5)
    assert bayes_factor_fast_life(5.304, 0.304) == pytest.approx(8.724, abs=5e-4)
    assert bayes_factor_fast_life(5.304, 0.939) == pytest.approx(2.8, abs=0.05)


def test_a_chance_of_one_half_is_the_objective_prior_of_the_rate():
    """T / (pi sqrt(exp(lambda T) - 1)) is Beta(1/2, 1/2) of 1 - exp(-lambda T)."""
    scenario = load_scenario("kipping2020")
    u = np.array([0.1, 0.5, 0.9])
    drawn = {name: p.distribution.ppf(u) for name, p in steps_of(scenario).items()}
    for rate, share in zip(rates_of(scenario, drawn)[:, 0], u, strict=True):
        below, _ = integrate.quad(
            lambda y: 2.0 * y * 5.304 / np.pi / np.sqrt(np.expm1(y * y * 5.304)), 0.0, np.sqrt(rate)
        )
        assert below == pytest.approx(share, rel=1e-7)


def test_a_chance_that_rounds_to_one_has_a_finite_rate():
    rates = rates_of(load_scenario("kipping2020"), {"life": [1.0], "intelligence": [1 - 2**-53]})
    # The largest chance below one is 53 halvings away, and one itself further.
    assert rates[0] * 5.304 == pytest.approx(np.log(2.0) * np.array([55.0, 53.0]))


def test_carter():
    assert expected_step_times(5, 5.5) == pytest.approx(5.5 * np.arange(1, 6) / 6)
    assert 5.5 - expected_step_times(5, 5.5)[-1] == pytest.approx(0.917, abs=5e-4)
    assert steps_from_slack(5.5, 1.0) == 4.5
    assert steps_from_slack(4.9, 1.0) == pytest.approx(3.9)


def test_mean_dates_of_hard_steps_are_those_of_the_likelihood():
    """Mean of the r-th date, by integrating the chance that it is passed by t."""
    for r, mean in enumerate(expected_step_times(4, 5.5)):
        by = np.linspace(0.0, 5.5, 201)[1:]
        share = []
        for t in by:
            latest = tuple(t if k <= r else 5.5 for k in range(4))
            share.append(
                float(np.exp(Timeline((0.0,) * 4, latest, 5.5).log_likelihood([1e-9] * 4)))
            )
        found = 5.5 - integrate.simpson([0.0, *share], x=np.concatenate([[0.0], by]))
        assert found == pytest.approx(mean, rel=1e-6)


@pytest.mark.parametrize(
    ("measure", "scenario", "arguments", "exact", "tolerance"),
    [
        # Simple readings of Lineweaver & Davis, of an independent program, to half a digit.
        ("lineweaver_bound", "lineweaver2002", {"latest": 0.6}, 0.058, 5e-4),
        ("lineweaver_bound", "lineweaver2002", {"latest": 0.2}, 0.071, 5e-4),
        ("lineweaver_bound", "lineweaver2002", {"latest": 0.6, "chance": "emergence"}, 0.101, 5e-4),
        ("lineweaver_bound", "lineweaver2002", {"latest": 0.2, "chance": "emergence"}, 0.474, 5e-4),
        ("spiegel_cdf", "spiegel2012-optimistic-log", {"at": 0.0}, 0.0912, 3e-4),
        ("bayes_factor_fast_life", "kipping2020", {"emergence": 0.304}, 8.724, 5e-4),
        ("expected_slack", "carter2008", {}, 5.5 / 6.0, 1e-12),
        ("hard_steps_from_slack", "carter2008", {"slack": 1.0}, 4.5, 1e-12),
    ],
)
def test_measures(measure, scenario, arguments, exact, tolerance):
    found = getattr(measures, measure)(load_scenario(scenario), **arguments)
    assert found == pytest.approx(exact, abs=tolerance)


def test_odds_of_rare_intelligence_by_plain_sums():
    """On a grid of the angle whose squared sine is the chance: its objective prior is flat."""
    angle = (np.arange(600) + 0.5) / 600 * np.pi / 2.0
    rate, chance = -2.0 * np.log(np.cos(angle)) / 5.304, np.sin(angle) ** 2
    grid = np.stack(np.meshgrid(rate, rate, indexing="ij"), axis=-1)
    scenario = load_scenario("kipping2020")
    likelihood = np.exp(log_likelihood(scenario, grid)).sum(axis=0)
    odds = likelihood[chance < 0.5].sum() / likelihood[chance > 0.5].sum()
    never = likelihood[0] / likelihood.mean()
    assert measures.rare_common_odds(scenario, "intelligence") == pytest.approx(odds, rel=1e-4)
    assert measures.evidence_for_never(scenario, "intelligence") == pytest.approx(never, rel=1e-4)
    assert (round(odds, 2), round(never, 2)) == (2.38, 1.55)


def naive_effective_size(scenario, draws, rng):
    """Rates and dates both drawn from the prior, those that fit Earth kept: how many."""
    timeline = timeline_of(scenario)
    rates = np.stack(
        [p.distribution.ppf(rng.random(draws)) for p in steps_of(scenario).values()], axis=1
    )
    dates = np.cumsum(rng.exponential(1.0 / rates), axis=1)
    return int(((dates >= timeline.earliest) & (dates <= timeline.latest)).all(axis=1).sum())


def test_the_exact_likelihood_keeps_a_good_part_of_the_draws(transitions):
    assert float(transitions["ess"]) > 10_000
    # Negative control: simulating the dates too leaves a handful at most.
    scenario = load_scenario("snyder-beattie2021")
    assert naive_effective_size(scenario, DRAWS, np.random.default_rng(7)) < 10


def test_the_naive_simulation_is_of_the_same_likelihood():
    """Where steps are neither fast nor slow it keeps enough draws to compare: 5 standard errors."""
    medium = {
        name: distributions.LogUniform(0.3, 1.5) for name in ("abiogenesis", "eukaryogenesis")
    }
    medium |= {"sexual_reproduction": 2.0, "intelligence": 0.5}
    scenario = load_scenario("snyder-beattie2021").replace(**medium)
    u = np.random.default_rng(1).random((4, 5000))
    drawn = {n: p.distribution.ppf(u[k]) for k, (n, p) in enumerate(steps_of(scenario).items())}
    free = dataclasses.replace(timeline_of(scenario), conditioned=False)
    expected = DRAWS * np.exp(free.log_likelihood(rates_of(scenario, drawn))).mean()
    found = naive_effective_size(scenario, DRAWS, np.random.default_rng(7))
    assert expected > 40.0
    assert abs(found - expected) < 5.0 * np.sqrt(expected)


def test_effective_sample_size_predicts_the_scatter():
    """Means over 40 seeds scatter as the posterior's own over sqrt(ess): 4 standard errors."""
    found = [earth_posterior("snyder-beattie2021", 2000, rng=seed) for seed in range(40)]
    shares = np.array([d["probability_exceeds_window"].values[0] for d in found])
    p, ess = shares.mean(), np.mean([float(d["ess"]) for d in found])
    predicted = np.sqrt(p * (1.0 - p) / ess)
    # A standard deviation of 40 values is known to 1 / sqrt(80), and the weights depend a little
    # on what is averaged.
    assert shares.std(ddof=1) == pytest.approx(predicted, rel=4.0 / np.sqrt(80.0))
    assert shares.std(ddof=1) > 2.0 * np.sqrt(p * (1.0 - p) / 40 / 2000)


@pytest.mark.parametrize("prior", ["log", "inverse", "uniform", "inverse-mars"])
def test_draws_agree_with_quadrature(prior):
    name = f"spiegel2012-optimistic-{prior}"
    drawn = earth_posterior(name, DRAWS, rng=3)
    exact = rate_posterior(name, drawn["rate"].values[0])["cdf"].values
    quantile = drawn["quantile"].values
    error = np.sqrt(quantile * (1.0 - quantile) / float(drawn["ess"]))
    assert (np.abs(exact - quantile) < 4.0 * error).all()
    # Negative control: the prior's quantiles are elsewhere.
    before = rate_posterior(name, drawn["rate_prior"].values[0])["cdf"].values
    assert (np.abs(before - quantile) > 4.0 * error).any()


def test_posterior_of_the_transitions(transitions):
    exceeds = transitions["probability_exceeds_window"]
    # log-uniform from 1e-11 to 1e3 per Gyr: the share below 1/5.5
    prior = (np.log10(1 / 5.5) + 11.0) / 14.0
    assert transitions["probability_exceeds_window_prior"].values == pytest.approx([prior] * 4)
    likely = exceeds.sel(step=["abiogenesis", "eukaryogenesis", "intelligence"]).values
    assert (likely > prior).all()
    width = np.diff(transitions["log10_time"].values[:2])
    # The bins leave out 5e-4 at either end of the prior, and a like share of the posterior.
    for name in ("density", "density_prior"):
        assert transitions[name].sum("log10_time").values * width == pytest.approx(
            [1.0] * 4, abs=3e-3
        )


def test_same_seed_same_bits():
    again = [earth_posterior("kipping2020", 1000, rng=5) for _ in range(2)]
    assert again[0].identical(again[1])
    assert not again[0].identical(earth_posterior("kipping2020", 1000, rng=6))


@pytest.mark.parametrize("name", EARTHS)
def test_every_history_has_its_likelihood(name):
    scenario = load_scenario(name)
    found = earth_posterior(scenario, 4000, rng=1)
    assert 400 < float(found["ess"]) <= 4000.0 * (1.0 + 1e-9)
    assert np.isfinite(found["rate"].values).all()
    drawn = {k: p.distribution.ppf([0.2, 0.7]) for k, p in scenario.parameters.items()}
    model = scenario.appearance.of(scenario.factors)
    followed = model.outcomes(SimpleNamespace(drawn=drawn))
    assert set(followed) == {"log_success", "log_earth_likelihood"}
    assert (followed["log_success"] <= 0.0).all()
    assert all(values.shape == (2,) for values in followed.values())


def test_all_named_histories_are_here():
    assert sum(name.startswith("spiegel2012") for name in EARTHS) == 24
    others = [
        "carter1983", "carter2008", "kipping2020", "kipping2025", "lineweaver2002", "scherf2024",
        "scherf2024-less-carbon-dioxide", "snyder-beattie2021",
    ]  # fmt: skip
    assert [name for name in EARTHS if not name.startswith("spiegel2012")] == others


def test_priors_of_spiegel_and_turner():
    kinds = {
        "uniform": distributions.Uniform(0, 1e3),
        "log": distributions.LogUniform(1e-3, 1e3),
        "inverse": distributions.InverseUniform(1e-3, 1e3),
    }
    for prior, expected in kinds.items():
        for data in SPIEGEL:
            assert load_scenario(f"spiegel2012-{data}-{prior}")["life"].distribution == expected


def test_nothing_known_leaves_the_prior():
    found = earth_posterior(load_scenario("kipping2020").replace(likelihood="none"), 2000, rng=2)
    # Half of the draws are of the prior, and no weight is above two.
    assert 1000.0 <= float(found["ess"]) < 2000.0
    assert float(found["log_evidence"]) == pytest.approx(0.0, abs=4.0 / np.sqrt(2000))
    assert np.isnan(found["earliest"].values).all()
    share = stats.beta(0.5, 0.5).cdf(-np.expm1(-found["rate"].sel(quantile=0.5).values * 5.304))
    # 4 standard errors of a median.
    assert share == pytest.approx([0.5, 0.5], abs=4.0 * 0.5 / np.sqrt(float(found["ess"])))


def test_a_log_uniform_prior_loses_no_draw():
    scenario = load_scenario("snyder-beattie2021").replace(likelihood="none")
    # The log-uniform law leaves out 1e-6 at either end of each of four priors.
    assert float(earth_posterior(scenario, 2000, rng=2)["ess"]) == pytest.approx(2000.0, rel=1e-4)


def test_a_prior_that_shuns_what_earth_says_is_no_trouble():
    """1/rate uniform but life on Mars too: draws of the prior alone would count for nothing."""
    name = "spiegel2012-optimistic-inverse-mars"
    scenario = load_scenario(name)
    rates = scenario["life"].distribution.ppf((np.arange(DRAWS) + 0.5) / DRAWS)
    weight = np.exp(log_likelihood(scenario, rates[:, None]))
    assert weight.sum() ** 2 / (weight @ weight) < 1000
    assert float(earth_posterior(name, DRAWS, rng=1)["ess"]) > 10_000


def test_a_fixed_step_stays_fixed():
    found = earth_posterior(load_scenario("kipping2020").replace(life=0.5), 500, rng=1)
    assert found["rate"].sel(step="life").values == pytest.approx([np.log(2.0) / 5.304] * 5)


def renamed(scenario, **changes):
    parameters = dict(scenario.parameters) | changes
    return dataclasses.replace(scenario, parameters=parameters)


def test_what_does_not_fit_is_refused():
    kipping, life = load_scenario("kipping2020"), load_scenario("spiegel2012-optimistic-log")
    with pytest.raises(InputError, match="has 'drake'; allowed: 'earth-history'"):
        steps_of(load_scenario("sandberg2018"))
    with pytest.raises(InputError, match="'kipping2020' needs 2 steps; the scenario has 1"):
        timeline_of(life.replace(likelihood="kipping2020"))
    with pytest.raises(InputError, match="latest must be a list of numbers, got 3"):
        kipping.replace(latest=3)
    with pytest.raises(InputError, match=r"earliest must be a number in \[0, inf\), got -1"):
        kipping.replace(earliest=[-1, 2])
    with pytest.raises(InputError, match="unit is '1/Myr'; allowed '1/Gyr', the rate of a step"):
        steps_of(renamed(life, life=dataclasses.replace(life["life"], unit="1/Myr")))
    with pytest.raises(InputError, match=r"life: Uniform.* allowed \[0, 1\] for the chance"):
        steps_of(kipping.replace(life=distributions.Uniform(0, 2)))
    with pytest.raises(InputError, match="2 steps; this needs exactly one"):
        rate_posterior(kipping, [1.0])
    with pytest.raises(InputError, match="rising positive rates"):
        rate_posterior(life, [1.0, 0.1])
    with pytest.raises(InputError, match="a prior with a density"):
        rate_posterior(life.replace(life=1.0), [1.0])
    with pytest.raises(InputError, match="draws is 0"):
        earth_posterior(life, 0)
    with pytest.raises(InputError, match="none of 10 draws fits its dates"):
        earth_posterior(load_scenario("snyder-beattie2021").replace(abiogenesis=1e5), 10)
    with pytest.raises(InputError, match="did you mean 'intelligence'"):
        measures.rare_common_odds(kipping, "inteligence")
    for wrong in (0.0, 6.0):
        with pytest.raises(InputError, match="emergence"):
            bayes_factor_fast_life(5.304, wrong)
        with pytest.raises(InputError, match="slack"):
            steps_from_slack(5.5, wrong)
    with pytest.raises(InputError, match="steps is 0"):
        expected_step_times(0, 5.5)
