"""Draws as one evidence has them: volumes are of dim draw alone."""

from __future__ import annotations

import xarray as xr


def unseen(draws: xr.Dataset) -> xr.Dataset:
    """Return draws with the volumes given that nothing is visible."""
    return draws.sel(evidence="nothing-visible")


def unmet(draws: xr.Dataset) -> xr.Dataset:
    """Return draws with the volumes given that no front is here."""
    return draws.sel(evidence="not-engulfed")
