"""What a product of factors without dates counts itself: civilizations in the Galaxy, now."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from sfc_sim._weighted import quantile_interval, weighted_mean, weighted_quantiles
from sfc_sim.anthropics import QUANTILES
from sfc_sim.conversions import is_static
from sfc_sim.scenario import Scenario

if TYPE_CHECKING:
    import xarray as xr

__all__ = ["in_galaxy"]


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

    scenario = Scenario.from_toml(draws.attrs["scenario_toml"])
    if "log10_civilizations_now" not in draws or not is_static(scenario):
        return xr.Dataset()
    number = draws["log10_civilizations_now"].values
    alone, counts = [], []
    for theory in weights["theory"].values:
        weight = np.exp(weights["log_weight"].sel(theory=theory).values)
        alone.append(weighted_mean((number < 0.0).astype(float), weight))
        ends = quantile_interval(number, weight, quantiles)
        counts.append(10.0 ** np.array([weighted_quantiles(number, weight, quantiles), *ends]))
    (chance, error), found = np.array(alone).T, np.moveaxis(np.array(counts), 1, 0)
    names = ("galaxy_number", "galaxy_number_low", "galaxy_number_high")
    return xr.Dataset(
        {
            "probability_alone_in_galaxy": ("theory", chance),
            "probability_alone_in_galaxy_standard_error": ("theory", error),
        }
        | {name: (("theory", "quantile"), found[k]) for k, name in enumerate(names)},
        coords={"theory": weights["theory"].values, "quantile": list(quantiles)},
    )
