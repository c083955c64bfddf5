"""The schema of every Dataset: units, names, provenance, and what a theory weighs."""

from __future__ import annotations

import platform
from collections.abc import Mapping, Sequence
from functools import cache
from importlib import metadata
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from sfc_sim._core.arguments import validated
from sfc_sim._core.errors import InputError, shown, unknown
from sfc_sim._core.random import STREAM_VERSION
from sfc_sim._core.strata import Strata
from sfc_sim._core.typing import FloatArray
from sfc_sim._core.variables import (
    COORDINATES,
    VARIABLES,
    WHICH,
    Variable,
    describe,
)
from sfc_sim._core.volumes import Cone
from sfc_sim._core.weighted import shares_of

if TYPE_CHECKING:
    import xarray as xr

    from sfc_sim.scenario.assumed import Assumed

__all__ = [
    "VARIABLES",
    "chosen_theory",
    "cone_of",
    "existence_theories",
    "existence_theory",
    "judges_existence",
    "label",
    "no_existence",
    "provenance",
    "require",
    "strata_in",
    "weight_of",
]


def label(dataset: xr.Dataset, scenario: Assumed | None = None) -> xr.Dataset:
    """Return the Dataset with units, long names and symbols on its variables."""
    for name in dataset.data_vars:
        variable = describe(str(name))
        if variable is None and scenario is not None and name in scenario.parameters:
            parameter = scenario[str(name)]
            variable = Variable(parameter.unit or "1", parameter.meaning, parameter.symbol)
        if variable is not None:
            dataset[name].attrs.update(readable(variable)._asdict())
    for name in dataset.coords:
        if (words := COORDINATES.get(str(name))) is not None and name in dataset.indexes:
            dataset[name].attrs.update({k: v for k, v in words._asdict().items() if v})
    return dataset


def readable(variable: Variable) -> Variable:
    """Return a variable in a unit that other programs read: light has none for its speed.

    Examples
    --------
    >>> readable(Variable("c", "speed of the front"))
    Variable(units='1', long_name='speed of the front, in units of c', symbol='')
    """
    if variable.units != "c":
        return variable
    return variable._replace(units="1", long_name=f"{variable.long_name}, in units of c")


def provenance(scenario: Assumed, seed: int | None, draws: int, design: str) -> dict[str, str]:
    """Return the attributes that let a result be traced and made again."""
    return {
        **scenario_words(scenario),
        "seed": "" if seed is None else str(seed),
        "draws": str(draws),
        "design": design,
        **software(),
    }


def scenario_words(scenario: Assumed) -> dict[str, str]:
    """Return the attributes that name a scenario and hold all of it."""
    return {
        "scenario": scenario.name,
        "scenario_title": scenario.title,
        "scenario_source": scenario.source,
        "scenario_hash": scenario.hash,
        "scenario_toml": scenario.to_toml(),
        "cosmology": scenario.cosmology,
        "given": scenario.given,
    }


@cache
def software() -> dict[str, str]:
    """Return the versions of what made a result."""
    versions = []
    for name in ("sfc-sim", "numpy", "scipy", "numba", "astropy", "xarray"):
        try:
            versions.append(f"{name} {metadata.version(name)}")
        except metadata.PackageNotFoundError:  # a source tree that is not installed
            versions.append(f"{name} (source tree)")
    return {
        "stream_version": str(STREAM_VERSION),
        "versions": "; ".join(versions),
        "python": platform.python_version(),
    }


def require(dataset: object, names: Sequence[str], maker: str) -> None:
    """Raise an `InputError` unless `dataset` holds the variables that `maker` puts into it.

    Examples
    --------
    >>> import xarray as xr
    >>> require(xr.Dataset(), ["unseen"], "history")
    Traceback (most recent call last):
    ...
    sfc_sim._core.errors.InputError: no variable 'unseen'; pass the Dataset of sfc_sim.history
    """
    import xarray as xr

    if not isinstance(dataset, xr.Dataset):
        came = f"the table is {shown(dataset)}: got {type(dataset).__name__}"
        raise InputError(f"{came}; pass the Dataset of sfc_sim.{maker}")
    for name in names:
        if name not in dataset:
            raise InputError(f"no variable '{name}'; pass the Dataset of sfc_sim.{maker}")


@validated()
def chosen_theory(dataset: xr.Dataset, theory: str | None = None) -> str:
    """Return the theory to report: the one asked for; by default adt-total, or the first.

    Raises
    ------
    InputError
        If the Dataset has no such theory.

    Examples
    --------
    >>> import xarray as xr
    >>> chosen_theory(xr.Dataset(coords={"theory": ["prior", "sia"]}))
    'prior'
    """
    require(dataset, ["theory"], "assess")
    names = [str(name) for name in dataset["theory"].values]
    if theory is None:
        return "adt-total" if "adt-total" in names else names[0]
    if theory not in names:
        raise unknown("theory", theory, names)
    return theory


def judges_existence(dataset: xr.Dataset) -> npt.NDArray[np.bool_]:
    """Return, of each theory of a Dataset, whether it may weigh a choice of existence.

    Examples
    --------
    >>> import xarray as xr
    >>> judges_existence(xr.Dataset(coords={"theory": ["prior", "sia"]}))
    array([ True,  True])
    """
    if "judges_existence" in dataset:
        return np.asarray(dataset["judges_existence"].values, dtype=bool)
    return np.ones(dataset.sizes["theory"], dtype=bool)


def no_existence(theories: Sequence[str]) -> str:
    """Return why theories give no discount, in a sentence.

    Examples
    --------
    >>> no_existence(["adt-average"])
    'adt-average weighs choices of how good the future is, not of whether there is one: no discount'
    """
    verb = "weighs" if len(theories) == 1 else "weigh"
    return (
        f"{' and '.join(theories)} {verb} choices of how good the future is, not of whether there "
        "is one: no discount"
    )


def existence_theories(dataset: xr.Dataset, theory: str | None = None) -> list[str]:
    """Return the theories of a Dataset that may weigh a choice of existence, or the one asked for.

    Raises
    ------
    InputError
        If the Dataset has no such theory, or the one asked for gives no discount.

    Examples
    --------
    >>> import xarray as xr
    >>> existence_theories(xr.Dataset(coords={"theory": ["prior", "sia"]}))
    ['prior', 'sia']
    """
    names = [str(name) for name in dataset["theory"].values]
    judging = [
        name for name, judges in zip(names, judges_existence(dataset), strict=True) if judges
    ]
    asked = names if theory is None else [chosen_theory(dataset, theory)]
    found = [name for name in asked if name in judging]
    if not found:
        raise InputError(f"{no_existence(asked)}; choose another theory")
    return found


def existence_theory(dataset: xr.Dataset, theory: str | None = None) -> str:
    """Return the theory to report where a discount is asked for, by the rule of `chosen_theory`.

    Raises
    ------
    InputError
        As in `existence_theories`.

    Examples
    --------
    >>> import xarray as xr
    >>> existence_theory(xr.Dataset(coords={"theory": ["prior", "adt-total"]}))
    'adt-total'
    """
    return chosen_theory(dataset.sel(theory=existence_theories(dataset, theory)))


def weight_of(weights: xr.Dataset, theory: str) -> FloatArray:
    """Return the weights of a theory, which sum to one; refuse what are none.

    Examples
    --------
    >>> import sfc_sim as sfc
    >>> draws = sfc.sample("cook2022-balanced", 500, rng=1)
    >>> round(float(weight_of(sfc.weigh(draws, theories=["prior"]), "prior").sum()), 12)
    1.0
    """
    require(weights, ["log_weight"], "weigh")
    if theory not in weights["theory"].values:
        raise unknown("theory", theory, [str(name) for name in weights["theory"].values])
    log_weight = weights["log_weight"].sel(theory=theory).values
    with np.errstate(over="ignore"):
        total = float(np.exp(log_weight).sum())
    # Written so that NaN is refused too.
    if not abs(total - 1.0) <= 1e-9:
        raise InputError(
            f"weights of theory '{theory}' sum to {total:.10g}; they must sum to 1: pass those of "
            "sfc_sim.weigh as they are"
        )
    return shares_of(log_weight)


def check_match(draws: xr.Dataset, weights: xr.Dataset) -> None:
    """Raise `InputError` unless weights are of these draws.

    Examples
    --------
    >>> import sfc_sim as sfc
    >>> draws = sfc.sample("sandberg2018", 500, rng=1)
    >>> check_match(draws, sfc.weigh(draws, theories=["prior"]))
    """
    for name in ("scenario_hash", "seed", "design", "proposal"):
        if draws.attrs.get(name) != weights.attrs.get(name):
            raise InputError(
                f"weights and draws do not match: {name} of the weights is "
                f"{weights.attrs.get(name)!r}, of the draws {draws.attrs.get(name)!r}"
            )
    if not np.array_equal(draws["draw"].values, weights["draw"].values):
        raise InputError("weights and draws do not match: the indices of the draws differ")


def cone_of(weights: xr.Dataset) -> Cone:
    """Return the cone of our past that the evidence of weights knows to be empty of fronts.

    Examples
    --------
    >>> import sfc_sim as sfc
    >>> cone_of(sfc.weigh(sfc.sample("finnveden2019", 100, rng=1), "none", theories=["prior"]))
    'fronts'
    """
    require(weights, ["cone"], "weigh")
    return "light" if weights["cone"].item() == "light" else "fronts"


def strata_in(draws: xr.Dataset) -> Strata | None:
    """Return the strata of draws: the scenarios of a mixture; those that assume the same are one.

    None where there is one alone.

    Examples
    --------
    >>> import sfc_sim as sfc
    >>> strata_in(sfc.sample("sandberg2018", 2, rng=1)) is None
    True
    """
    known = np.atleast_1d(draws[WHICH].attrs.get("strata", 0.0) if WHICH in draws else 0.0)
    if not known.any():
        return None
    return Strata.of(known[draws[WHICH].values.astype(int)], int(known.max()) + 1)


def as_attrs(values: Mapping[str, object]) -> dict[str, str]:
    """Return attributes as text: the one type that every file format keeps."""
    return {name: str(value) for name, value in values.items()}
