"""A choice between actions over worlds, and what it gains to know something before one acts.

The value of perfect information (Raiffa & Schlaifer 1961): the best action for each value of what
is learned, on average, less the best action for all.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, final

import numpy as np

from sfc_sim._core.effective import effective_number
from sfc_sim._core.few import FEWEST
from sfc_sim._core.quantiles import marks_of_bins
from sfc_sim._core.strata import Strata, error_of
from sfc_sim._core.typing import FloatArray

__all__ = ["FOLDS", "Choice", "cells", "gain_of_knowing"]

# Parts of the draws, each of which has its actions chosen by the others.
FOLDS: Final = 5


def gain_of_knowing(gains: FloatArray, weight: FloatArray, places: np.ndarray) -> float:
    """Return the gain of learning, before acting, which cell a world is in.

    Parameters
    ----------
    gains : ndarray, shape (action, world)
        Of each action in each world.
    weight : ndarray, shape (world,)
        Of the worlds.
    places : ndarray of int, shape (world,)
        The cell of each.

    Returns
    -------
    float
        Sum over cells of the best mean gain less the best mean gain of all; never negative.

    Examples
    --------
    >>> gains = np.array([[1.0, 0.0], [0.0, 1.0]])
    >>> gain_of_knowing(gains, np.array([0.5, 0.5]), np.array([0, 1]))
    0.5
    """
    cells = np.array([np.bincount(places, weight * gain) for gain in gains])
    whole = cells.sum(axis=1)
    # The same action best in every cell: the sums are the same numbers, and nothing is gained.
    if np.all(cells[np.argmax(whole)] >= cells.max(axis=0)):
        return 0.0
    return max(0.0, float(cells.max(axis=0).sum() - whole.max()))


@final
@dataclass(frozen=True)
class Choice:
    """What actions gain in worlds, and how many theories these are the worlds of.

    With `tied` efforts were such that all actions gain the same on average. `strata` are those of
    the draws, which all theories share.
    """

    gains: FloatArray
    weight: FloatArray
    stakes: FloatArray
    theories: int
    tied: bool
    strata: Strata | None = None

    @property
    def ess(self) -> float:
        """Effective draws that the stakes rest on."""
        return effective_number(self.stakes)

    @property
    def best(self) -> int:
        """The action that gains most without knowledge."""
        return int((self.gains @ self.weight).argmax())

    def chosen(self, places: np.ndarray, bins: int) -> np.ndarray | None:
        """Return the action in every world if its cell is known; nothing where draws are few.

        Each fifth of the draws has its actions chosen by the other four: an action is not
        chosen for the luck of the draws that it is then valued by.
        """
        cells = int(places.max()) + 1
        mass = np.bincount(places, self.stakes, minlength=cells)
        squares = np.bincount(places, self.stakes**2, minlength=cells)
        few = mass**2 < FEWEST * squares
        if mass[few].sum() > 0.5 * mass.sum() / bins:
            return None
        draw = np.arange(places.size) % (places.size // self.theories)
        split = draw % FOLDS * cells + places
        sums = np.array(
            [np.bincount(split, self.weight * gain, minlength=FOLDS * cells) for gain in self.gains]
        ).reshape(-1, FOLDS, cells)
        others = sums.sum(axis=1, keepdims=True) - sums
        action = others.argmax(axis=0)
        # Rows of few draws tell of nothing, and one acts as without them.
        action[:, few] = self.best
        return np.asarray(action.reshape(-1)[split])

    def told(self, action: np.ndarray | None) -> tuple[float, float]:
        """Return the gain of knowing over the best action now, and its standard error."""
        if action is None or self.ess < FEWEST:
            return np.nan, np.nan
        taken = self.gains[action, np.arange(action.size)]
        held = np.bincount(action, self.weight * taken, len(self.gains)).astype(float)
        return self.gained(taken, held)

    def gained(self, taken: FloatArray, held: FloatArray) -> tuple[float, float]:
        """Return the gain over the best action now, and its standard error.

        Of what is gained in every world, and how much of its mean is by each action.
        """
        now = self.gains[self.best]
        most = float(self.weight @ now)
        gained = float(self.weight @ (taken - now)) / most
        # Efforts are such that all gain the same: each action is told relative to its mean.
        reference = held / most @ self.gains if self.tied else (1.0 + gained) * now
        part = (taken - reference).reshape(self.theories, -1) / most
        weight = self.weight.reshape(self.theories, -1)
        part = part - (weight * part).sum(axis=1, keepdims=True) / weight.sum(axis=1, keepdims=True)
        # Theories share their draws: what a draw adds is added up before it is squared.
        return max(0.0, gained), error_of((weight * part).sum(axis=0), self.strata)


def cells(values: FloatArray, weight: FloatArray, many: int) -> np.ndarray:
    """Return the bin of every world: of equal weight, or of one value each where there are few.

    Examples
    --------
    >>> cells(np.array([3.0, 1.0, 1.0, 2.0]), np.full(4, 0.25), 4)
    array([2, 0, 0, 1])
    """
    return np.searchsorted(marks_of_bins(values, weight, many), values, side="left")
