"""Memory, time and room on disk that draws take which are written and then reduced.

From the root of the repository, ``python benchmarks/streaming.py [draws ...] [--threads 2]``: by
default 10^6 and 10^7 draws of sandberg2018; 10^8 take half an hour and 22 GB of disk. Each step
runs in a process of its own, whose peak of resident memory is told. At the end what 10^9 and 10^10
draws would take, at the cost of the largest number that was measured.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

STEP = """
import json, resource, sys, time, warnings
import sfc_sim as sfc
warnings.simplefilter("ignore", sfc.EffectiveSampleSizeWarning)
step, path, scenario, draws, threads = sys.argv[1:]
began = time.perf_counter()
if step == "write":
    sfc.sample_to(path, scenario, int(draws), rng=7, threads=int(threads))
else:
    chosen = ["prior"] if step == "reduce, prior" else None
    table = sfc.analysis.over(path, theories=chosen, threads=int(threads))
seconds = time.perf_counter() - began
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e3
print(json.dumps({"seconds": seconds, "peak": peak}))
"""

STEPS = ("write", "reduce, prior", "reduce, all")


def measured(step: str, path: Path, scenario: str, draws: int, threads: int) -> dict[str, float]:
    """Return seconds and peak memory (MB) of a step, in a process of its own."""
    given = [step, str(path), scenario, str(draws), str(threads)]
    done = subprocess.run(
        [sys.executable, "-c", STEP, *given], check=True, capture_output=True, text=True
    )
    found: dict[str, float] = json.loads(done.stdout)
    return found


def bytes_in(path: Path) -> int:
    return sum(
        os.path.getsize(Path(folder, file)) for folder, _, files in os.walk(path) for file in files
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("draws", type=float, nargs="*", default=[1e6, 1e7])
    parser.add_argument("--scenario", default="sandberg2018")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--folder", default=None, help="where the disk has room")
    parser.add_argument("--steps", nargs="*", default=STEPS, choices=STEPS)
    given = parser.parse_args()
    cost: dict[str, float] = {}
    size = 0.0
    print(f"{'step':<14} {'draws':>12} {'seconds':>9} {'us a draw':>10} {'peak MB':>8} {'GB':>7}")
    for draws in map(int, sorted(given.draws)):
        with tempfile.TemporaryDirectory(dir=given.folder) as folder:
            path = Path(folder, "draws.zarr")
            for step in given.steps:
                found = measured(step, path, given.scenario, draws, given.threads)
                cost[step] = found["seconds"] / draws
                size = bytes_in(path) / draws
                print(
                    f"{step:<14} {draws:>12,} {found['seconds']:>9.1f} {cost[step] * 1e6:>10.2f}"
                    f" {found['peak']:>8.0f} {size * draws / 1e9:>7.2f}",
                    flush=True,
                )
    for draws in (10**9, 10**10):
        hours = {step: cost[step] * draws / 3600 for step in cost}
        words = ", ".join(f"{step} {hour:.1f} h" for step, hour in hours.items())
        print(f"{draws:,} draws: {words}; {size * draws / 1e12:.2f} TB")


if __name__ == "__main__":
    main()
