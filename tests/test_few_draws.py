"""No number, bar or line from fewer than 30 effective draws."""

from __future__ import annotations

import matplotlib.pyplot as plt
import numpy as np
import pytest

import sfc_sim as sfc
from sfc_sim import plotting
from sfc_sim._core.digits import with_error
from sfc_sim._core.effective import effective_sample_size
from sfc_sim._core.few import FEWEST
from sfc_sim.analysis import cells
from sfc_sim.analysis.flip_table import premise_ranges
from tests.given import unmet, unseen

pytestmark = pytest.mark.filterwarnings(
    "ignore::sfc_sim.inference.theories.EffectiveSampleSizeWarning"
)


@pytest.fixture(scope="module")
def study():
    return sfc.assess("cook2022-balanced", 20_000, rng=7, aim=False)


def carried(table):
    """Where the discount of a table stands on enough draws."""
    return (table["ess"] >= FEWEST).values


def test_a_bin_with_a_single_world_is_drawn_anew_if_asked():
    """Seven hard steps under total utility: one world once gave 5e-5 +- 2e-7.

    With the prior narrowed to where the weight is, it is 0.695 +- 0.012; 4 joint standard errors.
    """
    some = sfc.load_scenario("cook2022-balanced").replace(
        hard_steps=sfc.Discrete([1, 7], [0.9, 0.1])
    )
    study = sfc.assess(some, 2000, rng=7, theories=["adt-total"], aim=False)
    few = sfc.analysis.conditional(study, "hard_steps")
    assert few.ess.sel(value=7.0).item() < FEWEST
    assert np.isnan(few.extinction_discount.sel(value=7.0)).all()
    curve = sfc.analysis.conditional(study, "hard_steps", precision=0.05)
    told = carried(curve)
    for name in ("extinction_discount", "extinction_discount_standard_error"):
        assert np.array_equal(np.isfinite(curve[name].values), told)
    row = curve.sel(theory="adt-total", value=7.0)
    error = np.hypot(0.012, row["extinction_discount_standard_error"].item())
    assert abs(row["extinction_discount"].item() - 0.695) < 4 * error < 0.25


@pytest.mark.parametrize("steps", [5.0, 7.0])
def test_what_few_draws_carry_has_the_error_of_few(study, steps):
    """The stakes of a bin may lie in hundreds of worlds, and what others recover in one.

    k = 3 of the combined standard error, against draws of that number of steps alone.
    """
    narrow = sfc.load_scenario("cook2022-balanced").replace(hard_steps=steps)
    alone = sfc.assess(narrow, 20_000, rng=3, theories=["prior"])
    alone = alone.report.sel(theory="prior")
    bin_ = sfc.analysis.conditional(study, "hard_steps").sel(theory="prior", value=steps)
    errors = [x["extinction_discount_standard_error"].item() for x in (bin_, alone)]
    off = abs((bin_["extinction_discount"] - alone["extinction_discount"]).item())
    assert off < 3.0 * np.hypot(*errors)
    # Control: by the delta method alone the error of n = 7 is 670 times too small.
    draws = sfc.sample("cook2022-balanced", 20_000, rng=7)
    lost = (unseen(draws)["volume_grabbed"] - unseen(draws)["volume_marginal"]).values
    inside = (draws["hard_steps"] == steps).values & (draws["unseen_now"] > 0).values
    carried = (lost * draws["unseen_now"].values)[inside]
    assert carried.sum() ** 2 / (carried @ carried) < FEWEST
    assert errors[0] > 1.0 / bin_["ess"].item() - 1e-12


def test_effective_draws_are_those_of_the_stakes(study):
    """Recomputed from the draws: copies x volume, in the draws of one number of steps."""
    draws, weights = sfc.sample("cook2022-balanced", 20_000, rng=7), None
    weights = sfc.weigh(draws, theories=["prior", "adt-total"])
    curve = sfc.analysis.conditional(study, "hard_steps")
    inside = draws["hard_steps"].values == 1.0
    log_copies = weights["log_weight"].sel(theory="prior").values[inside]
    log_stakes = log_copies + np.log(unseen(draws)["volume_grabbed"].values[inside])
    found = curve["ess"].sel(theory="prior", value=1.0).item()
    assert found == pytest.approx(effective_sample_size(log_stakes), rel=1e-9)


def test_an_end_without_draws_is_blank(study):
    table = sfc.analysis.tornado(study, "adt-total", tail=0.02)
    told = carried(table)
    assert not told.all()
    assert np.array_equal(np.isfinite(table["extinction_discount"].values), told)
    ax = plotting.tornado(table)
    assert any(text.get_text() == "too few draws" for text in ax.texts)
    ends = sum(line.get_marker() == "o" for line in ax.lines)
    assert ends == told.sum()


def test_premise_rows_of_few_draws_are_blank():
    small = sfc.assess("cook2022-balanced", 1000, rng=7, theories=["prior", "adt-total"], aim=False)
    table = sfc.analysis.premises(small, only=["anthropic theory", "value of others"])
    few = ~carried(table)
    assert few[0]
    assert not few.all()
    for name in ("extinction_discount", "extinction_discount_standard_error"):
        assert np.array_equal(np.isnan(table[name].values), few)
    assert np.isnan(table["change"]).all()  # from a row that has no number
    text = sfc.report.text(table)
    assert "few draws" in text
    assert "nan" not in text
    plotting.premises(table)


def test_errors_do_not_shrink_with_fewer_worlds():
    """Errors of what is told, from a tenth of the draws, are those of all x root 10, or more.

    The error is estimated from 30 draws or more, good to 1/sqrt(2 x 30) = 13 %: k = 4 of these.
    """
    whole, part = (
        sfc.assess("cook2022-balanced", draws, rng=5, theories=["prior"], aim=False)
        for draws in (20_000, 2000)
    )
    errors = [
        sfc.analysis.conditional(each, "expanding_fraction", bins=4)[
            "extinction_discount_standard_error"
        ].values
        for each in (whole, part)
    ]
    ratio = errors[1] / errors[0]
    assert np.all(ratio[np.isfinite(ratio)] > np.sqrt(10.0) * (1.0 - 4 * 0.13))


def test_ranges_of_premises_are_of_the_rows_that_have_a_number(study):
    """Least and greatest of a premise's rows and the report's, widest first."""
    table = sfc.analysis.premises(study, theory="prior", only=["value of others", "statistic"])
    text = premise_ranges(table)
    parts = [part.rsplit(" ", 3) for part in text.split(": ", 1)[1].split("; ")]
    assert [part[0] for part in parts] == ["value of others", "statistic"]
    values = table["extinction_discount"].values
    for name, low, _, high in parts:
        own = values[(table["premise"].values == name) | (table["premise"].values == "")]
        assert float(low) == pytest.approx(own.min(), abs=0.006)
        assert float(high) == pytest.approx(own.max(), abs=0.006)
    assert text in " ".join(sfc.report.text(table).split())


@pytest.mark.parametrize("wide", [0, 1, 2])
def test_each_end_of_a_range_reads_as_its_row(study, wide):
    """Also where one row's error is some ten times that of the other."""
    table = sfc.analysis.premises(study, theory="prior", only=["value of others"]).copy(deep=True)
    table["extinction_discount"].values[:3] = 0.0131, 0.658, 0.719
    errors = np.full(3, 0.0012)
    errors[wide] = 0.04
    table["extinction_discount_standard_error"].values[:3] = errors
    low, high = premise_ranges(table.isel(row=slice(3))).rsplit(" ", 3)[1::2]
    rows = [with_error(*each).split()[0] for each in ((0.0131, errors[0]), (0.719, errors[2]))]
    assert [low, high] == rows


def test_shares_by_other_rules_have_the_error_of_few_draws_too():
    """Of 500 worlds of seven hard steps, what others recover lies in next to none."""
    rare = sfc.load_scenario("cook2022-balanced").replace(hard_steps=7)
    study = sfc.assess(rare, 500, rng=3, theories=["prior"], evidence="none")
    table = sfc.analysis.premises(study, only=["dates", "borders", "value of others"])
    rows = table.sel(row=table.premise.isin(["dates", "borders"]))
    assert rows.sizes["row"] == 4
    assert (rows.extinction_discount_standard_error.values >= 1.0 / 500).all()
    assert study.report.discount_with_nobody_else_standard_error.item() >= 1.0 / 500
    assert study.report.held_of_alone_standard_error.item() >= 1.0 / 500
    # Control: what the draws alone would say.
    draws = sfc.sample(rare, 500, rng=3)
    lost = (draws.volume_alone - unmet(draws).volume_grabbed).values
    assert np.sqrt(np.sum((lost - lost.mean()) ** 2)) / draws.volume_alone.sum().item() < 1 / 500


def test_a_curve_of_which_no_point_is_a_number_is_drawn():
    """A log axis of nothing at all has no limits of its own."""
    study = sfc.assess("cook2022-balanced", 2000, rng=5, theories=["prior"])
    table = sfc.analysis.conditional(study, "expanding_fraction", bins=3)
    table["extinction_discount"] = table["extinction_discount"] * np.nan
    axes = plotting.conditional(table)
    axes.figure.canvas.draw()
    plt.close("all")


def test_a_part_without_a_chance_is_no_number_and_is_not_drawn_anew(monkeypatch):
    """Billions of civilizations, of which none is in sight: e^-10^9 under every theory."""
    study = sfc.assess("finnveden2019", 2000, rng=7, theories=["prior", "sia"])
    drawn = []
    monkeypatch.setattr(cells, "_anew", lambda _, theories, *__: drawn.append(theories) or {})
    table = sfc.analysis.conditional(study, "abiogenesis", bins=12, precision=0.02)
    above = table.value.values > 1e9
    assert 3 <= above.sum() <= 9
    assert np.isnan(table.extinction_discount.values[:, above]).all()
    assert (table.ess.values[:, above] == 0.0).all()
    assert np.isfinite(table.extinction_discount.values[:, ~above]).any()
    assert len([names for names in drawn if names]) <= (~above).sum()
