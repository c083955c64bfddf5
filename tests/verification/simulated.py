"""Rows of the simulated universe: the program of Hanson et al. (2021), closed forms and ours."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import xarray as xr

import sfc_sim as sfc
from sfc_sim.expansion import galaxies_per_civilization, quiet_loud_ratio
from tests.verification.rows import SEED, Row

BOXES = 40
SHARES = (0.01, 0.25, 0.75)
# Percentiles 1, 25 and 75 of one run of the published program, N = 10^8, seed 0; Gyr.
PROGRAM = {
    (6, 1.0): ((6.85, 11.65, 16.32), (0.0145, 0.374, 1.707)),
    (12, 0.75): ((10.20, 13.46, 16.02), (0.0056, 0.188, 0.882)),
}


def program() -> Iterator[Row]:
    """One run of the published program against closed forms under its conventions."""
    for (n, s), (dates, waits) in PROGRAM.items():
        law = sfc.expansion.PowerLawUniverse(n, s)
        ours = law.birth_time(SHARES, our_date="random")
        for share, published, value in zip(SHARES, dates, ours, strict=True):
            lowest = share == min(SHARES)
            reason = "one box: its first births set the scale"
            yield Row(
                f"Birth, percentile {100 * share:.0f}, n = {n}, {s} c, Gyr", published,
                float(value), (0.06 if lowest else 0.02) * published, reason,
            )  # fmt: skip
        ours = law.waiting_time(SHARES, rule="published", our_date="random")
        for share, published, value in zip(SHARES, waits, ours, strict=True):
            few = "the least 17 to 50 waits of one box" if share == min(SHARES) else "one box"
            yield Row(
                f"Wait until contact, percentile {100 * share:.0f}, n = {n}, {s} c, Gyr", published,
                float(value), (0.35 if share == min(SHARES) else 0.03) * published, few, ".3g",
            )  # fmt: skip
    filled = 100.0 * sfc.expansion.PowerLawUniverse(6).filled_fraction()
    label = "Space controlled now, % (Hanson et al. 2021), n = 6"
    yield Row(label, 45.0, filled, 5.0, "published as 40 to 50", ".3g", shown="40 to 50")


def simulated() -> Iterator[Row]:
    """Closed forms against our own simulation."""
    for n, s in ((6, 0.75), (6, 0.5), (12, 0.75)):
        law = sfc.expansion.PowerLawUniverse(n, s)
        made = drawn(n, s)
        label = f"n = {n}, {s} c"
        seen = per_box(made, made["visible_at_birth"].values)
        exact = law.mean_visible()
        reason = "closed form against simulation"
        yield Row(f"Mean number seen at birth, {label}", exact, *with_error(made, seen, reason))
    for n in (3, 6, 12):
        law = sfc.expansion.PowerLawUniverse(n)
        date = law.birth_time(0.5)
        exact = -np.expm1(-(law.scaled_time(date) ** (law.conformal_power + 3.0)))
        filled = taken(n, float(date))
        error = float(filled.std(ddof=1) / np.sqrt(BOXES))
        yield Row(
            f"Space taken at the median date of birth, n = {n}", float(exact),
            float(filled.mean()), 0.0, "closed form against simulation", ".4g", error,
        )  # fmt: skip


def drawn(n: float, speed: float) -> xr.Dataset:
    """Return boxes of about 1000 civilizations."""
    return sfc.simulate(
        sfc.appearance.PowerLawAppearance(n=n), speed=speed, civilizations=1000, realisations=BOXES,
        compute=["visible_at_birth"], rng=SEED,
    )  # fmt: skip


def taken(n: float, date: float) -> np.ndarray:
    """Return the share of each box that is held by a date, on 2000 random places."""
    # At a fixed date: among births of one box it is lower, as a birth needs free space near it.
    model = sfc.appearance.PowerLawAppearance(n=n)
    made = sfc.simulate(model, speed=1.0, civilizations=1000, realisations=BOXES, rng=SEED + n)
    places = np.random.default_rng(SEED).uniform(0.0, float(made.attrs["box"]), (2000, 3))
    held = [
        sfc.simulation.holders(made, places, realisation=k)["held_from"].values
        for k in range(BOXES)
    ]
    return np.mean(np.array(held) <= date, axis=1)


def per_box(made: xr.Dataset, values: np.ndarray) -> np.ndarray:
    """Return the sum of values over the births of each box."""
    return np.bincount(made["realisation"].values, values, minlength=BOXES)


def with_error(
    made: xr.Dataset, sums: np.ndarray, reason: str
) -> tuple[float, float, str, str, float]:
    """Return the mean over births, and what a row needs besides; boxes are independent."""
    born = per_box(made, np.ones(made.sizes["civilization"]))
    mean = sums.sum() / born.sum()
    error = np.sqrt(((sums - mean * born) ** 2).sum()) / born.sum()
    return float(mean), 0.0, reason, ".4g", float(error)


def differs() -> list[tuple[str, str, str, str]]:
    """Return what is published of simulated universes and not reproduced."""
    fast, slow = sfc.expansion.PowerLawUniverse(6), sfc.expansion.PowerLawUniverse(6, 0.5)
    late = slow.birth_time(0.5) / fast.birth_time(0.5)
    alone = 100.0 * slow.filled_fraction(seen_nobody=True)
    ours = galaxies_per_civilization(slow)
    quiet = quiet_loud_ratio(fast, "galaxy", lifetime=1e-3)
    return [
        (
            "Space controlled now, seen from where nobody is in sight, n = 6, c/2 (Hanson et al.)",
            "40 to 50 %",
            f"{alone:.0f} %",
            "The published figure is the mean over all births. For all births ours agrees.",
        ),
        (
            "Galaxies per civilization, n = 6 at c and c/2 (programs of Hanson et al.)",
            "1.7e7 at c, by the analysis script",
            f"{galaxies_per_civilization(fast):.1e}, {ours:.1e}",
            "The programs lack a factor 27, and the script has the speed upside down. Correcting "
            f"that alone gives 4.6e8 and 5.8e7. At c/2 our date matters besides: {ours / late:.1e} "
            "if the median of all births, not of those who see nobody, is today. What is left, "
            "10 %, is as much as one box scatters.",
        ),
        (
            "Quiet per loud for one active quiet one in our galaxy now, n = 6, c (programs)",
            "3.7e7 (median)",
            f"{quiet:.1e}",
            "The programs lack the factor 27 here too, and have other powers of time and rate.",
        ),
        (
            "Mean number seen at birth, n = 6, 0.75 c (another Monte Carlo evaluation)",
            "1.18",
            f"{sfc.expansion.PowerLawUniverse(6, 0.75).mean_visible():.4f}",
            "Ours is a quadrature, and our simulation agrees with it (table above); the other "
            "figure has a sampling error of about 1 %.",
        ),
        (
            "Shortest 1 % of waits, five cases (the same evaluation)",
            "0.0297 to 0.0066 Gyr",
            f"{fast_wait(3, 1.0):.4f} to {fast_wait(12, 0.75):.4f} Gyr",
            "1 to 3 % apart, either way: sampling error of the other figures. Quartiles agree to "
            "1 %.",
        ),
    ]


def fast_wait(n: float, speed: float) -> float:
    """Return the percentile 1 of waits under the conventions of the published program."""
    law = sfc.expansion.PowerLawUniverse(n, speed)
    return float(law.waiting_time(0.01, rule="published", our_date="random"))
