"""The picture of fronts that nobody sees, and the table that it is drawn from."""

from __future__ import annotations

import numpy as np
import pytest

import sfc_sim as sfc
from sfc_sim import plotting
from sfc_sim._core.errors import InputError

pytestmark = [
    pytest.mark.filterwarnings("ignore::sfc_sim.EffectiveSampleSizeWarning"),
    pytest.mark.usefixtures("quick"),
]


@pytest.fixture(scope="module")
def study():
    theories = ["prior", "adt-total"]
    return sfc.assess("cook2022-balanced", 1500, rng=7, theories=theories, aim=False)


@pytest.fixture(scope="module")
def table(study):
    return sfc.analysis.unseen_fronts(study, visible=[0.01, 1.0], engulfed=[0.0, 1.0])


def test_the_table_is_that_of_each_pair(study, table):
    assert table.probability_inside.dims == ("theory", "engulfed_observers", "visible_fraction")
    again = study.scenario.replace(visible_fraction=0.01, engulfed_observers=1.0)
    made = sfc.assess(again, 1500, rng=7, theories=["prior", "adt-total"], aim=False).report
    at = table.sel(visible_fraction=0.01, engulfed_observers=1.0)
    for name in ("probability_inside", "recovered_share", "recovered_share_standard_error"):
        np.testing.assert_array_equal(at[name], made[name])
    np.testing.assert_array_equal(
        table.recovered_share.sel(visible_fraction=1.0, engulfed_observers=0.0),
        study.report.recovered_share,
    )
    nobody = table.probability_inside.sel(visible_fraction=1.0).values
    assert not nobody.any()
    assert float(at.probability_inside[0]) > 0.01
    assert float(at.probability_inside[1]) == 0.0


def test_a_line_for_each_theory_and_chance(table):
    ax = plotting.unseen_fronts(table)
    # one theory of belief, one chance above 0; decision weights count nobody inside
    assert len(ax.containers) == 1
    line = ax.containers[0][0]
    np.testing.assert_allclose(line.get_xdata(), [0.01, 1.0])
    np.testing.assert_allclose(line.get_ydata(), table.probability_inside[0, 1])
    both = plotting.unseen_fronts(table, show="recovered_share")
    assert len(both.containers) == 4
    zero = table.assign_coords(visible_fraction=[0.0, 1.0])
    assert plotting.unseen_fronts(zero).get_xscale() == "linear"


def test_what_is_refused(study, table):
    with pytest.raises(InputError, match="show"):
        plotting.unseen_fronts(table, show="ess")
    with pytest.raises(InputError, match="unseen_fronts"):
        plotting.unseen_fronts(study.report)
    with pytest.raises(InputError, match=r"visible is 1\.5"):
        sfc.analysis.unseen_fronts(study, visible=[1.5])
    with pytest.raises(InputError, match="engulfed is 'all'"):
        sfc.analysis.unseen_fronts(study, engulfed="all")
