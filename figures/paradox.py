"""The paradox that an uncertain number dissolves: toy model of nine factors and headline model.

After Sandberg, Drexler & Ord (2018), "Dissolving the Fermi Paradox".
"""

from __future__ import annotations

from matplotlib import rc_context
from matplotlib.figure import Figure

from sfc_sim import plotting
from sfc_sim.analysis import paradox
from sfc_sim.plotting.style import WIDTH, headline, new_figure, stamp


def figure(draws: int | None = None, seed: int = 7) -> Figure:  # noqa: ARG001
    """Return the figure; the laws are computed, so that draws and seed change nothing."""
    found = [paradox(name) for name in ("sandberg2018-toy", "sandberg2018")]
    with rc_context(plotting.STYLE):
        picture = new_figure(WIDTH, 6.4)
        for ax, dataset in zip(picture.subplots(2), found, strict=True):
            plotting.paradox(dataset, ax=ax)
            ax.set_title(dataset.attrs["scenario_title"])
        both = ("scenario", "scenario_hash")
        words = {name: " and ".join(each.attrs[name] for each in found) for name in both}
        stamp(picture, words | {"method": found[0].attrs["method"]})
    headline(picture, "An empty galaxy surprises only those who take means")
    return picture


if __name__ == "__main__":
    from _common import run

    run(figure, __doc__)
