"""What a place is worth by the date at which it is reached, and when we and others come."""

from __future__ import annotations

import numpy as np
import xarray as xr
from matplotlib.axes import Axes
from matplotlib.figure import Figure

import sfc_sim as sfc
from sfc_sim.decision import WEIGHTINGS
from sfc_sim.plotting.style import canvas, headline

COLOURS = {"starlight": "#E69F00", "horizon": "#0072B2", "decay": "#CC79A7"}
THEORY = "adt-total"


def panel(draws: xr.Dataset, weights: xr.Dataset, ax: Axes | None = None) -> Axes:
    """Draw the weightings by date, each with its kappa, and the mean dates of arrival."""
    background = sfc.Background.named(str(draws.attrs["cosmology"]))
    dates = np.linspace(background.age, 60.0, 300)
    with canvas(ax, weights.attrs) as ax:
        for name, colour in COLOURS.items():
            kept = sfc.decision.retention(draws, weights, name).sel(theory=THEORY)
            words = f"{name}, κ = {float(kept.retention):.3f} ± "
            words += f"{float(kept.retention_standard_error):.3f}"
            worth = WEIGHTINGS[name].make(background)(dates)
            ax.plot(dates, worth, color=colour, label=words)
        for key, words, dashes in (
            ("date_grabbed", "mean date at which we would come", "--"),
            ("date_recovered", "mean date at which others come", ":"),
        ):
            error = float(kept[f"{key}_standard_error"])
            words += f",\n{float(kept[key]):.1f} ± {error:.1f} Gyr"
            ax.axvline(float(kept[key]), color="0.3", lw=0.9, ls=dashes, label=words)
        ax.set(xlim=(background.age, 60.0), ylim=(0.0, 1.05))
        ax.set_xlabel("Date since the Big Bang [Gyr]")
        ax.set_ylabel("Worth of a place reached then, today 1")
        ax.legend(loc="upper left", bbox_to_anchor=(1.0, 1.0))  # lines run all over the inside
    return ax


def figure(draws: int = 200_000, seed: int = 7) -> Figure:
    """Return the figure."""
    drawn = sfc.sample("cook2022-balanced", draws, rng=seed, aim=[THEORY])
    ax = panel(drawn, sfc.weigh(drawn, theories=[THEORY]))
    headline(ax.figure, "What recovered resources keep of their value (ADT, total)")
    return ax.get_figure(root=True)


if __name__ == "__main__":
    from _common import run

    run(figure, __doc__)
