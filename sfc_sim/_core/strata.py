"""Strata: parts of a sample of which it is given, not drawn, how many draws each has."""

from __future__ import annotations

from typing import Any, Final, NamedTuple, final

import numpy as np
import numpy.typing as npt

from sfc_sim._core.typing import FloatArray

__all__ = ["Strata", "error_of", "variance_in_strata"]

ROUNDING: Final = 1e-12
"""Part of a sum of squares that rounding may leave where draws of a stratum are all the same."""


@final
class Strata(NamedTuple):
    """The stratum of each draw, and how many draws each stratum has.

    Attributes
    ----------
    place : ndarray of int, shape (draw,)
        Of the draws at hand, which may be some of all.
    sizes : ndarray, shape (stratum,)
        Of all: the others have no influence on what is told of these.
    """

    place: npt.NDArray[np.int64]
    sizes: FloatArray

    @classmethod
    def of(cls, place: np.ndarray, many: int = 0) -> Strata:
        """Return the strata of all draws, by the place of each: 0, 1, ...; at least so many.

        Examples
        --------
        >>> Strata.of(np.array([0.0, 1.0, 0.0])).sizes
        array([2., 1.])
        """
        whole = place.astype(np.int64)
        return cls(whole, np.bincount(whole, minlength=many).astype(float))

    def at(self, places: Any) -> Strata:
        """Return those of some of the draws.

        Examples
        --------
        >>> Strata.of(np.array([0, 1, 0])).at(slice(2))
        Strata(place=array([0, 1]), sizes=array([2., 1.]))
        """
        return Strata(self.place[places], self.sizes)

    def summed(self, values: FloatArray) -> FloatArray:
        """Return the sum in each stratum."""
        return np.bincount(self.place, values, self.sizes.size).astype(float)


def error_of(influence: FloatArray, strata: Strata | None = None) -> float:
    """Return the standard error of what draws have so much influence on, to first order.

    With strata only what differs within them is an error (Cochran 1977, Sampling Techniques, 5.3).

    Parameters
    ----------
    influence : ndarray, shape (draw,)
        Of each draw; of all draws it sums to zero.
    strata : Strata, optional
        Without, how many draws are of each kind is drawn too.

    Examples
    --------
    >>> influence = np.array([0.5, 0.5, -0.5, -0.5])
    >>> error_of(influence), error_of(influence, Strata.of(np.array([0, 0, 1, 1])))
    (1.0, 0.0)
    """
    if strata is None:
        return float(np.sqrt(np.sum(influence**2)))
    sums, squares = strata.summed(influence), strata.summed(influence**2)
    return float(np.sqrt(variance_in_strata(strata.sizes, sums, squares)))


def variance_in_strata(sizes: FloatArray, sums: FloatArray, squares: FloatArray) -> float:
    """Return the variance of a sum of influences, by those of each stratum and their squares.

    A stratum of infinite size is as none: how many draws it has is drawn.

    Examples
    --------
    >>> variance_in_strata(np.full(2, 2.0), np.array([1.0, -1.0]), np.array([0.5, 0.5]))
    0.0
    """
    within = squares - sums**2 / np.maximum(sizes, 1.0)
    within = np.where(within > ROUNDING * squares, within, 0.0)
    return float(np.sum(within / (1.0 - 1.0 / np.maximum(sizes, 2.0))))
