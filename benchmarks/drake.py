"""How fast the Drake product of Sandberg, Drexler & Ord (2018) is drawn and summarised.

From the root of the repository, ``python benchmarks/drake.py [repeats]``. Each engine does the
whole job for seven factors: nine quantiles, the mean and P(N < 1). They take turns, and ratios are
medians over the turns, so that a busy machine touches all alike. One thread is timed by the
processor's clock, two by the clock on the wall: those need an idle machine.
"""

from __future__ import annotations

import os
import resource
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import numpy as np

from sfc_sim._core.random import key_of
from sfc_sim.drake import QUANTILES, factors_of
from sfc_sim.drake.monte_carlo import BLOCK, PARTS, count_draws, known_factors
from sfc_sim.kernels._jit import kernel
from sfc_sim.kernels.philox import TILE, uniform_tile
from sfc_sim.scenario import load_scenario

DRAWS = 10_000_000
SQUIGGLE_DRAWS = 1_000_000
CHUNK = 65_536
FACTORS = factors_of(load_scenario("sandberg2018"))
BOXES = [(0, 2), (-1, 1), (-1, 1), (-3, 3), (-2, 2), (2, 8)]  # log10: from, width


def ours(threads: int) -> None:
    count_draws(FACTORS, DRAWS, 1, threads, False)


@kernel
def _only_draw(key0: int, key1: int, slots: np.ndarray, first: int, draws: int) -> float:
    u, total = np.empty(TILE), 0.0
    for tile in range(first // TILE, (first + draws) // TILE):
        for slot in slots:
            uniform_tile(key0, key1, slot, 0, tile, u)
        total += u[0]
    return total


def draw_only(threads: int) -> None:
    slots = known_factors(FACTORS)[0].slots
    key = key_of(1)
    step = BLOCK * -(-DRAWS // (BLOCK * PARTS))
    parts = [(first, min(step, DRAWS - first)) for first in range(0, DRAWS, step)]
    with ThreadPoolExecutor(threads) as pool:
        list(pool.map(lambda part: _only_draw(*key, slots, *part), parts))


def vectorised_numpy() -> None:
    """Draw as fast as NumPy can: in log space, in place, in chunks that fit the cache, SFC64."""
    generator = np.random.Generator(np.random.SFC64(1))
    log10_n, buffer = np.empty(DRAWS), np.empty(CHUNK)
    for first in range(0, DRAWS, CHUNK):
        total = log10_n[first : first + CHUNK]
        x = buffer[: total.size]
        generator.standard_normal(out=total)
        total *= 50.0
        np.clip(total, -8.0, 3.0, out=x)
        np.power(10.0, x, out=x)
        np.negative(x, out=x)
        np.expm1(x, out=x)
        np.negative(x, out=x)
        np.log10(x, out=x)
        np.copyto(total, x, where=total >= -8.0)
        for low, width in BOXES:
            generator.random(out=x)
            x *= width
            x += low
            total += x
    np.quantile(log10_n, QUANTILES)
    np.mean(10.0**log10_n)
    np.mean(log10_n < 0)


def squigglepy_expression() -> None:
    """Sample the product as squigglepy's users write it, as an expression of distributions."""
    import squigglepy as sq

    product = sq.dist_fn(
        sq.norm(mean=0, sd=50), lambda z: -np.expm1(-(10.0 ** np.clip(z, -300, 300)))
    )
    for low, width in BOXES:
        product = product * 10 ** sq.uniform(low, low + width)
    n = sq.sample(product, n=SQUIGGLE_DRAWS)
    np.quantile(n, QUANTILES)
    np.mean(n)
    np.mean(n < 1)


def seconds(job: Callable[[], None], clock: Callable[[], float]) -> float:
    start = clock()
    job()
    return clock() - start


def interleaved(
    jobs: dict[str, tuple[Callable[[], None], Callable[[], float]]], repeats: int
) -> dict[str, list[float]]:
    for job, _ in jobs.values():
        job()
    times: dict[str, list[float]] = {name: [] for name in jobs}
    for _ in range(repeats):
        for name, (job, clock) in jobs.items():
            times[name].append(seconds(job, clock))
    return times


def peak_megabytes(draws: int) -> float:
    """Return the peak memory of a fresh process that makes so many draws."""
    code = f"from benchmarks.drake import *; count_draws(FACTORS, {draws}, 1, 2, False); report()"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return float(done.stdout)


def report() -> None:
    print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)


def main(repeats: int) -> None:
    cpu, wall = time.process_time, time.perf_counter
    jobs: dict[str, tuple[Callable[[], None], Callable[[], float]]] = {
        "sfc_sim, 1 thread": (lambda: ours(1), cpu),
        "numbers only, 1 thread": (lambda: draw_only(1), cpu),
        "sfc_sim, 2 threads": (lambda: ours(2), wall),
        "numbers only, 2 threads": (lambda: draw_only(2), wall),
        "numpy, log space, chunked": (vectorised_numpy, cpu),
    }
    scale = dict.fromkeys(jobs, 1.0)
    try:
        import squigglepy  # noqa: F401

        jobs["squigglepy (scaled)"] = (squigglepy_expression, cpu)
        scale["squigglepy (scaled)"] = DRAWS / SQUIGGLE_DRAWS
    except ImportError:
        print("squigglepy is not installed: left out")
    times = interleaved(jobs, repeats)
    print(f"load average {os.getloadavg()[0]:.1f} on {os.cpu_count()} processors")
    print(f"{DRAWS:.0e} draws x {len(FACTORS)} factors, {repeats} turns")
    print(f"{'':28}{'ms':>8}{'ns/draw':>9}{'÷ 1 thread':>12}{'÷ 2 threads':>13}")
    for name, values in times.items():
        middle = statistics.median(values) * scale[name]
        ratios = [
            statistics.median(
                v * scale[name] / w for v, w in zip(values, times[f"sfc_sim, {own}"], strict=True)
            )
            for own in ("1 thread", "2 threads")
        ]
        print(
            f"{name:28}{1e3 * middle:8.0f}{1e9 * middle / DRAWS:9.2f}"
            f"{ratios[0]:12.2f}{ratios[1]:13.2f}"
        )
    for draws in (1_000_000, 100_000_000):
        print(f"peak memory at {draws:.0e} draws: {peak_megabytes(draws):.0f} MB")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 7)
