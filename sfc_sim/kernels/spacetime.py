"""Births of civilizations in a box of space-time, only where no front has come yet.

The box has side 1 and c = 1. Births are drawn in time order by thinning over cells: only cells
that are not known to be fully held receive candidates, so the cost is that of the survivors,
whatever the number of candidates without preclusion. A cell keeps the fronts that can still take
a part of it, and the date by which the first single front holds all of it: late, never early.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from sfc_sim.kernels._jit import kernel
from sfc_sim.kernels.philox import TILE, uniform_tile

__all__ = ["Cells", "Cone", "Schedule", "Tally", "date_of", "draw_births", "settle"]


class Schedule(NamedTuple):
    """Births in the box without preclusion: ln(count) against ln(age), a line between nodes.

    `age` is conformal time since `origin`; `wait` is the conformal time from a birth at a node
    to the start of its front.
    """

    origin: float
    log_age: np.ndarray
    log_count: np.ndarray
    wait: np.ndarray


class Cells(NamedTuple):
    """A cube of side^3 cells; births are drawn in those that are open.

    `known` (cell, 2): when a cell needs no more births, and its latest entry (-1: none).
    `entries` (entry, 2): a front and the entry before. `open`: the open cells. `queue`, `opens`:
    cells that open later, at which count of births.
    """

    side: int
    periodic: bool
    known: np.ndarray
    open: np.ndarray
    queue: np.ndarray
    opens: np.ndarray
    entries: np.ndarray


class Cone(NamedTuple):
    """Births known not to have happened: within speed x (now - birth) of the middle."""

    now: float
    speed: float


class Tally(NamedTuple):
    """State of a run, so that it can go on after its arrays have grown.

    `whole`: open cells, opened from the queue, born, begun, entries used, place in the schedule,
    place in the tile, tile, next survey. `real`: count of
    births so far and at the next candidate (nan: none drawn), latest date that matters.
    """

    whole: np.ndarray
    real: np.ndarray
    tile: np.ndarray


# Columns of the born: one row per civilization, so that a look at it is one miss of the cache.
X, Y, Z, BIRTH, START, SPEED = range(6)
HELD, LATEST = range(2)
OPEN, OPENED, BORN, BEGUN, USED, CURSOR, PLACE, PAGE, SURVEY = range(9)
COUNT, NEXT, HORIZON = range(3)
DONE, FULL = 0, 1


@kernel
def uniform(tally: Tally, key0: int, key1: int, slot: int, component: int) -> float:
    """Return the next number of the stream."""
    whole = tally.whole
    if whole[PLACE] == TILE:
        uniform_tile(key0, key1, slot, component, whole[PAGE], tally.tile)
        whole[PAGE] += 1
        whole[PLACE] = 0
    value = tally.tile[whole[PLACE]]
    whole[PLACE] += 1
    return value


@kernel
def date_of(schedule: Schedule, tally: Tally, count: float) -> float:
    """Return the date by which `count` are born without preclusion; inf after the last.

    Counts must not fall from call to call.
    """
    log_count, log_age = schedule.log_count, schedule.log_age
    value, k, last = math.log(count), tally.whole[CURSOR], log_count.size - 1
    while k < last and log_count[k + 1] < value:
        k += 1
    tally.whole[CURSOR] = k
    if k == last:
        return math.inf
    slope = (log_age[k + 1] - log_age[k]) / (log_count[k + 1] - log_count[k])
    return schedule.origin + math.exp(log_age[k] + (value - log_count[k]) * slope)


@kernel
def start_of(schedule: Schedule, tally: Tally, birth: float) -> float:
    """Return the time at which the front of a new birth starts."""
    k, log_age = tally.whole[CURSOR], schedule.log_age
    x = (math.log(birth - schedule.origin) - log_age[k]) / (log_age[k + 1] - log_age[k])
    return birth + schedule.wait[k] + x * (schedule.wait[k + 1] - schedule.wait[k])


@kernel
def square_apart(born: np.ndarray, j: int, x: float, y: float, z: float, periodic: bool) -> float:
    """Return the squared distance of a civilization from a point, to its nearest image."""
    dx, dy, dz = abs(born[j, X] - x), abs(born[j, Y] - y), abs(born[j, Z] - z)
    if periodic:
        dx, dy, dz = min(dx, 1.0 - dx), min(dy, 1.0 - dy), min(dz, 1.0 - dz)
    return dx * dx + dy * dy + dz * dz


@kernel
def is_held(
    cells: Cells, born: np.ndarray, cell: int, x: float, y: float, z: float, time: float
) -> bool:
    """Return whether a front has come to a place in an open cell."""
    entry = int(cells.known[cell, LATEST])
    while entry >= 0:
        j = cells.entries[entry, 0]
        reach = born[j, SPEED] * (time - born[j, START])
        if reach > 0.0 and square_apart(born, j, x, y, z, cells.periodic) < reach * reach:
            return True
        entry = cells.entries[entry, 1]
    return False


@kernel
def add_entry(cells: Cells, tally: Tally, cell: int, j: int) -> None:
    """Put a front on the list of a cell; entries lie in order of time, which caches like."""
    entry = tally.whole[USED]
    tally.whole[USED] = entry + 1
    cells.entries[entry, 0], cells.entries[entry, 1] = j, int(cells.known[cell, LATEST])
    cells.known[cell, LATEST] = entry


@kernel
def axis_range(x: float, radius: float, side: int, periodic: bool) -> tuple[int, int]:
    """Return the first cell along an axis within `radius` of x, and how many there are."""
    low, high = math.floor((x - radius) * side), math.floor((x + radius) * side)
    if not periodic:
        low, high = max(low, 0), min(high, side - 1)
    elif high - low + 1 >= side:
        return 0, side
    return int(low), max(int(high - low + 1), 0)


@kernel
def axis_squares(
    x: float, low: int, many: int, side: int, periodic: bool, near: np.ndarray, far: np.ndarray
) -> None:
    """Fill the least and greatest squared distances along an axis from x to a run of cells."""
    half = 0.5 / side
    for k in range(many):
        apart = abs((low + k + 0.5) / side - x)
        if periodic:
            apart -= math.floor(apart)
            apart = min(apart, 1.0 - apart)
        near[k] = max(apart - half, 0.0) ** 2
        far[k] = min(apart + half, 0.5 if periodic else math.inf) ** 2


@kernel
def spread(cells: Cells, born: np.ndarray, tally: Tally, j: int, axes: np.ndarray) -> None:
    """Tell every cell that a front can reach first about it; `axes` is (6, side) of scratch."""
    side, periodic = cells.side, cells.periodic
    start, speed = born[j, START], born[j, SPEED]
    x, y, z = born[j, X], born[j, Y], born[j, Z]
    radius = min(speed * (tally.real[HORIZON] - start), 2.0)
    x0, nx = axis_range(x, radius, side, periodic)
    y0, ny = axis_range(y, radius, side, periodic)
    z0, nz = axis_range(z, radius, side, periodic)
    axis_squares(x, x0, nx, side, periodic, axes[0], axes[1])
    axis_squares(y, y0, ny, side, periodic, axes[2], axes[3])
    axis_squares(z, z0, nz, side, periodic, axes[4], axes[5])
    most = radius * radius
    for i in range(nx):
        for k in range(ny):
            near_row = axes[0, i] + axes[2, k]
            if near_row > most:
                continue
            row = ((x0 + i) % side * side + (y0 + k) % side) * side
            for m in range(nz):
                cell = row + (z0 + m) % side
                reach = speed * (cells.known[cell, HELD] - start)
                if reach > 0.0 and near_row + axes[4, m] < reach * reach:
                    add_entry(cells, tally, cell, j)
                    far = axes[1, i] + axes[3, k] + axes[5, m]
                    if far < reach * reach:
                        cells.known[cell, HELD] = start + math.sqrt(far) / speed


@kernel
def survey(cells: Cells, tally: Tally) -> None:
    """Find the latest date that matters to any cell: no front is followed beyond it."""
    latest = -math.inf
    for cell in range(cells.known.shape[0]):
        latest = max(latest, cells.known[cell, HELD])
    tally.real[HORIZON] = min(tally.real[HORIZON], latest)
    tally.whole[SURVEY] = 2 * tally.whole[BEGUN] + 8


@kernel
def cell_of(cells: Cells, x: float, y: float, z: float) -> int:
    """Return the cell of a place in the box."""
    side = cells.side
    i, k, m = (
        min(int(x * side), side - 1),
        min(int(y * side), side - 1),
        min(int(z * side), side - 1),
    )
    return (i * side + k) * side + m


@kernel
def begin_fronts(
    cells: Cells, born: np.ndarray, tally: Tally, time: float, axes: np.ndarray
) -> bool:
    """Start the fronts that are due by `time`; return whether the lists had room for them all."""
    whole = tally.whole
    while whole[BEGUN] < whole[BORN] and born[whole[BEGUN], START] <= time:
        j = whole[BEGUN]
        x, y, z = born[j, X], born[j, Y], born[j, Z]
        if born[j, START] > born[j, BIRTH] and born[j, SPEED] > 0.0:
            cell = cell_of(cells, x, y, z)
            if cells.known[cell, HELD] <= born[j, START] or is_held(
                cells, born, cell, x, y, z, born[j, START]
            ):
                born[j, SPEED] = 0.0  # reached by another before its own start
        if born[j, SPEED] > 0.0:
            radius = min(born[j, SPEED] * (tally.real[HORIZON] - born[j, START]), 2.0)
            if radius > 0.0:
                wide = min(2.0 * radius * cells.side + 2.0, float(cells.side))
                if wide**3 > cells.entries.shape[0] - whole[USED]:
                    return False
                spread(cells, born, tally, j, axes)
        whole[BEGUN] += 1
        if whole[BEGUN] >= whole[SURVEY]:
            survey(cells, tally)
    return True


@kernel
def add_birth(
    schedule: Schedule, born: np.ndarray, tally: Tally, x: float, y: float, z: float, time: float
) -> None:
    """Write down a birth; its front starts later."""
    j = tally.whole[BORN]
    born[j, X], born[j, Y], born[j, Z] = x, y, z
    born[j, BIRTH] = time
    born[j, START] = start_of(schedule, tally, time)
    tally.whole[BORN] = j + 1


@kernel
def next_count(
    cells: Cells, tally: Tally, key0: int, key1: int, slot: int, component: int
) -> float:
    """Return the count of births at the next candidate, opening cells that are due; inf: none."""
    whole, real = tally.whole, tally.real
    volume = 1.0 / float(cells.side) ** 3
    while True:
        count = math.inf
        if whole[OPEN] > 0:
            wait = -math.log(uniform(tally, key0, key1, slot, component))
            count = real[COUNT] + wait / (whole[OPEN] * volume)
        if whole[OPENED] == cells.queue.size or cells.opens[whole[OPENED]] >= count:
            return count
        # Nothing is born before the opening; from there the wait begins anew.
        real[COUNT] = max(real[COUNT], cells.opens[whole[OPENED]])
        while whole[OPENED] < cells.queue.size and cells.opens[whole[OPENED]] <= real[COUNT]:
            cells.open[whole[OPEN]] = cells.queue[whole[OPENED]]
            whole[OPEN] += 1
            whole[OPENED] += 1


@kernel
def draw_births(
    schedule: Schedule,
    cells: Cells,
    cone: Cone,
    born: np.ndarray,
    tally: Tally,
    key0: int,
    key1: int,
    slot: int,
    component: int,
) -> int:
    """Draw births until none can follow (0), or until an array is full (1): grow it, call again.

    Random numbers are those of (key, slot, component) in order.
    """
    whole, real = tally.whole, tally.real
    axes = np.empty((6, cells.side))
    while True:
        if math.isnan(real[NEXT]):
            real[NEXT] = next_count(cells, tally, key0, key1, slot, component)
        time = math.inf
        if real[NEXT] < math.inf:
            time = date_of(schedule, tally, real[NEXT])
        if whole[BORN] == born.shape[0]:
            return FULL
        if not begin_fronts(cells, born, tally, time, axes):
            return FULL
        if time == math.inf:
            return DONE
        real[COUNT] = real[NEXT]
        real[NEXT] = math.nan
        # Two words choose a cell: one would favour some by 1 in 500 among ten million.
        choice = uniform(tally, key0, key1, slot, component)
        choice += (uniform(tally, key0, key1, slot, component) - 0.5) * 2.0**-32
        place = min(int(choice * whole[OPEN]), whole[OPEN] - 1)
        cell = cells.open[place]
        if cells.known[cell, HELD] <= time:
            whole[OPEN] -= 1
            cells.open[place] = cells.open[whole[OPEN]]
            continue
        side = cells.side
        x = (cell // (side * side) + uniform(tally, key0, key1, slot, component)) / side
        y = (cell // side % side + uniform(tally, key0, key1, slot, component)) / side
        z = (cell % side + uniform(tally, key0, key1, slot, component)) / side
        forbidden = cone.speed * (cone.now - time)
        if forbidden > 0.0:
            apart = (x - 0.5) ** 2 + (y - 0.5) ** 2 + (z - 0.5) ** 2
            if apart < forbidden * forbidden:
                continue
        if not is_held(cells, born, cell, x, y, z, time):
            add_birth(schedule, born, tally, x, y, z, time)


@kernel
def settle(
    cells: Cells,
    born: np.ndarray,
    tally: Tally,
    places: np.ndarray,
    births: np.ndarray,
    starts: np.ndarray,
    speeds: np.ndarray,
    chosen: np.ndarray,
) -> int:
    """Go through given candidates in order of birth and keep those born where no front is.

    `chosen` takes the index of each that is kept; returns as `draw_births`. The candidate to go
    on with is at the cursor.
    """
    whole = tally.whole
    axes = np.empty((6, cells.side))
    while whole[CURSOR] < births.size:
        i = whole[CURSOR]
        if whole[BORN] == born.shape[0] or not begin_fronts(cells, born, tally, births[i], axes):
            return FULL
        x, y, z = places[i, 0], places[i, 1], places[i, 2]
        cell = cell_of(cells, x, y, z)
        if cells.known[cell, HELD] > births[i] and not is_held(
            cells, born, cell, x, y, z, births[i]
        ):
            j = whole[BORN]
            born[j, X], born[j, Y], born[j, Z] = x, y, z
            born[j, BIRTH], born[j, START], born[j, SPEED] = births[i], starts[i], speeds[i]
            chosen[j] = i
            whole[BORN] = j + 1
        whole[CURSOR] = i + 1
    return DONE if begin_fronts(cells, born, tally, math.inf, axes) else FULL
