"""All civilizations start together: the static model that needs a number and no dates.

Origins are Poisson with mean D others per reachable volume V_R, all start now at one speed and
nothing is retaken. Humanity then takes A = V_R (1 - e^-D) / D, of which nobody else would ever
take U = V_R e^-D. It overstates recovery, as in time most rivals would come later.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from sfc_sim._errors import InputError
from sfc_sim._typing import FloatArray

__all__ = ["grabbed_share", "log_marginal_share", "recovered_by_displacement"]


def _density(rivals: npt.ArrayLike) -> FloatArray:
    try:
        density = np.asarray(rivals, dtype=float)
    except (TypeError, ValueError):
        density = np.asarray(np.nan)
    if not np.all((density >= 0.0) & np.isfinite(density)):
        raise InputError(
            f"rivals per reachable volume is {rivals!r}; it must be a finite number, 0 or more"
        )
    return density


def grabbed_share(rivals: npt.ArrayLike) -> FloatArray:
    """Return the share of its reachable volume that one of many simultaneous starters takes.

    Parameters
    ----------
    rivals : array_like
        D, mean number of others per reachable volume; 0 or more.

    Returns
    -------
    ndarray
        (1 - exp(-D)) / D, in the shape of `rivals`.

    Raises
    ------
    InputError
        If a value is negative or not a number.

    Examples
    --------
    >>> grabbed_share([0.0, 1.0, 3.0]).round(4)
    array([1.    , 0.6321, 0.3167])
    """
    density = _density(rivals)
    safe = np.where(density > 0.0, density, 1.0)
    return np.where(density > 0.0, -np.expm1(-safe) / safe, 1.0)


def log_marginal_share(rivals: npt.ArrayLike) -> FloatArray:
    """Return the log of the share of the reachable volume that nobody else would ever take: -D.

    Examples
    --------
    >>> float(log_marginal_share(3.0))
    -3.0
    """
    return -_density(rivals)


def recovered_by_displacement(rivals: npt.ArrayLike) -> FloatArray:
    """Return the share that others would recover of what one of many simultaneous starters takes.

    Parameters
    ----------
    rivals : array_like
        D, mean number of others per reachable volume; 0 or more.

    Returns
    -------
    ndarray
        1 - D / (exp(D) - 1), in the shape of `rivals`; 0 at D = 0, 1 for many rivals.

    Raises
    ------
    InputError
        If a value is negative or not a number.

    Examples
    --------
    >>> recovered_by_displacement([0.0, 1.0, 3.0]).round(4)
    array([0.    , 0.418 , 0.8428])
    """
    density = _density(rivals)
    safe = np.where(density > 1e-5, density, 1.0)
    with np.errstate(over="ignore"):
        exact = 1.0 - safe / np.expm1(safe)
    # Below 1e-5 the difference cancels; two terms of the series leave a relative error of 1e-16.
    return np.where(density > 1e-5, exact, density / 2.0 - density**2 / 12.0)
