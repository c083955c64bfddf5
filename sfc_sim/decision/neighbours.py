"""The nearest expanding civilization, and our first contact, by theory.

Each theory is asked in some of its worlds, picked by weight, with one set of surroundings in each:
spread is over worlds and over where others are.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np

from sfc_sim._core.arguments import validated
from sfc_sim._core.effective import mean_of
from sfc_sim._core.errors import affordable, whole_number
from sfc_sim._core.quantiles import with_ends
from sfc_sim._core.schema import check_match, cone_of, label, require, weight_of
from sfc_sim._core.studied import takes_study
from sfc_sim._core.typing import FloatArray
from sfc_sim.cosmology.background import Background
from sfc_sim.decision.ourselves import expanders_of
from sfc_sim.decision.outcomes import by_scenario, picked_evenly
from sfc_sim.decision.value import own_numbers
from sfc_sim.expansion.nearest import Around, around, at_once
from sfc_sim.expansion.quiet import visible_fraction
from sfc_sim.scenario.origin import origin_of
from sfc_sim.simulation.sources import parameters_of
from sfc_sim.simulation.tasks import clock_time

if TYPE_CHECKING:
    import xarray as xr

__all__ = ["SIZE", "nearest_others"]

QUANTILES: Final = (0.05, 0.5, 0.95)
SIZE: Final = 1000


@takes_study
@validated()
def nearest_others(draws: xr.Dataset, weights: xr.Dataset, *, size: int = SIZE) -> xr.Dataset:
    """Return how far the nearest expanding civilization is, and when we first meet one, by theory.

    Parameters
    ----------
    draws, weights : xarray.Dataset
        From `sfc_sim.sample` and `sfc_sim.weigh`; or a study, in place of both.
    size : int, default 1000
        Worlds of each theory that are looked at.

    Returns
    -------
    xarray.Dataset
        Dims (theory, quantile): ``nearest_now``, the comoving distance (Gly) from us to the nearest
        place that an expanding civilization holds today; ``first_contact``, the date (Gyr since the
        Big Bang; inf: never) at which our front first meets another, if we expand from today at
        the speed of the others, and ``first_contact_distance``, how far from here (Gly; inf:
        never); each with the ends of one standard error, ``_low`` and ``_high``. Dim ``theory``:
        ``probability_contact``, that ours ever meets another, with its standard error and ``_ess``.

    Raises
    ------
    InputError
        If nobody expands in the scenario, or `size` is not 1 or more.

    Notes
    -----
    The chance that nobody holds a place within a distance, and that no front meets ours by a date,
    is exp(-M), exactly; see `sfc_sim.expansion.nearest`. What is known of fronts is inside: with
    nothing visible no birth is in our past light cone. Distances beyond the horizon are those of
    the same universe further on. Where estimates have no dates, all start today. Where fronts may
    be here unseen, it is of the worlds in which none is.

    Examples
    --------
    >>> import sfc_sim as sfc
    >>> draws = sfc.sample("cook2022-balanced", 2000, rng=1, aim=["sia"])
    >>> found = nearest_others(draws, sfc.weigh(draws, theories=["sia"]), size=200)
    >>> bool(0.0 < found.nearest_now.sel(quantile=0.5).item() < 5.0)
    True
    """
    import xarray as xr

    require(draws, ["volume_grabbed", "log_civilizations_actual"], "sample")
    many = affordable(whole_number(size, "size", 1), 2000, "size")
    check_match(draws, weights)
    chance = own_numbers(draws, "nearest others")
    rows = []
    for theory in weights["theory"].values.tolist():
        weight = weight_of(weights, theory)
        if "log_outside" in weights:
            weight = weight * np.exp(weights["log_outside"].values)
        places, counts = picked_evenly(weight, many, float(chance[0]))
        met = met_in(draws, weights, places, -np.log1p(-chance[places]))
        rows.append(_row(*met, counts / many))
    names = {"theory": weights["theory"].values, "quantile": list(QUANTILES)}
    found = {
        key: (("theory", "quantile")[: np.ndim(rows[0][key]) + 1], np.array([r[key] for r in rows]))
        for key in rows[0]
    }
    background = Background.named(origin_of(draws).text("cosmology", "Planck18"))
    today = float(background.conformal_time(background.age))
    for end in ("", "_low", "_high"):
        dims, since = found[f"first_contact{end}"]
        found[f"first_contact{end}"] = (dims, clock_time(background, today + since))
    return label(xr.Dataset(found, coords=names, attrs=weights.attrs))


def met_in(
    draws: xr.Dataset, weights: xr.Dataset, places: np.ndarray, depth: FloatArray
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Return the distance of the nearest, when we first meet one, and how far, in some draws."""
    nearest, since, far = np.empty((3, places.size))
    for group in by_scenario(draws, places):  # of a mixture each by its own models
        births = births_in(draws, weights, places[group])
        nearest[group] = births.nearest(depth[group])
        since[group] = births.first_contact(depth[group])
        far[group] = births.speed * since[group]
    return nearest, since, far


def births_in(draws: xr.Dataset, weights: xr.Dataset, places: np.ndarray) -> Around:
    """Return the births around us in some of the draws, all of one scenario."""
    speed = draws["expansion_speed"].values[places]
    if "fronts" not in origin_of(draws).scenario.gives:
        background = Background.named(origin_of(draws).scenario.cosmology)
        log_density = draws["log_civilizations_actual"].values[places]
        density = np.exp(np.minimum(log_density, 690.0)) / background.observable_volume_now
        return at_once(background, density, speed)
    plan, known = parameters_of(draws, places)
    parameters = plan.dated.combine(known)
    fraction = parameters[expanders_of(plan.scenario)]
    log_expanding = plan.dated.log_amount(parameters) + np.log(fraction)
    light = cone_of(weights) == "light"
    seen = np.broadcast_to(visible_fraction(parameters) if light else 0.0, speed.shape)
    return around(plan.dated, parameters, log_expanding, speed, seen, plan.background)


def _row(
    nearest: FloatArray, since: FloatArray, far: FloatArray, share: FloatArray
) -> dict[str, Any]:
    """Return what one theory says of the nearest and of first contact."""
    ever = mean_of(np.isfinite(since).astype(float), share)
    return {
        **with_ends("nearest_now", nearest, share, QUANTILES),
        **with_ends("first_contact", since, share, QUANTILES),
        **with_ends("first_contact_distance", far, share, QUANTILES),
        "probability_contact": ever.mean,
        "probability_contact_standard_error": ever.error,
        "probability_contact_ess": ever.draws,
    }
