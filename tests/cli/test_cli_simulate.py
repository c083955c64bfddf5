"""The command `simulate`: what it prints, what it writes, and how it refuses."""

from __future__ import annotations

import csv
import json
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
import xarray as xr
from click.testing import CliRunner

import sfc_sim as sfc
from sfc_sim.cli import commands, main
from sfc_sim.report.universe import QUANTILES, QUANTITIES, summary
from sfc_sim.simulation.tasks import COMPUTED

ROOT = Path(sfc.__file__).parents[1]
# About the fewest that a box may hold: fronts must not meet their own image.
MODEL = ("simulate", "--n", "6", "--speed", "0.5", "--civilizations", "450")
FAST = (*MODEL, "--seed", "7")
# Draws of this scenario in which nobody is ever born, and in which some are.
NOBODY, SCENARIO = "3", ("simulate", "cook2022-balanced", "--seed", "1")

HANGS = 600.0  # s: a guard against processes that never end, far beyond what any takes


def printed(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    assert main(arguments) == 0
    return capsys.readouterr().out


def as_data(capsys: pytest.CaptureFixture[str], *arguments: str) -> dict:
    return json.loads(printed(capsys, *arguments, "--format", "json"))


def refused(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    """Return the error line of a call that must exit with 2 and print nothing else."""
    assert main(arguments) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert err.count("\n") == 1
    assert err.startswith("sfc-sim: ")
    return err


def universe_of(**options: object) -> xr.Dataset:
    asked = {"speed": 0.5, "civilizations": 450, "rng": 7} | options
    return sfc.simulate(sfc.appearance.PowerLawAppearance(n=6), **asked)


# What it prints


def test_table_says_what_was_simulated_and_has_a_row_per_quantity(capsys):
    text = printed(capsys, *FAST, "--realisations", "3", "--compute", "all")
    lines = text.splitlines()
    head = dict(line.split(maxsplit=1) for line in lines[: lines.index("")])
    assert "power 6" in head["model"]
    assert head["cosmology"] == "power-law, scale as time to the power 0.667"
    assert head["speed"] == "0.5 of light"
    assert head["drawn"] == "3 realisations, seed 7"
    universe = universe_of(realisations=3)
    assert head["box"].startswith(f"{float(universe.attrs['box']):.4g} Gly")
    each = np.bincount(universe.realisation)
    error = each.std(ddof=1) / np.sqrt(3)
    assert f"\n{each.mean():.1f} ± {error:.1f} civilizations a realisation" in text
    assert f"; {each.sum():,} in all\n" in text
    rows = [line for line in lines if line.endswith(f"{each.sum():,}")]
    assert [q.heading for q in QUANTITIES.values() if q.of != "meetings"] == [
        re.split(r"\s{2,}", row)[0] for row in rows
    ]
    median = np.sort(universe.birth_time)[(each.sum() - 1) // 2]
    assert f"{median:.3g}" in rows[0].split()
    assert re.search(r"^took \d+\.\d s$", lines[-1])
    assert max(map(len, lines)) <= 100


def test_quiet_is_the_numbers_and_the_table_alone(capsys):
    assert main([*FAST, "--quiet"]) == 0
    out, err = capsys.readouterr()
    assert err == ""
    assert "civilizations in 1 realisation" in out.splitlines()[0]
    assert "box" not in out
    assert "took" not in out


def test_scenario_is_named_with_its_hash_and_draw(capsys):
    head = printed(capsys, *SCENARIO)
    assert head.startswith("scenario    cook2022-balanced - ")
    assert "\nparameters  the medians\n" in head
    assert "\nparameters  draw 0 under the seed\n" in printed(capsys, *SCENARIO, "--draw", "0")
    content = as_data(capsys, *SCENARIO, "--draw", "0")
    assert content["attrs"]["scenario_hash"] == sfc.load_scenario("cook2022-balanced").hash
    assert content["attrs"]["draw"] == "0"


def test_json_is_the_summary_of_the_same_simulation(capsys):
    content = as_data(capsys, *FAST, "--compute", "neighbours", "--threads", "1")
    universe = universe_of(compute=["neighbours"])
    assert content["civilizations"]["count"] == universe.sizes["civilization"]
    assert content["civilizations"]["standard_error"] is None  # one realisation
    found = content["quantities"]
    assert list(found) == [
        "birth_time", "wait_until_contact", "wait_until_arrival", "neighbours", "meeting_time",
    ]  # fmt: skip
    waits = np.sort((universe.first_contact - universe.birth_time).values)
    for share in QUANTILES:
        # The least value that at least this share of the sample does not exceed.
        place = int(np.ceil(share * waits.size)) - 1
        assert found["wait_until_contact"][f"{share:g}"] == waits[place]
    assert found["meeting_time"]["count"] == universe.sizes["meeting"]
    assert {k: v for k, v in content["attrs"].items() if k != "seconds"} == {
        k: v for k, v in universe.attrs.items() if k != "seconds"
    }


def test_csv_has_a_line_per_quantity(capsys):
    text = printed(capsys, *FAST, "--realisations", "2", "--format", "csv")
    rows = {row.pop("quantity"): row for row in csv.DictReader(text.splitlines())}
    assert list(rows) == ["civilizations", "birth_time", "wait_until_contact", "wait_until_arrival"]
    data = as_data(capsys, *FAST, "--realisations", "2")
    assert float(rows["civilizations"]["mean"]) == data["civilizations"]["mean"]
    assert float(rows["birth_time"]["0.5"]) == data["quantities"]["birth_time"]["0.5"]


def test_what_never_happens_is_counted_and_longer_than_any_time(capsys):
    # Few and far between where expansion of space speeds up: no two ever meet.
    row = as_data(capsys, *SCENARIO)["quantities"]["wait_until_contact"]
    assert row["never"] == row["count"] > 0
    assert row["0.01"] is None
    assert "never  never  never  never  never" in printed(capsys, *SCENARIO)
    assert as_data(capsys, *FAST)["quantities"]["wait_until_contact"]["never"] == 0


def test_never_is_a_part_of_the_quantiles():
    universe = xr.Dataset(
        {
            "birth_time": ("civilization", [1.0, 2.0, 3.0, 4.0]),
            "first_arrival": ("civilization", [5.0, np.inf, 4.0, np.inf]),
            "first_contact": ("civilization", [3.0, np.inf, np.inf, 4.5]),
            "speed": ("civilization", [0.5, 0.0, 0.5, 0.5]),
        },
        {"realisation": ("civilization", [4, 4, 6, 6])},
        {"realisations": "3", "first": "4"},
    )
    found = summary(universe)
    many = found["civilizations"]
    assert (many["count"], many["expanding"], many["realisations"]) == (4, 3, 3)
    # Counts 2, 0, 2: the empty realisation counts.
    assert many["mean"] == pytest.approx(4 / 3)
    assert many["standard_error"] == pytest.approx(np.sqrt(4 / 3) / np.sqrt(3))
    arrival, contact = (found["quantities"][f"wait_until_{k}"] for k in ("arrival", "contact"))
    assert [arrival[q] for q in ("0.25", "0.5", "0.75")] == [1.0, 4.0, np.inf]
    assert (arrival["never"], arrival["count"]) == (2, 4)
    # Who never expands has no front to meet anyone with.
    assert [contact[q] for q in ("0.25", "0.5", "0.75")] == [0.5, 2.0, np.inf]
    assert (contact["never"], contact["count"]) == (1, 3)


def test_an_empty_universe_is_a_result_and_says_so(capsys, tmp_path):
    empty = (*SCENARIO, "--draw", NOBODY, "--compute", "all")
    assert main([*empty, "--out", str(tmp_path / "out")]) == 0
    out, err = capsys.readouterr()
    assert "0 civilizations in 1 realisation\nAn empty universe: nobody is born in it.\n" in out
    assert err == f"wrote universe.nc to {tmp_path / 'out'}\n"
    assert sfc.load(tmp_path / "out" / "universe.nc").sizes["civilization"] == 0
    content = as_data(capsys, *empty)
    assert content["quantities"]["birth_time"]["0.5"] is None
    assert content["quantities"]["final_volume"]["count"] == 0
    assert printed(capsys, *empty, "--format", "csv").splitlines()[1].startswith("civilizations")


# Each option does what it says


def test_seed_makes_it_again_and_without_one_they_differ(capsys):
    short = (*MODEL, "--format", "csv")
    assert printed(capsys, *short, "--seed", "3") == printed(capsys, *short, "--seed", "3")
    assert printed(capsys, *short) != printed(capsys, *short)


def test_threads_do_not_change_the_result(capsys):
    many = (*FAST, "--realisations", "4", "--format", "csv", "--compute", "all")
    one, three = (printed(capsys, *many, "--threads", k) for k in ("1", "3"))
    assert one == three


def test_n_and_speed_reach_the_model(capsys):
    content = as_data(capsys, "simulate", "--n", "8", "--speed", "0.75", "--seed", "1")
    assert content["attrs"]["appearance"].startswith("PowerLawAppearance(n=8")
    assert content["attrs"]["speed"] == "Fixed(value=0.75)"


def test_speed_replaces_that_of_the_scenario(capsys):
    assert "\nspeed       0.9 of light\n" in printed(capsys, *SCENARIO, "--speed", "0.9")


def test_box_sets_the_side(capsys):
    box = ("simulate", "--n", "6", "--speed", "0.5", "--box", "25", "--seed", "7")
    assert as_data(capsys, *box)["attrs"]["box"] == "25.0"


def test_delay_and_quiet_ratio_are_counted_and_said(capsys):
    usual = as_data(capsys, *FAST)
    mixed = (*FAST, "--quiet-ratio", "1", "--delay", "0.5")
    content = as_data(capsys, *mixed)
    many = content["civilizations"]
    assert usual["civilizations"]["expanding"] == usual["civilizations"]["count"]
    assert 0 < many["expanding"] < many["count"]
    assert content["quantities"]["wait_until_contact"]["count"] == many["expanding"]
    assert content["quantities"]["wait_until_arrival"]["count"] == many["count"]
    text = printed(capsys, *mixed)
    assert "\nquiet      1 born that never expand, per expanding one\n" in text
    assert "\ndelay      0.5 Gyr from birth to expansion\n" in text
    assert f", {many['expanding']:,} expand\n" in text


@pytest.mark.parametrize("name", COMPUTED)
def test_every_quantity_can_be_computed_alone_and_is_shown(capsys, name):
    usual = set(as_data(capsys, *FAST)["quantities"])
    more = set(as_data(capsys, *FAST, "--compute", name)["quantities"]) - usual
    assert name in {QUANTITIES[key].variable for key in more}


def test_help_names_all_that_can_be_computed(capsys):
    text = " ".join(printed(capsys, "simulate", "--help").split())
    assert f"{', '.join(list(COMPUTED)[:-1])}, {list(COMPUTED)[-1]} or all" in text
    assert "simulate" in printed(capsys, "--help")


# Bad input: exit code 2, one line, nothing printed or written


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ([], "scenario is missing"),
        (["cook2022-balancd"], "did you mean 'cook2022-balanced'?"),
        (["nowhere.toml"], "no scenario file nowhere.toml"),
        (["sandberg2018"], "'sandberg2018' has no dates of appearance"),
        (["cook2022-balanced", "--n", "6"], "exclude each other"),
        (["cook2022-balanced", "--draw", "-1"], "draw is '-1'"),
        (["--n", "6"], "speed is missing: a power law has none; pass one, such as --speed"),
        (["--n", "6", "--speed", "0.5", "--draw", "1"], "draw is for scenarios"),
        (["--n", "0", "--speed", "0.5"], "n of a power law is 0"),
        (["--n", "many", "--speed", "0.5"], "'many' is not a valid float"),
        (["--n", "6", "--speed", "0"], "speed is 0"),
        (["--n", "6", "--speed", "1.5"], "at most 1, the speed of light"),
        (["--n", "6", "--speed", "nan"], "speed: nan is not a number"),
        (["--n", "6", "--speed", "0.5", "--box", "5"], "too small"),
        (["--n", "6", "--speed", "0.5", "--box", "-5"], "box is -5.0"),
        (["--n", "6", "--speed", "0.5", "--box", "30", "--civilizations", "400"], "pass one"),
        ([*FAST[1:-2], "--civilizations", "9"], "too small"),
        ([*FAST[1:-2], "--civilizations", "0"], "civilizations is 0.0"),
        ([*FAST[1:-2], "--civilizations", "1e15"], "GB are free"),
        ([*FAST[1:], "--realisations", "0"], "realisations is '0'"),
        ([*FAST[1:], "--compute", "neighbors"], "did you mean 'neighbours'?"),
        ([*FAST[1:], "--quiet-ratio", "-1"], "quiet_ratio is -1.0"),
        ([*FAST[1:], "--delay", "inf"], "delay is inf"),
        ([*FAST[1:], "--seed", "-1"], "seed is '-1'"),
        ([*FAST[1:], "--threads", "0"], "threads is '0'"),
        ([*FAST[1:], "--format", "xml"], "'xml' is not one of"),
        ([*FAST[1:], "--speeed", "1"], "--speeed"),
        ([*FAST[1:], "--out", ""], "must name a folder"),
    ],
)
def test_bad_choices_are_named_and_leave_nothing(capsys, tmp_path, arguments, words):
    out = [] if "--out" in arguments else ["--out", str(tmp_path / "new" / "out")]
    assert words in refused(capsys, "simulate", *arguments, *out)
    assert not any(tmp_path.iterdir())


# Files


def test_out_holds_the_universe_and_its_figures(capsys, tmp_path):
    out = tmp_path / "new" / "out"
    assert main([*FAST, "--compute", "visible_at_birth", "--out", str(out)]) == 0
    assert {path.name for path in out.iterdir()} == {"universe.nc", "figures"}
    names = {path.name for path in (out / "figures").iterdir()}
    assert names == {"birth_dates.png", "waiting_times.png", "sky.png", "slices.png"}
    assert all(path.read_bytes().startswith(b"\x89PNG") for path in (out / "figures").iterdir())
    err = capsys.readouterr().err
    assert all(name in err for name in {"universe.nc", *names})
    universe = sfc.load(out / "universe.nc")
    again = universe_of(compute=["visible_at_birth"])
    assert universe.drop_attrs().equals(again.drop_attrs())


def test_figures_are_those_that_have_something_to_show(capsys, tmp_path):
    # Nobody meets, nobody looks; but domains are there to be cut.
    printed(capsys, *SCENARIO, "--out", str(tmp_path))
    names = {path.name for path in (tmp_path / "figures").iterdir()}
    assert names == {"birth_dates.png", "slices.png"}


@pytest.mark.parametrize("name", ["universe.nc", "figures"])
def test_nothing_is_replaced_without_force(capsys, tmp_path, name):
    (tmp_path / name).touch()
    assert "--force" in refused(capsys, *FAST, "--out", str(tmp_path))
    assert [path.name for path in tmp_path.iterdir()] == [name]


def test_force_replaces_what_it_writes_and_nothing_else(capsys, tmp_path):
    (tmp_path / "universe.nc").touch()
    (tmp_path / "mine.txt").touch()
    printed(capsys, *SCENARIO, "--out", str(tmp_path), "--force")
    assert sfc.load(tmp_path / "universe.nc").sizes["civilization"] > 0
    assert (tmp_path / "mine.txt").exists()


def test_failure_leaves_no_folder(capsys, tmp_path, monkeypatch):
    def fail(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(sfc, "save", fail)
    assert main([*FAST, "--out", str(tmp_path / "new" / "out")]) == 1
    out, err = capsys.readouterr()
    assert "birth to contact" in out  # what is computed is told
    assert err == "sfc-sim: cannot write: No space left on device\n"
    assert not any(tmp_path.iterdir())


def test_interrupted_it_exits_with_130_and_leaves_nothing(tmp_path):
    out = tmp_path / "out"
    # A minute's work, in a gigabyte.
    command = ["simulate", "--n", "6", "--speed", "0.5", "--civilizations", "400"]
    command += ["--realisations", "2000", "--compute", "all"]
    process = subprocess.Popen(
        [sys.executable, "-m", "sfc_sim", *command, "--out", str(out)],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        # A shell that runs tests in the background makes its children deaf to Ctrl-C.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )
    hangs = time.monotonic() + HANGS
    while not out.exists():  # it is made just before the simulation
        assert process.poll() is None, process.communicate()
        assert time.monotonic() < hangs
        time.sleep(0.05)
    time.sleep(1.0)
    assert process.poll() is None, process.communicate()
    process.send_signal(signal.SIGINT)
    printed, err = process.communicate(timeout=HANGS)
    assert process.returncode == 130
    assert (printed, err.strip()) == ("", "sfc-sim: interrupted; no unfinished file is left")
    assert not any(tmp_path.iterdir())


# Start-up and docs


def test_help_loads_nothing_heavy():
    code = (
        "import sfc_sim.cli, sys\n"
        "sfc_sim.cli.main(['simulate', '--help'])\n"
        "print(*{name.split('.')[0] for name in sys.modules}, file=sys.stderr)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )
    heavy = {"numba", "numpy", "xarray", "matplotlib", "astropy", "scipy", "pandas", "rich"}
    assert not set(done.stderr.split()) & heavy


def test_docs_show_the_help_of_every_command(capsys):
    # The page is made from this table; see docs/_ext/command_line.py.
    assert set(commands.commands) == {
        "list", "show", "run", "assess", "compare", "simulate", "reproduce", "schema",
        "warm", "explore",
    }  # fmt: skip
    for name in commands.commands:
        assert CliRunner().invoke(commands, [name, "--help"]).exit_code == 0
