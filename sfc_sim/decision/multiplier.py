"""What survival is worth, in closed form: one minus what others would recover without us.

With s the recovered share, kappa what recovered resources keep of their value, and q the value per
resource of others over that of humanity's civilization, it is 1 - s kappa q of what it would be
worth if nobody recovered any of the same resources.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from sfc_sim._core.arguments import validated
from sfc_sim._core.errors import InputError, bare, shown
from sfc_sim._core.typing import FloatArray

__all__ = ["extinction_multiplier", "finite", "takeover_ratio"]


@validated()
def extinction_multiplier(
    share: npt.ArrayLike, similarity: npt.ArrayLike = 1.0, retention: npt.ArrayLike = 1.0
) -> FloatArray:
    """Return the value of reducing extinction risk, over that with nobody to recover the same.

    Parameters
    ----------
    share : array_like
        Recovered share s, in [0, 1].
    similarity : array_like, default 1
        Value per resource of other civilizations over that of humanity's, q; may be negative.
    retention : array_like, default 1
        Value kept by resources that are recovered later, kappa, in [0, 1].

    Returns
    -------
    ndarray
        1 - s kappa q: 1 where nothing is recovered, negative where survival is net negative.

    Raises
    ------
    InputError
        If a value is outside its range or not finite.

    Examples
    --------
    >>> extinction_multiplier(0.84, [1.0, 0.5]).round(2)
    array([0.16, 0.58])
    """
    s = finite(share, "recovered share", 0.0, 1.0)
    q = finite(similarity, "similarity", -np.inf, np.inf)
    return 1.0 - s * finite(retention, "retention", 0.0, 1.0) * q


@validated()
def takeover_ratio(
    share: npt.ArrayLike,
    similarity: npt.ArrayLike = 1.0,
    retention: npt.ArrayLike = 1.0,
    misaligned: npt.ArrayLike = 0.0,
) -> FloatArray:
    """Return the value of preventing a misaligned takeover over that of preventing extinction.

    A misaligned civilization takes up the space that others would recover after extinction.

    Parameters
    ----------
    share, similarity, retention : array_like
        As for `extinction_multiplier`; similarity relative to an aligned civilization here.
    misaligned : array_like, default 0
        Value per resource of a misaligned civilization, relative to an aligned one.

    Returns
    -------
    ndarray
        (1 - u_M) / (1 - s kappa q); infinite where survival is worth nothing.

    Raises
    ------
    InputError
        If a value is outside its range or not finite.

    Examples
    --------
    >>> takeover_ratio([0.7, 0.84]).round(3)
    array([3.333, 6.25 ])
    """
    gain = 1.0 - finite(misaligned, "misaligned value", -np.inf, np.inf)
    survival = extinction_multiplier(share, similarity, retention)
    if np.any((gain == 0.0) & (survival == 0.0)):
        raise InputError(
            "takeover ratio is undefined: at this recovered share and similarity survival is"
            " worth 0, and a misaligned civilization is worth as much as an aligned one"
        )
    with np.errstate(divide="ignore"):
        return np.asarray(gain / survival)


def finite(value: npt.ArrayLike, name: str, low: float, high: float) -> FloatArray:
    """Return finite numbers within bounds, both allowed, as an array.

    Examples
    --------
    >>> finite([0.5, 1.0], "retention", 0.0, 1.0)
    array([0.5, 1. ])
    """
    try:
        array = np.asarray(bare(value, name, ""), dtype=float)
    except (TypeError, ValueError, OverflowError):
        array = np.asarray(np.nan)
    if not np.all(np.isfinite(array) & (array >= low) & (array <= high)):
        allowed = f"between {low:g} and {high:g}"
        if high == np.inf:
            allowed = "a finite number" + (", 0 or more" if low == 0.0 else "")
        raise InputError(f"{name} is {shown(value)}; it must be {allowed}")
    return array
