"""How much of its reach a newcomer finds free, under self-indication, in closed form.

If the number of civilizations f is unknown over many decades (a prior flat in ln f), one weighs
worlds by f, and no front has come here, then f follows an exponential law: f ~ exp(-f S(now)),
with S(eta) the volume covered, overlaps counted, per unit f. A place that we reach at eta is
still free with chance exp(-f [S(eta) - S(now)]): the mean over f is S(now) / S(eta). All speeds
drop out, if ours is that of the others (L. Finnveden 2019, "Quantifying anthropic effects on the
Fermi paradox", whose two numbers these are; the form is derived here).
"""

from __future__ import annotations

import numpy as np

from sfc_sim._core.typing import FloatArray
from sfc_sim.expansion.coverage import Coverage
from sfc_sim.expansion.grid import cell_rule

__all__ = ["colonised_share", "empty_share"]


def colonised_share(coverage: Coverage) -> FloatArray:
    """Return the share of humanity's reach that others have taken when we get there.

    Parameters
    ----------
    coverage : Coverage
        From `sfc_sim.expansion.coverage.tabulate`.

    Returns
    -------
    ndarray, shape (draw,)
        1 - <S(now) / S(eta)>, the mean over the volume that we reach.

    Examples
    --------
    >>> from sfc_sim.appearance import PowerLawAppearance
    >>> from sfc_sim.cosmology import Background
    >>> from sfc_sim.expansion import make_grid, tabulate
    >>> grid = make_grid(Background.named("Planck18"), np.zeros(1))
    >>> coverage = tabulate(grid, *PowerLawAppearance(n=6).log_rate({}, grid.times))
    >>> colonised_share(coverage).round(3), empty_share(coverage).round(3)
    (array([0.986]), array([0.024]))
    """
    return 1.0 - _free_on_arrival(coverage)


def empty_share(coverage: Coverage) -> FloatArray:
    """Return the share of what is free when we arrive that nobody else would ever take.

    Parameters
    ----------
    coverage : Coverage
        From `sfc_sim.expansion.coverage.tabulate`.

    Returns
    -------
    ndarray, shape (draw,)
        S(now) / S(end) over the mean of S(now) / S(eta).
    """
    moments = coverage.tables.moments[:, :, 3]
    return np.asarray(moments[:, coverage.grid.now] / moments[:, -1] / _free_on_arrival(coverage))


def _free_on_arrival(coverage: Coverage) -> FloatArray:
    """Return the mean of S(now) / S(eta) over the volume reached; the distance goes as eta."""
    now, rule = coverage.grid.now, cell_rule()
    edges = coverage.grid.edges[:, now:] - coverage.grid.edges[:, now, None]
    width = np.diff(edges)[:, :, None]
    reached = (edges[:, :-1, None] + width * rule.nodes[1:5]) / edges[:, -1, None, None]
    shells = 3.0 * reached**2 * width * rule.weights / edges[:, -1, None, None]
    free = coverage.tables.moments[:, now, 3, None, None] / coverage.tables.third[:, now:]
    return np.asarray((shells * free).sum(axis=(1, 2)))
