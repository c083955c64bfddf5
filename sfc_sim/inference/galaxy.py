"""What a product of factors without dates counts itself: civilizations in the Galaxy, now."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from sfc_sim._core.effective import mean_of
from sfc_sim._core.quantiles import with_ends
from sfc_sim._core.schema import weight_of
from sfc_sim.inference.summary import QUANTILES
from sfc_sim.scenario.conversions import is_static
from sfc_sim.scenario.origin import origin_of

if TYPE_CHECKING:
    import xarray as xr

__all__ = ["in_galaxy"]

# A chance, its standard error, and the effective draws that carry it.
ENDS = ("", "_standard_error", "_ess")


def in_galaxy(
    draws: xr.Dataset, weights: xr.Dataset, quantiles: Sequence[float] = QUANTILES
) -> Any:
    """Return what a product of factors without dates counts itself, per galaxy; else nothing.

    Examples
    --------
    >>> import sfc_sim as sfc
    >>> draws = sfc.sample("sandberg2018", 2000, rng=7)
    >>> sorted(in_galaxy(draws, sfc.weigh(draws, theories=["prior"])))[:1]
    ['galaxy_number']
    """
    import xarray as xr

    scenario = origin_of(draws).scenario
    if "log10_civilizations_now" not in draws or not is_static(scenario):
        return xr.Dataset()
    number = draws["log10_civilizations_now"].values
    alone, counts = [], []
    for theory in weights["theory"].values:
        weight = weight_of(weights, str(theory))
        alone.append(mean_of((number < 0.0).astype(float), weight))
        counts.append(with_ends("galaxy_number", number, weight, quantiles))
    chances = {
        f"probability_alone_in_galaxy{ENDS[k]}": row for k, row in enumerate(np.array(alone).T)
    }
    return xr.Dataset(
        {name: ("theory", row) for name, row in chances.items()}
        | {
            name: (("theory", "quantile"), 10.0 ** np.array([row[name] for row in counts]))
            for name in counts[0]
        },
        coords={"theory": weights["theory"].values, "quantile": list(quantiles)},
    )
