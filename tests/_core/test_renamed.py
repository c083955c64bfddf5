"""Old names of arguments, fields, methods and readings: taken for one version, with a warning."""

from __future__ import annotations

import inspect

import numpy as np
import pytest
import xarray as xr

import sfc_sim as sfc

NAME = "cook2022-balanced"


@pytest.fixture(scope="module")
def pair():
    draws = sfc.sample(NAME, 100, rng=1)
    return draws, sfc.weigh(draws, "none", theories=["prior"])


CALLS = {
    "observation": ("evidence", sfc.analysis.paradox, ("sandberg2018-toy",), "none"),
    "samples": ("draws", sfc.decision.priorities, (0.5,), 16),
    "retention": ("size", sfc.decision.retention, None, 5),
    "delay_cost": ("size", sfc.decision.delay_cost, None, 5),
    "contest": ("size", sfc.decision.contest, None, 5),
    "realised_saturation": ("size", sfc.decision.realised_saturation, None, 2),
}


@pytest.mark.parametrize("which", CALLS)
def test_an_argument_by_its_old_name(which, pair):
    new, function, given, value = CALLS[which]
    old = which if given else "sampled"
    arguments = given or pair
    assert old not in inspect.signature(function).parameters
    with pytest.warns(DeprecationWarning, match=f"{old} is now {new}; the old name") as told:
        before = function(*arguments, **{old: value}, rng=1)
    assert told[0].filename == __file__
    xr.testing.assert_identical(before, function(*arguments, **{new: value}, rng=1))
    with pytest.raises(sfc.InputError, match=f"{old} is the old name of {new}; pass {new} alone"):
        function(*arguments, **{old: value, new: value})


def test_a_field_by_its_old_name():
    new = sfc.decision.Filters(observed=1.5)
    with pytest.warns(DeprecationWarning, match="Filters: evidence is now observed"):
        assert sfc.decision.Filters(evidence=1.5) == new
    with pytest.warns(DeprecationWarning, match=r"Filters\.evidence is now observed"):
        assert new.evidence == 1.5
    assert "evidence" not in repr(new)


def test_a_method_by_its_old_name():
    background = sfc.Background.named("Planck18")
    grid = sfc.expansion.make_grid(background, np.zeros(1))
    model = sfc.appearance.PowerLawAppearance(n=3, abundance=10.0, date=background.age)
    coverage = sfc.expansion.tabulate(grid, *model.log_rate({}, grid.times))
    arguments = np.zeros(1), np.array([0.5])
    with pytest.warns(DeprecationWarning, match=r"Coverage\.claims is now volumes"):
        before = coverage.claims(*arguments, unseen=True)
    np.testing.assert_array_equal(before, coverage.volumes(*arguments, unseen=True))


def test_a_reading_by_its_old_name():
    asked = {"changes": {"self-indication": {"theory": "sia"}}, "draws": 50, "rng": 1}
    with pytest.warns(DeprecationWarning, match="reading 'now' is now 'log10_now'"):
        before = sfc.literature.walk("sandberg2018", reading="now", **asked)
    after = sfc.literature.walk("sandberg2018", reading="log10_now", **asked)
    xr.testing.assert_identical(before, after)
