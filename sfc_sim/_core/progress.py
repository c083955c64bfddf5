"""Progress of long work: shown to a person who watches, or passed to a function of the caller."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from contextvars import ContextVar, copy_context
from threading import Lock, Timer
from typing import Any, Protocol, TypeAlias

__all__ = ["Progress", "Report", "part_of", "reporting", "unheard"]

Report: TypeAlias = Callable[[int, int], None]
Progress: TypeAlias = bool | Report
"""True or False for a bar or none, or a function that is called with (done, all)."""

DELAY = 1.0
"""Seconds of work before a bar is shown."""

_within: ContextVar[bool] = ContextVar("within reported work", default=False)


@contextmanager
def reporting(progress: Progress | None, words: str, *, delay: float = DELAY) -> Iterator[Report]:
    """Give work what it calls with (done, all): the caller's function, a bar, or nothing.

    Work within other work shows no bar of its own.

    Parameters
    ----------
    progress : bool or callable, optional
        By default a bar if a person watches: see `watched`.
    words : str
        What is being done.
    delay : float, default 1
        Seconds of work before a bar is shown.

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
            with LateBar(words, delay) as bar:
                yield bar.update
        else:
            yield unheard
    finally:
        _within.reset(token)


def unheard(_done: int, _total: int) -> None:
    """Take in how far work is where nobody asks."""


def part_of(report: Report, before: int, of: int, each: int | None = None) -> Report:
    """Return what tells of one part of a longer job: what is done beyond `before`, `of` in all.

    With `each` the part counts as so many, whatever it says is all of it.

    Examples
    --------
    >>> part_of(print, 10, 30)(2, 10), part_of(print, 10, 30, 10)(1, 2)
    12 30
    15 30
    (None, None)
    """
    if each is None:
        return lambda done, _: report(before + done, of)
    return lambda done, total: report(before + done * each // total, of)


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


class Bar(Protocol):
    """What shows how far work is."""

    def draw(self, words: str, done: int, total: int | None) -> None:
        """Show words, and how much of a total is done; at first the total is not known."""

    def stop(self) -> None:
        """Show it no more, or no more than that the work is done."""


class LateBar:
    """A bar that shows only if the work within lasts: on standard error, or in a notebook."""

    def __init__(self, words: str, delay: float = DELAY) -> None:
        self.words = words
        self.began = time.monotonic()
        self.lock = Lock()
        self.done: tuple[int, int | None] = (0, None)
        self.ended = False
        self.bar: Bar | None = None
        # In the context of the caller, which tells a notebook the cell that the bar belongs to.
        self.timer = Timer(delay, copy_context().run, (self.show,))
        self.timer.daemon = True

    def __enter__(self) -> LateBar:
        self.timer.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.timer.cancel()
        with self.lock, suppress(Exception):
            self.ended = True
            if self.bar is not None:
                self.bar.stop()

    def show(self) -> None:
        """Show the bar from now on; work does not end for one that cannot be drawn."""
        with self.lock, suppress(Exception):
            if self.ended:
                return
            bar = NotebookLine(self.began) if in_notebook() else TerminalBar()
            bar.draw(f"{self.words} (the first run compiles)", 0, None)
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
            self.bar.draw(self.words, done, total)


class TerminalBar:
    """A bar on standard error, gone when the work is done."""

    def __init__(self) -> None:
        from rich.console import Console
        from rich.progress import (
            BarColumn,
            Progress,
            TextColumn,
            TimeElapsedColumn,
            TimeRemainingColumn,
        )

        self.bar = Progress(
            TextColumn("{task.description}"),
            BarColumn(),
            TextColumn("{task.fields[told]}"),
            TimeElapsedColumn(),
            TimeRemainingColumn(),
            console=Console(stderr=True),
            transient=True,
            redirect_stdout=False,
        )
        self.task = self.bar.add_task("", total=None, told="")
        self.started = False

    def draw(self, words: str, done: int, total: int | None) -> None:
        """Show words, and how much of a total is done."""
        told = "" if total is None else f"{done:,} of {total:,}"
        self.bar.update(self.task, completed=done, total=total, description=words, told=told)
        if not self.started:
            self.bar.start()
            self.started = True

    def stop(self) -> None:
        """Take the bar away."""
        self.bar.stop()


class NotebookLine:
    """A line of plain text in the output of a cell, written over in place.

    A terminal's bar is moved by control characters, which a notebook keeps as they come.
    """

    def __init__(self, began: float) -> None:
        self.began = self.drawn = began
        self.handle: Any = None
        self.text = ""

    def draw(self, words: str, done: int, total: int | None) -> None:
        """Show words, and how much of a total is done; at most some times a second."""
        self.text = words
        if total is not None:
            filled = round(20 * done / max(total, 1))
            bar = "\N{FULL BLOCK}" * filled + "\N{LIGHT SHADE}" * (20 - filled)
            self.text = f"{words} {bar} {done:,} of {total:,}"
        now = time.monotonic()
        if self.handle is None or now - self.drawn > 0.2:
            self.drawn = now
            self._put(self.text)

    def stop(self) -> None:
        """Leave the last words and the seconds."""
        self._put(f"{self.text}, {time.monotonic() - self.began:.0f} s")

    def _put(self, text: str) -> None:
        import IPython.display

        data = {"text/plain": text}
        if self.handle is None:
            display: Any = IPython.display.display
            self.handle = display(data, raw=True, display_id=True)
        else:
            self.handle.update(data, raw=True)
