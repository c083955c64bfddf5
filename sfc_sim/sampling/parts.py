"""How many of the draws each part of a proposal has: the shares by which the fewest meet all."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

import numpy as np

from sfc_sim._core.typing import FloatArray
from sfc_sim.sampling.fits import Fit
from sfc_sim.sampling.pilot import Pilot
from sfc_sim.sampling.placing import log_parts
from sfc_sim.sampling.proposal import Proposal

__all__ = ["fewest", "shared", "tuned"]

PRIOR_SHARE: Final = 0.1
"""Least share of the prior's own part: no draw counts for over ten times what it would there."""
SMALLEST_SHARE: Final = 1e-5

# The greatest of costs is a sum of such powers of them, which so many steps make least.
NORM: Final = 10
TUNING_STEPS: Final = 100


def shared(proposal: Proposal, fits: list[Fit], needs: FloatArray) -> Proposal:
    """Return the proposal with shares for its fits, beside that of the prior."""
    return with_shares(proposal, fits, (1.0 - PRIOR_SHARE) * needs / needs.sum())


def with_shares(proposal: Proposal, fits: list[Fit], own: FloatArray) -> Proposal:
    """Return the proposal with a share of each fit; the prior has what is over."""
    parts = [part * fit.shares for part, fit in zip(own, fits, strict=True)]
    units = np.floor(np.concatenate(parts) / SMALLEST_SHARE).astype(int).tolist()
    whole = round(1.0 / SMALLEST_SHARE)
    return replace(proposal, shares=tuple(n / whole for n in (whole - sum(units), *units)))


def tuned(
    proposal: Proposal, fits: list[Fit], pilot: Pilot, squares: FloatArray, log_mixed: FloatArray
) -> tuple[Proposal, float]:
    """Return the proposal with the shares by which the fewest draws meet all conditions; how many.

    With the densities p_t of theories and q of the proposal, draws are effective by the share
    1 / sum p_t^2 / q, which the pilot draws estimate for any shares; errors likewise.
    """
    parts = log_parts(proposal, pilot.gather("z"), pilot.codes(), pilot.tilts(proposal))
    ends = np.cumsum([1, *(fit.shares.size for fit in fits)])
    # A fit's parts keep their shares among themselves: the draws that they were fitted to would
    # have it that each needs none but its nearest.
    logs = [np.zeros(log_mixed.size)]
    for k, fit in enumerate(fits):
        own = parts[:, ends[k] : ends[k + 1]] + np.log(fit.shares)
        logs.append(np.logaddexp.reduce(own, axis=1))
    best, least = fewest(np.exp(np.array(logs) - log_mixed), squares)
    return with_shares(proposal, fits, best[1:]), least


def fewest(density: FloatArray, squares: FloatArray) -> tuple[FloatArray, float]:
    """Return the shares of parts of a proposal that make the greatest of costs least; and it.

    A cost is the sum over draws of its squares over the mixed density: convex in the shares. The
    first part, of the prior, has a tenth at least.

    Parameters
    ----------
    density : ndarray, shape (part, draw)
        Of each part, over what the draws are from.
    squares : ndarray, shape (condition, draw)
        What each draw adds to each cost, of a density of 1.

    Examples
    --------
    >>> shares, cost = fewest(np.eye(2) + 1e-3, np.array([[1.0, 0.0], [0.0, 4.0]]))
    >>> shares.round(2).tolist(), round(cost, 1)
    ([0.22, 0.78], 5.1)
    """
    shares = np.full(len(density), (1.0 - PRIOR_SHARE) / (len(density) - 1))
    shares[0] = PRIOR_SHARE
    best, least = shares, np.inf
    for _ in range(TUNING_STEPS):
        mixed = (shares[:, None] * density).sum(axis=0)
        cost = (squares / mixed).sum(axis=1)
        if cost.max() < least:
            best, least = shares, float(cost.max())
        hardest = (cost / cost.max()) ** (NORM - 1)
        gain = (hardest[:, None] * squares / mixed**2).sum(axis=0)
        # To the least of what Jensen's inequality puts above the sum of powers: it never rises.
        shares = shares * (gain * density).sum(axis=1) ** (1.0 / (NORM + 1))
        shares = shares / shares.sum()
        if shares[0] < PRIOR_SHARE:
            shares[1:] *= (1.0 - PRIOR_SHARE) / shares[1:].sum()
            shares[0] = PRIOR_SHARE
    return best, least
