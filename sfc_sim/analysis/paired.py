"""What a change does to the discount: before, after, and the difference with its own error.

Two runs of one seed share the random numbers of what both have, so the error of the difference
is that of the two influences together, often far less than of either.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from sfc_sim._core.digits import estimate, with_sign
from sfc_sim._core.effective import unless_few
from sfc_sim._core.few import FEWEST
from sfc_sim._core.rows import Column, Table, as_text
from sfc_sim._core.schema import label, strata_in
from sfc_sim._core.strata import error_of
from sfc_sim._core.typing import FloatArray
from sfc_sim._core.weighted import influence_on_ratio, shares_of
from sfc_sim.analysis.cells import others_worth
from sfc_sim.decision.kept import kept_of
from sfc_sim.decision.study import Study

if TYPE_CHECKING:
    import xarray as xr

__all__ = ["change_table", "paired_change"]


def influence(study: Study, theory: str) -> FloatArray:
    """Return the first-order influence of each draw on the discount."""
    world = study.world(theory)
    kept = kept_of(study, theory)
    copies, worth = shares_of(world.log_copies), world.lost * others_worth(study, world)
    discount = kept.value()[0] * float(copies @ worth) / float(copies @ world.grabbed)
    moved = influence_on_ratio(copies, worth, world.grabbed) * kept.value()[0]
    return np.asarray(moved + discount * kept.influence(moved.size))


def paired_change(before: Study, after: Study) -> xr.Dataset:
    """Return the discount before, its change and the standard error of that, by theory.

    Parameters
    ----------
    before, after : Study
        Of the same seed and number of draws.

    Returns
    -------
    xarray.Dataset
        Dim ``theory``: ``extinction_discount_before``, ``extinction_discount_change`` and its
        standard error; not a number where a theory has no discount, or fewer than 30 effective
        draws.

    Examples
    --------
    >>> import sfc_sim as sfc
    >>> base = sfc.load_scenario("cook2022-balanced")
    >>> fast = base.replace(expansion_speed=0.9)
    >>> made = [sfc.assess(s, 2000, rng=7, theories=["prior"]) for s in (base, fast)]
    >>> found = paired_change(*made)
    >>> bool(0.0 < found.extinction_discount_change_standard_error.item() < 0.02)
    True
    """
    import xarray as xr

    strata, other = (strata_in(side.draws) for side in (after, before))
    if strata and other and (strata.place != other.place).any():
        strata = None  # draws of other scenarios are paired
    rows = []
    for theory in after.names:
        pair = [side.report.sel(theory=theory) for side in (before, after)]
        old, new = (float(row["extinction_discount"]) for row in pair)
        error = np.nan
        if np.isfinite(new - old):
            first, second = (influence(side, theory) for side in (before, after))
            error = error_of(second - first, strata)
            if min(float(row["recovered_share_ess"]) for row in pair) < FEWEST:
                # Few draws carry one of the two: as of runs of random numbers of their own.
                own = [float(row["extinction_discount_standard_error"]) for row in pair]
                error = max(error, float(np.linalg.norm(own)))
        ess = min(float(row["ess"]) for row in pair)
        rows.append(unless_few([old, new - old, error], ess))
    names = ("_before", "_change", "_change_standard_error")
    columns = np.array(rows).T
    return label(
        xr.Dataset(
            {f"extinction_discount{n}": ("theory", c) for n, c in zip(names, columns, strict=True)},
            coords={"theory": after.names},
        )
    )


def change_table(report: xr.Dataset, changed: str) -> str:
    """Return before, after and difference as text, a line per theory."""
    rows = []
    for theory in report["theory"].values.tolist():
        row = report.sel(theory=theory)
        old, change, error = (
            float(row[f"extinction_discount{name}"])
            for name in ("_before", "_change", "_change_standard_error")
        )
        told = dict.fromkeys(("before", "after", "difference"), "-")
        if np.isfinite(old):
            told = {
                "before": estimate(old, error),
                "after": estimate(old + change, error),
                "difference": with_sign(change, error),
            }
        rows.append({"discount": theory, **told})
    columns = tuple(map(Column, ("discount", "before", "after", "difference")))
    note = "± is one standard error; both runs share their random numbers; - is no number"
    return as_text(Table(columns, tuple(rows), f"Changed: {changed}", (note,), look="wrapped"))
