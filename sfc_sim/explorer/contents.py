"""What a page is told, as plain values: parameters, presets, theories, causes, and sources."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from sfc_sim._core.few import FEWEST, HEAVY, SMALL_SAMPLE
from sfc_sim.cosmology.background import Background
from sfc_sim.decision.aftermath import aftermath, kept_after
from sfc_sim.decision.causes import USUAL, CausesLike
from sfc_sim.decision.causes_files import as_causes
from sfc_sim.distributions import Distribution
from sfc_sim.explorer.columns import packed
from sfc_sim.explorer.draws import Carried
from sfc_sim.explorer.members import ends_of
from sfc_sim.inference.fronts import FRONTS
from sfc_sim.inference.theories import THEORIES, Theory
from sfc_sim.scenario.files import catalogue_files
from sfc_sim.scenario.parameter import Parameter
from sfc_sim.scenario.scenario import Scenario

__all__ = ["causes_of", "contents_of", "delays_of", "limits", "theory_of"]

DELAYS = (0.0, 0.008, 0.2, 0.45, 0.9)


def contents_of(carried: Carried) -> tuple[dict[str, Any], str]:
    """Return what a page is told, and the numbers of its draws as text.

    Parameters
    ----------
    carried : Carried
        The draws.
    """
    heads, text = packed(carried.columns)
    family = carried.family
    asked = family.asked
    page = {
        "scenario": asked.name,
        "title": asked.title,
        "size": carried.size,
        "seed": carried.seed,
        "columns": heads,
        "constants": dict(carried.constants),
        "parameters": [_parameter(carried, name) for name in carried.parameters],
        "presets": [_preset(carried, each) for each in family.presets],
        "stops": list(carried.stops),
        "theories": [theory_of(each) for each in THEORIES.values()],
        "evidence": [
            {"name": each.name, "meaning": each.meaning} for each in reversed(list(FRONTS.values()))
        ],
        "causes": causes_of(USUAL, asked),
        "delays": delays_of(asked),
        "limits": limits(),
        "start": {},
        "more": "The full computation below can.",
    }
    return page, text


def theory_of(theory: Theory) -> dict[str, Any]:
    """Return what a page is told of a theory."""
    return {
        "name": theory.name,
        "meaning": theory.meaning,
        "stakes": theory.stakes,
        "judges": theory.judges_existence,
    }


def limits() -> dict[str, float]:
    """Return how many draws a number needs, and of what tail."""
    return {"few": SMALL_SAMPLE, "fewest": FEWEST, "heavy": HEAVY}


def _parameter(carried: Carried, name: str) -> dict[str, Any]:
    members = carried.family.members
    own = carried.family.asked[name]
    ends = [ends_of(each[name].distribution) for each in members]
    return {
        "name": name,
        "unit": own.unit,
        "symbol": own.symbol,
        "meaning": own.meaning,
        "low": min(low for low, _ in ends),
        "high": max(high for _, high in ends),
        "stepOf": carried.steps.get(name),
        "whole": carried.columns[name].kind == "u8",
    }


def _preset(carried: Carried, scenario: Scenario) -> dict[str, Any]:
    """Return a scenario as a preset, and how a file that changes it begins."""
    known = scenario.name in catalogue_files()
    repeated = scenario.appearance.repeated
    return {
        "name": scenario.name,
        "title": scenario.title,
        "source": scenario.source,
        "assumes": scenario.assumes,
        "laws": {
            name: _law(scenario[name].distribution, carried, name, name in repeated)
            for name in carried.parameters
        },
        "told": {name: _told(scenario[name]) for name in carried.parameters},
        "file": "" if known else scenario.to_toml(),
    }


def _law(law: Distribution, carried: Carried, name: str, each: bool) -> dict[str, Any]:
    told = law.to_dict()
    return told | {"each": each} if name in carried.steps else told


def _told(parameter: Parameter) -> dict[str, str]:
    return {"source": parameter.source, "status": parameter.status}


def causes_of(asked: CausesLike, scenario: Scenario) -> dict[str, Any]:
    """Return causes of extinction by what they leave, as means."""
    causes = as_causes(asked)
    background = Background.named(scenario.cosmology)
    found = aftermath(causes, background)
    rows: dict[str, dict[str, Any]] = {}
    first: dict[str, tuple[float, ...]] = {}
    columns = (found.share, found.chance, found.worth, found.error)
    numbers = np.column_stack([column[:, 0] for column in columns]).tolist()
    for (name, cause), (share, chance, worth, error) in zip(
        causes.causes.items(), numbers, strict=True
    ):
        value = cause.value if isinstance(cause.value, float) else cause.value.mean()
        # Causes that leave the same, but with another chance or worth, stand apart.
        word = cause.leaves or name
        made = (chance, value, worth, error)
        if first.setdefault(word, made) != made:
            word = name
        row = rows.setdefault(
            word,
            {
                "leaves": word, "meaning": [], "share": 0.0, "chance": chance,
                "value": value, "kept": worth / value if value else 1.0, "error": error,
            },
        )  # fmt: skip
        row["share"] += share
        row["meaning"].append(cause.meaning or name)
    return {
        "name": causes.name,
        "title": causes.title,
        "source": causes.source,
        "assumes": causes.assumes,
        "rows": list(rows.values()),
    }


def delays_of(scenario: Scenario) -> list[Mapping[str, float]]:
    """Return what one that starts later still reaches, for some delays in Gyr."""
    background = Background.named(scenario.cosmology)
    return [{"delay": each, "kept": kept_after(each, background)} for each in DELAYS]
