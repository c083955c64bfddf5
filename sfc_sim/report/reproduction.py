"""What sources publish beside what we compute, as text."""

from __future__ import annotations

from math import floor, log10
from typing import TYPE_CHECKING

from sfc_sim._core.rows import Column, Table, as_text
from sfc_sim._core.schema import require

if TYPE_CHECKING:
    import xarray as xr

__all__ = ["digits", "numbers", "reproduced", "reproduction_table"]


def reproduction_table(table: xr.Dataset) -> str:
    """Return what `sfc_sim.literature.reproduce` found, as text to print.

    Parameters
    ----------
    table : xarray.Dataset
        From `sfc_sim.literature.reproduce`.

    Returns
    -------
    str
        A row per claim, then the notes: why a tolerance is what it is, and what else to know.

    Raises
    ------
    InputError
        If the Dataset is not of that kind.

    Examples
    --------
    >>> import sfc_sim as sfc
    >>> table = sfc.literature.reproduce("sandberg2018-toy", rng=7)
    >>> print(reproduction_table(table).splitlines()[0].split())
    ['quantity', 'published', 'ours', 'tolerance', 'within', 'notes']
    """
    return as_text(reproduced(table))


def reproduced(table: xr.Dataset) -> Table:
    """Return what `sfc_sim.literature.reproduce` found as a table, with notes of their numbers."""
    require(table, ["published", "ours", "within"], "literature.reproduce")
    names = ("quantity", "published", "ours", "tolerance", "within", "notes")
    rows = list[dict[str, str]]()
    notes: dict[str, int] = {}
    for k in range(table.sizes["claim"]):
        row = table.isel(claim=k)
        words = filter(None, (str(row[name].item()) for name in ("reason", "note")))
        marks = [str(notes.setdefault(each, len(notes) + 1)) for each in words]
        verdict = "yes" if row["within"].item() else "no"
        cells = (str(row["quantity"].item()), *numbers(row), verdict, ", ".join(marks))
        rows.append(dict(zip(names, cells, strict=True)))
    told = (f"[{k}] {note}" for note, k in notes.items())
    # The first note is empty: a line between table and notes.
    return Table(tuple(map(Column, names)), tuple(rows), notes=("", *told), look="wrapped", hang=4)


def numbers(row: xr.Dataset) -> tuple[str, str, str]:
    """Return published, ours with its error, and tolerance of one claim, with steady digits."""
    published, ours, error, tolerance = (
        float(row[name]) for name in ("published", "ours", "standard_error", "tolerance")
    )
    spread = f" ± {error:.1g}" if error > 0.0 else ""
    return f"{published:.7g}", digits(ours, tolerance or error) + spread, f"{tolerance:.2g}"


def digits(value: float, tolerance: float) -> str:
    """Return a number with one digit more than its tolerance distinguishes.

    Examples
    --------
    >>> digits(0.83176, 0.05), digits(2.78273e7, 1e6), digits(1.6667e-11, 5e-13)
    ('0.832', '2.78e+07', '1.667e-11')
    >>> digits(100.0, 0.0), digits(0.0, 0.1)
    ('100', '0.00')
    """
    if tolerance == 0.0:
        return f"{value:.7g}"
    place = floor(log10(tolerance)) - 1
    if 1e-3 <= abs(value) < 1e6 or value == 0.0:
        return f"{value:.{min(max(0, -place), 10)}f}"
    return f"{value:.{min(max(1, floor(log10(abs(value))) - place), 9)}e}"
