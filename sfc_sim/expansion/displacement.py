"""All civilizations start together: the static model that needs a number and no dates.

Origins are Poisson with mean D others per reachable volume V_R, all start now at one speed and
nothing is retaken. Humanity then takes A = V_R (1 - e^-D) / D, of which nobody else would ever
take U = V_R e^-D. It overstates recovery, as in time most rivals would come later.
"""

from __future__ import annotations

from abc import abstractmethod
from dataclasses import dataclass
from typing import ClassVar, Final, final

import numpy as np
import numpy.typing as npt

from sfc_sim._core.arguments import validated
from sfc_sim._core.errors import InputError, shown, unknown
from sfc_sim._core.typing import FloatArray
from sfc_sim.distributions.declarations import Declared
from sfc_sim.expansion.base import EXPANDING_FRACTION, EXPANSION_SPEED, Batch, Expansion

__all__ = [
    "READINGS",
    "Displacement",
    "Static",
    "grabbed_share",
    "log_marginal_share",
    "marginal_saturation",
    "recovered_by_displacement",
    "rivals_for_recovered",
]

# What the resources that a civilization adds are counted against.
READINGS: Final[dict[str, str]] = {
    "grabbed": "of what humanity gets to first",
    "potential": "of what humanity would hold with nobody else",
    "world": "of what a civilization anywhere in the world would hold with nobody else",
    "correlated": "of what all who decide as we do get to first",
}
"""Readings of the marginal share by name."""

ROUNDING: Final = 1e-6
"""By which shares that go together may differ."""

# 1 - D / (e^D - 1) in powers of D, from D^2 on with Bernoulli numbers: 1e-17 of it at D = 0.1.
_SERIES: Final = (-1.0 / 12.0, 0.0, 1.0 / 720.0, 0.0, -1.0 / 30_240.0, 0.0, 1.0 / 1_209_600.0)


def _density(rivals: npt.ArrayLike) -> FloatArray:
    try:
        density = np.asarray(rivals, dtype=float)
    except (TypeError, ValueError):
        density = np.asarray(np.nan)
    if not np.all((density >= 0.0) & np.isfinite(density)):
        raise InputError(
            f"rivals per reachable volume is {shown(rivals)}; it must be a finite number, 0 or more"
        )
    return density


def _fraction(value: npt.ArrayLike, name: str, *, whole: bool) -> FloatArray:
    """Return numbers from 0 to 1, or to just below it."""
    try:
        array = np.asarray(value, dtype=float)
    except (TypeError, ValueError):
        array = np.asarray(np.nan)
    if not np.all((array >= 0.0) & ((array <= 1.0) if whole else (array < 1.0))):
        allowed = "between 0 and 1" if whole else "0 or more and less than 1"
        raise InputError(f"{name} is {shown(value)}; it must be {allowed}")
    return array


def grabbed_share(rivals: npt.ArrayLike) -> FloatArray:
    """Return the share of its reachable volume that one of many simultaneous starters takes.

    Parameters
    ----------
    rivals : array_like
        D, mean number of others per reachable volume; 0 or more.

    Returns
    -------
    ndarray
        (1 - exp(-D)) / D, in the shape of `rivals`.

    Raises
    ------
    InputError
        If a value is negative or not a number.

    Examples
    --------
    >>> grabbed_share([0.0, 1.0, 3.0]).round(4)
    array([1.    , 0.6321, 0.3167])
    """
    density = _density(rivals)
    safe = np.where(density > 0.0, density, 1.0)
    return np.where(density > 0.0, -np.expm1(-safe) / safe, 1.0)


def log_marginal_share(rivals: npt.ArrayLike) -> FloatArray:
    """Return the log of the share of the reachable volume that nobody else would ever take: -D.

    Examples
    --------
    >>> float(log_marginal_share(3.0))
    -3.0
    """
    return -_density(rivals)


@validated()
def marginal_saturation(
    rivals: npt.ArrayLike, reading: str = "grabbed", *, correlated: npt.ArrayLike | None = None
) -> FloatArray:
    """Return the share that is added to what civilizations hold, of what the added ones take.

    Marginal civ-saturation in the readings of Riche (2025), worked out for the static model:
    one where added civilizations displace nobody, zero where all they take is taken from others.

    Parameters
    ----------
    rivals : array_like
        D, mean number of others per reachable volume; 0 or more.
    reading : {"grabbed", "potential", "world", "correlated"}, default "grabbed"
        What is counted against: of what humanity takes, of what it would hold alone, the same
        for a civilization anywhere, or of what all those take that exist if and only if we
        choose so; see `READINGS`.
    correlated : array_like, optional
        Share c of all civilizations that exist if and only if we choose so, from 0 to 1; for the
        reading "correlated" alone, and needed there. Broadcasts against `rivals`.

    Returns
    -------
    ndarray
        D / (e^D - 1); e^-D; e^-D; or (e^-(1 - c) D - e^-D) / (c (1 - e^-D)), which is the first
        at c = 0 and 1 at c = 1.

    Raises
    ------
    InputError
        If the reading is unknown, a value is out of range, or `correlated` is missing or extra.

    Notes
    -----
    Correlation defeats saturation: whoever decides as we do does not fill our place.

    Examples
    --------
    >>> marginal_saturation([0.0, 1.0, 3.0]).round(4)
    array([1.    , 0.582 , 0.1572])
    >>> marginal_saturation(3.0, "correlated", correlated=[0.1, 0.5, 0.9]).round(3)
    array([0.183, 0.365, 0.808])
    """
    if reading not in READINGS:
        raise unknown("reading", reading, READINGS)
    if (correlated is None) == (reading == "correlated"):
        needs = "needs" if correlated is None else "takes no"
        raise InputError(f"reading '{reading}' {needs} correlated, a share of all civilizations")
    density = _density(rivals)
    if reading in ("potential", "world"):
        return np.exp(-density)
    share = _fraction(0.0 if correlated is None else correlated, "correlated", whole=True)
    kept = np.exp(-(1.0 - share) * density)
    return np.asarray(kept * grabbed_share(share * density) / grabbed_share(density))


@validated()
def recovered_by_displacement(rivals: npt.ArrayLike) -> FloatArray:
    """Return the share that others would recover of what one of many simultaneous starters takes.

    Parameters
    ----------
    rivals : array_like
        D, mean number of others per reachable volume; 0 or more.

    Returns
    -------
    ndarray
        1 - D / (exp(D) - 1), in the shape of `rivals`; 0 at D = 0, 1 for many rivals.

    Raises
    ------
    InputError
        If a value is negative or not a number.

    Examples
    --------
    >>> recovered_by_displacement([0.0, 1.0, 3.0]).round(4)
    array([0.    , 0.418 , 0.8428])
    """
    density = _density(rivals)
    few = density < 0.1
    safe = np.where(few, 1.0, density)
    with np.errstate(over="ignore"):
        exact = 1.0 - safe / np.expm1(safe)
    # The difference cancels where rivals are few; the series has nothing to cancel.
    small = np.where(few, density, 0.0)
    series = small * (0.5 + small * np.polynomial.polynomial.polyval(small, _SERIES))
    return np.where(few, series, exact)


@validated()
def rivals_for_recovered(share: npt.ArrayLike) -> FloatArray:
    """Return the number of rivals per reachable volume at which others recover a given share.

    The inverse of `recovered_by_displacement`.

    Parameters
    ----------
    share : array_like
        Recovered share s; 0 or more and less than 1.

    Returns
    -------
    ndarray
        D = -k - W(-k e^-k), with k = 1 - s and W the lower branch of Lambert's function.

    Raises
    ------
    InputError
        If a value is out of range.

    Examples
    --------
    >>> rivals_for_recovered([0.5, 0.84, 0.99]).round(3)
    array([1.256, 2.975, 6.475])
    """
    from scipy.special import lambertw

    recovered = _fraction(share, "recovered share", whole=False)
    low = np.minimum(recovered, 0.5)
    # Near s = 0 Lambert's function loses half of the digits. From below, Newton's steps on a
    # concave function double them each time: five leave nothing above s = 0, where D = 2 s.
    rivals = 2.0 * low + 2.0 / 3.0 * low**2
    for _ in range(5):
        reached = recovered_by_displacement(rivals)
        slope = (1.0 - reached) * (1.0 - reached / np.where(rivals > 0.0, rivals, 1.0))
        rivals = rivals + (low - reached) / slope
    kept = np.where(recovered > 0.5, 1.0 - recovered, 0.5)
    exact = -kept - lambertw(-kept * np.exp(-kept), k=-1).real
    return np.where(recovered > 0.5, exact, rivals)


@dataclass(frozen=True)
class Static(Expansion):
    """All who expand start now, at one speed: derive from it for shares of your own.

    A model gives at least `shares`.

    Examples
    --------
    >>> from dataclasses import dataclass
    >>> @dataclass(frozen=True)
    ... class AllOrNothing(Static):
    ...     def shares(self, rivals):
    ...         return np.exp(-rivals), -rivals, np.zeros_like(rivals)
    >>> sorted(AllOrNothing().needs)
    ['number']
    """

    parameters: ClassVar[tuple[Declared, ...]] = (EXPANDING_FRACTION, EXPANSION_SPEED)
    expanders = EXPANDING_FRACTION.name

    @property
    def needs(self) -> frozenset[str]:
        """A number."""
        return frozenset({"number"})

    @property
    def gives(self) -> frozenset[str]:
        """What each civilization holds."""
        return frozenset({"volumes"})

    @abstractmethod
    def shares(self, rivals: FloatArray) -> tuple[FloatArray, FloatArray, FloatArray]:
        """Return the shares taken, given the mean number of others per reachable volume.

        All of shape (draw,): the share of that volume that humanity takes, the log of the share
        that nobody else would ever take, and the fraction of the former that others would recover,
        which is one minus the second over the first: told apart, as it keeps its digits near 0.
        """

    def _check_shares(
        self, grabbed: FloatArray, log_marginal: FloatArray, recovered: FloatArray
    ) -> None:
        """Refuse shares that are none, or do not go together; what is no number is found later."""
        left = 1.0 - np.exp(log_marginal) / np.where(grabbed > 0.0, grabbed, 1.0)
        apart = np.where(grabbed > 0.0, np.abs(left - recovered), 0.0)
        if (grabbed < 0.0).any() or (grabbed > 1.0 + ROUNDING).any() or (apart > ROUNDING).any():
            raise InputError(
                f"shares of '{self}' do not go together: what is taken must lie in [0, 1], and what"
                " is recovered must be 1 - U / A, U nobody else's, A taken"
            )

    def follow(self, batch: Batch) -> dict[str, FloatArray]:
        """Return every variable of the draws, by name, shape (draw,)."""
        known, model = batch.parameters, batch.appearance
        found = {name: known[name] for name in batch.names} | dict(batch.outcomes)
        if "civilizations" not in model.gives:
            return found
        speed, fraction = known["expansion_speed"], known["expanding_fraction"]
        # A model of which nothing varies gives one number for all draws.
        log_number = model.log_number(batch) + np.zeros(speed.size)
        alone = speed**3 * batch.affectable_volume
        log_rivals = log_number + np.log(fraction * alone / batch.background.observable_volume_now)
        shares = self.shares(np.exp(log_rivals))
        if (
            not isinstance(shares, tuple)
            or [np.shape(each) for each in shares] != [speed.shape] * 3
        ):
            raise InputError(f"shares of '{self}' must return three arrays of one number per draw")
        grabbed, log_marginal, recovered = shares
        self._check_shares(*shares)
        nothing, log_none = np.ones(speed.size), np.full(speed.size, -np.inf)
        log_expanding = log_number + np.log(fraction)
        if model.alive_now:
            log10_galaxies = np.log10(model.galaxies)
            found["log10_civilizations_now"] = log_number / np.log(10.0) - log10_galaxies
        return {
            **found,
            "log_observers_like_us": log_number,
            "log_intelligent_potential": log_number,
            "log_intelligent_actual": log_number,
            "log_civilizations_potential": log_expanding,
            "log_civilizations_actual": log_expanding,
            "log_civilizations_now": log_expanding,
            "log_covered_now": log_none,
            "log_seen_now": log_none,
            "log_covered_final": log_rivals,
            "unsaturated_now": nothing,
            "unseen_now": nothing,
            "unsaturated_final": np.exp(-np.exp(log_rivals)),
            "volume_alone": alone,
            "volume_grabbed": alone * grabbed,
            "volume_marginal": alone * np.exp(log_marginal),
            "recovered_fraction": recovered,
        }


@final
@dataclass(frozen=True)
class Displacement(Static):
    """All who expand start now and share space at random; nothing is retaken.

    Examples
    --------
    >>> [share.round(3).tolist() for share in Displacement().shares(np.array([1.0]))]
    [[0.632], [-1.0], [0.418]]
    """

    name = "displacement"
    title = "Static displacement: all start together and share space"
    source = "derived here, after the displacement model that Riché 2025 names"

    def shares(self, rivals: FloatArray) -> tuple[FloatArray, FloatArray, FloatArray]:
        """Return the shares taken and left, see `Static.shares`."""
        return grabbed_share(rivals), log_marginal_share(rivals), recovered_by_displacement(rivals)
