"""When others come to what humanity would have held, and what is left of it by then.

At comoving distance r humanity arrives first with chance exp(-Lambda(r, our arrival)); without
humanity nobody has come by a later time eta with chance exp(-Lambda(r, eta)). Between the two lies
what is recovered, and when.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import final

import numpy as np

from sfc_sim._core.errors import InputError, shown
from sfc_sim._core.quadrature import gauss_legendre
from sfc_sim._core.typing import FloatArray
from sfc_sim.cosmology.background import Background
from sfc_sim.expansion.coverage import Coverage
from sfc_sim.expansion.displacement import grabbed_share
from sfc_sim.expansion.grid import cell_rule

__all__ = ["Arrivals", "arrivals_among", "arrivals_at_once", "joined_arrivals"]

SHELLS = 16
# Even in the square root: most is decided soon after our arrival.
PLACES = np.linspace(0.0, 1.0, 33) ** 1.5


@final
@dataclass(frozen=True)
class Arrivals:
    """Depths of arrival in a batch of worlds.

    Parameters
    ----------
    background : Background
        The universe.
    volumes, whole : ndarray, shape (draw, shell)
        Comoving volume (Gly^3) that each shell stands for: out to where anything is left, and
        out to all that humanity could reach.
    since : ndarray, shape (draw, shell, place)
        Conformal time since today (Gly), from our arrival to the end.
    depths : ndarray, shape (draw, shell, place)
        Lambda there.
    final : ndarray, shape (draw, shell)
        Lambda at the end, in the shells of `whole`.
    """

    background: Background
    volumes: FloatArray
    whole: FloatArray
    since: FloatArray
    depths: FloatArray
    final: FloatArray

    def dates(self) -> FloatArray:
        """Return the dates of `since`, Gyr since Big Bang."""
        return self._read(lambda date: date)

    def _read(self, function: Callable[[FloatArray], FloatArray]) -> FloatArray:
        """Return a function of the date at every time, through a table of 2,000 dates."""
        universe = self.background
        today = float(universe.conformal_time(universe.age))
        ages = np.append(universe.age, universe.age + np.geomspace(1e-3, 400.0, 2000))
        conformal = universe.conformal_time(ages) - today
        return np.interp(self.since, conformal, function(ages))

    def grabbed(self, worth: Callable[[FloatArray], FloatArray] | None = None) -> FloatArray:
        """Return the volume humanity takes, by its worth at our arrival; shape (draw,)."""
        weight = 1.0 if worth is None else self._read(worth)[:, :, 0]
        return np.asarray((self.volumes * np.exp(-self.depths[:, :, 0]) * weight).sum(axis=1))

    def marginal(self, worth: Callable[[FloatArray], FloatArray] | None = None) -> FloatArray:
        """Return the volume nobody else would take, by its worth at our arrival; shape (draw,)."""
        weight = 1.0 if worth is None else self._read(worth)[:, :, 0]
        return np.asarray((self.volumes * np.exp(-self.depths[:, :, -1]) * weight).sum(axis=1))

    def recovered(self, worth: Callable[[FloatArray], FloatArray] | None = None) -> FloatArray:
        """Return the volume that others recover, by its worth at their arrival; shape (draw,)."""
        come = -np.diff(np.exp(-self.depths), axis=2)
        weight: FloatArray | float = 1.0
        if worth is not None:
            value = self._read(worth)
            weight = 0.5 * (value[:, :, 1:] + value[:, :, :-1])
        return np.asarray((self.volumes * (come * weight).sum(axis=2)).sum(axis=1))

    def shared(self) -> FloatArray:
        """Return the volume of humanity if all who ever reach a place divide it; shape (draw,).

        One part of 1 + K, with K Poisson of mean Lambda at the end: (1 - exp(-Lambda)) / Lambda.
        K counts births that fronts would have precluded, so that this is a lower bound.
        """
        return np.asarray((self.whole * grabbed_share(self.final)).sum(axis=1))


def _volumes(radius: FloatArray) -> FloatArray:
    """Return the volume that each shell of a ball stands for, shape (draw, shell)."""
    shells, weights = gauss_legendre(SHELLS)
    return np.asarray(4.0 * np.pi * radius[:, None] ** 3 * shells**2 * weights)


def joined_arrivals(parts: Sequence[Arrivals], order: np.ndarray) -> Arrivals:
    """Return the worlds of several batches of one universe as one.

    Parameters
    ----------
    parts : sequence of Arrivals
        Of one universe.
    order : ndarray of int
        The place that each world, in the order of the parts, has in the result.

    Examples
    --------
    >>> part = arrivals_at_once(Background.named("Planck18"), np.ones(1), np.ones(1))
    >>> joined_arrivals([part, part], np.array([1, 0])).volumes.shape[0]
    2
    """
    names = ("volumes", "whole", "since", "depths", "final")
    back = np.argsort(order)
    held = {name: np.concatenate([getattr(part, name) for part in parts])[back] for name in names}
    return Arrivals(parts[0].background, **held)


def arrivals_among(
    coverage: Coverage,
    log_expanding: FloatArray,
    speed: FloatArray,
    *,
    unseen: bool | FloatArray,
    delay: float = 0.0,
) -> Arrivals:
    """Return the depths of arrival among civilizations that appear at their dates.

    Parameters
    ----------
    coverage : Coverage
        From `sfc_sim.expansion.coverage.tabulate`.
    log_expanding : ndarray, shape (draw,)
        Log of amount x fraction that expands.
    speed : ndarray, shape (draw,)
        Of all fronts, in units of c.
    unseen : bool or ndarray, shape (draw,)
        Given that nothing is visible, else that no front is here; or the share of all fronts that
        would be visible.
    delay : float, default 0
        Conformal time (Gly) that humanity starts after today.

    Returns
    -------
    Arrivals

    Raises
    ------
    InputError
        If the delay is negative or leaves no time.
    """
    from sfc_sim.kernels.arrivals import arrival_depths

    background = coverage.grid.background
    span = float(background.event_horizon(background.age))
    if not 0.0 <= delay < span:
        raise InputError(f"delay is {shown(delay)} Gly; it must be from 0 to below {span:.2f}")
    shells, _ = gauss_legendre(SHELLS)
    draws = speed.size
    share = np.ascontiguousarray(np.broadcast_to(np.asarray(unseen, float), speed.shape))
    left, final = np.empty(draws), np.empty((draws, SHELLS))
    depths = np.empty((draws, SHELLS, PLACES.size))
    arrival_depths(
        coverage.tables, share, speed, span, delay, coverage.log_strength(log_expanding),
        cell_rule(), shells, PLACES, left, depths, final,
    )  # fmt: skip
    first = delay + left[:, None] * shells / speed[:, None]
    since = first[:, :, None] + (span - first)[:, :, None] * PLACES
    reach = speed * (span - delay)

    return Arrivals(background, _volumes(left), _volumes(reach), since, depths, final)


def arrivals_at_once(background: Background, rivals: FloatArray, speed: FloatArray) -> Arrivals:
    """Return the depths of arrival where all start today: births of density D per reach.

    Parameters
    ----------
    background : Background
        The universe.
    rivals : ndarray, shape (draw,)
        D, others per volume that humanity can reach.
    speed : ndarray, shape (draw,)
        Of all fronts, in units of c.

    Returns
    -------
    Arrivals

    Examples
    --------
    >>> planck = Background.named("Planck18")
    >>> found = arrivals_at_once(planck, np.array([3.0]), np.array([0.5]))
    >>> float((found.recovered() / found.grabbed()).round(4)[0])
    0.8428
    """
    span = float(background.event_horizon(background.age))
    shells, _ = gauss_legendre(SHELLS)
    reach = speed * span
    # Beyond a depth of 28 at our arrival nothing is left.
    left = reach * np.minimum(1.0, np.cbrt(28.0 / np.maximum(rivals, 28.0)))
    first = left[:, None] * shells / speed[:, None]
    since = first[:, :, None] + (span - first)[:, :, None] * PLACES
    depths = rivals[:, None, None] * (since / span) ** 3
    final = np.broadcast_to(rivals[:, None], first.shape)

    return Arrivals(background, _volumes(left), _volumes(reach), since, depths, final)
