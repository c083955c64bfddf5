"""Draws in batches, on threads or an executor: the same bytes for any number and size of these."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from concurrent.futures import Executor, Future, ThreadPoolExecutor, as_completed
from functools import partial
from typing import TYPE_CHECKING, TypeAlias

import numpy as np

from sfc_sim._core.errors import whole_number
from sfc_sim._core.pieces import going_on
from sfc_sim._core.progress import Progress, reporting
from sfc_sim._core.volumes import labelled
from sfc_sim.sampling.pipeline import evaluate
from sfc_sim.sampling.plan import Arrays, Plan

if TYPE_CHECKING:
    import xarray as xr

Task: TypeAlias = tuple[int, int]
"""The index of the first draw of a chunk, and how many there are."""

__all__ = ["drawn", "threads_of", "whole"]

# Draws per task: long enough that a thread's bookkeeping is lost in it, short enough for a cache.
CHUNK = 512

# The index of a draw, with what comes after it, is a 64-bit integer.
MOST = 2**62


def drawn(
    plan: Plan,
    first: int,
    total: int,
    *,
    threads: int | None = None,
    executor: Executor | None = None,
    progress: Progress | None = None,
) -> xr.Dataset:
    """Return `total` draws of a plan from index `first` on; see `sfc_sim.sample`.

    Examples
    --------
    >>> from sfc_sim.scenario import load_scenario
    >>> drawn(Plan(load_scenario("sandberg2018"), 7), 0, 5).sizes["draw"]
    5
    """
    tasks = [(at, min(CHUNK, first + total - at)) for at in range(first, first + total, CHUNK)]
    run = partial(run_tasks, plan, threads=threads, executor=executor)
    columns: Arrays = {}
    done = 0
    with reporting(progress, "drawing worlds") as report:
        for (at, _), chunk in going_on(plan.text, tasks, run):
            for name, values in chunk.items():
                if name not in columns:
                    columns[name] = np.empty((*values.shape[:-1], total))
                columns[name][..., at - first : at - first + values.shape[-1]] = values
            done += next(iter(chunk.values())).shape[-1]
            report(done, total)
    return as_dataset(plan, columns, first)


def whole(value: object, name: str, *, least: int, most: float = MOST) -> int:
    """Return a whole number, or say what it must be."""
    return whole_number(value, name, least, most)


def threads_of(threads: int | None) -> int:
    """Return the number of threads: all processors, unless it is said.

    Examples
    --------
    >>> threads_of(3)
    3
    """
    return os.cpu_count() or 1 if threads is None else whole(threads, "threads", least=1)


def run_tasks(
    plan: Plan, tasks: Sequence[Task], *, threads: int | None, executor: Executor | None
) -> Iterator[tuple[Task, Arrays]]:
    """Yield the chunks of draws as they come, with where they are."""
    # The first one alone compiles the kernels once, not in every thread.
    yield tasks[0], evaluate(plan, *tasks[0])
    pool = executor or ThreadPoolExecutor(threads_of(threads))
    futures: dict[Future[Arrays], Task] = {}
    try:
        for task in tasks[1:]:
            futures[pool.submit(evaluate, plan, *task)] = task
        for future in as_completed(futures):
            yield futures.pop(future), future.result()
    finally:
        for future in futures:  # of an interrupted run; an executor of the caller goes on
            future.cancel()
        if executor is None:
            pool.shutdown(wait=True, cancel_futures=True)


def as_dataset(plan: Plan, columns: Arrays, first: int) -> xr.Dataset:
    """Return the labelled Dataset of the draws, with natural numbers beside their logs."""
    import xarray as xr

    from sfc_sim._core.schema import label, provenance

    natural = (
        "observers_like_us",
        "intelligent_potential",
        "intelligent_actual",
        "civilizations_potential",
        "civilizations_actual",
        "civilizations_now",
    )
    with np.errstate(over="ignore"):
        columns |= {
            name: np.exp(columns[f"log_{name}"]) for name in natural if f"log_{name}" in columns
        }
    many = next(iter(columns.values())).shape[-1]
    dataset = xr.Dataset(
        **labelled(columns, np.arange(first, first + many)),
        attrs=provenance(plan.scenario, plan.seed, many, plan.design)
        | {"first": str(first)}
        | ({} if plan.proposal is None else plan.proposal.words()),
    )
    return label(dataset, plan.scenario)
