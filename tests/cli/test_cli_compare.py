"""The command `compare`: what it prints, what it writes, and how it refuses."""

from __future__ import annotations

import csv
import json

import pytest

import sfc_sim as sfc
from sfc_sim.cli import main
from sfc_sim.literature.comparison import COMPARED, compare

FAST = ("compare", "sandberg2018", "maccone2010", "--draws", "600", "--seed", "7")
pytestmark = pytest.mark.usefixtures("quick")


def printed(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    assert main(arguments) == 0
    return capsys.readouterr().out


def refused(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    """Return the error line of a call that must exit with 2 and print nothing else."""
    assert main(arguments) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert err.count("\n") == 1
    assert err.startswith("sfc-sim: ")
    return err


def test_table_has_a_row_per_scenario_and_theory(capsys):
    # Warnings are errors in this suite: few effective draws must be a footnote.
    lines = printed(capsys, *FAST).splitlines()
    assert lines[0].split() == ["evidence", "none;", "not", "used:", "nothing-visible"]
    assert sum("(that they expand is our addition)" in line for line in lines) == 2
    assert any(line.startswith("In the Galaxy, now") for line in lines)
    assert "seed 7" in lines[1]
    assert "galaxies own" in lines[2]
    below = lines[next(i for i, line in enumerate(lines) if set(line) == {"-"}) + 1 :]
    names = [line.split()[0] for line in below[:10]]
    assert names == ["sandberg2018", *COMPARED, "maccone2010", *COMPARED]
    assert max(map(len, lines)) <= 100
    assert lines[-1].startswith("took ")


def test_the_table_says_what_the_package_says(capsys):
    text = printed(capsys, *FAST, "--quiet", "--theory", "prior")
    table = compare(["maccone2010"], theories=["prior"], draws=600, rng=7)
    low, middle, high = (table.log10_actual_ever.sel(quantile=q).item() for q in (0.05, 0.5, 0.95))
    row = [line for line in text.splitlines() if line.startswith(" prior")][1].split()
    assert row[0] == "prior"
    assert row[1:5] == [f"{middle:.1f}", f"{low:.1f}", "to", f"{high:.1f}"]


def test_json_and_csv_are_the_comparison(capsys):
    choice = (*FAST, "--theory", "prior", "--theory", "adt-total", "--format")
    content = json.loads(printed(capsys, *choice, "json"))
    rows = list(csv.DictReader(printed(capsys, *choice, "csv").splitlines()))
    table = compare(
        ["sandberg2018", "maccone2010"], theories=["prior", "adt-total"], draws=600, rng=7
    )
    assert content["attrs"] == table.attrs
    pairs = [(s, t) for s in table.scenario.values for t in table.theory.values]
    for told, line, (scenario, theory) in zip(content["rows"], rows, pairs, strict=True):
        one = table.sel(scenario=scenario, theory=theory)
        assert (told["scenario"], told["theory"]) == (line["scenario"], line["theory"])
        assert (told["scenario"], told["theory"]) == (scenario, theory)
        assert told["alone_in_galaxy"] == one.alone_in_galaxy.item()
        assert list(told["log10_actual_ever"].values()) == one.log10_actual_ever.values.tolist()
        assert float(line["log10_actual_ever_0.5"]) == told["log10_actual_ever"]["0.5"]


def test_what_an_estimate_does_not_say_is_null(capsys):
    choice = ("compare", "frank2016", "maccone2010", "--draws", "10", "--format", "json")
    first, *_ = json.loads(printed(capsys, *choice))["rows"]
    assert set(first["log10_now"].values()) == {None}


def test_evidence_may_be_repeated(capsys):
    text = printed(
        capsys, *FAST, "--theory", "prior", "--evidence", "none", "--evidence", "stars-searched"
    )
    assert "none; no signal from" in text


def test_out_holds_the_comparison_and_its_figure(capsys, tmp_path):
    out = tmp_path / "out"
    choice = (*FAST, "--theory", "prior", "--out", str(out))
    text = printed(capsys, *choice, "--format", "csv")
    assert {path.name for path in out.iterdir()} == {"comparison.nc", "comparison.csv", "figures"}
    assert (out / "comparison.csv").read_text(encoding="utf-8") == text
    assert [path.name for path in (out / "figures").iterdir()] == ["densities.png"]
    assert (out / "figures" / "densities.png").read_bytes().startswith(b"\x89PNG")
    assert sfc.load(out / "comparison.nc").attrs["seed"] == "7"
    assert "--force" in refused(capsys, *choice)
    printed(capsys, *choice, "--force")


def test_seed_and_threads(capsys):
    short = ("compare", "maccone2010", "--draws", "600", "--format", "csv", "--theory", "prior")
    one = printed(capsys, *short, "--seed", "3", "--threads", "1")
    assert one == printed(capsys, *short, "--seed", "3", "--threads", "2")
    assert printed(capsys, *short) != printed(capsys, *short)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("sandberg2019",), "did you mean 'sandberg2018'"),
        (("ord2021",), "how far humanity gets with nobody else"),
        (("sandberg2018", "sandberg2018"), "two scenarios are called"),
        (("sandberg2018", "--theory", "sai"), "did you mean 'sia'"),
        (("sandberg2018", "--evidence", "nothing"), "nothing-visible"),
        (("sandberg2018", "--draws", "0"), "draws is '0'"),
        (("sandberg2018", "--sed", "1"), "--seed"),
    ],
)
def test_bad_input_is_one_line(capsys, arguments, words):
    assert words in refused(capsys, "compare", *arguments)


def test_interrupted_leaves_nothing(capsys, tmp_path, monkeypatch):
    def interrupted(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("sfc_sim.sampling.stopping.sample", interrupted)
    assert main([*FAST, "--out", str(tmp_path / "out")]) == 130
    assert "no unfinished file is left" in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []
