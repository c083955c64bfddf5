"""Ridges, waterfall and conversions: what is on the axes, not pixels."""

from __future__ import annotations

import warnings

import numpy as np
import pytest
import xarray as xr
from matplotlib.axes import Axes
from matplotlib.colors import to_hex, to_rgb
from matplotlib.figure import Figure

import sfc_sim as sfc
from sfc_sim import plotting
from sfc_sim._core.errors import InputError
from sfc_sim._core.few import FEWEST
from sfc_sim.literature.changes import conversion_effects, walk
from sfc_sim.literature.comparison import compare
from sfc_sim.plotting.changes import LESS, MORE
from sfc_sim.plotting.comparison import GREYS, left_of
from sfc_sim.plotting.style import look

NAMES = ["maccone2010", "cook2022-balanced", "sandberg2018"]
THEORIES = ["prior", "adt-total"]

pytestmark = pytest.mark.filterwarnings(
    "ignore::sfc_sim.inference.theories.EffectiveSampleSizeWarning"
)


@pytest.fixture(scope="module")
def table() -> xr.Dataset:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", sfc.EffectiveSampleSizeWarning)
        return compare(NAMES, theories=THEORIES, draws=3000, rng=7, aim=False)


@pytest.fixture(scope="module")
def steps() -> xr.Dataset:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", sfc.EffectiveSampleSizeWarning)
        found = walk(
            "cook2022-bearish",
            {
                "balanced": "cook2022-balanced",
                "flat": "cook2022-flat",
                "total utility": {"theory": "adt-total"},
            },
            draws=1500,
            rng=7,
        )
    return found.assign(ess=np.maximum(found.ess, FEWEST))  # or steps of few would be blank


@pytest.fixture(scope="module")
def effects() -> xr.Dataset:
    return conversion_effects("sandberg2018", draws=2000, rng=7)


def labels(ax: Axes) -> list[str]:
    return [text.get_text() for text in ax.get_yticklabels()]


def texts(ax: Axes) -> list[str]:
    return [text.get_text() for text in ax.texts]


def dots(ax: Axes, colour: str) -> list[float]:
    lines = [line for line in ax.get_lines() if line.get_marker() == "o"]
    return [float(line.get_xdata()[0]) for line in lines if to_hex(line.get_color()) == colour]


def test_rows_are_grouped_by_kind_and_sorted(table: xr.Dataset) -> None:
    ax = plotting.plot_densities(table)
    assert labels(ax) == ["cook2022-balanced", "sandberg2018", "maccone2010"]
    heights = ax.get_yticks()
    assert (np.diff(heights) > 0).all()
    assert ax.get_ylim()[0] > ax.get_ylim()[1]  # from the top
    for kind in set(table["kind"].values):
        assert kind in texts(ax)


def test_medians_are_where_the_table_has_them(table: xr.Dataset) -> None:
    ax = plotting.plot_densities(table, lowest=-40.0)
    medians = table.log10_actual_ever.sel(quantile=0.5)
    added = table.added == "expansion"
    assert 0 < int(added.sum()) < len(NAMES)
    for theory, grey in zip(THEORIES, GREYS, strict=True):
        for colour, rows in ((look(theory).colour, ~added), (f"{grey:.2f}", added)):
            expected = medians.sel(theory=theory).values[rows.values]
            np.testing.assert_array_equal(sorted(dots(ax, to_hex(colour))), sorted(expected))


def test_rows_that_are_our_addition_are_grey_as_a_whole(table: xr.Dataset) -> None:
    ax = plotting.plot_densities(table.sel(scenario=["sandberg2018"]))
    drawn = [*(line.get_color() for line in ax.get_lines())]
    drawn += [ridge.get_facecolor()[0] for ridge in ax.collections]
    drawn += [text.get_color() for text in ax.texts if "%" in text.get_text()]
    assert len(drawn) > 8
    for colour in drawn:
        assert len(set(to_rgb(colour))) == 1, colour


def test_what_lies_left_of_the_axis_is_told(table: xr.Dataset) -> None:
    ax = plotting.plot_densities(table, lowest=-12.0)
    one = table.sel(scenario="cook2022-balanced", theory="prior")
    below = sfc.sample("cook2022-balanced", 3000, rng=7)["log_civilizations_actual"]
    weights = sfc.weigh(sfc.sample("cook2022-balanced", 3000, rng=7), theories=["prior"])
    weight = np.exp(weights["log_weight"].values[0])
    share = float(weight[below.values < -12.0 * np.log(10.0)].sum())
    assert left_of(one, -12.0) == pytest.approx(share, rel=1e-9)  # of sums of weights
    assert f"◂ {100 * share:.0f} %" in texts(ax)
    assert sum(text.startswith("◂") for text in texts(ax)) == 2  # this and sandberg2018


def test_ridges_have_the_height_of_their_row(table: xr.Dataset) -> None:
    ax = plotting.plot_densities(table, theories=["prior"])
    ridges = [line for line in ax.get_lines() if line.get_drawstyle().startswith("steps")]
    assert len(ridges) == len(NAMES)
    tops = [float(np.nanmin(line.get_ydata())) for line in ridges]
    height = ax.get_yticks() - np.array(tops)
    np.testing.assert_allclose(height, height[0], rtol=1e-9)


def test_few_effective_draws_are_hollow(table: xr.Dataset) -> None:
    table = table.assign(ess=table.ess.where(table["theory"] == "prior", 99.0))
    ax = plotting.plot_densities(table)
    hollow = [line for line in ax.get_lines() if line.get_markerfacecolor() == "white"]
    inside = table.where(table.log10_actual_ever.sel(quantile=0.5) > -12.0)
    assert len(hollow) == int(((inside.ess < 100) & (inside.ess >= 30)).sum()) > 0
    shown = [text.get_text() for text in ax.get_legend().get_texts()]
    assert shown == [
        "Prior", "ADT, total", "< 100 effective draws or heavy tail",
        "grey: that they expand is our addition",
    ]  # fmt: skip


def test_a_heavy_tail_is_hollow(table: xr.Dataset) -> None:
    table = table.assign(ess=table.ess * 0.0 + 5000.0, k_hat=table.k_hat * 0.0)

    def hollow(shown: xr.Dataset) -> int:
        lines = plotting.plot_densities(shown).get_lines()
        return sum(line.get_markerfacecolor() == "white" for line in lines)

    assert hollow(table) == 0
    assert hollow(table.assign(k_hat=table.k_hat + 0.9)) > 0


def test_names_are_compared_first() -> None:
    ax = plotting.plot_densities(NAMES, theories=THEORIES, draws=3000, rng=7)
    same = plotting.plot_densities(compare(NAMES, theories=THEORIES, draws=3000, rng=7))
    assert texts(ax) == texts(same)
    assert labels(ax) == labels(same)


def test_pictures_can_be_traced(table: xr.Dataset, steps: xr.Dataset, effects: xr.Dataset) -> None:
    for ax in (
        plotting.plot_densities(table), plotting.waterfall(steps), plotting.conversions(effects)
    ):  # fmt: skip
        figure = ax.get_figure(root=True)
        assert isinstance(figure, Figure)
        for words in ("hash ", "draws", "seed 7"):
            assert words in figure.get_supxlabel()
    assert "3 scenarios" in plotting.plot_densities(table).figure.get_supxlabel()


def test_given_axes_are_drawn_on(table: xr.Dataset, steps: xr.Dataset, effects: xr.Dataset) -> None:
    for draw, made in (
        (plotting.plot_densities, table), (plotting.waterfall, steps),
        (plotting.conversions, effects),
    ):  # fmt: skip
        ax = Figure().add_subplot()
        assert draw(made, ax=ax) is ax


def test_a_waterfall_leads_from_median_to_median(steps: xr.Dataset) -> None:
    ax = plotting.waterfall(steps)
    medians = steps["median"].values
    limits = ax.get_xlim()
    assert labels(ax) == steps["step"].values.tolist()
    for bar, before, after in zip(ax.patches, medians, medians[1:], strict=False):
        low, high = sorted((before, after))
        assert bar.get_x() == pytest.approx(max(low, limits[0]))
        assert bar.get_x() + bar.get_width() == pytest.approx(high)
        assert to_hex(bar.get_facecolor()) == (MORE if after > before else LESS).lower()
        assert f"{after - before:+.1f}" in texts(ax)
    assert {to_hex(bar.get_facecolor()) for bar in ax.patches} == {MORE.lower(), LESS.lower()}
    assert dots(ax, look("adt-total").colour.lower()) == [medians[-1]]


def test_a_step_of_few_draws_is_blank(steps: xr.Dataset) -> None:
    few = steps.assign(ess=("step", [900.0, 29.0, 900.0, 900.0]))
    ax = plotting.waterfall(few)
    assert texts(ax).count("too few draws") == 1
    assert len(ax.patches) == 1  # neither to the step nor from it
    drawn = [line.get_ydata()[0] for line in ax.get_lines() if line.get_marker() == "o"]
    assert 1.0 not in drawn
    # The control: with enough draws there is no blank.
    assert "too few draws" not in texts(plotting.waterfall(steps))


def test_conversions_have_a_row_each_and_bold_where_they_matter(effects: xr.Dataset) -> None:
    ax = plotting.conversions(effects)
    assert labels(ax) == [str(c) or "as published" for c in effects["choice"].values]
    assert dots(ax, "#000000") == effects.log10_actual_ever.sel(quantile=0.5).values.tolist()
    names = ("galaxy", "observable", "reachable")
    moved = sum(int((abs(effects[f"shift_alone_in_{name}"]) >= 0.01).sum()) for name in names)
    bold = [text for text in ax.texts if text.get_fontweight() == "bold" and "%" in text.get_text()]
    assert len(bold) == moved > 0


@pytest.mark.parametrize(
    "draw", [plotting.plot_densities, plotting.waterfall, plotting.conversions]
)
def test_another_dataset_is_refused(draw) -> None:
    with pytest.raises(InputError, match="pass the Dataset of sfc_sim"):
        draw(xr.Dataset())


def test_bad_choices_are_told(table: xr.Dataset) -> None:
    with pytest.raises(InputError, match="did you mean 'sia'"):
        plotting.plot_densities(table, theories=["sai"])
    with pytest.raises(InputError, match="was not compared; there are: prior, adt-total"):
        plotting.plot_densities(table, theories=["sia"])
    with pytest.raises(InputError, match="lowest is 50"):
        plotting.plot_densities(table, lowest=50.0)
    with pytest.raises(InputError, match=r"needs 0\.5 among them"):
        plotting.plot_densities(table.sel(quantile=[0.05, 0.95]))


def test_too_few_effective_draws_are_no_picture(table: xr.Dataset) -> None:
    few = table.assign(ess=table.ess.where(table.theory != "adt-total", 29.0))
    ax = plotting.plot_densities(few)
    rows = table.sizes["scenario"]
    assert texts(ax).count("few draws") == rows
    ridges = [line for line in ax.get_lines() if line.get_drawstyle().startswith("steps")]
    assert len(ridges) == rows * (table.sizes["theory"] - 1)
