"""Observations of an empty sky: what each says about how many civilizations there are.

An observation is a likelihood of the number N of detectable civilizations per galaxy now, ours not
counted. All of the families here have one form,

    P(observation | N) = q + (1 - q) exp(-k N),

with k the civilizations that it would have found per civilization in the galaxy, and q the chance
of finding nothing whatever N is. The families follow Sandberg, Drexler & Ord (2018), whose
constants are not verified here, so that every default in `CONSTANTS` says whose it is.

Fronts of expanding civilizations are evidence too, named by a word: "none", "not-engulfed",
"nothing-visible" (Cook 2022).

References
----------
A. Sandberg, E. Drexler & T. Ord (2018), "Dissolving the Fermi Paradox", arXiv:1806.02404.

Examples
--------
>>> StarsSearched(searched=1e6)
StarsSearched(searched=1000000.0, stars=100000000000.0)
>>> sorted(OBSERVATIONS)[:2]
['earth-history', 'empty-galaxy']
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any, Literal, TypeAlias

from sfc_sim._core.errors import InputError, shown, unknown
from sfc_sim._core.own import kept, named
from sfc_sim.inference.observation import CONSTANTS, CountObservation, Observation, variable_of
from sfc_sim.inference.observations import (
    EarthHistory,
    EmptyGalaxy,
    NoneWithin,
    NotSettled,
    NoTypeThree,
    StarsSearched,
)

__all__ = [
    "CONSTANTS",
    "FRONTS",
    "FRONT_EVIDENCE",
    "OBSERVATIONS",
    "CountObservation",
    "EarthHistory",
    "EmptyGalaxy",
    "EvidenceLike",
    "FrontEvidence",
    "NoTypeThree",
    "NoneWithin",
    "NotSettled",
    "Observation",
    "StarsSearched",
    "evidence_from",
    "evidence_text",
    "listed_evidence",
    "read_evidence",
    "variable_of",
]

FrontEvidence = Literal["none", "not-engulfed", "nothing-visible"]
FRONT_EVIDENCE: tuple[FrontEvidence, ...] = ("none", "not-engulfed", "nothing-visible")

# Extended volume that a place must have been spared from, by evidence; None: nothing is known.
FRONTS = {"none": None, "not-engulfed": "log_covered_now", "nothing-visible": "log_seen_now"}

OBSERVATIONS: dict[str, Observation] = {
    observation.name: observation
    for observation in (
        EmptyGalaxy(),
        StarsSearched(),
        NoneWithin(),
        NotSettled(),
        NoTypeThree(),
        EarthHistory(),
    )
}

EvidenceLike: TypeAlias = str | Observation | Sequence[str | Observation]


def read_evidence(evidence: EvidenceLike) -> tuple[str, tuple[Observation, ...]]:
    """Return the name of the front evidence, "none" if there is none, and the observations.

    Parameters
    ----------
    evidence : str, Observation or a sequence of these
        Names out of `FRONTS`, at most one, and `OBSERVATIONS`; or observations.

    Raises
    ------
    InputError
        If a name is unknown, two fronts are named, or the same thing comes twice.

    Examples
    --------
    >>> read_evidence(["not-engulfed", NotSettled(30)])
    ('not-engulfed', (NotSettled(generations=30.0, undetected=0.004),))
    >>> read_evidence("none")
    ('none', ())
    """
    given = [evidence] if isinstance(evidence, str | Observation) else evidence
    if not isinstance(given, Sequence) or not given:
        raise InputError(
            f"evidence is {shown(evidence)}; it must be a name, an observation or a list of these"
        )
    fronts: list[str] = []
    seen: list[Observation] = []
    for item in given:
        if isinstance(item, Observation):
            seen.append(item)
        elif isinstance(item, str) and item in FRONTS:
            fronts.append(item)
        elif isinstance(item, str) and item in OBSERVATIONS:
            seen.append(OBSERVATIONS[item])
        else:
            raise unknown("evidence", item, [*FRONTS, *OBSERVATIONS])
    if len(fronts) > 1:
        raise InputError(f"evidence names {' and '.join(fronts)}; give one of {', '.join(FRONTS)}")
    if len(set(seen)) < len(seen):
        twice = next(item for item in seen if seen.count(item) > 1)
        raise InputError(f"evidence has '{twice.name}' twice; give each observation once")
    return (fronts[0] if fronts else "none"), tuple(seen)


def listed_evidence(evidence: EvidenceLike) -> list[str | Observation]:
    """Return evidence as a list: fronts, if anything is known of them, then observations.

    Examples
    --------
    >>> listed_evidence("nothing-visible"), listed_evidence("empty-galaxy")
    (['nothing-visible'], [EmptyGalaxy()])
    """
    front, observations = read_evidence(evidence)
    return [*([front] if front != "none" or not observations else []), *observations]


def evidence_text(evidence: EvidenceLike) -> str:
    """Return evidence as text, from which `evidence_from` has it again.

    Examples
    --------
    >>> evidence_text("nothing-visible")
    '["nothing-visible"]'
    """
    front, observations = read_evidence(evidence)
    items: list[Any] = [front] if front != "none" or not observations else []
    for each in observations:
        ours = type(each) is type(OBSERVATIONS.get(each.name))
        items.append({"name": each.name, **asdict(each)} if ours else named(each))
    return json.dumps(items)


def evidence_from(text: str) -> EvidenceLike:
    """Return the evidence that `evidence_text` wrote.

    Raises
    ------
    InputError
        If an observation of the user's own was named in another process.

    Examples
    --------
    >>> evidence_from('["nothing-visible"]')
    ['nothing-visible']
    """
    found: list[str | Observation] = []
    for item in json.loads(text):
        if isinstance(item, str):
            found.append(item)
            continue
        if "own" in item:
            found.append(kept(item, "evidence"))
        else:
            found.append(type(OBSERVATIONS[item.pop("name")])(**item))
    return found
