"""Pictures of what drives the discount: inputs, premises, and which of them matter most."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
import xarray as xr
from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator

from sfc_sim._core.arguments import validated
from sfc_sim._core.effective import too_few
from sfc_sim._core.errors import unknown
from sfc_sim._core.few import FEWEST
from sfc_sim._core.schema import require
from sfc_sim.plotting.decision import spoken
from sfc_sim.plotting.style import axis_label, blank, canvas, look, verbatim
from sfc_sim.scenario.origin import origin_of

__all__ = ["conditional", "premises", "remarks", "sobol", "tornado"]

LONGEST: Final = 60  # letters of a label: a longer one would leave no room for the picture
_NUMBERS: Final = ("extinction_discount", "extinction_discount_standard_error")
FEW: Final = "hollow: few effective draws, or a heavy tail of weights"


@validated()
def tornado(table: xr.Dataset, *, ax: Axes | None = None) -> Axes:
    """Draw the discount with each input low and high, widest on top.

    Ends that too few draws carry are hollow (see `sfc_sim.report.text`); those of fewer
    than 30 are not drawn.

    Parameters
    ----------
    table : xarray.Dataset
        From `sfc_sim.analysis.tornado`.
    ax : matplotlib.axes.Axes, optional
        Where to draw; by default a new figure.

    Returns
    -------
    matplotlib.axes.Axes

    Examples
    --------
    >>> import sfc_sim as sfc
    >>> study = sfc.assess("cook2022-balanced", 2000, rng=7, theories=["prior"])
    >>> tornado(sfc.analysis.tornado(study, "prior")).get_xlabel().splitlines()[0]
    'Discount on reducing extinction risk,'
    """
    require(table, [*_NUMBERS, "input"], "analysis.tornado")
    rows = table.isel(input=slice(None, None, -1))
    names = [spoken(str(name)) for name in rows["input"].values]
    with canvas(ax, table.attrs, 1.3 + 0.38 * len(names)) as ax:
        base = origin_of(table).number("base")
        ax.axvline(base, color="0.5", lw=0.8)
        for k in range(len(names)):
            row = rows.isel(input=k)
            ends, errors = (row[name].values for name in _NUMBERS)
            few = too_few(row["ess"], row["k_hat"])
            ax.plot(ends, [k, k], "-", color="0.75", lw=5.0, solid_capstyle="butt")
            if np.isnan(ends).any():
                blank(ax, k)
            for end, error, hollow, colour, word in zip(
                ends, errors, few, ("#0072B2", "#D55E00"),
                (str(row["low"].item()), str(row["high"].item())), strict=True,
            ):  # fmt: skip
                if np.isnan(end):
                    continue
                fill = "white" if hollow else colour
                ax.errorbar(end, k, xerr=error, fmt="o", color=colour, mfc=fill, lw=1.0)
                side = 1 if end == np.nanmax(ends) else -1
                ax.annotate(
                    verbatim(word), (end + side * error, k), (7 * side, -2.5),
                    textcoords="offset points", ha="left" if side > 0 else "right", fontsize=6.5,
                )  # fmt: skip
        ax.set_yticks(range(len(names)), names)
        ax.margins(x=0.3)
        ax.set_xlabel(axis_label(table["extinction_discount"]))
        heading = f"Under {verbatim(table.attrs['theory'])}; blue: low, red: high"
        ax.set_title(";\n".join([heading, *_hollow(table)]))
    return ax


@validated()
def sobol(table: xr.Dataset, *, output: str = "discount", ax: Axes | None = None) -> Axes:
    """Draw first-order and total Sobol' indices with their intervals.

    Parameters
    ----------
    table : xarray.Dataset
        From `sfc_sim.analysis.sensitivity`.
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
    >>> study = sfc.assess("cook2022-balanced", 2000, rng=7, theories=["prior"])
    >>> sobol(sfc.analysis.sensitivity(study, points=64)).get_xlabel()
    'Share of the variance of worlds'
    """
    require(table, ["first_order", "total"], "analysis.sensitivity")
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

    Marks that too few draws carry are hollow (see `sfc_sim.report.text`); gaps, of fewer
    than 30. The title says so where there are any.

    Parameters
    ----------
    table : xarray.Dataset
        From `sfc_sim.analysis.conditional`.
    ax : matplotlib.axes.Axes, optional
        Where to draw; by default a new figure.

    Returns
    -------
    matplotlib.axes.Axes

    Examples
    --------
    >>> import sfc_sim as sfc
    >>> study = sfc.assess("cook2022-balanced", 2000, rng=7, theories=["prior"])
    >>> conditional(sfc.analysis.conditional(study, "expansion_speed", bins=4)).get_xlabel()
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
            few = too_few(row["ess"], row["k_hat"])
            for place, height, hollow in zip(x, y, few, strict=True):
                fill = "white" if hollow else style.colour
                ax.plot(place, height, style.marker, color=style.colour, mfc=fill, ms=4.0)
        if named:
            ax.set_xticks(x, [verbatim(str(value)) for value in values])
        elif x.min() > 0.0 and x.max() > 20.0 * x.min():
            ax.set_xscale("log")
            ax.set_xlim(x.min() / 1.2, x.max() * 1.2)  # as they lie, also where no mark is drawn
        elif (x % 1.0 == 0.0).all():
            ax.xaxis.set_major_locator(MaxNLocator(integer=True))
        ax.set_xlabel(_input_label(table))
        ax.set_ylabel(axis_label(table["extinction_discount"]))
        ax.legend(loc="upper left", bbox_to_anchor=(1.0, 1.0))
        words = remarks([table]).replace("; ", ";\n")
        ax.set_title(words[:1].upper() + words[1:])
    return ax


def remarks(tables: Sequence[xr.Dataset]) -> str:
    """Return the meaning of hollow marks and gaps in conditional discounts.

    Examples
    --------
    >>> made = xr.Dataset({"extinction_discount": ("x", [0.1, 0.2]), "ess": ("x", [5e3, 99.0])})
    >>> made["k_hat"] = "x", [0.1, 0.1]
    >>> remarks([made])
    'hollow: few effective draws, or a heavy tail of weights'
    >>> remarks([made.where(made.ess > 1000.0)])
    'gaps: fewer than 30 effective draws'
    """
    words = [word for table in tables for word in _hollow(table)][:1]
    gaps = any(table["extinction_discount"].isnull().any() for table in tables)
    return "; ".join(words + [f"gaps: fewer than {FEWEST:.0f} effective draws"] * gaps)


def _hollow(table: xr.Dataset) -> list[str]:
    """Return the meaning of hollow marks, if there are any."""
    few = too_few(table["ess"], table["k_hat"]) & table["extinction_discount"].notnull().values
    return [FEW] * bool(few.any())


def _input_label(table: xr.Dataset) -> str:
    """Return the name of an input and the unit that the scenario gives it."""
    name = origin_of(table).text("by")
    parameters = origin_of(table).scenario.parameters
    unit = parameters[name].unit if name in parameters else ""
    return spoken(name) + (f" [{unit}]" if unit else "")


@validated()
def premises(table: xr.Dataset, *, ax: Axes | None = None) -> Axes:
    """Draw the discount with one premise flipped at a time.

    Points that too few draws carry are hollow (see `sfc_sim.report.text`); rows of fewer
    than 30 are empty.

    Parameters
    ----------
    table : xarray.Dataset
        From `sfc_sim.analysis.premises`.
    ax : matplotlib.axes.Axes, optional
        Where to draw; by default a new figure.

    Returns
    -------
    matplotlib.axes.Axes

    Examples
    --------
    >>> import sfc_sim as sfc
    >>> study = sfc.assess("cook2022-balanced", 2000, rng=7, theories=["prior"])
    >>> ax = premises(sfc.analysis.premises(study, only=["value of others"]))
    >>> len(ax.get_yticklabels())
    4
    """
    require(table, ["extinction_discount", "change", "ess"], "analysis.premises")
    rows = table.isel(row=slice(None, None, -1))
    discount = rows["extinction_discount"].values
    base = float(table["extinction_discount"].values[0])
    labels = []
    for k in range(rows.sizes["row"]):
        row = rows.isel(row=k)
        premise, words = str(row["premise"].item()), str(row["alternative"].item())
        label = f"{premise}: {words}" if premise else words
        labels.append(verbatim(label if len(label) <= LONGEST else f"{label[: LONGEST - 3]}..."))
    with canvas(ax, table.attrs, 0.8 + 0.22 * len(labels)) as ax:
        ax.barh(range(len(labels)), discount - base, left=base, color="#56B4E9", height=0.6)
        ax.errorbar(discount, range(len(labels)), fmt="none", color="#0072B2", lw=1.0,
                    xerr=rows["extinction_discount_standard_error"].values)  # fmt: skip
        few = too_few(rows["ess"], rows["k_hat"])
        for k, (value, hollow) in enumerate(zip(discount, few, strict=True)):
            fill = "white" if hollow else "#0072B2"
            ax.plot(value, k, "o", ms=4.0, color="#0072B2", mfc=fill)
            if np.isnan(value):
                blank(ax, k)
        ax.axvline(base, color="0.3", lw=0.8)
        ax.set_yticks(range(len(labels)), labels, fontsize=7.0)
        ax.set_xlabel(axis_label(table["extinction_discount"]))
        # On two lines: beside names so long one is too wide.
        ax.set_title(";\n".join([f"Under {verbatim(table.attrs['theory'])}", *_hollow(table)]))
    return ax
