"""Shared by the modules on planets: checked numbers in, floats or arrays out."""

from __future__ import annotations

from typing import Any, TypeVar

import numpy as np

from sfc_sim._core.errors import InputError
from sfc_sim._core.typing import FloatArray
from sfc_sim.units import to_value

__all__ = ["Real", "plain", "positive"]

Real = TypeVar("Real", float, FloatArray)


def plain(values: FloatArray) -> Any:
    """Return a float for an array without axes, else the array.

    Examples
    --------
    >>> plain(np.array(2.0)), plain(np.array([2.0]))
    (2.0, array([2.]))
    """
    return float(values) if np.ndim(values) == 0 else values


def positive(name: str, value: object, unit: str = "Gyr", least: float = 0.0) -> FloatArray:
    """Return a value as an array in a unit; raise if not positive and finite.

    Examples
    --------
    >>> positive("longest", "5 Gyr")
    array(5.)
    >>> positive("longest", -1.0)
    Traceback (most recent call last):
    sfc_sim._core.errors.InputError: longest is -1; it must be positive and finite
    """
    given = np.asarray(to_value(value, unit, name))
    wrong = ~((given > 0.0) & (given >= least) & np.isfinite(given))
    if wrong.any():
        allowed = f"{least:g} or more" if least else "positive"
        raise InputError(f"{name} is {given[wrong].flat[0]:g}; it must be {allowed} and finite")
    return given
