"""The numbers of a study as tables of pandas."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from sfc_sim._core.rows import flat
from sfc_sim._core.schema import weight_of
from sfc_sim.decision.rows import TABLES, rows

if TYPE_CHECKING:
    import pandas as pd
    import xarray as xr

__all__ = ["draws_frame", "report_frame"]

# What a printed number is followed by: its standard error, or the ends of that of a quantile.
ENDS: Final = ("", "_standard_error", "_low", "_high")


def report_frame(report: xr.Dataset) -> pd.DataFrame:
    """Return the printed numbers of a report, each with its error, a row per theory.

    Examples
    --------
    >>> import sfc_sim as sfc
    >>> study = sfc.assess("cook2022-balanced", 500, rng=7, theories=["prior"])
    >>> list(report_frame(study.report).columns[:2])
    ['probability_alone', 'probability_alone_standard_error']
    """
    import pandas as pd

    printed = dict.fromkeys(column.name for table in TABLES.values() for column in table)
    names = [f"{name}{end}" for name in printed for end in ENDS if f"{name}{end}" in report]
    found = {theory: flat({name: row[name] for name in names})
             for theory, row in rows(report[["theory", *names]]).items()}  # fmt: skip
    return pd.DataFrame.from_dict(found, orient="index").rename_axis("theory")


def draws_frame(draws: xr.Dataset, weights: xr.Dataset) -> pd.DataFrame:
    """Return the draws, a row each, with the weight of each under every theory.

    Examples
    --------
    >>> import sfc_sim as sfc
    >>> study = sfc.assess("cook2022-balanced", 500, rng=7, theories=["prior"])
    >>> frame = draws_frame(study.draws, study.weights)
    >>> frame.shape[0], f"{frame['weight_prior'].sum():.6f}"
    (500, '1.000000')
    """
    import pandas as pd

    columns = {}
    for name, each in draws.data_vars.items():
        for other in each.dims[1:]:  # the evidence that a volume is of
            for k, label in enumerate(draws[other].values.tolist()):
                columns[f"{name}_{label}"] = each.isel({other: k}).values
        if each.ndim == 1:
            columns[str(name)] = each.values
    for theory in weights["theory"].values.tolist():
        columns[f"weight_{theory}"] = weight_of(weights, theory)
    return pd.DataFrame(columns, index=pd.Index(draws["draw"].values, name="draw"))
