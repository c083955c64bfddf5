"""Dates at which the steps of evolution were passed, and how likely rates make them.

Every step is an exponential wait of its own rate. The chance that each falls into its interval of
dates is exact, for any number of steps and any rates: at each bound of an interval an allowed
number of steps has been passed, and between bounds the chain of waits runs freely.

Examples
--------
>>> import numpy as np
>>> round(float(np.exp(log_success([1.0, 2.0, 3.0], 1.0))), 12)
0.252580457828
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import final

import numpy as np
import numpy.typing as npt

from sfc_sim._core.errors import InputError
from sfc_sim._core.typing import FloatArray
from sfc_sim.kernels import earth_history as kernels

__all__ = ["Timeline", "log_success"]


@final
@dataclass(frozen=True)
class Timeline:
    """When each step was passed on Earth, as far as is known.

    Parameters
    ----------
    earliest, latest : tuple of float
        Interval of dates of every step, in order, Gyr since the planet became habitable. Where
        both are the same the date is known, and the likelihood is a density in it (per Gyr).
    window : float
        Time within which all steps must be passed, Gyr.
    conditioned : bool, default True
        Whether the likelihood is given that all steps are passed within the window.

    Raises
    ------
    InputError
        If the dates do not fit the window, or no history can have them in this order.

    Examples
    --------
    >>> life = Timeline((0.0,), (0.2,), 3.0)             # Spiegel & Turner 2012, optimistic
    >>> life.log_likelihood([[0.01], [1000.0]]).round(3)
    array([-2.694,  0.   ])
    """

    earliest: tuple[float, ...]
    latest: tuple[float, ...]
    window: float
    conditioned: bool = True

    def __post_init__(self) -> None:
        if len(self.earliest) != len(self.latest):
            raise InputError(
                f"earliest has {len(self.earliest)} dates and latest {len(self.latest)};"
                " each needs one per step"
            )
        for k, (first, last) in enumerate(zip(self.earliest, self.latest, strict=True), 1):
            if not 0.0 <= first <= last <= self.window or last == 0.0:
                raise InputError(
                    f"step {k} lies between {first:g} and {last:g} Gyr; needs"
                    f" 0 <= earliest <= latest <= window, {self.window:g} Gyr, and a latest above 0"
                )
            before = max(self.earliest[: k - 1], default=0.0)
            if before > last or (before == last > first):
                raise InputError(
                    f"step {k} ends by {last:g} Gyr, before an earlier step begins, at {before:g}"
                )

    def _events(self) -> tuple[npt.NDArray[np.float64], ...]:
        """Return dates, fewest and most steps passed by then, and the step of just that date."""
        steps = range(len(self.latest))
        both = zip(self.earliest, self.latest, strict=True)
        exact = [last if first == last else None for first, last in both]
        dates = sorted({*self.earliest, *self.latest, self.window} - {0.0})
        rows = []
        for date in dates:
            over = [k + 1 for k in steps if self.latest[k] <= date and exact[k] != date]
            ahead = [k for k in steps if self.earliest[k] >= date]
            rows.append((date, max(over, default=0), min(ahead, default=len(self.latest)), 0))
            rows += [(date, 0, 0, k + 1) for k in steps if exact[k] == date]
        return tuple(np.array(column, dtype=float) for column in zip(*rows, strict=True))

    def log_likelihood(self, rates: npt.ArrayLike) -> FloatArray:
        """Return the log of the chance of these dates, given the rates.

        Parameters
        ----------
        rates : array-like, shape (..., step)
            Rate of every step, 1/Gyr.

        Returns
        -------
        array, shape (...,)
            Minus infinity where the chance is below about 1e-308.
        """
        rates = _checked_rates(rates, self.window)
        if rates.shape[-1] != len(self.latest):
            raise InputError(f"rates has {rates.shape[-1]} steps, the timeline {len(self.latest)}")
        found = _run(rates, *self._events())
        return found - log_success(rates, self.window) if self.conditioned else found


def _checked_rates(rates: npt.ArrayLike, window: float) -> FloatArray:
    given = np.asarray(rates, dtype=float)
    if given.ndim == 0 or given.shape[-1] == 0:
        raise InputError(f"rates must have one number per step, got shape {given.shape}")
    wrong = ~((given > 0.0) & np.isfinite(given))
    if wrong.any():
        raise InputError(f"rates must be positive and finite, got {given[wrong][0]:g}")
    if not (window > 0.0 and math.isfinite(window)):
        raise InputError(f"window must be positive and finite, got {window:g} Gyr")
    # The chance of a short stretch is of order (fastest rate x window)^-steps: no double below.
    if given.shape[-1] * math.log10(max(given.max(initial=1.0) * window, 1.0)) > 290.0:
        raise InputError(f"rates of {given.max():g}/Gyr are too fast for {given.shape[-1]} steps")
    return given


def _run(
    rates: FloatArray, dates: FloatArray, fewest: FloatArray, most: FloatArray, passed: FloatArray
) -> FloatArray:
    """Return the log-likelihood of the events, in the shape of the rates without their last."""
    flat = np.ascontiguousarray(rates.reshape(-1, rates.shape[-1]))
    found = np.empty(flat.shape[0])
    least, greatest, step = (column.astype(np.int64) for column in (fewest, most, passed))
    kernels.log_timeline(flat, dates, least, greatest, step, found)
    return found.reshape(rates.shape[:-1])


def log_success(rates: npt.ArrayLike, window: float) -> FloatArray:
    """Return the log of the probability that all steps are passed within the window.

    Parameters
    ----------
    rates : array-like, shape (..., step)
        Rate of every step, 1/Gyr; positive. May be equal, close, tiny or huge.
    window : float
        Time that the planet stays habitable, Gyr.

    Returns
    -------
    array, shape (...,)
        Log of the hypoexponential distribution function, to about 1e-13.

    Raises
    ------
    InputError
        If a rate is not positive and finite.

    Examples
    --------
    >>> log_success([[0.01, 0.02, 0.03], [1e-60, 1.0, 1e9]], 1.0).round(6)
    array([ -13.830498, -139.155106])
    """
    rates = _checked_rates(rates, window)
    steps = np.array([float(rates.shape[-1])])
    found = _run(rates, np.array([float(window)]), steps, steps, np.zeros(1))
    # Rounding may carry a probability of 1 past it, by 1e-16.
    return np.minimum(found, 0.0)
