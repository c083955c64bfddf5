"""Draws until an answer is precise: as many as its standard error takes, up to a limit."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Final

import numpy as np

from sfc_sim._core.errors import number
from sfc_sim._core.few import PRECISION
from sfc_sim._core.progress import Report, part_of
from sfc_sim._core.typing import FloatArray
from sfc_sim.sampling.driver import sample
from sfc_sim.sampling.proposal import Proposal
from sfc_sim.scenario.scenario import Scenario

if TYPE_CHECKING:
    import xarray as xr

__all__ = ["FIRST", "draws_until", "first_look", "more_draws", "stop_at"]

# Draws after which a precision of 0.005 is looked at first, the least of any, and the most they may
# grow by from one look to the next: the first errors are not well known themselves.
FIRST: Final = 10_000
LEAST: Final = 1000
MOST_GROWTH: Final = 6.0


def stop_at(draws: int | None, precision: float | None) -> float | None:
    """Return the standard error to stop at, or None where the number of draws is given.

    Examples
    --------
    >>> stop_at(None, None), stop_at(2000, None), stop_at(2000, 0.01)
    (0.005, None, 0.01)
    """
    if precision is None:
        return PRECISION if draws is None else None
    return number(precision, "precision", 1e-6, 1.0)


def draws_until(
    scenario: Scenario,
    errors: Callable[[xr.Dataset], FloatArray],
    *,
    goal: float | None,
    limit: int,
    seed: int,
    proposal: Proposal | None,
    told: Report,
) -> xr.Dataset:
    """Return draws, as many as it takes for all errors to be at most the goal, up to a limit.

    Parameters
    ----------
    scenario : Scenario
        What is drawn.
    errors : callable
        From draws to standard errors, NaN of what is not asked for.
    goal : float or None
        None draws up to the limit.
    limit : int
        Draws at most.
    seed : int
        Of the draws.
    proposal : Proposal or None
        Where they are drawn; None is the prior.
    told : callable
        Called with (draws done, draws that are planned).

    Examples
    --------
    >>> from sfc_sim._core.progress import unheard
    >>> from sfc_sim.scenario import load_scenario
    >>> quick = {"seed": 7, "proposal": None, "told": unheard}
    >>> chosen = load_scenario("sandberg2018")
    >>> made = draws_until(
    ...     chosen, lambda d: 1 / np.sqrt([d.sizes["draw"]]), goal=0.008, limit=30_000, **quick
    ... )
    >>> made.sizes["draw"]
    17187
    """
    import xarray as xr

    done, size = 0, limit if goal is None else min(first_look(goal), limit)
    parts: list[xr.Dataset] = []
    while True:
        parts.append(
            sample(
                scenario, size, rng=seed, first=done, aim=proposal or False,
                progress=part_of(told, done, done + size),
            )
        )  # fmt: skip
        done += size
        found = xr.concat(parts, "draw", combine_attrs="override")
        found.attrs["draws"] = str(done)
        if goal is None or done >= limit:
            return found
        size = more_draws(float(np.nanmax(errors(found), initial=0.0)) / goal, done, limit)
        if not size:
            return found


def more_draws(factor: float, done: int, limit: int) -> int:
    """Return how many more draws to make, of errors so many times the goal; none if within it.

    Examples
    --------
    >>> more_draws(0.9, 10_000, 400_000), more_draws(2.0, 10_000, 400_000)
    (0, 34000)
    """
    if factor <= 1.0:
        return 0
    # Errors fall as the root of the number; a tenth more, not to fall short by chance.
    more = int(done * (min(1.1 * factor**2, MOST_GROWTH) - 1.0))
    return min(max(more, done // 10, 512), limit - done)


def first_look(goal: float) -> int:
    """Return after how many draws a standard error is looked at first.

    Examples
    --------
    >>> first_look(0.005), first_look(0.01), first_look(0.1)
    (10000, 2500, 1000)
    """
    return round(min(max(FIRST * (PRECISION / goal) ** 2, LEAST), FIRST))
