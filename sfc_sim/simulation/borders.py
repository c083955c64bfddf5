"""Domains: how much of space each civilization ends up with, and whose domain touches whose.

With equal speeds every place of a domain is in sight of its birthplace, so rays from there, in
random directions, each end on the border: they give the volume, the neighbours and when fronts
first touch, for small domains as well as for large. With differing speeds a domain may have
shadows; there, places at random are asked who comes first and second.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple, final

import numpy as np
import numpy.typing as npt

from sfc_sim._core.typing import FloatArray
from sfc_sim.simulation.firsts import Race, Reached
from sfc_sim.simulation.spacetime import numbers

__all__ = ["Meetings", "Rays", "cast_rays", "probe_places", "probed_meetings", "probed_volumes"]

IntArray = npt.NDArray[np.int64]

BATCH = 262_144  # rays at a time, some 50 MB


class Meetings(NamedTuple):
    """Pairs of neighbours, first < second, and when their fronts first touch (Gly)."""

    first: IntArray
    second: IntArray
    time: FloatArray


@final
@dataclass(frozen=True)
class Rays:
    """Rays from birthplaces to the borders of their domains; equal speeds.

    Parameters
    ----------
    origin : ndarray of int, shape (ray,)
        Whose rays.
    length : ndarray, shape (ray,)
        To the border, or to where the front ends with time, Gly.
    neighbour : ndarray of int, shape (ray,)
        Who is beyond; -1 for nobody.
    many : int
        Civilizations in all.
    """

    origin: IntArray
    length: FloatArray
    neighbour: IntArray
    many: int

    def volumes(self) -> tuple[FloatArray, FloatArray]:
        """Return the volume of each domain and its standard error, Gly^3; 0 for no domain."""
        ball = 4.0 * np.pi / 3.0 * self.length**3
        count = np.maximum(np.bincount(self.origin, minlength=self.many), 2)
        mean = np.bincount(self.origin, ball, minlength=self.many) / count
        spread = (ball - mean[self.origin]) ** 2
        variance = np.bincount(self.origin, spread, minlength=self.many) / (count - 1)
        return mean, np.sqrt(variance / count)

    def meetings(self, race: Race, end: float) -> Meetings:
        """Return the pairs that meet, and the times."""
        met = self.neighbour >= 0
        one, other = self.origin[met], self.neighbour[met]
        touch = race.born.start[one] + self.length[met] / race.born.speed[one]
        return meetings(race, one, other, touch, end)


def cast_rays(race: Race, rays: int, end: float, seed: int, realisation: int) -> Rays:
    """Return rays from the birthplace of everyone that expands, all at one speed.

    A ray is cut by the border with whoever comes first to its tip, until nobody comes there
    before its origin does.

    Examples
    --------
    >>> from sfc_sim.simulation import Births
    >>> born = Births(np.array([[2.0, 5.0, 5.0], [7.0, 5.0, 5.0]]), np.zeros(2), np.zeros(2),
    ...               np.ones(2))
    >>> rays = cast_rays(Race(born, box=10.0), 1000, end=np.inf, seed=1, realisation=0)
    >>> volume, error = rays.volumes()
    >>> bool((abs(volume - 500) < 5 * error).all())                 # half of the box each
    True
    """
    expanding = np.flatnonzero(race.born.speed > 0.0)
    origin = np.repeat(expanding, rays)
    length, neighbour = np.empty(origin.size), np.empty(origin.size, dtype=np.int64)
    for first in range(0, origin.size, BATCH):
        batch = slice(first, min(first + BATCH, origin.size))
        direction = random_directions(batch.start, batch.stop - batch.start, seed, realisation)
        length[batch], neighbour[batch] = cut_rays(race, origin[batch], direction, end)
    return Rays(origin, length, neighbour, race.born.birth.size)


def cut_rays(
    race: Race, origin: IntArray, direction: FloatArray, end: float
) -> tuple[FloatArray, IntArray]:
    """Return the length of rays, and the index of the civilization beyond (-1: nobody)."""
    born = race.born
    # Nobody gets past the plane half-way to the own image.
    half_way = 0.5 * race.box / np.abs(direction).max(axis=1)
    length = np.minimum(born.speed[origin] * (end - born.start[origin]), half_way)
    neighbour = np.full(origin.size, -1)
    active = np.arange(origin.size)
    while active.size:
        who = origin[active]
        out = length[active, None] * direction[active]
        tip = born.place[who] + out
        arrives = born.start[who] + length[active] / born.speed[who]
        reached = race.first_at(tip % race.box, leave_out=who)
        sooner = reached.when < arrives
        active, found = active[sooner], reached.who[sooner]
        between = out[sooner] + way(race, tip[sooner], born.place[found])
        late = born.speed[found] * (born.start[found] - born.start[origin[active]])
        cut = border_distance(between, late, direction[active])
        # Who comes to the tip with us is beyond the border; rounding must not cut there again.
        shorter = cut < length[active] * (1.0 - 1e-12)
        active = active[shorter]
        neighbour[active], length[active] = found[shorter], cut[shorter]
    return length, neighbour


def border_distance(between: FloatArray, late: FloatArray, direction: FloatArray) -> FloatArray:
    """Return the distance at which rays cross the border with equal fronts.

    `between` is the way to the other's birthplace, `late` how far our front is out at its start.
    """
    along = (between * direction).sum(axis=1)
    return np.asarray(((between**2).sum(axis=1) - late**2) / (2.0 * (along - late)))


def random_directions(first: int, many: int, seed: int, realisation: int) -> FloatArray:
    """Return unit vectors (many, 3) from index `first` on, a function of (seed, realisation)."""
    return directions(
        *(numbers(f"ray {name}", seed, realisation, first, many) for name in ("height", "turn"))
    )


def directions(height: FloatArray, turn: FloatArray) -> FloatArray:
    """Return unit vectors (many, 3), uniform over the sphere, of two uniform numbers each."""
    up, angle = 2.0 * height - 1.0, 2.0 * np.pi * turn
    across = np.sqrt(1.0 - up**2)
    return np.column_stack([across * np.cos(angle), across * np.sin(angle), up])


def probe_places(probes: int, box: float, seed: int, realisation: int) -> FloatArray:
    """Return random places (probe, 3) in the box, a function of (seed, realisation)."""
    return box * np.column_stack(
        [numbers(f"probe {axis}", seed, realisation, 0, probes) for axis in "xyz"]
    )


def probed_volumes(
    reached: Reached, end: float, box: float, many: int
) -> tuple[FloatArray, FloatArray]:
    """Return the final volume of each of `many` domains and its standard error, Gly^3.

    What is not reached by the conformal time `end` stays nobody's. The error is that of a
    binomial count.
    """
    probes = reached.who.size
    held = (reached.who >= 0) & (reached.when < end)
    share = np.bincount(reached.who[held], minlength=many) / probes
    # Of a domain that no probe hit, one hit is the scale.
    error = np.sqrt(np.maximum(share, 1.0 / probes) * (1.0 - share) / probes)
    return share * box**3, error * box**3


def probed_meetings(race: Race, places: FloatArray, reached: Reached, end: float) -> Meetings:
    """Return pairs that meet, and dates, from the first two to reach each of many places.

    The time is that of the head-on meeting where nobody else was there before; else the earliest
    time on the border as far as the probes tell, which is late by what they miss.
    """
    close = (reached.second_who >= 0) & (reached.second_when < end)
    first, second = reached.who[close], reached.second_who[close]
    points, times = border_points(race, places[close], first, second)
    # A third that is faster than neither may be there before both, where speeds differ.
    true = race.first_at(points % race.box).when >= times * (1.0 - 1e-12)
    return meetings(race, first[true], second[true], times[true], end)


def meetings(race: Race, one: IntArray, other: IntArray, touch: FloatArray, end: float) -> Meetings:
    """Return each pair once, with its first meeting, from many touches of borders."""
    pair = np.sort(np.column_stack([one, other]), axis=1)
    pairs, index = np.unique(pair, axis=0, return_inverse=True)
    time = np.full(pairs.shape[0], np.inf)
    np.minimum.at(time, index.ravel(), touch)
    first, second = pairs[:, 0], pairs[:, 1]
    head_on, free = head_on_meetings(race, first, second)
    time = np.where(free, head_on, time)
    kept = time < end
    return Meetings(first[kept], second[kept], time[kept])


def way(race: Race, start: FloatArray, to: FloatArray) -> FloatArray:
    """Return the vectors from places to the nearest images of others."""
    apart = to - start
    return apart - race.box * np.round(apart / race.box) if race.periodic else apart


def arrival(race: Race, who: IntArray, places: FloatArray) -> FloatArray:
    """Return the time at which the front of one civilization each reaches a place."""
    born = race.born
    far = np.linalg.norm(way(race, places, born.place[who]), axis=1)
    return np.asarray(born.start[who] + far / born.speed[who])


def border_points(
    race: Race, places: FloatArray, first: IntArray, second: IntArray
) -> tuple[FloatArray, FloatArray]:
    """Return place and time at which the first two at a place meet, towards the second's birth."""
    to_second = way(race, places, race.born.place[second])
    low, high = np.zeros(first.size), np.ones(first.size)
    for _ in range(45):
        middle = 0.5 * (low + high)
        there = places + middle[:, None] * to_second
        ours = arrival(race, first, there) < arrival(race, second, there)
        low, high = np.where(ours, middle, low), np.where(ours, high, middle)
    points = places + high[:, None] * to_second
    return points, arrival(race, first, points)


def head_on_meetings(
    race: Race, first: IntArray, second: IntArray
) -> tuple[FloatArray, npt.NDArray[np.bool_]]:
    """Return the time at which pairs meet head on, and whether nobody else is there before."""
    born = race.born
    between = way(race, born.place[first], born.place[second])
    far = np.linalg.norm(between, axis=1)
    speeds = born.speed[first] + born.speed[second]
    starts = born.speed[first] * born.start[first] + born.speed[second] * born.start[second]
    time = (far + starts) / speeds
    share = born.speed[first] * (time - born.start[first]) / far
    places = born.place[first] + share[:, None] * between
    inside = places % race.box if race.periodic else places
    earliest = race.first_at(inside).when
    return time, earliest >= time * (1.0 - 1e-12)
