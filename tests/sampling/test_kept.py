"""Draws and proposals that pieces have are not made again, whatever stretches they came in."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

import numpy as np
import pytest

import sfc_sim as sfc
from sfc_sim._core.pieces import keeping, opened
from sfc_sim.inference.theories import SelfIndication
from sfc_sim.sampling import adaptation, batches
from sfc_sim.sampling.batches import CHUNK, COUNT, drawn, of_rows, stretch
from sfc_sim.sampling.plan import Plan

PLAN = Plan(sfc.load_scenario("cook2022-balanced"), 7)
TOTAL = 6 * CHUNK + 100


@pytest.fixture
def made(monkeypatch: pytest.MonkeyPatch) -> list[tuple[int, int]]:
    """The stretches of draws that are made."""
    asked = []
    evaluate = batches.evaluate

    def counted(plan: Plan, first: int, count: int) -> batches.Arrays:
        asked.append((first, count))
        return evaluate(plan, first, count)

    monkeypatch.setattr(batches, "evaluate", counted)
    return asked


def test_gaps_between_stretches_of_any_size_are_filled(tmp_path, made):
    whole = drawn(PLAN, 5, TOTAL)
    asked = {"seed": 7}
    with suppress(KeyboardInterrupt), keeping(opened(tmp_path / "p", asked, every=0.0)) as pieces:
        # Of two chunks, of less than one, and one that ends after what is asked for.
        for at, count in [(5 + CHUNK, 2 * CHUNK), (5 + 4 * CHUNK, 300), (305 + 5 * CHUNK, 999)]:
            places, rows = stretch(PLAN, at, count)
            columns = {name: of_rows(rows, place) for name, place in places.items()}
            pieces.put(PLAN.text, at, {**columns, COUNT: np.array(count)})
        raise KeyboardInterrupt
    made.clear()
    with keeping(opened(tmp_path / "p", asked)):
        assert drawn(PLAN, 5, TOTAL).identical(whole)
    gaps = [5, 5 + 3 * CHUNK, 305 + 4 * CHUNK]
    assert made == [(at, CHUNK) for at in gaps]


def test_draws_of_another_plan_are_none(tmp_path, made):
    with keeping(opened(tmp_path / "p", {"seed": 7}, every=0.0)):
        drawn(PLAN, 0, 1000)
        for other in (
            Plan(PLAN.scenario, 8),
            Plan(PLAN.scenario, 7, "sobol"),
            Plan(PLAN.scenario.replace(hard_steps=2.0), 7),
            Plan(PLAN.scenario, 7, proposal=sfc.aim(PLAN.scenario, theories=["sia"], rng=1)),
        ):
            made.clear()
            drawn(other, 0, 1000)
            assert made == [(0, CHUNK), (CHUNK, 1000 - CHUNK)]
        made.clear()
        drawn(PLAN, 0, 1000)
        assert made == []


@dataclass(frozen=True)
class Own(SelfIndication):
    """A theory of the user's own."""

    name: ClassVar[str] = "own"


def found(monkeypatch: pytest.MonkeyPatch, folder: Path, theory: sfc.inference.Theory) -> int:
    """Return how many proposals are made of two that are asked for, the same; both are one."""
    asked = []
    adapt = adaptation.adapt

    def counted(*given: object) -> adaptation.Proposal:
        asked.append(given)
        return adapt(*given)

    monkeypatch.setattr(adaptation, "adapt", counted)
    with keeping(opened(folder, {"seed": 7}, every=0.0)):
        one, two = (
            sfc.aim("sandberg2018-toy", theories=[theory], evidence="none", rng=7, pilot=500)
            for _ in range(2)
        )
    assert one == two
    assert one.hash == two.hash
    return len(asked)


def test_a_proposal_is_found_once(tmp_path, monkeypatch):
    assert found(monkeypatch, tmp_path / "p", SelfIndication()) == 1


def test_one_for_a_theory_of_the_users_own_is_found_each_time(tmp_path, monkeypatch):
    assert found(monkeypatch, tmp_path / "p", Own()) == 2
