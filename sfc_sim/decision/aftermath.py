"""What is not lost if humanity ends: what successors on Earth and others far away make of it.

A cause of share w has a successor on Earth with chance r, of value q per resource over ours, which
reaches a part kappa of what we would, as it starts later. Others far away recover D = s kappa q if
there is none. Then the value of survival is

    phi = 1 - sum w [r kappa q + (1 - r) D] = 1 - R - (1 - rho) D,

in which R = sum w r kappa q and rho = sum w r. Without causes R = rho = 0.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, TypeAlias, final

import numpy as np
import numpy.typing as npt

from sfc_sim._core.arguments import validated
from sfc_sim._core.errors import InputError
from sfc_sim._core.typing import FloatArray
from sfc_sim.cosmology.background import Background
from sfc_sim.decision.causes import Causes, CausesLike, EvolvesAgain, Uncertain
from sfc_sim.decision.causes_files import as_causes
from sfc_sim.distributions import Distribution
from sfc_sim.scenario.origin import origin_of

if TYPE_CHECKING:
    import xarray as xr

__all__ = [
    "NOTHING",
    "Aftermath",
    "Numbers",
    "aftermath",
    "background_of",
    "kept_after",
    "refuse_counted",
]

# Quantiles of a delay over which what is kept is averaged.
QUANTILES: Final = (np.arange(200) + 0.5) / 200

Numbers: TypeAlias = Callable[[str], FloatArray]


@validated(delay="Gyr")
def kept_after(delay: float, background: Background) -> float:
    """Return the part of our reach that is left to one that starts later, from the same place.

    Parameters
    ----------
    delay : float
        By how much later than today, Gyr.
    background : Background
        The cosmology.

    Returns
    -------
    float
        (conformal time left then / that left now)^3, of a front of any comoving speed.

    Raises
    ------
    InputError
        If the delay is negative, or not a finite number.

    Notes
    -----
    With nobody else: where others expand too, they come first to more of it.

    Examples
    --------
    >>> import sfc_sim as sfc
    >>> round(1.0 - kept_after("200 Myr", sfc.Background.named("Planck18")), 4)
    0.0355
    """
    if delay < 0.0:
        raise InputError(f"delay is {delay:g} Gyr; it must be 0 or more, counted from today")
    return float(_kept(np.asarray(delay), background))


def _kept(delay: FloatArray, background: Background) -> FloatArray:
    now = background.log_event_horizon(background.age)
    if np.isinf(now):  # all of space is in reach, whenever one starts
        return np.ones_like(delay)
    return np.asarray(np.exp(3.0 * (background.log_event_horizon(background.age + delay) - now)))


@final
@dataclass(frozen=True)
class Aftermath:
    """What comes after each cause; arrays of one value each, or of one for each draw.

    Attributes
    ----------
    share : ndarray, shape (cause, 1)
        Of the risk, w.
    chance : ndarray, shape (cause, 1 or draw)
        Of a successor, r.
    worth : ndarray, shape (cause, 1 or draw)
        What it makes of our resources, over what we would, kappa q.
    error : ndarray, shape (cause, 1)
        Standard error of the chance.
    """

    share: FloatArray
    chance: FloatArray
    worth: FloatArray
    error: FloatArray

    @property
    def anyone(self) -> FloatArray:
        """Chance of a successor whatever the cause, rho."""
        return np.asarray((self.share * self.chance).sum(axis=0))

    @property
    def made(self) -> FloatArray:
        """Worth of what successors make, whatever the cause, R."""
        return np.asarray((self.share * self.chance * self.worth).sum(axis=0))

    def discount(self, others: FloatArray) -> FloatArray:
        """Return what is not lost, from what others far away recover if there is no successor."""
        return np.asarray(self.made + (1.0 - self.anyone) * others)

    def expected(self, others: npt.ArrayLike, error: npt.ArrayLike = 0.0) -> tuple[Any, Any]:
        """Return the mean of what is not lost, and its standard error, from those of others.

        Errors of chances are added up, as of one posterior.
        """
        made, none = float(self.made.mean()), 1.0 - float(self.anyone.mean())
        unsure = self.share * self.error
        own = [float((unsure * part).sum(axis=0).mean()) for part in (self.worth, 1.0)]
        others = np.asarray(others)
        spread = np.hypot(none * np.asarray(error), own[0] - own[1] * others)
        return (made + none * others)[()], spread[()]

    def change(self, others: npt.ArrayLike, error: npt.ArrayLike) -> tuple[Any, Any]:
        """Return by how much the mean changes as what others recover does, and its error."""
        none = 1.0 - float(self.anyone.mean())
        unsure = float((self.share * self.error).sum(axis=0).mean())
        spread = np.hypot(none * np.asarray(error), unsure * np.asarray(others))
        return (none * np.asarray(others))[()], spread[()]

    def each(self) -> tuple[Aftermath, ...]:
        """Return what comes after each cause alone."""
        parts = self.chance, self.worth, self.error
        return tuple(
            Aftermath(np.ones((1, 1)), *(part[[k]] for part in parts))
            for k in range(len(self.share))
        )


def background_of(result: object) -> Background:
    """Return the universe of a result, Planck18 where it, or a number, does not say.

    Examples
    --------
    >>> import xarray as xr
    >>> background_of(xr.Dataset()).name
    'Planck18'
    """
    return Background.named(origin_of(result).text("cosmology", "Planck18"))


def refuse_counted(report: xr.Dataset) -> None:
    """Raise `InputError` if the discount of a report counts causes already."""
    if counted := origin_of(report).text("causes", ""):
        raise InputError(
            f"the discount of this report counts the causes '{counted}' already; pass one made"
            " without causes"
        )


NOTHING: Final = Aftermath(*np.zeros((4, 1, 1)))
"""What comes after us on Earth if nothing is said of it: nobody."""


def aftermath(
    causes: CausesLike | None, background: Background, numbers: Numbers | None = None
) -> Aftermath:
    """Return what comes after the causes: means, or a draw for each of the uniform numbers.

    Parameters
    ----------
    causes : Causes, str, path or None
        None of them: `NOTHING`.
    background : Background
        Says what a delay costs.
    numbers : callable, optional
        From a name to the uniform numbers of what goes by it, one per draw.

    Examples
    --------
    >>> import sfc_sim as sfc
    >>> found = aftermath("ord2020", sfc.Background.named("Planck18"))
    >>> [round(float(found.expected(others)[0]), 3) for others in (0.0, 1.0)]
    [0.039, 0.47]
    """
    if causes is None:
        return NOTHING
    known = as_causes(causes)
    rows = [_of(known, name, background, numbers) for name in known.causes]
    columns = zip(*rows, strict=True)
    return Aftermath(*(np.stack(np.broadcast_arrays(*column)) for column in columns))


def _of(
    causes: Causes, name: str, background: Background, numbers: Numbers | None
) -> tuple[FloatArray, ...]:
    """Return share, chance, worth and the error of the chance of a cause, shape (1 or draw,)."""
    cause = causes[name]

    def told(value: Uncertain, field: str) -> FloatArray:
        if isinstance(value, Distribution) and numbers is not None:
            return value.ppf(numbers(f"{name} {field}"))
        return np.array([value.mean() if isinstance(value, Distribution) else value])

    if isinstance(cause.successor, EvolvesAgain):
        chance, error = (np.array([number]) for number in cause.successor.chance)
    else:
        chance, error = told(cause.successor, "successor"), np.zeros(1)
    if numbers is None and isinstance(cause.delay, Distribution):
        kept = np.array([_kept(cause.delay.ppf(QUANTILES), background).mean()])
    else:
        kept = _kept(told(cause.delay, "delay"), background)
    worth = kept * told(cause.value, "value")
    return np.array([cause.share]), chance, worth, error
