"""Compiled kernels are kept, and never outlive their sources."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

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
