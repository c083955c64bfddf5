"""Pictures of what follows for action: priorities, what to find out, what survival is worth."""

from __future__ import annotations

from typing import Any

import numpy as np
import xarray as xr
from matplotlib.axes import Axes
from matplotlib.colors import TwoSlopeNorm
from matplotlib.patheffects import withStroke

from sfc_sim._core.arguments import validated
from sfc_sim._core.effective import unsteady
from sfc_sim._core.schema import chosen_theory, existence_theories, require
from sfc_sim.plotting.discount import sure, told
from sfc_sim.plotting.naming import Point, name_points
from sfc_sim.plotting.style import axis_label, blank, canvas, hollow_key, look, verbatim
from sfc_sim.scenario.catalogue import claims_of
from sfc_sim.scenario.origin import origin_of

__all__ = ["information", "multiplier_map", "priorities", "ranks"]

SHADES = ("#0072B2", "#56B4E9", "#009E73", "#E69F00", "#D55E00", "#CC79A7", "#999999")


def spoken(name: str) -> str:
    """Return the name of a variable as words."""
    return name.replace("_", " ")


def under(dataset: xr.Dataset, theory: str | None = None) -> str:
    """Return words that name a theory and mark one of few effective draws; none if there is none.

    Examples
    --------
    >>> under(xr.Dataset({"ess": ("theory", [99.0])}, coords={"theory": ["sia"]}))
    ', under sia (few draws)'
    """
    name = chosen_theory(dataset, theory)
    if name == "given":  # a share that came as a number
        return ""
    few = bool(unsteady(dataset.sel(theory=name)))
    return f", under {name}{' (few draws)' * few}"


@validated()
def priorities(table: xr.Dataset, *, theory: str | None = None, ax: Axes | None = None) -> Axes:
    """Draw what a unit of effort is worth by intervention, with the middle 90 %.

    Parameters
    ----------
    table : xarray.Dataset
        From `sfc_sim.decision.priorities`.
    theory : str, optional
        By default adt-total, or the first.
    ax : matplotlib.axes.Axes, optional
        Where to draw; by default a new figure.

    Returns
    -------
    matplotlib.axes.Axes

    Examples
    --------
    >>> import sfc_sim as sfc
    >>> ax = priorities(sfc.decision.priorities(0.7, interventions=["extinction", "takeover"]))
    >>> [text.get_text() for text in ax.get_yticklabels()]
    ['extinction', 'takeover']
    """
    require(table, ["priority", "priority_quantile"], "decision.priorities")
    row = table.sel(theory=chosen_theory(table, theory))
    row = row.isel(intervention=np.argsort(row["priority"].values, kind="stable"))
    names = [str(name) for name in row["intervention"].values]
    low, high = (row["priority_quantile"].sel(quantile=q).values for q in (0.05, 0.95))
    with canvas(ax, table.attrs, 0.5 + 0.4 * len(names)) as ax:
        ax.axvline(0.0, color="0.7", lw=0.8)
        ax.hlines(range(len(names)), low, high, color="#0072B2", lw=4.0, alpha=0.35)
        ax.plot(row["priority"].values, range(len(names)), "o", color="#0072B2")
        ax.set_yticks(range(len(names)), names)
        ax.set_xlabel(axis_label(table["priority"]))
        ax.set_title(f"Points: mean; bars: 90 %{under(table, theory)}")
    return ax


@validated()
def ranks(table: xr.Dataset, *, theory: str | None = None, ax: Axes | None = None) -> Axes:
    """Draw the probability that each intervention holds each rank.

    Parameters
    ----------
    table : xarray.Dataset
        From `sfc_sim.decision.priorities`.
    theory : str, optional
        By default adt-total, or the first.
    ax : matplotlib.axes.Axes, optional
        Where to draw; by default a new figure.

    Returns
    -------
    matplotlib.axes.Axes

    Examples
    --------
    >>> import sfc_sim as sfc
    >>> ax = ranks(sfc.decision.priorities(0.7, interventions=["extinction", "takeover"]))
    >>> ax.get_xlabel()
    'Probability of the rank'
    """
    require(table, ["rank_probability"], "decision.priorities")
    row = table.sel(theory=chosen_theory(table, theory))
    row = row.isel(intervention=np.argsort(-row["rank"].values, kind="stable"))
    names = [str(name) for name in row["intervention"].values]
    left = np.zeros(len(names))
    with canvas(ax, table.attrs, 0.7 + 0.4 * len(names)) as ax:
        for k, place in enumerate(row["place"].values):
            width = row["rank_probability"].sel(place=place).values
            ax.barh(range(len(names)), width, left=left, color=SHADES[k % len(SHADES)],
                    label=f"{place}", height=0.7)  # fmt: skip
            left = left + width
        ax.set_yticks(range(len(names)), names)
        ax.set_xlim(0.0, 1.0)
        ax.set_xlabel("Probability of the rank")
        ax.legend(title="rank", loc="upper left", bbox_to_anchor=(1.0, 1.0))
        ax.set_title(f"Chance of each rank{under(table, theory)}")
    return ax


@validated()
def information(table: xr.Dataset, *, ax: Axes | None = None) -> Axes:
    """Draw what it would be worth to know each input, with standard errors.

    Inputs of fewer than 30 effective draws in a bin have no bar.

    Parameters
    ----------
    table : xarray.Dataset
        From `sfc_sim.analysis.value_of_information`.
    ax : matplotlib.axes.Axes, optional
        Where to draw; by default a new figure.

    Returns
    -------
    matplotlib.axes.Axes

    Examples
    --------
    >>> import sfc_sim as sfc
    >>> study = sfc.assess("cook2022-balanced", 2000, rng=7, theories=["prior"])
    >>> information(sfc.analysis.value_of_information(study)).get_xlabel()
    'Gain of knowing, over what the best action gains now'
    """
    name = "value_of_information"
    require(table, [name, f"{name}_standard_error"], name)
    rows = table.isel(input=slice(None, None, -1))
    names = [spoken(str(name)) for name in rows["input"].values]
    with canvas(ax, table.attrs, 0.8 + 0.34 * len(names)) as ax:
        values, errors = rows[name].values, rows[f"{name}_standard_error"].values
        told = np.isfinite(values)
        places = np.arange(len(names))
        ax.barh(places[told], values[told], xerr=errors[told], color="#009E73")
        for place in places[~told]:
            blank(ax, place)
        ax.set_yticks(range(len(names)), names)
        ax.set_xlim(left=0.0)
        ax.set_ylim(-0.6, len(names) - 0.4)
        ax.set_xlabel("Gain of knowing, over what the best action gains now")
    return ax


@validated()
def multiplier_map(report: xr.Dataset, *, ax: Axes | None = None) -> Axes:
    """Draw the value of survival over recovered share and similarity, with the report's theories.

    Dashed are the shares that sources of the catalogue claim. Each theory is named beside its mark,
    also where marks lie on each other. Marks of theories that rest on fewer than 1,000 effective
    draws are hollow; those of fewer than 30 are only in the legend.

    Parameters
    ----------
    report : xarray.Dataset
        From `sfc_sim.assess`.
    ax : matplotlib.axes.Axes, optional
        Where to draw; by default a new figure.

    Returns
    -------
    matplotlib.axes.Axes

    Examples
    --------
    >>> import sfc_sim as sfc
    >>> study = sfc.assess("cook2022-balanced", 2000, rng=7, theories=["prior"])
    >>> multiplier_map(study).get_xlabel()
    'Recovered share s'
    """
    require(report, ["recovered_share", "similarity_mean"], "assess")
    s, q = np.meshgrid(np.linspace(0.0, 1.0, 101), np.linspace(-1.0, 2.0, 151))
    limit = origin_of(report).number("tolerance", 0.1)
    with canvas(ax, report.attrs) as ax:
        shade = ax.contourf(
            s,
            q,
            1.0 - s * q,
            np.linspace(-1.0, 2.0, 13),
            cmap="RdBu",
            norm=TwoSlopeNorm(0.0, -1.0, 2.0),
        )  # white: worth nothing
        ax.contour(s, q, 1.0 - s * q, [-limit, 0.0, limit], colors="black",
                   linestyles=[":", "-", ":"], linewidths=0.9)  # fmt: skip
        some, marks = False, []  # of few draws; all of them
        for theory in existence_theories(report):
            row, style = report.sel(theory=theory), look(theory)
            at = float(row["recovered_share"]), float(row["similarity_mean"] * row["retention"])
            if not told(report, theory):
                ax.plot([], [], " ", label=f"{style.label}: too few draws")
                continue
            solid = sure(report, theory)
            some = some or not solid
            fill: dict[str, Any] = {"mec": "white"} if solid else {"mfc": "white"}
            ax.errorbar(
                *at, xerr=float(row["recovered_share_standard_error"]), fmt=style.marker,
                color=style.colour, ms=6.0, mew=0.7, zorder=4.0, **fill,
            )  # fmt: skip
            marks.append(Point(style.label, *at))
        for claim in claims_of("recovered-share"):
            at = claim.published, -0.95
            ax.axvline(claim.published, color="0.25", lw=0.8, ls="--")
            ax.annotate(
                verbatim(claim.source), at, (-3.0, 0.0), textcoords="offset points", rotation=90,
                fontsize=6.5, ha="right", va="bottom",
                path_effects=[withStroke(linewidth=2.0, foreground="white")],
            )  # fmt: skip
        ax.figure.colorbar(shade, ax=ax, label="Value of survival, 1 - s κ q")
        ax.set_xlim(0.0, 1.0)
        ax.set_ylim(-1.0, 2.0)
        ax.set_xlabel("Recovered share s")
        ax.set_ylabel("Similarity and value kept, κ q")
        if some:
            hollow_key(ax)
        ax.plot([], [], "k:", lw=0.9, label="existence neutral in between")
        # Above: theories lie at both sides of the map.
        ax.legend(loc="lower left", bbox_to_anchor=(0.0, 1.0), ncols=2, fontsize=7.0)
        name_points(ax, marks)
    return ax
