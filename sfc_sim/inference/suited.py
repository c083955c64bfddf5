"""Which theories may weigh a scenario: those whose needs it gives."""

from __future__ import annotations

from collections.abc import Sequence

from sfc_sim._core.errors import InputError
from sfc_sim.inference.theories import THEORIES, Theories, Theory, theories_of
from sfc_sim.scenario.assumed import Assumed, parts_of
from sfc_sim.scenario.parameter import INFERENCES

__all__ = ["suited", "why_unsuited"]


def suited(theories: Theories | None, assumed: Assumed | None) -> tuple[Theory, ...]:
    """Return theories, which by default are all of ours that may weigh what is assumed.

    Raises
    ------
    InputError
        If a theory is unknown, or needs what is not given.

    Examples
    --------
    >>> from sfc_sim.scenario import load_scenario
    >>> [each.name for each in suited(None, load_scenario("kipping2025-hegemony"))]
    ['prior', 'sia', 'adt-total']
    """
    if theories is None:
        return tuple(each for each in THEORIES.values() if not why_unsuited([each], assumed))
    found = theories_of(theories)
    if reason := why_unsuited(found, assumed):
        able = [each.name for each in suited(None, assumed)]
        raise InputError(f"{reason}; the theories {', '.join(able)} may")
    return found


def why_unsuited(theories: Sequence[Theory], assumed: Assumed | None) -> str:
    """Return why some of the theories may not weigh what is assumed, or nothing.

    Examples
    --------
    >>> from sfc_sim.scenario import load_scenario
    >>> why_unsuited([THEORIES["ssa-all"]], load_scenario("kipping2025-hegemony"))
    "scenario 'kipping2025-hegemony' is inferred by self-sampling already (its longest_...
    """
    if assumed is None:
        return ""
    wrong = [each for each in theories if not each.needs <= assumed.gives]
    if not wrong:
        return ""
    names = ", ".join(each.name for each in wrong)
    missing = sorted(frozenset[str]().union(*(each.needs for each in wrong)) - assumed.gives)
    if not set(missing) <= set(INFERENCES):
        return f"scenario '{assumed.name}' gives no {', '.join(missing)}, which {names} needs"
    by, done = next(
        (part.name, f"{one.inferred_by} already (its {name})")
        for part in parts_of(assumed)
        for name, one in part.parameters.items()
        if one.inferred_by in missing
    )
    return f"scenario '{by}' is inferred by {done}, so that {names} may not weigh it by that again"
