"""What is not lost if humanity ends: what successors on Earth and others far away make of it.

With r the chance of a successor on Earth, q its value per resource over ours and kappa what it
still reaches, starting later, of every cause of share w, and with the discount s kappa q of others,

    lost = 1 - sum w [r kappa q + (1 - r) (s kappa q)_others] = 1 - R - (1 - rho) (s kappa q)_others,

in which R = sum w r kappa q and rho = sum w r. Without causes R = rho = 0.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, TypeAlias, final

import numpy as np

from sfc_sim._core.door import validated
from sfc_sim._core.typing import FloatArray
from sfc_sim.cosmology.background import Background
from sfc_sim.decision.causes import Causes, CausesLike, EvolvesAgain, Uncertain
from sfc_sim.decision.causes_files import as_causes
from sfc_sim.distributions import Distribution

__all__ = ["NOTHING", "Aftermath", "aftermath", "kept_after"]

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

    Notes
    -----
    With nobody else: where others expand too, they come first to more of it.

    Examples
    --------
    >>> import sfc_sim as sfc
    >>> round(1.0 - kept_after("200 Myr", sfc.Background.named("Planck18")), 4)
    0.0355
    """
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

    def expected(self, others: float, error: float = 0.0) -> tuple[float, float]:
        """Return the mean of what is not lost, and its standard error, from those of others.

        Errors of chances are added up, as of one posterior.
        """
        own = float(np.mean((self.share * self.error * (self.worth - others)).sum(axis=0)))
        known = float(np.mean(1.0 - self.anyone)) * error
        return float(np.mean(self.discount(np.asarray(others)))), float(np.hypot(known, own))

    def each(self) -> tuple[Aftermath, ...]:
        """Return what comes after each cause alone."""
        return tuple(
            Aftermath(np.ones((1, 1)), self.chance[k : k + 1], self.worth[k : k + 1],
                      self.error[k : k + 1])
            for k in range(len(self.share))
        )  # fmt: skip


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
    >>> [round(found.expected(others)[0], 3) for others in (0.0, 1.0)]
    [0.039, 0.47]
    """
    if causes is None:
        return NOTHING
    known = as_causes(causes)
    rows = [_of(known, name, background, numbers) for name in known.causes]
    return Aftermath(*(np.stack(np.broadcast_arrays(*column)) for column in zip(*rows, strict=True)))


def _of(
    causes: Causes, name: str, background: Background, numbers: Numbers | None
) -> tuple[FloatArray, ...]:
    """Return share, chance, worth and the error of the chance of a cause, shape (1 or draw,)."""
    cause, error = causes[name], 0.0

    def told(value: Uncertain, field: str) -> FloatArray:
        if not isinstance(value, Distribution):
            return np.array([value])
        return np.array([value.mean()]) if numbers is None else value.ppf(numbers(f"{name} {field}"))

    if isinstance(cause.successor, EvolvesAgain):
        chance, error = cause.successor.chance
    else:
        chance = told(cause.successor, "successor")  # type: ignore[assignment]
    if numbers is None and isinstance(cause.delay, Distribution):
        kept = np.array([_kept(cause.delay.ppf(QUANTILES), background).mean()])
    else:
        kept = _kept(told(cause.delay, "delay"), background)
    worth = kept * told(cause.value, "value")
    return np.array([cause.share]), np.atleast_1d(chance), worth, np.array([error])
