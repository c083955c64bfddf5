"""Looking for life, listening for signals, looking for heat: what is found, or is not.

References
----------
A. Balbi & C. Grimaldi (2020), PNAS, arXiv:2008.07586.
C. Grimaldi (2023), AJ 165, 199.
B.-L. Huang, Z.-Z. Tao & T.-J. Zhang (2026), arXiv:2601.07297.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from math import log
from typing import TYPE_CHECKING, ClassVar, final

import numpy as np
import numpy.typing as npt

from sfc_sim._core.binomial import log_binomial
from sfc_sim._core.errors import InputError, number, whole_number
from sfc_sim._core.typing import FloatArray
from sfc_sim._core.variables import WHICH
from sfc_sim.inference.observation import (
    CONSTANTS,
    GalaxiesSearched,
    Observation,
    check_constants,
    found_at,
    plain,
    variable_of,
)
from sfc_sim.scenario.assumed import parts_of
from sfc_sim.scenario.origin import origin_of

if TYPE_CHECKING:
    import xarray as xr

    from sfc_sim.appearance.base import Appearance

__all__ = ["LifeSearched", "NoWasteHeat", "Silence"]

MOST_PLANETS = 10**15
"""Beyond it whole numbers are no longer told apart."""


@final
@dataclass(frozen=True)
class LifeSearched(Observation):
    """Life found on some of the planets searched: Binomial(k | n, f c + (1 - f) p).

    Here f is the fraction of habitable planets with life now, as the scenario's model has it: a
    product of factors names those of life in the option ``living``, a history of Earth its steps;
    of hard steps the first ``life_steps`` are passed by the age of Earth.

    Parameters
    ----------
    planets : int
        n: habitable planets searched, Earth not among them.
    found : int, default 0
        k: planets on which life was found.
    completeness : float, default 1
        c: chance of finding life where it is.
    false_positive : float, default 0
        p: chance of finding it where it is not.

    Raises
    ------
    InputError
        If more is found than is searched, or a chance is not in [0, 1].

    Examples
    --------
    >>> mars = LifeSearched(planets=1, found=1)
    >>> print(np.exp(mars.log_chance(np.log([0.01, 0.5]))).round(3), "|", mars.meaning)
    [0.01 0.5 ] | life found on 1 of 1 planet
    """

    planets: int
    found: int = 0
    completeness: float = 1.0
    false_positive: float = 0.0
    name: ClassVar[str] = "life-searched"

    def __post_init__(self) -> None:
        checked = {
            "planets": whole_number(self.planets, "planets", 1, MOST_PLANETS),
            "found": whole_number(self.found, "found", 0, MOST_PLANETS),
            "completeness": number(self.completeness, "completeness", 0.0, 1.0),
            "false_positive": number(self.false_positive, "false_positive", 0.0, 1.0),
        }
        for field, value in checked.items():
            object.__setattr__(self, field, value)
        if self.found > self.planets:
            raise InputError(
                f"found is {self.found:,}; it must be {self.planets:,} or less, the planets that"
                " were searched"
            )

    @property
    def meaning(self) -> str:
        """What was observed, in a line."""
        words = f"life found on {_many(self.found)} of {_many(self.planets)} planet"
        chances = {"completeness": self.completeness, "false positives": self.false_positive}
        told = [f"{name} {plain(p)}" for name, p in chances.items() if p != (name[0] == "c")]
        return ", ".join([words + "s" * (self.planets > 1), *told])

    @property
    def outcomes(self) -> tuple[LifeSearched, ...]:
        """The same search with every number that it may find."""
        return tuple(replace(self, found=k) for k in range(self.planets + 1))

    @property
    def size(self) -> float:
        """Planets searched."""
        return float(self.planets)

    def log_chance(self, log_fraction: npt.ArrayLike) -> FloatArray:
        """Return the log of its chance, given the log of the fraction of planets with life.

        Examples
        --------
        >>> LifeSearched(planets=40).log_chance(np.log([0.1])).round(3)
        array([-4.214])
        """
        with np.errstate(divide="ignore"):
            log_fraction = np.asarray(log_fraction, dtype=float)
            log_none = np.log(-np.expm1(log_fraction))
            c, p = self.completeness, self.false_positive
            log_hit = np.logaddexp(log_fraction + np.log(c), log_none + np.log(p))
            log_miss = np.logaddexp(log_fraction + np.log1p(-c), log_none + np.log1p(-p))
        return log_binomial(self.found, self.planets, log_hit, log_miss)

    def log_likelihood(self, draws: xr.Dataset) -> FloatArray:
        """Return the natural log of its chance in every draw; see `Observation`."""
        log_fraction = _asked(draws, self.name, lambda model, world: model.log_life(world))
        return self.log_chance(np.broadcast_to(log_fraction, (draws.sizes["draw"],)))


@final
@dataclass(frozen=True)
class Silence(Observation):
    """No emission has crossed Earth for some years: exp(-p tau N / L).

    Civilizations that stay detectable for L, of which there are N now, begin at the rate N / L. The
    first emission of each, if it crosses Earth, does so at that rate too (Grimaldi 2023).

    Parameters
    ----------
    years : float, str or Quantity, default 60 yr
        tau: for how long none has crossed Earth (Grimaldi 2023; verified).
    detection : float, default 1
        p: chance that the emission of a civilization crosses Earth and would have been noticed.

    Raises
    ------
    InputError
        If `years` is not positive, or `detection` not in (0, 1].

    Examples
    --------
    >>> print(Silence("100 yr").log_chance(np.log([0.01, 0.05])), Silence().meaning)
    [-1. -5.] no emission has crossed Earth for 60 yr
    """

    years: float = CONSTANTS["silence", "years"].value
    detection: float = CONSTANTS["silence", "detection"].value
    name: ClassVar[str] = "silence"

    def __post_init__(self) -> None:
        check_constants(self)

    @property
    def meaning(self) -> str:
        """What was observed, in a line."""
        return f"no emission has crossed Earth for {plain(self.years)} yr{found_at(self.detection)}"

    def log_chance(self, log_rate: npt.ArrayLike) -> FloatArray:
        """Return the log of its chance, given the log of the rate of emissions per year.

        Examples
        --------
        >>> Silence(60).log_chance([-800.0, np.log(0.05)]).round(3)
        array([-0., -3.])
        """
        with np.errstate(over="ignore"):
            crossed = np.asarray(log_rate, dtype=float) + log(self.years * self.detection)
            return np.asarray(-np.exp(crossed))

    def log_likelihood(self, draws: xr.Dataset) -> FloatArray:
        """Return the natural log of its chance in every draw; see `Observation`."""
        log_stay = _asked(draws, self.name, lambda model, world: model.log_stay(world))
        log_number = variable_of(draws, "log10_civilizations_now") * log(10.0)
        return self.log_chance(log_number - log_stay)


@final
@dataclass(frozen=True)
class NoWasteHeat(GalaxiesSearched):
    """No galaxy whose starlight is turned into heat of 300 K: exp(-N N_gal p).

    A survey of the same sky as that of `NoTypeThree`, at a fifth of a galaxy's light rather than
    most of it: give one of the two.

    Parameters
    ----------
    galaxies : float, default 18,600
        Galaxies that would have shown 21 % of the luminosity of the Milky Way: as many as put the
        95 % bound at 1.61e-4 (Huang, Tao & Zhang 2026; verified in the abstract).
    fraction : float, default 0.01
        p: chance that a civilization uses so much of its galaxy by the time that we see it
        (assumed, our choice).
    detection : float, default 1
        Chance that the heat of such a galaxy would have been seen.

    Raises
    ------
    InputError
        If `galaxies` is not positive, or `fraction` or `detection` not in (0, 1].

    Examples
    --------
    >>> NoWasteHeat().rate
    186.0
    """

    galaxies: float = CONSTANTS["no-waste-heat", "galaxies"].value
    fraction: float = CONSTANTS["no-waste-heat", "fraction"].value
    detection: float = CONSTANTS["no-waste-heat", "detection"].value
    name: ClassVar[str] = "no-waste-heat"
    found: ClassVar[str] = "with waste heat"


def _asked(
    draws: xr.Dataset,
    evidence: str,
    ask: Callable[[Appearance, Mapping[str, FloatArray]], FloatArray],
) -> FloatArray:
    """Return what the scenario's appearance model says of its draws."""
    origin = origin_of(draws)
    found = np.empty(draws.sizes["draw"])
    parts = parts_of(origin.scenario)
    for k, part in enumerate(parts):
        group = draws[WHICH].values == k if len(parts) > 1 else np.ones(found.size, dtype=bool)
        model = part.appearance.bound(part.factors, origin.background)
        world = {
            name: np.asarray(draws[name].values[group], dtype=float)
            for name in part.parameters
            if name in draws
        }
        where = f"scenario '{part.name}', evidence '{evidence}'"
        try:
            found[group] = ask(model, world)
        except InputError as error:
            raise InputError(f"{where}: {error}") from None
        except KeyError as missing:  # draws of a mixture keep what all have
            raise InputError(
                f"{where}: it asks for {missing}, which not every scenario of the mixture has"
            ) from None
    return found


def _many(whole: int) -> str:
    """Return a whole number as a person would write it, without rounding.

    Examples
    --------
    >>> _many(3), _many(12345), _many(10**9)
    ('3', '12,345', '1e9')
    """
    return f"{whole:,}" if whole < 10**6 else plain(float(whole))
