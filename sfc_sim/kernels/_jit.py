"""The one door to Numba: how every kernel of the package is compiled and cached."""

from __future__ import annotations

import hashlib
import os
import shutil
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar, cast

import numba

__all__ = ["cache_folder", "kernel"]

Function = TypeVar("Function", bound=Callable[..., Any])


def _sources_digest() -> str:
    """Return a hash of all kernel sources: Numba alone misses an edit in another file."""
    digest = hashlib.sha256(f"{numba.__version__} {sys.version}".encode())
    for path in sorted(Path(__file__).parent.glob("*.py")):
        digest.update(path.name.encode() + path.read_bytes())
    return digest.hexdigest()[:16]


def cache_folder() -> Path | None:
    """Return the folder of this version's compiled kernels, or None where none can be written."""
    base = os.environ.get("NUMBA_CACHE_DIR") or os.environ.get("XDG_CACHE_HOME")
    root = (Path(base) if base else Path.home() / ".cache") / "sfc_sim"
    folder = root / f"kernels-{_sources_digest()}"
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError:
        return None
    if not os.access(folder, os.W_OK):
        return None
    _drop_old(root, keep=folder)
    return folder


def _drop_old(root: Path, keep: Path) -> None:
    """Leave the four newest caches: edited sources would otherwise pile up for ever."""
    others = [path for path in root.glob("kernels-*") if path != keep]
    for path in sorted(others, key=lambda item: item.stat().st_mtime)[:-3]:
        shutil.rmtree(path, ignore_errors=True)


_FOLDER = cache_folder()


def kernel(function: Function) -> Function:
    """Compile `function` without the interpreter lock, on first call, with a safe disk cache."""
    config: Any = numba.config
    before = config.CACHE_DIR
    # The folder is read when the function is decorated, so other packages keep their own.
    config.CACHE_DIR = str(_FOLDER or before)
    try:
        cached = _FOLDER is not None
        compiled: Any = numba.njit(nogil=True, error_model="numpy", cache=cached)(function)
    finally:
        config.CACHE_DIR = before
    return cast("Function", compiled)
