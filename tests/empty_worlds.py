"""Every parameter at the ends of its bounds, through `assess`: what a result must then be."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

import sfc_sim as sfc
from sfc_sim._core.errors import InputError
from sfc_sim.distributions import (
    Beta,
    Discrete,
    Distribution,
    Fixed,
    LogUniform,
    Mixture,
    TruncatedLogNormal,
    Uniform,
    UniformInteger,
)
from sfc_sim.distributions.declarations import free_entry
from sfc_sim.scenario.scenario import Scenario

FINITE = ("probability_alone", "share_of_reach", "recovered_share", "ess")


def ends(scenario: Scenario, name: str) -> tuple[float, float, bool]:
    """The ends of the bounds that can be reached, and whether the parameter is whole."""
    for model in scenario.models:
        for declared in model.parameters:
            if declared.name == name:
                text, whole = declared.bounds.text, declared.integer
                break
        else:
            continue
        break
    else:
        text, whole = free_entry(scenario.models, name, scenario[name].unit).bounds.text, False
    low, high = (float(end) for end in text[1:-1].split(","))
    if text[0] == "(":
        low = low + 1e-9
    if text[-1] == ")" and np.isfinite(high):
        high = high - 1e-9
    return low, min(high, 1e9), whole


def laws(scenario: Scenario, name: str) -> Iterator[Distribution]:
    """Ten laws that reach the ends."""
    low, high, whole = ends(scenario, name)
    if whole:
        lo, hi = int(low), int(high)
        yield from (Fixed(lo), Fixed(hi), UniformInteger(lo, hi), Discrete([lo, hi], [0.5, 0.5]))
        yield from (Discrete([lo, hi], [p, 1 - p]) for p in (1e-9, 0.1, 0.9, 1 - 1e-9))
        yield from (UniformInteger(lo, lo + 1), UniformInteger(hi - 1, hi))
        return
    above = max(low, 1e-12)
    middle = 0.5 * (np.log(above) + np.log(high))
    yield from (Fixed(low), Fixed(high), Uniform(low, high), LogUniform(above, high))
    yield from (Beta(0.2, 0.2, low, high), Discrete([low, high], [0.5, 0.5]))
    yield TruncatedLogNormal(middle, 20.0, low, high)
    yield Mixture([Fixed(low), Uniform(low, high)], [0.5, 0.5])
    yield Mixture([Fixed(high), LogUniform(above, high)], [0.5, 0.5])
    yield Uniform(low, low + 1e-6 * (high - low))


def problem(scenario: Scenario, name: str, law: Distribution) -> str:
    """Return what is wrong with a report of the changed scenario, or nothing."""
    try:
        report = sfc.assess(scenario.replace(**{name: law}), 200, rng=3).report
    except (InputError, ArithmeticError) as error:
        text = str(error)
        speaks = "\n" not in text and 20 < len(text) < 400 and "array(" not in text
        return "" if speaks else f"an error that does not speak: {text[:200]}"
    wrong = [key for key in FINITE if not np.isfinite(report[key].values).all()]
    chances = report["probability_alone"].values
    if ((chances < 0.0) | (chances > 1.0)).any():
        wrong.append("probability_alone beyond [0, 1]")
    return ", ".join(wrong)
