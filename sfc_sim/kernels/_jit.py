"""The only import of Numba: how every kernel of the package is compiled and cached."""

from __future__ import annotations

import hashlib
import os
import pickle
import shutil
import sys
import warnings
from collections.abc import Callable
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import Any, TypeVar, cast

import numba
from numba.core.caching import FunctionCache, IndexDataCacheFile

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


class _CheckedFile(IndexDataCacheFile):
    """Files of the cache, each behind a hash of what it holds: read only if it is whole."""

    def save(self, key: Any, data: Any) -> None:
        """Keep what was compiled, under a name of its own: Numba's numbers meet those of others.

        Two processes that compile two signatures at once would both write file number one.
        """
        name = self._data_name_pattern.format(
            number=int(hashlib.sha256(repr(key).encode()).hexdigest()[:15], 16)
        )
        self._save_data(name, data)
        self._save_index(self._load_index() | {key: name})

    def _keep(self, path: str, held: Any) -> None:
        content = self._dump(held)
        with self._open_for_write(path) as file:
            file.write(hashlib.sha256(content).digest() + content)

    def _held(self, path: str) -> Any:
        content = Path(path).read_bytes()
        if hashlib.sha256(content[32:]).digest() != content[:32]:
            raise ValueError(f"{path} is damaged")
        # It is what `_keep` wrote, in a folder of the user's own.
        return pickle.loads(content[32:])  # noqa: S301 (its sum is right)

    def _save_index(self, overloads: Any) -> None:
        self._keep(self._index_path, (self._version, self._source_stamp, overloads))

    def _load_index(self) -> Any:
        try:
            version, stamp, overloads = self._held(self._index_path)
        except FileNotFoundError:
            return {}
        return overloads if (version, stamp) == (self._version, self._source_stamp) else {}

    def _save_data(self, name: str, data: Any) -> None:
        self._keep(self._data_path(name), data)

    def _load_data(self, name: str) -> Any:
        return self._held(self._data_path(name))


class _SafeCache(FunctionCache):
    """Numba's cache of a function, in which damage costs a compilation, never a result."""

    def __init__(self, function: Callable[..., Any]) -> None:
        super().__init__(function)
        # Numba's own would believe whatever it can unpickle.
        self._cache_file = _CheckedFile(
            self._cache_path, self._impl.filename_base, self._impl.locator.get_source_stamp()
        )

    def load_overload(self, sig: Any, target_context: Any) -> Any:
        """Return the compiled code of a signature; None if there is none, or it is damaged."""
        try:
            return super().load_overload(sig, target_context)
        except Exception:  # unpickling what is damaged raises anything
            tell("is damaged", "compiled anew")
            Path(self._cache_file._index_path).unlink(missing_ok=True)
            return None

    def save_overload(self, sig: Any, data: Any) -> None:
        """Keep what was compiled, where the disk lets us."""
        try:
            super().save_overload(sig, data)
        except OSError:
            tell("cannot be written", "compiled in every process")


@cache
def tell(what: str, then: str) -> None:
    """Warn once in a process; Numba makes Python forget what it has already warned of."""
    text = f"the cache of compiled kernels in {_FOLDER} {what}; they are {then}"
    warnings.warn(text, RuntimeWarning, stacklevel=outside())


def outside() -> int:
    """Return the stack level of the user's line: above the outermost frame of the package."""
    package = str(Path(__file__).parent.parent) + os.sep
    frame, level, found = sys._getframe(1), 1, 1
    while frame.f_back is not None:
        level, last = level + 1, frame
        if last.f_code.co_filename.startswith(package):
            found = level
        frame = frame.f_back
    return found


def kernel(function: Function) -> Function:
    """Compile `function` without the interpreter lock, on first call, with a safe disk cache."""
    config: Any = numba.config
    before = config.CACHE_DIR
    # The folder is read when the function is decorated, so other packages keep their own.
    config.CACHE_DIR = str(_FOLDER or before)
    try:
        compiled: Any = numba.njit(nogil=True, error_model="numpy")(function)
        if _FOLDER is not None:
            with suppress(OSError, RuntimeError):  # no place for this one: uncached
                compiled._cache = _SafeCache(function)
    finally:
        config.CACHE_DIR = before
    return cast("Function", compiled)
