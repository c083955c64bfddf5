"""What is on the axes: data, labels, limits and provenance, not pixels."""

from __future__ import annotations

import io
import subprocess
import sys
import warnings

import matplotlib as mpl
import numpy as np
import pytest
import xarray as xr
from matplotlib.axes import Axes
from matplotlib.colors import to_hex
from matplotlib.figure import Figure
from PIL import Image

import sfc_sim as sfc
from sfc_sim import plotting
from sfc_sim._core.errors import InputError
from sfc_sim._core.few import FEWEST, UNSTEADY
from sfc_sim.cosmology.background import Background
from sfc_sim.inference.theories import THEORIES
from sfc_sim.plotting.shares import binned_quantiles
from sfc_sim.plotting.style import LOOKS
from tests.given import unseen
from tests.plotting.legible import faults

Made = tuple[xr.Dataset, xr.Dataset]

pytestmark = pytest.mark.filterwarnings(
    "ignore::sfc_sim.inference.theories.EffectiveSampleSizeWarning"
)


def made(scenario: str, draws: int) -> Made:
    sample = sfc.sample(scenario, draws, rng=7)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", sfc.EffectiveSampleSizeWarning)
        return sample, sfc.weigh(sample)


@pytest.fixture(scope="module")
def dynamic() -> Made:
    return made("cook2022-balanced", 3000)


@pytest.fixture(scope="module")
def still() -> Made:
    return made("sandberg2018", 3000)


@pytest.fixture(scope="module")
def number() -> xr.Dataset:
    return sfc.drake.drake_distribution(sfc.load_scenario("sandberg2018"))


@pytest.fixture(scope="module")
def course() -> xr.Dataset:
    return sfc.history("cook2022-balanced")


def legend(ax: Axes) -> list[str]:
    return [text.get_text() for text in ax.get_legend().get_texts()]


def test_every_theory_has_its_own_look() -> None:
    assert list(LOOKS) == list(THEORIES)
    assert len({look.colour for look in LOOKS.values()}) == len(THEORIES)
    assert len({look.marker for look in LOOKS.values()}) == len(THEORIES)


def test_drake_draws_the_density_and_its_marks(number: xr.Dataset) -> None:
    ax = plotting.drake(number)
    curve, median, mean = ax.get_lines()
    np.testing.assert_array_equal(curve.get_ydata(), number.density.values)
    assert median.get_xdata()[0] == np.log10(number["median"].item())
    assert mean.get_xdata()[0] == np.log10(number["mean"].item())
    assert ax.get_xlim()[0] == number.log10_civilizations_quantile[0]
    assert (
        f"alone in the galaxy, N < 1: {100 * number.probability_below_one.item():.1f} %"
        in legend(ax)
    )


def test_drake_shades_just_the_probability_it_names(number: xr.Dataset) -> None:
    ax = plotting.drake(number)
    below, alone = (area.get_paths()[0].vertices for area in ax.collections)
    for vertices, name in ((below, "probability_below_one"), (alone, "probability_alone")):
        x, y = vertices.T
        area = 0.5 * abs(np.sum(x * np.roll(y, -1) - np.roll(x, -1) * y))
        # The shade ends at a bin centre, up to 1/128 decade short at a density below 0.06.
        assert area == pytest.approx(number[name].item(), abs=1e-3)


def test_history_draws_rates_fractions_and_today(course: xr.Dataset) -> None:
    ax = plotting.history(course)
    twin = next(axes for axes in ax.figure.axes if axes is not ax)
    appearing, actual, today = ax.get_lines()
    positive = course.appearance_rate.values > 0
    np.testing.assert_array_equal(
        appearing.get_ydata()[positive], course.appearance_rate.values[positive]
    )
    assert np.nanmax(actual.get_ydata()) == course.actual_appearance_rate.max()
    np.testing.assert_array_equal(twin.get_lines()[0].get_ydata(), course.unsaturated.values)
    np.testing.assert_array_equal(twin.get_lines()[1].get_ydata(), course.unseen.values)
    age = Background.named("Planck18").age
    assert today.get_xdata()[0] == age
    assert ax.get_xlim()[0] < age < ax.get_xlim()[1]
    assert "observable-universe-size" in ax.get_ylabel()
    assert "Gyr$^{-1}$" in ax.get_ylabel()


def test_median_history_is_of_the_median_draw(dynamic: Made) -> None:
    draws, weights = dynamic
    course = plotting.median_history(draws, weights, theory="prior")
    chosen = int(course.attrs["draw"])
    weight = np.exp(weights.log_weight.sel(theory="prior").values)
    below = draws.civilizations_actual.values < draws.civilizations_actual.values[chosen]
    assert weight[below].sum() < 0.5 <= weight[below].sum() + weight[chosen] + 1e-12
    remade = sfc.sample("cook2022-balanced", 1, rng=int(course.attrs["seed"]), first=chosen)
    xr.testing.assert_equal(sfc.history(remade).unseen, course.unseen)


def test_densities_integrate_to_the_weight_that_is_shown(dynamic: Made) -> None:
    ax = plotting.densities(*dynamic, lowest=-400.0)
    sizes = dynamic[1].ess.values
    assert sizes.min() < FEWEST < sizes.max()
    for line, ess in zip(ax.lines, sizes, strict=True):
        if ess < FEWEST:  # no density: nothing is drawn
            assert np.isnan(line.get_ydata()).all()
            assert line.get_label().endswith(": too few draws")
            continue
        # The axis leaves out at most 0.1 % of a theory's weight on the right.
        assert 0.999 - 1e-9 <= line.get_ydata().sum() / 4.0 <= 1.0 + 1e-9  # four bins a decade
    assert [line.get_color() for line in ax.lines] == [look.colour for look in LOOKS.values()]
    assert ax.get_xlabel().startswith("Log$_{10}$ of expanding civilizations ever,\nper observable")


def test_densities_mark_few_effective_draws(dynamic: Made) -> None:
    draws, weights = dynamic
    ax = plotting.densities(draws, weights)
    for line, ess, text in zip(ax.lines, weights.ess.values, legend(ax), strict=True):
        if ess < FEWEST:
            assert text.endswith(": too few draws")  # and no number
            assert line.get_linestyle() == "None"
            continue
        assert (line.get_linestyle() == "--") == ("effective draws" in text) == (ess < 100.0)


def test_recovered_of_the_static_model_is_its_closed_form() -> None:
    draws, weights = made("sandberg2018", 60_000)
    ax = plotting.recovered(draws, weights.sel(theory=["prior"]), limits=(-1.0, 4.0))
    median, static = ax.get_lines()[:2]
    x, y = median.get_data()
    # sandberg2018 expands at the speed of light, so its worlds lie on the reference curve, and a
    # bin's median lies between the curve at the edges of the bin, a sixth of a decade away.
    low, high = (np.interp(x + d, *static.get_data()) for d in (-1 / 6, 1 / 6))
    assert np.isfinite(y).all()
    assert np.all((low - 1e-9 <= y) & (y <= high + 1e-9))
    assert not np.all((low[1:] <= y[:-1]) & (y[:-1] <= high[1:]))  # a bin off does not pass
    # One other per reachable volume, 0.0462244 of the observable one, gives 1 - 1 / (e - 1); the
    # curve has 201 points, so a straight line between two of them is good to 1e-4.
    assert np.interp(-np.log10(0.0462244), *static.get_data()) == pytest.approx(0.41802, abs=1e-4)


def test_recovered_marks_the_medians(dynamic: Made) -> None:
    draws, weights = dynamic
    ax = plotting.recovered(draws, weights.sel(theory=["prior", "adt-total"]))
    (marked,) = ax.containers
    x, y = (float(data[0]) for data in marked.lines[0].get_data())
    weight = np.exp(weights.log_weight.sel(theory="adt-total").values)
    for found, values in (
        (10.0**x, draws.civilizations_actual.values),
        (y, 1.0 - unseen(draws).volume_marginal.values / unseen(draws).volume_grabbed.values),
    ):
        close = 1e-9 * abs(found)
        below, upto = weight[values < found - close].sum(), weight[values <= found + close].sum()
        assert below < 0.5 <= upto
    assert any(text.startswith("Prior: median at 10$^{-") for text in legend(ax))


def test_binned_quantiles_are_those_of_each_bin() -> None:
    rng = np.random.default_rng(3)
    x, y = rng.uniform(0.0, 2.0, 5001), rng.normal(size=5001)
    table = binned_quantiles(x, y, np.ones(5001), np.array([0.0, 1.0, 2.0, 3.0]))
    expected = np.quantile(y[x < 1.0], [0.05, 0.25, 0.5, 0.75, 0.95], method="inverted_cdf")
    np.testing.assert_array_equal(table[:, 0], expected)
    assert np.isnan(table[:, 2]).all()


def share(values: list[float], error: float = 0.01, **extra: object) -> xr.Dataset:
    names = list(THEORIES)[: len(values)]
    columns = {
        "recovered_share": ("theory", values),
        "recovered_share_standard_error": ("theory", [error] * len(values)),
    }
    return xr.Dataset(columns | extra, coords={"theory": names})


def test_discounts_are_share_times_similarity_times_retention() -> None:
    made = share([0.2, 0.7]).assign_attrs(retention="0.5")
    ax = plotting.discounts(made, similarities=(1.0, 2.0))
    found = sorted(float(c.lines[0].get_xdata()[0]) for c in ax.containers)
    np.testing.assert_allclose(found, [0.1, 0.2, 0.35, 0.7])
    half_widths = sorted(
        0.5 * float(np.ptp(c.lines[2][0].get_segments()[0][:, 0])) for c in ax.containers
    )
    np.testing.assert_allclose(half_widths, [0.005, 0.005, 0.01, 0.01])
    assert [text.get_text() for text in ax.get_yticklabels()] == ["Prior", "SIA"]
    assert ax.get_xlabel().startswith("Discount on reducing extinction risk")


def test_discounts_are_hollow_where_draws_are_few() -> None:
    ax = plotting.discounts(share([0.2, 0.7], ess=("theory", [5000.0, 99.0])), similarities=[1.0])
    fills = [to_hex(c.lines[0].get_markerfacecolor()) for c in ax.containers]
    assert fills == [LOOKS["prior"].colour, "#ffffff"]
    assert any(words.replace("\n", " ") == UNSTEADY for words in legend(ax))
    none = plotting.discounts(share([0.2, 0.7], ess=("theory", [5000.0, 29.0])), similarities=[1.0])
    assert len(none.containers) == 1
    assert "too few draws" in [text.get_text() for text in none.texts]


def test_all_keys_of_discounts_fit_beside_each_other() -> None:
    draws = sfc.sample("cook2022-balanced", 4000, rng=5)
    ax = plotting.discounts(sfc.saturation(draws, sfc.weigh(draws)))
    assert len(legend(ax)) == 5
    assert faults(ax.get_figure(root=True)) == []


def test_discounts_are_hollow_where_the_tail_is_heavy() -> None:
    shares = share([0.2, 0.7], ess=("theory", [5000.0] * 2), k_hat=("theory", [0.2, 0.9]))
    ax = plotting.discounts(shares, similarities=[1.0])
    fills = [to_hex(c.lines[0].get_markerfacecolor()) for c in ax.containers]
    assert fills == [LOOKS["prior"].colour, "#ffffff"]
    sure = plotting.discounts(share([0.2]), similarities=[1.0])
    assert not any("effective" in text for text in legend(sure))


def test_given_axes_are_drawn_on_and_not_stamped(number: xr.Dataset) -> None:
    figure = Figure()
    left, right = figure.subplots(1, 2)
    assert plotting.drake(number, ax=right) is right
    assert right.get_lines()
    assert not left.get_lines()
    assert figure.get_supxlabel() == ""


def test_the_callers_settings_are_left_alone(number: xr.Dataset) -> None:
    before = dict(mpl.rcParams)
    plotting.drake(number)
    assert dict(mpl.rcParams) == before


def test_pyplot_is_never_imported() -> None:
    code = "import sys, sfc_sim.plotting; sys.exit('matplotlib.pyplot' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_report_figures() -> None:
    for name, fifth in (("cook2022-balanced", "history"), ("sandberg2018", "drake")):
        study = sfc.assess(name, 3000, rng=7, aim=False)
        figures = plotting.report_figures(study)
        assert set(figures) == {"densities", "recovered", "discounts", fifth}
        for name, figure in figures.items():
            assert study.scenario.hash in figure.get_supxlabel()
            assert name == "drake" or "seed 7" in figure.get_supxlabel()


@pytest.mark.parametrize("kind", ["png", "pdf", "svg"])
def test_a_saved_picture_says_where_it_is_from(kind: str, course: xr.Dataset, tmp_path) -> None:
    figure = plotting.history(course.assign_attrs(seed="7")).figure
    first, second = (
        plotting.save_figure(figure, tmp_path / f"{name}.{kind}") for name in ("one", "two")
    )
    assert first.read_bytes() == second.read_bytes()
    assert sorted(path.name for path in tmp_path.iterdir()) == [f"one.{kind}", f"two.{kind}"]
    assert course.attrs["scenario_hash"] in title_of(first)
    assert "seed 7" in title_of(first)


def title_of(path) -> str:
    if path.suffix == ".png":
        with Image.open(path) as image:
            return image.text["Title"]
    if path.suffix == ".svg":
        text = path.read_text()
        return text[text.index("<dc:title>") : text.index("</dc:title>")]
    blob = path.read_bytes()
    start = blob.index(b"/Title ") + len(b"/Title ")
    # A string that is not plain ASCII is UTF-16 in PDF: without its zero bytes it is readable.
    return blob[start : start + 1000].replace(b"\x00", b"").decode("latin-1")


def test_saving_never_replaces_unasked(tmp_path) -> None:
    path = plotting.save_figure(Figure(), tmp_path / "a.png")
    with pytest.raises(sfc.InputError, match="exists"):
        plotting.save_figure(Figure(), path)
    assert plotting.save_figure(Figure(), path, force=True) == path


EMPTY = xr.Dataset()


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda d, w: plotting.drake(EMPTY), "'density'.*drake_distribution"),
        (lambda d, w: plotting.drake([1, 2]), "got list.*drake_distribution"),
        (lambda d, w: plotting.history(d), "'appearance_rate'.*history"),
        (lambda d, w: plotting.densities(w, d), "'log_weight'.*weigh"),
        (lambda d, w: plotting.densities(d, w, lowest=50.0), "lowest is 50.0"),
        (lambda d, w: plotting.densities(d, w, ax="top"), "ax is 'top'.*Axes"),
        (lambda d, w: plotting.recovered(d, EMPTY), "'log_weight'.*weigh"),
        (lambda d, w: plotting.recovered(d, w, theory="sai"), "did you mean 'sia'"),
        (lambda d, w: plotting.recovered(d, w, limits=(3.0, 1.0)), "limits are .*low < high"),
        (lambda d, w: plotting.discounts(d), "'recovered_share'.*saturation"),
        (lambda d, w: plotting.discounts(share([0.5]), similarities=()), "similarities is"),
        (
            lambda d, w: plotting.discounts(share([0.5]), similarities=[np.nan]),
            "similarities is nan",
        ),
        (lambda d, w: plotting.median_history(d, w, theory="sai"), "unknown theory"),
        (lambda d, w: plotting.save_figure(Figure(), "a.jpeg"), "unknown picture format 'jpeg'"),
        (lambda d, w: plotting.save_figure("a.png", Figure()), "figure is 'a.png'"),
    ],
)
def test_a_wrong_argument_is_named(call, words: str, dynamic: Made) -> None:
    with pytest.raises(sfc.InputError, match=words) as caught:
        call(*dynamic)
    assert "\n" not in str(caught.value)


def test_nobody_ever_is_no_picture(course: xr.Dataset) -> None:
    nobody = course.assign(appearance_rate=0.0 * course.appearance_rate)
    with pytest.raises(sfc.InputError, match="nothing to draw"):
        plotting.history(nobody)


def test_text_of_users_is_never_markup():
    """A name with signs of mathematics in it stands in a figure as it is."""
    scenario = sfc.load_scenario("sandberg2018").replace(name="$a_$")
    table = sfc.literature.compare([scenario, "sandberg2018"], draws=50, rng=1, theories=["prior"])
    axes = plotting.plot_densities(table)
    axes.figure.savefig(io.BytesIO(), format="png")
    assert r"\$a_\$" in [label.get_text() for label in axes.get_yticklabels()]


def test_aimed_draws_shows_worlds_by_their_weight() -> None:
    draws = sfc.sample("cook2022-balanced", 2000, rng=7, aim=["sia"])
    weights = sfc.weigh(draws, theories=["sia"])
    ax = plotting.aimed(draws, weights, "sia", x="hard_steps")
    points = [np.ma.getdata(kind.get_offsets())[:, 0] for kind in ax.collections]
    prior, made, sia = (each.mean() for each in points)
    share = np.exp(weights.log_weight.sel(theory="sia").values)
    steps = draws.hard_steps.values
    # Points are a systematic sample of the weights: each is off by less than its place in 700.
    assert sia == pytest.approx(share @ steps / share.sum(), abs=0.1)
    assert made == pytest.approx(steps.mean(), abs=0.1)
    truth = sfc.sample("cook2022-balanced", 20_000, rng=8).hard_steps.values
    error = truth.std() / np.sqrt(300)  # of the effective draws of the ratio alone, at least
    assert abs(prior - truth.mean()) < 4 * error
    assert abs(made - truth.mean()) > 4 * error  # as if not weighed
    with pytest.raises(sfc.InputError, match="expansion_speed"):
        plotting.aimed(draws, weights, "sia", y="expansion_sped")
    with pytest.raises(sfc.InputError, match="every draw"):
        plotting.aimed(draws, weights, "sia", y="habitability_onset")


@pytest.mark.parametrize("name", ["conditional", "premises", "sobol", "tornado", "waterfall"])
def test_what_is_no_table_is_said_with_what_came(name: str) -> None:
    with pytest.raises(
        InputError, match=r"^\w+( table)? is 4: got int; pass the Dataset of sfc_sim"
    ):
        getattr(plotting, name)(4)


def test_whole_numbers_have_whole_ticks() -> None:
    study = sfc.assess("cook2022-balanced", 2000, rng=7, theories=["prior"])
    ticks = plotting.conditional(sfc.analysis.conditional(study, "hard_steps")).get_xticks()
    assert np.array_equal(ticks, np.round(ticks))
    # The control: shares have ticks between.
    shares = plotting.conditional(
        sfc.analysis.conditional(study, "expanding_fraction")
    ).get_xticks()
    assert not np.array_equal(shares, np.round(shares))


def test_hollow_marks_are_explained_where_there_are_any() -> None:
    """It stood over premises and tornado that had none."""
    study = sfc.assess("cook2022-balanced", 2000, rng=7, theories=["prior"])
    for table, draw in (
        (sfc.analysis.premises(study, only=["value of others"]), plotting.premises),
        (sfc.analysis.tornado(study, "prior"), plotting.tornado),
    ):
        few, many = table.copy(), table.copy()
        few["ess"], many["ess"] = 0.0 * table.ess + 50.0, 0.0 * table.ess + 5000.0
        many["k_hat"] = 0.0 * table.k_hat
        assert "hollow" in draw(few).get_title("left")
        assert "hollow" not in draw(many).get_title("left")
