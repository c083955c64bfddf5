"""What the recovered share means for the value of reducing extinction risk.

With s the recovered share, kappa what recovered resources keep of their value, and q the value
per resource of others over that of humanity's civilization, survival is worth 1 - s kappa q of
what it would be worth with nobody to recover anything.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from sfc_sim._errors import InputError
from sfc_sim._typing import FloatArray
from sfc_sim.results import label, require

if TYPE_CHECKING:
    import xarray as xr

__all__ = ["extinction_multiplier", "takeover_ratio", "value_adjustment"]


def _finite(value: npt.ArrayLike, name: str, low: float, high: float) -> FloatArray:
    try:
        array = np.asarray(value, dtype=float)
    except (TypeError, ValueError):
        array = np.asarray(np.nan)
    if not np.all(np.isfinite(array) & (array >= low) & (array <= high)):
        allowed = "a finite number" if high == np.inf else f"between {low:g} and {high:g}"
        raise InputError(f"{name} is {value!r}; it must be {allowed}")
    return array


def extinction_multiplier(
    share: npt.ArrayLike, similarity: npt.ArrayLike = 1.0, retention: npt.ArrayLike = 1.0
) -> FloatArray:
    """Return the value of reducing extinction risk relative to a world with nobody else.

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
    s = _finite(share, "recovered share", 0.0, 1.0)
    q = _finite(similarity, "similarity", -np.inf, np.inf)
    return 1.0 - s * _finite(retention, "retention", 0.0, 1.0) * q


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
    gain = 1.0 - _finite(misaligned, "misaligned value", -np.inf, np.inf)
    survival = extinction_multiplier(share, similarity, retention)
    if np.any((gain == 0.0) & (survival == 0.0)):
        raise InputError(
            "takeover ratio is undefined: survival is worth nothing at this recovered share and"
            " similarity, and a misaligned civilization is as good as an aligned one"
        )
    with np.errstate(divide="ignore"):
        return np.asarray(gain / survival)


def value_adjustment(
    share: xr.Dataset, similarity: float = 1.0, *, retention: float = 1.0, misaligned: float = 0.0
) -> xr.Dataset:
    """Return by how much others lower the value of reducing extinction risk, per theory.

    Parameters
    ----------
    share : xarray.Dataset
        From `sfc_sim.saturation`: uses ``recovered_share``.
    similarity, retention, misaligned : float
        See `extinction_multiplier` and `takeover_ratio`.

    Returns
    -------
    xarray.Dataset
        Dim ``theory``: ``extinction_multiplier``, ``extinction_discount`` (one minus it) and
        its standard error, ``takeover_ratio``.

    Raises
    ------
    InputError
        If a value is outside its range or not finite.

    Examples
    --------
    >>> import xarray as xr
    >>> value = value_adjustment(xr.Dataset({"recovered_share": ("theory", [0.75])}))
    >>> value.extinction_discount.values
    array([0.75])
    """
    require(share, ["recovered_share"], "saturation")
    for name, number in (("similarity", similarity), ("retention", retention)):
        if np.ndim(number):
            raise InputError(f"{name} is {number!r}; one number is allowed here")
    recovered = share["recovered_share"].clip(0.0, 1.0)  # rounding may leave -1e-17
    multiplier = extinction_multiplier(recovered.values, similarity, retention)
    value = share[[]].assign(
        extinction_multiplier=(recovered.dims, multiplier),
        extinction_discount=(recovered.dims, 1.0 - multiplier),
        takeover_ratio=(
            recovered.dims,
            takeover_ratio(recovered.values, similarity, retention, misaligned),
        ),
    )
    if "recovered_share_standard_error" in share:
        error = abs(similarity * retention) * share["recovered_share_standard_error"]
        value = value.assign(extinction_discount_standard_error=error)
    value.attrs |= {"similarity": str(similarity), "retention": str(retention)}
    return label(value)
