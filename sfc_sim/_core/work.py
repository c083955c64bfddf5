"""Who does long work: threads of this process, or an executor that the caller brings.

What is in force holds for all that a call begins, however deep. Results depend on neither: work is
cut into tasks whose results do not hang on each other, and comes together by the order of these.
"""

from __future__ import annotations

import os
import pickle
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Executor, Future, ThreadPoolExecutor, as_completed
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import fields, is_dataclass
from functools import lru_cache, partial
from typing import Any, Final, NamedTuple, TypeVar

from sfc_sim._core.errors import InputError, WorkerError, whole_number
from sfc_sim._core.pieces import in_force
from sfc_sim._core.progress import Report, reporting, unheard

__all__ = ["Task", "each", "in_order", "sends", "sends_long", "threads_in_force", "working"]

T = TypeVar("T")
Task = tuple[Any, ...]

# Errors of executors whose worker is gone, by the name of the class: none of these is imported.
LOST: Final = ("BrokenExecutor", "KilledWorker", "CommClosedError", "WorkerCrashedError")

# Shared things that a worker keeps: a mixture has one for each scenario.
KEPT: Final = 8


class _Workers(NamedTuple):
    threads: int | None = None
    executor: Executor | None = None


_NOBODY: Final = _Workers()
_in_force: ContextVar[_Workers] = ContextVar("who does the work", default=_NOBODY)


@contextmanager
def working(threads: int | None = None, executor: Executor | None = None) -> Iterator[None]:
    """Let threads, or an executor, do the work of a block; what is not said stays as it was.

    Examples
    --------
    >>> with working(threads=3):
    ...     threads_in_force()
    3
    """
    now = _in_force.get()
    if threads is not None:
        now = now._replace(threads=whole_number(threads, "threads", 1, 10**5))
    if executor is not None:
        now = now._replace(executor=executor)
    token = _in_force.set(now)
    try:
        yield
    finally:
        _in_force.reset(token)


def threads_in_force() -> int:
    """Return the number of threads: all processors, unless it is said.

    Examples
    --------
    >>> threads_in_force() >= 1
    True
    """
    if threads := _in_force.get().threads:
        return threads
    if hasattr(os, "sched_getaffinity"):  # a container or a scheduler may give fewer than there are
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def sends() -> bool:
    """Tell whether tasks go to an executor, and should be long enough to be worth sending.

    Examples
    --------
    >>> sends()
    False
    """
    return _in_force.get().executor is not None


def sends_long() -> bool:
    """Tell whether tasks that can be cut into smaller ones go to an executor whole.

    Not to threads, which would share one list of filters of warnings; nor from a run that keeps
    what it does, as a worker keeps nothing. There the smaller ones are sent.

    Examples
    --------
    >>> sends_long()
    False
    """
    own = _in_force.get().executor
    return own is not None and not isinstance(own, ThreadPoolExecutor) and in_force() is None


def each(
    work: Callable[..., T],
    shared: object,
    tasks: Sequence[Task],
    words: Callable[..., str] = "task {}".format,
    *,
    long: bool = False,
) -> Iterator[tuple[int, T]]:
    """Yield ``work(shared, *task)`` of every task as they are done, each with its index.

    Parameters
    ----------
    work : callable
        A function of a module, which workers import.
    shared : object
        What all tasks read; it is packed once, and unpacked once in every worker.
    tasks : sequence of tuple
        Further arguments.
    words : callable
        From a task to what it is, for the error if its worker dies twice.
    long : bool, default False
        Whether tasks are cut into smaller ones themselves: unless they are sent whole (see
        `sends_long`) they are done one after another, each by all threads or workers.

    Raises
    ------
    InputError
        If an executor cannot be sent what the work reads, takes no tasks, or cancels one.
    WorkerError
        If a task is lost with its worker, and again at the second try.

    Examples
    --------
    >>> sorted(each(pow, 2, [(1,), (2,), (3,)]))
    [(0, 2), (1, 4), (2, 8)]
    """
    if not tasks:
        return
    own = _in_force.get().executor
    if long and not sends_long():
        yield from ((k, work(shared, *task)) for k, task in enumerate(tasks))
        return
    if own is None or isinstance(own, ThreadPoolExecutor):
        function: Callable[..., T] = partial(_alone, work, shared)
        sent: Sequence[Task] = tasks
    else:
        function = partial(_unpacked, work, packed(shared))
        sent = [(packed(task),) for task in tasks]
    pool = own or ThreadPoolExecutor(threads_in_force())
    asked: dict[Future[T], int] = {}
    lost: list[int] = []
    try:
        for k, task in enumerate(sent):
            asked[_submitted(pool, function, task, partial(words, *tasks[k]))] = k
        for again in (False, True):
            for future in as_completed(list(asked)):
                k = asked.pop(future)
                if future.cancelled():  # not by us: who made the executor has shut it down
                    raise InputError(f"executor has cancelled {words(*tasks[k])}; make a new one")
                error = future.exception()
                if error is None:
                    yield k, future.result()
                elif not again and _is_lost(error):
                    lost.append(k)
                else:
                    raise _said(error, words(*tasks[k]))
            for k in lost if not again else ():
                asked[_submitted(pool, function, sent[k], partial(words, *tasks[k]))] = k
    finally:
        for future in asked:  # of an interrupted run; an executor of the caller goes on
            future.cancel()
        if own is None:
            pool.shutdown(wait=True, cancel_futures=True)


def in_order(
    work: Callable[..., T],
    shared: object,
    tasks: Sequence[Task],
    report: Report = unheard,
    words: Callable[..., str] = "task {}".format,
    *,
    alone: int = 0,
    long: bool = False,
) -> list[T]:
    """Return what `each` yields in the order of the tasks; `report` hears of every one (done, all).

    Without an executor so many of the first are done `alone`: they compile kernels once, not in
    every thread.

    Examples
    --------
    >>> in_order(pow, 2, [(1,), (2,), (3,)])
    [2, 4, 8]
    """
    found: dict[int, T] = {}
    first = 0 if sends() else alone
    for k, task in enumerate(tasks[:first]):
        found[k] = work(shared, *task)
        report(len(found), len(tasks))
    for k, result in each(work, shared, tasks[first:], words, long=long):
        found[first + k] = result
        report(len(found), len(tasks))
    return [found[k] for k in range(len(tasks))]


def _alone(work: Callable[..., T], shared: object, *task: Any) -> T:
    """Do a task, in one thread and silently: others are done beside it."""
    token = _in_force.set(_Workers(threads=1))
    try:
        with reporting(False, ""):
            return work(shared, *task)
    finally:
        _in_force.reset(token)


def _unpacked(work: Callable[..., T], content: bytes, task: bytes) -> T:
    """Do a task in the process of a worker."""
    return _alone(work, _loaded(content), *pickle.loads(task))


_loaded = lru_cache(KEPT)(pickle.loads)


def packed(shared: object) -> bytes:
    r"""Return a thing as bytes; with cloudpickle, if it is installed, also classes of a notebook.

    Examples
    --------
    >>> packed((1, 2))[:1]
    b'\x80'
    """
    try:
        from cloudpickle import dumps
    except ImportError:
        dumps = pickle.dumps
    try:
        return bytes(dumps(shared))
    except (pickle.PicklingError, AttributeError, TypeError) as error:
        which = type(_culprit(shared)).__name__
        raise InputError(
            f"an executor cannot be sent {which}: {' '.join(str(error).split())}; define it in a"
            " module that workers can import, or leave out executor"
        ) from error


def _culprit(value: object) -> object:
    """Return the innermost part of a thing that cannot be packed."""
    parts: list[Any] = []
    if isinstance(value, dict):
        parts = list(value.values())
    elif isinstance(value, list | tuple):
        parts = list(value)
    elif is_dataclass(value):
        parts = [getattr(value, each.name) for each in fields(value)]
    for part in parts:
        try:
            pickle.dumps(part)
        except (pickle.PicklingError, AttributeError, TypeError):
            return _culprit(part)
    return value


def _is_lost(error: BaseException) -> bool:
    return any(kind.__name__ in LOST for kind in type(error).__mro__)


def _said(error: BaseException, what: str) -> BaseException:
    if not _is_lost(error):
        return error
    return WorkerError(f"a worker died at {what}, and another at the second try: {error}")


def _submitted(
    pool: Executor, function: Callable[..., T], task: Task, what: Callable[[], str]
) -> Future[T]:
    try:
        return pool.submit(function, *task)
    except RuntimeError as error:
        if _is_lost(error):
            words = f"a worker died at {what()}, and the executor with it: make a new one"
            raise WorkerError(words) from error
        words = str(error) or type(error).__name__
        raise InputError(f"executor takes no tasks: {words}; make a new one") from error
