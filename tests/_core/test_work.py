"""Work that is cut into tasks: on threads, on processes, and where a worker dies."""

from __future__ import annotations

import os
from concurrent.futures import Executor, Future, ProcessPoolExecutor, ThreadPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from multiprocessing import get_context

import pytest

from sfc_sim._core.errors import InputError, WorkerError
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
