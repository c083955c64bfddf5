"""What a long run has done so far, on the disk: one that was killed goes on from there.

A folder holds pieces and a manifest. A piece is the arrays of some jobs, written beside and renamed
when all of it is on the disk; the manifest says what was asked, and the checksum of every piece.
A job is found by a hash of all that its numbers hang on, so that none is taken for another.
"""

from __future__ import annotations

import hashlib
import json
import os
import secrets
import shutil
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from dataclasses import dataclass, field
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING, Any, Final, TypeAlias, TypeVar, final

from sfc_sim._core.errors import InputError
from sfc_sim._core.files import near, speaking, sync, undoing

if TYPE_CHECKING:
    import numpy.typing as npt

__all__ = ["GOES_ON", "Pieces", "checksum", "going_on", "in_force", "keeping", "opened"]

Columns: TypeAlias = Mapping[str, "npt.NDArray[Any]"]
Job = TypeVar("Job")

EVERY: Final = 3.0
"""Seconds between two pieces: a run that takes less leaves none, a killed one loses no more."""

MANIFEST: Final = "manifest.json"
GOES_ON: Final = "what is done is kept: the same command goes on from there"
LENGTH: Final = 16  # digits of the length of a piece's index, with which it begins


@final
@dataclass
class Pieces:
    """The pieces of one run.

    Attributes
    ----------
    folder : Path
        Where they are; made with the first of them.
    asked : mapping of str to JSON
        What the run was asked; another may not go on with them.
    every : float
        Seconds between two.
    done : dict of str to dict
        What each holds, by its checksum, which is its name too.
    damaged : int
        How many were found that are not what was written; their jobs are done again.
    """

    folder: Path
    asked: Mapping[str, Any]
    every: float
    done: dict[str, dict[str, int]] = field(default_factory=dict)
    damaged: int = 0
    places: dict[str, tuple[str, int, dict[str, Any]]] = field(default_factory=dict)
    waiting: dict[str, tuple[str, Columns]] = field(default_factory=dict)
    since: float | None = None

    def get(self, what: str, job: object) -> Columns | None:
        """Return the arrays of a job, if a piece has them."""
        import numpy as np

        place = self.places.get(key_of(what, job))
        if place is None:
            return None
        name, start, index = place
        found = {}
        with (self.folder / name).open("rb") as file:
            for column, (kind, shape, at) in index.items():
                file.seek(start + at)
                size = np.dtype(kind).itemsize * int(np.prod(shape))
                found[column] = np.frombuffer(file.read(size), kind).reshape(shape)
        return found

    def put(self, what: str, job: object, columns: Columns) -> None:
        """Keep the arrays of a job: on the disk with the next piece.

        Raises
        ------
        InputError
            If the disk refuses.
        """
        self.waiting[key_of(what, job)] = what, columns
        now = monotonic()
        self.since = now if self.since is None else self.since
        if now - self.since >= self.every:
            self.write()

    def write(self) -> None:
        """Write what waits as a piece."""
        content = packed({key: columns for key, (_, columns) in self.waiting.items()})
        name = hashlib.sha256(content).hexdigest()
        held = dict(Counter(what for what, _ in self.waiting.values()))
        with speaking(f"to folder '{near(self.folder)}'"):
            self.folder.mkdir(exist_ok=True)
            write_whole(self.folder / name, content)
            told = {"asked": self.asked, "pieces": self.done | {name: held}}
            write_whole(self.folder / MANIFEST, json.dumps(told, indent=1).encode())
        self.done[name] = held
        self.places |= indexed(self.folder / name)
        self.waiting.clear()
        self.since = monotonic()

    def leave(self) -> None:
        """Write what waits, if there are pieces at all: the run ends before its end."""
        if self.done and self.waiting:
            with suppress(InputError):
                self.write()

    def remove(self) -> None:
        """Remove all: the run has ended well."""
        shutil.rmtree(self.folder, ignore_errors=True)
        self.done.clear()


def key_of(what: str, job: object) -> str:
    """Return the key of a job: a hash of all that its numbers hang on.

    Examples
    --------
    >>> key_of("draws of a scenario", (0, 512)) == key_of("draws of a scenario", (512, 512))
    False
    """
    return hashlib.sha256(f"{what}\n{job!r}".encode()).hexdigest()[:32]


def opened(
    folder: Path, asked: Mapping[str, Any], *, anew: bool = False, every: float | None = None
) -> Pieces:
    """Return the pieces in a folder, of a run that was asked the same; none if there are none.

    Where ``asked["seed"]`` is None it is that of the run that left them, or a fresh one.

    Raises
    ------
    InputError
        If they are of a run that was asked something else; with `anew` they are removed instead.

    Examples
    --------
    >>> opened(Path("nowhere"), {"seed": 7}).done
    {}
    """
    if anew:
        shutil.rmtree(folder, ignore_errors=True)
    now: dict[str, Any] = json.loads(json.dumps(asked))
    try:
        told = json.loads((folder / MANIFEST).read_bytes())
        was, listed = dict(told["asked"]), dict(told["pieces"])
    except (OSError, ValueError, KeyError, TypeError):  # none, or one that says nothing
        was, listed = {}, {}
    if listed:
        now = same(was, now, folder)
    elif now.get("seed", 0) is None:
        now["seed"] = secrets.randbits(32)
    made = Pieces(folder, now, EVERY if every is None else every)
    for path in list(folder.glob("*")):
        if path.name not in listed and path.name != MANIFEST:
            path.unlink()  # of a write that was cut short
    for name, held in listed.items():
        if checksum(folder / name) == name:
            made.done[name] = held
            made.places |= indexed(folder / name)
        else:
            made.damaged += 1
            (folder / name).unlink(missing_ok=True)
    return made


def same(was: Mapping[str, Any], asked: Mapping[str, Any], folder: Path) -> dict[str, Any]:
    """Return what was asked, if it is the same; or say what is another."""
    for name in {**was, **asked}:
        before, now = was.get(name), asked.get(name)
        if before != now and not (name == "seed" and now is None):
            raise InputError(
                f"'{near(folder)}' has an unfinished run with {name} {told(before)}, this one has"
                f" {told(now)}: repeat its command to go on, or pass --anew to throw it away"
            )
    return dict(was)


def told(value: Any) -> str:
    """Return a value of a command as it is typed."""
    if isinstance(value, list):
        return ", ".join(map(str, value)) or "none"
    return "none" if value is None else str(value)


def packed(entries: Mapping[str, Columns]) -> bytes:
    r"""Return arrays as bytes, after an index of where each begins.

    Examples
    --------
    >>> import numpy as np
    >>> packed({"a": {"x": np.zeros(2, "<f4")}})
    b'0000000000000029{"a": {"x": ["<f4", [2], 0]}}\x00\x00\x00\x00\x00\x00\x00\x00'
    """
    import numpy as np

    index: dict[str, dict[str, Any]] = {}
    parts, at = [], 0
    for key, columns in entries.items():
        index[key] = {}
        for name, values in columns.items():
            whole = np.ascontiguousarray(values)
            if whole.dtype.hasobject:
                raise TypeError(f"'{name}' holds objects, which have no bytes of their own")
            index[key][name] = [whole.dtype.str, values.shape, at]
            parts.append(whole.tobytes())
            at += len(parts[-1])
    head = json.dumps(index).encode()
    return b"".join([f"{len(head):0{LENGTH}d}".encode(), head, *parts])


def indexed(path: Path) -> dict[str, tuple[str, int, dict[str, Any]]]:
    """Return where the arrays of each job are: in which piece, from which byte on."""
    with path.open("rb") as file:
        length = int(file.read(LENGTH))
        index = json.loads(file.read(length))
    return {key: (path.name, LENGTH + length, columns) for key, columns in index.items()}


def checksum(path: Path) -> str:
    """Return the checksum of a file; nothing if there is none to read."""
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError:
        return ""


def write_whole(target: Path, content: bytes) -> None:
    """Write a file that is there whole, or as it was before, whenever the process is killed."""
    part = target.with_suffix(".part")
    try:
        part.write_bytes(content)
        sync(part)
        os.replace(part, target)
        sync(target.parent)
    except OSError:
        part.unlink(missing_ok=True)
        raise


_force: ContextVar[tuple[int, Pieces] | None] = ContextVar("pieces", default=None)


def in_force() -> Pieces | None:
    """Return the pieces of the run that this is part of; none in a process that it started.

    Examples
    --------
    >>> in_force() is None
    True
    """
    held = _force.get()
    return held[1] if held is not None and held[0] == os.getpid() else None


@contextmanager
def keeping(pieces: Pieces) -> Iterator[Pieces]:
    """Have what is done in the block kept, until it ends well; an error says that it is kept."""
    token = _force.set((os.getpid(), pieces))
    try:
        with undoing(pieces.leave):
            yield pieces
            pieces.waiting.clear()
    except BaseException as error:
        if pieces.done:
            error.add_note(GOES_ON)
        raise
    else:
        pieces.remove()
    finally:
        _force.reset(token)


def going_on(
    what: str,
    jobs: Sequence[Job],
    do: Callable[[Sequence[Job]], Iterator[tuple[Job, Columns]]],
) -> Iterator[tuple[Job, Columns]]:
    """Yield what every job gives: those first that the pieces in force have, then the others.

    Parameters
    ----------
    what : str
        All that the numbers hang on besides the job.
    jobs : sequence
        Each with a text of its own.
    do : callable
        Does jobs, and gives each with its arrays.

    Examples
    --------
    >>> import tempfile
    >>> import numpy as np
    >>> def squares(jobs):
    ...     for job in jobs:
    ...         print("squares", job)
    ...         yield job, {"square": np.array([job**2])}
    >>> asked = {"seed": 7}
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     for jobs in ([1, 2], [1, 2, 3]):
    ...         with suppress(KeyboardInterrupt), keeping(opened(Path(folder), asked, every=0.0)):
    ...             found = [made["square"].item() for _, made in going_on("", jobs, squares)]
    ...             raise KeyboardInterrupt
    squares 1
    squares 2
    squares 3
    >>> found
    [1, 4, 9]
    """
    pieces = in_force()
    if pieces is None:
        yield from do(jobs)
        return
    left = []
    for job in jobs:
        held = pieces.get(what, job)
        if held is None:
            left.append(job)
        else:
            yield job, held
    for job, columns in do(left) if left else ():
        pieces.put(what, job, columns)
        yield job, columns
