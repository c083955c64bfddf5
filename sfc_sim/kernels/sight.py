"""What is seen from an event: the fronts whose start lies in its past light cone.

In a periodic world every image within the light cone counts. Lengths in sides of the box, c = 1.
"""

from __future__ import annotations

import math

import numpy as np

from sfc_sim.kernels._jit import kernel
from sfc_sim.kernels.sky import angular_diameter, covered_sky
from sfc_sim.kernels.tree import DEPTH, LEAF, Tree

__all__ = ["count_visible", "list_visible", "see_skies"]


@kernel
def image_gap(apart: float, half: float) -> float:
    """Return the least distance along an axis to an interval, without images."""
    return max(abs(apart) - half, 0.0)


@kernel
def visit_visible(
    tree: Tree, x: float, y: float, z: float, time: float, stack: np.ndarray, seen: np.ndarray,
    ways: np.ndarray,
) -> int:  # fmt: skip
    """Count the fronts whose start is in the past light cone of an event; list what has room.

    `seen` (row) takes the place in the tree, `ways` (row, 3) the vector to the birthplace.
    """
    leaves, count, height = tree.earliest.size // 2, 0, 1
    stack[0] = 1
    while height > 0:
        height -= 1
        node = stack[height]
        age = time - tree.earliest[node]
        if age <= 0.0:
            continue
        dx = image_gap(tree.box[node, 0] - x, tree.box[node, 3])
        dy = image_gap(tree.box[node, 1] - y, tree.box[node, 4])
        dz = image_gap(tree.box[node, 2] - z, tree.box[node, 5])
        if dx * dx + dy * dy + dz * dz >= age * age:
            continue
        if node < leaves:
            stack[height], stack[height + 1] = 2 * node, 2 * node + 1
            height += 2
            continue
        first = (node - leaves) * LEAF
        for i in range(first, min(first + LEAF, tree.start.size)):
            age = time - tree.start[i]
            dx, dy, dz = tree.place[i, 0] - x, tree.place[i, 1] - y, tree.place[i, 2] - z
            if age > 0.0 and dx * dx + dy * dy + dz * dz < age * age:
                if count < seen.size:
                    seen[count] = i
                    ways[count, 0], ways[count, 1], ways[count, 2] = dx, dy, dz
                count += 1
    return count


@kernel
def list_visible(
    tree: Tree, place: np.ndarray, time: float, stack: np.ndarray, seen: np.ndarray,
    ways: np.ndarray,
) -> int:  # fmt: skip
    """Count, and list as far as there is room, all that is visible from an event.

    A front is not visible from its own start.
    """
    shells = 0
    if tree.periodic and tree.start.size > 0:
        shells = max(0, math.ceil(time - tree.earliest[1]))
    count = 0
    for i in range(-shells, shells + 1):
        for j in range(-shells, shells + 1):
            for k in range(-shells, shells + 1):
                count += visit_visible(
                    tree, place[0] + i, place[1] + j, place[2] + k, time, stack,
                    seen[count:], ways[count:],
                )  # fmt: skip
    return count


@kernel
def count_visible(tree: Tree, places: np.ndarray, times: np.ndarray, counts: np.ndarray) -> None:
    """Fill how many fronts are visible from each event."""
    stack = np.empty(DEPTH, np.int64)
    nothing, no_way = np.empty(0, np.int64), np.empty((0, 3))
    for i in range(times.size):
        counts[i] = list_visible(tree, places[i], times[i], stack, nothing, no_way)


@kernel
def see_skies(
    tree: Tree,
    places: np.ndarray,
    times: np.ndarray,
    published: bool,
    lattice: np.ndarray,
    largest: np.ndarray,
    covered: np.ndarray,
) -> None:
    """Fill the largest angle (rad) and the share of the sky that domains cover, at each event."""
    stack = np.empty(DEPTH, np.int64)
    nothing, no_way = np.empty(0, np.int64), np.empty((0, 3))
    for i in range(times.size):
        many = list_visible(tree, places[i], times[i], stack, nothing, no_way)
        seen, ways, half = np.empty(many, np.int64), np.empty((many, 3)), np.empty(many)
        list_visible(tree, places[i], times[i], stack, seen, ways)
        largest[i] = 0.0
        for k in range(many):
            far = math.sqrt(ways[k, 0] ** 2 + ways[k, 1] ** 2 + ways[k, 2] ** 2)
            light_travel = times[i] - tree.start[seen[k]]
            angle = angular_diameter(far / light_travel, tree.speed[seen[k]], published)
            largest[i] = max(largest[i], angle)
            half[k] = 0.5 * angle
            for axis in range(3):
                ways[k, axis] /= far
        covered[i] = covered_sky(ways, half, lattice)
