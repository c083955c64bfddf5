"""Every output of the fast path against the slow, independent quadrature of naive.py."""

from __future__ import annotations

import numpy as np
import pytest

import sfc_sim as sfc
from tests import naive

PLANCK = sfc.Background.named("Planck18")

# Relative error allowed of every output. The grid is built for 1e-4; this leaves room for the
# oracle, and is far below what any published number of these models resolves.
TOLERANCE = 1e-3

LOGS = (
    "log_intelligent_potential",
    "log_intelligent_actual",
    "log_civilizations_potential",
    "log_civilizations_actual",
    "log_covered_now",
    "log_seen_now",
    "log_covered_final",
    "log_observers_like_us",
)
GIVEN = {"nothing-visible": "nothing_visible", "not-engulfed": "not_engulfed"}
VOLUMES = {"volume_alone": ("volume_alone", None)} | {
    f"volume_{which}_{twin}": (f"volume_{which}", evidence)
    for evidence, twin in GIVEN.items()
    for which in ("grabbed", "marginal")
}


def relative(ours: float, exact: float) -> float:
    """Relative difference; none where both are below 1e-12."""
    if max(abs(ours), abs(exact)) < 1e-12 or ours == exact:
        return 0.0
    return abs(ours / exact - 1.0)


def worst_errors(name: str, count: int, **choices) -> dict[str, float]:
    """Largest error of every output over the first draws of a scenario."""
    scenario = sfc.load_scenario(name).replace(**choices)
    draws = sfc.sample(scenario, count, rng=5)
    worst: dict[str, float] = {}
    for i in range(count):
        world = {key: float(draws[key][i]) for key in scenario.parameters}
        exact = naive.world(world, PLANCK, **choices)
        errors = {key: abs(np.expm1(float(draws[key][i]) - exact[key])) for key in LOGS
                  if np.isfinite(exact[key])}  # fmt: skip
        for twin, (key, evidence) in VOLUMES.items():
            ours = draws[key][i] if evidence is None else draws[key][i].sel(evidence=evidence)
            errors[twin] = relative(float(ours), exact[twin])
        for key, error in errors.items():
            worst[key] = max(worst.get(key, 0.0), error)
    return worst


PRIORS = [f"cook2022-{kind}" for kind in ("bullish", "balanced", "bearish", "flat")]


@pytest.mark.parametrize("name", PRIORS)
def test_chain_agrees_with_slow_quadrature(name):
    errors = worst_errors(name, 12)
    assert set(errors) == {*LOGS, *VOLUMES}
    assert max(errors.values()) < TOLERANCE, errors


def test_exponential_delay_agrees_with_slow_quadrature():
    errors = worst_errors("cook2022-balanced", 4, delay_form="exponential")
    assert max(errors.values()) < TOLERANCE, errors


@pytest.mark.verification
@pytest.mark.parametrize("name", PRIORS)
def test_chain_agrees_on_300_draws(name):
    errors = worst_errors(name, 300)
    assert max(errors.values()) < TOLERANCE, errors
