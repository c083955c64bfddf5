"""Compiled kernels are kept, and never outlive their sources."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import sfc_sim as sfc
from sfc_sim.kernels import _jit

COUNT_COMPILED = """
import numba.core.event as event

class Counter(event.Listener):
    compiled = 0
    def on_start(self, _): Counter.compiled += 1
    def on_end(self, _): pass

event.register("numba:compile", Counter())
import sfc_sim as sfc
sfc.sample("cook2022-balanced", 8, rng=1)
print(Counter.compiled)
"""


def compiled_in_a_new_process() -> int:
    done = subprocess.run(
        [sys.executable, "-c", COUNT_COMPILED], capture_output=True, text=True, check=True
    )
    return int(done.stdout)


def test_a_second_process_compiles_nothing():
    compiled_in_a_new_process()  # fills the cache if this is the first run here
    assert compiled_in_a_new_process() == 0


def test_an_edit_in_any_kernel_file_names_another_cache(tmp_path, monkeypatch):
    here = Path(_jit.__file__).parent
    shutil.copytree(here, tmp_path / "kernels", ignore=shutil.ignore_patterns("__pycache__"))
    monkeypatch.setattr(_jit, "__file__", str(tmp_path / "kernels" / "_jit.py"))
    before = _jit._sources_digest()
    with (tmp_path / "kernels" / "search.py").open("a") as file:
        file.write("\n# edited\n")
    assert _jit._sources_digest() != before


def test_old_caches_do_not_pile_up(tmp_path, monkeypatch):
    monkeypatch.setenv("NUMBA_CACHE_DIR", str(tmp_path))
    for k in range(6):
        (tmp_path / "sfc_sim" / f"kernels-old{k}").mkdir(parents=True)
    folder = _jit.cache_folder()
    assert folder is not None
    assert len(list((tmp_path / "sfc_sim").iterdir())) == 4


def test_without_a_place_to_write_there_is_no_cache(tmp_path, monkeypatch):
    (tmp_path / "file").write_text("in the way")
    monkeypatch.setenv("NUMBA_CACHE_DIR", str(tmp_path / "file"))
    assert _jit.cache_folder() is None


def test_other_packages_keep_their_cache_folder():
    import numba

    assert sfc.Background  # the package is imported, kernels are decorated
    assert "sfc_sim" not in str(numba.config.CACHE_DIR)


USE_TWO_KERNELS = """
import numpy as np
from sfc_sim.kernels.search import count_up_to
from sfc_sim.kernels.special import logarithm
print(count_up_to(np.array([0.0, 1.0, 2.0]), 3, 1.5), logarithm(1.0))
"""


def use(folder: Path, code: str = USE_TWO_KERNELS) -> subprocess.CompletedProcess[str]:
    """Use two kernels in a new process, with a cache of its own, and nothing of ours imported."""
    done = subprocess.run(
        [sys.executable, "-W", "default", "-c", code],
        env=os.environ | {"NUMBA_CACHE_DIR": str(folder)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stdout == "2 0.0\n", done.stderr
    return done


@pytest.fixture(scope="module")
def filled(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("filled")
    assert "RuntimeWarning" not in use(folder).stderr
    return folder


def damage(kind: str, path: Path) -> None:
    content = path.read_bytes()
    if kind == "emptied":
        path.write_bytes(b"")
    elif kind == "cut":
        path.write_bytes(content[: len(content) // 2])
    else:  # one bit, somewhere in the middle: what is unpickled may look whole
        at = len(content) // 2
        path.write_bytes(content[:at] + bytes([content[at] ^ 1]) + content[at + 1 :])


@pytest.mark.parametrize("suffix", [".nbi", ".nbc"])
@pytest.mark.parametrize("kind", ["emptied", "cut", "flipped"])
def test_a_damaged_cache_is_compiled_anew_and_said_once(tmp_path, filled, kind, suffix):
    shutil.copytree(filled, tmp_path / "cache")
    kept = [p for p in (tmp_path / "cache").rglob(f"*{suffix}") if "-" in p.name]
    assert len(kept) >= 2
    for path in kept:
        damage(kind, path)
    assert use(tmp_path / "cache").stderr.count("is damaged; they are compiled anew") == 1
    assert "damaged" not in use(tmp_path / "cache").stderr


def test_a_cache_that_cannot_be_written_is_said_once(tmp_path):
    """A limit on the size of files stands for a full disk."""
    resource = pytest.importorskip("resource")
    code = (
        "import resource, signal; signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (100, 100))\n" + USE_TWO_KERNELS
    )
    assert resource
    assert use(tmp_path, code).stderr.count("cannot be written; they are compiled in every") == 1


def test_two_processes_that_compile_two_signatures_never_share_a_file(tmp_path, monkeypatch):
    """Both start from an empty index, so that Numba's own numbers would both be 1."""
    one, other = (_jit._CheckedFile(str(tmp_path), "kernel", 0) for _ in range(2))
    monkeypatch.setattr(other, "_load_index", dict)
    one.save(("float64", "cpu"), "of floats")
    index = one._load_index()
    other.save(("int64", "cpu"), "of integers")
    assert one._load_data(index["float64", "cpu"]) == "of floats"
    assert one.load(("int64", "cpu")) == "of integers"
