"""What one premise at a time does to the discount, as text."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from sfc_sim._core.arguments import validated
from sfc_sim._core.digits import with_error, with_sign
from sfc_sim._core.effective import too_few
from sfc_sim._core.few import FEWEST
from sfc_sim._core.rows import Column, Table, as_text
from sfc_sim._core.schema import require

if TYPE_CHECKING:
    from collections.abc import Sequence

    import xarray as xr

__all__ = ["premise_ranges", "premise_rows", "premise_table"]

ERRED: Final = ("", "_standard_error")


@validated()
def premise_table(table: xr.Dataset) -> str:
    """Return the table of premises as text, a line per alternative.

    A discount that rests on fewer than 100 effective draws, or on weights with a heavy tail (k-hat
    above 0.7), is marked with a star; one on fewer than 30 is left out.

    Examples
    --------
    >>> import sfc_sim as sfc
    >>> study = sfc.assess("cook2022-balanced", 2000, rng=7, theories=["prior"])
    >>> print(premise_table(sfc.analysis.premises(study, only=["value of others"])).splitlines()[0])
    premise          alternative       discount  change
    """
    return as_text(premise_rows(table))


def premise_rows(table: xr.Dataset) -> Table:
    """Return the table of premises, a row per alternative, with the ranges as a note."""
    require(table, ["change", "ess"], "analysis.premises")
    rows, last = [], ""
    for k in range(table.sizes["row"]):
        row = table.isel(row=k)
        name = str(row["premise"].item())
        first = "" if name == last else name
        compared = bool(name) and not np.isnan(row["change"])
        rows.append(
            {
                "premise": first or ("" if name else "none"),
                "alternative": str(row["alternative"].item()),
                "discount": discount_of(row) if row["ess"] >= FEWEST else "few draws",
                "change": with_sign(*(float(row[f"change{end}"]) for end in ERRED))
                if compared
                else "",
            }
        )
        last = name
    columns = tuple(map(Column, ("premise", "alternative", "discount", "change")))
    notes = tuple(filter(None, [premise_ranges(table)]))
    return Table(columns, tuple(rows), notes=notes, look="wrapped")


def discount_of(row: xr.Dataset) -> str:
    """Return the discount of a row with its error, and a star if these do not hold."""
    value, error = (float(row[f"extinction_discount{end}"]) for end in ERRED)
    return with_error(value, error) + "*" * bool(too_few(row["ess"], row["k_hat"]))


def premise_ranges(table: xr.Dataset) -> str:
    """Return over what range the alternatives of each premise move the discount, widest first.

    Examples
    --------
    >>> import sfc_sim as sfc
    >>> study = sfc.assess("cook2022-balanced", 2000, rng=7, theories=["prior"])
    >>> premise_ranges(sfc.analysis.premises(study, only=["value of others"])).split(":")[0]
    "Range of the discount over one premise's alternatives, the report's among them"
    """
    require(table, ["change", "ess"], "analysis.premises")
    values, errors = (table[f"extinction_discount{end}"].values for end in ("", "_standard_error"))
    found = []
    for name in dict.fromkeys(table["premise"].values.tolist()):
        own = (table["premise"].values == name) | (table["premise"].values == "")
        places = np.flatnonzero(own & np.isfinite(values))
        if name and places.size > 1:
            ends = places[[np.argmin(values[places]), np.argmax(values[places])]]
            low, high = ends_of(values[ends].tolist(), errors[ends].tolist())
            found.append((float(np.ptp(values[places])), f"{name} {low} to {high}"))
    listed = "; ".join(text for _, text in sorted(found, reverse=True))
    words = "Range of the discount over one premise's alternatives, the report's among them"
    return f"{words}: {listed}" if found else ""


def ends_of(values: Sequence[float], errors: Sequence[float]) -> list[str]:
    """Return both ends of a range as its rows print them, or with the finer digits for order.

    Examples
    --------
    >>> ends_of([0.0131, 0.702], [0.001, 0.02]), ends_of([0.66, 0.72], [0.04, 0.02])
    (['0.013', '0.70'], ['0.66', '0.72'])
    >>> ends_of([0.716, 0.74], [0.004, 0.3])
    ['0.716', '0.740']
    """
    own = [with_error(*each).partition(" ± ")[0] for each in zip(values, errors, strict=True)]
    if own[0] != own[1] and float(own[0].strip("<>")) <= float(own[1].strip("<>")):
        return own
    return [with_error(value, min(errors)).partition(" ± ")[0] for value in values]
