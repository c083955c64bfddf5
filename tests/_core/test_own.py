"""Objects of the user's own go through every function that takes a study."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import ClassVar

import numpy as np
import pytest

import sfc_sim as sfc
from sfc_sim.inference import (
    EmptyGalaxy,
    FrontEvidence,
    Observation,
    SelfIndication,
    Theory,
    variable_of,
)
from sfc_sim.report.web import page

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


@dataclass(frozen=True)
class Unseen(FrontEvidence):
    """As "nothing-visible" is."""

    name: ClassVar[str] = "unseen"
    cone: ClassVar[str] = "light"

    @property
    def meaning(self) -> str:
        return "nothing to see"


@dataclass(frozen=True)
class Many(Theory):
    """As "sia" is, times a power of the number."""

    power: float = 1.0
    name: ClassVar[str] = "many"

    @property
    def meaning(self) -> str:
        return "by the number of us"

    def log_factor(self, draws, front):
        return self.power * variable_of(draws, "log_observers_like_us")


OTHERS = {
    "tornado": lambda study: sfc.analysis.tornado(study, "prior"),
    "conditional": lambda study: sfc.analysis.conditional(study, "expansion_speed", bins=2),
    "rerun": lambda study: sfc.analysis.conditional(study, "expansion_speed", values=[0.3]),
    "sensitivity": lambda study: sfc.analysis.sensitivity(study, points=16),
    "premises": lambda study: sfc.analysis.premises(study, only=["dates"]),
    "information": sfc.analysis.value_of_information,
    "priorities": lambda study: sfc.decision.priorities(study, draws=16, rng=1),
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
    assert study.evidence[1:] == evidence[1:]


@pytest.fixture(scope="module")
def believers():
    """With a theory and evidence of one's own, and with what the package has that is the same."""
    asked = {"draws": 400, "rng": 7, "threads": 1, "similarity": 0.5}
    own = sfc.assess("cook2022-balanced", theories=[Many()], evidence=Unseen(), **asked)
    return own, sfc.assess("cook2022-balanced", theories=["sia"], **asked)


BELIEVED = OTHERS | {
    "tornado": lambda study: sfc.analysis.tornado(study),
    "premises": lambda study: sfc.analysis.premises(study, only=["dates", "speed"]),
    "report": lambda study: study.report,
    "saturation": lambda study: sfc.saturation(study.draws, study.weights),
    "relevance": lambda study: sfc.decision.relevance(study),
    "retention": lambda study: sfc.decision.retention(study.draws, study.weights, "starlight"),
    "contest": lambda study: sfc.decision.contest(study.draws, study.weights, "shared"),
}


@pytest.mark.parametrize("name", BELIEVED)
def test_a_theory_and_a_front_go_everywhere(name, believers):
    own, same = (BELIEVED[name](study) for study in believers)
    for ours, theirs in zip(numbers(own), numbers(same), strict=True):
        np.testing.assert_allclose(ours, theirs, rtol=1e-9, atol=1e-12)


def test_a_front_of_ones_own_is_what_one_world_is_given():
    """The cone decides, in the closed forms and in the simulated surroundings."""
    for evidence in ("nothing-visible", "not-engulfed"):
        one = Unseen()
        if evidence == "not-engulfed":

            @dataclass(frozen=True)
            class Unmet(Unseen):
                cone: ClassVar[str] = "fronts"

            one = Unmet()
        for call in (
            lambda given: sfc.history("cook2022-balanced", evidence=given),
            lambda given: sfc.simulate_here(
                "cook2022-balanced", draw=8, evidence=given, realisations=2, rng=1
            ),
        ):
            for ours, theirs in zip(numbers(call(one)), numbers(call(evidence)), strict=True):
                np.testing.assert_array_equal(ours, theirs)


def test_half_of_a_front_that_would_be_seen():
    """One's own chance counts: half of what would have been seen is, so .5 + .5 exp(-V)."""

    class HalfSeen(Unseen):
        def log_likelihood(self, draws):
            return np.logaddexp(np.log(0.5), np.log(0.5) + super().log_likelihood(draws))

    draws = sfc.sample("cook2022-balanced", 2000, rng=3)
    found = sfc.weigh(draws, HalfSeen(), theories=["prior"]).log_weight.values[0]
    chance = 0.5 + 0.5 * np.exp(-np.exp(draws.log_seen_now.values))
    np.testing.assert_allclose(np.exp(found), chance / chance.sum(), rtol=1e-9)


def test_they_are_found_again_on_the_disk(believers, tmp_path):
    again = sfc.load(believers[0].save(tmp_path / "study.nc"))
    assert again.theories == (Many(),)
    assert again.evidence == [Unseen()]
    again, same = (sfc.assess("cook2022-balanced", **each.asked) for each in (again, believers[0]))
    np.testing.assert_array_equal(again.report.recovered_share, same.report.recovered_share)


def test_own_theories_go_with_ours_and_by_credence():
    theories = [Many(0.5), "sia", "adt-total"]
    table = sfc.literature.compare(["cook2022-balanced"], theories=theories, draws=400, rng=7)
    assert table.theory.values.tolist() == ["many", "sia", "adt-total"]
    found = sfc.analysis.paradox("sandberg2018", Many(0.5), draws=500, rng=1)
    assert found.attrs["theory"] == "many"
    step = {"by number": {"theory": Many(0.5), "evidence": Unseen()}}
    walked = sfc.literature.walk("cook2022-balanced", step, draws=400, rng=1)
    assert walked.theory.values.tolist() == ["prior", "many"]
    with pytest.raises(
        sfc.InputError, match="unknown assumption 'evidance'; did you mean 'evidence'"
    ):
        sfc.literature.walk("cook2022-balanced", {"typo": {"evidance": "none"}}, draws=50)


@pytest.mark.parametrize(
    ("theories", "words"),
    [
        ([Many], r"each of theories is .*Many.*; it must be a name or a Theory"),
        ([Many(), Many(0.5)], "theories has 'many' twice"),
        ([Many(), "sai"], "did you mean 'sia'"),
        ({Many(): 0.5, "sia": 0.4}, "credences sum to 0.9"),
        ({Many(): 0.5, Many(0.5): 0.5}, "theories has 'many' twice"),
    ],
)
def test_what_is_no_theory_is_refused(theories, words):
    with pytest.raises(sfc.InputError, match=words):
        sfc.assess("cook2022-balanced", 60, rng=1, theories=theories)


class Shaped(Many):
    """A theory whose factor is none."""

    name = "shaped"

    def log_factor(self, draws, front):
        return self.power


class SeenAs(Observation):
    """An observation that gives what it is told."""

    name = "seen-as"
    meaning = ""

    def __init__(self, value):
        object.__setattr__(self, "value", value)

    def log_likelihood(self, draws):
        return self.value


def named(kind, **attributes):
    return type("Named", (kind,), {"meaning": "", **attributes})()


NONE = np.zeros(3)
NAN = np.where(np.arange(50) == 7, np.nan, 0.0)


@pytest.mark.parametrize(
    ("given", "error", "words"),
    [
        (
            {"theories": [Shaped(0.5)]},
            sfc.InputError,
            r"'shaped' gives shape \(\); it must give one",
        ),
        (
            {"theories": [Shaped(NONE)]},
            sfc.InputError,
            r"gives shape \(3,\); it must give one number",
        ),
        (
            {"theories": [Shaped("x")]},
            sfc.InputError,
            "gives 'x'; it must give one number for each",
        ),
        ({"theories": [Shaped(None)]}, sfc.InputError, "gives None; it must give one number"),
        (
            {"theories": [Shaped(1j * NAN)]},
            sfc.InputError,
            "it must give one number for each of 50",
        ),
        (
            {"theories": [Shaped(NAN)]},
            ArithmeticError,
            "'shaped' gives nan in draw 7; it must be fin",
        ),
        ({"evidence": SeenAs(NAN)}, ArithmeticError, "evidence 'seen-as' gives nan in draw 7"),
        ({"evidence": SeenAs(NONE)}, sfc.InputError, "evidence 'seen-as' gives shape"),
        ({"evidence": [SeenAs(0.0), SeenAs(0.0)]}, sfc.InputError, "'seen-as' twice"),
        ({"evidence": FewHere}, sfc.InputError, "evidence is the class FewHere; pass an object"),
        (
            {"evidence": named(FewHere, name="")},
            sfc.InputError,
            "whose name is ''; it must be text",
        ),
        (
            {"evidence": named(Unseen, cone="ligth")},
            sfc.InputError,
            "cone is 'ligth'; allowed: light",
        ),
        ({"evidence": named(Unseen, name="none")}, sfc.InputError, "by the name 'none' of another"),
        (
            {"theories": [named(Many, meaning=None)]},
            sfc.InputError,
            "'many': meaning is None; it must",
        ),
        ({"theories": [named(Many, name=3)]}, sfc.InputError, "whose name is 3; it must be text"),
        ({"theories": [named(Many, name="sia")]}, sfc.InputError, "by the name 'sia' of another"),
        (
            {"theories": [named(Many, stakes="yes")]},
            sfc.InputError,
            "stakes is 'yes'; allowed: True",
        ),
    ],
)
def test_an_object_that_is_none_is_refused_in_words(given, error, words):
    draws = sfc.sample("cook2022-balanced", 50, rng=1)
    with pytest.raises(error, match=words) as caught:
        sfc.weigh(draws, **{"theories": ["prior"], **given})
    assert str(caught.value).count("\n") < 2


@dataclass(frozen=True)
class Several(FewHere):
    """With a field that JSON has no word for."""

    name: ClassVar[str] = "several"
    ends: tuple[float, ...] = (1.0, 2.0)


def test_a_tuple_comes_back_as_a_tuple(tmp_path):
    study = sfc.assess("sandberg2018", 100, rng=7, theories=["prior"], evidence=[Several()])
    assert sfc.load(study.save(tmp_path / "study.nc")).evidence == [Several()]


def test_a_theory_is_known_by_itself_and_by_its_name(believers):
    study = believers[0]
    assert study.only(Many()).names == study.only("many").names
    assert (study.world(Many()).weight == study.world("many").weight).all()
    for ask in (sfc.analysis.tornado, sfc.analysis.value_of_information):
        found = ask(study, theory=Many())
        assert found.identical(ask(study, theory="many"))
    exact = sfc.analysis.posterior_of_product("sandberg2018", theory=SelfIndication())
    assert exact.identical(sfc.analysis.posterior_of_product("sandberg2018", theory="sia"))
    with pytest.raises(sfc.InputError, match="unknown theory 'many'"):
        sfc.analysis.posterior_of_product("sandberg2018", theory=Many())


def test_other_fronts_are_tried_with_what_else_is_known():
    asked = {"rng": 7, "theories": ["prior"], "threads": 1}
    few = FewHere(1e-10)
    study = sfc.assess("cook2022-balanced", 400, evidence=["nothing-visible", few], **asked)
    rows = sfc.analysis.premises(study, only=["evidence"])
    found = rows.extinction_discount[rows.alternative.values.tolist().index("not-engulfed")].item()
    both = sfc.assess("cook2022-balanced", 400, evidence=["not-engulfed", few], **asked)
    alone = sfc.assess("cook2022-balanced", 400, evidence="not-engulfed", **asked)
    assert found == both.report.extinction_discount.item()
    assert found != alone.report.extinction_discount.item()


def test_equal_objects_make_equal_proposals():
    asked = {"theories": ["sia"], "rng": 1, "pilot": 100}
    one, other = (
        sfc.aim("sandberg2018-toy", evidence=[Several(ends=(3.0, 4.0))], **asked) for _ in range(2)
    )
    assert one.hash == other.hash
    third = sfc.aim("sandberg2018-toy", evidence=[Several(ends=(3.0, 5.0))], **asked)
    assert third.evidence != one.evidence


def test_a_study_knows_its_proposal_however_many_are_made(tmp_path):
    study = sfc.assess("cook2022-balanced", 100, rng=7, theories=[Many(0.5)])
    file = study.proposal.save(tmp_path / "proposal.json")
    for seed in range(17):
        sfc.aim("sandberg2018-toy", theories=["sia"], evidence="none", rng=seed, pilot=100)
    one = study.draws.isel(draw=[3])
    assert sfc.history(one).sizes["time"] > 10
    del study
    for seed in range(17):
        sfc.aim("sandberg2018-toy", theories=["sia"], evidence="none", rng=seed, pilot=100)
    with pytest.raises(sfc.InputError, match="aimed at many, a theory of your own"):
        sfc.history(one)
    held = sfc.sampling.load_proposal(file)
    assert sfc.history(one).sizes["time"] > 10
    assert held.theories == ("many",)


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


@dataclass(frozen=True)
class Listed(FewHere):
    """An observation that holds a list, and so has no hash."""

    limits: list[float] = field(default_factory=lambda: [1e3, 1e4])
    name: ClassVar[str] = "listed"


def test_evidence_without_a_hash_has_its_page():
    study = sfc.assess(
        "hanson2021-n6-half",
        300,
        rng=7,
        theories=["prior"],
        evidence=["not-engulfed", Listed(1e300)],
    )
    with pytest.raises(TypeError, match="unhashable"):
        hash(study.observed)
    assert page(study).endswith("</html>\n")
