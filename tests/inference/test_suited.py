"""A scenario inferred by self-sampling is not weighed by self-sampling once more."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import pytest

import sfc_sim as sfc
from sfc_sim.inference import THEORIES, Theory
from sfc_sim.literature import compare
from sfc_sim.plotting import plot_densities
from sfc_sim.report.comparison import ComparisonReport, changes
from sfc_sim.scenario import Scenario, load_scenario

HEGEMONY = load_scenario("kipping2025-hegemony")
SAMPLED = ["ssa-civilizations", "ssa-all", "adt-average"]
MAY = ["prior", "sia", "adt-total"]

pytestmark = [
    pytest.mark.usefixtures("quick"),
    pytest.mark.filterwarnings("ignore::sfc_sim.inference.theories.EffectiveSampleSizeWarning"),
]


@dataclass(frozen=True)
class Dated(Theory):
    """One of a user's own, which needs what not every scenario gives."""

    name: ClassVar[str] = "dated"
    meaning: ClassVar[str] = "by dates"
    needs: ClassVar[frozenset[str]] = frozenset(["fronts"])

    def log_factor(self, draws, front):
        return np.zeros(draws.sizes["draw"])


@pytest.mark.parametrize("theory", SAMPLED)
@pytest.mark.parametrize(
    "call",
    [
        lambda theory: sfc.weigh(sfc.sample(HEGEMONY, 10, rng=1), theories=["prior", theory]),
        lambda theory: sfc.assess(HEGEMONY, 100, rng=1, theories=[theory, "prior"]),
        lambda theory: sfc.assess(HEGEMONY, 100, rng=1, theories={theory: 0.5, "sia": 0.5}),
        lambda theory: sfc.assess({HEGEMONY: 0.5, "finnveden2019": 0.5}, 100, theories=[theory]),
        lambda theory: sfc.aim(HEGEMONY, theories=[theory], rng=1),
        lambda theory: sfc.sample(HEGEMONY, 10, rng=1, aim=[theory]),
        lambda theory: compare([HEGEMONY], theories=[theory], draws=10, rng=1),
    ],
)
def test_it_is_refused_in_one_clear_line(call, theory):
    with pytest.raises(sfc.InputError) as refused:
        call(theory)
    text = str(refused.value)
    assert "\n" not in text
    assert text.startswith("scenario 'kipping2025-hegemony' is inferred by self-sampling already")
    assert "its longest_habitability" in text
    assert theory in text
    assert text.endswith("the theories prior, sia, adt-total may")


def test_by_default_those_that_may_are_asked():
    assert sfc.assess(HEGEMONY, 200, rng=1).names == MAY
    assert sfc.aim(HEGEMONY, rng=1).theories == tuple(MAY)
    assert sfc.weigh(sfc.sample(HEGEMONY, 10, rng=1))["theory"].values.tolist() == MAY
    base = sfc.weigh(sfc.sample("cook2022-balanced", 10, rng=1))
    assert base["theory"].values.tolist() == list(THEORIES)


def test_another_law_of_the_parameter_may_be_weighed_by_all():
    changed = HEGEMONY.replace(longest_habitability="22 Gyr")
    assert "self-sampling" in changed.gives
    assert changed["longest_habitability"].inferred_by == ""
    # What is changed besides leaves it as it is.
    assert "self-sampling" not in HEGEMONY.replace(delay="1 Gyr").gives
    assert "self-sampling" not in Scenario.from_toml(HEGEMONY.to_toml()).gives


def test_only_what_is_known_can_be_said():
    wrong = HEGEMONY.to_toml().replace('inferred_by = "self-sampling"', 'inferred_by = "sampling"')
    with pytest.raises(sfc.InputError, match="longest_habitability inferred_by 'sampling'; did"):
        Scenario.from_toml(wrong)


def test_a_theory_of_ones_own_says_what_it_needs():
    assert sfc.assess("cook2022-balanced", 100, rng=1, theories=[Dated()]).names == ["dated"]
    with pytest.raises(sfc.InputError, match="gives no fronts, which dated needs; the theories"):
        sfc.assess("sandberg2018", 100, rng=1, theories=[Dated()])


def test_a_comparison_leaves_the_cell_blank_and_says_why():
    pair = [HEGEMONY, HEGEMONY.replace(longest_habitability="22 Gyr")]
    table = compare(pair, theories=["ssa-civilizations", "prior"], draws=300, rng=7)
    first, second = (table.isel(scenario=k, theory=0) for k in (0, 1))
    assert np.isnan(first["alone_in_observable"])
    assert np.isfinite(second["alone_in_observable"])
    assert np.isfinite(table["ess"].sel(theory="prior")).all()
    # The other theory is what it is alone.
    alone = compare(pair, theories=["prior"], draws=300, rng=7)
    kept = table["alone_in_observable"].sel(scenario=HEGEMONY.name, theory="prior")
    assert kept == alone["alone_in_observable"].sel(scenario=HEGEMONY.name, theory="prior")
    text = ComparisonReport(table).written()
    row = next(line for line in text.splitlines() if "ssa-civ" in line)
    assert set(row.split()[1:]) == {"-"}
    assert "- left out: scenario 'kipping2025-hegemony' is inferred by self-sampling" in text
    assert "ssa-civilizations" not in changes(table, "longest_habitability=22 Gyr")
    shown = [note.get_text() for note in plot_densities(table).texts]
    assert shown.count("left out") == 1


@pytest.mark.parametrize(
    ("aim", "theories", "words"),
    [
        (False, ["sia"], "): aim at these theories, or take more draws, before"),
        (True, ["sia"], "): take more draws, before"),
        (True, ["sia", "prior"], "): ask for each alone, or take more draws, before"),
    ],
)
@pytest.mark.parametrize(
    "scenario",
    ["cook2022-balanced", {"cook2022-balanced": 0.5, "finnveden2019": 0.5}],
    ids=["one", "mixture"],
)
def test_the_advice_of_few_draws_fits_how_they_were_made(aim, theories, words, scenario):
    with pytest.warns(sfc.EffectiveSampleSizeWarning) as told:
        sfc.assess(scenario, 60, rng=1, theories=theories, aim=aim)
    assert words in str(told[0].message)


def test_draws_aimed_at_another_theory_are_aimed_at_this_one():
    draws = sfc.sample("cook2022-balanced", 60, rng=1, aim=["prior"])
    with pytest.warns(sfc.EffectiveSampleSizeWarning, match="aim at these theories, or"):
        sfc.weigh(draws, theories=["sia"])
