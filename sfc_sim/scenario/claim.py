"""What a source publishes, and which measure of ours computes it again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from types import MappingProxyType
from typing import Any, final

from sfc_sim._core.errors import InputError, choice, number, one_line, shown, text
from sfc_sim._core.tables import as_table, as_text, check_keys
from sfc_sim.scenario.parameter import STATUSES

__all__ = ["Claim"]

_NUMBERS = ("published", "tolerance")
_WORDS = ("quantity", "reason", "source", "measure", "note")


@final
@dataclass(frozen=True)
class Claim:
    """A published number of an estimate.

    Attributes
    ----------
    quantity : str
        What it is, in words.
    published : float
        The number.
    tolerance : float
        How far ours may lie from it, in the same unit; 0 or more.
    reason : str
        Why that far.
    source : str
        Where it is published.
    status : str
        How sure we are that it is: "verified", "secondary" or "assumed".
    measure : str
        Name of what computes it again: see `sfc_sim.literature.reproduce`.
    reproduced : bool
        Whether ours lies within the tolerance; where not, `note` says why.
    note : str
        A remark.
    arguments : mapping of str
        What the measure is told.
    """

    quantity: str
    published: float
    tolerance: float
    reason: str
    source: str
    status: str
    measure: str
    reproduced: bool = True
    note: str = ""
    arguments: Mapping[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        where = f"claim '{text(self.quantity, 'quantity')}'"
        for key in _NUMBERS:
            value = getattr(self, key)
            object.__setattr__(self, key, number(value, f"{where}: {key}"))
        if self.tolerance < 0.0:
            raise InputError(f"{where}: tolerance is {shown(self.tolerance)}; it must be 0 or more")
        for key in ("quantity", "reason", "source", "measure"):
            if not as_text(getattr(self, key), f"{where}: {key}").strip():
                raise InputError(f"{where}: {key} is missing")
        as_text(self.note, f"{where}: note")
        for key in _WORDS:
            object.__setattr__(self, key, one_line(getattr(self, key)))
        if not isinstance(self.arguments, Mapping):
            raise InputError(f"{where}: arguments must be a table, got {shown(self.arguments)}")
        choice(self.status, f"{where} status", STATUSES)
        if not isinstance(self.reproduced, bool):
            raise InputError(f"{where}: reproduced is {shown(self.reproduced)}; not true or false")
        if not (self.reproduced or self.note.strip()):
            raise InputError(f"{where}: a claim that is not reproduced needs a note that says why")
        object.__setattr__(self, "arguments", MappingProxyType(dict(self.arguments)))

    def __reduce__(self) -> tuple[Any, ...]:  # a MappingProxyType cannot be pickled
        given = [getattr(self, each.name) for each in fields(self)]
        return Claim, (*given[:-1], dict(self.arguments))

    def _repr_html_(self) -> str:
        from sfc_sim.scenario.display import claim_html

        return claim_html(self)

    def to_dict(self) -> dict[str, Any]:
        """Return the table of this claim in a scenario file."""
        words = {key: getattr(self, key) for key in _KEYS}
        return words | ({"arguments": dict(self.arguments)} if self.arguments else {})


_KEYS = tuple(entry.name for entry in fields(Claim) if entry.name != "arguments")


def claim_from_table(entry: Any) -> Claim:
    """Read a claim of a scenario file."""
    table = as_table(entry, "a claim")
    optional = ("reproduced", "note", "arguments")
    check_keys(f"claim '{table.get('quantity', '')}'", table, (*_KEYS, "arguments"), optional)
    return Claim(**table)
