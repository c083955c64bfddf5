"""Time `sfc_sim.literature.compare` over the whole catalogue, scenario by scenario.

    python benchmarks/compare.py [--draws N] [--threads N]

Kernels are compiled, or read from the cache, before the clock starts. Besides the time on the
clock it prints the time of all processors, which other work on the machine hardly changes.
"""

from __future__ import annotations

import argparse
import time
import warnings

import sfc_sim as sfc
from sfc_sim.literature import answering


def timed(name: str, draws: int, threads: int | None) -> tuple[float, float]:
    began, busy = time.perf_counter(), time.process_time()
    sfc.literature.compare([name], draws=draws, rng=7, threads=threads)
    return time.perf_counter() - began, time.process_time() - busy


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--draws", type=int, default=100_000)
    parser.add_argument("--threads", type=int)
    asked = parser.parse_args()
    warnings.simplefilter("ignore", sfc.EffectiveSampleSizeWarning)
    names = [scenario.name for scenario in answering(None)]
    sfc.literature.compare(names, draws=10, rng=7)
    print(
        f"sfc.literature.compare, {len(names)} scenarios, {asked.draws:,} draws of each, "
        "four theories"
    )
    total = [0.0, 0.0]
    for name in names:
        spent = timed(name, asked.draws, asked.threads)
        total = [a + b for a, b in zip(total, spent, strict=True)]
        print(f"  {name:35s} {spent[0]:7.2f} s, processors {spent[1]:7.2f} s", flush=True)
    print(f"  {'all':35s} {total[0]:7.2f} s, processors {total[1]:7.2f} s")


if __name__ == "__main__":
    main()
