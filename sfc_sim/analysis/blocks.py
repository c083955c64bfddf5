"""Draws that are read in blocks: of a store, or of a Dataset that may be longer than memory."""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, TypeVar, final

from sfc_sim._core.schema import require
from sfc_sim._core.volumes import VOLUMES
from sfc_sim.sampling.batches import threads_of
from sfc_sim.sampling.store import opened

if TYPE_CHECKING:
    import xarray as xr

__all__ = ["BLOCK", "Blocks", "blocks_of"]

T = TypeVar("T")

BLOCK: Final = 2**16
"""Draws that are summed together: the rounding of sums hangs on it, so that it is no option."""


@final
@dataclass(frozen=True)
class Blocks:
    """Draws in blocks, each read when it is asked for.

    Attributes
    ----------
    whole : xarray.Dataset
        All of them; of a store nothing is read yet.
    path : str
        Of the store, which a worker process opens itself; "" of a Dataset.
    """

    whole: xr.Dataset
    path: str = ""

    @property
    def draws(self) -> int:
        """How many draws there are."""
        return int(self.whole.sizes["draw"])

    @property
    def starts(self) -> range:
        """Where each block begins."""
        return range(0, self.draws, BLOCK)

    def __iter__(self) -> Iterator[xr.Dataset]:
        for at in self.starts:
            yield read(self.whole, at)

    def mapped(
        self,
        job: Callable[[xr.Dataset, int], T],
        threads: int | None,
        executor: Executor | None,
        report: Callable[[], None],
    ) -> Iterator[T]:
        """Yield what a job makes of each block and its place, in order; few at a time wait."""
        pool = executor or ThreadPoolExecutor(threads_of(threads))
        waiting: deque[Future[T]] = deque()
        most = 2 * threads_of(threads)
        try:
            for at in self.starts:
                # A store is opened where it is read; of a Dataset only the block is sent.
                sent = self.path or (read(self.whole, at) if executor else self.whole)
                place = 0 if executor and not self.path else at
                waiting.append(pool.submit(done, job, sent, place, at))
                if len(waiting) > most:
                    yield waiting.popleft().result()
                    report()
            while waiting:
                yield waiting.popleft().result()
                report()
        finally:
            for future in waiting:  # of work that was interrupted
                future.cancel()
            if executor is None:
                pool.shutdown(wait=True, cancel_futures=True)


def done(job: Callable[[xr.Dataset, int], T], source: str | xr.Dataset, place: int, at: int) -> T:
    """Return what a job makes of the block that begins at a place of a store or Dataset."""
    return job(read(opened(source) if isinstance(source, str) else source, place), at)


def read(draws: xr.Dataset, at: int) -> xr.Dataset:
    """Return a block of draws; of a store a variable is read when its values are asked for.

    Examples
    --------
    >>> import sfc_sim as sfc
    >>> read(sfc.sample("sandberg2018", 5, rng=1), 3).sizes["draw"]
    2
    """
    block = draws.isel(draw=slice(at, at + BLOCK))
    if block.chunks:
        return block.load()
    for name in VOLUMES:  # these are read for each evidence
        if name in block:
            block[name].load()
    return block


def blocks_of(draws: str | os.PathLike[str] | xr.Dataset) -> Blocks:
    """Return draws in blocks: those of a store, by its path, or of a Dataset.

    Examples
    --------
    >>> import sfc_sim as sfc
    >>> len(blocks_of(sfc.sample("sandberg2018", 5, rng=1)).starts)
    1
    """
    if isinstance(draws, str | os.PathLike):
        path = os.path.abspath(draws)
        return Blocks(opened(path), path)
    require(draws, [], "sample")
    return Blocks(draws)
