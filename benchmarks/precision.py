"""Time to a standard error of 0.005 in the discount, aimed draws against draws from the prior.

    python benchmarks/precision.py [SCENARIO ...] [--theory NAME ...] [--draws N] [--repeats N]
    python benchmarks/precision.py --effective [--draws 200000]

Aimed: `sfc_sim.assess` until every theory has that error in share and discount, pilot included.
From the prior: a fixed number of draws and the same report, its time then scaled by the square of
the error reached over the one asked for. Where few effective draws carry the error it is no
number: the ratio is then taken from the effective draws of the worst theory, of both, and marked
with ~. The two take turns in one process; ratios are medians of the turns.

With --effective: the effective draws of each theory, of aimed draws and of prior ones, instead.
"""

from __future__ import annotations

import argparse
import statistics
import time
import warnings

import numpy as np
import xarray as xr

import sfc_sim as sfc
from sfc_sim.inference import THEORIES

TEN = (
    "cook2022-balanced", "cook2022-bullish", "cook2022-bearish", "cook2022-flat",
    "cook2022-red-dwarfs", "olson2020", "olson-ord2021", "finnveden2019", "mills2025",
    "sandberg2018-expanding",
)  # fmt: skip
PRECISION, FEW = 0.005, 100.0


def timed(scenario: str, theories: tuple[str, ...], seed: int, **given) -> tuple[float, xr.Dataset]:
    """Return the seconds that a report takes, and the report."""
    began = time.perf_counter()
    report = sfc.assess(scenario, theories=theories, rng=seed, progress=False, **given).report
    return time.perf_counter() - began, report


def error(report: xr.Dataset) -> np.ndarray:
    """Return the greater standard error of share and discount, by theory."""
    share = report.recovered_share_standard_error.values
    return np.fmax(share, report.extinction_discount_standard_error.values)


def turn(scenario: str, theories: tuple[str, ...], draws: int, seed: int) -> dict[str, float]:
    """Return what both take to the precision, in one turn."""
    aimed, found = timed(scenario, theories, seed, precision=PRECISION)
    prior, plain = timed(scenario, theories, seed, draws=draws, aim=False)
    told = plain.ess.values >= FEW
    # Draws per effective draw, of the prior over aimed ones, where the errors are no numbers.
    lost = plain.ess.values / draws
    had = found.ess.values / int(found.attrs["draws"])
    factor = np.where(
        told, error(plain) ** 2 / PRECISION**2,
        (error(found) / PRECISION) ** 2 * int(found.attrs["draws"]) / draws * had / lost,
    )  # fmt: skip
    worst = int(np.argmax(factor))
    reached = float(error(found).max())
    to_goal = aimed * max(reached / PRECISION, 1.0) ** 2
    return {
        "aimed": to_goal,
        "draws": float(found.attrs["draws"]),
        "reached": reached,
        "ratio": prior * float(factor[worst]) / to_goal,
        "told": float(told[worst]),
        "worst": float(worst),
    }


def compare(scenario: str, theories: tuple[str, ...], draws: int, repeats: int) -> None:
    """Print one row of the table."""
    timed(scenario, theories, 0, draws=300)  # compiles
    turns = [turn(scenario, theories, draws, seed) for seed in range(1, repeats + 1)]
    middle = {name: statistics.median(each[name] for each in turns) for name in turns[0]}
    ratios = [each["ratio"] for each in turns]
    sign = " " if middle["told"] else "~"
    print(
        f"{scenario:24s} {' '.join(theories) if len(theories) < 6 else 'all six':10s}"
        f" {middle['aimed']:7.1f} s {middle['draws']:9,.0f} {middle['reached']:.4f}"
        f" {sign}{middle['ratio']:9.1f} ({min(ratios):.1f} to {max(ratios):.1f})"
        f"  hardest of prior draws: {theories[int(turns[0]['worst'])]}",
        flush=True,
    )


def effective(scenario: str, theories: tuple[str, ...], draws: int) -> None:
    """Print the effective draws of each theory: of aimed draws, and of prior ones in brackets."""
    kinds = [
        sfc.weigh(sfc.sample(scenario, draws, rng=1, aim=aim, progress=False), theories=theories)
        for aim in (theories, False)
    ]
    words = (
        f"{name} {aimed:,.0f} ({plain:,.0f}; k-hat {k:.2f})"
        for name, aimed, plain, k in zip(
            theories, *(each.ess.values for each in kinds), kinds[0].k_hat.values, strict=True
        )
    )
    print(f"{scenario:24s} {'  '.join(words)}", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("scenarios", nargs="*", default=TEN)
    parser.add_argument("--theory", action="append", help="may be repeated; default all six")
    parser.add_argument("--draws", type=int, help="from the prior; default 20,000")
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--effective", action="store_true")
    asked = parser.parse_args()
    warnings.simplefilter("ignore", sfc.EffectiveSampleSizeWarning)
    theories = tuple(asked.theory or THEORIES)
    if asked.effective:
        for scenario in asked.scenarios:
            effective(scenario, theories, asked.draws or 200_000)
        return
    print(
        f"Time to a standard error of {PRECISION}, pilot included, draws, error; over prior draws"
    )
    for scenario in asked.scenarios:
        compare(scenario, theories, asked.draws or 20_000, asked.repeats)


if __name__ == "__main__":
    main()
