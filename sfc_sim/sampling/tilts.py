"""The amount, which is drawn last: its weight given all else is known to be near w exp(-w V)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache
from typing import Final, final

import numpy as np

from sfc_sim._core.typing import FloatArray

__all__ = ["NO_CUT", "Tilts"]

NO_CUT: Final = 700.0
"""A cut of the amount so high that there is none."""

# Of the table of norms, in log V, up to where even the least amount covers all: the cubic through
# four levels is right to 1e-6, and to 1e-4 where quantiles of the amount lie decades apart, which
# 10^8 draws would not tell. Beyond the table, or these levels, norms are computed.
STEP = 0.025
LEVELS = -100.0, 150.0


@final
@dataclass(frozen=True)
class Tilts:
    """Laws of the amount w given what a unit of it covers, V: as w^slope exp(-w V exp(-cut)).

    Attributes
    ----------
    edges, log_amounts : ndarray
        Quantile edges of the prior of the amount, and its log there: laws are linear between.
    laws : ndarray, shape (tilt, 2)
        Slopes and cuts.
    step : float
        Of the table of norms, in log V.
    of : tuple of int
        Which V each law has, where there are several: see `at`. By default all have the first.
    """

    edges: FloatArray
    log_amounts: FloatArray
    laws: FloatArray
    step: float = STEP
    of: tuple[int, ...] = ()

    @classmethod
    def of_laws(
        cls, edges: FloatArray, log_amounts: FloatArray, laws: Sequence[Sequence[float]]
    ) -> Tilts:
        """Return the tilts of a proposal: slope, cut, and which V if it is not the first."""
        pairs = np.array([law[:2] for law in laws], dtype=float).reshape(-1, 2)
        return cls(edges, log_amounts, pairs, of=tuple(int((*law, 0)[2]) for law in laws))

    @cached_property
    def columns(self) -> list[tuple[np.ndarray, Tilts]]:
        """The places of the laws of each V, and those alone."""
        found = [np.flatnonzero(np.array(self.of) == column) for column in sorted({*self.of})]
        return [(own, replace(self, laws=self.laws[own], of=())) for own in found]

    @cached_property
    def table(self) -> tuple[float, float, FloatArray]:
        """The first level of log V, the step to the next, and the log norms there."""
        finite = self.log_amounts[1:-1][np.isfinite(self.log_amounts[1:-1])]
        low, high = 0.0, 1.0
        if finite.size:
            low = max(-finite.max() - 40.0, LEVELS[0])
            high = max(min(-finite.min() - 4.0, LEVELS[1]), low)
        grid = self.edges.tobytes(), self.log_amounts.tobytes()
        levels = np.arange(low, high + 4 * self.step, self.step)
        out = np.empty((len(self.laws), levels.size))
        for k, law in enumerate(self.laws.tolist()):
            out[k] = _log_norms(*grid, *law, levels.tobytes())
        return low, self.step, out

    def at(self, log_lit: FloatArray, u: FloatArray, which: np.ndarray) -> FloatArray:
        """Move quantiles of the amount by the tilts, and return the log densities there.

        Parameters
        ----------
        log_lit : ndarray, shape (draw,) or (draw, V)
            Log of V.
        u : ndarray, shape (draw,)
            Quantiles, moved in place.
        which : ndarray of int, shape (draw,)
            By which tilt; none where it is negative.

        Returns
        -------
        ndarray, shape (draw, tilt)
        """
        from sfc_sim.kernels.mixture import tilt

        if log_lit.ndim == 2:
            return self._at_several(log_lit, u, which)
        slopes, cuts = np.ascontiguousarray(self.laws.T)
        out = np.empty((u.size, slopes.size))
        tilt(log_lit, which, self.edges, self.log_amounts, slopes, cuts, *self.table, u, out)
        return out

    def _at_several(self, log_lit: FloatArray, u: FloatArray, which: np.ndarray) -> FloatArray:
        """Do so where laws are of several V: all draws are moved before densities are taken."""
        if not any(self.of):
            first = np.ascontiguousarray(log_lit[:, 0])
            return replace(self, of=()).at(first, u, which)
        out = np.empty((u.size, len(self.laws)))
        nowhere = np.full(u.size, -1)
        for moving in (True, False):
            for own, tilts in self.columns:
                place = np.full(len(self.laws) + 1, -1)
                place[own] = np.arange(own.size)
                lit = np.ascontiguousarray(log_lit[:, self.of[own[0]]])
                out[:, own] = tilts.at(lit, u, place[which] if moving else nowhere)
        return out


@lru_cache(maxsize=128)  # laws come again, in the stages of a pilot and in the bins of a curve
def _log_norms(
    edges: bytes, log_amounts: bytes, slope: float, cut: float, levels: bytes
) -> FloatArray:
    """Return the log norms of a tilt at levels of log V; arrays come as their bytes."""
    from sfc_sim.kernels.mixture import log_norms

    at = np.frombuffer(levels)
    out = np.empty((1, at.size))
    grid = np.frombuffer(edges), np.frombuffer(log_amounts)
    log_norms(at, *grid, np.array([slope]), np.array([cut]), out)
    return np.asarray(out[0])
