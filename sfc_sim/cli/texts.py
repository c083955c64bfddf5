"""Values of the options of a run: laws, weightings, theories and credences."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from sfc_sim._core.errors import InputError, unknown

if TYPE_CHECKING:
    from sfc_sim.decision.causes import Causes
    from sfc_sim.distributions import Distribution

__all__ = [
    "known_theories",
    "read_causes",
    "read_retention",
    "read_scenarios",
    "read_similarity",
    "read_theories",
]

USUAL = "cook2022-balanced"


def read_scenarios(texts: tuple[str, ...]) -> str | dict[str, float]:
    """Return a scenario, or the credence in each of several, as in ``name=credence``.

    Examples
    --------
    >>> read_scenarios(()), read_scenarios(("cook2022-balanced=0.6", "finnveden2019=.4"))
    ('cook2022-balanced', {'cook2022-balanced': 0.6, 'finnveden2019': 0.4})
    """
    if len(texts) < 2 and not any("=" in text and not Path(text).exists() for text in texts):
        return texts[0] if texts else USUAL
    found: dict[str, float] = {}
    for text in texts:
        name, _, number = text.rpartition("=")
        try:
            credence = float(number)
        except ValueError:
            name = name or text
            raise InputError(
                f"scenario is '{text}'; in a mixture each needs a credence, as in {name}=0.5"
            ) from None
        if name in found:
            raise InputError(f"scenario '{name}' comes twice; give each once")
        found[name] = credence
    return found


def read_similarity(text: str) -> float | Distribution:
    """Return a similarity from text: a number, or a distribution as in ``Beta(8, 2)``.

    Examples
    --------
    >>> read_similarity("0.5"), read_similarity("Beta(8, 2)")
    (0.5, Beta(a=8, b=2, lo=0, hi=1))
    """
    from sfc_sim.distributions import law_from_text

    return law_from_text(text, "similarity")


def read_retention(text: str) -> float | str:
    """Return a retention from text: a number, or the name of a weighting.

    Examples
    --------
    >>> read_retention("0.5"), read_retention("starlight")
    (0.5, 'starlight')
    """
    try:
        return float(text)
    except ValueError:
        return text


def read_causes(text: str) -> Causes | None:
    """Return the causes of extinction of a name or a path, or the usual; nothing for ``none``.

    Examples
    --------
    >>> read_causes("").name, read_causes("none")
    ('ord2020', None)
    """
    if text == "none":
        return None
    from sfc_sim.decision.causes import USUAL as USUAL_CAUSES
    from sfc_sim.decision.causes_files import load_causes

    return load_causes(text or USUAL_CAUSES)


def read_theories(texts: tuple[str, ...]) -> list[str] | dict[str, float] | None:
    """Return theories, or credences if they come as ``name=credence``; None if there are none.

    Examples
    --------
    >>> read_theories(("sia=0.25", "adt-total=0.75"))
    {'sia': 0.25, 'adt-total': 0.75}
    """
    if not texts:
        return None
    pairs = [text.partition("=") for text in texts]
    if not any(mark for _, mark, _ in pairs):
        return known_theories(texts)
    found = {}
    for name, mark, number in pairs:
        try:
            found[name] = float(number)
        except ValueError:
            text = f"{name}{mark}{number}"
            raise InputError(
                f"theory is '{text}'; with credences each needs one, as in {name}=0.5"
            ) from None
    return found


def known_theories(names: Sequence[str]) -> list[str]:
    """Return theories, each once; raise `InputError` if there is no such theory.

    Examples
    --------
    >>> known_theories(["sia", "sia"])
    ['sia']
    """
    from sfc_sim.inference.theories import THEORIES

    for name in names:
        if name not in THEORIES:
            raise unknown("theory", name, THEORIES)
    return list(dict.fromkeys(names))
