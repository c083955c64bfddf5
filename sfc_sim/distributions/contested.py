"""What is contested of a number or a choice that a model declares, and what else it might be."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, final

from sfc_sim._core.errors import InputError, mapping, shown, text

__all__ = ["Contested"]


@final
@dataclass(frozen=True)
class Contested:
    """A premise that every scenario of a model rests on, and the other values it might have.

    Parameters
    ----------
    premise : str
        What `sfc_sim.analysis.premises` calls it.
    says : str
        What is assumed, in words.
    values : mapping of str
        The other values by what they are called: numbers in the declared unit, distributions, or
        choices of an option. That of a scenario itself is passed over.
    by : str, optional
        Who contests it, or the work that the values are after.

    Examples
    --------
    >>> from sfc_sim.distributions.declarations import Declared, Interval
    >>> late = Contested("onset", "planets were habitable early", {"9 Gyr": 9.0}, by="Me 2026")
    >>> Declared("onset", "t", "Gyr", "date", Interval("(0, 13)"), contested=late).contested.by
    'Me 2026'
    """

    premise: str
    says: str
    values: Mapping[str, Any] = field(hash=False)
    by: str = ""

    def __post_init__(self) -> None:
        for key in ("premise", "says", "by"):
            text(getattr(self, key), f"{key} of what is contested")
        values = dict(mapping(self.values, f"values of the premise '{self.premise}'"))
        if not (self.premise and values):
            raise InputError("what is contested needs the name of a premise, and other values")
        object.__setattr__(self, "values", MappingProxyType(values))


def other_values(contested: Any, name: str) -> Mapping[str, Any]:
    """Return the other values of what is contested of `name`; none if nothing is."""
    if contested is None:
        return {}
    if not isinstance(contested, Contested):
        raise InputError(f"{name}: contested is {shown(contested)}; it must be a Contested")
    return contested.values
