"""What survival is worth by model of how good others are, under decisions for total utility."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
import xarray as xr
from matplotlib.axes import Axes
from matplotlib.figure import Figure

import sfc_sim as sfc
from sfc_sim.plotting.style import axis_label, canvas, headline

MODELS = {
    "as good as we are: 1": 1.0,
    "nearly as good: Beta(8, 2)": sfc.Beta(8, 2),
    "unknown sign: Normal(0, 1)": sfc.Normal(0.0, 1.0),
    "half aligned, a third indifferent, a sixth bad": sfc.decision.mixed_similarity(
        1 / 2, 1 / 3, 1 / 6
    ),
    "we look better by half: Filters": sfc.decision.Filters(observed=1.5),
    "the fast are bad: SpeedLinked": sfc.decision.SpeedLinked(slow=1.0, fast=-0.5),
}
THEORY = "adt-total"
# With butt ends, as others would reach beyond the quantiles, and so across 0.
BAR: Final[dict[str, Any]] = {
    "color": "#0072B2", "lw": 4.0, "alpha": 0.35, "solid_capstyle": "butt",
}  # fmt: skip


def panel(draws: xr.Dataset, weights: xr.Dataset, ax: Axes | None = None) -> Axes:
    """Draw mean and middle 90 % of the multiplier, a row per model."""
    share = sfc.saturation(draws, weights)
    rows = [
        sfc.value_adjustment(share, model, draws=draws, weights=weights).sel(theory=THEORY)
        for model in MODELS.values()
    ]
    places = np.arange(len(rows))[::-1]
    with canvas(ax, weights.attrs, 3.4) as ax:
        for place, row in zip(places, rows, strict=True):
            low, _, high = row.extinction_multiplier_quantile.values
            ax.plot([low, high], [place, place], **BAR)
            ax.plot(row.extinction_multiplier, place, "o", color="#0072B2")
            chance = float(row.probability_net_negative)
            ax.annotate(f"{100 * chance:.0f} %", (2.72, place), va="center", ha="right", fontsize=7)
        ax.axvline(0.0, color="0.3", lw=0.8)
        ax.axvline(1.0, color="0.7", lw=0.8, ls=":")
        ax.set_yticks(places, list(MODELS))
        ax.set_xlim(-1.3, 2.75)
        words = "(dots: mean; bars: middle 90 %;\nat the right: chance of net negative)"
        ax.set_xlabel(f"{axis_label(rows[0].extinction_multiplier)}\n{words}")
    return ax


def figure(draws: int = 200_000, seed: int = 7) -> Figure:
    """Return the figure."""
    drawn = sfc.sample("cook2022-balanced", draws, rng=seed, aim=[THEORY])
    ax = panel(drawn, sfc.weigh(drawn, theories=[THEORY]))
    headline(ax.figure, "Survival, by how good others are (ADT, total)")
    return ax.get_figure(root=True)


if __name__ == "__main__":
    from _common import run

    run(figure, __doc__)
