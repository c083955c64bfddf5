"""The tables of theories over more draws than memory holds, in passes over blocks of them."""

from __future__ import annotations

import os
import warnings
from collections.abc import Callable, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass
from itertools import count
from typing import TYPE_CHECKING, final

import numpy as np

from sfc_sim._core.arguments import validated
from sfc_sim._core.errors import InputError, choice, shown, warn_user
from sfc_sim._core.progress import Progress, reporting
from sfc_sim._core.totals import Part, total_of
from sfc_sim._core.typing import FloatArray
from sfc_sim._core.work import working
from sfc_sim._core.world import OUTCOMES
from sfc_sim.analysis.block_measures import Question
from sfc_sim.analysis.block_passes import Total, found_in
from sfc_sim.analysis.blocks import Blocks, blocks_of
from sfc_sim.decision.share_rows import CORRELATED, QUANTILES, asked_of, saturation_of
from sfc_sim.inference.evidence import EvidenceLike
from sfc_sim.inference.summary import summary_of
from sfc_sim.inference.theories import Theory, TheoryLike
from sfc_sim.inference.weights import stretch_of, warn_if_small, weighing_of, weights_of

if TYPE_CHECKING:
    import xarray as xr

__all__ = ["histogram", "over"]


@validated()
def over(
    draws: str | os.PathLike[str] | xr.Dataset,
    evidence: EvidenceLike = "nothing-visible",
    *,
    theories: Sequence[TheoryLike] | None = None,
    quantiles: Sequence[float] = QUANTILES,
    thresholds: tuple[float, float] = (0.05, 0.95),
    correlated: Sequence[float] = CORRELATED,
    reading: str = "grabbed",
    threads: int | None = None,
    executor: Executor | None = None,
    progress: Progress | None = None,
) -> xr.Dataset:
    """Weigh and summarize draws that memory does not hold, a row per theory.

    Parameters
    ----------
    draws : path or xarray.Dataset
        A store of `sfc_sim.sample_to`, or any draws of `sfc_sim.sample`.
    evidence : str, Observation or a sequence of these, default "nothing-visible"
        What is conditioned on; see `sfc_sim.weigh`.
    theories : sequence of str or Theory, default all of ours that may weigh the scenario
        See `sfc_sim.weigh`.
    quantiles : sequence of float, default (0.05, 0.5, 0.95)
        Of the counts, the recovered fraction and the rivals.
    thresholds, correlated, reading : optional
        See `sfc_sim.saturation`.
    threads : int, optional
        Number of threads; default all processors. Results do not depend on it.
    executor : concurrent.futures.Executor, optional
        Reads and sums the blocks instead of threads. Its workers must see the store.
    progress : bool or callable, optional
        See `sfc_sim.sample`; of blocks read.

    Returns
    -------
    xarray.Dataset
        Dim ``theory``: what `sfc_sim.weigh` finds of theories (``ess``, ``k_hat``,
        ``judges_existence``), and the tables of `sfc_sim.summarize` and `sfc_sim.saturation` with
        their errors. It goes on to `sfc_sim.value_adjustment` as a table of the last.

    Raises
    ------
    InputError
        As of `sfc_sim.weigh`, `sfc_sim.summarize` and `sfc_sim.saturation`, or if there is no such
        store.

    Warns
    -----
    EffectiveSampleSizeWarning
        As of `sfc_sim.weigh`.

    Notes
    -----
    The store is read three times, in blocks of 65,536 draws: for the greatest weights, for sums,
    and for squares about the means. Sums of blocks are added in their order with compensation, so
    that the bytes of the result hang on neither threads nor executor nor the chunks of the store.
    Quantiles are values of draws, found exactly: weights are summed in bins, and the draws of those
    bins are sorted in which a quantile lies. Where the weight up to a value is a quantile's to
    rounding, as in prior draws of equal weight, the next value may be taken. The memory that is
    needed does not grow with the number of draws, but for the tail of weights that k-hat rests on
    (three times the square root of their number).

    Examples
    --------
    >>> import sfc_sim as sfc
    >>> draws = sfc.sample("cook2022-balanced", 2000, rng=1)
    >>> table = over(draws, theories=["prior"])
    >>> weights = sfc.weigh(draws, theories=["prior"])
    >>> in_memory = sfc.saturation(draws, weights).recovered_share.item()
    >>> bool(abs(table.recovered_share.item() - in_memory) < 1e-12)
    True
    """
    blocks = blocks_of(draws)
    asked = asked_of(thresholds, quantiles, correlated, reading)
    question = Question(weighing_of(blocks.whole, evidence, theories), asked)
    if missing := [name for name in OUTCOMES if name not in blocks.whole]:
        raise InputError(
            f"the draws are without {', '.join(missing)}, which the tables rest on: keep all their"
            " variables, of a scenario with an expansion"
        )
    with working(threads, executor), reporting(progress, "reading draws") as report:
        done, total = count(1), 3 * len(blocks.starts)

        def tick() -> None:
            # Passes that divide bins come on top: how many is not known before.
            report(min(next(done), total), total)

        def read(job: Callable[[xr.Dataset, int], Part], longest: int) -> Total:
            return total_of(blocks.mapped(job, tick), longest)

        found = found_in(blocks, question, read)
    weights = weights_of(
        question.weighing,
        {**blocks.whole.attrs, **stretch_of(blocks.whole)},
        {name: ("theory", [getattr(each, name) for each in found]) for name in ("ess", "k_hat")},
    )
    warn_if_small(weights, blocks.draws)
    for each in question.weighing.theories:
        check(each, blocks)
    rows = [(each.means, each.counts) for each in found]
    summary = summary_of(weights, rows, asked.quantiles.tolist())
    share = saturation_of(weights, [each.share for each in found], asked)
    table = weights.assign(summary.data_vars).assign_coords(share.coords)
    return table.assign(share.data_vars).assign_attrs(share.attrs)


def check(theory: Theory, blocks: Blocks) -> None:
    """Warn, once, of draws for which a theory is not defined well."""
    if type(theory).check is Theory.check:
        return
    for block in blocks:
        with warnings.catch_warnings(record=True) as told:
            warnings.simplefilter("always")
            theory.check(block)
        if told:
            warn_user(str(told[0].message), told[0].category)
            return


@validated()
def histogram(
    draws: str | os.PathLike[str] | xr.Dataset,
    variable: str,
    edges: Sequence[float],
    *,
    threads: int | None = None,
    executor: Executor | None = None,
    progress: Progress | None = None,
) -> xr.Dataset:
    """Count draws by the value of a variable, in bins; memory does not hold the draws.

    Parameters
    ----------
    draws : path or xarray.Dataset
        A store of `sfc_sim.sample_to`, or any draws of `sfc_sim.sample`.
    variable : str
        One of the draws, with the dim ``draw`` alone.
    edges : sequence of float
        Of the bins, rising, at least two; a bin holds its lower edge and, but for the last, not
        its upper.
    threads, executor, progress : optional
        As of `over`.

    Returns
    -------
    xarray.Dataset
        Dim ``bin``: ``count``, whole numbers of draws as they were drawn, without weights; the
        coordinates ``lower`` and ``upper``. Without a dim ``below`` and ``above``: draws outside,
        and ``undefined``: those that have no value, as in a mixture those of a scenario without
        the variable. Counts of several stores add up exactly.

    Raises
    ------
    InputError
        If there is no such variable or store, or the edges do not rise.

    Examples
    --------
    >>> import sfc_sim as sfc
    >>> draws = sfc.sample("sandberg2018", 1000, rng=1)
    >>> table = histogram(draws, "log10_civilizations_now", [-1000.0, 0.0, 1000.0])
    >>> int(table["count"].sum()), int(table.below)
    (1000, 0)
    """
    import xarray as xr

    blocks = blocks_of(draws)
    plain = [str(name) for name, column in blocks.whole.items() if column.dims == ("draw",)]
    ends = np.asarray(edges, dtype=float)
    if ends.ndim != 1 or ends.size < 2 or not np.all(ends[1:] > ends[:-1]):
        raise InputError(f"edges are {shown(edges)}; they must be two or more numbers that rise")
    job = Counts(choice(variable, "variable of one value a draw", plain), ends)
    with working(threads, executor), reporting(progress, "counting draws") as report:
        done, total = count(1), len(blocks.starts)
        parts = blocks.mapped(job, lambda: report(next(done), total))
        counts = total_of(parts)["sum", "counts"].astype(np.int64)
    return xr.Dataset(
        {
            "count": ("bin", counts[1:-2]),
            "below": counts[0],
            "above": counts[-2],
            "undefined": counts[-1],
        },
        coords={"lower": ("bin", ends[:-1]), "upper": ("bin", ends[1:])},
        attrs={**blocks.whole.attrs, **stretch_of(blocks.whole), "variable": variable},
    )


@final
@dataclass(frozen=True)
class Counts:
    """How many draws lie below the edges, in each bin, and above them, or nowhere."""

    variable: str
    edges: FloatArray

    def __call__(self, block: xr.Dataset, _: int) -> Part:
        """Return what a block has."""
        values = block[self.variable].values
        place = np.searchsorted(self.edges, values, "right")
        place[values == self.edges[-1]] = self.edges.size - 1
        place[np.isnan(values)] = self.edges.size + 1
        counts = np.bincount(place, minlength=self.edges.size + 2)
        return {("sum", "counts"): counts.astype(float)}
