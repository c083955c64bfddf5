"""The command line: what it prints, what it writes, and how it refuses."""

from __future__ import annotations

import csv
import json
import re
import runpy
import subprocess
import sys
import tomllib
import warnings
from importlib import import_module
from pathlib import Path

import pytest

import sfc_sim as sfc
from sfc_sim._core.digits import count, estimate
from sfc_sim.cli import main, program
from sfc_sim.decision.rows import TheoryReport
from sfc_sim.inference import FRONTS
from sfc_sim.inference.theories import THEORIES
from sfc_sim.sampling.adaptation import proposal_in

ROOT = Path(sfc.__file__).parents[1]
FAST = ("run", "--draws", "600", "--seed", "7")
QUICK = pytest.mark.usefixtures("quick")


def refused(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    """Return the error line of a call that must exit with 2 and print nothing else."""
    assert main(arguments) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert err.count("\n") == 1
    assert err.startswith("sfc-sim: ")
    return err


def printed(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    assert main(arguments) == 0
    return capsys.readouterr().out


def scenario_file(folder: Path, old: str = "", new: str = "") -> str:
    text = sfc.load_scenario("cook2022-balanced").to_toml()
    assert old in text
    path = folder / "mine.toml"
    path.write_text(text.replace(old, new), encoding="utf-8")
    return str(path)


# What a run prints


def test_table_has_a_row_per_theory_and_says_what_it_assumes(capsys):
    text = printed(capsys, *FAST)
    lines = text.splitlines()
    head = dict(re.findall(r"^(\w+)  +(.*)$", text.split("\n\n")[0], re.MULTILINE))
    assert head["scenario"].startswith("cook2022-balanced")
    assert head["draws"] == "600; seed 7"
    scenario = sfc.load_scenario("cook2022-balanced")
    verified = sum(p.status == "verified" for p in scenario.parameters.values())
    assert f"{verified} verified" in head["parameters"]
    below = lines[next(i for i, line in enumerate(lines) if set(line) == {"-"}) + 1 :]
    below.remove("decision weights (to choose by, not to believe)")
    assert [line.split()[0].rstrip("*") for line in below[: len(THEORIES)]] == list(THEORIES)
    assert re.search(r"^took \d+\.\d s$", lines[-1])
    assert "The anthropic theory moves the discount" in text


@QUICK
def test_few_effective_draws_are_a_footnote_not_a_warning(capsys):
    # Warnings are errors in this suite: one that escaped would fail the call.
    few = ("run", "--draws", "60", "--seed", "7", "--quiet")
    text = " ".join(printed(capsys, *few).split())
    assert "* theory: its weights have too heavy a tail (k-hat > 0.7) or fewer than 100" in text
    static = printed(
        capsys, "run", "sandberg2018", "--draws", "1500", "--theory", "prior", "--quiet"
    )
    assert re.search(r"^prior  ", static, re.MULTILINE)  # a number in it may be starred
    assert not re.search(r"^prior\*", static, re.MULTILINE)


@QUICK
def test_quiet_is_the_table_alone(capsys):
    assert main([*FAST, "--quiet"]) == 0
    out, err = capsys.readouterr()
    assert err == ""
    assert "scenario" not in out
    assert "took" not in out


@QUICK
def test_json_is_the_report(capsys):
    content = json.loads(printed(capsys, *FAST, "--format", "json", "--threads", "1"))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", sfc.EffectiveSampleSizeWarning)
        report = sfc.assess("cook2022-balanced", 600, rng=7).report
    assert list(content["theories"]) == list(THEORIES)
    for theory, row in content["theories"].items():
        assert set(row) == set(report.data_vars)
        assert row["recovered_share"] == report.recovered_share.sel(theory=theory).item()
        counts = report.civilizations_actual.sel(theory=theory)
        assert list(row["civilizations_actual"].values()) == counts.values.tolist()
    assert {k: v for k, v in content["attrs"].items() if k != "seconds"} == {
        k: v for k, v in report.attrs.items() if k != "seconds"
    }


@QUICK
def test_json_has_null_for_what_is_infinite(capsys):
    text = printed(capsys, "run", "sandberg2018-toy", "--draws", "50", "--format", "json")
    assert json.loads(text)["theories"]["prior"]["takeover_ratio"] is None
    assert "Infinity" not in text


@QUICK
def test_csv_has_a_line_per_theory(capsys):
    text = printed(capsys, *FAST, "--format", "csv", "--theory", "sia", "--theory", "prior")
    rows = list(csv.DictReader(text.splitlines()))
    assert [row["theory"] for row in rows] == ["sia", "prior"]
    assert float(rows[0]["civilizations_actual_0.5"]) > float(rows[1]["civilizations_actual_0.5"])
    assert all(value for row in rows for value in row.values())


@QUICK
def test_seed_makes_a_run_again_and_without_one_runs_differ(capsys):
    short = ("run", "--draws", "50", "--quiet", "--format", "csv")
    assert printed(capsys, *short, "--seed", "3") == printed(capsys, *short, "--seed", "3")
    assert printed(capsys, *short) != printed(capsys, *short)


@QUICK
def test_similarity_scales_the_discount(capsys):
    one, half = (
        json.loads(printed(capsys, *FAST, "--format", "json", "--similarity", q))["theories"]["sia"]
        for q in ("1", "-0.5")
    )
    # Exact but for the rounding of 1 - (1 - x).
    assert half["extinction_discount"] == pytest.approx(
        -0.5 * one["extinction_discount"], rel=1e-14
    )


def test_list_and_show(capsys):
    listed = printed(capsys, "list")
    for row in sfc.list_scenarios():
        assert row.family in listed
        assert sfc.load_scenario(row.name).hash in printed(capsys, "show", row.name)


@QUICK
def test_shown_toml_can_be_run(capsys, tmp_path):
    path = tmp_path / "mine.toml"
    path.write_text(printed(capsys, "show", "sandberg2018", "--toml"), encoding="utf-8")
    assert "sandberg2018 - Dissolving" in printed(capsys, "run", str(path), "--draws", "20")


def test_version_and_bare_call(capsys):
    assert printed(capsys, "--version").split() == ["sfc-sim", sfc.__version__]
    assert "Commands:" in printed(capsys)


def test_help_names_every_evidence(capsys):
    text = printed(capsys, "run", "--help")
    assert all(name in text for name in FRONTS)


def test_observations_join_the_evidence(capsys):
    evidence = ("--evidence", "not-engulfed", "--evidence", "stars-searched")
    text = printed(capsys, "run", "--draws", "500", "--theory", "prior", *evidence)
    assert "not-engulfed - no front" in text
    assert "stars-searched - no signal from 1,000 of 1e11 stars" in text


# Digits


@pytest.mark.parametrize(
    ("value", "error", "text"),
    [
        (0.8253, 0.00099, "0.825"),
        (0.8253, 0.0021, "0.83"),
        (0.01893, 0.00026, "0.019"),
        (3.76e-5, 2e-6, "3.8e-5"),
        (3.76e-5, 2e-5, "4e-5"),
        (0.0, 0.0, "0"),
        (1.0, 0.0, "1"),
        (-0.352, 0.019, "-0.35"),
    ],
)
def test_estimate_prints_steady_digits(value, error, text):
    assert estimate(value, error) == text


@pytest.mark.parametrize(
    ("value", "error", "text"),
    [
        (0.0, 0.0, "<1e-30"),
        (1.2e-13, 3e-14, "1e-13"),
        (1.2e-13, 5e-13, "~1e-13"),
        (0.073, 0.01, "0.07"),
        (0.996, 0.01, "1.00"),
        (272.0, 15.0, "270"),
        (272.0, 3000.0, "~1e2"),
        (12_960.0, 900.0, "13,000"),
        (999_999.0, 9e3, "1,000,000"),
        (1.6e19, 2e18, "1.6e19"),
        (42.0, 0.0, "42"),
        (float("inf"), 0.0, ">1e308"),
    ],
)
def test_count_has_the_digits_of_its_error(value, error, text):
    assert count(value, error) == text


# Bad input: exit code 2 and one line


@pytest.mark.parametrize("draws", ["2.5", "0", "-3", "many", "nan", ""])
def test_draws_must_be_a_whole_number(capsys, draws):
    line = refused(capsys, "run", "--draws", draws)
    assert f"draws is '{draws}'; it must be a whole number, at least 1" in line


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["run", "cook2022-balancd"], "did you mean 'cook2022-balanced'?"),
        (["show", "sandberg"], "did you mean 'sandberg2018'?"),
        (["run", "nowhere.toml"], "no scenario file nowhere.toml"),
        (["run", "--evidence", "nothing"], "did you mean 'nothing-visible'?"),
        (["run", "--theory", "sai"], "did you mean 'sia'?"),
        (["run", "--similarity", "nan"], "similarity is nan"),
        (["run", "--similarity", "inf"], "similarity is inf"),
        (["run", "--similarity", "much"], "similarity is 'much'; it must be a number"),
        (["run", "--seed", "-1"], "seed is '-1'"),
        (["run", "--threads", "0"], "threads is '0'"),
        (["run", "--format", "xml"], "'xml' is not one of"),
        (["run", "--drws", "5"], "--draws"),
        (["run", "sandberg2018", "extra"], "each needs a credence, as in sandberg2018=0.5"),
        (["ran"], "'ran'"),
    ],
)
def test_bad_choices_are_named(capsys, arguments, words):
    assert words in refused(capsys, *arguments)


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("[options]", "[options", "line 10"),
        ("hard_steps", "hard_stpes", "did you mean 'hard_steps'?"),
        ('unit = "Gyr"\n', "", "step_time: unit is missing"),
        ("lo = 0.1\nhi = 4.5", "lo = 4.5\nhi = 0.1", "lo < hi"),
        ("exponent = 0.7", "exponent = -0.7", "exponent"),
        ('unit = "Gyr"', 'unit = "kg"', "kg"),
        ("exponent = 0.7\n", "", "exponent"),
        ('delay_form = "shift"', 'delay_from = "shift"', "did you mean 'delay_form'?"),
    ],
)
def test_bad_scenario_files_are_located(capsys, tmp_path, old, new, words):
    path = scenario_file(tmp_path, old, new)
    line = refused(capsys, "run", path, "--draws", "5")
    assert words in line
    assert "mine.toml" in line


def test_unknown_cosmology_is_refused_before_anything_is_printed(capsys, tmp_path):
    path = scenario_file(tmp_path, 'cosmology = "Planck18"', 'cosmology = "Planck81"')
    assert "did you mean 'Planck18'?" in refused(capsys, "run", path, "--draws", "5")


@QUICK
def test_unchanged_scenario_file_is_accepted(capsys, tmp_path):
    # The control of the test above: what it refuses is the change, not the file.
    assert main(["run", scenario_file(tmp_path), "--draws", "5", "--quiet"]) == 0


# Files


@QUICK
def test_out_holds_report_draws_and_figures_that_can_be_made_again(capsys, tmp_path):
    out = tmp_path / "new" / "out"
    printed(capsys, "run", "sandberg2018", "--draws", "400", "--seed", "7", "--out", str(out))
    assert {path.name for path in out.iterdir()} == {
        "study.nc", "report.nc", "draws.nc", "figures",
    }  # fmt: skip
    assert all(path.read_bytes().startswith(b"\x89PNG") for path in (out / "figures").iterdir())
    draws, report = sfc.load(out / "draws.nc"), sfc.load(out / "report.nc")
    scenario = sfc.Scenario.from_toml(draws.attrs["scenario_toml"])
    seed, proposal = int(draws.attrs["seed"]), proposal_in(draws.attrs)
    again = sfc.sample(scenario, 400, rng=seed, aim=proposal)
    assert draws.recovered_fraction.identical(again.recovered_fraction)
    assert report.attrs["scenario_hash"] == scenario.hash
    assert list(report.theory.values) == list(THEORIES)


@pytest.mark.parametrize("name", ["study.nc", "report.nc", "draws.nc", "figures"])
def test_nothing_is_replaced_without_force(capsys, tmp_path, name):
    (tmp_path / name).touch()
    assert "--force" in refused(capsys, *FAST, "--out", str(tmp_path))
    assert [path.name for path in tmp_path.iterdir()] == [name]
    assert (tmp_path / name).stat().st_size == 0


@QUICK
def test_force_replaces(capsys, tmp_path):
    (tmp_path / "report.nc").touch()
    printed(capsys, "run", "sandberg2018", "--draws", "20", "--out", str(tmp_path), "--force")
    assert sfc.load(tmp_path / "report.nc").sizes["theory"] == len(THEORIES)


def test_out_below_a_file_is_refused_before_any_draw(capsys, tmp_path, monkeypatch):
    def refuse(*_: object, **__: object) -> None:
        raise ArithmeticError("draws were asked for")

    (tmp_path / "file").touch()
    monkeypatch.setattr("sfc_sim.sampling.stopping.sample", refuse)
    line = refused(capsys, "run", "--draws", "1000", "--out", str(tmp_path / "file" / "out"))
    assert "cannot write to folder" in line
    # The control: where the folder can be written, the draws are asked for.
    assert main(["run", "--draws", "1000", "--out", str(tmp_path / "out")]) == 1
    assert "draws were asked for" in capsys.readouterr().err


def test_an_empty_folder_name_is_refused(capsys):
    assert "must name a folder" in refused(capsys, "run", "--draws", "5", "--out", "")


@QUICK
def test_failure_leaves_no_folder(capsys, tmp_path, monkeypatch):
    def fail(*_: object, **__: object) -> None:
        raise ArithmeticError("'alpha' is not a number in draw 3")

    monkeypatch.setattr(sfc, "save", fail)
    assert main(["run", "sandberg2018", "--draws", "20", "--out", str(tmp_path / "out")]) == 1
    assert "draw 3" in capsys.readouterr().err
    assert not (tmp_path / "out").exists()


# Cost of starting


HEAVY = {"astropy", "h5netcdf", "h5py", "matplotlib", "numba", "pandas", "rich", "scipy", "xarray"}


@pytest.mark.parametrize(
    ("code", "allowed"),
    [
        ("import sfc_sim", set()),
        ("from sfc_sim.cli import main; main(['--help']); main(['run', '--help'])", set()),
        ("import sfc_sim as sfc; sfc.sample('ord2021', 5)", HEAVY),
    ],
    ids=["import", "help", "sample"],
)
def test_starting_imports_nothing_heavy(code, allowed):
    """What takes time is what is imported; `benchmarks/startup.py` measures it."""
    asked = f"{code}; import sys; print('|'.join({{n.split('.')[0] for n in sys.modules}}))"
    told = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", asked], cwd=ROOT, check=True, capture_output=True
    )
    heavy = HEAVY & set(told.stdout.decode().splitlines()[-1].split("|"))
    assert heavy <= allowed
    assert bool(heavy) == bool(allowed)  # the last case is the negative control


def test_the_command_that_is_installed_is_this_one():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    module, _, name = project["scripts"]["sfc-sim"].partition(":")
    assert getattr(import_module(module), name) is program


def test_json_of_a_report_is_strict():
    import xarray as xr

    report = xr.Dataset({"ess": ("theory", [float("inf")])}, {"theory": ["prior"]})
    assert json.loads(TheoryReport(report).written("json"))["theories"] == {"prior": {"ess": None}}


# The README


def test_readme_names_the_commands_that_ci_runs():
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    assert "\n    python -m pip install . && sfc-sim run\n" in readme
    assert '\n    python -m pip install ".[test]" && pytest\n' in readme
    steps = (ROOT / ".ci" / "run").read_text(encoding="utf-8")
    assert 'python -m pip install ".[test]"' in steps


@pytest.mark.verification
def test_readme_examples_run(capsys, tmp_path):
    """As printed, without a warning; `test_showing` runs the same code on few draws."""
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    script = tmp_path / "readme.py"
    script.write_text("".join(re.findall(r"```python\n(.*?)```", readme, re.DOTALL)))
    runpy.run_path(str(script))
    assert "ssa-civilizations" in capsys.readouterr().out


def test_readme_shows_the_table_as_it_is_printed(capsys, monkeypatch):
    # The heading and the words, not the numbers: those are pinned where they are computed.
    monkeypatch.setenv("COLUMNS", "80")
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    words = [
        line
        for line in printed(capsys, *FAST).splitlines()
        if line.startswith(("SFC", "s  ", "q  ", "How many", "What "))
    ]
    assert len(words) >= 3
    assert all(line in readme for line in words)
