"""The worlds of a study for ArviZ: equally weighted draws, picked by their weights."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from sfc_sim._core.arguments import validated
from sfc_sim._core.errors import InputError, affordable, whole_number
from sfc_sim._core.random import seed_of
from sfc_sim._core.schema import weight_of
from sfc_sim._core.typing import FloatArray, RandomLike
from sfc_sim.decision.study import Study
from sfc_sim.inference.theories import TheoryLike, name_of

if TYPE_CHECKING:
    import xarray as xr

__all__ = ["resampled", "to_arviz"]

PROPOSED = "log_prior_over_proposal"  # of a draw before it was weighed: nothing of its world


@validated()
def to_arviz(
    study: Study, theory: TheoryLike, *, size: int | None = None, rng: RandomLike = None
) -> Any:
    """Return the worlds of a study under one theory as data of ArviZ, in the group "posterior".

    ArviZ takes draws that all count the same, so draws are picked by their weights. It needs the
    extra: ``pip install "sfc-sim[arviz]"``.

    Parameters
    ----------
    study : Study
        From `sfc_sim.assess`.
    theory : str or Theory
        One of those of the study.
    size : int, optional
        How many to pick; by default as many as the effective draws of the theory, so that errors
        that ArviZ derives from their number are about right. With more, they come out too small.
    rng : int, SeedSequence or Generator, optional
        Seed of the picking: see `sfc_sim.sample`.

    Returns
    -------
    arviz.InferenceData or xarray.DataTree
        The first before ArviZ 1. One chain; the parameters that vary, and all results of a draw.

    Raises
    ------
    InputError
        If ArviZ is not installed, or the study has no such theory.

    Notes
    -----
    Systematic resampling: a draw of weight w is picked floor(size w) or ceil(size w) times, size w
    on average (Kitagawa 1996). What is picked is put in random order, as ArviZ takes neighbours
    for steps of a chain.

    Examples
    --------
    >>> import sfc_sim as sfc
    >>> study = sfc.assess("cook2022-balanced", 500, rng=7, theories=["sia"])
    >>> data = sfc.analysis.to_arviz(study, "sia", rng=1)  # doctest: +SKIP
    """
    posterior = resampled(study, name_of(theory), size=size, rng=rng)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", FutureWarning)  # it announces its own next version
            import arviz
    except ImportError:
        raise InputError(
            'to_arviz needs ArviZ, which is not installed: pip install "sfc-sim[arviz]"'
        ) from None
    if hasattr(arviz, "InferenceData"):
        return arviz.InferenceData(posterior=posterior)
    import xarray as xr

    return xr.DataTree.from_dict({"posterior": posterior})


def resampled(
    study: Study, theory: str, *, size: int | None = None, rng: RandomLike = None
) -> xr.Dataset:
    """Return draws of a study picked by their weights under a theory; first dims chain and draw.

    Examples
    --------
    >>> import sfc_sim as sfc
    >>> study = sfc.assess("cook2022-balanced", 500, rng=7, theories=["sia"])
    >>> dict(resampled(study, "sia", size=100, rng=1)["expansion_speed"].sizes)
    {'chain': 1, 'draw': 100}
    """
    weight = weight_of(study.weights, theory)
    row = study.weights.sel(theory=theory)
    if size is None:
        size = max(1, int(row["ess"]))
    size, seed = whole_number(size, "size", 1), seed_of(rng)
    affordable(size, 8 * len(study.draws.data_vars), "size")
    picked = _picked(weight, size, np.random.default_rng(seed))
    constant = set(study.scenario.parameters) - set(study.inputs)
    found = study.draws.drop_vars({PROPOSED, *constant} & set(study.draws.data_vars))
    found = found.isel(draw=picked).assign_coords(draw=np.arange(size))
    told = {"theory": theory, "effective_draws": float(row["ess"]), "k_hat": float(row["k_hat"]),
            "resampling": "systematic, in random order", "resampling_seed": str(seed)}  # fmt: skip
    return found.expand_dims(chain=[0]).assign_attrs(told)


def _picked(weight: FloatArray, size: int, generator: np.random.Generator) -> npt.NDArray[np.int64]:
    """Return which draws are picked by systematic resampling, in random order."""
    ends = np.cumsum(weight)
    places = (np.arange(size) + generator.random()) * (ends[-1] / size)
    found = np.searchsorted(ends, places, side="right")
    # Rounding may put the last place at the very end, behind the last draw that weighs anything.
    return generator.permutation(np.minimum(found, np.flatnonzero(weight)[-1]))
