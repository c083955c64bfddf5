"""Volumes of humanity, and what is known of fronts when they are told: the dim ``evidence``.

Humanity's volumes are those of a humanity that no front has met in a cone of its past. Draws hold
them for each cone, by the name of the evidence that knows it to be empty; nothing else of draws
depends on evidence. Arrays have shape (evidence, draw) inside, Datasets have (draw, evidence).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final, Literal, TypeAlias

import numpy as np

from sfc_sim._core.errors import InputError
from sfc_sim._core.typing import FloatArray

if TYPE_CHECKING:
    import xarray as xr

__all__ = ["GIVEN", "VOLUMES", "Cone", "by_evidence", "current", "given", "labelled"]

Cone: TypeAlias = Literal["light", "fronts"]
"""A cone of our past: of light, or of the fronts' own speed."""

GIVEN: Final[dict[Cone, str]] = {"light": "nothing-visible", "fronts": "not-engulfed"}
"""The entry of the dim ``evidence`` that belongs to a cone, in the order of rows."""

VOLUMES: Final = ("volume_grabbed", "volume_marginal")
"""What humanity would take, and what nobody else would: the variables that have the dim."""


def by_evidence(found: Mapping[str, FloatArray], many: int) -> dict[str, FloatArray]:
    """Return what a model found with volumes of shape (evidence, draw).

    One number per draw is the same whatever the evidence.

    Examples
    --------
    >>> by_evidence({"volume_grabbed": np.ones(3), "volume_alone": np.ones(3)}, 3)["volume_grabbed"]
    array([[1., 1., 1.],
           [1., 1., 1.]])
    """
    wide = {
        name: np.broadcast_to(found[name], (len(GIVEN), many))
        for name in VOLUMES
        if name in found and np.shape(found[name]) == (many,)
    }
    return {**found, **wide}


def labelled(columns: Mapping[str, FloatArray], draw: np.ndarray) -> dict[str, Any]:
    """Return variables and coordinates of a Dataset of draws, from arrays with the draw last.

    Examples
    --------
    >>> found = labelled({"volume_grabbed": np.ones((2, 3))}, np.arange(3))
    >>> found["data_vars"]["volume_grabbed"][0], sorted(found["coords"])
    (('draw', 'evidence'), ['draw', 'evidence'])
    """
    wide = [name for name in VOLUMES if name in columns]
    return {
        "data_vars": {
            # Transposed, not copied: in memory the draws of one evidence lie side by side.
            name: (("draw", "evidence"), values.T) if name in wide else ("draw", values)
            for name, values in columns.items()
        },
        "coords": {"draw": draw} | ({"evidence": list(GIVEN.values())} if wide else {}),
    }


def given(draws: xr.Dataset, entry: str) -> xr.Dataset:
    """Return draws with the volumes given one entry of the dim ``evidence``, without that dim.

    Raises
    ------
    InputError
        If the volumes of these draws are those given other evidence alone.

    Examples
    --------
    >>> import sfc_sim as sfc
    >>> draws = sfc.sample("cook2022-balanced", 5, rng=1)
    >>> draws.volume_grabbed.dims, given(draws, "not-engulfed").volume_grabbed.dims
    (('draw', 'evidence'), ('draw',))
    """
    if "evidence" not in draws.coords:
        return draws
    known = np.atleast_1d(draws["evidence"].values).tolist()
    if entry not in known:
        raise InputError(
            f"volumes of these draws are those given {' or '.join(known)}; asked for is"
            f" {entry}: pass the Dataset of sfc_sim.sample as it is"
        )
    if "evidence" not in draws.dims:
        return draws
    picked = draws.sel(evidence=entry)
    # Side by side again where a file has them crosswise: sums have the same bits.
    crosswise = {
        name: picked[name].copy(data=np.ascontiguousarray(picked[name].values))
        for name in VOLUMES
        if name in picked and not picked[name].values.flags.c_contiguous
    }
    return picked.assign(crosswise) if crosswise else picked


def current(dataset: xr.Dataset) -> xr.Dataset:
    """Return draws of an older file, one variable for each evidence, as they are today.

    Examples
    --------
    >>> import xarray as xr
    >>> names = [name + end for name in VOLUMES for end in ("", "_not_engulfed")]
    >>> older = xr.Dataset({name: ("draw", [1.0]) for name in names})
    >>> current(older).volume_grabbed.dims
    ('draw', 'evidence')
    """
    older = {name: (name, f"{name}_not_engulfed") for name in VOLUMES}
    if not all(name in dataset for pair in older.values() for name in pair):
        return dataset
    columns = {name: np.array([dataset[one].values for one in older[name]]) for name in VOLUMES}
    found = labelled(columns, dataset["draw"].values)
    wide = {
        name: (dims, values, dataset[name].attrs)
        for name, (dims, values) in found["data_vars"].items()
    }
    rest = dataset.drop_vars([name for pair in older.values() for name in pair])
    return rest.assign_coords(evidence=found["coords"]["evidence"]).assign(wide)
