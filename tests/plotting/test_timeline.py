"""What is on the axes of the picture of Earth's history."""

from __future__ import annotations

import numpy as np
import pytest
import xarray as xr
from matplotlib.figure import Figure

from sfc_sim import plotting
from sfc_sim._core.errors import InputError
from sfc_sim.earth.posterior import earth_posterior
from sfc_sim.scenario.reading import load_scenario


@pytest.fixture(scope="module")
def posterior() -> xr.Dataset:
    return earth_posterior("kipping2020", 4000, rng=7)


def lines(ax, colour: str) -> list:
    return [line for line in ax.get_lines() if line.get_color() == colour]


def test_a_row_for_every_step(posterior: xr.Dataset) -> None:
    ax = plotting.timeline(posterior)
    assert [label.get_text() for label in ax.get_yticklabels()] == ["intelligence", "life"]
    assert len(ax.collections) == 2
    priors = lines(ax, "0.2")
    heights = [np.ptp(line.get_ydata()) for line in priors]
    densities = [np.ptp(posterior["density_prior"].values[k]) for k in range(2)]
    # One scale for all rows.
    assert heights[0] / heights[1] == pytest.approx(densities[0] / densities[1])
    assert priors[0].get_ydata().min() == pytest.approx(1.0, abs=1e-3)


def test_dates_and_window_are_marked(posterior: xr.Dataset) -> None:
    ax = plotting.timeline(posterior)
    life, intelligence = lines(ax, "#D55E00")
    assert life.get_xdata()[1] == pytest.approx(np.log10(0.304))
    assert life.get_xdata()[0] < ax.get_xlim()[0]  # no first date is known
    assert intelligence.get_xdata() == pytest.approx(np.log10([4.404, 4.404]))
    assert intelligence.get_marker() == "D"
    assert life.get_marker() == ""
    assert ax.get_xlim()[0] < np.log10(0.304)
    (window,) = lines(ax, "0.35")
    assert window.get_xdata()[0] == pytest.approx(np.log10(5.304))
    names = [text.get_text() for text in ax.get_legend().get_texts()]
    assert names == ["posterior", "prior", "dates on Earth", "window"]


def test_it_says_where_its_data_are_from(posterior: xr.Dataset) -> None:
    words = plotting.timeline(posterior).figure.get_supxlabel()
    assert "kipping2020" in words
    assert "4,000 draws" in words
    assert "seed 7" in words


def test_a_scenario_is_given_draws() -> None:
    assert plotting.timeline("carter1983").figure.get_supxlabel().startswith("carter1983")


def test_nothing_known_marks_no_date() -> None:
    scenario = load_scenario("kipping2020").replace(likelihood="none")
    ax = plotting.timeline(earth_posterior(scenario, 500, rng=1))
    assert lines(ax, "#D55E00") == []


def test_it_draws_where_it_is_told(posterior: xr.Dataset) -> None:
    given = Figure().add_subplot()
    assert plotting.timeline(posterior, ax=given) is given


def test_another_dataset_is_refused() -> None:
    with pytest.raises(InputError, match=r"pass the Dataset of sfc_sim\.earth\.earth_posterior"):
        plotting.timeline(xr.Dataset())
