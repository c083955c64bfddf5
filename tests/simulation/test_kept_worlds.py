"""Realisations that pieces have are not made again, whoever made them."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress

import sfc_sim as sfc
from sfc_sim._core.pieces import keeping, opened
from sfc_sim.simulation import tasks

ASKED = {"seed": 1}


def boxes(**who):
    model = sfc.appearance.PowerLawAppearance(n=6)
    return sfc.simulate(
        model, speed=0.5, civilizations=400, realisations=5, compute="all", rng=1, **who
    )


def test_what_workers_have_made_is_kept(tmp_path, monkeypatch):
    made = []
    realised = tasks.realised

    def counted(world, realisation):
        made.append(realisation)
        return realised(world, realisation)

    monkeypatch.setattr(tasks, "realised", counted)

    def stop(done: int, _: int) -> None:
        if done == 3:
            raise KeyboardInterrupt

    with (
        ThreadPoolExecutor(1) as pool,
        suppress(KeyboardInterrupt),
        keeping(opened(tmp_path / "p", ASKED, every=0.0)),
    ):
        boxes(executor=pool, progress=stop)
    made.clear()
    with ThreadPoolExecutor(1) as pool, keeping(opened(tmp_path / "p", ASKED)):
        found = boxes(executor=pool)
    assert len(made) == 2
    assert found.identical(boxes())
