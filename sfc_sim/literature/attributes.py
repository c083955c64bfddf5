"""What a comparison says of itself: its scenarios, evidence and run."""

from __future__ import annotations

import hashlib

from sfc_sim._core.schema import software
from sfc_sim.inference.evidence import EvidenceLike, read_evidence
from sfc_sim.scenario.conversions import Conversions, is_static
from sfc_sim.scenario.scenario import Scenario

__all__ = ["all_words", "kind_of", "run_words", "seen", "unused"]


def unused(scenarios: list[Scenario], evidence: EvidenceLike) -> dict[str, str]:
    """Return attributes on front evidence that scenarios without dates do not use.

    Examples
    --------
    >>> from sfc_sim.scenario import load_scenario
    >>> unused([load_scenario("sandberg2018")], "nothing-visible")
    {'evidence': 'none', 'evidence_not_used': 'nothing-visible'}
    """
    front, static = read_evidence(evidence).front, [is_static(s) for s in scenarios]
    if not front.known or not any(static):
        return {}
    if all(static):
        return {"evidence": "none", "evidence_not_used": front.name}
    return {"evidence_not_used": f"{front.name} where there are no dates"}


def kind_of(scenario: Scenario) -> str:
    """Return the group that a scenario belongs to: how civilizations arise.

    Examples
    --------
    >>> from sfc_sim.scenario import load_scenario
    >>> kind_of(load_scenario("sandberg2018"))
    'Product of factors (Drake equation)'
    """
    title = scenario.appearance.title
    dated = "product" in scenario.gives and not is_static(scenario)
    return f"{title}, with dates" if dated else title


def all_words(scenarios: list[Scenario]) -> dict[str, str]:
    """Return the attributes that name scenarios taken together, with a hash of them all."""
    text = " ".join(scenario.hash for scenario in scenarios)
    return {
        "scenario": scenarios[0].name if len(scenarios) == 1 else f"{len(scenarios)} scenarios",
        "scenario_hash": hashlib.sha256(text.encode()).hexdigest()[:16],
    }


def seen(evidence: EvidenceLike) -> dict[str, str]:
    """Return the attributes that name the evidence.

    Examples
    --------
    >>> seen("none")
    {'evidence': 'none', 'observations': ''}
    """
    front, observations = read_evidence(evidence)
    others = "; ".join(each.meaning for each in observations)
    return {"evidence": front.name, "observations": others}


def run_words(seed: int, draws: int, conversions: Conversions) -> dict[str, str]:
    """Return the attributes that let a comparison be made again."""
    return {
        "seed": str(seed),
        "draws": str(draws),
        "conversions": str(conversions),
        **software(),
    }
