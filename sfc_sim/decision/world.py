"""The draws of a study as one theory sees them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import final

import numpy as np

from sfc_sim._core.typing import FloatArray

__all__ = ["World"]


@final
@dataclass(frozen=True, eq=False)
class World:
    """Draws as one theory sees them; arrays have shape (draw,).

    Attributes
    ----------
    alone, grabbed, marginal : ndarray
        Comoving volume, Gly^3: what humanity would hold with nobody else; what it gets; and what
        of that nobody else would take without it.
    log_copies : ndarray
        Log weight before the stakes that the theory counts, not normalised.
    weight : ndarray
        Of the theory; sums to 1.
    parameters : dict of str to ndarray
        Of the scenario, by name.
    """

    alone: FloatArray
    grabbed: FloatArray
    marginal: FloatArray
    log_copies: FloatArray
    weight: FloatArray
    parameters: Mapping[str, FloatArray]

    @property
    def recovered(self) -> FloatArray:
        """Share of what humanity grabs that others would take without it."""
        return 1.0 - self.marginal / self.grabbed

    @property
    def stakes(self) -> FloatArray:
        """Copies times volume, relative to the greatest."""
        with np.errstate(divide="ignore"):
            log_stakes = self.log_copies + np.log(self.grabbed)
        return np.asarray(np.exp(log_stakes - log_stakes.max()))
