"""Time exact realisations of civilizations in space and time, and the plain way to make them.

    python benchmarks/spacetime.py [--quick] [--repeats N]

The plain twin does what published programs do: it draws every candidate until space is full,
holds each against all fronts so far, and all pairs for the arrivals; compiled by the same
compiler, one thread, and stopping at the first front that holds a candidate. It is checked
against the package before it is timed. Times are of whole calls, after compilation; ratios are
medians of interleaved runs of one process. Births ~ t^6, a ~ t^(2/3), fronts at light speed.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from math import gamma, pi
from pathlib import Path
from unittest.mock import patch

import numpy as np
import xarray as xr

import sfc_sim as sfc
from sfc_sim.kernels._jit import kernel
from sfc_sim.simulation import Race, settle
from sfc_sim.simulation.tasks import World

SIZES = (1_000, 1_800, 10_000, 100_000, 1_000_000)
POWER = 18.0  # births ~ (conformal time)^18 if births ~ t^6 and a ~ t^(2/3)
FULL = 40.0  # covered volume, overlaps counted, of a universe that is full
MEMORY = """
import re
import sfc_sim as sfc
sfc.simulate(sfc.appearance.PowerLawAppearance(n=6), speed=1, civilizations={many}, rng=1)
print(1024 * int(re.search(r"VmHWM:\\s+(\\d+)", open("/proc/self/status").read())[1]))
"""  # not ru_maxrss: Linux starts it at the peak of the program that starts this one


def ours(many: float, threads: int = 1, rng: int = 1, **asked: object) -> xr.Dataset:
    appearance = sfc.appearance.PowerLawAppearance(n=6)
    return sfc.simulate(
        appearance, speed=1, civilizations=many, threads=threads, rng=rng, **asked
    )  # fmt: skip


def timed(task: Callable[[], object]) -> float:
    began = time.perf_counter()
    task()
    return time.perf_counter() - began


def interleaved(tasks: dict[str, Callable[[], object]], repeats: int) -> dict[str, list[float]]:
    seconds: dict[str, list[float]] = {name: [] for name in tasks}
    for _ in range(repeats):
        for name, task in tasks.items():
            seconds[name].append(timed(task))
    return seconds


# The plain way


@kernel
def prune(places: np.ndarray, births: np.ndarray, fronts: np.ndarray) -> int:
    """Fill `fronts` (x, y, z, birth) with the candidates that no earlier front holds."""
    many = 0
    for i in range(births.size):
        free = True
        for k in range(many):
            dx = abs(fronts[k, 0] - places[i, 0])
            dy = abs(fronts[k, 1] - places[i, 1])
            dz = abs(fronts[k, 2] - places[i, 2])
            dx, dy, dz = min(dx, 1.0 - dx), min(dy, 1.0 - dy), min(dz, 1.0 - dz)
            reach = births[i] - fronts[k, 3]
            if dx * dx + dy * dy + dz * dz < reach * reach:
                free = False
                break
        if free:
            fronts[many, 0], fronts[many, 1] = places[i, 0], places[i, 1]
            fronts[many, 2], fronts[many, 3] = places[i, 2], births[i]
            many += 1
    return many


@kernel
def arrive(fronts: np.ndarray, when: np.ndarray) -> None:
    """Fill when the first front of another reaches each, from all pairs."""
    for i in range(when.size):
        best = np.inf
        for k in range(when.size):
            dx = abs(fronts[k, 0] - fronts[i, 0])
            dy = abs(fronts[k, 1] - fronts[i, 1])
            dz = abs(fronts[k, 2] - fronts[i, 2])
            dx, dy, dz = min(dx, 1.0 - dx), min(dy, 1.0 - dy), min(dz, 1.0 - dz)
            date = fronts[k, 3] + np.sqrt(dx * dx + dy * dy + dz * dz)
            if k != i and date < best:
                best = date
        when[i] = best


def candidates(many: float, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Places and birth dates, in a box of side 1, of all who might be among `many` survivors."""
    cover = 8.0 * pi / ((POWER + 1.0) * (POWER + 2.0) * (POWER + 3.0))  # V = cover N tau^21
    q = POWER / (POWER + 3.0)
    number = (many * cover**q / (q * gamma(q))) ** (1.0 / (1.0 - q))
    end = (FULL / (cover * number)) ** (1.0 / (POWER + 3.0))
    drawn = rng.poisson(number * end**POWER)
    births = end * np.sort(rng.random(drawn)) ** (1.0 / POWER)
    return rng.random((drawn, 3)), births


def plain(places: np.ndarray, births: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    fronts = np.empty((births.size, 4))
    fronts = fronts[: prune(places, births, fronts)]
    when = np.empty(fronts.shape[0])
    arrive(fronts, when)
    return fronts, when


def plain_anew(many: float) -> None:
    plain(*candidates(many, np.random.default_rng()))


def interpreted(many: float) -> tuple[np.ndarray, ...]:
    """Do the same with numpy, as the tests do; return candidates, survivors and arrivals."""
    sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
    from tests import naive_spacetime as naive

    places, births = candidates(many, np.random.default_rng(7))
    index, starts = naive.survivors(places, births, 1.0)
    return places, births, index, naive.arrivals(places[index], starts, 1.0)[0]


def check() -> None:
    """Stop if package, twin and numpy differ on the same candidates."""
    places, births, index, dates = interpreted(500)
    fronts, when = plain(places, births)
    kept, born = settle(places, births, speeds=1.0)
    arrival = Race(born, 1.0).first_at(born.place, leave_out=np.arange(kept.size)).when
    same = np.array_equal(kept, index) and np.array_equal(fronts[:, 3], births[index])
    apart = max(np.abs(arrival - when).max(), np.abs(arrival - dates).max())
    if not same or apart > 1e-12:  # rounding of lengths and dates below 1
        sys.exit(f"the twins differ from the package: same births {same}, arrivals by {apart:.0e}")
    number = [ours(1836, rng=seed).sizes["civilization"] for seed in range(20)]
    theirs = [
        plain(*candidates(1836, np.random.default_rng(seed)))[1].size for seed in range(20)
    ]  # fmt: skip
    print(f"  same births and arrivals on the same candidates, to {apart:.0e}; "
          f"20 boxes of 1836 hold {np.mean(number):.0f}, the twin's {np.mean(theirs):.0f} "
          f"(standard error {np.std(theirs) / 20**0.5:.0f})")  # fmt: skip


# What is measured


def phases(many: int, **asked: object) -> tuple[int, float, float, float]:
    """Return civilizations and seconds: of all, of the births, of what follows each."""
    spent = {"realise": 0.0, "follow": 0.0}

    def watch(name: str) -> Callable[..., object]:
        work = getattr(World, name)

        def watched(*given: object) -> object:
            began = time.perf_counter()
            found = work(*given)
            spent[name] += time.perf_counter() - began
            return found

        return watched

    with patch.multiple(World, realise=watch("realise"), follow=watch("follow")):
        began = time.perf_counter()
        born = ours(many, **asked).sizes["civilization"]
        return born, time.perf_counter() - began, spent["realise"], spent["follow"]


def sizes(largest: int, repeats: int) -> None:
    print(f"  {'':25s} {'best s':>9s} {'median s':>9s} {'us each':>8s} "
          f"{'births':>7s} {'queries':>8s} {'rest':>6s}")  # fmt: skip
    rows = [(many, ()) for many in SIZES if many <= largest]
    rows.insert(3, (10_000, ("visible_at_birth",)))
    runs: dict[object, list[tuple[int, float, float, float]]] = {row: [] for row in rows}
    for turn in range(repeats):  # the sizes take turns, so that a busy spell touches all alike
        for many, compute in rows:
            if many < 1_000_000 or turn < 3:
                runs[many, compute].append(phases(many, compute=compute))
    best = []
    for many, compute in rows:
        born, least, births, follow = min(runs[many, compute], key=lambda run: run[1])
        middle = statistics.median(run[1] for run in runs[many, compute])
        shares = [births / least, follow / least, 1.0 - (births + follow) / least]
        if not compute:
            best.append((born, least, births + follow))
        name = f"{many:,}{', who sees whom' if compute else ''}"
        print(f"  {name:25s} {least:9.4f} {middle:9.4f} {1e6 * least / born:8.1f} "
              f"{shares[0]:7.0%} {shares[1]:8.0%} {shares[2]:6.0%}")  # fmt: skip
    for first in (1, 5_000):
        logs = np.log([row for row in best if row[0] > first]).T
        whole, work = (np.polyfit(logs[0], cost, 1)[0] for cost in logs[1:])
        print(f"  from {np.exp(logs[0, 0]):,.0f} to {np.exp(logs[0, -1]):,.0f} the cost grows as "
              f"civilizations^{whole:.2f} (births and queries alone: ^{work:.2f})")  # fmt: skip


def twins(repeats: int, quick: bool) -> None:
    for many in (951, 1_836) if quick else (951, 1_836, 10_000):
        drawn = candidates(many, np.random.default_rng(1))[1].size
        whole, work, twin = [], [], []
        for _ in range(repeats):
            _, total, births, follow = phases(many)
            whole.append(total)
            work.append(births + follow)
            twin.append(timed(lambda m=many: plain_anew(m)))
        ratios = [statistics.median(b / a for a, b in zip(each, twin, strict=True))
                  for each in (whole, work)]  # fmt: skip
        print(f"  {many:6,} of {drawn:7,} candidates: twin {min(twin):7.4f} s, sfc_sim "
              f"{min(whole):.4f} s ({min(work):.4f} without set-up and Dataset), twin / sfc_sim "
              f"{ratios[0]:.2f} ({ratios[1]:.2f})")  # fmt: skip
    few = interleaved({"ours": lambda: ours(500), "twin": lambda: interpreted(500)}, 3)
    print(f"     500, numpy in Python: {min(few['twin']):.3f} s, sfc_sim {min(few['ours']):.4f} s, "
          f"ratio {min(few['twin']) / min(few['ours']):.0f}")  # fmt: skip


def many_small(repeats: int, quick: bool) -> None:
    count = 40 if quick else 200
    tasks = {
        name: (lambda threads=threads: ours(900, threads, realisations=count))
        for name, threads in (("1", 1), ("2", 2))
    }
    took = interleaved(tasks, repeats)
    ratios = [a / b for a, b in zip(took["1"], took["2"], strict=True)]
    print(f"  {count} boxes of 900: 1 thread {min(took['1']):.3f} s, 2 threads "
          f"{min(took['2']):.3f} s, speed-up {statistics.median(ratios):.2f} "
          f"({min(ratios):.2f} to {max(ratios):.2f})")  # fmt: skip


def digest(universe: xr.Dataset) -> str:
    values = (universe[name].values for name in sorted(map(str, universe.variables)))
    numbers = [value.tobytes() for value in values if value.dtype.kind in "fi"]
    return hashlib.sha256(b"".join(numbers)).hexdigest()


def same_bytes() -> None:
    alone, together = (
        digest(ours(50_000, threads, realisations=2, compute=["visible_at_birth"]))
        for threads in (1, 2)
    )
    if alone != together:
        sys.exit("1 and 2 threads give different bytes")
    print(f"  1 and 2 threads, two boxes of 50,000: the same bytes, sha256 {alone[:12]}")


def memory(many: int) -> None:
    peaks = []
    for size in (1_000, many):
        command = [sys.executable, "-c", MEMORY.format(many=size)]
        said = subprocess.run(command, check=True, capture_output=True, text=True).stdout
        peaks.append(int(said))
    each = (peaks[1] - peaks[0]) / (many - 1_000)
    print(f"  peak at {many:,}: {peaks[1] / 2**20:.0f} MiB, {peaks[0] / 2**20:.0f} MiB of it "
          f"imports: {each:.0f} bytes a civilization (limit 1024)")  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="at most 100,000 civilizations")
    parser.add_argument("--repeats", type=int, default=5)
    asked = parser.parse_args()
    largest = 100_000 if asked.quick else 1_000_000
    print(f"load average {os.getloadavg()[0]:.1f} on {os.cpu_count()} processors")
    check()  # also compiles
    ours(1_000, threads=2, compute=["visible_at_birth"])
    print("Births, arrivals and contacts, 1 thread")
    sizes(largest, asked.repeats)
    print("A plain twin: every candidate against all fronts, all pairs; compiled, 1 thread")
    twins(asked.repeats, asked.quick)
    print("Threads")
    many_small(asked.repeats, asked.quick)
    same_bytes()
    print("Memory")
    memory(largest)
    print(f"load average {os.getloadavg()[0]:.1f}")


if __name__ == "__main__":
    main()
