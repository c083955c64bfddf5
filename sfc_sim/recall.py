"""The draws behind a report: kept in memory for a while, else made again bit by bit.

A report holds the scenario, the seed and the evidence it was made with, and draws are a pure
function of these: what comes back is the same whether it was kept or not.
"""

from __future__ import annotations

import json
import warnings
from collections import OrderedDict
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, cast

from sfc_sim._door import validated
from sfc_sim._errors import InputError
from sfc_sim._progress import Progress
from sfc_sim.adaptation import proposal_in
from sfc_sim.anthropics import EffectiveSampleSizeWarning, weigh
from sfc_sim.draws import Design
from sfc_sim.ensemble import sample
from sfc_sim.observations import EvidenceLike, evidence_from
from sfc_sim.results import require
from sfc_sim.scenario import Scenario
from sfc_sim.similarity import from_text
from sfc_sim.timing import as_retention

if TYPE_CHECKING:
    import xarray as xr

__all__ = ["asked_of", "draws_of", "evidence_of", "hold", "quietly", "recall", "remember"]

# How many sets of draws are kept; 200,000 draws take some 100 MB.
KEPT = 2

_kept: OrderedDict[tuple[str, ...], xr.Dataset] = OrderedDict()


@contextmanager
def quietly() -> Iterator[None]:
    """Do not warn of few effective draws again: the report's maker has seen it.

    Examples
    --------
    >>> with quietly():
    ...     warnings.warn("few", EffectiveSampleSizeWarning)
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", EffectiveSampleSizeWarning)
        yield


def _key(attrs: dict[str, Any]) -> tuple[str, ...]:
    names = ("scenario_hash", "seed", "draws", "design")
    return *(str(attrs[name]) for name in names), first_of(attrs), str(attrs.get("proposal", ""))


def first_of(attrs: dict[str, Any]) -> str:
    """Return the index of the first draw of a report, which must be of draws in a row.

    Examples
    --------
    >>> first_of({"first": "500"})
    '500'
    """
    first = str(attrs.get("first", "0"))
    if not first:
        raise InputError(
            "the report is of several stretches of draws, which it cannot make again: make one of "
            "draws in a row, sfc_sim.sample(..., first=...)"
        )
    return first


@validated()
def remember(draws: xr.Dataset) -> None:
    """Keep draws for `draws_of`; the oldest are let go."""
    key = _key(draws.attrs)
    _kept[key] = draws
    _kept.move_to_end(key)
    while len(_kept) > KEPT:
        _kept.popitem(last=False)


@validated()
def draws_of(report: xr.Dataset, *, progress: Progress | None = None) -> xr.Dataset:
    """Return the draws that a report was made from.

    Parameters
    ----------
    report : xarray.Dataset
        From `sfc_sim.assess`, or anything whose attributes trace it to `sfc_sim.sample`.
    progress : bool or callable, optional
        See `sfc_sim.sample`.

    Returns
    -------
    xarray.Dataset
        What `sfc_sim.sample` gave; made again if they are not in memory.

    Raises
    ------
    InputError
        If the attributes do not say what the draws were.

    Examples
    --------
    >>> import sfc_sim as sfc
    >>> report = sfc.assess("cook2022-balanced", 1000, rng=7, theories=["prior"])
    >>> draws_of(report).sizes["draw"]
    1000
    """
    require(report, [], "assess")
    for name in ("scenario_toml", "scenario_hash", "seed", "draws", "design"):
        if not report.attrs.get(name):
            raise InputError(f"the report does not say its {name}; pass that of sfc_sim.assess")
    key = _key(report.attrs)
    if key not in _kept:
        scenario = Scenario.from_toml(report.attrs["scenario_toml"])
        attrs = report.attrs
        remember(
            sample(
                scenario,
                int(attrs["draws"]),
                rng=int(attrs["seed"]),
                design=cast("Design", attrs["design"]),
                first=int(first_of(attrs)),
                progress=progress,
                aim=proposal_in(attrs) or False,
            )
        )
    _kept.move_to_end(key)
    return _kept[key]


@validated()
def hold(report: xr.Dataset) -> None:
    """Let the draws of a report outlive those that are made next, if they are in memory.

    Examples
    --------
    >>> import sfc_sim as sfc
    >>> hold(sfc.assess("cook2022-balanced", 1000, rng=7, theories=["prior"]))
    """
    if (key := _key(report.attrs)) in _kept:
        _kept.move_to_end(key)


@validated()
def evidence_of(report: xr.Dataset) -> EvidenceLike:
    """Return the evidence that a report was given.

    Raises
    ------
    InputError
        If it is an observation of the user's own that was given to another Python.

    Examples
    --------
    >>> import sfc_sim as sfc
    >>> report = sfc.assess("cook2022-balanced", 1000, rng=7, theories=["prior"])
    >>> evidence_of(report)
    ['nothing-visible']
    """
    return evidence_from(report.attrs.get("evidence_given", '["nothing-visible"]'))


@validated()
def asked_of(report: xr.Dataset) -> dict[str, Any]:
    """Return the arguments that `sfc_sim.assess` made a report with, all but the scenario.

    Examples
    --------
    >>> import sfc_sim as sfc
    >>> report = sfc.assess("cook2022-balanced", 1000, rng=7, theories=["prior"])
    >>> again = sfc.assess("cook2022-balanced", **asked_of(report))
    >>> bool((again.recovered_share == report.recovered_share).all())
    True
    """
    require(report, ["recovered_share"], "assess")
    attrs = report.attrs
    if (first := first_of(attrs)) != "0":
        raise InputError(
            f"the report is of draws {first} on, and a run anew begins at 0: pass that of "
            "sfc_sim.assess"
        )
    credences = attrs.get("credences")
    # One that stopped by itself stops there again: draws and pilot follow from where it looked.
    goal = attrs.get("precision")
    return {
        "draws": int(attrs["most_draws" if goal else "draws"]),
        "precision": float(goal) if goal else None,
        "evidence": evidence_of(report),
        "theories": json.loads(credences) if credences else report["theory"].values.tolist(),
        "similarity": from_text(attrs["similarity"]),
        "retention": as_retention(attrs["retention"]),
        "tolerance": float(attrs["tolerance"]),
        "rng": int(attrs["seed"]),
        "design": attrs["design"],
        "aim": bool(attrs.get("proposal")),
    }


@validated()
def recall(
    report: xr.Dataset,
    *,
    evidence: EvidenceLike | None = None,
    progress: Progress | None = None,
) -> tuple[xr.Dataset, xr.Dataset]:
    """Return the draws and the weights that a report was made from.

    Few effective draws do not warn again: the report's maker has seen it.

    Parameters
    ----------
    report : xarray.Dataset
        From `sfc_sim.assess`.
    evidence : str, Observation or a sequence of these, optional
        Weigh by this evidence instead of the report's.
    progress : bool or callable, optional
        See `sfc_sim.sample`.

    Returns
    -------
    draws, weights : xarray.Dataset

    Raises
    ------
    InputError
        If the attributes do not say what the draws or the evidence were.

    Examples
    --------
    >>> import sfc_sim as sfc
    >>> report = sfc.assess("cook2022-balanced", 1000, rng=7, theories=["prior"])
    >>> draws, weights = recall(report)
    >>> weights["theory"].values.tolist()
    ['prior']
    """
    require(report, ["recovered_share"], "assess")
    draws = draws_of(report, progress=progress)
    known = evidence_of(report) if evidence is None else evidence
    with quietly():
        return draws, weigh(draws, known, theories=report["theory"].values.tolist())
