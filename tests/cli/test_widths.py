"""What is printed fits the terminal: no line is longer, and no word is cut."""

from __future__ import annotations

import warnings
from collections import Counter

import pytest

import sfc_sim as sfc
from sfc_sim._core.rows import Column, Table, as_text
from sfc_sim.cli import commands, main
from sfc_sim.literature.comparison import why_not
from sfc_sim.report.comparison import ComparisonReport
from sfc_sim.scenario.catalogue import folded
from sfc_sim.scenario.files import catalogue_files

SHORT = ("--draws", "60", "--seed", "1")
NARROW, USUAL = 64, 80


def words(text):
    """All words in order, without the gaps that a layout makes."""
    return text.split()


def too_long(text, width):
    """Lines that a terminal would cut, but for one word that is longer than any line."""
    return [line for line in text.splitlines() if len(line) > width and len(line.split()) > 1]


@pytest.fixture(params=[NARROW, USUAL])
def width(request, monkeypatch):
    monkeypatch.setenv("COLUMNS", str(request.param))
    return request.param


def test_a_long_line_is_found():
    assert too_long("a " * 60, 80)
    assert not too_long("https://" + "a" * 100, 80)


@pytest.mark.parametrize("name", list(catalogue_files()))
def test_scenarios_fit_and_lose_no_word(name, width):
    scenario = sfc.load_scenario(name)
    text = str(scenario)
    assert too_long(text, width) == []
    flat = " ".join(words(text))
    for parameter in scenario.parameters.values():
        for part in (str(parameter.distribution), parameter.status, parameter.source):
            assert " ".join(words(part)) in flat
    assert " ".join(words(scenario.assumes)) in flat
    assert scenario.reference in text


def test_the_list_fits_folded_and_unfolded(width):
    for table in (sfc.list_scenarios(), sfc.list_scenarios("20"), sfc.list_scenarios("drake")):
        assert too_long(str(table), width) == []


def test_the_list_has_a_row_per_family_and_counts_what_it_folds(monkeypatch):
    monkeypatch.setenv("COLUMNS", "100")
    table = sfc.list_scenarios()
    head, *lines = str(table).partition("\n\n")[0].splitlines()
    named = [line[: head.index("what it is")].split() for line in lines if line[0] != " "]
    counted = {name: int(many[0].strip("()")) if many else 1 for name, *many in named}
    assert sum(counted.values()) == len(table)
    assert counted == Counter(row.family for row in table)
    assert "hanson2021-n6-half" not in str(table)


def test_families_partition_the_catalogue():
    table = sfc.list_scenarios()
    opened = [sfc.list_scenarios(family) for family in dict.fromkeys(row.family for row in table)]
    assert [row for each in opened for row in each] == list(table)
    assert all(len({row.family for row in each}) == 1 for each in opened)


def test_a_family_of_one_goes_by_the_name_of_its_scenario():
    row = sfc.list_scenarios().rows[0]._replace(name="new2030-only")
    assert "new2030-only" in folded((row,))
    assert "new2030 (2)" in folded((row, row._replace(name="new2030-too")))


def test_the_list_says_what_can_be_asked_of_how_many():
    line = next(x for x in str(sfc.list_scenarios()).splitlines() if x.startswith("sandberg2018"))
    assert line.rpartition("  ")[2].startswith("run, compare, simulate (1")
    for row in sfc.list_scenarios():
        scenario = sfc.load_scenario(row.name)
        assert ("compare" in row.uses) == (why_not(scenario) == "")
        assert ("reach" in row.uses) == (str(scenario.expansion) == "reach")


def test_words_unfold_what_has_them():
    for asked in ("hanson", "HANSON", "Loud aliens", "power-law"):
        found = sfc.list_scenarios(asked)
        assert {row.family for row in found} == {"hanson2021"}
        for row in found:
            for part in row:
                assert " ".join(words(part)) in " ".join(words(str(found)))
    assert [row.name for row in sfc.list_scenarios("Ord 2021")] == ["olson-ord2021", "ord2021"]
    for nothing in ("hansn2021", "", "no such thing"):
        with pytest.raises(sfc.InputError, match="unknown scenario"):
            sfc.list_scenarios(nothing)
    with pytest.raises(sfc.InputError, match="did you mean 'hanson2021'"):
        sfc.list_scenarios("hansn2021")


@pytest.mark.parametrize("asked", [(), ("--all",), ("spiegel2012",), ("grabby",)])
def test_the_command_fits_100_columns(capsys, monkeypatch, asked):
    monkeypatch.setenv("COLUMNS", "100")
    assert main(["list", *asked]) == 0
    text = capsys.readouterr().out
    assert max(map(len, text.splitlines())) <= 100
    if asked:
        found = sfc.list_scenarios(None if asked == ("--all",) else asked[0])
        begun = [line for line in text.splitlines() if line[0] != " "]
        assert begun == [row.name for row in found]


def test_the_command_opens_a_family_and_finds_words(capsys):
    assert main(["list", "ord2021"]) == 0
    assert "olson-ord2021" not in capsys.readouterr().out
    assert main(["list", "hanson"]) == 0
    assert "hanson2021-n6-half" in capsys.readouterr().out
    assert main(["list", "hansn"]) == 2
    assert (
        "unknown scenario or family 'hansn'; did you mean 'hanson2021'" in capsys.readouterr().err
    )


@pytest.mark.usefixtures("either")
def test_tables_fit(monkeypatch):
    monkeypatch.setenv("COLUMNS", str(USUAL))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", sfc.EffectiveSampleSizeWarning)
        compared = sfc.literature.compare(
            ["hanson2021-n12-three-quarters", "lacki2016-lowest", "mills2025"], draws=60, rng=1
        )
        study = sfc.assess("cook2022-balanced", 500, rng=7)
        again = sfc.literature.reproduce("sandberg2018", draws=2000, rng=1)
    texts = [
        ComparisonReport(compared).heading(),
        ComparisonReport(compared).written(),
        sfc.report.text(again),
        sfc.report.text(sfc.analysis.premises(study, draws=60)),
    ]
    for text in texts:
        assert too_long(text, USUAL) == [], text


@pytest.mark.parametrize(
    "command",
    [
        ("run", "sandberg2018", *SHORT, "--set", "expansion_speed=Uniform(0.5, 0.9)"),
        ("simulate", "cook2022-balanced", "--civilizations", "20", "--seed", "1"),
        ("show", "kipping2020"),
        *((name, "--help") for name in commands.commands),
    ],
    ids=lambda command: " ".join(command[:2]),
)
def test_commands_fit(command, capsys, monkeypatch):
    monkeypatch.setenv("COLUMNS", str(USUAL))
    assert main(command) == 0
    assert too_long(capsys.readouterr().out, USUAL) == []


def test_a_table_of_long_errors_fits(monkeypatch):
    """Two columns of .0055 ± .0005 made 81."""
    monkeypatch.setenv("COLUMNS", str(USUAL))
    cells = {"a": "a" * 17, "b": "b" * 13, "c": "c" * 15, "d": "d" * 15, "e": "e" * 13}
    table = Table(tuple(map(Column, cells)), (cells,))
    assert too_long(as_text(table), USUAL) == []
    assert "aaa  bbb" in as_text(Table(tuple(map(Column, "ab")), (cells,)))


def test_credences_fit(believed, monkeypatch):
    """The title that names them is wrapped as text is."""
    monkeypatch.setenv("COLUMNS", str(USUAL))
    assert "By credence" in str(believed)
    assert too_long(str(believed), USUAL) == []
