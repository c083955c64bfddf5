"""What a shell offers after Tab: names of scenarios, theories and evidence."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys

import pytest
from click.shell_completion import ShellComplete

from sfc_sim.cli import commands
from sfc_sim.inference.evidence import FRONTS, OBSERVATIONS
from sfc_sim.inference.theories import THEORIES
from sfc_sim.scenario.files import catalogue_files

VARIABLE = "_SFC_SIM_COMPLETE"


def offered(*words):
    """Return what is offered for the last word."""
    shell = ShellComplete(commands, {}, "sfc-sim", VARIABLE)
    return shell.get_completions(list(words[:-1]), words[-1])


def values(*words):
    return [item.value for item in offered(*words)]


@pytest.mark.parametrize("command", ["run", "show", "reproduce", "compare", "simulate", "list"])
def test_scenarios_are_offered_wherever_one_is_asked_for(command):
    assert values(command, "") == list(catalogue_files())
    assert values(command, "sandberg2018-t") == ["sandberg2018-toy"]


def test_each_of_several_scenarios_is_offered():
    assert values("compare", "ord2021", "finnveden2019") == ["finnveden2019"]
    assert values("run", "cook2022-balanced=.5", "mills") == ["mills2025"]


def test_theories_evidence_and_the_like_are_offered():
    assert values("run", "--theory", "") == list(THEORIES)
    assert values("compare", "--theory", "ssa") == ["ssa-civilizations", "ssa-all"]
    for command in ("run", "compare"):
        assert values(command, "--evidence", "") == [*FRONTS, *OBSERVATIONS]
    assert values("run", "--retention", "st") == ["starlight"]
    assert values("run", "--causes", "") == ["ord2020", "none"]
    assert values("run", "--for") == ["--format", "--force"]


def test_names_come_with_what_they_mean():
    found = {item.value: item.help for item in offered("run", "--theory", "")}
    assert found["sia"] == THEORIES["sia"].meaning


def test_a_file_is_offered_where_no_name_begins_so():
    (item,) = offered("run", "./mine")
    assert (item.type, item.value) == ("file", "./mine")
    assert offered("run", "--theory", "./mine") == []  # the control: no theory is a file


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_the_program_itself_answers_a_shell(shell):
    code = "import sys; from sfc_sim.cli import main; sys.exit(main())"
    # As the installed program is called, whose name the variable has.
    call = [sys.executable, "-c", code]
    # The script for bash asks which version of bash is there.
    if shell != "bash" or shutil.which("bash"):
        done = subprocess.run(
            call, env=os.environ | {VARIABLE: f"{shell}_source"}, capture_output=True, text=True,
            check=True,
        )  # fmt: skip
        assert f"{VARIABLE}={shell}_complete" in done.stdout
    words = {"COMP_WORDS": "sfc-sim show sandberg2018-t", "COMP_CWORD": "sandberg2018-t"}
    if shell != "fish":
        words["COMP_CWORD"] = "2"
    asked = os.environ | words | {VARIABLE: f"{shell}_complete"}
    done = subprocess.run(call, env=asked, capture_output=True, text=True, check=True)
    assert "sandberg2018-toy" in done.stdout
    assert "sandberg2018-p" not in done.stdout
