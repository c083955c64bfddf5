"""Worker processes of our own: one that dies is replaced, and loses but the task that it had."""

from __future__ import annotations

import os
import pickle
import signal
import traceback
from collections.abc import Callable
from concurrent.futures import Executor, Future
from concurrent.futures.process import BrokenProcessPool
from contextlib import suppress
from multiprocessing import get_context, parent_process
from multiprocessing.connection import Connection
from queue import SimpleQueue
from threading import Lock, Thread
from typing import Any, NamedTuple, ParamSpec, TypeAlias, TypeVar

from sfc_sim._core.errors import whole_number

__all__ = ["Processes"]

P = ParamSpec("P")
T = TypeVar("T")
Job: TypeAlias = "tuple[Future[Any], tuple[Any, ...]]"


class Worker(NamedTuple):
    """A process, and our end of the pipe to it."""

    process: Any
    pipe: Connection


class Processes(Executor):
    """An executor of so many processes on this machine, each started with its first task.

    Parameters
    ----------
    workers : int
        How many.

    Attributes
    ----------
    moved : int
        Bytes sent to workers and received from them, so far.

    Notes
    -----
    Arrays go through the pipe as they are (pickle protocol 5, out of band).

    Examples
    --------
    >>> with Processes(1) as pool:
    ...     pool.submit(pow, 2, 10).result()
    1024
    """

    def __init__(self, workers: int) -> None:
        self.workers = whole_number(workers, "workers", 1, 10_000)
        self.moved = 0
        self._jobs: SimpleQueue[Job | None] = SimpleQueue()
        self._threads: list[Thread] = []
        self._running: set[Any] = set()
        self._lock = Lock()
        self._ended = False

    def submit(self, fn: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> Future[T]:
        """Return what will hold the result of a call that a worker makes."""
        with self._lock:
            if self._ended:
                raise RuntimeError("these processes are ended: make new ones")
            future: Future[T] = Future()
            self._jobs.put((future, (fn, args, kwargs)))
            if len(self._threads) < self.workers:
                self._threads.append(Thread(target=self._tend, daemon=True))
                self._threads[-1].start()
        return future

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """End the workers when they have done what was asked, or what they are at."""
        with self._lock:
            self._ended = True
        while cancel_futures and not self._jobs.empty():
            if (job := self._jobs.get()) is not None:
                job[0].cancel()
        for _ in self._threads:
            self._jobs.put(None)
        for thread in self._threads if wait else ():
            thread.join()

    def __exit__(self, kind: object, *_: object) -> None:
        """End the workers: at once, if it is an error that ends the block."""
        if kind is not None:
            with self._lock:
                self._ended = True
                for process in self._running:
                    process.kill()
        self.shutdown(cancel_futures=kind is not None)

    def _tend(self) -> None:
        """Pass tasks to one worker, and to another in its place where it dies."""
        worker: Worker | None = None
        while (job := self._jobs.get()) is not None:
            future, call = job
            if not future.set_running_or_notify_cancel():
                continue
            try:
                worker = worker or self._started()
                moved = put(worker.pipe, parts_of(call))
                head, apart = taken(worker.pipe)
                with self._lock:
                    self.moved += moved + len(head) + sum(map(len, apart))
                value, error = pickle.loads(head, buffers=apart)
            except (EOFError, OSError) as lost:
                future.set_exception(
                    BrokenProcessPool(f"its process ended ({type(lost).__name__})")
                )
                self._ended_one(worker)
                worker = None
            except BaseException as refused:  # what cannot be packed, or unpacked here
                future.set_exception(refused)
            else:
                future.set_result(value) if error is None else future.set_exception(error)
        self._ended_one(worker)

    def _started(self) -> Worker:
        context = get_context("spawn")  # safe with threads, and there on every system
        here, there = context.Pipe()
        process = context.Process(target=serve, args=(there,), daemon=True)
        with self._lock:
            if self._ended:
                raise EOFError
            process.start()
            self._running.add(process)
        there.close()
        return Worker(process, here)

    def _ended_one(self, worker: Worker | None) -> None:
        if worker is not None:
            worker.pipe.close()
            worker.process.join()
            with self._lock:
                self._running.discard(worker.process)


def parts_of(value: object) -> list[memoryview]:
    """Return a value as bytes: how it is put together, then its arrays as they are.

    Examples
    --------
    >>> len(parts_of((1, 2)))
    1
    """
    apart: list[pickle.PickleBuffer] = []
    head = pickle.dumps(value, 5, buffer_callback=apart.append)
    return [memoryview(head), *(each.raw() for each in apart)]


def put(pipe: Connection, parts: list[memoryview]) -> int:
    """Send the parts of a value through a pipe; return how many bytes."""
    pipe.send_bytes(len(parts).to_bytes(8, "little"))
    for part in parts:
        pipe.send_bytes(part)
    return sum(part.nbytes for part in parts)


def taken(pipe: Connection) -> tuple[bytes, list[bytearray]]:
    """Return the parts of the next value that comes through a pipe."""
    many = int.from_bytes(pipe.recv_bytes(), "little")
    head, *apart = [pipe.recv_bytes() for _ in range(many)]
    return head, [bytearray(part) for part in apart]  # arrays that can be written


def serve(pipe: Connection) -> None:
    """Do the tasks that come through a pipe, as long as there is somebody at its other end."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # whoever sent the tasks tells
    Thread(target=end_with_parent, daemon=True).start()
    with suppress(EOFError, OSError):
        while True:
            head, apart = taken(pipe)
            put(pipe, answer_to(head, apart))


def answer_to(head: bytes, apart: list[bytearray]) -> list[memoryview]:
    """Return the parts of what a task gives: its result, or its error."""
    try:
        function, args, kwargs = pickle.loads(head, buffers=apart)
        return parts_of((function(*args, **kwargs), None))
    except BaseException as error:
        return parts_of((None, sendable(error)))


def sendable(error: BaseException) -> BaseException:
    """Return an error with where it was raised, or what is left of one that cannot be sent.

    Examples
    --------
    >>> sendable(ValueError("no"))
    ValueError('no')
    """
    error.add_note("in a worker:\n" + "".join(traceback.format_exception(error)))
    try:
        pickle.loads(pickle.dumps(error))
    except Exception:
        return RuntimeError(f"{type(error).__name__}: {error}")
    return error


def end_with_parent() -> None:
    """End this process as soon as the one that started it is gone, in the middle of a task too."""
    if (parent := parent_process()) is not None:
        parent.join()
        os._exit(1)
