"""Every number that a scenario file says its source publishes is computed again."""

from __future__ import annotations

import dataclasses
import warnings
from functools import cache

import pytest
import xarray as xr

from sfc_sim.inference.theories import EffectiveSampleSizeWarning
from sfc_sim.literature.measures import MEASURES
from sfc_sim.literature.reproduction import reproduce
from sfc_sim.scenario.catalogue import list_scenarios
from sfc_sim.scenario.reading import load_scenario
from sfc_sim.scenario.scenario import Scenario

# Enough for the anthropic theories; whatever needs no draws makes none.
DRAWS, SEED = 20_000, 7

CLAIMS = [
    (row.name, place, claim)
    for row in list_scenarios()
    for place, claim in enumerate(load_scenario(row.name).claims)
]


def computed(scenario: Scenario | str) -> xr.Dataset:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", EffectiveSampleSizeWarning)
        return reproduce(scenario, draws=DRAWS, rng=SEED)


found = cache(computed)


@pytest.mark.parametrize(
    ("name", "place", "claim"), CLAIMS, ids=[f"{name}-{place}" for name, place, _ in CLAIMS]
)
def test_claim(name, place, claim):
    row = found(name).isel(claim=place)
    numbers = f"{claim.quantity}: published {claim.published}, ours {float(row.ours)}"
    if claim.reproduced:
        assert row.within, numbers
    else:  # or the note that says why it is not has gone stale
        assert not row.within, numbers
        assert claim.note.strip()


@pytest.mark.parametrize(
    ("name", "place", "claim"), CLAIMS, ids=[f"{name}-{place}" for name, place, _ in CLAIMS]
)
def test_claim_is_written_out(name, place, claim):
    """The words that a reader needs to judge it, and a tolerance that could fail."""
    assert claim.measure in MEASURES
    assert claim.source.strip()
    assert claim.reason.strip()
    if "recalled" in claim.source or "derived" in claim.source:
        assert claim.status == "assumed", (name, place)
    # Nothing that is off by all of itself may pass, unless nothing is what is published.
    assert claim.published == 0.0 or claim.tolerance < abs(claim.published)


def altered(name: str) -> Scenario:
    """Return a scenario whose source publishes other numbers, each by twice the room it has."""
    scenario, table = load_scenario(name), found(name)
    room = 2.0 * (table.tolerance + 3.0 * table.standard_error) + 1e-9 * abs(table.ours) + 1e-300
    other = (table.ours + room).values
    claims = zip(scenario.claims, other, strict=True)
    return dataclasses.replace(
        scenario, claims=tuple(dataclasses.replace(claim, published=x) for claim, x in claims)
    )


SLOW = {row.name for row in list_scenarios() if row.model.endswith("x fronts")}


@pytest.mark.parametrize(
    "name", sorted({name for name, *_ in CLAIMS} - SLOW | {"cook2022-balanced"})
)
def test_altered_claims_fail(name):
    """Negative control; of the slow ones one must do."""
    assert not computed(altered(name)).within.any()
