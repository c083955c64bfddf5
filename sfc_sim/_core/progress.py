"""Progress of long work: shown to a person who watches, or passed to a function of the caller."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from threading import Lock, Timer
from typing import TYPE_CHECKING, Any, TypeAlias

if TYPE_CHECKING:
    from rich.progress import Progress as RichBar

__all__ = ["Progress", "Report", "reporting", "unheard"]

Report: TypeAlias = Callable[[int, int], None]
Progress: TypeAlias = bool | Report
"""True or False for a bar or none, or a function that is called with (done, all)."""

DELAY = 1.0
"""Seconds of work before a bar is shown."""

_within: ContextVar[bool] = ContextVar("within reported work", default=False)


@contextmanager
def reporting(progress: Progress | None, words: str) -> Iterator[Report]:
    """Give work what it calls with (done, all): the caller's function, a bar, or nothing.

    Work within other work shows no bar of its own.

    Parameters
    ----------
    progress : bool or callable, optional
        By default a bar if a person watches: see `watched`.
    words : str
        What is being done.

    Examples
    --------
    >>> with reporting(print, "counting") as report:
    ...     report(1, 2)
    1 2
    """
    outermost = not _within.get()
    token = _within.set(True)
    try:
        if callable(progress):
            yield progress
        elif progress or (progress is None and outermost and watched()):
            with LateBar(words) as bar:
                yield bar.update
        else:
            yield unheard
    finally:
        _within.reset(token)


def unheard(_done: int, _total: int) -> None:
    """Take in how far work is where nobody asks."""


def watched() -> bool:
    """Tell whether a person watches: a terminal or a notebook, and no test.

    Examples
    --------
    >>> watched()
    False
    """
    if "PYTEST_CURRENT_TEST" in os.environ:
        return False
    stream = sys.stderr
    return in_notebook() or (stream is not None and not stream.closed and stream.isatty())


def in_notebook() -> bool:
    """Tell whether the kernel of a notebook runs this.

    Examples
    --------
    >>> in_notebook()
    False
    """
    get_shell = getattr(sys.modules.get("IPython"), "get_ipython", lambda: None)
    return hasattr(get_shell(), "kernel")


class LateBar:
    """A bar on standard error that shows only if the work within lasts."""

    def __init__(self, words: str) -> None:
        self.words = words
        self.lock = Lock()
        self.done: tuple[int, int | None] = (0, None)
        self.ended = False
        self.bar: RichBar | None = None
        self.timer = Timer(DELAY, self.show)
        self.timer.daemon = True

    def __enter__(self) -> LateBar:
        self.timer.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.timer.cancel()
        with self.lock:
            self.ended = True
            if self.bar is not None:
                self.bar.stop()

    def show(self) -> None:
        """Show the bar from now on; work does not end for one that cannot be drawn."""
        with self.lock, suppress(Exception):
            if self.ended:
                return
            bar = _bar()
            bar.add_task(f"{self.words} (the first run compiles)", total=None, told="")
            bar.start()
            self.bar = bar
            self._draw()

    def update(self, done: int, total: int) -> None:
        """Take in how much of a total is done; the total may change on the way."""
        with self.lock:
            self.done = (done, total)
            self._draw()

    def _draw(self) -> None:
        done, total = self.done
        if self.bar is not None and total is not None:
            self.bar.update(
                self.bar.task_ids[0], completed=done, total=total,
                description=self.words, told=f"{done:,} of {total:,}",
            )  # fmt: skip


def _bar() -> RichBar:
    """Return a bar that is not shown yet."""
    from importlib.util import find_spec

    from rich.console import Console
    from rich.progress import (
        BarColumn,
        Progress,
        TextColumn,
        TimeElapsedColumn,
        TimeRemainingColumn,
    )

    # Without ipywidgets rich has no way to change what a notebook shows, but its plain text has.
    plain = in_notebook() and find_spec("ipywidgets") is None
    shape: dict[str, Any] = {"force_jupyter": False, "force_terminal": True, "width": 80}
    console = Console(stderr=True, **(shape if plain else {}))
    return Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        TextColumn("{task.fields[told]}"),
        TimeElapsedColumn(),
        TimeRemainingColumn(),
        console=console,
        transient=True,
        redirect_stdout=False,
    )
