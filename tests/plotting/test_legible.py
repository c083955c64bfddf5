"""The check of text in figures finds what a reader would miss; the stamp is whole on any width."""

from __future__ import annotations

import pytest
from matplotlib.figure import Figure

from sfc_sim.plotting.style import blank, headline, lines, stamp, stamped, wide
from tests.plotting.legible import faults

ATTRS = {
    "scenario": "38 scenarios", "scenario_hash": "e9fc960daf813f39", "draws": "20000", "seed": "7",
    "evidence": "nothing-visible", "evidence_not_used": "nothing-visible where there are no dates",
}  # fmt: skip


@pytest.fixture
def figure() -> Figure:
    figure = Figure(figsize=(6.3, 3.0), layout="constrained")
    figure.subplots().set(xlabel="across", ylabel="up")
    stamp(figure, ATTRS)
    headline(figure, "A head line")
    return figure


def test_nothing_is_found_where_all_can_be_read(figure: Figure) -> None:
    assert faults(figure) == []


def test_text_beyond_the_canvas_is_found(figure: Figure) -> None:
    headline(figure, "A head line that is too long for a page " * 3)
    (found,) = faults(figure)
    assert found.startswith("cut off: 'A head line that")


def test_text_over_text_is_found(figure: Figure) -> None:
    (ax,) = figure.axes
    blank(ax, 0.5)
    assert faults(figure) == []
    blank(ax, 0.5)
    assert faults(figure) == ["overlap: 'too few draws' | 'too few draws'"]


def test_titles_over_each_other_are_found(figure: Figure) -> None:
    figure.set_layout_engine("none")
    figure.axes[0].set_title("A second title", y=1.02, loc="left")
    figure.suptitle("A title", y=0.95, x=0.15)
    assert "overlap: 'A title' | 'A second title'" in faults(figure)


def test_a_footer_that_is_gone_or_cut_is_found(figure: Figure) -> None:
    figure.supxlabel("")
    assert faults(figure) == ["no footer"]
    figure.supxlabel("scenario · " * 30, x=0.01, ha="left")
    assert [found[:17] for found in faults(figure)] == ["cut off: 'scenari"]


def test_a_stamp_never_takes_the_place_of_a_label() -> None:
    figure = Figure()
    figure.supxlabel("shift of the median [decades]")
    with pytest.raises(ValueError, match="would replace the label 'shift of the median"):
        stamp(figure, ATTRS)
    assert figure.get_supxlabel() == "shift of the median [decades]"


@pytest.mark.parametrize("width", [1.5, 3.0, 6.3])
def test_a_stamp_is_whole_on_any_width(width: float) -> None:
    figure = Figure(figsize=(width, 3.0), layout="constrained")
    stamp(figure, ATTRS)
    assert faults(figure) == []
    assert stamped(figure) == (
        "38 scenarios · hash e9fc960daf813f39 · evidence nothing-visible, not used where there are "
        "no dates, so no fronts · 20,000 draws · seed 7"
    )


def test_lines_break_between_parts_first() -> None:
    parts = ["one", "two words here", "three"]
    room = wide("two words here ·", 6.0)
    assert lines(parts, room, 6.0) == "one ·\ntwo words here ·\nthree"
    assert lines(parts, 1000.0, 6.0) == "one · two words here · three"
    assert lines(parts, wide("two words", 6.0), 6.0) == "one · two\nwords\nhere ·\nthree"
