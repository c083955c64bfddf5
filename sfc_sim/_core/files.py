"""Files that appear whole or not at all, and text of any encoding that is named if not read."""

from __future__ import annotations

import os
import secrets
import shutil
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from glob import escape
from pathlib import Path

from sfc_sim._core.errors import InputError

__all__ = [
    "abandon",
    "alone",
    "beside",
    "leftovers",
    "near",
    "read_text",
    "speaking",
    "sync",
    "undoing",
    "writing",
]

if sys.platform == "win32":

    def held(_: Path) -> int | None:
        """Hold nothing: a folder cannot be opened there, nor what is open be renamed."""
        return None

else:
    import fcntl

    def held(path: Path) -> int | None:
        """Hold a file or folder while this process lives; None where none can.

        Raises
        ------
        BlockingIOError
            If another does.
        """
        try:
            found = os.open(path, os.O_RDONLY)
        except OSError:
            return None
        try:
            fcntl.flock(found, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            os.close(found)
            if isinstance(error, BlockingIOError):
                raise
            return None
        return found


def lock(path: Path) -> int | None:
    """Hold a file or folder while this process lives; None where another does, or none can."""
    with suppress(BlockingIOError):
        return held(path)
    return None


def near(path: Path) -> str:
    """Return a path as it is typed from here: below the working folder a relative one.

    Examples
    --------
    >>> near(Path.cwd() / "out"), near(Path("elsewhere"))
    ('out', 'elsewhere')
    """
    here = Path.cwd()
    return str(path.relative_to(here) if path.is_relative_to(here) else path)


@contextmanager
def alone(folder: Path) -> Iterator[None]:
    """Hold a folder while the block lasts; refuse to where another process does.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder, alone(Path(folder)):
    ...     with suppress(InputError), alone(Path(folder)):
    ...         print("not alone")
    """
    try:
        found = held(folder)
    except BlockingIOError:
        raise InputError(
            f"another run writes to '{near(folder)}'; wait for its end, or name another folder"
        ) from None
    try:
        yield
    finally:
        if found is not None:
            os.close(found)


@contextmanager
def writing(target: Path, *, force: bool) -> Iterator[Path]:
    """Give a name beside `target` to write to; put it in place only when all is on the disk.

    Raises
    ------
    InputError
        If the target exists and `force` is off, it is a folder, or the disk refuses.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     with writing(Path(folder, "a.txt"), force=False) as part:
    ...         _ = part.write_text("whole")
    ...     Path(folder, "a.txt").read_text()
    'whole'
    """
    if target.is_dir():
        raise InputError(f"'{target}' is a folder; it must be the path of a file")
    if target.exists() and not force:
        raise taken(target)
    with speaking(f"'{target}'"):
        target.parent.mkdir(parents=True, exist_ok=True)
        for old in leftovers(target):
            old.unlink()
    with speaking(f"'{target}'"), beside(target) as part:
        yield part
        sync(part)
        place(part, target, force=force)
        sync(target.parent)


def taken(target: Path) -> InputError:
    """Return the error for a target that exists."""
    return InputError(f"file '{target}' exists; pass force (--force) to replace it")


@contextmanager
def speaking(what: str) -> Iterator[None]:
    """Turn what the disk says into an `InputError` that names what was written."""
    try:
        yield
    except OSError as error:
        raise InputError(f"cannot write {what}: {error.strerror or error}") from error


_UNDO: list[Callable[[], None]] = []
"""What takes back the writing that is under way, oldest first."""


@contextmanager
def undoing(undo: Callable[[], None]) -> Iterator[None]:
    """Call `undo` in the end, be it that of the block or that of the process by `abandon`."""
    _UNDO.append(undo)
    try:
        yield
    finally:
        _UNDO.remove(undo)
        undo()


def abandon() -> None:
    """Take back all writing under way: the process is about to end, with no exception to do it."""
    while _UNDO:
        with suppress(OSError):
            _UNDO.pop()()


@contextmanager
def beside(target: Path, *, folder: bool = False) -> Iterator[Path]:
    """Make a file or folder beside `target`, locked while this process lives; then remove it."""
    for _ in range(3):  # a sweep of another run may take one before it is locked
        part, held = _new(target, folder)
        if held is not None and part.exists():
            break

    def remove() -> None:
        if held is not None:
            os.close(held)
        if folder:
            shutil.rmtree(part, ignore_errors=True)
        else:
            part.unlink(missing_ok=True)

    with undoing(remove):
        yield part


def _new(target: Path, folder: bool) -> tuple[Path, int | None]:
    part = target.with_name(f".{target.name}.{secrets.token_hex(4)}.part")
    if folder:
        part.mkdir()
    else:
        part.touch(exist_ok=False)
    return part, lock(part)


def leftovers(target: Path) -> Iterator[Path]:
    """Yield what runs that died have left beside `target`: nobody holds its lock."""
    digits = "[0-9a-f]" * 8
    for part in sorted(target.parent.glob(f".{escape(target.name)}.{digits}.part")):
        held = lock(part)
        if held is not None:
            try:
                yield part
            finally:
                os.close(held)


def place(part: Path, target: Path, *, force: bool) -> None:
    """Rename a file to `target`; without `force` nothing that came there meanwhile is replaced."""
    if not force:
        try:
            os.link(part, target)
        except FileExistsError:
            raise taken(target) from None
        except OSError:  # a file system without links
            pass
        else:
            return
    os.replace(part, target)


def sync(path: Path) -> None:
    """Wait until a file, or the names in a folder, are on the disk."""
    if sys.platform == "win32" and path.is_dir():
        return
    handle = os.open(path, os.O_RDONLY if path.is_dir() else os.O_RDWR)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def read_text(path: Path) -> str:
    """Return the text of a file in UTF-8, with or without a byte-order mark.

    Raises
    ------
    InputError
        If it is in another encoding; UTF-16 is named.
    OSError
        If it cannot be read.
    """
    content = path.read_bytes()
    if content.startswith((b"\xff\xfe", b"\xfe\xff")) or b"\0" in content[:100]:
        raise InputError(f"cannot read {path}: the file is in UTF-16; save it as UTF-8")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        raise InputError(
            f"cannot read {path}: line {line} is not UTF-8; save it as UTF-8"
        ) from None
