"""Every argument of every public function, replaced by what it cannot be.

Each call gives an `InputError` of at most two short lines, or an answer: never another exception,
never hundreds of words. What no argument takes is refused by all, or the answer would be nonsense.
"""

from __future__ import annotations

import warnings

import matplotlib.pyplot as plt
import numpy as np
import pytest

import sfc_sim as sfc
from tests import fuzzing

# One call takes a fifth of a second or more.
SLOW = {
    "aim", "assess", "compare", "conditional", "conversion_effects", "drake_distribution",
    "history", "holders", "list_scenarios",
    "load", "load_scenario", "paradox", "plotting.plot_densities", "plotting.report_figures",
    "plotting.sky", "plotting.slices", "plotting.timeline", "plotting.waterfall",
    "posterior_of_product", "posterior_table", "premises", "realised_saturation", "reproduce",
    "retention", "contest", "delay_cost", "sample_to", "save",
    "sensitivity", "simulate", "simulate_here", "tornado", "unseen_fronts", "walk",
}  # fmt: skip
QUICK = {
    "an object",
    "nan",
    "-1",
    "10**400",
    "a word",
    "nothing",
    "an array",
    "draws of another",
    "a quantity",
    "an array of one",
    "an empty Dataset",
}
# Nothing takes an object, NaN or a temperature.
NEVER = {"an object", "nan", "a quantity"}
# Draws that would take hours, in no memory.
ENDLESS = {("drake_distribution", "draws")}
# Without a seed: of every three worlds one is crowded, and its surroundings take minutes or more.
UNLUCKY = {("simulate_here", "rng")}
MOST_WORDS = 600


def wrong(name: str, call: fuzzing.Call, among: set[str] | None) -> list[str]:
    """Return what went wrong, one line per call."""
    found = []
    for argument in fuzzing.arguments_of(call):
        for other in fuzzing.others():
            if among is not None and other.name not in among:
                continue
            if (name, argument) in ENDLESS and other.name.startswith(("10**", "2**")):
                continue
            if (name, argument) in UNLUCKY and other.value is None:
                continue
            case = f"{name}({argument}={other.name})"
            try:
                call.function(**fuzzing.replaced(call, argument, other.value))
            except sfc.InputError as error:
                if len(str(error)) > MOST_WORDS or str(error).count("\n") > 1:
                    found.append(f"{case}: {len(str(error))} characters: {str(error)[:100]}")
            except Exception as error:
                found.append(f"{case}: {type(error).__name__}: {str(error)[:100]}")
            else:
                if other.name in NEVER:
                    found.append(f"{case} is taken")
            plt.close("all")
    plt.close("all")
    return found


def check(names: list[str], among: set[str] | None, tmp_path, monkeypatch) -> None:
    monkeypatch.chdir(tmp_path)
    calls = fuzzing.calls()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", sfc.EffectiveSampleSizeWarning)
        found = [line for name in names for line in wrong(name, calls[name], among)]
    assert not found, "\n".join(found)


def test_wrong_arguments_are_refused_in_words(tmp_path, monkeypatch):
    check(sorted(set(fuzzing.calls()) - SLOW), QUICK, tmp_path, monkeypatch)


@pytest.mark.verification
@pytest.mark.parametrize("name", sorted(fuzzing.calls()))
def test_every_wrong_argument_is_refused_in_words(name, tmp_path, monkeypatch):
    check([name], None, tmp_path, monkeypatch)


def test_every_public_function_has_a_valid_call():
    without = {"Background", "EarthHistory", "EffectiveSampleSizeWarning", "EmptyGalaxy"}
    without |= {"InputError", "Proposal", "Study", "plot_densities"}
    moved = {place.rpartition(".")[2] for place in sfc._MOVED.values()}
    assert (set(sfc.__all__) | moved) - set(fuzzing.calls()) <= without


def test_a_function_that_checks_nothing_is_found(tmp_path, monkeypatch):
    """Negative control."""
    unchecked = fuzzing.Call(lambda values: np.asarray(values, float).sum(), lambda: {"values": 1})
    found = wrong("unchecked", unchecked, QUICK)
    assert any("an object): TypeError" in line for line in found)
    assert any("nan) is taken" in line for line in found)
