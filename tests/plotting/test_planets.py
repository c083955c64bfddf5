"""Pictures of planet formation and of our rank: what is on the axes."""

from __future__ import annotations

import numpy as np
import pytest
from matplotlib.figure import Figure

from sfc_sim import plotting
from sfc_sim._core.errors import InputError
from sfc_sim.planets.formation import HISTORIES, PlanetHistory, today
from sfc_sim.planets.habitability import earliness, earliness_longest
from sfc_sim.plotting.planets import HISTORY_LOOKS, STEPS


def texts(ax) -> list[str]:
    return [text.get_text() for text in ax.get_legend().get_texts()]


def curves(ax):
    """Lines of more than the two points of a mark."""
    return [line for line in ax.lines if len(line.get_xdata()) > 2]


def test_every_history_has_its_own_look() -> None:
    assert tuple(HISTORY_LOOKS) == HISTORIES
    for column in zip(*HISTORY_LOOKS.values(), strict=True):
        assert len(set(column)) == len(HISTORIES)


def test_histories_are_their_rates_past_and_to_come() -> None:
    ax = plotting.planet_histories()
    lines = curves(ax)
    assert len(lines) == 2 * len(HISTORIES)
    for name, past, coming in zip(HISTORIES, lines[::2], lines[1::2], strict=True):
        history = PlanetHistory(name)
        for line in (past, coming):
            np.testing.assert_allclose(line.get_ydata(), history.rate(line.get_xdata()))
            assert line.get_color() == HISTORY_LOOKS[name][1]
        assert past.get_xdata()[-1] == today() < coming.get_xdata()[0]
        assert (past.get_linestyle(), coming.get_linestyle()) == ("-", "--")
        assert past.get_ydata().max() < ax.get_ylim()[1]
    assert texts(ax)[1] == "Madau & Dickinson 2014: 86 % older than Earth"
    assert {text.get_text() for text in ax.texts} == {"today", "Earth"}
    assert ax.get_xlabel() == "Date [Gyr]"
    assert "future: formula" in ax.figure.get_supxlabel()


def test_a_future_is_drawn_where_it_is_known() -> None:
    ax = plotting.planet_histories(["madau2014", "hanson2021"], future="e-fold")
    madau, hanson = curves(ax)[1::2]
    folded = PlanetHistory("madau2014", "e-fold").rate(madau.get_xdata())
    np.testing.assert_allclose(madau.get_ydata(), folded)
    own = PlanetHistory("hanson2021").rate(hanson.get_xdata())
    np.testing.assert_allclose(hanson.get_ydata(), own)
    nothing = curves(plotting.planet_histories(["hanson2021"], future="none"))[1]
    np.testing.assert_array_equal(nothing.get_ydata(), 0.0)


def test_earliness_is_the_rank_and_crosses_one_percent() -> None:
    ax = plotting.earliness()
    for steps, line in zip(STEPS, curves(ax), strict=True):
        np.testing.assert_allclose(line.get_ydata(), earliness(steps, line.get_xdata()))
    dots = [line for line in ax.lines if line.get_marker() == "o"]
    expected = [earliness_longest(steps) for steps in STEPS]
    np.testing.assert_allclose([float(dot.get_xdata()[0]) for dot in dots], expected)
    assert texts(ax)[0] == "1 hard step: 1 % at 558 Gyr"
    assert (ax.get_xscale(), ax.get_yscale()) == ("log", "log")
    assert "Hanson et al. 2021" in ax.figure.get_supxlabel()


def test_earliness_of_another_history() -> None:
    ax = plotting.earliness([3], history="madau2014")
    (line,) = curves(ax)
    history = PlanetHistory("madau2014")
    np.testing.assert_allclose(line.get_ydata(), earliness(3, line.get_xdata(), history=history))
    assert "Madau" in ax.figure.get_supxlabel()


@pytest.mark.parametrize("draw", [plotting.planet_histories, plotting.earliness])
def test_they_draw_on_given_axes(draw) -> None:
    ax = Figure().add_subplot()
    assert draw(ax=ax) is ax


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: plotting.planet_histories([]), "names is []; it must be a list of names"),
        (lambda: plotting.planet_histories(["madau"]), "unknown planet history 'madau'"),
        (lambda: plotting.planet_histories(future="never"), "unknown future of planet formation"),
        (lambda: plotting.earliness([]), "steps is []; it must be a list of numbers"),
        (lambda: plotting.earliness(range(1, 7)), "steps has 6 numbers; allowed: 1 to 5"),
        (lambda: plotting.earliness(history="madau"), "unknown planet history 'madau'"),
        (lambda: plotting.earliness(ax="here"), "ax is 'here'"),
    ],
)
def test_what_cannot_be_drawn(call, message) -> None:
    with pytest.raises(InputError) as error:
        call()
    assert message in str(error.value)
