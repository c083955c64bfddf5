"""Volumes and births among fronts against plain sums over a grid sixteen times as fine."""

from __future__ import annotations

import numpy as np
import pytest

from sfc_sim.appearance.power_law import PowerLawAppearance
from sfc_sim.cosmology.background import Background
from sfc_sim.expansion.coverage import Coverage, tabulate
from sfc_sim.expansion.grid import cell_rule, make_grid

PLANCK = Background.named("Planck18")
# expected fronts that ever reach the edge of our reach: from nothing to a universe full long ago
CROWDS = [1e-9, 3e-4, 0.03, 1.9, 5.0, 19.0, 27.0, 60.0, 1e3, 1e5]


def made(refine: int) -> Coverage:
    grid = make_grid(PLANCK, np.zeros(1), refine=refine)
    return tabulate(grid, *PowerLawAppearance(n=6).log_rate({}, grid.times))


COARSE, FINE = made(1), made(16)


def births() -> tuple[np.ndarray, np.ndarray]:
    """Conformal dates of a fine sum over births, less today's, and their weights."""
    edges = FINE.grid.edges[0]
    dates = edges[:-1, None] + np.diff(edges)[:, None] * cell_rule().nodes[1:5]
    return dates.ravel() - edges[FINE.grid.now], FINE.tables.inside[0].ravel()


DATES, WEIGHTS = births()


def common(a: np.ndarray, b: np.ndarray, d: float) -> np.ndarray:
    """Volume of two overlapping balls: a cap of each, by the heights of the caps."""
    x = (d * d + a * a - b * b) / (2 * d)
    caps = sum(np.pi * h * h * (3 * r - h) / 3 for r, h in ((a, a - x), (b, b - d + x)))
    inside = 4 * np.pi / 3 * np.minimum(a, b) ** 3
    return np.where(d >= a + b, 0.0, np.where(d <= np.abs(a - b), inside, caps))


def expected(reach: float, speed: float, r: float, later: float, unseen: bool) -> float:
    """Births, per unit strength, whose front comes to a place r away within reach + v t."""
    past, back = DATES < 0, -DATES[DATES < 0]
    radius = reach + speed * back
    known = common(radius, back if unseen else speed * back, r)
    before = WEIGHTS[past] @ (4 * np.pi / 3 * radius**3 - known)
    age = np.maximum(later - DATES[~past], 0.0)
    return float(before + WEIGHTS[~past] @ (4 * np.pi / 3 * (speed * age) ** 3))


def volumes(strength: float, speed: float, unseen: bool) -> tuple[float, float]:
    """What humanity grabs, and what nobody else would ever take."""
    horizon = float(PLANCK.event_horizon(PLANCK.age))
    far, last = speed * horizon, FINE.grid.edges[0][-1] - FINE.grid.edges[0][FINE.grid.now]
    nodes, weights = np.polynomial.legendre.leggauss(24)
    # panels that shrink towards us, where a full universe leaves anything
    ends = far * np.concatenate([[0.0], 2.0 ** np.arange(-7, 1)])
    r = (ends[:-1, None] + np.diff(ends)[:, None] * (nodes + 1) / 2).ravel()
    shell = 4 * np.pi * r**2 * (np.diff(ends)[:, None] * weights / 2).ravel()
    depth = [expected(x, speed, x, x / speed, unseen) for x in r]
    final = [expected(far, speed, x, last, unseen) for x in r]
    return tuple(float(shell @ np.exp(-strength * np.array(each))) for each in (depth, final))


@pytest.mark.parametrize("unseen", [True, False], ids=["nothing-visible", "not-engulfed"])
@pytest.mark.parametrize("speed", [0.3, 0.9])
def test_claims_are_the_plain_sums(speed: float, unseen: bool) -> None:
    last = FINE.grid.edges[0][-1] - FINE.grid.edges[0][FINE.grid.now]
    far = speed * float(PLANCK.event_horizon(PLANCK.age))
    scale = float(FINE.log_strength(np.zeros(1))[0])
    unit = expected(far, speed, far, last, unseen)
    for crowd in CROWDS:
        strength = crowd / unit
        amount = np.array([np.log(strength) - scale])
        grabbed, log_marginal, _ = COARSE.volumes(amount, np.array([speed]), unseen=unseen)
        right, least = volumes(strength, speed, unseen)
        # sparse worlds have half of the shells, which bend where light meets fronts
        assert grabbed[0] == pytest.approx(right, rel=5e-5 if crowd < 2 else 3e-6), crowd
        if least > 1e-200:
            assert np.exp(log_marginal[0]) == pytest.approx(least, rel=5e-7), crowd


@pytest.mark.parametrize("unseen", [True, False], ids=["nothing-visible", "not-engulfed"])
@pytest.mark.parametrize("speed", [0.3, 0.9])
def test_what_others_recover_of_nearly_empty_worlds(speed: float, unseen: bool) -> None:
    """Linear in the strength near none, to 1e-9: the slope at 0 by Richardson's extrapolation from
    worlds where volumes keep their digits. And the plain sum over the fine grid, to its 1e-3.
    """
    horizon = float(PLANCK.event_horizon(PLANCK.age))
    far, last = speed * horizon, FINE.grid.edges[0][-1] - FINE.grid.edges[0][FINE.grid.now]
    scale = float(FINE.log_strength(np.zeros(1))[0])
    unit = expected(far, speed, far, last, unseen)

    def share(crowd: float) -> float:
        amount = np.array([np.log(crowd / unit) - scale])
        return COARSE.volumes(amount, np.array([speed]), unseen=unseen)[2][0] / crowd

    slope = 2 * share(1e-5) - share(2e-5)  # what is left is of the order 1e-10
    for crowd in (1e-13, 1e-12, 1e-10, 1e-7):
        assert share(crowd) == pytest.approx(slope * (1 - 0.5 * crowd), rel=1e-9 + crowd)
    nodes, weights = np.polynomial.legendre.leggauss(24)
    r = far * (nodes + 1) / 2
    shell = 1.5 * weights * ((nodes + 1) / 2) ** 2
    depth = np.array([expected(x, speed, x, x / speed, unseen) for x in r])
    final = np.array([expected(far, speed, x, last, unseen) for x in r])
    if not unseen:
        final[:] = unit
    assert slope == pytest.approx(float(shell @ (final - depth)) / unit, rel=1e-3)


@pytest.mark.parametrize("speed", [0.3, 1.0])
def test_births_outside_fronts_are_those_of_a_fine_grid(speed: float) -> None:
    at = np.array([speed])
    for log10_amount in np.linspace(3.5, 8, 19):
        amount = np.array([log10_amount * np.log(10)])
        right, found = (c.log_actual(amount, at)[0] for c in (FINE, COARSE))
        # what the cells of the grid leave is below 8e-8 here
        assert found == pytest.approx(right, abs=1e-7), log10_amount
