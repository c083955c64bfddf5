"""The families of observations, each with its constants."""

from __future__ import annotations

from dataclasses import dataclass
from math import pi
from typing import TYPE_CHECKING, ClassVar, Literal, final

from sfc_sim._core.errors import InputError, choice
from sfc_sim._core.typing import FloatArray
from sfc_sim.inference.observation import (
    CONSTANTS,
    CountObservation,
    GalaxiesSearched,
    Observation,
    found_at,
    plain,
    variable_of,
)

if TYPE_CHECKING:
    import xarray as xr

__all__ = [
    "EarthHistory",
    "EmptyGalaxy",
    "NoTypeThree",
    "NoneWithin",
    "NotSettled",
    "StarsSearched",
]


@final
@dataclass(frozen=True)
class EmptyGalaxy(CountObservation):
    """No other civilization in the galaxy now: exp(-N).

    Parameters
    ----------
    detection : float, default 1
        Chance that one that is there would have been found.

    Raises
    ------
    InputError
        If `detection` is not in (0, 1].

    Examples
    --------
    >>> EmptyGalaxy().meaning
    'no other civilization in the galaxy'
    """

    detection: float = CONSTANTS["empty-galaxy", "detection"].value
    name: ClassVar[str] = "empty-galaxy"

    @property
    def rate(self) -> float:
        """Chance that each would have been found."""
        return self.detection

    @property
    def meaning(self) -> str:
        """What was observed, in a line."""
        return f"no other civilization in the galaxy{found_at(self.detection)}"


@final
@dataclass(frozen=True)
class StarsSearched(CountObservation):
    """No signal from some of the stars: exp(-N p K / N_stars).

    Parameters
    ----------
    searched : float, default 1,000
        Stars at which a civilization would have been found (assumed, our choice).
    stars : float, default 1e11
        Stars of the galaxy (assumed; 1e11 to 4e11 are in use).
    detection : float, default 1
        Chance that a civilization at a star that is searched would have been found: the product
        of sensitivity, duty cycle and the share that transmits.

    Raises
    ------
    InputError
        If a number is not positive, `detection` not in (0, 1], or more stars are searched than
        there are.

    Examples
    --------
    >>> StarsSearched(searched=1e6).log_chance([5.0])
    array([-1.])
    """

    searched: float = CONSTANTS["stars-searched", "searched"].value
    stars: float = CONSTANTS["stars-searched", "stars"].value
    detection: float = CONSTANTS["stars-searched", "detection"].value
    name: ClassVar[str] = "stars-searched"

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.searched > self.stars:
            raise InputError(f"searched is {self.searched:g}; there are {self.stars:g} stars")

    @property
    def rate(self) -> float:
        """Share of the stars that were searched, times the chance of finding what is there."""
        return self.searched / self.stars * self.detection

    @property
    def size(self) -> float:
        """Stars searched."""
        return self.searched

    @property
    def meaning(self) -> str:
        """What was observed, in a line."""
        which = f"{plain(self.searched)} of {plain(self.stars)} stars"
        return f"no signal from {which}{found_at(self.detection)}"


@final
@dataclass(frozen=True)
class NoneWithin(CountObservation):
    """No civilization within a distance, if they lie at random in the galaxy: exp(-N v / V).

    Parameters
    ----------
    distance : float, str or Quantity, default 100 ly
        Out to where any would have been found (assumed, our choice).
    volume : float, str or Quantity, default 7.85e12 ly3
        V, of the galaxy (assumed: a disc of 50,000 ly by 1,000 ly).
    shape : {"sphere", "disc"}, default "sphere"
        What lies within the distance: v = 4 pi d^3 / 3; or what the disc holds of it, which is
        pi d^2 h where that is less (beyond three quarters of the thickness h).
    thickness : float, str or Quantity, default 1,000 ly
        h, of the disc; read with the shape "disc" alone.
    detection : float, default 1
        Chance that one within the distance would have been found.

    Raises
    ------
    InputError
        If a number is not positive, `detection` not in (0, 1], v exceeds V, or the shape is
        unknown.

    Examples
    --------
    >>> near = NoneWithin("10 pc")
    >>> round(near.distance, 2), near.meaning
    (32.62, 'no civilization within 32.6 ly')
    """

    distance: float = CONSTANTS["none-within", "distance"].value
    volume: float = CONSTANTS["none-within", "volume"].value
    shape: Literal["sphere", "disc"] = "sphere"
    thickness: float = CONSTANTS["none-within", "thickness"].value
    detection: float = CONSTANTS["none-within", "detection"].value
    name: ClassVar[str] = "none-within"

    def __post_init__(self) -> None:
        choice(self.shape, "shape", ("sphere", "disc"))
        super().__post_init__()
        if self.share > 1.0:
            raise InputError(
                f"distance is {self.distance:g} ly; the {self.shape} within it is larger than the"
                f" galaxy, whose volume is {self.volume:g} ly3"
            )

    @property
    def share(self) -> float:
        """Share of the galaxy that lies within the distance."""
        within = 4.0 * pi / 3.0 * self.distance**3
        if self.shape == "disc":
            within = min(within, pi * self.distance**2 * self.thickness)
        return within / self.volume

    @property
    def rate(self) -> float:
        """That share, times the chance of finding what is there."""
        return self.share * self.detection

    @property
    def meaning(self) -> str:
        """What was observed, in a line."""
        disc = " in the disc" if self.shape == "disc" else ""
        return f"no civilization within {plain(self.distance)} ly{disc}{found_at(self.detection)}"


@final
@dataclass(frozen=True)
class NotSettled(CountObservation):
    """The galaxy is not settled: q + (1 - q) exp(-c N).

    Parameters
    ----------
    generations : float, default 100
        c: generations of civilizations, each as many as now, of which any would have settled the
        galaxy (assumed, fitted here).
    undetected : float, default 0.004
        q: chance that the galaxy looks unsettled though it was, or that none settles (assumed,
        fitted here).

    Raises
    ------
    InputError
        If `generations` is not positive, or `undetected` not in [0, 1).

    Examples
    --------
    >>> print(NotSettled().log_chance([-9.0, 3.0]).round(3))
    [-0.    -5.521]
    """

    generations: float = CONSTANTS["not-settled", "generations"].value
    undetected: float = CONSTANTS["not-settled", "undetected"].value
    name: ClassVar[str] = "not-settled"

    @property
    def rate(self) -> float:
        """Generations that there were."""
        return self.generations

    @property
    def floor(self) -> float:
        """Chance that settlement goes unseen."""
        return self.undetected

    @property
    def meaning(self) -> str:
        """What was observed, in a line."""
        missed = f", {self.undetected:.2g} unseen" if self.undetected else ""
        return f"galaxy not settled in {plain(self.generations)} generations{missed}"


@final
@dataclass(frozen=True)
class NoTypeThree(GalaxiesSearched):
    """No galaxy taken over by its civilizations (Kardashev type III): exp(-N N_gal p).

    Parameters
    ----------
    galaxies : float, default 1e5
        Galaxies surveyed (Griffith et al. 2015; verified).
    fraction : float, default 0.01
        p: chance that a civilization has taken over its galaxy by the time that we see it
        (assumed, our choice).
    detection : float, default 1
        Chance that a galaxy that is taken would have been found.

    Raises
    ------
    InputError
        If `galaxies` is not positive, or `fraction` or `detection` not in (0, 1].

    Examples
    --------
    >>> NoTypeThree().rate
    1000.0
    """

    galaxies: float = CONSTANTS["no-type-three", "galaxies"].value
    fraction: float = CONSTANTS["no-type-three", "fraction"].value
    detection: float = CONSTANTS["no-type-three", "detection"].value
    name: ClassVar[str] = "no-type-three"
    found: ClassVar[str] = "of Kardashev type III"


@final
@dataclass(frozen=True)
class EarthHistory(Observation):
    """The dates of the history of life on Earth, as the scenario's own model reads them.

    Examples
    --------
    >>> import xarray as xr
    >>> EarthHistory().log_likelihood(xr.Dataset({"log_earth_likelihood": ("draw", [-2.0])}))
    array([-2.])
    """

    name: ClassVar[str] = "earth-history"

    @property
    def meaning(self) -> str:
        """What was observed, in a line."""
        return "the dates of the history of life on Earth"

    def log_likelihood(self, draws: xr.Dataset) -> FloatArray:
        """Return the natural log of its chance in every draw; see `Observation`."""
        return variable_of(draws, "log_earth_likelihood")
