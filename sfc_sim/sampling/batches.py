"""Draws in batches, on threads or an executor: the same bytes for any number and size of these."""

from __future__ import annotations

import math
from collections.abc import Iterator
from functools import partial
from time import perf_counter
from typing import TYPE_CHECKING, Final, TypeAlias

import numpy as np

from sfc_sim._core.pieces import Pieces, in_force
from sfc_sim._core.progress import Progress, reporting
from sfc_sim._core.typing import FloatArray
from sfc_sim._core.volumes import labelled
from sfc_sim._core.work import each, sends
from sfc_sim.sampling.pipeline import evaluate
from sfc_sim.sampling.plan import Arrays, Plan

if TYPE_CHECKING:
    import xarray as xr

# Which row, or rows, each column is.
Places: TypeAlias = dict[str, "int | list[int]"]

__all__ = ["drawn", "stretches"]

# Draws per task: long enough that a thread's bookkeeping is lost in it, short enough for a cache.
CHUNK: Final = 512

# Of a task for another process: what it should take, and how many there are at least, to even out.
SECONDS: Final = 0.5
LEAST_TASKS: Final = 8

# Beside the columns of a stretch in a piece: how many draws it has.
COUNT: Final = "count"


def drawn(plan: Plan, first: int, total: int, *, progress: Progress | None = None) -> xr.Dataset:
    """Return `total` draws of a plan from index `first` on; see `sfc_sim.sample`.

    Examples
    --------
    >>> from sfc_sim.scenario import load_scenario
    >>> drawn(Plan(load_scenario("sandberg2018"), 7), 0, 5).sizes["draw"]
    5
    """
    columns: Arrays = {}
    done, pieces = 0, in_force()
    made = partial(kept, pieces) if pieces else stretches
    with reporting(progress, "drawing worlds") as report:
        for at, count, chunk in made(plan, first, total):
            for name, values in chunk.items():
                if name not in columns:
                    columns[name] = np.empty((*values.shape[:-1], total))
                columns[name][..., at - first : at - first + count] = values
            done += count
            report(done, total)
    return as_dataset(plan, columns, first)


def stretches(plan: Plan, first: int, total: int) -> Iterator[tuple[int, int, Arrays]]:
    """Yield draws as they come: index of the first, how many, and columns.

    A column that is the same in all draws of a stretch may be as short as one.
    """
    at, end = first, first + total
    # The first one alone compiles the kernels once, not in every thread; a second tells their cost.
    size = CHUNK
    for _ in range(1 + sends()):
        if count := min(size, end - at):
            began = perf_counter()
            yield at, count, evaluate(plan, at, count)
            cost = (perf_counter() - began) / count
            at += count
    if sends():
        size = worth_sending(cost, end - at)
    tasks = [(begin, min(size, end - begin)) for begin in range(at, end, size)]
    for k, (places, rows) in each(stretch, plan, tasks, "draws {} on ({} of them)".format):
        yield *tasks[k], {name: of_rows(rows, place) for name, place in places.items()}


def kept(pieces: Pieces, plan: Plan, first: int, total: int) -> Iterator[tuple[int, int, Arrays]]:
    """Yield draws as `stretches` does: those that pieces have, then others, which are put there."""
    at, end = first, first + total
    gaps: list[tuple[int, int]] = []
    while at < end:
        held = pieces.get(plan.text, at)
        count = min(CHUNK if held is None else int(held[COUNT]), end - at)
        if held is not None:
            columns = {name: values for name, values in held.items() if name != COUNT}
            yield at, count, {name: values[..., :count] for name, values in columns.items()}
        elif gaps and sum(gaps[-1]) == at:
            gaps[-1] = gaps[-1][0], gaps[-1][1] + count
        else:
            gaps.append((at, count))
        at += count
    for gap in gaps:
        for at, count, columns in stretches(plan, *gap):
            pieces.put(plan.text, at, {**columns, COUNT: np.array(count)})
            yield at, count, columns


def worth_sending(cost: float, draws: int) -> int:
    """Return how many draws make a task for another process, of seconds that each costs.

    Examples
    --------
    >>> worth_sending(1e-4, 200_000), worth_sending(1e-7, 2_000_000), worth_sending(1.0, 9)
    (5120, 250368, 512)
    """
    size = min(SECONDS / cost, draws / LEAST_TASKS)
    return CHUNK * max(1, math.ceil(size / CHUNK))


def stretch(plan: Plan, first: int, count: int) -> tuple[Places, list[FloatArray]]:
    """Return the columns of a stretch of draws as rows, and which row each of them is.

    What comes more than once is one row; what is the same in all draws is a row of one.
    """
    end = first + count
    parts = [evaluate(plan, at, min(CHUNK, end - at)) for at in range(first, end, CHUNK)]
    if len(parts) == 1:  # of a thread, to whom nothing is sent
        return dict(zip(parts[0], range(len(parts[0])), strict=True)), list(parts[0].values())
    rows: dict[bytes, int] = {}
    held: list[FloatArray] = []

    def place_of(row: FloatArray) -> int:
        row = row[:1] if same(row) else row
        place = rows.setdefault(row.tobytes(), len(held))
        if place == len(held):
            held.append(row)
        return place

    places: Places = {}
    for name in parts[0]:
        values = np.concatenate([part[name] for part in parts], -1)
        places[name] = place_of(values) if values.ndim == 1 else [place_of(row) for row in values]
    return places, held


def of_rows(rows: list[FloatArray], place: int | list[int]) -> FloatArray:
    """Return a column from its row, or rows, of which some may be as short as one.

    Examples
    --------
    >>> of_rows([np.array([1.0]), np.array([2.0, 3.0])], [0, 1])
    array([[1., 1.],
           [2., 3.]])
    """
    if isinstance(place, int):
        return rows[place]
    return np.array(np.broadcast_arrays(*(rows[k] for k in place)))


def same(values: FloatArray) -> bool:
    """Tell whether all draws have one value, to the bit.

    Examples
    --------
    >>> same(np.array([1.0, 1.0])), same(np.array([0.0, -0.0]))
    (True, False)
    """
    bits = np.ascontiguousarray(values).view(np.int64)
    return bool((bits == bits[..., :1]).all())


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
