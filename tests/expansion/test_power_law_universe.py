"""The universe of Hanson et al. (2021): printed numbers, brute quadrature, limits, our own grid."""

from __future__ import annotations

import math
from itertools import pairwise

import numpy as np
import pytest
from scipy import integrate, special, stats

from sfc_sim._core.errors import InputError
from sfc_sim.appearance.power_law import PowerLawAppearance
from sfc_sim.constants import AGE_OF_UNIVERSE
from sfc_sim.cosmology.background import Background
from sfc_sim.expansion.coverage import tabulate
from sfc_sim.expansion.galaxies import galaxies_per_civilization, quiet_loud_ratio
from sfc_sim.expansion.grid import make_grid
from sfc_sim.expansion.power_law_universe import PowerLawUniverse

TODAY = AGE_OF_UNIVERSE.value

# Computed independently of this package; the laws of dates with us a random one of those who
# see nobody, as in the published program. Quantiles are sampled, to 1 %.
TABLE = [
    # n, speed, shape, filled, filled (none seen), P(none), origin p1 25 50 75,
    # meeting p1 25 50 75 (half of the clock time), p25 50 75 (conformal midpoint), mean seen
    (3, 1.0, ".7500", ".4054", ".4054", "1.0000", "3.22 9.90 13.79 19.2",
     ".0297 .824 1.91 3.68", ".807 1.82 3.37", "0.00"),
    (6, 1.0, ".8571", ".4480", ".4480", "1.0000", "6.56 11.59 13.79 16.4",
     ".0135 .371 .878 1.704", ".368 .861 1.64", "0.00"),
    (6, 0.75, ".8571", ".4480", ".2604", ".4772", "7.42 13.11 15.60 18.55",
     ".0155 .422 .997 1.93", ".418 .977 1.86", "1.18"),
    (6, 0.5, ".8571", ".4480", ".0960", ".1682", "8.82 15.60 18.56 22.07",
     ".0182 .502 1.18 2.29", ".497 1.16 2.20", "5.89"),
    (12, 0.75, ".9231", ".4726", ".2774", ".4508", "10.11 13.48 14.73 16.10",
     ".0066 .190 .450 .881", ".189 .446 .864", "1.26"),
]  # fmt: skip
QUARTILES = [0.25, 0.5, 0.75]


def agrees(found: float, printed: str, relative: float = 0.0) -> bool:
    """Whether a number is the printed one, to half its last digit and a relative tolerance."""
    half = 0.5 * 10.0 ** -len(printed.partition(".")[2])
    return abs(found - float(printed)) <= half * (1 + 1e-9) + relative * abs(float(printed))


@pytest.mark.parametrize("row", TABLE)
def test_probabilities_are_those_printed(row):
    n, speed, shape, filled, filled_unseen, none, *_ = row
    universe = PowerLawUniverse(n, speed)
    assert agrees(universe.shape, shape)
    assert agrees(universe.filled_fraction(), filled)
    assert agrees(universe.filled_fraction(seen_nobody=True), filled_unseen)
    assert agrees(universe.probability_nothing_visible, none)


@pytest.mark.parametrize("row", TABLE)
def test_dates_of_birth_are_those_printed(row):
    n, speed, origin = row[0], row[1], row[6]
    levels = [0.01, *QUARTILES]
    found = PowerLawUniverse(n, speed).birth_time(levels, our_date="random")
    # Printed digits; the first percentile is right to 1 in 1000 only.
    assert all(agrees(x, p, 1e-3) for x, p in zip(found, origin.split(), strict=True)), found
    law = stats.betaprime(n / (n + 1), n / (n + 1))
    exact = TODAY * (law.ppf(levels) / speed**3) ** (1 / (n + 1))
    assert found == pytest.approx(exact, rel=1e-9)


@pytest.mark.parametrize("row", TABLE)
def test_waiting_times_are_those_printed(row):
    n, speed, halved, midpoint = row[0], row[1], row[7].split(), row[8].split()
    universe = PowerLawUniverse(n, speed)
    found = universe.waiting_time([0.01, *QUARTILES], rule="published", our_date="random")
    assert all(agrees(x, p, 0.01) for x, p in zip(found[1:], halved[1:], strict=True)), found
    # The first percentile of a sample has three times the scatter of a quartile, and more.
    assert agrees(found[0], halved[0], 0.04)
    found = universe.waiting_time(QUARTILES, our_date="random")
    assert all(agrees(x, p, 0.01) for x, p in zip(found, midpoint, strict=True)), found


@pytest.mark.parametrize("row", TABLE)
def test_mean_number_visible_is_that_printed(row):
    n, speed, seen = row[0], row[1], row[9]
    assert agrees(PowerLawUniverse(n, speed).mean_visible(), seen, 0.01)  # sampled, as above


@pytest.mark.parametrize(
    ("n", "candidates", "printed"),
    [
        (6, 1e6, "951.104"),
        (6, 1e8, "1836.29"),
        (6, 1e13, "9511.04"),
        (12, 1e5, "2839.96"),
        (12, 1e8, "4831.49"),
    ],
)
def test_numbers_of_civilizations_are_those_printed(n, candidates, printed):
    assert agrees(float(PowerLawUniverse(n).mean_civilizations(candidates)), printed)


def brute_reached(power, birth, later, light, *, own):
    """Mean births whose signal comes between `birth` and `later`, from the definition."""

    def rate(u: float) -> float:
        signal = (light * (later - u)) ** 3
        known = max(birth - u, 0.0) ** 3
        sphere = min(max(u - birth, 0.0), light * (later - u)) ** 3 if own else 0.0
        return u ** (power - 1) * (signal - known - sphere) / special.beta(power, 4.0)

    kinks = [0.0, birth, (light * later + birth) / (1 + light), later]
    pieces = [
        integrate.quad(rate, a, b, epsabs=0.0, epsrel=1e-12, limit=200)[0]
        for a, b in pairwise(kinks)
        if b > a
    ]
    return sum(pieces)


@pytest.mark.parametrize("n", [0.3, 1.0, 3.0, 6.0, 12.3, 200.0])
@pytest.mark.parametrize("speed", [1.0, 0.6, 0.2])
def test_survivals_are_the_integrals_of_their_definition(n, speed):
    universe = PowerLawUniverse(n, speed)
    p = universe.conformal_power
    births = special.gammaincinv(universe.shape, [0.02, 0.5, 0.98]) ** (1 / (p + 3))
    for birth in births:
        for later in birth * (1 + np.array([1e-3, 0.3, 2.0]) / (p + 3)):
            arrival, alone = (
                math.exp(-brute_reached(p, birth, later, 1.0, own=own)) for own in (True, False)
            )
            sight = math.exp(-brute_reached(p, birth, later, 1 / speed, own=True))
            # Both sides are good to 1e-12 of an exponent that matters while it is below 30.
            assert float(universe.no_arrival(birth, later)) == pytest.approx(arrival, abs=1e-10)
            free = universe.no_arrival(birth, later, expanding=False)
            assert float(free) == pytest.approx(alone, abs=1e-10)
            assert float(universe.no_sight(birth, later)) == pytest.approx(sight, abs=1e-10)


def test_no_arrival_begins_at_one_and_falls():
    universe = PowerLawUniverse(6, 0.7)
    later = 0.9 + np.linspace(0.0, 0.4, 200)
    for expanding in (True, False):
        left = universe.no_arrival(0.9, later, expanding=expanding)
        assert left[0] == 1.0
        assert np.all(np.diff(left) < 0)
    # Our front keeps others from being born near.
    assert np.all(
        universe.no_arrival(0.9, later[1:]) >= universe.no_arrival(0.9, later[1:], expanding=False)
    )
    cdf = universe.first_arrival_cdf(0.9, later)
    assert cdf == pytest.approx(1.0 - universe.no_arrival(0.9, later), abs=1e-15)


def test_chance_that_nothing_is_visible_is_the_mean_over_births():
    """No sight at birth itself, over the Gamma law of V: speed^(3 q)."""
    universe = PowerLawUniverse(6, 0.6)
    p = universe.conformal_power

    def one(quantile: float) -> float:
        birth = special.gammaincinv(universe.shape, quantile) ** (1 / (p + 3))
        return float(universe.no_sight(birth, birth))

    found = integrate.quad(one, 0.0, 1.0, epsabs=1e-9)[0]
    assert found == pytest.approx(universe.probability_nothing_visible, abs=1e-7)


def brute_visible(power: float, speed: float) -> float:
    """Mean number visible: births over (time, distance) less the overlap of two past cones.

    Gauss rules of 40 points: exact for whole powers below 40, but for the kinks.
    """
    shape, amount = power / (power + 3), 1.0 / special.beta(power, 4.0)
    nodes, weights = np.polynomial.legendre.leggauss(40)
    nodes, weights = 0.5 * (nodes + 1), 0.5 * weights

    def overlap(u: float, distance: float) -> float:
        w = max(0.0, 0.5 * (1 + u - distance)) * nodes
        both = 1 + u - 2 * w
        lens = (both - distance) ** 2 / (16 * distance)
        lens = lens * (distance**2 + 2 * distance * both - 3 * (1 - u) ** 2)
        width = max(0.0, 0.5 * (1 + u - distance))
        return float(weights @ (amount * w ** (power - 1) * lens)) * width

    def shells(u: float) -> float:
        near, far = 1 - u, (1 - u) / speed
        total = 0.0
        kink = min(far, 1 + u)
        for a, b in ((near, kink), (kink, far)):
            for x, weight in zip(nodes, weights, strict=True):
                y = a + (b - a) * x
                free = u ** (power + 3) - overlap(u, y)
                total += (b - a) * weight * y**2 * shape * (1 + free) ** (-shape - 1)
        return total

    return sum(
        weight * 3 * amount * u ** (power - 1) * shells(u)
        for u, weight in zip(nodes, weights, strict=True)
    )


@pytest.mark.parametrize(("n", "speed"), [(3, 0.9), (6, 0.75), (6, 0.5), (12, 0.75)])
def test_mean_visible_is_the_integral_of_its_definition(n, speed):
    # The kink at distance 1 + u leaves the outer Gauss rule of the brute form with 1e-7.
    assert PowerLawUniverse(n, speed).mean_visible() == pytest.approx(
        brute_visible(3.0 * n, speed), rel=1e-6
    )


def test_mean_visible_is_less_than_the_candidates_in_the_light_cone():
    """E[V] (1 / s^3 - 1) = q (1 / s^3 - 1), of which dropped candidates are no civilizations."""
    for speed in (0.2, 0.6, 0.99):
        universe = PowerLawUniverse(6, speed)
        candidates = universe.shape * (speed**-3 - 1)
        assert 1 - universe.probability_nothing_visible < universe.mean_visible() < candidates
    # At almost the speed of light the three are one: 3 q (1 - s).
    near = PowerLawUniverse(6, 1 - 1e-7)
    assert near.mean_visible() == pytest.approx(3e-7 * near.shape, rel=1e-5)


@pytest.mark.parametrize("our_date", ["median", "random"])
def test_waiting_time_over_a_sample_of_births(our_date):
    """Births, and ourselves, drawn by their Gamma laws: what is left at a quantile is 1 - r."""
    universe = PowerLawUniverse(6, 0.75)
    rng, draws, power = np.random.default_rng(5), 100_000, universe.conformal_power + 3
    birth = rng.gamma(universe.shape, size=draws) ** (1 / power)
    unit = np.ones(1)
    if our_date == "random":
        alone = (0.75**3 * rng.gamma(universe.shape, size=draws)) ** (1 / power)
        unit = universe.time_of(alone) / TODAY

    def left(wait: float, rule: str) -> tuple[float, float]:
        clock = universe.time_of(birth)
        if rule == "midpoint":
            arrival = 2 * universe.scaled_time(clock + wait * unit) - birth
        else:
            arrival = universe.scaled_time(clock + 2 * wait * unit)
        sample = universe.no_arrival(birth, np.maximum(arrival, birth))
        return float(sample.mean()), float(sample.std() / math.sqrt(draws))

    for quantile in (0.01, 0.25, 0.5, 0.9):
        for rule in ("midpoint", "published"):
            wait = float(universe.waiting_time(quantile, rule=rule, our_date=our_date))
            mean, error = left(wait, rule)
            assert abs(mean - (1 - quantile)) < 4 * error  # k = 4 standard errors
    # Negative control: the other rule's median must fail the same test.
    mean, error = left(
        float(universe.waiting_time(0.5, rule="published", our_date=our_date)), "midpoint"
    )
    assert abs(mean - 0.5) > 4 * error


def test_times_are_pinned_by_the_median_birth_that_sees_nobody():
    for speed in (1.0, 0.5):
        universe = PowerLawUniverse(6, speed)
        assert float(universe.birth_time(0.5, seen_nobody=True)) == pytest.approx(TODAY)
        random = universe.birth_time(0.5, seen_nobody=True, our_date="random")
        assert float(random) == pytest.approx(TODAY)
        times = np.array([[1.0, 10.0], [13.787, 80.0]])
        assert universe.time_of(universe.scaled_time(times)) == pytest.approx(times)
    assert float(PowerLawUniverse(6).birth_time(1.0, our_date="random")) == math.inf


@pytest.mark.parametrize(("n", "speed"), [(3, 1.0), (6, 0.5), (12, 0.8)])
def test_abundance_and_volume_agree_with_the_grid(n, speed):
    """The tables of coverage, from the abundance alone, find the same universe.

    Tolerance: the error of the standard grid at fourth order, cells refined fourfold.
    """
    universe = PowerLawUniverse(n, speed)
    background = Background.power_law(2 / 3)
    model = PowerLawAppearance(n, abundance=universe.abundance, date=background.age)
    grid = make_grid(background, np.zeros(1), refine=4)
    coverage = tabulate(grid, *model.log_rate({}, grid.times))
    covered = np.exp(coverage.log_covered(model.log_amount({}), np.array([speed]), grid.now))
    quantile = special.gammainc(universe.shape, covered[0] / speed**3)
    assert quantile == pytest.approx(0.5, abs=1e-4)
    actual = np.exp(
        model.log_amount({}) + coverage.log_actual(model.log_amount({}), np.array([speed]))
    )
    volume = background.observable_volume_now / actual[0]
    assert volume == pytest.approx(universe.volume_per_civilization, rel=1e-3)


def test_many_steps_are_the_limit_of_shape_one():
    """As n grows V is exponential: half is filled, none visible with speed^3 (Olson 2020)."""
    universe = PowerLawUniverse(1e4, 0.7)
    assert universe.filled_fraction() == pytest.approx(0.5, abs=1e-4)
    assert universe.probability_nothing_visible == pytest.approx(0.343, abs=1e-4)
    early, late = PowerLawUniverse(100.0, 0.7), PowerLawUniverse(200.0, 0.7)
    # The mean seen tends to its limit as 1 / n.
    assert early.mean_visible() == pytest.approx(late.mean_visible(), rel=1e-2)


def test_at_light_speed_nobody_sees_another():
    universe = PowerLawUniverse(6)
    assert universe.mean_visible() == 0.0
    assert universe.probability_nothing_visible == 1.0
    times = np.array([0.9, 1.0, 1.1])
    assert universe.no_sight(0.8, times) == pytest.approx(universe.no_arrival(0.8, times))


@pytest.mark.parametrize("speed", [1.0, 0.6])
def test_quiet_ratio_from_births_in_gyr_and_gly(speed):
    """Counts per expanding civilization over our past light cone and galaxy, as defined."""
    universe, lifetime = PowerLawUniverse(6, speed), 1e-3
    background = Background.power_law(2 / 3)
    rate = universe.abundance / background.observable_volume_now * 6 / TODAY

    def births(t: float) -> float:
        return rate * (t / TODAY) ** 5

    def radius(t: float) -> float:
        return 3 * TODAY * (1 - (t / TODAY) ** (1 / 3))

    cone = integrate.quad(lambda t: births(t) * 4 / 3 * math.pi * radius(t) ** 3, 0, TODAY)[0]
    # A shell of light per Gyr: dr = dt / a.
    active = integrate.quad(
        lambda t: births(t) * lifetime * 4 * math.pi * radius(t) ** 2 * (TODAY / t) ** (2 / 3),
        0, TODAY,
    )[0]  # fmt: skip
    galaxy = integrate.quad(births, 0, TODAY)[0] * 1000 / 2e6
    now = births(TODAY) * lifetime * 1000 / 2e6
    for where, life, expected in (
        ("light-cone", None, cone),
        ("light-cone", lifetime, active),
        ("galaxy", None, galaxy),
        ("galaxy", lifetime, now),
    ):
        found = quiet_loud_ratio(universe, where, lifetime=life)
        assert found * expected == pytest.approx(1.0, rel=1e-8)
    if speed == 1.0:  # medians printed by the published program; its p - 1 for p is 1 / 18
        assert 1 / cone == pytest.approx(1.8, rel=0.06)
        assert 1 / active == pytest.approx(2.5e3, rel=0.06)


def test_galaxies_per_civilization_in_three_conventions():
    """Printed from one box of 2017 civilizations, where the mean is 1836.29."""
    box = 1836.29 / 2017
    light, half = PowerLawUniverse(6), PowerLawUniverse(6, 0.5)
    for universe, convention, printed in (
        (light, "published-script", 1.7e7),
        (light, "corrected", 4.6e8),
        (half, "published-simulator", 2.1e6),
    ):
        found = galaxies_per_civilization(universe, convention=convention) * box
        # Two digits, and the box's own median date, of 1 / sqrt(2017) / 7.
        assert found == pytest.approx(printed, rel=0.04)
    script = galaxies_per_civilization(half, convention="published-script")
    simulator = galaxies_per_civilization(half, convention="published-simulator")
    assert script / simulator == pytest.approx(64.0)
    corrected = galaxies_per_civilization(half, 3.0)
    assert corrected == pytest.approx(3.0 * half.volume_per_civilization)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({"n": 0.0}, "n of a power law is 0.0"),
        ({"n": math.nan}, "n of a power law"),
        ({"n": 6, "speed": 0.0}, "speed is 0.0"),
        ({"n": 6, "speed": 1.1}, "speed is 1.1"),
        ({"n": 6, "exponent": 1.0}, "exponent is 1.0"),
    ],
)
def test_parameters_out_of_range(arguments, words):
    with pytest.raises(InputError, match=words):
        PowerLawUniverse(**arguments)


def test_arguments_out_of_range():
    universe = PowerLawUniverse(6)
    for call, words in (
        (lambda: universe.birth_time(1.5), "quantile is 1.5"),
        (lambda: universe.birth_time(0.5, our_date="mean"), "our_date 'mean'"),
        (lambda: universe.waiting_time([0.5, 1.0]), "above 0 and below 1"),
        (lambda: universe.waiting_time(0.5, rule="midpiont"), "did you mean 'midpoint'"),
        (lambda: universe.no_arrival(1.0, 0.9), "before the birth"),
        (lambda: universe.no_arrival(0.0, 0.9), "birth is 0.0"),
        (lambda: universe.no_sight(0.5, math.nan), "later time is nan"),
        (lambda: universe.scaled_time(-1.0), "time is -1.0"),
        (lambda: universe.mean_civilizations("many"), "candidates is 'many'"),
        (lambda: galaxies_per_civilization(universe, convention="script"), "unknown convention"),
        (lambda: quiet_loud_ratio(universe, "nearby"), "unknown place"),
        (lambda: quiet_loud_ratio(universe, "galaxy", lifetime=0.0), "positive"),
        (lambda: quiet_loud_ratio(PowerLawUniverse(0.5), "light-cone", lifetime=1.0), "above"),
    ):
        with pytest.raises(InputError, match=words):
            call()
