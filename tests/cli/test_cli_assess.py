"""The page of `run --report`, and credences, similarity and what is kept on the command line."""

from __future__ import annotations

import html
import re
import runpy

import pytest
import xarray as xr

import sfc_sim as sfc
from sfc_sim.cli import main
from sfc_sim.cli.texts import read_similarity, read_theories
from sfc_sim.report.legend import sentence
from sfc_sim.report.web_sections import again

pytestmark = pytest.mark.filterwarnings(
    "ignore::sfc_sim.inference.theories.EffectiveSampleSizeWarning"
)
FEW = ("--draws", "4000", "--seed", "3", "--quiet")
FEWER = ("--draws", "1000", "--seed", "3", "--quiet")


@pytest.mark.usefixtures("either")
def test_page_is_whole_and_needs_no_network(tmp_path, capsys):
    path = tmp_path / "report.html"
    theories = ("--theory", "prior=0.4", "--theory", "adt-total=0.6")
    asked = (*FEWER, *theories, "--similarity", "Beta(8, 2)")
    assert main(["run", *asked, "--report", str(path)]) == 0
    text = path.read_text(encoding="utf-8")
    assert text.startswith("<!doctype html>")
    assert text.rstrip().endswith("</html>")
    for part in ("One premise at a time", "What is assumed", "Cook 2022, chapter 1, prior on h",
                 "rng=3", "data:image/png;base64,"):  # fmt: skip
        assert part in text
    # Nothing is fetched: no address in an attribute that a browser would follow by itself.
    assert not re.search(r'(src|href)="(?!data:)', text)
    printed = capsys.readouterr().out
    assert "adt-total" in printed
    for rule in ("favourite", "expected-value", "variance-normalised"):
        assert re.search(rf"^  {rule} +-?\d\.\d+ ± ", printed, re.MULTILINE)
    # No theory is told of unasked: each has its sentence, and the reader chooses.
    for theory in ("prior", "adt-total"):
        assert f"<option>{theory}</option>" in text
        assert f"Under {theory}" in text
    assert "does not choose" in text
    assert not re.search(r"than with nobody else(?! at all)", text)


def test_a_file_is_not_replaced_unasked(tmp_path, capsys):
    path = tmp_path / "report.html"
    path.write_text("mine")
    assert main(["run", *FEW, "--report", str(path)]) == 2
    assert "--force" in capsys.readouterr().err
    assert path.read_text() == "mine"


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--theory", "prior=0.4", "--theory", "sia=0.4"), "sum to 0.8"),
        (("--theory", "prior=0.4", "--theory", "sia"), "each needs one"),
        (("--theory", "piror"), "prior"),
        (("--similarity", "Bta(1, 2)"), "Beta"),
        (("--similarity", "high"), "must be a number"),
        (("--similarity", "Beta(1)"), "similarity"),
        (("--retention", "starlite"), "starlight"),
        (("--retention", "1.5"), "retention"),
        (("--evidence", "life-searched"), "pass LifeSearched(...), or 'life-searched:planets=40'"),
        (("--evidence", "stars-searched:searched=0"), "searched is 0.0; it must be in (0, inf)"),
        (("--evidence", "silence:year=3"), "did you mean 'years'"),
    ],
)
def test_errors_are_one_line(arguments, words, capsys):
    assert main(["run", *FEW, *arguments]) == 2
    error = capsys.readouterr().err
    assert words in error
    assert error.count("\n") == 1


@pytest.mark.usefixtures("either")
def test_a_run_keeps_its_study_and_its_page_at_once(tmp_path, capsys):
    out = tmp_path / "out"
    asked = ("--draws", "300", "--seed", "3", "--theory", "prior=0.4", "--theory", "sia=0.6",
             "--similarity", "Beta(8, 2)", "--retention", "0.5",
             "--set", "expansion_speed=0.9")  # fmt: skip
    files = ("--out", str(out), "--report", str(out / "page.html"))
    assert main(["run", "finnveden2019", *asked, *files]) == 0
    assert "wrote study.nc, report.nc, draws.nc and figures/" in capsys.readouterr().err
    study = sfc.load(out / "study.nc")
    assert study.credences == {"prior": 0.4, "sia": 0.6}
    assert (study.seed, study.retention, study.similarity) == (3, 0.5, sfc.Beta(8, 2))
    assert "extinction_discount_change" in study.report
    xr.testing.assert_identical(study.report, sfc.load(out / "report.nc"))
    xr.testing.assert_identical(study.draws, sfc.load(out / "draws.nc"))
    assert (out / "page.html").read_text(encoding="utf-8").startswith("<!doctype html>")


@pytest.mark.usefixtures("quick")
def test_the_old_name_prints_the_same_and_says_so(capsys):
    asked = ("finnveden2019", "--draws", "300", "--seed", "3", "--format", "csv", "--theory", "sia")
    assert main(["run", *asked]) == 0
    new = capsys.readouterr()
    assert main(["assess", *asked]) == 0
    old = capsys.readouterr()
    assert old.out == new.out
    assert "deprecated" not in new.err
    assert [line for line in old.err.splitlines() if "deprecated" in line] == [
        "sfc-sim: assess is deprecated: use run, which has all of its options"
    ]


def test_credences_and_similarity_are_read():
    assert read_theories(("sia", "sia", "prior")) == ["sia", "prior"]
    assert read_theories(("sia=1",)) == {"sia": 1.0}
    assert read_similarity("-0.5") == -0.5


@pytest.mark.usefixtures("quick")
@pytest.mark.parametrize(
    "settings",
    [
        {"theories": ["prior"], "similarity": 0.5, "evidence": "none"},
        {
            "theories": {"prior": 0.5, "sia": 0.5},
            "similarity": sfc.Mixture((sfc.Normal(0.0, 0.1), sfc.Beta(8, 2)), (0.25, 0.75)),
            "evidence": ["not-engulfed", sfc.inference.StarsSearched(searched=10.0)],
            "retention": 0.5,
            "tolerance": 0.2,
        },
        {"theories": ["prior"], "similarity": sfc.decision.SpeedLinked(1.0, 0.5)},
        {
            "theories": ["prior"],
            "similarity": sfc.decision.Filters(passed={"planet": 0.5}, observed=1.2),
        },
    ],
)
@pytest.mark.parametrize("name", ["cook2022-balanced", "mine"])
def test_the_page_tells_how_to_make_it_again(settings, name, tmp_path):
    """Its code is run, and gives the same bytes; a scenario of the user's own goes with it."""
    scenario = sfc.load_scenario("cook2022-balanced")
    if name == "mine":
        scenario = scenario.replace(expansion_speed=0.5, name="mine")
    study = sfc.assess(scenario, 300, rng=7, **settings)
    code = html.unescape(re.search("<pre id='again'>(.*?)</pre>", again(study), re.S)[1])
    (tmp_path / "again.py").write_text(code, encoding="utf-8")
    found = runpy.run_path(str(tmp_path / "again.py"))
    xr.testing.assert_identical(found["study"].report.drop_attrs(), study.report.drop_attrs())


def test_few_draws_are_marked_everywhere():
    study = sfc.assess("cook2022-balanced", 200, rng=7, theories=["adt-total"])
    assert study.report.ess.item() < 1000
    assert "unsteady" in sentence(study.report, "adt-total")
    table = sfc.report.text(sfc.analysis.premises(study, only=["value of others"]))
    rows = table.split("\nRange")[0]
    assert len(re.findall(r"\*|few draws", rows)) == rows.count("\n")
    many = sfc.assess("cook2022-balanced", 5000, rng=7, theories=["prior"], evidence="none")
    assert many.report.ess.item() >= 1000
    assert "unsteady" not in sentence(many.report, "prior")
    assert "*" not in sfc.report.text(sfc.analysis.premises(many, only=["value of others"]))
