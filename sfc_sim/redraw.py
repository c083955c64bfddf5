"""Self-indication, integrated: the pair (try-once probability, expanding fraction) drawn again.

The number of observers like us is linear in w, and coverage in w f: given all else, what
self-indication makes of the two is a matter of one number per draw, the coverage of today.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Protocol, final

import numpy as np

from sfc_sim._typing import FloatArray

__all__ = ["PairPriors", "Quantiles"]


class Quantiles(Protocol):
    """What is asked of a prior: its quantile function and its ends."""

    @property
    def support(self) -> tuple[float, float]:
        """Smallest and largest value."""
        ...

    def ppf(self, u: FloatArray) -> FloatArray:
        """Return the value below which the probability is `u`."""
        ...


@final
@dataclass(frozen=True)
class PairPriors:
    """The priors of the try-once probability w and of the expanding fraction f.

    Parameters
    ----------
    amounts, fractions : Quantiles
        Of w and of f, independent of each other and of all else.
    """

    amounts: Quantiles
    fractions: Quantiles

    @cached_property
    def amount_edges(self) -> tuple[FloatArray, FloatArray]:
        """Quantile edges of w, and ln w there."""
        edges, amounts = resolved(self.amounts)
        with np.errstate(divide="ignore"):
            return edges, np.log(amounts)

    @cached_property
    def fraction_edges(self) -> tuple[FloatArray, FloatArray]:
        """Quantile edges of f, and f there."""
        return resolved(self.fractions)

    @cached_property
    def log_spared(self) -> tuple[FloatArray, FloatArray]:
        """Even levels of ln y, and ln E[exp(-f y)] there."""
        return log_mean_spared(*self.fraction_edges)

    def redraw(
        self, log_tilt: FloatArray, u: FloatArray, other: FloatArray
    ) -> tuple[FloatArray, FloatArray, FloatArray]:
        """Draw (w, f) in proportion to prior x w exp(-w f V), V = exp(log_tilt).

        Parameters
        ----------
        log_tilt : ndarray, shape (draw,)
            ln V; minus infinity where nothing is known.
        u, other : ndarray, shape (draw,)
            Uniform numbers, for w and for f.

        Returns
        -------
        amount, fraction, log_share : ndarray, shape (draw,)
            w and f, and the log of w exp(-w f V) over the density they were drawn from,
            relative to the prior. Its exponential has the mean E[w exp(-w f V)] exactly, and
            is near it in every draw unless a prior spans many decades per quantile.
        """
        from sfc_sim.kernels.redraw import redraw_amount, redraw_fraction

        edges, log_amounts = self.amount_edges
        places, fractions = self.fraction_edges
        levels, log_spared = self.log_spared
        quantile, density = np.empty_like(u), np.empty_like(u)
        redraw_amount(
            log_tilt, u, edges, log_amounts, log_spared, levels[0], levels[1] - levels[0],
            fractions[0], quantile, density,
        )  # fmt: skip
        amount, log_share = self.amounts.ppf(quantile), -density
        with np.errstate(divide="ignore"):  # an amount of nothing has the weight of nothing
            log_amount = np.log(amount)
        redraw_fraction(log_tilt + log_amount, other, places, fractions, quantile, density)
        fraction = self.fractions.ppf(quantile)
        spared = amount * fraction * np.exp(log_tilt)
        return amount, fraction, log_share + log_amount - spared - density


def resolved(prior: Quantiles) -> tuple[FloatArray, FloatArray]:
    """Return quantiles that resolve a prior however far it is tilted, and its values there.

    Even in the middle, geometric towards 0 and 1. Where the prior still falls at a quantile of
    1e-12, the lower tail goes on to 1e-30: no coverage exceeds exp(50), so that quantiles of
    1e-22 are reached.
    """
    lower, upper = np.geomspace(1e-12, 0.05, 61), np.geomspace(0.05, 1e-12, 61)
    edges = np.concatenate([lower, np.linspace(0.05, 0.95, 37)[1:-1], 1.0 - upper])
    if prior.ppf(edges[0]) > max(1e-40, 1.001 * prior.support[0]):
        edges = np.concatenate([np.geomspace(1e-30, 1e-12, 103)[:-1], edges])
    return edges, prior.ppf(edges)


def log_mean_spared(edges: FloatArray, fractions: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return ln y from -20 to 80, and ln E[exp(-f y)] there, by the trapezoid over quantiles."""
    levels = np.linspace(-20.0, 80.0, 1001)
    share = 0.5 * (np.diff(edges, prepend=0.0) + np.diff(edges, append=1.0))
    exponent = np.log(share) - np.exp(levels)[:, None] * fractions
    top = exponent.max(axis=1)
    return levels, top + np.log(np.exp(exponent - top[:, None]).sum(axis=1))
