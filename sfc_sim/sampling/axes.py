"""What varies in a scenario: the dimensions in which worlds are placed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, final

import numpy as np

if TYPE_CHECKING:
    from sfc_sim.distributions import Distribution
    from sfc_sim.scenario.scenario import Scenario

__all__ = ["FEW_VALUES", "SPREAD", "Axes", "axes_of"]

SPREAD: Final = ", spread"

FEW_VALUES: Final = 64
"""Values up to which a discrete parameter has a table of chances."""


@final
@dataclass(frozen=True)
class Axes:
    """What varies in a scenario: the dimensions of a proposal.

    Attributes
    ----------
    continuous : tuple of str
        Parameters that are one coordinate z each. Those that are drawn repeatedly come last, then,
        named with `SPREAD`, the coordinates of how far what is drawn lies apart.
    discrete : tuple of (str, tuple of float)
        Parameters of few values, with the probability of each value and all below it.
    repeats : tuple of (str, str, int)
        Parameters that are drawn for each unit of another: its name, that of the other, and how
        often at most.
    amount : str
        The parameter in which the rate of appearance is linear, which is drawn last; or none.
    """

    continuous: tuple[str, ...]
    discrete: tuple[tuple[str, tuple[float, ...]], ...] = ()
    repeats: tuple[tuple[str, str, int], ...] = ()
    amount: str = ""


def axes_of(
    scenario: Scenario,
    repeated: Mapping[str, str],
    repeats: Mapping[str, int],
    amount: str = "",
) -> Axes:
    """Return the axes of a scenario: the parameters that vary.

    Examples
    --------
    >>> from sfc_sim.scenario import load_scenario
    >>> axes_of(load_scenario("finnveden2019"), {}, {}).discrete
    (('expansion_speed', (0.25, 0.75, 1.0)),)
    """
    laws = {name: parameter.distribution for name, parameter in scenario.parameters.items()}
    varying = {name: law for name, law in laws.items() if law.support[0] != law.support[1]}
    last = amount if amount in varying and not steps_of(varying[amount]) else ""
    varying.pop(last, None)
    tables = {name: steps for name, law in varying.items() if (steps := steps_of(law))}
    single = [name for name in varying if name not in repeats and name not in tables]
    many = [name for name in varying if name in repeats]
    spreads = [name + SPREAD for name in many if repeats[name] > 1]
    return Axes(
        (*single, *many, *spreads),
        tuple((name, steps) for name, steps in tables.items() if name not in repeats),
        tuple((name, repeated[name], repeats[name]) for name in many),
        last,
    )


def steps_of(law: Distribution) -> tuple[float, ...]:
    """Return the cumulative probabilities of a law of few values; none of any other law.

    Examples
    --------
    >>> from sfc_sim.distributions import LogUniform, UniformInteger
    >>> steps_of(UniformInteger(1, 4)), steps_of(LogUniform(1, 4))
    ((0.25, 0.5, 0.75, 1.0), ())
    """
    if not law.discrete:
        return ()
    values = np.unique(law.ppf((np.arange(4096) + 0.5) / 4096))
    if values.size > FEW_VALUES:
        return ()
    return (*law.cdf(values[:-1]).tolist(), 1.0)
