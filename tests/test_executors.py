"""What an executor makes is, byte for byte, what threads make; what it cannot do it says."""

from __future__ import annotations

import dataclasses
import os
import pickle
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, ProcessPoolExecutor
from contextlib import suppress
from multiprocessing import get_context
from typing import Any

import numpy as np
import pytest
import xarray as xr

import sfc_sim as sfc
from sfc_sim._core.errors import WorkerError
from sfc_sim._core.processes import Processes
from sfc_sim._core.work import working
from tests.once import once

NAME, STATIC = "cook2022-balanced", "sandberg2018"
pytestmark = pytest.mark.filterwarnings("ignore::sfc_sim.EffectiveSampleSizeWarning")
MIXTURE = {NAME: 0.5, "finnveden2019": 0.5}


class Counted(Processes):
    """Worker processes that count what they are asked."""

    asked = 0

    def submit(self, fn, /, *args, **kwargs):
        self.asked += 1
        return super().submit(fn, *args, **kwargs)


@pytest.fixture(scope="module")
def pool() -> Iterator[Counted]:
    with Counted(2) as made:
        yield made


@once
def study(draws: int = 600) -> sfc.Study:
    """One that rests on so few draws that others are needed."""
    return sfc.assess(NAME, draws, rng=7, theories=["prior", "adt-total"])


def drawn(draws: int = 600) -> tuple[xr.Dataset, xr.Dataset]:
    return study(draws).draws, study(draws).weights


def summed(u: np.ndarray) -> np.ndarray:
    return u[:1] + 2.0 * u[1:2]


CALLS: dict[str, Callable[..., Any]] = {
    "sample": lambda **by: sfc.sample(NAME, 3000, rng=7, **by),
    "sample, static": lambda **by: sfc.sample(STATIC, 3000, rng=7, **by),
    "aim": lambda **by: sfc.aim(NAME, theories=["sia"], rng=7, pilot=800, **by).to_json(),
    "assess": lambda **by: sfc.assess(NAME, 1500, rng=7, theories=["prior"], **by).report,
    "assess a mixture": lambda **by: (
        sfc.assess(MIXTURE, 4000, rng=7, aim=False, theories=["prior"], **by).report
    ),
    "simulate": lambda **by: sfc.simulate(NAME, realisations=3, civilizations=40, rng=7, **by),
    "simulate_here": lambda **by: sfc.simulate_here(NAME, draw=0, realisations=3, rng=7, **by),
    "compare": lambda **by: sfc.literature.compare(
        [NAME, STATIC], theories=["prior", "sia"], draws=1000, rng=7, **by
    ),
    "reproduce": lambda **by: sfc.literature.reproduce(STATIC, draws=2000, rng=7, **by),
    "walk": lambda **by: sfc.literature.walk(
        STATIC, {"slow": {"expansion_speed": 0.1}}, draws=2000, rng=7, **by
    ),
    "conversion_effects": lambda **by: sfc.literature.conversion_effects(
        STATIC, draws=2000, rng=7, **by
    ),
    "conditional": lambda **by: sfc.analysis.conditional(
        study().only("prior"), "hard_steps", bins=2, draws=800, precision=0.001, **by
    ),
    "conditional at values": lambda **by: sfc.analysis.conditional(
        study(), "expansion_speed", values=[0.2, 0.8], **by
    ),
    "tornado": lambda **by: sfc.analysis.tornado(
        sfc.assess("olson2020", 300, rng=7, theories=["prior"]), draws=300, precision=0.001, **by
    ),
    "premises": lambda **by: sfc.analysis.premises(
        study(), only=["evidence", "value of others"], **by
    ),
    "sensitivity": lambda **by: sfc.analysis.sensitivity(study(), points=16, **by),
    "indices": lambda **by: sfc.analysis.indices(summed, [[0], [1]], 64, **by),
    "unseen_fronts": lambda **by: sfc.analysis.unseen_fronts(
        study(), visible=[0.1, 1.0], engulfed=[1.0], draws=400, **by
    ),
    "paradox": lambda **by: sfc.analysis.paradox(NAME, draws=2000, rng=7, **by),
    "realised_saturation": lambda **by: sfc.decision.realised_saturation(
        *drawn(), size=4, realisations=2, rng=7, **by
    ),
    "drake_distribution": lambda **by: sfc.drake.drake_distribution(STATIC, 20_000, rng=7, **by),
    "explorer_page": lambda **by: sfc.explorer.explorer_page(
        "olson-ord2021", 500, rng=7, pilot=200, **by
    ),
    "plot_densities": lambda **by: [
        text.get_text()
        for text in sfc.plotting.plot_densities(
            [STATIC], theories=["prior"], draws=1000, rng=7, **by
        ).texts
    ],
}


# One of each kind of tasks: the others are of the slow tier.
QUICK = ("sample", "compare", "premises", "indices", "simulate")


def bytes_of(found: Any) -> Any:
    """Return all that a result says, but how long it took."""
    if isinstance(found, dict):
        return {name: bytes_of(each) for name, each in found.items()}
    if isinstance(found, np.ndarray):
        return found.dtype.str, found.shape, found.tobytes()
    if isinstance(found, xr.Dataset):
        attrs = {name: words for name, words in found.attrs.items() if name != "seconds"}
        return {str(k): bytes_of(found[k].values) for k in found.variables}, repr(attrs)
    return found


@pytest.mark.parametrize(
    "name",
    [pytest.param(name, marks=() if name in QUICK else pytest.mark.verification) for name in CALLS],
)
def test_processes_make_the_same_bytes(name, pool):
    before = pool.asked
    found = CALLS[name](executor=pool)
    assert pool.asked > before, "nothing was sent"
    assert bytes_of(found) == bytes_of(CALLS[name]())


def test_bytes_tell_a_difference():
    one = CALLS["sample"]()
    assert bytes_of(one) != bytes_of(one.assign(hard_steps=one["hard_steps"] + 1e-12))
    assert bytes_of(np.array([0.0])) != bytes_of(np.array([-0.0]))


class Weighed(Executor):
    """An executor that does all at once, and weighs what it is sent."""

    def __init__(self) -> None:
        self.sizes: list[int] = []

    def submit(self, fn, /, *args, **kwargs):
        from concurrent.futures import Future

        self.sizes.append(len(pickle.dumps((fn, args, kwargs))))
        future: Future = Future()
        future.set_result(fn(*args, **kwargs))
        return future


@pytest.mark.parametrize(
    "name",
    [
        "unseen_fronts",
        pytest.param("premises", marks=pytest.mark.verification),
        pytest.param("conditional at values", marks=pytest.mark.verification),
    ],
)
def test_what_is_sent_is_small_whatever_the_draws(name, monkeypatch):
    """A task of a study has its assumptions and report, not the draws."""
    sizes = []
    for draws in (300, 3000):
        scale = Weighed()
        monkeypatch.setitem(globals(), "study", lambda many=draws: once_more(many))
        CALLS[name](executor=scale)
        sizes.append(max(scale.sizes))
    assert sizes[1] < 1.1 * sizes[0] < 300_000


@once
def once_more(draws: int) -> sfc.Study:
    return sfc.assess(NAME, draws, rng=7, theories=["prior", "adt-total"])


def test_what_a_study_holds_is_not_sent():
    held = study()
    with Weighed() as scale, working(executor=scale):
        sfc.analysis.conditional(held, "hard_steps", bins=2)
        sfc.analysis.premises(held, only=["value of others"])
        sfc.analysis.value_of_information(held)
        sfc.analysis.value_of_study(held, sfc.inference.LifeSearched(planets=10))
        sfc.analysis.discount_after(held, sfc.inference.LifeSearched(planets=10))
    assert scale.sizes == []


@pytest.mark.parametrize("name", ["sample", "compare", "conditional", "premises", "tornado"])
def test_a_wrong_executor_is_refused(name):
    with pytest.raises(sfc.InputError, match="executor is 2; it must be an executor of concurrent"):
        CALLS[name](executor=2)


def test_draws_of_a_worker_that_is_killed_are_made_by_another():
    whole = sfc.sample(NAME, 8000, rng=7)
    with Processes(2) as own:
        killed = []

        def kill(done: int, total: int) -> None:
            if done > 1024 and not killed:
                killed.extend(process.pid for process in own._running)
                os.kill(killed[0], signal.SIGKILL)

        assert bytes_of(sfc.sample(NAME, 8000, rng=7, executor=own, progress=kill)) == bytes_of(
            whole
        )
        assert killed[0] not in {process.pid for process in own._running}


def test_a_pool_that_ends_with_its_worker_names_the_draws():
    with ProcessPoolExecutor(1, get_context("spawn")) as own:
        own.submit(abs, -1).result()

        def kill(done: int, total: int) -> None:
            for pid in own._processes:
                with suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)

        with pytest.raises(WorkerError, match=r"a worker died at draws \d+ on \(\d+ of them\)"):
            sfc.sample(NAME, 30_000, rng=7, executor=own, progress=kill)


NOTEBOOK = '''
import dataclasses
import pickle
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context

import cloudpickle
import numpy as np

import sfc_sim as sfc
from sfc_sim.inference import Observation, Theory


@dataclasses.dataclass(frozen=True)
class Busy(Theory):
    """A theory of a notebook."""

    name = "busy"
    meaning = "by the number that expands"

    def log_factor(self, draws, front):
        return draws["log_civilizations_actual"].values


@dataclasses.dataclass(frozen=True)
class Fast(Observation):
    """Evidence of a notebook."""

    name = "fast"
    meaning = "that they are fast"

    def log_likelihood(self, draws):
        return np.where(draws["expansion_speed"].values > 0.5, 0.0, -1.0)


def discount(seed):
    return sfc.assess("cook2022-balanced", 300, rng=seed, theories=["prior"], threads=1).report


def called(content):
    return cloudpickle.loads(content)


if __name__ == "__main__":
    asked = dict(theories=["prior", Busy()], evidence=["nothing-visible", Fast()], rng=7)
    here = sfc.assess("cook2022-balanced", 1500, **asked)
    assert cloudpickle.loads(cloudpickle.dumps(here)).names == ["prior", "busy"]
    with ProcessPoolExecutor(1, get_context("spawn")) as pool:
        there = sfc.assess("cook2022-balanced", 1500, executor=pool, **asked)
        assert (there.report.recovered_share == here.report.recovered_share).all()
        curve = sfc.analysis.conditional(here, "expansion_speed", values=[0.7], executor=pool)
        assert curve.theory.values.tolist() == ["prior", "busy"]
        seen = pool.submit(discount, 3).result()
        assert (seen.recovered_share == discount(3).recovered_share).all()
    print("same")
'''


@pytest.mark.verification
@pytest.mark.parametrize("as_notebook", [False, True])
def test_what_a_notebook_defines_can_be_sent(tmp_path, as_notebook):
    """A notebook's main module cannot be imported by workers: cloudpickle sends it by value."""
    pytest.importorskip("cloudpickle", reason="needs cloudpickle")
    script = tmp_path / "notebook.py"
    script.write_text(NOTEBOOK)
    run = [str(script)]
    if as_notebook:  # no file that a worker could import
        code = NOTEBOOK.replace("pool.submit(discount, 3).result()", "discount(3)")
        run = ["-c", code]
    done = subprocess.run([sys.executable, *run], capture_output=True, text=True, timeout=300)
    assert done.stdout == "same\n", done.stderr


@pytest.mark.parametrize("what", [NAME, "olson2020", STATIC])
def test_scenarios_and_all_that_they_have_can_be_pickled(what):
    scenario = sfc.load_scenario(what)
    assert pickle.loads(pickle.dumps(scenario)) == scenario


def test_studies_can_be_pickled():
    again = pickle.loads(pickle.dumps(study()))
    assert bytes_of(again.report) == bytes_of(study().report)
    for field in dataclasses.fields(again):
        assert hasattr(again, field.name)


def test_what_cannot_be_sent_is_named(monkeypatch):
    @dataclasses.dataclass(frozen=True)
    class Local(sfc.inference.Theory):
        name = "local"
        meaning = "one that only this function knows"

        def log_factor(self, draws, front):
            return np.zeros(draws.sizes["draw"])

    monkeypatch.setitem(sys.modules, "cloudpickle", None)  # as where it is not installed
    with pytest.raises(sfc.InputError, match=r"cannot be sent Local: .*leave out executor"):
        sfc.analysis.conditional(
            sfc.assess(NAME, 300, rng=7, theories=[Local()]),
            "expansion_speed", values=[0.5], executor=Weighed(),
        )  # fmt: skip
