"""Pictures of a run: alike on every machine; one that cannot be drawn is a note, not the end."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, cast

import click

from sfc_sim._core.errors import InputError

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

__all__ = ["own_settings", "write_pictures"]


@contextmanager
def own_settings() -> Iterator[None]:
    """Draw with the defaults of matplotlib, whatever the shell or a file of settings say."""
    # A notebook hands its backend to the shells in it, where matplotlib may not know it.
    backend = os.environ.pop("MPLBACKEND", None)
    try:
        from sfc_sim.plotting.style import defaults

        with defaults():
            yield
    finally:
        if backend is not None:
            os.environ["MPLBACKEND"] = backend


def write_pictures(folder: Path, makers: Mapping[str, Callable[[], Axes]]) -> list[str]:
    """Draw and write pictures; return their names, and say which could not be drawn and why."""
    from sfc_sim.plotting import save_figure

    written = []
    for name, make in makers.items():
        try:
            figure = cast("Figure", make().get_figure(root=True))
            save_figure(figure, folder / f"{name}.png")
            written.append(name)
        except (InputError, ArithmeticError) as error:
            if isinstance(error.__cause__, OSError):  # the disk, not the picture
                raise
            words = " ".join(str(error).split())
            click.echo(f"sfc-sim: no figure '{name}': {words}", err=True)
    return written
