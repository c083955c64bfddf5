"""The package as a module: sent to other processes, read by checkers of types."""

from __future__ import annotations

import pickle
import re
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest

import sfc_sim as sfc

ROOT = Path(sfc.__file__).parents[1]


def test_functions_that_use_the_package_can_be_sent_elsewhere():
    cloudpickle = pytest.importorskip("cloudpickle")
    sent = cloudpickle.dumps(lambda: sfc.sample("sandberg2018-toy", 3, rng=1))
    code = "import pickle, sys; print(pickle.load(sys.stdin.buffer)().sizes['draw'])"
    done = subprocess.run([sys.executable, "-c", code], input=sent, capture_output=True, check=True)
    assert done.stdout.strip() == b"3"
    assert pickle.loads(cloudpickle.dumps(sfc)) is sfc


def test_a_checker_of_types_sees_a_wrong_name(tmp_path):
    pytest.importorskip("mypy")
    path = tmp_path / "mine.py"
    path.write_text("import sfc_sim as sfc\nsfc.samplee\nsfc.sample\n")
    # Of the package, its front door alone: what is behind it is checked elsewhere.
    door = ["--follow-imports=skip", str(ROOT / "sfc_sim" / "__init__.pyi")]
    done = subprocess.run(
        [sys.executable, "-m", "mypy", "--strict", *door, str(path)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    # One error, in line 2: the right name in line 3 is the control.
    assert 'mine.py:2: error: Module has no attribute "samplee"' in done.stdout
    assert "Found 1 error in 1 file (checked 2 source files)" in done.stdout


def test_the_reference_lists_every_flat_name():
    """By question, in tables that Sphinx fills; the error has its own entry."""
    index = (ROOT / "docs" / "reference" / "index.rst").read_text(encoding="utf-8")
    listed = set(re.findall(r"^   sfc_sim\.(\w+)$", index, re.MULTILINE)) | {"InputError"}
    flat = {name for name in sfc.__all__ if not isinstance(getattr(sfc, name), ModuleType)}
    assert listed == flat
