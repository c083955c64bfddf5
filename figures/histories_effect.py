"""How far the history of planets moves a Drake product that has been given dates and fronts.

Sandberg, Drexler & Ord (2018) with the planet histories of Lineweaver (2001), Madau & Dickinson
(2014), Behroozi & Peeples (2015), Madau & Fragos (2017) and Hanson et al. (2021).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import xarray as xr
from matplotlib import rc_context
from matplotlib.axes import Axes
from matplotlib.colors import to_rgba
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

import sfc_sim as sfc
from sfc_sim import plotting
from sfc_sim._core.few import FEWEST, SMALL_SAMPLE
from sfc_sim.planets import FUTURES, HISTORIES
from sfc_sim.plotting.style import WIDTH, headline, look, new_figure, stamp

BASE = "sandberg2018-expanding"
THEORIES = ("prior", "sia")
MARKS = dict(zip(FUTURES, "osD^", strict=True))
WORDS = {"prior": "nothing visible,\nat face value", "sia": "nothing visible,\nself-indication"}


def rows() -> dict[str, dict[str, dict[str, Any]]]:
    """Return the changes of options, by row and by what they are called in it."""
    made: dict[str, dict[str, dict[str, Any]]] = {
        name: {f: {"planet_history": name, "future_planets": f} for f in FUTURES if known(name, f)}
        for name in HISTORIES
    }
    for factor in ("step", "benign"):
        made[f"early universe: {factor}"] = {"formula": {"early_universe": factor}}
    for longest in (6.0, 20.0, 200.0):
        words = f"habitable for at most {longest:g} Gyr"
        made[words] = {"formula": {"longest_habitability": longest}}
    for delay in (2.0, 9.0):
        made[f"evolution takes {delay:g} Gyr"] = {"formula": {"evolution_delay": delay}}
    return made


def known(history: str, future: str) -> bool:
    """Tell whether a history is defined with a future."""
    return history != "hanson2021" or future in ("formula", "none")


def compared(draws: int, seed: int) -> xr.Dataset:
    """Return the readings of every change; the first scenario is as shipped."""
    base = sfc.load_scenario(BASE)
    changed = [
        base.replace(name=f"{row}, {mark}", **options)
        for row, marks in rows().items()
        for mark, options in marks.items()
    ]
    return sfc.literature.compare([base, *changed], theories=THEORIES, draws=draws, rng=seed)


def panel(ax: Axes, table: xr.Dataset, theory: str) -> None:
    """Draw how far the median moves under a theory, a row for each history or option."""
    medians = table["log10_actual_ever"].sel(theory=theory, quantile=0.5)
    colour = look(theory).colour
    for height, (row, marks) in enumerate(rows().items()):
        for mark in marks:
            name = f"{row}, {mark}"
            ess = float(table["ess"].sel(theory=theory, scenario=name))
            if ess < FEWEST:  # a median of so few is no number
                continue
            shift = float(medians.sel(scenario=name) - medians.sel(scenario=BASE))
            # Full marks are translucent: many lie on each other.
            fill = to_rgba(colour, 0.35) if ess >= SMALL_SAMPLE else "none"
            ax.plot(shift, height, MARKS[mark], color=colour, mfc=fill, ms=5.0)
    ax.axvline(0.0, color="0.35", lw=0.8, ls=":", zorder=1)
    ax.axhline(len(HISTORIES) - 0.5, color="0.8", lw=0.6)
    ax.grid(axis="both", color="0.93", lw=0.6)
    ax.set_title(WORDS[theory], fontsize=8.5)
    ax.set_xlabel("shift of the median\n[decades]")


def finish(axes: Sequence[Axes], table: xr.Dataset) -> None:
    """Label the rows, and tell what the marks are."""
    axes[0].set_yticks(range(len(rows())), list(rows()))
    axes[0].set_ylabel("planet history, or option")
    axes[0].invert_yaxis()
    handles = [
        Line2D([], [], ls="", marker=mark, mfc=to_rgba("0.2", 0.35), color="0.2", label=future)
        for future, mark in MARKS.items()
    ]
    if (table["ess"] < SMALL_SAMPLE).any():
        words = f"fewer than {SMALL_SAMPLE:,.0f}\neffective draws"
        handles.append(Line2D([], [], ls="", marker="o", mfc="none", color="0.2", label=words))
    axes[0].figure.legend(
        handles=handles, loc="outside center right", title="planets to come", fontsize=7.0
    )


def figure(draws: int = 20_000, seed: int = 7) -> Figure:
    """Return the figure."""
    table = compared(draws, seed)
    with rc_context(plotting.STYLE):
        picture = new_figure(WIDTH, 4.0)
        axes = picture.subplots(1, 2, sharex=True, sharey=True)
        for ax, theory in zip(axes, THEORIES, strict=True):
            panel(ax, table, theory)
        finish(axes, table)
        stamp(picture, table.attrs | {"scenario": f"{BASE} and its variants"})
    title = "Planet histories move the answer by a decade or so, of fifty"
    headline(picture, title)
    return picture


if __name__ == "__main__":
    from _common import run

    run(figure, __doc__)
