"""What the scripts share: their arguments, and where they write."""

from __future__ import annotations

import argparse
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from matplotlib.figure import Figure

from sfc_sim._core.errors import InputError
from sfc_sim._core.work import working
from sfc_sim.cli.workers import brought
from sfc_sim.plotting import save_figure


def arguments(purpose: str, *, anew: bool = False) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=purpose)
    here = Path(os.path.relpath(Path(__file__).parent))
    parser.add_argument("--out", type=Path, default=here / "out", help="folder to write into")
    parser.add_argument("--draws", type=int, help="parameter vectors, instead of the usual number")
    parser.add_argument("--format", default="png", help="png, pdf or svg")
    parser.add_argument("--workers", type=int, metavar="N", help="work in N processes")
    parser.add_argument("--dask", metavar="ADDRESS", help="work on workers of a dask scheduler")
    if anew:
        parser.add_argument("--anew", action="store_true", help="make again what is made too")
    return parser.parse_args()


@contextmanager
def at_work(given: argparse.Namespace) -> Iterator[None]:
    """Let the workers that were asked for do what is done in a block."""
    try:
        with brought(given.workers, given.dask) as executor, working(executor=executor):
            yield
    except InputError as error:
        raise SystemExit(f"error: {error}") from None


def keep(figure: Callable[..., Figure], given: argparse.Namespace) -> Path:
    """Draw a figure and write it under the name of its script; return the path."""
    chosen = {} if given.draws is None else {"draws": given.draws}
    name = Path(figure.__code__.co_filename).stem
    try:
        return save_figure(figure(**chosen), given.out / f"{name}.{given.format}", force=True)
    except InputError as error:
        raise SystemExit(f"error: {error}") from None


def run(figure: Callable[..., Figure], purpose: str | None) -> None:
    """Be a script: draw one figure and print where it is."""
    given = arguments(purpose or "")
    with at_work(given):
        print(keep(figure, given))
