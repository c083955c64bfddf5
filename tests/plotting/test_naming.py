"""Names beside points: none on another, and each near its own."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.text import Text

import sfc_sim as sfc
from sfc_sim import plotting
from sfc_sim.plotting.naming import Point, name_points, places_for
from sfc_sim.plotting.style import new_figure

pytestmark = pytest.mark.filterwarnings(
    "ignore::sfc_sim.inference.theories.EffectiveSampleSizeWarning"
)


def boxes(ax):
    """Return where the names of axes are drawn, in pixels."""
    canvas = FigureCanvasAgg(ax.figure)
    canvas.draw()
    renderer = canvas.get_renderer()
    return {text.get_text(): Text.get_window_extent(text, renderer) for text in ax.texts}


def apart(found):
    """Tell whether no two of some boxes overlap."""
    return not any(one.overlaps(other) for one, other in combinations(found, 2))


@pytest.mark.parametrize("seed", range(12))
def test_no_name_lies_on_another(seed):
    rng = np.random.default_rng(seed)
    names = [
        "Prior",
        "SIA",
        "SSA, civilizations",
        "SSA, all observers",
        "ADT, total",
        "one of mine",
    ]
    middle = rng.uniform(size=(2, 2))
    at = middle[rng.integers(2, size=6)] + 0.02 * rng.normal(size=(6, 2))
    ax = new_figure(6.3, 3.9).add_subplot()
    ax.set(xlim=(0, 1), ylim=(0, 1))
    points = [Point(name, *np.clip(xy, 0, 1).tolist()) for name, xy in zip(names, at, strict=True)]
    name_points(ax, points)
    found = boxes(ax)
    assert len(found) == 6
    assert apart(found.values())
    frame = ax.get_window_extent()
    assert all(frame.y0 - 3 < box.y0 < box.y1 < frame.y1 + 3 for box in found.values())
    # The control: names at the points themselves overlap.
    for text in ax.texts:
        text.set_position((0.0, 0.0))
    assert not apart(boxes(ax).values())


def test_a_name_alone_is_beside_its_point_on_the_side_with_room():
    assert places_for([Point("a", 10.0, 50.0)], 300.0, 100.0) == [(36.0, 50.0)]
    assert places_for([Point("a", 290.0, 50.0)], 300.0, 100.0) == [(264.0, 50.0)]


def test_every_theory_of_a_value_map_is_named_where_all_coincide():
    study = sfc.assess("cook2022-balanced", 1500, rng=7)
    report = study.report.copy(deep=True)
    report["recovered_share"][:] = 0.7
    report["ess"][:] = 2000.0
    report["k_hat"][:] = 0.0
    found = boxes(plotting.multiplier_map(report))
    names = ["Prior", "SIA", "SSA, civilizations", "SSA, all observers", "ADT, total"]
    assert set(names) <= set(found)
    assert apart([found[name] for name in names])
