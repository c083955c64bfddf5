"""How far the work is, on standard error."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

__all__ = ["progress_bar"]


@contextmanager
def progress_bar(words: str, total: int, *, quiet: bool) -> Iterator[Callable[[int, int], None]]:
    """Show how much of a total is done, to a person only; the total may change on the way."""
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        TextColumn("{task.completed:,.0f} of {task.total:,.0f}"),
        TimeRemainingColumn(),
    )
    silent = quiet or sys.stderr is None or not sys.stderr.isatty()
    with Progress(*columns, console=Console(stderr=True), transient=True, disable=silent) as bar:
        task = bar.add_task("compiling (the first run only)", total=total)

        def update(done: int, of: int) -> None:
            bar.update(task, completed=done, total=of, description=words)

        yield update
