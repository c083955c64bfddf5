"""Aimed draws: targets of known answer, the same bytes however made, and what is refused."""

from __future__ import annotations

from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from multiprocessing import get_context

import numpy as np
import pytest
import xarray as xr
from scipy import stats

import sfc_sim as sfc
from sfc_sim._core.errors import InputError
from sfc_sim.cli import main
from sfc_sim.inference.theories import OURS, Theory
from sfc_sim.sampling import batches
from sfc_sim.sampling import pilot as pilots
from sfc_sim.sampling.plan import Plan, uniforms

pytestmark = pytest.mark.filterwarnings("ignore::sfc_sim.EffectiveSampleSizeWarning")

LEVELS = np.array([0.05, 0.25, 0.5, 0.75, 0.95])
DRAWS = 20_000


def factors(**laws) -> sfc.Scenario:
    """The toy product with other laws; factors that are not named are a half."""
    text = sfc.load_scenario("sandberg2018-toy").to_toml().replace('bounds = "[0, 1]"\n', "")
    fixed = {f"factor_{k}": 0.5 for k in range(1, 10)}
    return sfc.Scenario.from_toml(text).replace(**(fixed | laws))


def off(sample, ratio_weight, law) -> float:
    """How many standard errors weighted levels and mean are from those of a law, at most."""
    share = ratio_weight / ratio_weight.sum()
    far = []
    for values, expected in [
        *((sample <= law.ppf(level), level) for level in LEVELS),
        (sample, law.mean()),
    ]:
        mean = share @ values
        far.append(abs(mean - expected) / np.sqrt(np.sum(share**2 * (values - mean) ** 2)))
    return max(far)


SIGMAS = np.array([2.0, 1.8, 1.6, 1.4, 1.2, 1.0, 0.8, 0.6])
WIDE = {f"factor_{k + 1}": sfc.LogNormal(-1.0 - k, sigma) for k, sigma in enumerate(SIGMAS)}


def test_a_tilted_product_of_log_normals():
    """SIA shifts the mean of the log by its variance, of eight factors: within 4 standard errors.

    Prior draws are effective by less than 10 of 20,000. Negative control: the ratio left out.
    """
    scenario, variance = factors(**WIDE), float(np.sum(SIGMAS**2))
    prior = sfc.weigh(sfc.sample(scenario, DRAWS, rng=5), "none", theories=["sia"])
    assert prior.ess.item() < 10.0
    draws = sfc.sample(scenario, DRAWS, rng=5, aim=["sia"], evidence="none")
    weights = sfc.weigh(draws, "none", theories=["sia"])
    log_number = draws["log_observers_like_us"].values
    middle = float(Plan(scenario, 0).scenario["stars"].distribution.mean())
    expected = np.log(middle) + np.log(0.5) + sum(-1.0 - k for k in range(8)) + np.log(1e10)
    law = stats.norm(expected + variance, np.sqrt(variance))
    weight = np.exp(weights.log_weight.values[0])
    assert off(log_number, weight, law) < 4.0
    for k, sigma in enumerate(SIGMAS):
        own = stats.norm(-1.0 - k + sigma**2, sigma)
        assert off(np.log(draws[f"factor_{k + 1}"].values), weight, own) < 4.0
    # Effective draws: 1 / E_q[(p/q)^2], of a density p that is known here, not of what was drawn.
    exact = np.exp(log_number - expected - 0.5 * variance + draws.log_prior_over_proposal.values)
    squares = exact**2
    error = squares.std() / np.sqrt(DRAWS) / squares.mean()
    assert weights.ess.item() == pytest.approx(DRAWS / squares.mean(), rel=4.0 * error)
    assert weights.ess.item() > 0.3 * DRAWS
    assert weights.k_hat.item() < 0.5
    bare = np.exp(log_number - log_number.max())
    assert off(log_number, bare, law) > 8.0


def test_a_conjugate_pair():
    """Prior exponential, evidence exp(-x V), counted by x: Gamma(2, 1 + V), within 4 errors.

    V = 2,000 leaves prior draws 10 effective ones. Negative control: another V.
    """
    volume = 2000.0

    class Gamma(Theory):
        name = "gamma"
        meaning = "a test"

        def log_factor(self, draws, front):
            return np.log(draws["factor_1"].values) - volume * draws["factor_1"].values

    scenario = factors(factor_1=sfc.Exponential(1.0), factor_2=sfc.Uniform(0.1, 0.9))
    draws = sfc.sample(scenario, DRAWS, rng=3, aim=[Gamma()], evidence="none")
    weights = sfc.weigh(draws, "none", theories=[Gamma()])
    weight, x = np.exp(weights.log_weight.values[0]), draws["factor_1"].values
    assert off(x, weight, stats.gamma(2.0, scale=1.0 / (1.0 + volume))) < 4.0
    assert off(draws["factor_2"].values, weight, stats.uniform(0.1, 0.8)) < 4.0
    assert off(x, weight, stats.gamma(2.0, scale=1.0 / (0.9 * volume))) > 6.0
    assert weights.ess.item() > 0.3 * DRAWS


# Bytes.


def effective(scenario, theory: str) -> float:
    """The share of 5000 draws, aimed by a pilot of 20,000, that is effective under one theory."""
    proposal = sfc.aim(scenario, theories=[theory], rng=1, pilot=20_000)
    draws = sfc.sample(scenario, 5000, rng=2, aim=proposal)
    return sfc.weigh(draws, theories=[theory]).ess.item() / 5000


def test_ten_steps_are_passed_where_all_of_them_are_short():
    """Aimed by the mean of their scores alone 1 % was effective; by their spread, too, 40 %."""
    scenario = sfc.load_scenario("cook2022-balanced").replace(hard_steps=10)
    assert effective(scenario, "sia") > 0.2


def test_an_amount_is_aimed_by_its_own_tilt():
    """The tilt of SIA is the law itself: .81; on a grid of several e-folds it was .48."""
    assert effective("mills2025", "sia") > 0.65


@pytest.fixture(scope="module")
def proposal():
    return sfc.aim("cook2022-balanced", theories=["sia", "adt-total"], rng=7, pilot=1500, threads=1)


@pytest.fixture(scope="module")
def draws(proposal):
    return sfc.sample("cook2022-balanced", 1100, rng=3, aim=proposal, threads=1)


def same_bytes(one, other):
    assert set(one.data_vars) == set(other.data_vars)
    for name in one.data_vars:
        assert one[name].values.tobytes() == other[name].values.tobytes(), name


@pytest.mark.parametrize(("threads", "chunk"), [(2, 512), (4, 77)])
def test_a_proposal_is_the_same_of_any_threads_and_chunks(proposal, threads, chunk, monkeypatch):
    monkeypatch.setattr(pilots, "CHUNK", chunk)
    other = sfc.aim(
        "cook2022-balanced", theories=["sia", "adt-total"], rng=7, pilot=1500, threads=threads
    )
    assert other.hash == proposal.hash
    assert other == proposal


def test_another_seed_gives_another_proposal(proposal):
    other = sfc.aim("cook2022-balanced", theories=["sia", "adt-total"], rng=8, pilot=500)
    assert other.hash != proposal.hash


@pytest.mark.parametrize(("threads", "chunk"), [(2, 512), (4, 77), (1, 1024)])
def test_aimed_draws_are_the_same_bytes(proposal, draws, threads, chunk, monkeypatch):
    monkeypatch.setattr(batches, "CHUNK", chunk)
    again = sfc.sample("cook2022-balanced", 1100, rng=3, aim=proposal, threads=threads)
    same_bytes(draws, again)


@pytest.mark.parametrize("index", [0, 1, 511, 512, 1099])
def test_an_aimed_draw_can_be_made_again_alone(proposal, draws, index):
    again = sfc.sample("cook2022-balanced", 1, rng=3, first=index, aim=proposal)
    same_bytes(draws.isel(draw=[index]), again)


def test_any_executor_makes_aimed_draws(proposal, draws):
    with ThreadPoolExecutor(2) as pool:
        same_bytes(draws, sfc.sample("cook2022-balanced", 1100, rng=3, aim=proposal, executor=pool))
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        same_bytes(draws, sfc.sample("cook2022-balanced", 1100, rng=3, aim=proposal, executor=pool))


def test_a_loaded_proposal_makes_the_same_draws(proposal, draws, tmp_path):
    again = sfc.sampling.load_proposal(proposal.save(tmp_path / "proposal.json"))
    same_bytes(draws, sfc.sample("cook2022-balanced", 1100, rng=3, aim=again))


def test_draws_of_the_priors_part_are_prior_draws(proposal, draws):
    plan = Plan(sfc.load_scenario("cook2022-balanced"), 3, proposal=proposal)
    of_prior = proposal.place(uniforms(plan, 0, 1100), plan.scenario).part == 0
    prior = sfc.sample("cook2022-balanced", 1100, rng=3)
    assert of_prior.sum() > 50
    for name in prior.data_vars:
        assert np.array_equal(draws[name].values[of_prior], prior[name].values[of_prior]), name


@pytest.mark.parametrize("name", ["finnveden2019", "sandberg2018", "carter2008"])
def test_a_tenth_at_least_is_of_the_prior(name):
    proposal = sfc.aim(name, rng=7, pilot=500)
    assert proposal.shares[0] >= 0.1
    assert min(proposal.shares) >= 0.0
    assert sum(proposal.shares) == pytest.approx(1.0, abs=1e-12)
    draws = sfc.sample(name, 2000, rng=1, aim=proposal)
    assert draws.log_prior_over_proposal.max() <= np.log(10.0) + 1e-12


# What is refused, and what is exact.


class Nowhere(Theory):
    name = "nowhere"
    meaning = "a test"

    def log_factor(self, draws, front):
        return np.full(draws.sizes["draw"], -np.inf)


def test_a_theory_that_excludes_all_worlds():
    given = {"rng": 1, "theories": [Nowhere()]}
    aimed = sfc.aim("sandberg2018", **given, pilot=100)  # says it by its weights, which are none
    assert aimed.shares == (1.0,)
    with pytest.raises(ArithmeticError, match="theory 'nowhere' gives every draw weight zero"):
        sfc.assess("sandberg2018", 500, **given)


@pytest.mark.parametrize("name", ["finnveden2019", "sandberg2018"])
@pytest.mark.parametrize("many", [None, 2, 600])
def test_a_scenario_in_which_nothing_varies_is_one_world(name, many):
    scenario = sfc.load_scenario(name)
    middle = {key: float(law.distribution.ppf(0.5)) for key, law in scenario.parameters.items()}
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("sfc_sim.sampling.stopping.FIRST", 700)
        report = sfc.assess(scenario.replace(**middle), many, rng=1).report
    assert np.all(report.ess == (many or 700))
    assert np.all(report.k_hat == -1.0)
    assert np.all(report.recovered_share_standard_error == 0.0)
    assert report.attrs.get("imprecise", "") == ""


@pytest.mark.parametrize("free", ["abiogenesis", "expansion_speed", "intelligence_fraction"])
def test_one_dimension_that_varies_is_enough(free):
    """Only the amount, only a discrete one, only a continuous one, which ends where weight lies."""
    scenario = sfc.load_scenario("finnveden2019")
    laws = scenario.parameters.items()
    middle = {key: float(law.distribution.ppf(0.5)) for key, law in laws if key != free}
    draws = sfc.sample(scenario.replace(**middle), 2000, rng=1, aim=["sia"])
    assert sfc.weigh(draws, theories=["sia"]).ess.item() > 60  # of prior draws: 1 at the worst
    ratio = np.exp(draws.log_prior_over_proposal.values)
    assert abs(ratio.mean() - 1.0) <= 4.0 * ratio.std() / np.sqrt(2000)


@pytest.mark.parametrize("precision", [0, -0.1, float("nan"), float("inf"), "fine", True])
def test_precisions_that_are_none(precision):
    with pytest.raises(InputError, match=r"^precision is .*; it must be a finite number"):
        sfc.assess("sandberg2018", precision=precision, rng=1)


def test_a_precision_out_of_reach_says_how_far(capsys):
    study = sfc.assess("sandberg2018", 600, precision=1e-5, rng=1, theories=["prior"])
    report = study.report
    assert study.draws.sizes["draw"] == 600
    said = dict(part.split(" ± ") for part in report.attrs["imprecise"].split("; "))
    for theory in ("prior",):
        here = report.sel(theory=theory)
        names = ("recovered_share_standard_error", "extinction_discount_standard_error")
        worst = max(here[name].item() for name in names)
        assert float(said[theory]) == pytest.approx(worst, rel=0.06)  # two digits
    given = ["run", "sandberg2018", "--draws", "600", "--seed", "1", "--quiet", "--theory", "sia"]
    assert main([*given, "--precision", "0.00001"]) == 3
    assert main([*given, "--precision", "0.4"]) == 0


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"aim": ["sai"]}, "unknown theory 'sai'; did you mean 'sia'"),
        ({"aim": []}, "it must be a list of names or theories, at least one"),
        ({"aim": 3}, "aim is 3; it must be True, False, a list of theories or a proposal"),
        ({"aim": "sia"}, "aim is 'sia'; it must be True, False, a list"),
        ({"aim": None}, "aim is None; it must be True, False, a list"),
        ({"aim": ["sia"], "evidence": "nothing"}, "unknown evidence 'nothing'"),
        ({"aim": ["sia"], "design": "sobol"}, "a Sobol' sequence samples the prior only"),
    ],
)
def test_aims_that_are_none(wrong, says):
    with pytest.raises(InputError, match=says):
        sfc.sample("sandberg2018", 8, rng=1, **wrong)


def test_true_is_for_all_theories():
    yes, named, plain = (
        sfc.sample("sandberg2018", 50, rng=1, aim=aim) for aim in (np.True_, OURS, False)
    )
    xr.testing.assert_identical(yes, named)
    assert "log_prior_over_proposal" in yes
    assert "log_prior_over_proposal" not in plain


@pytest.mark.parametrize("aim", ["sia", ["sia"], 1, None])
def test_assess_takes_yes_no_or_a_proposal(aim):
    with pytest.raises(InputError, match=r"^aim is .*; it must be True, False or a proposal"):
        sfc.assess("sandberg2018", 100, rng=1, aim=aim)


@pytest.mark.parametrize("pilot", [99, 0, -5, 100.5, "many"])
def test_pilots_that_are_none(pilot):
    with pytest.raises(InputError, match=r"^pilot is .*; it must be a whole number"):
        sfc.aim("sandberg2018", pilot=pilot)


def test_a_proposal_goes_with_its_scenario_alone(proposal):
    with pytest.raises(
        InputError, match="the proposal was made for another scenario than 'sandberg2018'"
    ):
        sfc.sample("sandberg2018", 8, rng=1, aim=proposal)
    with pytest.raises(InputError, match="the proposal was made for another scenario than"):
        sfc.assess("cook2022-flat", 8, rng=1, aim=proposal)
    with pytest.raises(InputError, match="a Sobol' sequence samples the prior only"):
        sfc.assess("cook2022-balanced", 8, rng=1, aim=proposal, design="sobol")


def test_aimed_draws_are_not_joined_with_others(draws):
    """Nor weighed without what they count by, whichever comes first."""
    prior = sfc.sample("cook2022-balanced", 20, rng=4)
    some = draws.isel(draw=slice(0, 20))
    for parts in ([some, prior], [prior, some]):
        with pytest.raises(InputError, match="aimed draws"):
            sfc.weigh(xr.concat(parts, "draw", combine_attrs="override"))
    with pytest.raises(InputError, match="aimed draws"):
        sfc.weigh(some.drop_vars("log_prior_over_proposal"))
