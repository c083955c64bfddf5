"""Conversion of units: text or ``astropy`` quantities in, bare numbers out.

All other modules work in Gyr, comoving Gly and fractions of the speed of light.
A bare number is taken to be in the unit asked for already. Beyond the units of astropy it
knows the light-year as ``ly``, ``kly``, ``Mly``, ``Gly`` and the speed of light as ``c``.
"""

from __future__ import annotations

import re
from typing import Any, NoReturn, overload

import numpy as np
from numpy.typing import NDArray

from sfc_sim._core.errors import InputError, shown

__all__ = ["to_value"]

_NUMBER_AND_UNIT = re.compile(
    r"\s*([+-]?(?:inf|nan|(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?))(?![\d.])\s*(.*?)\s*"
)


@overload
def to_value(value: float | str, unit: str, name: str) -> float: ...
@overload
def to_value(value: NDArray[np.float64], unit: str, name: str) -> NDArray[np.float64]: ...
@overload
def to_value(value: object, unit: str, name: str) -> Any: ...
def to_value(value: Any, unit: str, name: str) -> Any:
    """Return `value` as a bare number, or an array of them, in `unit`.

    Parameters
    ----------
    value : float, array_like, str or astropy.units.Quantity
        What came in. Numbers are in `unit` already; text is a number, alone or with its unit.
    unit : str
        The unit wanted: one of astropy's, ``"c"`` for a speed, ``"Gly"`` for a length, or
        ``""`` for a pure number.
    name : str
        The parameter's name, for the error.

    Returns
    -------
    float or ndarray
        A float for a scalar, otherwise an array of `value`'s shape.

    Raises
    ------
    InputError
        If `value` is no number, is NaN or cannot be converted to `unit`.

    Notes
    -----
    astropy is imported only if there is a unit to convert.

    Examples
    --------
    >>> to_value(3, "Gyr", "duration"), to_value("3 Gyr", "Gyr", "duration")
    (3.0, 3.0)
    >>> to_value("4500 Myr", "Gyr", "duration")
    4.5
    >>> round(to_value("150000 km/s", "c", "expansion_speed"), 6)
    0.500346
    >>> to_value("3 kg", "Gyr", "duration")
    Traceback (most recent call last):
    sfc_sim._core.errors.InputError: duration: '3 kg' is not convertible to Gyr; ...
    """
    for what, word in {"unit": unit, "name": name}.items():
        if not isinstance(word, str):
            raise InputError(f"{what} is {shown(word)}; it must be text")
    if isinstance(value, str):
        number, given = _split(value, unit, name)
        bare: object = number if given in ("", unit) else _convert(number, given, unit, name, value)
    elif hasattr(value, "unit") and hasattr(value, "to_value"):
        bare = _convert(value.value, value.unit, unit, name, value)
    else:
        bare = value
    return _numbers(bare, unit, name, value)


def _split(text: str, unit: str, name: str) -> tuple[float, str]:
    """Return the number and the unit of a text such as ``"3 Gyr"``."""
    match = _NUMBER_AND_UNIT.fullmatch(text)
    if match is None:
        _refuse(name, text, "no number with a unit", unit)
    return float(match[1]), match[2]


def _convert(number: Any, given: object, unit: str, name: str, came: object) -> Any:
    """Return `number`, in the unit `given`, in `unit`."""
    import astropy.units as u
    from astropy.constants import c

    light_years = [
        u.def_unit(f"{prefix}ly", scale * u.lyr)
        for prefix, scale in {"": 1.0, "k": 1e3, "M": 1e6, "G": 1e9}.items()
    ]
    try:
        with u.add_enabled_units([*light_years, u.def_unit("c", c.value * u.m / u.s)]):
            wanted = u.Unit(unit)
            # A speed as a pure number is one in units of that of light.
            same = [(u.dimensionless_unscaled, wanted)] if unit == "c" else []
            return u.Quantity(number, u.Unit(given)).to_value(wanted, equivalencies=same)
    except (ValueError, TypeError):  # a unit unknown, or of another dimension
        _refuse(name, came, f"not convertible to {unit or 'a pure number'}", unit)


def _numbers(bare: object, unit: str, name: str, came: object) -> Any:
    """Return `bare` as a float or an array of floats without NaN."""
    try:
        numbers = np.asarray(bare)
    except (ValueError, TypeError):  # rows of different lengths, a list of quantities
        _refuse(name, came, "not a number", unit)
    if numbers.dtype.kind not in "iuf":
        _refuse(name, came, "not a number", unit)
    if np.isnan(numbers).any():
        _refuse(name, came, "not a number, or holds NaN", unit)
    return float(numbers) if numbers.ndim == 0 else numbers.astype(np.float64, copy=False)


def _refuse(name: str, came: object, reason: str, unit: str) -> NoReturn:
    """Raise the error that says what came and what is allowed."""
    shown = repr(str(came) if hasattr(came, "unit") else came).replace("\n", " ")
    shown = shown if len(shown) <= 80 else shown[:77] + "..."
    example = f"'1 {unit}'".replace(" '", "'")
    allowed = f"a number in {unit}, text such as {example}" if unit else "a pure number, text '1'"
    raise InputError(
        f"{name}: {shown} is {reason}; allowed: {allowed}, or a convertible astropy Quantity"
    ) from None
