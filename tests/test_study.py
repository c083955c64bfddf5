"""A study holds what it was asked of, and all that is asked of it is answered from that."""

from __future__ import annotations

import copy
import dataclasses
import pickle

import numpy as np
import pytest
import xarray as xr

import sfc_sim as sfc
from sfc_sim.assessment import assess_again
from sfc_sim.value import own_numbers

pytestmark = pytest.mark.filterwarnings("ignore::sfc_sim.anthropics.EffectiveSampleSizeWarning")

NAMES = ["prior", "sia", "adt-total"]


@pytest.fixture(scope="module")
def study():
    return sfc.assess("cook2022-balanced", 2000, rng=7, theories=NAMES, similarity=0.8)


def test_it_holds_the_objects_it_was_made_of(study):
    assert study.scenario == sfc.load_scenario("cook2022-balanced")
    assert study.theories == tuple(NAMES)
    assert study.similarity == 0.8
    assert study.evidence == ["nothing-visible"]
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
    assert alone.theories == ("sia",)
    found = alone.report.recovered_share.item()
    assert found == study.report.recovered_share.sel(theory="sia").item()
    with pytest.raises(sfc.InputError, match="unknown theory 'ssa-all'"):
        study.only("ssa-all")


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


def test_numbers_of_joined_stretches_are_those_of_their_draws():
    whole = own_numbers(sfc.sample("sandberg2018", 400, rng=7), "similarity")
    parts = [sfc.sample("sandberg2018", 100, rng=7, first=first) for first in (300, 0)]
    joined = xr.concat(parts, "draw", combine_attrs="override", data_vars="minimal")
    assert np.array_equal(own_numbers(joined, "similarity"), [*whole[300:], *whole[:100]])
