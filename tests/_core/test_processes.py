"""Worker processes of our own: results, errors, and workers that die."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

from sfc_sim._core.errors import InputError, WorkerError
from sfc_sim._core.processes import Processes
from sfc_sim._core.work import each, in_order, working


class Odd(Exception):
    """One that cannot be unpacked from what it is packed to."""

    def __init__(self, one: int, two: int) -> None:
        super().__init__(f"{one} and {two}")


def doubled(values: np.ndarray) -> np.ndarray:
    values += values  # what comes can be written
    return values


def failing(kind: str) -> None:
    raise {"odd": Odd(1, 2), "file": FileNotFoundError("no such file"), "end": EOFError("end")}[
        kind
    ]


def lambdas(_: object) -> object:
    return lambda: 1


def killed_once(folder: str, k: int) -> int:
    """Die at task 3, the first time that anybody is at it."""
    if k == 3 and not (mark := Path(folder, "mark")).exists():
        mark.touch()
        os.kill(os.getpid(), signal.SIGKILL)
    return k


def killed(_: object, k: int) -> int:
    if k == 3:
        os.kill(os.getpid(), signal.SIGKILL)
    return k


def test_results_and_errors_come_back():
    with Processes(2) as pool:
        futures = [pool.submit(doubled, np.arange(10.0) + k) for k in range(5)]
        for k, future in enumerate(futures):
            found = future.result()
            np.testing.assert_array_equal(found, 2.0 * (np.arange(10.0) + k))
            found += 1.0
        assert pool.moved > 5 * 2 * 80
        with pytest.raises(RuntimeError, match="Odd: 1 and 2"):
            pool.submit(failing, "odd").result()
        for kind, error in (("file", FileNotFoundError), ("end", EOFError)):  # not those of a pipe
            with pytest.raises(error, match=kind) as told:
                pool.submit(failing, kind).result()
            assert "in failing" in told.value.__notes__[0]
        with pytest.raises(Exception, match="lambda"):
            pool.submit(lambdas, None).result()
        with pytest.raises(Exception, match="lambda"):  # that cannot be sent
            pool.submit(lambda: 1).result()
        assert pool.submit(pow, 2, 3).result() == 8
    with pytest.raises(RuntimeError, match="ended"):
        pool.submit(pow, 2, 3)


def test_a_worker_that_dies_is_replaced_and_only_its_task_is_done_again(tmp_path):
    with Processes(2) as pool, working(executor=pool):
        tasks = [(k,) for k in range(8)]
        assert in_order(killed_once, str(tmp_path), tasks) == list(range(8))
        with pytest.raises(WorkerError, match="a worker died at draws 3 on, and another"):
            list(each(killed, None, tasks, "draws {} on".format))
        assert in_order(pow, 2, tasks)[:4] == [1, 2, 4, 8]


def interrupted(pool: Processes) -> None:
    pool.submit(abs, -1).result()
    pool.submit(time.sleep, 60)
    raise ZeroDivisionError


def test_an_error_ends_the_block_at_once():
    began = time.monotonic()
    with pytest.raises(ZeroDivisionError), Processes(1) as pool:
        interrupted(pool)
    assert time.monotonic() - began < 50


def test_how_many_is_checked():
    with pytest.raises(InputError, match="workers is 0; it must be a whole number from 1"):
        Processes(0)


ORPHANS = """
import os, time
from sfc_sim._core.processes import Processes
if __name__ == "__main__":
    pool = Processes(1)
    print(pool.submit(os.getpid).result(), flush=True)
    pool.submit(time.sleep, 600)
    time.sleep(0.2)
    os._exit(130)  # as on Ctrl-C
"""


def test_no_worker_outlives_who_started_it(tmp_path):
    script = tmp_path / "orphans.py"
    script.write_text(ORPHANS)
    done = subprocess.run([sys.executable, script], capture_output=True, text=True, timeout=120)
    assert done.returncode == 130
    pid, until = int(done.stdout), time.monotonic() + 30
    while Path("/proc", str(pid)).exists() and time.monotonic() < until:
        if " Z " in Path("/proc", str(pid), "stat").read_text():
            break
        time.sleep(0.05)
    else:
        assert not Path("/proc", str(pid)).exists()
