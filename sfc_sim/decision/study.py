"""A study: what was asked, with all that it was asked of, and the answer.

It holds the objects themselves. Analyses take it and ask nothing else.
"""

from __future__ import annotations

import json
import os
import warnings
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Literal, final

from sfc_sim._core.arguments import validated
from sfc_sim._core.errors import InputError, choice, known_names
from sfc_sim._core.storage import read, write
from sfc_sim._core.world import World, worlds
from sfc_sim.decision.drivers import varying
from sfc_sim.decision.frames import draws_frame, report_frame
from sfc_sim.decision.rows import TheoryReport
from sfc_sim.decision.similarity import SimilarityLike
from sfc_sim.inference.evidence import FRONTS, FrontEvidence, Observation, read_evidence
from sfc_sim.inference.theories import (
    THEORIES,
    EffectiveSampleSizeWarning,
    Theory,
    TheoryLike,
    name_of,
    theories_of,
)
from sfc_sim.sampling.mixed import AnyProposal, proposal_from_json
from sfc_sim.sampling.plan import Design
from sfc_sim.sampling.store import load_draws
from sfc_sim.scenario.assumed import Assumed, assumed_from_toml, parts_of
from sfc_sim.scenario.families import check_importable
from sfc_sim.scenario.objects import object_from, table_of
from sfc_sim.scenario.origin import origin_of

if TYPE_CHECKING:
    import pandas as pd
    import xarray as xr

__all__ = ["Study", "load", "quietly"]

# What a file of a study holds: Datasets, each in a group; what is text or a number; what it tells.
_PARTS: Final = ("draws", "weights", "report")
_PLAIN: Final = (
    "retention", "tolerance", "seed", "design", "precision", "most_draws",
)  # fmt: skip
_TOLD: Final = ("scenario", "scenario_title", "scenario_hash", "evidence", "draws", "seed")


@contextmanager
def quietly() -> Iterator[None]:
    """Do not warn of few effective draws again: who made the study has seen it.

    Examples
    --------
    >>> with quietly():
    ...     warnings.warn("few", EffectiveSampleSizeWarning)
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", EffectiveSampleSizeWarning)
        yield


@final
@dataclass(frozen=True, eq=False, repr=False)
class Study:
    """What `sfc_sim.assess` found, and all that it found it with.

    Attributes
    ----------
    scenario : Scenario or ScenarioMixture
        What is assumed.
    draws, weights : xarray.Dataset
        What the answer rests on: see `sfc_sim.sample`, `sfc_sim.weigh`.
    report : xarray.Dataset
        The answer, dim ``theory``; see `sfc_sim.assess`.
    evidence : list of Observation
        What is conditioned on: what is known of fronts, then observations.
    theories : tuple of Theory
        Whose answers it has.
    similarity : float, Distribution or Similarity
        Value per resource of others over ours.
    retention : float or str
        Value kept by what is recovered later.
    tolerance : float
        Of existence neutrality.
    seed : int
        Of the draws.
    design : str
        Of the draws.
    credences : dict of str to float or None
        Credence in each theory, if they were given.
    proposal : Proposal, Proposals or None
        What the draws were made with, if they are aimed; of a mixture, one for each scenario.
    precision : float or None
        Standard error at which it stopped, or was to.
    most_draws : int
        At most so many were asked for.

    Examples
    --------
    >>> import sfc_sim as sfc
    >>> study = sfc.assess("cook2022-balanced", 2000, rng=7, theories=["prior", "sia"])
    >>> study.draws.sizes["draw"], study.only("sia").theories
    (2000, (SelfIndication(),))
    >>> bool((study.world("sia").recovered <= 1.0).all())
    True
    """

    scenario: Assumed
    draws: xr.Dataset
    weights: xr.Dataset
    report: xr.Dataset
    evidence: Sequence[Observation]
    theories: tuple[Theory, ...]
    similarity: SimilarityLike
    retention: float | str
    tolerance: float
    seed: int
    design: Design = "random"
    credences: Mapping[str, float] | None = None
    proposal: AnyProposal | None = None
    precision: float | None = None
    most_draws: int = 0

    def only(self, *theories: TheoryLike) -> Study:
        """Return the part of it that is of some of its theories, without credences.

        Raises
        ------
        InputError
            If it has no such theory.
        """
        asked = [name_of(theory) for theory in theories]
        names = known_names(asked, "theories", "theory", self.names)
        return replace(
            self,
            theories=tuple(self.objects(names)),
            weights=self.weights.sel(theory=names),
            report=self.report.sel(theory=names).drop_dims("aggregation", errors="ignore"),
            credences=None,
        )

    def without_draws(self) -> Study:
        """Return what it was made with and its report, to send elsewhere: without the draws."""
        none = {"draw": slice(0)}
        return replace(
            self,
            most_draws=self.asked["draws"],
            draws=self.draws.isel(none),
            weights=self.weights.isel(none, missing_dims="ignore"),
        )

    def world(self, theory: TheoryLike) -> World:
        """Return the draws as a theory sees them.

        Raises
        ------
        InputError
            If it is not one of those of the study.
        """
        return worlds(self.draws, self.weights, name_of(theory))

    @property
    def names(self) -> list[str]:
        """The names of its theories."""
        return [theory.name for theory in self.theories]

    def objects(self, names: Sequence[str]) -> list[Theory]:
        """Return some of its theories by their names."""
        known = {theory.name: theory for theory in self.theories}
        return [known[name] for name in known_names(names, "names", "theory", known)]

    @property
    def front(self) -> FrontEvidence:
        """What its weights know of fronts: nothing where the scenario has no dates."""
        unused = origin_of(self.weights).has("evidence_not_used")
        return FRONTS["none"] if unused else read_evidence(list(self.evidence)).front

    @property
    def observed(self) -> tuple[Observation, ...]:
        """What its evidence has besides fronts."""
        return read_evidence(list(self.evidence)).observations

    @property
    def inputs(self) -> list[str]:
        """The parameters that are not the same in every draw."""
        return varying(self.draws, self.scenario.parameters)

    @property
    def asked(self) -> dict[str, Any]:
        """The arguments of `sfc_sim.assess` that make it again, all but the scenario.

        One that was drawn with a proposal of the user's own is aimed anew.
        """
        drawn = self.draws.sizes["draw"]
        return {
            # One that stopped by itself stops there again: its draws follow from where it looked.
            "draws": self.most_draws if self.precision or not drawn else drawn,
            "precision": self.precision,
            "evidence": list(self.evidence),
            "theories": self.believed or list(self.theories),
            "similarity": self.similarity,
            "retention": self.retention,
            "tolerance": self.tolerance,
            "rng": self.seed,
            "design": self.design,
            "aim": self.proposal is not None,
        }

    @property
    def believed(self) -> dict[Theory, float]:
        """Credence in each theory; empty if none were given."""
        given = self.credences or {}
        return {theory: given[theory.name] for theory in self.theories if given}

    if not TYPE_CHECKING:

        def __getattr__(self, name: str) -> Any:
            if "report" in vars(self) and name in self.report:
                raise AttributeError(
                    f"a study has no '{name}', its report has: study.report.{name}"
                )
            raise AttributeError(f"a study has no '{name}'")

    def save(self, path: str | os.PathLike[str], *, force: bool = False) -> Path:
        """Write all of it to one netCDF file, whole or not at all; `sfc_sim.load` reads it.

        Raises
        ------
        InputError
            If the file exists and `force` is off, or it holds an object that no file can.
        """
        import xarray as xr

        for part in parts_of(self.scenario):
            check_importable(part)
        held: dict[str, Any] = {
            name: table_of(getattr(self, name), name) for name in (*_PLAIN, "similarity")
        }
        held |= {
            "evidence": [_held(each, FRONTS, "evidence") for each in self.evidence],
            "theories": [_held(each, THEORIES, "theories") for each in self.theories],
        }
        held["credences"] = dict(self.credences) if self.credences is not None else None
        held["scenario"] = self.scenario.to_toml()
        held["proposal"] = self.proposal.to_json() if self.proposal is not None else None
        told = {name: self.report.attrs[name] for name in _TOLD if name in self.report.attrs}
        head = xr.Dataset(attrs={"study": json.dumps(held), **told})
        return write(path, head, {name: getattr(self, name) for name in _PARTS}, force=force)

    def to_dataframe(self, of: Literal["report", "draws"] = "report") -> pd.DataFrame:
        """Return its numbers as a table of pandas.

        Parameters
        ----------
        of : {"report", "draws"}, default "report"
            "report": a row per theory, the numbers that are printed, each with its standard error
            (of quantiles, such as ``civilizations_actual_0.5``, the ends ``_low`` and ``_high``
            of one). "draws": a row per draw, every variable of `draws` (volumes by evidence, as
            ``volume_grabbed_nothing-visible``), and ``weight_sia`` and such: the weight under each
            theory, which sums to 1.

        Raises
        ------
        InputError
            If `of` is neither.

        Examples
        --------
        >>> import sfc_sim as sfc
        >>> study = sfc.assess("cook2022-balanced", 500, rng=7, theories=["prior", "sia"])
        >>> study.to_dataframe().index.tolist(), study.to_dataframe("draws").shape[0]
        (['prior', 'sia'], 500)
        """
        if choice(of, "table of a study", ("report", "draws")) == "draws":
            return draws_frame(self.draws, self.weights)
        return report_frame(self.report)

    def __repr__(self) -> str:
        """Return the scenario, draws and theories on one line."""
        names = ", ".join(self.names)
        return f"Study({self.scenario.name!r}, {self.draws.sizes['draw']:,} draws; {names})"

    def __str__(self) -> str:
        """Return the tables that `sfc-sim run` prints."""
        return TheoryReport(self.report).written()

    def _repr_html_(self) -> str:
        from sfc_sim._core.rows import fill, framed, in_full

        tables = in_full(TheoryReport(self.report).blocks())
        return framed(fill("paragraph", text=repr(self)) + tables)


def _held(thing: Observation | Theory, known: Mapping[str, Any], kind: str) -> Any:
    """Return the name of one of ours, of any other what a file can hold."""
    return thing.name if known.get(thing.name) == thing else table_of(thing, kind)


@validated()
def load(path: str | os.PathLike[str]) -> xr.Dataset | Study:
    """Read what `sfc_sim.save`, `Study.save` or `sfc_sim.sample_to` wrote.

    Parameters
    ----------
    path : path
        The file; or the folder of a store of draws, of which values are read when they are asked
        for, in chunks where Dask is installed.

    Returns
    -------
    xarray.Dataset or Study

    Raises
    ------
    InputError
        If there is no such file, or it is not whole: what comes back is what was saved. If it
        holds an object of a class that is not found here.

    Examples
    --------
    >>> import tempfile, sfc_sim as sfc
    >>> study = sfc.assess("cook2022-balanced", 100, rng=7, theories=["prior"])
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     load(study.save(f"{folder}/study.nc"))
    Study('cook2022-balanced', 100 draws; prior)
    """
    if Path(path).is_dir():
        return load_draws(path)
    found, groups = read(path)
    if "study" not in found.attrs:
        return found
    try:
        held = json.loads(found.attrs["study"])
        scenario, proposal = held.pop("scenario"), held.pop("proposal")
        evidence = object_from(held.pop("evidence"), "evidence", "log_likelihood")
        theories = object_from(held.pop("theories"), "theories", "log_factor")
        similarity = object_from(held.pop("similarity"), "similarity", "draw")
        return Study(
            scenario=assumed_from_toml(scenario),
            evidence=read_evidence(evidence).listed,
            similarity=similarity,
            proposal=proposal_from_json(proposal) if proposal is not None else None,
            theories=theories_of(theories),
            draws=groups["draws"],
            weights=groups["weights"],
            report=groups["report"],
            **held,
        )
    except InputError:
        raise
    except (KeyError, ValueError, TypeError) as error:
        raise InputError(f"'{path}' holds no study of this version: {error}") from None
