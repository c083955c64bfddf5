"""Draws to the disk, of any number, stretch by stretch."""

from __future__ import annotations

import os
from collections.abc import Hashable, Sequence
from concurrent.futures import Executor
from pathlib import Path
from typing import TYPE_CHECKING, Final

from sfc_sim._core.arguments import validated
from sfc_sim._core.errors import InputError, known_names, pathlike, shown
from sfc_sim._core.files import speaking
from sfc_sim._core.progress import Progress, Report, reporting
from sfc_sim._core.random import seed_of
from sfc_sim._core.typing import RandomLike
from sfc_sim._core.work import working
from sfc_sim.inference.evidence import EvidenceLike
from sfc_sim.inference.theories import TheoryLike
from sfc_sim.sampling.batches import drawn
from sfc_sim.sampling.driver import proposal_of, which
from sfc_sim.sampling.plan import Design, Plan
from sfc_sim.sampling.proposal import Proposal
from sfc_sim.sampling.store import (
    STRETCH,
    check_same,
    check_whole,
    is_store,
    require_zarr,
    store_words,
    words_for,
)
from sfc_sim.sampling.store_writing import claimed, create, finish, finished, write
from sfc_sim.scenario.catalogue import ScenarioLike

if TYPE_CHECKING:
    import xarray as xr

__all__ = ["sample_to"]

PROBE: Final = 512
"""Draws by which it is seen which variables vary, and so what a store will take."""

RATIO: Final = "log_prior_over_proposal"


@validated()
def sample_to(
    path: str | os.PathLike[str],
    scenario: ScenarioLike,
    draws: int,
    *,
    rng: RandomLike = None,
    aim: bool | Sequence[TheoryLike] | Proposal = False,
    evidence: EvidenceLike = "nothing-visible",
    design: Design = "random",
    variables: Sequence[str] | None = None,
    first: int = 0,
    threads: int | None = None,
    executor: Executor | None = None,
    progress: Progress | None = None,
    force: bool = False,
) -> Path:
    """Draw as `sfc_sim.sample` does, more than memory holds, and write the draws to a store.

    It needs the extra: ``pip install "sfc-sim[zarr]"``.

    Parameters
    ----------
    path : path
        A folder that is made, usually ending in ``.zarr``. Until all is written it has ``.part``
        behind its name.
    scenario : Scenario or str
        As of `sfc_sim.sample`.
    draws : int
        How many.
    rng : None, int, SeedSequence or Generator, optional
        Seed; without one, a store that was begun goes on with its own.
    aim : bool, sequence of str or Theory, or Proposal, default False
        As of `sfc_sim.sample`.
    evidence : str, Observation or a sequence of these, default "nothing-visible"
        As of `sfc_sim.sample`.
    design : {"random", "sobol"}, default "random"
        As of `sfc_sim.sample`.
    variables : sequence of str, optional
        Which variables are kept, by their names in the draws; by default all. What aimed draws are
        weighed by is kept in any case. `sfc_sim.analysis.over` needs what the tables rest on.
    first : int, default 0
        Index of the first draw.
    threads : int, optional
        Number of threads; default all processors. Results do not depend on it.
    executor : concurrent.futures.Executor, optional
        Makes the draws instead of threads; they are written here.
    progress : bool or callable, optional
        As of `sfc_sim.sample`.
    force : bool, default False
        Replace a store that exists, whole or begun.

    Returns
    -------
    Path
        The store: `sfc_sim.load` opens it, `sfc_sim.analysis.over` and
        `sfc_sim.analysis.histogram` read it in parts.

    Raises
    ------
    InputError
        As of `sfc_sim.sample`; if Zarr is not installed, a variable is unknown, the disk has not
        the room, another process writes the store, or there is one that was made otherwise.

    Notes
    -----
    Draws are those of `sfc_sim.sample` for the same seed and index, to the bit, and those that
    memory holds of a store are the same Dataset. A call that was interrupted or killed goes on
    after the last finished stretch (131,072 draws) when it is made again; one that is finished does
    nothing. A variable that is the same in all draws of a stretch, and in the first draw, takes no
    room; others take 8 bytes a draw, volumes 16.

    Examples
    --------
    >>> import tempfile, sfc_sim as sfc
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = sample_to(f"{folder}/draws.zarr", "sandberg2018", 1000, rng=7)
    ...     found = sfc.load(path).load()
    >>> found.identical(sfc.sample("sandberg2018", 1000, rng=7))
    True
    """
    target = Path(pathlike(path, "path"))
    if target.name in ("", ".."):
        raise InputError(f"path is {shown(str(path))}; it must be a folder that is made")
    require_zarr()
    chosen, total, start = which(scenario, draws, first, design, aim=aim, evidence=evidence)
    old = {} if force else words_for(target)
    seed = int(old["seed"]) if rng is None and old else seed_of(rng)
    with working(threads, executor):
        plan = Plan(chosen, seed, design, proposal_of(chosen, aim, evidence, seed, total))
        probe = kept(drawn(plan, start, min(total, PROBE), progress=False), variables)
        words = store_words(probe, total)
        with speaking(f"'{target}'"), claimed(target, force=force) as part:
            if words_for(target):
                check_same(target, words)
            else:
                create(part, probe, words, total)
            if is_store(target):
                check_whole(target)
            else:
                with reporting(progress, "drawing worlds") as report:
                    fill(part, plan, start, total, list(probe.data_vars), report)
                finish(part, target)
    return target


def fill(
    part: Path, plan: Plan, first: int, total: int, names: list[Hashable], report: Report
) -> None:
    """Write the stretches that are not finished."""
    for at in range(finished(part, total), total, STRETCH):
        made = drawn(
            plan, first + at, min(STRETCH, total - at),
            progress=lambda done, _, at=at: report(at + done, total),
        )  # fmt: skip
        write(part, made[names], at)


def kept(draws: xr.Dataset, variables: Sequence[str] | None) -> xr.Dataset:
    """Return draws with some of their variables, and what weights of aimed draws need.

    Examples
    --------
    >>> import sfc_sim as sfc
    >>> list(kept(sfc.sample("sandberg2018", 2, rng=1), ["lifetime"]))
    ['lifetime']
    """
    if variables is None:
        return draws
    names = known_names(variables, "variables", "variable of draws", list(map(str, draws)))
    return draws[list(dict.fromkeys([*names, *({RATIO} & set(draws))]))]
