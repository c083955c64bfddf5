"""A study holds what it was asked of, and all that is asked of it is answered from that."""

from __future__ import annotations

import copy
import dataclasses
import pickle

import numpy as np
import pytest
import xarray as xr

import sfc_sim as sfc
from sfc_sim._core import storage
from sfc_sim.analysis.assessment import assess_again
from sfc_sim.decision.value import own_numbers
from sfc_sim.inference import NothingVisible, SelfIndication

pytestmark = pytest.mark.filterwarnings(
    "ignore::sfc_sim.inference.theories.EffectiveSampleSizeWarning"
)

NAMES = ["prior", "sia", "adt-total"]


@pytest.fixture(scope="module")
def study():
    return sfc.assess("cook2022-balanced", 2000, rng=7, theories=NAMES, similarity=0.8)


def test_it_holds_the_objects_it_was_made_of(study):
    assert study.scenario == sfc.load_scenario("cook2022-balanced")
    assert study.names == NAMES
    assert study.similarity == 0.8
    assert study.evidence == [NothingVisible()]
    assert study.proposal.hash == study.draws.attrs["proposal"]
    assert study.report.theory.values.tolist() == NAMES
    with pytest.raises(dataclasses.FrozenInstanceError):
        study.similarity = 1.0


def test_asked_the_same_it_is_the_same(study):
    again = sfc.assess(study.scenario, **study.asked)
    xr.testing.assert_identical(again.report.drop_attrs(), study.report.drop_attrs())
    other = assess_again(study, study.scenario, similarity=0.4)
    expected = 0.5 * study.report.extinction_discount.values
    assert other.report.extinction_discount.values == pytest.approx(expected)


def test_one_that_stopped_by_itself_stops_there_again():
    study = sfc.assess("cook2022-balanced", precision=0.05, rng=3, theories=["prior", "sia"])
    again = assess_again(study, study.scenario)
    assert study.precision == 0.05
    assert again.draws.sizes == study.draws.sizes
    xr.testing.assert_identical(again.report.drop_attrs(), study.report.drop_attrs())


def test_a_part_of_it_is_of_the_same_draws(study):
    alone = study.only("sia")
    assert alone.draws is study.draws
    assert alone.names == ["sia"]
    found = alone.report.recovered_share.item()
    assert found == study.report.recovered_share.sel(theory="sia").item()
    with pytest.raises(sfc.InputError, match="unknown theory 'ssa-all'"):
        study.only("ssa-all")


@pytest.mark.usefixtures("quick")
def test_a_part_of_it_has_no_credences_of_the_whole():
    belief = {"prior": 0.9, "sia": 0.1}
    whole = sfc.assess("cook2022-balanced", 500, rng=7, theories=belief)
    part = whole.only("sia")
    assert part.credences is None
    assert part.asked["theories"] == [SelfIndication()]
    assert "By credence" in str(whole)
    assert "By credence" not in str(part)
    # Choices are weighed by the credences of the whole, and evenly without.
    even = sfc.analysis.sensitivity(whole.only("prior", "sia"), points=16).choice_first_order
    assert not np.allclose(sfc.analysis.sensitivity(whole, points=16).choice_first_order, even)


@pytest.mark.parametrize(
    ("ask", "words"),
    [
        (lambda s: sfc.analysis.tornado(s.report), "study is a Dataset; .*, not its report"),
        (lambda s: sfc.analysis.premises(3), "study is 3; pass what sfc_sim.assess returns$"),
        (lambda s: sfc.weigh(s), "draws is a study; pass its draws, study.draws"),
        (lambda s: sfc.saturation(s.draws, s), "weights is a study; pass its weights"),
        (lambda s: s.save(3), "path is 3; it must be a path"),
        (lambda s: s.save(""), "path is ''; it must be the path of a file"),
        (lambda s: s.world("ssa-all"), "unknown theory 'ssa-all'"),
        (lambda s: s.world(3), "unknown theory '3'"),
        (lambda s: s.only(3), "unknown theory '3'"),
        (lambda s: sfc.load(3), "path is 3; it must be a path"),
    ],
)
def test_errors_say_what_to_pass(study, ask, words):
    with pytest.raises(sfc.InputError, match=words):
        ask(study)


@pytest.mark.parametrize("theory", NAMES)
def test_its_report_is_of_its_worlds(study, theory):
    """Share, stakes and weights by their definitions."""
    world = study.world(theory)
    row = study.report.sel(theory=theory)
    n = np.exp(world.log_copies - world.log_copies.max())
    share = n @ (world.grabbed - world.marginal) / (n @ world.grabbed)
    assert share == pytest.approx(row.recovered_share.item(), rel=1e-12)
    assert (world.stakes @ world.recovered) / world.stakes.sum() == pytest.approx(share)
    assert world.weight.sum() == pytest.approx(1.0)
    assert 1.0 / (world.weight**2).sum() == pytest.approx(row.ess.item(), rel=1e-9)
    assert np.array_equal(world.parameters["delay"], study.draws["delay"].values)


def test_what_is_printed_is_what_the_command_prints(study):
    assert str(study).splitlines()[0] == "How many others"
    assert "sia" in study._repr_html_()
    assert repr(study) == "Study('cook2022-balanced', 2,000 draws; prior, sia, adt-total)"


def test_what_is_in_its_report_is_said_to_be_there(study):
    with pytest.raises(AttributeError, match=r"study\.report\.extinction_discount"):
        _ = study.extinction_discount
    with pytest.raises(AttributeError, match="a study has no 'nothing'"):
        _ = study.nothing


def test_it_can_be_copied_and_sent(study):
    for other in (copy.copy(study), pickle.loads(pickle.dumps(study))):
        assert other.scenario == study.scenario
        xr.testing.assert_identical(other.report, study.report)


@dataclasses.dataclass(frozen=True)
class Half:
    """A similarity of one's own that a file can hold: a dataclass of a module."""

    q: float = 0.5

    def draw(self, u, worlds):
        return np.full(np.shape(u), self.q)


@dataclasses.dataclass(frozen=True)
class FewHere(sfc.inference.EmptyGalaxy):
    """An observation of one's own."""


def same(one, other):
    for name in ("draws", "weights", "report"):
        xr.testing.assert_identical(getattr(one, name), getattr(other, name))
    for each in dataclasses.fields(one):
        if each.name not in ("draws", "weights", "report"):
            assert getattr(one, each.name) == getattr(other, each.name), each.name


@pytest.mark.usefixtures("quick")
@pytest.mark.parametrize(
    "given",
    [
        {},
        {"similarity": sfc.Beta(8, 2), "retention": "starlight", "tolerance": 0.2},
        {"theories": {"prior": 0.25, "sia": 0.75}, "evidence": ["not-engulfed", "not-settled"]},
        {"similarity": sfc.decision.Filters(passed={"planet": 0.5}, observed=1.2), "aim": False},
        {"similarity": Half(0.25), "evidence": ["none", FewHere()]},
        {"design": "sobol"},
    ],
)
def test_a_file_brings_it_back_whole(given, tmp_path):
    study = sfc.assess("cook2022-balanced", 256, rng=7, **{"theories": NAMES} | given)
    again = sfc.load(sfc.save(study, tmp_path / "study.nc"))
    same(study, again)
    asked = {"points": 16}
    xr.testing.assert_identical(
        sfc.analysis.sensitivity(again, **asked), sfc.analysis.sensitivity(study, **asked)
    )


@pytest.mark.usefixtures("quick")
def test_a_scenario_of_ones_own_goes_with_it(tmp_path):
    mine = sfc.load_scenario("finnveden2019").replace(expansion_speed=0.5, name="mine")
    study = sfc.assess(mine, precision=0.05, rng=3, theories=["sia"])
    same(study, sfc.load(study.save(tmp_path / "study.nc")))


def test_what_no_file_can_hold_is_refused_and_nothing_is_written(study, tmp_path):
    class Inside:
        def draw(self, u, worlds):
            return u

    held = dataclasses.replace(study, similarity=Inside())
    with pytest.raises(sfc.InputError, match=r"similarity is .*make its class a dataclass"):
        held.save(tmp_path / "study.nc")
    assert list(tmp_path.iterdir()) == []
    path = study.save(tmp_path / "study.nc")
    with pytest.raises(sfc.InputError, match="force"):
        study.save(path)


@pytest.mark.parametrize(
    ("path", "words"),
    [
        ("no.such.module:Half", "not found here: install or import"),
        ("tests.decision.test_study:Gone", "not found here"),
        ("subprocess:Popen", "no class with a method draw"),
        ("os:system", "no class with a method draw"),
    ],
)
def test_a_file_makes_no_object_but_of_the_kind_that_is_wanted(study, path, words, tmp_path):
    """What it names is not called: it may be of another's making."""
    held = dataclasses.replace(study, similarity=Half())
    whole = storage.read(held.save(tmp_path / "study.nc"))
    text = whole[0].attrs["study"].replace("tests.decision.test_study:Half", path)
    storage.write(tmp_path / "other.nc", whole[0].assign_attrs(study=text), whole[1], force=False)
    with pytest.raises(sfc.InputError, match=words):
        sfc.load(tmp_path / "other.nc")


def test_a_damaged_file_is_refused(study, tmp_path):
    path = study.save(tmp_path / "study.nc")
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(bytes(content))
    with pytest.raises(sfc.InputError, match="damaged"):
        sfc.load(path)


def test_numbers_of_joined_stretches_are_those_of_their_draws():
    whole = own_numbers(sfc.sample("sandberg2018", 400, rng=7), "similarity")
    parts = [sfc.sample("sandberg2018", 100, rng=7, first=first) for first in (300, 0)]
    joined = xr.concat(parts, "draw", combine_attrs="override", data_vars="minimal")
    assert np.array_equal(own_numbers(joined, "similarity"), [*whole[300:], *whole[:100]])


def test_its_draws_are_those_of_sample(study):
    """With its proposal, which `aim` finds again from the same pilot."""
    asked = {"rng": study.seed, "theories": NAMES}
    again = sfc.aim(study.scenario, pilot=study.proposal.pilot, **asked)
    assert again == study.proposal
    draws = sfc.sample(study.scenario, 2000, rng=study.seed, aim=again)
    xr.testing.assert_identical(draws, study.draws)
