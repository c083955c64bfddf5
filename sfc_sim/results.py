"""The schema of every Dataset: units, names, provenance, and files on disk."""

from __future__ import annotations

import os
import platform
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cache
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from sfc_sim._errors import InputError, unknown
from sfc_sim._random import STREAM_VERSION

if TYPE_CHECKING:
    import xarray as xr

    from sfc_sim.scenario import Scenario

__all__ = ["VARIABLES", "label", "load", "provenance", "require", "save", "worlds"]

OUSV = "per observable-universe-size volume"


class Variable(NamedTuple):
    """What a variable is: its unit, its name in words, the symbol of the papers."""

    units: str
    long_name: str
    symbol: str = ""


VARIABLES: dict[str, Variable] = {
    "intelligent_potential": Variable("1", f"intelligent civilizations ever, {OUSV}, if none precluded", "N_pot"),
    "intelligent_actual": Variable("1", f"intelligent civilizations ever, {OUSV}", "#N_IC"),
    "civilizations_potential": Variable("1", f"expanding civilizations ever, {OUSV}, if none precluded", "f_GC N_pot"),
    "civilizations_actual": Variable("1", f"expanding civilizations ever, {OUSV}", "#N_GC"),
    "observers_like_us": Variable("1", "density of civilizations exactly like us (relative)", "N_XIC"),
    "unsaturated_now": Variable("1", "fraction of space that no front has reached by now", "g_v(t_0)"),
    "unseen_now": Variable("1", "fraction of space from where no front is visible now", "g_c(t_0)"),
    "unsaturated_final": Variable("1", "fraction of space that no front ever reaches", "g_v(t_L)"),
    "covered_now": Variable("1", "volume reached by now, overlaps counted, per volume", "V_v(t_0)"),
    "seen_now": Variable("1", "volume from where fronts are visible now, overlaps counted", "V_c(t_0)"),
    "covered_final": Variable("1", "volume ever reached, overlaps counted, per volume", "V_v(t_L)"),
    "volume_alone": Variable("Gly3", "comoving volume that humanity would hold with nobody else", "V_max"),
    "volume_grabbed": Variable("Gly3", "comoving volume that humanity gets to first, given that nothing is visible", "A"),
    "volume_marginal": Variable("Gly3", "comoving volume that nobody else would ever take, given that nothing is visible", "U"),
    "volume_grabbed_not_engulfed": Variable("Gly3", "comoving volume that humanity gets to first, given that no front is here", "A"),
    "volume_marginal_not_engulfed": Variable("Gly3", "comoving volume that nobody else would ever take, given that no front is here", "U"),
    "recovered_fraction": Variable("1", "share of what humanity grabs that others would take without it", "1 - U/A"),
    "civilizations_now": Variable("1", f"expanding civilizations born by now outside every front, {OUSV}", "#N_GC(t_0)"),
    "log10_civilizations_now": Variable("1", "log10 of intelligent civilizations per galaxy now, where no front has come", "log10 N"),
    "reach_radius": Variable("Gly", "comoving distance that a probe gets to", "chi"),
    "reach_volume": Variable("Gly3", "comoving volume that probes get to", "V"),
    "reachable_galaxies": Variable("1", "galaxies that probes get to"),
    "success": Variable("1", "probability that a planet like Earth passes all steps in time", "F"),
    "earth_likelihood": Variable("1", "likelihood of Earth's timeline"),
    "rank": Variable("1", "place of a draw in its sequence"),
    "log_weight": Variable("1", "natural log of the normalised weight of a draw under a theory", "ln W"),
    "ess": Variable("1", "effective sample size", "ESS"),
    "probability_alone": Variable("1", f"probability of fewer than one intelligent civilization {OUSV}"),
    "probability_alone_poisson": Variable("1", f"probability of no other intelligent civilization {OUSV}, as a Poisson number", "E[exp(-#N_IC)]"),
    "share_of_reach": Variable("1", "share that humanity would hold of the volume it can reach", "A/V_max"),
    "recovered_share": Variable("1", "share of what humanity would grab that others would recover", "s"),
    "recovered_mean": Variable("1", "mean over worlds of the recovered fraction", "E[1 - U/A]"),
    "mcs_grabbed": Variable("1", "marginal civ-saturation per grabbed volume", "U/A"),
    "mcs_potential": Variable("1", "marginal civ-saturation per volume that humanity would hold with nobody else", "U/V_max"),
    "mcs_world": Variable("1", "marginal civ-saturation per volume that a civilization anywhere would hold with nobody else", "MCS_W"),
    "mcs_correlated": Variable("1", "marginal civ-saturation per volume grabbed by all who decide with us", "MCS_C"),
    "recovered_quantile": Variable("1", "quantile over worlds of the recovered fraction", "1 - U/A"),
    "rivals": Variable("1", "expanding civilizations per volume that humanity can reach", "D"),
    "copies": Variable("1", "density of those who decide with us (relative)", "n"),
    "stakes": Variable("Gly3", "what one choice changes; without unit where stakes are equal or counts", "Delta"),
    "relevance": Variable("1", "decision relevance of a world", "W / sum |W|"),
    "class_probability": Variable("1", "weight of worlds of a class of saturation"),
    "extinction_multiplier": Variable("1", "value of reducing extinction risk, relative to nobody else", "phi"),
    "extinction_discount": Variable("1", "discount on reducing extinction risk", "s kappa q"),
    "takeover_ratio": Variable("1", "value of preventing misaligned takeover over preventing extinction"),
    "extinction_multiplier_quantile": Variable("1", "quantile, over what may be found, of: value of reducing extinction risk, relative to nobody else", "phi"),
    "similarity_mean": Variable("1", "value per resource of others over ours, mean over what is recovered", "q"),
    "retention": Variable("1", "value kept by resources that others recover later", "kappa"),
    "probability_net_negative": Variable("1", "probability that survival is worth less than nothing"),
    "probability_neutral": Variable("1", "probability that existence is neutral, within the tolerance"),
    "neutral": Variable("1", "whether existence is neutral in expectation, within the tolerance"),
    "date_grabbed": Variable("Gyr", "mean date at which humanity reaches what it grabs"),
    "date_recovered": Variable("Gyr", "mean date at which others reach what they recover"),
    "grabbed_lost_per_year": Variable("yr-1", "share of what humanity would grab that a year of delay loses"),
    "marginal_lost_per_year": Variable("yr-1", "share of what nobody else would take that a year of delay loses"),
    "alone_lost_per_year": Variable("yr-1", "share of the reachable volume that a year of delay loses, with nobody else"),
    "volume_at_stake": Variable("Gly3", "comoving volume that humanity would grab, mean over worlds before stakes", "E[A]"),
    "aggregated_multiplier": Variable("1", "value of reducing extinction risk, relative to nobody else, over theories", "phi"),
    "aggregated_discount": Variable("1", "discount on reducing extinction risk, over theories", "s kappa q"),
    "priority": Variable("1", "value of a unit of effort, per value of all that humanity would grab"),
    "priority_ratio": Variable("1", "value of a unit of effort, relative to reducing extinction risk"),
    "rank_probability": Variable("1", "probability that an intervention holds a rank"),
    "probability_harmful": Variable("1", "probability that an intervention is worth less than nothing"),
    "appearance_rate": Variable("Gyr-1", f"rate of appearance of intelligent civilizations, {OUSV}", "alpha"),
    "actual_appearance_rate": Variable("Gyr-1", f"rate of appearance outside every front, {OUSV}", "alpha g_v"),
    "unsaturated": Variable("1", "fraction of space that no front has reached", "g_v"),
    "unseen": Variable("1", "fraction of space from where no front is visible", "g_c"),
    "nothing_sighted": Variable("1", "probability that humanity has seen no other front by then"),
    "no_contact": Variable("1", "probability that humanity's front has met no other by then"),
    "position": Variable("Gly", "comoving position of the birthplace", "x"),
    "birth_time": Variable("Gyr", "time of birth since Big Bang", "t"),
    "birth_conformal_time": Variable("Gly", "conformal time of birth", "eta"),
    "speed": Variable("1", "comoving speed of the front, in units of c; 0 if it never expands", "s"),
    "start_time": Variable("Gyr", "time at which the front starts; inf if it never does"),
    "end_time": Variable("Gyr", "time at which a civilization that never expands ends"),
    "first_arrival": Variable("Gyr", "time at which another front reaches the birthplace"),
    "first_contact": Variable("Gyr", "time at which the front meets another"),
    "first_sight": Variable("Gyr", "time at which another front is visible from the birthplace"),
    "first_sight_by_front": Variable("Gyr", "time at which another front is visible from the own front"),
    "visible_at_birth": Variable("1", "number of fronts visible at birth"),
    "largest_angle": Variable("rad", "largest angle across a domain in the sky at birth", "theta"),
    "sky_fraction": Variable("1", "fraction of the sky that domains cover at birth"),
    "controlled_at_birth": Variable("1", "fraction of space that fronts have reached at birth"),
    "final_volume": Variable("Gly3", "comoving volume held in the end"),
    "neighbours": Variable("1", "number of domains that share a border in the end"),
    "meeting_first": Variable("1", "index of one civilization of a pair that meets"),
    "meeting_second": Variable("1", "index of the other civilization of a pair that meets"),
    "meeting_time": Variable("Gyr", "time at which the fronts of a pair first touch"),
    "holder": Variable("1", "index of the civilization that comes first; -1: nobody"),
    "held_from": Variable("Gyr", "time at which the first front comes"),
    "world": Variable("1", "index of the realisation that a civilization belongs to"),
    "civilizations": Variable("1", "number of others whose front can reach what we can"),
    "volume_held": Variable("Gly3", "comoving volume, of what we could reach, that it holds if we expand"),
    "volume_held_without_us": Variable("Gly3", "comoving volume, of what we could reach, that it holds without us"),
    "volume_recovered": Variable("Gly3", "comoving volume of ours that it takes without us"),
}  # fmt: skip


def describe(name: str) -> Variable | None:
    """Return what a variable is, with the logs and redrawn twins of the listed ones."""
    if name in VARIABLES:
        return VARIABLES[name]
    if name.startswith("redrawn_") and (known := describe(name.removeprefix("redrawn_"))):
        return known._replace(long_name=f"{known.long_name}, amount and expansion redrawn")
    if name.startswith("log_") and (known := VARIABLES.get(name.removeprefix("log_"))):
        return Variable("1", f"natural log of: {known.long_name}", f"ln {known.symbol}")
    if name.endswith("_standard_error") and (
        known := VARIABLES.get(name.removesuffix("_standard_error"))
    ):
        return Variable(known.units, f"Monte Carlo standard error of: {known.long_name}")
    return None


def label(dataset: xr.Dataset, scenario: Scenario | None = None) -> xr.Dataset:
    """Return the Dataset with units, long names and symbols on its variables."""
    for name in dataset.data_vars:
        variable = describe(str(name))
        if variable is None and scenario is not None:
            base = str(name).removeprefix("redrawn_")
            if base in scenario.parameters:
                parameter = scenario[base]
                variable = Variable(parameter.unit or "1", parameter.meaning, parameter.symbol)
        if variable is not None:
            dataset[name].attrs.update(variable._asdict())
    return dataset


def provenance(scenario: Scenario, seed: int | None, draws: int, design: str) -> dict[str, str]:
    """Return the attributes that let a result be traced and made again."""
    return {
        **scenario_words(scenario),
        "seed": "" if seed is None else str(seed),
        "draws": str(draws),
        "design": design,
        **software(),
    }


def scenario_words(scenario: Scenario) -> dict[str, str]:
    """Return the attributes that name a scenario and hold all of it."""
    return {
        "scenario": scenario.name,
        "scenario_title": scenario.title,
        "scenario_source": scenario.source,
        "scenario_hash": scenario.hash,
        "scenario_toml": scenario.to_toml(),
        "cosmology": scenario.cosmology,
        "given": scenario.models[0].given,
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
        "Conventions": "CF-1.11",
    }


def require(dataset: object, names: Sequence[str], maker: str) -> None:
    """Raise an `InputError` unless `dataset` holds the variables that `maker` puts into it.

    Examples
    --------
    >>> import xarray as xr
    >>> require(xr.Dataset(), ["unseen"], "history")
    Traceback (most recent call last):
    ...
    sfc_sim._errors.InputError: no variable 'unseen'; pass the Dataset of sfc_sim.history
    """
    import xarray as xr

    if not isinstance(dataset, xr.Dataset):
        raise InputError(f"got {type(dataset).__name__}; pass the Dataset of sfc_sim.{maker}")
    for name in names:
        if name not in dataset:
            raise InputError(f"no variable '{name}'; pass the Dataset of sfc_sim.{maker}")


def worlds(draws: xr.Dataset, weights: xr.Dataset, theory: str) -> dict[str, np.ndarray]:
    """Return the outcomes that a theory's weights belong to, as arrays over the draws.

    Under self-indication the try-once probability and the expanding fraction of every draw are
    drawn again, in proportion to what the theory gives them, so its weights go with the redrawn
    outcomes. Under every other theory these are the drawn ones. Volumes follow the evidence.

    Parameters
    ----------
    draws : xarray.Dataset
        From `sfc_sim.sample`.
    weights : xarray.Dataset
        From `sfc_sim.weigh`, of the same draws.
    theory : str
        One of the theories of `weights`.

    Returns
    -------
    dict of str to ndarray, shape (draw,)
        `log_weight`, normalised; `log_copies`, the same before the stakes that the theory
        counts (not normalised); `log_intelligent_actual`, `log_civilizations_actual`; where the
        scenario has an expansion `log_covered_final`, `volume_alone`, `volume_grabbed`,
        `volume_marginal` (Gly^3); and every parameter of the scenario by its name.

    Examples
    --------
    >>> import sfc_sim as sfc
    >>> draws = sfc.sample("cook2022-balanced", 500, rng=1)
    >>> weights = sfc.weigh(draws, theories=["prior"])
    >>> sorted(worlds(draws, weights, "prior"))[-3:]
    ['volume_alone', 'volume_grabbed', 'volume_marginal']
    """
    require(draws, ["log_intelligent_actual"], "sample")
    require(weights, ["log_weight"], "weigh")
    if theory not in weights["theory"].values:
        raise unknown("theory", theory, [str(name) for name in weights["theory"].values])
    for name in ("scenario_hash", "seed", "design"):
        if draws.attrs.get(name) != weights.attrs.get(name):
            raise InputError(
                f"these weights are of other draws: {name} is {weights.attrs.get(name)!r}, "
                f"of the draws {draws.attrs.get(name)!r}"
            )
    if not np.array_equal(draws["draw"].values, weights["draw"].values):
        raise InputError("these weights are of other draws: the indices of the draws differ")
    evidence = str(weights.attrs["evidence"])
    again = str(weights["population"].sel(theory=theory).item()) == "redrawn"
    found = _redrawn(draws, evidence) if again else _drawn(draws, evidence)
    found["log_weight"] = weights["log_weight"].sel(theory=theory).values
    found["log_copies"] = found["log_weight"]
    if weights["stakes"].sel(theory=theory).item() and "volume_grabbed" in found:
        found["log_copies"] = found["log_weight"] - np.log(found["volume_grabbed"])
    return found


# The same in every draw of a place, whether or not its amount is drawn again.
_SHARED = ("volume_alone",)
_OUTCOMES = ("log_intelligent_actual", "log_civilizations_actual")


def _parameters(draws: xr.Dataset) -> list[str]:
    return list(tomllib.loads(draws.attrs["scenario_toml"]).get("parameters", {}))


def _drawn(draws: xr.Dataset, evidence: str) -> dict[str, np.ndarray]:
    """Return the outcomes of the draws as they were drawn."""
    suffix = "" if evidence == "nothing-visible" else "_not_engulfed"
    sources = {name: name for name in (*_OUTCOMES, *_SHARED, "log_covered_final")}
    sources |= {name: f"{name}{suffix}" for name in ("volume_grabbed", "volume_marginal")}
    sources |= {name: name for name in _parameters(draws)}
    return {name: draws[source].values for name, source in sources.items() if source in draws}


def _redrawn(draws: xr.Dataset, evidence: str) -> dict[str, np.ndarray]:
    """Return the outcomes of the draws with the amount and the expanding fraction drawn again."""
    chosen = draws.sel(evidence=evidence)
    names = (*_OUTCOMES, "volume_grabbed", "volume_marginal")
    found = {name: chosen[f"redrawn_{name}"].values for name in names}
    found |= {name: draws[name].values for name in _SHARED}
    # Every coverage is linear in the amount that expands: all change by the same factor.
    log_change = chosen["redrawn_log_seen_now"].values - draws["log_seen_now"].values
    found["log_covered_final"] = draws["log_covered_final"].values + log_change
    for name in _parameters(draws):
        again = f"redrawn_{name}"
        found[name] = chosen[again].values if again in chosen else draws[name].values
    return found


def save(dataset: xr.Dataset, path: str | os.PathLike[str], *, force: bool = False) -> Path:
    """Write a Dataset as netCDF, whole or not at all.

    Parameters
    ----------
    dataset : xarray.Dataset
        Any result of the package.
    path : path
        A file name, usually ending in ``.nc``.
    force : bool, default False
        Replace a file that exists.

    Returns
    -------
    Path
        The file.

    Raises
    ------
    InputError
        If the file exists and `force` is off, or its folder cannot be written.

    Examples
    --------
    >>> import tempfile, sfc_sim as sfc
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = save(sfc.sample("cook2022-balanced", 5, rng=1), f"{folder}/draws.nc")
    ...     dict(load(path).sizes)
    {'draw': 5, 'evidence': 3}
    """
    target = Path(path)
    if not target.name:
        raise InputError(f"path is '{path}'; it must name a file")
    require(dataset, [], "sample, or another of its results")
    with writing(target, force=force) as beside:
        dataset.to_netcdf(beside, engine="h5netcdf")
    return target


@contextmanager
def writing(target: Path, *, force: bool) -> Iterator[Path]:
    """Give a name beside `target` to write to; put it in place only when all is written."""
    beside = target.with_name(f".{target.name}.{os.getpid()}.part")
    if target.exists() and not force:
        raise InputError(f"file '{target}' exists; pass force (--force) to replace it")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        beside.touch()
    except OSError as error:
        raise InputError(f"cannot write '{target}': {error.strerror or error}") from error
    try:
        yield beside
        os.replace(beside, target)
    finally:
        beside.unlink(missing_ok=True)


def load(path: str | os.PathLike[str]) -> xr.Dataset:
    """Read a Dataset that `save` wrote.

    Parameters
    ----------
    path : path
        The file.

    Returns
    -------
    xarray.Dataset

    Raises
    ------
    InputError
        If there is no such file.

    Examples
    --------
    >>> import tempfile, sfc_sim as sfc
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = save(sfc.sample("cook2022-balanced", 5, rng=1), f"{folder}/draws.nc")
    ...     load(path).attrs["scenario"]
    'cook2022-balanced'
    """
    import xarray as xr

    if not Path(path).is_file():
        raise InputError(f"no file '{path}'")
    try:
        with xr.open_dataset(path, engine="h5netcdf") as opened:
            return opened.load()
    except (OSError, ValueError, KeyError) as error:
        raise InputError(f"cannot read '{path}' as a result of this package: {error}") from error


def as_attrs(values: Mapping[str, object]) -> dict[str, str]:
    """Return attributes as text: the one type that every file format keeps."""
    return {name: str(value) for name, value in values.items()}
