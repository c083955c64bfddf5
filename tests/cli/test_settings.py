"""What can be run, compared and reached; one thing changed with --set, and what that does."""

from __future__ import annotations

import csv
import io
import json
import math

import numpy as np
import pytest
from click.testing import CliRunner

import sfc_sim as sfc
from sfc_sim._core.digits import with_sign
from sfc_sim._core.errors import InputError
from sfc_sim.analysis.paired import paired_change
from sfc_sim.cli import commands, main
from sfc_sim.cli.settings import read_setting
from sfc_sim.distributions import Distribution, LogNormal, law_from_text
from sfc_sim.scenario.reading import load_scenario
from sfc_sim.scenario.scenario import Scenario

ROWS = list(sfc.list_scenarios())
UNABLE = [row.name for row in ROWS if not row.uses.startswith("run")]
BALANCED = load_scenario("cook2022-balanced")
FEW = pytest.mark.filterwarnings("ignore::sfc_sim.EffectiveSampleSizeWarning")
QUICK = pytest.mark.usefixtures("quick")


def test_the_list_says_what_can_be_asked_of_each():
    assert len(UNABLE) == 30
    kinds = {row.uses.split(", ")[0] for row in ROWS}
    assert kinds == {"run", "reach", "posterior"}
    assert all("compare" in row.uses for row in ROWS if row.uses.startswith("run"))


@FEW
@QUICK
def test_every_row_of_the_list_is_taken_for_its_scenario():
    for row in ROWS:
        if "run" in row.uses:
            study = sfc.assess(row, 20, rng=1, theories=["prior"])
            assert study.scenario.name == row.name
        else:
            with pytest.raises(
                InputError, match=f"scenario '{row.name}'.* no civilizations to run; try"
            ):
                sfc.assess(row, 20, rng=1)
            assert sfc.sample(row, 5, rng=1).sizes["draw"] == 5


@pytest.mark.parametrize("command", ["run", "assess", "compare"])
@pytest.mark.parametrize("name", ["armstrong2013-50", "spiegel2012-optimistic-log"])
def test_what_cannot_be_run_is_refused_before_anything_is_printed(command, name, capsys):
    assert main([command, name, "--draws", "50"]) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert f"sfc-sim reproduce {name}" in err
    assert "Dataset" not in err
    assert err.count("\n") == 1
    assert len(err) < 400


def test_what_is_advised_can_be_done(capsys):
    for name in ("armstrong2013-50", "spiegel2012-optimistic-log"):
        assert main(["reproduce", name, "--draws", "500", "--seed", "1"]) == 0
        assert "published" in capsys.readouterr().out
    assert sfc.sample("ord2021", 10, rng=1).sizes["draw"] == 10
    assert sfc.earth.earth_posterior("lineweaver2002", 500, rng=1).sizes


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a=0.9", ("a", 0.9)),
        ("a = -3e-2", ("a", -0.03)),
        ("a=LogUniform(0.1, 1)", ("a", sfc.LogUniform(0.1, 1.0))),
        ("a=Uniform(lo=1, hi=2)", ("a", sfc.Uniform(1.0, 2.0))),
        ("a=between(1, 10)", ("a", sfc.between(1.0, 10.0))),
        ("a=between(1, 10, mass=0.5)", ("a", sfc.between(1.0, 10.0, 0.5))),
        ("a=Discrete([1, 2], [0.5, 0.5])", ("a", sfc.Discrete([1, 2], [0.5, 0.5]))),
        ("a=3 Gyr", ("a", "3 Gyr")),
        ("a=exponential", ("a", "exponential")),
        ("a=['b', c]", ("a", ["b", "c"])),
        ("a=[]", ("a", [])),
    ],
)
def test_settings_are_read(text, expected):
    assert read_setting(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "__import__('os').system('true')", "Uniform(__import__('os'), 2)", "Uniform.mro()",
        "(lambda: 1)()", "Uniform(*[1, 2])", "Uniform(**{'lo': 1})", "open('x')", "[1].pop()",
        "Uniform(1, 2", "Uniform('1', 2)", "Uniform(True, 2)", "Uniform(1)", "Uniform(2, 1)",
        "Unifrom(1, 2)", "Uniform(" * 400 + ")" * 400, "between(1, 10, 2)", "between('1', 2)",
    ],
)  # fmt: skip
def test_nothing_but_laws_is_read_and_nothing_is_run(text):
    with pytest.raises(InputError) as caught:
        read_setting(f"a={text}")
    assert "\n" not in str(caught.value)
    assert len(str(caught.value)) < 500


def test_a_wrong_name_has_a_hint():
    with pytest.raises(InputError, match="did you mean 'Uniform'"):
        law_from_text("Unifrom(1, 2)", "delay")
    for text in ("expansion_speed", "=3", "a="):
        with pytest.raises(InputError, match=r"it must be as in expansion_speed=0\.9"):
            read_setting(text)


def test_every_law_is_read_again_from_how_it_is_shown():
    for row in ROWS[::5]:
        for parameter in load_scenario(row.name).parameters.values():
            law = parameter.distribution
            again = law_from_text(repr(law), parameter.name)
            assert isinstance(again, Distribution)
            assert again.ppf([0.3]) == pytest.approx(law.ppf([0.3]), rel=1e-5)


def test_between_in_a_file():
    old, new = 'kind = "log-uniform"\nlo = 0.1\nhi = 4.5', 'kind = "between"\nlo = 1\nhi = 4'
    text = BALANCED.to_toml().replace(old, new, 1)
    with pytest.raises(InputError, match=r"delay: LogNormal.* allowed \[0, 12\] Gyr"):
        Scenario.from_toml(text)
    made = Distribution.from_dict({"kind": "between", "lo": 1, "hi": 4, "mass": 0.5})
    assert isinstance(made, LogNormal)
    assert made.cdf(4.0) - made.cdf(1.0) == pytest.approx(0.5, rel=1e-12)
    for table, message in (
        ({"lo": 1}, "between needs hi"),
        ({"lo": 1, "hi": 2, "mas": 0.5}, "did you mean 'mass'"),
        ({"lo": 3, "hi": 2}, "needs finite lo < hi"),
    ):
        with pytest.raises(InputError, match=message):
            Distribution.from_dict({"kind": "between", **table}, "delay")


def judged(scenario, seed, draws=2000):
    return sfc.assess(scenario, draws, rng=seed, theories=["prior"])


@FEW
@pytest.mark.parametrize("many", [6, pytest.param(20, marks=pytest.mark.verification)])
def test_the_error_of_a_difference_is_that_of_repeated_pairs(many):
    """The scatter of the change over seeds is its stated error, within 4 standard errors of it."""
    changed = BALANCED.replace(expansion_speed=0.9)
    changes, errors, apart = [], [], []
    for seed in range(many):
        before, after = judged(BALANCED, seed), judged(changed, seed)
        found = paired_change(before, after).sel(theory="prior")
        changes.append(found["extinction_discount_change"].item())
        errors.append(found["extinction_discount_change_standard_error"].item())
        own = [
            side.report.sel(theory="prior")["extinction_discount_standard_error"].item()
            for side in (before, after)
        ]
        apart.append(np.hypot(*own))
        new, old = (
            side.report.sel(theory="prior")["extinction_discount"] for side in (after, before)
        )
        assert changes[-1] == pytest.approx(float(new - old), rel=1e-9)
    scatter, stated = np.std(changes, ddof=1), np.sqrt(np.mean(np.square(errors)))
    width = 4 / np.sqrt(2 * (many - 1))
    assert abs(np.log(scatter / stated)) < width
    # The negative control: errors taken as if independent miss by more.
    assert np.sqrt(np.mean(np.square(apart))) > 1.2 * stated


@FEW
def test_a_difference_that_few_draws_carry_has_the_error_of_few():
    """300 draws, of which fewer than 30 carry what others recover: as of independent runs."""
    before, after = (judged(s, 1, 300) for s in (BALANCED, BALANCED.replace(expansion_speed=0.9)))
    assert before.report["recovered_share_ess"].item() < 30.0
    name = "extinction_discount_standard_error"
    own = np.hypot(*(side.report[name].item() for side in (before, after)))
    found = paired_change(before, after)["extinction_discount_change_standard_error"].item()
    assert found >= own > 1.0 / 300


def invoke(*arguments: str) -> str:
    found = CliRunner().invoke(commands, arguments, prog_name="sfc-sim", catch_exceptions=False)
    assert found.exit_code == 0, found.output
    return found.stdout


RUN = ("--draws", "1500", "--seed", "7", "--theory", "prior", "--set", "expansion_speed=0.9")


@QUICK
@pytest.mark.parametrize("command", ["run", "assess"])
def test_run_prints_before_after_and_the_difference(command):
    text = invoke(command, "cook2022-balanced", *RUN)
    assert "cook2022-balanced+expansion_speed" in text
    head = text.index("before")
    line = next(row for row in text[head:].splitlines() if row.startswith("prior "))
    _, before, after, change, mark, error = line.split()
    reports = [
        sfc.assess(s, 1500, rng=7, theories=["prior"]).report["extinction_discount"].item()
        for s in (BALANCED, BALANCED.replace(expansion_speed=0.9))
    ]
    assert mark == "±"
    assert float(before) == pytest.approx(reports[0], abs=4 * float(error))
    assert float(after) == pytest.approx(reports[1], abs=4 * float(error))
    assert float(change) == pytest.approx(reports[1] - reports[0], abs=4 * float(error))


@QUICK
def test_the_difference_is_in_the_columns_of_programs():
    text = invoke("run", "cook2022-balanced", *RUN, "--format", "csv", "--quiet")
    (row,) = csv.DictReader(io.StringIO(text))
    change = float(row["extinction_discount"]) - float(row["extinction_discount_before"])
    assert float(row["extinction_discount_change"]) == pytest.approx(change, rel=1e-9)
    assert float(row["extinction_discount_change_standard_error"]) > 0.0


@QUICK
def test_compare_puts_a_change_beside_what_it_changes():
    text = invoke(
        "compare", "cook2022-balanced", "--set", "delay=2 Gyr", "--set", "delay_form=exponential",
        "--draws", "200", "--theory", "prior", "--format", "csv",
    )  # fmt: skip
    names = [row["scenario"] for row in csv.DictReader(io.StringIO(text))]
    assert names == ["cook2022-balanced", "cook2022-balanced+delay_form+delay"]


@QUICK
def test_compare_tells_the_difference_with_its_error():
    """From the JSON of the same command: after less before, errors as of runs of their own."""
    asked = ("compare", "finnveden2019", "--set", "expansion_speed=0.5", "--draws", "400",
             "--seed", "3", "--theory", "prior", "--theory", "sia")  # fmt: skip
    text = invoke(*asked)
    old, new = (json.loads(invoke(*asked, "--format", "json"))["rows"][k] for k in (1, 3))
    assert (old["theory"], new["theory"]) == ("sia", "sia")
    name = "alone_in_reachable"
    error = math.hypot(old[f"{name}_standard_error"], new[f"{name}_standard_error"])
    told = text.split("after less before")[1]
    (line,) = [line for line in told.splitlines() if line.startswith(" sia")]
    assert with_sign(new[name] - old[name], error) in line
    assert all(len(line) <= 80 for line in told.splitlines())


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("run", "--set", "expansion_sped=0.9"), "did you mean 'expansion_speed'"),
        (("run", "--set", "expansion_speed=2"), "allowed (0, 1]"),
        (("run", "--set", "delay=1", "--set", "delay=2"), "delay comes twice"),
        (("compare", "--set", "delay=1"), "name at least one"),
        (("assess", "sandberg2018", "--set", "intelligence_fraction=2.0"), "allowed [0, 1]"),
        (("run", "--set", "delay=Uniform(1)"), "delay: Uniform"),
    ],
)
def test_wrong_settings_are_refused_in_a_line(arguments, message, capsys):
    assert main([*arguments, "--draws", "50"]) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert message in err
    assert err.count("\n") == 1
