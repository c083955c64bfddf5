"""`sfc-sim warm` compiles whatever later runs need."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

import sfc_sim as sfc
from sfc_sim.cli import main

# What nothing of `warm` calls by these arguments: none of it may compile anything more.
LATER = """
sfc.assess("cook2022-flat", 300, rng=1, evidence=["not-engulfed", "stars-searched"])
sfc.assess("finnveden2019", 300, rng=1, theories=["sia"], precision=0.3)
sfc.summarize(d := sfc.sample("mills2025", 300, rng=1), sfc.weigh(d))
sfc.simulate(
    sfc.appearance.PowerLawAppearance(n=5), speed=0.5, civilizations=500, realisations=2, rng=1
)
sfc.analysis.posterior_of_product("sandberg2018")
sfc.decision.relevance(sfc.sample("cook2022-balanced", 300, rng=1))
"""

SCRIPT = """
import importlib, json, pkgutil, sys, warnings
from numba.core.dispatcher import Dispatcher
import sfc_sim as sfc
from sfc_sim import kernels
from sfc_sim.cli import main

warm = importlib.import_module("sfc_sim.cli.warm")

names = [each.name for each in pkgutil.iter_modules(kernels.__path__)]
modules = [importlib.import_module(f"sfc_sim.kernels.{name}") for name in names]
found = {id(f): f for each in modules for f in vars(each).values() if isinstance(f, Dispatcher)}
def compiled():
    return {f"{f.py_func.__name__}{s}" for f in found.values() for s in f.signatures}

warnings.simplefilter("ignore")
for name in sys.argv[1:]:
    del warm.JOBS[name]
assert main(["warm"]) == 0
before = compiled()
exec(LATER)
print(json.dumps(sorted(compiled() - before)))
"""


def later_than_warm(*without: str) -> tuple[list[str], list[str]]:
    """Return the lines of `warm` in a fresh process, and what runs after it compile or load."""
    script = SCRIPT.replace("exec(LATER)", LATER)
    done = subprocess.run(
        [sys.executable, "-c", script, *without], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    *lines, last = done.stdout.splitlines()
    return lines, json.loads(last)


def test_after_it_nothing_is_compiled():
    lines, more = later_than_warm()
    assert more == []
    assert lines[-1].split(" ")[0].isdigit()
    assert lines[-1].endswith(" s")


@pytest.mark.verification
def test_a_job_left_out_is_seen():
    _, more = later_than_warm("simulated universe", "our surroundings")
    assert any(name.startswith("draw_births") for name in more)


def test_without_a_folder_it_says_so(capsys, monkeypatch):
    monkeypatch.setattr("sfc_sim.kernels._jit.cache_folder", lambda: None)
    assert main(["warm"]) == 1
    assert "NUMBA_CACHE_DIR" in capsys.readouterr().err
    assert sfc.__version__
