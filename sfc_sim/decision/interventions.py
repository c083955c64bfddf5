"""What a unit of effort does, by intervention: derivatives of the expected value of the future.

In units of what humanity would grab it is EV = P_S u + (1 - P_S) s kappa u_A; see
`sfc_sim.decision.priorities`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, NamedTuple

import numpy as np

from sfc_sim._core.typing import FloatArray

__all__ = ["INTERVENTIONS", "Intervention", "Outlook"]


class Outlook(NamedTuple):
    """Everything uncertain, one joint draw per place; values per resource with u_H = 1."""

    share: FloatArray
    kept: FloatArray
    others: FloatArray
    misaligned: FloatArray
    survive: FloatArray
    aligned: FloatArray
    room: FloatArray
    held: FloatArray
    lost: FloatArray
    lost_marginal: FloatArray
    # What comes after us on Earth: chance of it, and its worth over that of humanity.
    anyone: FloatArray | float = 0.0
    made: FloatArray | float = 0.0

    @property
    def humanity(self) -> FloatArray:
        """Expected value per resource of humanity's civilization, u."""
        return np.asarray(self.aligned + (1.0 - self.aligned) * self.misaligned)

    @property
    def recovered(self) -> FloatArray:
        """Value of what others recover if humanity's civilization is not created."""
        return np.asarray(self.share * self.kept * self.others)

    @property
    def left(self) -> FloatArray:
        """Value of what anyone makes of it then: a successor on Earth, or, if none, others."""
        return np.asarray(self.made * self.humanity + (1.0 - self.anyone) * self.recovered)


class Intervention(NamedTuple):
    """What a unit of effort does, and what that is worth per volume that humanity would grab."""

    gain: Callable[[Outlook], FloatArray]
    unit: str
    meaning: str


def _speed_up(x: Outlook) -> FloatArray:
    # Of what we would lose, others take all but what is lost of the marginal volume.
    taken = x.lost - (1.0 - x.share) * x.lost_marginal
    return np.asarray(x.survive * (x.humanity * x.lost - x.kept * x.others * taken))


def _coordination(x: Outlook) -> FloatArray:
    # Others hold V - A in any case, and what they recover of A without us, less what it lost.
    free = (1.0 - x.survive) * (1.0 - x.anyone)  # nobody of Earth takes it
    return np.asarray(1.0 / x.held - 1.0 + free * x.share * x.kept)


INTERVENTIONS: Final[dict[str, Intervention]] = {
    "extinction": Intervention(
        lambda x: x.humanity - x.left,
        "probability of survival",
        "reduce the risk that humanity never becomes space-faring",
    ),
    "takeover": Intervention(
        lambda x: 1.0 - x.misaligned,
        "probability of takeover",
        "turn a misaligned takeover, which takes up space, into an aligned civilization",
    ),
    "alignment": Intervention(
        lambda x: x.survive * (1.0 - x.misaligned),
        "probability of alignment given survival",
        "make humanity's civilization better, given that there is one",
    ),
    "fail-safe": Intervention(
        lambda x: x.recovered - x.misaligned,
        "probability of takeover",
        "turn a misaligned civilization into none, which leaves all to others (Plan B)",
    ),
    "make-room": Intervention(
        lambda x: x.room * (x.recovered - x.misaligned),
        "probability of takeover",
        "make a misaligned civilization leave a part of its space to others",
    ),
    "speed-up": Intervention(_speed_up, "year", "start to expand a year earlier"),
    "coordination": Intervention(
        _coordination,
        "value per resource of others, of an aligned humanity's",
        "make what others do with their resources better, wherever they hold them",
    ),
}
"""Interventions by name."""
