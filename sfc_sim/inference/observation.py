"""What every observation can do, and the constants that the families start from."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, fields
from math import log, log1p, log10, nan
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
import numpy.typing as npt

from sfc_sim._core.errors import InputError, shown
from sfc_sim._core.typing import FloatArray
from sfc_sim.constants import Constant
from sfc_sim.distributions.declarations import Interval
from sfc_sim.scenario.origin import origin_of
from sfc_sim.units import to_value

if TYPE_CHECKING:
    import xarray as xr

    from sfc_sim.scenario.scenario import Scenario

__all__ = ["CONSTANTS", "CountObservation", "GalaxiesSearched", "Observation", "variable_of"]

# Of constants that need not be just positive.
_BOUNDS = {"undetected": "[0, 1)", "fraction": "(0, 1]", "detection": "(0, 1]"}

_SURE = "every one that is there is found; a choice made here"
_SDO = "after a family of Sandberg, Drexler & Ord 2018; the number is a choice made here"
CONSTANTS: dict[tuple[str, str], Constant] = {
    ("empty-galaxy", "detection"): Constant(1.0, "", _SURE, "assumed"),
    ("stars-searched", "searched"): Constant(1e3, "", f"targeted searches; {_SDO}", "assumed"),
    ("stars-searched", "stars"): Constant(
        1e11, "", "of the Milky Way, 1e11 to 4e11, recalled", "assumed"
    ),
    ("stars-searched", "detection"): Constant(1.0, "", _SURE, "assumed"),
    ("none-within", "distance"): Constant(100.0, "ly", _SDO, "assumed"),
    ("none-within", "volume"): Constant(
        7.85e12, "ly3", "disc of radius 50,000 ly and thickness 1,000 ly, derived here", "assumed"
    ),
    ("none-within", "thickness"): Constant(1e3, "ly", "of that disc, rounded", "assumed"),
    ("none-within", "detection"): Constant(1.0, "", _SURE, "assumed"),
    ("not-settled", "generations"): Constant(
        100.0, "", "fitted here to the published posterior of 99.6 %, not the authors'", "assumed"
    ),
    ("not-settled", "undetected"): Constant(
        0.004, "", "fitted here to the published posterior of 99.6 %, not the authors'", "assumed"
    ),
    ("no-type-three", "galaxies"): Constant(
        1e5, "", "Griffith et al. 2015 (ApJS 217, 25): none reprocess 85 % of starlight", "verified"
    ),
    ("no-type-three", "fraction"): Constant(0.01, "", "a choice made here", "assumed"),
    ("no-type-three", "detection"): Constant(1.0, "", _SURE, "assumed"),
    ("no-waste-heat", "galaxies"): Constant(
        18_600.0,
        "",
        "ln 20 over 1.61e-4, rounded: the most at 95 % that reprocess 21 % of a Milky Way at 300 K"
        " (Huang, Tao & Zhang 2026, arXiv:2601.07297, abstract)",
        "verified",
    ),
    ("no-waste-heat", "fraction"): Constant(0.01, "", "a choice made here", "assumed"),
    ("no-waste-heat", "detection"): Constant(1.0, "", _SURE, "assumed"),
    ("silence", "years"): Constant(
        60.0, "yr", "of searches (Grimaldi 2023, AJ 165, 199, abstract)", "verified"
    ),
    ("silence", "detection"): Constant(1.0, "", _SURE, "assumed"),
}


@dataclass(frozen=True)
class Observation(ABC):
    """Something seen, or not seen, that has a chance in every world."""

    name: ClassVar[str]

    @property
    @abstractmethod
    def meaning(self) -> str:
        """What was observed, in a line."""

    @property
    def outcomes(self) -> tuple[Observation, ...]:
        """All that the same look may find, of chances that sum to 1.

        None are given where it is only told whether it was found: that it was not is the other.
        """
        return ()

    @property
    def size(self) -> float:
        """How many were looked at; NaN where that is no number."""
        return nan

    @abstractmethod
    def log_likelihood(self, draws: xr.Dataset) -> FloatArray:
        """Return the natural log of its chance in every draw, shape (draw,).

        Parameters
        ----------
        draws : xarray.Dataset
            From `sfc_sim.sample`.

        Raises
        ------
        InputError
            If the scenario does not give what the observation is about.
        """


@dataclass(frozen=True)
class CountObservation(Observation):
    """An observation whose chance hangs on the civilizations per galaxy now alone."""

    @property
    @abstractmethod
    def rate(self) -> float:
        """Civilizations that it would have found, per civilization in the galaxy."""

    @property
    def floor(self) -> float:
        """Chance of observing nothing, whatever the number."""
        return 0.0

    def __post_init__(self) -> None:
        check_constants(self)

    def log_chance(self, log10_number: npt.ArrayLike) -> FloatArray:
        """Return the log of its chance, given log10 of the civilizations per galaxy now.

        Parameters
        ----------
        log10_number : array-like
            log10(N), of any shape; logarithms, because N may be 1e-400 or 1e400.

        Examples
        --------
        >>> from sfc_sim.inference import EmptyGalaxy
        >>> print(EmptyGalaxy().log_chance([-150.0, 0.0, 1.0, 400.0]))
        [-1.e-150 -1.e+000 -1.e+001     -inf]
        """
        with np.errstate(over="ignore"):
            found = 10.0 ** (np.asarray(log10_number, dtype=float) + log10(self.rate))
        if self.floor == 0.0:
            return np.asarray(-found)
        return np.asarray(np.logaddexp(log(self.floor), log1p(-self.floor) - found))

    def log_likelihood(self, draws: xr.Dataset) -> FloatArray:
        """Return the natural log of its chance in every draw; see `Observation`."""
        return self.log_chance(variable_of(draws, "log10_civilizations_now"))


@dataclass(frozen=True)
class GalaxiesSearched(CountObservation):
    """A survey of galaxies, of which none is what civilizations could make of it: exp(-N N_gal p).

    Attributes
    ----------
    galaxies : float
        Galaxies surveyed.
    fraction : float
        p: chance that a civilization has made that of its galaxy by the time that we see it.
    detection : float
        Chance that such a galaxy would have been found.
    found : str
        Words for what none of them is, or has.
    """

    galaxies: float
    fraction: float
    detection: float
    found: ClassVar[str]

    @property
    def rate(self) -> float:
        """Galaxies that would have been found, per civilization in each."""
        return self.galaxies * self.fraction * self.detection

    @property
    def size(self) -> float:
        """Galaxies surveyed."""
        return self.galaxies

    @property
    def meaning(self) -> str:
        """What was observed, in a line."""
        return (
            f"none of {plain(self.galaxies)} galaxies {self.found}, chance"
            f" {plain(self.fraction)} each{found_at(self.detection)}"
        )


def check_constants(observation: Observation) -> None:
    """Put the constants of an observation into their units; refuse what is out of bounds."""
    for field in fields(observation):
        if constant := CONSTANTS.get((observation.name, field.name)):
            value = to_value(getattr(observation, field.name), constant.unit, field.name)
            bounds = Interval(_BOUNDS.get(field.name, "(0, inf)"))
            if not (isinstance(value, float) and bounds.contains(value)):
                raise InputError(f"{field.name} is {shown(value)}; it must be in {bounds.text}")
            object.__setattr__(observation, field.name, value)


def check_kind(thing: Any, kind: str, ours: Mapping[str, Any], **allowed: tuple[Any, ...]) -> None:
    """Raise `InputError` unless evidence or a theory has a name of its own, and valid attributes.

    Parameters
    ----------
    thing : Observation or Theory
        What is checked.
    kind : str
        What it is, for the error.
    ours : mapping of str
        Those of the package, by name: no other may have their names.
    **allowed : tuple
        The values of an attribute.

    Examples
    --------
    >>> from sfc_sim.inference import EmptyGalaxy
    >>> check_kind(EmptyGalaxy(), "evidence", {})
    """
    name = getattr(thing, "name", None)
    if not (isinstance(name, str) and name.isprintable() and name.strip() == name != ""):
        raise InputError(
            f"{kind} is {shown(thing)}, whose name is {shown(name)}; it must be text in one line"
        )
    if not isinstance(meaning := getattr(thing, "meaning", None), str):
        raise InputError(f"{kind} '{name}': meaning is {shown(meaning)}; it must be text")
    if name in ours and type(ours[name]) is not type(thing):
        raise InputError(
            f"{kind} is {shown(thing)} by the name '{name}' of another; give it its own name"
        )
    for attribute, values in allowed.items():
        if getattr(thing, attribute) not in values:
            words = ", ".join(map(str, values))
            raise InputError(
                f"{kind} '{name}': {attribute} is {shown(getattr(thing, attribute))};"
                f" allowed: {words}"
            )


def row_of(values: Any, draws: xr.Dataset, what: str) -> FloatArray:
    """Return what evidence or a theory gives for draws; refuse all but one number for each.

    Examples
    --------
    >>> import xarray as xr
    >>> row_of([1.0, 2.0], xr.Dataset({"x": ("draw", [0.0, 0.0])}), "log_factor of 'mine'")
    array([1., 2.])
    """
    try:
        found = np.asarray(values)
        real = found.dtype.kind in "fiub"
    except ValueError:
        real = False
    many = draws.sizes["draw"]
    if not real or found.shape != (many,):
        came = f"shape {found.shape}" if real else shown(values)
        raise InputError(f"{what} gives {came}; it must give one number for each of {many} draws")
    found = found.astype(float)
    wrong = np.flatnonzero(np.isnan(found) | (found == np.inf))
    if wrong.size:
        index = draws["draw"].values[wrong[0]] if "draw" in draws.coords else wrong[0]
        raise ArithmeticError(
            f"{what} gives {found[wrong[0]]} in draw {index}; it must be finite, or minus infinity"
        )
    return found


def variable_of(draws: xr.Dataset, name: str) -> FloatArray:
    """Return a variable of the draws as a bare array, shape (draw,).

    Raises
    ------
    InputError
        If the scenario does not give it: with the reason, and which scenarios do.

    Examples
    --------
    >>> import xarray as xr
    >>> variable_of(xr.Dataset({"log_seen_now": ("draw", [1.0])}), "log_seen_now")
    array([1.])
    """
    if name in draws:
        if "evidence" in draws[name].dims:
            raise InputError(
                f"'{name}' of draws depends on evidence; read it of front.given(draws)"
            )
        return np.asarray(draws[name].values, dtype=float)
    from sfc_sim._core.schema import VARIABLES

    known = VARIABLES.get(name.removeprefix("log_"))
    what = f"'{name}'" + (f" ({known.long_name})" if known else "")
    able = [one.name for one in _catalogue() if name in one.gives]
    such = f", such as {', '.join(able[:5])}" if able else ""
    raise InputError(
        f"scenario '{origin_of(draws).name}' gives no {what}, so that this evidence or"
        f" theory is not defined for it; pass the Dataset of sfc_sim.sample of one that does{such}"
    )


def _catalogue() -> list[Scenario]:
    from sfc_sim.scenario.files import catalogue_files
    from sfc_sim.scenario.reading import load_scenario

    return [load_scenario(path) for path in catalogue_files().values()]


def plain(number: float) -> str:
    """Return a number as a person would write it.

    Examples
    --------
    >>> plain(1e11), plain(1000.0), plain(32.62)
    ('1e11', '1,000', '32.6')
    """
    if 1e-3 <= number < 1e5:
        return f"{number:,.0f}" if number >= 1000.0 else f"{number:.3g}"
    mantissa, _, exponent = f"{number:.3g}".partition("e")
    return f"{mantissa}e{int(exponent)}" if exponent else mantissa


def found_at(detection: float) -> str:
    """Return words for a chance of finding what is there; none if it is sure.

    Examples
    --------
    >>> found_at(0.05), found_at(1.0)
    (', each found with chance 0.05', '')
    """
    return "" if detection == 1.0 else f", each found with chance {plain(detection)}"
