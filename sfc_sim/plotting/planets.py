"""Pictures of when planets form, and of how early that makes us."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
from matplotlib.axes import Axes

from sfc_sim._core.arguments import validated
from sfc_sim._core.digits import percent
from sfc_sim._core.errors import InputError
from sfc_sim.planets import habitability
from sfc_sim.planets.formation import FUTURES, HISTORIES, PlanetHistory, futures_of, today
from sfc_sim.plotting.style import canvas

__all__ = ["earliness", "planet_histories"]

# Name -> label and colour; colours that the colour-blind can tell apart (Okabe & Ito 2008).
HISTORY_LOOKS: Final[dict[str, tuple[str, str]]] = {
    "lineweaver2001": ("Lineweaver 2001, as read here", "#D55E00"),
    "madau2014": ("Madau & Dickinson 2014", "#000000"),
    "madau2017": ("Madau & Fragos 2017", "#0072B2"),
    "behroozi2015": ("Behroozi & Peeples 2015, as read here", "#009E73"),
    "hanson2021": ("Hanson et al. 2021", "#CC79A7"),
}
STEPS: Final = (1, 2, 3, 6, 10)
STEP_COLOURS: Final = ("#56B4E9", "#0072B2", "#009E73", "#E69F00", "#D55E00")
RANK: Final = 0.01
EARTH: Final = 4.54  # Gyr: its age, to a digit more than the constant that models of hard steps use
LAST: Final = 30.0  # Gyr: the end of the axis of dates


@validated()
def planet_histories(
    names: Sequence[str] = HISTORIES, *, future: str = "formula", ax: Axes | None = None
) -> Axes:
    """Draw the rates at which planets form, in units of all formed by today.

    The future is dashed. The legend gives the share of existing planets older than Earth.

    Parameters
    ----------
    names : sequence of str, default all
        Of `sfc_sim.planets.formation.HISTORIES`.
    future : str, default "formula"
        What follows today, one of `sfc_sim.planets.formation.FUTURES`. A history that
        does not know it is drawn with its own.
    ax : matplotlib.axes.Axes, optional
        Where to draw; by default a new figure.

    Returns
    -------
    matplotlib.axes.Axes

    Raises
    ------
    InputError
        If there are no names, or one is not known.

    Examples
    --------
    >>> ax = planet_histories(["madau2014", "hanson2021"])
    >>> [text.get_text() for text in ax.get_legend().get_texts()][0]
    'Madau & Dickinson 2014: 86 % older than Earth'
    """
    if not names:
        raise InputError("names is empty: there is nothing to draw")
    made = [PlanetHistory(name, _future(name, future)) for name in names]
    past = np.linspace(0.0, today(), 400)
    # The first instant after today belongs to the future, whose rate may jump.
    coming = np.linspace(np.nextafter(today(), np.inf), LAST, 400)
    attrs = {"chosen": f"future: {future} · dates of the Planck 2018 cosmology"}
    with canvas(ax, attrs) as ax:
        for history in made:
            label, colour = HISTORY_LOOKS[history.name]
            older = history.formed(today() - EARTH)
            text = f"{label}: {percent(float(older))} older than Earth"
            ax.plot(past, history.rate(past), color=colour, label=text)
            ax.plot(coming, history.rate(coming), color=colour, ls="--", lw=1.1)
        upright(ax, today(), "today")
        upright(ax, today() - EARTH, "Earth", "right")
        ax.set_xlim(0.0, LAST)
        ax.set_ylim(0.0, 1.08 * max(float(history.rate(past).max()) for history in made))
        ax.set_xlabel("Date [Gyr]")
        ax.set_ylabel("Planets formed per Gyr, over all by today")
        ax.legend(loc="upper right")
    return ax


@validated(longest="Gyr", now="Gyr")
def earliness(
    steps: Sequence[float] = STEPS, *, history: str = "hanson2021", ax: Axes | None = None
) -> Axes:
    """Draw our rank among all civilizations against how long planets stay habitable.

    The rank is the share of civilizations that arise before today if nobody hinders them
    (`sfc_sim.planets.earliness`). A line marks 1 %, and dots where each curve crosses it.

    Parameters
    ----------
    steps : sequence of float, default (1, 2, 3, 6, 10)
        Numbers of hard steps, five at most.
    history : str, default "hanson2021"
        When planets form: one of `sfc_sim.planets.formation.HISTORIES`.
    ax : matplotlib.axes.Axes, optional
        Where to draw; by default a new figure.

    Returns
    -------
    matplotlib.axes.Axes

    Raises
    ------
    InputError
        If there are no steps or too many, or the history is not known.

    Notes
    -----
    After Hanson et al. (2021, ApJ 922, 182) and Cook (2022).

    Examples
    --------
    >>> ax = earliness([6])
    >>> ax.get_legend().get_texts()[0].get_text()
    '6 hard steps: 1 % at 17.1 Gyr'
    """
    if not 0 < len(steps) <= len(STEP_COLOURS):
        raise InputError(f"steps has {len(steps)} numbers; allowed: 1 to {len(STEP_COLOURS)}")
    planets = PlanetHistory(history)
    longest = np.geomspace(3.0, 20_000.0, 300)
    with canvas(ax, {"chosen": f"planets form as {HISTORY_LOOKS[history][0]}"}) as ax:
        for count, colour in zip(steps, STEP_COLOURS, strict=False):
            rank = habitability.earliness(float(count), longest, history=planets)
            at = habitability.earliness_longest(float(count), RANK, history=planets)
            word = "step" if count == 1 else "steps"
            ax.plot(
                longest, rank, color=colour, label=f"{count:g} hard {word}: 1 % at {at:.3g} Gyr"
            )
            ax.plot(at, RANK, "o", color=colour, ms=4.0)
        ax.axhline(RANK, color="0.4", lw=0.8)
        ax.annotate(
            "1 %", (1.0, RANK), (-2.0, -3.0), xycoords=("axes fraction", "data"),
            textcoords="offset points", color="0.25", fontsize=8.0, ha="right", va="top",
        )  # fmt: skip
        ax.set_xscale("log")
        ax.set_yscale("log")
        ax.set_xlim(float(longest[0]), float(longest[-1]))
        ax.set_ylim(1e-6, 1.0)
        ax.set_xlabel("Longest that a planet stays habitable [Gyr]")
        ax.set_ylabel("Share of civilizations that arise before today")
        ax.legend(loc="upper right")
    return ax


def _future(name: str, future: str) -> str:
    """Return the future, or the one of a history that is a formula for all time."""
    return future if future in futures_of(name) or future not in FUTURES else "formula"


def upright(ax: Axes, date: float, text: str, side: str = "left") -> None:
    """Mark a date by a thin line, with its name beside the foot."""
    ax.axvline(date, ymax=0.66, color="0.4", lw=0.8)  # the legend is above
    away = 4.0 if side == "left" else -4.0
    ax.annotate(
        text, (date, 0.02), (away, 0.0), xycoords=("data", "axes fraction"),
        textcoords="offset points", color="0.25", fontsize=8.0, ha=side,
    )  # fmt: skip
