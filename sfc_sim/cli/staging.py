"""The files of a run: all of them or none, and nothing else is touched."""

from __future__ import annotations

import ctypes
import os
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager, suppress
from pathlib import Path
from typing import Any

from sfc_sim._core.errors import InputError
from sfc_sim._core.files import alone, beside, leftovers, near, speaking, sync, undoing

__all__ = ["staging"]


@contextmanager
def staging(
    out: Path | None,
    made: Sequence[str],
    *,
    force: bool,
    keeps: Callable[[Path], AbstractContextManager[None]] | None = None,
) -> Iterator[Path | None]:
    """Give a folder to write to, beside `out`; put what is in it in place when all is done.

    `made` are the files that such a run may make, as paths below `out`: unless `force` is on,
    none of them may exist, and with it these alone are replaced. `keeps` is in force from before
    the block until all is in place; it is told a name, beside which it may keep what it does.
    """
    if out is None:
        yield None
        return
    out = Path(os.path.realpath(out))
    for target in (out / name for name in made):
        if os.path.lexists(target.parent) and not target.parent.is_dir():
            raise InputError(
                f"'{near(target.parent)}' exists and is no folder: --force does not replace it;"
                " move it"
            )
        if target.exists() and not force:
            raise InputError(f"'{near(target)}' exists; pass --force to replace it")
    created = [folder for folder in (out, *out.parents) if not folder.exists()]

    def leave() -> None:
        for folder in created:
            if folder.is_dir() and not any(folder.iterdir()):
                folder.rmdir()

    with undoing(leave):
        with speaking(f"to folder '{near(out)}'"):
            out.mkdir(parents=True, exist_ok=True)
            stand = out if fixed(out) else out.parent
            name = stand / out.name
        with ExitStack() as stack:
            stack.enter_context(alone(out))
            if keeps is not None:
                stack.enter_context(keeps(name))
            with speaking(f"to folder '{near(out)}'"):
                for old in leftovers(name):
                    retire(old, out, made)
                part = stack.enter_context(beside(name, folder=True))
            yield part
            place(part, out, made)


def fixed(out: Path) -> bool:
    """Return whether a folder cannot be swapped for another: someone stands in it, or on it."""
    return Path.cwd().is_relative_to(out) or out.is_mount() or not os.access(out.parent, os.W_OK)


def files(folder: Path) -> list[Path]:
    """Return all below a folder that is no folder, as paths below it; links are not followed."""
    found = folder.rglob("*")
    return sorted(p.relative_to(folder) for p in found if p.is_symlink() or not p.is_dir())


def place(part: Path, out: Path, made: Sequence[str]) -> None:
    """Make `out` hold what `part` holds, by one rename where the system can."""
    for folder in (part, *(each for each in part.rglob("*") if each.is_dir())):
        sync(folder)
    if not fixed(out) and not any(out.iterdir()):
        part.chmod(out.stat().st_mode & 0o7777)
        out.rmdir()  # not every system renames onto an empty folder
        os.rename(part, out)
    elif not any((out / name).exists() for name in made) or not swapped(part, out, made):
        moved(part, out, made)
    sync(out.parent)


def moved(part: Path, out: Path, made: Sequence[str]) -> None:
    """Move files into a folder that stays: old ones go first, so that runs are never mixed."""
    for name in made:
        (out / name).unlink(missing_ok=True)
    done: list[Path] = []
    try:
        for file in files(part):
            (out / file).parent.mkdir(exist_ok=True)
            os.replace(part / file, out / file)
            done.append(out / file)
    except BaseException:
        for path in done:
            path.unlink(missing_ok=True)
        raise


def swapped(part: Path, out: Path, made: Sequence[str]) -> bool:
    """Swap two folders, of which the new one then holds also what was the user's own."""
    if fixed(out):
        return False
    own = [file for file in files(out) if file.as_posix() not in made]
    empty = [each.relative_to(out) for each in out.rglob("*") if each.is_dir()]
    try:
        for folder in empty:
            (part / folder).mkdir(parents=True, exist_ok=True)
        for file in own:
            os.link(out / file, part / file, follow_symlinks=False)
        part.chmod(out.stat().st_mode & 0o7777)
    except OSError:  # a file system without links, or a file that is another's
        taken = False
    else:
        taken = exchange(part, out)
    if taken:
        retire(part, out, made)
        return True
    for file in own:
        (part / file).unlink(missing_ok=True)
    return False


def retire(old: Path, out: Path, made: Sequence[str]) -> None:
    """Empty a folder that was replaced or left; what came into it meanwhile goes to `out`."""
    for file in files(old):
        path, kept = old / file, out / file
        ours = file.as_posix() in made or path.name.endswith(".part")
        if ours or os.path.lexists(kept) or not out.is_dir():
            path.unlink(missing_ok=True)
        else:
            kept.parent.mkdir(parents=True, exist_ok=True)
            os.rename(path, kept)
    for folder in sorted((each for each in old.rglob("*") if each.is_dir()), reverse=True):
        folder.rmdir()
    with suppress(OSError):
        old.rmdir()


def exchange(one: Path, other: Path) -> bool:
    """Exchange two names in one step, where the system has a call for it."""
    library: Any = ctypes.CDLL(None, use_errno=True) if os.name == "posix" else None
    names = os.fsencode(one), os.fsencode(other)
    if sys.platform == "darwin" and hasattr(library, "renamex_np"):
        return bool(library.renamex_np(*names, ctypes.c_uint(2)) == 0)
    if hasattr(library, "renameat2"):  # relative to the working folder, exchanged
        here = ctypes.c_int(-100)
        return bool(library.renameat2(here, names[0], here, names[1], ctypes.c_uint(2)) == 0)
    return False
