"""Work that is cut into tasks: on threads, on processes, and where a worker dies."""

from __future__ import annotations

import os
from concurrent.futures import Executor, Future, ProcessPoolExecutor, ThreadPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import ExitStack
from multiprocessing import get_context

import pytest

from sfc_sim._core.arguments import validated
from sfc_sim._core.errors import InputError, WorkerError
from sfc_sim._core.pieces import keeping, opened
from sfc_sim._core.work import each, in_order, sends, threads_in_force, working


class Dying(Executor):
    """An executor that loses its first tasks with the workers that did them."""

    def __init__(self, deaths: int) -> None:
        self.deaths = deaths

    def submit(self, function, /, *args, **kwargs):
        future: Future = Future()
        if self.deaths:
            self.deaths -= 1
            future.set_exception(BrokenProcessPool("a worker is gone"))
        else:
            future.set_result(function(*args, **kwargs))
        return future


def pid(_: object, __: int) -> tuple[int, int]:
    return os.getpid(), threads_in_force()


def test_tasks_come_in_order_from_threads_and_processes():
    tasks = [(k,) for k in range(20)]
    asked = [2**k for k in range(20)]
    assert in_order(pow, 2, tasks) == asked
    with ThreadPoolExecutor(3) as pool, working(executor=pool):
        assert in_order(pow, 2, tasks) == asked
    with ProcessPoolExecutor(2, get_context("spawn")) as pool, working(executor=pool):
        assert in_order(pow, 2, tasks) == asked
        workers = in_order(pid, None, [(k,) for k in range(8)])
    # Done elsewhere, by one thread each.
    assert os.getpid() not in {worker for worker, _ in workers}
    assert {threads for _, threads in workers} == {1}


def test_who_works_holds_within_its_block():
    before = threads_in_force()
    with working(threads=3):
        with working(executor=ThreadPoolExecutor(1)):
            assert (threads_in_force(), sends()) == (3, True)
        assert (threads_in_force(), sends()) == (3, False)
    assert threads_in_force() == before


@pytest.mark.parametrize("deaths", [0, 1, 5])
def test_what_is_lost_with_a_worker_is_done_again_once(deaths):
    with working(executor=Dying(deaths)):
        assert in_order(pow, 2, [(k,) for k in range(5)]) == [1, 2, 4, 8, 16]


def test_what_is_lost_twice_is_named():
    words = "draws {} on".format
    with (
        working(executor=Dying(6)),
        pytest.raises(WorkerError, match=r"a worker died at draws \d on, and"),
    ):
        list(each(pow, 2, [(k,) for k in range(5)], words))


def test_an_executor_that_ends_with_its_worker_is_named():
    with (
        ProcessPoolExecutor(1, get_context("spawn")) as pool,
        working(executor=pool),
        pytest.raises(WorkerError, match=r"a worker died at task 3, and the executor with it"),
    ):
        list(each(ended, None, [(3,)]))


def ended(_: object, code: int) -> None:
    os._exit(code)


def test_an_error_of_the_work_is_not_tried_again():
    with working(executor=Dying(0)), pytest.raises(ZeroDivisionError):
        list(each(pow, 0, [(-1,)]))


def test_what_cannot_be_sent_is_named():
    with working(executor=Dying(0)), pytest.raises(InputError, match="cannot be sent generator"):
        list(each(pow, {"one": 1, "two": (k for k in range(3))}, [(1,)]))


def test_what_executors_refuse_is_said():
    with ThreadPoolExecutor(1) as pool:
        pass
    with (
        working(executor=pool),
        pytest.raises(InputError, match=r"executor takes no tasks: .*; make"),
    ):
        list(each(pow, 2, [(1,)]))


def test_work_within_a_task_is_not_sent_on():
    with working(executor=Dying(0)):
        assert in_order(inner, None, [(), ()]) == [(False, 1), (False, 1)]


def inner(_: object) -> tuple[bool, int]:
    return sends(), threads_in_force()


class Noted(Executor):
    """An executor that notes what it is sent, and does it at once."""

    def __init__(self) -> None:
        self.sent: list[str] = []

    def submit(self, function, /, *args, **kwargs):
        self.sent.append(function.args[0].__name__)
        return Dying(0).submit(function, *args, **kwargs)


class Threads(Noted, ThreadPoolExecutor):
    """The same, of threads."""


def of_parts(_: object, k: int) -> int:
    return sum(in_order(pow, k, [(1,), (2,)]))


@pytest.mark.parametrize("kept", [False, True])
def test_what_is_long_is_sent_whole_unless_what_is_done_is_kept(kept, tmp_path):
    """A worker keeps nothing, so that what a run keeps must come back in small parts."""
    with ExitStack() as stack:
        noted = Noted()
        stack.enter_context(working(executor=noted))
        if kept:
            stack.enter_context(keeping(opened(tmp_path / "pieces", {"seed": 7})))
        assert in_order(of_parts, None, [(2,), (3,)], long=True) == [6, 12]
    assert noted.sent == (["pow"] * 4 if kept else ["of_parts"] * 2)


def test_what_is_long_is_not_done_by_threads_at_once():
    """They would share what is done to warnings: one would take off the filter of another."""
    noted = Threads()
    with working(executor=noted):
        assert in_order(of_parts, None, [(2,), (3,)], long=True) == [6, 12]
    assert noted.sent == ["pow"] * 4


def test_what_an_executor_cancels_is_said():
    class Ending(Executor):
        def submit(self, *_, **__):
            future: Future = Future()
            future.cancel()
            future.set_running_or_notify_cancel()
            return future

    with (
        working(executor=Ending()),
        pytest.raises(InputError, match="executor has cancelled task 1; make a new one"),
    ):
        list(each(pow, 2, [(1,)]))


@pytest.mark.parametrize("executor", [None, Noted()])
def test_progress_counts_tasks_wherever_they_are_done(executor):
    heard: list[tuple[int, int]] = []
    with working(executor=executor):
        in_order(pow, 2, [(1,), (2,), (3,)], lambda *told: heard.append(told), alone=1)
    assert heard == [(1, 3), (2, 3), (3, 3)]


def test_a_client_of_dask_is_told_from_its_executor():
    class Client:
        submit = get_executor = print

    @validated()
    def asked(*, executor: Executor | None = None) -> None:
        """Do nothing."""

    asked(executor=Noted())
    with pytest.raises(InputError, match=r"must be an executor .*: pass its get_executor\(\)"):
        asked(executor=Client())
