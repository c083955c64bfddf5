"""Evidence: what is known of fronts, and observations of an empty sky.

A count observation is a likelihood of the number N of detectable civilizations per galaxy now, ours
not counted. All of the families here have one form,

    P(observation | N) = q + (1 - q) exp(-k N),

with k the civilizations that it would have found per civilization in the galaxy, and q the chance
of finding nothing whatever N is. The families follow Sandberg, Drexler & Ord (2018), whose
constants are not verified here, so that every default in `CONSTANTS` says whose it is.

Looking for life, and silence, hang on other numbers: see `sfc_sim.inference.LifeSearched`.

What is known of the fronts of expanding civilizations is evidence of the same protocol: see
`sfc_sim.inference.FrontEvidence`.

References
----------
A. Sandberg, E. Drexler & T. Ord (2018), "Dissolving the Fermi Paradox", arXiv:1806.02404.

Examples
--------
>>> StarsSearched(searched=1e6)
StarsSearched(searched=1000000.0, stars=100000000000.0, detection=1.0)
>>> sorted(OBSERVATIONS)[:2]
['earth-history', 'empty-galaxy']
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import MISSING, asdict, fields
from typing import Any, NamedTuple, TypeAlias

from sfc_sim._core.errors import InputError, shown, unknown
from sfc_sim._core.own import kept, named
from sfc_sim._core.volumes import GIVEN
from sfc_sim.inference.fronts import FRONTS, FrontEvidence
from sfc_sim.inference.looking import LifeSearched, NoWasteHeat, Silence
from sfc_sim.inference.observation import (
    CONSTANTS,
    CountObservation,
    Observation,
    check_kind,
    variable_of,
)
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
    "OBSERVATIONS",
    "CountObservation",
    "EarthHistory",
    "EmptyGalaxy",
    "Evidence",
    "EvidenceLike",
    "FrontEvidence",
    "LifeSearched",
    "NoTypeThree",
    "NoWasteHeat",
    "NoneWithin",
    "NotSettled",
    "Observation",
    "Silence",
    "StarsSearched",
    "evidence_from",
    "evidence_text",
    "front_of",
    "observation_of",
    "read_evidence",
    "variable_of",
]

OBSERVATIONS: dict[str, Observation] = {
    observation.name: observation
    for observation in (
        EmptyGalaxy(),
        StarsSearched(),
        NoneWithin(),
        NotSettled(),
        NoTypeThree(),
        NoWasteHeat(),
        Silence(),
        EarthHistory(),
    )
}

# Of those that have no usual numbers these must be given.
_KINDS: dict[str, type[Observation]] = {
    **{name: type(usual) for name, usual in OBSERVATIONS.items()},
    LifeSearched.name: LifeSearched,
}

EvidenceLike: TypeAlias = str | Observation | Sequence[str | Observation]


class Evidence(NamedTuple):
    """What is known of fronts, and what else was observed."""

    front: FrontEvidence
    observations: tuple[Observation, ...] = ()

    @property
    def listed(self) -> list[Observation]:
        """All of it; fronts only if anything is known of them, or nothing of anything."""
        front = [self.front] if self.front.known or not self.observations else []
        return [*front, *self.observations]


def read_evidence(evidence: EvidenceLike) -> Evidence:
    """Return what is known of fronts, nothing if that is not said, and the observations.

    Parameters
    ----------
    evidence : str, Observation or a sequence of these
        Names out of `FRONTS` and `OBSERVATIONS`, or objects; of fronts at most one. A name may
        have numbers of its own, as in "life-searched:planets=40,found=0": those that the class of
        the observation takes.

    Raises
    ------
    InputError
        If a name is unknown or its numbers are not valid, two are of fronts, or the same thing
        comes twice.

    Examples
    --------
    >>> read_evidence(["not-engulfed", NotSettled(30)]).listed
    [NotEngulfed(), NotSettled(generations=30.0, undetected=0.004)]
    >>> read_evidence("none-within:distance=1 kpc,detection=0.5").listed
    [NoneWithin(distance=3261.56..., volume=7850000000000.0, shape='sphere', ..., detection=0.5)]
    >>> read_evidence("none")
    Evidence(front=NothingKnown(), observations=())
    """
    given = [evidence] if isinstance(evidence, str | Observation | type) else evidence
    if not isinstance(given, Sequence) or not given:
        raise InputError(
            f"evidence is {shown(evidence)}; it must be a name, an observation or a list of these"
        )
    found = [_evidence(item) for item in given]
    fronts = [item for item in found if isinstance(item, FrontEvidence)]
    seen = tuple(item for item in found if not isinstance(item, FrontEvidence))
    if len(fronts) > 1:
        names = " and ".join(item.name for item in fronts)
        raise InputError(f"evidence names {names}; give one of what is known of fronts")
    words = [f"{type(item)}{item!r}" for item in seen]  # a field may be an array, which equals none
    if twice := next((item.name for k, item in enumerate(seen) if words[k] in words[:k]), None):
        raise InputError(f"evidence has '{twice}' twice; give each observation once")
    return Evidence(fronts[0] if fronts else FRONTS["none"], seen)


def _evidence(item: object) -> Observation:
    if isinstance(item, FrontEvidence):
        check_kind(item, "evidence", FRONTS, cone=tuple(GIVEN), known=(True, False))
        return item
    if isinstance(item, Observation):
        check_kind(item, "evidence", FRONTS)
        return item
    if isinstance(item, type):
        raise InputError(f"evidence is the class {item.__name__}; pass an object of it")
    known = {**FRONTS, **OBSERVATIONS}
    if isinstance(item, str) and item in known:
        return known[item]
    name, mark, numbers = item.partition(":") if isinstance(item, str) else ("", "", "")
    if name in _KINDS:
        return _with_numbers(item, _KINDS[name], numbers.split(",") if mark else [])
    if mark and name in FRONTS:
        raise InputError(f"evidence is '{item}'; '{name}' takes no numbers")
    raise unknown("evidence", name if mark else item, [*known, LifeSearched.name])


def _with_numbers(item: object, kind: type[Observation], numbers: Sequence[str]) -> Observation:
    """Return an observation with numbers of its own, each as in ``found=0``."""
    known, given = {field.name: field for field in fields(kind)}, dict[str, Any]()
    if not known:
        raise InputError(f"evidence is '{item}'; '{kind.name}' takes no numbers")
    needed = [name for name, field in known.items() if field.default is MISSING]
    example = f"{kind.name}:{next(iter(known))}=40"
    for number in numbers:
        name, mark, value = (part.strip() for part in number.partition("="))
        if not (mark and value):
            raise InputError(f"evidence is '{item}'; each number needs a name, as in {example}")
        if name not in known:
            raise unknown(f"number of '{kind.name}'", name, known)
        if name in given:
            raise InputError(f"evidence is '{item}'; give {name} once")
        given[name] = _value(value)
    if not given.keys() >= set(needed):
        wanted = f"{kind.__name__}(...), or '{example}'"
        raise InputError(f"evidence '{kind.name}' has no usual numbers; pass {wanted}")
    try:
        return kind(**given)
    except InputError as error:
        raise InputError(f"evidence '{item}': {error}") from None


def _value(text: str) -> int | float | str:
    """Return a number, whole if it is, or else the text: a quantity with a unit, or a choice."""
    try:
        value = float(text)
    except ValueError:
        return text
    return int(value) if value.is_integer() else value


def front_of(evidence: EvidenceLike) -> FrontEvidence:
    """Return what is known of fronts, of evidence that is of nothing else.

    Raises
    ------
    InputError
        If it is unknown, or has an observation besides.

    Examples
    --------
    >>> front_of("not-engulfed")
    NotEngulfed()
    """
    if isinstance(evidence, str) and evidence not in FRONTS:
        raise unknown("evidence", evidence, FRONTS)
    front, observations = read_evidence(evidence)
    if observations:
        raise InputError(
            f"evidence has '{observations[0].name}'; of one world only fronts are known: "
            f"{', '.join(FRONTS)}"
        )
    return front


def evidence_text(evidence: EvidenceLike) -> str:
    """Return evidence as text, from which `evidence_from` has it again.

    Examples
    --------
    >>> evidence_text("nothing-visible")
    '["nothing-visible"]'
    """
    return json.dumps([_table(each) for each in read_evidence(evidence).listed])


def _table(item: Observation) -> Any:
    if FRONTS.get(item.name) == item:
        return item.name
    ours = type(item) is _KINDS.get(item.name)
    return {"name": item.name, **asdict(item)} if ours else named(item)


def evidence_from(text: str) -> list[Observation]:
    """Return the evidence that `evidence_text` wrote.

    Raises
    ------
    InputError
        If an observation of the user's own was named in another process.

    Examples
    --------
    >>> evidence_from('["nothing-visible"]')
    [NothingVisible()]
    """
    return [_item(each) for each in json.loads(text)]


def _item(table: Any) -> Observation:
    if isinstance(table, str):
        return FRONTS[table]
    if "own" in table:
        own: Observation = kept(table, "evidence")
        return own
    return observation_of(table)


def observation_of(table: Mapping[str, Any]) -> Observation:
    """Return an observation from its table in a file: its name, and the numbers it is told.

    Raises
    ------
    InputError
        If no observation has that name, or it is not told such a number.

    Examples
    --------
    >>> observation_of({"name": "not-settled", "generations": 30})
    NotSettled(generations=30.0, undetected=0.004)
    """
    numbers = dict(table)
    name = numbers.pop("name", None)
    if name not in _KINDS:
        raise unknown("evidence", name, _KINDS)
    known = [field.name for field in fields(_KINDS[name])]
    for key in numbers:
        if key not in known:
            raise unknown(f"number of evidence '{name}'", key, known)
    return _KINDS[name](**numbers)
