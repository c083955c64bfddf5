"""Nobody else: humanity alone."""

from __future__ import annotations

from dataclasses import dataclass
from typing import final

from sfc_sim.appearance.base import Appearance

__all__ = ["Nobody"]


@final
@dataclass(frozen=True)
class Nobody(Appearance):
    """Humanity is alone, whatever it does.

    Examples
    --------
    >>> sorted(Nobody().gives)
    ['nobody']
    """

    name = "none"
    title = "Nobody else"
    source = "Armstrong & Sandberg 2013; Ord 2021"

    @property
    def gives(self) -> frozenset[str]:
        """Nobody, which only models of humanity without others can follow."""
        return frozenset({"nobody"})
