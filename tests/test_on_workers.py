"""The recipes of the page "On many cores and machines", as they stand there."""

from __future__ import annotations

import shutil
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest

HERE = Path(__file__).parents[1] / "docs" / "how-to"


def need(*libraries: str) -> None:
    for name in libraries:
        if find_spec(name) is None:
            pytest.skip(f"needs {name}, of the extra for tests")


def printed(*command: object) -> str:
    done = subprocess.run(
        [*map(str, command)], capture_output=True, text=True, timeout=400, cwd=HERE.parents[1]
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.verification
def test_processes():
    assert printed(sys.executable, HERE / "on_processes.py") == "True\n"


@pytest.mark.verification
def test_loky():
    need("loky")
    assert printed(sys.executable, HERE / "on_loky.py") == "True\n"


def test_dask():
    need("distributed")
    assert printed(sys.executable, HERE / "on_dask.py") == "True\n"


@pytest.mark.verification
def test_mpi():
    need("mpi4py")
    beside = Path(sys.executable).with_name("mpiexec")
    mpiexec = str(beside) if beside.exists() else shutil.which("mpiexec")
    if mpiexec is None:
        pytest.skip("needs mpiexec: pip install mpich")
    script = HERE / "on_mpi.py"
    assert printed(mpiexec, "-n", 2, sys.executable, "-m", "mpi4py.futures", script) == "True\n"


@pytest.mark.parametrize("name", ["on_slurm", "on_ray"])
def test_what_is_not_run_can_be_read(name):
    compile((HERE / f"{name}.py").read_text(), name, "exec")


def test_the_page_has_every_recipe():
    page = (HERE / "run-on-a-cluster.rst").read_text()
    assert all(script.name in page for script in HERE.glob("on_*.py"))
