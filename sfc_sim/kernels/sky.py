"""How large a domain looks, and how much of the sky several cover."""

from __future__ import annotations

import math

import numpy as np

from sfc_sim.kernels._jit import kernel

__all__ = ["angular_diameter", "angular_diameters", "covered_sky"]


@kernel
def _tangent_cone(ratio: float, speed: float) -> float:
    """Return the angle of the cone that touches the front, speed <= ratio < 1.

    With X the ratio and b the speed, cos(theta/2) = (√((1 - b²)(X² - b²)) + b²) / X. Times its
    conjugate, 1 - cos(theta/2) = 2 sin²(theta/4) loses no digits where the angle is small.
    Roots are taken before products, which would underflow for tiny speeds.
    """
    root = math.sqrt((1.0 - speed) * (1.0 + speed)) * math.sqrt(ratio - speed)
    rest = (ratio - speed) + speed * (1.0 - speed) + root * math.sqrt(ratio + speed)
    return 4.0 * math.asin(speed / math.sqrt(2.0 * ratio) * (1.0 - ratio) / math.sqrt(rest))


@kernel
def _tangent_to_one_moment(ratio: float, speed: float) -> float:
    """Return the published program's angle, speed <= ratio < 1, as if the front stood still.

    The line of sight touches the sphere of the moment a when the light left: (1 - a)² + (b a)² =
    X² and tan(theta/2) = b a / (1 - a). Differences of near numbers are written as products.
    """
    squared = speed * speed
    root = math.hypot(math.sqrt(ratio - speed) * math.sqrt(ratio + speed), speed * ratio)
    across = speed * (1.0 - ratio) * (1.0 + ratio) * (1.0 + squared)
    return 2.0 * math.atan2(across, (1.0 + root) * (squared + root))


@kernel
def angular_diameter(ratio: float, speed: float, published: bool) -> float:
    """Return the angle (rad) under which a domain is seen.

    `ratio` is its distance over the light travel since its birth, 0 or more; `speed` is that of
    its front, above 0 and at most 1. From 1 on nothing is seen yet and the angle is 0. Below the
    speed the front has passed the observer and the angle is 2 pi; at the speed it is arriving.

    Examples
    --------
    >>> round(angular_diameter(0.5, 0.5, False), 4), round(angular_diameter(0.5, 0.5, True), 4)
    (2.0944, 1.287)
    >>> angular_diameter(1.0, 0.5, False)
    0.0
    """
    if ratio >= 1.0:
        return 0.0
    if ratio < speed:
        return 2.0 * math.pi
    if published:
        return _tangent_to_one_moment(ratio, speed)
    return _tangent_cone(ratio, speed)


@kernel
def angular_diameters(
    ratios: np.ndarray, speeds: np.ndarray, published: bool, angles: np.ndarray
) -> None:
    """Fill `angles` with the angular diameters; all arrays of one flat shape.

    Examples
    --------
    >>> angles = np.empty(2)
    >>> angular_diameters(np.array([0.6, 1.0]), np.array([0.5, 0.5]), False, angles)
    >>> angles.round(4)
    array([0.923, 0.   ])
    """
    for i in range(ratios.size):
        angles[i] = angular_diameter(ratios[i], speeds[i], published)


@kernel
def covered_sky(directions: np.ndarray, half_angles: np.ndarray, lattice: np.ndarray) -> float:
    """Return the fraction of the lattice that lies within at least one disc.

    `directions` (disc, 3) and `lattice` (point, 3) are unit vectors, `half_angles` (disc,) the
    radii of the discs in rad. Rims are outside; from pi on a disc is the whole sky. It is fastest
    with the largest discs first.

    Examples
    --------
    >>> lattice = np.array([[0.0, 0.0, 1.0], [0.0, 1.0, 0.0], [0.0, 0.0, -1.0]])
    >>> round(covered_sky(np.array([[0.0, 0.0, 1.0]]), np.array([0.2]), lattice), 4)
    0.3333
    """
    cosines = np.empty(half_angles.size)
    for k in range(half_angles.size):
        # Rounding may leave the point opposite the centre just beyond cos = -1.
        cosines[k] = math.cos(half_angles[k]) if half_angles[k] < math.pi else -2.0
    count = 0
    for i in range(lattice.shape[0]):
        x, y, z = lattice[i, 0], lattice[i, 1], lattice[i, 2]
        for k in range(cosines.size):
            towards = x * directions[k, 0] + y * directions[k, 1] + z * directions[k, 2]
            if towards > cosines[k]:
                count += 1
                break
    return count / lattice.shape[0]
