"""Published bounds of searches for life, of silence and of waste heat, from our likelihoods."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from math import exp, log

import numpy as np
from scipy.optimize import brentq

from sfc_sim.inference import EmptyGalaxy, LifeSearched, NoWasteHeat, Silence
from tests.verification.rows import Row

Function = Callable[[np.ndarray], np.ndarray]
FLAT: Function = np.ones_like
"""Density of a log-uniform law in x, the log of f or of a rate; that of a uniform one is exp."""

# Of log f or of the log of a rate per year: as good as zero, and far above what silence allows.
BOTTOM, TOP = -40.0, log(2.0)


def integral(log_chance: Function, density: Function, low: float, high: float) -> float:
    """Integrate a chance times a density over x."""
    x = np.linspace(low, high, 40_001)
    return float(np.trapezoid(np.exp(log_chance(x)) * density(x), x))


def chance_above(search: LifeSearched, cut: float, bottom: float = 1e-10) -> float:
    """Return the chance that f exceeds a cut after a search, f log-flat above the bottom."""
    upper = integral(search.log_chance, FLAT, log(cut), 0.0)
    return upper / (upper + integral(search.log_chance, FLAT, log(bottom), log(cut)))


def bound_of_life(searched: int, level: float) -> float:
    """Return the upper limit of f, uniform, after none was found, at a level of confidence."""
    search = LifeSearched(searched).log_chance
    whole = integral(search, np.exp, BOTTOM, 0.0)
    left = 1.0 - level
    return float(brentq(lambda f: integral(search, np.exp, log(f), 0.0) / whole - left, 1e-3, 0.5))


def bound_of_emissions(density: Function, low: float) -> float:
    """Return the upper limit at 95 % of emissions per century, after 60 years of silence."""
    silent = Silence().log_chance
    whole = integral(silent, density, low, TOP)
    found = brentq(lambda x: integral(silent, density, low, x) / whole - 0.95, low + 1e-6, TOP)
    return 100.0 * exp(found)


def median_wait(density: Function, low: float) -> float:
    """Return the median years to the next emission: silence for so long on top of 60 years."""
    now = integral(Silence().log_chance, density, low, TOP)

    def left(years: float) -> float:
        return integral(Silence(60.0 + years).log_chance, density, low, TOP) / now - 0.5

    return float(brentq(left, 1.0, 1e4))


def looking() -> Iterator[Row]:
    """Searches for life, silence and waste heat."""
    whose = "Balbi & Grimaldi 2020"
    for searched in (20, 100):
        for planets in (1e9, 1e10):
            ours = chance_above(LifeSearched(searched, 1), 1e5 / planets)
            label = f"Life on over 1e5 of {planets:.0e} planets, found on 1 of {searched} ({whose})"
            yield Row(label, 0.975, ours, 0.025, "published as above 95 %", shown="> 0.95")
    for searched, limit in ((40, 0.2), (80, 0.1)):
        ours = bound_of_life(searched, 0.999)
        label = f"Share with life, none found on {searched}, 99.9 % limit (Angerhausen et al. 2025)"
        reason = f"published as at most {limit:g}, of about so many planets"
        yield Row(label, limit / 2, ours, limit / 2, reason, shown=f"≤ {limit:g}")
        exact = 1.0 - 1e-3 ** (1.0 / (searched + 1))
        yield Row("The same, of a uniform prior in closed form", exact, ours, 1e-5, "quadrature")
    laws = ((FLAT, log(1e-5), "log-uniform above 1e-5/yr"), (np.exp, BOTTOM, "uniform"))
    for (density, low, law), printed in zip(laws, (1.0, 5.0), strict=True):
        label = f"Emissions per century, 95 % limit, rate {law} (Grimaldi 2023)"
        ours = bound_of_emissions(density, low)
        yield Row(label, printed, ours, 0.5, "published as about one to five", shown=f"{printed:g}")
    for (density, low, law), printed in zip(laws, (1800.0, 60.0), strict=True):
        label = f"Median years to the next emission, rate {law} (Grimaldi 2023)"
        reason = "published as 60 to 1800; two digits"
        yield Row(label, printed, median_wait(density, low), 0.01 * printed, reason)
    ours = exp(brentq(lambda x: _nobody(exp(x)) - log(0.05), -14.0, 0.0))
    label = "Share that develop technology, nobody there, 95 % limit (Anchordoqui et al. 2017)"
    yield Row(label, 5e-3, ours, 5e-5, "a digit; 2e-3 planets a year, 0.3 Myr", ".3g")
    ours = exp(brentq(lambda x: _no_heat(exp(x)) - log(0.05), -14.0, 0.0))
    label = "Share of galaxies with waste heat, 95 % limit (Huang et al. 2026)"
    reason = "its inverse, rounded, is our number of galaxies"
    yield Row(label, 1.61e-4, ours, 1e-6, reason, ".3g")


def _nobody(share: float) -> float:
    return float(EmptyGalaxy().log_chance(np.log10(2e-3 * 3e5 * share)))


def _no_heat(share: float) -> float:
    return float(NoWasteHeat(fraction=1.0).log_chance(np.log10(share)))
