"""Draws that are read in blocks: of a store, or of a Dataset that may be longer than memory."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final, TypeVar, final

from sfc_sim._core.errors import pathlike
from sfc_sim._core.volumes import VOLUMES
from sfc_sim._core.work import in_order, sends, threads_in_force
from sfc_sim.inference.weights import require_draws
from sfc_sim.sampling.store import check_whole, opened

if TYPE_CHECKING:
    import xarray as xr

__all__ = ["BLOCK", "Blocks", "blocks_of"]

T = TypeVar("T")

BLOCK: Final = 2**16
"""Draws that are summed together: the rounding of sums hangs on it, so that it is no option."""

LEAST_GROUP: Final = 8


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
        self, job: Callable[[xr.Dataset, int], T], tick: Callable[[], None] = lambda: None
    ) -> Iterator[T]:
        """Yield what a job makes of each block and its place, in order; `tick` after each."""
        # No more than so many wait for those before them.
        group = max(LEAST_GROUP, 4 * threads_in_force())
        for some in (self.starts[k : k + group] for k in range(0, len(self.starts), group)):
            if sends() and not self.path:  # of a Dataset only the block is sent
                tasks: list[tuple[object, ...]] = [(at, read(self.whole, at)) for at in some]
            else:
                tasks = [(at,) for at in some]
            source = self.path or self.whole.isel(draw=slice(0, 0) if sends() else slice(None))
            yield from in_order(
                done, (job, source), tasks, lambda *_: tick(), "draws from {} on".format
            )


def done(
    shared: tuple[Callable[[xr.Dataset, int], T], str | xr.Dataset],
    at: int,
    block: xr.Dataset | None = None,
) -> T:
    """Return what a job makes of a block: the one that is sent, or that at a place of a source."""
    job, source = shared
    if block is not None:
        return job(block, at)
    return job(read(opened(source) if isinstance(source, str) else source, at), at)


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
        path = os.path.abspath(pathlike(draws, "draws"))
        check_whole(Path(path))  # each time: what was opened before may be damaged since
        return Blocks(opened(path), path)
    require_draws(draws)
    return Blocks(draws)
