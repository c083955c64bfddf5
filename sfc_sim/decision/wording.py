"""How a similarity is written: for files, for people, and as the Python that makes it again."""

from __future__ import annotations

import json
import re
from dataclasses import asdict

from sfc_sim._core.own import words
from sfc_sim.decision.similarity import (
    Filters,
    Independent,
    SimilarityLike,
    SpeedLinked,
    as_similarity,
)
from sfc_sim.distributions import Fixed

__all__ = ["in_code", "in_words", "to_text"]


def to_text(similarity: SimilarityLike) -> str:
    """Return a similarity as a table on one line, for reports and files.

    Examples
    --------
    >>> to_text(1.0)
    '{"kind": "fixed", "value": 1.0}'
    """
    model = as_similarity(similarity)
    if isinstance(model, Independent):
        return json.dumps(model.distribution.to_dict())
    if isinstance(model, (Filters, SpeedLinked)):
        return json.dumps({"model": type(model).__name__, **asdict(model)})
    return json.dumps({"own": words(model)})


def in_words(similarity: SimilarityLike) -> str:
    """Return a similarity as people would say it.

    Examples
    --------
    >>> in_words(1.0), in_words(SpeedLinked(1.0, 0.5))
    ('1', 'SpeedLinked(slow=1.0, fast=0.5)')
    """
    model = as_similarity(similarity)
    if isinstance(model, Independent):
        law = model.distribution
        return f"{law.value:g}" if isinstance(law, Fixed) else repr(law)
    return words(model)


def in_code(value: object) -> str:
    """Return the Python that makes a similarity, an observation, or a list of these again.

    Examples
    --------
    >>> import sfc_sim as sfc
    >>> in_code(sfc.Beta(8, 2)), in_code(Independent(Fixed(1.0))), in_code(["none"])
    ('sfc.Beta(a=8, b=2, lo=0, hi=1)', '1.0', "['none']")
    """
    if isinstance(value, Independent):
        value = value.distribution
    if isinstance(value, Fixed):
        value = value.value
    return re.sub(r"\b([A-Z]\w*)\(", _named, repr(value))


def _named(found: re.Match[str]) -> str:
    """Return the name of a class as one writes it who has imported sfc_sim as sfc."""
    import sfc_sim

    places = {"sfc": sfc_sim, "sfc.inference": sfc_sim.inference, "sfc.decision": sfc_sim.decision}
    place = next((name for name, each in places.items() if found[1] in dir(each)), "sfc")
    return f"{place}.{found[1]}("
