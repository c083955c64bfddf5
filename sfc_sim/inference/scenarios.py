"""How much a theory comes to believe each scenario of a mixture: credences after the evidence."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from sfc_sim._core.arguments import validated
from sfc_sim._core.effective import mean_of
from sfc_sim._core.errors import InputError
from sfc_sim._core.schema import label, weight_of
from sfc_sim._core.strata import Strata
from sfc_sim._core.studied import takes_study
from sfc_sim._core.typing import FloatArray
from sfc_sim._core.variables import WHICH
from sfc_sim.scenario.mixture import ScenarioMixture
from sfc_sim.scenario.origin import origin_of

if TYPE_CHECKING:
    import xarray as xr

__all__ = ["credence_in_scenarios"]


@takes_study
@validated()
def credence_in_scenarios(draws: xr.Dataset, weights: xr.Dataset) -> xr.Dataset:
    """Return the credence in each scenario of a mixture, before and after, by theory.

    Parameters
    ----------
    draws, weights : xarray.Dataset
        Of a mixture, from `sfc_sim.assess`; or a study, in place of both.

    Returns
    -------
    xarray.Dataset
        Dim ``scenario``: ``prior_credence``; dims (theory, scenario): ``scenario_credence``, the
        weight of its worlds, with its standard error and ``_ess``, the effective draws that carry
        it. Of a decision weight it is the part of what is decided, no belief.

    Raises
    ------
    InputError
        If the draws are of one scenario.

    Notes
    -----
    The weight of scenario m is W_m = c_m x mean of w_i over its draws, w_i being prior over
    proposal x evidence x factor, and its credence W_m / sum W. How many draws each scenario has is
    given, not drawn, so that the error is that of the means alone: with V_m the variance of W_m /
    sum W, V = (1 - P_m)^2 V_m + P_m^2 sum_(k != m) V_k.

    Examples
    --------
    >>> import sfc_sim as sfc
    >>> pair = {"cook2022-balanced": 0.5, "finnveden2019": 0.5}
    >>> study = sfc.assess(pair, 2000, rng=7, evidence="none", theories=["prior"], aim=False)
    >>> credence_in_scenarios(study).scenario_credence.values
    array([[0.5, 0.5]])
    """
    import xarray as xr

    mixture = origin_of(draws).scenario
    if not isinstance(mixture, ScenarioMixture):
        raise InputError(
            f"these draws are of one scenario, '{mixture.name}'; pass those of a mixture:"
            " sfc_sim.assess({'cook2022-balanced': 0.5, 'finnveden2019': 0.5})"
        )
    place = draws[WHICH].values.astype(int)
    theories = weights["theory"].values.tolist()
    rows = np.array(
        [_shares(weight_of(weights, each), place, len(mixture.names)) for each in theories]
    )
    name = "scenario_credence"
    ends = ("", "_standard_error", "_ess")
    return label(
        xr.Dataset(
            {f"{name}{end}": (("theory", WHICH), rows[:, k]) for k, end in enumerate(ends)}
            | {"prior_credence": (WHICH, list(mixture.credences))},
            coords={"theory": theories, WHICH: mixture.names},
            attrs=weights.attrs,
        )
    )


def _shares(weight: FloatArray, place: np.ndarray, many: int) -> FloatArray:
    """Return weight, error and effective draws of each scenario, shape (3, scenario)."""
    strata = Strata.of(
        place, many
    )  # also of those that assume the same: their draws are told apart
    own = [mean_of((place == k).astype(float), weight, strata) for k in range(many)]
    return np.array(own).T


def in_mixture(draws: xr.Dataset, weights: xr.Dataset) -> Any:
    """Return the credences in scenarios of a mixture; of one scenario nothing.

    Examples
    --------
    >>> import sfc_sim as sfc
    >>> draws = sfc.sample("finnveden2019", 100, rng=7)
    >>> len(in_mixture(draws, sfc.weigh(draws, "none", theories=["prior"])))
    0
    """
    import xarray as xr

    if isinstance(origin_of(draws).scenario, ScenarioMixture):
        return credence_in_scenarios(draws, weights)
    return xr.Dataset()
