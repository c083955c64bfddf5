"""What is known of the fronts of expanding civilizations, as evidence.

Fronts that nothing shows have not entered our past light cone; fronts that are not here have not
entered the past cone of their own speed (Cook 2022, chapter 3). The chance of either in a world is
exp(-V), with V the expected number of fronts in that cone; of quiet fronts, those in the second.
Where a place inside quiet fronts may bear observers too, nothing is visible from there either.

References
----------
T. Cook (2022), "Replicating and extending the grabby aliens model".

Examples
--------
>>> NothingVisible().covered, NotEngulfed().covered
('log_seen_now', 'log_covered_now')
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Final, final

import numpy as np

from sfc_sim._core.schema import cone_of
from sfc_sim._core.typing import FloatArray
from sfc_sim._core.volumes import GIVEN, Cone, given
from sfc_sim.inference.observation import Observation, variable_of
from sfc_sim.scenario.origin import origin_of

if TYPE_CHECKING:
    import xarray as xr

__all__ = ["FRONTS", "FrontEvidence", "NotEngulfed", "NothingKnown", "NothingVisible"]

_COVERED: Final[dict[Cone, str]] = {"light": "log_seen_now", "fronts": "log_covered_now"}


@dataclass(frozen=True)
class FrontEvidence(Observation):
    """That no front has entered a cone of our past.

    One of your own names the cone; its chance may be another than that of an empty cone.

    Attributes
    ----------
    name : str
        What it is called.
    cone : {"light", "fronts"}
        The past cone of light, or that of the fronts' own speed. Volumes that humanity would take
        are given that no front is in it.
    known : bool
        Whether it says anything.
    """

    cone: ClassVar[Cone] = "light"
    known: ClassVar[bool] = True

    @property
    def covered(self) -> str:
        """The variable of draws that holds the log of the fronts expected in the cone."""
        return _COVERED[self.cone]

    @property
    def entry(self) -> str:
        """The entry of the dim ``evidence`` of draws that holds the volumes given it."""
        return GIVEN[self.cone]

    def given(self, draws: xr.Dataset) -> xr.Dataset:
        """Return draws with the volumes given it, of dim ``draw`` alone.

        Examples
        --------
        >>> import sfc_sim as sfc
        >>> draws = sfc.sample("cook2022-balanced", 5, rng=1)
        >>> NotEngulfed().given(draws).volume_grabbed.dims
        ('draw',)
        """
        return given(draws, self.entry)

    def speed(self, fronts: float) -> float:
        """Return the speed of the cone, c, given that of the fronts.

        Examples
        --------
        >>> NothingVisible().speed(0.5), NotEngulfed().speed(0.5)
        (1.0, 0.5)
        """
        return 1.0 if self.cone == "light" else fronts

    def log_inside(self, draws: xr.Dataset) -> FloatArray:
        """Return the natural log of the chance that all looks so though a front is here.

        By default that is impossible.

        Examples
        --------
        >>> import xarray as xr
        >>> NotEngulfed().log_inside(xr.Dataset({"log_unaware_now": ("draw", [-1.0])}))
        array([-inf])
        """
        return np.full(draws.sizes["draw"], -np.inf)

    def log_likelihood(self, draws: xr.Dataset) -> FloatArray:
        """Return the natural log of its chance in every draw, if no front is here.

        Examples
        --------
        >>> import xarray as xr
        >>> NothingVisible().log_likelihood(xr.Dataset({"log_seen_now": ("draw", [0.0])}))
        array([-1.])
        """
        with np.errstate(over="ignore"):
            return np.asarray(-np.exp(variable_of(draws, self.covered)))


@final
@dataclass(frozen=True)
class NothingVisible(FrontEvidence):
    """That no front is in our past light cone."""

    name: ClassVar[str] = "nothing-visible"
    meaning: ClassVar[str] = "no front of expanding civilizations in our past light cone"
    cone: ClassVar[Cone] = "light"

    def log_inside(self, draws: xr.Dataset) -> FloatArray:
        """Return the log of the chance that quiet fronts are here, shape (draw,).

        Examples
        --------
        >>> import xarray as xr
        >>> NothingVisible().log_inside(xr.Dataset({"log_unaware_now": ("draw", [-1.0])}))
        array([-1.])
        """
        if "log_unaware_now" not in draws:
            return super().log_inside(draws)
        return variable_of(draws, "log_unaware_now")


@final
@dataclass(frozen=True)
class NotEngulfed(FrontEvidence):
    """That no front is here."""

    name: ClassVar[str] = "not-engulfed"
    meaning: ClassVar[str] = "no front of expanding civilizations has reached Earth"
    cone: ClassVar[Cone] = "fronts"


@final
@dataclass(frozen=True)
class NothingKnown(FrontEvidence):
    """Nothing is conditioned on; volumes are still those of a humanity that is not engulfed."""

    name: ClassVar[str] = "none"
    meaning: ClassVar[str] = "nothing is conditioned on"
    cone: ClassVar[Cone] = "fronts"
    known: ClassVar[bool] = False

    def log_likelihood(self, draws: xr.Dataset) -> FloatArray:
        """Return zeros, shape (draw,)."""
        return np.zeros(draws.sizes["draw"])


FRONTS: Final[dict[str, FrontEvidence]] = {
    each.name: each for each in (NothingKnown(), NotEngulfed(), NothingVisible())
}
"""What may be known of fronts, by name."""


def front_in(weights: xr.Dataset) -> FrontEvidence:
    """Return what weights know of fronts; of one of your own, what knows the same cone.

    Examples
    --------
    >>> import sfc_sim as sfc
    >>> front_in(sfc.weigh(sfc.sample("finnveden2019", 100, rng=1), "none", theories=["prior"]))
    NothingKnown()
    """
    return FRONTS.get(origin_of(weights).evidence) or FRONTS[GIVEN[cone_of(weights)]]
