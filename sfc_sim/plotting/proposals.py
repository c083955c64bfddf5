"""Picture of where draws were made, and where a theory has its weight."""

from __future__ import annotations

import numpy as np
import xarray as xr
from matplotlib.axes import Axes

from sfc_sim._core.arguments import validated
from sfc_sim._core.errors import InputError, unknown
from sfc_sim._core.schema import require, weight_of
from sfc_sim._core.studied import takes_study
from sfc_sim._core.typing import FloatArray
from sfc_sim._core.weighted import shares_of
from sfc_sim.inference.fronts import front_in
from sfc_sim.plotting.style import canvas, look, verbatim

__all__ = ["aimed"]

POINTS = 700
LOG = "log$_{10}$ of "
DECADES = 1.5  # a parameter of one sign that spans more is drawn in logarithms
SHOWN = 0.996  # of the points, so that a single one does not squeeze the others


@takes_study
@validated()
def aimed(
    draws: xr.Dataset,
    weights: xr.Dataset,
    theory: str,
    *,
    x: str = "step_time",
    y: str = "try_once",
    ax: Axes | None = None,
) -> Axes:
    """Draw two parameters of the prior's worlds, of the draws as made, and of a theory's worlds.

    A world is one of equally many points of each kind, picked in proportion to what it weighs.

    Parameters
    ----------
    draws, weights : xarray.Dataset
        From `sfc_sim.sample`, aimed or not, and from `sfc_sim.weigh`; or a study, in place of
        both.
    theory : str
        A theory of the weights.
    x, y : str, default "step_time" and "try_once"
        Parameters of the draws.
    ax : matplotlib.axes.Axes, optional
        Where to draw; by default a new figure.

    Returns
    -------
    matplotlib.axes.Axes

    Raises
    ------
    InputError
        If a Dataset is not of that kind, or a name is not in it.

    Examples
    --------
    >>> import sfc_sim as sfc
    >>> draws = sfc.sample("cook2022-balanced", 1000, rng=7, aim=["sia"])
    >>> weights = sfc.weigh(draws, theories=["sia"])
    >>> ax = aimed(draws, weights, "sia", y="expansion_speed")
    >>> [kind.get_text() for kind in ax.get_legend().get_texts()][:2]
    ['prior', 'draws as made']
    """
    require(draws, [], "sample")
    require(weights, ["log_weight", "ess"], "weigh")
    draws = front_in(weights).given(draws)
    for name in (x, y):
        if name not in draws:
            raise unknown("parameter", name, list(draws.data_vars))
    if theory not in weights["theory"].values:
        raise unknown("theory", theory, list(weights["theory"].values))
    style = look(theory)
    across, up = scaled(draws[x]), scaled(draws[y])
    same = np.zeros(draws.sizes["draw"])
    ratio = draws["log_prior_over_proposal"].values if "log_prior_over_proposal" in draws else same
    ess = float(weights["ess"].sel(theory=theory))
    kinds = (
        ("prior", shares_of(ratio), "0.75", "o", 7.0),
        ("draws as made", shares_of(same), "0.25", "+", 9.0),
        (f"{style.label}: {ess:,.0f} of {same.size:,} draws effective",
         weight_of(weights, theory), style.colour, "o", 4.0),
    )  # fmt: skip
    with canvas(ax, weights.attrs) as ax:
        for label, share, colour, marker, size in kinds:
            some = picked(share)
            ax.scatter(
                across[0][some], up[0][some], s=size, c=colour, marker=marker, linewidths=0.5,
                label=label, rasterized=True,
            )  # fmt: skip
        ax.set_xlabel(across[1] + named(draws[x]))
        ax.set_ylabel(up[1] + named(draws[y]))
        shown = np.concatenate([picked(share) for _, share, *_ in kinds])
        for values, limit in ((across[0][shown], ax.set_xlim), (up[0][shown], ax.set_ylim)):
            low, high = np.quantile(values, [1.0 - SHOWN, SHOWN])
            limit(low - 0.03 * (high - low), high + 0.03 * (high - low))
        ax.legend(loc="lower left", bbox_to_anchor=(0.0, 1.0), handletextpad=0.2)
    return ax


def scaled(values: xr.DataArray) -> tuple[FloatArray, str]:
    """Return values and what comes before their name: logarithms where they span decades.

    Examples
    --------
    >>> scaled(xr.DataArray([1.0, 1e4]))
    (array([0., 4.]), 'log$_{10}$ of ')
    """
    plain = np.asarray(values.values, dtype=float)
    if plain.min() == plain.max():
        raise InputError(f"'{values.name}' is the same in every draw; pass a parameter that varies")
    if plain.min() > 0.0 and np.log10(plain.max() / plain.min()) > DECADES:
        return np.log10(plain), LOG
    return plain, ""


def named(parameter: xr.DataArray) -> str:
    """Return the name of a parameter with its unit: what it means in words is too long here.

    Examples
    --------
    >>> named(xr.DataArray([1.0], name="step_time", attrs={"units": "Gyr"}))
    'step_time [Gyr]'
    """
    units = str(parameter.attrs.get("units", "1"))
    return verbatim(f"{parameter.name}" + ("" if units in ("", "1") else f" [{units}]"))


def picked(share: FloatArray) -> np.ndarray:
    """Return draws, each as often as its share of all is of equal steps.

    Examples
    --------
    >>> np.bincount(picked(np.array([0.25, 0.75]))) / POINTS
    array([0.25, 0.75])
    """
    steps = (np.arange(POINTS) + 0.5) / POINTS
    return np.minimum(np.searchsorted(np.cumsum(share), steps), share.size - 1)
