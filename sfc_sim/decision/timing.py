"""What waiting loses: the cost of a delay of our start."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from sfc_sim._core.arguments import validated
from sfc_sim._core.effective import carriers, least_error
from sfc_sim._core.errors import InputError, number
from sfc_sim._core.renamed import renamed
from sfc_sim._core.schema import label, require
from sfc_sim._core.studied import takes_study
from sfc_sim._core.typing import FloatArray, RandomLike
from sfc_sim._core.weighted import ratio_of_sums
from sfc_sim.cosmology.background import Background
from sfc_sim.decision.outcomes import Picked, arrivals_of, chosen_worlds
from sfc_sim.decision.shares import is_one
from sfc_sim.scenario.origin import origin_of

if TYPE_CHECKING:
    import xarray as xr

__all__ = ["delay_cost", "loss_by_waiting"]

YEAR: Final = 1e-9


@validated(date="Gyr")
def loss_by_waiting(date: float, background: Background) -> float:
    """Return the part of the volume in reach that a year of waiting loses, with nobody else.

    Parameters
    ----------
    date : float
        Gyr since the Big Bang.
    background : Background
        The cosmology.

    Returns
    -------
    float
        Per year: 3 c / (a x comoving event horizon), late in time three times the Hubble rate.

    Examples
    --------
    >>> import sfc_sim as sfc
    >>> universe = sfc.Background.named("Planck18")
    >>> f"{1.0 / loss_by_waiting(400.0, universe):.4g} years"
    '5.804e+09 years'
    """
    log_proper = background.log_event_horizon(date) + background.log_scale_factor(date)
    return float(3.0 * np.exp(-log_proper)) * YEAR


@takes_study
@renamed(sampled="size")
@validated(delay="Gyr")
def delay_cost(
    draws: xr.Dataset,
    weights: xr.Dataset,
    *,
    delay: float = 0.01,
    size: int = 1000,
    rng: RandomLike = None,
) -> xr.Dataset:
    """Return the share that a delay of our start loses, by theory.

    Parameters
    ----------
    draws, weights : xarray.Dataset
        From `sfc_sim.sample` and `sfc_sim.weigh`, of a scenario with dates; or a study, in place
        of both.
    delay : float, default 0.01
        Conformal time (Gly) of the finite difference; today that is as many Gyr.
    size : int, default 1000
        Worlds taken, per theory.
    rng : optional
        See `sfc_sim.decision.retention`.

    Returns
    -------
    xarray.Dataset
        Dim ``theory``: ``grabbed_lost_per_year``, ``marginal_lost_per_year``, relative losses of
        A and of U, each with its standard error, and ``alone_lost_per_year``, that with nobody
        else: 3 / (event horizon).

    Raises
    ------
    InputError
        If the scenario has no dates, or the delay is not greater than 0.

    Notes
    -----
    The value of speeding up by a time is u_H times the loss of A less kappa u_A times that of
    A - U, as others take part of what we would lose.

    Examples
    --------
    >>> import sfc_sim as sfc
    >>> draws = sfc.sample("finnveden2019", 1000, rng=1)
    >>> lost = delay_cost(draws, sfc.weigh(draws, "none", theories=["prior"]), size=50)
    >>> float(lost.alone_lost_per_year[0])
    1.8093...e-10
    """
    import xarray as xr

    require(weights, ["log_weight"], "weigh")
    if number(delay, "delay", 0.0) == 0.0:
        raise InputError("delay is 0 Gly; a difference needs one greater than 0")
    background = origin_of(draws).background
    rows = []
    for theory in weights["theory"].values:
        picked = chosen_worlds(draws, weights, str(theory), size, rng)
        soon, late = (arrivals_of(draws, weights, picked, delay=tau) for tau in (0.0, delay))
        alone = loss_by_waiting(background.age, background)
        row = {"alone_lost_per_year": alone}
        for name in ("grabbed", "marginal"):
            before, after = getattr(soon, name)(), getattr(late, name)()
            found = _lost(picked, before, before - after, delay, alone)
            row[f"{name}_lost_per_year"], row[f"{name}_lost_per_year_standard_error"] = found
        rows.append(row)
    table = {name: ("theory", np.array([row[name] for row in rows])) for name in rows[0]}
    return label(
        xr.Dataset(table, coords={"theory": weights["theory"].values}, attrs=weights.attrs)
    )


def _lost(
    picked: Picked, before: FloatArray, lost: FloatArray, delay: float, alone: float
) -> tuple[float, float]:
    """Return the part of a volume that a year of delay loses, and its standard error."""
    part, error = (value / delay * YEAR for value in ratio_of_sums(picked.log_copies, lost, before))
    if is_one({"before": before, "lost": lost}):
        return part, 0.0
    # One effective draw may lose nothing, or as much as others do.
    few = carriers(np.exp(picked.log_copies - picked.log_copies.max()) * before)
    return part, max(error, least_error(0.0, few, few) * max(abs(part), alone))
