"""Who comes first: a tree over fronts in space-time, asked for arrivals, light and neighbours.

Fronts lie in leaves of eight along a Morton curve; node k has the children 2k and 2k + 1 and
knows its box, its earliest start and its greatest speed. The box of the world has side 1.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from sfc_sim.kernels._jit import kernel

__all__ = [
    "DEPTH",
    "LEAF",
    "Firsts",
    "Tree",
    "build_tree",
    "find_contacts",
    "find_firsts",
    "morton_codes",
]

LEAF = 8
DEPTH = 64  # of a stack: far more than any tree is deep


class Tree(NamedTuple):
    """Fronts in Morton order and the nodes over them; `who` is the civilization of each.

    `box` (node, 6): middle and half-width along each axis. `earliest`, `latest`, `fastest`.
    """

    periodic: bool
    place: np.ndarray
    start: np.ndarray
    speed: np.ndarray
    who: np.ndarray
    box: np.ndarray
    earliest: np.ndarray
    latest: np.ndarray
    fastest: np.ndarray


class Observer(NamedTuple):
    """A place, the start and speed of its own front (0: none), and whom to leave out."""

    x: float
    y: float
    z: float
    start: float
    speed: float
    left_out: int


class Firsts(NamedTuple):
    """The two earliest at each place: who (-1: nobody) and when (inf: never)."""

    who: np.ndarray
    when: np.ndarray
    second_who: np.ndarray
    second_when: np.ndarray


@kernel
def morton_codes(place: np.ndarray, codes: np.ndarray) -> None:
    """Fill the places along a Morton curve of 2^63 cells: neighbours in it are near in space."""
    for i in range(place.shape[0]):
        code = 0
        for axis in range(3):
            v = min(max(int(place[i, axis] * 2097152.0), 0), 2097151)
            for bit in range(21):
                code |= ((v >> bit) & 1) << (3 * bit + axis)
        codes[i] = code


@kernel
def build_tree(tree: Tree) -> None:
    """Fill the nodes from the fronts; half of them, a power of two, are leaves."""
    leaves, many = tree.earliest.size // 2, tree.start.size
    for node in range(2 * leaves - 1, 0, -1):
        low = np.full(3, math.inf)
        high = np.full(3, -math.inf)
        tree.earliest[node], tree.latest[node], tree.fastest[node] = math.inf, -math.inf, 0.0
        if node >= leaves:
            first = (node - leaves) * LEAF
            for i in range(first, min(first + LEAF, many)):
                tree.earliest[node] = min(tree.earliest[node], tree.start[i])
                tree.latest[node] = max(tree.latest[node], tree.start[i])
                tree.fastest[node] = max(tree.fastest[node], tree.speed[i])
                for axis in range(3):
                    low[axis] = min(low[axis], tree.place[i, axis])
                    high[axis] = max(high[axis], tree.place[i, axis])
        else:
            for child in range(2 * node, 2 * node + 2):
                if tree.earliest[child] == math.inf:
                    continue
                tree.earliest[node] = min(tree.earliest[node], tree.earliest[child])
                tree.latest[node] = max(tree.latest[node], tree.latest[child])
                tree.fastest[node] = max(tree.fastest[node], tree.fastest[child])
                for axis in range(3):
                    middle, half = tree.box[child, axis], tree.box[child, 3 + axis]
                    low[axis] = min(low[axis], middle - half)
                    high[axis] = max(high[axis], middle + half)
        for axis in range(3):
            tree.box[node, axis] = 0.5 * (low[axis] + high[axis])
            # A hair wider, so that rounding never puts a front outside its node.
            tree.box[node, 3 + axis] = 0.5 * (high[axis] - low[axis]) + 1e-15


@kernel
def gap(apart: float, half: float, periodic: bool) -> float:
    """Return the least distance along an axis to an interval of half-width `half`."""
    apart = abs(apart)
    if periodic:
        apart = min(apart, 1.0 - apart)
    return max(apart - half, 0.0)


@kernel
def node_distance(tree: Tree, node: int, seer: Observer) -> float:
    """Return the least distance from an observer to the box of a node."""
    dx = gap(tree.box[node, 0] - seer.x, tree.box[node, 3], tree.periodic)
    dy = gap(tree.box[node, 1] - seer.y, tree.box[node, 4], tree.periodic)
    dz = gap(tree.box[node, 2] - seer.z, tree.box[node, 5], tree.periodic)
    return math.sqrt(dx * dx + dy * dy + dz * dz)


@kernel
def distance(tree: Tree, i: int, seer: Observer) -> float:
    """Return the distance from an observer to the nearest image of a front's birthplace."""
    dx = gap(tree.place[i, 0] - seer.x, 0.0, tree.periodic)
    dy = gap(tree.place[i, 1] - seer.y, 0.0, tree.periodic)
    dz = gap(tree.place[i, 2] - seer.z, 0.0, tree.periodic)
    return math.sqrt(dx * dx + dy * dy + dz * dz)


@kernel
def meeting(apart: float, start: float, speed: float, seer: Observer) -> float:
    """Return the time at which a front (or light, speed 1) meets the observer's front head on."""
    return (apart + seer.speed * seer.start + speed * start) / (seer.speed + speed)


@kernel
def earliest_meeting(tree: Tree, node: int, seer: Observer, light: bool) -> float:
    """Return a date before which no front of a node meets the observer's."""
    if tree.earliest[node] == math.inf:
        return math.inf
    apart = node_distance(tree, node, seer)
    fastest = 1.0 if light else tree.fastest[node]
    bound = meeting(apart, tree.earliest[node], fastest, seer)
    if seer.speed > 0.0:
        # A slower front meets later, unless ours has passed it by; then no sooner than this.
        bound = min(bound, seer.start + apart / seer.speed)
    return bound


@kernel
def search(
    tree: Tree, seer: Observer, light: bool, two: bool, stack: np.ndarray, bounds: np.ndarray
) -> tuple[int, float, int, float]:
    """Return the two earliest meetings with an observer (the second only if asked for)."""
    who, second_who = -1, -1
    when = second_when = math.inf
    leaves = tree.earliest.size // 2
    stack[0], bounds[0] = 1, earliest_meeting(tree, 1, seer, light)
    height = 1
    while height > 0:
        height -= 1
        node = stack[height]
        if bounds[height] >= (second_when if two else when):
            continue
        if node < leaves:
            near, far = 2 * node, 2 * node + 1
            near_bound = earliest_meeting(tree, near, seer, light)
            far_bound = earliest_meeting(tree, far, seer, light)
            if far_bound < near_bound:
                near, far, near_bound, far_bound = far, near, far_bound, near_bound
            stack[height], bounds[height] = far, far_bound
            stack[height + 1], bounds[height + 1] = near, near_bound
            height += 2
            continue
        first = (node - leaves) * LEAF
        for i in range(first, min(first + LEAF, tree.start.size)):
            if tree.who[i] == seer.left_out:
                continue
            speed = 1.0 if light else tree.speed[i]
            date = meeting(distance(tree, i, seer), tree.start[i], speed, seer)
            if date < when:
                second_who, second_when = who, when
                who, when = tree.who[i], date
            elif date < second_when:
                second_who, second_when = tree.who[i], date
    return who, when, second_who, second_when


@kernel
def find_firsts(
    tree: Tree, places: np.ndarray, leave_out: np.ndarray, light: bool, two: bool, firsts: Firsts
) -> None:
    """Fill who comes first to each place (by front, or by light), and second if `two`."""
    stack, bounds = np.empty(DEPTH, np.int64), np.empty(DEPTH)
    for i in range(places.shape[0]):
        seer = Observer(places[i, 0], places[i, 1], places[i, 2], 0.0, 0.0, leave_out[i])
        found = search(tree, seer, light, two, stack, bounds)
        firsts.who[i], firsts.when[i] = found[0], found[1]
        if two:
            firsts.second_who[i], firsts.second_when[i] = found[2], found[3]


@kernel
def find_contacts(
    tree: Tree,
    places: np.ndarray,
    starts: np.ndarray,
    speeds: np.ndarray,
    leave_out: np.ndarray,
    light: bool,
    when: np.ndarray,
    who: np.ndarray,
) -> None:
    """Fill when the front of each civilization first meets another front, or light of one."""
    stack, bounds = np.empty(DEPTH, np.int64), np.empty(DEPTH)
    for i in range(starts.size):
        if speeds[i] == 0.0:
            when[i], who[i] = math.inf, -1
            continue
        seer = Observer(
            places[i, 0], places[i, 1], places[i, 2], starts[i], speeds[i], leave_out[i]
        )
        found = search(tree, seer, light, False, stack, bounds)
        who[i], when[i] = found[0], found[1]
