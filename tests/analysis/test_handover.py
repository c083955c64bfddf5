"""Draws that ArviZ takes: equally weighted, and of the same worlds."""

from __future__ import annotations

import sys

import numpy as np
import pytest

import sfc_sim as sfc
from sfc_sim.analysis.handover import PROPOSED, resampled

pytestmark = pytest.mark.filterwarnings(
    "ignore::sfc_sim.inference.theories.EffectiveSampleSizeWarning"
)
NAME = "expanding_fraction"


@pytest.fixture(scope="module")
def study():
    return sfc.assess("cook2022-balanced", 4000, rng=7, theories=["prior", "sia"])


def mean_and_spread(study, theory):
    world = study.world(theory)
    mean = world.weight @ world.parameters[NAME]
    return mean, np.sqrt(world.weight @ (world.parameters[NAME] - mean) ** 2)


@pytest.mark.parametrize("theory", ["prior", "sia"])
def test_what_is_picked_has_the_weighted_mean(study, theory):
    """Within 4 standard errors of independent picking, which is at least that of systematic."""
    picked = resampled(study, theory, size=3000, rng=3)[NAME].values.ravel()
    mean, spread = mean_and_spread(study, theory)
    assert abs(picked.mean() - mean) < 4 * spread / np.sqrt(3000)
    # The control: under the other theory it is another.
    other, _ = mean_and_spread(study, "prior" if theory == "sia" else "sia")
    assert abs(picked.mean() - other) > 8 * spread / np.sqrt(3000)


def test_each_draw_is_picked_as_often_as_it_weighs(study):
    """Size times weight, rounded down or up: what systematic resampling is."""
    size = 5000
    found = resampled(study, "sia", size=size, rng=1)[NAME]
    where = {value: k for k, value in enumerate(study.draws[NAME].values.tolist())}
    assert len(where) == 4000  # each value tells its draw
    times = np.bincount([where[v] for v in found.values.ravel().tolist()], minlength=4000)
    expected = size * study.world("sia").weight
    assert (np.abs(times - expected) < 1.0).all()


def test_neighbours_are_independent(study):
    """No correlation of what is picked with what follows it, within 4 standard errors."""
    values = resampled(study, "prior", size=3000, rng=5)[NAME].values.ravel()
    ahead = np.corrcoef(values[:-1], values[1:])[0, 1]
    assert abs(ahead) < 4 / np.sqrt(3000)
    ordered = np.sort(values)  # the control
    assert np.corrcoef(ordered[:-1], ordered[1:])[0, 1] > 0.9


def test_by_default_as_many_as_the_draws_are_worth(study):
    found = resampled(study, "sia", rng=1)
    many = int(study.report["ess"].sel(theory="sia"))
    assert found[NAME].sizes == {"chain": 1, "draw": many}
    assert found["volume_grabbed"].dims == ("chain", "draw", "evidence")
    assert found[NAME].dims == ("chain", "draw")
    assert found.attrs["theory"] == "sia"
    assert PROPOSED in study.draws
    assert PROPOSED not in found  # of how it was drawn, not of the world
    assert "habitability_onset" not in found  # the same in every draw
    again = resampled(study, "sia", rng=1)
    assert again.identical(found)
    assert not resampled(study, "sia", rng=2).equals(found)


def test_what_is_wrong_is_said(study, monkeypatch):
    with pytest.raises(sfc.InputError, match="unknown theory 'ssa-all'"):
        sfc.analysis.to_arviz(study, "ssa-all")
    with pytest.raises(sfc.InputError, match="size is 0"):
        sfc.analysis.to_arviz(study, "sia", size=0)
    monkeypatch.setitem(sys.modules, "arviz", None)
    with pytest.raises(sfc.InputError, match=r'pip install "sfc-sim\[arviz\]"'):
        sfc.analysis.to_arviz(study, "sia", rng=1)


@pytest.mark.filterwarnings("ignore")
def test_arviz_takes_it(study):
    arviz = pytest.importorskip("arviz")
    data = sfc.analysis.to_arviz(study, "sia", size=1000, rng=1)
    mean, spread = mean_and_spread(study, "sia")
    told = arviz.summary(data, var_names=[NAME], round_to="none")
    assert abs(told.loc[NAME, "mean"] - mean) < 4 * spread / np.sqrt(1000)
    assert told.loc[NAME, "ess_bulk"] > 700
