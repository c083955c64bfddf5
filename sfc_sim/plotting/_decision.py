"""Pictures of what follows for action: priorities, what they hang on, what to find out."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import xarray as xr
from matplotlib.axes import Axes

from sfc_sim._door import validated
from sfc_sim._errors import unknown
from sfc_sim._weighted import FEWEST
from sfc_sim.anthropics import SMALL_SAMPLE
from sfc_sim.plotting._discounts import sure, told
from sfc_sim.plotting._style import axis_label, blank, canvas, look
from sfc_sim.results import chosen_theory, existence_theories, require
from sfc_sim.scenario import Scenario

__all__ = [
    "conditional",
    "information",
    "multiplier_map",
    "premises",
    "priorities",
    "ranks",
    "sobol",
    "tornado",
]

# Recovered shares in print; see docs/explanation/decision.rst for what each is of.
PUBLISHED = {"Finnveden 2019": 0.70, "Riché 2025, lower end": 0.84}
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
    few = "ess" in dataset and float(dataset["ess"].sel(theory=name)) < SMALL_SAMPLE
    return f", under {name}{' (few draws)' * few}"


@validated()
def priorities(table: xr.Dataset, *, theory: str | None = None, ax: Axes | None = None) -> Axes:
    """Draw what a unit of effort is worth by intervention, with the middle 90 %.

    Parameters
    ----------
    table : xarray.Dataset
        From `sfc_sim.priorities`.
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
    >>> ax = priorities(sfc.priorities(0.7, interventions=["extinction", "takeover"]))
    >>> [text.get_text() for text in ax.get_yticklabels()]
    ['extinction', 'takeover']
    """
    require(table, ["priority", "priority_quantile"], "priorities")
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
        From `sfc_sim.priorities`.
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
    >>> ax = ranks(sfc.priorities(0.7, interventions=["extinction", "takeover"]))
    >>> ax.get_xlabel()
    'Probability of the rank'
    """
    require(table, ["rank_probability"], "priorities")
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
def tornado(table: xr.Dataset, *, ax: Axes | None = None) -> Axes:
    """Draw the discount with each input low and high, widest on top.

    Ends that rest on fewer than 1,000 effective draws are hollow; those on fewer than 30 are not
    drawn.

    Parameters
    ----------
    table : xarray.Dataset
        From `sfc_sim.tornado`.
    ax : matplotlib.axes.Axes, optional
        Where to draw; by default a new figure.

    Returns
    -------
    matplotlib.axes.Axes

    Examples
    --------
    >>> import sfc_sim as sfc
    >>> report = sfc.assess("cook2022-balanced", 2000, rng=7, theories=["prior"])
    >>> tornado(sfc.tornado(report, "prior")).get_xlabel().splitlines()[0]
    'Discount on reducing extinction risk,'
    """
    require(table, ["extinction_discount", "input"], "tornado")
    rows = table.isel(input=slice(None, None, -1))
    names = [spoken(str(name)) for name in rows["input"].values]
    with canvas(ax, table.attrs, 0.8 + 0.38 * len(names)) as ax:
        base = float(table.attrs["base"])
        ax.axvline(base, color="0.5", lw=0.8)
        for k in range(len(names)):
            row = rows.isel(input=k)
            ends, sizes = row["extinction_discount"].values, row["ess"].values
            ax.plot(ends, [k, k], "-", color="0.75", lw=5.0, solid_capstyle="butt")
            if np.isnan(ends).any():
                blank(ax, k)
            for end, size, colour, word in zip(
                ends, sizes, ("#0072B2", "#D55E00"),
                (str(row["low"].item()), str(row["high"].item())), strict=True,
            ):  # fmt: skip
                if np.isnan(end):
                    continue
                fill = colour if size >= SMALL_SAMPLE else "white"
                ax.plot(end, k, "o", color=colour, mfc=fill)
                side = 1 if end == np.nanmax(ends) else -1
                ax.annotate(word, (end, k), (7 * side, -2.5), textcoords="offset points",
                            ha="left" if side > 0 else "right", fontsize=6.5)  # fmt: skip
        ax.set_yticks(range(len(names)), names)
        ax.margins(x=0.3)
        ax.set_xlabel(axis_label(table["extinction_discount"]))
        ax.set_title(f"Under {table.attrs['theory']}; blue: low, red: high; hollow: few draws")
    return ax


@validated()
def sobol(table: xr.Dataset, *, output: str = "discount", ax: Axes | None = None) -> Axes:
    """Draw first-order and total Sobol' indices with their intervals.

    Parameters
    ----------
    table : xarray.Dataset
        From `sfc_sim.sensitivity`.
    output : {"discount", "log_density"}, default "discount"
        Of what.
    ax : matplotlib.axes.Axes, optional
        Where to draw; by default a new figure.

    Returns
    -------
    matplotlib.axes.Axes

    Examples
    --------
    >>> import sfc_sim as sfc
    >>> report = sfc.assess("cook2022-balanced", 2000, rng=7, theories=["prior"])
    >>> sobol(sfc.sensitivity(report, points=64)).get_xlabel()
    'Share of the variance of worlds'
    """
    require(table, ["first_order", "total"], "sensitivity")
    if output not in table["output"].values:
        raise unknown("output", output, [str(name) for name in table["output"].values])
    row = table.sel(output=output)
    row = row.isel(input=np.argsort(row["total"].values, kind="stable"))
    names = [spoken(str(name)) for name in row["input"].values]
    with canvas(ax, table.attrs, 0.8 + 0.36 * len(names)) as ax:
        for name, shift, colour in (("total", 0.15, "#D55E00"), ("first_order", -0.15, "#0072B2")):
            value, low, high = (row[f"{name}{end}"].values for end in ("", "_low", "_high"))
            bars = np.maximum([value - low, high - value], 0.0)
            ax.errorbar(value, np.arange(len(names)) + shift, xerr=bars, fmt="o", ms=4.0,
                        color=colour, label=spoken(name))  # fmt: skip
        ax.axvline(0.0, color="0.7", lw=0.8)
        ax.set_yticks(range(len(names)), names)
        ax.set_xlabel("Share of the variance of worlds")
        ax.legend(loc="lower right")
        ax.set_title(f"Sobol' indices of the {spoken(output)}, worlds as the prior has them")
    return ax


@validated()
def conditional(table: xr.Dataset, *, ax: Axes | None = None) -> Axes:
    """Draw the discount as a function of one input, a line per theory.

    Marks that rest on fewer than 1,000 effective draws are hollow; gaps, of fewer than 30. The
    title says so where there are any.

    Parameters
    ----------
    table : xarray.Dataset
        From `sfc_sim.conditional`.
    ax : matplotlib.axes.Axes, optional
        Where to draw; by default a new figure.

    Returns
    -------
    matplotlib.axes.Axes

    Examples
    --------
    >>> import sfc_sim as sfc
    >>> report = sfc.assess("cook2022-balanced", 2000, rng=7, theories=["prior"])
    >>> conditional(sfc.conditional(report, "expansion_speed", bins=4)).get_xlabel()
    'expansion speed [c]'
    """
    require(
        table, ["extinction_discount", "extinction_discount_standard_error", "value"], "conditional"
    )
    values = table["value"].values
    named = values.dtype.kind in "OUS"
    x = np.arange(values.size) if named else values.astype(float)
    with canvas(ax, table.attrs) as ax:
        for theory in table["theory"].values:
            style, row = look(str(theory)), table.sel(theory=theory)
            y, error = (row[f"extinction_discount{end}"].values for end in ("", "_standard_error"))
            ax.fill_between(x, y - error, y + error, color=style.colour, alpha=0.2, lw=0.0)
            ax.plot(x, y, "-", color=style.colour, label=style.label)
            for place, height, size in zip(x, y, row["ess"].values, strict=True):
                fill = style.colour if size >= SMALL_SAMPLE else "white"
                ax.plot(place, height, style.marker, color=style.colour, mfc=fill, ms=4.0)
        if named:
            ax.set_xticks(x, [str(value) for value in values])
        elif x.min() > 0.0 and x.max() > 20.0 * x.min():
            ax.set_xscale("log")
        ax.set_xlabel(_input_label(table))
        ax.set_ylabel(axis_label(table["extinction_discount"]))
        ax.legend(loc="upper left", bbox_to_anchor=(1.0, 1.0))
        words = remarks([table])
        ax.set_title(words[:1].upper() + words[1:])
    return ax


def remarks(tables: Sequence[xr.Dataset]) -> str:
    """Return what hollow marks and gaps mean in conditional discounts that have any.

    Examples
    --------
    >>> made = xr.Dataset({"extinction_discount": ("x", [0.1, 0.2]), "ess": ("x", [5e3, 99.0])})
    >>> remarks([made])
    'hollow: fewer than 1,000 effective draws'
    >>> remarks([made.where(made.ess < 1000.0)])
    'hollow: fewer than 1,000 effective draws; gaps: fewer than 30'
    """
    told = [table["extinction_discount"].notnull() for table in tables]
    few = [table["ess"] < SMALL_SAMPLE for table in tables]
    hollow = any(bool((a & b).any()) for a, b in zip(told, few, strict=True))
    gaps = not all(one.all() for one in told)
    words = [f"hollow: fewer than {SMALL_SAMPLE:,.0f} effective draws"] * hollow
    words += [f"gaps: fewer than {FEWEST:.0f}{'' if hollow else ' effective draws'}"] * gaps
    return "; ".join(words)


def _input_label(table: xr.Dataset) -> str:
    """Return the name of an input and the unit that the scenario gives it."""
    name = str(table.attrs["by"])
    parameters = Scenario.from_toml(table.attrs["scenario_toml"]).parameters
    unit = parameters[name].unit if name in parameters else ""
    return spoken(name) + (f" [{unit}]" if unit else "")


@validated()
def information(table: xr.Dataset, *, ax: Axes | None = None) -> Axes:
    """Draw what it would be worth to know each input, with standard errors.

    Inputs of fewer than 30 effective draws in a bin have no bar.

    Parameters
    ----------
    table : xarray.Dataset
        From `sfc_sim.value_of_information`.
    ax : matplotlib.axes.Axes, optional
        Where to draw; by default a new figure.

    Returns
    -------
    matplotlib.axes.Axes

    Examples
    --------
    >>> import sfc_sim as sfc
    >>> report = sfc.assess("cook2022-balanced", 2000, rng=7, theories=["prior"])
    >>> information(sfc.value_of_information(report)).get_xlabel()
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
def premises(table: xr.Dataset, *, ax: Axes | None = None) -> Axes:
    """Draw the discount with one premise flipped at a time.

    Points that rest on fewer than 1,000 effective draws are hollow; rows of fewer than
    30 are empty.

    Parameters
    ----------
    table : xarray.Dataset
        From `sfc_sim.premises`.
    ax : matplotlib.axes.Axes, optional
        Where to draw; by default a new figure.

    Returns
    -------
    matplotlib.axes.Axes

    Examples
    --------
    >>> import sfc_sim as sfc
    >>> report = sfc.assess("cook2022-balanced", 2000, rng=7, theories=["prior"])
    >>> ax = premises(sfc.premises(report, only=["value of others"]))
    >>> len(ax.get_yticklabels())
    4
    """
    require(table, ["extinction_discount", "change", "ess"], "premises")
    rows = table.isel(row=slice(None, None, -1))
    discount = rows["extinction_discount"].values
    base = float(table["extinction_discount"].values[0])
    labels = []
    for k in range(rows.sizes["row"]):
        row = rows.isel(row=k)
        premise, words = str(row["premise"].item()), str(row["alternative"].item())
        labels.append(f"{premise}: {words}" if premise else words)
    with canvas(ax, table.attrs, 0.8 + 0.22 * len(labels)) as ax:
        ax.barh(range(len(labels)), discount - base, left=base, color="#56B4E9", height=0.6)
        ax.errorbar(discount, range(len(labels)), fmt="none", color="#0072B2", lw=1.0,
                    xerr=rows["extinction_discount_standard_error"].values)  # fmt: skip
        for k, (value, size) in enumerate(zip(discount, rows["ess"].values, strict=True)):
            fill = "#0072B2" if size >= SMALL_SAMPLE else "white"
            ax.plot(value, k, "o", ms=4.0, color="#0072B2", mfc=fill)
            if np.isnan(value):
                blank(ax, k)
        ax.axvline(base, color="0.3", lw=0.8)
        ax.set_yticks(range(len(labels)), labels, fontsize=7.0)
        ax.set_xlabel(axis_label(table["extinction_discount"]))
        # On two lines: beside names so long one is too wide.
        ax.set_title(f"Under {table.attrs['theory']};\nhollow: fewer than 1,000 effective draws")
    return ax


@validated()
def multiplier_map(report: xr.Dataset, *, ax: Axes | None = None) -> Axes:
    """Draw the value of survival over recovered share and similarity, with the report's theories.

    Marks of theories that rest on fewer than 1,000 effective draws are hollow; those of fewer than
    30 are only in the legend.

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
    >>> report = sfc.assess("cook2022-balanced", 2000, rng=7, theories=["prior"])
    >>> multiplier_map(report).get_xlabel()
    'Recovered share s'
    """
    require(report, ["recovered_share", "similarity_mean"], "assess")
    s, q = np.meshgrid(np.linspace(0.0, 1.0, 101), np.linspace(-1.0, 2.0, 151))
    limit = float(report.attrs.get("tolerance", 0.1))
    with canvas(ax, report.attrs) as ax:
        shade = ax.contourf(s, q, 1.0 - s * q, np.linspace(-1.0, 2.0, 13), cmap="RdBu")
        ax.contour(s, q, 1.0 - s * q, [-limit, 0.0, limit], colors="black",
                   linestyles=[":", "-", ":"], linewidths=0.9)  # fmt: skip
        some = False  # theories of few draws
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
                color=style.colour, label=style.label, **fill,
            )  # fmt: skip
        for name, share in PUBLISHED.items():
            ax.axvline(share, color="0.25", lw=0.8, ls="--")
            ax.annotate(name, (share, -0.95), rotation=90, fontsize=6.5, ha="right", va="bottom")
        ax.figure.colorbar(shade, ax=ax, label="Value of survival, 1 - s κ q")
        ax.set_xlim(0.0, 1.0)
        ax.set_xlabel("Recovered share s")
        ax.set_ylabel("Similarity and value kept, κ q")
        if some:
            few = f"fewer than {SMALL_SAMPLE:,.0f} effective draws"
            ax.plot([], [], "o", color="0.4", mfc="white", label=few)
        ax.plot([], [], "k:", lw=0.9, label="existence neutral in between")
        ax.legend(loc="upper left", fontsize=7.0)
    return ax
