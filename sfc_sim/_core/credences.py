"""Credences: numbers of 0 or more that sum to 1."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sfc_sim._core.errors import InputError, number, shown, unknown

__all__ = ["check_credences", "mixture_named"]


def check_credences(credences: Mapping[str, float], known: Sequence[str] = ()) -> dict[str, float]:
    """Return credences as floats, which are 0 or more, sum to 1, and name what is known.

    Examples
    --------
    >>> check_credences({"sia": 1})
    {'sia': 1.0}
    >>> check_credences({"sia": 0.5, "prior": 0.4})
    Traceback (most recent call last):
    ...
    sfc_sim._core.errors.InputError: credences sum to 0.9 (sia 0.5, prior 0.4); they must sum to 1
    """
    found = {}
    for name, credence in credences.items():
        if known and name not in known:
            raise unknown("theory", name, known)
        found[name] = number(credence, f"credence in '{name}'")
        if found[name] < 0.0:
            raise InputError(f"credence in '{name}' is {shown(credence)}; it must be 0 or more")
    total = sum(found.values())
    if abs(total - 1.0) > 1e-6:
        listed = ", ".join(f"{name} {credence:g}" for name, credence in found.items())
        raise InputError(f"credences sum to {total:.9g} ({listed or 'none'}); they must sum to 1")
    return found


def mixture_named(given: object) -> str:
    """Return a mixture of scenarios as errors show it; nothing if it is none.

    Examples
    --------
    >>> mixture_named({"ord2021": 1.0}), mixture_named("ord2021")
    ("{'ord2021': 1.0}", '')
    """
    if type(given).__name__ == "ScenarioMixture":
        return shown(getattr(given, "name", given))
    # A Dataset is a mapping too.
    return shown(given) if isinstance(given, Mapping) and not hasattr(given, "attrs") else ""
