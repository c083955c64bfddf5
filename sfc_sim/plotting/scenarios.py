"""Picture of the credence in each scenario of a mixture, before the evidence and after."""

from __future__ import annotations

import numpy as np
import xarray as xr
from matplotlib.axes import Axes

from sfc_sim._core.arguments import validated
from sfc_sim._core.schema import require
from sfc_sim.plotting.discount import sure, told
from sfc_sim.plotting.style import canvas, hollow_key, look, verbatim

__all__ = ["credence_in_scenarios"]


@validated()
def credence_in_scenarios(report: xr.Dataset, *, ax: Axes | None = None) -> Axes:
    """Draw the credence in each scenario of a mixture: before, and after by theory.

    A bar is the credence before; a point is what the evidence and a theory make of it, with one
    standard error, hollow where it rests on few draws. Of a decision weight it is the part of what
    is decided.

    Parameters
    ----------
    report : xarray.Dataset
        Of a mixture, from `sfc_sim.assess` or `sfc_sim.inference.credence_in_scenarios`; or the
        study.
    ax : matplotlib.axes.Axes, optional
        Where to draw; by default a new figure.

    Returns
    -------
    matplotlib.axes.Axes

    Raises
    ------
    InputError
        If the report is of one scenario.

    Examples
    --------
    >>> import sfc_sim as sfc
    >>> pair = {"cook2022-balanced": 0.5, "finnveden2019": 0.5}
    >>> study = sfc.assess(pair, 2000, rng=7, evidence="none", theories=["prior"])
    >>> ax = credence_in_scenarios(study)
    >>> [text.get_text() for text in ax.get_yticklabels()]
    ['cook2022-balanced', 'finnveden2019']
    """
    require(report, ["scenario_credence", "prior_credence"], "assess of a mixture")
    names = [str(name) for name in report["scenario"].values]
    theories = [str(name) for name in report["theory"].values if told(report, str(name))]
    heights = np.arange(len(names))
    with canvas(ax, report.attrs, 1.2 + 0.16 * len(names) * (len(theories) + 2)) as ax:
        ax.barh(heights, report["prior_credence"].values, 0.86, color="0.88", label="before")
        for k, theory in enumerate(theories):
            row, style = report.sel(theory=theory), look(theory)
            ax.errorbar(
                row["scenario_credence"].values,
                heights + 0.8 * ((k + 0.5) / len(theories) - 0.5),
                xerr=row["scenario_credence_standard_error"].values,
                fmt="o", ms=4.0, lw=1.2, color=style.colour, label=style.label,
                mfc=style.colour if sure(report, theory) else "white",
            )  # fmt: skip
        ax.set_yticks(heights, [verbatim(name) for name in names])
        ax.set_ylim(len(names) - 0.5, -0.5)
        ax.set_xlim(-0.02, 1.02)
        ax.set_xlabel("Credence in the scenario\n(bars at points: one standard error)")
        if not all(sure(report, theory) for theory in theories):
            hollow_key(ax)
        ax.legend(loc="lower right", bbox_to_anchor=(1.0, 1.0), ncols=4)
    return ax
