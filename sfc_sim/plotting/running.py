"""Monte Carlo error against the number of draws."""

from __future__ import annotations

import warnings
from collections.abc import Sequence

import numpy as np
import xarray as xr
from matplotlib.axes import Axes

from sfc_sim._core.arguments import validated
from sfc_sim._core.errors import InputError
from sfc_sim._core.schema import require
from sfc_sim.inference.summary import summarize
from sfc_sim.inference.theories import EffectiveSampleSizeWarning, Theory, TheoryLike, theories_of
from sfc_sim.inference.weights import weigh
from sfc_sim.plotting.style import canvas, look

__all__ = ["convergence"]

THEORIES = ("prior", "ssa-civilizations", "adt-average")
FEWEST, BLOCKS = 250, 16


@validated()
def convergence(
    draws: xr.Dataset, *, theories: Sequence[TheoryLike] = THEORIES, ax: Axes | None = None
) -> Axes:
    """Plot the spread of P(< 1 expected) over blocks of draws, beside the standard error it states.

    Points are the standard deviation over blocks of each size, lines the mean standard error
    that `sfc_sim.summarize` states for such a block; both must fall as the square root.

    Parameters
    ----------
    draws : xarray.Dataset
        Random draws from `sfc_sim.sample`, at least 4,000.
    theories : sequence of str or Theory, optional
        By default those that few draws can serve.
    ax : matplotlib.axes.Axes, optional
        Axes to draw on; a new figure by default.

    Returns
    -------
    matplotlib.axes.Axes

    Raises
    ------
    InputError
        If the draws are too few to divide.

    Examples
    --------
    >>> import sfc_sim as sfc
    >>> ax = convergence(sfc.sample("cook2022-balanced", 4000, rng=1), theories=["prior"])
    >>> ax.get_xscale(), ax.get_yscale()
    ('log', 'log')
    """
    require(draws, ["log_intelligent_actual"], "sample")
    total = draws.sizes["draw"]
    if total < FEWEST * BLOCKS:
        raise InputError(f"{total} draws came; convergence needs at least {FEWEST * BLOCKS}")
    sizes = FEWEST * 2 ** np.arange(int(np.log2(total / (FEWEST * BLOCKS))) + 1)
    with canvas(ax, draws.attrs) as axes:
        for theory in theories_of(theories):
            spread, stated = np.array([block_errors(draws, theory, int(n)) for n in sizes]).T
            shown = look(theory.name)
            axes.plot(sizes, spread, shown.marker, color=shown.colour, label=shown.label)
            axes.plot(sizes, stated, color=shown.colour)
        guide = 1.6 * axes.get_ylim()[1] * np.sqrt(sizes[0] / sizes)
        axes.plot(sizes, guide, ":", color="0.4", label=r"$\propto n^{-1/2}$")
        axes.set(xscale="log", yscale="log", xlabel="Draws", ylabel="Error of P(< 1 expected)")
        axes.set_xticks(sizes, [f"{n:,}" for n in sizes])
        axes.set_xticks([], minor=True)
        axes.legend(title="points: spread, lines: stated error", title_fontsize=8)
    return axes


def block_errors(draws: xr.Dataset, theory: Theory, size: int) -> tuple[float, float]:
    """Return the spread of P(< 1 expected) over blocks, and the mean error that they state."""
    found = []
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", EffectiveSampleSizeWarning)
        for first in range(0, draws.sizes["draw"] - size + 1, size):
            block = draws.isel(draw=slice(first, first + size))
            table = summarize(block, weigh(block, theories=[theory]))
            stated = table["probability_alone_standard_error"].item()
            found.append((table["probability_alone"].item(), stated))
    answers, errors = np.array(found).T
    return float(answers.std(ddof=1)), float(errors.mean())
