"""A mean number of events as the probability of at least one, in decimal logarithms."""

from __future__ import annotations

from dataclasses import dataclass
from typing import final

import numpy as np

from sfc_sim._core.typing import FloatArray
from sfc_sim.distributions import Distribution

__all__ = ["Saturated", "log10_desaturated", "log10_saturated"]


def log10_saturated(log10_x: FloatArray) -> FloatArray:
    """Return log10 of 1 - exp(-x), the probability of at least one of x expected events.

    Parameters
    ----------
    log10_x : array of float
        Decimal logarithm of x, of any shape; -inf gives -inf. Below -8 it is the result itself,
        right to 2e-9.

    Examples
    --------
    >>> log10_saturated(np.array([-300.0, 0.0, 300.0])).tolist()
    [-300.0, -0.199200084627..., 0.0]
    """
    # exp(-10**3) is 0 in a double, so larger x change nothing; smaller ones take the other arm.
    probability = -np.expm1(-(10.0 ** np.minimum(np.maximum(log10_x, -8.0), 3.0)))
    return np.where(log10_x < -8.0, log10_x, np.log10(probability))


def log10_desaturated(log10_p: FloatArray) -> FloatArray:
    """Return log10(x) where log10(1 - exp(-x)) is `log10_p` < 0: the inverse of the above."""
    x = -np.log(-np.expm1(np.maximum(log10_p, -8.0) * np.log(10.0)))
    return np.where(log10_p < -8.0, log10_p, np.log10(x))


@final
@dataclass(frozen=True)
class Saturated:
    """The law of 1 - exp(-x), the probability of at least one of x expected events.

    Examples
    --------
    >>> from sfc_sim.distributions import LogUniform
    >>> Saturated(LogUniform(1e-3, 1e3)).ppf([0.0, 0.5]).round(4)
    array([0.001 , 0.6321])
    """

    events: Distribution

    @property
    def support(self) -> tuple[float, float]:
        """Smallest and largest value."""
        low, high = self.ppf([0.0, 1.0])
        return float(low), float(high)

    def ppf(self, u: FloatArray | list[float]) -> FloatArray:
        """Return the value below which the probability is `u`; 0 where it underflows."""
        return np.asarray(10.0 ** log10_saturated(self.events.log10_ppf(u)))
