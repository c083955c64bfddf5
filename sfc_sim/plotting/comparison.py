"""Pictures of estimates side by side: a ridge per scenario."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import Executor
from typing import Any, Final, NamedTuple

import numpy as np
import xarray as xr
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.ticker import MaxNLocator

from sfc_sim._core.arguments import validated
from sfc_sim._core.digits import percent
from sfc_sim._core.effective import unsteady
from sfc_sim._core.errors import InputError, shown, unknown
from sfc_sim._core.few import FEWEST, SMALL_SAMPLE
from sfc_sim._core.random import seed_of
from sfc_sim._core.schema import require
from sfc_sim._core.typing import FloatArray, RandomLike
from sfc_sim.inference.evidence import EvidenceLike, read_evidence
from sfc_sim.inference.theories import TheoryLike
from sfc_sim.literature.comparison import COMPARED, compare
from sfc_sim.plotting.style import LOOKS, axis_label, canvas, look, verbatim
from sfc_sim.scenario.conversions import AS_PUBLISHED, Conversions
from sfc_sim.scenario.scenario import Scenario

__all__ = ["plot_densities"]

# Inches of a row, and more for each theory; ridges take the upper part, intervals the lower.
ROW: Final = 0.17
BAR: Final = 0.035
RIDGE: Final = 0.58
HEADING: Final = 0.62  # rows that the heading of a group takes
SHOWN: Final = 0.999  # the axis ends where every theory has at least so much of its weight behind
NOTED: Final = 0.005  # less weight than this left of the axis is not worth a note


NEEDED: Final = (
    "density", "weight_below", "log10_actual_ever", "ess", "alone_in_observable_standard_error",
)  # fmt: skip


# Of a scenario whose source has no expansion: of its name, and of its theories from first to last.
ADDED: Final = "0.55"
GREYS: Final = (0.4, 0.62)


class Row(NamedTuple):
    """A row of a picture: its place, and the scenario that it shows, or the heading it is."""

    height: float
    scenario: str = ""
    heading: str = ""


@validated()
def plot_densities(
    comparison: xr.Dataset | Sequence[Scenario | str] | None,
    *,
    theories: Sequence[TheoryLike] | None = None,
    lowest: float | None = None,
    evidence: EvidenceLike = "nothing-visible",
    draws: int = 100_000,
    conversions: Conversions = AS_PUBLISHED,
    rng: RandomLike = None,
    threads: int | None = None,
    executor: Executor | None = None,
    ax: Axes | None = None,
) -> Axes:
    """Draw what every scenario says of the number of expanding civilizations, a row each.

    Rows are grey where the source has no expansion, so that what is drawn is our addition.
    Ridges are densities of log10 of the number ever per observable universe, each as high as its
    own peak. Below them, by theory: the median, and bars of the middle 90 % (thin) and 50 %
    (thick). Markers are hollow where a theory rests on fewer than 100 effective draws. On the
    left is noted what lies left of the axis, on the right the probability of no other in the
    observable universe.

    Parameters
    ----------
    comparison : xarray.Dataset, sequence of Scenario or str, or None
        From `sfc_sim.literature.compare`, or what it is to compare.
    theories : sequence of str or Theory, optional
        Which to draw; by default all that are there, or those that `sfc_sim.literature.compare`
        takes.
    lowest : float, optional
        Where the axis begins, in log10 of the number; by default at -12, or 12 below where all
        end.
    evidence, draws, conversions, rng, threads, executor : optional
        See `sfc_sim.literature.compare`; unused for a Dataset.
    ax : matplotlib.axes.Axes, optional
        Where to draw; by default a new figure, as high as there are scenarios.

    Returns
    -------
    matplotlib.axes.Axes

    Raises
    ------
    InputError
        If a Dataset is not of that kind, or a theory is not in it.

    Examples
    --------
    >>> ax = plot_densities(["sandberg2018"], theories=["prior"], draws=2000, rng=7)
    >>> [text.get_text() for text in ax.get_yticklabels()]
    ['sandberg2018']
    """
    read_evidence(evidence)  # what is wrong is told even where it is not used
    seed_of(rng)
    if not isinstance(comparison, xr.Dataset):
        comparison = compare(
            comparison, evidence=evidence, theories=theories or COMPARED, draws=draws,
            conversions=conversions, rng=rng, threads=threads, executor=executor,
        )  # fmt: skip
    require(comparison, NEEDED, "literature.compare")
    middle(comparison)
    drawn = chosen(comparison, theories)
    rows = list(arranged(drawn))
    limits = limits_of(drawn, lowest)
    tall = ROW + BAR * drawn.sizes["theory"]
    with canvas(ax, comparison.attrs, height=1.0 + tall * (rows[-1].height + 1.0)) as ax:
        for row in rows:
            if row.heading:
                note(ax, 0.0, 0.0, row.height, row.heading, "0.15", size=7.5, weight="bold")
            else:
                draw_row(ax, drawn.sel(scenario=row.scenario), row.height, limits)
        finish(ax, drawn, rows, limits)
    return ax


def chosen(comparison: xr.Dataset, theories: Sequence[TheoryLike] | None) -> xr.Dataset:
    """Return the comparison of the theories that are to be drawn, ready to be looked up."""
    present = [str(theory) for theory in comparison["theory"].values]
    if theories is None:
        return comparison
    several = [theories] if isinstance(theories, str) else list(theories)
    names = [each if isinstance(each, str) else each.name for each in several]
    for name in names:
        if name not in {*present, *LOOKS}:
            raise unknown("theory", name, [*present, *LOOKS])
        if name not in present:
            raise InputError(f"theory '{name}' was not compared; there are: {', '.join(present)}")
    return comparison.sel(theory=names)


def middle(table: xr.Dataset) -> FloatArray:
    """Return the quantiles of a table, of which one must be the median."""
    quantiles = np.asarray(table["quantile"].values, dtype=float)
    if 0.5 not in quantiles:
        raise InputError(f"quantiles are {quantiles.tolist()}; a picture needs 0.5 among them")
    return quantiles


def arranged(table: xr.Dataset) -> Iterator[Row]:
    """Yield the rows from the top: kinds of model, and scenarios in them, by their median."""
    every = table["log10_actual_ever"].sel(quantile=0.5)
    # Of the first theory; if that may not weigh it, of those that may.
    medians = every.isel(theory=0).fillna(every.mean("theory")).values
    names, kinds = table["scenario"].values.tolist(), table["kind"].values
    groups = {kind: float(np.median(medians[kinds == kind])) for kind in dict.fromkeys(kinds)}
    height = 0.0
    for kind in sorted(groups, key=lambda kind: groups[kind]):
        yield Row(height + 0.25, heading=str(kind))
        height += HEADING
        for k in sorted(np.flatnonzero(kinds == kind), key=lambda k: medians[k]):
            yield Row(height + RIDGE, scenario=names[k])
            height += 1.0


def limits_of(table: xr.Dataset, lowest: float | None) -> tuple[float, float]:
    """Return the ends of the axis."""
    share = table["density"].cumsum("bin") / table["density"].sum("bin").clip(min=1e-300)
    places = (share >= SHOWN).argmax("bin").values
    highest = float(np.ceil(table["log10_civilizations"].values[places].max())) + 1.0
    lowest = min(-12.0, highest - 12.0) if lowest is None else lowest
    if not lowest < highest:
        raise InputError(
            f"lowest is {shown(lowest)}; it must be less than {highest:.3g}, where all end"
        )
    return lowest, highest


def draw_row(ax: Axes, table: xr.Dataset, height: float, limits: tuple[float, float]) -> None:
    """Draw the ridges, intervals and notes of a scenario."""
    ax.axhline(height, color="0.75", lw=0.6, zorder=1)
    theories = [str(theory) for theory in table["theory"].values]
    step = (1.0 - RIDGE) / (len(theories) + 1.0)
    for k, (theory, colour) in enumerate(zip(theories, colours(table), strict=True)):
        one = table.sel(theory=theory)
        line = (height - RIDGE) + (k + 0.5) * (1.0 / len(theories))
        if not float(one["ess"]) >= FEWEST:
            few = float(one["ess"]) < FEWEST
            note(ax, 1.0, 4.0, line, "few draws" if few else "left out", colour)
            continue
        ridge(ax, one, height, limits, colour, first=k == 0)
        low = height + (k + 0.8) * step
        sure = not unsteady(one)
        interval(ax, one["log10_actual_ever"], low, limits, colour, sure=sure)
        note(ax, 1.0, 4.0, line, chance(one), colour)
        left = left_of(one, limits[0])
        if left >= NOTED:
            note(ax, 0.0, -3.0, line, f"◂ {percent(left)}", colour)


def colours(table: xr.Dataset) -> list[str]:
    """Return the colours of the theories of a scenario: their own, or greys for our additions.

    Examples
    --------
    >>> made = xr.Dataset({"added": "expansion"}, coords={"theory": ["prior", "sia"]})
    >>> colours(made)
    ['0.40', '0.62']
    """
    theories = [str(theory) for theory in table["theory"].values]
    if str(table["added"].item()) != "expansion":
        return [look(theory).colour for theory in theories]
    return [f"{grey:.2f}" for grey in np.linspace(*GREYS, len(theories))]


def ridge(
    ax: Axes, one: xr.Dataset, height: float, limits: tuple[float, float], colour: str, first: bool
) -> None:
    """Draw a density as a ridge on its line, as high as its own peak within the axes."""
    x, y = one["log10_civilizations"].values, one["density"].values
    seen = (x > limits[0]) & (x < limits[1])
    if not y[seen].any():
        return
    # Means of bins: four to a decade, as fine as the eye follows; fewer where draws are few.
    many = 2 if float(one["ess"]) >= SMALL_SAMPLE else 4
    x, y = (v[seen][: seen.sum() // many * many].reshape(-1, many).mean(axis=1) for v in (x, y))
    y = y / y.max()
    # Below the width of the line there is none, but next to a bin that has one.
    some = np.convolve(y > 0.002, [1, 1, 1], "same") > 0
    top = np.where(some, height - 0.94 * RIDGE * y, np.nan)
    alpha = 0.14 if first else 0.10
    ax.fill_between(x, height, top, step="mid", color=colour, alpha=alpha, lw=0.0, zorder=2)
    ax.step(x, top, where="mid", color=colour, lw=1.0 if first else 0.8, zorder=3)


def interval(
    ax: Axes,
    values: xr.DataArray,
    height: float,
    limits: tuple[float, float],
    colour: Any,
    *,
    sure: bool = True,
) -> None:
    """Draw bars of the outer and of the inner quantiles, and the median; an arrow if outside."""
    numbers = np.clip(values.values, *limits)
    ends = [(numbers[0], numbers[-1], 0.8)]
    if len(numbers) >= 5:
        ends.append((numbers[1], numbers[-2], 2.2))
    for low, high, width in ends:
        if high > low:
            ax.plot([low, high], [height] * 2, color=colour, lw=width, solid_capstyle="butt")
    median = float(values.sel(quantile=0.5))
    if limits[0] <= median <= limits[1]:
        fill = colour if sure else "white"
        ax.plot(median, height, "o", color=colour, mfc=fill, ms=3.0, mew=0.8, zorder=4)


def note(
    ax: Axes,
    side: float,
    offset: float,
    height: float,
    text: str,
    colour: str,
    *,
    size: float = 5.5,
    weight: str = "normal",
) -> None:
    """Write a few words at an edge of the axes; outside of it where the offset is negative."""
    ax.annotate(
        text, (side, height), (offset, 0.0), xycoords=("axes fraction", "data"),
        textcoords="offset points", va="center", ha="right" if offset < 0.0 else "left",
        fontsize=size, fontweight=weight, color=colour, annotation_clip=False,
    )  # fmt: skip


def chance(one: xr.Dataset, name: str = "alone_in_observable") -> str:
    """Return a probability by the rule of digits."""
    value, error = (float(one[f"{name}{end}"]) for end in ("", "_standard_error"))
    return percent(value, error)


def left_of(one: xr.Dataset, lowest: float) -> float:
    """Return the weight that lies left of the axis."""
    x, density = one["log10_civilizations"].values, one["density"].values
    return float(one["weight_below"]) + float(density[x < lowest].sum()) * float(x[1] - x[0])


def all_within(table: xr.Dataset, lowest: float) -> bool:
    """Tell whether next to nothing of any row lies left of the axis."""
    pairs = table.stack(pair=("scenario", "theory"))
    left = [left_of(pairs.isel(pair=k), lowest) for k in range(pairs.sizes["pair"])]
    return all(not part >= NOTED for part in left)


def finish(ax: Axes, table: xr.Dataset, rows: list[Row], limits: tuple[float, float]) -> None:
    """Label the axes, and explain colours and columns."""
    named = [row for row in rows if row.scenario]
    ax.set_yticks([row.height for row in named], [verbatim(row.scenario) for row in named])
    added = table["added"].values == "expansion"
    for label, row in zip(ax.get_yticklabels(), named, strict=True):
        if row.scenario in table["scenario"].values[added]:
            label.set(color=ADDED, style="italic")
    room = 4.0 if all_within(table, limits[0]) else 32.0  # points, for notes on what lies left
    ax.tick_params(axis="y", length=0.0, labelsize=7.0, pad=room)
    ax.grid(axis="x", color="0.92", lw=0.6)
    ax.spines["left"].set_visible(False)
    ax.axvline(0.0, color="0.35", lw=0.7, ls=":", zorder=1)
    ax.set_xlim(*limits)
    ax.set_ylim(named[-1].height + 1.0 - RIDGE, -0.1)
    ax.xaxis.set_major_locator(MaxNLocator(integer=True))
    ax.set_xlabel(axis_label(table["log10_actual_ever"]).replace("Log10", "log$_{10}$"))
    note(ax, 1.0, 4.0, rows[0].height, "P(no SFC)", "0.15", size=6.5)
    theories = [look(str(theory)) for theory in table["theory"].values]
    marks = [
        Line2D([], [], color=one.colour, marker="o", ms=3.0, label=one.label) for one in theories
    ]
    if unsteady(table).any():
        few = f"< {SMALL_SAMPLE:,.0f} effective draws or heavy tail"
        marks.append(Line2D([], [], color="0.4", ls="", marker="o", mfc="white", ms=3.0, label=few))
    if added.any():
        marks.append(Line2D([], [], color=ADDED, label="grey: that they expand is our addition"))
    ax.legend(
        handles=marks, loc="lower right", bbox_to_anchor=(1.0, 1.0), ncols=len(marks), fontsize=6.5,
        columnspacing=1.0, handlelength=1.4, borderaxespad=0.1,
    )  # fmt: skip
