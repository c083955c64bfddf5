"""Objects of the user's own go through every function that takes a study."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import pytest

import sfc_sim as sfc
from sfc_sim.inference.evidence import EmptyGalaxy, Observation

pytestmark = [
    pytest.mark.filterwarnings("ignore::sfc_sim.EffectiveSampleSizeWarning"),
    pytest.mark.usefixtures("quick"),
]


class HalfAsGood:
    """As a constant of .5 is, but that no text holds it."""

    def draw(self, u, worlds):
        return np.full(np.shape(u), 0.5)


@dataclass(frozen=True)
class FewHere(Observation):
    """That there are fewer civilizations than a number now."""

    most: float = 1e3
    name: ClassVar[str] = "few-here"

    @property
    def meaning(self) -> str:
        return f"fewer than {self.most:g} now"

    def log_likelihood(self, draws):
        return np.where(draws["log_civilizations_actual"].values < np.log(self.most), 0.0, -np.inf)


@dataclass(frozen=True)
class Stricter(EmptyGalaxy):
    """Another observation by the name of one of ours."""

    def log_likelihood(self, draws):
        return 2.0 * super().log_likelihood(draws)


OTHERS = {
    "tornado": lambda study: sfc.analysis.tornado(study, "prior"),
    "conditional": lambda study: sfc.analysis.conditional(study, "expansion_speed", bins=2),
    "rerun": lambda study: sfc.analysis.conditional(study, "expansion_speed", values=[0.3]),
    "sensitivity": lambda study: sfc.analysis.sensitivity(study, points=16),
    "premises": lambda study: sfc.analysis.premises(study, only=["dates"]),
    "information": sfc.analysis.value_of_information,
    "priorities": lambda study: sfc.decision.priorities(study, samples=16, rng=1),
}


def numbers(table):
    return [v.values for v in table.data_vars.values() if v.dtype.kind == "f"]


@pytest.fixture(scope="module")
def studies():
    """With objects of one's own, and with what the package has that means the same."""
    asked = {"draws": 400, "rng": 7, "theories": ["prior"], "threads": 1}
    own = sfc.assess("cook2022-balanced", similarity=HalfAsGood(), **asked)
    return own, sfc.assess("cook2022-balanced", similarity=0.5, **asked)


@pytest.mark.parametrize("name", OTHERS)
def test_a_similarity_goes_everywhere(name, studies):
    own, same = (OTHERS[name](study) for study in studies)
    if name == "sensitivity":  # whether one's own varies is not known: it is an input
        own, same = own[["choice_total"]], same[["choice_total"]]
    for ours, theirs in zip(numbers(own), numbers(same), strict=True):
        np.testing.assert_allclose(ours, theirs, rtol=1e-9, atol=1e-12)


@pytest.mark.parametrize("name", OTHERS)
def test_an_observation_goes_everywhere(name):
    evidence = ["nothing-visible", FewHere()]
    study = sfc.assess(
        "cook2022-balanced", 400, rng=7, theories=["prior"], evidence=evidence, threads=1
    )
    OTHERS[name](study)
    assert study.evidence == evidence


def test_a_run_anew_is_weighed_by_it():
    asked = {"rng": 7, "theories": ["prior"], "threads": 1}
    evidence = ["nothing-visible", FewHere(1e-10)]
    study = sfc.assess("cook2022-balanced", 400, evidence=evidence, **asked)
    again = sfc.assess("cook2022-balanced", **study.asked)
    assert again.report.recovered_share.item() == study.report.recovered_share.item()
    without = sfc.assess("cook2022-balanced", 400, **asked)
    assert without.report.recovered_share > study.report.recovered_share


@pytest.mark.parametrize("gives", ["x", None, float("nan"), [1.0, 2.0]])
def test_a_similarity_that_gives_no_numbers_is_refused_in_words(gives):
    class Own:
        def draw(self, u, worlds):
            return gives

    with pytest.raises(sfc.InputError, match="draw of the similarity gives"):
        sfc.assess("cook2022-balanced", 60, rng=1, theories=["prior"], similarity=Own())


def test_one_by_the_name_of_ours_is_not_taken_for_it():
    study = sfc.assess("sandberg2018", 400, rng=7, theories=["prior"], evidence=[Stricter()])
    assert type(study.evidence[-1]) is Stricter
