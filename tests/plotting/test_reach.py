"""The picture of reach: curves are the table, axes say what they are, errors speak."""

from __future__ import annotations

import numpy as np
import pytest
import xarray as xr
from matplotlib.axes import Axes

from sfc_sim import plotting
from sfc_sim._core.errors import InputError
from sfc_sim.cosmology.background import Background
from sfc_sim.expansion.launches import reach_table

PLANCK = Background.named("Planck18")


def legend(ax: Axes) -> list[str]:
    return [text.get_text() for text in ax.get_legend().get_texts()]


def test_curves_over_speed_are_the_table() -> None:
    table = reach_table(PLANCK)
    ax = plotting.reach(table)
    for line, probe in zip(ax.get_lines(), ("hopping", "coasting"), strict=True):
        curve = table.reach_radius.sel(probe=probe).values[0]
        np.testing.assert_array_equal(line.get_ydata(), curve)
    assert legend(ax) == ["hopping", "coasting"]
    assert ax.get_xlabel() == "Launch speed, in units of c"
    assert ax.get_ylim()[0] == 0.0


def test_over_time_a_line_style_per_speed() -> None:
    dates = np.linspace(13.8, 60.0, 20)
    ax = plotting.reach(reach_table(PLANCK, [0.5, 0.99], dates), over="launch_time")
    assert legend(ax) == [
        "hopping, 0.5 c",
        "hopping, 0.99 c",
        "coasting, 0.5 c",
        "coasting, 0.99 c",
    ]
    assert len({line.get_linestyle() for line in ax.get_lines()}) == 2
    assert len({line.get_color() for line in ax.get_lines()}) == 2
    assert ax.get_xlabel() == "Cosmic time of launch [Gyr]"


def test_errors() -> None:
    with pytest.raises(InputError, match="launch_speed has 200 values; at most 4"):
        plotting.reach(reach_table(PLANCK), over="launch_time")
    with pytest.raises(InputError, match="unknown axis 'speed'; did you mean 'launch_speed'"):
        plotting.reach(reach_table(PLANCK), over="speed")
    with pytest.raises(InputError, match="reach_table"):
        plotting.reach(xr.Dataset())
