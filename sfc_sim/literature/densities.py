"""Densities of the number of civilizations: histograms of its log10, by theory, on equal bins."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from sfc_sim._core.schema import weight_of
from sfc_sim._core.typing import FloatArray
from sfc_sim.literature.counts import READINGS, world_of
from sfc_sim.scenario.conversions import Conversions
from sfc_sim.scenario.scenario import Scenario

if TYPE_CHECKING:
    import xarray as xr

__all__ = ["BINS_PER_DECADE", "EDGES", "HIGHEST", "LOWEST", "MEANING", "histograms"]

# The histogram of a comparison: every count known lies below 1e30, and what lies below 1e-20 is
# as good as nobody.
LOWEST, HIGHEST, BINS_PER_DECADE = -20, 30, 8
EDGES = LOWEST + np.arange((HIGHEST - LOWEST) * BINS_PER_DECADE + 1) / BINS_PER_DECADE

MEANING: Final = {
    "density": {"units": "1/dex", "long_name": "probability density"},
    "weight_below": {"units": "1", "long_name": f"weight of less than 1e{LOWEST}"},
    "weight_above": {"units": "1", "long_name": f"weight of more than 1e{HIGHEST}"},
}
"""Unit and meaning of what a histogram holds."""


def histograms(
    scenario: Scenario, drawn: xr.Dataset, weights: xr.Dataset, conversions: Conversions
) -> xr.Dataset:
    """Return the density of log10 of the number ever, by theory, and the weight outside."""
    import xarray as xr

    rows: list[FloatArray] = []
    for theory in weights["theory"].values:
        world = world_of(scenario, drawn, weights, str(theory), conversions)
        weight = weight_of(weights, theory)
        # Bin 0 is all below, the last one all above.
        place = np.searchsorted(EDGES, world.log_ever / np.log(10.0), side="right")
        rows.append(np.bincount(place, weight, minlength=EDGES.size + 1).astype(float))
    mass = np.minimum(np.array(rows), 1.0)  # sums in another order may be rounded up
    words = {"units": "1", "long_name": READINGS["log10_actual_ever"].long_name}
    return xr.Dataset(
        {
            "density": (("theory", "bin"), mass[:, 1:-1] * BINS_PER_DECADE),
            "weight_below": ("theory", mass[:, 0]),
            "weight_above": ("theory", mass[:, -1]),
        },
        coords={
            "theory": weights["theory"].values,
            "log10_civilizations": ("bin", 0.5 * (EDGES[1:] + EDGES[:-1]), words),
        },
    )
