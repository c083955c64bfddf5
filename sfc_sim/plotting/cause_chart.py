"""Picture of what survival is worth, by what would end us."""

from __future__ import annotations

import xarray as xr
from matplotlib.axes import Axes

from sfc_sim._core.arguments import validated
from sfc_sim._core.digits import percent
from sfc_sim._core.few import FEWEST
from sfc_sim._core.schema import existence_theories, require
from sfc_sim.decision.cause_rows import shares_of_outcomes
from sfc_sim.plotting.discount import sure
from sfc_sim.plotting.style import canvas, hollow_key, look, verbatim

__all__ = ["by_cause"]


@validated()
def by_cause(found: xr.Dataset, *, ax: Axes | None = None) -> Axes:
    r"""Draw the value of reducing extinction risk by what causes leave on Earth, under each theory.

    A row for what causes leave, with its share of the risk, one for all of them, and one for nobody
    on Earth after us. Bars are one standard error; markers are hollow where a theory rests on fewer
    than 100 effective draws, and left out below 30.

    Parameters
    ----------
    found : xarray.Dataset
        From `sfc_sim.decision.by_cause`.
    ax : matplotlib.axes.Axes, optional
        Where to draw; by default a new figure.

    Returns
    -------
    matplotlib.axes.Axes

    Raises
    ------
    InputError
        If the Dataset is not of that kind.

    Examples
    --------
    >>> import sfc_sim as sfc
    >>> study = sfc.assess("cook2022-balanced", 2000, rng=7, theories=["prior"])
    >>> ax = by_cause(sfc.decision.by_cause(study))
    >>> [label.get_text().split("\n")[0] for label in ax.get_yticklabels()]
    ['nobody on Earth after us', 'machine', 'biosphere', 'nothing', 'all']
    """
    require(found, ["discount_by_cause", "risk_share"], "decision.by_cause")
    theories, shares = existence_theories(found), shares_of_outcomes(found)
    words = found["outcome"].values.tolist()
    rows = {"nobody on Earth after us": found[_pair("extinction_discount")]}
    for word, share in shares.items():
        one = found[_pair("discount_by_cause")].isel(cause=words.index(word))
        rows[f"{word}\n{percent(share)} of the risk"] = one
    rows["all\nby share of the risk"] = found[_pair("discount_over_causes")]
    with canvas(ax, found.attrs, height=1.4 + 0.55 * len(rows)) as ax:
        for k, theory in enumerate(theories):
            offset = 0.6 * ((k + 0.5) / len(theories) - 0.5)
            _marks(ax, [row.sel(theory=theory) for row in rows.values()], found, offset)
        ax.axvline(0.0, color="0.4", lw=0.7)
        ax.axvline(1.0, color="0.4", lw=0.7, ls=":")
        ax.set_yticks(range(len(rows)), [verbatim(row) for row in rows])
        ax.set_ylim(len(rows) - 0.5, -0.5)
        ax.set_xlabel(
            "value of reducing extinction risk, φ; 1: nobody to recover it"
            "\n(bars: one standard error)"
        )
        ax.margins(x=0.06)
        if not all(sure(found, theory) for theory in theories):
            hollow_key(ax)
        ax.legend(loc="lower left", bbox_to_anchor=(0.0, 1.0), ncols=3)
    return ax


def _pair(name: str) -> list[str]:
    return [name, f"{name}_standard_error"]


def _marks(ax: Axes, rows: list[xr.Dataset], found: xr.Dataset, offset: float) -> None:
    """Draw the marks of one theory, a row below the other."""
    theory = str(rows[0]["theory"].item())
    if "ess" in found and float(found["ess"].sel(theory=theory)) < FEWEST:
        return
    own = look(theory)
    values = [[float(row[str(name)]) for name in row.data_vars] for row in rows]
    ax.errorbar(
        [1.0 - value for value, _ in values],
        [k + offset for k in range(len(rows))],
        xerr=[error for _, error in values],
        fmt=own.marker,
        color=own.colour,
        mfc=own.colour if sure(found, theory) else "white",
        ms=4.5,
        lw=1.2,
        label=own.label,
    )
