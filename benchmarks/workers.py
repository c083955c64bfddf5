"""Draws on workers against draws on threads: seconds, their ratio, and bytes that move.

    python benchmarks/workers.py [--workers 2] [--rounds 3] [--only NAME ...] [--small]

In each round the ways take turns, in one process, on the same draws; the ratio is that of the least
seconds of each, as other work on the machine only adds; that of processor seconds, which other work
does not change much, stands beside it (Linux). What a worker needs before its first draw
(a process, imports, kernels from the cache) is measured apart, as "start". Bytes are those of tasks
and results, as pickled for `sfc-sim --workers`. Ways whose library is missing are left out.
"""

from __future__ import annotations

import argparse
import os
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, ProcessPoolExecutor
from contextlib import ExitStack, contextmanager, suppress
from importlib.util import find_spec
from multiprocessing import get_context
from pathlib import Path

import xarray as xr

import sfc_sim as sfc
from sfc_sim._core.processes import Processes

WORK: dict[str, Callable[..., xr.Dataset]] = {
    "sandberg2018, 2e6 draws": lambda **by: sfc.sample("sandberg2018", 2_000_000, rng=7, **by),
    "cook2022-balanced, 2e5 draws": lambda **by: sfc.sample(
        "cook2022-balanced", 200_000, rng=7, **by
    ),
}
SMALL: dict[str, Callable[..., xr.Dataset]] = {
    "sandberg2018, 2e4 draws": lambda **by: sfc.sample("sandberg2018", 20_000, rng=7, **by),
}


@contextmanager
def dask(workers: int) -> Iterator[Executor]:
    from dask.distributed import Client, LocalCluster

    with (
        LocalCluster(
            n_workers=workers, threads_per_worker=1, dashboard_address=None, memory_limit=0
        ) as cluster,
        Client(cluster) as client,
    ):
        yield client.get_executor()


@contextmanager
def loky(workers: int) -> Iterator[Executor]:
    from loky import ProcessPoolExecutor as Loky

    with Loky(workers) as pool:
        yield pool


WAYS = {
    "--workers": Processes,
    "ProcessPoolExecutor": lambda workers: ProcessPoolExecutor(workers, get_context("spawn")),
    "loky": loky,
    "dask": dask,
}


def there(name: str) -> bool:
    library = {"loky": "loky", "dask": "distributed"}.get(name)
    return library is None or find_spec(library) is not None


def seconds(work: Callable[[], object]) -> tuple[float, float]:
    """Return how long some work takes, and how long processors were at it, here and in children."""
    began, spent = time.perf_counter(), processor_seconds()
    work()
    return time.perf_counter() - began, processor_seconds() - spent


def processor_seconds() -> float:
    """Return those of this process and all below it that live; NaN where there is no /proc."""
    found, parents = {}, {}
    for folder in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            told = (folder / "stat").read_text().rpartition(")")[2].split()
            parents[int(folder.name)] = int(told[1])
            found[int(folder.name)] = (int(told[11]) + int(told[12])) / os.sysconf("SC_CLK_TCK")
    own, more = set(), {os.getpid()}
    while more:
        own |= more
        more = {pid for pid, parent in parents.items() if parent in own} - own
    return sum(found[pid] for pid in own) if found else float("nan")


def measured(work: Callable[..., xr.Dataset], pools: dict[str, Executor], rounds: int, many: int):
    """Return the least seconds of each way, of both kinds, and the bytes that one run moves."""
    took: dict[str, list[tuple[float, float]]] = {name: [] for name in ["threads", *pools]}
    moved = 0
    for _ in range(rounds):
        took["threads"].append(seconds(lambda: work(threads=many)))
        for name, pool in pools.items():
            before = getattr(pool, "moved", 0)
            took[name].append(seconds(lambda p=pool: work(executor=p)))
            moved = max(moved, getattr(pool, "moved", 0) - before)
    return {name: tuple(map(min, zip(*each, strict=True))) for name, each in took.items()}, moved


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--only", nargs="*", help="ways besides threads; by default all")
    parser.add_argument("--small", action="store_true", help="a moment, to see that it runs")
    given = parser.parse_args()
    names = [name for name in WAYS if there(name) and name in (given.only or WAYS)]
    works = SMALL if given.small else WORK
    with ExitStack() as stack:
        pools: dict[str, Executor] = {}
        for name in names:
            pools[name] = stack.enter_context(WAYS[name](given.workers))
            begun = [seconds(lambda w=work, n=name: w(executor=pools[n])) for work in warm(works)]
            print(f"start of {name}: {sum(wall for wall, _ in begun):.1f} s", flush=True)
        for work in warm(works):
            work(threads=given.workers)
        head = ("work", "way", "seconds", "ratio", "of CPU", "ratio", "moved")
        print("\n{:30s} {:20s} {:>8s} {:>6s} {:>8s} {:>6s} {:>8s}".format(*head))
        for words, work in works.items():
            least, moved = measured(work, pools, given.rounds, given.workers)
            for name, (wall, busy) in least.items():
                size = "" if name == "threads" else f"{moved / 1e6:.0f} MB"
                ratio, of_busy = wall / least["threads"][0], busy / least["threads"][1]
                numbers = f"{wall:8.2f} {ratio:6.2f} {busy:8.2f} {of_busy:6.2f} {size:>8s}"
                print(f"{words:30s} {name:20s} {numbers}", flush=True)


def warm(works: dict[str, Callable[..., xr.Dataset]]) -> list[Callable[..., xr.Dataset]]:
    """Return the same work with few draws, enough that every worker gets some."""
    names = [words.partition(",")[0] for words in works]
    return [lambda n=name, **by: sfc.sample(n, 20_000, rng=1, **by) for name in names]


if __name__ == "__main__":
    main()
