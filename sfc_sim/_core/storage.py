"""Results as files: a Dataset, or several in groups, written whole and read as they were."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from sfc_sim._core.arguments import validated
from sfc_sim._core.errors import InputError, pathlike
from sfc_sim._core.files import writing
from sfc_sim._core.netcdf import from_bytes, to_bytes
from sfc_sim._core.schema import require
from sfc_sim._core.volumes import current

if TYPE_CHECKING:
    import xarray as xr

__all__ = ["read", "save", "write"]


@validated()
def save(dataset: xr.Dataset, path: str | os.PathLike[str], *, force: bool = False) -> Path:
    """Write a result as netCDF, whole or not at all.

    Parameters
    ----------
    dataset : xarray.Dataset or Study
        Any result of the package.
    path : path
        A file name, usually ending in ``.nc``.
    force : bool, default False
        Replace a file that exists.

    Returns
    -------
    Path
        The file.

    Raises
    ------
    InputError
        If the file exists and `force` is off, the disk refuses, or the Dataset holds what
        netCDF cannot keep.

    Examples
    --------
    >>> import tempfile, sfc_sim as sfc
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = save(sfc.sample("cook2022-balanced", 5, rng=1), f"{folder}/draws.nc")
    ...     dict(sfc.load(path).sizes)
    {'draw': 5, 'evidence': 2}
    """
    if callable(own := getattr(dataset, "save", None)):  # a study saves itself
        return Path(own(path, force=force))
    require(dataset, [], "sample, or another of its results")
    return write(path, dataset, {}, force=force)


def write(
    path: str | os.PathLike[str],
    dataset: xr.Dataset,
    groups: Mapping[str, xr.Dataset],
    *,
    force: bool,
) -> Path:
    """Write a Dataset, and more of them as groups, to a file that `read` reads."""
    target = Path(pathlike(path, "path"))
    if not target.name:
        raise InputError(f"path is '{path}'; it must name a file")
    with writing(target, force=force) as part:
        words = {k: v for k, v in file_words(dataset.attrs).items() if k not in dataset.attrs}
        part.write_bytes(to_bytes(dataset.assign_attrs(words), groups))
    return target


def file_words(attrs: Mapping[str, object]) -> dict[str, str]:
    """Return the attributes that say to any reader of netCDF what a file is.

    Examples
    --------
    >>> file_words({"scenario_title": "Dissolving the Fermi paradox", "seed": "7"})["title"]
    'Dissolving the Fermi paradox'
    """
    asked = ("scenario", "scenario_hash", "evidence", "draws", "realisations", "seed")
    made = ", ".join(f"{name} {attrs[name]}" for name in asked if attrs.get(name, "") != "")
    # No date: the same result gives the same bytes.
    return {
        "title": str(attrs.get("scenario_title") or "Result of sfc_sim"),
        "history": " of ".join(filter(None, ("sfc_sim.save", made))),
    }


def read(path: str | os.PathLike[str]) -> tuple[xr.Dataset, dict[str, xr.Dataset]]:
    """Return the Dataset in a file that was saved, and its groups.

    Raises
    ------
    InputError
        If there is no such file, or it is not whole: what comes back is what was saved.
    """
    if not Path(path).is_file():
        raise InputError(f"no file '{path}'")
    try:
        content = Path(path).read_bytes()
    except OSError as error:
        raise InputError(f"cannot read '{path}': {error.strerror or error}") from error
    found, groups = from_bytes(content, str(path))
    for name, text in file_words(found.attrs).items():
        if found.attrs.get(name) == text:  # of the file, not of the result
            del found.attrs[name]
    return current(found), {name: current(each) for name, each in groups.items()}
