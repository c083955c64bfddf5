"""The draws as one theory sees them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, final

import numpy as np

from sfc_sim._core.arguments import validated
from sfc_sim._core.errors import InputError, mapping, unknown
from sfc_sim._core.schema import check_match, cone_of, require, strata_in, weight_of
from sfc_sim._core.strata import Strata
from sfc_sim._core.studied import takes_study
from sfc_sim._core.typing import FloatArray
from sfc_sim._core.variables import WHICH, is_result
from sfc_sim._core.volumes import GIVEN, VOLUMES, given

if TYPE_CHECKING:
    import xarray as xr

__all__ = ["OUTCOMES", "World", "world_of", "worlds"]

OUTCOMES: Final = (
    "log_intelligent_actual", "log_civilizations_actual", "volume_alone", "log_covered_final",
    *VOLUMES,
)  # fmt: skip
"""The variables of draws that a world has, besides parameters."""


@final
@dataclass(frozen=True, eq=False, repr=False)
class World(Mapping[str, FloatArray]):
    """The draws as one theory sees them: what each is, and what it counts for.

    A mapping: ``world["log_covered_final"]`` is an array of shape (draw,), as volumes, stakes and
    weights are.

    Parameters
    ----------
    columns : mapping of str to ndarray, shape (draw,)
        ``log_weight``, normalised; ``log_outside``, the log chance that we are in no front, by that
        weight; ``log_copies``; ``log_intelligent_actual``, ``log_civilizations_actual``; where the
        scenario has an expansion ``log_covered_final``, ``volume_alone``, ``volume_grabbed``,
        ``volume_marginal``; and every parameter of the scenario by its name.
    strata : Strata, optional
        Of a mixture, those that its scenarios are: what differs between them is no error.

    Examples
    --------
    >>> world = World({"volume_grabbed": np.array([4.0]), "volume_marginal": np.array([1.0])})
    >>> world.lost, world.recovered, sorted(world)
    (array([3.]), array([0.75]), ['volume_grabbed', 'volume_marginal'])
    """

    columns: Mapping[str, FloatArray]
    strata: Strata | None = None

    def __post_init__(self) -> None:
        mapping(self.columns, "columns")

    def __getitem__(self, name: str) -> FloatArray:
        if name not in self.columns:
            raise KeyError(str(unknown("variable of a world", name, self.columns)))
        return self.columns[name]

    def __contains__(self, name: object) -> bool:
        return name in self.columns

    def __iter__(self) -> Iterator[str]:
        return iter(self.columns)

    def __len__(self) -> int:
        return len(self.columns)

    # Two are the same if they are one: arrays are not compared.
    __eq__, __hash__ = object.__eq__, object.__hash__

    def __repr__(self) -> str:
        many = next((values.size for values in self.columns.values()), 0)
        return f"World({many:,} draws: {', '.join(self.columns)})"

    @property
    def alone(self) -> FloatArray:
        """What humanity would hold with nobody else, Gly^3 comoving."""
        return self._volume("volume_alone")

    @property
    def grabbed(self) -> FloatArray:
        """What humanity gets, Gly^3 comoving: A."""
        return self._volume("volume_grabbed")

    @property
    def marginal(self) -> FloatArray:
        """What of that nobody else would take without it, Gly^3 comoving: U."""
        return self._volume("volume_marginal")

    @property
    def lost(self) -> FloatArray:
        """What others would take without it, Gly^3 comoving: A - U."""
        return self.grabbed - self.marginal

    @property
    def recovered(self) -> FloatArray:
        """Share of what humanity gets that others would take without it: 1 - U / A."""
        return np.asarray(1.0 - self.marginal / self.grabbed)

    @property
    def log_copies(self) -> FloatArray:
        """Log weight before the stakes that the theory counts, not normalised."""
        return self["log_copies"]

    @property
    def log_stakes(self) -> FloatArray:
        """Log of copies times what humanity gets, not normalised."""
        with np.errstate(divide="ignore"):
            return np.asarray(self.log_copies + np.log(self.grabbed))

    @property
    def stakes(self) -> FloatArray:
        """Copies times what humanity gets, relative to the greatest."""
        log_stakes = self.log_stakes
        return np.asarray(np.exp(log_stakes - log_stakes.max()))

    @property
    def weight(self) -> FloatArray:
        """Weight of the theory; sums to 1."""
        return np.asarray(np.exp(self["log_weight"]))

    @property
    def parameters(self) -> dict[str, FloatArray]:
        """The parameters of the scenario, by name."""
        return {
            name: values
            for name, values in self.columns.items()
            if name == WHICH or not is_result(name)
        }

    def at(self, places: Any) -> World:
        """Return some of the draws: those at an index, a slice or a mask of them."""
        strata = None if self.strata is None else self.strata.at(places)
        return World({name: values[places] for name, values in self.columns.items()}, strata)

    def _volume(self, name: str) -> FloatArray:
        if name not in self.columns:
            raise InputError(
                f"these draws are without {name}: keep all their variables, or choose a scenario"
                " with expansion 'fronts' or 'displacement'"
            )
        return self.columns[name]


@takes_study
@validated()
def worlds(draws: xr.Dataset, weights: xr.Dataset, theory: str) -> World:
    """Return the draws as a theory sees them.

    Volumes follow the evidence: humanity not engulfed so far, or with nothing visible.

    Parameters
    ----------
    draws, weights : xarray.Dataset
        From `sfc_sim.sample` and `sfc_sim.weigh`; or a study, in place of both.
    theory : str
        One of the theories of `weights`.

    Returns
    -------
    World

    Examples
    --------
    >>> import sfc_sim as sfc
    >>> draws = sfc.sample("cook2022-balanced", 500, rng=1)
    >>> weights = sfc.weigh(draws, theories=["prior"])
    >>> sorted(worlds(draws, weights, "prior"))[-3:]
    ['volume_alone', 'volume_grabbed', 'volume_marginal']
    """
    require(draws, ["log_intelligent_actual"], "sample")
    weight_of(weights, theory)
    check_match(draws, weights)
    return world_of(draws, weights, theory)


def world_of(draws: xr.Dataset, weights: xr.Dataset, theory: str) -> World:
    """Return the same of some of the draws: log weights need no norm, and nothing is checked.

    Examples
    --------
    >>> import sfc_sim as sfc
    >>> draws = sfc.sample("sandberg2018", 500, rng=1)
    >>> weights = sfc.weigh(draws, theories=["prior"])
    >>> some = slice(100, 200)
    >>> world_of(draws.isel(draw=some), weights.isel(draw=some), "prior")["log_copies"].size
    100
    """
    found = _drawn(given(draws, GIVEN[cone_of(weights)]))
    found["log_weight"] = weights["log_weight"].sel(theory=theory).values
    found["log_outside"] = np.zeros(found["log_weight"].shape)
    if not weights["stakes"].sel(theory=theory).item():
        if "log_outside" in weights:
            found["log_outside"] = weights["log_outside"].values
        found["log_copies"] = found["log_weight"] + found["log_outside"]
    elif "volume_grabbed" in found:
        found["log_copies"] = found["log_weight"] - np.log(found["volume_grabbed"])
    else:
        found["log_copies"] = found["log_weight"]
    return World(found, strata_in(draws))


def _drawn(draws: xr.Dataset) -> dict[str, FloatArray]:
    """Return the outcomes of the draws as they were drawn."""
    # No parameter goes by the name of a result.
    names = [str(name) for name in draws.data_vars]
    asked = [*OUTCOMES, *(name for name in names if name == WHICH or not is_result(name))]
    return {name: draws[name].values for name in asked if name in draws}
