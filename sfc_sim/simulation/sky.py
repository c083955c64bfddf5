"""What is seen of other civilizations: how large their domains look.

Light from the far side of a growing domain left it earlier, when it was smaller. What is seen is
therefore no sphere of one moment but where the domain meets the observer's past light cone.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np
import numpy.typing as npt

from sfc_sim._core.arguments import validated
from sfc_sim._core.errors import InputError, affordable, shown, unknown, whole_number
from sfc_sim._core.typing import FloatArray
from sfc_sim.kernels.sky import angular_diameters

__all__ = ["CONVENTIONS", "angular_diameter", "border_length", "golden_spiral"]

CONVENTIONS = ("exact", "published")


def _within(name: str, value: npt.ArrayLike, low: float, high: float, allowed: str) -> FloatArray:
    """Return numbers in [low, high] as an array; infinities and NaN are never among them."""
    try:
        numbers = np.asarray(value, dtype=float)
    except (TypeError, ValueError):
        raise InputError(f"{name} is {shown(value)}; it must be {allowed}") from None
    wrong = numbers[~((numbers >= low) & (numbers <= high) & np.isfinite(numbers))]
    if wrong.size:
        raise InputError(f"{name} is or holds {float(wrong[0])!r}; it must be {allowed}")
    return numbers


@validated(distance="Gly", light_travel="Gly", speed="c")
def angular_diameter(
    distance: npt.ArrayLike,
    light_travel: npt.ArrayLike,
    speed: npt.ArrayLike,
    *,
    convention: str = "exact",
) -> FloatArray:
    r"""Return the angle across the domain of an expanding civilization, as seen in the sky.

    Parameters
    ----------
    distance : array_like
        Comoving distance of its birthplace from the observer, Gly; finite, 0 or more.
    light_travel : array_like
        Conformal time since its birth, which is how far light has come since, Gly; finite. It is
        negative where the birth is still to come.
    speed : array_like
        Comoving speed of its front in units of c, in (0, 1].
    convention : {"exact", "published"}, default "exact"
        ``"exact"`` is the cone that touches the domain, over all moments from which light arrives
        now. ``"published"`` is what the program of [1]_ computes: the line of sight that touches
        the sphere of the moment when its light left, as if the front stood still.

    Returns
    -------
    ndarray
        Angular diameters, rad, in the shape the arguments broadcast to. 0 where nothing is seen
        yet (`distance` at least `light_travel`), 2 pi where the front has already passed the
        observer (`distance` below ``speed * light_travel``).

    Raises
    ------
    InputError
        If a number is outside its range, the shapes do not fit together or the convention is
        unknown.

    Notes
    -----
    With :math:`X` = distance / light travel and :math:`b` the speed, the exact angle obeys

    .. math:: \cos(\theta/2) = \bigl[\sqrt{(1-b^2)(X^2-b^2)} + b^2\bigr] / X .

    It is :math:`2\arccos b` when the front arrives. The published angle is smaller: by a factor
    :math:`\sqrt{1-b^2}` at first sight (0.5 % at :math:`b = 0.1`, a third at 0.75), and more than
    twofold at arrival at 0.75.

    References
    ----------
    .. [1] Hanson, Martin, McCarter & Paulson (2021), ApJ 922, 182, and its simulation program.

    Examples
    --------
    Half the speed of light: just in sight, nearer, arriving, and past us.

    >>> angular_diameter([1.0, 0.75, 0.5, 0.25], 1.0, 0.5).round(4)
    array([0.    , 0.4123, 2.0944, 6.2832])
    >>> angular_diameter([1.0, 0.75, 0.5, 0.25], 1.0, 0.5, convention="published").round(4)
    array([0.    , 0.3504, 1.287 , 6.2832])
    """
    if convention not in CONVENTIONS:
        raise unknown("convention", convention, CONVENTIONS)
    far = _within("distance", distance, 0.0, np.inf, "finite numbers, 0 or more (Gly)")
    travel = _within("light_travel", light_travel, -np.inf, np.inf, "finite numbers (Gly)")
    # The least double above 0 stands for the open end.
    fronts = _within("speed", speed, np.nextafter(0.0, 1.0), 1.0, "above 0 and at most 1 (c)")
    try:
        shape = np.broadcast_shapes(far.shape, travel.shape, fronts.shape)
        far, travel, fronts = (np.broadcast_to(x, shape) for x in (far, travel, fronts))
    except ValueError:
        shapes = f"{far.shape}, {travel.shape} and {fronts.shape}"
        raise InputError(
            f"distance, light_travel and speed have shapes {shapes}, which do not broadcast"
        ) from None
    ratios = np.ones(far.shape)
    np.divide(far, travel, out=ratios, where=far < travel)
    angles = np.empty(far.size)
    angular_diameters(ratios.ravel(), fronts.ravel(), convention == "published", angles)
    return angles.reshape(far.shape)


@validated(angle="rad")
def border_length(angle: npt.ArrayLike) -> FloatArray:
    r"""Return the length on the sky of a domain's border, as the published program computes it.

    Parameters
    ----------
    angle : array_like
        Angular diameter, rad, in [0, 2 pi].

    Returns
    -------
    ndarray
        :math:`2\sqrt2\,\pi\sqrt{1-\cos(\theta/2)} = 4\pi\sin(\theta/4)`, rad, in the shape of
        `angle`.

    Raises
    ------
    InputError
        If an angle is outside its range.

    Notes
    -----
    From the simulation program of Hanson, Martin, McCarter & Paulson (2021). The circle itself
    has length :math:`2\pi\sin(\theta/2)`, which agrees for small angles only.

    Examples
    --------
    >>> border_length([0.0, 0.1, np.pi]).round(4)
    array([0.    , 0.3141, 8.8858])
    """
    diameters = _within("angle", angle, 0.0, 2.0 * np.pi, "in [0, 2 pi] (rad)")
    return np.asarray(4.0 * np.pi * np.sin(diameters / 4.0))


@validated()
def golden_spiral(points: int = 2048) -> FloatArray:
    """Return directions spread evenly over the sky, along a spiral that turns by the golden angle.

    Parameters
    ----------
    points : int, default 2048
        How many; 1 or more.

    Returns
    -------
    ndarray, shape (points, 3)
        Unit vectors, read-only and shared between calls.

    Raises
    ------
    InputError
        If `points` is not a whole number of 1 or more.

    Notes
    -----
    Each point stands for the same area, so that the fraction of points inside a figure is its
    share of the sky. Only cells cut by the rim can err: for a disc of radius h by about
    √(cut / 12) / points in all, with cut = 2 pi sin(h) √(points / (4 pi)) such cells; 0.0013 for
    half the sky at 2048 points. Spiral: Swinbank & Purser (2006), Q. J. R. Meteorol. Soc. 132,
    1769.

    Examples
    --------
    >>> golden_spiral().shape
    (2048, 3)
    >>> float((golden_spiral()[:, 2] > 0.0).mean())
    0.5
    """
    return _spiral(affordable(whole_number(points, "points", 1), 100, "points"))


@lru_cache(maxsize=8)
def _spiral(points: int) -> FloatArray:
    index = np.arange(points, dtype=float)
    height = 1.0 - (2.0 * index + 1.0) / points
    # Whole turns are dropped first: sines of large angles lose digits.
    turn = 2.0 * np.pi * ((index * ((np.sqrt(5.0) - 1.0) / 2.0)) % 1.0)
    across = np.sqrt((1.0 - height) * (1.0 + height))
    lattice = np.stack([across * np.cos(turn), across * np.sin(turn), height], axis=1)
    lattice.flags.writeable = False
    return lattice
