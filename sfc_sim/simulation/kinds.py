"""Civilizations around us of two kinds: those whose volumes are visible, and those whose are not.

Each kind is born for itself, outside of what is known of it: visible ones in none of our past light
cone, the others in none of the past cone of fronts. Both are Poisson, and who is born where the
other kind has come by then drops out; with equal speeds that changes no place that is covered.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, final

import numpy as np
import numpy.typing as npt

from sfc_sim.simulation.around import Neighbourhood
from sfc_sim.simulation.spacetime import Births

if TYPE_CHECKING:
    from sfc_sim.inference.fronts import FrontEvidence
    from sfc_sim.simulation.sources import Cause

__all__ = ["Kinds", "kinds_around"]


@final
@dataclass(frozen=True)
class Kinds:
    """The neighbourhoods of both kinds, or of the only one that there is.

    Parameters
    ----------
    each : tuple of Neighbourhood
        One for each kind.
    visible : tuple of bool
        Whether it is the visible one.
    """

    each: tuple[Neighbourhood, ...]
    visible: tuple[bool, ...]

    @property
    def widest(self) -> Neighbourhood:
        """That whose cube holds the others."""
        return max(self.each, key=lambda one: one.side)

    def realise(self, seed: int, realisation: int) -> tuple[Births, npt.NDArray[np.bool_]]:
        """Return the births of one realisation, and which are visible; see `Neighbourhood`."""
        parts = [one.realise(seed, realisation) for one in self.each]
        kinds = zip(self.visible, parts, strict=True)
        visible = np.concatenate([np.full(part.birth.size, kind) for kind, part in kinds])
        if len(parts) == 1:
            return parts[0], visible
        side = self.widest.side
        places = [
            part.place + 0.5 * (side - one.side) for one, part in zip(self.each, parts, strict=True)
        ]
        place, birth = np.concatenate(places), np.concatenate([part.birth for part in parts])
        speed = np.concatenate([part.speed for part in parts])
        everyone = Births(place, birth, birth, speed)
        index = np.arange(birth.size)
        if birth.size:
            came = self.widest.race(everyone).first_at(place, leave_out=index).when
            index = index[came >= birth]
        index = index[np.argsort(birth[index], kind="stable")]
        return Births(place[index], birth[index], birth[index], speed[index]), visible[index]


def kinds_around(cause: Cause, front: FrontEvidence, speed: float) -> Kinds:
    """Return who may be around us: visible ones in no cone of `front`, others not engulfing us.

    Examples
    --------
    >>> import sfc_sim as sfc
    >>> from sfc_sim.inference import NothingVisible
    >>> from sfc_sim.simulation.sources import scenario_cause
    >>> some = sfc.load_scenario("cook2022-balanced").replace(visible_fraction=0.5)
    >>> around = kinds_around(scenario_cause(some, 8, 3), NothingVisible(), 0.5)
    >>> [(one.cone, kind) for one, kind in zip(around.each, around.visible)]
    [(1.0, True), (0.5, False)]
    """
    kinds = (
        (cause.visible, front.speed(speed), "births around us", True),
        (1.0 - cause.visible, speed, "births around us that nobody sees", False),
    )
    made = [
        (Neighbourhood(cause.background, cause.births(share), speed, cone, stream), kind)
        for share, cone, stream, kind in kinds
        if share > 0.0
    ]
    return Kinds(tuple(one for one, _ in made), tuple(kind for _, kind in made))
