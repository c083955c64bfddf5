"""The options of who does the work: processes of this machine, or workers of dask."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from typing import TYPE_CHECKING, Any, Final

import click

from sfc_sim._core.errors import InputError
from sfc_sim.cli.options import whole

if TYPE_CHECKING:
    from concurrent.futures import Executor

__all__ = ["brought", "on_workers"]

PATIENCE: Final = 5
"""Seconds in which a scheduler must answer."""


def on_workers(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add ``--workers`` and ``--dask`` to a command: all work within it is theirs."""

    @wraps(command)
    def inside(*args: Any, workers: int | None, dask: str | None, **asked: Any) -> Any:
        from sfc_sim._core.work import working

        with brought(workers, dask) as executor, working(executor=executor):
            return command(*args, **asked)

    processes = click.option(
        "--workers",
        metavar="N",
        callback=whole(1),
        help="Do the work in N processes instead of threads; results do not depend on it.",
    )
    cluster = click.option(
        "--dask",
        metavar="ADDRESS",
        help="Do the work on the workers of a dask scheduler, such as tcp://10.0.0.1:8786.",
    )
    return processes(cluster(inside))


@contextmanager
def brought(workers: int | None, dask: str | None) -> Iterator[Executor | None]:
    """Give the executor that was asked for, or none, and end it after the block.

    Raises
    ------
    InputError
        If both are asked for, dask is not installed, or nobody answers at the address.

    Examples
    --------
    >>> with brought(None, None) as executor:
    ...     executor is None
    True
    """
    if workers is not None and dask is not None:
        raise InputError(f"workers {workers} and dask {dask} exclude each other; pass one")
    if dask is not None:
        with on_dask(dask) as executor:
            yield executor
    elif workers is not None:
        from sfc_sim._core.processes import Processes

        with Processes(workers) as executor:
            yield executor
    else:
        yield None


@contextmanager
def on_dask(address: str) -> Iterator[Executor]:
    """Give the executor of a scheduler of dask."""
    try:
        from distributed import Client
    except ImportError:
        raise InputError(
            'dask needs dask.distributed, which is not installed: pip install "sfc-sim[dask]"'
        ) from None
    try:
        # Not the default of the process: one that fails would leave it without any.
        client = Client(address, timeout=PATIENCE, set_as_default=False)
    except (OSError, ValueError, TypeError, ImportError) as error:
        raise InputError(
            f"dask: no scheduler answers at '{address}' ({' '.join(str(error).split())[:120]});"
            " start one with: dask scheduler"
        ) from None
    try:
        yield client.get_executor()
    finally:
        client.close()
