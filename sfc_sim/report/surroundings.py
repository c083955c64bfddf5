"""The report of our surroundings: what we would hold, who comes and when, over realisations."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sfc_sim._core.rows import Column, Table
from sfc_sim.report.universe import counted, how_many, marks, quantile_columns

if TYPE_CHECKING:
    import xarray as xr

__all__ = ["blocks"]

QUANTITIES = {
    "civilizations": "civilizations that can come where we can",
    "first_sight": "first front in sight [Gyr]",
    "first_arrival": "first front arrives here [Gyr]",
    "first_contact": "our front meets another [Gyr]",
    "volume_grabbed": "we would get to first [Gly3]",
    "volume_marginal": "nobody else would ever take [Gly3]",
    "recovered_fraction": "share that others would take without us",
}
"""The rows, and what they are called; dates are since the Big Bang."""


def blocks(here: xr.Dataset) -> list[Table | str]:
    """Return how many civilizations are around us, and the table of quantiles.

    Examples
    --------
    >>> import sfc_sim as sfc
    >>> here = sfc.simulate_here("cook2022-balanced", draw=640, realisations=3, rng=3)
    >>> blocks(here)[0]
    '2.0 ± 1.0 civilizations a realisation (mean ± standard error); 6 in all'
    """
    rows = tuple(
        {"quantity": name, **marks(here[name].values, here[name].attrs["units"])}
        for name in QUANTITIES
    )
    each = here["civilizations"].values
    columns = (Column("quantity", "", lambda row: QUANTITIES[row["quantity"]]), *quantile_columns())
    return [how_many(counted(each, int(each.sum()))), Table(columns, rows)]
