"""What resources keep that others recover later, in all worlds of a study or in some of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import final

import numpy as np

from sfc_sim._core.effective import carriers_of, least_error
from sfc_sim._core.typing import FloatArray
from sfc_sim._core.weighted import product_of_ratios
from sfc_sim.decision.outcomes import arrivals_of, chosen_worlds
from sfc_sim.decision.study import Study
from sfc_sim.decision.timing import picks_of, worth_of
from sfc_sim.scenario.origin import origin_of

__all__ = ["Kept", "kept_of"]


@final
@dataclass(frozen=True)
class Kept:
    """Worlds that stand for all of a theory, or one number for all that keep the same.

    Parameters
    ----------
    places : ndarray of int, shape (pick,)
        Which draws they are.
    log_copies : ndarray, shape (pick,)
        For how many copies each stands.
    parts : ndarray, shape (4, pick)
        What others recover there and what humanity grabs, by worth and by volume.
    number : float, optional
        What is kept everywhere, where nothing goes by dates.
    """

    places: np.ndarray
    log_copies: FloatArray
    parts: FloatArray
    number: float | None = None

    def at(self, some: np.ndarray) -> Kept:
        """Return those among some of the draws, a mask."""
        own = some[self.places]
        return Kept(self.places[own], self.log_copies[own], self.parts[:, own], self.number)

    def value(self) -> tuple[float, float]:
        """Return the value kept and its standard error, see `sfc_sim.decision.retention`.

        Examples
        --------
        >>> Kept(np.arange(2), np.zeros(2), np.ones((4, 2))).value()
        (1.0, 0.5)
        """
        if self.number is not None:
            return self.number, 0.0
        worth, grabbed_worth, volume, grabbed = self.parts
        if not volume.any():  # nothing is recovered there, or it is not known what
            return 1.0, float(not self.places.size)
        copies = np.exp(self.log_copies - self.log_copies.max())
        kept, error = product_of_ratios(copies, [worth, grabbed], [grabbed_worth, volume])
        few = least_error(0.0, *carriers_of(self.log_copies, volume, grabbed))
        return kept, max(error, max(kept, 1.0) * few)

    def influence(self, draws: int) -> FloatArray:
        """Return the influence of each draw on the log of what is kept, to first order.

        Examples
        --------
        >>> Kept(np.array([0, 2]), np.zeros(2), np.ones((4, 2))).influence(3)
        array([0., 0., 0.])
        """
        moved = np.zeros(draws)
        if self.number is None and self.parts[2].any():
            copies = np.exp(self.log_copies - self.log_copies.max())
            shares = copies * self.parts / (self.parts @ copies)[:, None]
            moved[self.places] = shares[0] - shares[1] - shares[2] + shares[3]
        return moved


def kept_of(study: Study, theory: str) -> Kept:
    """Return what resources keep in the worlds of a theory, as the study values dates.

    Examples
    --------
    >>> import sfc_sim as sfc
    >>> study = sfc.assess("cook2022-balanced", 500, rng=7, theories=["prior"], retention=0.8)
    >>> kept_of(study, "prior").value()
    (0.8, 0.0)
    """
    if not isinstance(study.retention, str):
        kept = float(study.report["retention"].sel(theory=theory))
        return Kept(np.zeros(0, dtype=int), np.zeros(0), np.zeros((4, 0)), kept)
    draws, weights = study.draws, study.weights
    picked = chosen_worlds(draws, weights, theory, picks_of(draws.sizes["draw"]))
    found = arrivals_of(draws, weights, picked)
    worth = worth_of(study.retention, origin_of(draws).background)
    parts = found.recovered(worth), found.grabbed(worth), found.recovered(), found.grabbed()
    return Kept(picked.places, picked.log_copies, np.array(parts))
