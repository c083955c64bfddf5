"""A study stands for its draws and weights wherever both are asked for."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import TYPE_CHECKING, Any, Concatenate, ParamSpec, Protocol, TypeVar, overload

from sfc_sim._core.errors import InputError

if TYPE_CHECKING:
    import xarray as xr

    from sfc_sim.decision.study import Study

__all__ = ["OfWorlds", "takes_study"]

P = ParamSpec("P")
R_co = TypeVar("R_co", covariant=True)


class OfWorlds(Protocol[P, R_co]):
    """A function of draws and weights, or of the study that has both."""

    @overload
    def __call__(self, draws: Study, /, *args: P.args, **kwargs: P.kwargs) -> R_co: ...

    @overload
    def __call__(
        self, draws: xr.Dataset, weights: xr.Dataset, /, *args: P.args, **kwargs: P.kwargs
    ) -> R_co: ...


def takes_study(
    function: Callable[Concatenate[xr.Dataset, xr.Dataset, P], R_co],
) -> OfWorlds[P, R_co]:
    """Return a function of draws and weights that takes a study in place of both.

    Examples
    --------
    >>> import sfc_sim as sfc
    >>> study = sfc.assess("cook2022-balanced", 500, rng=7, theories=["prior"])
    >>> sfc.saturation(study).equals(sfc.saturation(study.draws, study.weights))
    True
    """

    @wraps(function)
    def inside(*args: Any, **kwargs: Any) -> R_co:
        study: Any = args[0] if args else kwargs.get("draws")
        # By name: the class is in a package above this one.
        if all(kind.__name__ != "Study" for kind in type(study).__mro__):
            if len(args) < 2 and "weights" not in kwargs:
                raise InputError(
                    f"{function.__name__} needs draws and weights, of sfc_sim.sample and"
                    " sfc_sim.weigh; or a study, of sfc_sim.assess, in place of both"
                )
            return function(*args, **kwargs)
        if "weights" in kwargs or hasattr(args[1] if len(args) > 1 else None, "data_vars"):
            raise InputError("draws is a study, which has its own weights; leave weights out")
        kwargs.pop("draws", None)
        return function(study.draws, study.weights, *args[1:], **kwargs)

    return inside
