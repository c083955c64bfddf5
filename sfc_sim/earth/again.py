"""The chance that what evolved once on Earth evolves again, in the time that it stays habitable.

What the dates of Earth say of the rate of a step (`sfc_sim.earth.posterior`) says also how soon
the step would be passed again by what is left once those who passed it are gone.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Final

import numpy as np

from sfc_sim._core.arguments import validated
from sfc_sim._core.design import even_points
from sfc_sim._core.effective import carriers
from sfc_sim._core.errors import InputError, number, shown, unknown
from sfc_sim._core.schema import label
from sfc_sim._core.weighted import shares_of
from sfc_sim.earth.history import log_likelihood, steps_of
from sfc_sim.earth.posterior import proposed
from sfc_sim.scenario.catalogue import scenario_of
from sfc_sim.scenario.scenario import Scenario

if TYPE_CHECKING:
    import xarray as xr

__all__ = ["chance_again"]

# Points of the rule, the same ones each time: a chance is a function of what is asked alone.
POINTS: Final = 16_384
# Stretches of each half of the points whose means tell the error.
BLOCKS: Final = 16


@validated(left="Gyr")
def chance_again(
    scenario: Scenario | str, left: float = 0.9, *, step: str | None = None
) -> xr.Dataset:
    """Return the chance that a step of evolution is passed again in the time that is left.

    Parameters
    ----------
    scenario : Scenario or str
        One whose appearance model is "earth-history", such as "kipping2020".
    left : float, default 0.9
        Time that Earth stays habitable from now on, Gyr.
    step : str, optional
        The step that is to be passed again, those before it being kept; by default the last.

    Returns
    -------
    xarray.Dataset
        Scalars: ``chance_again``, its standard error, and ``ess``, the effective number of points.

    Raises
    ------
    InputError
        If the scenario is of another model, it has no such step, or `left` is negative.

    Notes
    -----
    E[1 - exp(-rate x left)] over the posterior of the rate, given the dates of life on Earth. It
    takes the next to be as hard as ours was, with all before it still there. The integral is over
    points that fill the space of rates evenly; the error is from the means of stretches of them.

    Examples
    --------
    >>> chance_again("kipping2020").chance_again.item().__round__(2)
    0.09
    >>> chance_again("snyder-beattie2021", "900 Myr").chance_again.item().__round__(3)
    0.037
    """
    import xarray as xr

    found = scenario_of(scenario)
    names = list(steps_of(found))
    if step is not None and step not in names:
        raise unknown("step", step, names)
    place = names.index(names[-1] if step is None else step)
    chance, error, ess = _passed_again(found, place, number(left, "left", 0.0, unit="Gyr"))
    table = {"chance_again": chance, "chance_again_standard_error": error, "ess": ess}
    attrs = {"scenario": found.name, "scenario_hash": found.hash, "step": names[place]}
    return label(xr.Dataset(table, attrs=attrs | {"left": f"{left:g}"}))


@lru_cache(maxsize=64)
def _passed_again(scenario: Scenario, place: int, left: float) -> tuple[float, float, float]:
    """Return the chance, its standard error and the effective number of points."""
    steps = steps_of(scenario)
    even = np.ascontiguousarray(even_points(len(steps), POINTS).T)
    rates, log_share = proposed(scenario, dict(zip(steps, even, strict=True)))
    log_weight = log_share + log_likelihood(scenario, rates)
    if log_weight.max() == -np.inf:
        raise InputError(f"scenario {shown(scenario.name)}: no rate fits its dates")
    share = shares_of(log_weight)
    passed = -np.expm1(-rates[:, place] * left)
    mean = float(share @ passed)
    parts = (share * (passed - mean)).reshape(2, BLOCKS, -1).sum(axis=(0, 2))
    return mean, float(np.sqrt(np.sum(parts**2))), carriers(share)
