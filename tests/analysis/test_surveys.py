"""What a survey is worth before it is made, and the discount after what it finds."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import pytest

import sfc_sim as sfc
from sfc_sim.analysis import discount_after, value_of_study
from sfc_sim.analysis.choice import Choice
from sfc_sim.analysis.surveys import chances, sampled
from sfc_sim.inference import EarthHistory, LifeSearched, Observation, StarsSearched

REPEATS = 40

pytestmark = pytest.mark.filterwarnings(
    "ignore::sfc_sim.inference.theories.EffectiveSampleSizeWarning"
)


def worth(planets, slope, many, seed, tied=True):
    """Value and error of a survey of planets with life, and the plain best of noisy means.

    Two actions gain 1 + slope (f - 1/2) and 1 - slope (f - 1/2), with noise, f uniform.
    """
    rng = np.random.default_rng(seed)
    f, weight = rng.uniform(size=many), rng.lognormal(0.0, 0.5, many)
    weight /= weight.sum()
    gains = 1.0 + np.array([slope * (f - 0.5), slope * (0.5 - f)]) + rng.normal(size=(2, many))
    if tied:
        gains *= (gains @ weight).max() / (gains @ weight)[:, None]
    found = [np.exp(each.log_chance(np.log(f))) for each in LifeSearched(planets).outcomes]
    best = (gains @ weight).max()
    plain = sum((gains @ (weight * chance)).max() for chance in found) / best - 1.0
    return *sampled(Choice(gains, weight, weight, 1, tied), found), plain


def exact(planets, slope):
    """After k of n the mean of f is (k + 1) / (n + 2), and every k has the chance 1 / (n + 1)."""
    k = np.arange(planets + 1)
    return slope * np.mean(np.abs((k + 1.0) / (planets + 2.0) - 0.5))


@pytest.mark.parametrize(("planets", "slope"), [(30, 0.0), (1, 0.6), (4, 0.6), (30, 0.6)])
def test_the_value_is_that_of_beta_and_binomial(planets, slope):
    """The mean of 40 repeats is within one error of one run, errors are those of repeats; k = 4.

    Negative control: the best of noisy means is too good, by more than an error where it is 0.
    """
    runs = np.array([worth(planets, slope, 4000, seed) for seed in range(REPEATS)])
    error = runs[:, 1].mean()
    assert abs(runs[:, 0].mean() - exact(planets, slope)) < error
    if slope:
        assert abs(runs[:, 0].std() / error - 1.0) < 4.0 / np.sqrt(2 * REPEATS)
    else:
        assert runs[:, 2].mean() > error


def test_more_planets_tell_more_and_at_most_all():
    """Slope / 6 of one planet, slope / 4 of f itself."""
    assert exact(1, 1.0) == pytest.approx(1 / 6)
    values = [exact(n, 1.0) for n in (1, 3, 10, 100, 10_000)]
    assert (np.diff(values) > 0).all()
    assert values[-1] == pytest.approx(0.25, abs=1e-4)


@pytest.fixture(scope="module")
def study():
    return sfc.assess("sandberg2018", 3000, rng=7, theories=["prior", "sia"], aim=False)


SURVEYS = [LifeSearched(1), LifeSearched(20, completeness=0.5), StarsSearched(1e9)]


@pytest.mark.parametrize("theory", ["prior", "sia"])
def test_it_is_between_nothing_and_perfect_information(study, theory):
    found = value_of_study(study, SURVEYS, theory=theory)
    perfect = sfc.analysis.value_of_information(study, theory=theory)
    same = perfect.value_of_information.sel(input="everything").item()
    assert np.array_equal(found.value_of_information, same, equal_nan=True)
    values = found.value_of_study.values
    told = np.isfinite(values)
    assert (values[told] >= 0.0).all()
    assert (values[told] <= found.value_of_information.item()).all()
    assert told.any()
    assert found["size"].values.tolist() == [1.0, 20.0, 1e9]


def test_a_blind_survey_is_worth_nothing_and_changes_nothing(study):
    blind = LifeSearched(3, completeness=0.0)
    assert value_of_study(study, blind, theory="prior").value_of_study.item() == 0.0
    after = discount_after(study, blind).extinction_discount
    assert after.values[1] == pytest.approx(after.values[0], rel=1e-12)
    assert np.array_equal(after.values[0], study.report.extinction_discount.values)


def test_it_does_not_matter_which_result_is_given(study):
    one, other = (value_of_study(study, LifeSearched(2, k), theory="sia") for k in (0, 2))
    assert one.value_of_study.item() == other.value_of_study.item()


def test_results_average_to_what_is_believed_before(study):
    """Chances sum to one, and the mean over results of a share of weight is that share."""
    every = LifeSearched(3).outcomes
    after = discount_after(study, every)
    chance = after.probability_of_outcome.isel(outcome=slice(1, None))
    assert chance.sum("outcome").values == pytest.approx([1.0, 1.0], abs=1e-12)
    rich = study.draws.abiogenesis.values > 1.0
    for theory in study.names:
        rows = [
            np.exp(sfc.weigh(study.draws, [*study.evidence, each], theories=[theory]).log_weight)
            for each in every
        ]
        shares = np.array([row.values[0][rich].sum() for row in rows])
        before = study.world(theory).weight[rich].sum()
        assert chance.sel(theory=theory).values @ shares == pytest.approx(before, rel=1e-9)


def test_after_a_finding_it_is_the_discount_of_that_evidence(study):
    found = discount_after(study, LifeSearched(1, 1))
    again = sfc.assess(
        "sandberg2018", 3000, rng=7, theories=["prior", "sia"], aim=False,
        evidence=["nothing-visible", LifeSearched(1, 1)],
    ).report  # fmt: skip
    for name in ("extinction_discount", "extinction_discount_standard_error", "ess"):
        assert found[name].values[1] == pytest.approx(again[name].values, rel=1e-12)
    f = -np.expm1(-study.draws.abiogenesis.values)
    mean = float(study.world("sia").weight @ f)
    assert found.probability_of_outcome.sel(theory="sia").values[1] == pytest.approx(mean)
    change = found.extinction_discount_change.sel(theory="prior").values
    assert change[0] == 0.0
    assert change[1] > 3 * found.extinction_discount_change_standard_error.values[1, 0]


def test_decision_weights_have_no_chance_of_a_finding():
    study = sfc.assess("sandberg2018", 500, rng=7, theories=["prior", "adt-total"], aim=False)
    found = discount_after(study, LifeSearched(1)).probability_of_outcome.sel(theory="adt-total")
    assert np.isnan(found.values).tolist() == [False, True]


@dataclass(frozen=True)
class Lively(Observation):
    """A user's own: how lively a world is, with a chance or density of their own."""

    scale: float = 1.0
    name: ClassVar[str] = "lively"

    @property
    def meaning(self) -> str:
        return "a lively world"

    def log_likelihood(self, draws):
        return np.log(self.scale * -np.expm1(-draws["abiogenesis"].values))


def test_a_survey_of_ones_own_is_found_or_not(study):
    own, same = (
        value_of_study(study, each, theory="sia").value_of_study.item()
        for each in (Lively(), LifeSearched(1))
    )
    assert own == pytest.approx(same, rel=1e-9)
    every = list(chances(Lively(0.5), study.draws))
    assert sum(every) == pytest.approx(np.ones(3000), abs=1e-12)


@dataclass(frozen=True)
class Half(Lively):
    """Of whose results one is missing."""

    name: ClassVar[str] = "half"

    @property
    def outcomes(self):
        return (self,)


@pytest.mark.parametrize(
    ("survey", "message"),
    [
        (Lively(3.0), "chances above 1 of what it may find; it is no survey"),
        (Half(), "outcomes of survey 'half' have chances that do not sum to 1"),
        ("nothing-visible", "survey is 'nothing-visible'; it must be observations"),
        (["none", "not-engulfed"], "give one of what is known of fronts"),
        (EarthHistory(), "gives no 'log_earth_likelihood'"),
        ([LifeSearched(1), LifeSearched(1)], "'life-searched' twice"),
    ],
)
def test_what_is_no_survey_is_refused(study, survey, message):
    with pytest.raises(sfc.InputError, match=message):
        value_of_study(study, survey)


def test_too_few_draws_tell_nothing():
    rng = np.random.default_rng(3)
    gains, weight = rng.uniform(1.0, 2.0, (2, 40)), np.full(40, 1 / 40)
    chance = rng.uniform(size=40) ** 4
    found = sampled(Choice(gains, weight, weight, 1, True), [chance, 1.0 - chance])
    assert np.isnan(found).all()


def test_after_a_rare_finding_it_is_said_that_few_draws_carry_it():
    study = sfc.assess("finnveden2019", 1500, rng=7, theories=["prior"], aim=False, threads=1)
    found = discount_after(study, [LifeSearched(1, 0), LifeSearched(9, 9)])
    assert found.unsteady.values[:, 0].tolist() == [False, False, True]
    assert found.ess.values[2, 0] < 30.0
    changed = found.extinction_discount_change.values[:, 0]
    assert np.isnan(changed).tolist() == [False, False, True]
    told = found.attrs["few_draws"]
    assert told.startswith("life found on 9 of 9 planets, prior: ")
    assert f"{found.ess.values[2, 0]:.0f} effective draws, k-hat" in told
    assert discount_after(study, LifeSearched(1, 0)).attrs["few_draws"] == ""
