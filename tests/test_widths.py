"""What is printed fits the terminal: no line is longer, and no word is cut."""

from __future__ import annotations

import warnings
from functools import cache

import pytest

import sfc_sim as sfc
from sfc_sim._comparison_report import ComparisonReport
from sfc_sim.cli import commands, main
from sfc_sim.scenario import catalogue_files

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


@cache
def study():
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", sfc.EffectiveSampleSizeWarning)
        return sfc.assess("cook2022-balanced", 500, rng=7)


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


def test_the_list_has_a_line_per_work_and_counts_what_it_folds():
    table = sfc.list_scenarios()
    text = str(table)
    counted = 0
    for line in text.splitlines():
        if line.startswith("  ") and line[2] != " ":
            many = line.strip().partition("  ")[0].partition(" (")[2].rstrip(")")
            counted += int(many or 1)
    assert counted == len(table)
    assert "hanson2021 (9)" in text
    assert "hanson2021-n6-half" not in text


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


def test_the_command_filters(capsys):
    assert main(["list", "hanson"]) == 0
    assert "hanson2021-n6-half" in capsys.readouterr().out
    assert main(["list", "hansn"]) == 2
    assert "did you mean 'hanson2021'" in capsys.readouterr().err


def test_tables_fit(monkeypatch):
    monkeypatch.setenv("COLUMNS", str(USUAL))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", sfc.EffectiveSampleSizeWarning)
        compared = sfc.compare(["hanson2021-n12-three-quarters", "lacki2016-lowest", "mills2025"],
                               draws=60, rng=1)  # fmt: skip
        again = sfc.reproduce("sandberg2018", draws=2000, rng=1)
    texts = [
        ComparisonReport(compared).heading(),
        ComparisonReport(compared).written(),
        sfc.reproduction_table(again),
        sfc.premise_table(sfc.premises(study(), draws=60)),
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
