"""Tables of births against closed forms and quadrature."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from scipy import integrate, special

from sfc_sim._core.errors import InputError
from sfc_sim.appearance.power_law import PowerLawAppearance
from sfc_sim.cosmology.background import Background
from sfc_sim.expansion.coverage import tabulate
from sfc_sim.expansion.grid import make_grid
from sfc_sim.simulation.sources import births_of
from sfc_sim.simulation.timetable import FULL, Timetable, power_law_births, tabulated_births

MATTER = Background.power_law(2 / 3)
PLANCK = Background.named("Planck18")


def closed(n: float, abundance: float, speed: float, exponent: float = 2 / 3):
    """Return (p, births per Gly^3 and Gly^p, V per Gly^(p + 3)) of a power law."""
    background = Background.power_law(exponent)
    p = n / (1 - exponent)
    today = 13.787 / (1 - exponent)
    density = abundance / background.observable_volume_now / today**p
    cover = 4 * np.pi / 3 * speed**3 * density * special.beta(p, 4.0) * p
    return p, density, cover


@pytest.mark.parametrize(("n", "exponent"), [(0.4, 2 / 3), (3, 0.5), (6, 2 / 3), (60, 2 / 3)])
def test_power_law_follows_its_powers(n, exponent):
    table = power_law_births(n, 1e4, Background.power_law(exponent))
    p, density, cover = closed(n, 1e4, 1.0, exponent)
    log_eta = np.log(table.conformal)
    # ln of numbers like 1e-200 keeps 1e-13 of a few hundred.
    assert table.log_births == pytest.approx(np.log(density) + p * log_eta, abs=1e-9)
    assert table.log_cover == pytest.approx(np.log(cover) + (p + 3) * log_eta, abs=1e-9)


@pytest.mark.parametrize("speed", [1.0, 0.3, 0.01])
def test_full_when_the_covered_volume_is_forty(speed):
    table = power_law_births(6.0, 1e4, MATTER)
    p, _, cover = closed(6.0, 1e4, speed)
    assert table.full_at(speed) == pytest.approx((FULL / cover) ** (1 / (p + 3)), rel=1e-10)


def test_never_full_lasts_to_the_end_of_time():
    table = births_of(PowerLawAppearance(n=2, abundance=1e-3), {}, PLANCK)
    assert table is not None
    assert table.full_at(0.5) == PLANCK.future_conformal_time


@pytest.mark.parametrize(("n", "speed"), [(3, 1.0), (6, 0.5), (12, 0.75)])
def test_actual_births_are_an_incomplete_gamma_integral(n, speed):
    """Trapezoids over 4096 nodes: 4 digits at least, far below the scatter of any simulation."""
    table = power_law_births(n, 1e4, MATTER)
    p, density, cover = closed(n, 1e4, speed)
    q = p / (p + 3)
    gammas = special.gamma(q) * special.gammainc(q, cover * table.conformal ** (p + 3))
    exact = density * q * gammas * cover**-q
    later = exact > 1e-3 * exact[-1]
    assert table.actual(speed)[later] == pytest.approx(exact[later], rel=2e-4)


@pytest.mark.parametrize("background", [MATTER, PLANCK])
def test_date_of_and_births_by_are_inverse(background):
    table = births_of(PowerLawAppearance(n=4, abundance=1e3), {}, background)
    assert table is not None
    counts = np.exp(np.linspace(table.log_births[0] - 20, table.log_births[-1] - 0.01, 40))
    dates = np.array([table.date_of(float(count)) for count in counts])
    assert np.all(np.diff(dates) > 0)
    # Near the end of time many are born within few roundings of a conformal date.
    assert table.births_by(dates) == pytest.approx(counts, rel=1e-5)
    assert table.births_by(np.array([table.origin, -1.0])) == pytest.approx([0.0, 0.0])
    never = 2 * float(np.exp(table.log_births[-1]))
    assert table.date_of(never) == pytest.approx(table.conformal[-1], rel=1e-14)


def planck_table(n: float, abundance: float) -> Timetable:
    model = PowerLawAppearance(n=n, abundance=abundance)
    grid = make_grid(PLANCK, np.array([0.0]), refine=24)
    return tabulated_births(tabulate(grid, *model.log_rate({}, grid.times)), np.log(abundance))


@pytest.mark.parametrize("date", [5.0, 13.787, 60.0])
def test_tabulated_births_are_the_integrals_of_their_definition(date):
    """V in an accelerating universe by quadrature over clock time."""
    table = planck_table(3.0, 50.0)
    now = float(PLANCK.conformal_time(date))
    volume = PLANCK.observable_volume_now

    def cover(t: float) -> float:
        rate = 50.0 * 3.0 / 13.787 * (t / 13.787) ** 2 / volume
        return rate * 4 * np.pi / 3 * (now - float(PLANCK.conformal_time(t))) ** 3

    exact = integrate.quad(cover, 0.0, date, epsrel=1e-10)[0]
    births = 50.0 * (date / 13.787) ** 3 / volume
    # Nodes are interpolated along powers: a node apart is 1 in 1e3 of time.
    found = np.exp(np.interp(np.log(now), np.log(table.conformal), table.log_cover))
    assert found == pytest.approx(exact, rel=1e-3)
    assert table.births_by(np.array([now]))[0] == pytest.approx(births, rel=1e-3)


def test_a_power_of_time_is_the_same_from_a_table_and_in_closed_form():
    """A table made for any model, in a universe of matter, against exact powers."""
    grid = make_grid(MATTER, np.array([0.0]), refine=24)
    model = PowerLawAppearance(n=6, abundance=1e4)
    table = tabulated_births(tabulate(grid, *model.log_rate({}, grid.times)), np.log(1e4))
    exact = power_law_births(6.0, 1e4, MATTER)
    for count in (1e-5, 1e-3, 0.05):
        assert table.date_of(count) == pytest.approx(exact.date_of(count), rel=1e-5)
    assert table.actual(0.7)[-1] == pytest.approx(exact.actual(0.7)[-1], rel=2e-3)


def test_more_births_fill_earlier():
    few, many = power_law_births(6.0, 1e3, MATTER), power_law_births(6.0, 1e5, MATTER)
    assert many.full_at(0.5) < few.full_at(0.5)
    assert many.actual(0.5)[-1] > few.actual(0.5)[-1]
    # At a given abundance only the product of density and speed cubed covers.
    assert few.full_at(1.0) == pytest.approx(power_law_births(6.0, 8e3, MATTER).full_at(0.5))


def test_nobody_is_an_error():
    grid = make_grid(PLANCK, np.array([5.0]))
    nobody = tabulate(grid, np.full_like(grid.times, -np.inf), np.full(1, -np.inf))
    with pytest.raises(InputError, match="no civilization is ever born"):
        tabulated_births(nobody, 0.0)
    somebody = tabulate(grid, np.zeros_like(grid.times), np.full(1, -np.inf))
    with pytest.raises(InputError, match="no civilization is ever born"):
        tabulated_births(somebody, -np.inf)


def test_tables_do_not_change():
    table = power_law_births(6.0, 1e4, MATTER)
    with pytest.raises(AttributeError):
        table.__setattr__("origin", 1.0)
    assert replace(table, origin=0.0).origin == 0.0
