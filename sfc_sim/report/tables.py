"""Any table of the package as text; its variables tell what made it."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final

from sfc_sim._core.errors import InputError, shown
from sfc_sim.analysis.flip_table import premise_table
from sfc_sim.decision.rows import TheoryReport
from sfc_sim.decision.study import Study
from sfc_sim.report.comparison import ComparisonReport
from sfc_sim.report.reproduction import reproduction_table
from sfc_sim.report.universe import UniverseReport

if TYPE_CHECKING:
    import xarray as xr

__all__ = ["text"]

WRITERS: Final[dict[str, tuple[set[str], Callable[[Any], str]]]] = {
    "assess": ({"probability_alone", "ess"}, lambda table: TheoryReport(table).written()),
    "simulate": ({"birth_time", "realisation"}, lambda table: UniverseReport(table).written()),
    "analysis.premises": ({"premise", "change", "ess"}, premise_table),
    "literature.compare": (
        {"scenario", "log10_actual_ever", "density"},
        lambda table: ComparisonReport(table).written(),
    ),
    "literature.reproduce": ({"published", "ours", "within"}, reproduction_table),
}
"""Variables that a table has, and what writes it, by what makes it."""


def text(table: xr.Dataset | Study) -> str:
    """Return a table as text to print, as wide as the terminal.

    Parameters
    ----------
    table : xarray.Dataset or Study
        From `sfc_sim.assess` (also its report), `sfc_sim.simulate`, `sfc_sim.analysis.premises`,
        `sfc_sim.literature.compare` or `sfc_sim.literature.reproduce`.

    Returns
    -------
    str

    Raises
    ------
    InputError
        If it is none of these.

    Examples
    --------
    >>> import sfc_sim as sfc
    >>> claims = sfc.literature.reproduce("sandberg2018-toy", rng=7)
    >>> print(text(claims).splitlines()[0].split())
    ['quantity', 'published', 'ours', 'tolerance', 'within', 'notes']
    """
    import xarray as xr

    if isinstance(table, Study):
        return str(table)
    if isinstance(table, xr.Dataset):
        for variables, write in WRITERS.values():
            if variables <= table.variables.keys():
                return write(table)
    makers = ", ".join(f"sfc_sim.{name}" for name in WRITERS)
    raise InputError(f"table is {shown(table)}; it must be a table of {makers}")
