"""A distribution given that its number lies in a range."""

from __future__ import annotations

from dataclasses import replace

from sfc_sim.distributions.base import Distribution
from sfc_sim.distributions.continuous import InverseUniform, LogUniform, Uniform
from sfc_sim.distributions.points import Discrete, Fixed, Tabulated
from sfc_sim.distributions.truncated import log_normal_within

__all__ = ["within"]


def within(law: Distribution, low: float, high: float) -> Distribution | None:
    """Return a distribution given that its number lies in [low, high).

    None where there is nothing within, or a part of it is of no kind that there is.

    Examples
    --------
    >>> from sfc_sim.distributions import Exponential, UniformInteger
    >>> within(Uniform(0, 4), 1, 9), within(UniformInteger(1, 20), 7, 8)
    (Uniform(lo=1, hi=4), Fixed(value=7))
    >>> within(Exponential(1), 0, 1) is None
    True
    """
    if isinstance(law, Tabulated):
        values, weights, _ = law.table
        inside = (values >= low) & (values < high)
        if inside.sum() < 2:
            return Fixed(float(values[inside][0])) if inside.any() else None
        chances = weights[inside] / weights[inside].sum()
        return Discrete(tuple(values[inside].tolist()), tuple(chances.tolist()))
    if isinstance(law, Uniform | LogUniform | InverseUniform):
        lo, hi = max(law.lo, low), min(law.hi, high)
        return replace(law, lo=lo, hi=hi) if lo < hi else None
    return log_normal_within(law, low, high)
