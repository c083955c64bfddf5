"""Datasets as the bytes of a netCDF file, with a checksum of every byte."""

from __future__ import annotations

import hashlib
import io
import re
from collections.abc import Hashable, Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from sfc_sim._core.errors import InputError, affordable

if TYPE_CHECKING:
    import xarray as xr

__all__ = ["from_bytes", "to_bytes"]

CHECKSUM: Final = "checksum"
BLANK: Final = b"0" * 64
# An attribute of the file, which stands in it as plain text; what it says is of all the rest.
MARK: Final = re.compile(rb"sfc_sim sha256 ([0-9a-f]{64})")
# What readers of netCDF act upon, wherever it stands.
TAKEN: Final = ("_FillValue", "missing_value", "scale_factor", "add_offset", "coordinates", "dtype")


def to_bytes(dataset: xr.Dataset, groups: Mapping[str, xr.Dataset] = MappingProxyType({})) -> bytes:
    """Return the file of a Dataset; made in memory, where no full disk can interrupt HDF5.

    `groups` are more of them, by the names of their groups in the file.

    Raises
    ------
    InputError
        If it holds what such a file cannot keep.

    Examples
    --------
    >>> import xarray as xr
    >>> found, groups = from_bytes(to_bytes(xr.Dataset({"x": 2.0})), "two.nc")
    >>> found.x.item(), groups
    (2.0, {})
    """
    import h5netcdf
    from xarray.backends import H5NetCDFStore

    # Values of a store, which are read when they are asked for, would be left out.
    dataset, groups = dataset.compute(), {name: each.compute() for name, each in groups.items()}
    for each in (dataset, *groups.values()):
        for name, variable in each.variables.items():
            check_values(name, variable.values)
            check_attributes(f"variable '{name}'", variable.attrs)
        check_attributes("the Dataset", each.attrs)
    mark = f"sfc_sim sha256 {BLANK.decode()}"
    buffer = io.BytesIO()
    try:
        with h5netcdf.File(buffer, "w") as file:
            store = H5NetCDFStore(file)
            dataset.drop_encoding().assign_attrs({CHECKSUM: mark}).dump_to_store(store)
            for name, each in groups.items():
                each.drop_encoding().dump_to_store(H5NetCDFStore(file, group=name, mode="a"))
    except (TypeError, ValueError, KeyError, RuntimeError) as error:
        raise InputError(f"cannot be written as netCDF: {error}") from error
    content = buffer.getvalue()
    digest = hashlib.sha256(content).hexdigest().encode()
    found = MARK.search(content)
    if found is None:
        raise InputError("cannot be written as netCDF: the file does not hold its checksum")
    return content[: found.start(1)] + digest + content[found.end(1) :]


def from_bytes(content: bytes, name: str) -> tuple[xr.Dataset, dict[str, xr.Dataset]]:
    """Return the Dataset in a file called `name`, and its groups; HDF5 sees none that is damaged.

    Raises
    ------
    InputError
        If it is no such file, or not what was written.
    """
    import xarray as xr

    words = f"cannot read '{name}' as a result of this package"
    found = MARK.search(content)
    if found is None:
        if (whole := size_told(content)) > len(content):
            raise InputError(
                f"{words}: it is cut short, at {len(content):,} of {whole:,} bytes; copy it again"
            )
        raise InputError(
            f"{words}: it has no checksum; xarray.open_dataset reads what others wrote, unchecked"
        )
    digest = hashlib.sha256(content[: found.start(1)])
    digest.update(BLANK)
    digest.update(memoryview(content)[found.end(1) :])
    if digest.hexdigest().encode() != found[1]:
        raise InputError(f"{words}: it is damaged or was changed, its checksum is another")
    try:
        opened = xr.open_groups(
            io.BytesIO(content), engine="h5netcdf", decode_times=False, decode_timedelta=False
        )
        affordable(sum(int(each.nbytes) for each in opened.values()), 2, f"bytes in '{name}'")
        groups = {key.lstrip("/"): each.load().drop_encoding() for key, each in opened.items()}
    except InputError:
        raise
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise InputError(f"{words}: {error}") from error
    dataset = groups.pop("")
    del dataset.attrs[CHECKSUM]
    return dataset, groups


def size_told(content: bytes) -> int:
    """Return how many bytes a file of HDF5 says that it has; none of another.

    Examples
    --------
    >>> import xarray as xr
    >>> file = to_bytes(xr.Dataset({"x": 2.0}))
    >>> size_told(file[:100]) == len(file), size_told(b"text")
    (True, 0)
    """
    if not content.startswith(b"\x89HDF\r\n\x1a\n") or len(content) < 52:
        return 0
    place = {0: 40, 1: 44}.get(content[8], 28)  # by the version of the superblock
    return int.from_bytes(content[place : place + 8], "little")


def check_values(name: Hashable, values: np.ndarray) -> None:
    """Raise an `InputError` unless a variable holds numbers or text."""
    if values.dtype.kind in "biuf":
        return
    if values.dtype.kind not in "OTU" or not all(isinstance(v, str) for v in values.ravel()):
        raise InputError(f"variable '{name}' holds {values.dtype}; it must be numbers or text")


def check_attributes(owner: str, attributes: Mapping[Any, Any]) -> None:
    """Raise an `InputError` unless attributes are text, numbers or lists of them."""
    for name, value in attributes.items():
        if name in TAKEN:
            raise InputError(f"attribute '{name}' of {owner} has a meaning in netCDF; rename it")
        many = np.asarray(value) if isinstance(value, (list, tuple, np.ndarray)) else None
        one = isinstance(value, (str, int, float, np.number)) and not isinstance(value, bool)
        if not (one if many is None else many.ndim == 1 and many.dtype.kind in "iufU"):
            raise InputError(
                f"attribute {name!r} of {owner} is {value!r:.60}; it must be text or a number"
            )
