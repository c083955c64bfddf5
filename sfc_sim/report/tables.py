"""Any table of the package as text or HTML; its variables tell what made it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, Final, TypeAlias

from sfc_sim._core.errors import InputError, shown
from sfc_sim._core.rows import Html, Table, as_text, framed, in_full
from sfc_sim.analysis.flip_table import premise_rows
from sfc_sim.decision.rows import TheoryReport
from sfc_sim.decision.study import Study
from sfc_sim.report import surroundings
from sfc_sim.report.comparison import ComparisonReport
from sfc_sim.report.reproduction import reproduced
from sfc_sim.report.universe import UniverseReport

if TYPE_CHECKING:
    import xarray as xr

__all__ = ["html", "text"]

Blocks: TypeAlias = Sequence[Table | str]

MAKERS: Final[dict[str, tuple[set[str], Callable[[Any], Blocks]]]] = {
    "assess": ({"probability_alone", "ess"}, lambda table: TheoryReport(table).blocks()),
    "simulate_here": ({"volume_grabbed", "birth_time"}, surroundings.blocks),
    "simulate": ({"birth_time", "realisation"}, lambda table: UniverseReport(table).blocks()),
    "analysis.premises": ({"premise", "change", "ess"}, lambda table: [premise_rows(table)]),
    "literature.compare": (
        {"scenario", "log10_actual_ever", "density"},
        lambda table: ComparisonReport(table).blocks(),
    ),
    "literature.reproduce": (
        {"published", "ours", "within"}, lambda table: [reproduced(table)],
    ),
}  # fmt: skip
"""Variables that a table has, and its tables and paragraphs, by what makes it."""


def text(table: xr.Dataset | Study) -> str:
    """Return a table as text to print, as wide as the terminal.

    Parameters
    ----------
    table : xarray.Dataset or Study
        From `sfc_sim.assess` (also its report), `sfc_sim.simulate`, `sfc_sim.simulate_here`,
        `sfc_sim.analysis.premises`, `sfc_sim.literature.compare` or `sfc_sim.literature.reproduce`.

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
    blocks = blocks_of(table)
    return "\n\n".join(b if isinstance(b, str) else as_text(b) for b in blocks)


def html(table: xr.Dataset | Study) -> Html:
    """Return a table as HTML, which a notebook shows; text in it is escaped.

    A Dataset shows itself as xarray shows any: its variables and attributes.

    Parameters
    ----------
    table : xarray.Dataset or Study
        As `text` takes it.

    Returns
    -------
    str
        HTML that shows itself as the output of a cell.

    Raises
    ------
    InputError
        If it is none of these.

    Examples
    --------
    >>> import sfc_sim as sfc
    >>> claims = sfc.literature.reproduce("sandberg2018-toy", rng=7)
    >>> html(claims).count("<table>")
    1
    """
    return framed(in_full(blocks_of(table)))


def blocks_of(table: xr.Dataset | Study) -> Blocks:
    """Return the tables and paragraphs of a table, by what made it."""
    import xarray as xr

    found = table.report if isinstance(table, Study) else table
    if isinstance(found, xr.Dataset):
        for variables, make in MAKERS.values():
            if variables <= found.variables.keys():
                return make(found)
    makers = ", ".join(f"sfc_sim.{name}" for name in MAKERS)
    raise InputError(f"table is {shown(table)}; it must be a table of {makers}")
