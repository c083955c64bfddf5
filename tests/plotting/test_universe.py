"""Slices, dates and waits of a universe made by hand: what is on the axes."""

from __future__ import annotations

import re

import numpy as np
import pytest
import xarray as xr
from matplotlib.figure import Figure

import sfc_sim as sfc
from sfc_sim import plotting
from sfc_sim._core.errors import InputError
from sfc_sim.expansion.power_law_universe import PowerLawUniverse
from sfc_sim.plotting.cuts import TINTS, coloured
from sfc_sim.plotting.universe import SHARES
from sfc_sim.simulation.universe import holders
from tests.plotting.made import BOX, made_holders, made_universe


@pytest.fixture(scope="module")
def universe() -> xr.Dataset:
    return made_universe()


def test_the_simulations_holders_are_those_by_hand(universe: xr.Dataset) -> None:
    places = np.random.default_rng(3).uniform(0.0, BOX, (200, 3))
    for realisation in (0, 1):
        found = holders(universe, places, realisation=realisation)
        by_hand = made_holders(universe, places, realisation=realisation)
        np.testing.assert_array_equal(found.holder, by_hand.holder)
        # Both turn conformal into clock times with the same background, good to 1e-9.
        np.testing.assert_allclose(found.held_from, by_hand.held_from, rtol=1e-9)


@pytest.fixture(autouse=True)
def plain_holders(monkeypatch) -> None:
    """The pictures are tested against the first front found by hand."""
    monkeypatch.setattr("sfc_sim.plotting.cuts.holders", made_holders)


def kinds(ax) -> np.ndarray:
    return np.asarray(ax.images[0].get_array())


def owners(universe: xr.Dataset, pixels: int, realisation: int = 0) -> np.ndarray:
    middles = (np.arange(pixels) + 0.5) * BOX / pixels
    places = [(x, y, BOX / 2) for y in middles for x in middles]
    found = made_holders(universe, np.array(places), realisation=realisation)
    return found["holder"].values.reshape(pixels, pixels)


def test_slices_fill_by_default_from_a_tenth_to_all(universe: xr.Dataset) -> None:
    axes = plotting.slices(universe, pixels=40).figure.axes
    for ax, share in zip(axes, (0.1, 0.4, 0.8, 1.0), strict=True):
        filled = np.mean(kinds(ax) < len(TINTS))
        assert filled == pytest.approx(share, abs=2 / 1600)  # a pixel or two
        assert ax.get_title(loc="left").endswith(f"{100 * filled:.0f} % filled")
    assert axes[2].get_xlabel() == "x [Gly]"
    assert axes[0].get_ylabel() == "y [Gly]"
    assert axes[0].get_xlim() == (0.0, BOX)
    assert "speed 0.5 c · box 30.0 Gly" in axes[0].figure.get_supxlabel()
    assert "seed 7" in axes[0].figure.get_supxlabel()


@pytest.mark.parametrize("realisation", [0, 1])
def test_slices_tell_neighbours_apart(universe: xr.Dataset, realisation: int) -> None:
    last = plotting.slices(universe, times=[1e3], pixels=40, realisation=realisation)
    owner, kind = owners(universe, 40, realisation), kinds(last)
    differ = 0
    for axis in (0, 1):  # round the edges too: the box is periodic
        border = owner != np.roll(owner, 1, axis)
        np.testing.assert_array_equal(border, kind != np.roll(kind, 1, axis))
        differ += border.sum()
    assert differ > 100


def test_slices_keep_the_colour_of_each(universe: xr.Dataset) -> None:
    axes = plotting.slices(universe, pixels=40).figure.axes
    last = kinds(axes[-1])
    for ax in axes[:-1]:
        held = kinds(ax) < len(TINTS)
        np.testing.assert_array_equal(kinds(ax)[held], last[held])


def test_slices_mark_births_near_them(universe: xr.Dataset) -> None:
    ax = plotting.slices(universe, times=[1e3], pixels=40, realisation=1)
    dots = np.column_stack(ax.get_lines()[0].get_data())
    ours = universe.isel(civilization=universe.realisation.values == 1)
    known = ours["position"].values
    assert len(dots) >= 5
    apart = BOX / len(known) ** (1 / 3)
    for dot in dots:
        (match,) = np.flatnonzero((known[:, :2] == dot).all(axis=1))
        assert abs(known[match, 2] - BOX / 2) < apart / 3
    early = plotting.slices(universe, times=[float(ours.birth_time.min())], pixels=40)
    assert len(early.get_lines()[0].get_xdata()) <= 1


def test_slices_draw_on_given_axes(universe: xr.Dataset) -> None:
    left, right = (figure := Figure()).subplots(1, 2)
    assert plotting.slices(universe, times=20.0, pixels=20, ax=right) is right
    assert right.get_title(loc="left").startswith("20 Gyr")
    assert not left.images
    assert figure.get_supxlabel() == ""


def test_nine_round_one_place_share_a_tint() -> None:
    """More neighbours than tints is no error: one tint repeats."""
    owner = np.arange(100).reshape(10, 10)
    owner[1, :9] = 77  # touches more than eight
    assert set(coloured(owner).values()) == set(TINTS)


def test_birth_dates_are_the_sample_and_the_law(universe: xr.Dataset) -> None:
    ax = plotting.birth_dates(universe)
    everyone, law, alone, law_alone, today = ax.get_lines()
    np.testing.assert_array_equal(everyone.get_xdata(), np.sort(universe.birth_time.values))
    assert everyone.get_ydata()[-1] == 1.0
    exact = PowerLawUniverse(6.0, speed=0.5)
    np.testing.assert_allclose(law.get_xdata(), exact.birth_time(SHARES))
    np.testing.assert_allclose(law_alone.get_xdata(), exact.birth_time(SHARES, seen_nobody=True))
    assert len(alone.get_xdata()) == int((universe.visible_at_birth == 0).sum())
    assert today.get_xdata()[0] == 13.787
    assert ax.get_xlabel() == "Date of birth [Gyr]"


@pytest.mark.parametrize(
    "change",
    [
        "dated_power",  # gone: of another model, or of an abundance of its own
        "cosmology_exponent",
        "speed",
        "delay",
    ],
)
def test_without_a_law_only_the_sample_is_drawn(universe: xr.Dataset, change: str) -> None:
    other = universe.drop_vars("visible_at_birth")
    if change == "speed":
        other = other.assign(speed=other.speed * np.linspace(0.5, 1.0, other.speed.size))
    elif change == "delay":
        other = other.assign(start_time=other.start_time + 0.1)
    else:
        other.attrs = {name: text for name, text in other.attrs.items() if name != change}
    assert len(plotting.birth_dates(other).get_lines()) == 2  # and today
    assert len(plotting.waiting_times(other).get_lines()) == 1


def test_waiting_times_are_of_those_who_expand(universe: xr.Dataset) -> None:
    speed = universe.speed.values.copy()
    speed[::3] = 0.0
    contact = universe.first_contact.where(speed > 0.0, np.inf)
    ax = plotting.waiting_times(
        universe.assign(speed=("civilization", speed), first_contact=contact)
    )
    sample, exact, published = ax.get_lines()
    waited = np.sort((universe.first_contact - universe.birth_time).values[speed > 0.0])
    np.testing.assert_array_equal(sample.get_xdata(), waited)
    law = PowerLawUniverse(6.0, speed=0.5)
    np.testing.assert_allclose(exact.get_xdata(), law.waiting_time(SHARES))
    np.testing.assert_allclose(published.get_xdata(), law.waiting_time(SHARES, rule="published"))
    texts = [text.get_text() for text in ax.get_legend().get_texts()]
    assert f"({waited.size} simulated)" in texts[0]
    assert f"median {np.median(waited):.3g} Gyr" in texts[0]


def test_those_who_never_meet_count(universe: xr.Dataset) -> None:
    contact = universe.first_contact.values.copy()
    contact[1::2] = np.inf
    line = plotting.waiting_times(
        universe.assign(first_contact=("civilization", contact))
    ).get_lines()[0]
    x, y = line.get_data()
    assert y[np.isfinite(x)].max() == pytest.approx(0.5, abs=1 / x.size)


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda u: plotting.slices(xr.Dataset()), "'position'.*simulate"),
        (lambda u: plotting.slices(u, height=1.5), "height is 1.5"),
        (lambda u: plotting.slices(u, pixels=1), "pixels is 1"),
        (lambda u: plotting.slices(u, realisation=2), "realisation is 2.*from 0 to 1"),
        (lambda u: plotting.slices(u, times=[]), "times has 0 values"),
        (lambda u: plotting.slices(u, times=[np.nan]), "times: .nan. is not a number"),
        (lambda u: plotting.slices(u, times=[1, 2], ax=Figure().subplots()), "times has 2 values"),
        (lambda u: plotting.slices(u, times=20.0, pixels=9, ax="top"), "ax is 'top'"),
        (lambda u: plotting.birth_dates([1]), "got list.*simulate"),
        (lambda u: plotting.birth_dates(u.isel(civilization=[])), "nothing to draw"),
        (lambda u: plotting.waiting_times(u.drop_vars("first_contact")), "'first_contact'"),
        (lambda u: plotting.waiting_times(u.assign(speed=0.0 * u.speed)), "nothing to draw"),
    ],
)
def test_a_wrong_argument_is_named(call, words: str, universe: xr.Dataset) -> None:
    with pytest.raises(sfc.InputError, match=words) as caught:
        call(universe)
    assert not re.search("\n", str(caught.value))


def test_what_never_happens_is_not_drawn(universe: xr.Dataset) -> None:
    never = universe.assign(first_contact=universe.first_contact + np.inf)
    never.attrs = {name: text for name, text in never.attrs.items() if name != "dated_power"}
    with pytest.raises(InputError, match="it happens to no civilization in the sample"):
        plotting.waiting_times(never)
