"""What the silence says of us: the chance that a civilization like ours goes on to expand.

The fraction of civilizations that expand is also the chance that we do (Cook 2022, note 18). So
its posterior under a theory, beside its prior, is what evidence and theory say of our own
prospects: that nobody is seen tells against worlds in which most expand, and self-indication
multiplies its prior by one over the fraction (Olson & Ord 2021, arXiv:2106.13348).

Those who decide whether to survive are all like us, whether they go on to expand or not. A theory
that counts only those who do has the chance of survival in its weights already, and it is taken
out here, so that survival counts once.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np

from sfc_sim._core.arguments import validated
from sfc_sim._core.effective import effective_sample_size, mean_of, pareto_shape, share_of
from sfc_sim._core.errors import InputError
from sfc_sim._core.quantiles import with_ends
from sfc_sim._core.schema import check_match, label, require
from sfc_sim._core.studied import takes_study
from sfc_sim._core.typing import FloatArray
from sfc_sim._core.weighted import shares_of
from sfc_sim._core.world import World, worlds
from sfc_sim.decision.kept import retention
from sfc_sim.decision.shares import saturation
from sfc_sim.decision.study import Study
from sfc_sim.decision.value import value_adjustment
from sfc_sim.inference.log_weights import normalised
from sfc_sim.scenario.assumed import AssumedLike, assumed_of, parts_of
from sfc_sim.scenario.origin import origin_of

if TYPE_CHECKING:
    import xarray as xr

__all__ = ["deciding", "expanders_of", "prospects", "report_of_deciders"]

QUANTILES: Final = (0.05, 0.5, 0.95)


def expanders_of(scenario: AssumedLike) -> str:
    """Return the parameter that is the fraction of civilizations that expand; "" if there is none.

    Examples
    --------
    >>> from sfc_sim.scenario import load_scenario
    >>> expanders_of(load_scenario("cook2022-balanced")), expanders_of(load_scenario("ord2021"))
    ('expanding_fraction', '')
    """
    scenario = assumed_of(scenario)
    names = {part.expansion.expanders for part in parts_of(scenario)}  # of a mixture all agree
    name = names.pop()
    return name if not names and name in scenario.parameters else ""


def fraction_in(draws: xr.Dataset) -> tuple[str, FloatArray]:
    """Return the name of the fraction of civilizations that expand, and the fraction by draw."""
    scenario = origin_of(draws).scenario
    if not (name := expanders_of(scenario)):
        expansion = parts_of(scenario)[0].expansion
        raise InputError(
            f"expansion '{expansion}' names no parameter, in expanders, that is the fraction of"
            " civilizations that expand; choose a scenario that has one"
        )
    require(draws, [name], "sample")
    return name, np.asarray(draws[name].values, dtype=float)


@takes_study
@validated()
def deciding(draws: xr.Dataset, weights: xr.Dataset) -> xr.Dataset:
    """Return weights by all who decide as we do, also where a theory counts expanders alone.

    Parameters
    ----------
    draws, weights : xarray.Dataset
        From `sfc_sim.sample` and `sfc_sim.weigh`; or a study, in place of both.

    Returns
    -------
    xarray.Dataset
        As `sfc_sim.weigh` returns; theories that count all are as they were.

    Examples
    --------
    >>> import sfc_sim as sfc
    >>> draws = sfc.sample("frank2016", 10, rng=1)
    >>> weights = sfc.weigh(draws, "none", theories=["prior", "adt-total"])
    >>> weights.counts_expanders.values, deciding(draws, weights).counts_expanders.values
    (array([False,  True]), array([False, False]))
    """
    require(weights, ["log_weight", "counts_expanders"], "weigh")
    with np.errstate(divide="ignore"):
        log_fraction = np.log(fraction_in(draws)[1])
    check_match(draws, weights)
    rows = []
    for theory in weights["theory"].values.tolist():
        own = weights.sel(theory=theory)
        log_weight = own["log_weight"].values
        if own["counts_expanders"].item():
            counted = log_weight > -np.inf
            log_all = np.full(log_weight.shape, -np.inf)
            log_all[counted] = log_weight[counted] - log_fraction[counted]
            log_weight = normalised(log_all, theory)
        rows.append(log_weight)
    by_theory = {
        "ess": [effective_sample_size(row) for row in rows],
        "k_hat": [pareto_shape(row) for row in rows],
        "counts_expanders": [False] * len(rows),
    }
    changed = {name: ("theory", values) for name, values in by_theory.items()}
    found = weights.assign_coords(counts_expanders=changed.pop("counts_expanders"))
    return label(found.assign(changed | {"log_weight": (("theory", "draw"), np.array(rows))}))


@takes_study
@validated()
def prospects(draws: xr.Dataset, weights: xr.Dataset) -> xr.Dataset:
    """Return the chance that a civilization like ours goes on to expand, by theory.

    Parameters
    ----------
    draws, weights : xarray.Dataset
        From `sfc_sim.sample` and `sfc_sim.weigh`; or a study, in place of both.

    Returns
    -------
    xarray.Dataset
        Dim ``theory``: ``expansion_chance``, its posterior mean; ``expansion_chance_at_stake``, the
        mean over what humanity would grab, for decisions (see `sfc_sim.decision.priorities`); each
        with its standard error, and ``expansion_chance_ess``. Dims (theory, quantile):
        ``expansion_chance_quantile``, with the ends of one standard error, ``_low`` and ``_high``.
        The prior beside them, exact: ``expansion_chance_prior``, its mean, and
        ``expansion_chance_prior_quantile``.

    Raises
    ------
    InputError
        If the scenario has no fraction that expands.

    Notes
    -----
    With f the fraction, n all who decide as we do and A what each would grab, the first is
    sum n f / sum n, the second sum n f A / sum n A. Under a decision weight n is what it counts
    before its stakes, and before the chance of expanding where it has that in it.

    Examples
    --------
    >>> import sfc_sim as sfc
    >>> draws = sfc.sample("cook2022-balanced", 4000, rng=1, aim=["prior", "sia"])
    >>> chance = prospects(draws, sfc.weigh(draws, theories=["prior", "sia"]))
    >>> chance.expansion_chance.round(2).values, round(chance.expansion_chance_prior.item(), 2)
    (array([0.51, 0.25]), 0.52)
    """
    import xarray as xr

    name, _ = fraction_in(draws)
    prior = origin_of(draws).scenario[name].distribution
    all_like_us = deciding(draws, weights)
    rows = [
        _row(worlds(draws, all_like_us, theory), name)
        for theory in weights["theory"].values.tolist()
    ]
    found: dict[str, Any] = {
        key: (("theory", "quantile")[: np.ndim(rows[0][key]) + 1], np.array([r[key] for r in rows]))
        for key in rows[0]
    }
    found["expansion_chance_prior"] = prior.mean()
    found["expansion_chance_prior_quantile"] = ("quantile", prior.ppf(QUANTILES))
    names = {"theory": weights["theory"].values, "quantile": list(QUANTILES)}
    return label(xr.Dataset(found, coords=names, attrs=weights.attrs))


def _row(world: World, name: str) -> dict[str, Any]:
    """Return the chance of one theory."""
    fraction, weight = world[name], shares_of(world.log_copies)
    mean = mean_of(fraction, weight, world.strata)
    row: dict[str, Any] = {
        "expansion_chance": mean.mean,
        "expansion_chance_standard_error": mean.error,
        "expansion_chance_ess": mean.draws,
        **with_ends("expansion_chance_quantile", fraction, weight, QUANTILES, world.strata),
    }
    parts = fraction * world.grabbed, world.grabbed
    chance, error = share_of(world.log_copies, *parts, world.strata)
    at_stake = "expansion_chance_at_stake"
    return row | {at_stake: chance, f"{at_stake}_standard_error": error}


def report_of_deciders(study: Study) -> xr.Dataset:
    """Return the report of a study by all who decide as we do, with their chance to expand.

    Examples
    --------
    >>> import sfc_sim as sfc
    >>> study = sfc.assess("cook2022-balanced", 500, rng=7, theories=["prior"])
    >>> report = report_of_deciders(study)
    >>> bool(report.recovered_share.item() == study.report.recovered_share.item())
    True
    """
    import xarray as xr

    draws, weights = study.draws, deciding(study.draws, study.weights)
    asked = study.retention
    kept = retention(draws, weights, asked) if isinstance(asked, str) else asked
    share = saturation(draws, weights)
    value = value_adjustment(
        share, study.similarity, retention=kept, tolerance=study.tolerance, draws=draws,
        weights=weights,
    )  # fmt: skip
    tables = [share, value, prospects(draws, weights)]
    report = xr.merge(tables, compat="override", combine_attrs="drop")
    return report.assign_attrs({**study.report.attrs})
