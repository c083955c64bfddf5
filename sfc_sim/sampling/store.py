"""A store of draws: a Zarr group with an array for every variable, written stretch by stretch.

Until it is whole, ``draws.zarr`` is called ``draws.zarr.part``, and a file in it says how many
draws are finished. All that it was made with is in its attributes.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from sfc_sim._core.errors import InputError, shown
from sfc_sim._core.schema import label
from sfc_sim._core.volumes import GIVEN

if TYPE_CHECKING:
    import xarray as xr

__all__ = [
    "COUNT",
    "MADE_BY",
    "STRETCH",
    "begun",
    "check_same",
    "check_whole",
    "files_in",
    "is_store",
    "load_draws",
    "opened",
    "require_zarr",
    "store_words",
    "words_for",
    "words_of",
]

STRETCH: Final = 2**17
"""Draws that are made, written and finished together."""

FORM: Final = 1
"""The form of stores; one of another form is not read."""

COUNT: Final = "finished"
"""The file that says how many draws are finished, while the store is not whole."""

MADE_BY: Final = {
    "scenario": "the scenario",
    "scenario_hash": "what the scenario says, as a hash,",
    "seed": "the seed",
    "draws": "the number of draws",
    "first": "the first draw",
    "design": "the design",
    "proposal": "the proposal",
    "stream_version": "the version of random numbers",
    "versions": "the versions of packages",
    "variables": "the choice of variables",
}
"""What must be that of the call for it to go on with a store, by attribute."""


def require_zarr() -> None:
    """Raise an `InputError` unless Zarr is installed.

    Examples
    --------
    >>> require_zarr()
    """
    if find_spec("zarr") is None:
        raise InputError('a store needs Zarr, which is not installed: pip install "sfc-sim[zarr]"')


def store_words(probe: xr.Dataset, total: int) -> dict[str, str]:
    """Return the attributes of a store of so many draws like these.

    Examples
    --------
    >>> import sfc_sim as sfc
    >>> store_words(sfc.sample("sandberg2018", 5, rng=1), 100)["draws"]
    '100'
    """
    names = json.dumps(sorted(str(name) for name in probe.data_vars))
    own = {"store": str(FORM), "stretch": str(STRETCH), "variables": names}
    return {**probe.attrs, "draws": str(total), **own}


def begun(target: Path) -> Path:
    """Return the path that a store has until it is whole.

    Examples
    --------
    >>> begun(Path("draws.zarr")).name
    'draws.zarr.part'
    """
    return target.with_name(f"{target.name}.part")


def words_of(place: Path) -> dict[str, str]:
    """Return the attributes of the store in a folder, whole or not; none if there is none."""
    try:
        found = json.loads((place / "zarr.json").read_text("utf-8"))["attributes"]
    except (OSError, ValueError, KeyError, TypeError):
        return {}
    return {str(name): str(value) for name, value in found.items()} if "store" in found else {}


def words_for(target: Path) -> dict[str, str]:
    """Return the attributes of the store of a name, or of the one that was begun for it.

    Examples
    --------
    >>> words_for(Path("no such store"))
    {}
    """
    return words_of(target) or words_of(begun(target))


def is_store(path: Path) -> bool:
    """Tell whether a store of this name is whole.

    Examples
    --------
    >>> is_store(Path("no such store"))
    False
    """
    return path.is_dir() and bool(words_of(path))


def check_same(path: Path, words: Mapping[str, str]) -> None:
    """Raise an `InputError` unless a store was made, or begun, as these words say."""
    old = words_for(path)
    for name, what in MADE_BY.items():
        if old.get(name, "") != words.get(name, ""):
            has, asked = (shown(each.get(name, "none")) for each in (old, words))
            raise InputError(
                f"store '{path}' was made otherwise: {what} is {has} there and {asked} here;"
                " pass force to replace it, or another path"
            )


def files_in(path: Path) -> str:
    """Return how many files a store has, and of how many bytes; without that which says so.

    Examples
    --------
    >>> files_in(Path("no such folder"))
    '0 files of 0 bytes'
    """
    files = [os.path.join(folder, name) for folder, _, names in os.walk(path) for name in names]
    sizes = [os.path.getsize(file) for file in files if file != os.path.join(path, "zarr.json")]
    return f"{len(sizes)} files of {sum(sizes)} bytes"


def check_whole(path: Path) -> None:
    """Raise an `InputError` unless there is a store, with all that was written.

    Examples
    --------
    >>> check_whole(Path("nowhere.zarr"))
    Traceback (most recent call last):
    sfc_sim._core.errors.InputError: no store of draws at 'nowhere.zarr'
    """
    if not is_store(path):
        folder = ", and no file" if path.is_dir() else ""
        raise InputError(f"no store of draws at '{path}'{folder}")
    if (path / COUNT).exists():
        raise InputError(f"store '{path}' is not whole; make the call that writes it again")
    told = words_of(path)
    if told["store"] != str(FORM):
        raise InputError(f"store '{path}' is of another version of this package")
    if told.get("files") != (files := files_in(path)):
        raise InputError(
            f"store '{path}' is damaged: it has {files}, {told.get('files', 'others')} were"
            " written; copy it again, or write it again with force"
        )


def load_draws(path: str | os.PathLike[str]) -> xr.Dataset:
    """Return the draws in a store, as `sfc_sim.sample` does; values are read when asked for.

    In the chunks of the store where Dask is installed, else each variable whole.

    Raises
    ------
    InputError
        If there is no such store, or it is not whole.
    """
    chunked = find_spec("dask") is not None
    return _opened(Path(path), chunked=chunked)


def opened(path: str) -> xr.Dataset:
    """Return the same without chunks: each read is of what is asked for. It is kept open."""
    try:
        stamp = os.stat(Path(path, "zarr.json")).st_mtime_ns
    except OSError:
        stamp = 0
    return _kept_open(path, stamp)


@lru_cache(maxsize=4)
def _kept_open(path: str, _stamp: int) -> xr.Dataset:
    return _opened(Path(path), chunked=False)


def _opened(path: Path, *, chunked: bool) -> xr.Dataset:
    import pandas as pd
    import xarray as xr

    require_zarr()
    check_whole(path)
    words = words_of(path)
    found: Any = xr.open_zarr(
        path, chunks={} if chunked else None, consolidated=False, decode_cf=False
    )
    found.attrs = {
        name: value
        for name, value in words.items()
        if name not in ("store", "stretch", "variables", "files")
    }
    first = int(words["first"])
    # A range takes no memory, as an array of the indices would.
    index = {"draw": pd.RangeIndex(first, first + int(words["draws"]), name="draw")}
    wide = {"evidence": list(GIVEN.values())} if "evidence" in found.dims else {}
    return label(found.assign_coords(index | wide))
