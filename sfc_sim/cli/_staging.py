"""Files of a run: all of them or none."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from sfc_sim._errors import InputError

__all__ = ["staging"]


@contextmanager
def staging(out: Path | None, names: Sequence[str], *, force: bool) -> Iterator[Path | None]:
    """Give a folder to write to, inside `out`; move what is in it to `out` when all is done.

    `names` are what will be there: nothing of that name may exist, unless `force` is on.
    """
    if out is None:
        yield None
        return
    for target in (out / name for name in names):
        if target.exists() and not force:
            raise InputError(f"'{target}' exists; pass --force to replace it")
    made = [folder for folder in (out, *out.parents) if not folder.exists()]
    try:
        try:
            out.mkdir(parents=True, exist_ok=True)
            part = tempfile.TemporaryDirectory(prefix=".part-", dir=out)
        except OSError as error:
            raise InputError(f"cannot write to folder '{out}': {error.strerror}") from None
        with part as name:
            yield Path(name)
            for stale in (out / "figures").glob("*.png"):  # of another run, as --force allows
                stale.unlink()
            for file in sorted(Path(name).rglob("*.*")):
                target = out / file.relative_to(name)
                target.parent.mkdir(exist_ok=True)
                os.replace(file, target)
    except BaseException:
        for folder in made:
            if folder.is_dir() and not any(folder.iterdir()):
                folder.rmdir()
        raise
