"""Writing a store of draws, stretch by stretch, by one process at a time; see `store`."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sfc_sim._core.errors import InputError
from sfc_sim._core.files import alone, sync, writing
from sfc_sim.sampling.batches import same
from sfc_sim.sampling.store import COUNT, STRETCH, begun, files_in, words_of

if TYPE_CHECKING:
    import xarray as xr

__all__ = ["claimed", "create", "finish", "finished", "room_for", "write"]


@contextmanager
def claimed(target: Path, *, force: bool) -> Iterator[Path]:
    """Give the folder that a store is written in; nobody else writes there until the block ends.

    Raises
    ------
    InputError
        If another process writes there, or something that is no store has the name.
    """
    part = begun(target)
    for place in (target, part):
        if place.exists() and not (place.is_dir() and (place == part or words_of(target))):
            raise stranger(place)
    part.mkdir(parents=True, exist_ok=True)
    with alone(part):
        try:
            if any(part.iterdir()) and not (words_of(part) or (part / COUNT).exists()):
                raise stranger(part)
            if force:
                shutil.rmtree(target, ignore_errors=True)
                emptied(part)
            yield part
        finally:
            # One in which nothing was begun is not left behind.
            if part.is_dir() and not any(part.iterdir()):
                part.rmdir()


def emptied(folder: Path) -> None:
    """Remove what is in a folder."""
    for each in folder.iterdir():
        if each.is_dir():
            shutil.rmtree(each)
        else:
            each.unlink()


def stranger(path: Path) -> InputError:
    """Return the error for what has the name of a store and is none."""
    return InputError(f"'{path}' exists and is no store of draws; choose another path")


def room_for(path: Path, probe: xr.Dataset, total: int) -> None:
    """Raise an `InputError` unless the disk has room for so many draws like these.

    Examples
    --------
    >>> import sfc_sim as sfc
    >>> room_for(Path("."), sfc.sample("sandberg2018", 5, rng=1), 10**18)
    Traceback (most recent call last):
    sfc_sim._core.errors.InputError: 1,000,000,000,000,000,000 draws need about ...
    """
    each = sum(
        value.dtype.itemsize * value.size // probe.sizes["draw"]
        for value in (probe[name].values for name in probe.data_vars)
        if not same(value.ravel())
    )
    free = shutil.disk_usage(path).free
    if each * total > free:
        raise InputError(
            f"{total:,} draws need about {each * total / 1e9:.3g} GB on the disk of '{path}', which"
            f" has {free / 1e9:.3g} GB free: take fewer draws, or fewer variables"
        )


def create(part: Path, probe: xr.Dataset, words: Mapping[str, str], total: int) -> None:
    """Begin a store with the variables of some draws; no draw is in it."""
    import zarr

    emptied(part)
    room_for(part, probe, total)
    (part / COUNT).write_text("0")
    group = zarr.open_group(part, mode="a", zarr_format=3)
    for name, variable in probe.data_vars.items():
        group.create_array(
            str(name),
            shape=(total, *variable.shape[1:]),
            # The draws of one evidence lie side by side.
            chunks=(min(STRETCH, total), *(1,) * (variable.ndim - 1)),
            dtype=variable.dtype,
            # What is this value throughout a chunk takes no room.
            fill_value=variable.values.flat[0],
            compressors=None,
            filters=None,
            dimension_names=[str(dim) for dim in variable.dims],
            attributes=dict(variable.attrs),
        )
    group.update_attributes(dict(words))


def write(part: Path, draws: xr.Dataset, at: int) -> None:
    """Write a stretch of draws, from this place on; then it is finished."""
    import zarr

    group: Any = zarr.open_group(part, mode="r+")
    end = at + draws.sizes["draw"]
    for name in draws.data_vars:
        group[str(name)][at:end] = draws[name].values
    for pattern in ("*/c/{}", "*/c/{}/*"):
        for file in part.glob(pattern.format(at // STRETCH)):
            sync(file)
    with writing(part / COUNT, force=True) as count:
        count.write_text(str(end))


def finished(part: Path, total: int) -> int:
    """Return how many of the draws of a store that is not whole are finished."""
    try:
        told = (part / COUNT).read_text()
    except FileNotFoundError:  # `finish` had begun
        return total
    return int(told) if told.isdecimal() else 0


def finish(part: Path, target: Path) -> None:
    """Give a store its name: it is whole, and says of what files."""
    import zarr

    (part / COUNT).unlink(missing_ok=True)
    zarr.open_group(part, mode="r+").update_attributes({"files": files_in(part)})
    os.replace(part, target)
    sync(target.parent)
