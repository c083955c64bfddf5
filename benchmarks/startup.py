"""Time what a user waits for before any number is drawn.

    python benchmarks/startup.py

Fresh interpreters, medians of nine: the bare interpreter, the import of the package, the help
page; and a small run with a cold and with a warm cache of compiled kernels. The cache is keyed
by a hash of all kernel sources, so stale code cannot be loaded.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
import time

JOBS = {
    "bare interpreter": ["-c", "pass"],
    "import sfc_sim": ["-c", "import sfc_sim"],
    "sfc-sim --help": ["-m", "sfc_sim", "--help"],
}
RUN = ["-m", "sfc_sim", "run", "--draws", "2000", "--seed", "1", "--quiet"]


def seconds(arguments: list[str], cache: str | None = None) -> float:
    environment = dict(os.environ)
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    if cache:
        environment["NUMBA_CACHE_DIR"] = cache
    began = time.perf_counter()
    subprocess.run(
        [sys.executable, *arguments], check=True, env=environment, stdout=subprocess.DEVNULL
    )
    return time.perf_counter() - began


def main() -> None:
    for name, arguments in JOBS.items():
        seconds(arguments)
        times = [seconds(arguments) for _ in range(9)]
        print(
            f"{name:34s} {1e3 * statistics.median(times):7.0f} ms ({1e3 * max(times):.0f} at most)"
        )
    with tempfile.TemporaryDirectory() as cache:
        print(f"{'run of 2,000 draws, nothing cached':34s} {seconds(RUN, cache):7.1f} s")
        warm = [seconds(RUN, cache) for _ in range(3)]
        print(f"{'the same again':34s} {statistics.median(warm):7.1f} s")


if __name__ == "__main__":
    main()
