"""The section of a page on which its reader moves values and credences."""

from __future__ import annotations

from sfc_sim._core.rows import Html, fill, joined
from sfc_sim.decision.causes import USUAL, CausesLike
from sfc_sim.decision.study import Study
from sfc_sim.explorer.panels import carries, panels_of

__all__ = ["moved"]


def moved(study: Study, causes: CausesLike | None = USUAL) -> Html:
    """Return the explorer's panels for a study.

    Raises
    ------
    InputError
        If there can be none; the page says why in their place.
    """
    panels = panels_of(study, causes)
    return joined([fill("note", text=carries(study)), panels])
