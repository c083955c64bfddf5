"""What a report says in words and cells, against numbers computed again from the draws."""

from __future__ import annotations

import re

import numpy as np
import pytest
import xarray as xr

import sfc_sim as sfc
from sfc_sim._core.rows import Column, Table, as_text
from sfc_sim.cli import main
from sfc_sim.decision.rows import TheoryReport, rows
from sfc_sim.report.assumed import assumptions, known_of
from sfc_sim.report.legend import read_aloud, survival, terms

pytestmark = pytest.mark.filterwarnings(
    "ignore::sfc_sim.inference.theories.EffectiveSampleSizeWarning"
)


@pytest.fixture(scope="module")
def study():
    return sfc.assess("cook2022-balanced", 20_000, rng=7, similarity=0.8)


@pytest.fixture(scope="module")
def report(study):
    return study.report


def percents(text: str) -> list[str]:
    return re.findall(r"(-?[\d.]+) %", text)


@pytest.mark.parametrize("theory", ["prior", "sia", "adt-total"])
def test_the_sentence_is_of_the_sums_over_worlds(study, theory):
    """Held, recovered, and both discounts, each from sums of volumes, to the digits printed."""
    world, report = sfc.sampling.worlds(study.draws, study.weights, theory), study.report
    copies = np.exp(world["log_copies"] - world["log_copies"].max())
    alone, grabbed, kept = (
        copies @ world[f"volume_{name}"] for name in ("alone", "grabbed", "marginal")
    )
    share = 1 - kept / grabbed
    expected = [
        100 * grabbed / alone,
        100 * share,
        100 * 0.8 * share,
        100 * (1 - grabbed / alone * (1 - 0.8 * share)),
    ]
    text = read_aloud(report, theory)
    errors = [
        100 * float(report[f"{name}_standard_error"].sel(theory=theory))
        for name in ("held_of_alone", "recovered_share", "extinction_discount",
                     "discount_with_nobody_else")
    ]  # fmt: skip
    found = percents(text)
    for shown, exact, error in zip(found, expected, errors, strict=True):
        unit = 10.0 ** -len(shown.partition(".")[2])
        assert abs(float(shown) - exact) <= 0.51 * unit
        assert error <= 2 * unit * (1 + 1e-9)  # the rule of digits
    # Negative control: the two baselines are not one number.
    if theory != "prior":
        assert abs(expected[3] - expected[2]) > 20


def test_each_baseline_has_its_own_words():
    row = {
        "extinction_discount": 0.69, "extinction_discount_standard_error": 0.004,
        "discount_with_nobody_else": 0.98, "discount_with_nobody_else_standard_error": 0.001,
    }  # fmt: skip
    text = survival(row)
    assert "69 % less than if nobody else would recover it" in text
    assert re.search(r"98(\.0)? % less than with nobody else at all", text)
    worse = survival(row | {"extinction_discount": -0.35})
    assert "35 % more than if nobody else would recover it" in worse


def test_terms_are_said_of_every_column(study):
    said = terms(study)
    for word in ("sia", "ssa-civilizations", "adt-total", "prior", "effective draws", "s κ q",
                 "digits", "held", "SFC"):  # fmt: skip
        assert len(said[word]) > 20


def test_a_theory_that_gives_no_discount_has_a_dash_and_a_reason(report):
    text = TheoryReport(report).written()
    row = [line for line in text.splitlines() if line.startswith("adt-average")][-1]
    assert row.split()[-2:] == ["-", "-"]
    assert "whether there is" in text


def test_evidence_that_is_not_used_is_not_claimed():
    static = sfc.load_scenario("sandberg2018")
    assert known_of(static, "nothing-visible")[0].startswith("not used: nothing-visible")
    text = assumptions(static, 100, 1, "nothing-visible")
    assert "no front of expanding" not in text
    assert "our addition" in text
    assert known_of(static, ["nothing-visible", "stars-searched"])[0].startswith("stars-searched")
    earth = " ".join(known_of(sfc.load_scenario("kipping2020"), "nothing-visible"))
    assert "earth-history - " in earth
    assert "not used: nothing-visible" in earth
    # The control: where there are fronts the evidence is used, and nothing is added.
    dated = assumptions(sfc.load_scenario("cook2022-balanced"), 100, 1, "nothing-visible")
    assert "no front of expanding" in " ".join(dated.split())
    assert "our addition" not in dated
    given = known_of(sfc.load_scenario("hanson2021-n6-half"), "none")
    assert len(given) == 1
    assert given[0].startswith("nothing-visible - no front")
    assert given[0].endswith("given by the model in any case")


def test_unused_evidence_does_not_matter():
    """What the header says is so: with and without it, the same weights."""
    draws = sfc.sample("sandberg2018", 500, rng=1)
    with_it, without = (sfc.weigh(draws, evidence) for evidence in ("nothing-visible", "none"))
    xr.testing.assert_allclose(with_it.log_weight, without.log_weight)


def test_a_product_of_factors_is_told_per_galaxy_as_its_readers_look_for():
    """P(N < 1) and the median against the draws themselves, within 4 standard errors of exact."""
    made = sfc.assess("sandberg2018", 20_000, rng=3, theories=["prior"])
    draws, report = made.draws, made.report.sel(theory="prior")
    number = 10.0**draws.log10_civilizations_now.values
    chance = float(report.probability_alone_in_galaxy)
    assert chance == pytest.approx((number < 1).mean(), abs=1e-12)
    exact = float(sfc.drake.drake_distribution("sandberg2018").probability_below_one)
    assert abs(chance - exact) < 4 * float(report.probability_alone_in_galaxy_standard_error)
    median = report.galaxy_number.sel(quantile=0.5).item()
    assert median == pytest.approx(np.median(number), rel=0.01)
    assert "In the Galaxy" in str(made)
    assert "In the Galaxy" not in str(sfc.assess("finnveden2019", 500, rng=1))


@pytest.mark.parametrize("scenario", ["cook2022-balanced", "sandberg2018"])
@pytest.mark.parametrize("columns", [80, 100])
def test_what_is_printed_fits_the_terminal(scenario, columns, capsys, monkeypatch):
    monkeypatch.setenv("COLUMNS", str(columns))
    assert main(["run", scenario, "--draws", "600", "--seed", "7"]) == 0
    assert max(map(len, capsys.readouterr().out.splitlines())) <= columns


def test_columns_go_on_in_further_lines_without_cutting_words(monkeypatch):
    monkeypatch.setenv("COLUMNS", "60")
    words = [f"word{k}" for k in range(40)]
    row = {"name": "a-name", "title": " ".join(words), "source": "Somebody 2022"}
    text = as_text(Table(tuple(map(Column, row)), (row,), look="wrapped"))
    assert max(map(len, text.splitlines())) <= 60
    assert [word for word in text.split() if word.startswith("word")] == words


def test_json_has_everything_and_the_table_no_number_without_an_error(report):
    for name in ("held_of_alone", "discount_with_nobody_else", "extinction_discount"):
        for row in rows(report).values():
            assert f"{name}_standard_error" in row
