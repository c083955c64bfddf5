"""The page of a study: what it opens with, what it explains, and that no text of a file runs."""

from __future__ import annotations

import re
from string import Formatter

import pytest

import sfc_sim as sfc
from sfc_sim.decision.rows import TABLES as PRINTED
from sfc_sim.report import web
from sfc_sim.report.web_captions import ABOUT, FIGURES, TABLES
from sfc_sim.report.web_opening import answer, less, opening
from sfc_sim.report.web_parts import picture
from tests.hostile import HARMLESS, HOSTILE, SCRIPT_ADDRESSES, Shape, same_shape, worded

pytestmark = pytest.mark.filterwarnings(
    "ignore::sfc_sim.inference.theories.EffectiveSampleSizeWarning"
)


@pytest.fixture(scope="module")
def study():
    return sfc.assess("cook2022-balanced", 2000, rng=7, theories=["prior", "sia", "adt-average"])


def test_the_answer_is_the_range_of_the_discount_with_its_errors(study):
    told = answer(study.report)
    for theory in ("prior", "sia"):
        row = study.report.sel(theory=theory)
        value, error = (
            100.0 * float(row[f"extinction_discount{end}"]) for end in ("", "_standard_error")
        )
        shown = re.search(rf"([0-9.]+) ± ([0-9.]+) % less \(under {theory}\)", told)
        unit = 10.0 ** -len(shown[2].partition(".")[2])
        assert abs(float(shown[1]) - value) <= 0.5001 * unit
        assert abs(float(shown[2]) - error) <= 0.5001 * unit
        assert unit <= error * 1.0001  # a digit of the error at least
    assert told.index("under prior") < told.index("under sia")
    assert "±" in told
    assert "adt-average" not in told
    one = answer(study.only("sia").report)
    assert one.startswith("Under sia, reducing the risk of extinction is worth ")
    assert one.count("±") == 1


@pytest.mark.parametrize(
    ("value", "error", "words"),
    [
        (0.5, 0.4, "50 ± 40 % less"),
        (1.0, 0.4, ">20 % less"),
        (1.0, 0.0, "100 % less"),
        (0.0, 0.001, "<0.2 % less"),
        (-0.35, 0.02, "35 ± 2 % more"),
        (1.4, 0.01, "140 ± 1 % less"),
        (3e-6, 1e-6, "3e-4 ± 1e-4 % less"),
        (3e-9, 1e-9, "3e-7 ± 1e-7 % less"),
    ],
)
def test_a_discount_is_never_all_or_none_that_may_be_less_or_more(value, error, words):
    row = {"extinction_discount": value, "extinction_discount_standard_error": error}
    assert less(row) == words


def test_survival_may_be_worth_more_and_there_may_be_no_answer():
    worse = sfc.assess("cook2022-balanced", 500, rng=7, theories=["prior"], similarity=-0.5)
    assert "% more than if" in answer(worse.report)
    unknown = float("nan") * worse.report["extinction_discount"]
    none = worse.report.assign(extinction_discount=unknown)
    assert answer(none) == "No theory that was asked for gives an answer: see below why."


def test_the_page_opens_with_question_answer_and_the_theories(study):
    shape = Shape(opening(study))
    order = [shape.text.index(words) for words in
             ("If humanity dies out", answer(study.report)[:40], "Computed under the assumptions",
              "what it weighs worlds by", "Under prior: ", "Words and symbols")]  # fmt: skip
    assert order == sorted(order)
    for theory in study.theories:
        assert theory.meaning in shape.text


def test_every_section_table_and_figure_is_explained():
    assert set(web.SECTIONS) == set(ABOUT)
    assert set(PRINTED) == set(TABLES)
    for title, see in FIGURES.values():
        assert len(see) > 60
        assert see.endswith(".")
        assert {name for _, name, _, _ in Formatter().parse(title + see) if name} <= {
            "name", "output",
        }  # fmt: skip
    plain = " ".join([*ABOUT.values(), *TABLES.values()])
    for symbol in ("s κ q", "SFC", "Gly", "Gyr", "±"):
        assert symbol in plain


def test_a_picture_has_a_title_and_says_what_to_see(study):
    from sfc_sim import plotting

    shape = Shape(picture(plotting.multiplier_map(study.report), "multiplier_map"))
    title, see = FIGURES["multiplier_map"]
    assert f"{title}. {see}" in " ".join(shape.text.split())
    assert ("img", ("alt", "src")) in shape.elements
    with pytest.raises(KeyError):
        picture(plotting.multiplier_map(study.report), "no-such-figure")


# ---- text of a scenario file


def paged(scenario: sfc.Scenario) -> str:
    """Return the page of a scenario of few draws."""
    study = sfc.assess(scenario, 300, rng=7, theories=["prior", "sia"])
    return web.page(study, False)


@pytest.mark.usefixtures("quick")
def test_no_text_of_a_file_leaves_its_element():
    """The same elements as with harmless words, and what was written is read."""
    hostile, harmless = (
        paged(worded(words, reference))
        for words, reference in ((HOSTILE, SCRIPT_ADDRESSES[0]), (HARMLESS, "an address"))
    )
    same_shape(hostile, harmless)
    shape = Shape(hostile)
    assert [name for name, _ in shape.elements].count("script") == 1
    assert HOSTILE in shape.text
    assert SCRIPT_ADDRESSES[0] in shape.text
    assert not [names for _, names in shape.elements if any(n.startswith("on") for n in names)]
    # The control: one field that is not escaped is seen.
    with pytest.raises(AssertionError):
        same_shape(harmless.replace(HARMLESS, HOSTILE, 1), harmless)


def test_what_a_hostile_file_says_comes_through_the_file(tmp_path):
    """The words survive the TOML, so that the page is asked what a file would ask of it."""
    scenario = worded(HOSTILE, SCRIPT_ADDRESSES[0])
    path = sfc.save_scenario(scenario, tmp_path / "mine.toml")
    again = sfc.load_scenario(path)
    for field in ("name", "title", "source", "assumes"):
        assert HOSTILE in getattr(again, field)
    assert again.reference == SCRIPT_ADDRESSES[0]
    assert [p.name for p in again.premises] == [HOSTILE]
    assert [c.quantity for c in again.claims] == [HOSTILE]
