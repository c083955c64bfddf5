"""Picture of the discount on reducing extinction risk."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import xarray as xr
from matplotlib.axes import Axes

from sfc_sim._core.arguments import validated
from sfc_sim._core.digits import estimate
from sfc_sim._core.effective import unsteady
from sfc_sim._core.errors import InputError, shown
from sfc_sim._core.few import FEWEST
from sfc_sim._core.schema import existence_theories, require
from sfc_sim.decision.value import value_adjustment
from sfc_sim.plotting.style import axis_label, blank, canvas, hollow_key, look
from sfc_sim.scenario.origin import origin_of

__all__ = ["discounts"]

MARKERS = ("o", "s", "^", "D", "v", "P")


@validated()
def discounts(
    share: xr.Dataset,
    *,
    similarities: Sequence[float] = (0.5, 1.0, 2.0),
    ax: Axes | None = None,
) -> Axes:
    """Draw the discount on reducing extinction risk, by theory and similarity of others.

    Bars are one standard error; markers are hollow where a theory is known to rest on fewer
    than 100 effective draws. Beyond the line at 1 survival is worth less than nothing. Theories
    that give no discount on existence are left out.

    Parameters
    ----------
    share : xarray.Dataset
        From `sfc_sim.saturation` or `sfc_sim.assess`.
    similarities : sequence of float, default (0.5, 1, 2)
        Value per resource of others over ours, at most six.
    ax : matplotlib.axes.Axes, optional
        Where to draw; by default a new figure.

    Returns
    -------
    matplotlib.axes.Axes

    Raises
    ------
    InputError
        If the Dataset is not of that kind, or `similarities` are not one to six finite numbers.

    Examples
    --------
    >>> import sfc_sim as sfc
    >>> draws = sfc.sample("cook2022-balanced", 2000, rng=7)
    >>> ax = discounts(sfc.saturation(draws, sfc.weigh(draws, theories=["prior"])))
    >>> [text.get_text() for text in ax.get_yticklabels()]
    ['Prior']
    """
    require(share, ["recovered_share", "recovered_share_standard_error"], "saturation")
    if not 1 <= len(similarities) <= len(MARKERS):
        raise InputError(
            f"similarities are {shown(similarities)}; give one to {len(MARKERS)} numbers"
        )
    theories = existence_theories(share)
    share = share.sel(theory=theories)
    if "retention" in share:
        retention = np.clip(share["retention"].values, 0.0, 1.0)
    else:
        retention = np.asarray(origin_of(share).number("retention", 1.0))
    with canvas(ax, share.attrs) as ax:
        known = [(row, theory) for row, theory in enumerate(theories) if told(share, theory)]
        for k, similarity in enumerate(similarities):
            value = value_adjustment(share, similarity, retention=retention)
            offset = 0.75 * ((k + 0.5) / len(similarities) - 0.5)
            for row, theory in known:
                mark(ax, value.sel(theory=theory), row + offset, MARKERS[k], sure(share, theory))
            ax.plot([], [], MARKERS[k], color="0.4", label=f"similarity {similarity:g}")
        for row, theory in enumerate(theories):
            if not told(share, theory):
                blank(ax, row)
        ax.axvline(0.0, color="0.4", lw=0.7)
        ax.axvline(1.0, color="0.4", lw=0.9, ls="--", label="survival worth nothing")
        ax.set_yticks(range(len(theories)), [look(theory).label for theory in theories])
        ax.set_ylim(len(theories) - 0.5, -0.5)
        ax.set_xlabel(f"{axis_label(value['extinction_discount'])}\n(bars: one standard error)")
        ax.margins(x=0.1)
        if not all(sure(share, theory) for theory in theories):
            hollow_key(ax)
        ax.legend(loc="lower right", bbox_to_anchor=(1.0, 1.0), ncols=3)
    return ax


def told(share: xr.Dataset, theory: str) -> bool:
    """Return whether enough draws carry a theory for its number to be shown."""
    return "ess" not in share or float(share["ess"].sel(theory=theory)) >= FEWEST


def sure(share: xr.Dataset, theory: str) -> bool:
    """Return whether a theory rests on enough effective draws, as far as is known."""
    return not unsteady(share.sel(theory=theory))


def mark(ax: Axes, value: xr.Dataset, height: float, marker: str, solid: bool) -> None:
    """Draw one discount with its standard error and its number beside it."""
    colour = look(str(value["theory"].item())).colour
    discount = float(value["extinction_discount"])
    error = float(value["extinction_discount_standard_error"])
    fill = colour if solid else "white"
    ax.errorbar(discount, height, xerr=error, fmt=marker, color=colour, mfc=fill, ms=5.0, lw=1.2)
    ax.annotate(
        estimate(discount, error), (discount + np.sign(discount) * error, height),
        (7.0, -0.5), textcoords="offset points", va="center", fontsize=7.0, color="0.25",
    )  # fmt: skip
