"""How to split a budget over interventions whose returns diminish."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from sfc_sim._core.arguments import validated
from sfc_sim._core.errors import InputError, shown
from sfc_sim._core.schema import chosen_theory, label, require
from sfc_sim._core.typing import FloatArray

if TYPE_CHECKING:
    import xarray as xr

__all__ = ["best_split", "split_budget"]


@validated()
def best_split(gains: FloatArray, returns: float) -> FloatArray:
    """Return shares x >= 0 of a budget of 1 that make sum of gain x share^returns greatest.

    Parameters
    ----------
    gains : ndarray, shape (intervention,)
        What each would give for all of the budget; those not above 0 get nothing.
    returns : float
        Exponent of diminishing returns, in (0, 1).

    Returns
    -------
    ndarray, shape (intervention,)

    Notes
    -----
    Where gain x share^(returns - 1) is the same for all, nothing is gained by a move: shares are in
    proportion to gain^(1 / (1 - returns)).

    Examples
    --------
    >>> best_split(np.array([2.0, 1.0, -1.0]), 0.5)
    array([0.8, 0.2, 0. ])
    """
    gains = np.asarray(gains, dtype=float)
    if gains.ndim != 1 or not gains.size or not np.isfinite(gains).all():
        raise InputError(f"gains is {shown(gains)}; it must be a row of finite numbers")
    if not 0.0 < returns < 1.0:
        raise InputError(f"returns is {shown(returns)}; diminishing returns need it in (0, 1)")
    able = gains > 0.0
    if not able.any():
        return np.zeros(gains.size)
    # In logs: a power far above 1 would overflow.
    log_share = np.log(gains, out=np.full(gains.size, -np.inf), where=able) / (1.0 - returns)
    shares = np.exp(log_share - log_share.max())
    return np.asarray(shares / shares.sum())


@validated()
def split_budget(
    priorities: xr.Dataset, budget: float = 1.0, *, returns: float = 0.5, theory: str | None = None
) -> xr.Dataset:
    """Split a budget over interventions so that together they do the most good.

    Parameters
    ----------
    priorities : xarray.Dataset
        From `sfc_sim.decision.priorities`: the value of the first unit of effort on each.
    budget : float, default 1
        In any unit.
    returns : float, default 0.5
        Effort x moves a probability in proportion to x^returns, in (0, 1).
    theory : str, optional
        One of the theories; by default all, each with a split of its own.

    Returns
    -------
    xarray.Dataset
        Dims (theory, intervention): ``budget``; what is harmful gets nothing. Dim theory:
        ``value``, of the split over that of an even one.

    Raises
    ------
    InputError
        If the budget is not positive, returns are not in (0, 1), or the theory is unknown.

    Examples
    --------
    >>> import sfc_sim as sfc
    >>> table = sfc.decision.priorities(0.7, interventions=["extinction", "alignment"])
    >>> split_budget(table, 100.0).budget.sum().item().__round__(6)
    100.0
    """
    import xarray as xr

    require(priorities, ["priority"], "decision.priorities")
    if not (np.isfinite(budget) and budget > 0.0):
        raise InputError(f"budget is {shown(budget)}; it must be a positive number")
    if not 0.0 < returns < 1.0:
        raise InputError(f"returns is {shown(returns)}; diminishing returns need it in (0, 1)")
    chosen = priorities
    if theory is not None:
        chosen = priorities.sel(theory=[chosen_theory(priorities, theory)])
    gains = chosen["priority"].values
    shares = np.array([best_split(row, returns) for row in gains])
    best = np.sum(gains * shares**returns, axis=1)
    even = np.sum(np.maximum(gains, 0.0), axis=1) * gains.shape[1] ** -returns
    ratio = np.divide(best, even, out=np.ones_like(best), where=even > 0.0)
    table = xr.Dataset(
        {"budget": (("theory", "intervention"), budget * shares), "value": ("theory", ratio)},
        coords={name: chosen[name] for name in ("theory", "intervention")},
        attrs=chosen.attrs | {"budget": str(budget), "returns": str(returns)},
    )
    return label(table)
