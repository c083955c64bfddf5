"""The driver: from a scenario to draws of its parameters and of all that follows from them.

The value of a parameter in draw i is a function of (seed, i, name) alone, so results are the
same bytes for any number of threads and any chunk size, and any draw can be made again alone.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from concurrent.futures import Executor, Future, ThreadPoolExecutor, as_completed
from typing import TYPE_CHECKING, Literal

import numpy as np

from sfc_sim._door import validated
from sfc_sim._errors import affordable, unknown, whole_number
from sfc_sim._progress import Progress, reporting
from sfc_sim._random import seed_of
from sfc_sim._typing import RandomLike
from sfc_sim.catalogue import ScenarioLike, scenario_of
from sfc_sim.chain import check_pair, evaluate
from sfc_sim.draws import Arrays, Design, Plan

if TYPE_CHECKING:
    import xarray as xr

__all__ = ["EVIDENCE", "Evidence", "sample"]

Evidence = Literal["none", "not-engulfed", "nothing-visible"]
EVIDENCE: tuple[Evidence, ...] = ("none", "not-engulfed", "nothing-visible")

# Draws per task: long enough that a thread's bookkeeping is lost in it, short enough for a cache.
CHUNK = 512

# 59 numbers a draw, and as much again for weights and sorting.
BYTES_PER_DRAW = 950

# The index of a draw, with what comes after it, is a 64-bit integer.
MOST = 2**62
# Points of the Sobol' sequence of SciPy.
MOST_OF_SOBOL = 2**30


@validated()
def sample(
    scenario: ScenarioLike,
    draws: int,
    *,
    rng: RandomLike = None,
    design: Design = "random",
    first: int = 0,
    threads: int | None = None,
    executor: Executor | None = None,
    progress: Progress | None = None,
) -> xr.Dataset:
    """Draw the parameters of a scenario and compute what follows from them.

    Parameters
    ----------
    scenario : Scenario or str
        A scenario, its name or the path of its file.
    draws : int
        How many parameter vectors.
    rng : None, int, SeedSequence or Generator, optional
        Seed; the one used is in the attributes of the result.
    design : {"random", "sobol"}, default "random"
        Independent draws, or a scrambled Sobol' sequence, which is smoother but whose
        standard errors are not those of independent draws.
    first : int, default 0
        Index of the first draw: `sample(s, 1, rng=7, first=17)` makes draw 17 again.
    threads : int, optional
        Number of threads; default all processors. Results do not depend on it.
    executor : concurrent.futures.Executor, optional
        Runs the tasks instead of threads.
    progress : bool or callable, optional
        A bar or none; by default one if a terminal or a notebook shows it and the work lasts more
        than a second. A function is called with (draws done, draws in all).

    Returns
    -------
    xarray.Dataset
        Dim ``draw``: every parameter by its name, and what follows: counts per
        observable-universe-size volume, fractions of space unsaturated and unseen, volumes in
        Gly^3. Dims (``evidence``, ``draw``): the ``redrawn_`` variables, for self-indication.

    Raises
    ------
    InputError
        If the scenario or design is unknown, or a number is not what it must be.
    ArithmeticError
        If something that follows is not a number: with the draw and its parameters.

    Examples
    --------
    >>> draws = sample("cook2022-balanced", 1000, rng=7)
    >>> int(draws.sizes["draw"]), float(draws.expansion_speed.max()) <= 1.0
    (1000, True)
    >>> again = sample("cook2022-balanced", 1, rng=7, first=17)
    >>> bool(again.civilizations_actual[0] == draws.civilizations_actual[17])
    True
    """
    chosen = scenario_of(scenario)
    check_pair(chosen)
    if design not in ("random", "sobol"):
        raise unknown("design", design, ("random", "sobol"))
    most = MOST_OF_SOBOL if design == "sobol" else MOST
    total = whole(draws, "draws", least=1, most=most)
    start = whole(first, "first", least=0, most=most - total)
    affordable(total, BYTES_PER_DRAW, "draws")
    plan = Plan(chosen, seed_of(rng), design)
    tasks = [(at, min(CHUNK, start + total - at)) for at in range(start, start + total, CHUNK)]
    columns: Arrays = {}
    done = 0
    with reporting(progress, "drawing worlds") as report:
        for at, chunk in run_tasks(plan, tasks, threads, executor):
            for name, values in chunk.items():
                if name not in columns:
                    columns[name] = np.empty((*values.shape[:-1], total))
                columns[name][..., at - start : at - start + values.shape[-1]] = values
            done += next(iter(chunk.values())).shape[-1]
            report(done, total)
    return as_dataset(plan, columns, start)


def whole(value: object, name: str, *, least: int, most: float = MOST) -> int:
    """Return a whole number, or say what it must be."""
    return whole_number(value, name, least, most)


def run_tasks(
    plan: Plan, tasks: list[tuple[int, int]], threads: int | None, executor: Executor | None
) -> Iterator[tuple[int, Arrays]]:
    """Yield the chunks of draws as they come, with the index of their first draw."""
    # The first one alone compiles the kernels once, not in every thread.
    yield tasks[0][0], evaluate(plan, *tasks[0])
    workers = os.cpu_count() or 1 if threads is None else whole(threads, "threads", least=1)
    pool = executor or ThreadPoolExecutor(workers)
    futures: dict[Future[Arrays], int] = {}
    try:
        for task in tasks[1:]:
            futures[pool.submit(evaluate, plan, *task)] = task[0]
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

    from sfc_sim.results import label, provenance

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
    dims = {1: ("draw",), 2: ("evidence", "draw")}
    dataset = xr.Dataset(
        {name: (dims[values.ndim], values) for name, values in columns.items()},
        coords={"draw": np.arange(first, first + many)},
        attrs=provenance(plan.scenario, plan.seed, many, plan.design) | {"first": str(first)},
    )
    if any(values.ndim == 2 for values in columns.values()):
        dataset = dataset.assign_coords(evidence=list(EVIDENCE))
    return label(dataset, plan.scenario)
