"""What a newcomer finds free under self-indication, against quadrature at any speed."""

from __future__ import annotations

import numpy as np
import pytest

from sfc_sim.appearance.power_law import PowerLawAppearance
from sfc_sim.cosmology.background import Background
from sfc_sim.expansion.coverage import tabulate
from sfc_sim.expansion.grid import make_grid
from sfc_sim.planets.delays import Delayed, DelayLaw
from sfc_sim.planets.formation import PlanetHistory
from sfc_sim.testing.first_come import colonised_share, empty_share

# The cosmology that the two numbers below were computed with.
FLAT = Background.flat(hubble=67.8, matter=0.308)


def coverage_of(appearance: Delayed, background=FLAT):
    grid = make_grid(background, appearance.onset[None])
    with np.errstate(divide="ignore"):
        return tabulate(grid, np.log(appearance.rate(grid.times)), np.full(1, -np.inf))


def shares(appearance, background=FLAT):
    coverage = coverage_of(appearance, background)
    return colonised_share(coverage).item(), empty_share(coverage).item()


def by_quadrature(rate, background, speed, radii=400, births=4000):
    """The same shares from the volume of every past front cone, at a speed.

    S(eta) is summed over births in conformal time by the midpoint rule, where it meets the
    distance r = v (eta - eta_0) in Gauss points.
    """
    now, end = background.conformal_time(np.array([background.age, 390.0]))
    cells = np.linspace(0.1, end, births + 1)
    middles = 0.5 * (cells[1:] + cells[:-1])
    dates = background.time_at_conformal(middles)
    born = rate(dates) * np.diff(background.time_at_conformal(cells))

    def covered(eta):
        reach = speed * np.maximum(0.0, np.atleast_1d(eta)[:, None] - middles)
        return (4 / 3 * np.pi * reach**3) @ born

    nodes, weights = np.polynomial.legendre.leggauss(radii)
    r = 0.5 * (nodes + 1.0) * speed * (end - now)
    volume = 0.5 * weights * 3.0 * r**2 / (speed * (end - now)) ** 2
    free = volume @ (covered(now) / covered(now + r / speed))
    return 1.0 - free, (covered(now) / covered(end)).item() / free


def delayed(history, mean, future="formula"):
    return Delayed(PlanetHistory(history, future), DelayLaw(mean, 1.0))


@pytest.mark.parametrize(("mean", "colonised", "empty"), [(4.55, 0.927, 0.43), (6.0, 0.955, 0.37)])
def test_numbers_of_planets_as_stars(mean, colonised, empty):
    """Madau & Dickinson (2014), computed independently beforehand, to two or three digits."""
    found = shares(delayed("madau2014", mean))
    assert found == pytest.approx((colonised, empty), abs=0.005)


def test_planets_that_wait_for_metals_come_near_the_published_pair():
    """95 % and 30 %: Finnveden (2019), summary; round numbers of a history not verified."""
    colonised, empty = shares(delayed("lineweaver2001", 4.55), Background.named("Planck18"))
    assert colonised == pytest.approx(0.95, abs=0.03)
    assert empty == pytest.approx(0.30, abs=0.10)


@pytest.mark.parametrize("mean", [4.55, 6.0])
def test_against_quadrature_at_any_speed(mean):
    """Speed drops out to rounding; the midpoint rule and the cells both cost 1e-6."""
    appearance = delayed("madau2014", mean)
    found = shares(appearance)
    slow, fast = (
        by_quadrature(lambda t: appearance.rate(t[None])[0], FLAT, speed) for speed in (0.3, 0.99)
    )
    assert slow == pytest.approx(fast, rel=1e-12)
    assert found == pytest.approx(slow, abs=2e-6)


def test_quadrature_sees_another_delay():
    """Negative control: 0.05 Gyr."""
    wrong = by_quadrature(lambda t: delayed("madau2014", 4.6).rate(t[None])[0], FLAT, 0.5)
    assert shares(delayed("madau2014", 4.55)) != pytest.approx(wrong, abs=5e-5)


def test_births_at_the_beginning_leave_the_cube_of_conformal_time():
    """All born at the Big Bang: S goes as eta^3, and the shares are integrals of powers.

    A power of 1e-3 stands for that; what follows it costs as much.
    """
    background = Background.named("Planck18")
    grid = make_grid(background, np.full(1, 0.01))
    spike = -1e4 * (grid.times - 0.02) ** 2  # over 1e-2 Gyr
    coverage = tabulate(grid, np.maximum(spike, -500.0), np.full(1, -np.inf))
    start = background.conformal_time(0.02)
    now, end = (x - start for x in (background.conformal_time(background.age),
                                    background.future_conformal_time))  # fmt: skip
    x = np.linspace(0.0, 1.0, 100_001)
    free = np.trapezoid(3 * x**2 * (now / (now + (end - now) * x)) ** 3, x)
    # The cells at the onset are coarser than the spike: its mean date is known to 0.1 Gly.
    assert 1 - colonised_share(coverage).item() == pytest.approx(free, rel=1e-2)
    assert empty_share(coverage).item() == pytest.approx((now / end) ** 3 / free, rel=1e-2)


def test_later_births_leave_less():
    """The more are still to come, the less is free; planets that cease to form leave most."""
    background = Background.named("Planck18")
    steep = []
    for n in (1.5, 3.0, 6.0):
        grid = make_grid(background, np.zeros(1))
        coverage = tabulate(grid, *PowerLawAppearance(n=n).log_rate({}, grid.times))
        steep.append((colonised_share(coverage).item(), empty_share(coverage).item()))
    assert sorted(steep) == steep
    assert [empty for _, empty in steep] == sorted((empty for _, empty in steep), reverse=True)
    ended, on = (shares(delayed("hanson2021", 4.55, future)) for future in ("none", "formula"))
    assert ended[0] < on[0]
    assert ended[1] > on[1]
