"""The picture of fronts that nobody sees, and the table that it is drawn from."""

from __future__ import annotations

import numpy as np
import pytest
import xarray as xr

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


def marks(ax, fill):
    """Return the ordinates of the marks of a fill, of all lines of data."""
    drawn = [line for line in ax.lines if line.get_marker() == "o" and len(line.get_xdata())]
    kept = [line for line in drawn if (line.get_markerfacecolor() == "white") == (fill == "hollow")]
    return sorted(y for line in kept for y in line.get_ydata() if np.isfinite(y))


def test_marks_of_few_draws_are_hollow(table):
    """Of 29, 99 and 5000 effective draws: none, hollow, full; a heavy tail is hollow too."""
    share = table.isel(theory=[0], engulfed_observers=[1])
    share = xr.concat([share] * 2, "visible_fraction", data_vars="minimal")
    places = xr.Dataset(coords={"visible_fraction": [0.01, 0.1, 0.3, 1.0]})
    share = share.assign_coords(places.coords)
    dims = share.ess.dims
    known = {
        "ess": [29.0, 99.0, 5000.0, 5000.0],
        "k_hat": [0.1, 0.1, 0.1, 0.9],
        "probability_inside": [0.2, 0.4, 0.6, 0.8],
    }
    share = share.assign({name: (dims, [[row]]) for name, row in known.items()})
    ax = plotting.unseen_fronts(share)
    assert marks(ax, "hollow") == [0.4, 0.8]
    assert marks(ax, "full") == [0.6]
    legend = " ".join(text.get_text() for text in ax.get_legend().get_texts())
    assert "fewer than 100 effective" in legend
    # Negative control: of many draws none is hollow, and nothing says what that would mean.
    sure = share.assign(ess=share.ess + 1e4, k_hat=0.0 * share.k_hat)
    ax = plotting.unseen_fronts(sure)
    assert (marks(ax, "hollow"), marks(ax, "full")) == ([], [0.2, 0.4, 0.6, 0.8])
    assert "fewer than" not in " ".join(t.get_text() for t in ax.get_legend().get_texts())


def test_what_is_refused(study, table):
    with pytest.raises(InputError, match="show"):
        plotting.unseen_fronts(table, show="ess")
    with pytest.raises(InputError, match="unseen_fronts"):
        plotting.unseen_fronts(study.report)
    with pytest.raises(InputError, match=r"visible is 1\.5"):
        sfc.analysis.unseen_fronts(study, visible=[1.5])
    with pytest.raises(InputError, match="engulfed is 'all'"):
        sfc.analysis.unseen_fronts(study, engulfed="all")
