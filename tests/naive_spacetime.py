"""Fronts in a periodic box the slow, obvious way: every candidate against every front.

An oracle for the tests, written from the definitions and from nothing in the package. The box has
side 1, times are conformal in units of that side, c = 1. A front is a sphere of radius
speed x (time - start) around its birthplace, whatever else it meets. Who never expands has
start = inf; who is never met has the time inf and the index -1.
"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import product
from math import ceil, inf, pi
from typing import Any

import numpy as np
from scipy.special import gamma, gammainc

__all__ = [
    "arrivals",
    "candidates",
    "contacts",
    "kjma_survivors",
    "owners",
    "passing",
    "sightings",
    "sights",
    "survivors",
    "torus_distance",
    "visible",
]

BIRTH, START = 0, 1  # at equal times births come first; fronts of that date have no size yet


# Space


def torus_distance(place: Any, position: Any) -> np.ndarray:
    """Distance to the nearest image."""
    gap = np.abs(np.subtract(place, position)) % 1.0
    return np.sqrt((np.minimum(gap, 1 - gap) ** 2).sum(-1))


def passing(place: np.ndarray, position: Any, start: Any, speed: Any) -> np.ndarray:
    """When the front of each civilization passes `place`."""
    distance = torus_distance(place, position)
    speed = np.broadcast_to(np.asarray(speed, float), distance.shape)
    travel = np.full(distance.shape, inf)
    np.divide(distance, speed, out=travel, where=speed > 0)
    return start + travel


def soonest(rows: Iterable[np.ndarray]) -> tuple[np.ndarray, np.ndarray]:
    """Least time in each row, by another than the row's own, and by whom."""
    time, by = [], []
    for i, row in enumerate(rows):
        others = row.copy()
        others[i] = inf
        j = int(np.argmin(others))
        time.append(others[j])
        by.append(j if others[j] < inf else -1)
    return np.array(time, float), np.array(by, int)


# Who is born and who expands


def candidates(
    n: float, power: float, rng: np.random.Generator, until: float = 1.0
) -> tuple[np.ndarray, np.ndarray]:
    """Positions and sorted births of a Poisson process with n tau^power births by time tau."""
    number = rng.poisson(n * until**power)
    birth = until * np.sort(rng.random(number)) ** (1 / power)
    return rng.random((number, 3)), birth


def survivors(
    position: Any,
    birth: Any,
    speed: Any,
    delay_of: Any = None,
    quiet: Any = None,
    *,
    start: Any = None,
) -> tuple[np.ndarray, np.ndarray]:
    """Indices of the candidates born where no front is, and when each begins to expand.

    `speed`, `delay_of` (conformal, default 0) and `quiet` (default nobody): one for all or one
    each. `start`, if given, replaces birth + delay_of. A candidate starts to expand only if no
    other front has reached its birthplace by then.
    """
    position, birth = np.asarray(position, float), np.asarray(birth, float)
    number = len(birth)
    speed = np.broadcast_to(np.asarray(speed, float), number)
    quiet = np.broadcast_to(np.asarray(False if quiet is None else quiet), number)
    due = birth + (0.0 if delay_of is None else delay_of) if start is None else np.asarray(start)
    if np.any(np.diff(birth) < 0):
        raise ValueError("candidates must be sorted by birth")
    if np.any(due < birth):
        raise ValueError("nobody starts before birth")

    events = [(birth[i], BIRTH, i) for i in range(number)]
    events += [(due[i], START, i) for i in range(number) if due[i] < inf and not quiet[i]]
    fronts, count = np.empty((number, 5)), 0  # x, y, z, start, speed of those that expand
    born, began = np.zeros(number, bool), np.full(number, inf)
    for when, what, i in sorted(events):
        if what == START and not born[i]:
            continue
        front = fronts[:count]
        radius = front[:, 4] * (when - front[:, 3])
        free = not np.any(torus_distance(position[i], front[:, :3]) < radius)
        if what == BIRTH:
            born[i] = free
        elif free:
            began[i] = when
            fronts[count] = (*position[i], when, speed[i])
            count += 1
    index = np.flatnonzero(born)
    return index, began[index]


# When they meet; from here on everybody given is a survivor


def arrivals(position: Any, start: Any, speed: Any) -> tuple[np.ndarray, np.ndarray]:
    """When the first front of another passes each birthplace, and whose."""
    return soonest(passing(place, position, start, speed) for place in np.asarray(position))


def contacts(position: Any, start: Any, speed: Any) -> tuple[np.ndarray, np.ndarray]:
    """When each front first meets another, and whose: the radii then add up to the distance."""
    position, start = np.asarray(position, float), np.asarray(start, float)
    speed = np.broadcast_to(np.asarray(speed, float), len(start))
    expands = (start < inf) & (speed > 0)
    rows = np.full((len(start), len(start)), inf)
    for i in np.flatnonzero(expands):
        for j in np.flatnonzero(expands):
            gained = speed[i] * start[i] + speed[j] * start[j]
            rows[i, j] = torus_distance(position[i], position[j]) + gained
            rows[i, j] /= speed[i] + speed[j]
    return soonest(rows)


def sights(position: Any, birth: Any, start: Any, speed: Any) -> tuple[np.ndarray, np.ndarray]:
    """When light of another's start is first at the birthplace, and when it meets the own front.

    Not before birth, and not before the own start. Who does not expand has no front: inf.
    """
    position, start = np.asarray(position, float), np.asarray(start, float)
    speed = np.broadcast_to(np.asarray(speed, float), len(start))
    shines = np.where(speed > 0, start, inf)
    light = [passing(place, position, shines, 1.0) for place in position]
    at_home, _ = soonest(np.maximum(birth[i], row) for i, row in enumerate(light))
    at_front = np.full(len(start), inf)
    for i in np.flatnonzero(shines < inf):
        # speed (t - start) + (t - start of the other) = distance
        met = (light[i] + speed[i] * start[i]) / (1 + speed[i])
        at_front[i] = np.maximum(start[i], np.delete(met, i)).min(initial=inf)
    return at_home, at_front


def sightings(position: Any, birth: Any, start: Any) -> list[tuple[np.ndarray, np.ndarray]]:
    """Whom each sees at birth and at what distance, every periodic image by itself."""
    position, birth, start = (np.asarray(x, float) for x in (position, birth, start))
    longest = max(0.0, float(np.max(birth, initial=-inf) - np.min(start, initial=inf)))
    reach = range(-ceil(longest), ceil(longest) + 1)  # places differ by less than 1 along an axis
    shifts = np.array(list(product(reach, repeat=3)), float)[:, None]
    found = []
    for place, now in zip(position, birth, strict=True):
        older = np.flatnonzero(start < now)
        distance = np.sqrt(((position[older] + shifts - place) ** 2).sum(2))
        image, which = np.nonzero(distance < now - start[older])
        found.append((older[which], distance[image, which]))
    return found


def visible(position: Any, birth: Any, start: Any) -> np.ndarray:
    """How many images of expanding civilizations each sees at birth."""
    return np.array([len(who) for who, _ in sightings(position, birth, start)], int)


def owners(points: Any, position: Any, start: Any, speed: Any) -> tuple[np.ndarray, np.ndarray]:
    """Who comes first and second to each point, and when: two arrays (points, 2)."""
    who, when = [], []
    for point in np.asarray(points, float):
        time = np.append(passing(point, position, start, speed), [inf, inf])
        order = np.argsort(time, kind="stable")[:2]
        when.append(time[order])
        who.append(np.where(time[order] < inf, order, -1))
    return np.array(who, int).reshape(-1, 2), np.array(when, float).reshape(-1, 2)


# Theory


def kjma_survivors(n: float, power: float, speed: float = 1.0, until: float = inf) -> float:
    """Mean survivors among `candidates` of one speed without delay (Kolmogorov 1937).

    A place is free at tau with probability exp(-K tau^(power + 3)); integrate the births over it.
    """
    k = 4 * pi / 3 * speed**3 * n * 6 / ((power + 1) * (power + 2) * (power + 3))
    q = power / (power + 3)
    return float(n * q * gamma(q) * k**-q * gammainc(q, k * until ** (power + 3)))
