"""What is believed about one number: frozen probability distributions with exact quantiles.

Every parameter of a scenario is one of these. All draws are made by pushing a probability ``u``
through `Distribution.ppf`, so a distribution is truncated by renormalising its quantile function
(the same as redrawing) and never by clipping. Positive kinds also give ``log10_ppf``, which holds
where the value itself would overflow or underflow.

Examples
--------
>>> from sfc_sim.distributions import LogUniform, TruncatedGeometric, between
>>> LogUniform(0.1, 10)
LogUniform(lo=0.1, hi=10)
>>> round(LogUniform(0.1, 10).median(), 12)
1.0
>>> TruncatedGeometric(0.35).ppf([0.1, 0.5, 0.99])
array([ 1.,  2., 11.])
>>> between(1, 100).kind
'log-normal'
"""

from __future__ import annotations

from sfc_sim.distributions import base
from sfc_sim.distributions.base import Distribution
from sfc_sim.distributions.continuous import Beta, Exponential, InverseUniform, LogUniform, Uniform
from sfc_sim.distributions.empirical import Empirical, samples
from sfc_sim.distributions.log_log import LogLog
from sfc_sim.distributions.log_odds import LogOddsUniform
from sfc_sim.distributions.mixture import Mixture
from sfc_sim.distributions.normal import LogNormal, LogNormal10, Normal, between
from sfc_sim.distributions.points import Discrete, Fixed, TruncatedGeometric, UniformInteger
from sfc_sim.distributions.power_of_ten import PowerOfTen
from sfc_sim.distributions.quantiles import Quantiles
from sfc_sim.distributions.scipy_law import (
    ScipyLaw,
    gamma,
    pareto,
    pert,
    student_t,
    triangular,
    truncated_normal,
)
from sfc_sim.distributions.text import law_from_text
from sfc_sim.distributions.truncated import TruncatedLogNormal

__all__ = [
    "KINDS",
    "MAKERS",
    "Beta",
    "Discrete",
    "Distribution",
    "Empirical",
    "Exponential",
    "Fixed",
    "InverseUniform",
    "LogLog",
    "LogNormal",
    "LogNormal10",
    "LogOddsUniform",
    "LogUniform",
    "Mixture",
    "Normal",
    "PowerOfTen",
    "Quantiles",
    "ScipyLaw",
    "TruncatedGeometric",
    "TruncatedLogNormal",
    "Uniform",
    "UniformInteger",
    "between",
    "gamma",
    "law_from_text",
    "pareto",
    "pert",
    "samples",
    "student_t",
    "triangular",
    "truncated_normal",
]

_ALL: tuple[type[Distribution], ...] = (
    Fixed,
    Uniform,
    LogUniform,
    InverseUniform,
    LogLog,
    LogOddsUniform,
    Normal,
    LogNormal,
    LogNormal10,
    TruncatedLogNormal,
    TruncatedGeometric,
    Exponential,
    PowerOfTen,
    Beta,
    Discrete,
    UniformInteger,
    Mixture,
    Quantiles,
    Empirical,
    ScipyLaw,
)
_MAKERS = (
    between,
    samples,
    triangular,
    pert,
    truncated_normal,
    gamma,
    pareto,
    student_t,
)
KINDS = base.KINDS
"""Every distribution by the name of its kind in TOML."""
KINDS.update((family.kind, family) for family in _ALL)
MAKERS = base.MAKERS
"""Functions that give one of these, by the name that they have in TOML."""
MAKERS.update((maker.__name__.replace("_", "-"), maker) for maker in _MAKERS)
