"""Who does the work, on the command line: processes, workers of dask, and what is refused."""

from __future__ import annotations

import socket
import sys
from pathlib import Path

import pytest

from sfc_sim._core import processes
from sfc_sim._core.work import sends
from sfc_sim.cli import main

RUN = ("run", "cook2022-balanced", "--draws", "1500", "--seed", "7", "--theory", "prior")
COMMANDS = {
    "run": (*RUN, "--format", "csv", "--quiet"),
    "compare": (
        "compare", "sandberg2018", "--draws", "2000", "--seed", "7", "--theory", "prior",
        "--format", "csv", "--quiet",
    ),
    "simulate": (
        "simulate", "--n", "6", "--speed", ".5", "--civilizations", "400", "--realisations", "3",
        "--seed", "7", "--format", "csv", "--quiet",
    ),
}  # fmt: skip


def printed(capsys, *command: str) -> str:
    assert main(command) == 0
    return capsys.readouterr().out


@pytest.mark.parametrize(
    "name",
    [
        pytest.param("run", marks=pytest.mark.verification),
        "compare",
        pytest.param("simulate", marks=pytest.mark.verification),
    ],
)
def test_processes_print_what_threads_do(name, capsys, monkeypatch):
    asked = []
    submit = processes.Processes.submit
    monkeypatch.setattr(
        processes.Processes, "submit", lambda *a, **k: asked.append(a) or submit(*a, **k)
    )
    one = printed(capsys, *COMMANDS[name], "--workers", "1")
    assert asked
    assert one == printed(capsys, *COMMANDS[name])
    assert not sends(), "what was in force has ended with the command"


@pytest.mark.verification
def test_the_page_of_an_explorer_is_the_same(tmp_path: Path):
    pages = []
    for more in (("--workers", "1"), ()):
        out = tmp_path / f"{len(pages)}.html"
        command = ("explore", "olson-ord2021", "--draws", "3000", "--seed", "7", "--out", str(out))
        assert main((*command, "--quiet", *more)) == 0
        pages.append(out.read_text())
    assert pages[0] == pages[1]


def free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


@pytest.mark.parametrize(
    ("given", "told"),
    [
        (["--workers", "0"], "workers is '0'; it must be a whole number, at least 1"),
        (["--workers", "two"], "workers is 'two'; it must be a whole number, at least 1"),
        (["--workers", "2", "--dask", "x:1"], "workers 2 and dask x:1 exclude each other"),
    ],
)
@pytest.mark.parametrize("name", COMMANDS)
def test_what_is_wrong_is_said(name, given, told, capsys):
    assert main((*COMMANDS[name], *given)) == 2
    error = capsys.readouterr().err
    assert told in error
    assert error.count("\n") == 1


def test_dask_that_is_not_there_is_said(capsys, monkeypatch):
    monkeypatch.setitem(sys.modules, "distributed", None)
    assert main((*RUN, "--dask", "tcp://127.0.0.1:8786")) == 2
    assert 'not installed: pip install "sfc-sim[dask]"' in capsys.readouterr().err


@pytest.mark.parametrize("address", ["tcp://127.0.0.1:{}", "nonsense://x", "127.0.0.1:port"])
def test_an_address_nobody_listens_at_is_said(address, capsys, monkeypatch):
    pytest.importorskip("distributed", reason="needs dask.distributed")
    from sfc_sim.cli import workers

    monkeypatch.setattr(workers, "PATIENCE", 0.3)
    assert main((*RUN, "--dask", address.format(free_port()))) == 2
    error = capsys.readouterr().err
    assert "dask: no scheduler answers at" in error
    assert error.count("\n") == 1


@pytest.mark.verification
def test_workers_of_dask_print_what_threads_do(capsys):
    distributed = pytest.importorskip("distributed", reason="needs dask.distributed")
    with distributed.LocalCluster(
        n_workers=1, threads_per_worker=1, dashboard_address=None
    ) as cluster:
        there = printed(capsys, *COMMANDS["run"], "--dask", cluster.scheduler_address)
    assert there == printed(capsys, *COMMANDS["run"])
