"""Credences: numbers of 0 or more that sum to 1."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sfc_sim._core.errors import InputError, number, shown, unknown

__all__ = ["check_credences"]


def check_credences(credences: Mapping[str, float], known: Sequence[str] = ()) -> None:
    """Raise `InputError` unless credences are 0 or more, sum to 1, and name what is known.

    Examples
    --------
    >>> check_credences({"sia": 0.5, "prior": 0.4})
    Traceback (most recent call last):
    ...
    sfc_sim._core.errors.InputError: credences sum to 0.9 (sia 0.5, prior 0.4); they must sum to 1
    """
    for name, credence in credences.items():
        if known and name not in known:
            raise unknown("theory", name, known)
        if number(credence, f"credence in '{name}'") < 0.0:
            raise InputError(f"credence in '{name}' is {shown(credence)}; it must be 0 or more")
    total = sum(credences.values())
    if abs(total - 1.0) > 1e-6:
        listed = ", ".join(f"{name} {credence:g}" for name, credence in credences.items())
        raise InputError(f"credences sum to {total:.9g} ({listed or 'none'}); they must sum to 1")
