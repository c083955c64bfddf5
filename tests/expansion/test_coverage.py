"""Coverage against the closed forms of nucleation and growth, and of Hanson et al. (2021)."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy import integrate, special

from sfc_sim._core.errors import InputError
from sfc_sim.appearance.power_law import PowerLawAppearance
from sfc_sim.cosmology.background import Background
from sfc_sim.expansion.coverage import Coverage, tabulate
from sfc_sim.expansion.displacement import (
    grabbed_share,
    log_marginal_share,
    recovered_by_displacement,
)
from sfc_sim.expansion.grid import cell_rule, make_grid
from sfc_sim.kernels import coverage as kernel

EDS = Background.power_law(2 / 3)
PLANCK = Background.named("Planck18")


def power_law(n: float) -> Coverage:
    grid = make_grid(EDS, np.zeros(1), refine=4)
    return tabulate(grid, *PowerLawAppearance(n=n).log_rate({}, grid.times))


def over_births(coverage: Coverage, log_expanding: float, quantity) -> float:
    """Mean of a function of V (light and front alike) over actual births."""
    tables = coverage.tables
    strength = math.exp(
        float(coverage.log_strength(np.array([log_expanding]))[0]) + math.log(4 * math.pi / 3)
    )
    covered = strength * tables.third[0]
    actual = tables.inside[0] * np.exp(-covered)
    return float((actual * quantity(covered)).sum() / actual.sum())


def strength_for_half_at(coverage: Coverage, edge: int) -> float:
    """Amount for which V is 1 at an edge: puts the transition in the middle of the grid."""
    return -float(coverage.log_covered(np.zeros(1), np.ones(1), edge)[0])


@pytest.mark.parametrize(("n", "published"), [(3, 0.4054), (6, 0.4480), (12, 0.4726)])
def test_mean_fraction_taken_at_a_birth(n, published):
    """Hanson et al. 2021: 40 to 50 %. Closed form 1 - 2^-q, q = n / (n + 1)."""
    coverage = power_law(n)
    found = over_births(
        coverage, strength_for_half_at(coverage, coverage.grid.now), lambda v: -np.expm1(-v)
    )
    assert found == pytest.approx(1 - 2 ** (-n / (n + 1)), abs=1e-4)
    assert found == pytest.approx(published, abs=1e-3)


@pytest.mark.parametrize(("speed", "published"), [(0.5, 0.1682), (0.75, 0.4772)])
def test_chance_that_no_one_is_visible_at_birth(speed, published):
    """P(none seen | birth) = exp(V_v - V_c), V_c = V_v / v^3; closed form v^(3q), q = 6/7."""
    coverage = power_law(6)
    found = over_births(
        coverage,
        strength_for_half_at(coverage, coverage.grid.now),
        lambda v: np.exp(-v * (speed**-3 - 1)),
    )
    assert found == pytest.approx(speed ** (18 / 7), abs=1e-4)
    assert found == pytest.approx(published, abs=1e-3)


def test_covered_volume_at_birth_is_gamma_distributed():
    """All moments: E[V^k] = Gamma(q + k) / Gamma(q)."""
    coverage = power_law(6)
    amount = strength_for_half_at(coverage, coverage.grid.now)
    q = 6 / 7
    for k in (1, 2, 3):
        found = over_births(coverage, amount, lambda v, k=k: v**k)
        assert found == pytest.approx(special.gamma(q + k) / special.gamma(q), rel=2e-4)


def test_number_of_survivors_scales_as_the_closed_form():
    """N q Gamma(q) K^-q with V = K at the end (Hanson's scaling); preclusion in stiff cells."""
    coverage = power_law(6)
    q = 6 / 7
    for extra in (0.0, 5.0, 20.0, 40.0):
        amount = strength_for_half_at(coverage, coverage.grid.now) + extra
        log_v = float(coverage.log_covered(np.array([amount]), np.ones(1), -1)[0])
        log_exact = (
            float(coverage.log_potential()[0]) + math.log(q) + special.gammaln(q) - q * log_v
        )
        found = float(coverage.log_actual(np.array([amount]), np.ones(1))[0])
        if log_v > math.log(60.0):  # else the grid ends before all space is taken
            assert found == pytest.approx(log_exact, abs=2e-4), extra


def sudden_births(number: float) -> Coverage:
    """Births within 1e-3 Gyr before today, dying out e-fold by e-fold of 1e-4 Gyr."""
    onset = PLANCK.age - 1e-3
    grid = make_grid(PLANCK, np.array([onset]))
    log_rate = math.log(number / 1e-4) - (grid.times - onset) / 1e-4
    return tabulate(grid, log_rate, np.full(1, -np.inf))


@pytest.mark.parametrize("unseen", [False, True])
def test_births_of_today_are_the_static_displacement_model(unseen):
    """All rivals start just before us: A = (1 - e^-D) / D, U = e^-D, to the 1e-3 Gyr between."""
    coverage = sudden_births(50.0)
    number = float(np.exp(coverage.log_potential()[0]))
    speed = np.array([0.5])
    alone = speed**3 * PLANCK.affectable_volume(PLANCK.age)
    rivals = number * alone / PLANCK.observable_volume_now
    grabbed, log_marginal, _ = coverage.volumes(np.zeros(1), speed, unseen=unseen)
    assert grabbed / alone == pytest.approx(grabbed_share(rivals), rel=1e-3)
    assert log_marginal - np.log(alone) == pytest.approx(log_marginal_share(rivals), rel=1e-3)


BENCHMARK = [
    # civilizations, potential, unsaturated now, A/V given X_c, given X_v, U/V given X_c
    (10, 10.1, 1.000, 0.938, 0.937, 0.875),
    (30, 31.1, 0.999, 0.825, 0.824, 0.664),
    (100, 112.7, 0.995, 0.530, 0.527, 0.227),
    (300, 424.0, 0.980, 0.182, 0.180, 0.00378),
    (900, 2110.0, 0.907, 0.0311, 0.0287, None),
]


@pytest.fixture(scope="module")
def late_births() -> Coverage:
    """Six steps of 100 Gyr, delay 1 Gyr, planets of up to 6 Gyr, none before 8 Gyr."""
    background = Background.flat(hubble=67.74, matter=0.3089, radiation=9.1e-5)
    n, h, d, longest = 6, 100.0, 1.0, 6.0
    grid = make_grid(background, np.array([8.0]), refine=2)

    def rate(t: float) -> float:
        def planets(length: float) -> float:
            b = t - length
            return (
                (length - d) ** (n - 1)
                * math.exp(-(length - d) / h)
                * b**3
                * math.exp(-b / 4)
                * (1 - math.sqrt(length / longest))
            )

        return integrate.quad(planets, d, min(t, longest), epsrel=1e-9)[0]

    with np.errstate(divide="ignore"):
        log_rate = np.log([[rate(t) if t > 8.0 else 0.0 for t in grid.times[0]]])
    return tabulate(grid, log_rate, np.full(1, -np.inf))


@pytest.mark.parametrize("row", BENCHMARK)
def test_grabbed_and_marginal_volume_of_late_births(late_births, row):
    """Independent quadrature, tolerance 1 % as its printed digits allow."""
    actual, potential, unsaturated, seen_a, free_a, seen_u = row
    speed = np.array([0.8])
    low, high = -200.0, 200.0
    for _ in range(80):  # the amount for which this many are born
        middle = 0.5 * (low + high)
        number = middle + late_births.log_actual(np.array([middle]), speed)[0]
        low, high = (middle, high) if number < math.log(actual) else (low, middle)
    amount = np.array([middle])
    assert np.exp(amount + late_births.log_potential())[0] == pytest.approx(potential, rel=0.01)
    covered = np.exp(late_births.log_covered(amount, speed, late_births.grid.now))
    assert np.exp(-covered)[0] == pytest.approx(unsaturated, abs=0.002)
    background = late_births.grid.background
    alone = speed**3 * background.affectable_volume(background.age)
    grabbed, log_marginal, _ = late_births.volumes(amount, speed, unseen=True)
    assert (grabbed / alone)[0] == pytest.approx(seen_a, rel=0.01)
    if seen_u is not None:
        assert (np.exp(log_marginal) / alone)[0] == pytest.approx(seen_u, rel=0.01)
    grabbed, _, _ = late_births.volumes(amount, speed, unseen=False)
    assert (grabbed / alone)[0] == pytest.approx(free_a, rel=0.01)


def test_at_light_speed_unseen_and_not_engulfed_are_the_same(late_births):
    one, amount = np.ones(1), np.array([-5.0])
    seen, free = (late_births.volumes(amount, one, unseen=unseen) for unseen in (True, False))
    assert seen[0] == pytest.approx(free[0], rel=1e-6)
    assert seen[1] == pytest.approx(free[1], rel=1e-6)


def test_an_empty_universe_is_all_ours(late_births):
    speed = np.array([0.3])
    alone = speed**3 * late_births.grid.background.affectable_volume(
        late_births.grid.background.age
    )
    for unseen in (True, False):
        grabbed, log_marginal, _ = late_births.volumes(np.array([-300.0]), speed, unseen=unseen)
        assert grabbed == pytest.approx(alone, rel=1e-12)
        assert np.exp(log_marginal) == pytest.approx(alone, rel=1e-12)


def test_refining_the_grid_changes_nothing():
    """Fourth order: halving the cells moves coverage by less than 1e-5."""
    answers = []
    for refine in (1, 2):
        grid = make_grid(EDS, np.zeros(1), refine=refine)
        coverage = tabulate(grid, *PowerLawAppearance(n=12).log_rate({}, grid.times))
        answers.append(float(coverage.log_covered(np.zeros(1), np.ones(1), grid.now)[0]))
    assert answers[0] == pytest.approx(answers[1], abs=1e-5)


@pytest.mark.parametrize("onset", [-1.0, 14.0, np.nan])
def test_onset_must_lie_before_today(onset):
    with pytest.raises(InputError, match="appearance begins at"):
        make_grid(PLANCK, np.array([1.0, onset]))


def test_displacement_table():
    """Static model at D = 1 and 3; limits at 0 and for many rivals; the series near 0."""
    assert recovered_by_displacement([1.0, 3.0]) == pytest.approx([0.4180233, 0.8428129], abs=1e-7)
    assert recovered_by_displacement([0.0, 1e4]) == pytest.approx([0.0, 1.0])
    below, above = recovered_by_displacement([0.999e-5, 1.001e-5])
    assert below / 0.999e-5 == pytest.approx(above / 1.001e-5, rel=1e-5)
    d = np.array([0.01, 0.3, 2.0, 10.0])
    ratio = 1 - np.exp(log_marginal_share(d)) / grabbed_share(d)
    assert recovered_by_displacement(d) == pytest.approx(ratio, abs=1e-12)
    with pytest.raises(InputError, match="0 or more"):
        recovered_by_displacement(-1.0)


def test_births_of_a_cell_that_fills_up_against_fine_quadrature():
    """Cells in which coverage rises from little to much: 2,000 nodes of the same curve.

    Eight pieces are right to 1e-9 in every cell that keeps 1e-12 of its births; two miss 1e-5.
    """
    coverage = power_law(12)
    births, rule = kernel.row(coverage.tables, 0), cell_rule()
    nodes, shares = np.polynomial.legendre.leggauss(2000)
    seen = 0
    for extra in (0.0, 5.0, 20.0):
        amount = strength_for_half_at(coverage, coverage.grid.now) + extra
        log_strength = float(coverage.log_strength(np.array([amount]))[0]) + math.log(
            4 * math.pi / 3
        )
        covered = math.exp(log_strength) * births.moments[:, 3]
        for cell in np.flatnonzero(
            (np.diff(covered) > 0.5) & (covered[:-1] > 0) & (covered[:-1] < 50)
        ):
            width = births.edges[cell + 1] - births.edges[cell]
            ends = [*kernel.log_slopes(births.moments, cell, width)]
            ends += kernel.log_slopes(births.moments, cell + 1, width)
            exact = whole = 0.0
            for x, share in zip((1 + nodes) / 2, shares / 2, strict=True):
                density = kernel.density_at(births, cell, x) * width * share
                exact += density * math.exp(-math.exp(log_strength + kernel.hermite_log(*ends, x)))
                whole += density
            found = kernel.stiff_births(births, cell, log_strength, rule)
            if exact > 1e-12 * whole:
                assert found == pytest.approx(exact, rel=1e-8, abs=0.0)
                seen += 1
    assert seen > 20


# Where nothing appears before a date, or after.


def late(opening: float, power: float) -> Coverage:
    """Births from a date on, inside a cell of the grid: none before, then as a power of time."""
    grid = make_grid(PLANCK, np.zeros(1))
    after = grid.times - opening
    log_rate = np.full(after.shape, -np.inf)
    log_rate[after > 0.0] = power * np.log(after[after > 0.0])
    return tabulate(grid, log_rate, np.zeros(1))


@pytest.mark.parametrize("opening", [0.5, 2.1, 4.0, 7.7, 13.0, 40.0])
@pytest.mark.parametrize("power", [0.0, 1.0, 12.0])
def test_the_density_between_samples_is_near_theirs(opening, power):
    """A quintic through samples of nothing once swung to e^1000 between two others."""
    coverage = late(opening, power)
    births, rule = kernel.row(coverage.tables, 0), cell_rule()
    places = np.linspace(0.0, 1.0, 101)
    for cell in range(births.edges.size - 1):
        sampled = max(births.inside[cell] / rule.weights) / np.diff(births.edges)[cell]
        most = max(kernel.density_at(births, cell, x) for x in (*places, *rule.nodes))
        ends = (kernel.density_at(births, cell, x) for x in (0.0, 1.0))
        assert most <= math.exp(0.5) * max(sampled, *ends) * (1 + 1e-9)
    # Negative control: the quintic alone, through stand-ins of nothing.
    samples = np.array([-1e4, -1e4, -1e4, -36.0, -35.0, -34.0])
    assert (np.vander(places, 6, increasing=True) @ rule.inverse @ samples).max() > 700.0


def test_volumes_of_worlds_that_begin_late_are_those_of_a_fine_grid(monkeypatch):
    """Rates that set in within a cell: 3e-5 of the standard grid; one world in 40 was a tenth off.

    Against cells a sixth as wide; what nobody else would ever take is down to 1e-9 Gly^3.
    """
    import sfc_sim as sfc
    from sfc_sim.expansion import grid

    aim = sfc.aim("mills2025", theories=["sia", "adt-total"], rng=1, pilot=2000)

    def volumes():
        draws = sfc.sample("mills2025", 1000, rng=7, aim=aim)
        return np.array([draws.volume_grabbed.values, draws.volume_marginal.values])

    usual = volumes()

    def finer(*given, **asked):
        return make_grid(*given, **asked | {"refine": 6})

    monkeypatch.setattr(grid, "make_grid", finer)
    assert usual == pytest.approx(volumes(), rel=1e-4, abs=1e-9)
