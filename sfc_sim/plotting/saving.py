"""Pictures on disk."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any, Final

from matplotlib import rc_context
from matplotlib.figure import Figure

from sfc_sim._core.arguments import validated
from sfc_sim._core.errors import InputError, unknown
from sfc_sim._core.files import writing
from sfc_sim.plotting.style import STYLE, stamped

__all__ = ["save_figure"]

# Metadata without the date of writing, so that the same picture gives the same bytes.
FORMATS: Final[dict[str, dict[str, Any]]] = {
    "png": {},
    "pdf": {"CreationDate": None},
    "svg": {"Date": None},
}


@validated()
def save_figure(figure: Figure, path: str | os.PathLike[str], *, force: bool = False) -> Path:
    """Write a picture, whole or not at all; its title names scenario, hash, draws and seed.

    Parameters
    ----------
    figure : matplotlib.figure.Figure
        A picture of this package, or any other.
    path : path
        A file name that ends in ``.png``, ``.pdf`` or ``.svg``.
    force : bool, default False
        Replace a file that exists.

    Returns
    -------
    Path
        The file.

    Raises
    ------
    InputError
        If the format is unknown, the file exists and `force` is off, or it cannot be written.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     save_figure(Figure(), f"{folder}/empty.svg").name
    'empty.svg'
    """
    if not isinstance(figure, Figure):
        raise InputError(f"figure is a {type(figure).__name__}; it must be a matplotlib Figure")
    target = Path(path)
    kind = target.suffix.lstrip(".").lower()
    if kind not in FORMATS:
        raise unknown("picture format", kind, FORMATS)
    title = stamped(figure)
    metadata = FORMATS[kind] | ({"Title": title} if title else {})
    with writing(target, force=force) as beside, rc_context(STYLE):
        figure.savefig(beside, format=kind, metadata=metadata)
    return target
