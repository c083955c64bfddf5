"""Claims are computed again: measures against sums done by hand, and errors that speak."""

from __future__ import annotations

import dataclasses
import warnings

import numpy as np
import pytest

import sfc_sim as sfc
from sfc_sim._core.errors import InputError
from sfc_sim.literature.measures import MEASURES, Subject
from sfc_sim.literature.reproduction import reproduce
from sfc_sim.report.reproduction import digits, reproduction_table
from sfc_sim.scenario.claim import Claim
from sfc_sim.scenario.reading import load_scenario

BASE = "cook2022-balanced"
CLAIM = Claim(
    "median speed", 0.5, 0.01, "two digits", "a source", "assumed", "median",
    arguments={"of": "expansion_speed"},
)  # fmt: skip


def with_claims(*claims, base=BASE):
    return dataclasses.replace(load_scenario(base), claims=claims)


def claim(measure, published=0.0, tolerance=0.0, reproduced=True, note="", **arguments):
    return dataclasses.replace(
        CLAIM, measure=measure, published=published, tolerance=tolerance, reproduced=reproduced,
        note=note, arguments=arguments,
    )  # fmt: skip


@pytest.fixture(scope="module")
def subject():
    return Subject(load_scenario(BASE), draws=4000, seed=3)


@pytest.fixture(autouse=True)
def few_draws():
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", sfc.EffectiveSampleSizeWarning)
        yield


def test_dataset_has_its_contract():
    table = reproduce(with_claims(CLAIM), draws=2000, rng=7)
    assert set(table.data_vars) == {"published", "ours", "standard_error", "tolerance", "within"}
    words = {"quantity", "reason", "source", "status", "measure", "reproduced", "note"}
    assert set(table.coords) == words
    assert table.attrs["seed"] == "7"
    assert table.attrs["draws"] == "2000"
    assert table.quantity.item() == "median speed"
    assert table.within.dtype == bool
    assert table.reproduced.dtype == bool


def test_reproduce_is_a_public_name():
    assert sfc.literature.reproduce is reproduce


def test_same_seed_same_numbers_for_any_threads():
    one, two = (reproduce(with_claims(CLAIM), draws=2000, rng=7, threads=k) for k in (1, 2))
    assert one.identical(two)
    other = reproduce(with_claims(CLAIM), draws=2000, rng=8)
    assert other.ours.item() != one.ours.item()


# within is |ours - published| <= tolerance + 3 standard errors: each side of the edge
@pytest.mark.parametrize(("factor", "expected"), [(0.99, True), (1.01, False)])
@pytest.mark.parametrize("sign", [-1, 1])
def test_within(factor, expected, sign):
    first = reproduce(with_claims(CLAIM), draws=2000, rng=7)
    room = 0.01 + 3.0 * first.standard_error.item()
    moved = dataclasses.replace(CLAIM, published=first.ours.item() + sign * factor * room)
    assert reproduce(with_claims(moved), draws=2000, rng=7).within.item() is expected


def test_exact_measures_make_no_draws(monkeypatch):
    def refuse(*_, **__):
        raise AssertionError("drew")

    monkeypatch.setattr("sfc_sim.literature.measures.sample", refuse)
    toy = reproduce(with_claims(claim("drake-mean", 100.0, 1e-9), base="sandberg2018-toy"))
    assert toy.within.item()
    assert toy.standard_error.item() == 0.0
    with pytest.raises(AssertionError, match="drew"):
        reproduce(with_claims(CLAIM))


def test_draws_and_weights_are_made_once(subject):
    assert subject.drawn is subject.drawn
    assert subject.weights("sia", "none") is subject.weights("sia", "none")
    assert subject.weights("sia", "none") is not subject.weights("sia", "not-engulfed")


def test_plain_measures_are_those_of_the_sample(subject):
    speed = subject.drawn["expansion_speed"].values
    many = speed.size
    value, error = MEASURES["mean"](subject, "expansion_speed")
    assert value == pytest.approx(speed.mean(), rel=1e-12)  # another order of the same sum
    assert error == pytest.approx(speed.std() / np.sqrt(many), rel=1e-12)
    value, error = MEASURES["standard-deviation"](subject, "expansion_speed")
    fourth = ((speed - speed.mean()) ** 4).mean()
    assert value == pytest.approx(speed.std(), rel=1e-12)
    textbook = np.sqrt((fourth - speed.var() ** 2) / many) / (2.0 * speed.std())
    assert error == pytest.approx(textbook, rel=1e-12)
    value, error = MEASURES["probability-below"](subject, "expansion_speed", 0.5)
    p = (speed < 0.5).mean()
    assert value == pytest.approx(p, rel=1e-12)
    assert error == pytest.approx(np.sqrt(p * (1.0 - p) / many), rel=1e-9)
    above, _ = MEASURES["probability-above"](subject, "expansion_speed", 0.5)
    assert above == pytest.approx(1.0 - p, rel=1e-12)  # nothing is 0.5 to the last bit
    value, _ = MEASURES["ratio-of-means"](subject, "expansion_speed", "hard_steps")
    steps = subject.drawn["hard_steps"].values
    assert value == pytest.approx(speed.mean() / steps.mean(), rel=1e-12)
    value, _ = MEASURES["quantile"](subject, "expansion_speed", 0.3)
    assert value == np.quantile(speed, 0.3, method="inverted_cdf")


def test_error_of_a_quantile_is_the_spread_of_repeats():
    """Over 60 seeds the spread is known to 9 %; four of those standard errors."""
    found = [
        MEASURES["median"](Subject(load_scenario(BASE), 200, seed), "expansion_speed")
        for seed in range(60)
    ]
    values, errors = np.array(found).T
    assert values.std(ddof=1) == pytest.approx(errors.mean(), rel=0.37)


@pytest.mark.parametrize("theory", ["prior", "sia", "ssa-civilizations"])
def test_tables_are_those_of_the_package(subject, theory):
    weights = sfc.weigh(subject.drawn, "nothing-visible", theories=[theory])
    share, table = sfc.saturation(subject.drawn, weights), sfc.summarize(subject.drawn, weights)
    for measure, name, report in (
        ("recovered-share", "recovered_share", share),
        ("probability-alone", "probability_alone", table),
        ("share-of-reach", "share_of_reach", table),
    ):
        value, error = MEASURES[measure](subject, theory=theory)
        assert value == report[name].item()
        assert error == report[f"{name}_standard_error"].item()
    below, error = MEASURES["probability-below"](
        subject, "log_intelligent_actual", 0.0, theory, "nothing-visible"
    )
    ours, ours_error = table.probability_alone.item(), table.probability_alone_standard_error.item()
    if theory == "sia":
        # The table takes the estimate that rests on more draws: another one, of the same chance.
        assert abs(below - ours) < 4.0 * np.hypot(error, ours_error)  # four standard errors
        return
    assert below == pytest.approx(ours, rel=1e-12)
    assert error == pytest.approx(ours_error, rel=1e-12)


def test_drake_measures():
    toy = Subject(load_scenario("sandberg2018-toy"), draws=10, seed=1)
    exact = sfc.drake.drake_distribution("sandberg2018-toy")
    below, error = MEASURES["drake-probability-below"](toy, below=1.0)
    assert below == pytest.approx(exact.probability_below_one.item(), rel=1e-12)
    assert error == 0.0
    assert MEASURES["drake-median"](toy)[0] == exact["median"].item()
    smaller, _ = MEASURES["drake-probability-below"](toy, below=0.1)
    drawn = sfc.drake.drake_distribution("sandberg2018-toy", 100_000, rng=1)
    counts = drawn["count"].values[drawn.log10_civilizations.values < -1.0].sum()
    # five standard errors of 1e5 draws
    assert smaller == pytest.approx(counts / 1e5, abs=5.0 * np.sqrt(smaller / 1e5))


def test_a_claim_names_observations_by_their_numbers():
    """P(N < 1 | not settled): by sampling, and by quadrature; the usual numbers are others."""
    static = Subject(load_scenario("sandberg2018"), draws=20_000, seed=3)
    told = [{"name": "not-settled", "generations": 3.0, "undetected": 0.3}]
    arguments = {"of": "log10_civilizations_now", "below": 0.0}
    ours, error = MEASURES["probability-below"](static, **arguments, evidence=told)
    seen = sfc.inference.NotSettled(3.0, 0.3)
    exact = sfc.analysis.posterior_of_product("sandberg2018", seen).probability_below_one.item()
    assert abs(ours - exact) < 4.0 * error  # four standard errors
    usual, _ = MEASURES["probability-below"](static, **arguments, evidence=["not-settled"])
    assert abs(usual - exact) > 10.0 * error


# What is wrong, and the word that the error must say.
WRONG = [
    (claim("medain", of="delay"), "did you mean 'median'"),
    (claim("median", of="dealy"), "did you mean 'delay'"),
    (claim("median"), "missing a required argument: 'of'"),
    (claim("median", of="delay", at=3), "unexpected keyword argument 'at'"),
    (claim("median", of="delay", theory="sai"), "did you mean 'sia'"),
    (claim("median", of="delay", theory="sia", evidence="nothing"), "unknown evidence 'nothing'"),
    (claim("median", of="delay", evidence=[{"name": "not-setled"}]), "did you mean 'not-settled'"),
    (
        claim("median", of="delay", evidence=[{"name": "not-settled", "generation": 3}]),
        "unknown number of evidence 'not-settled' 'generation'; did you mean 'generations'",
    ),
    (claim("quantile", of="delay", at=2), "must lie in \\[0, 1\\]"),
    (claim("drake-mean"), "has 'hard-steps'"),
    (claim("drake-probability-below", below=0.0), "must be positive"),
]


@pytest.mark.parametrize(("wrong", "word"), WRONG)
def test_errors_name_the_claim_and_what_is_allowed(wrong, word):
    with pytest.raises(InputError, match=word) as caught:
        reproduce(with_claims(wrong), draws=100, rng=1)
    assert "\n" not in str(caught.value)


def test_nothing_to_reproduce():
    with pytest.raises(InputError, match="has no claims to reproduce"):
        reproduce(load_scenario(BASE).replace(delay=1.0))


def test_what_is_no_number_is_an_error():
    wrong = claim("mean", of="log_covered_now")  # all who start now have covered nothing: log 0
    with pytest.raises(ArithmeticError, match="'mean' gives -inf"):
        reproduce(with_claims(wrong, base="sandberg2018"), draws=100, rng=1)


def test_table_to_print():
    known = claim("mean", 9.0, 0.1, False, "the source counts otherwise", of="hard_steps")
    table = reproduce(with_claims(CLAIM, known), draws=2000, rng=7)
    lines = reproduction_table(table).splitlines()
    assert lines[1].startswith("median speed")
    assert " yes " in lines[1]
    assert lines[1].endswith("  1")  # the reason of the tolerance, which both have
    assert lines[2].endswith("  1, 2")
    assert lines[-1] == "[2] the source counts otherwise"
    with pytest.raises(InputError, match=r"pass the Dataset of sfc_sim\.literature\.reproduce"):
        reproduction_table(table.drop_vars("ours"))


def test_digits_resolve_the_tolerance():
    for value in (0.8317, 4589.559, 2.7827e7, 1.66667e-11, -0.4, 12.0):
        for tolerance in (1e-3 * abs(value), 0.1 * abs(value)):
            shown = float(digits(value, tolerance))
            assert abs(shown - value) <= 0.1 * tolerance  # a digit finer
