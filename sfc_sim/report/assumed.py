"""What a run assumes: models, evidence, draws, and what is our addition."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from sfc_sim._core.rows import items

if TYPE_CHECKING:
    from sfc_sim.inference.evidence import EvidenceLike
    from sfc_sim.scenario.assumed import Assumed

__all__ = ["ADDED", "assumptions", "known_of", "models_of"]


def assumptions(scenario: Assumed, draws: str, seed: int, evidence: EvidenceLike) -> str:
    """Return the assumptions of a run, an item each, wrapped to the terminal."""
    from sfc_sim.scenario.assumed import parts_of
    from sfc_sim.scenario.conversions import is_static

    parameters = [one for part in parts_of(scenario) for one in part.parameters.values()]
    status = Counter(parameter.status for parameter in parameters)
    known = ", ".join(f"{status[word]} {word}" for word in ("verified", "secondary", "assumed"))
    words = {
        "scenario": f"{scenario.name} - {scenario.title}",
        "source": scenario.source,
        "models": models_of(scenario),
        "parameters": f"{len(parameters)}, of which {known}",
        "cosmology": scenario.cosmology,
        "evidence": "; ".join(known_of(scenario, evidence)),
        "draws": f"{draws}; seed {seed}",
    }
    if is_static(scenario):
        words["our addition"] = ADDED
    return items(words) + "\n"


def models_of(scenario: Assumed) -> str:
    """Return the models of a scenario, or of each of a mixture, each pair once.

    Examples
    --------
    >>> from sfc_sim.scenario import assumed_of
    >>> models_of(assumed_of({"finnveden2019": 0.5, "mills2025": 0.5}))
    'drake x fronts; windows x fronts'
    """
    from sfc_sim.scenario.assumed import parts_of

    pairs = [f"{part.appearance} x {part.expansion}" for part in parts_of(scenario)]
    return "; ".join(dict.fromkeys(pairs))


ADDED = (
    "expansion: the source has none. Its civilizations are taken to expand, all at once, and to "
    "share space (displacement); what follows from that is not the source's"
)


def known_of(scenario: Assumed, evidence: EvidenceLike) -> list[str]:
    """Return the evidence, and evidence asked for that this scenario cannot use.

    Examples
    --------
    >>> from sfc_sim.scenario import load_scenario
    >>> known_of(load_scenario("sandberg2018"), "nothing-visible")
    ['not used: nothing-visible, as this scenario has no dates and so no fronts']
    """
    from sfc_sim.inference.evidence import FRONTS, EarthHistory, read_evidence
    from sfc_sim.scenario.conversions import is_static

    front, observations = read_evidence(evidence)
    given = scenario.given
    found = [f"{each.name} - {each.meaning}" for each in observations]
    timeline = "log_earth_likelihood" in scenario.gives
    if timeline and front.known and not any(isinstance(e, EarthHistory) for e in observations):
        found.append(f"earth-history - {EarthHistory().meaning}")
    if given:
        found.insert(0, f"{given} - {FRONTS[given].meaning}, given by the model in any case")
    elif is_static(scenario) and front.known:
        found.append(f"not used: {front.name}, as this scenario has no dates and so no fronts")
    elif front.known or not found:
        found.insert(0, f"{front.name} - {front.meaning}")
    return found
