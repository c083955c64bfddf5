"""What is on the axes of saturation and of decision relevance."""

from __future__ import annotations

import warnings

import numpy as np
import pytest
import xarray as xr
from matplotlib.axes import Axes
from matplotlib.colors import to_hex

import sfc_sim as sfc
from sfc_sim import plotting
from sfc_sim._core.few import FEWEST
from sfc_sim.decision.stakes import IMPLEMENTATIONS
from sfc_sim.plotting.saturation import SHADES
from sfc_sim.plotting.stakes import WAYS

Made = tuple[xr.Dataset, xr.Dataset]

pytestmark = pytest.mark.filterwarnings(
    "ignore::sfc_sim.inference.theories.EffectiveSampleSizeWarning"
)


@pytest.fixture(scope="module")
def made() -> Made:
    draws = sfc.sample("cook2022-balanced", 4000, rng=7)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", sfc.EffectiveSampleSizeWarning)
        return draws, sfc.weigh(draws)


@pytest.fixture(scope="module")
def table(made: Made) -> xr.Dataset:
    found = sfc.decision.relevance(made[0])
    return found.assign(ess=np.maximum(found.ess, FEWEST))  # or lines of few would not be drawn


def legend(ax: Axes) -> list[str]:
    return [text.get_text() for text in ax.get_legend().get_texts()]


def test_every_way_has_its_own_look() -> None:
    assert list(WAYS) == list(IMPLEMENTATIONS)
    assert len({(look.colour, look.marker) for look in WAYS.values()}) == len(WAYS)


def test_bars_are_the_class_probabilities(made: Made) -> None:
    share = sfc.saturation(*made)
    ax = plotting.saturation_classes(share)
    blank = int((share.ess < FEWEST).sum())
    assert [text.get_text() for text in ax.texts].count("too few draws") == blank > 0
    share = share.sel(theory=share.ess >= FEWEST)
    widths = np.array([bar.get_width() for bar in ax.patches]).reshape(-1, 3)
    np.testing.assert_allclose(widths, share.class_probability)
    starts = np.array([bar.get_x() for bar in ax.patches]).reshape(-1, 3)
    np.testing.assert_allclose(starts[:, 1:], np.cumsum(widths, axis=1)[:, :-1])
    assert [to_hex(bar.get_facecolor()) for bar in ax.patches[:3]] == list(SHADES)
    few = [bar.get_hatch() is not None for bar in ax.patches[::3]]
    assert few == (share.ess.values < 1000.0).tolist()
    assert any(few)
    assert not all(few)
    assert "Few effective draws" in legend(ax)
    assert "above 0.95, between, below 0.05" in ax.get_xlabel()


def test_classes_of_another_reading_say_so(made: Made) -> None:
    share = sfc.saturation(*made, reading="potential", thresholds=(0.1, 0.9))
    assert (
        "would hold alone:\nabove 0.9, between" in plotting.saturation_classes(share).get_xlabel()
    )


def test_marks_are_medians_of_worlds_and_lines_the_closed_form() -> None:
    draws = sfc.sample("sandberg2018", 30_000, rng=7)
    weights = sfc.weigh(draws, "none", theories=["prior"])
    ax = plotting.marginal(draws, weights, limits=(-2.0, 2.0))
    grabbed, alone, *marks = ax.get_lines()
    assert len(marks) == 3
    for line, found in ((grabbed, marks[0]), (alone, marks[1]), (alone, marks[2])):
        x, y = found.get_data()
        # Those worlds start together: a bin's median lies between the curve at the bin's edges.
        high, low = (np.interp(x + d, *line.get_data()) for d in (-1 / 6, 1 / 6))
        assert np.isfinite(y).all()
        assert np.all((low - 1e-9 <= y) & (y <= high + 1e-9))
        inside = (y > 0.01) & (y < 0.99)
        assert not np.all((low[inside] <= y[inside] * 0.9) & (y[inside] * 0.9 <= high[inside]))
    assert np.interp(0.0, *grabbed.get_data()) == pytest.approx(0.5819767, abs=1e-4)
    assert np.interp(0.0, *alone.get_data()) == pytest.approx(0.3678794, abs=1e-4)


def test_marginal_is_of_the_theory_asked_for(made: Made) -> None:
    default, prior = (plotting.marginal(*made, theory=theory) for theory in (None, "prior"))
    assert any("ADT, total worlds" in text for text in legend(default))
    assert any("Prior worlds" in text for text in legend(prior))


def test_relevance_integrates_to_what_is_shown(table: xr.Dataset) -> None:
    ax = plotting.relevance(table, lowest=-400.0)
    (shade,), (*lines, _zero) = ax.patches, ax.lines
    assert len(lines) == table.sizes["implementation"]
    prior, edges, _ = shade.get_data()
    for values in (prior, *(line.get_ydata() for line in lines)):
        # The axis leaves out at most 0.1 % of a weight on the right.
        assert 0.999 - 1e-9 <= np.sum(values * np.diff(edges)) <= 1.0 + 1e-9
    np.testing.assert_allclose(lines[2].get_xdata(), 0.5 * (edges[:-1] + edges[1:]))
    values = lines[2].get_ydata()
    weight = table.relevance.sel(implementation="copies-total").values
    expected, _ = np.histogram(table.log_rivals.values / np.log(10.0), edges, weights=weight)
    np.testing.assert_allclose(values, expected * 4.0)  # four bins a decade
    assert not np.allclose(values, prior)


def test_harm_counts_below_zero(made: Made) -> None:
    table = sfc.decision.relevance(made[0], implementations=["extinction"], similarity=3.0)
    line, _zero = plotting.relevance(table).lines
    values = line.get_ydata()
    assert values.min() < 0.0 < values.max()
    total = table.relevance.sum().item()
    assert np.sum(values) / 4.0 == pytest.approx(total, abs=2e-3)


def test_relevance_marks_few_effective_draws(table: xr.Dataset) -> None:
    ax = plotting.relevance(table)
    lines, texts = ax.lines[:-1], legend(ax)[1:]
    for steps, ess, text in zip(lines, table.ess.values, texts, strict=True):
        assert (steps.get_linestyle() == "--") == ("effective draws" in text) == (ess < 1000.0)


def test_relevance_of_few_draws_is_not_drawn(table: xr.Dataset) -> None:
    few = table.assign(ess=table.ess.where(table.implementation != "causal", 29.0))
    ax = plotting.relevance(few, implementations=["causal", "extinction"])
    assert "For ourselves alone: too few draws" in legend(ax)
    assert [len(line.get_xdata()) > 0 for line in ax.lines] == [False, True, True]  # and the zero


def test_some_ways_only(table: xr.Dataset) -> None:
    ax = plotting.relevance(table, implementations=["causal", "extinction"])
    assert len(ax.lines) == 3  # and the zero
    assert ax.get_xlabel().startswith("log$_{10}$ of expanding civilizations per\nvolume")


def test_nothing_at_stake_is_said() -> None:
    table = sfc.decision.relevance(sfc.sample("drake1961-high", 200, rng=1), "none")
    texts = legend(plotting.relevance(table))
    assert next(text for text in texts if "nothing at stake" in text).startswith(
        "Exact copies, surv"
    )


def test_sparse_worlds_are_on_the_axis(table: xr.Dataset) -> None:
    sparse = table.assign(log_rivals=table.log_rivals - 100.0)
    ax = plotting.relevance(sparse, implementations=["copies-total"])
    assert ax.lines[0].get_xdata()[0] < -30.0
    assert np.sum(ax.lines[0].get_ydata()) / 4.0 > 0.99


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda m, t: plotting.saturation_classes(t), "'class_probability'.*saturation"),
        (lambda m, t: plotting.marginal(m[0], m[0]), "'log_weight'.*weigh"),
        (lambda m, t: plotting.marginal(*m, theory="sai"), "did you mean 'sia'"),
        (lambda m, t: plotting.marginal(*m, limits=(2.0, 1.0)), "limits are .*low < high"),
        (lambda m, t: plotting.relevance(m[1]), "'relevance'.*relevance"),
        (lambda m, t: plotting.relevance(t, lowest=99.0), "lowest is 99.0"),
        (lambda m, t: plotting.relevance(t, implementations=["cusal"]), "did you mean 'causal'"),
        (lambda m, t: plotting.relevance(t, ax="top"), "ax is 'top'.*Axes"),
    ],
)
def test_a_wrong_argument_is_named(call, words: str, made: Made, table: xr.Dataset) -> None:
    with pytest.raises(sfc.InputError, match=words) as caught:
        call(made, table)
    assert "\n" not in str(caught.value)
