"""A rate of appearance from a table: against its plain interpolation, quad, and a power law."""

from __future__ import annotations

import math
from itertools import pairwise

import numpy as np
import pytest
from scipy import integrate

import sfc_sim as sfc
from sfc_sim._core.errors import InputError
from sfc_sim.appearance.power_law import PowerLawAppearance
from sfc_sim.appearance.table import TableAppearance
from sfc_sim.cosmology.background import Background
from sfc_sim.expansion.coverage import tables_of, tabulate
from sfc_sim.expansion.grid import make_grid

PLANCK = Background.named("Planck18")

TABLES = {
    "hump": ([2.0, 6.0, 10.0, 20.0, 60.0], [0.0, 5.0, 300.0, 40.0, 0.0]),
    "gap": ([1.0, 3.0, 5.0, 7.0, 12.0, 30.0], [0.0, 10.0, 0.0, 0.0, 20.0, 0.0]),
    "late": ([5.0, 12.0, 390.0, 700.0], [0.0, 2.0, 1.0, 0.5]),
    "equal": ([1.0, 2.0, 50.0, 51.0], [0.0, 3.0, 3.0, 0.0]),
}


def plain(times, rates, t: float) -> float:
    """Interpolate as one would by hand."""
    for t0, t1, r0, r1 in zip(times, times[1:], rates, rates[1:], strict=False):
        if t0 <= t <= t1:
            x = (t - t0) / (t1 - t0)
            return r0 * (r1 / r0) ** x if r0 and r1 else r0 + (r1 - r0) * x
    return 0.0


def number(times, rates, low: float, high: float) -> float:
    ends = sorted({low, high, *(t for t in times if low < t < high)})
    return sum(
        integrate.quad(lambda t: plain(times, rates, t), a, b, epsrel=1e-11)[0]
        for a, b in pairwise(ends)
    )


@pytest.mark.parametrize("name", TABLES)
def test_rate_is_the_interpolated_table(name):
    times, rates = TABLES[name]
    # Nodes, points between, and both sides of the ends.
    where = np.unique([0.0, 0.5, *times, *np.linspace(0.1, 720.0, 977)])
    log_rate, _ = TableAppearance(times, rates).log_rate({}, where[None])
    expected = [plain(times, rates, t) for t in where]
    assert np.exp(log_rate[0]) == pytest.approx(expected, rel=1e-12, abs=1e-12)


@pytest.mark.parametrize("name", TABLES)
def test_number_that_come_later_is_the_integral(name):
    times, rates = TABLES[name]
    model = TableAppearance(times, rates)
    last = np.array([0.0, 1.5, 4.0, 6.0, 9.0, 45.0, 400.0, 699.0])
    rows = np.stack([np.zeros_like(last), last], axis=1)
    _, log_later = model.log_rate({}, rows)
    expected = [number(times, rates, t, max(t, times[-1])) for t in last]
    assert np.exp(log_later) == pytest.approx(expected, rel=1e-9)
    assert model.log_rate({}, np.array([[800.0]]))[1].tolist() == [-math.inf]


@pytest.mark.parametrize("name", TABLES)
def test_grid_finds_the_number_ever_born(name):
    """Kinks of a table fall inside cells: up to 7e-4 of all births on cells cut in four."""
    times, rates = TABLES[name]
    model = TableAppearance(times, rates)
    expected = number(times, rates, times[0], times[-1])
    grid = make_grid(PLANCK, model.onset({}), refine=4)
    coverage = tabulate(grid, *model.log_rate({}, grid.times))
    found = math.exp(coverage.log_potential()[0] + model.log_amount({})[0])
    assert found == pytest.approx(expected, rel=2e-3)


@pytest.mark.parametrize(
    ("middle", "half"), [(5.0, 1e-3), (13.5, 0.1), (13.9, 0.05), (20.3, 0.2), (32.0, 0.5)]
)
def test_a_burst_within_a_cell_is_counted_whole(middle, half):
    """On cells that know nothing of it, none to twice as many were born."""
    model = TableAppearance([middle - half, middle, middle + half], [0.0, 1.0 / half, 0.0])
    plain = make_grid(PLANCK, np.minimum(model.onset({}), 12.0))
    blind = tabulate(plain, *model.log_rate({}, plain.times)).log_potential()
    found = tables_of(model, {}, PLANCK).log_potential()
    assert np.exp(found) == pytest.approx(1.0, rel=2e-5)
    assert abs(np.expm1(blind)) > 1e-3 or middle < 13.7


def test_a_rate_that_ends_abruptly_ends_there():
    model = TableAppearance([1.0, 20.0], [1.0, 1.0])
    assert np.exp(tables_of(model, {}, PLANCK).log_potential()) == pytest.approx(19.0, rel=1e-6)


def test_births_after_today_alone_can_be_simulated():
    model = TableAppearance([13.85, 13.9, 13.95], [0.0, 1e4, 0.0])
    universe = sfc.simulate(model, speed=0.9, civilizations=300, background="Planck18", rng=1)
    dates = universe.birth_time.values
    assert ((dates > 13.85) & (dates < 13.95)).all()


def test_a_table_of_a_power_law_is_that_power_law():
    """Log-linear between 600 dates: births to (6 x spacing / t)^2 / 8, here 1e-4."""
    law = PowerLawAppearance(6, abundance=500.0)
    times = np.concatenate([[0.0], np.geomspace(0.3, 400.0, 600)])
    log_rate, _ = law.log_rate({}, times[None])
    table = TableAppearance(times, np.exp(log_rate[0] + law.log_amount({})[0]))
    grid = make_grid(PLANCK, np.zeros(1))
    one, covered = np.ones(1), []
    for model in (law, table):
        coverage = tabulate(grid, *model.log_rate({}, grid.times))
        amount = model.log_amount({})
        covered.append(
            [float(coverage.log_covered(amount, one, grid.now)[0]),
             float((amount + coverage.log_actual(amount, one))[0])]
        )  # fmt: skip
    assert covered[1] == pytest.approx(covered[0], abs=1e-3)


def test_onset_is_the_last_date_before_anything_appears():
    late = TableAppearance([0.0, 4.0, 8.0, 9.0], [0.0, 0.0, 1.0, 0.0])
    assert late.onset({}).tolist() == [4.0]
    assert TableAppearance([3.0, 4.0], [1.0, 0.0]).onset({}).tolist() == [3.0]


def test_everyone_who_appears_is_like_us():
    model = TableAppearance([5.0, 13.0, 15.0], [0.0, 4.0, 16.0])
    assert model.log_observers({}, 14.0)[0] == pytest.approx(math.log(8.0))
    assert model.log_observers({}, 16.0)[0] == -math.inf


def test_equal_tables_are_equal_keys():
    one = TableAppearance([1, 2], [0, 3])
    two = TableAppearance(np.array([1.0, 2.0]), (0.0, 3.0))
    assert {one: "same"}[two] == "same"
    assert one != TableAppearance([1, 2], [0, 4])


@pytest.mark.parametrize(
    ("times", "rate", "words"),
    [
        ([1.0, 2.0], [1.0], "2 and 1 entries"),
        ([1.0], [1.0], "two or more"),
        ([2.0, 1.0], [1.0, 1.0], "do not ascend"),
        ([1.0, 1.0], [1.0, 1.0], "do not ascend"),
        ([-1.0, 1.0], [1.0, 1.0], "times is .* 0 or more"),
        ([1.0, 2.0], [1.0, -1.0], "rate is .* 0 or more"),
        ([1.0, math.inf], [1.0, 1.0], "times is"),
        ([1.0, 2.0], [math.nan, 1.0], "rate is"),
        ([1.0, 2.0], ["a", 1.0], "rate is"),
        ([[1.0, 2.0]], [1.0], "a row of numbers"),
        ([1.0, 2.0], [0.0, 0.0], "rate is 0 at all times"),
    ],
)
def test_tables_that_are_none(times, rate, words):
    with pytest.raises(InputError, match=words):
        TableAppearance(times, rate)
