"""Rows that need no draws: cosmology, closed forms, the value model."""

from __future__ import annotations

from collections.abc import Iterator
from math import gamma, pi

import numpy as np

import sfc_sim as sfc
from sfc_sim.constants import MEGAPARSECS_PER_GLY
from sfc_sim.expansion import make_grid, tabulate
from tests.verification.rows import EXAMPLE, Row


def cosmology() -> Iterator[Row]:
    """Ages, horizons and volumes of Planck18."""
    from astropy.cosmology import Planck18

    universe = sfc.Background.named("Planck18")
    now, horizon = universe.age, universe.event_horizon(universe.age)
    observable = universe.observable_volume_now
    age, radius = Planck18.age(0).value, Planck18.comoving_distance(np.inf).value
    lost = 3.0 * 100e-9 / horizon * 100.0  # volume goes as the cube of the horizon
    rounded = "rounded in the source, whose parameters differ a little"
    yield Row("Age, Gyr (Planck Collaboration 2020)", 13.787, now, 0.02, "its 68 % error", ".5g")
    yield Row("Age, Gyr (astropy)", age, now, 1e-6 * age, "another quadrature", ".8g")
    mpc = universe.conformal_time(now) * MEGAPARSECS_PER_GLY.value
    label = "Radius of the observable universe, Mpc (astropy)"
    yield Row(label, radius, mpc, 1e-6 * radius, "another quadrature", ".8g")
    yield Row("The same, Gly (Ord 2021)", 46.4, universe.conformal_time(now), 0.3, rounded, ".3g")
    yield Row("Affectable radius, Gly (Ord 2021)", 16.5, horizon, 0.15, rounded, ".3g")
    ever = universe.future_conformal_time
    yield Row("Eventually observable, Gly (Ord 2021)", 62.9, ever, 0.3, rounded, ".3g")
    yield Row("Ultimately observable, Gly (Ord 2021)", 79.4, ever + horizon, 0.3, rounded, ".3g")
    yield Row("Observable volume, Gly³ (Cook 2022)", 4.2e5, observable, 1e4, rounded, ".3g")
    share = universe.affectable_volume(now) / observable * 100.0
    yield Row("Affectable over observable volume, % (Cook 2022)", 4.5, share, 0.2, rounded, ".3g")
    eventual = (ever / universe.conformal_time(now)) ** 3
    yield Row("Eventually over now observable (Cook 2022)", 2.5, eventual, 0.05, rounded, ".3g")
    yield Row(
        "Volume lost by waiting 100 years, % (Cook 2022)", 1.9e-6, lost, 1e-7,
        "two digits, and rounded inputs", ".3g",
    )  # fmt: skip


def power_law_births(n: float, candidates: float, speed: float, times: float = 1.0) -> float:
    """Return births per unit box of the Hanson model that fall outside coverage times `times`."""
    matter = sfc.Background.power_law(2.0 / 3.0)
    side = float(matter.conformal_time(matter.age))
    boxes = matter.observable_volume_now / side**3
    model = sfc.appearance.PowerLawAppearance(n=n, abundance=candidates * boxes, date=matter.age)
    grid = make_grid(matter, np.zeros(1))
    coverage = tabulate(grid, *model.log_rate({}, grid.times))
    amount = model.log_amount({})
    births = amount + coverage.log_actual(amount + np.log(times), np.array([speed]))
    return float(np.exp(births[0]) / boxes)


def hanson() -> Iterator[Row]:
    """The power-law model of Hanson et al. (2021): closed forms against our space-time grid."""
    reason = "closed form against the grid"
    for n, candidates in ((3, 1e6), (6, 1e6), (6, 1e8), (12, 1e8)):
        p, q = 3.0 * n, n / (n + 1.0)
        k = 4.0 * pi / 3.0 * candidates * 6.0 / ((p + 1.0) * (p + 2.0) * (p + 3.0))
        exact = candidates * q * gamma(q) * k**-q
        ours = power_law_births(n, candidates, 1.0)
        label = f"Civilizations per box, n = {n}, N = {candidates:.0e}"
        yield Row(label, exact, ours, 1e-3 * exact, reason, ".6g")
    for n in (3, 6, 12):
        q = n / (n + 1.0)
        taken = 1.0 - power_law_births(n, 1e6, 1.0, 2.0) / power_law_births(n, 1e6, 1.0)
        yield Row(f"Space taken at a random birth, n = {n}", 1.0 - 2.0**-q, taken, 1e-3, reason)
    for n, s in ((6, 0.5), (6, 0.75), (12, 0.75)):
        q = n / (n + 1.0)
        alone = power_law_births(n, 1e6, 1.0)
        unseen = alone / power_law_births(n, 1e6, s)
        label = f"n = {n}, s = {s}c"
        yield Row(f"Nobody in sight at birth, {label}", s ** (3.0 * q), unseen, 1e-3, reason)
        taken = 1.0 - power_law_births(n, 1e6, 1.0, 1.0 + s**3) / alone
        filled = 1.0 - (1.0 + s**3) ** -q
        yield Row(f"Space taken then, {label}", filled, taken, 1e-3, reason)


def hard_steps() -> Iterator[Row]:
    """Civilizations per volume without preclusion: an integral that knows no dates."""
    from scipy import integrate, stats

    # With habitability 1 at all dates the integral does not depend on dates.
    scenario = sfc.load_scenario("cook2022-flat").replace(**EXAMPLE | {"early_habitability": 1.0})
    step = stats.gamma(5, scale=5000.0)
    laws = {
        "shift": lambda s: step.pdf(s - 1.0),
        "exponential": lambda s: integrate.quad(
            lambda x: step.pdf(x) * np.exp(x - s), 0.0, s, epsrel=1e-10
        )[0],
    }
    for form, law in laws.items():
        start = 1.0 if form == "shift" else 0.0
        lasting = integrate.quad(
            lambda s, law=law: law(s) * (1.0 - (s / 10.0) ** 0.5), start, 10.0, epsrel=1e-9
        )[0]
        exact = 5e18 * 10.0**0.5 * lasting
        draws = sfc.sample(scenario.replace(delay_form=form), 1, rng=1)
        ours = float(draws["intelligent_potential"][0])
        yield Row(
            f"Potential civilizations, n = 5, h = 5,000 Gyr, delay as {form}", exact, ours,
            1e-4 * exact, "scipy's quadrature against the grid", ".7g",
        )  # fmt: skip


def value() -> Iterator[Row]:
    """The static model, against a sum over the Poisson number of rivals, and the value model."""
    from scipy import optimize, stats

    rivals = np.arange(200)
    for mean in (0.1, 1.0, 3.0, 10.0):
        chance = stats.poisson(mean).pmf(rivals)
        exact = 1.0 - chance[0] / float(chance @ (1.0 / (rivals + 1.0)))
        ours = float(sfc.expansion.recovered_by_displacement(mean))
        yield Row(
            f"Recovered, static model, D = {mean:g}", exact, ours, 1e-9,
            "sum over the number of rivals against the closed form", ".7f",
        )  # fmt: skip
    for correlated in (0.1, 0.5, 0.9):
        # Those who decide with us, and the rest: both Poisson; we lose what no other holds.
        tied = np.exp(-(1.0 - correlated) * 3.0) - np.exp(-3.0)
        exact = tied / (correlated * -np.expm1(-3.0))
        ours = float(sfc.expansion.marginal_saturation(3.0, "correlated", correlated=correlated))
        yield Row(
            f"Marginal share in correlated space, D = 3, c = {correlated:g}", exact, ours, 1e-12,
            "the closed form, as written", ".4f",
        )  # fmt: skip
    for share in (0.5, 0.84, 0.99):
        exact = optimize.brentq(lambda d, s=share: 1.0 - d / np.expm1(d) - s, 1e-3, 50.0)
        ours = float(sfc.expansion.rivals_for_recovered(share))
        yield Row(f"Rivals for s = {share:g}", exact, ours, 1e-9, "bisection", ".4f")
    universe = sfc.Background.named("Planck18")
    for date, lost, when in (
        (universe.age, 1.80932526e-10, "now"),
        (400.0, 1e-9 / 5.80406, "late"),
    ):
        ours = float(sfc.decision.loss_by_waiting(date, universe))
        yield Row(
            f"Part of the reachable volume that a year of waiting loses, {when}", lost, ours,
            1e-6 * lost, "three times the rate of the horizon, Ord (2021) with Planck18", ".8e",
        )  # fmt: skip
    for share in (0.7, 0.84):
        ratio = float(sfc.decision.takeover_ratio(share))
        yield Row(
            f"Takeover over extinction, s = {share:g}", 1.0 / (1.0 - share), ratio, 1e-12,
            "arithmetic; 0.7 is 1 - 1.5 / 5 of Finnveden (2019)", ".4g",
        )  # fmt: skip
    for share, q, target in ((0.84, 1.0, 0.16), (0.84, 0.5, 0.58), (0.7, 2.0, -0.4)):
        ours = float(sfc.decision.extinction_multiplier(share, q))
        yield Row(f"Multiplier at s = {share}, q = {q}", target, ours, 1e-12, "arithmetic", ".4g")
