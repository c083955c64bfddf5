"""Pictures of surveys and findings: marks are at the numbers, and what rests on nothing is not."""

from __future__ import annotations

import numpy as np
import pytest
import xarray as xr

import sfc_sim as sfc
from sfc_sim.plotting import findings, surveys

ATTRS = {"scenario": "mine", "decided_under": "sia"}


def worth(size=(1.0, 10.0, 100.0), theory="sia"):
    value = np.array([0.1, 0.2, np.nan])
    return xr.Dataset(
        {
            "value_of_study": ("survey", value),
            "value_of_study_standard_error": ("survey", 0.1 * value),
            "value_of_information": 0.5,
            "value_of_information_standard_error": 0.02,
        },
        coords={"survey": ["one", "ten", "hundred"], "size": ("survey", list(size))},
        attrs=ATTRS | {"decided_under": theory},
    )


def marks(ax):
    """The points of every curve with error bars."""
    return [box.lines[0].get_xydata() for box in ax.containers]


def test_a_value_is_drawn_over_what_is_looked_at():
    ax = surveys(worth())
    (points,) = marks(ax)
    assert points[:2].tolist() == [[1.0, 0.1], [10.0, 0.2]]
    assert np.isnan(points[2, 1])
    assert ax.get_xscale() == "log"
    assert [text.get_text() for text in ax.get_xticklabels()] == ["1", "10", "100"]
    assert ax.get_ylim()[0] == 0.0
    assert ax.get_ylim()[1] > 0.5
    names = [text.get_text() for text in ax.get_legend().get_texts()]
    assert sorted(names) == ["SIA", "SIA, all known"]


def test_theories_go_on_top_of_each_other():
    low = worth(theory="prior")
    low["value_of_information"] = low.value_of_information / 100
    ax = surveys(worth(), ax=surveys(low))
    assert len(marks(ax)) == 2
    assert ax.get_ylim()[1] > 0.5
    by_all = surveys(worth(theory=""))
    assert by_all.get_legend().get_texts()[0].get_text().startswith("by credence")


def test_what_is_not_counted_goes_by_its_name():
    ax = surveys(worth(size=(1.0, np.nan, 2.0)))
    assert [text.get_text() for text in ax.get_xticklabels()] == ["one", "ten", "hundred"]
    assert ax.get_xlabel() == "Survey"


def after():
    discount = np.array([[0.1, 0.6, np.nan], [0.3, 0.9, np.nan]])
    return xr.Dataset(
        {
            "extinction_discount": (("outcome", "theory"), discount),
            "extinction_discount_standard_error": (("outcome", "theory"), 0.1 * discount),
            "extinction_discount_change": (("outcome", "theory"), discount - discount[0]),
            "ess": (("outcome", "theory"), [[500.0, 500.0, 500.0], [50.0, 20.0, 500.0]]),
            "judges_existence": ("theory", [True, True, False]),
        },
        coords={"outcome": ["nothing more", "life"], "theory": ["prior", "sia", "adt-average"]},
        attrs=ATTRS,
    )


def test_a_discount_is_drawn_by_theory_and_finding():
    """Hollow where fewer than 100 draws carry it, in words below 30; no row without a discount."""
    ax = findings(after())
    found = [points[0, 0] for points in marks(ax)]
    assert found == [0.1, 0.6, 0.3]
    assert [text.get_text() for text in ax.get_yticklabels()] == ["Prior", "SIA"]
    assert [text.get_text() for text in ax.texts] == ["too few draws"]
    hollow = [box.lines[0].get_markerfacecolor() == "white" for box in ax.containers]
    assert hollow == [False, False, True]


@pytest.mark.parametrize(
    ("draw", "message"),
    [
        (lambda: surveys(after()), "no variable 'value_of_study'"),
        (lambda: findings(worth()), "no variable 'extinction_discount_change'"),
        (lambda: surveys(worth(), ax=3), "ax is 3"),
    ],
)
def test_other_tables_are_refused(draw, message):
    with pytest.raises(sfc.InputError, match=message):
        draw()
